use rsa::PrivateKey;
use serde_json::{Value, json};
use sha2::{Sha384, Sha512};

use super::*;
use crate::facts::testing::{OTHER_RSA, RSA};
use crate::facts::updaters::parts_testing::{
    Files, assert_no_flip_passes, base64, base64_url, delivery, issues, sign, spki, verified, word,
};

const FILES: [(&str, &[u8]); 3] = [("index.html", b"<html>"), ("assets/a.js", b"alert(1)"), ("empty", b"")];
const SIGNED: &str = "www/live-update-manifest.json";
const PLAIN: &str = "www/pro-manifest.json";

fn integrity(bytes: &[u8]) -> String {
    let (one, two, three) = (Sha256::digest(bytes), Sha384::digest(bytes), Sha512::digest(bytes));
    format!("sha256-{} sha384-{} sha512-{}", base64(&one), base64(&two), base64(&three))
}

fn list() -> Value {
    FILES
        .iter()
        .map(|(href, bytes)| json!({"href": href, "size": bytes.len(), "integrity": integrity(bytes)}))
        .collect()
}

fn jws(key: &PrivateKey, header: &str, list: &Value) -> Value {
    let (protected, payload) = (base64_url(header.as_bytes()), base64_url(list.to_string().as_bytes()));
    let signature = base64_url(&sign(key, format!("{protected}.{payload}").as_bytes()));
    json!({"payload": payload, "signatures": [{"protected": protected, "signature": signature}]})
}

fn with(files: &Files, path: &str, bytes: impl AsRef<[u8]>) -> Files {
    let mut files = files.clone();
    files.insert(path.to_owned(), bytes.as_ref().to_vec());
    files
}

fn without(files: &Files, path: &str) -> Files {
    let mut files = files.clone();
    files.remove(path).unwrap();
    files
}

fn content(block: &Value) -> Files {
    let files = FILES.iter().map(|(href, bytes)| (format!("www/{href}"), bytes.to_vec())).collect();
    with(&files, "capacitor.config.json", json!({"appId": "a", "plugins": {"LiveUpdates": block}}).to_string())
}

fn plain() -> Files {
    with(&content(&json!({"appId": "a"})), PLAIN, list().to_string())
}

