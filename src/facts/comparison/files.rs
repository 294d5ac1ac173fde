//! Which files were added, removed, changed and renamed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::facts::hashed::{stem, without_tail};
use crate::facts::kind::Class;
use crate::facts::{BundleFacts, FileFacts};

/// Files that found their predecessors by hashes in their names, where names have hashes.
const LEAST_HASHED: usize = 3;

/// One file that is not the same in both bundles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileChange {
    /// The path, in the bundle after, or before when it was removed (not inert).
    pub path: String,
    /// The path before, when it was another one.
    pub before: Option<String>,
    /// What became of it.
    pub state: FileState,
    /// What it is.
    pub class: Option<Class>,
    /// Bytes before; none when it was added.
    pub bytes_before: Option<u64>,
    /// Bytes after; none when it was removed.
    pub bytes_after: Option<u64>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileState {
    /// Only the bundle after has it.
    Added,
    /// Only the bundle before has it.
    Removed,
    /// Its bytes changed; its path too, perhaps, by the hash in it.
    Changed,
    /// Its path changed and its bytes did not.
    Renamed,
}

/// The files that differ, in the order of their paths, and how many do not.
#[must_use]
pub fn file_changes(before: &BundleFacts, after: &BundleFacts) -> (Vec<FileChange>, usize) {
    let mut same = 0;
    let mut changes = Vec::new();
    let (mut gone, mut new): (Vec<&FileFacts>, Vec<&FileFacts>) = (Vec::new(), Vec::new());
    for file in &before.files {
        match after.file(&file.path) {
            Some(other) if is_same(file, other) => same += 1,
            Some(other) => changes.push(change(Some(file), Some(other), FileState::Changed)),
            None => gone.push(file),
        }
    }
    new.extend(after.files.iter().filter(|file| before.file(&file.path).is_none()));
    moved(&mut changes, &mut gone, &mut new, FileState::Renamed, |file| {
        file.sha256.map(|digest| (digest.hex(), String::new()))
    });
    moved(&mut changes, &mut gone, &mut new, FileState::Changed, |file| {
        let stem = stem(&file.path);
        (stem != file.path).then_some((stem, String::new()))
    });
    // Where names have hashes, one that reads as a word is a hash, too.
    if changes.iter().filter(|change| change.before.is_some()).count() >= LEAST_HASHED {
        moved(&mut changes, &mut gone, &mut new, FileState::Changed, |file| {
            let stem = without_tail(file.path.as_bytes())?;
            String::from_utf8(stem).ok().map(|stem| (stem, String::new()))
        });
    }
    changes.extend(gone.into_iter().map(|file| change(Some(file), None, FileState::Removed)));
    changes.extend(new.into_iter().map(|file| change(None, Some(file), FileState::Added)));
    changes.sort_by(|one, other| (&one.path, one.state).cmp(&(&other.path, other.state)));
    (changes, same)
}

fn is_same(one: &FileFacts, other: &FileFacts) -> bool {
    one.sha256.is_some() && one.sha256 == other.sha256
}

/// Pairs files that are gone with new ones of the same key; where several have it, those closest in size.
fn moved<'a>(
    changes: &mut Vec<FileChange>,
    gone: &mut Vec<&'a FileFacts>,
    new: &mut Vec<&'a FileFacts>,
    state: FileState,
    key: impl Fn(&FileFacts) -> Option<(String, String)>,
) {
    let mut wanted: BTreeMap<(String, String), Vec<&FileFacts>> = BTreeMap::new();
    for file in gone.iter().copied() {
        if let Some(key) = key(file) {
            wanted.entry(key).or_default().push(file);
        }
    }
    let mut paired: BTreeSet<&str> = BTreeSet::new();
    new.retain(|file| {
        let Some(candidates) = key(file).and_then(|key| wanted.get_mut(&key)) else { return true };
        let closest = (0..candidates.len())
            .min_by_key(|index| candidates.get(*index).map_or(u64::MAX, |other| other.size.abs_diff(file.size)));
        let Some(other) = closest.map(|index| candidates.swap_remove(index)) else { return true };
        changes.push(change(Some(other), Some(file), state));
        paired.insert(&other.path);
        false
    });
    gone.retain(|file| !paired.contains(file.path.as_str()));
}

fn change(before: Option<&FileFacts>, after: Option<&FileFacts>, state: FileState) -> FileChange {
    let shown = after.or(before);
    FileChange {
        path: shown.map(|file| file.path.clone()).unwrap_or_default(),
        before: before.filter(|one| after.is_some_and(|other| other.path != one.path)).map(|file| file.path.clone()),
        state,
        class: shown.and_then(|file| file.detection.as_ref()).map(|detection| detection.kind.class),
        bytes_before: before.map(|file| file.size),
        bytes_after: after.map(|file| file.size),
    }
}
