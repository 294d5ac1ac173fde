use rsa::PrivateKey;
use serde_json::{Value, json};

use super::*;
use crate::facts::testing::{OTHER_RSA, RSA};
use crate::facts::updaters::parts_testing::{
    Files, assert_no_flip_passes, base64, delivery, issues, sha256, sign, spki, verified, word,
};

const ZIP: &[u8] = b"PK\x03\x04 an archive for all that the signature cares";

fn put(files: &mut Files, path: &str, value: &Value) {
    files.insert(path.to_owned(), serde_json::to_vec(value).unwrap());
}

fn config(files: &mut Files, key: Option<&str>) {
    let block = key.map_or_else(|| json!({"appId": "x"}), |key| json!({"appId": "x", "publicKey": key}));
    put(files, "capacitor.config.json", &json!({"appId": "a", "plugins": {"LiveUpdate": block}}));
}

fn zip(key: Option<&PrivateKey>) -> Files {
    let mut files = Files::new();
    config(&mut files, key.map(spki).as_deref());
    let signature = key.map(|key| base64(&sign(key, ZIP)));
    let record = json!({"artifactType": "zip", "checksum": sha256(ZIP), "signature": signature});
    put(&mut files, "record.json", &record);
    files.insert("bundle.zip".to_owned(), ZIP.to_vec());
    files
}

fn edit(files: &Files, path: &str, change: impl Fn(&mut Value)) -> Files {
    let mut files = files.clone();
    let mut value: Value = serde_json::from_slice(&files[path]).unwrap();
    change(&mut value);
    put(&mut files, path, &value);
    files
}

fn without(files: &Files, path: &str) -> Files {
    let mut files = files.clone();
    files.remove(path).unwrap();
    files
}

fn with(files: &Files, path: &str, bytes: &[u8]) -> Files {
    let mut files = files.clone();
    files.insert(path.to_owned(), bytes.to_vec());
    files
}

fn result(files: &Files) -> String {
    word(&UPDATER, files)
}

#[test]
fn zips_with_a_key() {
    let good = zip(Some(&RSA));
    let verification = verified(&UPDATER, &good);
    assert_eq!(verification.result.word(), "valid");
    assert_eq!(verification.generation, Some("zip"));
    assert!(verification.issues.is_empty());
    assert!(verification.not_covered.contains(&"version_not_authenticated"));
    assert_eq!(verification.subject.unwrap().path, "bundle.zip");
    assert_eq!((UPDATER.recognise)(&delivery(&good)), Some(95));

    let mut changed = ZIP.to_vec();
    changed[20] ^= 1;
    assert_eq!(result(&with(&good, "bundle.zip", &changed)), "reject:signature_invalid");
    changed[0] ^= 1;
    assert_eq!(result(&with(&good, "bundle.zip", &changed)), "reject:signature_invalid");
    let unnamed = with(&without(&good, "bundle.zip"), "download", &changed);
    assert_eq!(result(&unnamed), "reject:signature_invalid", "a broken start of a file of any name");
    for missing in [Value::Null, json!("")] {
        let files = edit(&good, "record.json", |record| record["signature"] = missing.clone());
        assert_eq!(result(&files), "reject:signature_missing");
    }
    assert_eq!(result(&without(&good, "record.json")), "reject:signature_missing");
    assert_eq!(result(&without(&good, "bundle.zip")), "reject:file_missing");
    assert_eq!(result(&with(&good, "other.zip", ZIP)), "reject:bundle_ambiguous");
    let other = edit(&good, "record.json", |record| record["signature"] = json!(base64(&sign(&OTHER_RSA, ZIP))));
    assert_eq!(result(&other), "reject:signature_invalid");
    let text = edit(&good, "record.json", |record| record["signature"] = json!("not base64!"));
    assert_eq!(result(&text), "reject:signature_invalid");
    let number = edit(&good, "record.json", |record| record["signature"] = json!(5));
    assert_eq!(result(&number), "reject:metadata_invalid");
    let kind = edit(&good, "record.json", |record| record["artifactType"] = json!("tar"));
    assert_eq!(result(&kind), "reject:artifact_type_unknown");

    let differs = edit(&good, "record.json", |record| record["checksum"] = json!("00"));
    assert_eq!(
        (result(&differs), issues(&UPDATER, &differs)),
        ("valid".to_owned(), vec!["checksum_differs".to_owned()])
    );
}

