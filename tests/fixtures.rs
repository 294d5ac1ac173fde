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
