//! Random reports made of the text that hostile bundles hold.
#![allow(dead_code, reason = "not every test crate uses all of it")]

use otaudit::model::{
    Assessment, Assurance, Confidence, Evidence, Finding, Location, Mapping, Position, Report, Root, Severity, Verdict,
    escape,
};
use proptest::prelude::*;

use crate::sample;

/// Text that a bundle can hold: anything, with what is dangerous more often than by chance.
fn text() -> impl Strategy<Value = String> {
    let danger = prop::sample::select(vec![
        "\u{1b}[2J",
        "\u{202e}",
        "\r\n",
        "../",
        "/",
        "\\",
        "](x)",
        "<b>",
        "{0}",
        "%2E",
        ":",
        "漢字",
        "👩‍👩‍👧",
        "`",
        "e\u{301}",
        " ",
    ]);
    prop::collection::vec(prop_oneof![danger.prop_map(str::to_owned), ".{0,12}"], 0..12)
        .prop_map(|parts| parts.concat())
}

fn location() -> impl Strategy<Value = Location> {
    let root = prop::sample::select(vec![Root::Bundle, Root::App, Root::Release]);
    let position = prop::option::of((0_u32.., 0_u32..));
    (root, text(), position).prop_map(|(root, path, position)| match position {
        Some((line, column)) => Location::at(root, &path, Position { line, column }),
        None => Location::file(root, &path),
    })
}

fn finding() -> impl Strategy<Value = Finding> {
    (
        prop::sample::select(vec![Verdict::Fail, Verdict::Manual, Verdict::Indeterminate]),
        prop::sample::select(Severity::ALL.to_vec()),
        prop::sample::select(vec![Confidence::Certain, Confidence::Likely, Confidence::Possible]),
        location(),
        text(),
        prop::option::of(text()),
        prop::option::weighted(0.2, prop::sample::select(vec!["EXC-7".to_owned(), "EXC-404".to_owned()])),
    )
        .prop_map(|(verdict, severity, confidence, location, message, excerpt, exception)| Finding {
            id: String::new(),
            rule: "rule".to_owned(),
            fingerprint: String::new(),
            verdict,
            message: escape(&message),
            severity,
            confidence,
            location,
            excerpt: excerpt.map(|excerpt| escape(&excerpt)),
            exception,
        })
}

fn assessment() -> impl Strategy<Value = Assessment> {
    let mapping = prop::sample::select(vec![("GDPR", "6(1)"), ("GDPR", "6(1)"), ("GDPR", "99"), ("OTHER", "1")]);
    (
        prop::sample::select(Verdict::ALL.to_vec()),
        prop::sample::select(Severity::ALL.to_vec()),
        text(),
        prop::collection::vec(finding(), 0..25),
        prop::collection::vec(mapping, 0..3),
        prop::option::of(text()),
    )
        .prop_map(|(verdict, severity, words, findings, mappings, reason)| Assessment {
            control: String::new(),
            title: escape(&words),
            requirement: escape(&words),
            severity,
            verdict,
            assurance: Assurance::Verified,
            reason: reason.map(|reason| escape(&reason)),
            evidence: vec![Evidence { message: escape(&words), location: None }; 2],
            findings,
            mappings: mappings
                .into_iter()
                .map(|(framework, clause)| Mapping { framework: framework.to_owned(), clause: clause.to_owned() })
                .collect(),
            remediation: escape(&words),
            exception: None,
        })
}

/// Any report: every combination of verdicts, places and texts.
pub fn report() -> impl Strategy<Value = Report> {
    prop::collection::vec(assessment(), 0..8).prop_map(|mut assessments| {
        for (number, assessment) in assessments.iter_mut().enumerate() {
            assessment.control = format!("OTA-RND-{number:03}");
            for (index, finding) in assessment.findings.iter_mut().enumerate() {
                finding.id = format!("{}/rule/{index}", assessment.control);
                finding.fingerprint = format!("{number:016x}{index:016x}");
            }
        }
        sample::around(assessments)
    })
}
