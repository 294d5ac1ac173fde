//! OTA-GDPR-009: whether an impact assessment speaks of what the bundle touches.

use crate::controls::changed::{self, signal_since};
use crate::controls::signals::{add_unparsed, is_personal, place, sentence, signals_or_na, titles};
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::controls::{Parameter, ParameterKind};
use crate::facts::Facts;
use crate::facts::comparison::SetKind;
use crate::model::Severity;

/// OTA-GDPR-009.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-009",
    slug: "impact-assessment",
    title: "DPIA screening is done for update and telemetry changes",
    requirement: "A screening or DPIA exists and is newer than the last change that adds personal-data signals.",
    rationale: "Whoever begins to use data that may hurt people has to think about it before, in writing.",
    remediation: "Redo screening.",
    limits: "With an earlier bundle, what is new fails when nothing is stated, and with a ledger a screening that is older than the release before is a question; without one, all that the bundle touches is asked about, in one question. The assessment itself is a document that is not read. Whether the GDPR applies is not judged.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7150-7157"),
        ("EDPB", "G4/2019"),
        ("GDPR", "24"),
        ("GDPR", "25(1)"),
        ("GDPR", "35"),
        ("NIST-800-53", "CM-4"),
        ("NIST-800-53", "RA-8"),
    ],
    parameters: &[Parameter {
        name: "screening",
        about: "Whether a screening or an impact assessment speaks of what the bundle uses.",
        kind: ParameterKind::Choice(&["unknown", "done", "none"]),
    }],
    attestations: &["gdpr.dpia"],
    cases: include_str!("../../../tests/controls/gdpr/impact-assessment.md"),
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
    let new: Vec<_> = personal.iter().copied().filter(|fact| signal_since(facts, fact).is_some()).collect();
    changed::tell(&mut outcome, facts, &[SetKind::PersonalData]);
    let Some(first) = new.first().or(personal.first()) else {
        outcome.saw("no call of the bundle is known to use personal data", None);
        return outcome;
    };
    for fact in &personal {
        outcome.saw(format!("{}; {}", sentence(fact), fact.signal.gdpr), Some(place(fact)));
    }
    match parameters.choice("screening") {
        "done" => {
            outcome.attested = true;
            outcome.saw("it is stated: screening is done", None);
            if let Some(before) = older(facts).filter(|_| !new.is_empty()) {
                let message = format!(
                    "the update adds: {}; the screening is stated to speak of changes up to a day before {before}, when the release before was audited: look at whether it speaks of these",
                    titles(new.iter().copied())
                );
                outcome.findings.push(Draft::manual("screening-older", place(first), message).key("screening"));
            }
            return outcome;
        }
        "none" => {
            let message =
                format!("the bundle uses: {}; it is stated of the screening: none", titles(personal.iter().copied()));
            outcome.findings.push(Draft::fail("screening-none", place(first), message).key("screening"));
            return outcome;
        }
        _ if !new.is_empty() => {
            let message = format!(
                "the update adds: {}; nothing states that a screening or impact assessment speaks of it",
                titles(new.iter().copied())
            );
            outcome.findings.push(Draft::fail("new-not-screened", place(first), message).key("screening"));
            return outcome;
        }
        _ => {}
    }
    let message = format!(
        "the bundle uses: {}; look at whether a screening or impact assessment speaks of it",
        titles(personal.iter().copied())
    );
    outcome.findings.push(Draft::manual("screening", place(first), message).severity(Severity::Low).key("screening"));
    outcome
}

/// The day of the last release's audit, when the stated screening is older: it can't have seen what this update adds.
fn older(facts: &Facts) -> Option<String> {
    let statement = facts.attestations.answer("gdpr.dpia").fresh()?;
    let last = facts.past.as_ref()?.audits.iter().rev().find(|audit| audit.passed)?;
    let day: String = last.as_of.chars().take(10).collect();
    let audited: jiff::civil::Date = day.parse().ok()?;
    let seen = statement.value.first().and_then(|entry| entry.date("last_change")).unwrap_or(statement.date);
    (seen < audited).then(|| shown(&day))
}
