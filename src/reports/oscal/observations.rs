//! What was seen: one observation for each assessment, and one for each finding.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::around;
use super::shapes::{Ids, line, prop, text};
use crate::model::{Assessment, Assurance, Evidence, Finding, Location, Report, Verdict};
use crate::reports::words;

/// All of them, each assessment's own before those of its findings.
pub(super) fn all(report: &Report, ids: &Ids) -> Vec<Value> {
    let mut all = Vec::new();
    for one in &report.assessments {
        all.push(assessment(report, one, ids));
        all.extend(one.findings.iter().enumerate().map(|(number, found)| finding(report, one, number, found, ids)));
    }
    all
}

/// The identifiers of an assessment's observations.
pub(super) fn of<'a>(one: &'a Assessment, ids: &'a Ids) -> impl Iterator<Item = String> + 'a {
    let own = ids.of(&["observation", &one.control]);
    let found = (0..one.findings.len()).map(|number| of_finding(one, number, ids));
    std::iter::once(own).chain(found)
}

/// The identifier of a finding's observation.
pub(super) fn of_finding(one: &Assessment, number: usize, ids: &Ids) -> String {
    ids.of(&["observation", &one.control, &number.to_string()])
}

fn assessment(report: &Report, one: &Assessment, ids: &Ids) -> Value {
    let statements = words::statements(report, &one.control);
    let stated = one.verdict == Verdict::Attested;
    let ends: Option<Date> = statements.iter().filter(|_| stated).filter_map(|note| words::last_day(note)).min();
    let mut evidence: Vec<Value> = one.evidence.iter().map(|one| seen(report, one, ids)).collect();
    if stated {
        for note in statements {
            let by = note.by.as_deref().unwrap_or("nobody named");
            let date = note.date.as_deref().unwrap_or("no date");
            evidence.push(json!({ "description": text(&format!("statement `{}` of {date}, by {by}", note.key)) }));
            evidence.extend(note.evidence.iter().map(|stated| {
                json!({
                    "href": ids.reference(&["stated", &note.key, &stated.source]),
                    "description": text(&format!("what the statement `{}` rests on: {}", note.key, stated.source)),
                })
            }));
        }
    }
    let mut props =
        vec![prop("label", &one.control), prop("verdict", one.verdict.word()), prop("assurance", one.assurance.word())];
    for mapping in &one.mappings {
        props.push(prop("clause", &format!("{} {}", mapping.framework, mapping.clause)));
    }
    json!({
        "uuid": ids.of(&["observation", &one.control]),
        "title": line(&format!("{} {}", one.control, one.title)),
        "description": text(words::said(one)),
        "props": props,
        "methods": [method(one)],
        "types": ["control-objective"],
        "origins": [around::origin(ids)],
        "subjects": around::whole(report, ids),
        "relevant-evidence": evidence,
        "collected": report.as_of,
        "expires": ends.map(|day| format!("{day}T23:59:59Z")),
    })
}

/// The tool tests what it reads; a statement is only examined.
const fn method(one: &Assessment) -> &'static str {
    match one.assurance {
        Assurance::Verified => "TEST",
        Assurance::Attested | Assurance::Inferred => "EXAMINE",
    }
}

fn seen(report: &Report, evidence: &Evidence, ids: &Ids) -> Value {
    let place = evidence.location.as_ref().map(|location| format!(" ({})", words::place(location)));
    let href = evidence.location.as_ref().and_then(|location| resource(report, location, ids));
    json!({ "href": href, "description": text(&format!("{}{}", evidence.message, place.unwrap_or_default())) })
}

/// The resource that holds a place, when it is one of the report's subjects.
fn resource(report: &Report, location: &Location, ids: &Ids) -> Option<String> {
    around::has(report, location.root).then(|| ids.reference(&["resource", location.root.word()]))
}

fn finding(report: &Report, one: &Assessment, number: usize, found: &Finding, ids: &Ids) -> Value {
    let mut props = vec![
        prop("finding", &found.id),
        prop("control", &one.control),
        prop("rule", &found.rule),
        prop("fingerprint", &found.fingerprint),
        prop("verdict", found.verdict.word()),
        prop("severity", found.severity.word()),
        prop("confidence", found.confidence.word()),
        prop("blocking", if report.gate.blocking.contains(&found.id) { "true" } else { "false" }),
    ];
    props.extend(found.exception.as_deref().map(|id| prop("exception", id)));
    let excerpt = found.excerpt.as_deref().map(|excerpt| format!(": {excerpt}")).unwrap_or_default();
    json!({
        "uuid": of_finding(one, number, ids),
        "title": line(&format!("{} {}", one.control, one.title)),
        "description": text(&found.message),
        "props": props,
        "methods": [method(one)],
        "types": ["finding"],
        "origins": [around::origin(ids)],
        "subjects": around::subject(report, found.location.root, ids).into_iter().collect::<Vec<Value>>(),
        "relevant-evidence": [{
            "href": resource(report, &found.location, ids),
            "description": text(&format!("{}{excerpt}", words::place(&found.location))),
        }],
        "collected": report.as_of,
    })
}
