//! OTA-PLAY-007: whether the dangerous permissions of the app are used.

use std::collections::BTreeSet;

use crate::controls::configured::calls;
use crate::controls::support::{count, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::android::MergedPermission;
use crate::facts::plugins::{AvailableSource, Platform};
use crate::facts::{AppFacts, Facts};
use crate::model::{Location, Root, Severity};

/// OTA-PLAY-007.
pub static CONTROL: Control = Control {
    id: "OTA-PLAY-007",
    slug: "minimal-permissions",
    title: "Permissions are minimal",
    requirement: "Dangerous permissions in the manifest are used by some code path or plugin.",
    rationale: "An update may use every permission that the store build has, without the user being asked again. What no part of the app uses serves only an attacker.",
    remediation: "Remove the permission, or add it with `tools:node=\"remove\"` where a library brings it.",
    limits: "A permission counts as used when the name of a plugin or its package speaks of its purpose, or when the bundle calls the browser's own function for it; whether the plugin uses it in truth is not seen. Permissions that libraries outside the project bring with them are not in its files. An app with plugins of its own in native code may use any permission there: a person decides. The Android side only; what iOS asks is OTA-APPLE-012.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "5.1.1(iii)"),
        ("CNIL", "mobile-apps"),
        ("CRA", "AnnexI.I.2(g)"),
        ("CRA", "AnnexI.I.2(j)"),
        ("GDPR", "25(2)"),
        ("GDPR", "5(1)(c)"),
        ("MASTG", "MASTG-TEST-0254"),
        ("MASTG", "MASTG-TEST-0255"),
        ("MASVS", "MASVS-PRIVACY-1"),
        ("MASWE", "MASWE-0117"),
        ("PLAY", "permissions"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/play/minimal-permissions.md"),
    assess,
};

/// A sort of permissions: their names without `android.permission.`, words in the names of plugins that use them, and
/// the browser's functions that need them. The permissions are those of protection level dangerous (Android,
/// `Manifest.permission`), and two that Google Play asks a declaration for.
struct Use {
    permissions: &'static [&'static str],
    words: &'static [&'static str],
    functions: &'static [&'static str],
}

const USES: &[Use] = &[
    Use {
        permissions: &["CAMERA"],
        words: &[
            "camera", "barcode", "scan", "qr", "video", "photo", "ocr", "document", "webrtc", "call", "face", "media",
        ],
        functions: &["getUserMedia"],
    },
    Use {
        permissions: &["RECORD_AUDIO"],
        words: &["audio", "voice", "speech", "microphone", "record", "video", "camera", "webrtc", "call"],
        functions: &["getUserMedia"],
    },
    Use {
        permissions: &["ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION"],
        words: &["location", "geofenc", "map", "bluetooth", "ble", "beacon", "wifi", "radar"],
        functions: &["getCurrentPosition", "watchPosition"],
    },
    Use {
        permissions: &["ACCESS_BACKGROUND_LOCATION"],
        words: &["backgroundgeo", "backgroundloc", "geofenc", "beacon", "backgroundrunner", "radar"],
        functions: &[],
    },
    Use { permissions: &["READ_CONTACTS", "WRITE_CONTACTS", "GET_ACCOUNTS"], words: &["contact"], functions: &[] },
    Use { permissions: &["READ_CALENDAR", "WRITE_CALENDAR"], words: &["calendar"], functions: &[] },
    Use {
        permissions: &["READ_SMS", "RECEIVE_SMS", "SEND_SMS", "RECEIVE_MMS", "RECEIVE_WAP_PUSH"],
        words: &["sms", "otp"],
        functions: &[],
    },
    Use {
        permissions: &["READ_CALL_LOG", "WRITE_CALL_LOG", "PROCESS_OUTGOING_CALLS"],
        words: &["calllog", "callerid", "calldetect"],
        functions: &[],
    },
    Use {
        permissions: &[
            "CALL_PHONE",
            "READ_PHONE_STATE",
            "READ_PHONE_NUMBERS",
            "ANSWER_PHONE_CALLS",
            "ADD_VOICEMAIL",
            "USE_SIP",
        ],
        words: &["call", "phone", "dial", "telephon", "sim", "carrier", "voip", "twilio"],
        functions: &[],
    },
    Use {
        permissions: &["BLUETOOTH_SCAN", "BLUETOOTH_CONNECT", "BLUETOOTH_ADVERTISE"],
        words: &["bluetooth", "ble", "beacon", "print", "terminal", "audio", "call"],
        functions: &[],
    },
    Use {
        permissions: &["NEARBY_WIFI_DEVICES", "UWB_RANGING"],
        words: &["wifi", "hotspot", "nearby", "uwb", "network"],
        functions: &[],
    },
    Use {
        permissions: &["BODY_SENSORS", "BODY_SENSORS_BACKGROUND", "ACTIVITY_RECOGNITION"],
        words: &["health", "pedometer", "step", "motion", "fit", "activity", "location"],
        functions: &[],
    },
    Use {
        permissions: &["POST_NOTIFICATIONS"],
        words: &[
            "notification",
            "push",
            "fcm",
            "messaging",
            "onesignal",
            "intercom",
            "braze",
            "foreground",
            "background",
            "audio",
            "music",
            "call",
            "download",
        ],
        functions: &[],
    },
    Use {
        permissions: &[
            "READ_EXTERNAL_STORAGE",
            "WRITE_EXTERNAL_STORAGE",
            "READ_MEDIA_IMAGES",
            "READ_MEDIA_VIDEO",
            "READ_MEDIA_AUDIO",
            "READ_MEDIA_VISUAL_USER_SELECTED",
            "ACCESS_MEDIA_LOCATION",
        ],
        words: &[
            "file",
            "camera",
            "photo",
            "media",
            "gallery",
            "picker",
            "download",
            "share",
            "screenshot",
            "video",
            "audio",
        ],
        functions: &[],
    },
    Use {
        permissions: &["QUERY_ALL_PACKAGES"],
        words: &["applauncher", "installedapp", "packages", "mdm", "jailbreak", "rootdetect"],
        functions: &[],
    },
    Use {
        permissions: &["MANAGE_EXTERNAL_STORAGE"],
        words: &["filemanager", "storageaccess", "backup"],
        functions: &[],
    },
];

