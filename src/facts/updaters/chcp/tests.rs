use serde_json::{Value, json};

use super::*;
use crate::facts::updaters::parts_testing::{Files, delivery, issues, verified, word};

const FILES: [(&str, &[u8]); 3] = [("index.html", b"<html>"), ("assets/a.js", b"alert(1)"), ("empty", b"")];
const XML: &str = r#"<?xml version="1.0"?><widget xmlns="http://www.w3.org/ns/widgets"><chcp>
    <config-file url="https://x/chcp.json"/><native-interface version="10"/></chcp></widget>"#;

fn md5(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
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

fn application() -> Value {
    json!({"release": "2026.11.01", "content_url": "https://x/www", "min_native_interface": 10})
}

fn release() -> Files {
    let list: Value = FILES.iter().map(|(name, bytes)| json!({"file": name, "hash": md5(bytes)})).collect();
    let files: Files = FILES.iter().map(|(name, bytes)| (format!("www/{name}"), bytes.to_vec())).collect();
    let files = with(&files, "www/chcp.manifest", list.to_string());
    with(&with(&files, "www/chcp.json", application().to_string()), "config.xml", XML)
}

fn result(files: &Files) -> String {
    word(&UPDATER, files)
}

#[test]
fn releases_that_agree() {
    let good = release();
    let verification = verified(&UPDATER, &good);
    assert_eq!(verification.result.word(), "md5_ok_unsigned");
    assert!(verification.issues.is_empty(), "{:?}", verification.issues);
    assert!(verification.not_covered.contains(&"content_not_authenticated"));
    assert_eq!(verification.subject.unwrap().path, "www/chcp.manifest");
    assert_eq!((UPDATER.recognise)(&delivery(&good)), Some(90));
    assert_eq!(result(&without(&good, "config.xml")), "md5_ok_unsigned");
    let mut app = Files::new();
    app.insert("config.xml".to_owned(), XML.into());
    assert_eq!(result(&app), "nothing_to_verify");
    assert_eq!((UPDATER.recognise)(&delivery(&app)), Some(50));
}

#[test]
fn releases_that_do_not() {
    let good = release();
    assert_eq!(result(&with(&good, "www/index.html", "<html!")), "reject:md5_mismatch");
    assert_eq!(result(&without(&good, "www/index.html")), "reject:file_missing");
    assert_eq!(result(&without(&good, "www/chcp.json")), "reject:file_missing");
    assert_eq!(result(&without(&good, "www/chcp.manifest")), "reject:file_missing");
    let list = |value: &Value| with(&good, "www/chcp.manifest", value.to_string());
    let entry = |name: &str, hash: &str| json!({"file": name, "hash": hash});
    assert_eq!(result(&list(&json!([entry("empty", &md5(b"").to_uppercase())]))), "reject:md5_mismatch");
    assert_eq!(result(&list(&json!([entry("empty", "")]))), "reject:md5_mismatch");
    for name in ["../x", "/x", "a\\b", "C:/x", ""] {
        assert_eq!(result(&list(&json!([entry(name, &md5(b""))]))), "reject:path_traversal", "{name}");
    }
    let twice = json!([entry("empty", &md5(b"")), entry("Empty", &md5(b""))]);
    assert_eq!(result(&list(&twice)), "reject:duplicate_target");
    let other = json!([{"file": "gone", "local": "empty", "hash": md5(b"")}]);
    assert_eq!(result(&list(&other)), "reject:file_missing", "the manifest does not say where the auditor looks");
    for value in [json!({}), json!([1]), json!([{"file": "a"}]), json!([{"file": 1, "hash": "x"}])] {
        assert_eq!(result(&list(&value)), "reject:metadata_invalid", "{value}");
    }
    assert_eq!(result(&with(&good, "www/chcp.manifest", "rubbish")), "reject:metadata_invalid");
    assert_eq!(result(&with(&good, "www/chcp.json", "{}")), "reject:metadata_invalid");
    let repeated = application().to_string().replacen('{', "{\"content_url\":\"https://y\",", 1);
    assert_eq!(result(&with(&good, "www/chcp.json", repeated)), "reject:metadata_ambiguous");
    assert_eq!(result(&with(&good, "b/chcp.json", application().to_string())), "reject:metadata_ambiguous");
    let mut small = delivery(&good);
    small.limits.entry_bytes = 7;
    assert_eq!((UPDATER.verify)(&small).result.word(), "reject:too_large");
}

#[test]
fn what_is_wrong_beside_the_files() {
    let good = release();
    let change = |name: &str, value: Value| {
        let mut application = application();
        application[name] = value;
        with(&good, "www/chcp.json", application.to_string())
    };
    for url in ["http://x/www", "HTTP://x/www", " http://x"] {
        assert_eq!(issues(&UPDATER, &change("content_url", json!(url))), ["content_url_cleartext"], "{url}");
    }
    assert_eq!(issues(&UPDATER, &change("min_native_interface", json!(11))), ["native_interface_too_old"]);
    assert_eq!(issues(&UPDATER, &change("min_native_interface", json!("11"))), ["native_interface_too_old"]);
    assert_eq!(issues(&UPDATER, &change("min_native_interface", json!("x"))).len(), 1);
    let xml = |from: &str, to: &str| with(&good, "config.xml", XML.replace(from, to));
    assert_eq!(issues(&UPDATER, &xml("https://x/chcp", "http://x/chcp")), ["config_url_cleartext"]);
    for version in ["", "0", "-5", "x", "99999999999999999999"] {
        let files = xml("\"10\"", &format!("\"{version}\""));
        assert_eq!(issues(&UPDATER, &files), ["native_interface_too_old"], "{version}");
    }
    assert_eq!(issues(&UPDATER, &with(&good, "www/more.js", "x")), ["files_not_in_manifest"]);
    for ignored in [".DS_Store", ".git/config", "node_modules/a/b.js", "package.json", "assets/.hidden"] {
        assert!(issues(&UPDATER, &with(&good, &format!("www/{ignored}"), "x")).is_empty(), "{ignored}");
    }
}

#[test]
fn settings_that_can_not_be_read_are_not_passed_over() {
    let good = release();
    let bomb = XML.replace("<widget", "<!DOCTYPE a [<!ENTITY b \"c\">]><widget");
    assert_eq!(result(&with(&good, "config.xml", bomb)), "reject:config_unreadable");
    assert_eq!(result(&with(&good, "config.xml", "<chcp")), "reject:config_unreadable");
    assert_eq!(result(&with(&good, "config.xml", [0xFF, 0xFE, 0x00])), "reject:config_unreadable");
    let nodes = format!("<chcp>{}</chcp>", "<a/>".repeat(250_000));
    assert_eq!(result(&with(&good, "config.xml", nodes)), "reject:config_unreadable");
    let deep = format!("<chcp>{}{}</chcp>", "<a>".repeat(99_000), "</a>".repeat(99_000));
    assert!(result(&with(&good, "config.xml", deep)).len() > 1, "depth does not overflow the stack");
}

#[test]
fn a_flipped_bit_of_a_file_is_seen_and_nothing_is_ever_authentic() {
    let good = release();
    for (name, bytes) in FILES {
        for bit in 0..bytes.len() * 8 {
            let mut changed = good.clone();
            changed.get_mut(&format!("www/{name}")).unwrap()[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(result(&changed), "reject:md5_mismatch", "{name}: {bit}");
        }
    }
    for bit in 0..good["www/chcp.manifest"].len() * 8 {
        let mut changed = good.clone();
        changed.get_mut("www/chcp.manifest").unwrap()[bit / 8] ^= 1 << (bit % 8);
        assert!(!verified(&UPDATER, &changed).result.is_authentic());
    }
}
