//! The content of a CodePush update and its package hash (code-push `hash-utils.ts`; `CodePushUpdateUtils.java`).

use std::collections::BTreeMap;
use std::io::Read as _;

use crate::facts::updaters::delivery::{Delivered, Delivery, Role};
use crate::facts::updaters::names::{self, Targets};
use crate::facts::updaters::verification::Reason;
use crate::inputs::{Bundle, EntryKind, Limits, ObservationKind};
use crate::model::{Digest, printable};

/// The folder that every update has (`CodePushConstants.CODE_PUSH_FOLDER_PREFIX`).
const FOLDER: &str = "CodePush/";
/// The file with the signature (`BUNDLE_JWT_FILE`).
pub(super) const RELEASE: &str = ".codepushrelease";
/// The list of a diff update (`DIFF_MANIFEST_FILE_NAME`); the device takes it away before it hashes.
pub(super) const DIFF: &str = "hotcodepush.json";
/// A signature has less than a kilobyte, a list of deleted files may have more.
const MOST_SMALL: u64 = 4 * 1024 * 1024;

/// An update, taken apart.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// What it was read from: the folder above `CodePush/`, or the archive.
    pub source: String,
    /// Its length in all.
    pub bytes: u64,
    /// The digest of each file that is hashed, by its path.
    pub digests: BTreeMap<String, Digest>,
    /// Files that the hash leaves out, beside the signature.
    pub ignored: Vec<String>,
    /// The signature.
    pub release: Option<Vec<u8>>,
    /// The list of a diff update.
    pub diff: Option<Vec<u8>>,
    /// The archive, when it is one.
    pub archive: Option<String>,
    /// The digest of the archive.
    pub archive_digest: Option<Digest>,
    /// All files, when it is a folder.
    pub files: Vec<(String, Vec<u8>)>,
}

/// What is wrong with the content, and the reason.
type Refused = (String, Reason);

/// Where the update's files are.
pub(super) enum Place<'a> {
    /// In a folder: what stands before the update's own paths, ending with `/` unless it is empty.
    Folder(String),
    /// In an archive.
    Archive(&'a Delivered),
}

/// Finds the update: the highest folder `CodePush/`, a diff's list, or an archive that has them.
pub(super) fn place(delivery: &Delivery) -> Option<Place<'_>> {
    let release = || delivery.files.iter().filter(|file| file.role == Role::Release);
    if let Some(file) = delivery.stated.bundle.as_deref().and_then(|path| delivery.file(path))
        && is_archive(file)
    {
        return Some(Place::Archive(file));
    }
    // A folder of that name with a signature counts more than one without, such as the plugin's sources.
    let base = |file: &Delivered| {
        let slashed = format!("/{}", file.path);
        let list = || (file.name() == DIFF).then(|| file.path.len().saturating_sub(DIFF.len()));
        let at = slashed.find("/CodePush/").or_else(list)?;
        let base = file.path.get(..at)?.to_owned();
        let is_signed = file.path == format!("{base}{FOLDER}{RELEASE}");
        Some((!is_signed, base.len(), base))
    };
    let found = release().filter_map(base).min().map(|(_, _, base)| base);
    let archive = || release().find(|file| is_archive(file)).map(Place::Archive);
    found.map(Place::Folder).or_else(archive)
}

fn is_archive(file: &Delivered) -> bool {
    let mut start = [0; 4];
    let read = file.open().and_then(|mut reader| reader.read_exact(&mut start));
    read.is_ok() && start == *b"PK\x03\x04"
}

/// Whether the archive begins with an update: its first entry lies in `CodePush/`, or is a diff's list.
pub(super) fn is_update(file: &Delivered) -> bool {
    // The name follows 30 bytes of header (APPNOTE, section 4.3.7).
    let mut start = [0; 64];
    let read = file.open().and_then(|mut reader| reader.read(&mut start));
    let name = start.get(30..read.unwrap_or(0)).unwrap_or_default();
    is_archive(file) && (name.starts_with(FOLDER.as_bytes()) || name.starts_with(DIFF.as_bytes()))
}

