//! OTA-GDPR-012: whether somebody reviewed what a release does with personal data.

use crate::controls::changed::{self, signal_since};
use crate::controls::signals::{add_unparsed, is_personal, place, sentence, signals_or_na, titles};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::controls::{Parameter, ParameterKind};
use crate::facts::Facts;
use crate::facts::comparison::SetKind;
use crate::model::Severity;

/// OTA-GDPR-012.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-012",
    slug: "privacy-review",
    title: "Purpose and new data use are gated by design",
    requirement: "Each release that adds a personal-data signal has a privacy review record before rollout (privacy by design).",
    rationale: "An update reaches users without a store's review. Its own review is then the only one.",
    remediation: "Run review.",
    limits: "With an earlier bundle, what the update adds fails unless a review is stated, and nothing new is a pass. Without one, all that the bundle touches is asked about, in one question. The review is a document that is not read. Whether the GDPR applies is not judged.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "5.1.2(ii)"),
        ("CCPA-REG", "7002"),
        ("CNIL", "mobile-apps"),
        ("EDPB", "G4/2019"),
        ("GDPR", "25(1)"),
        ("GDPR", "5(1)(b)"),
        ("NIST-800-53", "CM-4"),
        ("NIST-800-53", "PT-3"),
        ("SOC2", "P1-P8"),
    ],
    parameters: &[Parameter {
        name: "review",
        about: "How the privacy review of this release ended.",
        kind: ParameterKind::Choice(&["unknown", "accepted", "rejected"]),
    }],
    attestations: &["release.privacy_review"],
    cases: include_str!("../../../tests/controls/gdpr/privacy-review.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let found = match signals_or_na(facts) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unparsed(&mut outcome, &found);
    let personal: Vec<_> = found.signals.iter().filter(|fact| is_personal(fact)).collect();
    let compared = changed::is_compared(facts);
    let new: Vec<_> = personal.iter().copied().filter(|fact| signal_since(facts, fact).is_some()).collect();
    changed::tell(&mut outcome, facts, &[SetKind::PersonalData]);
    let Some(first) = new.first().or(personal.first()) else {
        outcome.saw("no call of the bundle is known to use personal data", None);
        return outcome;
    };
    for fact in &personal {
        outcome.saw(format!("{}; {}", sentence(fact), fact.signal.gdpr), Some(place(fact)));
    }
    match parameters.choice("review") {
        "accepted" => {
            outcome.attested = true;
            outcome.saw("it is stated: review is accepted", None);
            return outcome;
        }
        "rejected" => {
            let message =
                format!("the bundle uses: {}; it is stated of the review: rejected", titles(personal.iter().copied()));
            outcome.findings.push(Draft::fail("review-rejected", place(first), message).key("review"));
            return outcome;
        }
        _ if compared && new.is_empty() => {
            outcome.saw("the update adds no use of personal data that is known, so that no review of one is due", None);
            return outcome;
        }
        _ if compared => {
            let message = format!(
                "the update adds: {}; nothing states that a privacy review of this release has seen it",
                titles(new.iter().copied())
            );
            outcome.findings.push(Draft::fail("new-not-reviewed", place(first), message).key("review"));
            return outcome;
        }
        _ => {}
    }
    let message = format!(
        "the bundle uses: {}; look at whether a privacy review of this release has seen it",
        titles(personal.iter().copied())
    );
    outcome.findings.push(Draft::manual("review", place(first), message).severity(Severity::Low).key("review"));
    outcome
}
