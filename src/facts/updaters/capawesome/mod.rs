//! Capawesome Live Update: a zip archive, or a manifest and its files, each with an RSA signature of its own (plugin
//! `@capawesome/capacitor-live-update`: `LiveUpdate.java`, `LiveUpdateHttpClient.java`; CLI: `utils/signature.ts`).

mod manifest;
mod statement;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use self::statement::{MANIFEST, Published, Records, carried, is_record, published};
use super::delivery::{Delivered, Delivery};
use super::parts::{self, Key, some};
use super::verification::{PlainContent, Reason, Record, Verdict, Verification};
use super::{Role, Updater};
use crate::facts::crypto;
use crate::facts::keys::public::{PublicForm, WritingFault};
use crate::inputs::{JsonNode, JsonValue};
use crate::model::Digest;

/// Where the settings are: Capacitor's configuration, and Cordova's `package.json`.
const BLOCK: [&str; 2] = ["plugins", "LiveUpdate"];
const CORDOVA_BLOCK: [&str; 3] = ["cordova", "plugins", "@capawesome/cordova-live-update"];

/// No signature of this system covers these, whatever is delivered.
const NOT_COVERED: [&str; 6] = [
    "version_not_authenticated",
    "channel_not_authenticated",
    "app_not_authenticated",
    "url_not_authenticated",
    "rollback_not_prevented",
    "expiry_not_signed",
];

/// Capawesome Live Update.
pub static UPDATER: Updater = Updater { id: "capawesome", recognise, verify };

fn recognise(delivery: &Delivery) -> Option<u8> {
    let document = |shape: fn(&JsonValue) -> bool| delivery.document(shape).is_some();
    let block = document(|root| root.path(&BLOCK).is_some() || root.path(&CORDOVA_BLOCK).is_some());
    let record = delivery.documents.iter().filter_map(|document| is_record(&document.json.root)).max();
    if record == Some(true) || document(is_manifest) {
        Some(if block { 95 } else { 85 })
    } else if block {
        Some(60)
    } else if record.is_some() {
        Some(40)
    } else {
        delivery.header("x-signature").or(delivery.header("x-checksum")).map(|_| 30)
    }
}

fn is_manifest(root: &JsonValue) -> bool {
    parts::is_array_of(root, &["checksum", "href"])
        && parts::elements(root).is_some_and(|entries| entries.iter().all(|entry| entry.get("signature").is_none()))
}

fn verify(delivery: &Delivery) -> Verification {
    let mut record = Record::new(UPDATER.id);
    let result = steps(delivery, &mut record);
    record.close(result)
}

fn steps(delivery: &Delivery, record: &mut Record) -> Result<Verdict, Reason> {
    record.not_covered(&NOT_COVERED);
    parts::require_readable_config(delivery, record)?;
    let carried = carried(delivery);
    let records: BTreeSet<&str> = carried.all.iter().map(|one| one.document.as_str()).collect();
    for document in &delivery.documents {
        let read = document.json.root.path(&BLOCK).is_some()
            || document.json.root.path(&CORDOVA_BLOCK).is_some()
            || is_record(&document.json.root).is_some()
            || records.contains(document.path.as_str());
        if read && Delivery::is_ambiguous(document) {
            let detail = format!("{} repeats a key, so readers may differ on what it says", document.path);
            return Err(record.failed("metadata", detail, "metadata_ambiguous"));
        }
    }
    let published = published(delivery).map_err(|(why, reason)| record.failed("metadata", why, reason))?;
    if published.url.as_deref().is_some_and(parts::is_cleartext) {
        record.noted("address", "the bundle is fetched without TLS");
        record.issue("bundle_url_cleartext");
    }
    let manifest = manifest_file(delivery, &carried);
    let kind = match published.kind.as_deref() {
        Some("manifest") => Some(true),
        Some("zip") => Some(false),
        Some(other) => {
            return Err(record.failed("metadata", format!("the artifact type is {other:?}"), "artifact_type_unknown"));
        }
        None => None,
    };
    if kind.unwrap_or(manifest.is_some()) {
        record.generation("manifest");
        let Some(manifest) = manifest else {
            return Err(record.failed("manifest", format!("{MANIFEST} was not handed over"), "file_missing"));
        };
        return manifest::verify(delivery, manifest, &published, &carried, record);
    }
    let candidates = bundles(delivery, published.stated);
    if candidates.is_empty() && !published.stated && delivery.stated.bundle.is_none() {
        return Ok(Verdict::NothingToVerify);
    }
    record.generation("zip");
    let key = trusted_key(delivery, published.signature.is_some(), record)?;
    let bundle = match candidates.as_slice() {
        [] => return Err(record.failed("bundle", "no bundle was handed over", "file_missing")),
        [bundle] => *bundle,
        several => {
            let names = several.iter().map(|file| file.path.as_str()).collect::<Vec<_>>();
            let detail = format!("which of these is the bundle must be stated: {}", some(&names));
            return Err(record.failed("bundle", detail, "bundle_ambiguous"));
        }
    };
    verify_zip(delivery, bundle, &published, key.as_ref(), record)
}

