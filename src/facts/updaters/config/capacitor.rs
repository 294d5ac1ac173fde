//! Findings in Capacitor's and Expo's configurations.

use std::collections::BTreeSet;

use super::ConfigFinding;
use crate::facts::updaters::{Delivery, Document};
use crate::inputs::{JsonNode, JsonValue};

/// The blocks of update systems in `plugins`.
pub(super) const BLOCKS: [(&str, &str); 5] = [
    ("CapacitorUpdater", "capgo"),
    ("LiveUpdate", "capawesome"),
    ("LiveUpdates", "ionic"),
    ("FederatedCapacitor", "ionic"),
    ("OtaKit", "otakit"),
];

/// The packages that bring an update system.
const PACKAGES: [(&str, &str); 10] = [
    ("@capgo/capacitor-updater", "capgo"),
    ("@capawesome/capacitor-live-update", "capawesome"),
    ("@capawesome/cordova-live-update", "capawesome"),
    ("@capacitor/live-updates", "ionic"),
    ("cordova-plugin-ionic", "ionic"),
    ("@otakit/capacitor-updater", "otakit"),
    ("expo-updates", "expo"),
    ("capacitor-codepush", "codepush"),
    ("cordova-plugin-code-push", "codepush"),
    ("cordova-hot-code-push-plugin", "chcp"),
];

/// Switches that are a risk at one value: path of keys, the risky value, rule, sentence. Capacitor's from
/// `cli/src/declarations.ts`, Capgo's from `src/definitions.ts`, Expo's from `UpdatesConfiguration.kt`.
const SWITCHES: &[(&[&str], bool, &str, &str)] = &[
    (&["server", "cleartext"], true, "cleartext", "unencrypted traffic is allowed in the release"),
    (&["android", "allowMixedContent"], true, "mixed_content", "pages may load parts over http"),
    (&["android", "webContentsDebuggingEnabled"], true, "webview_debugging", "the web view can be debugged"),
    (&["ios", "webContentsDebuggingEnabled"], true, "webview_debugging", "the web view can be debugged"),
    (&["android", "useLegacyBridge"], true, "legacy_bridge", "the native bridge is open to every frame"),
    (&["plugins", "CapacitorUpdater", "allowModifyUrl"], true, "allow_modify_url", "scripts may redirect updates"),
    (&["plugins", "CapacitorUpdater", "persistModifyUrl"], true, "persist_modify_url", "redirections are permanent"),
    (
        &["plugins", "CapacitorUpdater", "allowModifyAppId"],
        true,
        "allow_modify_app_id",
        "scripts may change the app's id",
    ),
    (&["plugins", "CapacitorUpdater", "allowPreview"], true, "allow_preview", "updates of another app id are accepted"),
    (&["plugins", "CapacitorUpdater", "shakeMenu"], true, "shake_menu", "users can open the updater's menu"),
    (
        &["plugins", "CapacitorUpdater", "allowShakeChannelSelector"],
        true,
        "shake_channel_selector",
        "users can switch the channel",
    ),
    (
        &["plugins", "CapacitorUpdater", "resetWhenUpdate"],
        false,
        "reset_when_update_off",
        "an older update stays over a newer build of the store",
    ),
    (&["plugins", "OtaKit", "allowInsecureUrls"], true, "allow_insecure_urls", "updates may come over http"),
    (
        &["expo", "updates", "disableAntiBrickingMeasures"],
        true,
        "anti_bricking_disabled",
        "scripts may redirect updates",
    ),
    (&["updates", "disableAntiBrickingMeasures"], true, "anti_bricking_disabled", "scripts may redirect updates"),
];

/// Addresses that must not be `http`: path of keys, rule.
const ADDRESSES: &[(&[&str], &str)] = &[
    (&["plugins", "CapacitorUpdater", "updateUrl"], "update_url_http"),
    (&["plugins", "CapacitorUpdater", "statsUrl"], "stats_url_http"),
    (&["plugins", "CapacitorUpdater", "channelUrl"], "channel_url_http"),
    (&["plugins", "LiveUpdate", "serverDomain"], "update_url_http"),
    (&["plugins", "OtaKit", "cdnUrl"], "update_url_http"),
    (&["plugins", "OtaKit", "serverUrl"], "update_url_http"),
    (&["plugins", "OtaKit", "ingestUrl"], "stats_url_http"),
    (&["expo", "updates", "url"], "update_url_http"),
    (&["updates", "url"], "update_url_http"),
];

/// Endpoints of Capgo's own development, which its CLI reads.
const LOCAL: [&str; 7] =
    ["localS3", "localHost", "localWebHost", "localSupa", "localSupaAnon", "localApi", "localApiFiles"];

