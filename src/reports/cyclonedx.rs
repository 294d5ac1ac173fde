//! The report as CycloneDX 1.7 declarations (https://cyclonedx.org/docs/1.7/json/#declarations): controls and the clauses
//! that they answer are requirements of standards, each assessment is a claim, each finding is evidence.
//!
//! A claim that fails is a counter-claim with conformance 0. What nobody could conclude has no score. Clauses never have
//! one: that the controls that answer a clause pass does not show that the clause is met.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{Style, uri, words, write_pretty};
use crate::model::{Assessment, Assurance, Evidence, Finding, Mapping, Report, Root, Verdict, escape};

/// The standard that otaudit's own controls make.
const OWN: &str = "otaudit";

/// Writes the declarations.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let serial = words::identifier(&["cyclonedx", &words::digest(report)?.hex()]);
    let tool =
        json!({ "type": "application", "name": escape(&report.tool.name), "version": escape(&report.tool.version) });
    let document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": format!("urn:uuid:{serial}"),
        "version": 1,
        "metadata": { "timestamp": report.as_of, "tools": { "components": [tool] }, "component": subject(report, "subject") },
        "definitions": { "standards": standards(report) },
        "declarations": {
            "assessors": [{ "bom-ref": "assessor", "thirdParty": false, "organization": { "name": "whoever ran otaudit" } }],
            "attestations": attestations(report),
            "claims": report.assessments.iter().map(|one| claim(report, one)).collect::<Vec<Value>>(),
            "evidence": evidence(report),
            "targets": { "components": [subject(report, "target")] },
            "affirmation": { "statement": affirmation(report) },
        },
    });
    write_pretty(&document, out)
}

/// The bundle, else the app.
fn subject(report: &Report, reference: &str) -> Value {
    let app = report.subject.app.as_ref();
    let name = app.and_then(|app| app.app_name.as_deref().or(app.app_id.as_deref())).unwrap_or("app");
    let Some(bundle) = &report.subject.bundle else {
        return json!({ "type": "application", "bom-ref": reference, "name": escape(name) });
    };
    let mut properties = vec![json!({ "name": "otaudit:content-sha256", "value": bundle.content_digest })];
    properties.extend(
        app.and_then(|app| app.app_id.as_ref()).map(|id| json!({ "name": "otaudit:app-id", "value": escape(id) })),
    );
    let hashes: Vec<Value> =
        bundle.digest.sha256.iter().map(|digest| json!({ "alg": "SHA-256", "content": digest })).collect();
    let mut subject = json!({
        "type": "application",
        "bom-ref": reference,
        "name": escape(&bundle.name),
        "hashes": hashes,
        "properties": properties,
    });
    let version = report.subject.release.as_ref().and_then(|release| release.version.as_deref());
    if let (Some(version), Some(object)) = (version, subject.as_object_mut()) {
        object.insert("version".to_owned(), json!(escape(version)));
    }
    subject
}

/// The controls, then each framework with the clauses that the controls answer.
fn standards(report: &Report) -> Vec<Value> {
    let controls: Vec<Value> = report
        .assessments
        .iter()
        .map(|one| {
            json!({
                "bom-ref": requirement(&one.control),
                "identifier": escape(&one.control),
                "title": escape(&one.title),
                "text": escape(&one.requirement),
                "properties": [{ "name": "otaudit:severity", "value": one.severity }],
            })
        })
        .collect();
    let version = escape(&report.tool.version);
    let mut all = vec![json!({
        "bom-ref": format!("standard:{OWN}"), "name": "otaudit controls", "version": version, "owner": OWN,
        "requirements": controls,
    })];
    for (framework, clauses) in clauses(report) {
        let note = report.frameworks.iter().find(|note| note.id == framework);
        let requirements: Vec<Value> = clauses
            .keys()
            .map(|clause| {
                let title = note.and_then(|note| note.clauses.iter().find(|one| one.id == **clause));
                let mut requirement =
                    json!({ "bom-ref": clause_reference(framework, clause), "identifier": escape(clause) });
                let title = title.map(|one| escape(&one.title)).filter(|title| !title.is_empty());
                if let (Some(title), Some(object)) = (title, requirement.as_object_mut()) {
                    object.insert("title".to_owned(), json!(title));
                }
                requirement
            })
            .collect();
        all.push(json!({
            "bom-ref": format!("standard:{}", escape(framework)),
            "name": escape(note.map_or(framework, |note| &note.title)),
            "version": escape(note.map_or("", |note| &note.version)),
            "requirements": requirements,
        }));
    }
    all
}

/// Each framework's clauses, with the controls that answer them.
fn clauses(report: &Report) -> BTreeMap<&str, BTreeMap<&str, Vec<&Assessment>>> {
    let mut all: BTreeMap<&str, BTreeMap<&str, Vec<&Assessment>>> = BTreeMap::new();
    for one in &report.assessments {
        for Mapping { framework, clause } in &one.mappings {
            let answers = all.entry(framework).or_default().entry(clause).or_default();
            if answers.last().is_none_or(|last| last.control != one.control) {
                answers.push(one);
            }
        }
    }
    all
}

fn requirement(control: &str) -> String {
    format!("control:{}", escape(control))
}

fn clause_reference(framework: &str, clause: &str) -> String {
    format!("clause:{}:{}", escape(framework), escape(clause))
}

fn claim_reference(one: &Assessment) -> String {
    format!("claim:{}", escape(&one.control))
}

