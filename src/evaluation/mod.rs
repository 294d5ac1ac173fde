//! Floor 5, facts × controls × policy → report: the only place that weighs verdicts.

mod completeness;
mod composition;
mod exceptions;
mod fingerprint;
mod rolled;
mod statements;
mod variants;

use std::collections::{BTreeMap, BTreeSet};

use crate::controls::{self, Control, Draft, Outcome, Parameters, ROLL_UPS};
use crate::facts::Facts;
use crate::model::{
    AppSubject, Assessment, Assurance, BundleDigest, BundleSubject, ClauseNote, Counts, Deviation, Fact, Finding,
    FrameworkNote, Gate, GateResult, Mapping, PolicySubject, REPORT_SCHEMA, ReleaseSubject, Report, Settings, Severity,
    Subject, Tool, Verdict, printable,
};
use crate::policy::{Policy, SelectedControl};
use exceptions::Register;
pub use statements::{controls_of, notes as attestation_notes};

/// Shown of names and identifiers from the subject.
const NAME: usize = 120;

/// Assesses every selected control and decides the gate. Pure: the same arguments give the same report.
#[must_use]
pub fn evaluate(facts: &Facts, policy: &Policy, as_of: jiff::Timestamp) -> Report {
    let today = as_of.to_zoned(jiff::tz::TimeZone::UTC).date();
    let bundle = facts.bundle.as_ref();
    let mut register = Register::new(&policy.exceptions, today, bundle.and_then(|bundle| bundle.archive_sha256));
    let (last, first): (Vec<&SelectedControl>, Vec<&SelectedControl>) =
        policy.controls.iter().partition(|selected| ROLL_UPS.contains(&selected.control.id));
    let mut assessments: Vec<Assessment> = Vec::new();
    let mut add = |facts: &Facts, selected: &SelectedControl, assessments: &mut Vec<Assessment>| {
        let mut assessment = assess(facts, selected);
        fingerprint::number(&mut assessment);
        register.apply(&mut assessment);
        assessments.push(assessment);
    };
    for selected in first {
        add(facts, selected, &mut assessments);
    }
    if !last.is_empty() {
        let rolled = rolled::up(facts, &assessments, policy, as_of);
        for selected in last {
            add(&rolled, selected, &mut assessments);
        }
        assessments.sort_by(|one, other| one.control.cmp(&other.control));
    }
    let gate = decide(&assessments, policy);
    Report {
        schema: REPORT_SCHEMA.to_owned(),
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        as_of: as_of.to_string(),
        gate,
        counts: count(&assessments),
        subject: subject(facts),
        completeness: completeness::of(facts),
        settings: Settings {
            policy: PolicySubject { name: policy.name.clone(), sha256: policy.sha256, extends: policy.extends.clone() },
            deviations: deviations(policy),
        },
        frameworks: frameworks(&assessments),
        exceptions: register.notes(),
        attestations: statements::notes(facts, policy),
        scope: statements::scope(facts, policy),
        composition: facts.bundle.as_ref().map(composition::of).unwrap_or_default(),
        limits: LIMITS.iter().map(|limit| (*limit).to_owned()).collect(),
        assessments,
    }
}

/// What no report of this tool can say.
const LIMITS: &[&str] = &[
    "A pass means that no indicator was found within the stated scope: it is no legal advice, no certification, and no \
     assurance that Apple, Google or an authority will agree.",
    "The files were read, never run: what a server answers, what a flag switches on and what a device does with the \
     update is not seen.",
];

/// What a control finds, in what ships and in the app's configurations for other builds.
#[must_use]
pub fn outcome(facts: &Facts, control: &Control, parameters: &Parameters) -> Outcome {
    let mut outcome = controls::assess(facts, control, parameters);
    variants::add(&mut outcome, facts, control, parameters);
    outcome
}

fn assess(facts: &Facts, selected: &SelectedControl) -> Assessment {
    let control = selected.control;
    let parameters = Parameters::of(control.parameters, &selected.parameters);
    let outcome = outcome(facts, control, &parameters);
    let verdict = outcome.verdict();
    let Outcome { evidence, mut findings, not_applicable, attested: _ } = outcome;
    if findings.is_empty() && evidence.is_empty() && not_applicable.is_none() {
        let place = crate::model::Location::file(crate::model::Root::Bundle, "");
        findings.push(Draft::indeterminate("nothing-examined", place, "nothing was examined"));
    }
    Assessment {
        control: control.id.to_owned(),
        title: control.title.to_owned(),
        requirement: control.requirement.to_owned(),
        severity: selected.severity,
        verdict,
        assurance: match verdict {
            Verdict::Pass | Verdict::Fail => Assurance::Verified,
            Verdict::Attested => Assurance::Attested,
            Verdict::Manual | Verdict::Indeterminate | Verdict::NotApplicable => Assurance::Inferred,
        },
        reason: not_applicable,
        evidence,
        findings: findings.into_iter().map(|draft| finding(draft, selected)).collect(),
        mappings: control
            .mappings
            .iter()
            .map(|(framework, clause)| Mapping { framework: (*framework).to_owned(), clause: (*clause).to_owned() })
            .collect(),
        remediation: control.remediation.to_owned(),
        exception: None,
    }
}