#[test]
fn statements_are_found_where_they_are() {
    let good = zip(Some(&RSA));
    let record: Value = serde_json::from_slice(&good["record.json"]).unwrap();
    let nested = edit(&good, "record.json", |value| *value = json!({"response": {"body": record}}));
    assert_eq!(result(&nested), "valid");
    let signature = record["signature"].as_str().unwrap();
    let api = json!({"bundleId": "b", "url": "https://x", "signature": signature});
    assert_eq!(result(&edit(&good, "record.json", |value| *value = api.clone())), "valid");
    let bare = without(&good, "record.json");
    let headers = format!("HTTP/1.1 200 OK\r\nX-Signature: {signature}\r\nX-Checksum: {}\r\n", sha256(ZIP));
    assert_eq!(result(&with(&bare, "bundle.headers", headers.as_bytes())), "valid");
    // A null of the API gives way to the headers.
    let null = edit(&good, "record.json", |record| record["signature"] = Value::Null);
    assert_eq!(result(&with(&null, "h.headers", headers.as_bytes())), "valid");
    let mut stated = delivery(&bare);
    stated.stated.signature = Some(signature.to_owned());
    assert_eq!((UPDATER.verify)(&stated).result, Verdict::Valid);
    let mut stated = delivery(&with(&bare, "bundle.sig", &sign(&RSA, ZIP)));
    stated.stated.signature = Some("bundle.sig".to_owned());
    assert_eq!((UPDATER.verify)(&stated).result, Verdict::Valid);
    stated.stated.signature = Some(base64(&sign(&OTHER_RSA, ZIP)));
    assert_eq!((UPDATER.verify)(&stated).result.word(), "reject:signature_invalid");

    let twice = edit(&good, "record.json", |value| {
        let other = json!({"artifactType": "zip", "checksum": "00"});
        *value = json!([value.clone(), other]);
    });
    assert_eq!(result(&twice), "reject:metadata_ambiguous");
    let text = String::from_utf8(good["record.json"].clone()).unwrap();
    let repeated = text.replacen('{', "{\"signature\":\"AAAA\",", 1);
    assert_eq!(result(&with(&good, "record.json", repeated.as_bytes())), "reject:metadata_ambiguous");
}

#[test]
fn zips_without_a_key() {
    let mut good = zip(Some(&RSA));
    config(&mut good, None);
    let verification = verified(&UPDATER, &good);
    assert_eq!(verification.result.word(), "unsigned_sha256_ok");
    assert!(verification.issues.is_empty());
    assert!(verification.not_covered.contains(&"content_not_authenticated"));
    assert_eq!(result(&with(&good, "bundle.zip", b"PK\x03\x04x")), "reject:checksum_mismatch");
    let upper = edit(&good, "record.json", |record| record["checksum"] = json!(sha256(ZIP).to_uppercase()));
    assert_eq!(result(&upper), "reject:checksum_mismatch", "devices compare texts");
    let nothing = edit(&good, "record.json", |record| *record = json!({"artifactType": "zip", "checksum": null}));
    assert_eq!(result(&nothing), "reject:no_integrity");
    // The app has no key, so a key that lies about is not its own.
    assert_eq!(result(&with(&good, "public.pem", spki(&RSA).as_bytes())), "unsigned_sha256_ok");
    let mut only = Files::new();
    config(&mut only, None);
    assert_eq!(result(&only), "nothing_to_verify");
}

