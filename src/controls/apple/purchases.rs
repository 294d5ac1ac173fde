//! OTA-APPLE-005: whether a way to pay stands beside the store's.

use crate::controls::apple::ios_or_na;
use crate::controls::changed;
use crate::controls::signals::{Said, add_unparsed, judge, met, place, sentence, signals_or_na};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::controls::{Parameter, ParameterKind};
use crate::facts::Facts;
use crate::facts::comparison::SetKind;
use crate::model::{Location, Root, Severity};

/// OTA-APPLE-005.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-005",
    slug: "purchases",
    title: "Digital purchases still use in-app purchase",
    requirement: "The update does not add external payment for digital goods outside storefronts where permitted.",
    rationale: "An update that sells digital goods by card takes the store's part of the sale, and the app may be removed for it.",
    remediation: "Route digital goods through IAP or use the storefront entitlement.",
    limits: "What is sold is not seen: goods and donations may be paid by card. Whether the way to pay is new, and fails when nothing states it, or calls of the store were removed, needs an earlier bundle. Providers are those of the table of signals.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[("APPLE", "3.1.1"), ("APPLE", "4.7.1"), ("PLAY", "payments")],
    parameters: &[Parameter {
        name: "card_payments",
        about: "What is paid for beside the store.",
        kind: ParameterKind::Choice(&["unknown", "goods", "digital"]),
    }],
    attestations: &["apple.sells_digital_goods"],
    cases: include_str!("../../../tests/controls/apple/purchases.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    if let Err(outcome) = ios_or_na(facts) {
        return outcome;
    }
    let found = match signals_or_na(facts) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unparsed(&mut outcome, &found);
    if let Some(store) = met(&found, "cap.purchases") {
        outcome.saw(format!("{}: the store's own way to pay", sentence(store)), Some(place(store)));
    }
    match met(&found, "web.payment") {
        Some(payment) => {
            let severity = if payment.met.is_use() { Severity::Medium } else { Severity::Low };
            let said = match parameters.choice("card_payments") {
                "goods" => Said::Fine(": it is stated that it is for goods"),
                "digital" => Said::Wrong("digital-goods", ", and it is stated that digital goods are sold by it"),
                _ => Said::Nothing(
                    "payment",
                    ", a way to pay beside the store; look at whether digital goods are sold by it",
                    severity,
                ),
            };
            judge(&mut outcome, facts, payment, &said, "");
        }
        None => outcome.saw("no sign of a way to pay beside the store", None),
    }
    for (comparison, since) in changed::comparisons(facts) {
        let gone = comparison.set(SetKind::Payments).into_iter().flat_map(|set| &set.removed);
        if gone.into_iter().any(|item| item.name.ends_with("(cap.purchases)")) {
            let message = format!("the store's own way to pay, which {since} had, is gone; look at what replaced it");
            let place = Location::file(Root::Bundle, "");
            outcome.findings.push(Draft::manual("store-removed", place, message).key(since));
        }
    }
    changed::tell(&mut outcome, facts, &[SetKind::Payments]);
    outcome
}
