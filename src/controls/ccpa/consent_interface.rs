//! OTA-CCPA-009: whether the dialogues for consent were reviewed.

use crate::controls::stated::judged;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-CCPA-009.
pub static CONTROL: Control = Control {
    id: "OTA-CCPA-009",
    slug: "consent-interface",
    title: "Minors and consent interface",
    requirement: "Opt-in for under-16 sale/sharing; consent dialogs symmetrical, no dark pattern.",
    rationale: "An update changes dialogues without a store looking at them; what misleads, or treats children as adults, is no consent.",
    remediation: "Review the dialogues for consent and opt-out, and state `privacy.ui_review`.",
    limits: "Whether a dialogue is symmetrical no file shows: a person's review is stated. Whether the age of users is known is not examined.",
    severity: Severity::Low,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[
        ("APPLE", "5.1.1(ii)"),
        ("CCPA", "1798.120"),
        ("CCPA", "1798.125"),
        ("CCPA-REG", "7004"),
        ("GDPR", "7"),
        ("GDPR", "8"),
    ],
    parameters: &[],
    attestations: &["privacy.ui_review"],
    cases: include_str!("../../../tests/controls/ccpa/consent-interface.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let entry = facts.attestations.answer("privacy.ui_review").fresh().and_then(|statement| statement.value.first());
    if entry.and_then(|entry| entry.text("result")) == Some("no-dialogues") {
        let mut outcome = judged(facts, "privacy.ui_review", |_, _| {});
        outcome.attested = false;
        outcome.not_applicable =
            Some("it is stated that nothing is sold or shared and no consent is asked for".to_owned());
        return outcome;
    }
    judged(facts, "privacy.ui_review", |judge, entry| {
        if entry.text("result") == Some("violation") {
            judge.fail("violation", "the stated review of the dialogues found a violation");
        }
        if entry.truth("minors") == Some(false) {
            judge.ask("minors", "it is stated that minors under 16 are not looked after: their data needs an opt-in");
        }
        judge.needs(entry, &["result", "minors"]);
    })
}
