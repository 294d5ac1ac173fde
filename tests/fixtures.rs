//! Releases made by the vendors' own tools, and their tampered twins, give the expected verdicts. The folder of fixtures is
//! named by `OTAUDIT_FIXTURES`; without it there is nothing to run (`.ci/run` sets it and fails when it is missing).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)] // a test fails by panicking

use std::path::Path;

use otaudit::facts::updaters::load::{self, Found};
use otaudit::facts::updaters::{Delivery, Role, Stated, verify};
use otaudit::inputs::Limits;
use serde::Deserialize;

#[derive(Deserialize)]
struct Index {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    dir: String,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    result: String,
    #[serde(default)]
    issues: Option<Vec<String>>,
    note: Option<String>,
    rule: Option<String>,
    rules: Option<Vec<String>>,
    confidence: Option<String>,
}

/// The clocks of the fixtures: OtaKit's signatures, and all others.
fn clock(id: &str) -> i64 {
    if id.starts_with("otakit/") { 1_796_000_000 } else { 1_796_083_200 }
}

#[test]
fn every_fixture_gives_its_expected_verdict() {
    let Some(root) = std::env::var_os("OTAUDIT_FIXTURES") else { return };
    let root = Path::new(&root);
    let index = std::fs::read_to_string(root.join("INDEX.yaml")).expect("the fixtures' index");
    let index: Index = serde_yaml::from_str(&index).unwrap();
    assert!(index.cases.len() > 60, "only {} cases", index.cases.len());
    let mut faults = Vec::new();
    for case in &index.cases {
        let found: Found = load::read(&root.join(&case.dir), Role::Release, 50_000);
        let delivery = Delivery::new(vec![found], Stated::default(), clock(&case.id), Limits::default());
        let verification = verify(&delivery).verification;
        let mut fault = |what: String| faults.push(format!("{}: {what}", case.id));
        let (own, expected) = (verification.result.word(), &case.expected);
        if own != expected.result {
            fault(format!("{own}, expected {}: {:#?}", expected.result, verification.steps));
        }
        // A note in words tells about the fixture; one word is vocabulary.
        let note = expected.note.iter().filter(|note| !note.contains(' '));
        let wanted = expected.issues.iter().flatten().chain(note).chain(&expected.rule);
        for issue in wanted.chain(expected.rules.iter().flatten()) {
            if !verification.issues.contains(&issue.as_str().into()) {
                fault(format!("without {issue}; has {:?}", verification.issues));
            }
        }
        let clean = own == "valid" && expected.note.is_none() && expected.issues.as_ref().is_none_or(Vec::is_empty);
        if clean && !verification.issues.is_empty() {
            fault(format!("a clean release has {:?}", verification.issues));
        }
        if expected.confidence.as_deref() == Some("low") {
            assert_eq!(serde_json::to_value(&verification).unwrap()["confidence"], "low", "{}", case.id);
        }
    }
    println!("all {} cases were run", index.cases.len());
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), index.cases.len(), faults.join("\n"));
}

/// The rules of the app fixture, and the control, rule and file in which `check --app` tells each.
const NATIVE: [(&str, &str, &str, &str); 9] = [
    ("server_url_set", "OTA-NET-005", "remote-origin", "capacitor.config.json"),
    // What `cap sync` makes of `server.cleartext` stands in the manifest of the Cordova plugins.
    (
        "cleartext",
        "OTA-PLAY-002",
        "cleartext-permitted",
        "android/capacitor-cordova-android-plugins/src/main/AndroidManifest.xml",
    ),
    ("allow_navigation_wildcard", "OTA-NET-005", "navigation-wildcard", "capacitor.config.json"),
    ("mixed_content", "OTA-NET-004", "mixed-content", "capacitor.config.json"),
    ("webview_debugging", "OTA-NET-007", "web-debugging", "capacitor.config.json"),
    ("logging_production", "OTA-NET-007", "release-logging", "capacitor.config.json"),
    ("update_url_http", "OTA-NET-001", "not-https", "capacitor.config.json"),
    ("allow_modify_url", "OTA-SIG-007", "allow-modify-url", "capacitor.config.json"),
    ("keystore_password_in_source_config", "OTA-KEY-001", "keystore-password", "capacitor.config.json"),
];

#[test]
fn the_app_fixture_gives_all_its_rules_as_findings() {
    let Some(root) = std::env::var_os("OTAUDIT_FIXTURES") else { return };
    let root = Path::new(&root);
    let index: Index = serde_yaml::from_str(&std::fs::read_to_string(root.join("INDEX.yaml")).unwrap()).unwrap();
    for case in index.cases.iter().filter(|case| case.id.starts_with("capacitor-native/")) {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_otaudit"))
            .args(["check", "tests/samples/harbour/www", "--as-of", "2026-11-23", "--format", "json", "--app"])
            .arg(root.join(&case.dir))
            .output()
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        for rule in case.expected.rules.iter().flatten() {
            let (_, control, own, path) =
                NATIVE.iter().find(|(known, ..)| known == rule).expect("a rule that is known");
            let assessments = report["assessments"].as_array().unwrap();
            let findings = assessments.iter().filter(|one| one["control"] == *control);
            let mut findings = findings.flat_map(|one| one["findings"].as_array().unwrap());
            let hit = |one: &serde_json::Value| {
                one["rule"] == *own && one["location"]["path"] == *path && one["verdict"] == "fail"
            };
            assert!(findings.any(hit), "{}: {rule} is not told by {control} {own} at {path}", case.id);
        }
    }
}
