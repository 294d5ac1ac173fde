//! OTA-APPLE-011: whether an app that tracks says why, and asks before.

use crate::controls::apple::purpose_text::{Text, purpose_text};
use crate::controls::apple::trackers::{Purpose, trackers};
use crate::controls::apple::{app_manifests, at, ios_or_na, root};
use crate::controls::configured::calls;
use crate::controls::support::{at as in_bundle, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::ios::IosFacts;
use crate::facts::plugins::Platform;
use crate::facts::{AppFacts, Facts};
use crate::model::{Confidence, Location, Root, Severity};

/// OTA-APPLE-011.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-011",
    slug: "tracking-prompt",
    title: "ATT purpose string and prompt match tracking",
    requirement: "If tracking signals or IDFA access exist, NSUserTrackingUsageDescription is present and a plugin requests authorisation before tracking.",
    rationale: "Without the text iOS ends the app when it asks for tracking, and without the question Apple forbids tracking. Neither text can come with an update.",
    remediation: "Add the text in a store build, and ask before anything tracks.",
    limits: "Signals of tracking are the privacy manifest, a plugin for the prompt, and hosts of advertising that the bundle names. Plugins of advertising SDKs can be used without tracking: a person decides. Whether the prompt comes before the tracking, and whether native code asks, is not seen. Scripts call the prompt by names that this looks for: `requestTrackingAuthorization`, and `requestPermission` on a plugin whose name speaks of tracking.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "5.1.1(ii)"),
        ("APPLE", "5.1.2(i)"),
        ("APPLE-PRIV", "ATT"),
        ("EPRIVACY", "5(3)"),
        ("GDPR", "7"),
        ("MASVS", "MASVS-PRIVACY-4"),
        ("MASWE", "MASWE-0115"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/apple/tracking-prompt.md"),
    assess,
};

const KEY: &str = "NSUserTrackingUsageDescription";

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let (app, ios) = match ios_or_na(facts) {
        Ok(both) => both,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    let signals = signals(facts, app, ios);
    let text = purpose_text(&mut outcome, ios, KEY);
    if signals.is_empty() {
        if let Some((name, _)) = plugin(app, &["admob", "appsflyer", "adjust", "facebook", "branch", "idfa"])
            && !matches!(text, Text::There(_))
        {
            let message = format!(
                "the app has {}, which can read the advertising identifier, and no `{KEY}`; look at whether it tracks",
                shown(&name)
            );
            let draft = Draft::manual("advertising-plugin", root(ios), message).severity(Severity::Medium);
            outcome.findings.push(draft.confidence(Confidence::Possible));
        } else {
            outcome.saw("no sign of tracking in the privacy manifest, the plugins and the bundle", Some(root(ios)));
        }
        return outcome;
    }
    for (what, place) in &signals {
        outcome.saw(format!("a sign of tracking: {what}"), Some(place.clone()));
    }
    let first = signals.first().map_or("", |(what, _)| what.as_str());
    match text {
        Text::There(place) => outcome.saw(format!("`{KEY}` is there"), Some(place)),
        Text::Empty(place) => {
            let message = format!("`{KEY}` is empty although there is a sign of tracking: {first}");
            outcome.findings.push(Draft::fail("no-purpose-string", place, message));
            return outcome;
        }
        Text::Missing(place) => {
            let message = format!("the app has no `{KEY}` although there is a sign of tracking: {first}");
            outcome.findings.push(Draft::fail("no-purpose-string", place, message));
            return outcome;
        }
        Text::Undecided => return outcome,
    }
    prompt(&mut outcome, facts);
    outcome
}

/// What speaks for tracking, and where.
fn signals(facts: &Facts, app: &AppFacts, ios: &IosFacts) -> Vec<(String, Location)> {
    let mut signals = Vec::new();
    for manifest in app_manifests(ios) {
        if manifest.tracking.known() == Some(&true) {
            let place = at(&manifest.file, manifest.tracking.position);
            signals.push(("`NSPrivacyTracking` is true".to_owned(), place));
        }
    }
    if let Some((name, place)) = plugin(app, &["tracking"]) {
        signals.push((format!("the plugin {}", shown(&name)), place));
    }
    for (host, _) in facts.bundle.iter().flat_map(trackers).filter(|(_, purpose)| *purpose == Purpose::Advertising) {
        if let Some(first) = host.mentions.first() {
            let what = format!("the bundle names {}", shown(&host.host));
            signals.push((what, in_bundle(&first.path, first.position)));
        }
    }
    signals
}

/// A plugin of the iOS app whose name has one of these words.
fn plugin(app: &AppFacts, words: &[&str]) -> Option<(String, Location)> {
    let here = app.plugins.available.iter().filter(|one| one.platform != Some(Platform::Android));
    here.flat_map(|one| one.package.iter().chain(one.name.known()).map(move |name| (one, name)))
        .find(|(_, name)| words.iter().any(|word| name.to_ascii_lowercase().contains(word)))
        .map(|(one, name)| (name.clone(), at(&one.path, one.position)))
}

/// Whether the bundle asks.
fn prompt(outcome: &mut Outcome, facts: &Facts) {
    let found = facts.bundle.iter().find_map(|bundle| {
        let named = calls(bundle, "requestTrackingAuthorization").next();
        named.or_else(|| {
            calls(bundle, "requestPermission").find(|(_, call)| {
                call.object.as_deref().is_some_and(|object| object.to_ascii_lowercase().contains("tracking"))
            })
        })
    });
    if let Some((path, call)) = found {
        outcome.saw("the bundle asks for tracking", Some(in_bundle(path, Some(call.position))));
        return;
    }
    let message = if facts.bundle.is_some() {
        "no script of the bundle asks for tracking; look at whether the native side does, and before anything tracks"
    } else {
        "no bundle was given; look at whether the app asks before anything tracks"
    };
    let place = Location::file(Root::Bundle, "");
    outcome.findings.push(Draft::manual("no-prompt", place, message).severity(Severity::Medium));
}
