//! OtaKit: a manifest signed with ECDSA P-256 over version, channel, app, digest and size of the bundle, which is a zip
//! archive, one encrypted with AES-256-GCM, or a list of files by their digests (`ManifestVerifier.java`,
//! `DeltaAssembler.java` and `BundleCrypto.java` of @otakit/capacitor-updater 2.3.1).

mod bundle;
mod config;
mod deltas;
mod manifest;
#[cfg(test)]
mod tests;

use p256::ecdsa::Signature as EcdsaSignature;
use p256::ecdsa::signature::Verifier as _;

use self::config::{Config, NamedKey, Trusted, is_secure, read_key};
use self::manifest::{Manifest, Signature, is_unmistakable, likeness};
use super::delivery::{Delivery, Document};
use super::verification::{Reason, Record, Verdict, Verification};
use super::{PlainContent, Updater};
use crate::facts::crypto;

/// OtaKit.
pub static UPDATER: Updater = Updater { id: "otakit", recognise, verify };

/// How far ahead of the day of the audit a signature may have been made: clocks differ.
const CLOCK_SKEW_SECONDS: i64 = 24 * 60 * 60;
/// The fewest of a manifest's fields that make a file one, where the app is known to use OtaKit.
const FEWEST_FIELDS: usize = 4;

/// What even a verified signature leaves open.
const NEVER_SIGNED: [&str; 3] = ["url_not_authenticated", "release_id_not_authenticated", "rollback_not_prevented"];
/// What is open too when nothing is signed.
const UNSIGNED: [&str; 6] = [
    "version_not_authenticated",
    "channel_not_authenticated",
    "app_not_authenticated",
    "names_not_authenticated",
    "set_not_authenticated",
    "expiry_not_signed",
];

fn recognise(delivery: &Delivery) -> Option<u8> {
    let configured = Config::find(delivery).is_some();
    if delivery.document(is_unmistakable).is_some() {
        return Some(if configured { 98 } else { 85 });
    }
    let alike = delivery.document(|value| likeness(value) >= FEWEST_FIELDS).is_some();
    configured.then_some(if alike { 95 } else { 40 })
}

fn verify(delivery: &Delivery) -> Verification {
    let mut record = Record::new(UPDATER.id);
    let result = steps(delivery, &mut record);
    record.close(result)
}

fn steps(delivery: &Delivery, record: &mut Record) -> Result<Verdict, Reason> {
    let Some(document) = find_manifest(delivery, record)? else { return without_manifest(delivery, record) };
    record.not_covered(&NEVER_SIGNED);
    let config = configuration(delivery, record)?;
    for issue in config.issues(delivery.stated.public_key.as_deref()) {
        record.issue(issue);
    }
    let manifest = Manifest::read(document).map_err(|(why, reason)| record.failed("manifest", why, reason))?;
    if let Some(field) = manifest.ambiguous_field() {
        let why = format!("{field} holds characters that could move words between the signed lines");
        return Err(record.failed("manifest", why, "metadata_ambiguous"));
    }
    if document.json.root.get("releaseId").and_then(crate::inputs::JsonValue::as_str).is_none() {
        record.noted("manifest", "there is no releaseId, without which the plugin refuses the manifest");
        record.issue("release_id_missing");
    }
    record.passed("manifest", format!("version {} with strategy {}", manifest.version, manifest.strategy));
    let signed = authenticate(delivery, record, config, &manifest)?;
    compare_runtime(record, config, &manifest);
    if manifest.url.is_some_and(|url| !is_secure(url, config.allows_insecure())) {
        record.noted("address", "the bundle is offered without TLS, which the plugin refuses");
        record.issue("update_url_cleartext");
    }
    match manifest.strategy.as_ref() {
        "zip" => bundle::verify(delivery, record, config, &manifest)?,
        "deltas" => deltas::verify(delivery, record, config, &manifest)?,
        other => {
            let why = format!("{other} is neither zip nor deltas");
            return Err(record.failed("strategy", why, "strategy_unknown"));
        }
    }
    Ok(if signed { Verdict::Valid } else { Verdict::UnsignedSha256Ok })
}

/// The manifest: the file that is one beyond doubt, else the only one that looks like one.
fn find_manifest<'a>(delivery: &'a Delivery, record: &mut Record) -> Result<Option<&'a Document>, Reason> {
    let of = |shape: &dyn Fn(&Document) -> bool| delivery.documents.iter().filter(|one| shape(one)).collect::<Vec<_>>();
    let mut candidates = of(&|document| is_unmistakable(&document.json.root));
    if candidates.is_empty() {
        candidates = of(&|document| likeness(&document.json.root) >= FEWEST_FIELDS);
    }
    match candidates.as_slice() {
        [] => Ok(None),
        [document] if Delivery::is_ambiguous(document) => {
            let why = format!("{} repeats a key, and readers differ on what it says", document.path);
            Err(record.failed("manifest", why, "metadata_ambiguous"))
        }
        [document] => Ok(Some(document)),
        [one, other, ..] => {
            let why = format!("both {} and {} could be the manifest", one.path, other.path);
            Err(record.failed("manifest", why, "metadata_ambiguous"))
        }
    }
}

