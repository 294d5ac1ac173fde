//! OTA-ENC-003: whether a release has a content key of its own.

use crate::controls::verified::{NO_RELEASE, is_encrypted, place, release};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::model::{Digest, Severity};

/// OTA-ENC-003.
pub static CONTROL: Control = Control {
    id: "OTA-ENC-003",
    slug: "fresh-session-key",
    title: "Session key is fresh per bundle",
    requirement: "No two releases share the content key or IV.",
    rationale: "Two contents under the same key and vector show where they are equal, and whoever learns one key reads both.",
    remediation: "Regenerate per upload.",
    limits: "Earlier releases are what the policy lists: the SHA-256 of the content key, or of the vector, as this control prints them for each release. A key that has 128 random bits can't be found from its digest. Within a delta of Capgo all files have one key and one vector by design, which is not reported. When the very same artefact is uploaded again its key is the same too.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CWE", "CWE-329"),
        ("MASVS", "MASVS-CRYPTO-2"),
        ("MASWE", "MASWE-0012"),
        ("MASWE", "MASWE-0022"),
        ("NIST-800-53", "SC-12"),
        ("NIST-800-57", "5.3.6-T1-symmetric-data"),
    ],
    parameters: &[Parameter {
        name: "earlier_keys",
        about: "SHA-256 of content keys and vectors of earlier releases, in hexadecimal digits.",
        kind: ParameterKind::List(&[]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/enc/fresh-session-key.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let Some(verification) = release(facts) else { return Outcome::not_applicable(NO_RELEASE) };
    let Some(encryption) = &verification.encryption else {
        return Outcome::not_applicable(match is_encrypted(verification) {
            Some(false) => "the bundle is not encrypted",
            _ => "the content's key was not opened (see OTA-SIG-002)",
        });
    };
    let mut outcome = Outcome::default();
    let location = place(verification);
    let (key, vector) = (encryption.key_sha256, encryption.vector_sha256);
    let seen = format!("SHA-256 of the content's key {key}, of its vector {vector}");
    let listed = parameters.list("earlier_keys");
    let is_listed = |digest: Digest| listed.iter().any(|entry| entry.trim().eq_ignore_ascii_case(&digest.hex()));
    let mut found = false;
    for (what, digest) in [("key", key), ("vector", vector)] {
        if is_listed(digest) {
            found = true;
            let message = format!("an earlier release has the same {what}, SHA-256 {digest}");
            outcome.findings.push(Draft::fail(format!("same-{what}"), location.clone(), message).key(what));
        }
    }
    if found {
        return outcome;
    }
    if listed.is_empty() {
        let message = format!("no earlier releases are listed to compare with: {seen}");
        outcome.findings.push(Draft::manual("no-history", location, message).severity(Severity::Low).key("history"));
    } else {
        outcome.saw(format!("{seen}, none of the {} listed ones", listed.len()), Some(location));
    }
    outcome
}
