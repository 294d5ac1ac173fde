//! OTA-SIG-005: whose the key is that signed.

use crate::controls::support::shown;
use crate::controls::verified::{NO_RELEASE, Standing, place, standing};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-SIG-005.
pub static CONTROL: Control = Control {
    id: "OTA-SIG-005",
    slug: "signer-known",
    title: "Signer identity is traceable",
    requirement: "Key id/fingerprint of the signature maps to one owner in the key registry and to a build record.",
    rationale: "A signature tells that a key was used. Only a record of keys tells whose it is, and whether it was withdrawn.",
    remediation: "Add registry entry.",
    limits: "The registry is what the policy lists: fingerprints with an owner, and withdrawn ones. Whether a build record names this release is not looked at. A key that several apps share can't be told from one app's own.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(l)"),
        ("GDPR", "5(2)"),
        ("NIST-800-53", "AU-10"),
        ("NIST-800-53", "CM-14"),
        ("NIST-800-53", "SI-7(15)"),
        ("NIST-SSDF", "PS.2"),
        ("NIST-SSDF", "PS.3"),
        ("SOC2", "CC6.1"),
        ("SOC2", "CC8.1"),
    ],
    parameters: &[
        Parameter {
            name: "known_keys",
            about: "The keys that may sign: SHA-256 of the SubjectPublicKeyInfo in hexadecimal digits, a blank, the owner.",
            kind: ParameterKind::List(&[]),
        },
        Parameter {
            name: "revoked_keys",
            about: "The keys that were withdrawn: SHA-256 of the SubjectPublicKeyInfo in hexadecimal digits.",
            kind: ParameterKind::List(&[]),
        },
    ],
    attestations: &["release.build_record"],
    cases: include_str!("../../../tests/controls/sig/signer-known.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let verification = match standing(facts) {
        Standing::Authentic(verification) => verification,
        Standing::NoRelease => return Outcome::not_applicable(NO_RELEASE),
        Standing::Unsigned(_) | Standing::Missing(_) | Standing::NoKey(_) => {
            return Outcome::not_applicable("there is no signature (see OTA-SIG-001)");
        }
        Standing::Refused(..) | Standing::Unfinished(..) => {
            return Outcome::not_applicable("there is no signature that holds (see OTA-SIG-002)");
        }
    };
    let mut outcome = Outcome::default();
    let location = place(verification);
    let Some(key) = &verification.key else {
        let message = "the release verified, but which key did it was not established";
        outcome.findings.push(Draft::indeterminate("key-not-established", location, message));
        return outcome;
    };
    let own = key.spki_sha256.hex();
    let entry = |list: &str| {
        let found = parameters.list(list).iter().find(|entry| {
            let digits = entry.split_whitespace().next().unwrap_or_default();
            digits.trim_start_matches("sha256:").replace(':', "").eq_ignore_ascii_case(&own)
        });
        found.map(|entry| entry.trim().split_once(char::is_whitespace).map_or("", |(_, owner)| owner.trim()))
    };
    if entry("revoked_keys").is_some() {
        let message = format!("the key that signed, SHA-256 {own}, was withdrawn");
        outcome.findings.push(Draft::fail("revoked-key", location, message).key(own));
        return outcome;
    }
    match entry("known_keys") {
        Some("") => {
            let message = format!("the key that signed, SHA-256 {own}, is listed without an owner");
            outcome.findings.push(Draft::manual("no-owner", location, message).key(own));
        }
        Some(owner) => {
            outcome.saw(format!("signed with the key {own} of {}", shown(owner)), Some(location));
        }
        None if parameters.list("known_keys").is_empty() => {
            let message = format!("the policy lists no keys, so nothing says whose the key {own} is");
            outcome.findings.push(Draft::manual("no-registry", location, message).key(own));
        }
        None => {
            let message = format!("the key that signed, SHA-256 {own}, is none of those that may sign");
            outcome.findings.push(Draft::fail("unknown-key", location, message).key(own));
        }
    }
    outcome
}
