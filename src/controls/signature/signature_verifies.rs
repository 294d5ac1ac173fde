//! OTA-SIG-002: whether the signature verifies with the key that the app has.

use crate::controls::support::shown;
use crate::controls::verified::{NO_RELEASE, Standing, detail, place, scheme, standing};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::updaters::{StepResult, Verdict, Verification};
use crate::model::{Confidence, Severity};

/// OTA-SIG-002.
pub static CONTROL: Control = Control {
    id: "OTA-SIG-002",
    slug: "signature-verifies",
    title: "Signature verifies with the embedded public key",
    requirement: "The signature verifies over the exact bundle bytes (or decrypted bytes, as the scheme defines) with the public key that the shipped app embeds.",
    rationale: "A release whose signature does not verify is refused by every device, or it was changed after it was signed.",
    remediation: "Re-sign; check key mix-up; treat as incident if unexplained (OTA-IR-001).",
    limits: "The steps are those of the vendors' sources, each in docs/update-systems.md. The key is that of the configuration that was handed over; whether the app in the stores has the same one is not seen. A form that current plugins refuse and a format that is known from documentation only are manual. A release that is refused for its names or files, and not for its signature, is indeterminate here and told by the controls of integrity.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: false,
    mappings: &[
        ("CRA", "AnnexI.I.2(f)"),
        ("CWE", "CWE-347"),
        ("ETSI-303645", "5.3-10"),
        ("MASVS", "MASVS-RESILIENCE-2"),
        ("MASWE", "MASWE-0026"),
        ("NIST-800-53", "SI-7(1)"),
        ("NIST-800-53", "SI-7(15)"),
        ("NIST-SSDF", "PS.2"),
        ("TUF", "arbitrary-installation"),
        ("TUF", "wrong-software"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/sig/signature-verifies.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let mut outcome = Outcome::default();
    match standing(facts) {
        Standing::NoRelease => return Outcome::not_applicable(NO_RELEASE),
        Standing::Unsigned(_) | Standing::Missing(_) => {
            return Outcome::not_applicable("the release has no signature (see OTA-SIG-001)");
        }
        Standing::NoKey(_) => {
            return Outcome::not_applicable("there is no key to verify with (see OTA-SIG-001)");
        }
        Standing::Unfinished(verification, reason) => {
            let why = shown(detail(verification));
            let message = format!("the verification ended with `{reason}` and showed no signature to hold: {why}");
            outcome.findings.push(Draft::indeterminate("not-verified", place(verification), message).key(reason));
        }
        Standing::Refused(verification, reason) => {
            let why = shown(detail(verification));
            let message = format!("the signature does not verify with the app's key, `{reason}`: {why}");
            outcome.findings.push(Draft::fail("does-not-verify", place(verification), message).key(reason));
        }
        Standing::Authentic(verification) => authentic(verification, &mut outcome),
    }
    outcome
}

fn authentic(verification: &Verification, outcome: &mut Outcome) {
    for step in verification.steps.iter().filter(|step| step.result == StepResult::Passed) {
        outcome.saw(format!("{}: {}", step.step, shown(&step.detail)), Some(place(verification)));
    }
    if let Some(key) = &verification.key {
        outcome.saw(format!("the key is that of `{}`", shown(&key.source)), None);
    }
    if verification.issues.iter().any(|issue| issue == "key_not_in_config") {
        let message =
            "it verifies with the key that was given, but the app's configuration has none: devices check nothing";
        outcome.findings.push(Draft::fail("key-not-in-app", place(verification), message));
    }
    if verification.result == Verdict::ValidLegacy {
        let message = format!(
            "the signature verifies in an old form of {}, which current plugins refuse; see which version the app has",
            scheme(verification)
        );
        let draft = Draft::manual("legacy-form", place(verification), message);
        outcome.findings.push(draft.severity(Severity::Medium));
    }
    if verification.confidence != Confidence::Certain {
        let message = format!(
            "the signature verifies, but the format of {} is known from its documentation only; verify on a device",
            scheme(verification)
        );
        let draft = Draft::manual("format-unconfirmed", place(verification), message);
        outcome.findings.push(draft.severity(Severity::Medium).confidence(verification.confidence));
    }
}
