//! OTA-CRA-006: whether released updates are archived.

use crate::controls::stated::judged;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-CRA-006.
pub static CONTROL: Control = Control {
    id: "OTA-CRA-006",
    slug: "archive",
    title: "Released updates are archived and stay available",
    requirement: "Every released bundle with hash, signature, metadata is archived for the support period (security updates at least 10 years or rest of support period).",
    rationale: "A device that was off for a year, and an investigation of last year's incident, both need the update of that day.",
    remediation: "Archive each released bundle where nobody can change it, check a sample, and state `release.archive`.",
    limits: "The statement is believed: what it names is not looked at, beyond the documents that lie in the app's folder. Ten years, or the rest of the support period where that is longer, are asked for security updates: fewer than ten stated years are a question. A check counts for 180 days. A sample may miss a lost release.",
    severity: Severity::Low,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[
        ("CRA", "Art.13(9)"),
        ("GDPR", "5(2)"),
        ("NIST-800-53", "AU-11"),
        ("NIST-800-53", "SI-12"),
        ("NIST-SSDF", "PS.3"),
        ("SOC2", "CC8.1"),
    ],
    parameters: &[],
    attestations: &["release.archive"],
    cases: include_str!("../../../tests/controls/cra/archive.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    judged(facts, "release.archive", |judge, entry| {
        if entry.truth("hashes_verified") == Some(false) {
            judge.fail("hash-differs", "it is stated that the hashes of the archive's sample were not right");
        }
        judge.needs(entry, &["location", "retention_years", "last_check", "hashes_verified"]);
        judge.within(entry, "last_check", 180);
        if let Some(years) = entry.number("retention_years").filter(|years| *years < 10) {
            judge.ask(
                "kept-too-short",
                format!("released updates are stated to be kept for {years} years, fewer than 10"),
            );
        }
    })
}
