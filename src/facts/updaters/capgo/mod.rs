//! Capgo: `@capgo/capacitor-updater`, generations v0 (plain), v1 (encrypted, never signed), v2 and v3 (signed), as one
//! zip or as a manifest of files, and the Electron updater's own way. Sources: Cap-go/capgo `cli/src`, Cap-go/capacitor-updater
//! (8.51.23), `@capgo/electron-updater` 0.0.6, read 2026-11-23.

mod delta;
mod electron;
mod envelope;
mod statement;
#[cfg(test)]
mod tests;
mod v1;
mod zip;

use statement::Statement;

use super::{Delivery, Document, Reason, Record, Updater, Verdict, Verification, parts};
use crate::inputs::JsonValue;
use crate::model::printable;

/// Capgo.
pub static UPDATER: Updater = Updater { id: "capgo", recognise, verify };

/// What Capgo signs in no generation. The set of files is signed only as the bytes of a zip.
const NEVER_COVERED: &[&str] = &[
    "version_not_authenticated",
    "channel_not_authenticated",
    "app_not_authenticated",
    "url_not_authenticated",
    "rollback_not_prevented",
];

fn recognise(delivery: &Delivery) -> Option<u8> {
    let configured = delivery.plugin("CapacitorUpdater").is_some();
    let ranks = delivery.documents.iter().filter_map(|document| statement::rank(&document.json.root));
    match (configured, ranks.max()) {
        (true, Some(2..)) => Some(98),
        (true, _) => Some(90),
        (false, Some(rank @ 2..)) => Some(60 + rank),
        (false, _) => delivery.stated.session_key.as_ref().map(|_| 60),
    }
}

fn verify(delivery: &Delivery) -> Verification {
    let mut record = Record::new("capgo");
    let result = steps(delivery, &mut record);
    record.close(result)
}

fn steps(delivery: &Delivery, record: &mut Record) -> Result<Verdict, Reason> {
    let statement = statement::read(delivery);
    record.not_covered(NEVER_COVERED);
    if statement.manifest.is_some() {
        record.not_covered(&["names_not_authenticated", "set_not_authenticated"]);
    }
    let configuration = delivery.plugin("CapacitorUpdater").map(|(document, _)| document);
    if statement.document.into_iter().chain(configuration).any(Delivery::is_ambiguous) {
        let detail = "a key is there twice: readers differ on which one counts";
        return Err(record.failed("metadata", detail, "metadata_ambiguous"));
    }
    about_statement(&statement, record);
    if electron::is_meant(delivery) {
        return electron::verify(delivery, &statement, record);
    }
    let (key, source) = public_key_text(delivery, record)?;
    match key {
        Some(key) => {
            let key = envelope::public_key(&key, &source, record)?;
            signed(delivery, &statement, &key, record)
        }
        None if statement.session_key.is_empty() => {
            record.generation(if statement.manifest.is_some() { "delta" } else { "v0" });
            record.absent("public key", "the app has none: updates are not signed");
            record.not_covered(&["content_not_authenticated"]);
            if statement.manifest.is_some() {
                return delta::verify(delivery, &statement, None, record);
            }
            zip::unsigned(delivery, &statement, record)
        }
        None => {
            // A session key is made for a key of the app; which one that is, the configuration doesn't tell.
            if let Some((path, why)) = delivery.unknown("CapacitorUpdater") {
                return Err(parts::unknown_key(path, why, record));
            }
            record.generation("v1");
            record.not_covered(&["content_not_authenticated"]);
            let session = v1::session_key(delivery, statement.session_key, record)?;
            zip::v1(delivery, &statement, &session, record)
        }
    }
}

/// An app with a public key.
fn signed(
    delivery: &Delivery,
    statement: &Statement<'_>,
    key: &rsa::PublicKey,
    record: &mut Record,
) -> Result<Verdict, Reason> {
    record.generation(if statement.manifest.is_some() { "delta" } else { "v3" });
    if !statement.session_key.is_empty() {
        if statement.manifest.is_some() {
            let session = envelope::session_key(statement.session_key, key, record)?;
            return delta::verify(delivery, statement, Some(&delta::Envelope { key, session }), record);
        }
        return zip::signed(delivery, statement, key, record);
    }
    // Plugins up to 8.51.22 take the update for a plain one then, although the app has a public key.
    record.not_covered(&["content_not_authenticated"]);
    if let Some(manifest) = statement.manifest {
        let is_signed =
            |entry: &JsonValue| entry.get("file_hash").and_then(JsonValue::as_str).is_some_and(|hash| hash.len() > 64);
        if manifest.iter().any(is_signed) {
            let detail = "the hashes are signed, but there is no session key, which the plugin demands";
            return Err(record.failed("session key", detail, "session_key_missing"));
        }
        bypass(record);
        return delta::verify(delivery, statement, None, record);
    }
    match statement.checksum.len() {
        0 | 8 | 64 => {
            if !statement.checksum.is_empty() {
                bypass(record);
            }
            zip::unsigned(delivery, statement, record)
        }
        _ => {
            let detail = "the checksum is signed, but there is no session key, which the plugin demands";
            Err(record.failed("session key", detail, "session_key_missing"))
        }
    }
}

