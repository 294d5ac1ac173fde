//! OTA-IR-004: whether the way back to a known-good bundle was tested.

use crate::controls::stated::judged;
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-IR-004.
pub static CONTROL: Control = Control {
    id: "OTA-IR-004",
    slug: "recovery",
    title: "Recovery: restore to known-good and verify",
    requirement: "Last known-good bundle is identified by hash, verifies today, and recovery time objective is tested.",
    rationale: "The way back is needed on the worst day: a known-good bundle that no longer verifies is none.",
    remediation: "Choose a known-good bundle, verify it, test the way back, and state `incident.recovery`.",
    limits: "The statement is believed: what it names is not looked at, beyond the documents that lie in the app's folder. The bundle is not verified here: `otaudit check` of that bundle does it. That it verifies does not say that the server still works with it.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7123(c)(17)"),
        ("CRA", "AnnexI.I.2(h)"),
        ("GDPR", "32(1)(c)"),
        ("NIST-800-53", "CP-10"),
        ("NIST-800-53", "SI-7(1)"),
        ("SOC2", "CC7.5"),
    ],
    parameters: &[],
    attestations: &["incident.recovery"],
    cases: include_str!("../../../tests/controls/ir/recovery.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    judged(facts, "incident.recovery", |judge, entry| {
        if entry.truth("verifies") == Some(false) {
            judge.fail("does-not-verify", "it is stated that the known-good bundle does not verify");
        }
        if entry.truth("rto_tested") == Some(false) {
            judge.ask("not-tested", "it is stated that the time to recover was not tested");
        }
        judge.needs(entry, &["known_good_sha256", "verifies", "rto_tested"]);
    })
}