fn configuration<'a>(delivery: &'a Delivery, record: &mut Record) -> Result<Config<'a>, Reason> {
    let Some(config) = Config::find(delivery) else {
        let why = "there is no capacitor configuration with plugins.OtaKit, so neither the key nor the app is known";
        return Err(record.failed("configuration", why, "key_missing"));
    };
    if Delivery::is_ambiguous(config.document) {
        let why = format!("{} repeats a key, and readers differ on what it says", config.document.path);
        return Err(record.failed("configuration", why, "metadata_ambiguous"));
    }
    Ok(config)
}

/// Without a manifest only the configuration can be judged.
fn without_manifest(delivery: &Delivery, record: &mut Record) -> Result<Verdict, Reason> {
    let Some(_) = Config::find(delivery) else { return Ok(Verdict::NothingToVerify) };
    let config = configuration(delivery, record)?;
    let issues = config.issues(delivery.stated.public_key.as_deref());
    if bundle::find(delivery, None, false).is_some_and(bundle::begins_as_zip) {
        return Err(record.failed("manifest", "there is a bundle and no manifest", "file_missing"));
    }
    record.absent("manifest", "there is no manifest and no bundle; only the configuration was read");
    let verdict = if issues.is_empty() { Verdict::NothingToVerify } else { Verdict::ConfigFinding };
    for issue in issues {
        record.issue(issue);
    }
    Ok(verdict)
}

/// Verifies the signature; `false` when the app does not look at signatures.
fn authenticate(
    delivery: &Delivery,
    record: &mut Record,
    config: Config<'_>,
    manifest: &Manifest<'_>,
) -> Result<bool, Reason> {
    let keys = match config.trusted(delivery.stated.public_key.as_deref()) {
        Trusted::Off => {
            let why = "the app has no manifestKeys and its own cdnUrl: the plugin logs a warning and skips signatures";
            record.absent("signature", why);
            record.not_covered(&UNSIGNED);
            return Ok(false);
        }
        Trusted::Unreadable => {
            return Err(record.failed("key", "manifestKeys is no list of keys", "key_invalid"));
        }
        Trusted::Keys(keys) if keys.is_empty() => {
            return Err(record.failed("key", "no entry of manifestKeys has a kid and a key", "key_invalid"));
        }
        Trusted::Keys(keys) => keys,
    };
    let Some(signature) = &manifest.signature else {
        let why = "the app trusts keys, and the manifest has no signature with kid, sig, iat and exp";
        return Err(record.failed("signature", why, "signature_missing"));
    };
    let Some(app) = config.app() else {
        return Err(record.failed("configuration", "plugins.OtaKit has no appId, which is signed", "app_id_missing"));
    };
    let key = |key: &&NamedKey<'_>| key.kid.is_none_or(|kid| kid == signature.kid);
    let Some(key) = keys.iter().find(key) else {
        let why = format!("the app has no key that is called {}", signature.kid);
        return Err(record.failed("key", why, "kid_unknown"));
    };
    let Some((public, fact)) = read_key(key) else {
        return Err(record.failed("key", format!("the key {} is none on P-256", signature.kid), "key_invalid"));
    };
    record.passed("key", format!("{} of {}", signature.kid, key.source));
    record.key(fact);
    let verifies = |second: bool| {
        let payload = manifest.payload(app, config.channel(), signature, second);
        let der = crypto::base64_url(signature.text).or_else(|| crypto::base64(signature.text));
        der.and_then(|der| EcdsaSignature::from_der(&der).ok())
            .is_some_and(|signature| public.verify(payload.as_bytes(), &signature).is_ok())
    };
    // Without the newer fields it may still be of a newer server: plugin 2 signs their defaults.
    let generation = if !manifest.second && verifies(false) {
        "v1"
    } else if verifies(true) {
        "v2"
    } else {
        let why = "it was not made by this key over these fields for this app and channel";
        return Err(record.failed("signature", why, "signature_invalid"));
    };
    record.generation(generation);
    record.passed("signature", format!("it covers version, digest, size, app and channel (payload {generation})"));
    judge_dates(delivery, record, signature)?;
    Ok(true)
}

fn judge_dates(delivery: &Delivery, record: &mut Record, signature: &Signature<'_>) -> Result<(), Reason> {
    if signature.expires <= delivery.as_of {
        let why = format!("it ended at {} (seconds since 1970)", signature.expires);
        return Err(record.failed("expiry", why, "signature_expired"));
    }
    if signature.issued > delivery.as_of.saturating_add(CLOCK_SKEW_SECONDS) {
        let why = format!("it begins at {} (seconds since 1970), in the future", signature.issued);
        return Err(record.failed("expiry", why, "signature_not_yet_valid"));
    }
    record.passed("expiry", format!("it ends at {} (seconds since 1970)", signature.expires));
    Ok(())
}

/// The device installs what is made for its own runtime only.
fn compare_runtime(record: &mut Record, config: Config<'_>, manifest: &Manifest<'_>) {
    if config.runtime_version() == manifest.runtime_version {
        if let Some(version) = manifest.runtime_version {
            record.passed("runtime", format!("the release is for runtime {version}, which the app has"));
        }
        return;
    }
    let of = |version: Option<&str>| version.unwrap_or("none").to_owned();
    let (own, other) = (of(config.runtime_version()), of(manifest.runtime_version));
    record.noted("runtime", format!("the app has runtime {own} and the release is for {other}: it is not installed"));
    record.issue("runtime_version_mismatch");
}
