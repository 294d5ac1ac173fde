//! Files of the app's folder: bounded, below the folder only, and never through a symbolic link.

use std::path::Path;

use crate::inputs::{Json, JsonNode, decode, parse_json};
use crate::model::{Fact, Position};

/// A configuration, or a file that it imports, larger than this is not read: real ones have some kilobytes.
pub(super) const MOST_BYTES: u64 = 1024 * 1024;
/// Entries of one folder that are looked at.
const MOST_ENTRIES: usize = 2_000;
/// Folders that hold other people's files or built ones; nothing in them is the app's own configuration.
pub(super) const NEVER_WALKED: &[&str] = &["node_modules", ".git", "build", "Pods", "DerivedData", ".gradle"];

/// The text of the file at `path`, relative to `folder` with `/` between its parts.
pub(super) fn read_text(folder: &Path, path: &str) -> Fact<String> {
    let mut full = folder.to_path_buf();
    for part in path.split('/') {
        full.push(part);
        match std::fs::symlink_metadata(&full) {
            Ok(metadata) if metadata.is_symlink() => {
                return Fact::Unreadable("it is a symbolic link, which is not followed".to_owned());
            }
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Fact::Absent,
            Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => return Fact::Absent,
            Err(error) => return Fact::Unreadable(error.kind().to_string()),
        }
    }
    match std::fs::symlink_metadata(&full) {
        Ok(metadata) if !metadata.is_file() => return Fact::Unreadable("it is no regular file".to_owned()),
        Ok(metadata) if metadata.len() > MOST_BYTES => {
            return Fact::Unreadable(format!("{} bytes, limit {MOST_BYTES}", metadata.len()));
        }
        Ok(_) => {}
        Err(error) => return Fact::Unreadable(error.kind().to_string()),
    }
    match std::fs::read(&full) {
        Ok(bytes) => Fact::Known(decode(&bytes).text.into_owned()),
        Err(error) => Fact::Unreadable(error.kind().to_string()),
    }
}

/// Whether there is a regular file at `path`.
pub(super) fn is_file(folder: &Path, path: &str) -> bool {
    std::fs::symlink_metadata(folder.join(path)).is_ok_and(|metadata| metadata.is_file())
}

/// The names in the folder at `path`, sorted: files, or folders.
pub(super) fn names(folder: &Path, path: &str, folders: bool) -> Vec<String> {
    let mut at = folder.to_path_buf();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        at.push(part);
        if std::fs::symlink_metadata(&at).map_or(true, |metadata| !metadata.is_dir()) {
            return Vec::new();
        }
    }
    let Ok(entries) = std::fs::read_dir(&at) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .take(MOST_ENTRIES)
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir() == folders || (!folders && kind.is_symlink())))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// `relative` as seen from the folder of the file `from`; `None` when it leaves the app's folder.
pub(super) fn join(from: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ if part.contains(['\\', '\0', ':']) => return None,
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// JSON that is an object, or where and why it is none.
pub(super) fn object(text: &str) -> Result<Json, (Position, String)> {
    let json = parse_json(text)?;
    match json.root.node {
        JsonNode::Object(_) => Ok(json),
        _ => Err((json.root.position, "it is JSON, but no object".to_owned())),
    }
}