/// Whether this file is of the update, and not beside it.
pub(super) fn is_inside(base: &str, file: &Delivered) -> bool {
    if file.role != Role::Release {
        return false;
    }
    let Some(path) = file.path.strip_prefix(base) else { return false };
    // In a folder that holds the update next to keys and configurations, these are no part of it.
    path.starts_with(FOLDER) || path == DIFF || !base.is_empty() || !is_beside(path)
}

/// Whether the name is that of a key, a configuration or a note of the publisher.
fn is_beside(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    ["pem", "key", "pub", "crt", "xml", "plist", "json", "yaml", "yml", "md", "txt", "zip"]
        .contains(&extension.as_str())
        && !path.starts_with("__MACOSX/")
}

/// Whether the hash leaves a path out (`isHashIgnored`).
fn is_ignored(path: &str) -> bool {
    let is_named = |name: &str| path == name || path.strip_suffix(name).is_some_and(|folder| folder.ends_with('/'));
    path.starts_with("__MACOSX/") || is_named(".DS_Store") || is_named(RELEASE)
}

/// Reads the update and hashes its files.
pub(super) fn read(delivery: &Delivery, place: &Place<'_>) -> Result<Package, Refused> {
    match place {
        Place::Folder(base) => of_folder(delivery, base),
        Place::Archive(file) => of_archive(file, &delivery.limits),
    }
}

fn of_folder(delivery: &Delivery, base: &str) -> Result<Package, Refused> {
    let source = if base.is_empty() { "CodePush".to_owned() } else { base.trim_end_matches('/').to_owned() };
    let mut reading = Reading { package: Package { source, ..Package::default() }, targets: Targets::default() };
    for file in delivery.files.iter().filter(|file| is_inside(base, file)) {
        let path = file.path.strip_prefix(base).unwrap_or(&file.path);
        reading.reserve(file.bytes, &delivery.limits)?;
        let bytes = file.read(delivery.limits.entry_bytes);
        let bytes = bytes.map_err(|why| (format!("{} can't be read: {why}", file.path), "unreadable"))?;
        reading.add(path, &bytes)?;
        reading.package.files.push((path.to_owned(), bytes));
    }
    Ok(reading.package)
}

fn of_archive(file: &Delivered, limits: &Limits) -> Result<Package, Refused> {
    let bytes = file.read(limits.archive_bytes);
    let bytes = bytes.map_err(|why| (format!("{} can't be read: {why}", file.path), "unreadable"))?;
    let bundle = Bundle::of_zip(file.name().to_owned(), bytes, limits);
    if bundle.entries.is_empty() {
        return Err((format!("{} is no archive that can be read", file.path), "unreadable"));
    }
    let package = Package {
        source: file.path.clone(),
        archive: Some(file.path.clone()),
        archive_digest: bundle.archive_digest,
        ..Package::default()
    };
    let mut reading = Reading { package, targets: Targets::default() };
    for entry in &bundle.entries {
        let shown = printable(&entry.path, 100);
        match entry.kind {
            EntryKind::Directory => continue,
            EntryKind::File => {}
            EntryKind::Symlink(_) | EntryKind::Special => {
                return Err((format!("{shown} is no plain file"), "zip_symlink"));
            }
        }
        reading.reserve(entry.size, limits)?;
        let content = bundle.read(entry, limits);
        let content = content.map_err(|unread| (format!("{shown} can't be read: {}", unread.why), "unreadable"))?;
        if let Some(first) = content.observations.first() {
            return Err((format!("{shown} is damaged: {}", first.kind.word()), "unreadable"));
        }
        reading.add(&entry.path, &content.bytes)?;
    }
    for observation in &bundle.observations {
        let word = observation.kind.word();
        match observation.kind {
            // Entries over a limit are not in the list: their absence must not look like a smaller update.
            ObservationKind::TooManyEntries | ObservationKind::TotalTooLarge | ObservationKind::ArchiveTooLarge => {
                return Err((format!("the archive is over a limit: {word}"), "too_large"));
            }
            // Android unpacks the local headers in order, iOS by the central directory.
            ObservationKind::OnlyInCentralDirectory
            | ObservationKind::OnlyInLocalHeaders
            | ObservationKind::NameDiffers
            | ObservationKind::SizeDiffers
            | ObservationKind::MethodDiffers
            | ObservationKind::FlagsDiffer
            | ObservationKind::CrcDiffers
            | ObservationKind::StreamLengthDiffers => {
                return Err((
                    format!("readers of the archive may differ on what it holds: {word}"),
                    "archive_ambiguous",
                ));
            }
            _ => {}
        }
    }
    reading.package.bytes = file.bytes;
    Ok(reading.package)
}

