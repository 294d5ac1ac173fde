//! OTA-ENC-002: what the content is encrypted with.

use crate::controls::verified::{Standing, is_encrypted, place, scheme, standing};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-ENC-002.
pub static CONTROL: Control = Control {
    id: "OTA-ENC-002",
    slug: "content-cipher",
    title: "Content cipher is AES-256 (or AES-128) in a sound mode",
    requirement: "Encrypted bundle uses AES-GCM/AES-CTR+MAC, or AES-CBC with separate signature over plaintext or ciphertext; key length is reported as found, not as marketed.",
    rationale: "A cipher without authentication lets an attacker change what comes out of it. A signature over the content makes up for it, a checksum does not.",
    remediation: "Set policy to what the tool supports or change tool.",
    limits: "The length is that of the key that was unwrapped. Capgo encrypts with AES-128 in CBC mode, whatever is said of AES-256, and signs the plain content, which is sound: with the default it passes. The guide's words ask for 256 bits: `min_aes_bits: 256`, which the policy `strict` sets, makes 128 bits manual, as no setting of the tool changes it. A release that does not verify is left to OTA-SIG-002.",
    severity: Severity::Medium,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(e)"),
        ("CWE", "CWE-327"),
        ("CWE", "CWE-329"),
        ("GDPR", "32(1)(a)"),
        ("MASTG", "MASTG-TEST-0210"),
        ("MASTG", "MASTG-TEST-0221"),
        ("MASTG", "MASTG-TEST-0232"),
        ("MASVS", "MASVS-CRYPTO-1"),
        ("MASWE", "MASWE-0020"),
        ("MASWE", "MASWE-0022"),
        ("NIS2", "21(2)(h)"),
        ("NIST-800-131A", "R2"),
        ("NIST-800-53", "SC-13"),
        ("NIST-800-53", "SC-28"),
    ],
    parameters: &[Parameter {
        name: "min_aes_bits",
        about: "The fewest bits of the content's key that need no decision.",
        kind: ParameterKind::Choice(&["128", "256"]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/enc/content-cipher.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let (verification, signed) = match standing(facts) {
        Standing::NoRelease => return Outcome::not_applicable("no release was given"),
        Standing::Authentic(verification) => (verification, true),
        Standing::Unsigned(verification) => (verification, false),
        Standing::Missing(_) | Standing::NoKey(_) => {
            return Outcome::not_applicable("what the content is encrypted with was not seen (see OTA-SIG-001)");
        }
        Standing::Refused(..) | Standing::Unfinished(..) => {
            return Outcome::not_applicable("the release does not verify, and was not decrypted (see OTA-SIG-002)");
        }
    };
    if is_encrypted(verification) == Some(false) {
        return Outcome::not_applicable("the bundle is not encrypted");
    }
    let mut outcome = Outcome::default();
    let location = place(verification);
    let Some(encryption) = &verification.encryption else {
        let message = format!("what a bundle of {} is encrypted with could not be opened", scheme(verification));
        outcome.findings.push(Draft::indeterminate("not-opened", location, message));
        return outcome;
    };
    let (cipher, bits) = (encryption.cipher, encryption.bits);
    let least = parameters.choice("min_aes_bits").parse().unwrap_or(128);
    if !encryption.authenticated && !signed {
        let message = format!("the content is encrypted with {cipher} and nothing is signed: it can be changed unseen");
        outcome.findings.push(Draft::fail("not-authenticated", location, message).key(cipher));
    } else if bits < 128 {
        let message = format!("the content's key has {bits} bits");
        outcome.findings.push(Draft::fail("short-key", location, message).key(cipher));
    } else if bits < least {
        let message = format!("the content is encrypted with {cipher}, and the policy asks for {least} bits");
        outcome.findings.push(Draft::manual("shorter-than-policy", location, message).key(cipher));
    } else {
        let by =
            if encryption.authenticated { "its own tag shows a change" } else { "the signature covers the content" };
        outcome.saw(format!("the content is encrypted with {cipher}, a key of {bits} bits; {by}"), Some(location));
    }
    outcome
}
