//! The report as CycloneDX 1.7 declarations (https://cyclonedx.org/docs/1.7/json/#declarations): controls and the clauses
//! that they answer are requirements of standards, each assessment is a claim, each finding is evidence.
//!
//! A claim that fails is a counter-claim with conformance 0. What nobody could conclude has no score. Clauses never have
//! one: that the controls that answer a clause pass does not show that the clause is met.

mod evidence;
mod standards;

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use self::evidence::evidence;
use self::standards::{clauses, standards};
use super::{Style, words, write_pretty};
use crate::model::{Assessment, Assurance, Finding, Report, Verdict, escape};

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
    let ids: BTreeSet<&String> = own.collect();
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

fn affirmation(report: &Report) -> String {
    let limits: Vec<String> = report.limits.iter().map(|limit| escape(limit)).collect();
    let ours = "Conformance 1 says that no indicator was found within the stated scope, or that the organisation states so. \
                This is no legal advice and no certification. Nobody has signed it.";
    format!("{ours} {}", limits.join(" ")).trim().to_owned()
}
