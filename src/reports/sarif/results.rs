//! Findings, and assessments without findings, as SARIF results.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::artifacts::Artifacts;
use super::log::{DescriptorReference, Notification, Place, Properties, ResultItem, Suppression, Text};
use super::rules::{Taxonomies, level};
use super::text;
use crate::model::{Assessment, Evidence, ExceptionNote, Finding, Report, Severity, Verdict};
use crate::reports::words;

/// What results refer to.
pub(super) struct Context<'a> {
    pub report: &'a Report,
    pub rules: BTreeMap<&'a str, usize>,
    pub taxonomies: Taxonomies,
    pub artifacts: Artifacts<'a>,
    pub blocking: BTreeSet<&'a str>,
}

/// One result for each finding, and one for each assessment without findings.
pub(super) fn results(context: &Context) -> Vec<ResultItem> {
    let mut results = Vec::new();
    for assessment in &context.report.assessments {
        if assessment.findings.is_empty() {
            results.push(of_assessment(context, assessment));
        }
        results.extend(assessment.findings.iter().map(|finding| of_finding(context, assessment, finding)));
    }
    results
}

fn of_finding(context: &Context, assessment: &Assessment, finding: &Finding) -> ResultItem {
    let (kind, level) = kind_and_level(finding.verdict, finding.severity);
    let mut properties = properties(assessment, finding.verdict);
    properties.insert("finding", json!(finding.id));
    properties.insert("rule", json!(finding.rule));
    properties.insert("severity", json!(finding.severity));
    properties.insert("confidence", json!(finding.confidence));
    properties.insert("blocking", json!(context.blocking.contains(finding.id.as_str())));
    if let (Some(excerpt), None) = (&finding.excerpt, finding.location.line) {
        properties.insert("excerpt", json!(excerpt));
    }
    ResultItem {
        rule_id: assessment.control.clone(),
        rule_index: rule_index(context, assessment),
        kind,
        level,
        message: Text::plain(text::message(&finding.message)),
        locations: vec![context.artifacts.place(&finding.location, finding.excerpt.as_deref())],
        related_locations: Vec::new(),
        partial_fingerprints: BTreeMap::from([("otauditFinding/v1", finding.fingerprint.clone())]),
        suppressions: suppressions(context, finding.exception.as_deref()),
        taxa: context.taxonomies.references(&assessment.mappings),
        properties,
    }
}

fn of_assessment(context: &Context, assessment: &Assessment) -> ResultItem {
    let mut properties = properties(assessment, assessment.verdict);
    let statements = words::statements(context.report, &assessment.control);
    if assessment.verdict == Verdict::Attested && !statements.is_empty() {
        properties.insert("statements", json!(statements));
    }
    let (kind, level) = kind_and_level(assessment.verdict, assessment.severity);
    let said = words::said(assessment);
    ResultItem {
        rule_id: assessment.control.clone(),
        rule_index: rule_index(context, assessment),
        kind,
        level,
        message: Text::plain(text::message(&format!("{}: {said}", assessment.title))),
        locations: context.artifacts.whole(),
        related_locations: assessment
            .evidence
            .iter()
            .enumerate()
            .map(|(number, evidence)| evidence_place(context, number, evidence))
            .collect(),
        partial_fingerprints: BTreeMap::new(),
        suppressions: suppressions(context, assessment.exception.as_deref()),
        taxa: context.taxonomies.references(&assessment.mappings),
        properties,
    }
}

fn evidence_place(context: &Context, number: usize, evidence: &Evidence) -> Place {
    let place = evidence.location.as_ref().map(|location| context.artifacts.place(location, None));
    let physical_location = place.and_then(|place| place.physical_location);
    // The number makes it unique, as the schema wants it.
    Place { id: Some(number), physical_location, message: Some(Text::plain(text::message(&evidence.message))) }
}

/// SARIF wants level `none` for every kind but `fail`.
const fn kind_and_level(verdict: Verdict, severity: Severity) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Pass | Verdict::Attested => ("pass", "none"),
        Verdict::Fail => ("fail", level(severity)),
        Verdict::Manual => ("review", "none"),
        Verdict::Indeterminate => ("open", "none"),
        Verdict::NotApplicable => ("notApplicable", "none"),
    }
}

fn properties(assessment: &Assessment, verdict: Verdict) -> Properties {
    Properties::from([
        ("control", json!(assessment.control)),
        ("verdict", json!(verdict)),
        ("controlVerdict", json!(assessment.verdict)),
        ("assurance", json!(assessment.assurance)),
    ])
}

fn rule_index(context: &Context, assessment: &Assessment) -> usize {
    context.rules.get(assessment.control.as_str()).copied().unwrap_or_default()
}

fn suppressions(context: &Context, exception: Option<&str>) -> Vec<Suppression> {
    let Some(id) = exception else { return Vec::new() };
    let note = context.report.exceptions.iter().find(|note| note.id == id);
    let justification = note.map_or_else(
        || id.to_owned(),
        |note| format!("{id}, answered for by {} until {}: {}", note.owner, note.expires, note.reason),
    );
    let detail = |pick: fn(&ExceptionNote) -> &str| note.map_or(Value::Null, |note| json!(pick(note)));
    vec![Suppression {
        guid: text::guid(&["exception", id]),
        kind: "external",
        status: "accepted",
        justification,
        properties: Properties::from([
            ("exception", json!(id)),
            ("owner", detail(|note| &note.owner)),
            ("expires", detail(|note| &note.expires)),
        ]),
    }]
}

/// What could not be read or computed, as the invocation's notifications.
pub(super) fn notifications(context: &Context) -> Vec<Notification> {
    let level = if context.report.gate.indeterminate_fails { "error" } else { "warning" };
    let mut all = Vec::new();
    for assessment in &context.report.assessments {
        let rule = DescriptorReference {
            id: assessment.control.clone(),
            index: rule_index(context, assessment),
            tool_component: None,
        };
        let open = assessment.findings.iter().filter(|finding| finding.verdict == Verdict::Indeterminate);
        all.extend(open.map(|finding| Notification {
            level,
            message: Text::plain(text::message(&finding.message)),
            locations: vec![context.artifacts.place(&finding.location, None)],
            associated_rule: Some(rule.clone()),
        }));
        if assessment.findings.is_empty() && assessment.verdict == Verdict::Indeterminate {
            all.push(Notification {
                level,
                message: Text::plain(text::message(&format!("{}: could not be read or computed", assessment.title))),
                locations: context.artifacts.whole(),
                associated_rule: Some(rule),
            });
        }
    }
    all.extend(context.report.completeness.not_examined.iter().map(|file| Notification {
        level: "note",
        message: Text::plain(text::message(&format!("not examined, or not whole: {}", file.reason))),
        locations: vec![context.artifacts.place(&file.location, None)],
        associated_rule: None,
    }));
    all
}