/// What the claims say of each requirement: of the controls with scores, of the frameworks' clauses without.
fn attestations(report: &Report) -> Vec<Value> {
    let own: Vec<Value> = report.assessments.iter().map(|one| row(&requirement(&one.control), one)).collect();
    let mut all = vec![json!({ "summary": "Controls of otaudit", "assessor": "assessor", "map": own })];
    for (framework, clauses) in clauses(report) {
        let map: Vec<Value> = clauses
            .iter()
            .map(|(clause, answers)| {
                let of = |fails: bool| -> Vec<String> {
                    let chosen = answers.iter().filter(|one| (one.verdict == Verdict::Fail) == fails);
                    chosen.map(|one| claim_reference(one)).collect()
                };
                let mut row = Map::new();
                row.insert("requirement".to_owned(), json!(clause_reference(framework, clause)));
                insert(&mut row, "claims", &of(false));
                insert(&mut row, "counterClaims", &of(true));
                let rationale =
                    "What the controls that answer this clause say. Nothing is concluded about the clause as a whole.";
                row.insert("conformance".to_owned(), json!({ "rationale": rationale }));
                Value::Object(row)
            })
            .collect();
        let summary = format!("Clauses of {} that controls answer", escape(framework));
        all.push(json!({ "summary": summary, "assessor": "assessor", "map": map }));
    }
    all
}

fn insert(object: &mut Map<String, Value>, key: &str, references: &[String]) {
    if !references.is_empty() {
        object.insert(key.to_owned(), json!(references));
    }
}

fn row(requirement: &str, one: &Assessment) -> Value {
    let fails = one.verdict == Verdict::Fail;
    let mut conformance = Map::new();
    let score = match one.verdict {
        Verdict::Pass | Verdict::Attested => Some(1),
        Verdict::Fail => Some(0),
        Verdict::Manual | Verdict::Indeterminate | Verdict::NotApplicable => None,
    };
    conformance.extend(score.map(|score| ("score".to_owned(), json!(score))));
    conformance.insert("rationale".to_owned(), json!(format!("{}: {}", one.verdict, escape(words::said(one)))));
    insert(&mut conformance, "mitigationStrategies", &mitigations(one));
    let mut row = Map::new();
    row.insert("requirement".to_owned(), json!(requirement));
    insert(&mut row, if fails { "counterClaims" } else { "claims" }, &[claim_reference(one)]);
    row.insert("conformance".to_owned(), Value::Object(conformance));
    row.insert(
        "confidence".to_owned(),
        match one.assurance {
            Assurance::Verified => json!({ "score": 1, "rationale": "verified: evidence that the tool examined" }),
            Assurance::Attested => {
                json!({ "score": 0.5, "rationale": "attested: only a statement of the organisation says so" })
            }
            Assurance::Inferred => {
                json!({ "rationale": "inferred: concluded from other facts, or not concluded at all" })
            }
        },
    );
    Value::Object(row)
}

/// The exceptions beside an assessment, as references to what describes them.
fn mitigations(one: &Assessment) -> Vec<String> {
    let own = one.exception.iter().chain(one.findings.iter().filter_map(|finding| finding.exception.as_ref()));
    let ids: std::collections::BTreeSet<&String> = own.collect();
    ids.into_iter().map(|id| exception_reference(id)).collect()
}

fn exception_reference(id: &str) -> String {
    format!("exception:{}", escape(id))
}

fn finding_reference(finding: &Finding) -> String {
    format!("finding:{}", escape(&finding.id))
}

fn evidence_reference(one: &Assessment, number: usize) -> String {
    format!("evidence:{}:{number}", escape(&one.control))
}

fn statement_reference(key: &str) -> String {
    format!("statement:{}", escape(key))
}

fn claim(report: &Report, one: &Assessment) -> Value {
    let title = escape(&one.title);
    let predicate = match one.verdict {
        Verdict::Pass => format!("No indicator against it was found within the stated scope: {title}"),
        Verdict::Attested => format!("The organisation states it: {title}"),
        Verdict::Fail => format!("It is not met: {title}"),
        Verdict::Manual => format!("A person has to decide: {title}"),
        Verdict::Indeterminate => format!("It could not be read or computed: {title}"),
        Verdict::NotApplicable => format!("It does not apply: {title}"),
    };
    let mut claim = Map::new();
    claim.insert("bom-ref".to_owned(), json!(claim_reference(one)));
    claim.insert("target".to_owned(), json!("target"));
    claim.insert("predicate".to_owned(), json!(predicate));
    claim.insert("reasoning".to_owned(), json!(escape(words::said(one))));
    let mut support: Vec<String> = (0..one.evidence.len()).map(|number| evidence_reference(one, number)).collect();
    if one.verdict == Verdict::Attested {
        support.extend(words::statements(report, &one.control).iter().map(|note| statement_reference(&note.key)));
    }
    // Findings support a claim that something is wrong or open, and speak against any other.
    let found: Vec<String> = one.findings.iter().map(finding_reference).collect();
    let concludes = matches!(one.verdict, Verdict::Pass | Verdict::Attested | Verdict::NotApplicable);
    if !concludes {
        support.extend(found.iter().cloned());
    }
    insert(&mut claim, "evidence", &support);
    insert(&mut claim, "counterEvidence", if concludes { &found } else { &[] });
    insert(&mut claim, "mitigationStrategies", &mitigations(one));
    Value::Object(claim)
}

/// What was examined, what was found, what is stated, and which exceptions there are.
fn evidence(report: &Report) -> Vec<Value> {
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

fn affirmation(report: &Report) -> String {
    let limits: Vec<String> = report.limits.iter().map(|limit| escape(limit)).collect();
    let ours = "Conformance 1 says that no indicator was found within the stated scope, or that the organisation states so. \
                This is no legal advice and no certification. Nobody has signed it.";
    format!("{ours} {}", limits.join(" ")).trim().to_owned()
}
