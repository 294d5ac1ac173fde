//! OTA-APPLE-013: whether Capacitor itself comes with a privacy manifest.

use crate::controls::apple::{at, ios_or_na, root};
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::{Fact, Severity};
use semver::Version;

/// OTA-APPLE-013.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-013",
    slug: "sdk-manifests",
    title: "Listed third-party SDKs carry manifests",
    requirement: "iOS dependencies on Apple's commonly-used SDK list contain a privacy manifest (and signature if binary).",
    rationale: "Apple refuses uploads with an SDK of its list that has no manifest, Capacitor among them; then no repair of the native part gets through.",
    remediation: "Upgrade the dependency.",
    limits: "Only Capacitor is judged, by its version in lockfiles, Podfile.lock and Package.resolved: it has a manifest since 4.8.2, 5.7.4 and 6.0.0. Other SDKs of Apple's list are not looked for, and their files in `Pods` are not read; signatures of binary SDKs are not checked.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE-PRIV", "third-party-SDK-requirements"),
        ("CRA", "Art.13(5)"),
        ("MASVS", "MASVS-PRIVACY-3"),
        ("NIST-800-53", "SR-11"),
        ("PLAY", "sdk-requirements"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/apple/sdk-manifests.md"),
    assess,
};

const PACKAGE: &str = "@capacitor/ios";

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let ios = match ios_or_na(facts) {
        Ok((_, ios)) => ios,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    let Some(packages) = &facts.packages else {
        let message = "which SDKs the app has is not known; look at whether each of Apple's list has a manifest";
        outcome.findings.push(Draft::manual("versions-unknown", root(ios), message));
        return outcome;
    };
    let first = packages.of(PACKAGE).next();
    let place = || first.map_or_else(|| root(ios), |one| at(&one.source, one.position));
    match packages.versions(PACKAGE) {
        Fact::Known(versions) => {
            for text in versions {
                let draft = match Version::parse(&text) {
                    Ok(version) if has_manifest(&version) => {
                        outcome.saw(format!("Capacitor {} has a privacy manifest", shown(&text)), Some(place()));
                        continue;
                    }
                    Ok(_) => {
                        let message = format!(
                            "Capacitor {} has no privacy manifest, which Apple asks of it; 4.8.2, 5.7.4 and 6.0.0 have one",
                            shown(&text)
                        );
                        Draft::fail("no-manifest", place(), message)
                    }
                    Err(_) => {
                        let message =
                            format!("the version `{}` of Capacitor is none that can be ordered", shown(&text));
                        Draft::manual("version-unordered", place(), message)
                    }
                };
                outcome.findings.push(draft.key(text));
            }
        }
        Fact::Unknown(why) => {
            let message = format!("which version of Capacitor is installed is not known: {}", shown(&why));
            outcome.findings.push(Draft::manual("versions-unknown", place(), message));
        }
        Fact::Unreadable(why) => {
            let message = format!("which version of Capacitor is installed could not be read: {}", shown(&why));
            outcome.findings.push(Draft::indeterminate("version-unreadable", place(), message));
        }
        Fact::Absent => {
            let message =
                "no file states a version of Capacitor; look at whether each SDK of Apple's list has a manifest";
            outcome.findings.push(Draft::manual("versions-unknown", place(), message));
        }
    }
    outcome
}

/// Whether this version has one (the changelogs of `ionic-team/capacitor`).
fn has_manifest(version: &Version) -> bool {
    match version.major {
        0..=3 => false,
        4 => *version >= Version::new(4, 8, 2),
        5 => *version >= Version::new(5, 7, 4),
        _ => true,
    }
}
