//! One file of the bundle: hashed, recognised, and read as far as its kind is read.

use std::io::Read as _;

use brotli_decompressor::Decompressor;
use serde::Serialize;

use super::keys::{PrivateKeyFact, private_keys};
use super::kind::{Class, Detection, detect};
use super::named::addresses_in_json;
use super::origin::{MapFacts, Origins, Owner, map_facts};
use super::page::{PageFacts, StyleFacts, import_map, read_page, read_style};
use super::recall::Recall;
use super::script::{NamedAddress, ScriptFacts, ScriptReading, read_script};
use super::secrets::{SecretFact, secrets};
use crate::inputs::{
    Bundle, Encoding, Entry, EntryKind, Limits, Observation, ObservationKind, decode, is_json, parse_json,
};
use crate::model::{Digest, Evidence, LineIndex, Location, Position, Root, escape, excerpt};

/// How much of a file's head is shown.
const HEAD: usize = 80;
/// Larger JSON files are not searched for comments and the like beyond being JSON or not.
const SMALL_JSON: usize = 1024 * 1024;

/// What was established about one file.
#[derive(Clone, Debug, Serialize)]
pub struct FileFacts {
    /// The path in the bundle, as the archive has it (not inert).
    pub path: String,
    /// Bytes, unpacked.
    pub size: u64,
    /// SHA-256 of its bytes; none when it was not read.
    pub sha256: Option<Digest>,
    /// What it is.
    pub detection: Option<Detection>,
    /// Why it was not read.
    pub unread: Option<String>,
    /// Whether it parsed; none for kinds that are not parsed.
    pub parse: Option<Parse>,
    /// Readings that needed leniency: another encoding, comments in JSON.
    pub notes: Vec<Evidence>,
    /// What its scripts do (for a page: its inline scripts).
    pub script: Option<ScriptFacts>,
    /// What it loads, for a page.
    pub page: Option<PageFacts>,
    /// What it loads from elsewhere, for a style sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<StyleFacts>,
    /// The addresses that it names, for JSON and web manifests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<NamedAddress>,
    /// The first place of a source map that carries source texts (`sourcesContent`).
    pub sources_content: Option<Position>,
    /// What tells whose code it holds.
    #[serde(skip_serializing_if = "Origins::is_empty")]
    pub origins: Origins,
    /// What it reveals, for a source map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<MapFacts>,
    /// Private keys in it.
    pub keys: Vec<KeySighting>,
    /// Secrets in it.
    pub secrets: Vec<SecretSighting>,
    /// The first bytes as text, bounded and inert, for files that are shown.
    pub head: Option<String>,
}

impl FileFacts {
    /// Whose the code at a place is, as far as this file tells it.
    #[must_use]
    pub fn owner(&self, position: Position) -> Owner {
        self.origins.owner(&self.path, position)
    }

    /// The places of what was seen in its scripts.
    pub(super) fn places(&self) -> Vec<Position> {
        let secrets = self.secrets.iter().map(|secret| secret.position);
        let keys = self.keys.iter().filter_map(|key| key.position);
        let mut places: Vec<Position> = secrets.chain(keys).collect();
        if let Some(script) = &self.script {
            places.extend(script.sites.iter().map(|site| site.position));
            places.extend(&script.webassembly);
            places.extend(script.plugins.iter().map(|plugin| plugin.position));
            places.extend(script.calls.iter().map(|call| call.position));
            places.extend(script.hosts.iter().map(|(_, position)| *position));
            places.extend(script.uses.iter().map(|one| one.position));
            places.extend(script.addresses.iter().map(|address| address.position));
        }
        places
    }
}

/// Whether a file parsed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Parse {
    /// Whole.
    Whole,
    /// Not, or not whole.
    Failed {
        /// Why.
        why: String,
        /// Where.
        position: Option<Position>,
    },
}

/// A private key and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeySighting {
    /// Where; none in a binary file.
    pub position: Option<Position>,
    /// The key, without its material.
    pub key: PrivateKeyFact,
}

/// A secret and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecretSighting {
    /// Where.
    pub position: Position,
    /// The secret, masked.
    pub secret: SecretFact,
}

/// A file's facts, and what came to light while it was read.
#[derive(Clone, Debug)]
pub struct Sighted {
    pub file: FileFacts,
    pub nested: Vec<FileFacts>,
    pub observations: Vec<Observation>,
}

