//! Reading files of a native project: bounded, sorted, and never through a symbolic link.

use std::cell::{Cell, RefCell};
use std::fs::{File, symlink_metadata};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use serde::Serialize;

use crate::inputs::decode;
use crate::model::Fact;

/// A file larger than this is not read: manifests, Gradle files and sources have some kilobytes.
const MOST_BYTES: u64 = 1024 * 1024;
/// All files of one app together; after that, nothing more is read.
const MOST_BYTES_TOGETHER: u64 = 128 * 1024 * 1024;
/// Entries of one folder that are listed.
const MOST_ENTRIES: usize = 10_000;
/// Folders that are built, fetched or kept by tools, and never written by the team.
const NEVER: &[&str] = &["node_modules", ".git", "build", "Pods", "DerivedData", ".gradle", ".cxx", ".idea"];

/// A file that is there and could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unread {
    /// Relative to the app's folder.
    pub path: String,
    /// Why.
    pub why: String,
}

/// The app's folder.
pub(super) struct Files<'a> {
    root: &'a Path,
    read: Cell<u64>,
    unread: RefCell<Vec<Unread>>,
}

/// One entry of a folder.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) is_folder: bool,
}

impl<'a> Files<'a> {
    pub(super) const fn new(root: &'a Path) -> Self {
        Self { root, read: Cell::new(0), unread: RefCell::new(Vec::new()) }
    }

    /// What could not be read so far, in order of path.
    pub(super) fn unread(&self) -> Vec<Unread> {
        let mut unread = self.unread.borrow().clone();
        unread.sort();
        unread.dedup();
        unread
    }

    /// Notes that something could not be read.
    pub(super) fn note(&self, path: &str, why: &str) {
        self.unread.borrow_mut().push(Unread { path: path.to_owned(), why: why.to_owned() });
    }

    /// The text of a file. What is there and can't be read is also noted.
    pub(super) fn text(&self, path: &str) -> Fact<String> {
        let fact = self.read_text(path);
        if let Fact::Unreadable(why) = &fact {
            self.note(path, why);
        }
        fact
    }

    fn read_text(&self, path: &str) -> Fact<String> {
        let full = match self.metadata(path) {
            Ok(Some(metadata)) if metadata.is_file() => self.root.join(path),
            Ok(Some(metadata)) if metadata.is_dir() => return Fact::Absent,
            Ok(Some(_)) => return Fact::Unreadable("it is no regular file".to_owned()),
            Ok(None) => return Fact::Absent,
            Err(why) => return Fact::Unreadable(why),
        };
        if self.read.get() > MOST_BYTES_TOGETHER {
            return Fact::Unreadable(format!("more than {MOST_BYTES_TOGETHER} bytes were read before it"));
        }
        let mut bytes = Vec::new();
        // A file that grows while it is read must not be read without end.
        let read = File::open(full).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
        if let Err(error) = read {
            return Fact::Unreadable(error.kind().to_string());
        }
        let size = bytes.len() as u64;
        self.read.set(self.read.get().saturating_add(size));
        if size > MOST_BYTES {
            return Fact::Unreadable(format!("more than {MOST_BYTES} bytes"));
        }
        Fact::Known(decode(&bytes).text.into_owned())
    }

    /// Whether a regular file is there.
    pub(super) fn is_file(&self, path: &str) -> bool {
        matches!(self.metadata(path), Ok(Some(metadata)) if metadata.is_file())
    }

    /// Whether a folder is there.
    pub(super) fn is_folder(&self, path: &str) -> bool {
        matches!(self.metadata(path), Ok(Some(metadata)) if metadata.is_dir())
    }

    /// Every part of the path is looked at, so that no link leads out of the app.
    fn metadata(&self, path: &str) -> Result<Option<std::fs::Metadata>, String> {
        let mut full = self.root.to_owned();
        let mut metadata = None;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if part == ".." || part == "." {
                return Ok(None);
            }
            full.push(part);
            match symlink_metadata(&full) {
                Ok(found) if found.is_symlink() => return Err("a symbolic link is not followed".to_owned()),
                Ok(found) => metadata = Some(found),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                    return Ok(None);
                }
                Err(error) => return Err(error.kind().to_string()),
            }
        }
        match metadata {
            Some(metadata) => Ok(Some(metadata)),
            None => Ok(std::fs::metadata(self.root).ok()),
        }
    }

    /// The entries of a folder in order of name, without links, special files, and what tools build.
    pub(super) fn list(&self, path: &str) -> Vec<Entry> {
        if !self.is_folder(path) {
            return Vec::new();
        }
        let Ok(listing) = std::fs::read_dir(self.root.join(path)) else {
            self.note(path, "can't be listed");
            return Vec::new();
        };
        let mut entries = Vec::new();
        for step in listing.take(MOST_ENTRIES).flatten() {
            let Ok(name) = step.file_name().into_string() else { continue };
            let Ok(kind) = step.file_type() else { continue };
            if (kind.is_dir() || kind.is_file()) && !NEVER.contains(&name.as_str()) {
                entries.push(Entry { name, is_folder: kind.is_dir() });
            }
        }
        entries.sort_by(|left, right| left.name.cmp(&right.name));
        entries
    }

    /// The names of the folders in a folder.
    pub(super) fn folders(&self, path: &str) -> Vec<String> {
        self.list(path).into_iter().filter(|entry| entry.is_folder).map(|entry| entry.name).collect()
    }

    /// The names of the files in a folder.
    pub(super) fn files(&self, path: &str) -> Vec<String> {
        self.list(path).into_iter().filter(|entry| !entry.is_folder).map(|entry| entry.name).collect()
    }
}

/// `folder/name`; an empty folder is the app's own.
pub(super) fn join(folder: &str, name: &str) -> String {
    match (folder.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (_, true) => folder.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}

/// `folder` and a relative path with `..` in it, or nothing when it leads out of the app.
pub(super) fn resolve(folder: &str, relative: &str) -> Option<String> {
    if relative.starts_with('/') || relative.contains('\\') || relative.contains('$') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ if NEVER.contains(&part) => return None,
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
