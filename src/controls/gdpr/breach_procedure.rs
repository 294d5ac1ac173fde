//! OTA-GDPR-008: whether the procedure for breaches speaks of updates.

use crate::controls::stated::judged;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-GDPR-008.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-008",
    slug: "breach-procedure",
    title: "Breach detection and notification procedure covers OTA",
    requirement: "Procedure names OTA compromise scenarios, 72-hour clock, register (33(5)), data-subject notice.",
    rationale: "A manipulated update reaches all devices at once: the clock of 72 hours runs before anybody has looked for the procedure.",
    remediation: "Add the update channel to the procedure for breaches: scenarios, 72-hour clock, register. State `incident.breach_procedure`.",
    limits: "The statement is believed: what it names is not looked at, beyond the documents that lie in the app's folder. The clock is the 72 hours of Article 33: the 96 hours that were proposed in November 2025 are no law.",
    severity: Severity::High,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.150"),
        ("CRA", "Art.14"),
        ("EDPB", "G9/2022"),
        ("GDPR", "33"),
        ("GDPR", "34"),
        ("NIS2", "23"),
        ("NIST-800-53", "IR-6"),
        ("NIST-800-53", "IR-8"),
        ("SOC2", "CC7.3"),
        ("SOC2", "CC7.4"),
    ],
    parameters: &[],
    attestations: &["incident.breach_procedure"],
    cases: include_str!("../../../tests/controls/gdpr/breach-procedure.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    judged(facts, "incident.breach_procedure", |judge, entry| {
        if entry.truth("covers_ota") == Some(false) {
            judge
                .fail("updates-left-out", "it is stated that the procedure for breaches leaves the update channel out");
        }
        if entry.truth("register") == Some(false) {
            judge.ask("no-register", "it is stated that breaches are not registered, which Article 33(5) asks for");
        }
        judge.needs(entry, &["covers_ota", "contacts", "register"]);
    })
}
