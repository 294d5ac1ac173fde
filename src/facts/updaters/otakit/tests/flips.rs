use rand::RngExt as _;

use super::deltas::{FILES, delta, delta_delivery};
use super::*;
use crate::facts::testing::numbers;

#[expect(clippy::disallowed_methods, reason = "a larger run is asked for by the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Flips bits of the bundle and of the values that are signed. The writing of the digest is no exception: the case of its
/// letters is signed.
pub(crate) fn flipped_bits_are_never_valid(flips: usize) {
    let mut random = numbers(44);
    let plain = (signed(BUNDLE), BUNDLE.to_vec());
    let delta = delta(&FILES);
    for (manifest, bundle) in [plain, encrypted()] {
        for _ in 0..flips / 3 {
            let at = random.random_range(0..bundle.len() * 8);
            let mut other = bundle.clone();
            other[at / 8] ^= 1 << (at % 8);
            assert!(!verify(&delivery(&config(), &manifest, &other)).result.is_authentic(), "bit {at}");
        }
        let fields = ["/version", "/sha256", "/strategy", "/signature/sig", "/signature/kid", "/encryption/alg"];
        let fields = fields.into_iter().chain(["/encryption/kid", "/encryption/nonce", "/encryption/wrappedDek"]);
        for pointer in fields.filter(|pointer| manifest.pointer(pointer).is_some()).collect::<Vec<_>>() {
            for _ in 0..(flips / 30).max(1) {
                let other = with_flipped_text(&manifest, pointer, &mut random);
                assert!(!verify(&delivery(&config(), &other, &bundle)).result.is_authentic(), "{pointer}");
            }
        }
        for pointer in ["/size", "/signature/iat", "/signature/exp"] {
            for bit in 0..40 {
                let mut other = manifest.clone();
                let value = other.pointer_mut(pointer).unwrap();
                *value = json!(value.as_i64().unwrap() ^ (1 << bit));
                assert!(!verify(&delivery(&config(), &other, &bundle)).result.is_authentic(), "{pointer} {bit}");
            }
        }
    }
    for _ in 0..flips / 3 {
        let field = ["path", "sha256"][random.random_range(0..2)];
        let pointer = format!("/files/{}/{field}", random.random_range(0..3));
        let other = with_flipped_text(&delta, &pointer, &mut random);
        let is_case_of_digest = field == "sha256"
            && other.pointer(&pointer).unwrap().as_str().unwrap().to_lowercase() == *delta.pointer(&pointer).unwrap();
        // The plugin compares the digests of files without regard to case.
        assert!(is_case_of_digest || !verify(&delta_delivery(&other, &FILES)).result.is_authentic(), "{pointer}");
    }
}

fn with_flipped_text(manifest: &Value, pointer: &str, random: &mut rand::rngs::StdRng) -> Value {
    let mut other = manifest.clone();
    let value = other.pointer_mut(pointer).unwrap();
    let mut bytes = value.as_str().unwrap().as_bytes().to_vec();
    // Not the top bit, so that it remains a text.
    let at = random.random_range(0..bytes.len());
    bytes[at] ^= 1 << random.random_range(0..7);
    *value = json!(String::from_utf8(bytes).unwrap());
    other
}

#[test]
fn bit_flips() {
    flipped_bits_are_never_valid(environment("OTAUDIT_FLIPS").and_then(|flips| flips.parse().ok()).unwrap_or(300));
}
