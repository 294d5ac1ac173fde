//! A folder of web assets. No symbolic link is followed, but each is seen; special files are never opened.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Limits;
use super::entry::{Content, EntryKind, Unread};
use super::observation::{Observation, ObservationKind};
use super::zip::{NameSet, name_observations};

/// A folder whose entries were listed.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    entries: Vec<FolderEntry>,
    limits: Limits,
}

/// One file, link or special file below the folder.
#[derive(Clone, Debug)]
pub struct FolderEntry {
    /// The path relative to the folder, with `/` between its parts.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// Its size in bytes.
    pub size: u64,
    /// The same path in the file system's own encoding.
    relative: PathBuf,
}

impl Folder {
    /// Lists everything below `root`. What can't be listed is an observation.
    pub fn open(root: &Path, limits: &Limits) -> (Self, Vec<Observation>) {
        let mut entries = Vec::new();
        let mut observations = Vec::new();
        // One entry more than the limit is enough to know that it is reached; a folder of a million files is not listed whole.
        let most = usize::try_from(limits.entries).unwrap_or(usize::MAX).saturating_add(1);
        for step in WalkDir::new(root).min_depth(1).follow_links(false).sort_by_file_name() {
            if entries.len() >= most {
                break;
            }
            match step {
                Ok(step) => entries.extend(list(root, &step, &mut observations)),
                Err(error) => {
                    let path = error.path().and_then(|path| path.strip_prefix(root).ok()).unwrap_or(Path::new(""));
                    let why =
                        error.io_error().map_or_else(|| "can't be listed".to_owned(), |error| error.kind().to_string());
                    observations.push(Observation::on(ObservationKind::Unreadable, slashed(path), why));
                }
            }
        }
        let mut names = NameSet::default();
        for entry in &entries {
            observations.extend(name_observations(&entry.path));
            observations.extend(names.add(&entry.path));
        }
        (Self { root: root.to_owned(), entries, limits: limits.clone() }, observations)
    }

    /// Everything below the folder but folders.
    pub fn entries(&self) -> &[FolderEntry] {
        &self.entries
    }

    /// The limits it was opened with.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The bytes of the entry at `index`.
    pub fn read(&self, index: usize) -> Result<Content<'_>, Unread> {
        let Some(entry) = self.entries.get(index) else {
            return Err(Unread::new(ObservationKind::Unreadable, "", "no such entry"));
        };
        match &entry.kind {
            EntryKind::File => {}
            EntryKind::Symlink(_) => {
                return Err(Unread::new(ObservationKind::Symlink, &entry.path, "a symbolic link is not followed"));
            }
            EntryKind::Directory | EntryKind::Special => {
                return Err(Unread::new(ObservationKind::SpecialFile, &entry.path, "a special file is not opened"));
            }
        }
        let unread =
            |error: std::io::Error| Unread::new(ObservationKind::Unreadable, &entry.path, error.kind().to_string());
        let file = File::open(self.root.join(&entry.relative)).map_err(unread)?;
        let mut bytes =
            Vec::with_capacity(usize::try_from(entry.size.min(self.limits.entry_bytes)).unwrap_or_default());
        // A file that grows while it is read must not be read without end.
        file.take(self.limits.entry_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(unread)?;
        if bytes.len() as u64 > self.limits.entry_bytes {
            let why = format!("more than {} bytes", self.limits.entry_bytes);
            return Err(Unread::new(ObservationKind::EntryTooLarge, &entry.path, why));
        }
        Ok(Content { bytes: Cow::Owned(bytes), observations: Vec::new() })
    }
}

fn list(root: &Path, step: &walkdir::DirEntry, observations: &mut Vec<Observation>) -> Option<FolderEntry> {
    let relative = step.path().strip_prefix(root).ok()?.to_owned();
    let path = slashed(&relative);
    let kind = step.file_type();
    if relative.to_str().is_none() {
        observations.push(Observation::on(ObservationKind::UndecodableName, &path, "not valid Unicode"));
    }
    if kind.is_dir() {
        return None;
    }
    if kind.is_symlink() {
        let target = std::fs::read_link(step.path()).map(|target| slashed(&target)).unwrap_or_default();
        observations.push(Observation::on(ObservationKind::Symlink, &path, format!("to `{target}`")));
        return Some(FolderEntry { path, kind: EntryKind::Symlink(target), size: 0, relative });
    }
    if !kind.is_file() {
        observations.push(Observation::on(ObservationKind::SpecialFile, &path, "device, pipe or socket"));
        return Some(FolderEntry { path, kind: EntryKind::Special, size: 0, relative });
    }
    let size = step.metadata().map(|metadata| metadata.len()).unwrap_or_default();
    Some(FolderEntry { path, kind: EntryKind::File, size, relative })
}

fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}
