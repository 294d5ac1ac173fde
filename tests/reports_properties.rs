//! Conservation over random reports: what goes in comes out, once, in every format that can hold it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail by panicking")]

#[path = "reports/sample.rs"]
mod sample;

#[path = "reports/random.rs"]
mod random;

use std::collections::BTreeSet;

use otaudit::model::{Finding, Report, escape};
use otaudit::reports::{FORMATS, Style, format};
use proptest::prelude::*;
use serde_json::Value;

fn render(name: &str, report: &Report, style: &Style) -> String {
    let mut out = Vec::new();
    (format(name).unwrap().write)(report, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn strings<'a>(results: &'a [Value], pointer: &str) -> Vec<&'a str> {
    results.iter().filter_map(|result| result.pointer(pointer)?.as_str()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_and_sarif_conserve(report in random::report()) {
        let json: Report = serde_json::from_str(&render("json", &report, &Style::default())).unwrap();
        prop_assert_eq!(&json, &report);

        let log: Value = serde_json::from_str(&render("sarif", &report, &Style::default())).unwrap();
        let results = log.pointer("/runs/0/results").and_then(Value::as_array).unwrap();
        let findings: Vec<&Finding> = report.assessments.iter().flat_map(|one| &one.findings).collect();
        let ids: Vec<&str> = findings.iter().map(|finding| finding.id.as_str()).collect();
        let fingerprints: Vec<&str> = findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
        prop_assert_eq!(strings(results, "/properties/finding"), ids);
        prop_assert_eq!(strings(results, "/partialFingerprints/otauditFinding~1v1"), fingerprints);
        let controls: BTreeSet<&str> = report.assessments.iter().map(|one| one.control.as_str()).collect();
        let written: BTreeSet<&str> = strings(results, "/ruleId").into_iter().collect();
        prop_assert_eq!(written, controls);
        let bare = report.assessments.iter().filter(|one| one.findings.is_empty()).count();
        prop_assert_eq!(results.len(), findings.len() + bare);
    }

    #[test]
    fn references_stay_below_their_base(report in random::report()) {
        let log: Value = serde_json::from_str(&render("sarif", &report, &Style::default())).unwrap();
        let artifacts = log.pointer("/runs/0/artifacts").and_then(Value::as_array).unwrap();
        for uri in strings(artifacts, "/location/uri") {
            let first = uri.split('/').next().unwrap_or_default();
            prop_assert!(!first.is_empty() && !first.contains(':'), "{}", uri);
            let climbs = |part: &str| part.to_uppercase().replace("%2E", ".") == "..";
            prop_assert!(uri.is_ascii() && !uri.split('/').any(climbs), "{}", uri);
        }
    }

    #[test]
    fn every_format_is_inert_and_total(report in random::report(), width in prop_oneof![0_u16..200, any::<u16>()], quiet: bool) {
        for format in FORMATS {
            let text = render(format.name, &report, &Style { color: false, width, quiet });
            for line in text.lines() {
                prop_assert_eq!(escape(line), line);
                let columns = unicode_width::UnicodeWidthStr::width(line);
                prop_assert!(format.name != "table" || columns <= usize::from(width.max(60)), "{}: {}", width, line);
            }
        }
    }

    #[test]
    fn every_control_is_named_at_the_terminal(report in random::report()) {
        let text = render("table", &report, &Style::default());
        for assessment in &report.assessments {
            let brief = assessment.control.trim_start_matches("OTA-");
            prop_assert!(text.contains(brief), "{} is missing", brief);
        }
    }
}
