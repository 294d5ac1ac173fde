//! OTA-INT-001: the published checksum against the digest of the archive.

use crate::controls::support::{Checksum, bundle_or_na, checksum};
use crate::controls::support::{add_unexamined, shown};
use crate::controls::updates::{
    Refusal, SIGNED, passed, refusal, refused_because, release_place, signature_held, verified,
};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::updaters::{Verdict, Verification};
use crate::facts::{BundleFacts, Facts};
use crate::model::{Fact, Location, Root, Severity};

/// OTA-INT-001.
pub static CONTROL: Control = Control {
    id: "OTA-INT-001",
    slug: "published-hash",
    title: "Published hash equals bundle hash",
    requirement: "SHA-256 of the bundle equals the checksum in release metadata.",
    rationale: "The checksum is what a device compares a download with. If it is not that of this bundle, either the wrong bundle goes out or none installs.",
    remediation: "Rebuild or correct metadata; investigate.",
    limits: "The archive as given is digested: the checksum of an encrypted archive is another one. A release that is verified is compared as its update system does it: the digest inside a signed checksum, or that of each file of a manifest; a signature over the bytes of the bundle itself counts as well. Where another bundle is audited than the one in the release's folder, their digests are compared as well when both are plain archives. CRC-32, MD5 and SHA-1 are never computed; such a checksum is a failure here, since it is no SHA-256 of the bundle, although the criteria speak of a different one only. SHA-384 and SHA-512 are manual. A folder has no archive digest.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.100(e)"),
        ("CRA", "AnnexI.I.2(f)"),
        ("CWE", "CWE-353"),
        ("ETSI-303645", "5.3-9"),
        ("GDPR", "32(1)(b)"),
        ("GDPR", "5(1)(d)"),
        ("GDPR", "5(1)(f)"),
        ("MASVS", "MASVS-CODE-4"),
        ("MASWE", "MASWE-0021"),
        ("MASWE", "MASWE-0105"),
        ("NIST-800-53", "SI-7"),
        ("NIST-800-53", "SI-7(1)"),
        ("NIST-SSDF", "PS.2"),
        ("PLAY", "DNA-vulnerabilities"),
        ("TUF", "wrong-software"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/int/published-hash.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    let own = bundle.archive_sha256;
    outcome.saw(
        own.map_or_else(
            || "a folder, which has no archive to digest".to_owned(),
            |own| format!("SHA-256 of the archive: {own}"),
        ),
        None,
    );
    let plain =
        facts.release.as_ref().and_then(|release| release.checksum.known()).is_some_and(|text| {
            matches!(checksum(text), Checksum::Sha256(_) | Checksum::Weak(_) | Checksum::Longer(_))
        });
    // A plain checksum is compared below, where it stands, unless the verification shows more.
    if let Some(verification) = verified(facts)
        && (!plain || verification.result.is_authentic())
    {
        by_verification(&mut outcome, facts, bundle, verification);
        return outcome;
    }
    let Some(release) = &facts.release else {
        let location = Location::file(Root::Bundle, "");
        let message = "no release metadata were given, so there is no published checksum to compare with";
        outcome.findings.push(Draft::manual("no-release-metadata", location, message).severity(Severity::Medium));
        return outcome;
    };
    let location = release.checksum_position.map_or_else(
        || Location::file(Root::Release, &release.source),
        |position| Location::at(Root::Release, &release.source, position),
    );
    let text = match &release.checksum {
        Fact::Known(text) => text,
        Fact::Absent => {
            let message = "the release metadata state no checksum";
            outcome.findings.push(Draft::manual("no-checksum", location, message).severity(Severity::Medium));
            return outcome;
        }
        Fact::Unknown(why) => {
            let message = format!("the published checksum is not known: {}", shown(why));
            outcome.findings.push(Draft::manual("no-checksum", location, message).severity(Severity::Medium));
            return outcome;
        }
        Fact::Unreadable(why) => {
            let message = format!("the published checksum could not be read: {}", shown(why));
            outcome.findings.push(Draft::indeterminate("checksum-unreadable", location, message));
            return outcome;
        }
    };
    let draft = match (checksum(text), own) {
        (Checksum::Sha256(published), Some(own)) if published == own => {
            outcome.saw("the published checksum is that of the archive", Some(location));
            return outcome;
        }
        (Checksum::Sha256(published), Some(own)) => {
            let message = format!(
                "the published checksum is not that of this bundle: published {published}, computed {own}; \
                 a checksum of the encrypted archive differs from that of the plain one"
            );
            Draft::fail("hash-differs", location, message)
        }
        (Checksum::Sha256(_), None) => {
            // The archive is there but was not digested, or there is none.
            add_unexamined(&mut outcome, bundle);
            let message = "a folder has no archive digest to compare the published checksum with; give the zip";
            Draft::manual("folder-has-no-digest", location, message).severity(Severity::Medium)
        }
        (Checksum::Weak(name), _) => {
            let message = format!("the published checksum is no SHA-256 of this bundle: its form is that of {name}");
            Draft::fail("not-comparable", location, message)
        }
        (Checksum::Longer(name), _) => {
            let message = format!("the published checksum has the form of {name}, which is not computed here");
            Draft::manual("not-computed", location, message).severity(Severity::Medium)
        }
        (Checksum::Signed, _) => {
            let message = "the published checksum is encrypted or signed; compare it with the key of the channel";
            Draft::manual("encrypted-or-signed", location, message).severity(Severity::Medium)
        }
        (Checksum::Unknown, _) => {
            let message = "the published checksum has no known form, so it could not be compared";
            Draft::manual("unknown-form", location, message).severity(Severity::Medium)
        }
    };
    outcome.findings.push(draft.key("checksum"));
    outcome
}