fn bypass(record: &mut Record) {
    record.issue("signature_bypass_empty_session_key");
    let detail = "none, although the app has a public key: Android plugins up to 8.51.22, 7.51.21, 6.51.16 and all of 5 \
                  install the update unsigned; 8.51.23 and iOS refuse it";
    record.absent("session key", detail);
}

/// The public key's text and where it stands.
fn public_key_text(delivery: &Delivery, record: &mut Record) -> Result<(Option<String>, String), Reason> {
    if let Some(text) = &delivery.stated.public_key {
        return Ok((Some(text.clone()), "given".to_owned()));
    }
    if let Some(found) = configured_key(delivery, record)? {
        return Ok(found);
    }
    // Without a configuration, a public key that lies in the release is the only one that can be meant; beside an app
    // that was handed over, it is nobody's.
    let apart = delivery.has_app();
    let file = delivery.files.iter().find(|file| !apart && file.name().ends_with(".pub") && file.bytes < 16 * 1024);
    let text = file.and_then(|file| String::from_utf8(file.read(16 * 1024).ok()?).ok());
    Ok((text, file.map_or_else(String::new, |file| file.path.clone())))
}

/// The public key of the app's configurations. Devices have the copies in the native projects; the one of the sources gets
/// there with the next `npx cap sync`.
fn configured_key(delivery: &Delivery, record: &mut Record) -> Result<Option<(Option<String>, String)>, Reason> {
    let key = |(document, block): (&Document, &JsonValue)| {
        let text = block.get("publicKey").and_then(JsonValue::as_str).filter(|text| !text.is_empty());
        (document.path.clone(), text.map(ToOwned::to_owned))
    };
    let is_copy = |path: &str| path.split('/').any(|part| ["android", "ios"].contains(&part));
    let blocks = delivery.plugins("CapacitorUpdater").into_iter().map(key);
    let (copies, sources): (Vec<_>, Vec<_>) = blocks.partition(|(path, _)| is_copy(path));
    let all = if copies.is_empty() { &sources } else { &copies };
    let Some((path, text)) = all.first() else { return Ok(None) };
    // Line breaks may differ between copies.
    let bare = |text: &Option<String>| text.as_ref().map(|text| text.split_whitespace().collect::<String>());
    let differs = |other: &&(String, Option<String>)| bare(&other.1) != bare(text);
    if let Some((other, _)) = all.iter().find(differs) {
        let detail = format!("{path} and {other} have different public keys: no release fits both");
        return Err(record.failed("public key", detail, "key_ambiguous"));
    }
    if let Some((other, _)) = sources.iter().find(differs) {
        let detail = format!("{other} has another public key than {path}, which is what devices have");
        record.noted("public key", detail);
        record.issue("public_keys_differ");
    }
    Ok(Some((text.clone(), format!("{path}: plugins.CapacitorUpdater.publicKey"))))
}

/// What the statement itself gives away.
fn about_statement(statement: &Statement<'_>, record: &mut Record) {
    let of_entry =
        |entry: &'_ JsonValue| entry.get("download_url").and_then(JsonValue::as_str).is_some_and(parts::is_cleartext);
    let entries = statement.manifest.unwrap_or_default().iter().filter(|entry| of_entry(entry)).count();
    if statement.url.is_some_and(parts::is_cleartext) || entries > 0 {
        record.issue("bundle_url_cleartext");
        let what = if entries > 0 { format!("{entries} files are") } else { "the bundle is".to_owned() };
        record.noted("address", format!("{what} fetched without TLS"));
    }
    if let Some(refusal) = statement.refusal {
        record.issue("update_not_offered");
        record.noted("answer", format!("the server offers no update: {}", printable(refusal, 100)));
    }
    let named = statement.url.and_then(version_in);
    if let (Some(version), Some(named)) = (statement.version, named)
        && named != version
    {
        record.issue("version_not_authenticated");
        let detail =
            format!("the release calls itself {version}, its address says {named}; no signature covers the version");
        record.noted("version", detail);
    }
}

/// `1.2.3` in the last part of an address, as the storage path has it (`orgs/…/<version>.zip`).
fn version_in(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next()?;
    let last = path.rsplit('/').next()?;
    let stem = last.strip_suffix(".zip").unwrap_or(last);
    let numbers = stem.split('.').count() == 3
        && stem.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    numbers.then_some(stem)
}
