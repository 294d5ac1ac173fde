//! The app that receives the bundle, as its configuration states it.

use std::path::Path;

use serde::{Serialize, Serializer};

use super::age::{self, KeyAges};
use super::android::{AndroidFacts, read_android};
use super::automation::{Automation, read_automation};
use super::capacitor::{ConfigFacts, ConfigFile, cases_of, json_of, known_cases_of, known_of, read_config};
use super::delivery::{Role, load};
use super::endpoints::{Endpoints, endpoints, pinning_plugins};
use super::inventory;
use super::ios::{IosFacts, read_ios};
use super::keys::registry;
use super::plugins::{AppPlugins, read_plugins};
use super::systems::{UPDATE_SYSTEMS, UpdateSystem};
use crate::inputs::{Json, JsonNode, decode, parse_json};
use crate::model::Fact;

/// The receiving app.
#[derive(Clone, Debug, Serialize)]
pub struct AppFacts {
    /// The Capacitor configuration that ships, then its copies in the native projects.
    pub configs: Vec<ConfigDocument>,
    /// The path of the configuration that ships: the one that was named, else the one that the CLI reads.
    pub shipping: Fact<String>,
    /// The configurations for other builds, which are judged apart.
    pub variants: Vec<String>,
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
    /// The hosts that its files name, and what protects the connections to them.
    pub endpoints: Endpoints,
}

/// One Capacitor configuration file.
#[derive(Clone, Debug, Serialize)]
pub struct ConfigDocument {
    /// Relative to the app's folder.
    pub path: String,
    /// What it says; serialised without its values, since a configuration may hold keys. `Unknown` for a TypeScript or JavaScript configuration, `Unreadable` for a broken one.
    #[serde(serialize_with = "state_only")]
    pub content: Fact<Json>,
    /// Of a configuration that is code and not known as a whole: what is known of it. What is not there may be set all the same.
    #[serde(skip)]
    pub partial: Option<Json>,
}

impl ConfigDocument {
    /// What is known of it: all, or a part.
    #[must_use]
    pub fn seen(&self) -> Option<&Json> {
        self.content.known().or(self.partial.as_ref())
    }
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

/// Where `cap sync` copies the configuration in the source set, or the target, that each app has.
const COPIES: [&str; 2] = ["/app/src/main/assets/capacitor.config.json", "/App/App/capacitor.config.json"];

/// Files of an app beyond these are not looked at for keys.
const MOST_FILES: u64 = 50_000;

/// A configuration larger than this is not read.
const MOST_BYTES: u64 = 1024 * 1024;

/// The folder of web assets that the app's configuration names; `shipping` as in [`read_app`].
#[must_use]
pub fn web_dir(folder: &Path, shipping: Option<&str>) -> Fact<String> {
    let evaluated = read_config(folder, shipping);
    text_of(&documents(folder, &evaluated), &evaluated, "webDir")
}

/// Reads the app in `folder`, without running any of its code. `shipping` names the configuration that ships, relative to
/// the folder, when it isn't the one that the CLI reads.
#[must_use]
pub fn read_app(folder: &Path, shipping: Option<&str>) -> AppFacts {
    let evaluated = read_config(folder, shipping);
    let configs = documents(folder, &evaluated);
    let packages = read_bounded(&folder.join("package.json"));
    let update_systems = update_systems(&configs, &packages);
    let (android, ios, plugins) = (read_android(folder), read_ios(folder), read_plugins(folder));
    let mut endpoints = endpoints(&evaluated, &update_systems, &android, &ios);
    endpoints.pinning = pinning_plugins(folder, &evaluated, &plugins);
    AppFacts {
        update_systems,
        web_dir: text_of(&configs, &evaluated, "webDir"),
        app_id: text_of(&configs, &evaluated, "appId"),
        app_name: text_of(&configs, &evaluated, "appName"),
        configs,
        shipping: evaluated.shipping.clone(),
        variants: evaluated.others().map(|file| file.path.clone()).collect(),
        settings: evaluated,
        android,
        ios,
        automation: read_automation(folder),
        plugins,
        ages: ages(folder, shipping),
        endpoints,
    }
}

impl AppFacts {
    /// The app as it is in each further case of the configuration that ships, with the condition; the copies in the
    /// native projects are of one case only, which is not known, and are left away.
    #[must_use]
    pub fn cases(&self) -> Vec<(String, Self)> {
        let Some(Fact::Known(settings)) = self.settings.shipping().map(|file| &file.settings) else {
            return Vec::new();
        };
        let Some(first) = self.configs.first() else { return Vec::new() };
        let document = |content, partial| ConfigDocument { path: first.path.clone(), content, partial };
        let cases: Vec<(Option<String>, ConfigDocument)> = match cases_of(settings) {
            Ok(cases) => cases.into_iter().map(|case| (case.when, document(Fact::Known(case.json), None))).collect(),
            Err(why) => {
                let known = known_cases_of(settings).into_iter();
                known.map(|case| (case.when, document(Fact::Unknown(why.clone()), Some(case.json)))).collect()
            }
        };
        let case = |(when, config)| Some((when?, Self { configs: vec![config], ..self.clone() }));
        cases.into_iter().filter_map(case).collect()
    }

