//! The app that receives the bundle, as its configuration states it.

use std::path::Path;

use serde::{Serialize, Serializer};

use super::age::{self, KeyAges};
use super::android::{AndroidFacts, read_android};
use super::automation::{Automation, read_automation};
use super::capacitor::{ConfigFacts, json_of, read_config};
use super::delivery::{Role, load};
use super::inventory;
use super::ios::{IosFacts, read_ios};
use super::keys::registry;
use super::plugins::{AppPlugins, read_plugins};
use crate::inputs::{Json, JsonNode, decode, parse_json};
use crate::model::Fact;

/// The receiving app.
#[derive(Clone, Debug, Serialize)]
pub struct AppFacts {
    /// Every Capacitor configuration that was found, in the CLI's order: ts, js, json, then the native copies.
    pub configs: Vec<ConfigDocument>,
    /// The update systems that the configuration or `package.json` names.
    pub update_systems: Vec<UpdateSystem>,
    /// `webDir`.
    pub web_dir: Fact<String>,
    /// `appId`.
    pub app_id: Fact<String>,
    /// `appName`.
    pub app_name: Fact<String>,
    /// The configuration with all its settings and variants; not serialised, since it may hold keys and passwords.
    #[serde(skip)]
    pub settings: ConfigFacts,
    /// The Android project.
    pub android: AndroidFacts,
    /// The iOS project.
    pub ios: IosFacts,
    /// The files that build and publish.
    pub automation: Automation,
    /// The native plugins that the app contains.
    pub plugins: AppPlugins,
    /// The keys and how old they are.
    pub ages: KeyAges,
}

/// One Capacitor configuration file.
#[derive(Clone, Debug, Serialize)]
pub struct ConfigDocument {
    /// Relative to the app's folder.
    pub path: String,
    /// What it says; serialised without its values, since a configuration may hold keys. `Unknown` for a TypeScript or JavaScript configuration, `Unreadable` for a broken one.
    #[serde(serialize_with = "state_only")]
    pub content: Fact<Json>,
}

fn state_only<S: Serializer>(content: &Fact<Json>, serializer: S) -> Result<S::Ok, S::Error> {
    let state: Fact<&str> = match content {
        Fact::Known(_) => Fact::Known("read"),
        Fact::Unknown(why) => Fact::Unknown(why.clone()),
        Fact::Absent => Fact::Absent,
        Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
    };
    state.serialize(serializer)
}

/// An update system that an app uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UpdateSystem {
    /// `capgo`, `capawesome`, `ionic`, `otakit`.
    pub id: &'static str,
    /// Its block in the configuration's `plugins`.
    pub plugin: &'static str,
    /// The host it asks when the configuration names none.
    pub default_host: &'static str,
    /// The keys of its block that hold addresses or hosts.
    pub endpoint_keys: &'static [&'static str],
    /// The npm packages that bring it.
    pub packages: &'static [&'static str],
}

/// The update systems that are recognised in a configuration; keys and default hosts as their vendors' sources have
/// them (read 2026-11-23).
pub static UPDATE_SYSTEMS: &[UpdateSystem] = &[
    UpdateSystem {
        id: "capgo",
        plugin: "CapacitorUpdater",
        default_host: "plugin.capgo.app",
        endpoint_keys: &["updateUrl", "statsUrl", "channelUrl"],
        packages: &["@capgo/capacitor-updater"],
    },
    UpdateSystem {
        id: "capawesome",
        plugin: "LiveUpdate",
        default_host: "api.cloud.capawesome.io",
        endpoint_keys: &["serverDomain"],
        packages: &["@capawesome/capacitor-live-update"],
    },
    UpdateSystem {
        id: "ionic",
        plugin: "LiveUpdates",
        default_host: "api.ionicjs.com",
        endpoint_keys: &[],
        packages: &["@capacitor/live-updates", "cordova-plugin-ionic"],
    },
    UpdateSystem {
        id: "otakit",
        plugin: "OtaKit",
        default_host: "cdn.otakit.app",
        endpoint_keys: &["ingestUrl", "serverUrl", "cdnUrl"],
        packages: &["@otakit/capacitor-updater"],
    },
];

/// Where the Capacitor CLI looks for a configuration, in its order (cli/src/config.ts), then where `cap sync` copies it.
const CONFIGS: &[&str] = &[
    "capacitor.config.ts",
    "capacitor.config.js",
    "capacitor.config.json",
    "android/app/src/main/assets/capacitor.config.json",
    "ios/App/App/capacitor.config.json",
];

/// Files of an app beyond these are not looked at for keys.
const MOST_FILES: u64 = 50_000;

/// A configuration larger than this is not read.
const MOST_BYTES: u64 = 1024 * 1024;

/// The folder of web assets that the app's configuration names.
#[must_use]
pub fn web_dir(folder: &Path) -> Fact<String> {
    text_of(&documents(folder, &read_config(folder, None)), "webDir")
}

