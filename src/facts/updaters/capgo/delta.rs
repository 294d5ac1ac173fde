//! A Capgo manifest (delta) update: every file by itself. Sources: `cli/src/bundle/partial.ts`, `DownloadService.java`.

use std::collections::BTreeSet;
use std::io::Read as _;

use brotli_decompressor::Decompressor;

use super::envelope::{self, SessionKey, SignedDigest};
use super::statement::Statement;
use crate::facts::crypto::{Undecrypted, decrypt_cbc128};
use crate::facts::updaters::names::{Targets, fault};
use crate::facts::updaters::{Delivery, PlainContent, Reason, Record, Role, Verdict};
use crate::inputs::JsonValue;
use crate::model::Digest;

/// What opens the files of a signed update.
pub struct Envelope<'a> {
    /// The key in the app.
    pub key: &'a rsa::PublicKey,
    /// The one session key of all files.
    pub session: SessionKey,
}

struct Entry<'a> {
    value: &'a JsonValue,
    name: &'a str,
    target: &'a str,
    hash: &'a str,
}

/// Verifies every file of the manifest; without an envelope nothing is signed.
pub fn verify(
    delivery: &Delivery,
    statement: &Statement<'_>,
    envelope: Option<&Envelope<'_>>,
    record: &mut Record,
) -> Result<Verdict, Reason> {
    let entries = entries(statement, delivery.limits.entries, record)?;
    let mut files = Vec::with_capacity(entries.len());
    let mut used = Vec::with_capacity(entries.len());
    let mut legacy = false;
    let mut total = 0_u64;
    for entry in &entries {
        let expected = expected(entry, envelope, record)?;
        legacy |= expected.legacy;
        let document = statement.document.map_or("", |document| document.path.as_str());
        let Some(file) = delivery.located(document, entry.value, entry.name) else {
            return Err(record.failed(
                "files",
                format!("`{}` is not among what was given", entry.name),
                "file_missing",
            ));
        };
        used.push(file.path.as_str());
        let delivered = file
            .read(delivery.limits.entry_bytes)
            .map_err(|why| record.failed("files", format!("`{}`: {why}", entry.name), "unreadable"))?;
        let plain = open(&delivered, entry, envelope, delivery.limits.entry_bytes, record)?;
        let own = Digest::of(&plain);
        if own != expected.digest {
            let detail =
                format!("`{}` is not what its hash says: {} stated, {own} computed", entry.name, expected.digest);
            return Err(record.failed("files", detail, "brotli_or_hash"));
        }
        // What unpacks to little costs time all the same.
        total = total.saturating_add(plain.len().max(delivered.len()) as u64);
        if total > delivery.limits.total_bytes {
            let detail = format!("more than {} bytes unpacked", delivery.limits.total_bytes);
            return Err(record.failed("files", detail, "over_limit"));
        }
        files.push((entry.target.to_owned(), plain));
    }
    record.passed("files", format!("{} files agree with their hashes", files.len()));
    completeness(delivery, &files, &used, record);
    record.content(PlainContent::Files(files));
    Ok(match (envelope, legacy) {
        (None, _) => Verdict::UnsignedHashOk,
        (Some(_), true) => Verdict::ValidLegacy,
        (Some(_), false) => Verdict::Valid,
    })
}

/// The entries; all names are judged before any file is opened.
fn entries<'a>(statement: &Statement<'a>, most: u64, record: &mut Record) -> Result<Vec<Entry<'a>>, Reason> {
    let manifest = statement.manifest.unwrap_or_default();
    if manifest.len() as u64 > most {
        return Err(record.failed("names", format!("{} files, limit {most}", manifest.len()), "over_limit"));
    }
    let mut targets = Targets::default();
    let mut entries = Vec::with_capacity(manifest.len());
    for value in manifest {
        let Some(name) = value.get("file_name").and_then(JsonValue::as_str) else {
            return Err(record.failed("names", "an entry has no file name", "manifest_malformed"));
        };
        if let Some(why) = fault(name) {
            return Err(record.failed("names", format!("`{name}` has {why}"), "path_traversal"));
        }
        let target = name.strip_suffix(".br").unwrap_or(name);
        if !targets.take(target) {
            return Err(record.failed(
                "names",
                format!("two entries would be written to `{target}`"),
                "duplicate_target",
            ));
        }
        let hash = value.get("file_hash").and_then(JsonValue::as_str).unwrap_or_default();
        if hash.is_empty() {
            return Err(record.failed("names", format!("`{name}` has no hash"), "hash_missing"));
        }
        entries.push(Entry { value, name, target, hash });
    }
    record.passed("names", format!("{} names stay inside the bundle, each once", entries.len()));
    Ok(entries)
}