/// Without a plugin that uses them they fail: Google Play asks for a declaration of each.
const GRAVE: [&str; 5] =
    ["ACCESS_BACKGROUND_LOCATION", "MANAGE_EXTERNAL_STORAGE", "QUERY_ALL_PACKAGES", "READ_CALL_LOG", "READ_SMS"];

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let Some(app) = &facts.app else { return Outcome::not_applicable("no app was given") };
    if app.android.projects.is_empty() && app.android.unread.is_empty() {
        return Outcome::not_applicable("the app has no Android project");
    }
    let mut outcome = Outcome::default();
    for unread in app.android.unread.iter().filter(|unread| unread.path.ends_with(".xml")) {
        let message = format!("`{}` was not read: {}", shown(&unread.path), shown(&unread.why));
        let place = Location::file(Root::App, &unread.path);
        outcome.findings.push(Draft::indeterminate("manifest-unread", place, message));
    }
    let names = plugins(facts, app);
    for project in &app.android.projects {
        let mut seen = BTreeSet::new();
        let builds = project.builds.iter().filter(|build| build.is_release);
        let permissions: Vec<&MergedPermission> =
            builds.flat_map(|build| &build.permissions).filter(|one| seen.insert((&one.name, &one.at))).collect();
        for permission in &permissions {
            judge(&mut outcome, facts, app, permission, &names);
        }
        let message = format!("{} in the release's manifests", count(permissions.len(), "permission", "permissions"));
        let place = project.manifests.first().map(|manifest| Location::file(Root::App, &manifest.path));
        outcome.saw(message, place);
    }
    outcome
}

/// The plugins of the Android app: how they are shown, and their names in small letters without marks.
fn plugins(facts: &Facts, app: &AppFacts) -> Vec<(String, String)> {
    let bare = |text: &str| text.to_ascii_lowercase().replace(['-', '_', '/', '@', '.'], "");
    let available = app
        .plugins
        .available
        .iter()
        .filter(|one| one.source != AvailableSource::Core && one.platform != Some(Platform::Ios));
    let mut names: BTreeSet<(String, String)> = BTreeSet::new();
    for one in available {
        for name in one.name.known().into_iter().chain(&one.package) {
            // The makers' names say nothing of the purpose.
            let own = name.rsplit('/').next().unwrap_or(name);
            names.insert((name.clone(), bare(&own.replace("capacitor", ""))));
        }
    }
    let files = facts.bundle.iter().flat_map(|bundle| &bundle.files);
    for plugin in files.filter_map(|file| file.script.as_ref()).flat_map(|script| &script.plugins) {
        names.insert((plugin.name.clone(), bare(&plugin.name)));
    }
    names.into_iter().collect()
}

fn judge(
    outcome: &mut Outcome,
    facts: &Facts,
    app: &AppFacts,
    permission: &MergedPermission,
    names: &[(String, String)],
) {
    let Some(name) = permission.name.strip_prefix("android.permission.") else { return };
    let Some(used) = USES.iter().find(|one| one.permissions.contains(&name)) else { return };
    let place = permission.at.location();
    let plugin = names.iter().find(|(_, bare)| used.words.iter().any(|word| bare.contains(word)));
    if let Some((shown_name, _)) = plugin {
        outcome.saw(format!("{} fits the plugin {}", shown(name), shown(shown_name)), Some(place));
        return;
    }
    let function = facts
        .bundle
        .iter()
        .find_map(|bundle| used.functions.iter().find(|function| calls(bundle, function).next().is_some()));
    if let Some(function) = function {
        outcome.saw(format!("{} fits the bundle's call of `{function}`", shown(name)), Some(place));
        return;
    }
    let own = app.plugins.available.iter().any(|one| one.source == AvailableSource::NativeCode);
    let grave = GRAVE.contains(&name);
    let draft = if let Some((path, why)) = app.plugins.unread.first() {
        let message =
            format!("{} fits no plugin that is known, and `{}` was not read: {}", shown(name), shown(path), shown(why));
        Draft::indeterminate("plugins-unread", place, message)
    } else if grave && !own {
        let message =
            format!("{} is asked for, and no plugin of the app fits it: nothing that is seen needs it", shown(name));
        Draft::fail("unused-sensitive-permission", place, message)
    } else {
        let message = format!("{} is asked for, and no plugin of the app fits it; look at what uses it", shown(name));
        let draft = Draft::manual("no-visible-use", place, message);
        if grave { draft } else { draft.severity(Severity::Low) }
    };
    outcome.findings.push(draft.key(shown(name)));
}