#[test]
fn the_key_is_the_apps() {
    let good = zip(Some(&RSA));
    let cases = [("", "key_invalid"), ("rubbish", "key_invalid")];
    for (key, reason) in cases {
        let mut files = good.clone();
        config(&mut files, Some(key));
        assert_eq!(result(&files), format!("reject:{reason}"), "{key}");
    }
    let number = edit(&good, "capacitor.config.json", |config| config["plugins"]["LiveUpdate"]["publicKey"] = json!(1));
    assert_eq!(result(&number), "reject:key_invalid");
    assert_eq!(result(&with(&good, "capacitor.config.json", b"{")), "reject:config_unreadable");
    let mut other = good.clone();
    config(&mut other, Some(&spki(&OTHER_RSA)));
    assert_eq!(result(&other), "reject:signature_invalid");
    // Nothing but a key file: it is the app's.
    let bare = without(&good, "capacitor.config.json");
    assert_eq!(result(&with(&bare, "public.pem", spki(&RSA).as_bytes())), "valid");
    assert_eq!(result(&with(&bare, "public.pem", spki(&OTHER_RSA).as_bytes())), "reject:signature_invalid");
    let mut two = with(&bare, "public.pem", spki(&RSA).as_bytes());
    two.insert("old.pem".to_owned(), spki(&OTHER_RSA).into_bytes());
    assert_eq!(result(&two), "reject:key_ambiguous");
    // With a configuration it is not.
    assert_eq!(result(&with(&good, "public.pem", spki(&OTHER_RSA).as_bytes())), "valid");
    // Copies that agree, that differ, that lack it.
    let config = good["capacitor.config.json"].clone();
    assert_eq!(result(&with(&good, "ios/capacitor.config.json", &config)), "valid");
    let text = String::from_utf8(config).unwrap();
    let differs = text.replace(&spki(&RSA), &spki(&OTHER_RSA));
    assert_eq!(result(&with(&good, "ios/capacitor.config.json", differs.as_bytes())), "reject:key_ambiguous");
    let lacks = br#"{"plugins": {"LiveUpdate": {}}}"#;
    assert_eq!(result(&with(&good, "ios/capacitor.config.json", lacks)), "reject:key_ambiguous");
    let cordova = json!({"cordova": {"plugins": {"@capawesome/cordova-live-update": {"PUBLIC_KEY": spki(&RSA)}}}});
    assert_eq!(result(&with(&bare, "package.json", &serde_json::to_vec(&cordova).unwrap())), "valid");
    let repeated = text.replacen("\"appId\"", "\"plugins\":{},\"appId\"", 1);
    assert_eq!(result(&with(&good, "capacitor.config.json", repeated.as_bytes())), "reject:metadata_ambiguous");

    let mut stated = delivery(&bare);
    stated.stated.public_key = Some(spki(&RSA));
    assert_eq!((UPDATER.verify)(&stated).result, Verdict::Valid);
    let mut stated = delivery(&good);
    stated.stated.public_key = Some(spki(&OTHER_RSA));
    assert_eq!((UPDATER.verify)(&stated).result.word(), "reject:key_ambiguous");

    let lines = spki(&RSA).replace("KEY-----M", "KEY-----\r\nM").replace("-----END", "\r\n-----END");
    let mut files = good.clone();
    super::tests::config(&mut files, Some(&lines));
    assert_eq!(
        (result(&files), issues(&UPDATER, &files)),
        ("valid".to_owned(), vec!["key_carriage_returns".to_owned()])
    );
}

#[test]
fn a_release_does_not_say_what_the_app_trusts() {
    let forged = zip(Some(&OTHER_RSA));
    let mut both = delivery(&forged);
    let mut app = Files::new();
    config(&mut app, Some(&spki(&RSA)));
    let app_delivery = delivery(&app);
    let nested = |path: &str| format!("app/{path}");
    both.files.extend(app_delivery.files.into_iter().map(|file| Delivered {
        path: nested(&file.path),
        role: Role::App,
        ..file
    }));
    both.documents.extend(app_delivery.documents.into_iter().map(|mut document| {
        document.path = nested(&document.path);
        document
    }));
    both.files.sort_by(|one, other| one.path.cmp(&other.path));
    assert_eq!((UPDATER.verify)(&both).result.word(), "reject:signature_invalid");
}

const NAMES: [(&str, &[u8]); 3] = [("index.html", b"<html>"), ("assets/a.js", b"alert(1)"), ("empty", b"")];

fn manifest(key: Option<&PrivateKey>) -> Files {
    let entries: Vec<_> = NAMES
        .iter()
        .map(|(href, bytes)| json!({"checksum": sha256(bytes), "href": href, "sizeInBytes": bytes.len()}))
        .collect();
    manifest_of(key, &json!(entries))
}

fn manifest_of(key: Option<&PrivateKey>, list: &Value) -> Files {
    let mut files = Files::new();
    config(&mut files, key.map(spki).as_deref());
    let list = serde_json::to_vec(list).unwrap();
    let mut records = Vec::new();
    for (href, bytes) in NAMES.into_iter().chain([(MANIFEST, list.as_slice())]) {
        let local = format!("files/{}", href.replace('/', "__"));
        let signature = key.map(|key| base64(&sign(key, bytes)));
        records.push(json!({"href": href, "local": local, "checksum": sha256(bytes), "signature": signature}));
        files.insert(local, bytes.to_vec());
    }
    put(&mut files, "record.json", &json!({"artifactType": "manifest", "files": records}));
    files
}

