//! What several update systems read alike: whose word counts, keys in files, JSON from bytes, a bound on what is read.

use std::collections::BTreeSet;

use super::delivery::{Delivered, Delivery, Document, Role};
use super::verification::{Reason, Record};
use crate::facts::keys::public::{self, PublicKey, PublicKeyFact};
use crate::inputs::{Json, JsonNode, JsonValue, Limits, decode, parse_json};
use crate::model::Position;

/// A key file is small.
const MOST_KEY_BYTES: u64 = 64 * 1024;
/// RSA keys shorter than this are broken or soon will be (NIST SP 800-131A, revision 2).
const FEWEST_BITS: u32 = 2048;

/// An entry that says nothing about where its file is kept: nothing that a manifest of the device's says may point the
/// auditor to another file than the one that the device installs.
pub(super) const PLAIN_ENTRY: JsonValue = JsonValue { position: Position { line: 1, column: 1 }, node: JsonNode::Null };

/// An RSA key and what is known of it.
pub(super) struct Key {
    /// The key.
    pub(super) rsa: rsa::PublicKey,
    /// What is known of it.
    pub(super) fact: PublicKeyFact,
}

/// Reads an RSA public key.
///
/// # Errors
/// In words.
pub(super) fn rsa_key(text: &str, source: &str) -> Result<Key, String> {
    match public::read(text, source) {
        Ok((PublicKey::Rsa(rsa), fact)) => Ok(Key { rsa, fact }),
        Ok((_, fact)) => Err(format!("{source}: {} can't be used here; an RSA key is needed", fact.algorithm)),
        Err(no) => Err(format!("{source}: {}", no.0)),
    }
}

/// Writes down which key verifies, and that it is too short where it is.
pub(super) fn adopt(key: &Key, record: &mut Record) {
    if key.fact.bits.is_some_and(|bits| bits < FEWEST_BITS) {
        record.issue("key_too_short");
    }
    record.key(key.fact.clone());
    record.passed("public key", format!("{}, SHA-256 of its SPKI {}", key.fact.source, key.fact.spki_sha256));
}

/// The one key that all of them are; they may be written differently.
///
/// # Errors
/// When there are two.
pub(super) fn agreed(keys: Vec<Key>, record: &mut Record) -> Result<Option<Key>, Reason> {
    let mut keys = keys.into_iter();
    let Some(first) = keys.next() else { return Ok(None) };
    match keys.find(|other| other.fact.spki_sha256 != first.fact.spki_sha256) {
        Some(other) => {
            let detail = format!("{} and {} are different keys", first.fact.source, other.fact.source);
            Err(record.failed("public key", detail, "key_ambiguous"))
        }
        None => Ok(Some(first)),
    }
}

/// There is something to verify with the app's key, and its configuration says which one only where it is evaluated.
pub(super) fn unknown_key(path: &str, why: &str, record: &mut Record) -> Reason {
    let detail = format!("{path} does not tell the app's key: {why}; state the public key");
    record.failed("public key", detail, "key_missing")
}

/// Whether an address is fetched without TLS.
pub(super) fn is_cleartext(url: &str) -> bool {
    url.trim_start().get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
}

/// Whether the app was handed over apart from the release; then a release doesn't say what the app trusts.
fn has_app(delivery: &Delivery) -> bool {
    delivery.files.iter().any(|file| file.role == Role::App)
}

/// The blocks at `keys` in the documents that say what the app trusts.
pub(super) fn settings<'a>(delivery: &'a Delivery, keys: &[&str]) -> Vec<(&'a Document, &'a JsonValue)> {
    let app = has_app(delivery);
    let is_app = |path: &str| delivery.files.iter().any(|file| file.role == Role::App && file.path == path);
    let whole = delivery.documents.iter().filter(|document| !app || is_app(&document.path));
    let parts = keys.split_first().filter(|(first, _)| **first == "plugins").and_then(|(_, rest)| rest.first());
    let parts = parts.into_iter().flat_map(|plugin| delivery.trusted_parts(plugin));
    whole
        .chain(parts)
        .filter_map(|document| Some((document, document.json.root.path(keys)?)))
        .filter(|(_, value)| !matches!(value.node, JsonNode::Null))
        .collect()
}

/// A configuration of the app that was handed over and is no JSON: what it trusts is not known then.
///
/// # Errors
/// The reason, written to the record.
pub(super) fn require_readable_config(delivery: &Delivery, record: &mut Record) -> Result<(), Reason> {
    let is_read = |path: &str| delivery.documents.iter().any(|document| document.path == path);
    let mut configs = delivery.files.iter().filter(|file| file.name() == "capacitor.config.json");
    match configs.find(|file| !is_read(&file.path)) {
        Some(file) => Err(record.failed("app settings", format!("{} is no JSON", file.path), "config_unreadable")),
        None => Ok(()),
    }
}

