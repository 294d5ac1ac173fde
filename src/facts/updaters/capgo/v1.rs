//! Capgo v1: the app carries the private key, so its session keys are no secret and nothing is signed.

use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{Oaep, PrivateKey};
use sha2::Sha256;

use super::envelope::{SessionKey, describe, split};
use crate::facts::crypto;
use crate::facts::keys::public::{self, PublicForm};
use crate::facts::updaters::{Delivery, Reason, Record};
use crate::inputs::JsonValue;

/// SHA-256 of the SubjectPublicKeyInfo of the key pair in plugins 4.17.11 to 6.1.3, 7.0.0, 9.0.0 and 10.0.0
/// (`defaultPrivateKey`, Cap-go/capacitor-updater).
const DEFAULT_KEY: &str = "1991059c76777f9d08aae19a482af4fe8e098076ee27c1e9d4b31cbc38c4ee67";
/// A PEM file of one private key is small.
const MOST_KEY_BYTES: u64 = 16 * 1024;

/// Opens the session key with the private key that the app publishes.
///
/// This is the only private-key operation here. The key is no secret (everybody who has the app has it), so that
/// the timing of the `rsa` crate (RUSTSEC-2023-0071) has nothing to give away.
///
/// # Errors
/// There is no such key, or it does not open the session key.
pub fn session_key(delivery: &Delivery, text: &str, record: &mut Record) -> Result<SessionKey, Reason> {
    let (pem, source) = private_key(delivery).ok_or_else(|| {
        let detail = "the release is encrypted for a private key in the app, and neither the configuration nor a file has one; \
                      plugins 4.17.11 to 6.1.3, 7.0.0, 9.0.0 and 10.0.0 use the vendor's published key then";
        record.failed("private key", detail, "private_key_missing")
    })?;
    record.issue("private_key_in_app");
    let (_, fact) =
        public::read(&pem, &source).map_err(|why| record.failed("private key", why.0, "private_key_invalid"))?;
    if fact.form != PublicForm::PrivateKey || !fact.bits.is_some_and(|bits| (1024..=4096).contains(&bits)) {
        return Err(record.failed(
            "private key",
            "it is no RSA private key of 1024 to 4096 bits",
            "private_key_invalid",
        ));
    }
    if fact.spki_sha256.hex() == DEFAULT_KEY {
        record.issue("default_private_key");
        record.noted("private key", "it is the key that the vendor published in the plugin: everybody has it");
    }
    record.key(fact.clone());
    record.noted("private key", format!("the app publishes it: {}", describe(&fact)));
    let key = parse(&pem)
        .ok_or_else(|| record.failed("private key", "its numbers do not fit together", "private_key_invalid"))?;
    let (vector, block) = split(text, record)?;
    let payload = key
        .decrypt(Oaep::<Sha256>::new(), &block)
        .map_err(|_| record.failed("session key", "the private key does not open it", "rsa_oaep"))?;
    let Ok(session) = <[u8; 16]>::try_from(payload.as_slice()) else {
        return Err(record.failed(
            "session key",
            format!("it holds {} bytes, not 16", payload.len()),
            "session_key_payload",
        ));
    };
    record.passed("session key", "the published private key opens it; so can everybody");
    record.encryption("AES-128-CBC", &session, &vector);
    Ok(SessionKey { key: session, vector })
}

/// The key in the configuration, else the only private key among the files.
fn private_key(delivery: &Delivery) -> Option<(String, String)> {
    let configured = delivery.plugin("CapacitorUpdater").and_then(|(document, block)| {
        let text = block.get("privateKey").and_then(JsonValue::as_str).filter(|text| !text.is_empty())?;
        Some((text.to_owned(), format!("{}: plugins.CapacitorUpdater.privateKey", document.path)))
    });
    configured.or_else(|| {
        delivery.files.iter().filter(|file| file.bytes <= MOST_KEY_BYTES).find_map(|file| {
            let text = String::from_utf8(file.read(MOST_KEY_BYTES).ok()?).ok()?;
            text.contains("PRIVATE KEY-----").then(|| (text, file.path.clone()))
        })
    })
}

/// As the plugin reads it: what stands between header and footer, on however many lines.
fn parse(pem: &str) -> Option<PrivateKey> {
    let text = pem.replace("\\r", "").replace("\\n", "\n");
    let (_, framed) = text.split_once("PRIVATE KEY-----")?;
    let (body, _) = framed.split_once("-----END ")?;
    let body: String = body.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let der = crypto::base64(&body)?;
    PrivateKey::from_pkcs1_der(&der).ok().or_else(|| PrivateKey::from_pkcs8_der(&der).ok())
}