struct Reading {
    package: Package,
    targets: Targets,
}

impl Reading {
    /// Counts bytes before they are read.
    fn reserve(&mut self, bytes: u64, limits: &Limits) -> Result<(), Refused> {
        self.package.bytes = self.package.bytes.saturating_add(bytes);
        if self.package.bytes > limits.total_bytes {
            return Err((format!("the update has more than {} bytes", limits.total_bytes), "too_large"));
        }
        Ok(())
    }

    fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), Refused> {
        if let Some(fault) = names::fault(path) {
            return Err((format!("{} has {fault}", printable(path, 100)), "path_traversal"));
        }
        if !self.targets.take(path) {
            return Err((format!("{} is there twice", printable(path, 100)), "duplicate_target"));
        }
        if path == format!("{FOLDER}{RELEASE}") {
            self.package.release = Some(small(path, bytes)?);
        } else if path == DIFF {
            self.package.diff = Some(small(path, bytes)?);
        } else if is_ignored(path) {
            self.package.ignored.push(path.to_owned());
        } else {
            self.package.digests.insert(path.to_owned(), Digest::of(bytes));
        }
        Ok(())
    }
}

fn small(path: &str, bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    if bytes.len() as u64 > MOST_SMALL {
        return Err((format!("{path} has {} bytes, limit {MOST_SMALL}", bytes.len()), "too_large"));
    }
    Ok(bytes.to_vec())
}

impl Package {
    /// The package hash: SHA-256 of the JSON of the sorted list of `path:sha256`.
    pub(super) fn hash(&self) -> Option<Digest> {
        let mut lines: Vec<String> = self.digests.iter().map(|(path, digest)| format!("{path}:{digest}")).collect();
        // JavaScript sorts by UTF-16 code units, which differs from UTF-8 beyond the first plane.
        lines.sort_by(|one, other| one.encode_utf16().cmp(other.encode_utf16()));
        // The same escapes as `JSON.stringify`: of quotes, backslashes and control characters only.
        Some(Digest::of(serde_json::to_string(&lines).ok()?.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_names_are_the_vendors() {
        for path in
            ["__MACOSX/a", ".DS_Store", "CodePush/a/.DS_Store", ".codepushrelease", "CodePush/x/.codepushrelease"]
        {
            assert!(is_ignored(path), "{path}");
        }
        for path in ["CodePush/__MACOSX/a", "CodePush/a.DS_Store", "CodePush/x.codepushrelease", "__macosx/a"] {
            assert!(!is_ignored(path), "{path}");
        }
    }

    #[test]
    fn lines_are_sorted_and_written_as_javascript_does() {
        let mut package = Package::default();
        let empty = Digest::of(b"");
        for path in ["CodePush/\u{FF5E}", "CodePush/\u{1F600}", "CodePush/\"\\\u{1}\u{7f}\u{2028}"] {
            package.digests.insert(path.to_owned(), empty);
        }
        let text = format!(
            "[\"CodePush/\\\"\\\\\\u0001\u{7f}\u{2028}:{empty}\",\"CodePush/\u{1F600}:{empty}\",\"CodePush/\u{FF5E}:{empty}\"]"
        );
        assert_eq!(package.hash(), Some(Digest::of(text.as_bytes())));
    }
}
