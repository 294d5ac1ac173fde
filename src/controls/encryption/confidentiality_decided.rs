//! OTA-ENC-001: whether bundles are confidential, and encrypted then.

use crate::controls::verified::{NO_UPDATES, is_encrypted, place, release, updates_in_use};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::model::{Location, Root, Severity};

/// OTA-ENC-001.
pub static CONTROL: Control = Control {
    id: "OTA-ENC-001",
    slug: "confidentiality-decided",
    title: "Bundle confidentiality decision is recorded",
    requirement: "The organisation states whether bundle content is confidential; if yes, bundle is encrypted. Encryption is not a substitute for signing.",
    rationale: "Whoever has the address of a plain bundle reads it. Whether that matters is a decision, and only a recorded one can be checked.",
    remediation: "Record decision; enable encryption.",
    limits: "The decision is the policy's parameter. Everybody who has the app has what decrypts, so that encryption keeps a bundle from outsiders only. How an encrypted bundle is signed is OTA-SIG-001 and OTA-ENC-002. Content that is confidential and lies in a plain bundle of an app without a release can't be told.",
    severity: Severity::Low,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.100(e)"),
        ("CCPA", "1798.150"),
        ("CRA", "AnnexI.I.2(e)"),
        ("GDPR", "32(1)(a)"),
        ("MASVS", "MASVS-STORAGE-1"),
        ("NIST-800-53", "SC-28"),
        ("NIST-800-53", "SC-8"),
        ("UPTANE", "eavesdrop"),
    ],
    parameters: &[Parameter {
        name: "confidentiality",
        about: "What the organisation decided about the content of bundles.",
        kind: ParameterKind::Choice(&["undecided", "public", "internal", "confidential"]),
    }],
    attestations: &["bundle.confidentiality"],
    cases: include_str!("../../../tests/controls/enc/confidentiality-decided.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    if !updates_in_use(facts) {
        return Outcome::not_applicable(NO_UPDATES);
    }
    let mut outcome = Outcome::default();
    let verification = release(facts);
    let location = verification.map_or_else(|| Location::file(Root::Release, ""), place);
    let encrypted = verification.and_then(is_encrypted);
    let form = match encrypted {
        Some(true) => "encrypted",
        Some(false) => "plain",
        None => "of unknown form",
    };
    let decision = parameters.choice("confidentiality");
    match (decision, encrypted) {
        ("public" | "internal", _) => {
            outcome.saw(format!("it is stated that bundles are {decision}; this one is {form}"), Some(location));
        }
        ("confidential", Some(true)) => {
            outcome.saw("it is stated that bundles are confidential, and this one is encrypted", Some(location));
        }
        ("confidential", Some(false)) => {
            let message = "it is stated that bundles are confidential, and this one is plain";
            outcome.findings.push(Draft::fail("plain-bundle", location, message).severity(Severity::High));
        }
        ("confidential", None) => {
            let message = "it is stated that bundles are confidential, and no release showed whether it is encrypted";
            outcome.findings.push(Draft::manual("form-not-seen", location, message));
        }
        _ => {
            let message = format!("nobody decided whether bundles are confidential; this one is {form}");
            outcome.findings.push(Draft::manual("undecided", location, message));
        }
    }
    outcome
}
