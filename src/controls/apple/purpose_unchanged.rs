//! OTA-APPLE-002: whether the update is still the app that was reviewed.

use crate::controls::apple::{ios_or_na, root};
use crate::controls::changed;
use crate::controls::support::{bundle_or_na, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-APPLE-002.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-002",
    slug: "purpose-unchanged",
    title: "Primary purpose unchanged",
    requirement: "The update does not change the primary purpose or introduce significant features that App Review did not see; the release owner states the change class (fix, content, ui, feature) and, for feature, the review reference.",
    rationale: "An update that makes another app of what was reviewed is what Apple forbids first.",
    remediation: "Submit a store build with the feature, describe it in Notes for Review.",
    limits: "New pages, routes, hosts, plugins, uses of personal data and ways to pay show against an earlier bundle, and stand in the question. This rests on what the release's owner states, and never passes by files alone.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "2.3.1(a)"),
        ("APPLE", "2.3.1(b)"),
        ("APPLE", "2.5.2"),
        ("APPLE", "4.2"),
        ("APPLE-PLA", "3.3.1(B)"),
        ("NIST-800-53", "CM-4"),
        ("PLAY", "behavior-transparency"),
    ],
    parameters: &[
        Parameter {
            name: "change_class",
            about: "What this release changes, as its owner states.",
            kind: ParameterKind::Choice(&["unstated", "fix", "content", "ui", "feature"]),
        },
        Parameter {
            name: "review_reference",
            about: "For a feature: where App Review saw it.",
            kind: ParameterKind::List(&[]),
        },
    ],
    attestations: &["release.change_class"],
    cases: include_str!("../../../tests/controls/apple/purpose-unchanged.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let ios = match ios_or_na(facts) {
        Ok((_, ios)) => ios,
        Err(outcome) => return outcome,
    };
    if let Err(outcome) = bundle_or_na(facts) {
        return outcome;
    }
    let mut outcome = Outcome::default();
    let class = parameters.choice("change_class");
    match (class, parameters.list("review_reference")) {
        ("unstated", _) => {
            let question = "look at whether it is a fix, content or design, or a feature that App Review did not see";
            let message = changed::statement(facts).map_or_else(
                || format!("the policy does not state what this release changes; {question}"),
                |change| format!("{change}; the policy does not state what this release changes: {question}"),
            );
            outcome.findings.push(Draft::manual("change-unstated", root(ios), message).severity(Severity::Low));
        }
        ("feature", []) => {
            let message = "it is stated that this release has a feature, and no reference to its review";
            outcome.findings.push(Draft::fail("feature-not-reviewed", root(ios), message));
        }
        ("feature", references) => {
            outcome.attested = true;
            let first = references.first().map_or("", String::as_str);
            outcome.saw(format!("a feature, reviewed, as is stated: {}", shown(first)), Some(root(ios)));
        }
        _ => {
            outcome.attested = true;
            outcome.saw(format!("it is stated that the change is of the class `{}`", shown(class)), Some(root(ios)));
        }
    }
    if let Some(change) = changed::statement(facts) {
        outcome.saw(change, None);
    }
    outcome
}