/// Reads one entry, as far as it is not known. The facts of an entry of the `first` bundle are its own, always; those of
/// another one, which is only compared with it, may be those of a script that is nearly the same.
pub fn read_file(
    bundle: &Bundle,
    entry: &Entry,
    limits: &Limits,
    recall: &Recall<'_, Sighted>,
    first: bool,
) -> Sighted {
    match bundle.read(entry, limits) {
        Ok(content) => {
            let digest = Digest::of(&content.bytes);
            let known = if first { None } else { recalled(&entry.path, &content.bytes, digest, recall) };
            let mut sighted = known.unwrap_or_else(|| {
                let reading = Reading { limits, recall };
                let sighted = examine(&entry.path, &content.bytes, digest, reading, limits.archive_nesting);
                if first && recall.shares() {
                    let is_script = sighted.file.script.is_some() && sighted.file.page.is_none();
                    let script = is_script.then_some(&*content.bytes);
                    recall.learn(&entry.path, digest, sighted.clone(), script);
                }
                sighted
            });
            sighted.observations.extend(content.observations);
            sighted
        }
        Err(unread) => {
            let mut file = blank(&entry.path, entry.size);
            file.unread = Some(unread.why);
            Sighted { file, nested: Vec::new(), observations: vec![unread.observation] }
        }
    }
}

/// The facts of a file that another bundle has too, or nearly so.
fn recalled(path: &str, bytes: &[u8], digest: Digest, recall: &Recall<'_, Sighted>) -> Option<Sighted> {
    if let Some(same) = recall.same(path, digest) {
        return Some(Sighted::clone(&same));
    }
    let is_script = detect(path, bytes).extension.is_some_and(|kind| kind.class == Class::JavaScript);
    let near = if is_script { recall.near(bytes)? } else { return None };
    let mut sighted = Sighted::clone(&near);
    if has_extension(path, "js") != has_extension(&sighted.file.path, "js") {
        return None;
    }
    path.clone_into(&mut sighted.file.path);
    sighted.file.sha256 = Some(digest);
    // Versions of libraries are what differs.
    let decoded = decode(bytes);
    let lines = LineIndex::new(&decoded.text);
    sighted.file.origins = Origins::of_script(&decoded.text, &lines, &sighted.file.places());
    Some(sighted)
}

/// How files are read.
#[derive(Clone, Copy)]
struct Reading<'a> {
    limits: &'a Limits,
    recall: &'a Recall<'a, Sighted>,
}

fn blank(path: &str, size: u64) -> FileFacts {
    FileFacts {
        path: path.to_owned(),
        size,
        sha256: None,
        detection: None,
        unread: None,
        parse: None,
        notes: Vec::new(),
        script: None,
        page: None,
        style: None,
        addresses: Vec::new(),
        sources_content: None,
        origins: Origins::default(),
        map: None,
        keys: Vec::new(),
        secrets: Vec::new(),
        head: None,
    }
}

fn examine(path: &str, bytes: &[u8], digest: Digest, reading: Reading<'_>, nesting: u64) -> Sighted {
    let mut file = blank(path, bytes.len() as u64);
    file.sha256 = Some(digest);
    let detection = detect(path, bytes);
    let class = detection.kind.class;
    file.detection = Some(detection);
    let mut nested = Vec::new();
    let mut observations = Vec::new();
    if matches!(class, Class::Archive | Class::Package) && bytes.starts_with(b"PK") {
        look_inside(path, bytes, reading, nesting, &mut nested, &mut observations);
    } else if has_extension(path, "br") {
        inflate_brotli(path, bytes, reading, nesting, &mut nested, &mut observations);
    }
    let claimed = file.detection.as_ref().and_then(|detection| detection.extension).map(|kind| kind.class);
    if let Some(claimed @ (Class::JavaScript | Class::Html)) = claimed {
        // A web view believes the name: what is named like a script or page is read as one, whatever it looks like.
        read_text(&mut file, claimed, bytes, reading);
    } else if is_read_as_text(class) {
        read_text(&mut file, class, bytes, reading);
    } else {
        let keys = private_keys(path, bytes);
        // A key in PEM is a text; one in DER has no lines.
        let lines = std::str::from_utf8(bytes).ok().filter(|_| !keys.is_empty()).map(LineIndex::new);
        let place = |offset| lines.as_ref().map(|lines| lines.position(offset));
        file.keys = keys.into_iter().map(|key| KeySighting { position: place(key.offset), key }).collect();
    }
    Sighted { file, nested, observations }
}

