//! OTA-SIG-001: whether a release is signed at all.

use crate::controls::peculiar::{self, Home};
use crate::controls::support::shown;
use crate::controls::verified::{NO_UPDATES, Standing, detail, has_key, place, scheme, standing, updates_in_use};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::updaters::{Verdict, Verification};
use crate::model::{Location, Root, Severity};

/// OTA-SIG-001.
pub static CONTROL: Control = Control {
    id: "OTA-SIG-001",
    slug: "bundle-signed",
    title: "Bundle is digitally signed",
    requirement: "Each release bundle has a signature (or signed manifest/checksum) by the organisation's release key.",
    rationale: "Without a signature, whoever gets hold of the update server, its storage or the account there runs code in every app. A checksum that lies beside the bundle changes with it.",
    remediation: "Sign in CI with the release key.",
    limits: "Whether there is a signature is told from the release; whether it verifies is OTA-SIG-002. Only a release that was handed over can be judged; for an app alone it is known that no update is signed when its configuration has no public key. A signature that stands in metadata which were not handed over is not seen. Of a system that is not known, a detached signature is looked for.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE-PLA", "3.3.1(B)"),
        ("CCPA", "1798.100(e)"),
        ("CRA", "AnnexI.I.2(f)"),
        ("CRA", "AnnexI.II.7"),
        ("CWE", "CWE-345"),
        ("CWE", "CWE-494"),
        ("ETSI-303645", "5.3-10"),
        ("ETSI-303645", "5.3-7"),
        ("ETSI-303645", "5.3-9"),
        ("GDPR", "32(1)(b)"),
        ("MASVS", "MASVS-CRYPTO-1"),
        ("MASVS", "MASVS-RESILIENCE-2"),
        ("MASWE", "MASWE-0025"),
        ("MASWE", "MASWE-0104"),
        ("MASWE", "MASWE-0105"),
        ("NIST-800-53", "CM-14"),
        ("NIST-800-53", "SI-7(15)"),
        ("NIST-800-53", "SR-11"),
        ("NIST-800-53", "SR-9"),
        ("NIST-SSDF", "PS.2"),
        ("PLAY", "DNA-vulnerabilities"),
        ("SOC2", "CC6.8"),
        ("TUF", "arbitrary-installation"),
        ("UPTANE", "arbitrary-software"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/sig/bundle-signed.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if !updates_in_use(facts) {
        return Outcome::not_applicable(NO_UPDATES);
    }
    let mut outcome = Outcome::default();
    if let Some(app) = &facts.app {
        peculiar::add(&mut outcome, app, Home::Keys);
    }
    match standing(facts) {
        Standing::Authentic(verification) | Standing::Refused(verification, _) => {
            let message = format!("the release is signed, in the way of {}", scheme(verification));
            outcome.saw(message, Some(place(verification)));
        }
        Standing::Unsigned(verification) => {
            let message = format!("the release is not signed ({}): {}", scheme(verification), unsigned(verification));
            outcome.findings.push(Draft::fail("unsigned", place(verification), message));
        }
        Standing::Missing(verification) => {
            let message = format!("the release has no signature: {}", shown(detail(verification)));
            outcome.findings.push(Draft::fail("signature-missing", place(verification), message));
        }
        Standing::NoKey(verification) => {
            let message =
                "there is no key to verify with, so whether the release is signed can't be told; give the app";
            outcome.findings.push(Draft::manual("no-key", place(verification), message));
        }
        Standing::Unfinished(..) => {
            return Outcome::not_applicable("the verification ended before the signature was seen (see OTA-SIG-002)");
        }
        Standing::NoRelease => without_release(facts, &mut outcome),
    }
    outcome
}

/// What there is instead of a signature.
fn unsigned(verification: &Verification) -> &'static str {
    if verification.issues.iter().any(|issue| issue == "signature_bypass_empty_session_key") {
        return "it has no session key although the app has a public key, so its checksum is a plain one";
    }
    match verification.result {
        Verdict::UnsignedSha256Ok => "its SHA-256 agrees, which whoever changes the bundle changes too",
        Verdict::UnsignedCrc32Ok => "its CRC-32 agrees, which protects against accidents only",
        Verdict::UnsignedHashOk | Verdict::UnsignedSriOk => "the hashes of its files agree, and nobody signed them",
        Verdict::Md5OkUnsigned => "the MD5 of its files agree, and nobody signed them",
        Verdict::NoChecksum => "nothing is stated that the bundle could be compared with",
        Verdict::DecryptsV1Unsigned => "it is encrypted with a key that the app publishes, which everybody can do",
        _ => "nothing but a plain checksum is stated, if any",
    }
}

fn without_release(facts: &Facts, outcome: &mut Outcome) {
    if has_key(facts) == Some(false) {
        let path = facts.app.iter().flat_map(|app| &app.configs).find(|config| config.content.known().is_some());
        let location = Location::file(Root::App, path.map_or("", |config| config.path.as_str()));
        let message = "the app's configuration has no public key for updates, so it installs them unsigned";
        outcome.findings.push(Draft::fail("app-without-key", location, message));
        return;
    }
    let message = "no release was given with its metadata, so its signature was not seen; give `--release`";
    let location = Location::file(Root::Release, "");
    outcome.findings.push(Draft::manual("no-release", location, message).severity(Severity::Medium));
}
