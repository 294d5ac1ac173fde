//! OTA-INT-001: the published checksum against the digest of the archive.

use crate::controls::support::{Checksum, bundle_or_na, checksum};
use crate::controls::support::{add_unexamined, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::{Fact, Location, Root, Severity};

/// OTA-INT-001.
pub static CONTROL: Control = Control {
    id: "OTA-INT-001",
    slug: "published-hash",
    title: "Published hash equals bundle hash",
    requirement: "SHA-256 of the bundle equals the checksum in release metadata.",
    rationale: "The checksum is what a device compares a download with. If it is not that of this bundle, either the wrong bundle goes out or none installs.",
    remediation: "Rebuild or correct metadata; investigate.",
    limits: "The archive as given is digested: the checksum of an encrypted archive is another one. CRC-32, MD5 and SHA-1 are never computed; such a checksum is a failure here, since it is no SHA-256 of the bundle, although the criteria speak of a different one only. SHA-384 and SHA-512 are manual. A folder has no archive digest.",
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
