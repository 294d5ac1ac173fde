//! OTA-INT-002: the algorithm of the published checksum and of integrity attributes.

use super::published_hash::weak;
use crate::controls::support::{Checksum, at, bundle_or_na, checksum, shown};
use crate::controls::updates::{Refusal, passed, refusal, refused_because, release_place, verified};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::updaters::{Verdict, Verification};
use crate::facts::{BundleFacts, Facts, ReleaseFacts};
use crate::model::{Fact, Location, Root, Severity};

/// OTA-INT-002.
pub static CONTROL: Control = Control {
    id: "OTA-INT-002",
    slug: "hash-algorithm",
    title: "Hash algorithm is SHA-256 or stronger",
    requirement: "No CRC32, MD5 or SHA-1 is used for update integrity or subresource integrity.",
    rationale: "Whoever can change a bundle can give it any CRC-32, and at some cost any MD5 or SHA-1. Only a hash that withstands that shows a change.",
    remediation: "Upgrade CLI and plugin.",
    limits: "The algorithm is told by the length of the checksum and by a prefix such as `sha256-`. What a checksum that is encrypted or signed holds is seen when the release is verified with its key. The CRC-32 inside the zip format is no integrity control and is not reported. Integrity attributes are looked at in pages only, and do not make the control apply unless they are weak.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(f)"),
        ("CWE", "CWE-327"),
        ("MASTG", "MASTG-TEST-0211"),
        ("MASVS", "MASVS-CRYPTO-1"),
        ("MASWE", "MASWE-0021"),
        ("NIST-800-131A", "R2"),
        ("NIST-800-53", "SC-13"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/int/hash-algorithm.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    if let Some(verification) = verified(facts).filter(|one| decides(facts, one)) {
        by_verification(&mut outcome, facts, verification);
    } else if let Some(release) = &facts.release {
        published(&mut outcome, release);
    }
    let stated = !outcome.evidence.is_empty() || !outcome.findings.is_empty();
    subresources(&mut outcome, bundle);
    if !stated && outcome.findings.is_empty() {
        return Outcome::not_applicable("no checksum was given");
    }
    outcome
}

/// Whether the verification says more than the form of the checksum in the metadata: always without them, else when it
/// opened what is encrypted or signed.
fn decides(facts: &Facts, verification: &Verification) -> bool {
    facts.release.as_ref().is_none_or(|release| {
        verification.result.is_authentic()
            || release.checksum.known().is_some_and(|text| checksum(text) == Checksum::Signed)
    })
}

/// The algorithm that the verification compared with.
fn by_verification(outcome: &mut Outcome, facts: &Facts, verification: &Verification) {
    let location = release_place(facts);
    if verification.issues.iter().any(|issue| issue == "integrity_algorithm_weak") {
        let message = "the manifest names an algorithm that is none of SHA-256, SHA-384 and SHA-512";
        let draft = Draft::manual("unknown-form", location.clone(), message).severity(Severity::Medium);
        outcome.findings.push(draft.key("manifest"));
    }
    let draft = match (verification.result, weak(verification)) {
        (_, Some(name)) => {
            let message = format!("the release is compared by {name}, which does not withstand an attacker");
            Draft::fail("weak-hash", location, message)
        }
        (Verdict::Reject(reason), None) => match refusal(reason) {
            Refusal::WeakHash => Draft::fail("weak-hash", location, refused_because(verification)),
            // What was compared stands in the step that failed, but not by which algorithm of several.
            _ => {
                let message = format!(
                    "which algorithm the release is compared by was not seen: {}",
                    refused_because(verification)
                );
                Draft::manual("not-compared", location, message).severity(Severity::Medium)
            }
        },
        (Verdict::NoChecksum | Verdict::ConfigFinding | Verdict::NothingToVerify, None) => return,
        // Generation 1 with no checksum, which is another control's.
        (Verdict::DecryptsV1Unsigned, None) if !has_checksum(verification) => return,
        (_, None) => {
            outcome.saw("the release was compared by SHA-256 or a longer hash", Some(location));
            return;
        }
    };
    outcome.findings.push(draft.key("checksum"));
}

fn has_checksum(verification: &Verification) -> bool {
    passed(verification, &["checksum"]).next().is_some()
}

fn published(outcome: &mut Outcome, release: &ReleaseFacts) {
    let location = release.checksum_position.map_or_else(
        || Location::file(Root::Release, &release.source),
        |position| Location::at(Root::Release, &release.source, position),
    );
    let text = match &release.checksum {
        Fact::Known(text) => text,
        Fact::Absent => return,
        Fact::Unknown(why) => {
            let message = format!("the published checksum is not known: {}", shown(why));
            outcome.findings.push(Draft::manual("unknown-form", location, message).severity(Severity::Medium));
            return;
        }
        Fact::Unreadable(why) => {
            let message = format!("the published checksum could not be read: {}", shown(why));
            outcome.findings.push(Draft::indeterminate("checksum-unreadable", location, message));
            return;
        }
    };
    let draft = match checksum(text) {
        Checksum::Sha256(_) => {
            outcome.saw("the published checksum has the form of SHA-256", Some(location));
            return;
        }
        Checksum::Longer(name) => {
            outcome.saw(format!("the published checksum has the form of {name}"), Some(location));
            return;
        }
        Checksum::Weak(name) => {
            let message =
                format!("the published checksum has the form of {name}, which does not withstand an attacker");
            Draft::fail("weak-hash", location, message)
        }
        Checksum::Signed => {
            let message = "the published checksum is encrypted or signed; verify which algorithm is inside";
            Draft::manual("encrypted-or-signed", location, message).severity(Severity::Medium)
        }
        Checksum::Unknown => {
            let message = "the published checksum has no known form, so its algorithm can't be told";
            Draft::manual("unknown-form", location, message).severity(Severity::Medium)
        }
    };
    outcome.findings.push(draft.key("checksum"));
}

/// `integrity` attributes: a browser ignores algorithms that it does not know, and MD5 and SHA-1 are such.
fn subresources(outcome: &mut Outcome, bundle: &BundleFacts) {
    for file in bundle.all_files() {
        for script in file.page.iter().flat_map(|page| &page.scripts) {
            let Some(integrity) = script.integrity.as_deref() else { continue };
            let lower = integrity.to_ascii_lowercase();
            let has = |names: &[&str]| {
                lower.split_ascii_whitespace().any(|hash| names.iter().any(|name| hash.starts_with(name)))
            };
            if has(&["md5-", "sha1-", "sha-1-"]) && !has(&["sha256-", "sha384-", "sha512-"]) {
                let message = format!(
                    "the `integrity` of this script names no algorithm that browsers check: `{}`",
                    shown(integrity)
                );
                let location = at(&file.path, Some(script.position));
                outcome
                    .findings
                    .push(Draft::fail("weak-subresource-integrity", location, message).key(shown(integrity)));
            }
        }
    }
}
