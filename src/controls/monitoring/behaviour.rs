//! OTA-MON-003: whether behaviour analytics on update events have a basis.

use crate::controls::stated::{ask, judged};
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-MON-003.
pub static CONTROL: Control = Control {
    id: "OTA-MON-003",
    slug: "behaviour",
    title: "Behaviour analytics on update events is lawful and effective",
    requirement: "Detection of suspicious deployer or device behaviour (impossible travel, mass channel change, odd release hours) exists, with privacy limits.",
    rationale: "Watching behaviour finds a stolen account of a deployer, and is itself a processing of personal data.",
    remediation: "Watch deployers rather than users, write down the basis, and state `monitoring.behaviour`, or `none`.",
    limits: "The statement is believed: what it names is not looked at, beyond the documents that lie in the app's folder. Where nothing of the kind is done, `value: none` says so and the control does not apply. Rules count for 180 days.",
    severity: Severity::Low,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7200-7222"),
        ("EPRIVACY", "5(3)"),
        ("GDPR", "35"),
        ("GDPR", "5(1)(c)"),
        ("GDPR", "6(1)"),
        ("NIST-800-53", "AU-6"),
        ("NIST-800-53", "SI-4"),
        ("SOC2", "CC7.2"),
    ],
    parameters: &[],
    attestations: &["monitoring.behaviour"],
    cases: include_str!("../../../tests/controls/mon/behaviour.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let answer = facts.attestations.answer("monitoring.behaviour");
    if answer.fresh().is_some_and(|statement| statement.value.none) {
        let mut outcome = Outcome::default();
        ask(&mut outcome, facts, "monitoring.behaviour");
        outcome.attested = false;
        outcome.not_applicable = Some("it is stated that behaviour on update events is not analysed".to_owned());
        return outcome;
    }
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    judged(facts, "monitoring.behaviour", |judge, entry| {
        if entry.text("scope") == Some("end-users") && !entry.has("lawful_basis") {
            let message = "it is stated that end users' behaviour is analysed, and no basis for it is";
            judge.fail("profiling-without-basis", message);
        } else {
            judge.needs(entry, &["scope", "lawful_basis", "last_tuned"]);
        }
        judge.within(entry, "last_tuned", 180);
    })
}
