//! What the native projects of iOS have locked: the plugin's native half may be of another version than its JavaScript half.

use super::manifest::json;
use super::{Found, at, numbered, refuse_conflicts, unquoted};
use crate::inputs::{JsonNode, JsonValue};

/// The names of pods, as the podspecs of the packages have them. Engines that no npm package brings have a name of ours.
const PODS: [(&str, &str); 18] = [
    ("CapgoCapacitorUpdater", "@capgo/capacitor-updater"),
    ("CapawesomeCapacitorLiveUpdate", "@capawesome/capacitor-live-update"),
    ("CapacitorLiveUpdates", "@capacitor/live-updates"),
    ("OtaKitUpdater", "@otakit/capacitor-updater"),
    ("EXUpdates", "expo-updates"),
    ("CodePush", "react-native-code-push"),
    ("Capacitor", "@capacitor/ios"),
    ("CapacitorCordova", "@capacitor/ios"),
    ("Expo", "expo"),
    ("React-Core", "react-native"),
    ("NodeMobile", "nodejs-mobile-cordova"),
    ("nodejs-mobile-cordova", "nodejs-mobile-cordova"),
    ("nodejs-mobile-react-native", "nodejs-mobile-react-native"),
    ("CapacitorNodejs", "capacitor-nodejs"),
    ("GeckoView", "gecko-ios"),
    ("QuickJS", "quickjs-ios"),
    ("V8", "v8-ios"),
    ("v8ios", "v8-ios"),
];

/// The ends of repository addresses, in lower case. A repository that holds many packages has no version of one of them.
const REPOSITORIES: [(&str, &str); 4] = [
    ("/cap-go/capacitor-updater", "@capgo/capacitor-updater"),
    ("/ionic-team/capacitor-swift-pm", "@capacitor/ios"),
    ("/otakit/otakit", "@otakit/capacitor-updater"),
    ("/otakit/capacitor-updater", "@otakit/capacitor-updater"),
];

/// `Podfile.lock`: lines `  - Name (1.2.3)` of the section `PODS`.
pub fn pods(text: &str, found: &mut Found<'_>) -> Result<(), String> {
    refuse_conflicts(text)?;
    let mut seen = false;
    let mut within = false;
    for (number, line) in numbered(text) {
        if !line.starts_with([' ', '\t']) {
            if !line.is_empty() {
                within = line == "PODS:";
                seen |= within || line == "PODS: []";
            }
            continue;
        }
        let Some(item) = line.strip_prefix("  - ").filter(|_| within) else { continue };
        let item = unquoted(item.strip_suffix(':').unwrap_or(item));
        let Some((name, version)) =
            item.split_once(" (").and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)))
        else {
            continue;
        };
        // `Name/Part` is a part of the same pod.
        let pod = name.split('/').next().unwrap_or(name);
        if let Some((_, package)) = PODS.iter().find(|(known, _)| *known == pod) {
            found.note(package, version, Some(at(number, 5)));
        }
    }
    if seen { Ok(()) } else { Err("no section `PODS`".to_owned()) }
}

/// `Package.resolved`, versions 1 (`object.pins`, `repositoryURL`) to 3 (`pins`, `location`).
pub fn swift(text: &str, found: &mut Found<'_>) -> Result<(), String> {
    let json = json(text)?;
    let pins = json.root.get("pins").or_else(|| json.root.path(&["object", "pins"]));
    let Some(JsonNode::Array(pins)) = pins.map(|pins| &pins.node) else { return Err("no `pins`".to_owned()) };
    for pin in pins {
        let text = |keys: &[&str]| pin.path(keys).and_then(JsonValue::as_str);
        let location = text(&["location"]).or_else(|| text(&["repositoryURL"])).unwrap_or("");
        let location = location.to_ascii_lowercase().replace(':', "/");
        let location = location.trim_end_matches('/');
        let location = location.strip_suffix(".git").unwrap_or(location);
        let Some((_, package)) = REPOSITORIES.iter().find(|(end, _)| location.ends_with(end)) else { continue };
        let state = text(&["state", "version"])
            .or_else(|| text(&["state", "branch"]))
            .or_else(|| text(&["state", "revision"]))
            .unwrap_or("");
        found.note(package, state, Some(pin.position));
    }
    Ok(())
}
