//! OtaKit's strategy `deltas`: the signed digest is that of the list of all files by name and digest, so that names and set
//! are authenticated too (`DeltaAssembler.java`).

use super::PlainContent;
use super::config::{Config, is_secure};
use super::manifest::Manifest;
use crate::facts::updaters::delivery::{Delivered, Delivery, integer};
use crate::facts::updaters::names::{Targets, fault};
use crate::facts::updaters::verification::{Reason, Record};
use crate::inputs::{JsonNode, JsonValue};
use crate::model::Digest;

/// The most files that the plugin takes.
const MOST_FILES: usize = 10_000;
/// The longest name that the plugin takes, in UTF-16 units.
const LONGEST_NAME: usize = 512;
/// Files that the plugin itself writes into the folder of the bundle.
const OWN_FILES: [&str; 2] = ["bundle.json", "otakit_files.json"];

/// One file of the list.
#[derive(Debug)]
struct Entry<'a> {
    value: &'a JsonValue,
    name: &'a str,
    digest: Digest,
}

/// Verifies the list and its files, and hands them over.
pub(super) fn verify(
    delivery: &Delivery,
    record: &mut Record,
    config: Config<'_>,
    manifest: &Manifest<'_>,
) -> Result<(), Reason> {
    if manifest.encryption.is_some() {
        record.noted("decryption", "the plugin does not decrypt single files; what is stated on encryption is ignored");
    }
    let entries = entries(record, config, manifest)?;
    let Some(stated) = Digest::from_hex(manifest.sha256) else {
        return Err(record.failed("list", "sha256 is not 64 hexadecimal digits", "metadata_invalid"));
    };
    let mut lines: Vec<(&[u8], String)> =
        entries.iter().map(|entry| (entry.name.as_bytes(), format!("{}:{}", entry.name, entry.digest))).collect();
    lines.sort();
    let list = lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>().join("\n");
    let digest = Digest::of(list.as_bytes());
    if digest != stated {
        let why = format!("the list of files has sha256 {digest}, and {stated} is stated");
        return Err(record.failed("list", why, "sha256_mismatch"));
    }
    record.passed("list", format!("{} names and digests are what the manifest states", entries.len()));
    let files = files(delivery, record, manifest, &entries)?;
    let bytes = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    record.subject(&manifest.document.path, bytes, digest);
    record.passed("files", format!("{} files have the digests of the list", files.len()));
    record.content(PlainContent::Files(files));
    Ok(())
}

/// The entries of the list, in its order, with names that may be joined to a folder.
fn entries<'a>(record: &mut Record, config: Config<'_>, manifest: &Manifest<'a>) -> Result<Vec<Entry<'a>>, Reason> {
    let Some(JsonNode::Array(values)) = manifest.document.json.root.get("files").map(|value| &value.node) else {
        return Err(record.failed("list", "the manifest has no list of files", "metadata_invalid"));
    };
    if values.len() > MOST_FILES {
        let why = format!("{} files, and the plugin takes {MOST_FILES}", values.len());
        return Err(record.failed("list", why, "too_many_files"));
    }
    let mut entries = Vec::with_capacity(values.len());
    let mut targets = Targets::default();
    for value in values {
        let text = |field: &str| value.get(field).and_then(JsonValue::as_str);
        let digest = text("sha256").and_then(Digest::from_hex);
        let (Some(name), Some(digest)) = (text("path"), digest) else {
            let why = "an entry has no path, or no sha256 of 64 hexadecimal digits";
            return Err(record.failed("list", why, "metadata_invalid"));
        };
        if let Some((why, reason)) = name_fault(name) {
            return Err(record.failed("names", format!("{name}: {why}"), reason));
        }
        if !targets.take(name) {
            return Err(record.failed("names", format!("{name} is in the list twice"), "duplicate_target"));
        }
        match text("url") {
            None => record.issue("file_url_missing"),
            Some(url) if !is_secure(url, config.allows_insecure()) => record.issue("update_url_cleartext"),
            Some(_) => {}
        }
        entries.push(Entry { value, name, digest });
    }
    if !entries.iter().any(|entry| entry.name == "index.html") {
        return Err(record.failed("list", "there is no index.html in the list", "index_missing"));
    }
    record.passed("names", "every name stays in the folder of the bundle, and none is there twice");
    Ok(entries)
}

/// Why the plugin refuses a name, or should.
fn name_fault(name: &str) -> Option<(&'static str, Reason)> {
    if let Some(why) = fault(name) {
        return Some((why, "path_traversal"));
    }
    if name.split('/').any(str::is_empty) {
        return Some(("an empty part", "path_invalid"));
    }
    if name.encode_utf16().count() > LONGEST_NAME {
        return Some(("longer than the plugin takes", "path_invalid"));
    }
    if name.chars().any(|c| c.is_ascii_control()) {
        return Some(("a control character", "path_invalid"));
    }
    OWN_FILES.contains(&name).then_some(("a name that the plugin writes itself", "reserved_name"))
}

/// The bytes of all files, each with the digest of its entry.
fn files(
    delivery: &Delivery,
    record: &mut Record,
    manifest: &Manifest<'_>,
    entries: &[Entry<'_>],
) -> Result<Vec<(String, Vec<u8>)>, Reason> {
    let mut left = delivery.limits.total_bytes;
    let mut files = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(file) = located(delivery, manifest, entry) else {
            let why = format!("{} is not among the files", entry.name);
            return Err(record.failed("files", why, "file_missing"));
        };
        let bytes = file
            .read(delivery.limits.entry_bytes.min(left))
            .map_err(|why| record.failed("files", format!("{}: {why}", entry.name), "unreadable"))?;
        left = left.saturating_sub(bytes.len() as u64);
        let digest = Digest::of(&bytes);
        if digest != entry.digest {
            let why = format!("{} has sha256 {digest}, and {} is stated", entry.name, entry.digest);
            return Err(record.failed("files", why, "file_hash_mismatch"));
        }
        let size = entry.value.get("size").and_then(integer);
        if size.is_some_and(|size| u64::try_from(size).ok() != Some(bytes.len() as u64)) {
            record.issue("file_size_differs");
        }
        files.push((entry.name.to_owned(), bytes));
    }
    Ok(files)
}

/// The file of an entry: under its name, or under its digest, as the server stores it.
fn located<'a>(delivery: &'a Delivery, manifest: &Manifest<'_>, entry: &Entry<'_>) -> Option<&'a Delivered> {
    let document = &manifest.document.path;
    delivery
        .located(document, entry.value, entry.name)
        .or_else(|| delivery.located(document, entry.value, &entry.digest.hex()))
}
