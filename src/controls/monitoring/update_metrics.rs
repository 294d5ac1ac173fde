//! OTA-MON-001: whether update traffic is watched.

use crate::controls::stated::judged;
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-MON-001.
pub static CONTROL: Control = Control {
    id: "OTA-MON-001",
    slug: "update-metrics",
    title: "Update traffic is analysed in near real time",
    requirement: "Monitoring of update success, failure, signature errors, unusual version spread and request volume with alert thresholds.",
    rationale: "A bad or false update shows first in the numbers: failures, signatures that don't verify, versions that should not be there.",
    remediation: "Set alerts on failures, signature errors and volume, test them, and state `monitoring.update_metrics`.",
    limits: "The statement is believed: what it names is not looked at, beyond the documents that lie in the app's folder. Alerts that were tested within 90 days and rules that were looked at within 180 count. Telemetry needs the basis of OTA-GDPR-002.",
    severity: Severity::Medium,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7123(c)(7)"),
        ("CRA", "AnnexI.I.2(l)"),
        ("GDPR", "32(1)(b)"),
        ("GDPR", "33"),
        ("NIS2", "21(2)(b)"),
        ("NIST-800-53", "AU-6"),
        ("NIST-800-53", "SI-4"),
        ("NIST-800-53", "SI-7(2)"),
        ("NIST-800-53", "SI-7(7)"),
        ("SOC2", "CC7.2"),
    ],
    parameters: &[],
    attestations: &["monitoring.update_metrics"],
    cases: include_str!("../../../tests/controls/mon/update-metrics.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    judged(facts, "monitoring.update_metrics", |judge, entry| {
        judge.needs(entry, &["alerts", "last_alert_test", "rules_updated"]);
        judge.within(entry, "last_alert_test", 90);
        judge.within(entry, "rules_updated", 180);
    })
}
