//! The formats: golden files, conservation, and hostile text that must not break out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail by panicking")]

#[path = "reports/sample.rs"]
mod sample;

#[path = "reports/stated.rs"]
mod stated;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use otaudit::model::{Report, Verdict, escape};
use otaudit::reports::{FORMATS, Style, format};
use serde_json::Value;

fn render(name: &str, report: &Report, style: &Style) -> String {
    let mut out = Vec::new();
    (format(name).unwrap().write)(report, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn sarif(report: &Report) -> Value {
    let log: Value = serde_json::from_str(&render("sarif", report, &Style::default())).unwrap();
    log["runs"][0].clone()
}

fn style(width: u16) -> Style {
    Style { width, ..Style::default() }
}

/// Compares with a golden file, or writes it when `SNAPSHOTS=overwrite`.
#[allow(clippy::disallowed_methods, reason = "a test's own switch")]
fn golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports/golden").join(name);
    if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let different = expected.lines().zip(actual.lines()).position(|(left, right)| left != right);
    assert!(expected == actual, "{name} differs, first in line {different:?}; SNAPSHOTS=overwrite accepts the change");
}

#[test]
fn golden_files_are_current() {
    let report = sample::report();
    golden("report.json", &render("json", &report, &Style::default()));
    golden("report.sarif", &render("sarif", &report, &Style::default()));
    // Those with statements and a law out of scope show all that the newer formats have places for.
    let stated = stated::report();
    for (name, file) in [
        ("junit", "report.junit.xml"),
        ("markdown", "report.md"),
        ("csv", "report.csv"),
        ("oscal", "report.oscal.json"),
        ("oscal-catalog", "report.oscal-catalog.json"),
        ("cyclonedx", "report.cdx.json"),
    ] {
        golden(file, &render(name, &stated, &Style::default()));
    }
    for width in [60, 80, 140] {
        golden(&format!("table-{width}.txt"), &render("table", &report, &style(width)));
    }
    golden("table.txt", &render("table", &report, &Style::default()));
    golden("table-passed.txt", &render("table", &sample::clean(), &style(80)));
    golden("table-quiet.txt", &render("table", &report, &Style { quiet: true, ..style(80) }));
    let color = render("table", &report, &Style { color: true, ..style(80) });
    golden("table-color.txt", &color.replace('\u{1b}', "ESC"));
}

#[test]
fn every_format_has_one_name_and_says_what_it_is_for() {
    let names: BTreeSet<&str> = FORMATS.iter().map(|format| format.name).collect();
    assert_eq!(names.len(), FORMATS.len());
    assert!(FORMATS.iter().all(|format| !format.about.is_empty() && !format.extension.starts_with('.')));
    assert!(format("word").is_none());
}

#[test]
fn json_comes_back_as_the_same_report() {
    let report = sample::report();
    let text = render("json", &report, &Style::default());
    assert!(text.ends_with("}\n"));
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
}

#[test]
fn sarif_holds_every_assessment_and_finding_once() {
    let report = sample::report();
    let run = sarif(&report);
    let results = run["results"].as_array().unwrap();
    let findings: BTreeMap<&str, &str> =
        report.assessments.iter().flat_map(|one| &one.findings).map(|one| (&*one.id, &*one.fingerprint)).collect();
    let written: BTreeMap<&str, &str> = results
        .iter()
        .filter_map(|result| {
            let fingerprint = result["partialFingerprints"]["otauditFinding/v1"].as_str()?;
            Some((result["properties"]["finding"].as_str()?, fingerprint))
        })
        .collect();
    assert_eq!(written, findings);
    let without = report.assessments.iter().filter(|one| one.findings.is_empty()).count();
    assert_eq!(results.len(), findings.len() + without);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), report.assessments.len());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["kind"] == "fail", result["level"] != "none", "only failures have a level: {result}");
        assert!(result["suppressions"].is_array(), "all or none (3.27.23)");
    }
    let suppressed = results.iter().filter(|one| one["suppressions"].as_array().is_some_and(|all| !all.is_empty()));
    assert_eq!(suppressed.count(), report.counts.excepted);
    for (verdict, kind, assurance) in [
        (Verdict::Pass, "pass", "verified"),
        (Verdict::Attested, "pass", "attested"),
        (Verdict::NotApplicable, "notApplicable", "inferred"),
    ] {
        let assessments = report.counts.assessments[verdict.word()];
        let fits = |one: &&Value| one["kind"] == kind && one["properties"]["assurance"] == assurance;
        assert_eq!(results.iter().filter(fits).count(), assessments, "{verdict}");
    }
    let notified = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notified.len(), results.iter().filter(|one| one["kind"] == "open").count() + 1);
}