#[test]
fn manifests_with_a_key() {
    let good = manifest(Some(&RSA));
    let verification = verified(&UPDATER, &good);
    assert_eq!(verification.result.word(), "valid");
    assert!(verification.issues.is_empty(), "{:?}", verification.issues);
    let Some(PlainContent::Files(content)) = verification.content else { panic!() };
    assert_eq!(content.len(), 3);
    assert_eq!(result(&with(&good, "files/index.html", b"<html!")), "reject:signature_invalid");
    assert_eq!(result(&with(&good, &format!("files/{MANIFEST}"), b"[not json")), "reject:signature_invalid");
    assert_eq!(result(&without(&good, "files/index.html")), "reject:file_missing");
    assert_eq!(result(&without(&good, &format!("files/{MANIFEST}"))), "reject:file_missing");
    for place in [0, 3] {
        let files = edit(&good, "record.json", |record| record["files"][place]["signature"] = Value::Null);
        assert_eq!(result(&files), "reject:signature_missing");
        let files = edit(&good, "record.json", |record| record["files"][place]["checksum"] = json!("00"));
        assert_eq!(result(&files), "valid");
        assert_eq!(issues(&UPDATER, &files), ["checksum_differs"]);
    }
    let fewer = edit(&good, "record.json", |record| {
        record["files"].as_array_mut().unwrap().remove(0);
    });
    assert_eq!(result(&fewer), "reject:signature_missing", "the file is there, its signature is not");
    let twice = edit(&good, "record.json", |record| {
        let mut other = record["files"][0].clone();
        other["signature"] = json!("AAAA");
        record["files"].as_array_mut().unwrap().push(other);
    });
    assert_eq!(result(&twice), "reject:metadata_ambiguous");
}

#[test]
fn files_that_are_not_what_the_manifest_lists_are_reported() {
    let good = manifest(Some(&RSA));
    // Two files change places, with their signatures.
    let swapped = edit(&good, "record.json", |record| {
        let files = record["files"].as_array_mut().unwrap();
        let (first, second) = (files[0]["href"].clone(), files[1]["href"].clone());
        files[0]["href"] = second;
        files[1]["href"] = first;
    });
    assert_eq!(result(&swapped), "valid");
    assert_eq!(issues(&UPDATER, &swapped), ["file_not_bound_to_manifest", "manifest_files_swapped"]);
    // An older file with its own signature.
    let older = edit(&with(&good, "files/index.html", b"older"), "record.json", |record| {
        record["files"][0]["checksum"] = json!(sha256(b"older"));
        record["files"][0]["signature"] = json!(base64(&sign(&RSA, b"older")));
    });
    assert_eq!(result(&older), "valid");
    assert_eq!(issues(&UPDATER, &older), ["file_not_bound_to_manifest"]);
    let more = edit(&good, "record.json", |record| {
        record["files"].as_array_mut().unwrap().push(json!({"href": "more.js", "signature": "AAAA"}));
    });
    assert_eq!(
        (result(&more), issues(&UPDATER, &more)),
        ("valid".to_owned(), vec!["files_not_in_manifest".to_owned()])
    );
    let size = json!([{"checksum": sha256(b"<html>"), "href": "index.html", "sizeInBytes": 7}]);
    assert!(issues(&UPDATER, &manifest_of(Some(&RSA), &size)).contains(&"size_differs".to_owned()));
}

#[test]
fn manifests_without_a_key() {
    let good = manifest(None);
    assert_eq!(result(&good), "unsigned_sha256_ok");
    assert!(issues(&UPDATER, &good).is_empty());
    assert_eq!(result(&with(&good, "files/index.html", b"<html!")), "reject:checksum_mismatch");
    assert_eq!(result(&with(&good, &format!("files/{MANIFEST}"), b"[]")), "reject:checksum_mismatch");
    for place in [0, 3] {
        let files = edit(&good, "record.json", |record| record["files"][place]["checksum"] = Value::Null);
        assert_eq!(result(&files), "reject:no_integrity");
    }
}

#[test]
fn headers_beside_the_files_are_their_own() {
    let good = manifest(Some(&RSA));
    let mut files = without(&good, "record.json");
    for (href, bytes) in NAMES {
        files.remove(&format!("files/{}", href.replace('/', "__"))).unwrap();
        files.insert(format!("files/{href}"), bytes.to_vec());
    }
    for (path, bytes) in files.clone().iter().filter(|(path, _)| path.starts_with("files/")) {
        let headers = format!("HTTP/1.1 200 OK\nX-Signature: {}\n", base64(&sign(&RSA, bytes)));
        files.insert(format!("{path}.headers"), headers.into_bytes());
    }
    assert_eq!(result(&files), "valid");
    assert_eq!(result(&with(&files, "files/index.html", b"x")), "reject:signature_invalid");
    assert_eq!(result(&without(&files, "files/index.html.headers")), "reject:signature_missing");
}

