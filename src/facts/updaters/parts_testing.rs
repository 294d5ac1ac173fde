//! What the tests of several update systems share: signatures, keys as text, flipped bits.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rand::RngExt as _;
use rsa::PrivateKey;
use rsa::pkcs8::EncodePublicKey as _;
use sha2::{Digest as _, Sha256};

use super::verification::Verification;
use super::{Delivery, Updater};
use crate::facts::testing::numbers;

/// A release in memory: the bytes of every path.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// A delivery of these files.
pub(super) fn delivery(files: &Files) -> Delivery {
    crate::facts::testing::delivery(files.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())).collect())
}

/// The verification of these files.
pub(super) fn verified(updater: &Updater, files: &Files) -> Verification {
    (updater.verify)(&delivery(files))
}

/// The word of its result.
pub(super) fn word(updater: &Updater, files: &Files) -> String {
    verified(updater, files).result.word().into_owned()
}

/// Its issues.
pub(super) fn issues(updater: &Updater, files: &Files) -> Vec<String> {
    verified(updater, files).issues.iter().map(ToString::to_string).collect()
}

/// RSASSA-PKCS1-v1_5 with SHA-256.
pub(super) fn sign(key: &PrivateKey, message: &[u8]) -> Vec<u8> {
    let prefix: &[u8] = b"\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let scheme = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: prefix.into() };
    key.sign(scheme, &Sha256::digest(message)).unwrap()
}

/// The public half as PEM on one line.
pub(super) fn spki(key: &PrivateKey) -> String {
    let der = key.to_public_key().to_public_key_der().unwrap();
    format!("-----BEGIN PUBLIC KEY-----{}-----END PUBLIC KEY-----", base64(der.as_bytes()))
}

/// Standard base64.
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// URL-safe base64 without padding.
pub(super) fn base64_url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// SHA-256 in hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How many flips a test makes: `OTAUDIT_FLIPS`, else 300.
#[allow(clippy::disallowed_methods, reason = "a longer run of the same test is asked for from outside")]
fn flips() -> usize {
    std::env::var("OTAUDIT_FLIPS").ok().and_then(|text| text.parse().ok()).unwrap_or(300)
}

/// Flips single bits of the files at `paths`, in a range where one is given, and asserts that no such release is
/// authentic. All bits are flipped where they are fewer than asked for.
pub(super) fn assert_no_flip_passes(updater: &Updater, files: &Files, paths: &[(&str, std::ops::Range<usize>)]) {
    assert!(verified(updater, files).result.is_authentic(), "it has to be valid to begin with");
    let each = flips() / paths.len();
    let mut random = numbers(7);
    for (path, range) in paths {
        let bits = range.len() * 8;
        for turn in 0..each.min(bits) {
            let bit = if bits <= each { turn } else { random.random_range(0..bits) };
            let mut changed = files.clone();
            changed.get_mut(*path).unwrap()[range.start + bit / 8] ^= 1 << (bit % 8);
            let result = verified(updater, &changed).result;
            assert!(!result.is_authentic(), "{path}: bit {bit} of {range:?}: {}", result.word());
        }
    }
}
