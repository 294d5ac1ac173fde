//! OTA-IR-005: whether there is a plan for incidents that is exercised.

use crate::controls::stated::judged;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-IR-005.
pub static CONTROL: Control = Control {
    id: "OTA-IR-005",
    slug: "response-plan",
    title: "Response plan exists, is exercised, and is aligned with store rules",
    requirement: "IRP covers OTA with roles, contacts, store communication (expedited review), yearly exercise.",
    rationale: "Updates go past the stores and come back to them: a plan names who speaks to whom when one goes wrong.",
    remediation: "Write the plan for incidents of updates, exercise it yearly, and state `incident.plan`.",
    limits: "A day says nothing of the plan's quality. An exercise counts for 365 days.",
    severity: Severity::High,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[
        ("APPLE", "1.6"),
        ("APPLE", "2.5.2"),
        ("CCPA-REG", "7123(c)(17)"),
        ("CRA", "Art.14"),
        ("GDPR", "33"),
        ("GDPR", "34"),
        ("NIS2", "21(2)(b)"),
        ("NIST-800-53", "IR-8"),
        ("SOC2", "CC7.4"),
    ],
    parameters: &[],
    attestations: &["incident.plan"],
    cases: include_str!("../../../tests/controls/ir/response-plan.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    judged(facts, "incident.plan", |judge, entry| {
        if entry.truth("covers_ota") == Some(false) {
            judge.fail("updates-left-out", "it is stated that the plan for incidents leaves updates over the air out");
        }
        judge.needs(entry, &["covers_ota", "exercise_date"]);
        judge.within(entry, "exercise_date", 365);
    })
}
