//! OTA-APPLE-005: whether a way to pay stands beside the store's.

use crate::controls::apple::ios_or_na;
use crate::controls::signals::{add_unparsed, met, place, sentence, signals_or_na};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::controls::{Parameter, ParameterKind};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-APPLE-005.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-005",
    slug: "purchases",
    title: "Digital purchases still use in-app purchase",
    requirement: "The update does not add external payment for digital goods outside storefronts where permitted.",
    rationale: "An update that sells digital goods by card takes the store's part of the sale, and the app may be removed for it.",
    remediation: "Route digital goods through IAP or use the storefront entitlement.",
    limits: "What is sold is not seen: goods and donations may be paid by card. One bundle is read; whether the way to pay is new, or calls of the store were removed, needs the bundle before. Providers are those of the table of signals.",
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
        Some(payment) if parameters.choice("card_payments") == "goods" => {
            outcome.attested = true;
            outcome.saw(format!("{}: it is stated that it is for goods", sentence(payment)), Some(place(payment)));
        }
        Some(payment) if parameters.choice("card_payments") == "digital" => {
            let message = format!("{}, and it is stated that digital goods are sold by it", sentence(payment));
            outcome.findings.push(Draft::fail("digital-goods", place(payment), message));
        }
        Some(payment) => {
            let message = format!(
                "{}, a way to pay beside the store; look at whether digital goods are sold by it",
                sentence(payment)
            );
            let severity = if payment.met.is_use() { Severity::Medium } else { Severity::Low };
            outcome.findings.push(Draft::manual("payment", place(payment), message).severity(severity));
        }
        None => outcome.saw("no sign of a way to pay beside the store", None),
    }
    outcome
}
