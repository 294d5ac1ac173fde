//! How much of the code is other code.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;
use serde::Serialize;

use super::routes::{FLAG, ROUTE, STAGE, named_texts};
use super::sets::{MOST_ITEMS, NAME, Named, SetKind};
use super::shapes::{Unit, UnitDigest, units};
use crate::facts::bundle::{STACK_BYTES, map_of};
use crate::facts::hashed::stem;
use crate::facts::origin::Owner as Origin;
use crate::facts::page::read_page;
use crate::facts::privacy::Owner;
use crate::facts::recall::take;
use crate::facts::stored::Stored as _;
use crate::facts::{BundleFacts, FileFacts, Store};
use crate::inputs::{Bundle, Entry, EntryKind, Limits, decode};
use crate::model::{Digest, LineIndex, Location, Position, Root, printable};

/// Pieces that are listed; more are counted.
const MOST_LISTED: usize = 500;
/// Pieces of fewer bytes are counted and not listed: `()=>{}` says nothing.
const LEAST_BYTES: u32 = 24;
/// How much of a piece's text is kept, and of how many.
const MOST_TEXT: usize = 4_000;
const MOST_TEXTS: usize = 60;
/// Handlers of a page whose places are sought.
const MOST_SOUGHT: usize = 200;

/// What of the code changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CodeChange {
    /// Pieces of code before and after: blocks, and larger statements and elements.
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
        self.added_count == 0 && self.removed_count == 0 && self.unread.is_empty()
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
    /// Whose code it is, as far as the bundle tells.
    pub owner: Owner,
    /// The package, when it is a library's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// From where to where it stands in the script, in bytes.
    #[serde(skip)]
    pub range: Range<usize>,
    /// Its text, bounded (not inert); empty for all but the largest.
    #[serde(skip)]
    pub text: String,
}

impl UnitPlace {
    /// The script's path without the hash of its content.
    #[must_use]
    pub fn stem(&self) -> String {
        stem(&self.path)
    }
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
    /// What earlier runs kept.
    pub store: Option<&'a dyn Store>,
}

/// A piece: its digest, its script by number, where it stands there, and its bytes.
type Piece = (UnitDigest, u32, Range<usize>, u32);

/// The scripts of one side that the other has not, and their pieces, sorted.
struct Side<'a> {
    reader: ScriptReader<'a>,
    entries: Vec<&'a Entry>,
    pieces: Vec<Piece>,
    bytes: u64,
    named: Named,
}

/// Compares the code of two bundles, piece by piece, wherever in the bundle each stands. Scripts that both have,
/// byte for byte, are not read.
#[must_use]
pub fn code_change(before: ScriptReader<'_>, after: ScriptReader<'_>) -> (CodeChange, (Named, Named)) {
    let mut change = CodeChange::default();
    let mut named = (Named::new(), Named::new());
    // As deep as the audit's own threads: where a lexer does not tell, a parser does, and recurses.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(after.jobs).stack_size(STACK_BYTES).build();
    let pool = match pool {
        Ok(pool) => pool,
        Err(why) => {
            change.unread.push((String::new(), why.to_string()));
            return (change, named);
        }
    };
    pool.install(|| {
        // Both at once: the largest script of a bundle would else keep one thread busy while the others wait.
        let ((old, unread), (new, more)) = rayon::join(|| side(before, after.facts), || side(after, before.facts));
        change.unread = [unread, more].concat();
        change.pieces = (old.pieces.len(), new.pieces.len());
        change.bytes = (old.bytes, new.bytes);
        (
            (change.removed, change.removed_count, change.removed_bytes),
            (change.added, change.added_count, change.added_bytes),
        ) = rayon::join(|| only_in(&old, &new), || only_in(&new, &old));
        change.same_bytes = new.bytes.saturating_sub(change.added_bytes);
        named = (old.named, new.named);
    });
    (change, named)
}

