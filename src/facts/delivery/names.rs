//! Names of files out of manifests: written by whoever made the release, and joined to a folder by the device.

use std::collections::BTreeSet;

/// Why a name must not be joined to a folder; `None` for a relative path that stays inside it on every platform.
#[must_use]
pub fn fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("an empty name");
    }
    if name.contains('\0') {
        return Some("a NUL character");
    }
    if name.contains('\\') {
        return Some("a backslash");
    }
    if name.starts_with('/') {
        return Some("an absolute path");
    }
    let drive = name.split_once(':').is_some_and(|(drive, _)| drive.len() == 1 && drive.as_bytes().is_ascii());
    if drive || name.contains("://") {
        return Some("a drive or an address");
    }
    name.split('/').any(|part| part == ".." || part == ".").then_some("a part that leaves or repeats the folder")
}

/// The names that are taken already; two entries must not be written to one place.
#[derive(Debug, Default)]
pub struct Targets(BTreeSet<String>);

impl Targets {
    /// Takes a name; `false` when it was taken before, as devices with case-blind storage see it.
    pub fn take(&mut self, name: &str) -> bool {
        let parts = name.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        self.0.insert(parts.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_leave_the_folder_are_faults() {
        for name in ["", "/etc/x", "../x", "a/../../x", "a\\b", "a\0b", "C:/x", "file://x", "./x", "a/.."] {
            assert!(fault(name).is_some(), "{name}");
        }
        for name in ["index.html", "assets/..main.js", "a b/ü.js", "x...y/z", "ab:c.js"] {
            assert_eq!(fault(name), None, "{name}");
        }
    }

    #[test]
    fn a_name_is_taken_once() {
        let mut targets = Targets::default();
        assert!(targets.take("a/b.js"));
        assert!(!targets.take("a//b.js"));
        assert!(!targets.take("A/b.js"));
        assert!(targets.take("a/c.js"));
    }
}