/// The files that may be the bundle: the stated one; else zip archives by how they begin; else by their name; else, as a
/// changed first byte hides an archive, those of no other use, when there is a statement that one must belong to.
fn bundles(delivery: &Delivery, stated: bool) -> Vec<&Delivered> {
    if let Some(path) = &delivery.stated.bundle {
        return delivery.file(path).into_iter().collect();
    }
    let keys = parts::key_files(delivery);
    let rank = |file: &Delivered| {
        let mut start = [0_u8; 4];
        let read = file.open().and_then(|mut reader| std::io::Read::read_exact(&mut reader, &mut start));
        if read.is_ok() && (start == *b"PK\x03\x04" || start == *b"PK\x05\x06") {
            return 0;
        }
        let name = file.name().to_ascii_lowercase();
        if name.ends_with(".zip") {
            return 1;
        }
        let text = [".pem", ".pub", ".key", ".yaml", ".yml", ".json", ".txt", ".xml", ".md", ".sig", ".html", ".js"];
        let other = name.starts_with('.')
            || text.iter().any(|ending| name.ends_with(ending))
            || keys.iter().any(|key| key.path == file.path)
            || delivery.headers.iter().any(|headers| headers.path == file.path)
            || delivery.documents.iter().any(|document| document.path == file.path)
            || delivery.stated.signature.as_deref() == Some(file.path.as_str());
        if other || !stated { 3 } else { 2 }
    };
    let ranked: Vec<_> =
        delivery.files.iter().filter(|file| file.role == Role::Release).map(|file| (rank(file), file)).collect();
    let best = ranked.iter().map(|(rank, _)| *rank).min().filter(|best| *best < 3);
    ranked.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, file)| file).collect()
}

/// The key that the app trusts: of its configuration, else as stated, else, where no configuration was handed over, of
/// the only key file. `signed` tells whether there is a signature that a key could verify.
fn trusted_key(delivery: &Delivery, signed: bool, record: &mut Record) -> Result<Option<Key>, Reason> {
    let mut written = Vec::new();
    let mut without = Vec::new();
    for (keys, name) in [(&BLOCK[..], "publicKey"), (&CORDOVA_BLOCK[..], "PUBLIC_KEY")] {
        for (document, block) in parts::settings(delivery, keys) {
            let source = format!("{}: {}.{name}", document.path, keys.join("."));
            match block.get(name).map(|value| &value.node) {
                None | Some(JsonNode::Null) => without.push(document.path.clone()),
                Some(JsonNode::String(text)) => written.push((text.clone(), source)),
                Some(_) => return Err(record.failed("public key", format!("{source} is no text"), "key_invalid")),
            }
        }
    }
    if !written.is_empty() && !without.is_empty() {
        let detail = format!("one configuration has a public key and another has none: {}", some(&without));
        return Err(record.failed("public key", detail, "key_ambiguous"));
    }
    if let Some(text) = &delivery.stated.public_key {
        if written.is_empty() && !without.is_empty() {
            record.issue("key_not_in_config");
        }
        written.push((text.clone(), "the stated public key".to_owned()));
    }
    if written.is_empty() && without.is_empty() {
        let files = parts::key_files(delivery);
        written.extend(files.into_iter().filter_map(|file| Some((parts::key_text(file)?, file.path.clone()))));
    }
    let mut keys = Vec::new();
    for (text, source) in written {
        let key = parts::rsa_key(&text, &source);
        let key = key.map_err(|why| record.failed("public key", why, "key_invalid"))?;
        // The devices decode a SubjectPublicKeyInfo (`X509EncodedKeySpec`) and nothing else.
        if key.fact.form != PublicForm::Spki {
            let detail = format!("{source} is no SubjectPublicKeyInfo, so devices can't read it");
            return Err(record.failed("public key", detail, "key_invalid"));
        }
        keys.push(key);
    }
    let key = parts::agreed(keys, record)?;
    match &key {
        Some(key) => {
            if key.fact.faults.contains(&WritingFault::CarriageReturns) {
                // Only LF is taken out, and iOS decodes base64 strictly.
                record.issue("key_carriage_returns");
            }
            parts::adopt(key, record);
        }
        None => match delivery.unknown("LiveUpdate").filter(|_| signed) {
            Some((path, why)) => return Err(parts::unknown_key(path, why, record)),
            None => record.absent("public key", "the app has none: no signature is checked"),
        },
    }
    Ok(key)
}

