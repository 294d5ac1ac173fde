//! OTA-APPLE-003: whether features are switched from afar.

use crate::controls::apple::ios_or_na;
use crate::controls::signals::{add_unparsed, met, place, sentence, signals_or_na};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::controls::{Parameter, ParameterKind};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-APPLE-003.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-003",
    slug: "remote-features",
    title: "No dormant or remotely switched features",
    requirement: "Feature flags, hidden routes and time bombs are documented to App Review; the bundle has no code that changes behaviour during review.",
    rationale: "Apple calls a feature that wakes up after the review hidden, and removes apps for it.",
    remediation: "Document flags in Notes for Review; remove review detection.",
    limits: "Known are services that switch features, by the table of signals. Switches of one's own, dates in the future, and behaviour that tells App Review from users are not seen: a pass means that no indicator was found. The register of flags is not read.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "2.3.1(a)"),
        ("APPLE", "2.3.1(b)"),
        ("MASWE", "MASWE-0095"),
        ("NIST-800-53", "CM-7"),
        ("PLAY", "behavior-transparency"),
    ],
    parameters: &[Parameter {
        name: "flags",
        about: "Whether each feature that is switched from afar is in the notes for App Review.",
        kind: ParameterKind::Choice(&["unknown", "documented", "undocumented"]),
    }],
    attestations: &["release.feature_flags"],
    cases: include_str!("../../../tests/controls/apple/remote-features.md"),
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
    match met(&found, "lib.remote-config") {
        Some(config) if parameters.choice("flags") == "documented" => {
            outcome.attested = true;
            let message = format!("{}: it is stated that App Review was told of each feature", sentence(config));
            outcome.saw(message, Some(place(config)));
        }
        Some(config) if parameters.choice("flags") == "undocumented" => {
            let message = format!("{}, and it is stated that App Review was not told", sentence(config));
            outcome.findings.push(Draft::fail("undocumented", place(config), message));
        }
        Some(config) => {
            let message = format!(
                "{}; look at whether each feature that it switches is in the notes for App Review",
                sentence(config)
            );
            let severity = if config.met.is_use() { Severity::Medium } else { Severity::Low };
            outcome.findings.push(Draft::manual("remote-config", place(config), message).severity(severity));
        }
        None => outcome.saw("no indicator found: no service that is known to switch features from afar", None),
    }
    outcome
}
