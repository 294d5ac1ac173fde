//! OTA-IR-003: whether incidents have causes and evidence.

use crate::controls::stated::{ask, judged, said};
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-IR-003.
pub static CONTROL: Control = Control {
    id: "OTA-IR-003",
    slug: "root-causes",
    title: "Investigation: forensic record and root cause",
    requirement: "For each incident: evidence preserved with hashes and chain of custody, root cause, corrective action.",
    rationale: "An incident whose cause nobody found comes again, and evidence without hashes proves nothing later.",
    remediation: "Close incidents with a root cause and hashes of the evidence, and state `incident.register`, or `none`.",
    limits: "The statement is believed: what it names is not looked at, beyond the documents that lie in the app's folder. Where there was no incident, `value: none` says so and the control does not apply. An incident that is still open is told and not judged.",
    severity: Severity::Medium,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[
        ("CRA", "Art.14"),
        ("GDPR", "33"),
        ("GDPR", "5(2)"),
        ("NIST-800-53", "AU-10"),
        ("NIST-800-53", "AU-9(3)"),
        ("NIST-800-53", "IR-4"),
        ("NIST-800-53", "IR-5"),
        ("NIST-800-53", "SI-2(7)"),
        ("SOC2", "CC7.4"),
    ],
    parameters: &[],
    attestations: &["incident.register"],
    cases: include_str!("../../../tests/controls/ir/root-causes.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let Some(statement) = facts.attestations.answer("incident.register").fresh() else {
        return judged(facts, "incident.register", |_, _| {});
    };
    if statement.value.none {
        let mut outcome = Outcome::default();
        ask(&mut outcome, facts, "incident.register");
        outcome.attested = false;
        outcome.not_applicable = Some("it is stated that there were no incidents".to_owned());
        return outcome;
    }
    judged(facts, "incident.register", |judge, _| {
        for (index, entry) in statement.value.entries.iter().enumerate() {
            let id = entry.text("id").map_or_else(|| format!("number {}", index + 1), said);
            if entry.truth("closed") != Some(true) {
                judge.outcome.saw(format!("the incident {id} is not stated to be closed"), None);
                continue;
            }
            if !entry.has("root_cause") {
                judge.fail("no-root-cause", format!("the incident {id} is closed, and no root cause is stated"));
            }
            if entry.texts("evidence_hashes").is_empty() {
                judge.ask("no-evidence", format!("the incident {id} is closed, and no hashes of evidence are stated"));
            }
        }
    })
}