fn is_read_as_text(class: Class) -> bool {
    class.is_text() || matches!(class, Class::ShellScript | Class::SourceMap | Class::Svg)
}

fn read_text(file: &mut FileFacts, class: Class, bytes: &[u8], Reading { limits, recall }: Reading<'_>) {
    let decoded = decode(bytes);
    let text: &str = &decoded.text;
    let lines = LineIndex::new(text);
    let lenient = !matches!(decoded.encoding, Encoding::Utf8 | Encoding::Utf8Bom);
    if lenient {
        note(file, format!("decoded as {}", decoded.encoding.word()));
    }
    match class {
        Class::JavaScript => {
            let digest = file.sha256.unwrap_or_else(|| Digest::of(bytes));
            let known = recall.script(bytes, &digest);
            let is_new = known.is_none();
            let (reading, origins) = known.map_or_else(
                || (read_script(text, &lines, 0..text.len(), limits), None),
                |(reading, origins)| (reading, Some(origins)),
            );
            let kept = (is_new && recall.keeps(bytes)).then(|| reading.clone());
            let failed = reading.failure.is_some();
            let mut facts = ScriptFacts::default();
            adopt(file, &mut facts, reading);
            file.script = Some(facts);
            if failed {
                sweep(file, text);
            }
            file.origins = origins.unwrap_or_else(|| Origins::of_script(text, &lines, &file.places()));
            if let Some(reading) = kept {
                recall.keep_script(bytes, &digest, &reading, &file.origins);
            }
        }
        Class::Html | Class::Svg => {
            let page = read_page(text);
            let mut facts = ScriptFacts::default();
            file.parse = Some(Parse::Whole);
            for range in page.inline_scripts {
                adopt(file, &mut facts, read_script(text, &lines, range, limits));
            }
            for (code, position) in page.handlers {
                // A handler that can't be parsed does not run.
                let reading = read_script(&code, &LineIndex::new(&code), 0..code.len(), limits);
                adopt(file, &mut facts, ScriptReading { failure: None, ..reading.at(position) });
            }
            facts.sites_cut |= page.handlers_cut;
            for range in page.import_maps {
                facts.sites.extend(import_map(text, &lines, range));
            }
            file.script = Some(facts);
            file.page = Some(page.facts);
            sweep(file, text);
        }
        Class::Json | Class::WebManifest | Class::SourceMap => {
            file.parse = Some(match is_json(text.strip_prefix(")]}'").unwrap_or(text)) {
                Ok(strict) => {
                    if !strict && text.len() <= SMALL_JSON {
                        note_leniency(file, text);
                    }
                    Parse::Whole
                }
                Err((position, why)) => Parse::Failed { why, position: Some(position) },
            });
            if class == Class::SourceMap {
                file.sources_content = text.find("\"sourcesContent\"").map(|at| LineIndex::new(text).position(at));
                file.map = map_facts(text);
            } else {
                file.addresses = addresses_in_json(text, &lines);
            }
            sweep(file, text);
        }
        Class::Css => {
            file.style = Some(read_style(text)).filter(|style| !style.is_empty());
            sweep(file, text);
        }
        _ => sweep(file, text),
    }
    // webpack moves the banners of a script into such a file beside it.
    if file.path.ends_with(".LICENSE.txt") {
        file.origins = Origins::of_licences(text, &lines);
    }
    if class == Class::ShellScript {
        file.head = Some(excerpt(text, 0, HEAD));
    }
}

/// Takes over what was read of one script of the file.
fn adopt(file: &mut FileFacts, facts: &mut ScriptFacts, reading: ScriptReading) {
    match reading.failure {
        Some((why, position)) => file.parse = Some(Parse::Failed { why: escape(&why), position: Some(position) }),
        None if file.parse.is_none() => file.parse = Some(Parse::Whole),
        None => {}
    }
    file.secrets.extend(reading.secrets.into_iter().map(|(position, secret)| SecretSighting { position, secret }));
    file.keys.extend(reading.keys.into_iter().map(|(position, key)| KeySighting { position: Some(position), key }));
    facts.sites.extend(reading.facts.sites);
    facts.sites_cut |= reading.facts.sites_cut;
    facts.turns_a_table |= reading.facts.turns_a_table;
    facts.webassembly.extend(reading.facts.webassembly);
    facts.plugins.extend(reading.facts.plugins);
    facts.calls.extend(reading.facts.calls);
    facts.hosts.extend(reading.facts.hosts);
    facts.uses.extend(reading.facts.uses);
    facts.addresses.extend(reading.facts.addresses);
    facts.plugins_unknown = facts.plugins_unknown.saturating_add(reading.facts.plugins_unknown);
    facts.source_mapping_url = reading.facts.source_mapping_url.or(facts.source_mapping_url.take());
}

