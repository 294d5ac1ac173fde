//! OTA-APPLE-003: whether features are switched from afar.

use crate::controls::apple::ios_or_na;
use crate::controls::changed;
use crate::controls::signals::{Said, add_unparsed, judge, met, signals_or_na};
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::controls::{Parameter, ParameterKind};
use crate::facts::Facts;
use crate::facts::comparison::SetKind;
use crate::model::Severity;

/// OTA-APPLE-003.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-003",
    slug: "remote-features",
    title: "No dormant or remotely switched features",
    requirement: "Feature flags, hidden routes and time bombs are documented to App Review; the bundle has no code that changes behaviour during review.",
    rationale: "Apple calls a feature that wakes up after the review hidden, and removes apps for it.",
    remediation: "Document flags in Notes for Review; remove review detection.",
    limits: "Known are services that switch features, by the table of signals. With an earlier bundle, a service that is new and not stated fails, and names of features that scripts ask for as constants are told. Switches of one's own, dates in the future, and behaviour that tells App Review from users are not seen: a pass means that no indicator was found. The register of flags is not read.",
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
        Some(config) => {
            let severity = if config.met.is_use() { Severity::Medium } else { Severity::Low };
            let said = match parameters.choice("flags") {
                "documented" => Said::Fine(": it is stated that App Review was told of each feature"),
                "undocumented" => Said::Wrong("undocumented", ", and it is stated that App Review was not told"),
                _ => Said::Nothing(
                    "remote-config",
                    "; look at whether each feature that it switches is in the notes for App Review",
                    severity,
                ),
            };
            judge(&mut outcome, facts, config, &said, "");
        }
        None => outcome.saw("no indicator found: no service that is known to switch features from afar", None),
    }
    changed::tell(&mut outcome, facts, &[SetKind::RemoteConfig, SetKind::Flags, SetKind::Routes]);
    outcome
}
