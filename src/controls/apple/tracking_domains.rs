//! OTA-APPLE-010: whether the hosts of advertising in the bundle are declared as tracking domains.

use crate::controls::apple::trackers::{Purpose, trackers};
use crate::controls::apple::{app_manifests, at, ios_or_na, root};
use crate::controls::support::{add_unexamined, at as in_bundle, count, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::ios::PrivacyManifest;
use crate::model::{Confidence, Fact, Location, Root, Severity};

/// OTA-APPLE-010.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-010",
    slug: "tracking-domains",
    title: "Tracking domains are declared",
    requirement: "Every known tracker domain contacted by the bundle is in NSPrivacyTrackingDomains when NSPrivacyTracking is true; when false, no tracking-purpose domain is present.",
    rationale: "iOS blocks declared tracking domains until the user agrees. An update that brings in a tracker which the store build does not declare goes around the user's decision.",
    remediation: "Declare the domain in a store build, move tracking to a host of its own, or remove the SDK.",
    limits: "Hosts are those of the network map that are loaded, asked or named, held against a table of some 3,500 domains and the lists of `--tracker-list`; a text is no request, and a service that is not listed is not seen. Analytics is tracking only when it is joined with the data of others: a person decides. What native SDKs contact is not seen. Without a bundle only the manifest itself is judged.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "5.1.2(i)"),
        ("APPLE-PRIV", "ATT"),
        ("APPLE-PRIV", "PrivacyInfo.NSPrivacyTracking"),
        ("APPLE-PRIV", "PrivacyInfo.NSPrivacyTrackingDomains"),
        ("CCPA", "1798.120"),
        ("GDPR", "5(1)(a)"),
        ("MASTG", "MASTG-TEST-0281"),
        ("MASVS", "MASVS-PRIVACY-1"),
        ("MASVS", "MASVS-PRIVACY-3"),
        ("MASWE", "MASWE-0108"),
        ("MASWE", "MASWE-0110"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/apple/tracking-domains.md"),
    assess,
};

/// What the app's manifests declare, taken together.
#[derive(Default)]
struct Declared {
    tracking: bool,
    domains: Vec<String>,
    unknown: bool,
}

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let ios = match ios_or_na(facts) {
        Ok((_, ios)) => ios,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    let mut declared = Declared::default();
    for manifest in app_manifests(ios) {
        declare(&mut outcome, &mut declared, manifest);
    }
    let Some(bundle) = &facts.bundle else {
        let message = "no bundle was given; look at which hosts of advertising it contacts";
        let place = Location::file(Root::Bundle, "");
        outcome.findings.push(Draft::manual("no-bundle", place, message).severity(Severity::Low));
        return outcome;
    };
    add_unexamined(&mut outcome, bundle);
    if declared.unknown {
        return outcome;
    }
    let mut number = 0;
    for (host, purpose) in trackers(bundle) {
        let Some(first) = host.mentions.first() else { continue };
        number += 1;
        judge(&mut outcome, &declared, &host.host, purpose, in_bundle(&first.path, first.position));
    }
    let hosts = bundle.network.possible_contacts().count();
    let place = app_manifests(ios).next().map_or_else(|| root(ios), |manifest| at(&manifest.file, None));
    let message = format!(
        "{} in the bundle, {} of advertising or analytics; {}",
        count(hosts, "host", "hosts"),
        number,
        if declared.tracking { "the app declares that it tracks" } else { "the app does not declare that it tracks" }
    );
    outcome.saw(message, Some(place));
    outcome
}

/// Reads one manifest, and says where it contradicts itself.
fn declare(outcome: &mut Outcome, declared: &mut Declared, manifest: &PrivacyManifest) {
    let whole = at(&manifest.file, None);
    if let (Fact::Unreadable(why), _) | (_, Fact::Unreadable(why) | Fact::Unknown(why)) =
        (&manifest.format, &manifest.tracking.fact)
    {
        let message = format!("what `{}` says of tracking could not be read: {}", shown(&manifest.file), shown(why));
        outcome.findings.push(Draft::indeterminate("manifest-unreadable", whole, message));
        declared.unknown = true;
        return;
    }
    let tracking = manifest.tracking.known() == Some(&true);
    let domains: Vec<&String> =
        manifest.tracking_domains.known().into_iter().flatten().filter_map(|domain| domain.known()).collect();
    declared.tracking |= tracking;
    declared.domains.extend(domains.iter().map(|domain| domain.to_ascii_lowercase()));
    if tracking && domains.is_empty() {
        let message = "`NSPrivacyTracking` is true and no tracking domain is declared, which Apple asks for";
        outcome.findings.push(Draft::fail(
            "no-tracking-domain",
            at(&manifest.file, manifest.tracking.position),
            message,
        ));
    }
    if !tracking && !domains.is_empty() {
        let message =
            "tracking domains are declared although `NSPrivacyTracking` is not true; look at which of both holds";
        let place = at(&manifest.file, manifest.tracking_domains.position);
        outcome.findings.push(Draft::manual("domains-without-tracking", place, message).severity(Severity::Medium));
    }
    let mut collected = manifest.collected.known().into_iter().flatten();
    if let Some(data) = collected.find(|data| !tracking && data.tracking.known() == Some(&true)) {
        let kind = data.short_type().unwrap_or("a kind of data");
        let message =
            format!("{} is declared as used for tracking although `NSPrivacyTracking` is not true", shown(kind));
        let place = at(&manifest.file, data.tracking.position.or(data.position));
        outcome.findings.push(Draft::fail("tracking-contradicted", place, message).key(shown(kind)));
    }
}

fn judge(outcome: &mut Outcome, declared: &Declared, host: &str, purpose: Purpose, place: Location) {
    let is =
        |domain: &String| host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if declared.tracking && declared.domains.iter().any(is) {
        outcome.saw(format!("{} is declared as a tracking domain", shown(host)), Some(place));
        return;
    }
    let draft = match purpose {
        Purpose::Analytics => {
            let message = format!(
                "{} is a host of analytics and not declared; look at whether its data are joined with those of others, which is tracking",
                shown(host)
            );
            Draft::manual("analytics-host", place, message).severity(Severity::Medium)
        }
        Purpose::PerhapsAdvertising => {
            let message = format!(
                "{} is a host of a company that lists count as advertising, and is named without that its use is seen; look at what it is for",
                shown(host)
            );
            let draft = Draft::manual("advertising-company", place, message).severity(Severity::Low);
            outcome.findings.push(draft.confidence(Confidence::Possible).key(shown(host)));
            return;
        }
        Purpose::Advertising if declared.tracking => {
            let message =
                format!("{} is a host of advertising and not among the declared tracking domains", shown(host));
            Draft::fail("domain-not-declared", place, message)
        }
        Purpose::Advertising => {
            let message =
                format!("{} is a host of advertising, and the app does not declare that it tracks", shown(host));
            Draft::fail("tracker-without-tracking", place, message)
        }
    };
    outcome.findings.push(draft.confidence(Confidence::Likely).key(shown(host)));
}