fn finding(draft: Draft, selected: &SelectedControl) -> Finding {
    // A policy that lowers or raises a control's severity caps or replaces what its findings say.
    let severity = match draft.severity {
        Some(own) if selected.severity == selected.control.severity => own,
        Some(own) if selected.severity < selected.control.severity => own.min(selected.severity),
        _ => selected.severity,
    };
    Finding {
        id: String::new(),
        fingerprint: fingerprint::of(selected.control.id, &draft),
        rule: draft.rule,
        verdict: draft.verdict,
        message: draft.message,
        severity,
        confidence: draft.confidence,
        location: draft.location,
        excerpt: draft.excerpt,
        exception: None,
    }
}

fn decide(assessments: &[Assessment], policy: &Policy) -> Gate {
    let rules = &policy.gate;
    let blocks = |finding: &Finding| {
        finding.exception.is_none()
            && match finding.verdict {
                Verdict::Fail => finding.severity >= rules.fail_on,
                Verdict::Indeterminate => rules.indeterminate_fails,
                Verdict::Manual => rules.manual_fails,
                Verdict::Pass | Verdict::Attested | Verdict::NotApplicable => false,
            }
    };
    let blocking: Vec<String> = assessments
        .iter()
        .flat_map(|assessment| &assessment.findings)
        .filter(|finding| blocks(finding))
        .map(|finding| finding.id.clone())
        .collect();
    Gate {
        result: if blocking.is_empty() { GateResult::Passed } else { GateResult::Failed },
        fail_on: rules.fail_on,
        strict: rules.manual_fails,
        indeterminate_fails: rules.indeterminate_fails,
        blocking,
    }
}

fn count(assessments: &[Assessment]) -> Counts {
    let mut by_verdict: BTreeMap<String, usize> =
        Verdict::ALL.iter().map(|verdict| (verdict.word().to_owned(), 0)).collect();
    let mut failures: BTreeMap<String, usize> =
        Severity::ALL.iter().map(|severity| (severity.word().to_owned(), 0)).collect();
    let mut excepted = 0;
    for assessment in assessments {
        *by_verdict.entry(assessment.verdict.word().to_owned()).or_default() += 1;
        for finding in &assessment.findings {
            if finding.exception.is_some() {
                excepted += 1;
            } else if finding.verdict == Verdict::Fail {
                *failures.entry(finding.severity.word().to_owned()).or_default() += 1;
            }
        }
    }
    Counts { assessments: by_verdict, failures, excepted }
}

fn subject(facts: &Facts) -> Subject {
    let text = |fact: &Fact<String>| fact.known().map(|text| printable(text, NAME));
    Subject {
        bundle: facts.bundle.as_ref().map(|bundle| BundleSubject {
            name: printable(&bundle.name, NAME),
            kind: bundle.kind.to_owned(),
            digest: BundleDigest { sha256: bundle.archive_sha256 },
            content_digest: bundle.content_digest,
            bytes: bundle.bytes,
            content_bytes: bundle.content_bytes,
        }),
        app: facts.app.as_ref().map(|app| AppSubject {
            app_id: text(&app.app_id),
            app_name: text(&app.app_name),
            configs: app.configs.iter().map(|config| config.path.clone()).collect(),
            variants: app.variants.clone(),
        }),
        release: facts.release.as_ref().map(|release| ReleaseSubject {
            source: printable(&release.source, NAME),
            checksum: text(&release.checksum),
            version: text(&release.version),
        }),
    }
}

fn deviations(policy: &Policy) -> Vec<Deviation> {
    let mut deviations = policy.deviations.clone();
    deviations.sort();
    deviations.dedup();
    deviations
}

fn frameworks(assessments: &[Assessment]) -> Vec<FrameworkNote> {
    let used: BTreeSet<&Mapping> = assessments.iter().flat_map(|assessment| &assessment.mappings).collect();
    let mut notes: Vec<FrameworkNote> = crate::policy::frameworks()
        .iter()
        .filter_map(|framework| {
            let clauses: Vec<ClauseNote> = framework
                .clauses
                .iter()
                .filter(|clause| used.iter().any(|used| used.framework == framework.id && used.clause == clause.id))
                .map(|clause| ClauseNote { id: clause.id.clone(), title: clause.title.clone() })
                .collect();
            (!clauses.is_empty()).then_some(FrameworkNote {
                id: framework.id.clone(),
                title: framework.title.clone(),
                version: framework.version.clone(),
                clauses,
            })
        })
        .collect();
    for note in &mut notes {
        note.clauses.sort();
    }
    notes.sort_by(|one, other| one.id.cmp(&other.id));
    notes
}
