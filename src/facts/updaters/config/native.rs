//! Findings in the native projects: manifests, property lists, resources.

use super::ConfigFinding;
use super::capacitor::{is_http, origin};
use crate::facts::inventory::{NamedValue, named_values};
use crate::facts::updaters::Delivered;
use crate::inputs::decode;

/// A property list or manifest is not larger.
const LARGEST: u64 = 1024 * 1024;

/// Values that are a risk: name, value, rule, sentence. Android's from its manifest, Expo's from
/// `UpdatesConfiguration.kt` and `UpdatesConfig.swift`, Capacitor's from `CAPBridgeViewController`.
const VALUES: &[(&str, &str, &str, &str)] = &[
    ("application@debuggable", "true", "debuggable", "the app can be debugged"),
    ("CAPACITOR_DEBUG", "true", "webview_debugging", "the web view can be debugged"),
    (
        "expo.modules.updates.CODE_SIGNING_ALLOW_UNSIGNED_MANIFESTS",
        "true",
        "allow_unsigned_manifests",
        "unsigned updates are accepted",
    ),
    (
        "EXUpdatesConfigCodeSigningAllowUnsignedManifests",
        "true",
        "allow_unsigned_manifests",
        "unsigned updates are accepted",
    ),
];

/// Names of addresses of update servers.
const ADDRESSES: [&str; 4] =
    ["expo.modules.updates.EXPO_UPDATE_URL", "EXUpdatesURL", "CodePushServerURL", "CodePushServerUrl"];

/// The findings of one file.
pub(super) fn findings(file: &Delivered, found: &mut Vec<ConfigFinding>) {
    let name = file.name().to_ascii_lowercase();
    let known = ["androidmanifest.xml", "strings.xml", "expo.plist", "info.plist"].contains(&name.as_str());
    if !known || file.bytes > LARGEST {
        return;
    }
    let Ok(bytes) = file.read(LARGEST) else { return };
    let text = decode(&bytes).text;
    // A built app has them in binary forms, which are read from their sources.
    if !text.trim_start().starts_with('<') {
        return;
    }
    let values = match named_values(&text) {
        Ok(values) => values,
        Err(why) => {
            found.push(ConfigFinding::new("config_unreadable", &file.path, None, format!("it can't be read: {why}")));
            return;
        }
    };
    let mut add = |rule: &'static str, value: &NamedValue, detail: String| {
        found.push(ConfigFinding::new(rule, &file.path, Some(value.position), detail));
    };
    // With a network security configuration, API 24 and later ignore this attribute.
    let configured = values.iter().any(|value| value.name == "application@networkSecurityConfig");
    for value in &values {
        let text = value.value.trim();
        if value.name == "application@usesCleartextTraffic" && text == "true" && !configured {
            let detail = "usesCleartextTraffic is true, and is merged into the release's manifest";
            add("cleartext", value, detail.to_owned());
        }
        for (_, _, rule, why) in VALUES.iter().filter(|row| row.0 == value.name && row.1.eq_ignore_ascii_case(text)) {
            add(rule, value, format!("{} is {text}: {why}", value.name));
        }
        if ADDRESSES.contains(&value.name.as_str()) && is_http(text) {
            add("update_url_http", value, format!("{} is {}, unencrypted", value.name, origin(text)));
        }
    }
}