/// The key files that the app may trust.
pub(super) fn key_files(delivery: &Delivery) -> Vec<&Delivered> {
    let app = has_app(delivery);
    delivery.files.iter().filter(|file| (!app || file.role == Role::App) && is_key(file)).collect()
}

/// The text of a key file.
pub(super) fn key_text(file: &Delivered) -> Option<String> {
    String::from_utf8(file.read(MOST_KEY_BYTES).ok()?).ok()
}

/// Whether the file is a PEM file of a public key, by its content; only files that could be one by their name are read.
fn is_key(file: &Delivered) -> bool {
    let name = file.name().to_ascii_lowercase();
    let likely = match name.rsplit_once('.') {
        Some((_, ending)) => ["pem", "pub", "key", "crt", "cer", "txt"].contains(&ending),
        None => true,
    };
    likely
        && file.bytes <= MOST_KEY_BYTES
        && key_text(file).is_some_and(|text| {
            ["PUBLIC KEY-----", "CERTIFICATE-----"].iter().any(|label| text.contains(label))
                && !text.contains("PRIVATE KEY-----")
        })
}

/// JSON of bytes that are read anew, so that what is parsed is what was hashed.
///
/// # Errors
/// The detail and the reason: it is no JSON, or readers may differ on what it says.
pub(super) fn json(bytes: &[u8]) -> Result<Json, (String, Reason)> {
    let json = parse_json(&decode(bytes).text).map_err(|(position, why)| {
        (format!("line {}, column {}: {why}", position.line, position.column), "metadata_invalid")
    })?;
    if json.leniency.is_empty() {
        Ok(json)
    } else {
        Err(("it repeats a key or is no strict JSON, so readers may differ".to_owned(), "metadata_ambiguous"))
    }
}

/// The elements of an array.
pub(super) fn elements(value: &JsonValue) -> Option<&[JsonValue]> {
    if let JsonNode::Array(elements) = &value.node { Some(elements) } else { None }
}

/// Whether it is an array, not empty, of objects that have these keys.
pub(super) fn is_array_of(value: &JsonValue, keys: &[&str]) -> bool {
    elements(value)
        .is_some_and(|all| !all.is_empty() && all.iter().all(|one| keys.iter().all(|key| one.get(key).is_some())))
}

/// How many bytes are read in all.
pub(super) struct Budget {
    each: u64,
    left: u64,
}

impl Budget {
    /// What the limits allow.
    pub(super) fn new(limits: &Limits) -> Self {
        Self { each: limits.entry_bytes, left: limits.total_bytes }
    }

    /// The bytes of a file, within what is left.
    ///
    /// # Errors
    /// The detail and the reason.
    pub(super) fn read(&mut self, file: &Delivered) -> Result<Vec<u8>, (String, Reason)> {
        let most = self.each.min(self.left);
        if file.bytes > most {
            return Err((format!("{}: {} bytes, and {most} are read", file.path, file.bytes), "too_large"));
        }
        let bytes = file.read(most).map_err(|why| (format!("{}: {why}", file.path), "unreadable"))?;
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Ok(bytes)
    }
}

/// The folder of a path, with its `/`; empty at the top.
pub(super) fn folder(path: &str) -> &str {
    path.rfind('/').and_then(|slash| path.get(..=slash)).unwrap_or("")
}

/// The files in the manifest's folder that no entry stands for and that belong to the content. `ignored` gets the path
/// within the folder.
pub(super) fn unlisted<'a>(
    delivery: &'a Delivery,
    manifest: &str,
    listed: &BTreeSet<&str>,
    ignored: impl Fn(&str) -> bool,
) -> Vec<&'a str> {
    let folder = folder(manifest);
    let of_app = |file: &Delivered| {
        let config = |json: &JsonValue| json.get("plugins").is_some() || json.get("webDir").is_some();
        let document = delivery.documents.iter().find(|document| document.path == file.path);
        document.is_some_and(|document| config(&document.json.root))
            || ["release.yaml", "release.yml", "config.xml"].contains(&file.path.as_str())
            || delivery.headers.iter().any(|headers| headers.path == file.path)
            || is_key(file)
    };
    delivery
        .files
        .iter()
        .filter(|file| file.role == Role::Release && file.path != manifest && !listed.contains(file.path.as_str()))
        .filter(|file| file.path.strip_prefix(folder).is_some_and(|inner| !ignored(inner)))
        // Where the release is not in a folder of its own, the app's files lie beside it.
        .filter(|file| !folder.is_empty() || !of_app(file))
        .map(|file| file.path.as_str())
        .collect()
}

/// Some names for a detail.
pub(super) fn some<T: AsRef<str>>(names: &[T]) -> String {
    let shown = names.iter().take(5).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    if names.len() > 5 { format!("{shown} and {} more", names.len().saturating_sub(5)) } else { shown }
}
