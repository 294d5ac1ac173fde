//! OTA-APPLE-012: whether the store build is prepared for what the bundle uses.

use std::collections::BTreeSet;

use crate::controls::apple::ios_or_na;
use crate::controls::apple::purpose_text::{Text, purpose_text};
use crate::controls::changed;
use crate::controls::configured::calls;
use crate::controls::support::{at as in_bundle, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::comparison::SetKind;
use crate::facts::ios::IosFacts;
use crate::facts::plugins::{AvailableSource, Platform};
use crate::facts::script::PluginCall;
use crate::facts::{AppFacts, BundleFacts, Facts};
use crate::model::{Confidence, Location, Severity};

/// OTA-APPLE-012.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-012",
    slug: "uses-declared",
    title: "Update adds no use of undeclared data or permission",
    requirement: "JavaScript APIs and plugins newly used by the update are covered by existing Info.plist usage strings, Android permissions, and declared data types.",
    rationale: "iOS ends an app that asks for the camera or the place without a text that says why. The text is in the store build, and no update can bring it.",
    remediation: "Ship a store build with the texts and permissions; update labels and notices first.",
    limits: "All of what the bundle uses is held against the app; with an earlier bundle, a browser's function that is new and has no text fails. Whether the data types are declared is asked by others. Known are the plugins and browser functions on a list, by name; a plugin counts where the bundle registers it and the iOS app has it. A registration is taken for a use. Where a plugin has several texts for several purposes, one is enough. A browser's function may stand in a library that is never reached: without its text it is a question. On Android only the permissions for the place are looked at, since plugins bring most others with them; a plugin may bring these, too.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("APPLE", "5.1.1(i)"),
        ("APPLE", "5.1.1(ii)"),
        ("APPLE", "5.1.1(iii)"),
        ("APPLE", "5.1.2(ii)"),
        ("APPLE-PRIV", "PrivacyInfo.NSPrivacyCollectedDataTypes"),
        ("CCPA", "1798.100(a)"),
        ("CCPA", "1798.100(c)"),
        ("CCPA-REG", "7002"),
        ("GDPR", "25(1)"),
        ("GDPR", "5(1)(b)"),
        ("GDPR", "5(1)(c)"),
        ("MASVS", "MASVS-PRIVACY-1"),
        ("MASVS", "MASVS-PRIVACY-3"),
        ("MASWE", "MASWE-0112"),
        ("MASWE", "MASWE-0117"),
        ("NIST-800-53", "CM-4"),
        ("NIST-800-53", "PT-3"),
        ("PLAY", "data-safety"),
        ("PLAY", "permissions"),
        ("PLAY", "user-data"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/apple/uses-declared.md"),
    assess,
};

/// What needs a text on iOS: plugins by their names in JavaScript, browser functions, and the texts of which one has to be
/// there (Apple, "Information Property List", protected resources). Names of plugins are as they are generally known, not looked
/// up one by one.
struct Need {
    plugins: &'static [&'static str],
    functions: &'static [&'static str],
    texts: &'static [&'static str],
    /// Android's permissions of which one has to be there; none where plugins bring them.
    permissions: &'static [&'static str],
}

const PLACE: [&str; 2] = ["ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION"];

const NEEDS: &[Need] = &[
    Need {
        plugins: &["Camera"],
        functions: &[],
        texts: &["NSCameraUsageDescription", "NSPhotoLibraryUsageDescription", "NSPhotoLibraryAddUsageDescription"],
        permissions: &[],
    },
    Need {
        plugins: &["CameraPreview", "CapacitorBarcodeScanner", "BarcodeScanner", "VideoRecorder"],
        functions: &[],
        texts: &["NSCameraUsageDescription"],
        permissions: &[],
    },
    Need {
        plugins: &[],
        functions: &["getUserMedia"],
        texts: &["NSCameraUsageDescription", "NSMicrophoneUsageDescription"],
        permissions: &[],
    },
    Need {
        plugins: &["VoiceRecorder", "SpeechRecognition"],
        functions: &[],
        texts: &["NSMicrophoneUsageDescription", "NSSpeechRecognitionUsageDescription"],
        permissions: &[],
    },
    Need {
        plugins: &["Geolocation", "BackgroundGeolocation"],
        functions: &["getCurrentPosition", "watchPosition"],
        texts: &[
            "NSLocationWhenInUseUsageDescription",
            "NSLocationAlwaysAndWhenInUseUsageDescription",
            "NSLocationAlwaysUsageDescription",
        ],
        permissions: &PLACE,
    },
    Need { plugins: &["Contacts"], functions: &[], texts: &["NSContactsUsageDescription"], permissions: &[] },
    Need { plugins: &["BluetoothLe"], functions: &[], texts: &["NSBluetoothAlwaysUsageDescription"], permissions: &[] },
    Need {
        plugins: &["BiometricAuthNative", "NativeBiometric"],
        functions: &[],
        texts: &["NSFaceIDUsageDescription"],
        permissions: &[],
    },
];

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let (app, ios) = match ios_or_na(facts) {
        Ok(both) => both,
        Err(outcome) => return outcome,
    };
    let Some(bundle) = &facts.bundle else { return Outcome::not_applicable("no bundle was given") };
    let mut outcome = Outcome::default();
    let mut used = 0;
    for need in NEEDS {
        for name in need.plugins {
            let Some(place) = registered(bundle, name) else { continue };
            used += 1;
            if has(app, name, Platform::Ios) {
                plugin(&mut outcome, ios, need, name, &place);
            } else {
                let message =
                    format!("the iOS app has no plugin `{name}`, which the bundle registers: it can ask for nothing");
                outcome.saw(message, Some(place.clone()));
            }
            if has(app, name, Platform::Android) {
                permission(&mut outcome, app, need, &format!("the plugin `{name}`"), &place);
            }
        }
        for function in need.functions {
            let Some((path, call)) = calls(bundle, function).find(|(_, call)| is_browsers(call.object.as_deref()))
            else {
                continue;
            };
            used += 1;
            let place = in_bundle(path, Some(call.position));
            let since = changed::new_since(facts, &[SetKind::BrowserFunctions], |item| item.name.ends_with(function));
            browser(&mut outcome, ios, need, (function, since), &place);
            permission(&mut outcome, app, need, &format!("`{function}`"), &place);
        }
    }
    changed::tell(&mut outcome, facts, &[SetKind::PersonalData, SetKind::Permissions]);
    if used == 0 {
        outcome.saw("the bundle names no plugin and no function that is known to need a text or a permission", None);
    }
    outcome
}