    /// The app as it is when another of its configurations ships; the copies in the native projects are not that one's,
    /// and are left away.
    #[must_use]
    pub fn with_variant(&self, folder: &Path, path: &str) -> Self {
        let mut settings = self.settings.clone();
        settings.shipping = Fact::Known(path.to_owned());
        settings.files.retain(|file| !file.role.is_native());
        let configs = documents(folder, &settings);
        let packages = read_bounded(&folder.join("package.json"));
        Self {
            update_systems: update_systems(&configs, &packages),
            web_dir: text_of(&configs, &settings, "webDir"),
            app_id: text_of(&configs, &settings, "appId"),
            app_name: text_of(&configs, &settings, "appName"),
            configs,
            shipping: settings.shipping.clone(),
            variants: Vec::new(),
            settings,
            ..self.clone()
        }
    }
}

/// The configuration that ships, then the copies in the native projects.
fn documents(folder: &Path, evaluated: &ConfigFacts) -> Vec<ConfigDocument> {
    let copies = evaluated.copies().filter(|copy| {
        let within = format!("/{}", copy.path);
        COPIES.iter().any(|end| within.ends_with(end)) && Some(&copy.path) != evaluated.shipping.known()
    });
    let read = evaluated.shipping().into_iter().chain(copies);
    let document = |file: &ConfigFile| {
        let content = content(folder, file);
        let part = matches!(content, Fact::Unknown(_)).then(|| Some(known_of(file.settings.known()?).0)).flatten();
        ConfigDocument { path: file.path.clone(), content, partial: part }
    };
    read.map(document).collect()
}

fn content(folder: &Path, file: &ConfigFile) -> Fact<Json> {
    if !file.is_json() {
        return of_script(file);
    }
    match &file.settings {
        // Its own reader says why; it follows no link.
        Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
        _ => match read_bounded(&folder.join(&file.path)) {
            Fact::Known(bytes) => read_json(&bytes),
            Fact::Absent => Fact::Absent,
            Fact::Unknown(why) | Fact::Unreadable(why) => Fact::Unreadable(why),
        },
    }
}

/// The keys of the app's files, and since when they are in use.
fn ages(folder: &Path, shipping: Option<&str>) -> KeyAges {
    let found = load::read_shipping(folder, Role::App, MOST_FILES, shipping);
    age::of_app(folder, &found, &inventory::of_app(&found), registry::of_app(folder))
}

/// What a configuration says that is code: known where its values are literals or follow from literals.
fn of_script(file: &ConfigFile) -> Fact<Json> {
    let unknown = |why: &str| {
        Fact::Unknown(format!(
            "{why}; it is code, which is never run, and its values are known from the copies that `npx cap sync` writes"
        ))
    };
    match &file.settings {
        Fact::Known(settings) => json_of(settings).map_or_else(|why| unknown(&why), Fact::Known),
        Fact::Unknown(why) => unknown(why),
        Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
        Fact::Absent => unknown("no configuration is seen in it"),
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
fn text_of(configs: &[ConfigDocument], evaluated: &ConfigFacts, key: &str) -> Fact<String> {
    if let Some(Fact::Known(text)) = evaluated.settings().known().map(|settings| settings.text(&[key])) {
        return Fact::Known(text);
    }
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
        .unwrap_or_else(|| match &evaluated.shipping {
            Fact::Unknown(why) => Fact::Unknown(why.clone()),
            Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
            Fact::Known(_) | Fact::Absent => Fact::Absent,
        })
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
            .filter_map(ConfigDocument::seen)
            .any(|json| json.root.path(&["plugins", system.plugin]).is_some())
    };
    UPDATE_SYSTEMS
        .iter()
        .filter(|system| configured(system) || system.packages.iter().any(|name| depends(name)))
        .cloned()
        .collect()
}
