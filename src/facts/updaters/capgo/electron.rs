//! `@capgo/electron-updater` 0.0.6: the checksum is encrypted with the session key, which everybody who has the app can
//! open and make anew; it is compared before decryption and may be missing. So nothing is signed in the end.

use super::envelope;
use super::statement::Statement;
use super::zip;
use crate::facts::crypto;
use crate::facts::updaters::{Delivery, Reason, Record, Verdict};

/// Whether the release is for the Electron updater: asked for, or the app depends on it and not on the Capacitor plugin.
pub fn is_meant(delivery: &Delivery) -> bool {
    let depends = |name: &str| {
        delivery.documents.iter().any(|document| {
            ["dependencies", "devDependencies"]
                .iter()
                .any(|section| document.json.root.path(&[section, name]).is_some())
        })
    };
    delivery.stated.system.as_deref() == Some("capgo-electron")
        || depends("@capgo/electron-updater") && !depends("@capgo/capacitor-updater")
}

/// Verifies as the Electron updater does, and says what that is worth.
pub fn verify(delivery: &Delivery, statement: &Statement<'_>, record: &mut Record) -> Result<Verdict, Reason> {
    record.generation("electron");
    record.not_covered(&["content_not_authenticated"]);
    record.issue("electron_checksum_not_signed");
    record.noted("checksum", "this updater encrypts the checksum with the session key instead of signing it");
    let (Some(text), source) = super::public_key_text(delivery, record)? else {
        record.absent("public key", "the app has none");
        return zip::unsigned(delivery, statement, record);
    };
    let key = envelope::public_key(&text, &source, record)?;
    if statement.session_key.is_empty() || statement.checksum.is_empty() {
        return zip::unsigned(delivery, statement, record);
    }
    let session = envelope::session_key(statement.session_key, &key, record)?;
    let opened = crypto::base64(statement.checksum)
        .and_then(|block| crypto::decrypt_cbc128(&session.key, &session.vector, &block).ok())
        .and_then(|text| String::from_utf8(text).ok());
    // What does not decrypt is taken for a plain checksum.
    let checksum = opened.as_deref().unwrap_or(statement.checksum);
    let file = zip::bundle(delivery, true, record)?;
    let own = file.digest().map_err(|error| record.failed("checksum", error.kind().to_string(), "unreadable"))?;
    record.subject(&file.path, file.bytes, own);
    if own.hex() != checksum {
        let detail = format!("stated {checksum}, of the bundle as delivered {own}");
        return Err(record.failed("checksum", detail, "checksum_mismatch"));
    }
    record.passed("checksum", format!("{own}, which is not signed"));
    Ok(Verdict::UnsignedSha256Ok)
}
