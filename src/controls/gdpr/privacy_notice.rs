//! OTA-GDPR-004: whether the privacy notice speaks of updates and is linked.

use crate::controls::privacy_link::link;
use crate::controls::stated::add;
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::{Location, Root, Severity};

/// OTA-GDPR-004.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-004",
    slug: "privacy-notice",
    title: "Privacy information covers updates",
    requirement: "The privacy notice names OTA updating, data, purposes, recipients, retention, rights; link is reachable in app.",
    rationale: "People can't object to what nobody tells them: the notice is the only place where updates over the air become visible to them.",
    remediation: "Name updating in the privacy notice, link to it from the app, and state `privacy.notice`.",
    limits: "A link to elsewhere is known by the words of its address, in many languages, and a page of the bundle by those of its name; what a server or a router of the app shows is not seen, which is a question. The notice itself is not read.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "5.1.1(i)"),
        ("CCPA-REG", "7011"),
        ("GDPR", "12"),
        ("GDPR", "13"),
        ("GDPR", "14"),
        ("GDPR", "5(1)(a)"),
        ("MASVS", "MASVS-PRIVACY-3"),
        ("MASWE", "MASWE-0111"),
        ("NIST-800-53", "PT-5"),
        ("PLAY", "user-data"),
    ],
    parameters: &[],
    attestations: &["privacy.notice"],
    cases: include_str!("../../../tests/controls/gdpr/privacy-notice.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let mut outcome = Outcome::default();
    match facts.bundle.as_ref().map(link) {
        Some(Some((place, url))) => outcome.saw(format!("the bundle links to `{}`", shown(&url)), Some(place)),
        Some(None) => {
            let message =
                "no link to a privacy notice is seen in the bundle's pages and scripts: look whether users reach it";
            outcome.findings.push(Draft::manual("link-not-seen", Location::file(Root::Bundle, ""), message));
        }
        None => {
            let message = "no bundle was given, so whether users reach the privacy notice is not seen";
            outcome.findings.push(Draft::manual("link-not-seen", Location::file(Root::App, ""), message));
        }
    }
    add(&mut outcome, facts, "privacy.notice", |judge, entry| {
        if entry.truth("mentions_ota") == Some(false) {
            judge.fail(
                "updates-left-out",
                "it is stated that the privacy notice does not speak of updates over the air",
            );
        }
        judge.needs(entry, &["url", "mentions_ota"]);
    });
    outcome
}
