//! OTA-RBK-003: whether signed metadata end.

use crate::controls::support::shown;
use crate::controls::updates::{passed, refused_because, release_place, signature_held, updates_or_na, verified};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::updaters::Verdict;
use crate::model::Severity;

/// OTA-RBK-003.
pub static CONTROL: Control = Control {
    id: "OTA-RBK-003",
    slug: "expiry",
    title: "Metadata expires (freeze protection)",
    requirement: "Signed metadata carries an expiry; age of the current release metadata is within policy.",
    rationale: "Whoever stands between server and device can repeat yesterday's answer, which is validly signed, for ever. An end date bounds how long.",
    remediation: "Add expiry to manifest.",
    limits: "Of the known update systems only OtaKit signs an end date. The others have none, so a release of theirs is manual with low severity: a remaining risk, and no fault of the release. The age of metadata without dates is not known. The validity of Expo's certificate is no expiry of the metadata.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(c)"),
        ("ETSI-303645", "5.3-5"),
        ("ETSI-303645", "5.3-8"),
        ("NIST-800-53", "SC-23"),
        ("NIST-800-53", "SI-2"),
        ("TUF", "freeze"),
        ("TUF", "slow-retrieval"),
        ("UPTANE", "drop-request"),
        ("UPTANE", "freeze"),
        ("UPTANE", "slow-retrieval"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/rbk/expiry.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let Some(verification) = verified(facts) else {
        return Outcome::not_applicable("no release with signed metadata was given");
    };
    let mut outcome = Outcome::default();
    let place = release_place(facts);
    if let Some(step) = passed(verification, &["expiry"]).next() {
        outcome.saw(format!("the signed metadata have an end in the future: {}", shown(&step.detail)), Some(place));
        return outcome;
    }
    if !signature_held(verification) {
        return match verification.result {
            Verdict::Reject(_) if verification.key.is_some() => {
                let message = format!("whether the metadata end was not reached: {}", refused_because(verification));
                outcome.findings.push(Draft::indeterminate("not-reached", place, message));
                outcome
            }
            _ => Outcome::not_applicable("nothing of the release is signed"),
        };
    }
    outcome.findings.push(match verification.result {
        Verdict::Reject("signature_expired") => {
            Draft::fail("expired", place, format!("the signed metadata are out of date: {}", refused_because(verification)))
        }
        Verdict::Reject("signature_not_yet_valid") => {
            let message = format!("the signed metadata begin in the future: {}", refused_because(verification));
            Draft::manual("not-yet-valid", place, message)
        }
        _ => {
            let message = format!(
                "{} signs no end date: an old answer of the server stays valid for ever, a remaining risk of this system",
                shown(verification.system)
            );
            Draft::manual("no-expiry", place, message).severity(Severity::Low)
        }
    });
    outcome
}
