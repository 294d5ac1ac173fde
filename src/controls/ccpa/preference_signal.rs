//! OTA-CCPA-004: whether the opt-out of a browser is heard.

use crate::controls::signals::{add_unparsed, is_sharing, met, place, sentence, signals_or_na};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::controls::{Parameter, ParameterKind};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-CCPA-004.
pub static CONTROL: Control = Control {
    id: "OTA-CCPA-004",
    slug: "preference-signal",
    title: "Opt-out preference signal is honoured and displayed",
    requirement: "If sale/sharing, code reads navigator.globalPrivacyControl (or native setting), stops tracking, and shows status.",
    rationale: "A business that shares data has to take Global Privacy Control as an opt-out, and to show that it did.",
    remediation: "Implement.",
    limits: "A web view sends no such signal by itself: an app may need a setting of its own, which is not seen. That the signal is read is seen, and not what follows from it; so this never passes by files alone. Whether the CCPA applies is not judged.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.120"),
        ("CCPA", "1798.135"),
        ("CCPA-REG", "7025"),
        ("CCPA-REG", "7025(c)(6)"),
        ("CCPA-REG", "7026"),
    ],
    parameters: &[Parameter {
        name: "gpc_test",
        about: "How the last test of the opt-out signal ended.",
        kind: ParameterKind::Choice(&["none", "passed", "failed"]),
    }],
    attestations: &["ccpa.gpc_test"],
    cases: include_str!("../../../tests/controls/ccpa/preference-signal.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let found = match signals_or_na(facts) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    let Some(sharing) = found.signals.iter().find(|fact| is_sharing(fact)) else {
        if found.unparsed.is_empty() {
            return Outcome::not_applicable("no sign of sale or sharing");
        }
        let mut outcome = Outcome::default();
        add_unparsed(&mut outcome, &found);
        return outcome;
    };
    let mut outcome = Outcome::default();
    outcome.saw(format!("{}, a sign of sharing", sentence(sharing)), Some(place(sharing)));
    match parameters.choice("gpc_test") {
        "passed" => {
            outcome.attested = true;
            outcome.saw("it is stated that a test of the signal passed", None);
            return outcome;
        }
        "failed" => {
            let message = format!("{}, and it is stated that a test of the signal failed", sentence(sharing));
            outcome.findings.push(Draft::fail("test-failed", place(sharing), message));
            return outcome;
        }
        _ => {}
    }
    if let Some(read) = met(&found, "web.gpc") {
        let message =
            "the bundle reads `navigator.globalPrivacyControl`; look at whether it then stops sharing, and shows it";
        outcome.findings.push(Draft::manual("signal-read", place(read), message).severity(Severity::Low));
        return outcome;
    }
    let instead = if met(&found, "web.dnt").is_some() { "; Do Not Track, which it reads, is not enough" } else { "" };
    let message = format!(
        "{}, and nothing in it reads `navigator.globalPrivacyControl`{instead}; look at whether a setting of the app does the same",
        sentence(sharing)
    );
    outcome.findings.push(Draft::manual("signal-not-read", place(sharing), message).severity(Severity::Medium));
    outcome
}
