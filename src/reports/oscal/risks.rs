//! What a failure risks: one risk for each finding that fails, `deviation-approved` where an exception accepts it.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::shapes::{Ids, SPACE, line, prop, string, text};
use super::{around, observations};
use crate::model::{Assessment, Confidence, Finding, Report, Severity, Verdict};

/// A failure: a finding, or a whole assessment that fails without one.
struct Failure<'a> {
    number: Option<usize>,
    message: &'a str,
    severity: Severity,
    confidence: Confidence,
    exception: Option<&'a str>,
}

fn failures(one: &Assessment) -> Vec<Failure<'_>> {
    let failing = |found: &Finding| found.verdict == Verdict::Fail;
    let of = |(number, found): (usize, &'_ Finding)| (number, failing(found));
    let numbers: Vec<usize> =
        one.findings.iter().enumerate().map(of).filter(|(_, fails)| *fails).map(|(number, _)| number).collect();
    if numbers.is_empty() && one.verdict == Verdict::Fail {
        return vec![Failure {
            number: None,
            message: &one.requirement,
            severity: one.severity,
            confidence: Confidence::Certain,
            exception: one.exception.as_deref(),
        }];
    }
    let found = numbers.into_iter().filter_map(|number| Some((number, one.findings.get(number)?)));
    found
        .map(|(number, found)| Failure {
            number: Some(number),
            message: &found.message,
            severity: found.severity,
            confidence: found.confidence,
            exception: found.exception.as_deref(),
        })
        .collect()
}

fn id(one: &Assessment, failure: &Failure, ids: &Ids) -> String {
    let number = failure.number.map_or_else(|| "whole".to_owned(), |number| number.to_string());
    ids.of(&["risk", &one.control, &number])
}

/// The identifiers of an assessment's risks.
pub(super) fn of(one: &Assessment, ids: &Ids) -> Vec<String> {
    failures(one).iter().map(|failure| id(one, failure, ids)).collect()
}

/// All of them, in the order of the findings.
pub(super) fn all(report: &Report, ids: &Ids) -> Vec<Value> {
    let all = report.assessments.iter().flat_map(|one| failures(one).into_iter().map(move |failure| (one, failure)));
    all.map(|(one, failure)| risk(report, one, &failure, ids)).collect()
}

fn risk(report: &Report, one: &Assessment, failure: &Failure, ids: &Ids) -> Value {
    let uuid = id(one, failure, ids);
    let note = failure.exception.and_then(|id| report.exceptions.iter().find(|note| note.id == id));
    let facet = |name: &str, value: &str| json!({ "name": name, "system": SPACE, "value": value });
    let mut props = vec![prop("label", &one.control)];
    props.extend(failure.exception.map(|id| prop("exception", id)));
    if let Some(note) = note {
        props.push(prop("exception-owner", &note.owner));
        props.push(prop("exception-reason", &note.reason));
        props.extend(note.approver.as_deref().map(|name| prop("exception-approver", name)));
        props.extend(note.risk_acceptance.as_deref().map(|words| prop("risk-acceptance", words)));
    }
    // A day that can't be read is left out here and stays among the properties.
    let deadline = note.and_then(|note| note.expires.parse::<Date>().ok()).map(|day| format!("{day}T23:59:59Z"));
    props.extend(note.filter(|_| deadline.is_none()).map(|note| prop("exception-expires", &string(&note.expires))));
    let compensation = note
        .and_then(|note| note.compensating_control.as_deref())
        .map(|words| json!({ "uuid": ids.of(&["mitigation", &uuid]), "description": text(words) }));
    let owner = note.map(|note| note.owner.as_str()).filter(|owner| !owner.trim().is_empty());
    let log = owner.map(|owner| {
        json!({ "entries": [{
            "uuid": ids.of(&["acceptance", &uuid]),
            "title": line(&format!("Accepted by the exception {}", failure.exception.unwrap_or_default())),
            "start": report.as_of,
            "status-change": "deviation-approved",
            "logged-by": [{ "party-uuid": ids.of(&["party", owner]), "role-id": "owner-of-an-exception" }],
        }] })
    });
    let observed = failure
        .number
        .map_or_else(|| ids.of(&["observation", &one.control]), |number| observations::of_finding(one, number, ids));
    json!({
        "uuid": uuid,
        "title": line(&format!("{} {}", one.control, one.title)),
        "description": text(failure.message),
        "statement": text(&one.requirement),
        "props": props,
        "status": if failure.exception.is_some() { "deviation-approved" } else { "open" },
        "characterizations": [{
            "origin": around::origin(ids),
            "facets": [facet("severity", failure.severity.word()), facet("confidence", failure.confidence.word())],
        }],
        "mitigating-factors": compensation.into_iter().collect::<Vec<Value>>(),
        "deadline": deadline,
        "risk-log": log,
        "remediations": [{
            "uuid": ids.of(&["remediation", &uuid]),
            "lifecycle": "recommendation",
            "title": line(&format!("Recommendation for {}", one.control)),
            "description": text(&one.remediation),
        }],
        "related-observations": [{ "observation-uuid": observed }],
    })
}