/// The findings of one configuration.
pub(super) fn findings(document: &Document, found: &mut Vec<ConfigFinding>) {
    let root = &document.json.root;
    let mut add = |rule: &'static str, value: &JsonValue, detail: String| {
        found.push(ConfigFinding::new(rule, &document.path, Some(value.position), detail));
    };
    for (keys, risky, rule, why) in SWITCHES {
        let Some(value) = root.path(keys) else { continue };
        // Plugins ask `JSONObject.getBoolean`, which takes a text for what it says; Swift's `as? Bool` does not.
        let is_text = keys.first() == Some(&"plugins")
            && value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(if *risky { "true" } else { "false" }));
        if value.as_bool() == Some(*risky) {
            add(rule, value, format!("{} is {risky}: {why}", keys.join(".")));
        } else if is_text {
            add(
                rule,
                value,
                format!("{} is the text `{risky}`, which Android takes for {risky}: {why}", keys.join(".")),
            );
        }
    }
    for (keys, rule) in ADDRESSES {
        let value = root.path(keys).and_then(|value| Some((value, value.as_str().filter(|text| is_http(text))?)));
        if let Some((value, text)) = value {
            add(rule, value, format!("{} is {}, unencrypted", keys.join("."), origin(text)));
        }
    }
    if let Some((value, url)) = text(root, &["server", "url"]) {
        add("server_url_set", value, format!("the app is loaded from {} instead of its bundle", origin(url)));
    }
    for keys in [&["loggingBehavior"][..], &["android", "loggingBehavior"], &["ios", "loggingBehavior"]] {
        if let Some((value, _)) = text(root, keys).filter(|(_, text)| *text == "production") {
            add("logging_production", value, "calls of plugins and their data are logged in the release".to_owned());
        }
    }
    if let Some(JsonNode::Array(entries)) = root.path(&["server", "allowNavigation"]).map(|value| &value.node) {
        for entry in entries {
            let Some(mask) = entry.as_str().map(str::trim) else { continue };
            if mask.contains('*') {
                let detail = format!("allowNavigation has {mask}: such pages get the native bridge, too");
                add("allow_navigation_wildcard", entry, detail);
            } else if !mask.is_empty() && !mask.contains(['.', ':']) && mask != "localhost" {
                // A mask of one label matches every host that ends with it (`HostMask.java`).
                let detail = format!("allowNavigation has {mask}: Android matches every host that ends with it");
                add("allow_navigation_broad", entry, detail);
            }
        }
    }
    for name in ["keystorePassword", "keystoreAliasPassword"] {
        if let Some((value, _)) = text(root, &["android", "buildOptions", name]) {
            // Older CLIs copy the build options into the app.
            let native = document.path.split('/').any(|part| ["android", "ios"].contains(&part));
            let rule = if native { "keystore_password_in_native_config" } else { "keystore_password_in_source_config" };
            add(rule, value, format!("android.buildOptions.{name} is written in the configuration"));
        }
    }
    if let Some(block) = root.path(&["plugins", "LiveUpdate"]) {
        let zero = |value: &JsonValue| match &value.node {
            JsonNode::Number(number) => number.parse() == Ok(0.0_f64),
            JsonNode::Null => true,
            _ => false,
        };
        let timeout = block.get("readyTimeout");
        if timeout.is_none_or(zero) {
            let detail = "LiveUpdate.readyTimeout is 0, its default: a broken update is never rolled back";
            add("ready_timeout_zero", timeout.unwrap_or(block), detail.to_owned());
        }
    }
    for name in LOCAL {
        if let Some((value, _)) = text(root, &["plugins", "CapacitorUpdater", name]) {
            add("local_endpoint", value, format!("CapacitorUpdater.{name} names an endpoint of development"));
        }
    }
    let systems = BLOCKS.iter().filter(|(block, _)| root.path(&["plugins", block]).is_some());
    let systems: BTreeSet<&str> = systems.map(|(_, system)| *system).collect();
    if systems.len() > 1 {
        let systems = systems.into_iter().collect::<Vec<_>>().join(", ");
        add("two_updaters", root, format!("more than one update system is configured: {systems}"));
    }
    if Delivery::is_ambiguous(document) {
        add("config_ambiguous", root, "a key is repeated, so that readers may differ on what holds".to_owned());
    }
}

/// The findings of a `package.json`, which is told by its shape.
pub(super) fn packages(document: &Document, found: &mut Vec<ConfigFinding>) {
    let root = &document.json.root;
    let Some(dependencies) = root.get("dependencies").filter(|_| root.get("name").is_some()) else { return };
    // What lies among installed packages is not the app's own; a lock file has versions of its own.
    if document.path.contains("node_modules/") || root.get("lockfileVersion").is_some() {
        return;
    }
    let present = PACKAGES.iter().filter(|(package, _)| dependencies.get(package).is_some());
    let systems: BTreeSet<&str> = present.map(|(_, system)| *system).collect();
    if systems.len() > 1 {
        let systems = systems.into_iter().collect::<Vec<_>>().join(", ");
        let detail = format!("packages of more than one update system: {systems}");
        found.push(ConfigFinding::new("two_updaters", &document.path, Some(dependencies.position), detail));
    }
    // These three were published from old sources: no signatures, and a private key that everyone has.
    if let Some((value, version)) = text(dependencies, &["@capgo/capacitor-updater"])
        && ["7.0.0", "9.0.0", "10.0.0"].contains(&version.trim_start_matches(['^', '~', '=', 'v', ' ']))
        && !version.starts_with(['^', '~'])
    {
        let detail = format!("@capgo/capacitor-updater {version} has the code of generation 1: nothing is signed");
        found.push(ConfigFinding::new("stray_plugin_version", &document.path, Some(value.position), detail));
    }
}

/// The text at a path of keys, when it isn't empty.
fn text<'a>(root: &'a JsonValue, keys: &[&str]) -> Option<(&'a JsonValue, &'a str)> {
    let value = root.path(keys)?;
    Some((value, value.as_str().filter(|text| !text.trim().is_empty())?))
}

/// Whether an address is unencrypted.
pub(super) fn is_http(text: &str) -> bool {
    text.trim_start().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"))
}

/// Scheme and host of an address: what follows may hold secrets, and so may what stands before the host.
pub(super) fn origin(text: &str) -> String {
    let Some((scheme, rest)) = text.trim().split_once("://") else { return "an address".to_owned() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}")
}
