//! How much of the code is other code.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Serialize;

use super::shapes::{Unit, UnitDigest, units};
use crate::facts::BundleFacts;
use crate::facts::bundle::STACK_BYTES;
use crate::inputs::{Bundle, Entry, EntryKind, Limits, decode};
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
    /// Threads; 0 is one for each core.
    pub jobs: usize,
}

/// The pieces of one side: by digest, each with its places.
type Pieces = BTreeMap<UnitDigest, Vec<UnitPlace>>;

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
    let theirs: BTreeSet<Digest> = other.files.iter().filter_map(|file| file.sha256).collect();
    let is_compared = |entry: &&Entry| {
        let file = side.facts.file(&entry.path).filter(|_| entry.kind == EntryKind::File);
        file.is_some_and(|file| {
            file.script.is_some() && file.page.is_none() && !file.sha256.is_some_and(|own| theirs.contains(&own))
        })
    };
    let entries: Vec<&Entry> = side.bundle.entries.iter().filter(is_compared).collect();
    // As deep as the audit's own threads: the parser recurses with what it reads.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(side.jobs).stack_size(STACK_BYTES).build();
    let read: Vec<Result<Vec<(UnitDigest, UnitPlace)>, String>> = match pool {
        Ok(pool) => pool.install(|| entries.par_iter().map(|entry| of_entry(side, entry)).collect()),
        Err(why) => entries.iter().map(|_| Err(why.to_string())).collect(),
    };
    let mut found = Pieces::new();
    let (mut count, mut bytes) = (0, 0);
    for (entry, read) in entries.iter().zip(read) {
        match read {
            Ok(units) => {
                for (digest, place) in units {
                    count += 1;
                    bytes += u64::from(place.bytes);
                    found.entry(digest).or_default().push(place);
                }
            }
            Err(why) => unread.push((entry.path.clone(), why)),
        }
    }
    (found, count, bytes)
}

/// The pieces of one script.
fn of_entry(side: ScriptReader<'_>, entry: &Entry) -> Result<Vec<(UnitDigest, UnitPlace)>, String> {
    let content = side.bundle.read(entry, side.limits).map_err(|unread| unread.why)?;
    let decoded = decode(&content.bytes);
    let lines = LineIndex::new(&decoded.text);
    let units = units(&decoded.text, side.limits)?;
    Ok(units.into_iter().map(|unit| (unit.digest, place(&entry.path, &lines, unit))).collect())
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