/// Whether a function is called on the browser's own object, not on a plugin or a map's.
fn is_browsers(object: Option<&str>) -> bool {
    object.is_some_and(|object| ["geolocation", "mediaDevices"].contains(&object))
}

fn registered(bundle: &BundleFacts, name: &str) -> Option<Location> {
    bundle.all_files().find_map(|file| {
        let mut uses = file.script.iter().flat_map(|script| &script.plugins);
        let found = uses.find(|one| one.name == name && one.call == PluginCall::Registered)?;
        Some(in_bundle(&file.path, Some(found.position)))
    })
}

/// Whether the app has this plugin on this platform: its list, where there is one, else package.json.
fn has(app: &AppFacts, name: &str, platform: Platform) -> bool {
    let listed = app.plugins.listed.contains(&platform);
    app.plugins.available.iter().any(|one| {
        one.name.known().is_some_and(|known| known == name)
            && one.platform.is_none_or(|other| other == platform)
            && !(listed && one.source == AvailableSource::Declared)
    })
}

/// The key of a text, and its place.
type Keyed = (&'static str, Location);

/// A text that is there; without one, the place of the first that is empty or missing.
fn text(outcome: &mut Outcome, ios: &IosFacts, need: &Need) -> Option<Result<Keyed, Keyed>> {
    let mut lacking = None;
    for key in need.texts {
        match purpose_text(outcome, ios, key) {
            Text::There(place) => return Some(Ok((key, place))),
            Text::Empty(place) => lacking = Some((*key, place)),
            Text::Missing(place) => lacking = lacking.or(Some((*key, place))),
            Text::Undecided => return None,
        }
    }
    lacking.map(Err)
}

fn plugin(outcome: &mut Outcome, ios: &IosFacts, need: &Need, name: &str, used: &Location) {
    match text(outcome, ios, need) {
        None => {}
        Some(Ok((key, place))) => outcome.saw(format!("the plugin `{name}` is covered by `{key}`"), Some(place)),
        Some(Err((_, place))) => {
            let message = format!(
                "the bundle uses the plugin `{name}` ({}), and the app has no text for it in its Info.plist: {}",
                shown(&used.path),
                one_of(need.texts)
            );
            outcome.findings.push(Draft::fail("no-purpose-string", place, message).key(name));
        }
    }
}

/// A browser's function, and since which bundle it is new, when it is.
type Called<'a> = (&'a str, Option<&'static str>);

fn browser(outcome: &mut Outcome, ios: &IosFacts, need: &Need, (function, since): Called<'_>, used: &Location) {
    match text(outcome, ios, need) {
        None => {}
        Some(Ok((key, place))) => outcome.saw(format!("`{function}` is covered by `{key}`"), Some(place)),
        Some(Err(_)) if since.is_some() => {
            let message = format!(
                "the bundle calls `{function}`, new since {}, and the app has no text for it in its Info.plist: {}",
                since.unwrap_or_default(),
                one_of(need.texts)
            );
            outcome.findings.push(Draft::fail("new-undeclared", used.clone(), message).key(function));
        }
        Some(Err(_)) => {
            let message = format!(
                "the bundle calls `{function}`, and the app has no text for it in its Info.plist: {}; look at whether the call is ever reached",
                one_of(need.texts)
            );
            let draft = Draft::manual("browser-function", used.clone(), message).severity(Severity::Medium);
            outcome.findings.push(draft.confidence(Confidence::Possible).key(function));
        }
    }
}

/// Android's side of the same.
fn permission(outcome: &mut Outcome, app: &AppFacts, need: &Need, what: &str, used: &Location) {
    if need.permissions.is_empty() {
        return;
    }
    let builds = app.android.projects.iter().flat_map(|project| &project.builds).filter(|build| build.is_release);
    let mut builds = builds.peekable();
    if builds.peek().is_none() {
        return;
    }
    let asked: BTreeSet<&str> = builds
        .flat_map(|build| &build.permissions)
        .filter_map(|one| one.name.strip_prefix("android.permission."))
        .collect();
    if let Some(found) = need.permissions.iter().find(|one| asked.contains(**one)) {
        outcome.saw(format!("{what} is covered by Android's permission {found}"), Some(used.clone()));
        return;
    }
    let message = format!(
        "the bundle uses {what}, and no manifest of the Android app asks for {}; look at whether a plugin brings it",
        need.permissions.join(" or ")
    );
    outcome.findings.push(Draft::manual("no-permission", used.clone(), message).severity(Severity::Medium).key(what));
}

fn one_of(texts: &[&str]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
    quoted.join(" or ")
}
