mod deltas;
mod flips;

use std::fmt::Write as _;

use aes_gcm::aead::{Aead as _, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use serde_json::{Value, json};

use super::*;
use crate::model::Digest;

const NOW: i64 = 1_796_083_200;
const KEK: [u8; 32] = [7; 32];
const BUNDLE: &[u8] = b"PK\x03\x04 a bundle that nobody unpacks here";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn spki(key: &SigningKey) -> String {
    // SubjectPublicKeyInfo of id-ecPublicKey with prime256v1 (RFC 5480), without the point.
    let mut der = crypto::hex("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
    der.extend_from_slice(key.verifying_key().to_sec1_point(false).as_bytes());
    STANDARD.encode(der)
}

fn config() -> Value {
    json!({"appId": "com.example", "plugins": {"OtaKit": {
        "appId": "app_demo", "channel": "production", "cdnUrl": "https://updates.example.com",
        "manifestKeys": [{"kid": "k1", "key": spki(&key(1))}],
        "bundleKeys": [{"kid": "b1", "key": STANDARD.encode(KEK)}],
    }}})
}

fn manifest(bytes: &[u8]) -> Value {
    json!({"version": "1.2.3", "url": "https://cdn.example.com/bundle.zip", "sha256": Digest::of(bytes).hex(),
        "size": bytes.len(), "runtimeVersion": null, "releaseId": "rel_1", "strategy": "zip", "forceImmediate": false,
        "encryption": null})
}

/// Signs as the vendor's server does; written apart from the code under test.
fn sign(manifest: &mut Value, key: &SigningKey, second: bool, issued: i64, expires: i64) {
    let text = |field: &str| manifest[field].as_str().unwrap_or("null").to_owned();
    let mut payload = format!(
        "MANIFEST\nappId:app_demo\nchannel:production\nversion:{}\nsha256:{}\nsize:{}\nruntimeVersion:{}",
        text("version"),
        text("sha256"),
        manifest["size"],
        text("runtimeVersion")
    );
    if second {
        let encryption = manifest["encryption"].as_object().map_or_else(
            || "null".to_owned(),
            |one| {
                ["alg", "kid", "wrapNonce", "wrappedDek", "nonce"]
                    .map(|field| one[field].as_str().unwrap().to_owned())
                    .join("|")
            },
        );
        let force = manifest["forceImmediate"].as_bool().unwrap_or(false);
        let strategy = manifest["strategy"].as_str().unwrap_or("zip");
        write!(payload, "\nstrategy:{strategy}\nforceImmediate:{force}\nencryption:{encryption}").unwrap();
    }
    write!(payload, "\nkid:k1\niat:{issued}\nexp:{expires}").unwrap();
    let signature: EcdsaSignature = key.sign(payload.as_bytes());
    let sig = URL_SAFE_NO_PAD.encode(signature.to_der().as_bytes());
    manifest["signature"] = json!({"kid": "k1", "sig": sig, "iat": issued, "exp": expires});
}

fn signed(bytes: &[u8]) -> Value {
    let mut manifest = manifest(bytes);
    sign(&mut manifest, &key(1), true, NOW - 1000, NOW + 1000);
    manifest
}

fn delivery(config: &Value, manifest: &Value, bundle: &[u8]) -> Delivery {
    crate::facts::testing::delivery(vec![
        ("capacitor.config.json", config.to_string().into_bytes()),
        ("manifest.json", manifest.to_string().into_bytes()),
        ("bundle.zip", bundle.to_vec()),
    ])
}

fn word(delivery: &Delivery) -> String {
    verify(delivery).result.word().into_owned()
}

fn outcome(manifest: &Value) -> String {
    word(&delivery(&config(), manifest, BUNDLE))
}

#[test]
fn a_signed_release_is_valid_in_both_payloads() {
    let release = delivery(&config(), &signed(BUNDLE), BUNDLE);
    let verification = verify(&release);
    assert_eq!((verification.result, verification.generation), (Verdict::Valid, Some("v2")), "{verification:#?}");
    assert!(verification.issues.is_empty());
    assert!(verification.key.is_some_and(|key| key.faults.is_empty()));
    assert!(matches!(verification.content, Some(PlainContent::Delivered(path)) if path == "bundle.zip"));
    assert_eq!(recognise(&release), Some(98));

    let mut first = manifest(BUNDLE);
    for field in ["strategy", "forceImmediate", "encryption"] {
        first.as_object_mut().unwrap().remove(field);
    }
    sign(&mut first, &key(1), false, NOW - 1000, NOW + 1000);
    let verification = verify(&delivery(&config(), &first, BUNDLE));
    assert_eq!((verification.result, verification.generation), (Verdict::Valid, Some("v1")));
    sign(&mut first, &key(1), true, NOW - 1000, NOW + 1000);
    assert_eq!(verify(&delivery(&config(), &first, BUNDLE)).generation, Some("v2"), "defaults are signed too");
    sign(&mut first, &key(1), false, NOW - 1000, NOW + 1000);
    first["forceImmediate"] = json!(true);
    assert_eq!(outcome(&first), "reject:signature_invalid", "a field that payload v1 does not cover");
}

#[test]
fn every_signed_field_is_compared() {
    for (field, value) in [
        ("version", json!("1.2.4")),
        ("sha256", json!(Digest::of(b"other").hex())),
        ("size", json!(1)),
        ("runtimeVersion", json!("2")),
        ("strategy", json!("deltas")),
        ("forceImmediate", json!(true)),
        ("encryption", json!({"alg": "A", "kid": "b1", "wrapNonce": "x", "wrappedDek": "x", "nonce": "x"})),
    ] {
        let mut manifest = signed(BUNDLE);
        manifest[field] = value;
        assert_eq!(outcome(&manifest), "reject:signature_invalid", "{field}");
    }
    for (field, value) in [("appId", "other"), ("channel", "beta")] {
        let mut config = config();
        config["plugins"]["OtaKit"][field] = json!(value);
        assert_eq!(word(&delivery(&config, &signed(BUNDLE), BUNDLE)), "reject:signature_invalid", "{field}");
    }
    let mut manifest = signed(BUNDLE);
    manifest["signature"]["exp"] = json!(NOW + 2000);
    assert_eq!(outcome(&manifest), "reject:signature_invalid");
    let mut config = config();
    config["plugins"]["OtaKit"]["manifestKeys"][0]["key"] = json!(spki(&key(2)));
    assert_eq!(word(&delivery(&config, &signed(BUNDLE), BUNDLE)), "reject:signature_invalid", "another key");
}

#[test]
fn signatures_are_missing_unknown_or_out_of_date() {
    let mut manifest = signed(BUNDLE);
    manifest.as_object_mut().unwrap().remove("signature");
    assert_eq!(outcome(&manifest), "reject:signature_missing");
    for field in ["kid", "sig", "iat", "exp"] {
        let mut manifest = signed(BUNDLE);
        manifest["signature"].as_object_mut().unwrap().remove(field);
        assert_eq!(outcome(&manifest), "reject:signature_missing", "{field}");
    }
    let mut manifest = signed(BUNDLE);
    manifest["signature"]["kid"] = json!("k2");
    assert_eq!(outcome(&manifest), "reject:kid_unknown");
    for (issued, expires, expected) in [
        (NOW - 9, NOW, "reject:signature_expired"),
        (NOW - 9, NOW - 1, "reject:signature_expired"),
        (NOW - 9, NOW + 1, "valid"),
        (NOW + CLOCK_SKEW_SECONDS, NOW + 999_999, "valid"),
        (NOW + CLOCK_SKEW_SECONDS + 1, NOW + 999_999, "reject:signature_not_yet_valid"),
    ] {
        let mut manifest = self::manifest(BUNDLE);
        sign(&mut manifest, &key(1), true, issued, expires);
        assert_eq!(outcome(&manifest), expected, "{issued} {expires}");
    }
}

#[test]
fn the_bundle_is_compared() {
    let manifest = signed(BUNDLE);
    let mut other = BUNDLE.to_vec();
    other[9] ^= 1;
    assert_eq!(word(&delivery(&config(), &manifest, &other)), "reject:sha256_mismatch");
    assert_eq!(word(&delivery(&config(), &manifest, &other[1..])), "reject:size_mismatch");
    let mut without = delivery(&config(), &manifest, BUNDLE);
    without.files.retain(|file| file.path != "bundle.zip");
    assert_eq!(word(&without), "reject:file_missing");
    let mut small = delivery(&config(), &manifest, BUNDLE);
    small.limits.archive_bytes = 3;
    assert_eq!(word(&small), "reject:unreadable");
}

#[test]
fn without_keys_only_the_digest_speaks() {
    let mut config = config();
    config["plugins"]["OtaKit"].as_object_mut().unwrap().remove("manifestKeys");
    let verification = verify(&delivery(&config, &signed(BUNDLE), BUNDLE));
    assert_eq!(verification.result, Verdict::UnsignedSha256Ok);
    assert_eq!(verification.issues, ["manifest_keys_missing"]);
    assert!(verification.not_covered.contains(&"version_not_authenticated"));
    let mut other = BUNDLE.to_vec();
    other[9] ^= 1;
    assert_eq!(word(&delivery(&config, &signed(BUNDLE), &other)), "reject:sha256_mismatch");
    let mut stated = delivery(&config, &signed(BUNDLE), BUNDLE);
    stated.stated.public_key = Some(spki(&key(1)));
    assert_eq!(word(&stated), "valid", "the key that was stated");

    config["plugins"]["OtaKit"]["cdnUrl"] = json!("https://cdn.otakit.app/");
    assert_eq!(word(&delivery(&config, &signed(BUNDLE), BUNDLE)), "reject:kid_unknown", "the vendor's key is built in");
    config["plugins"]["OtaKit"].as_object_mut().unwrap().remove("cdnUrl");
    assert_eq!(word(&delivery(&config, &manifest(BUNDLE), BUNDLE)), "reject:signature_missing");
    assert!(matches!(Config::find(&delivery(&config, &manifest(BUNDLE), BUNDLE)).unwrap().trusted(None),
        Trusted::Keys(keys) if read_key(&keys[0]).is_some()));
}

#[test]
fn broken_configuration_fails_closed() {
    for (keys, expected) in [
        (json!("text"), "reject:key_invalid"),
        (json!([{"kid": "k1"}]), "reject:key_invalid"),
        (json!([{"kid": "k1", "key": "AAAA"}]), "reject:key_invalid"),
        (json!([{"kid": "k0", "key": spki(&key(1))}]), "reject:kid_unknown"),
    ] {
        let mut config = config();
        config["plugins"]["OtaKit"]["manifestKeys"] = keys.clone();
        assert_eq!(word(&delivery(&config, &signed(BUNDLE), BUNDLE)), expected, "{keys}");
    }
    let mut config = config();
    config["plugins"]["OtaKit"].as_object_mut().unwrap().remove("appId");
    assert_eq!(word(&delivery(&config, &signed(BUNDLE), BUNDLE)), "reject:app_id_missing");
    let no_config = delivery(&json!({"webDir": "www"}), &signed(BUNDLE), BUNDLE);
    assert_eq!((word(&no_config).as_str(), recognise(&no_config)), ("reject:key_missing", Some(85)));
}

#[test]
fn ambiguous_metadata_is_refused() {
    let twice = signed(BUNDLE).to_string().replacen('{', "{\"version\":\"0\",", 1);
    let mut files = vec![
        ("capacitor.config.json", config().to_string().into_bytes()),
        ("manifest.json", twice.into_bytes()),
        ("bundle.zip", BUNDLE.to_vec()),
    ];
    assert_eq!(word(&crate::facts::testing::delivery(files.clone())), "reject:metadata_ambiguous");
    files[1].1 = signed(BUNDLE).to_string().into_bytes();
    files.push(("other/manifest.json", signed(BUNDLE).to_string().into_bytes()));
    assert_eq!(word(&crate::facts::testing::delivery(files.clone())), "reject:metadata_ambiguous");
    files.pop();
    files[0].1 = config().to_string().replacen('{', "{\"plugins\":{},", 1).into_bytes();
    assert_eq!(word(&crate::facts::testing::delivery(files)), "reject:metadata_ambiguous");

    // The lines of payload v2 moved into the last field of payload v1: the signature covers the same text.
    let mut manifest = manifest(BUNDLE);
    manifest["forceImmediate"] = json!(true);
    sign(&mut manifest, &key(1), true, NOW - 1000, NOW + 1000);
    for field in ["strategy", "forceImmediate", "encryption"] {
        manifest.as_object_mut().unwrap().remove(field);
    }
    manifest["runtimeVersion"] = json!("null\nstrategy:zip\nforceImmediate:true\nencryption:null");
    assert_eq!(outcome(&manifest), "reject:metadata_ambiguous");
    let mut manifest = signed(BUNDLE);
    manifest["runtimeVersion"] = json!("null");
    assert_eq!(outcome(&manifest), "reject:metadata_ambiguous");
}

#[test]
fn invalid_metadata_is_refused() {
    for (field, value) in
        [("size", json!(-1)), ("size", json!("40")), ("version", json!(1)), ("sha256", json!(null)), ("url", json!(1))]
    {
        let mut manifest = signed(BUNDLE);
        manifest[field] = value;
        assert_eq!(outcome(&manifest), "reject:metadata_invalid", "{field}");
    }
    let mut manifest = manifest(BUNDLE);
    manifest["strategy"] = json!("patch");
    sign(&mut manifest, &key(1), true, NOW - 1000, NOW + 1000);
    assert_eq!(outcome(&manifest), "reject:strategy_unknown");
}

#[test]
fn what_is_wrong_beside_the_result_is_an_issue() {
    let mut manifest = signed(BUNDLE);
    manifest["url"] = json!("http://cdn.example.com/bundle.zip");
    manifest.as_object_mut().unwrap().remove("releaseId");
    let verification = verify(&delivery(&config(), &manifest, BUNDLE));
    assert_eq!(verification.result, Verdict::Valid);
    assert_eq!(verification.issues, ["release_id_missing", "update_url_cleartext"]);
    let mut config = config();
    config["plugins"]["OtaKit"]["runtimeVersion"] = json!("7");
    assert_eq!(verify(&delivery(&config, &signed(BUNDLE), BUNDLE)).issues, ["runtime_version_mismatch"]);
    for (url, insecure, expected) in [
        ("HTTPS://a", false, true),
        ("http://localhost:3000/x", true, true),
        ("http://localhost", false, false),
        ("http://localhost@evil/", true, false),
        ("http://127.0.0.1.evil/", true, false),
        ("ftp://a", true, false),
    ] {
        assert_eq!(is_secure(url, insecure), expected, "{url}");
    }
}

#[test]
fn a_configuration_alone_is_judged() {
    let only = |config: &Value| crate::facts::testing::delivery(vec![("c.json", config.to_string().into_bytes())]);
    assert_eq!((word(&only(&config())).as_str(), recognise(&only(&config()))), ("nothing_to_verify", Some(40)));
    let mut config = config();
    config["plugins"]["OtaKit"]["manifestKeys"] = json!([]);
    config["plugins"]["OtaKit"]["cdnUrl"] = json!("http://updates.example.com");
    let verification = verify(&only(&config));
    assert_eq!(verification.result, Verdict::ConfigFinding);
    assert_eq!(verification.issues, ["manifest_keys_missing", "update_url_cleartext"]);
    let mut bundle = delivery(&config, &json!({}), BUNDLE);
    assert_eq!(word(&bundle), "reject:file_missing");
    bundle.documents.clear();
    assert_eq!((word(&bundle).as_str(), recognise(&bundle)), ("nothing_to_verify", None));
}

fn sealed(key: &[u8; 32], nonce: &[u8; 12], plain: &[u8]) -> Vec<u8> {
    let nonce: &aes_gcm::Nonce<_> = nonce.into();
    aes_gcm::Aes256Gcm::new(key.into()).encrypt(nonce, plain).unwrap()
}

fn encrypted() -> (Value, Vec<u8>) {
    let (key_of_bundle, wrap_nonce, nonce) = ([9; 32], [1; 12], [0xFB; 12]);
    let bundle = sealed(&key_of_bundle, &nonce, BUNDLE);
    let mut manifest = manifest(&bundle);
    manifest["encryption"] = json!({"alg": "A256GCM", "kid": "b1", "wrapNonce": STANDARD.encode(wrap_nonce),
        "wrappedDek": URL_SAFE_NO_PAD.encode(sealed(&KEK, &wrap_nonce, &key_of_bundle)),
        "nonce": URL_SAFE_NO_PAD.encode(nonce)});
    sign(&mut manifest, &key(1), true, NOW - 1000, NOW + 1000);
    (manifest, bundle)
}

#[test]
fn encrypted_bundles_are_decrypted() {
    let (manifest, bundle) = encrypted();
    let verification = verify(&delivery(&config(), &manifest, &bundle));
    assert_eq!(verification.result, Verdict::Valid, "{verification:#?}");
    assert!(matches!(verification.content, Some(PlainContent::Zip(plain, _)) if plain == BUNDLE));
    for (kid, bundle_key, expected) in [
        ("b2", STANDARD.encode(KEK), "reject:bundle_key_missing"),
        ("b1", STANDARD.encode([7; 31]), "reject:bundle_key_missing"),
        ("b1", STANDARD.encode([8; 32]), "reject:decryption_failed"),
    ] {
        let mut config = config();
        config["plugins"]["OtaKit"]["bundleKeys"] = json!([{"kid": kid, "key": bundle_key}]);
        assert_eq!(word(&delivery(&config, &manifest, &bundle)), expected);
    }
    for field in ["wrapNonce", "wrappedDek", "nonce"] {
        for text in ["AAAAAAAAAAAAAAAA", "!", "AAAA"] {
            let mut manifest = manifest.clone();
            manifest["encryption"][field] = json!(text);
            sign(&mut manifest, &key(1), true, NOW - 1000, NOW + 1000);
            assert_eq!(word(&delivery(&config(), &manifest, &bundle)), "reject:decryption_failed", "{field} {text}");
        }
    }
}
