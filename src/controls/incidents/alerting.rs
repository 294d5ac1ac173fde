//! OTA-IR-001: whether detection alerts somebody.

use crate::controls::stated::judged;
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-IR-001.
pub static CONTROL: Control = Control {
    id: "OTA-IR-001",
    slug: "alerting",
    title: "Detection triggers automated alert and triage",
    requirement: "Failed signature/hash, unknown key, unexpected bundle on channel raise an alert to an on-call person.",
    rationale: "A signature that fails on a thousand devices is an attack or an outage, and in both cases somebody has to get up.",
    remediation: "Send failed signatures and unknown bundles to somebody on call, test it, and state `incident.alerting`.",
    limits: "The statement is believed: what it names is not looked at, beyond the documents that lie in the app's folder. That the exit code of this tool stops a pipeline is OTA-INT-006's; whether somebody is told is not read from CI files. An alert may go to a channel that nobody reads. A test counts for 180 days.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7123(c)(17)"),
        ("CRA", "Art.14"),
        ("GDPR", "33"),
        ("NIS2", "21(2)(b)"),
        ("NIS2", "23"),
        ("NIST-800-53", "IR-4(1)"),
        ("NIST-800-53", "IR-5"),
        ("NIST-800-53", "SI-7(2)"),
        ("NIST-800-53", "SI-7(7)"),
        ("SOC2", "CC7.3"),
    ],
    parameters: &[],
    attestations: &["incident.alerting"],
    cases: include_str!("../../../tests/controls/ir/alerting.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    judged(facts, "incident.alerting", |judge, entry| {
        judge.needs(entry, &["last_test", "on_call"]);
        judge.within(entry, "last_test", 180);
    })
}
