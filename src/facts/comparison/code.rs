//! How much of the code is other code.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::shapes::{Unit, units};
use crate::facts::BundleFacts;
use crate::inputs::{Bundle, EntryKind, Limits, decode};
use crate::model::{Digest, LineIndex, Position};

/// Pieces that are listed; more are counted.
const MOST_LISTED: usize = 500;
/// Pieces of fewer bytes are counted and not listed: `()=>{}` says nothing.
const LEAST_BYTES: u32 = 24;

/// What of the code changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CodeChange {
    /// Pieces of code before and after: functions, classes, larger statements.
    pub pieces: (usize, usize),
    /// Bytes of their code before and after, without names, spaces and comments being compared.
    pub bytes: (u64, u64),
    /// Bytes of pieces that both have.
    pub same_bytes: u64,
    /// Pieces that only the bundle after has, the largest first; no more than 500.
    pub added: Vec<UnitPlace>,
    /// Pieces that only the bundle before has, the largest first; no more than 500.
    pub removed: Vec<UnitPlace>,
    /// How many only the bundle after has.
    pub added_count: usize,
    /// How many only the bundle before has.
    pub removed_count: usize,
    /// Bytes of those that only the bundle after has.
    pub added_bytes: u64,
    /// Bytes of those that only the bundle before has.
    pub removed_bytes: u64,
    /// Scripts that could not be compared, and why.
    pub unread: Vec<(String, String)>,
}

impl CodeChange {
    /// Whether every piece of one bundle is in the other, and all scripts were compared.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.added_bytes == 0 && self.removed_bytes == 0 && self.unread.is_empty()
    }
}

/// A piece of code that only one bundle has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitPlace {
    /// The script (not inert).
    pub path: String,
    /// Where it begins.
    pub position: Position,
    /// Bytes of its own code, without that of pieces within it.
    pub bytes: u32,
    /// From where to where it stands in the script, in bytes.
    #[serde(skip)]
    pub range: std::ops::Range<usize>,
}

/// One bundle, to read scripts of.
#[derive(Clone, Copy, Debug)]
pub struct ScriptReader<'a> {
    /// Its entries.
    pub bundle: &'a Bundle,
    /// Its facts.
    pub facts: &'a BundleFacts,
    /// The bounds.
    pub limits: &'a Limits,
}

/// The pieces of one side: by digest, each with its places.
type Pieces = BTreeMap<[u8; 16], Vec<UnitPlace>>;

/// Compares the code of two bundles, piece by piece, wherever in the bundle each stands. Scripts that both have,
/// byte for byte, are not read.
#[must_use]
pub fn code_change(before: ScriptReader<'_>, after: ScriptReader<'_>) -> CodeChange {
    let mut change = CodeChange::default();
    let (old, old_count, old_bytes) = pieces(before, after.facts, &mut change.unread);
    let (new, new_count, new_bytes) = pieces(after, before.facts, &mut change.unread);
    change.pieces = (old_count, new_count);
    change.bytes = (old_bytes, new_bytes);
    (change.removed, change.removed_count, change.removed_bytes) = only_in(&old, &new);
    (change.added, change.added_count, change.added_bytes) = only_in(&new, &old);
    change.same_bytes = new_bytes.saturating_sub(change.added_bytes);
    change
}

/// The pieces of one side's scripts, without those of scripts that are the same on the other side.
fn pieces(side: ScriptReader<'_>, other: &BundleFacts, unread: &mut Vec<(String, String)>) -> (Pieces, usize, u64) {
    let mut found = Pieces::new();
    let (mut count, mut bytes) = (0, 0);
    let theirs: BTreeSet<Digest> = other.files.iter().filter_map(|file| file.sha256).collect();
    for entry in side.bundle.entries.iter().filter(|entry| entry.kind == EntryKind::File) {
        let Some(file) = side.facts.file(&entry.path) else { continue };
        if file.script.is_none() || file.page.is_some() || file.sha256.is_some_and(|digest| theirs.contains(&digest)) {
            continue;
        }
        let content = match side.bundle.read(entry, side.limits) {
            Ok(content) => content,
            Err(why) => {
                unread.push((entry.path.clone(), why.why));
                continue;
            }
        };
        let decoded = decode(&content.bytes);
        match units(&decoded.text, side.limits) {
            Ok(units) => {
                let lines = LineIndex::new(&decoded.text);
                for unit in units {
                    count += 1;
                    bytes += u64::from(unit.bytes);
                    found.entry(unit.digest).or_default().push(place(&entry.path, &lines, unit));
                }
            }
            Err(why) => unread.push((entry.path.clone(), why)),
        }
    }
    (found, count, bytes)
}

fn place(path: &str, lines: &LineIndex<'_>, unit: Unit) -> UnitPlace {
    UnitPlace {
        path: path.to_owned(),
        position: lines.position(unit.range.start),
        bytes: unit.bytes,
        range: unit.range,
    }
}

/// The pieces of `these` that `those` have not, or not as often.
fn only_in(these: &Pieces, those: &Pieces) -> (Vec<UnitPlace>, usize, u64) {
    let mut listed = Vec::new();
    let (mut count, mut bytes) = (0, 0);
    for (digest, places) in these {
        let kept = those.get(digest).map_or(0, Vec::len);
        for place in places.iter().skip(kept) {
            count += 1;
            bytes += u64::from(place.bytes);
            if place.bytes >= LEAST_BYTES {
                listed.push(place.clone());
            }
        }
    }
    listed.sort_by(|one, other| {
        (std::cmp::Reverse(one.bytes), &one.path, one.position).cmp(&(
            std::cmp::Reverse(other.bytes),
            &other.path,
            other.position,
        ))
    });
    listed.truncate(MOST_LISTED);
    (listed, count, bytes)
}
