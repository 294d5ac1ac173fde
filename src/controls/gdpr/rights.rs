//! OTA-GDPR-011: whether requests of data subjects reach what the update service holds.

use crate::controls::configured::plugin_call;
use crate::controls::stated::add;
use crate::controls::support::at;
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-GDPR-011.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-011",
    slug: "rights",
    title: "Data-subject rights reach update data",
    requirement: "Access and deletion procedure covers device and custom ids held by the update service; the app can tell the user the id.",
    rationale: "Someone who asks what is known of them, or wants it deleted, means the device's id at the update service too.",
    remediation: "Extend the procedure for requests to the ids that the update service holds, and state `rights.procedure`.",
    limits: "The statement is believed: what it names is not looked at, beyond the documents that lie in the app's folder. A call of `getDeviceId` shows that the app can name the id, and is told; without it nothing fails. Article 11 may apply where nobody can be identified by the id.",
    severity: Severity::Low,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "5.1.1(v)"),
        ("CCPA", "1798.105"),
        ("CCPA", "1798.106"),
        ("CCPA", "1798.110"),
        ("CCPA", "1798.130"),
        ("CCPA-REG", "7020-7028"),
        ("CCPA-REG", "7101"),
        ("GDPR", "12"),
        ("GDPR", "15-22"),
        ("MASVS", "MASVS-PRIVACY-4"),
        ("MASWE", "MASWE-0113"),
    ],
    parameters: &[],
    attestations: &["rights.procedure"],
    cases: include_str!("../../../tests/controls/gdpr/rights.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let mut outcome = Outcome::default();
    if let Some((path, position)) = facts.bundle.as_ref().and_then(|bundle| plugin_call(bundle, &["getDeviceId"])) {
        outcome.saw("the bundle asks for the id of the device, so it can show it", Some(at(path, Some(position))));
    }
    add(&mut outcome, facts, "rights.procedure", |judge, entry| {
        if entry.truth("covers_ota_ids") == Some(false) {
            let message = "it is stated that requests of data subjects don't reach the ids of the update service";
            judge.fail("ids-left-out", message);
        }
        judge.needs(entry, &["covers_ota_ids"]);
    });
    outcome
}