/// Searches the whole text for keys and secrets; what the script's own texts gave already is not said twice.
fn sweep(file: &mut FileFacts, text: &str) {
    let found = secrets(text);
    let keys = private_keys(&file.path, text.as_bytes());
    if found.is_empty() && keys.is_empty() {
        return;
    }
    let lines = LineIndex::new(text);
    file.secrets =
        found.into_iter().map(|secret| SecretSighting { position: lines.position(secret.offset), secret }).collect();
    file.keys = keys.into_iter().map(|key| KeySighting { position: Some(lines.position(key.offset)), key }).collect();
}

fn note(file: &mut FileFacts, message: String) {
    let location = Some(Location::file(Root::Bundle, &file.path));
    file.notes.push(Evidence { message, location });
}

fn note_leniency(file: &mut FileFacts, text: &str) {
    if parse_json(text).is_ok_and(|json| !json.leniency.is_empty()) {
        note(file, "JSON with comments, trailing commas or repeated keys; read all the same".to_owned());
    }
}

fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case(extension))
}

/// A zip inside the bundle: its files are recognised and searched like the bundle's own.
fn look_inside(
    path: &str,
    bytes: &[u8],
    reading: Reading<'_>,
    nesting: u64,
    nested: &mut Vec<FileFacts>,
    observations: &mut Vec<Observation>,
) {
    let limits = reading.limits;
    let Some(below) = nesting.checked_sub(1) else {
        let detail = format!("limit {}", limits.archive_nesting);
        observations.push(Observation::on(ObservationKind::NestedTooDeep, path, detail));
        return;
    };
    let inner = Bundle::of_zip(path.to_owned(), bytes.to_vec(), limits);
    observations.extend(inner.observations.iter().cloned().map(|observation| within(path, observation)));
    for entry in inner.entries.iter().filter(|entry| entry.kind == EntryKind::File) {
        let name = format!("{path}!/{}", entry.path);
        match inner.read(entry, limits) {
            Ok(content) => {
                observations.extend(content.observations.into_iter().map(|observation| within(path, observation)));
                let sighted = examine(&name, &content.bytes, Digest::of(&content.bytes), reading, below);
                nested.push(sighted.file);
                nested.extend(sighted.nested);
                observations.extend(sighted.observations);
            }
            Err(unread) => {
                let mut file = blank(&name, entry.size);
                file.unread = Some(unread.why.clone());
                nested.push(file);
                observations.push(within(path, unread.observation));
            }
        }
    }
}

fn within(outer: &str, mut observation: Observation) -> Observation {
    observation.entry = Some(format!("{outer}!/{}", observation.entry.unwrap_or_default()));
    observation
}

/// A Brotli-packed file of a delta update (Capgo packs files of 8 KiB and more so).
fn inflate_brotli(
    path: &str,
    bytes: &[u8],
    reading: Reading<'_>,
    nesting: u64,
    nested: &mut Vec<FileFacts>,
    observations: &mut Vec<Observation>,
) {
    let stem = path.get(..path.len().saturating_sub(3)).unwrap_or(path);
    let base = stem.rsplit('/').next().unwrap_or(stem);
    let name = format!("{path}!/{base}");
    let mut plain = Vec::new();
    let limit = reading.limits.entry_bytes;
    let read = Decompressor::new(bytes, 4096).take(limit.saturating_add(1)).read_to_end(&mut plain);
    let unread = match read {
        Ok(_) if plain.len() as u64 > limit => {
            Some((ObservationKind::EntryTooLarge, format!("more than {limit} bytes unpacked")))
        }
        Ok(_) => None,
        Err(_) => Some((ObservationKind::DamagedData, "named .br, but is no whole Brotli stream".to_owned())),
    };
    if let Some((kind, why)) = unread {
        let mut file = blank(&name, 0);
        file.unread = Some(why.clone());
        nested.push(file);
        observations.push(Observation::on(kind, name, why));
        return;
    }
    let sighted = examine(&name, &plain, Digest::of(&plain), reading, nesting.saturating_sub(1));
    nested.push(sighted.file);
    nested.extend(sighted.nested);
    observations.extend(sighted.observations);
}