#[test]
fn sarif_references_resolve() {
    let run = sarif(&sample::report());
    let taxonomies = run["taxonomies"].as_array().unwrap();
    let at = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let mut seen = 0;
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let targets = rules.iter().filter_map(|rule| rule["relationships"].as_array()).flatten().map(|one| &one["target"]);
    let taxa = run["results"].as_array().unwrap().iter().filter_map(|result| result["taxa"].as_array()).flatten();
    for reference in targets.chain(taxa) {
        let component = &taxonomies[at(&reference["toolComponent"]["index"])];
        assert_eq!(component["name"], reference["toolComponent"]["name"]);
        assert_eq!(component["guid"], reference["toolComponent"]["guid"]);
        assert_eq!(component["taxa"][at(&reference["index"])]["id"], reference["id"]);
        seen += 1;
    }
    assert!(seen > 10);
    let artifacts = run["artifacts"].as_array().unwrap();
    assert_eq!(artifacts[0]["roles"][0], "analysisTarget");
    for result in run["results"].as_array().unwrap() {
        for location in result["locations"].as_array().unwrap() {
            let place = &location["physicalLocation"]["artifactLocation"];
            if let Some(index) = place["index"].as_u64() {
                let artifact = &artifacts[usize::try_from(index).unwrap()]["location"];
                assert_eq!((&artifact["uri"], &artifact["uriBaseId"]), (&place["uri"], &place["uriBaseId"]));
            }
        }
    }
}

#[test]
fn sarif_uris_are_relative_and_stay_below_their_base() {
    let run = sarif(&sample::report());
    let uris = run["artifacts"].as_array().unwrap().iter().map(|one| one["location"]["uri"].as_str().unwrap());
    for uri in uris {
        let first = uri.split('/').next().unwrap();
        assert!(!first.is_empty() && !first.contains(':'), "{uri}");
        assert!(uri.is_ascii() && !uri.contains(['\\', ' ', '<', '>', '"', '?', '#']), "{uri}");
        let climbs = |part: &str| matches!(part.to_uppercase().replace("%2E", ".").as_str(), "." | "..");
        assert!(!uri.split('/').any(climbs), "{uri}");
    }
}

#[test]
fn hostile_text_is_inert_in_every_format() {
    let report = sample::report();
    for format in FORMATS {
        for width in [0, 60, 80, 100, 140, u16::MAX] {
            let text = render(format.name, &report, &style(width));
            for line in text.lines() {
                assert_eq!(escape(line), line, "{}: a character that steers", format.name);
            }
            // RFC 4180 ends a record with CRLF.
            let text = if format.name == "csv" { text.replace("\r\n", "\n") } else { text };
            assert!(!text.contains('\r') && text.ends_with('\n'));
        }
    }
}

#[test]
fn colour_adds_only_colour() {
    let report = sample::report();
    let plain = render("table", &report, &style(80));
    let mut color = render("table", &report, &Style { color: true, ..style(80) });
    assert!(color.contains("\u{1b}[1;31mFAILED\u{1b}[0m"));
    for code in ["0", "1", "2", "1;31", "32", "33"] {
        color = color.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(color, plain);
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let report = sample::report();
    for width in [60, 80, 100, 140] {
        for quiet in [false, true] {
            for line in render("table", &report, &Style { quiet, ..style(width) }).lines() {
                let columns = unicode_width::UnicodeWidthStr::width(line);
                assert!(columns <= usize::from(width), "{width}: {line}");
            }
        }
    }
}

#[test]
fn the_verdict_is_honest() {
    let clean = render("table", &sample::clean(), &style(80));
    assert!(clean.starts_with("PASSED  no indicator found within the stated scope\n"), "{clean}");
    for format in FORMATS {
        let text = render(format.name, &sample::clean(), &style(80)).to_lowercase();
        assert!(!text.contains("compliant") && !text.contains("is secure"), "{}", format.name);
    }
    let mut open = sample::report();
    open.assessments.retain(|one| matches!(one.control.as_str(), "OTA-BUN-009" | "OTA-GDPR-002"));
    let open = render("table", &sample::around(open.assessments), &style(100));
    let said = "PASSED  nothing blocks this update; still open: 1 manual, 1 accepted by exception\n";
    assert!(open.starts_with(said), "{open}");
    let none = render("table", &sample::around(Vec::new()), &style(80));
    assert!(none.starts_with("PASSED  no control could be applied\n"), "{none}");
}

#[test]
fn a_quiet_report_names_just_what_blocks() {
    let report = sample::report();
    let text = render("table", &report, &Style { quiet: true, ..style(100) });
    assert_eq!(text.lines().count(), 1 + report.gate.blocking.len());
    let clean = render("table", &sample::clean(), &Style { quiet: true, ..style(100) });
    assert_eq!(clean, "PASSED  no indicator found within the stated scope\n");
}
