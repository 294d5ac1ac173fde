//! Runs the Markdown cases of every control, each as a folder and as a zip: both must agree.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // a test fails by panicking

#[path = "support/archive.rs"]
mod archive;
mod cases;
#[path = "support/releases.rs"]
mod releases;

use std::collections::BTreeMap;
use std::path::Path;

use cases::{Case, Expectation, read};
use otaudit::controls::{CATALOG, Control, Outcome, ParameterValue, Parameters};
use otaudit::facts::updaters::{Delivery, Role, Stated, load};
use otaudit::facts::{FACTS_SCHEMA, Facts, Silent, read_bundle, read_release};
use otaudit::inputs::{Bundle, Limits};

/// The moment at which the cases' dates are judged: 2026-12-01.
const CLOCK: i64 = 1_796_083_200;

fn assess(control: &Control, case: &Case, bundle: Option<Bundle>, folder: &Path) -> Outcome {
    let limits = Limits::default();
    let release = case.release_of(bundle.as_ref());
    let mut facts = Facts {
        schema: FACTS_SCHEMA,
        bundle: bundle.map(|bundle| read_bundle(&bundle, &limits, 1, &Silent).unwrap()),
        release: release.map(|(name, bytes)| read_release(&name, &bytes)),
        ..Facts::default()
    };
    let mut found = Vec::new();
    if !case.made.is_empty() {
        let made = folder.join("release");
        case.write_made(&made);
        found.push(load::read(&made, Role::Release, limits.entries));
    }
    if case.app.iter().any(|(path, _)| !path.is_empty()) {
        let app = folder.join("app");
        case.write_app(&app);
        facts.add_app(&app).unwrap();
        found.push(load::read(&app, Role::App, limits.entries));
    }
    if !found.is_empty() {
        let delivery = Delivery::new(found, Stated::default(), CLOCK, limits);
        facts.add_delivery(&delivery, !case.made.is_empty());
    }
    let given: BTreeMap<String, ParameterValue> = case.parameters.clone();
    (control.assess)(&facts, &Parameters::of(control.parameters, &given))
}

fn seen(outcome: &Outcome) -> Expectation {
    let mut findings: Vec<String> = outcome
        .findings
        .iter()
        .map(|finding| {
            let place = match (finding.location.line, finding.location.column) {
                (Some(line), Some(column)) => format!("{}:{line}:{column}", finding.location.path),
                _ => finding.location.path.clone(),
            };
            format!("{} {} {place}", finding.verdict, finding.rule).trim_end().to_owned()
        })
        .collect();
    findings.sort();
    Expectation { verdict: outcome.verdict().word().to_owned(), findings }
}

#[test]
fn every_case_of_every_control_holds_as_folder_and_as_zip() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for control in CATALOG {
        let cases = read(control.cases);
        let mut verdicts = std::collections::BTreeSet::new();
        for case in &cases {
            count += 1;
            verdicts.insert(case.expected.verdict.clone());
            let folder = tempfile::tempdir().unwrap();
            for form in ["folder", "zip"] {
                // A folder has no archive whose digest could be published.
                if control.id == "OTA-INT-001" && form == "folder" && !case.bundle.is_empty() {
                    continue;
                }
                let bundle = match (case.bundle.is_empty() && case.links.is_empty(), form) {
                    (true, _) => None,
                    (false, "folder") => {
                        let root = folder.path().join("bundle");
                        case.write_bundle(&root);
                        Some(Bundle::open(&root, &Limits::default()).unwrap())
                    }
                    _ => Some(Bundle::of_zip("bundle.zip".to_owned(), case.zip(), &Limits::default())),
                };
                let outcome = seen(&assess(control, case, bundle, folder.path()));
                if !case.expected.agrees(&outcome) {
                    wrong.push(format!(
                        "{} / {} ({form})\n  expected {} {:#?}\n  seen     {} {:#?}",
                        control.id,
                        case.name,
                        case.expected.verdict,
                        case.expected.findings,
                        outcome.verdict,
                        outcome.findings
                    ));
                }
            }
        }
        assert!(verdicts.contains("pass") || verdicts.contains("attested"), "{} has no case that passes", control.id);
        assert!(verdicts.contains("fail"), "{} has no case that fails", control.id);
        assert!(
            verdicts.iter().any(|verdict| matches!(verdict.as_str(), "manual" | "indeterminate" | "not-applicable")),
            "{} has no case that is undecided or does not apply",
            control.id
        );
    }
    assert!(wrong.is_empty(), "{} of {count} cases are wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}
