//! Which commit first had a key in the file that holds it now. An old version of a file is read as the file itself is,
//! so a key is found again however its text was broken into lines.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

use super::{AgedKey, FirstSeen};
use crate::facts::delivery::load::Found;
use crate::facts::delivery::{Data, Delivered, Role};
use crate::facts::git::{self, Commit, History};
use crate::facts::inventory::{self, KeyRole};
use crate::inputs::{JsonNode, JsonValue};
use crate::model::{Digest, Fact, Position};

/// A key's file is not larger; as it is now it is compared as a whole.
const LARGEST_FILE: u64 = 1024 * 1024;
/// The shortest text by which a symmetric key is looked for: 16 bytes as base64.
const SHORTEST_TEXT: usize = 22;

/// What tells a key in a version of its file.
enum Mark {
    /// Its identity, of the private or the public half.
    Identity(bool, Digest),
    /// Its text, of a key that has no identity that may be written down.
    Text(String),
    /// The whole file, as its digest.
    File(Digest),
}

/// Notes for every key when it first stood in one of its files, and says how much of the history was read.
pub(super) fn first_seen(folder: &Path, found: &Found, keys: &mut [AgedKey]) -> Fact<History> {
    let mut marks: BTreeMap<String, Vec<(usize, Mark)>> = BTreeMap::new();
    for (number, key) in keys.iter().enumerate() {
        for place in &key.places {
            let mark = match key.spki_sha256 {
                Some(digest) => Some(Mark::Identity(key.role == KeyRole::PrivateKey, digest)),
                None if key.role == KeyRole::SymmetricKey => text(found, &place.file, place.position).map(Mark::Text),
                None if key.unread.is_none() => whole(found, place.holder()).map(Mark::File),
                None => None,
            };
            if let Some(mark) = mark {
                marks.entry(place.holder().to_owned()).or_default().push((number, mark));
            }
        }
    }
    let paths: Vec<&str> = marks.keys().map(String::as_str).collect();
    let files: Vec<(&str, &[(usize, Mark)])> =
        marks.iter().map(|(path, marks)| (path.as_str(), marks.as_slice())).collect();
    let mut seen: BTreeMap<usize, FirstSeen> = BTreeMap::new();
    let mut done: BTreeSet<(usize, usize)> = BTreeSet::new();
    let history = git::versions(folder, &paths, &mut |path, commit, bytes| {
        let Some((name, marks)) = files.get(path) else { return ControlFlow::Break(()) };
        let version = Version::of(name, bytes);
        for (number, _) in marks.iter().filter(|(_, mark)| version.has(mark)) {
            if done.insert((path, *number)) {
                note(&mut seen, *number, name, commit);
            }
        }
        let all = marks.iter().all(|(number, _)| done.contains(&(path, *number)));
        if all { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    for (number, key) in keys.iter_mut().enumerate() {
        key.first_seen = match (seen.remove(&number), &history) {
            (Some(seen), _) => Fact::Known(seen),
            (None, Fact::Known(history)) => match &history.partial {
                Some(why) => Fact::Unknown(format!("not all of the history was read: {why}")),
                None => Fact::Absent,
            },
            (None, Fact::Absent) => Fact::Absent,
            (None, Fact::Unknown(why)) => Fact::Unknown(why.clone()),
            (None, Fact::Unreadable(why)) => Fact::Unreadable(why.clone()),
        };
    }
    history
}

/// Keeps the earliest of a key's files.
fn note(seen: &mut BTreeMap<usize, FirstSeen>, number: usize, file: &str, commit: &Commit) {
    let fresh = || FirstSeen { file: file.to_owned(), commit: commit.clone() };
    let known = seen.entry(number).or_insert_with(fresh);
    if commit.seconds < known.commit.seconds {
        *known = fresh();
    }
}

/// A version of a file, read once for all its keys.
struct Version<'a> {
    bytes: &'a [u8],
    identities: BTreeSet<(bool, Digest)>,
}

impl<'a> Version<'a> {
    fn of(path: &str, bytes: &'a [u8]) -> Self {
        let mut found = Found::default();
        let (length, data) = (bytes.len() as u64, Data::Memory(bytes.to_vec()));
        found.add(Delivered { path: path.to_owned(), role: Role::App, bytes: length, data });
        let records = inventory::of_files(&found.files, &found.documents).records;
        let identity =
            |record: &inventory::KeyRecord| Some((record.role == KeyRole::PrivateKey, record.fact.spki_sha256?));
        Self { bytes, identities: records.iter().filter_map(identity).collect() }
    }

    fn has(&self, mark: &Mark) -> bool {
        match mark {
            Mark::Identity(private, digest) => self.identities.contains(&(*private, *digest)),
            Mark::Text(text) => {
                // JSON may write `/` as `\/`.
                let escaped = text.replace('/', "\\/");
                [text, &escaped].iter().any(|text| memchr::memmem::find(self.bytes, text.as_bytes()).is_some())
            }
            Mark::File(digest) => Digest::of(self.bytes) == *digest,
        }
    }
}

/// The text at a place of a JSON file.
fn text(found: &Found, file: &str, position: Option<Position>) -> Option<String> {
    let document = found.documents.iter().find(|document| document.path == file)?;
    let text = at(&document.json.root, position?)?.trim();
    (text.len() >= SHORTEST_TEXT).then(|| text.to_owned())
}

/// The text that stands there; the parser bounds how deep the values are nested.
fn at(value: &JsonValue, position: Position) -> Option<&str> {
    match &value.node {
        JsonNode::String(text) => (value.position == position).then_some(text),
        JsonNode::Array(elements) => elements.iter().find_map(|element| at(element, position)),
        JsonNode::Object(pairs) => pairs.iter().find_map(|(_, _, inner)| at(inner, position)),
        JsonNode::Null | JsonNode::Bool(_) | JsonNode::Number(_) => None,
    }
}

fn whole(found: &Found, file: &str) -> Option<Digest> {
    let file = found.files.iter().find(|listed| listed.path == file)?;
    Some(Digest::of(&file.read(LARGEST_FILE).ok()?))
}
