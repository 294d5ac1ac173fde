use rand::RngExt as _;

use super::*;

#[expect(clippy::disallowed_methods, reason = "a larger run is asked for by the environment")]
fn flips() -> usize {
    std::env::var("OTAUDIT_FLIPS").ok().and_then(|flips| flips.parse().ok()).unwrap_or(300)
}

/// Flips bits of the bundle, of raw signatures, and of all that minisign and DSSE sign.
pub(crate) fn flipped_bits_are_never_valid(flips: usize) {
    let mut random = numbers(45);
    let mut releases: Vec<Files> = detached()
        .into_iter()
        .map(|(signature, key, _)| vec![("k.pem", key.into_bytes()), ("bundle.zip.sig", signature)])
        .collect();
    let (file, key) = minisigned("timestamp:1");
    releases.push(vec![("k.pub", key.into_bytes()), ("bundle.zip.minisig", file.into_bytes())]);
    let good = envelope("application/vnd.in-toto+json", &statement(&hex(&Sha256::digest(BUNDLE))));
    releases.push(vec![("k.pem", p256_pem().into_bytes()), ("bundle.dsse.json", good.to_string().into_bytes())]);
    for files in releases {
        assert_eq!(outcome(files.clone()), "valid");
        for _ in 0..(flips / 8).max(1) {
            let mut files = files.clone();
            files.push(("bundle.zip", BUNDLE.to_vec()));
            let which = random.random_range(1..3);
            let (name, bytes) = &mut files[which];
            let at = random.random_range(0..bytes.len() * 8);
            bytes[at / 8] ^= 1 << (at % 8);
            let changed = bytes.clone();
            // Minisign's first line is the untrusted comment; DSSE does not sign `keyid`, and a blank in JSON is no change.
            let is_comment = name.ends_with(".minisig") && at / 8 < "untrusted comment: x\n".len();
            let is_key_number = name.ends_with(".json")
                && serde_json::from_slice::<serde_json::Value>(&changed).is_ok_and(|value| {
                    ["payloadType", "payload"].iter().all(|field| value[*field] == good[*field])
                        && value["signatures"][0]["sig"] == good["signatures"][0]["sig"]
                });
            let valid = verify(&crate::facts::testing::delivery(files)).result.is_authentic();
            assert!(!valid || is_comment || is_key_number, "bit {at} of file {which}");
        }
    }
}

#[test]
fn bit_flips() {
    flipped_bits_are_never_valid(flips());
}