/// The pieces of one side's scripts, without those of scripts that are the same on the other side; and the scripts that
/// could not be compared, and why.
fn side<'a>(reader: ScriptReader<'a>, other: &BundleFacts) -> (Side<'a>, Vec<(String, String)>) {
    let theirs: BTreeSet<Digest> = other.files.iter().filter_map(|file| file.sha256).collect();
    let is_compared = |entry: &&Entry| {
        let file = reader.facts.file(&entry.path).filter(|_| entry.kind == EntryKind::File);
        file.is_some_and(|file| file.script.is_some() && !file.sha256.is_some_and(|own| theirs.contains(&own)))
    };
    let entries: Vec<&Entry> = reader.bundle.entries.iter().filter(is_compared).collect();
    let read: Vec<Result<Shape, String>> = entries.par_iter().map(|entry| of_entry(reader, entry)).collect();
    let mut pieces = Vec::new();
    let mut named = Named::new();
    let mut unread = Vec::new();
    let mut bytes = 0;
    for (number, (entry, read)) in entries.iter().zip(read).enumerate() {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        match read {
            Ok((units, texts)) => {
                for (sort, name, position) in texts {
                    let kind = match sort {
                        ROUTE => SetKind::Routes,
                        FLAG => SetKind::Flags,
                        STAGE => SetKind::Stages,
                        _ => SetKind::Releases,
                    };
                    let place = Location::at(Root::Bundle, &entry.path, position);
                    let items = named.entry(kind).or_default();
                    if items.len() < MOST_ITEMS {
                        items.entry(printable(&name, NAME)).or_insert(place);
                    }
                }
                bytes += units.iter().map(|unit| u64::from(unit.bytes)).sum::<u64>();
                pieces.extend(units.into_iter().map(|unit| (unit.digest, number, unit.range, unit.bytes)));
            }
            Err(why) => unread.push((entry.path.clone(), why)),
        }
    }
    pieces.par_sort_unstable_by(|one, other| (one.0, one.1, one.2.start).cmp(&(other.0, other.1, other.2.start)));
    (Side { reader, entries, pieces, bytes, named }, unread)
}

/// The pieces of one script, and what it names, by sort.
type Shape = (Vec<Unit>, Vec<(u8, String, Position)>);

/// The pieces of one script, as an earlier run kept them or read now.
fn of_entry(side: ScriptReader<'_>, entry: &Entry) -> Result<Shape, String> {
    let file = side.facts.file(&entry.path);
    let is_page = file.is_some_and(|file| file.page.is_some());
    let sort = if is_page { "pieces of a page " } else { "pieces " };
    let key = file
        .and_then(|file| file.sha256)
        .map(|digest| Digest::of_parts([sort, &side.limits.script_tokens.to_string(), " ", &digest.hex()]));
    if let (Some(store), Some(key)) = (side.store, &key)
        && let Some(shape) = store.get(key).and_then(|bytes| take(&bytes))
    {
        return Ok(shape);
    }
    let content = side.bundle.read(entry, side.limits).map_err(|unread| unread.why)?;
    let decoded = decode(&content.bytes);
    let lines = LineIndex::new(&decoded.text);
    let texts = named_texts(&decoded.text).into_iter();
    let texts = texts.map(|(sort, name, at)| (sort, name, lines.position(at))).collect();
    let units = if is_page { of_page(&decoded.text, side.limits)? } else { units(&decoded.text, side.limits)? };
    let shape = (units, texts);
    if let (Some(store), Some(key)) = (side.store, &key) {
        let mut out = Vec::new();
        shape.put(&mut out);
        store.put(key, &out);
    }
    Ok(shape)
}

/// The pieces of a page's own scripts and handlers.
fn of_page(text: &str, limits: &Limits) -> Result<Vec<Unit>, String> {
    let page = read_page(text);
    let mut all = Vec::new();
    let mut add = |code: &str, at: usize| {
        let units = units(code, limits)?;
        all.extend(units.into_iter().map(|unit| Unit { range: unit.range.start + at..unit.range.end + at, ..unit }));
        Ok::<(), String>(())
    };
    for range in page.inline_scripts {
        add(text.get(range.clone()).unwrap_or_default(), range.start)?;
    }
    for (number, (code, _)) in page.handlers.iter().enumerate() {
        // Where its text is written otherwise, or there are many, the page's begin is told.
        let at = (number < MOST_SOUGHT).then(|| text.find(code.as_str())).flatten().unwrap_or_default();
        // What does not parse does not run.
        let _ = add(code, at);
    }
    Ok(all)
}

