//! OTA-ENC-004: who can decrypt, and what is said of it.

use crate::controls::verified::{NO_RELEASE, is_encrypted, place, release, scheme};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-ENC-004.
pub static CONTROL: Control = Control {
    id: "OTA-ENC-004",
    slug: "key-exchange-stated",
    title: "Key-exchange claim matches reality",
    requirement: "Documentation of key exchange states who can decrypt: per-device wrapping (recipient public key) or app-wide (public key in app).",
    rationale: "Who reads that updates are encrypted for each device relies on it. With one key in every copy of the app, all who have the app can decrypt.",
    remediation: "Correct the security documentation.",
    limits: "What the organisation states is the policy's parameter. No update system that is known here wraps keys for single devices: what opens the content is the same in every copy of the app, and with Capgo it is a public key. The guide asks for a key for each device: `required: per-device`, which the policy `strict` sets, makes that a failure. Plugins of one's own are not known.",
    severity: Severity::Low,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("GDPR", "32(1)(a)"),
        ("GDPR", "5(2)"),
        ("MASVS", "MASVS-CRYPTO-2"),
        ("MASWE", "MASWE-0012"),
        ("MASWE", "MASWE-0023"),
        ("NIST-800-53", "SC-12"),
        ("NIST-800-53", "SC-13"),
        ("NIST-800-57", "5.2"),
    ],
    parameters: &[
        Parameter {
            name: "scheme_statement",
            about: "Who can decrypt a bundle, as the organisation's documentation states it.",
            kind: ParameterKind::Choice(&["unstated", "app-wide", "per-device", "end-to-end"]),
        },
        Parameter {
            name: "required",
            about: "Which key exchange is asked for.",
            kind: ParameterKind::Choice(&["any", "per-device"]),
        },
    ],
    attestations: &["encryption.scheme_statement"],
    cases: include_str!("../../../tests/controls/enc/key-exchange-stated.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let Some(verification) = release(facts) else { return Outcome::not_applicable(NO_RELEASE) };
    match is_encrypted(verification) {
        Some(true) => {}
        Some(false) => return Outcome::not_applicable("the bundle is not encrypted"),
        None => return Outcome::not_applicable("whether the bundle is encrypted was not seen (see OTA-SIG-002)"),
    }
    let mut outcome = Outcome::default();
    let location = place(verification);
    let scheme = scheme(verification);
    if parameters.choice("required") == "per-device" {
        let message = format!("the policy asks for a key for each device, and that of {scheme} is the same for all");
        outcome.findings.push(Draft::fail("not-per-device", location.clone(), message));
    }
    let statement = parameters.choice("scheme_statement");
    match statement {
        "app-wide" => {
            outcome
                .saw(format!("what is stated holds: everybody who has the app can decrypt ({scheme})"), Some(location));
        }
        "per-device" | "end-to-end" => {
            let message =
                format!("the statement `{statement}` is wrong: everybody who has the app can decrypt ({scheme})");
            outcome.findings.push(Draft::fail("wrong-statement", location, message).key(statement));
        }
        _ => {
            let message = format!("nobody stated who can decrypt a bundle; with {scheme}, everybody who has the app");
            outcome.findings.push(Draft::manual("unstated", location, message));
        }
    }
    outcome
}
