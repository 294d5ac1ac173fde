//! OTA-GDPR-009: whether an impact assessment speaks of what the bundle touches.

use crate::controls::signals::{add_unparsed, is_personal, place, sentence, signals_or_na, titles};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::controls::{Parameter, ParameterKind};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-GDPR-009.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-009",
    slug: "impact-assessment",
    title: "DPIA screening is done for update and telemetry changes",
    requirement: "A screening or DPIA exists and is newer than the last change that adds personal-data signals.",
    rationale: "Whoever begins to use data that may hurt people has to think about it before, in writing.",
    remediation: "Redo screening.",
    limits: "One bundle is read: whether a signal is new needs the bundle before, so that all that it touches is asked about, in one question. The assessment itself is a document that is not read. Whether the GDPR applies is not judged.",
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
    let Some(first) = personal.first() else {
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
            return outcome;
        }
        "none" => {
            let message =
                format!("the bundle uses: {}; it is stated of the screening: none", titles(personal.iter().copied()));
            outcome.findings.push(Draft::fail("screening-none", place(first), message).key("screening"));
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
