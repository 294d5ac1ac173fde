//! What claims rest on: what was examined, what was found, what is stated, and exceptions.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{evidence_reference, exception_reference, finding_reference, statement_reference};
use crate::model::{Assessment, Evidence, Finding, Report, Root, Verdict, escape};
use crate::reports::{uri, words};

/// What was examined, what was found, what is stated, and which exceptions there are.
pub(super) fn evidence(report: &Report) -> Vec<Value> {
    let mut all = Vec::new();
    for one in &report.assessments {
        for (number, seen) in one.evidence.iter().enumerate() {
            all.push(examined(report, &evidence_reference(one, number), one, seen));
        }
        all.extend(one.findings.iter().map(|finding| found(report, one, finding)));
    }
    for note in &report.attestations {
        let used = report.assessments.iter().filter(|one| one.verdict == Verdict::Attested);
        let used = used.flat_map(|one| words::statements(report, &one.control)).any(|other| other.key == note.key);
        if used {
            let mut value = json!({
                "bom-ref": statement_reference(&note.key),
                "propertyName": format!("otaudit:statement:{}", escape(&note.key)),
                "description": escape(&format!("{} {}", note.question, note.value.as_deref().unwrap_or_default())).trim(),
                "data": note.evidence.iter().map(|stated| {
                    json!({ "name": escape(&stated.source), "contents": { "url": uri::reference(&stated.source) } })
                }).collect::<Vec<Value>>(),
            });
            let day = |day: Option<&str>| Some(format!("{}T00:00:00Z", day?.parse::<jiff::civil::Date>().ok()?));
            let times = [
                ("created", day(note.date.as_deref())),
                ("expires", words::last_day(note).map(|day| format!("{day}T23:59:59Z"))),
            ];
            if let Some(object) = value.as_object_mut() {
                object.extend(times.into_iter().filter_map(|(key, time)| Some((key.to_owned(), json!(time?)))));
                object.extend(note.by.as_ref().map(|by| ("author".to_owned(), json!({ "name": escape(by) }))));
            }
            all.push(value);
        }
    }
    all.extend(exceptions(report));
    all
}

fn examined(report: &Report, reference: &str, one: &Assessment, seen: &Evidence) -> Value {
    let url = seen.location.as_ref().filter(|location| !location.path.is_empty());
    let data: Vec<Value> = url
        .map(|location| json!({ "name": words::place(location), "contents": { "url": address(location.root, &location.path) } }))
        .into_iter()
        .collect();
    json!({
        "bom-ref": reference,
        "propertyName": format!("otaudit:evidence:{}", escape(&one.control)),
        "description": escape(&seen.message),
        "data": data,
        "created": report.as_of,
    })
}

/// A path of the subject as a reference, with its root as the first part.
fn address(root: Root, path: &str) -> String {
    format!("{}/{}", root.word(), uri::relative(path))
}

fn found(report: &Report, one: &Assessment, finding: &Finding) -> Value {
    let blocks = if report.gate.blocking.contains(&finding.id) { ", blocks" } else { "" };
    let place = words::place(&finding.location);
    let mut data = Vec::new();
    if !finding.location.path.is_empty() {
        let url = address(finding.location.root, &finding.location.path);
        data.push(json!({ "name": place, "contents": { "url": url } }));
    }
    let excerpt = finding.excerpt.as_ref();
    data.extend(excerpt.map(|text| {
        json!({ "name": "excerpt", "contents": { "attachment": { "contentType": "text/plain", "content": escape(text) } } })
    }));
    json!({
        "bom-ref": finding_reference(finding),
        "propertyName": format!("otaudit:finding:{}:{}", escape(&one.control), escape(&finding.rule)),
        "description": escape(&format!(
            "{}, {}, {}{blocks}: {} ({place}) fingerprint {}",
            finding.verdict, finding.severity, finding.confidence.word(), finding.message, finding.fingerprint
        )),
        "data": data,
        "created": report.as_of,
    })
}

/// Every exception that something refers to, also one that the list of exceptions lacks.
fn exceptions(report: &Report) -> Vec<Value> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for one in &report.assessments {
        let ids = one.exception.iter().chain(one.findings.iter().filter_map(|finding| finding.exception.as_ref()));
        for id in ids {
            let note = report.exceptions.iter().find(|note| note.id == *id);
            let said = note.map_or_else(
                || format!("accepted by the exception {id}"),
                |note| {
                    let instead = note
                        .compensating_control
                        .as_ref()
                        .map(|words| format!("; instead: {words}"))
                        .unwrap_or_default();
                    format!("accepted by {} until {}: {}{instead}", note.owner, note.expires, note.reason)
                },
            );
            all.insert(exception_reference(id), escape(&said));
        }
    }
    let value = |(reference, said): (String, String)| json!({ "bom-ref": reference, "propertyName": "otaudit:exception", "description": said });
    all.into_iter().map(value).collect()
}
