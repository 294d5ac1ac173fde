//! The paths of a project's files: each is relative to its group, and groups may lie within groups.

use std::collections::{BTreeMap, BTreeSet};

use super::super::plist::{PlistEntry, PlistValue};

/// Bytes of a path; a longer one is not followed.
const MOST_PATH: usize = 1024;

/// The path of every file and folder reference, relative to the app's folder.
pub(super) fn of_files<'a>(
    objects: &BTreeMap<&'a str, &'a PlistEntry>,
    project: &PlistEntry,
    folder: &str,
) -> BTreeMap<&'a str, String> {
    let text = |value: &'a PlistValue, key: &str| value.get(key).and_then(PlistValue::as_str);
    let base = match project.value.get("projectDirPath").and_then(PlistValue::as_str) {
        Some(path) if !path.is_empty() => join(folder, path).unwrap_or_else(|| folder.to_owned()),
        _ => folder.to_owned(),
    };
    let mut paths = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let main = project.value.get("mainGroup").and_then(PlistValue::as_str);
    let main = main.and_then(|id| objects.get_key_value(id));
    let mut open: Vec<(&'a str, &'a PlistEntry, String)> =
        main.map(|(id, entry)| (*id, *entry, base.clone())).into_iter().collect();
    while let Some((id, entry, parent)) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let own = text(&entry.value, "path").unwrap_or_default();
        let path = match text(&entry.value, "sourceTree") {
            Some("SOURCE_ROOT") => join(&base, own),
            Some("<group>") | None => join(&parent, own),
            // Products and the SDK are not of the app.
            Some(_) => continue,
        };
        let Some(path) = path else { continue };
        for child in entry.value.get("children").map(PlistValue::elements).unwrap_or_default() {
            let child = child.as_str().and_then(|id| objects.get_key_value(id));
            open.extend(child.map(|(id, entry)| (*id, *entry, path.clone())));
        }
        paths.insert(id, path);
    }
    paths
}

/// Two paths made one; `None` when it leaves the app's folder or is absolute.
pub(in super::super) fn join(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || folder.len() + path.len() > MOST_PATH {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
