//! Capgo's envelope (v2 and v3): the session key and the checksums are blocks that the private key made, which the
//! public key in the app opens. Sources: `cli/src/api/crypto.ts`, `CryptoCipher.java`, `CryptoCipher.swift`.

use crate::facts::crypto::{self, Unrecovered};
use crate::facts::keys::public::{self, PublicForm, PublicKey, PublicKeyFact};
use crate::facts::updaters::{Reason, Record};
use crate::model::Digest;

/// The header that the plugin wants at the very start (`CryptoCipher.java decryptFile`).
const HEADER: &str = "-----BEGIN RSA PUBLIC KEY-----";

/// Reads the public key as the plugin would.
///
/// # Errors
/// The plugin could not use it.
pub fn public_key(text: &str, source: &str, record: &mut Record) -> Result<rsa::PublicKey, Reason> {
    const STEP: &str = "public key";
    let (key, fact) = public::read(text, source).map_err(|why| record.failed(STEP, why.0, "public_key_invalid"))?;
    record.key(fact.clone());
    if fact.form == PublicForm::PrivateKey {
        let detail = "it is a private key: whoever has the app can sign updates";
        return Err(record.failed(STEP, detail, "private_key_in_config"));
    }
    if !text.starts_with(HEADER) || fact.form != PublicForm::Pkcs1 {
        let detail =
            format!("the plugin wants PKCS#1 that begins with `{HEADER}` and leaves the bundle undecrypted else");
        return Err(record.failed(STEP, detail, "public_key_header"));
    }
    let described = describe(&fact);
    if fact.bits != Some(2048) {
        let detail = format!("{described}; the plugin takes blocks of 256 bytes only, which are RSA-2048's");
        return Err(record.failed(STEP, detail, "key_size"));
    }
    if fact.exponent.as_deref() != Some("65537") {
        let detail =
            format!("{described}; the exponent must be 65537: smaller ones let forged padding pass in old plugins");
        return Err(record.failed(STEP, detail, "key_exponent"));
    }
    let PublicKey::Rsa(key) = key else {
        return Err(record.failed(STEP, "no usable RSA key", "public_key_invalid"));
    };
    record.passed(STEP, described);
    Ok(key)
}

/// A key in one phrase.
pub fn describe(fact: &PublicKeyFact) -> String {
    let bits = fact.bits.map_or_else(String::new, |bits| format!("-{bits}"));
    let exponent = fact.exponent.as_ref().map_or_else(String::new, |exponent| format!(", e = {exponent}"));
    format!("{}{bits}{exponent}, SPKI SHA-256 {}", fact.algorithm, fact.spki_sha256)
}

/// What decrypts the files of one release.
pub struct SessionKey {
    /// AES-128.
    pub key: [u8; 16],
    /// The initialisation vector, which nothing authenticates.
    pub vector: [u8; 16],
}

/// Opens `base64(iv) ":" base64(block)`.
///
/// # Errors
/// It is malformed or the public key does not open it.
pub fn session_key(text: &str, key: &rsa::PublicKey, record: &mut Record) -> Result<SessionKey, Reason> {
    const STEP: &str = "session key";
    let (vector, block) = split(text, record)?;
    let payload = recover(&block, key, STEP, record)?;
    let Ok(session) = <[u8; 16]>::try_from(payload.as_slice()) else {
        let detail = format!("it holds {} bytes, an AES-128 key has 16", payload.len());
        return Err(record.failed(STEP, detail, "session_key_payload"));
    };
    record.passed(STEP, "the public key opens it: AES-128 key and initialisation vector");
    record.encryption("AES-128-CBC", &session, &vector);
    Ok(SessionKey { key: session, vector })
}

/// The initialisation vector and the block of a session key's text.
///
/// # Errors
/// It is malformed.
pub fn split(text: &str, record: &mut Record) -> Result<([u8; 16], Vec<u8>), Reason> {
    const STEP: &str = "session key";
    let parts =
        text.split_once(':').filter(|(vector, block)| !vector.is_empty() && !block.is_empty() && !block.contains(':'));
    let decoded = parts.and_then(|(vector, block)| Some((crypto::base64(vector)?, crypto::base64(block)?)));
    let Some((vector, block)) = decoded else {
        let detail = "it is not two base64 texts with a colon between them";
        return Err(record.failed(STEP, detail, "session_key_malformed"));
    };
    let Ok(vector) = <[u8; 16]>::try_from(vector.as_slice()) else {
        let detail = format!("the initialisation vector has {} bytes, not 16", vector.len());
        return Err(record.failed(STEP, detail, "iv_length"));
    };
    Ok((vector, block))
}

fn recover(block: &[u8], key: &rsa::PublicKey, step: &'static str, record: &mut Record) -> Result<Vec<u8>, Reason> {
    crypto::recover_type1(key, block).map_err(|why| match why {
        Unrecovered::Length => {
            let detail = format!("a block of {} bytes, the key makes blocks of 256", block.len());
            record.failed(step, detail, "rsa_length")
        }
        Unrecovered::Range | Unrecovered::Padding => {
            let detail = "the key does not open it: another key made it, or it was changed";
            record.failed(step, detail, "rsa_padding")
        }
    })
}

/// A digest that the publisher signed.
pub struct SignedDigest {
    /// The digest.
    pub digest: Digest,
    /// In the form that plugins refuse since 5.30, 6.30 and 7.30.
    pub legacy: bool,
}

/// Opens a signed checksum or file hash.
///
/// # Errors
/// It is malformed, the key does not open it, or it holds no SHA-256.
pub fn signed_digest(text: &str, key: &rsa::PublicKey, record: &mut Record) -> Result<SignedDigest, Reason> {
    const STEP: &str = "signed checksum";
    let is_hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let Some(block) = (if is_hex { crypto::hex(text) } else { crypto::base64(text) }) else {
        return Err(record.failed(STEP, "it is neither hexadecimal nor base64", "checksum_malformed"));
    };
    let payload = recover(&block, key, STEP, record)?;
    match payload.len() {
        32 => {
            let digest = <[u8; 32]>::try_from(payload.as_slice()).map(Digest::from);
            digest
                .map(|digest| SignedDigest { digest, legacy: false })
                .map_err(|_| record.failed(STEP, "no SHA-256", "checksum_not_sha256"))
        }
        // v2: the CLI read the digest's hexadecimal text as if it were base64.
        48 => {
            use base64::Engine as _;
            let text = base64::engine::general_purpose::STANDARD.encode(&payload);
            let lower = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
            let digest = Digest::from_hex(&text).filter(|_| lower);
            digest
                .map(|digest| SignedDigest { digest, legacy: true })
                .ok_or_else(|| record.failed(STEP, "no SHA-256 in the old form", "checksum_not_sha256"))
        }
        length => {
            let what = if length == 4 { "a CRC-32" } else { "no SHA-256" };
            let detail = format!("what was signed is {what} ({length} bytes): it protects nothing");
            Err(record.failed(STEP, detail, "checksum_not_sha256"))
        }
    }
}
