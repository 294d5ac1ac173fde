use std::collections::BTreeSet;

use super::*;
use crate::evaluation::evaluate;
use crate::facts::{FACTS_SCHEMA, Facts, testing::bundle};
use crate::model::{Root, Verdict};
use crate::reports::document::{Block, Inline, write_html};

fn report() -> Report {
    let policy = crate::policy::load("default", crate::policy::builtin("default").unwrap(), &|_| None).unwrap();
    let facts = Facts {
        schema: FACTS_SCHEMA,
        bundle: Some(bundle(&[
            ("index.html", "<!doctype html><script src=http://code.acme.io/x.js></script>"),
            ("assets/app.js", "eval(location.hash)"),
            ("run.sh", "#!/bin/sh\nrm -rf /"),
        ])),
        ..Facts::default()
    };
    evaluate(&facts, &policy, "2026-11-23T00:00:00Z".parse().unwrap())
}

fn shown(dossier: &Dossier<'_>) -> String {
    let mut out = Vec::new();
    write_html(&document(dossier), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_section_is_there_once_and_in_order() {
    let report = report();
    let document = document(&Dossier::of(&report));
    let ids: Vec<&str> = document.sections.iter().map(|section| section.id.as_str()).collect();
    let expected = [
        "limits",
        "scope",
        "criteria",
        "method",
        "summary",
        "frameworks",
        "findings",
        "statements",
        "exceptions",
        "personal-data",
        "keys",
        "releases",
        "trend",
        "incidents",
        "plan",
        "follow-up",
        "custody",
        "opinions",
        "sign-off",
        "annex-results",
        "annex-clauses",
        "annex-glossary",
        "annex-files",
    ];
    assert_eq!(ids, expected);
    assert_eq!(document.numbers().get(18).map(String::as_str), Some("19"));
}

#[test]
fn every_assessment_and_finding_is_in_the_page() {
    let report = report();
    let page = shown(&Dossier::of(&report));
    for one in &report.assessments {
        assert!(page.contains(&one.control), "{} is missing", one.control);
        for finding in &one.findings {
            assert!(page.contains(&finding.id) && page.contains(&finding.fingerprint), "{} is missing", finding.id);
        }
    }
    assert_eq!(page.matches(">blocks</span>").count(), report.gate.blocking.len());
    let failing = report.assessments.iter().filter(|one| one.verdict == Verdict::Fail).count();
    assert!(failing > 0 && page.contains(&format!("{failing} fail")), "the conclusion counts something else");
}

#[test]
fn anchors_are_unique_and_references_resolve() {
    let report = report();
    let page = shown(&Dossier::of(&report));
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len());
    for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(unique.contains(target), "{target}");
    }
}

#[test]
fn one_framework_shows_what_belongs_to_it_and_says_so() {
    let report = report();
    let dossier = Dossier { frameworks: vec!["GDPR".to_owned()], ..Dossier::of(&report) };
    let page = shown(&dossier);
    assert!(page.contains("This report is about GDPR only"));
    assert!(page.contains("id=\"framework-gdpr\"") && !page.contains("id=\"framework-ccpa\""));
    assert!(!page.contains("Not covered by this tool"), "every clause of the GDPR that is listed has a control");
    let dossier = Dossier { frameworks: vec!["CRA".to_owned()], ..Dossier::of(&report) };
    assert!(shown(&dossier).contains("Not covered by this tool"));
}

#[test]
fn what_is_stated_fills_its_place_and_the_rest_stays_blank() {
    let report = report();
    let control = report.assessments.iter().find(|one| one.verdict == Verdict::Fail).unwrap();
    let yaml = format!(
        "schema: otaudit/cover/v1\norganisation: Harbour Ltd\nactions: [{{control: {}, owner: Ada Quay, due: 2026-12-01}}]\n",
        control.control
    );
    let blank = shown(&Dossier::of(&report));
    let dossier = Dossier { cover: Cover::read(&yaml).unwrap(), ..Dossier::of(&report) };
    let page = shown(&dossier);
    assert!(page.contains("Harbour Ltd") && page.contains("Ada Quay, by 2026-12-01"));
    assert_eq!(blank.matches("………………").count(), page.matches("………………").count() + 2);
}

#[test]
fn a_ledgers_section_takes_the_place_that_is_kept_for_it() {
    let report = report();
    let given = |id: &str| Section {
        id: id.to_owned(),
        title: "From the ledger".to_owned(),
        blocks: vec![Block::Paragraph(vec![Inline::text("four quarters")])],
        sections: Vec::new(),
    };
    let dossier = Dossier { extra: vec![given("trend"), given("vendors")], ..Dossier::of(&report) };
    let sections = document(&dossier).sections;
    assert_eq!(sections.iter().filter(|section| section.id == "trend").count(), 1);
    assert_eq!(sections.get(12).map(|section| section.title.as_str()), Some("From the ledger"));
    assert_eq!(sections.get(16).map(|section| section.id.as_str()), Some("vendors"));
}

#[test]
fn the_manifest_has_every_file_and_one_digest_over_all() {
    let report = report();
    let file = |path: &str| Examined { root: Root::Bundle, path: path.to_owned(), bytes: 7, sha256: None };
    let dossier = Dossier { examined: vec![file("a.js"), file("b.js")], ..Dossier::of(&report) };
    let page = shown(&dossier);
    assert!(page.contains("a.js") && page.contains("2 files, 14 B") && page.contains("SHA-256 over the manifest"));
    let one = shown(&Dossier { examined: vec![file("a.js")], ..Dossier::of(&report) });
    let digest =
        |page: &str| page.split("over the manifest").nth(1).and_then(|rest| rest.get(..140).map(str::to_owned));
    assert!(digest(&page) != digest(&one));
}

#[test]
fn days_left_are_counted_from_the_audits_day() {
    assert_eq!(stated::days_left("2027-01-31", "2026-11-23T08:00:00Z"), Some(69));
    assert_eq!(stated::days_left("2026-11-20", "2026-11-23T08:00:00Z"), Some(-3));
    assert_eq!(stated::days_left("soon", "2026-11-23T08:00:00Z"), None);
}
