//! OTA-ENC-005: whether stored bundles and their backups are protected.

use crate::controls::stated::judged;
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-ENC-005.
pub static CONTROL: Control = Control {
    id: "OTA-ENC-005",
    slug: "stored-bundles",
    title: "Backend storage and backups of bundles are protected",
    requirement: "Bundles and update metadata at rest are access-controlled and encrypted, backups tested.",
    rationale: "Whoever can write to the storage of updates, or reads what is not public, needs no other hole.",
    remediation: "Close the listing of the storage, encrypt at rest, restore a backup once, and state `backend.storage`.",
    limits: "Nothing but the statement shows it. Bundles that anybody may read one by one can be meant so: then the signature carries their integrity, and only a listing fails. A restore counts for 365 days.",
    severity: Severity::Medium,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7123(c)(2)"),
        ("GDPR", "32(1)(b)"),
        ("GDPR", "32(1)(c)"),
        ("NIST-800-53", "CP-10"),
        ("NIST-800-53", "SC-28"),
        ("NIST-SSDF", "PS.1"),
        ("NIST-SSDF", "PS.3"),
        ("SOC2", "CC6.1"),
    ],
    parameters: &[],
    attestations: &["backend.storage"],
    cases: include_str!("../../../tests/controls/enc/stored-bundles.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    judged(facts, "backend.storage", |judge, entry| {
        if entry.truth("encrypted") == Some(false) {
            judge.fail("not-encrypted", "it is stated that bundles and metadata at rest are not encrypted");
        }
        if entry.truth("public_listing") == Some(true) {
            judge.fail("public-listing", "it is stated that anybody can list what is stored");
        }
        judge.needs(entry, &["encrypted", "public_listing", "backup_test_date"]);
        judge.within(entry, "backup_test_date", 365);
    })
}
