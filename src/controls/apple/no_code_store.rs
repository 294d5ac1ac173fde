//! OTA-APPLE-004: whether the app offers other people's code.

use crate::controls::apple::ios_or_na;
use crate::controls::changed;
use crate::controls::support::{Address, address, at, bundle_or_na, count, host, shown};
use crate::controls::transport::{shipping_configs, values};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::capacitor::Scalar;
use crate::facts::comparison::SetKind;
use crate::facts::{AppFacts, BundleFacts, Facts};
use crate::model::{Location, Severity};

/// OTA-APPLE-004.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-004",
    slug: "no-code-store",
    title: "No store or storefront for other code",
    requirement: "The bundle does not offer a catalogue of apps, plug-ins or mini apps; where mini apps are offered, 4.7 duties are attested.",
    rationale: "Whoever offers other people's code in an app answers for all of it, and Apple asks for an index, ages and consent. Such code must not reach the native bridge.",
    remediation: "Load third-party content without the bridge; provide index and consent.",
    limits: "Seen are pages of other hosts in frames, scripts from other hosts in pages, `server.allowNavigation`, and module federation by its global name. Whether what is loaded is a catalogue, and whose it is, is not seen: parts of an app that one publisher makes apart look the same.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("APPLE", "4.7"),
        ("APPLE", "4.7.1"),
        ("APPLE", "4.7.2"),
        ("APPLE", "4.7.3"),
        ("APPLE", "4.7.4"),
        ("APPLE-PLA", "3.3.1(B)"),
        ("PLAY", "DNA-interpreted-code"),
    ],
    parameters: &[Parameter {
        name: "mini_apps",
        about: "Whether the app offers mini apps or plug-ins of others, and meets the duties of 4.7 for them.",
        kind: ParameterKind::Choice(&["unknown", "none", "offered-and-indexed"]),
    }],
    attestations: &["apple.mini_apps"],
    cases: include_str!("../../../tests/controls/apple/no-code-store.md"),
    assess,
};

/// The global name that webpack's module federation works with.
const FEDERATION: &str = "__webpack_init_sharing__";

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let app = match ios_or_na(facts) {
        Ok((app, _)) => app,
        Err(outcome) => return outcome,
    };
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    let foreign = foreign(bundle);
    if let (Some(place), false) = (wildcard(app), foreign.is_empty()) {
        let (host, other) = foreign.first().cloned().unwrap_or_default();
        let message = format!(
            "`server.allowNavigation` lets every host reach the native bridge, and the bundle shows or loads `{}`",
            shown(&host)
        );
        outcome.findings.push(Draft::fail("foreign-code-with-bridge", place, message).key(host));
        outcome.findings.extend(other.into_iter().map(|place| {
            Draft::manual("foreign-origin", place, "this is the page or script of another host").severity(Severity::Low)
        }));
    }
    for file in bundle.all_files() {
        let federated = file.script.iter().flat_map(|script| &script.uses).find(|used| used.path == FEDERATION);
        if let Some(used) = federated {
            let place = at(&file.path, Some(used.position));
            let message = "module federation loads parts of the app from elsewhere: look at whose they are";
            if parameters.choice("mini_apps") == "unknown" {
                outcome.findings.push(Draft::manual("module-federation", place, message));
            } else {
                outcome.attested = true;
                outcome.saw(format!("{message}; it is stated: `{}`", parameters.choice("mini_apps")), Some(place));
            }
        }
    }
    if outcome.findings.is_empty() {
        let number = count(foreign.len(), "page or script of another host", "pages and scripts of other hosts");
        outcome.saw(format!("{number}, and none with a wildcard in `server.allowNavigation`"), None);
    }
    changed::tell(&mut outcome, facts, &[SetKind::CodeHosts, SetKind::DynamicCode]);
    outcome
}

/// The hosts of frames and scripts that are not the bundle's, each with its place.
fn foreign(bundle: &BundleFacts) -> Vec<(String, Option<Location>)> {
    let mut found = Vec::new();
    for file in bundle.all_files() {
        let Some(page) = &file.page else { continue };
        let frames = page.frames.iter().map(|frame| (frame.url.as_str(), frame.position));
        let scripts = page.scripts.iter().filter_map(|script| Some((script.source.as_deref()?, script.position)));
        for (url, position) in frames.chain(scripts) {
            if let Address::Remote { host, .. } = address(url) {
                found.push((host, Some(at(&file.path, Some(position)))));
            }
        }
    }
    found
}

/// Where `server.allowNavigation` holds an entry that every host matches.
fn wildcard(app: &AppFacts) -> Option<Location> {
    shipping_configs(app).find_map(|config| {
        let list = values(config, &["server", "allowNavigation"]);
        list.into_iter().find_map(|(value, _, place)| {
            let Some(Scalar::List(entries)) = value.known() else { return None };
            let every = |entry: &Scalar| entry.text().is_some_and(|text| host(text) == "*" || text.trim() == "*");
            entries.iter().any(every).then_some(place)
        })
    })
}
