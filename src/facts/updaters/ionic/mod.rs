//! Ionic Appflow Live Updates: a list of files with subresource integrity (`@ionic/cli`:
//! `commands/live-update/manifest.js`), and a signed one, which is known from the class documentation of the closed SDK
//! only: `Manifest{signatures: [Signature{protected, signature}]?, payload}`, taken for a JWS (RFC 7515, section 7.2.1).

mod files;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::delivery::{Delivery, Document};
use super::parts::{self, Budget, Key};
use super::verification::{Reason, Record, Verdict, Verification};
use super::{Updater, jose};
use crate::facts::crypto;
use crate::inputs::{JsonNode, JsonValue};
use crate::model::{Confidence, Digest};

/// The app's settings, and the path of the key file in them.
const BLOCKS: [([&str; 2], &str); 2] =
    [(["plugins", "LiveUpdates"], "key"), (["plugins", "FederatedCapacitor"], "liveUpdatesKey")];

/// The names that manifests have; the earlier wins.
const NAMES: [&str; 2] = ["live-update-manifest.json", "pro-manifest.json"];

const NOT_COVERED: [&str; 6] = [
    "version_not_authenticated",
    "channel_not_authenticated",
    "app_not_authenticated",
    "url_not_authenticated",
    "rollback_not_prevented",
    "expiry_not_signed",
];

/// Ionic Appflow Live Updates.
pub static UPDATER: Updater = Updater { id: "ionic", recognise, verify };

fn recognise(delivery: &Delivery) -> Option<u8> {
    let block = BLOCKS.iter().any(|(keys, _)| delivery.document(|root| root.path(keys).is_some()).is_some());
    let signed = delivery.document(is_signed_list).is_some();
    if delivery.document(is_list).is_some() || signed {
        return Some(if block { 95 } else { 85 });
    }
    if block {
        return Some(60);
    }
    // A payload that was changed is still a JWS in a file of this name.
    delivery.documents.iter().any(|one| is_jws(&one.json.root) && NAMES.contains(&name(one))).then_some(80)
}

fn name(document: &Document) -> &str {
    document.path.rsplit('/').next().unwrap_or("")
}

fn is_list(root: &JsonValue) -> bool {
    parts::is_array_of(root, &["href", "integrity"])
}

fn is_jws(root: &JsonValue) -> bool {
    root.get("payload").is_some_and(|payload| payload.as_str().is_some())
        && (root.get("signatures").is_some() || root.get("signature").is_some())
}

/// A JWS of a list of files.
fn is_signed_list(root: &JsonValue) -> bool {
    is_jws(root)
        && root
            .get("payload")
            .and_then(|payload| crypto::base64_url(payload.as_str()?))
            .and_then(|bytes| parts::json(&bytes).ok())
            .is_some_and(|json| is_list(&json.root))
}

fn verify(delivery: &Delivery) -> Verification {
    let mut record = Record::new(UPDATER.id);
    let result = steps(delivery, &mut record);
    record.close(result)
}

