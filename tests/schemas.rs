//! The formats against the official schemas, which lie in the directory that `OTAUDIT_SCHEMAS` names.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test may fail by panicking")]

#[path = "reports/sample.rs"]
mod sample;

#[path = "reports/random.rs"]
mod random;

#[path = "reports/stated.rs"]
mod stated;

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use otaudit::ledger::period::{Period, period_report};
use otaudit::ledger::{Folder, Ledger};
use otaudit::model::Report;
use otaudit::reports::{Style, format, period_oscal};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

/// The validator for the schema in `path`.
fn validator(path: &Path) -> Validator {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("OTAUDIT_SCHEMAS is set, but {}: {error}", path.display()));
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

/// The faults of `document`.
fn validate(validator: &Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The schema of that name, or `None` when no schemas were given.
#[allow(clippy::disallowed_methods, reason = "a test's own switch")]
fn schema(name: &str) -> Option<PathBuf> {
    let directory = std::env::var("OTAUDIT_SCHEMAS").ok().filter(|directory| !directory.is_empty());
    if directory.is_none() {
        eprintln!("did not run: OTAUDIT_SCHEMAS names no directory with {name}");
    }
    directory.map(|directory| Path::new(&directory).join(name))
}

fn sarif(report: &Report) -> Value {
    written("sarif", report)
}

fn bytes(name: &str, report: &Report) -> Vec<u8> {
    let mut out = Vec::new();
    (format(name).unwrap().write)(report, &Style::default(), &mut out).unwrap();
    out
}

fn written(name: &str, report: &Report) -> Value {
    serde_json::from_slice(&bytes(name, report)).unwrap()
}

/// Reports of every shape: rich, clean, of a folder, of nothing, with hostile text everywhere, and random ones.
fn reports() -> Vec<Report> {
    let mut folder = sample::report();
    if let Some(bundle) = &mut folder.subject.bundle {
        bundle.kind = "folder".to_owned();
        bundle.digest.sha256 = None;
    }
    let mut bare = sample::around(Vec::new());
    bare.subject.bundle = None;
    bare.subject.app = None;
    bare.subject.release = None;
    let mut all = vec![stated::report(), sample::report(), sample::clean(), folder, bare];
    all.extend([sample::HOSTILE, "", " ", "https://a b/[x]", "%zz:\\?#"].map(stated::filled));
    let mut runner = TestRunner::deterministic();
    all.extend((0..32).map(|_| random::report().new_tree(&mut runner).unwrap().current()));
    all
}

#[test]
fn oscal_is_valid() {
    let Some(path) = schema("oscal_complete_schema-1-2-2.json") else { return };
    let validator = validator(&path);
    for report in reports() {
        for name in ["oscal", "oscal-catalog"] {
            assert_eq!(validate(&validator, &written(name, &report)), Vec::<String>::new(), "{name}");
        }
    }
    let mut broken = written("oscal", &sample::report());
    broken["assessment-results"]["results"][0]["findings"][0]["target"]["status"]["state"] = "compliant".into();
    assert!(!validate(&validator, &broken).is_empty(), "the schema must be able to say no");
}

/// Periods of the example: before it, its quarters, years, one that is running; and of the same ledger with hostile names.
fn periods() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (as_of, periods) in [
        (
            "2027-01-04T00:00:00Z",
            &["2025Q1", "2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4", "2026-11", "2025", "2026"][..],
        ),
        ("2026-11-20T12:30:00.5Z", &["2026Q4"]),
    ] {
        for (period, hostile) in periods.iter().flat_map(|period| [(period, false), (period, true)]) {
            let mut ledger = Ledger::load(&Folder::new(Path::new("reports/ledger"))).unwrap();
            for record in ledger.records.values_mut().filter(|_| hostile) {
                record.app = record.app.as_ref().map(|app| format!("{}{app}", sample::HOSTILE));
                record.version = Some(" ".to_owned());
                record.channel = Some(sample::HOSTILE.to_owned());
                let Some(audit) = &mut record.audit else { continue };
                audit.incidents = Some(otaudit::ledger::IncidentRegister {
                    state: otaudit::model::AttestationState::Stale,
                    date: sample::HOSTILE.to_owned(),
                    incidents: vec![otaudit::ledger::IncidentNote {
                        date: Some(sample::HOSTILE.to_owned()),
                        id: sample::HOSTILE.to_owned(),
                        closed: false,
                        root_cause: false,
                        evidence: 0,
                    }],
                });
                for finding in &mut audit.findings {
                    finding.control = format!("{} {}", sample::HOSTILE, finding.control);
                    finding.rule = String::new();
                    finding.exception = Some(sample::HOSTILE.to_owned());
                }
                audit.verdicts = std::mem::take(&mut audit.verdicts)
                    .into_iter()
                    .map(|(control, verdict)| (format!("\u{202e}{control} \n<b>"), verdict))
                    .collect();
                for one in &mut audit.attestations {
                    one.state = otaudit::model::AttestationState::Fresh;
                    one.date = Some(sample::HOSTILE.to_owned());
                }
            }
            let released = otaudit::ledger::period::Released {
                app: None,
                version: sample::HOSTILE.to_owned(),
                day: "2026-11-09".parse().unwrap(),
            };
            let period = Period::read(period).unwrap();
            all.push(period_oscal(&period_report(ledger, period, as_of.parse().unwrap(), &[released])).unwrap());
        }
    }
    all
}