fn signed() -> Files {
    let files = content(&json!({"appId": "a", "key": "./keys/appflow.pem"}));
    let files = with(&files, SIGNED, jws(&RSA, r#"{"alg":"RS256"}"#, &list()).to_string());
    with(&files, "keys/appflow.pem", spki(&RSA))
}

fn result(files: &Files) -> String {
    word(&UPDATER, files)
}

#[test]
fn lists_without_a_signature() {
    let good = plain();
    let verification = verified(&UPDATER, &good);
    assert_eq!(verification.result.word(), "unsigned_sri_ok");
    assert_eq!((verification.confidence, verification.generation), (Confidence::Certain, Some("manifest")));
    assert!(verification.issues.is_empty(), "{:?}", verification.issues);
    assert!(verification.not_covered.contains(&"content_not_authenticated"));
    assert_eq!((UPDATER.recognise)(&delivery(&good)), Some(95));
    assert_eq!(result(&with(&good, "www/index.html", "<html!")), "reject:integrity_mismatch");
    assert_eq!(result(&without(&good, "www/index.html")), "reject:file_missing");
    assert_eq!(issues(&UPDATER, &with(&good, "www/more.js", "x")), ["files_not_in_manifest"]);
    assert!(issues(&UPDATER, &with(&good, "www/assets/a.js.map", "x")).is_empty(), "the tool skips it");

    let keyed = with(&content(&json!({"key": "k.pem"})), PLAIN, list().to_string());
    assert_eq!(result(&keyed), "reject:signature_missing");
    let empty = with(&content(&json!({"key": ""})), PLAIN, list().to_string());
    assert_eq!(result(&empty), "unsigned_sri_ok");
    assert_eq!(result(&with(&good, PLAIN, "[1]")), "reject:metadata_invalid");
    assert_eq!(result(&with(&good, PLAIN, "rubbish")), "reject:metadata_invalid");
    assert_eq!(result(&with(&good, "b/pro-manifest.json", list().to_string())), "reject:metadata_ambiguous");
    let repeated = list().to_string().replacen('{', "{\"href\":\"x\",", 1);
    assert_eq!(result(&with(&good, PLAIN, repeated)), "reject:metadata_ambiguous");
    assert_eq!(result(&content(&json!({}))), "nothing_to_verify");
    let mut small = delivery(&good);
    small.limits.total_bytes = 10;
    assert_eq!((UPDATER.verify)(&small).result.word(), "reject:too_large");
}

#[test]
fn every_hash_must_agree() {
    let bytes = b"<html>";
    let with_entry = |entry: Value| with(&content(&json!({})), PLAIN, json!([entry]).to_string());
    let entry = |integrity: &str| with_entry(json!({"href": "index.html", "integrity": integrity, "size": 6}));
    let good = integrity(bytes);
    let wrong = base64(&Sha512::digest(b"x"));
    assert_eq!(result(&entry(&good)), "unsigned_sri_ok");
    assert_eq!(result(&entry(&format!("{good} sha512-{wrong}"))), "reject:integrity_mismatch");
    assert_eq!(result(&entry("sha256-")), "reject:integrity_mismatch");
    for weak in ["", "md5-xx", "sha1-xx", "SHA256-xx", "rubbish"] {
        assert_eq!(result(&entry(weak)), "reject:no_integrity", "{weak}");
    }
    assert_eq!(result(&with_entry(json!({"href": "index.html", "size": 6}))), "reject:no_integrity");
    let odd = entry(&format!("{good} md5-xx"));
    assert_eq!(result(&odd), "unsigned_sri_ok");
    assert!(issues(&UPDATER, &odd).contains(&"integrity_algorithm_weak".to_owned()));
    for size in [json!(7), json!(-1), json!("6"), json!(1e300)] {
        let files = with_entry(json!({"href": "index.html", "integrity": good, "size": size}));
        assert_eq!(result(&files), "reject:size_mismatch", "{size}");
    }
    // An entry of the device's does not tell the auditor where to look.
    let local = json!({"href": "gone.js", "local": "index.html", "integrity": good, "size": 6});
    assert_eq!(result(&with_entry(local)), "reject:file_missing");
}

#[test]
fn names_are_hostile() {
    let entry = |href: &str| json!({"href": href, "size": 0, "integrity": integrity(b"")});
    let release = |list: Value| with(&content(&json!({})), PLAIN, list.to_string());
    for href in ["../x", "/etc/x", "a\\b", ""] {
        assert_eq!(result(&release(json!([entry(href)]))), "reject:path_traversal", "{href}");
        let jws = jws(&RSA, r#"{"alg":"RS256"}"#, &json!([entry(href)]));
        assert_eq!(result(&with(&signed(), SIGNED, jws.to_string())), "reject:path_traversal", "{href}");
    }
    assert_eq!(result(&release(json!([entry("empty"), entry("Empty")]))), "reject:duplicate_target");
}

#[test]
fn signed_lists() {
    let good = signed();
    let verification = verified(&UPDATER, &good);
    assert_eq!(verification.result.word(), "valid");
    assert_eq!((verification.confidence, verification.generation), (Confidence::Possible, Some("signed-manifest")));
    assert!(verification.issues.is_empty(), "{:?}", verification.issues);
    assert!(!verification.not_covered.contains(&"set_not_authenticated"));
    assert_eq!(result(&with(&good, "www/index.html", "<html!")), "reject:integrity_mismatch");
    assert_eq!(result(&without(&good, "www/index.html")), "reject:file_missing");
    let put = |value: &Value| with(&good, SIGNED, value.to_string());
    let valid = jws(&RSA, r#"{"alg":"RS256"}"#, &list());
    assert_eq!(result(&put(&jws(&OTHER_RSA, r#"{"alg":"RS256"}"#, &list()))), "reject:signature_invalid");
    let mut edited = valid.clone();
    edited["payload"] = json!(base64_url(json!([list()[0]]).to_string().as_bytes()));
    assert_eq!(result(&put(&edited)), "reject:signature_invalid");
    edited["payload"] = json!("***");
    assert_eq!(result(&put(&edited)), "reject:signature_invalid");
    let headers = [
        (r#"{"alg":"none"}"#, "alg_none"),
        (r#"{"alg":"NONE"}"#, "alg_none"),
        (r#"{"alg":"HS256"}"#, "alg_hs256"),
        (r#"{"alg":"PS256"}"#, "alg_ps256"),
        (r#"{"alg":"RS512"}"#, "alg_rs512"),
        ("{}", "alg_missing"),
        (r#"{"alg":"none","alg":"RS256"}"#, "metadata_ambiguous"),
        (r#"{"alg":"RS256","crit":["x"]}"#, "crit_not_accepted"),
        (r#"{"alg":"RS256","b64":false}"#, "crit_not_accepted"),
        ("rubbish", "signature_invalid"),
    ];
    for (header, reason) in headers {
        assert_eq!(result(&put(&jws(&RSA, header, &list()))), format!("reject:{reason}"), "{header}");
    }
    for signatures in [json!([]), Value::Null, json!([{}]), json!([{"protected": "x"}])] {
        let mut bare = valid.clone();
        bare["signatures"] = signatures;
        assert_eq!(result(&put(&bare)), "reject:signature_missing");
    }
    let mut added = valid.clone();
    added["signatures"]
        .as_array_mut()
        .unwrap()
        .push(json!({"protected": base64_url(b"{\"alg\":\"none\"}"), "signature": ""}));
    assert_eq!(result(&put(&added)), "reject:alg_none");
    let flat = json!({
        "payload": valid["payload"],
        "protected": valid["signatures"][0]["protected"],
        "signature": valid["signatures"][0]["signature"]
    });
    assert_eq!(result(&put(&flat)), "valid");
    let repeated = valid.to_string().replacen('{', "{\"payload\":\"\",", 1);
    assert_eq!(result(&with(&good, SIGNED, repeated)), "reject:metadata_ambiguous");
    assert_eq!(result(&put(&jws(&RSA, r#"{"alg":"RS256"}"#, &json!({})))), "reject:metadata_invalid");
}

#[test]
fn the_key_is_the_apps() {
    let good = signed();
    let bare = without(&good, "keys/appflow.pem");
    assert_eq!(result(&bare), "reject:key_missing");
    assert_eq!(result(&with(&bare, "public.pem", spki(&RSA))), "valid");
    assert_eq!(result(&with(&bare, "public.pem", spki(&OTHER_RSA))), "reject:signature_invalid");
    assert_eq!(result(&with(&good, "public.pem", spki(&OTHER_RSA))), "valid", "the named one counts");
    assert_eq!(result(&with(&bare, "ios/appflow.pem", spki(&RSA))), "valid");
    let two = with(&with(&bare, "a.pem", spki(&RSA)), "b.pem", spki(&OTHER_RSA));
    assert_eq!(result(&two), "reject:key_ambiguous");
    let broken = "-----BEGIN PUBLIC KEY-----AAAA-----END PUBLIC KEY-----";
    assert_eq!(result(&with(&good, "keys/appflow.pem", broken)), "reject:key_invalid");
    let mut stated = delivery(&bare);
    stated.stated.public_key = Some(spki(&RSA));
    assert_eq!((UPDATER.verify)(&stated).result, Verdict::Valid);
    let mut stated = delivery(&good);
    stated.stated.public_key = Some(spki(&OTHER_RSA));
    assert_eq!((UPDATER.verify)(&stated).result.word(), "reject:key_ambiguous");

    // An app that names no key checks nothing; without the app the key file speaks for it.
    let unkeyed = with(&good, "capacitor.config.json", r#"{"plugins": {"LiveUpdates": {}}}"#);
    assert_eq!(result(&unkeyed), "unsigned_sri_ok");
    assert_eq!(issues(&UPDATER, &unkeyed), ["signature_not_checked_by_app"]);
    assert_eq!(result(&without(&good, "capacitor.config.json")), "valid");
    let number = with(&good, "capacitor.config.json", r#"{"plugins": {"LiveUpdates": {"key": 1}}}"#);
    assert_eq!(result(&number), "reject:key_invalid");
    assert_eq!(result(&with(&good, "capacitor.config.json", "{")), "reject:config_unreadable");
    let federated = r#"{"plugins": {"FederatedCapacitor": {"liveUpdatesKey": "keys/appflow.pem"}}}"#;
    assert_eq!(result(&with(&good, "capacitor.config.json", federated)), "valid");
}

#[test]
fn no_flipped_bit_is_authentic() {
    // Left out: the names and punctuation of the JWS itself, which no signature covers and which only make it
    // unreadable, and what a JSON escape could stand for.
    let release = signed();
    let text = String::from_utf8(release[SIGNED].clone()).unwrap();
    let value = |name: &str| {
        let start = text.find(&format!("\"{name}\":\"")).unwrap() + name.len() + 4;
        start..start + text.get(start..).unwrap().find('"').unwrap()
    };
    let parts = [
        (SIGNED, value("payload")),
        (SIGNED, value("protected")),
        (SIGNED, value("signature")),
        ("www/index.html", 0..6),
        ("www/assets/a.js", 0..8),
    ];
    assert_no_flip_passes(&UPDATER, &release, &parts);
}
