//! Throw-away keys, the same every time and made when they are first used, and how the update systems sign with them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // small and trusted

use std::fmt::Write as _;
use std::sync::LazyLock;

use aes_gcm::aead::{Aead as _, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::pkcs8::{EncodePublicKey as _, LineEnding};
use rsa::{Pkcs1v15Sign, PrivateKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub static RSA: LazyLock<PrivateKey> = LazyLock::new(|| rsa_key(1, 2048));
pub static OTHER_RSA: LazyLock<PrivateKey> = LazyLock::new(|| rsa_key(2, 2048));
pub static RSA_1024: LazyLock<PrivateKey> = LazyLock::new(|| rsa_key(3, 1024));
pub static RSA_3072: LazyLock<PrivateKey> = LazyLock::new(|| rsa_key(4, 3072));

pub fn rsa_key(seed: u64, bits: usize) -> PrivateKey {
    PrivateKey::new(&mut StdRng::seed_from_u64(seed), bits).unwrap()
}

pub fn private_key() -> String {
    RSA.to_pkcs1_pem(LineEnding::LF).unwrap().to_string()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A checksum with another digit in it.
pub fn other_digit(text: &str) -> String {
    let (first, rest) = text.split_at(1);
    format!("{}{rest}", if first == "0" { "1" } else { "0" })
}

/// "Private-key encrypts" a payload as Capgo's CLI does: PKCS#1 v1.5, block type 1, without a `DigestInfo`.
pub fn sign_raw(key: &PrivateKey, payload: &[u8]) -> Vec<u8> {
    key.sign(Pkcs1v15Sign { hash_len: None, prefix: Box::default() }, payload).unwrap()
}

/// RSASSA-PKCS1-v1_5 with SHA-256.
pub fn sign(key: &PrivateKey, message: &[u8]) -> Vec<u8> {
    let prefix: &[u8] = b"\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let scheme = Pkcs1v15Sign { hash_len: Some(32), prefix: prefix.into() };
    key.sign(scheme, &Sha256::digest(message)).unwrap()
}

/// The public half as PEM on one line, as Capawesome's documentation has it.
pub fn spki(key: &PrivateKey) -> String {
    let der = key.as_public_key().to_public_key_der().unwrap();
    format!("-----BEGIN PUBLIC KEY-----{}-----END PUBLIC KEY-----", STANDARD.encode(der.as_bytes()))
}

pub fn ec_key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

pub fn ec_spki(key: &SigningKey) -> String {
    // SubjectPublicKeyInfo of id-ecPublicKey with prime256v1 (RFC 5480), without the point.
    let mut der =
        b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00"
            .to_vec();
    der.extend_from_slice(key.verifying_key().to_sec1_point(false).as_bytes());
    STANDARD.encode(der)
}

pub fn sealed(key: &[u8; 32], nonce: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; 12] = nonce.try_into().unwrap();
    aes_gcm::Aes256Gcm::new(key.into()).encrypt(&nonce.into(), plain).unwrap()
}

/// Signs as `OtaKit`'s server does.
pub fn sign_otakit(manifest: &mut Value, app: &str, channel: &str, (issued, expires): (i64, i64)) {
    let text = |field: &str| manifest[field].as_str().unwrap_or("null").to_owned();
    let encryption = manifest["encryption"].as_object().map_or_else(
        || "null".to_owned(),
        |one| ["alg", "kid", "wrapNonce", "wrappedDek", "nonce"].map(|field| one[field].as_str().unwrap()).join("|"),
    );
    let mut payload =
        format!("MANIFEST\nappId:{app}\nchannel:{channel}\nversion:{}\nsha256:{}", text("version"), text("sha256"));
    write!(payload, "\nsize:{}\nruntimeVersion:{}", manifest["size"], text("runtimeVersion")).unwrap();
    write!(payload, "\nstrategy:{}\nforceImmediate:{}", text("strategy"), manifest["forceImmediate"]).unwrap();
    write!(payload, "\nencryption:{encryption}\nkid:k1\niat:{issued}\nexp:{expires}").unwrap();
    let signature: p256::ecdsa::Signature = ec_key(1).sign(payload.as_bytes());
    let sig = URL_SAFE_NO_PAD.encode(signature.to_der().as_bytes());
    manifest["signature"] = json!({"kid": "k1", "sig": sig, "iat": issued, "exp": expires});
}
