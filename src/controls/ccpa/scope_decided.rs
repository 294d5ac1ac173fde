//! OTA-CCPA-001: whether it is decided that the CCPA applies.

use crate::controls::stated::judged;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-CCPA-001.
pub static CONTROL: Control = Control {
    id: "OTA-CCPA-001",
    slug: "scope-decided",
    title: "CCPA scope is decided",
    requirement: "Thresholds of 1798.140(d) and role (business, service provider) are recorded.",
    rationale: "Nobody can say which duties there are before it is decided whether the law applies, and in which role.",
    remediation: "Decide whether the CCPA applies and in which role, and state `ccpa.scope` with the reason.",
    limits: "The decision is believed; the thresholds of 1798.140(d) (USD 26,625,000 of yearly revenue from 2025, and others) are not computed. It fails only where it is stated that there is no decision.",
    severity: Severity::Low,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[("CCPA", "1798.140"), ("CCPA", "1798.145"), ("CCPA-REG", "7120-7124")],
    parameters: &[],
    attestations: &["ccpa.scope"],
    cases: include_str!("../../../tests/controls/ccpa/scope-decided.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let mut outcome = judged(facts, "ccpa.scope", |judge, entry| judge.needs(entry, &["applies", "role", "reason"]));
    let entry = facts.attestations.answer("ccpa.scope").fresh().and_then(|statement| statement.value.first());
    if outcome.findings.is_empty() && entry.is_some_and(|entry| entry.truth("applies") == Some(false)) {
        outcome.attested = false;
        outcome.not_applicable = Some("it is stated, with a reason, that the CCPA does not apply".to_owned());
    }
    outcome
}