/// The steps in which a verification compares digests.
const COMPARED: [&str; 11] = [
    "MD5",
    "assets",
    "checksum",
    "content hash",
    "digest",
    "file checksums",
    "files",
    "integrity",
    "list",
    "package hash",
    "signed checksum",
];

/// What the verification of the release compared.
fn by_verification(outcome: &mut Outcome, facts: &Facts, bundle: &BundleFacts, verification: &Verification) {
    let location = release_place(facts);
    let steps: Vec<_> = passed(verification, &COMPARED).collect();
    let differs = verification.issues.iter().any(|issue| issue == "checksum_differs");
    let draft = match verification.result {
        Verdict::Valid
        | Verdict::ValidLegacy
        | Verdict::UnsignedSha256Ok
        | Verdict::UnsignedHashOk
        | Verdict::UnsignedSriOk
            if differs =>
        {
            let message = "the signature holds, and the checksum that is published beside it is not that of the bundle";
            Draft::fail("hash-differs", location, message)
        }
        Verdict::Valid
        | Verdict::ValidLegacy
        | Verdict::UnsignedSha256Ok
        | Verdict::UnsignedHashOk
        | Verdict::UnsignedSriOk => {
            for step in &steps {
                outcome.saw(format!("the release's {} holds: {}", step.step, shown(&step.detail)), None);
            }
            if steps.is_empty() {
                for step in passed(verification, &SIGNED) {
                    outcome.saw(format!("the release's {} holds: {}", step.step, shown(&step.detail)), None);
                }
            }
            same_bundle(outcome, bundle, verification);
            return;
        }
        Verdict::NoChecksum => {
            let message = "the release states no checksum of its bundle";
            Draft::manual("no-checksum", location, message).severity(Severity::Medium)
        }
        Verdict::UnsignedCrc32Ok | Verdict::Md5OkUnsigned | Verdict::DecryptsV1Unsigned => match weak(verification) {
            Some(name) => {
                let message =
                    format!("the published checksum is no SHA-256 of this bundle: its form is that of {name}");
                Draft::fail("not-comparable", location, message)
            }
            None if steps.is_empty() => {
                let message = "the release states no checksum of its bundle";
                Draft::manual("no-checksum", location, message).severity(Severity::Medium)
            }
            None => {
                outcome.saw("the published checksum is that of the decrypted bundle", Some(location));
                return;
            }
        },
        Verdict::Reject(reason) => {
            let because = refused_because(verification);
            match refusal(reason) {
                Refusal::Differs => Draft::fail("hash-differs", location, because),
                Refusal::NotSigned if reason == "subject_mismatch" => Draft::fail("hash-differs", location, because),
                Refusal::WeakHash => Draft::fail("not-comparable", location, because),
                _ if signature_held(verification) && !steps.is_empty() => {
                    let message = format!("the published checksum was compared and holds, but {because}");
                    outcome.saw(message, Some(location));
                    return;
                }
                Refusal::NotGiven => {
                    let message = format!("the published checksum could not be compared: {because}");
                    Draft::manual("not-compared", location, message).severity(Severity::Medium)
                }
                Refusal::NotSigned | Refusal::Other => {
                    let message = format!("the published checksum was not compared: {because}");
                    Draft::indeterminate("not-compared", location, message)
                }
            }
        }
        Verdict::ConfigFinding | Verdict::NothingToVerify => return,
    };
    outcome.findings.push(draft.key("checksum"));
}

/// The weak algorithm that the release's checksum was compared with.
pub(super) fn weak(verification: &Verification) -> Option<&'static str> {
    match verification.result {
        Verdict::UnsignedCrc32Ok => Some("CRC-32"),
        Verdict::Md5OkUnsigned => Some("MD5"),
        // The step begins with the checksum itself.
        Verdict::DecryptsV1Unsigned => passed(verification, &["checksum"])
            .any(|step| step.detail.split(',').next().is_some_and(|own| own.len() == 8))
            .then_some("CRC-32"),
        _ => None,
    }
}

/// Whether the bundle that is audited is the one in the release's folder: both plain archives, or nothing is said.
fn same_bundle(outcome: &mut Outcome, bundle: &BundleFacts, verification: &Verification) {
    // These digest the plain archive; OtaKit's digest is of the encrypted one.
    let plain = ["capgo", "capawesome", "self-hosted"].contains(&verification.system);
    let manifest = matches!(verification.generation, Some("delta" | "manifest"));
    let Some(subject) = verification.subject.as_ref().filter(|_| plain && !manifest) else { return };
    let location = Location::file(Root::Release, &subject.path);
    match bundle.archive_sha256 {
        Some(own) if own == subject.sha256 => {
            outcome.saw(format!("the audited archive is the released one, SHA-256 {own}"), Some(location));
        }
        Some(own) => {
            let message = format!(
                "the audited archive is not the released one: SHA-256 {own}, and the release's is {}",
                subject.sha256
            );
            outcome.findings.push(Draft::fail("another-bundle", location, message).key("bundle"));
        }
        None => {
            let message = "a folder has no archive digest to compare the release's bundle with; give the release alone";
            let draft = Draft::manual("folder-has-no-digest", location, message).severity(Severity::Medium);
            outcome.findings.push(draft.key("bundle"));
        }
    }
}
