//! The bill of materials, through the command line: what is in it, and that the same content gives the same bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn sbom(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otaudit"));
    let output = command.arg("sbom").args(arguments).args(["--as-of", "2026-11-23"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

const FILES: &[(&str, &str)] = &[
    ("capacitor.config.json", r#"{"appId":"com.example.a","appName":"A","webDir":"www"}"#),
    ("package.json", r#"{"dependencies":{"@capacitor/core":"^8.0.0","@capgo/capacitor-updater":"^8.40.0"}}"#),
    (
        "package-lock.json",
        r#"{"lockfileVersion":3,"packages":{"node_modules/@capgo/capacitor-updater":{"version":"8.40.1"},
        "node_modules/@capacitor/core":{"version":"8.0.1"}}}"#,
    ),
    ("www/index.html", "<!doctype html><title>A</title>"),
    ("www/js/jquery-3.6.0.min.js", "/*! jQuery v3.6.0 | (c) OpenJS Foundation */\nx();"),
    ("www/app.js", "// node_modules/.pnpm/ms@2.1.3/node_modules/ms/index.js\na();\n// src/main.ts\nb();\n"),
];

#[test]
fn components_have_evidence_and_hashes() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), FILES);
    let app = folder.path().to_str().unwrap();
    let bill: Value = serde_json::from_str(&sbom(&[app])).unwrap();
    assert_eq!(bill["specVersion"], "1.7");
    assert_eq!(bill["metadata"]["timestamp"], "2026-11-23T00:00:00Z");
    let of = |purl: &str| {
        let all = bill["components"].as_array().unwrap();
        all.iter().find(|one| one["purl"] == purl).unwrap_or_else(|| panic!("{purl} in {all:#?}"))
    };
    let jquery = of("pkg:npm/jquery@3.6.0");
    assert_eq!(jquery["hashes"][0]["alg"], "SHA-256");
    assert_eq!(jquery["evidence"]["occurrences"][0]["location"], "js/jquery-3.6.0.min.js");
    assert_eq!(of("pkg:npm/ms@2.1.3")["evidence"]["identity"][0]["methods"][0]["value"], "module name");
    let updater = of("pkg:npm/%40capgo/capacitor-updater@8.40.1");
    assert_eq!(updater["evidence"]["occurrences"][0]["location"], "package-lock.json");
    assert_eq!(updater["group"], "@capgo");
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    let bill = |jobs: &str| sbom(&["tests/samples/harbour", "--jobs", jobs]);
    let one = bill("1");
    assert_eq!(one, bill("8"));
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), FILES);
    let app = folder.path().to_str().unwrap();
    let serial = |text: &str| serde_json::from_str::<Value>(text).unwrap()["serialNumber"].as_str().unwrap().to_owned();
    let before = serial(&sbom(&[app]));
    assert_eq!(before, serial(&sbom(&[app])));
    write(folder.path(), &[("www/app.js", "c();")]);
    assert_ne!(before, serial(&sbom(&[app])), "other content has another number");
}