fn steps(delivery: &Delivery, record: &mut Record) -> Result<Verdict, Reason> {
    record.not_covered(&NOT_COVERED);
    parts::require_readable_config(delivery, record)?;
    let blocks: Vec<_> = BLOCKS
        .iter()
        .flat_map(|(keys, key)| parts::settings(delivery, keys).into_iter().map(move |b| (b, *key)))
        .collect();
    for ((document, _), _) in &blocks {
        not_ambiguous(document, record)?;
    }
    let mut paths = BTreeSet::new();
    for ((document, block), key) in &blocks {
        match block.get(key).map(|value| &value.node) {
            None | Some(JsonNode::Null) => {}
            Some(JsonNode::String(path)) if path.is_empty() => {}
            Some(JsonNode::String(path)) => {
                paths.insert((path.as_str(), parts::folder(&document.path)));
            }
            Some(_) => {
                let detail = format!("{}: {key} is no path", document.path);
                return Err(record.failed("public key", detail, "key_invalid"));
            }
        }
    }
    let (signed, plain) = manifests(delivery, record)?;
    let wanted = !paths.is_empty() || delivery.stated.public_key.is_some();
    let Some(document) = signed.or(plain) else {
        if delivery.files.iter().any(|file| NAMES.contains(&file.name())) {
            return Err(record.failed("manifest", "it is neither a list nor a signed list", "metadata_invalid"));
        }
        return Ok(Verdict::NothingToVerify);
    };
    not_ambiguous(document, record)?;
    // Read once, so that what is verified is what is parsed.
    let mut budget = Budget::new(&delivery.limits);
    let Some(file) = delivery.file(&document.path) else {
        return Err(record.failed("manifest", "it can't be read", "unreadable"));
    };
    let bytes = budget.read(file).map_err(|(why, reason)| record.failed("manifest", why, reason))?;
    record.subject(&file.path, bytes.len() as u64, Digest::of(&bytes));
    let json = parts::json(&bytes).map_err(|(why, reason)| record.failed("manifest", why, reason))?;

    let signatures = if signed.is_some() { signatures(&json.root) } else { Vec::new() };
    if signatures.is_empty() {
        record.generation("manifest");
        if wanted {
            let detail = "the app has a public key, and the manifest is not signed";
            return Err(record.failed("signature", detail, "signature_missing"));
        }
        record.absent("signature", "nothing is signed: the channel alone protects the update");
        let payload = if signed.is_some() { payload(&json.root, record)? } else { bytes };
        return unsigned(delivery, &file.path, &payload, &mut budget, record);
    }
    record.generation("signed-manifest");
    record.confidence(Confidence::Possible);
    if !wanted && !blocks.is_empty() {
        // The key file that lies about is not the app's.
        record.absent("signature", "the app names no key, so it checks no signature");
        record.issue("signature_not_checked_by_app");
        let payload = payload(&json.root, record)?;
        return unsigned(delivery, &file.path, &payload, &mut budget, record);
    }
    let key = key(delivery, &paths, record)?;
    verify_jws(&json.root, &signatures, &key, record)?;
    let payload = payload(&json.root, record)?;
    files::check(delivery, &file.path, &payload, &mut budget, record)?;
    Ok(Verdict::Valid)
}

fn unsigned(
    delivery: &Delivery,
    manifest: &str,
    list: &[u8],
    budget: &mut Budget,
    record: &mut Record,
) -> Result<Verdict, Reason> {
    record.not_covered(&["content_not_authenticated", "names_not_authenticated", "set_not_authenticated"]);
    files::check(delivery, manifest, list, budget, record)?;
    Ok(Verdict::UnsignedSriOk)
}

fn not_ambiguous(document: &Document, record: &mut Record) -> Result<(), Reason> {
    if Delivery::is_ambiguous(document) {
        let detail = format!("{} repeats a key, so readers may differ on what it says", document.path);
        return Err(record.failed("metadata", detail, "metadata_ambiguous"));
    }
    Ok(())
}

/// The signed manifest and the plain one.
fn manifests<'a>(
    delivery: &'a Delivery,
    record: &mut Record,
) -> Result<(Option<&'a Document>, Option<&'a Document>), Reason> {
    let rank = |document: &Document| NAMES.iter().position(|own| *own == name(document)).unwrap_or(NAMES.len());
    let mut best = |shape: &dyn Fn(&Document) -> bool| {
        let found: Vec<_> = delivery.documents.iter().filter(|document| shape(document)).collect();
        let least = found.iter().map(|document| rank(document)).min();
        let mut found = found.into_iter().filter(|document| Some(rank(document)) == least);
        let first = found.next();
        match (first, found.next()) {
            (Some(first), Some(second)) => {
                let detail = format!("{} and {} are both manifests", first.path, second.path);
                Err(record.failed("manifest", detail, "metadata_ambiguous"))
            }
            _ => Ok(first),
        }
    };
    let named = |document: &Document| NAMES.contains(&name(document));
    let signed = best(&|document| {
        let root = &document.json.root;
        is_jws(root) || named(document) && root.get("payload").is_some()
    })?;
    let plain = best(&|document| {
        let root = &document.json.root;
        is_list(root) || named(document) && matches!(root.node, JsonNode::Array(_))
    })?;
    Ok((signed, plain))
}

