//! Readers of the formats: what a program finds in each. A new format takes one row of [`READERS`].

use std::collections::BTreeMap;

use otaudit::model::{Report, Verdict};
use otaudit::reports::FORMATS;
use serde_json::Value;

/// What a reader found, or what it should find.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Each assessment's verdict, by control, as far as the format tells verdicts apart.
    pub assessments: BTreeMap<String, String>,
    /// Every finding's id, sorted.
    pub findings: Vec<String>,
}

/// How much of a report a format holds.
pub enum Holds {
    /// Everything; read back by the function, which also maps what is expected to the words that the format has.
    All(fn(&str) -> Found, fn(&Report) -> Found),
    /// Not everything, for the reason given.
    Part(&'static str),
}

/// One row for each of [`FORMATS`].
pub const READERS: &[(&str, Holds)] = &[
    ("table", Holds::Part("lists are cut to fit a terminal")),
    ("json", Holds::All(json, exact)),
    ("sarif", Holds::All(sarif, exact)),
    ("html", Holds::All(html, exact)),
    ("junit", Holds::All(junit, as_tests)),
    ("markdown", Holds::Part("never larger than a comment on a pull request")),
    ("csv", Holds::All(csv, exact)),
    ("oscal", Holds::All(oscal, exact)),
    ("oscal-catalog", Holds::Part("the controls only")),
    ("cyclonedx", Holds::All(cyclonedx, exact)),
];

#[test]
fn every_format_has_a_reader_or_says_why_not() {
    let written: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    let mut read: Vec<&str> = READERS.iter().map(|(name, _)| *name).collect();
    for (name, holds) in READERS {
        assert!(!matches!(holds, Holds::Part("")), "{name} says not why");
    }
    read.sort_by_key(|name| written.iter().position(|one| one == name));
    assert_eq!(read, written);
}

/// All that is in the report.
fn exact(report: &Report) -> Found {
    let assessments = report.assessments.iter().map(|one| (one.control.clone(), one.verdict.to_string())).collect();
    Found { assessments, findings: ids(report) }
}

fn ids(report: &Report) -> Vec<String> {
    let mut ids: Vec<String> =
        report.assessments.iter().flat_map(|one| &one.findings).map(|finding| finding.id.clone()).collect();
    ids.sort();
    ids
}

/// With the words of JUnit: what exceptions accept whole, what is manual and what does not apply is skipped.
fn as_tests(report: &Report) -> Found {
    let word = |verdict: Verdict, accepted: bool| match verdict {
        Verdict::Pass | Verdict::Attested => "passed",
        _ if accepted => "skipped",
        Verdict::Fail => "failure",
        Verdict::Indeterminate => "error",
        Verdict::Manual | Verdict::NotApplicable => "skipped",
    };
    let accepted = |one: &otaudit::model::Assessment| {
        one.exception.is_some()
            || (!one.findings.is_empty() && one.findings.iter().all(|finding| finding.exception.is_some()))
    };
    let of = |one: &otaudit::model::Assessment| (one.control.clone(), word(one.verdict, accepted(one)).to_owned());
    Found { assessments: report.assessments.iter().map(of).collect(), findings: ids(report) }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn array<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn word(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn found(assessments: impl IntoIterator<Item = (String, String)>, findings: impl IntoIterator<Item = String>) -> Found {
    let mut findings: Vec<String> = findings.into_iter().collect();
    findings.sort();
    let mut map = BTreeMap::new();
    for (control, verdict) in assessments {
        let before = map.insert(control.clone(), verdict.clone());
        assert!(before.is_none() || before == Some(verdict), "{control} has two verdicts");
    }
    Found { assessments: map, findings }
}

/// The cells of the tables of results and of findings.
fn html(text: &str) -> Found {
    let plain =
        |text: &str| text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let between = |text: &str, begin: &str, end: &str| {
        text.split_once(begin).and_then(|(_, rest)| rest.split_once(end)).map(|(inner, _)| plain(inner))
    };
    let results = text.split_once("id=\"annex-results\"").unwrap().1;
    let results = results.split_once("id=\"annex-clauses\"").unwrap().0;
    found(
        results.split("data-label=\"Control\"").skip(1).map(|row| {
            let verdict =
                between(row, "<span class=\"badge", "<").and_then(|badge| Some(badge.split_once('>')?.1.to_owned()));
            (between(row, "<bdi>", "</bdi>").unwrap(), verdict.unwrap().replace(' ', "-"))
        }),
        text.split("data-label=\"Finding\"").skip(1).map(|row| between(row, "<code dir=\"auto\">", "</code>").unwrap()),
    )
}

fn json(text: &str) -> Found {
    let document = parse(text);
    let all = array(&document, "/assessments");
    found(
        all.iter().map(|one| (word(one, "/control"), word(one, "/verdict"))),
        all.iter().flat_map(|one| array(one, "/findings")).map(|one| word(one, "/id")),
    )
}

fn sarif(text: &str) -> Found {
    let document = parse(text);
    let results = array(&document, "/runs/0/results");
    found(
        results.iter().map(|one| (word(one, "/ruleId"), word(one, "/properties/controlVerdict"))),
        results.iter().map(|one| word(one, "/properties/finding")).filter(|id| !id.is_empty()),
    )
}

/// Also checks the numbers of the suites against their tests.
fn junit(text: &str) -> Found {
    let document = roxmltree::Document::parse(text).unwrap();
    let root = document.root_element();
    let mut assessments = Vec::new();
    let mut findings = Vec::new();
    let mut sums: BTreeMap<&str, usize> = BTreeMap::new();
    for suite in root.children().filter(|node| node.has_tag_name("testsuite")) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for case in suite.children().filter(|node| node.has_tag_name("testcase")) {
            let control = case.attribute("name").unwrap().split(' ').next().unwrap();
            let child = case.children().find(roxmltree::Node::is_element);
            let outcome = child.map(|node| node.tag_name().name()).filter(|name| *name != "system-out");
            let outcome = outcome.unwrap_or("passed");
            assert!(control.starts_with(suite.attribute("name").unwrap()));
            assessments.push((control.to_owned(), outcome.to_owned()));
            *counts.entry(outcome).or_default() += 1;
            let lines = child.and_then(|node| node.text()).unwrap_or_default().lines();
            let ids = lines.filter(|line| line.starts_with(&format!("{control}/")));
            findings.extend(ids.map(|line| line.split(' ').next().unwrap().to_owned()));
        }
        let stated = |name: &str| suite.attribute(name).unwrap().parse::<usize>().unwrap();
        for (name, outcome) in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
            assert_eq!(stated(name), counts.get(outcome).copied().unwrap_or_default(), "{name}");
            *sums.entry(name).or_default() += stated(name);
        }
        assert_eq!(stated("tests"), counts.values().sum::<usize>());
        *sums.entry("tests").or_default() += stated("tests");
    }
    for name in ["tests", "failures", "errors"] {
        assert_eq!(root.attribute(name).unwrap(), sums.get(name).copied().unwrap_or_default().to_string(), "{name}");
    }
    found(assessments, findings)
}

/// The records of RFC 4180: quoted fields, CRLF at the end of each.
pub fn records(text: &str) -> Vec<Vec<String>> {
    let mut records = Vec::new();
    for line in text.split_terminator("\r\n") {
        let mut fields = Vec::new();
        let mut rest = line;
        loop {
            let mut field = String::new();
            rest = rest.strip_prefix('"').expect("every field is quoted");
            loop {
                let (head, tail) = rest.split_once('"').expect("every quote is closed");
                field.push_str(head);
                match tail.strip_prefix('"') {
                    Some(tail) => {
                        field.push('"');
                        rest = tail;
                    }
                    None => {
                        rest = tail;
                        break;
                    }
                }
            }
            fields.push(field);
            match rest.strip_prefix(',') {
                Some(tail) => rest = tail,
                None => break,
            }
        }
        assert!(rest.is_empty(), "after the last field: {rest}");
        records.push(fields);
    }
    records
}

fn csv(text: &str) -> Found {
    let records = records(text);
    let (head, rows) = records.split_first().unwrap();
    let column = |name: &str| head.iter().position(|title| title == name).unwrap();
    let (kind, control, verdict, id) =
        (column("kind"), column("control"), column("control_verdict"), column("finding"));
    assert!(rows.iter().all(|row| row.len() == head.len() && (row[kind] == "finding") != row[id].is_empty()));
    found(
        rows.iter().map(|row| (row[control].clone(), row[verdict].clone())),
        rows.iter().filter(|row| row[kind] == "finding").map(|row| row[id].clone()),
    )
}

fn oscal_prop(value: &Value, name: &str) -> String {
    let found = array(value, "/props").iter().find(|prop| prop["name"] == name);
    found.map(|prop| word(prop, "/value")).unwrap_or_default()
}

/// Also checks that each reference ends in the document, that states fit verdicts, and that what does not apply is
/// excluded.
fn oscal(text: &str) -> Found {
    let document = parse(text);
    let result = document.pointer("/assessment-results/results/0").unwrap();
    let mut known = Vec::new();
    let mut used = Vec::new();
    identifiers(&document, &mut known, &mut used);
    let number = known.len();
    known.sort();
    known.dedup();
    assert_eq!(known.len(), number, "an identifier stands twice");
    for reference in used {
        assert!(known.binary_search(&reference).is_ok(), "{reference} leads nowhere");
    }
    let objectives = array(&document, "/assessment-results/local-definitions/objectives-and-methods");
    let objectives: Vec<String> = objectives.iter().map(|one| word(one, "/parts/0/id")).collect();
    for finding in array(result, "/findings") {
        assert!(objectives.contains(&word(finding, "/target/target-id")));
        let status = (word(finding, "/target/status/state"), word(finding, "/target/status/reason"));
        let expected = match oscal_prop(finding, "verdict").as_str() {
            "pass" => ("satisfied", "pass"),
            "attested" => ("satisfied", "other"),
            "fail" => ("not-satisfied", "fail"),
            _ => ("not-satisfied", "other"),
        };
        assert_eq!((status.0.as_str(), status.1.as_str()), expected);
        assert_eq!(expected.1 == "fail", !array(finding, "/related-risks").is_empty() && expected.1 == "fail");
    }
    let observations = array(result, "/observations");
    let own = observations.iter().filter(|one| one["types"][0] == "control-objective");
    let assessments: Vec<(String, String)> =
        own.map(|one| (oscal_prop(one, "label"), oscal_prop(one, "verdict"))).collect();
    let excluded = array(result, "/reviewed-controls/control-selections/0/exclude-controls").len();
    assert_eq!(excluded, assessments.iter().filter(|(_, verdict)| verdict == "not-applicable").count());
    assert_eq!(assessments.len(), array(result, "/findings").len() + excluded);
    let found_there = observations.iter().filter(|one| one["types"][0] == "finding");
    let findings: Vec<&Value> = found_there.collect();
    for one in &findings {
        let uuid = &one["uuid"];
        let risk =
            array(result, "/risks").iter().find(|risk| risk["related-observations"][0]["observation-uuid"] == *uuid);
        assert_eq!(risk.is_some(), oscal_prop(one, "verdict") == "fail");
        let status = if oscal_prop(one, "exception").is_empty() { "open" } else { "deviation-approved" };
        assert!(risk.is_none_or(|risk| risk["status"] == status));
    }
    found(assessments, findings.into_iter().map(|one| oscal_prop(one, "finding")))
}

/// The identifiers that a document gives, and those that it refers to.
fn identifiers(value: &Value, known: &mut Vec<String>, used: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| identifiers(item, known, used)),
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value.as_str()) {
                    ("uuid", Some(uuid)) => known.push(uuid.to_owned()),
                    ("href", Some(href)) => used.extend(href.strip_prefix('#').map(str::to_owned)),
                    (key, Some(uuid)) if key.ends_with("-uuid") => used.push(uuid.to_owned()),
                    ("party-uuids", None) => used.extend(array(value, "").iter().map(|uuid| word(uuid, ""))),
                    _ => identifiers(value, known, used),
                }
            }
        }
        _ => {}
    }
}

