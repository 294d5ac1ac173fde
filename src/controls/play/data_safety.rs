//! OTA-PLAY-006: whether the Data safety form speaks of what the bundle collects.

use crate::controls::changed::signal_since;
use crate::controls::signals::{add_unparsed, is_personal, place, sentence, signals_or_na};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::controls::{Parameter, ParameterKind};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-PLAY-006.
pub static CONTROL: Control = Control {
    id: "OTA-PLAY-006",
    slug: "data-safety",
    title: "Data safety form agrees with signals",
    requirement: "Data types found in bundle and config are declared in the Data safety export.",
    rationale: "Google compares the form with what the app does, and an update that collects more makes the form untrue without a review.",
    remediation: "Update form before release.",
    limits: "The form is in the Play Console: the policy (`declared_types`) or a statement says its types, and is believed. Only signals that hardly have another use count, by calls with names that are known; a plugin counts where the bundle registers it. Data that is used on the device only is no collection in Google's sense, which no file shows. What is called in code that is never reached counts, too.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.100(a)"),
        ("CCPA", "1798.110"),
        ("GDPR", "13"),
        ("GDPR", "5(1)(a)"),
        ("MASVS", "MASVS-PRIVACY-3"),
        ("MASWE", "MASWE-0112"),
        ("PLAY", "ads-id"),
        ("PLAY", "data-safety"),
        ("PLAY", "user-data"),
    ],
    parameters: &[
        Parameter {
            name: "declared_types",
            about: "The data types that the Data safety form declares, in Google's words, such as `Precise location`.",
            kind: ParameterKind::List(&[]),
        },
        Parameter {
            name: "undeclared",
            about: "Whether a type that `declared_types` lacks is a question or a failure.",
            kind: ParameterKind::Choice(&["ask", "fail"]),
        },
    ],
    attestations: &["play.data_safety"],
    cases: include_str!("../../../tests/controls/play/data-safety.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    match &facts.app {
        None => return Outcome::not_applicable("no app was given"),
        Some(app) if app.android.projects.is_empty() => {
            return Outcome::not_applicable("the app has no Android project");
        }
        Some(_) => {}
    }
    let found = match signals_or_na(facts) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    let stated = parameters.list("declared_types");
    let mut outcome = Outcome::default();
    add_unparsed(&mut outcome, &found);
    let mut number = 0;
    for fact in found.signals.iter().filter(|fact| is_personal(fact) && !fact.signal.play.is_empty()) {
        number += 1;
        let types = &fact.signal.play;
        // One kind of data has several types, such as precise and approximate: the form needs the one that fits.
        if let Some(one) = types.iter().find(|one| stated.iter().any(|stated| stated.eq_ignore_ascii_case(one))) {
            outcome.saw(format!("{}: it is stated that the form declares {one}", sentence(fact)), Some(place(fact)));
        } else {
            let message = format!(
                "{}; look at whether the Data safety form declares {}, if the data leaves the device",
                sentence(fact),
                types.join(" or ")
            );
            let draft = if fact.met.is_use()
                && (parameters.choice("undeclared") == "fail" || signal_since(facts, fact).is_some())
            {
                Draft::fail("not-declared", place(fact), message)
            } else {
                Draft::manual("not-stated", place(fact), message).severity(Severity::Medium)
            };
            outcome.findings.push(draft.key(&*fact.signal.id));
        }
    }
    outcome.attested = number > 0;
    if number == 0 {
        outcome.saw("no call of the bundle is known to collect a type of data of the form", None);
    }
    outcome
}