#[test]
fn names_are_hostile() {
    let entry = |href: &str| json!({"checksum": sha256(b""), "href": href, "sizeInBytes": 0});
    for href in ["../x", "/etc/x", "a\\b", "", "a/../../b"] {
        for key in [None, Some(&*RSA)] {
            assert_eq!(result(&manifest_of(key, &json!([entry(href)]))), "reject:path_traversal", "{href}");
        }
        // Before anything else, even where no signature verifies.
        let mut files = manifest_of(Some(&OTHER_RSA), &json!([entry(href)]));
        config(&mut files, Some(&spki(&RSA)));
        assert_eq!(result(&files), "reject:path_traversal", "{href}");
        let record = edit(&manifest(Some(&RSA)), "record.json", |record| record["files"][0]["href"] = json!(href));
        assert_eq!(result(&record), "reject:path_traversal", "{href}");
    }
    let twice = json!([entry("empty"), entry("EMPTY")]);
    assert_eq!(result(&manifest_of(Some(&RSA), &twice)), "reject:duplicate_target");
    for list in [json!({}), json!([1]), json!([{"href": "a"}]), json!([{"href": 1, "checksum": "a"}])] {
        assert_eq!(result(&manifest_of(Some(&RSA), &list)), "reject:metadata_invalid", "{list}");
    }
}

#[test]
fn limits_hold() {
    let mut small = delivery(&manifest(Some(&RSA)));
    small.limits.total_bytes = 4;
    assert_eq!((UPDATER.verify)(&small).result.word(), "reject:too_large");
    let mut small = delivery(&zip(Some(&RSA)));
    small.limits.archive_bytes = 4;
    assert_eq!((UPDATER.verify)(&small).result.word(), "reject:too_large");
}

#[test]
fn no_flipped_bit_is_authentic() {
    let zip = zip(Some(&RSA));
    let text = String::from_utf8(zip["record.json"].clone()).unwrap();
    let start = text.find("\"signature\":\"").unwrap() + 13;
    let end = start + text.get(start..).unwrap().find('"').unwrap();
    let parts = [("bundle.zip", 0..ZIP.len()), ("record.json", start..end)];
    assert_no_flip_passes(&UPDATER, &zip, &parts);

    let release = manifest(Some(&RSA));
    let path = format!("files/{MANIFEST}");
    let parts = [(path.as_str(), 0..release[&path].len()), ("files/index.html", 0..6), ("files/assets__a.js", 0..8)];
    assert_no_flip_passes(&UPDATER, &release, &parts);
}

#[test]
fn addresses_without_tls_are_an_issue() {
    let of = |url: &str| {
        let files = edit(&zip(Some(&RSA)), "record.json", |record| record["url"] = json!(url));
        issues(&UPDATER, &files).contains(&"bundle_url_cleartext".to_owned())
    };
    assert!(of("http://files.example/bundle.zip") && !of("https://files.example/bundle.zip"));
}

#[test]
fn a_signature_for_a_key_of_the_environment_is_not_unsigned() {
    let folder = tempfile::tempdir().unwrap();
    let files = without(&zip(Some(&RSA)), "capacitor.config.json");
    for (path, bytes) in &files {
        std::fs::write(folder.path().join(path), bytes).unwrap();
    }
    let of = |key: &str| {
        let script =
            format!("export default {{ appId: 'a', plugins: {{ LiveUpdate: {{ appId: 'x', publicKey: {key} }} }} }};");
        std::fs::write(folder.path().join("capacitor.config.ts"), script).unwrap();
        let found = super::super::load::read(folder.path(), Role::Release, 100);
        let delivery = Delivery::new(vec![found], super::super::Stated::default(), 0, crate::inputs::Limits::default());
        (UPDATER.verify)(&delivery).result.word().into_owned()
    };
    assert_eq!(of("process.env.KEY"), "reject:key_missing");
    assert_eq!(of(&format!("{:?}", spki(&RSA))), "valid");
    let unsigned = edit(&files, "record.json", |record| record["signature"] = Value::Null);
    std::fs::write(folder.path().join("record.json"), &unsigned["record.json"]).unwrap();
    assert_eq!(of("process.env.KEY"), "unsigned_sha256_ok", "no key could verify what is not signed");
}