#[test]
fn oscal_of_a_period_is_valid() {
    let Some(path) = schema("oscal_complete_schema-1-2-2.json") else { return };
    let validator = validator(&path);
    for bytes in periods() {
        let document: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(validate(&validator, &document), Vec::<String>::new());
    }
    let mut broken: Value = serde_json::from_slice(periods().last().unwrap()).unwrap();
    broken["assessment-results"]["results"][0]["risks"][0]["status"] = " ".into();
    assert!(!validate(&validator, &broken).is_empty(), "the schema must be able to say no");
}

#[test]
fn cyclonedx_declarations_are_valid() {
    let Some(path) = schema("bom-1.7.schema.json") else { return };
    let validator = cyclonedx(&path);
    for report in reports() {
        assert_eq!(validate(&validator, &written("cyclonedx", &report)), Vec::<String>::new());
    }
    let mut broken = written("cyclonedx", &sample::report());
    broken["declarations"]["attestations"][0]["map"][0]["conformance"]["score"] = 2.into();
    assert_eq!(validate(&validator, &broken).len(), 1, "the schema must be able to say no");
}

/// JUnit files for a validator of XML schemas, of which Rust has none: CI holds what lies in the folder that the variable
/// names against the schema (`scripts/validate-formats.py`).
#[test]
#[allow(clippy::disallowed_methods, reason = "a test's own switch")]
fn junit_and_oscal_files_for_other_validators() {
    let Ok(folder) = std::env::var("OTAUDIT_FORMATS_OUT") else { return };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    for (number, bytes) in periods().iter().enumerate() {
        std::fs::write(folder.join(format!("period-{number:02}.oscal.json")), bytes).unwrap();
    }
    for (number, report) in reports().iter().enumerate() {
        for (name, extension) in [("junit", "xml"), ("oscal", "json"), ("oscal-catalog", "json")] {
            std::fs::write(folder.join(format!("{number:02}.{name}.{extension}")), bytes(name, report)).unwrap();
        }
    }
}

#[test]
fn sarif_is_valid() {
    let Some(path) = schema("sarif-schema-2.1.0.json") else { return };
    let validator = validator(&path);
    for report in reports() {
        assert_eq!(validate(&validator, &sarif(&report)), Vec::<String>::new());
    }
    let mut broken = sarif(&sample::report());
    broken["runs"][0]["results"][0]["kind"] = "compliant".into();
    assert_eq!(validate(&validator, &broken).len(), 1, "the schema must be able to say no");
}

/// The CycloneDX schema and those that it names.
fn cyclonedx(path: &Path) -> Validator {
    let read = |name: &str| -> Value {
        let path = path.with_file_name(name);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap()
    };
    let mut registry = jsonschema::Registry::new();
    for name in ["spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json"] {
        registry = registry.add(format!("http://cyclonedx.org/schema/{name}"), read(name)).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let schema = read("bom-1.7.schema.json");
    // The formats that it names for international addresses are not needed here.
    jsonschema::options().should_validate_formats(true).with_registry(&registry).build(&schema).unwrap()
}

#[test]
fn the_bill_of_materials_is_valid() {
    let Some(path) = schema("bom-1.7.schema.json") else { return };
    let validator = cyclonedx(&path);
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("jquery-3.6.0.min.js", "/*! jQuery v3.6.0 | (c) OpenJS Foundation */\nx();");
    write(
        "app.js",
        "/*! pako 2.1.0 http://x.example */\nvar h=\"__lodash_hash_undefined__\";[\"ng-version\",\"17.3.12\"];",
    );
    let bundle = folder.path().to_str().unwrap();
    let bill = |arguments: &[&str]| -> Value {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_otaudit"));
        let output = command.arg("sbom").args(arguments).args(["--as-of", "2026-11-23"]).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    };
    for arguments in [&[bundle][..], &["tests/samples/harbour"], &[bundle, "--app", "tests/samples/harbour-broken"]] {
        assert_eq!(validate(&validator, &bill(arguments)), Vec::<String>::new(), "{arguments:?}");
    }
    let mut broken = bill(&[bundle]);
    broken["components"][0]["type"] = "thing".into();
    assert_eq!(validate(&validator, &broken).len(), 1, "the schema must be able to say no");
}
