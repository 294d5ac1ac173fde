//! OTA-REL-003: whether tests and an approval are bound to the bundle.

use crate::controls::support::shown;
use crate::controls::updates::{refused_because, release_place, updates_or_na, verified};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::updaters::{Reason, Verdict};
use crate::model::Severity;

/// OTA-REL-003.
pub static CONTROL: Control = Control {
    id: "OTA-REL-003",
    slug: "approved-change",
    title: "Change approval and test evidence",
    requirement: "Bundle has approved change record and test results bound to its hash.",
    rationale: "An update passes no store review, so the review of its team is the only one; it counts for the bytes that were reviewed and no others.",
    remediation: "Record.",
    limits: "Test results count when they come as an in-toto statement `test-result` in a signed DSSE envelope whose subject is the archive; whether all of them passed is for a person to read. Who approved the change, and that it was not its author, no file shows: manual until the policy states it with `change_approval`, or `release.approval` is stated; then it is attested. Two accounts may be one person.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7123(c)(14)"),
        ("CRA", "AnnexI.II.3"),
        ("NIST-800-53", "CM-3"),
        ("NIST-800-53", "CM-3(2)"),
        ("NIST-800-53", "SA-11"),
        ("NIST-SSDF", "PS.2"),
        ("PCI-DSS", "6.4.3"),
        ("SOC2", "CC8.1"),
    ],
    parameters: &[Parameter {
        name: "change_approval",
        about: "what the organisation states of approvals: `second-person` for each bundle by its hash, `none`, or `off` where the policy does without",
        kind: ParameterKind::Choice(&["unstated", "second-person", "none", "off"]),
    }],
    attestations: &["release.approval"],
    cases: include_str!("../../../tests/controls/rel/approved-change.md"),
    assess,
};

/// How the types of in-toto's test results begin.
const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/";
/// Refusals at which the signature held and the statement is of something else.
const DIFFERS: Reason = "subject_mismatch";

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let stated = parameters.choice("change_approval");
    if stated == "off" {
        return Outcome::not_applicable("the policy asks for no approval");
    }
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let mut outcome = Outcome { attested: true, ..Outcome::default() };
    let place = release_place(facts);
    if let Some(verification) = verified(facts) {
        let mut predicates = verification.steps.iter().filter(|step| step.step == "predicate");
        if let Some(step) = predicates.find(|step| step.detail.starts_with(TEST_RESULT)) {
            match verification.result {
                result if result.is_authentic() => {
                    let message =
                        format!("signed test results `{}` have this bundle as their subject", shown(&step.detail));
                    outcome.saw(message, Some(place.clone()));
                }
                Verdict::Reject(DIFFERS) => {
                    let message = format!("the test results are of another bundle: {}", refused_because(verification));
                    outcome.findings.push(Draft::fail("digest-differs", place.clone(), message));
                }
                _ => {
                    let message = format!(
                        "there are test results, and they were not verified: {}",
                        refused_because(verification)
                    );
                    outcome.findings.push(Draft::manual("not-verified", place.clone(), message));
                }
            }
        }
    }
    match stated {
        "second-person" => {
            outcome.saw("it is stated that a second person approves each bundle by its hash", None);
        }
        "none" => {
            let message = "it is stated that nobody approves an update but its author";
            outcome.findings.push(Draft::fail("no-approval", place, message));
        }
        _ => {
            let message = "who approved this bundle, and on which test results, no file shows: state `release.approval` with its hash";
            outcome.findings.push(Draft::manual("approval-unstated", place, message));
        }
    }
    outcome
}