/// Also checks that each reference ends in the document and that scores fit verdicts.
fn cyclonedx(text: &str) -> Found {
    let document = parse(text);
    let mut known = Vec::new();
    references(&document, &mut known);
    let number = known.len();
    known.sort();
    known.dedup();
    assert_eq!(known.len(), number, "a reference stands twice");
    let resolves = |value: &Value| assert!(known.binary_search(&word(value, "")).is_ok(), "{value} leads nowhere");
    let claims = array(&document, "/declarations/claims");
    for claim in claims {
        resolves(&claim["target"]);
        for key in ["/evidence", "/counterEvidence", "/mitigationStrategies"] {
            array(claim, key).iter().for_each(resolves);
        }
    }
    let mut assessments = Vec::new();
    for (place, attestation) in array(&document, "/declarations/attestations").iter().enumerate() {
        for row in array(attestation, "/map") {
            resolves(&row["requirement"]);
            for key in ["/claims", "/counterClaims", "/conformance/mitigationStrategies"] {
                array(row, key).iter().for_each(resolves);
            }
            let score = row.pointer("/conformance/score");
            if place > 0 {
                assert!(score.is_none(), "a clause has no score");
                continue;
            }
            let verdict = word(row, "/conformance/rationale").split(':').next().unwrap().to_owned();
            let expected = match verdict.as_str() {
                "pass" | "attested" => Some(1),
                "fail" => Some(0),
                _ => None,
            };
            assert_eq!(score.and_then(Value::as_u64), expected);
            assert_eq!(array(row, "/counterClaims").len(), usize::from(verdict == "fail"));
            assessments.push((word(row, "/requirement").trim_start_matches("control:").to_owned(), verdict));
        }
    }
    assert_eq!(claims.len(), assessments.len());
    let evidence = array(&document, "/declarations/evidence").iter().map(|one| word(one, "/bom-ref"));
    let findings: Vec<String> = evidence.filter_map(|one| Some(one.strip_prefix("finding:")?.to_owned())).collect();
    found(assessments, findings)
}

fn references(value: &Value, known: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, known)),
        Value::Object(fields) => {
            known.extend(fields.get("bom-ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| references(value, known));
        }
        _ => {}
    }
}