/// Reads the app in `folder`, without running any of its code.
#[must_use]
pub fn read_app(folder: &Path) -> AppFacts {
    let evaluated = read_config(folder, None);
    let configs = documents(folder, &evaluated);
    let packages = read_bounded(&folder.join("package.json"));
    AppFacts {
        update_systems: update_systems(&configs, &packages),
        web_dir: text_of(&configs, "webDir"),
        app_id: text_of(&configs, "appId"),
        app_name: text_of(&configs, "appName"),
        configs,
        settings: evaluated,
        android: read_android(folder),
        ios: read_ios(folder),
        automation: read_automation(folder),
        plugins: read_plugins(folder),
        ages: ages(folder),
    }
}

/// The configurations in the CLI's order, then the native copies.
fn documents(folder: &Path, evaluated: &ConfigFacts) -> Vec<ConfigDocument> {
    let mut configs = Vec::new();
    for path in CONFIGS {
        let content = match read_bounded(&folder.join(path)) {
            Fact::Absent => continue,
            Fact::Known(_) if !path.ends_with(".json") => of_script(evaluated, path),
            Fact::Known(bytes) => read_json(&bytes),
            Fact::Unknown(why) | Fact::Unreadable(why) => Fact::Unreadable(why),
        };
        configs.push(ConfigDocument { path: (*path).to_owned(), content });
    }
    configs
}

/// The keys of the app's files, and since when they are in use.
fn ages(folder: &Path) -> KeyAges {
    let found = load::read(folder, Role::App, MOST_FILES);
    age::of_app(folder, &found, &inventory::of_app(&found), registry::of_app(folder))
}

/// What a configuration says that is code: known where its values are literals or follow from literals.
fn of_script(config: &ConfigFacts, path: &str) -> Fact<Json> {
    let unknown = |why: &str| {
        Fact::Unknown(format!(
            "{why}; it is code, which is never run, and its values are known from the copies that `npx cap sync` writes"
        ))
    };
    match config.file(path).map(|file| &file.settings) {
        Some(Fact::Known(settings)) => json_of(settings).map_or_else(|why| unknown(&why), Fact::Known),
        Some(Fact::Unknown(why)) => unknown(why),
        Some(Fact::Unreadable(why)) => Fact::Unreadable(why.clone()),
        Some(Fact::Absent) | None => unknown("no configuration is seen in it"),
    }
}

fn read_bounded(path: &Path) -> Fact<Vec<u8>> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => metadata,
        Ok(_) => return Fact::Unreadable("it is no regular file".to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Fact::Absent,
        Err(error) => return Fact::Unreadable(error.kind().to_string()),
    };
    if metadata.len() > MOST_BYTES {
        return Fact::Unreadable(format!("{} bytes, limit {MOST_BYTES}", metadata.len()));
    }
    std::fs::read(path).map_or_else(|error| Fact::Unreadable(error.kind().to_string()), Fact::Known)
}

fn read_json(bytes: &[u8]) -> Fact<Json> {
    let decoded = decode(bytes);
    match parse_json(&decoded.text) {
        Ok(json) if matches!(json.root.node, JsonNode::Object(_)) => Fact::Known(json),
        Ok(_) => Fact::Unreadable("it is JSON, but no object".to_owned()),
        Err((position, why)) => Fact::Unreadable(format!("line {}, column {}: {why}", position.line, position.column)),
    }
}

/// The first configuration's own text under `key`, or why it is not known.
fn text_of(configs: &[ConfigDocument], key: &str) -> Fact<String> {
    let known =
        configs.iter().filter_map(|config| config.content.known()).find_map(|json| json.root.get(key)?.as_str());
    if let Some(text) = known {
        return Fact::Known(text.to_owned());
    }
    configs
        .iter()
        .find_map(|config| match &config.content {
            Fact::Unknown(why) => Some(Fact::Unknown(format!("{}: {why}", config.path))),
            Fact::Unreadable(why) => Some(Fact::Unreadable(format!("{}: {why}", config.path))),
            Fact::Known(_) | Fact::Absent => None,
        })
        .unwrap_or(Fact::Absent)
}

fn update_systems(configs: &[ConfigDocument], packages: &Fact<Vec<u8>>) -> Vec<UpdateSystem> {
    let packages = packages.known().map(|bytes| read_json(bytes));
    let depends = |name: &str| {
        packages.as_ref().and_then(Fact::known).is_some_and(|json| {
            ["dependencies", "devDependencies"].iter().any(|section| json.root.path(&[section, name]).is_some())
        })
    };
    let configured = |system: &UpdateSystem| {
        configs
            .iter()
            .filter_map(|config| config.content.known())
            .any(|json| json.root.path(&["plugins", system.plugin]).is_some())
    };
    UPDATE_SYSTEMS
        .iter()
        .filter(|system| configured(system) || system.packages.iter().any(|name| depends(name)))
        .cloned()
        .collect()
}
