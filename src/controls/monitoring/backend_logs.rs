//! OTA-MON-002: whether access to the update service is logged and reviewed.

use crate::controls::stated::judged;
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-MON-002.
pub static CONTROL: Control = Control {
    id: "OTA-MON-002",
    slug: "backend-logs",
    title: "Unauthorised access to the update back end is detected",
    requirement: "Logs of console, API and storage are collected, protected, reviewed.",
    rationale: "Who gets into the console can publish to all devices. Logs that nobody reads tell it to nobody.",
    remediation: "Collect and review the logs of console, interface and storage, and state `monitoring.backend_logs`.",
    limits: "A statement shows that logs are kept and were reviewed, not that anyone understood them. A review counts for 90 days.",
    severity: Severity::Medium,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7123(c)(7)"),
        ("CRA", "AnnexI.I.2(d)"),
        ("CRA", "AnnexI.I.2(l)"),
        ("GDPR", "32(1)(b)"),
        ("NIST-800-53", "AU-12"),
        ("NIST-800-53", "AU-2"),
        ("NIST-800-53", "AU-3"),
        ("NIST-800-53", "AU-6"),
        ("NIST-800-53", "AU-9"),
        ("NIST-800-53", "SI-4(4)"),
        ("PCI-DSS", "11.6.1"),
        ("SOC2", "CC6.6"),
        ("SOC2", "CC7.2"),
    ],
    parameters: &[],
    attestations: &["monitoring.backend_logs"],
    cases: include_str!("../../../tests/controls/mon/backend-logs.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    judged(facts, "monitoring.backend_logs", |judge, entry| {
        judge.needs(entry, &["sources", "retention_days", "last_review"]);
        judge.within(entry, "last_review", 90);
    })
}
