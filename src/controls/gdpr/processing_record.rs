//! OTA-GDPR-001: whether the record of processing activities speaks of updates.

use crate::controls::stated::judged;
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-GDPR-001.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-001",
    slug: "processing-record",
    title: "Update processing is in the record of processing activities",
    requirement: "ROPA has an entry for OTA update delivery and telemetry: purposes, categories, recipients, transfers, retention, security measures.",
    rationale: "Who can't name what the update channel processes can't answer for it: the record is the first thing an authority asks for.",
    remediation: "Add update delivery and telemetry to the record of processing, and state `gdpr.ropa`.",
    limits: "The statement is believed: what it names is not looked at, beyond the documents that lie in the app's folder. The record has to name its six parts; whether each is right is not judged. Article 30(5) relieves small organisations in narrow cases: state `scope.gdpr.applies` or an exception then.",
    severity: Severity::High,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[
        ("CNIL", "mobile-apps"),
        ("EDPB", "G7/2020"),
        ("GDPR", "24"),
        ("GDPR", "30"),
        ("GDPR", "5(2)"),
        ("NIST-800-53", "PM-5(1)"),
        ("NIST-800-53", "PT-3"),
        ("SOC2", "P1-P8"),
    ],
    parameters: &[],
    attestations: &["gdpr.ropa"],
    cases: include_str!("../../../tests/controls/gdpr/processing-record.md"),
    assess,
};

/// What an entry has to name, by the beginnings of the words.
const PARTS: [&str; 6] = ["purpose", "categor", "recipient", "transfer", "retention", "security"];

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    judged(facts, "gdpr.ropa", |judge, entry| {
        judge.needs(entry, &["entry_id", "owner", "fields"]);
        let named: Vec<String> = entry.texts("fields").iter().map(|field| field.to_lowercase()).collect();
        let missing: Vec<&str> =
            PARTS.iter().copied().filter(|part| !named.iter().any(|field| field.contains(part))).collect();
        if entry.has("fields") && !missing.is_empty() {
            let message = format!("the entry of the record is not stated to name: {}", missing.join(", "));
            judge.ask("entry-incomplete", message);
        }
    })
}