/// The pieces of `these` that `those` have not, or not as often: the largest of them, how many, and their bytes.
fn only_in(these: &Side<'_>, those: &Side<'_>) -> (Vec<UnitPlace>, usize, u64) {
    let mut only: Vec<&Piece> = Vec::new();
    let mut rest = those.pieces.as_slice();
    let mut own = these.pieces.as_slice();
    while let Some((digest, ..)) = own.first() {
        let (same, further) = own.split_at(own.partition_point(|piece| piece.0 == *digest));
        rest = rest.get(rest.partition_point(|piece| piece.0 < *digest)..).unwrap_or_default();
        let kept = rest.partition_point(|piece| piece.0 == *digest);
        only.extend(same.iter().skip(kept));
        own = further;
    }
    let bytes = only.iter().map(|piece| u64::from(piece.3)).sum();
    let count = only.len();
    only.retain(|piece| piece.3 >= LEAST_BYTES);
    only.sort_by_key(|piece| (std::cmp::Reverse(piece.3), piece.1, piece.2.start));
    only.truncate(MOST_LISTED);
    (placed(these, &only), count, bytes)
}

/// The same with their places, owners and texts; each script is read once.
fn placed(side: &Side<'_>, pieces: &[&Piece]) -> Vec<UnitPlace> {
    let mut scripts: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (rank, piece) in pieces.iter().enumerate() {
        scripts.entry(piece.1).or_default().push(rank);
    }
    let scripts: Vec<(u32, Vec<usize>)> = scripts.into_iter().collect();
    let placed = scripts.par_iter().flat_map_iter(|(number, ranks)| {
        let entry = usize::try_from(*number).ok().and_then(|number| side.entries.get(number).copied());
        entry.map(|entry| of_script(side, entry, ranks, pieces)).unwrap_or_default()
    });
    let mut placed: Vec<(usize, UnitPlace)> = placed.collect();
    placed.sort_by_key(|(rank, _)| *rank);
    placed.into_iter().map(|(_, place)| place).collect()
}

fn of_script(side: &Side<'_>, entry: &Entry, ranks: &[usize], pieces: &[&Piece]) -> Vec<(usize, UnitPlace)> {
    let Ok(content) = side.reader.bundle.read(entry, side.reader.limits) else { return Vec::new() };
    let decoded = decode(&content.bytes);
    let text: &str = &decoded.text;
    let lines = LineIndex::new(text);
    let found = ranks.iter().filter_map(|rank| Some((*rank, *pieces.get(*rank)?)));
    let found: Vec<(usize, &Piece, Position)> =
        found.map(|(rank, piece)| (rank, piece, lines.position(piece.2.start))).collect();
    let wanted: Vec<Position> = found.iter().map(|(_, _, position)| *position).collect();
    let file = side.reader.facts.file(&entry.path).map(|file| mapped(side.reader, file, &wanted));
    let place = |(rank, piece, position): (usize, &Piece, Position)| {
        let (owner, package) = match file.as_ref().map(|file| file.owner(position)) {
            Some(Origin::FirstParty { .. }) => (Owner::FirstParty, None),
            Some(Origin::Vendor { package, .. }) => (Owner::Vendor, Some(package)),
            Some(Origin::Unknown) | None => (Owner::Unknown, None),
        };
        let shown = text.get(piece.2.clone()).filter(|_| rank < MOST_TEXTS).unwrap_or_default();
        let shown: String = shown.char_indices().take_while(|(at, _)| *at < MOST_TEXT).map(|(_, one)| one).collect();
        let path = entry.path.clone();
        (rank, UnitPlace { path, position, bytes: piece.3, owner, package, range: piece.2.clone(), text: shown })
    };
    found.into_iter().map(place).collect()
}

/// The file's facts with the owners of these places, where a source map lies beside it.
fn mapped(reader: ScriptReader<'_>, file: &FileFacts, wanted: &[Position]) -> FileFacts {
    let mut file = FileFacts { script: None, secrets: Vec::new(), keys: Vec::new(), ..file.clone() };
    let map = map_of(reader.facts, &file.path);
    let entry = map.and_then(|map| reader.bundle.entries.iter().find(|entry| entry.path == map));
    if let Some(content) = entry.and_then(|entry| reader.bundle.read(entry, reader.limits).ok()) {
        file.origins.follow(&decode(&content.bytes).text, wanted);
    }
    file
}