/// The key file that the configuration names, else the stated key, else the only key file. A `cap sync` copies the file
/// that is named and only warns when it is missing; releases are often handed over with another copy of the key.
fn key(delivery: &Delivery, paths: &BTreeSet<(&str, &str)>, record: &mut Record) -> Result<Key, Reason> {
    let files = parts::key_files(delivery);
    let mut texts = Vec::new();
    for (path, folder) in paths {
        let path = path.strip_prefix("./").unwrap_or(path);
        let beside = format!("{folder}{path}");
        let last = path.rsplit('/').next().unwrap_or(path);
        let exact = files.iter().find(|file| file.path == beside).or(files.iter().find(|file| file.path == path));
        let mut named = files.iter().filter(|file| file.name() == last);
        let found = exact.or_else(|| named.next().filter(|_| named.next().is_none()));
        texts.extend(found.and_then(|file| Some((parts::key_text(file)?, file.path.clone()))));
    }
    if let Some(text) = &delivery.stated.public_key {
        texts.push((text.clone(), "the stated public key".to_owned()));
    }
    if texts.is_empty() {
        if let Some((path, _)) = paths.first() {
            record.noted("public key", format!("{path}, which the app names, was not handed over as it is named"));
        }
        texts.extend(files.into_iter().filter_map(|file| Some((parts::key_text(file)?, file.path.clone()))));
    }
    let mut keys = Vec::new();
    for (text, source) in texts {
        let key = parts::rsa_key(&text, &source);
        keys.push(key.map_err(|why| record.failed("public key", why, "key_invalid"))?);
    }
    let Some(key) = parts::agreed(keys, record)? else {
        return Err(record.failed("public key", "no public key was handed over", "key_missing"));
    };
    parts::adopt(&key, record);
    Ok(key)
}

/// The signatures of a JWS in the general form, or the one of the flattened form.
fn signatures(root: &JsonValue) -> Vec<&JsonValue> {
    match root.get("signatures") {
        Some(all) => parts::elements(all).map(|all| all.iter().collect()).unwrap_or_default(),
        None => root.get("signature").map(|_| vec![root]).unwrap_or_default(),
    }
}

fn payload(root: &JsonValue, record: &mut Record) -> Result<Vec<u8>, Reason> {
    let bytes = root.get("payload").and_then(|payload| crypto::base64_url(payload.as_str()?));
    bytes.ok_or_else(|| record.failed("manifest", "the payload is not base64url", "metadata_invalid"))
}

/// RFC 7515, section 5.2, for RS256 alone.
fn verify_jws(root: &JsonValue, signatures: &[&JsonValue], key: &Key, record: &mut Record) -> Result<(), Reason> {
    let payload = root.get("payload").and_then(JsonValue::as_str).unwrap_or("");
    let mut verified = false;
    for one in signatures {
        let text = |name: &str| one.get(name).and_then(JsonValue::as_str);
        let (Some(protected), Some(signature)) = (text("protected"), text("signature")) else {
            let detail = "a signature lacks its protected header or its value";
            return Err(record.failed("signature", detail, "signature_missing"));
        };
        accept_header(protected).map_err(|(why, reason)| record.failed("signature", why, reason))?;
        let mut hasher = Sha256::new();
        hasher.update(protected.as_bytes());
        hasher.update(b".");
        hasher.update(payload.as_bytes());
        let signature = crypto::base64_url(signature).unwrap_or_default();
        verified |= crypto::verifies_pkcs1_sha256(&key.rsa, &hasher.finalize().into(), &signature);
    }
    if !verified {
        return Err(record.failed("signature", "no signature is of this payload with this key", "signature_invalid"));
    }
    record.passed("signature", "RS256 over the payload; the form is known from documentation only");
    Ok(())
}

/// Accepts a protected header that says RS256 and asks for nothing that is not understood.
fn accept_header(protected: &str) -> Result<(), (String, Reason)> {
    let unreadable = || ("the protected header is no JSON in base64url".to_owned(), "signature_invalid");
    let bytes = crypto::base64_url(protected).ok_or_else(unreadable)?;
    let header = parts::json(&bytes)
        .map_err(|(why, reason)| if reason == "metadata_ambiguous" { (why, reason) } else { unreadable() })?;
    let algorithm = header.root.get("alg").and_then(JsonValue::as_str);
    if let Some(reason) = jose::refusal(algorithm) {
        let detail = format!("the protected header says alg {:?}; RS256 alone is accepted", algorithm.unwrap_or(""));
        return Err((detail, reason));
    }
    if header.root.get("crit").is_some() || header.root.get("b64").is_some() {
        return Err(("the protected header asks for an extension".to_owned(), "crit_not_accepted"));
    }
    Ok(())
}