/// What the device's `verifyFile` decides of one file.
fn verify_file(
    step: &'static str,
    name: &str,
    digest: &Digest,
    stated: (Option<&str>, Option<&str>),
    key: Option<&Key>,
    record: &mut Record,
) -> Result<(), Reason> {
    let (checksum, signature) = stated;
    let hex = digest.hex();
    if let Some(key) = key {
        let Some(signature) = signature else {
            return Err(record.failed(step, format!("{name} has no signature"), "signature_missing"));
        };
        let Some(signature) = crypto::base64(signature) else {
            return Err(record.failed(step, format!("{name}: the signature is not base64"), "signature_invalid"));
        };
        if !crypto::verifies_pkcs1_sha256(&key.rsa, digest.as_bytes(), &signature) {
            let detail = format!("{name}: the signature is not of these bytes with this key");
            return Err(record.failed(step, detail, "signature_invalid"));
        }
        if checksum.is_some_and(|checksum| checksum != hex) {
            record.noted("checksum", format!("{name}: the checksum differs; devices ignore it beside a signature"));
            record.issue("checksum_differs");
        }
        return Ok(());
    }
    match checksum {
        None => Err(record.failed(step, format!("{name}: neither signature nor checksum"), "no_integrity")),
        Some(checksum) if checksum != hex => {
            let detail = format!("{name}: the checksum is {checksum}, the file's SHA-256 {hex}");
            Err(record.failed(step, detail, "checksum_mismatch"))
        }
        Some(_) => Ok(()),
    }
}

fn verify_zip(
    delivery: &Delivery,
    bundle: &Delivered,
    published: &Published,
    key: Option<&Key>,
    record: &mut Record,
) -> Result<Verdict, Reason> {
    if bundle.bytes > delivery.limits.archive_bytes {
        let detail = format!("{} bytes, and {} are read", bundle.bytes, delivery.limits.archive_bytes);
        return Err(record.failed("bundle", detail, "too_large"));
    }
    let digest = bundle
        .digest()
        .map_err(|error| record.failed("bundle", format!("{}: {}", bundle.path, error.kind()), "unreadable"))?;
    record.subject(&bundle.path, bundle.bytes, digest);
    record.content(PlainContent::Delivered(bundle.path.clone()));
    let step = if key.is_some() { "signature" } else { "checksum" };
    let stated = (published.checksum.as_deref(), published.signature.as_deref());
    verify_file(step, &bundle.path, &digest, stated, key, record)?;
    if key.is_some() {
        record.passed(step, "RSASSA-PKCS1-v1_5 with SHA-256 over the archive");
        return Ok(Verdict::Valid);
    }
    record.passed(step, "the SHA-256 of the archive is the published one; nothing is signed");
    unsigned(published.signature.is_some(), record);
    Ok(Verdict::UnsignedSha256Ok)
}

fn unsigned(has_signature: bool, record: &mut Record) {
    record.not_covered(&["content_not_authenticated", "names_not_authenticated", "set_not_authenticated"]);
    if has_signature {
        record.noted("signature", "there is a signature, which an app without a public key does not check");
    }
}

/// The manifest: the record's file of that `href`, else the file of that name, else the one of that shape.
fn manifest_file<'a>(delivery: &'a Delivery, carried: &Records<'_>) -> Option<&'a Delivered> {
    if let Some(found) =
        carried.of(MANIFEST).next().and_then(|one| delivery.located(&one.document, &one.kept(), MANIFEST))
    {
        return Some(found);
    }
    let named = delivery.files.iter().find(|file| file.role == Role::Release && file.name() == MANIFEST);
    named.or_else(|| delivery.file(&delivery.document(is_manifest)?.path))
}
