//! OTA-CRA-001: whether scope and support period under the CRA are decided.

use crate::controls::stated::judged;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-CRA-001.
pub static CONTROL: Control = Control {
    id: "OTA-CRA-001",
    slug: "support-period",
    title: "CRA scope and support period are decided",
    requirement: "Role, product class, support period end date, or reason why out of scope.",
    rationale: "Support, updates and reports follow from class and support period. Undecided, they are promised to nobody.",
    remediation: "Decide scope, class and support period, and state `cra.scope`.",
    limits: "The decision is believed. The UK's PSTI Act concerns hardware that can be connected: an app alone is not in its scope.",
    severity: Severity::Medium,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[
        ("CRA", "Art.13(19)"),
        ("CRA", "Art.13(2)-(4)"),
        ("CRA", "Art.13(8)"),
        ("CRA", "Art.2-3"),
        ("CRA", "Art.71(2)"),
        ("ETSI-303645", "5.3-13"),
        ("PSTI", "DSIT-app-code"),
        ("PSTI", "SI2023/1007-Sch1"),
    ],
    parameters: &[],
    attestations: &["cra.scope"],
    cases: include_str!("../../../tests/controls/cra/support-period.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let mut outcome = judged(facts, "cra.scope", |judge, entry| {
        judge.needs(entry, &["in_scope"]);
        if entry.truth("in_scope") == Some(false) {
            judge.needs(entry, &["reason"]);
            return;
        }
        judge.needs(entry, &["class", "support_end", "risk_assessment_date"]);
        let ended = judge.age(entry, "support_end").is_some_and(|age| age > 0);
        if ended && entry.truth("in_store") == Some(false) {
            judge.outcome.saw("the support period has ended, and the app is no longer offered", None);
        } else if ended {
            let message = "the support period has ended, and the app is not stated to be withdrawn from the stores";
            judge.fail("support-ended", message);
        }
    });
    let entry = facts.attestations.answer("cra.scope").fresh().and_then(|statement| statement.value.first());
    if outcome.findings.is_empty() && entry.is_some_and(|entry| entry.truth("in_scope") == Some(false)) {
        outcome.attested = false;
        outcome.not_applicable = Some("it is stated, with a reason, that the CRA does not apply".to_owned());
    }
    outcome
}
