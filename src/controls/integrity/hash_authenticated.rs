//! OTA-INT-003: whether the hash that devices trust is signed.

use crate::controls::support::{Checksum, checksum, shown};
use crate::controls::updates::{
    Refusal, SIGNED, has_built_in_key, passed, refusal, refused_because, release_place, signature_held, systems_of_app,
    trusted_keys, updates_or_na, verified,
};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::updaters::{Verdict, Verification};
use crate::model::{Fact, Severity};

/// OTA-INT-003.
pub static CONTROL: Control = Control {
    id: "OTA-INT-003",
    slug: "hash-authenticated",
    title: "Hash is authenticated",
    requirement: "The checksum the client trusts is itself signed or delivered inside a signed manifest, not only \"server-provided\".",
    rationale: "A hash that comes from the same server as the bundle protects from damage on the way, and not from whoever has the server.",
    remediation: "Sign. A hash served by the same server gives no protection when that server is compromised.",
    limits: "Decided by verifying the release with the key that the app carries. Metadata alone don't show a signature that travels apart from them: they are a failure only where the app is known to have no key to verify with. A release whose content is not what was signed passes here: its hash is signed, and OTA-INT-001 fails. A version of the plugin that skips the signature is the matter of OTA-PLAY-003.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(f)"),
        ("CWE", "CWE-345"),
        ("ETSI-303645", "5.3-10"),
        ("MASWE", "MASWE-0026"),
        ("MASWE", "MASWE-0105"),
        ("NIST-800-53", "SC-8"),
        ("NIST-800-53", "SI-7(15)"),
        ("TUF", "arbitrary-installation"),
        ("TUF", "key-compromise"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/int/hash-authenticated.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let mut outcome = Outcome::default();
    match verified(facts) {
        Some(verification) => by_verification(&mut outcome, facts, verification),
        None => by_metadata(&mut outcome, facts),
    }
    outcome
}

fn by_verification(outcome: &mut Outcome, facts: &Facts, verification: &Verification) {
    let location = release_place(facts);
    if signature_held(verification) {
        let step = passed(verification, &SIGNED).next();
        let step = step.map_or_else(String::new, |step| format!(": {} over {}", step.step, step.detail));
        let message = format!("the hash of the release is signed{}", shown(&step));
        outcome.saw(message, Some(location));
        return;
    }
    outcome.findings.push(match verification.result {
        Verdict::Reject(reason) => {
            let because = refused_because(verification);
            match refusal(reason) {
                Refusal::NotSigned => {
                    let message = format!("nothing authenticates the hash of this release: {because}");
                    Draft::fail("not-authenticated", location, message)
                }
                Refusal::Differs | Refusal::WeakHash => {
                    let message = format!("the release has a checksum that nothing signs, and {because}");
                    Draft::fail("plain-hash", location, message)
                }
                Refusal::NotGiven => {
                    let message = format!("whether the hash is signed could not be verified: {because}");
                    Draft::manual("not-verified", location, message).severity(Severity::Medium)
                }
                Refusal::Other => {
                    let message = format!("whether the hash is signed was not reached: {because}");
                    Draft::indeterminate("not-verified", location, message)
                }
            }
        }
        Verdict::NoChecksum => {
            let message = "the release has neither a hash nor a signature, so nothing ties the bundle to its publisher";
            Draft::fail("no-hash", location, message)
        }
        _ => {
            let message = "the release has a checksum that nothing signs: whoever changes the bundle on the server changes it too";
            Draft::fail("plain-hash", location, message)
        }
    });
}

/// Metadata that were given without the bundle's archive, so that nothing was verified.
fn by_metadata(outcome: &mut Outcome, facts: &Facts) {
    let location = release_place(facts);
    let stated = facts.release.as_ref().map(|release| &release.checksum);
    let is_form = |form: &Checksum| matches!(form, Checksum::Sha256(_) | Checksum::Weak(_) | Checksum::Longer(_));
    let draft = match stated {
        Some(Fact::Unreadable(why)) => {
            let message = format!("the published checksum could not be read: {}", shown(why));
            Draft::indeterminate("checksum-unreadable", location, message)
        }
        Some(Fact::Known(text)) if is_form(&checksum(text)) && app_has_no_key(facts) => {
            let message =
                "the published checksum is plain, and the app has no key that a signature could be verified with";
            Draft::fail("plain-hash", location, message)
        }
        Some(Fact::Known(text)) => {
            let what = match checksum(text) {
                Checksum::Signed => "encrypted or signed",
                Checksum::Unknown => "of no known form",
                _ => "plain",
            };
            let message = format!(
                "the published checksum is {what}, and no signature was verified; give the release's folder with the bundle"
            );
            Draft::manual("not-verified", location, message).severity(Severity::Medium)
        }
        Some(Fact::Absent | Fact::Unknown(_)) | None => {
            let message = "no release with its checksum was given, so whether it is signed was not seen; give the release's folder";
            Draft::manual("no-release", location, message).severity(Severity::Medium)
        }
    };
    outcome.findings.push(draft.key("checksum"));
}

/// Whether the app is known, is updated by a known system, and has no key for it. A configuration that was not read may
/// hold one.
fn app_has_no_key(facts: &Facts) -> bool {
    let read = facts.app.as_ref().is_some_and(|app| {
        !app.configs.is_empty() && app.configs.iter().all(|config| config.content.known().is_some())
    });
    let systems = systems_of_app(facts);
    let built_in = systems.iter().any(|system| has_built_in_key(facts, system));
    read && !systems.is_empty() && !built_in && trusted_keys(facts).next().is_none()
}