fn expected(entry: &Entry<'_>, envelope: Option<&Envelope<'_>>, record: &mut Record) -> Result<SignedDigest, Reason> {
    if let Some(envelope) = envelope {
        return envelope::signed_digest(entry.hash, envelope.key, record);
    }
    let digest = Digest::from_hex(entry.hash);
    let digest = digest.ok_or_else(|| {
        record.failed(
            "files",
            format!("the hash of `{}` is no SHA-256 in hexadecimal digits", entry.name),
            "checksum_malformed",
        )
    })?;
    Ok(SignedDigest { digest, legacy: false })
}

/// Decrypts and decompresses one file.
fn open(
    delivered: &[u8],
    entry: &Entry<'_>,
    envelope: Option<&Envelope<'_>>,
    most: u64,
    record: &mut Record,
) -> Result<Vec<u8>, Reason> {
    let decrypted = match envelope {
        None => delivered.to_vec(),
        Some(Envelope { session, .. }) => decrypt_cbc128(&session.key, &session.vector, delivered).map_err(|why| {
            let (what, reason) = match why {
                Undecrypted::Length => ("its length is no whole number of blocks", "aes_length"),
                Undecrypted::Padding => ("its padding is wrong", "aes_padding"),
            };
            record.failed("files", format!("`{}` can't be decrypted: {what}", entry.name), reason)
        })?,
    };
    if entry.target == entry.name {
        return Ok(decrypted);
    }
    brotli(&decrypted, most)
        .ok_or_else(|| record.failed("files", format!("`{}` is no whole Brotli stream", entry.name), "brotli_or_hash"))
}

/// Brotli, and the three wrappers that the plugin takes off by itself (`DownloadService.java decompressBrotli`).
fn brotli(bytes: &[u8], most: u64) -> Option<Vec<u8>> {
    match bytes {
        [0x1B, 0x00, 0x06] => return Some(Vec::new()),
        [0x1B, 0x00, 0x06, inner @ .., 0x03] | [0x0B, 0x02, 0x80, inner @ .., 0x03] => return Some(inner.to_vec()),
        _ => {}
    }
    // A window beyond 24 bits is no RFC 7932 (section 9.1), and takes memory without end.
    if bytes.first().is_none_or(|first| first & 0x7F == 0x11) {
        return None;
    }
    let mut plain = Vec::new();
    let mut reader = Decompressor::new(bytes, 4096).take(most.saturating_add(1));
    reader.read_to_end(&mut plain).ok()?;
    // The decoder ends without a word about what follows the stream: asked once more it tells, as far as it has read.
    let mut decoder = reader.into_inner();
    let ended = plain.len() as u64 <= most && decoder.read(&mut [0]).is_ok_and(|length| length == 0);
    (ended && decoder.into_inner().is_empty()).then_some(plain)
}

/// No signature covers which files there are: what was delivered but is not in the manifest would not be installed.
fn completeness(delivery: &Delivery, files: &[(String, Vec<u8>)], used: &[&str], record: &mut Record) {
    if !files.iter().any(|(name, _)| name == "index.html") {
        record.issue("delta_no_index_html");
        record.noted("set of files", "there is no `index.html`; the device keeps the one it has, if it has one");
    }
    let used: BTreeSet<&str> = used.iter().copied().collect();
    let folders: BTreeSet<&str> = used.iter().filter_map(|path| Some(path.rsplit_once('/')?.0)).collect();
    let left = delivery.files.iter().find(|file| {
        let folder = file.path.rsplit_once('/').map(|(folder, _)| folder);
        file.role == Role::Release
            && !used.contains(file.path.as_str())
            && folder.is_some_and(|folder| folders.contains(folder))
    });
    if let Some(left) = left {
        record.issue("set_not_authenticated");
        record.noted(
            "set of files",
            format!(
                "`{}` lies beside the update's files and is not in the manifest: a device would lack it",
                left.path
            ),
        );
    }
}
