//! Which configurations an app has, and which of them ships.

use std::path::Path;

use serde::Serialize;

use super::disagreements::{Disagreement, disagreements};
use super::disk::{names, object, read_text};
use super::flatten::flatten;
use super::oddities::{Oddity, oddities};
use super::script::read;
use super::settings::Settings;
use super::value::Heap;
use crate::inputs::{JsonNode, parse_json};
use crate::model::{Fact, Position};

/// Where the CLI looks for a configuration, in its order (cli/src/config.ts).
const MAIN: [&str; 3] = ["capacitor.config.ts", "capacitor.config.js", "capacitor.config.json"];
/// Variants that are read.
const MOST_VARIANTS: usize = 20;
/// Source sets and targets that are looked at for copies.
const MOST_TARGETS: usize = 50;

/// What a configuration file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The one that the CLI reads.
    Main,
    /// Another one that the CLI would read if the main one were not there.
    Shadowed,
    /// One that a script or a person puts in the main one's place, such as `capacitor.config.prod.ts`.
    Variant,
    /// A copy that `npx cap sync` wrote into the Android project.
    Android,
    /// A copy that `npx cap sync` wrote into the iOS project.
    Ios,
}

impl Role {
    /// Whether it is a copy within a native project.
    #[must_use]
    pub const fn is_native(self) -> bool {
        matches!(self, Self::Android | Self::Ios)
    }
}

/// One configuration file.
#[derive(Clone, Debug, Serialize)]
pub struct ConfigFile {
    /// Relative to the app's folder.
    pub path: String,
    /// What it is for.
    pub role: Role,
    /// What it says; its values may be keys, so whoever writes this out leaves them away or masks them.
    pub settings: Fact<Settings>,
    /// Where and why it could not be read.
    pub failure: Option<(Position, String)>,
    /// It exports a function, which the CLI doesn't call; `settings` are what the function gives.
    pub exports_function: Option<Position>,
    /// What is odd about it.
    pub oddities: Vec<Oddity>,
    /// The other files that its values come from.
    pub imports: Vec<String>,
}

impl ConfigFile {
    /// Whether it is JSON, and no code.
    #[must_use]
    pub fn is_json(&self) -> bool {
        is_json(&self.path)
    }
}

/// A plugin of the Android project (cli/src/android/update.ts, `writePluginJson`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NativePlugin {
    /// The npm package.
    pub package: String,
    /// The class, with its Java package.
    pub classpath: String,
    /// Where it stands.
    pub position: Position,
}

/// One `capacitor.plugins.json`.
#[derive(Clone, Debug, Serialize)]
pub struct NativePlugins {
    /// Relative to the app's folder.
    pub path: String,
    /// What it lists.
    pub plugins: Fact<Vec<NativePlugin>>,
}

/// All configurations of an app.
#[derive(Clone, Debug, Serialize)]
pub struct ConfigFacts {
    /// The main one, the shadowed ones, the variants by name, then the native copies.
    pub files: Vec<ConfigFile>,
    /// The path of the one that ships: the one that was named, else the main one.
    pub shipping: Fact<String>,
    /// The lists of plugins in the native projects.
    pub plugins: Vec<NativePlugins>,
}

impl ConfigFacts {
    /// The file at a path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&ConfigFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The configuration that ships, when there is one.
    #[must_use]
    pub fn shipping(&self) -> Option<&ConfigFile> {
        self.file(self.shipping.known()?)
    }

    /// The settings that ship: `Absent` without a configuration.
    #[must_use]
    pub fn settings(&self) -> Fact<&Settings> {
        match self.shipping().map(|file| &file.settings) {
            Some(Fact::Known(settings)) => Fact::Known(settings),
            Some(Fact::Unknown(why)) => Fact::Unknown(why.clone()),
            Some(Fact::Unreadable(why)) => Fact::Unreadable(why.clone()),
            Some(Fact::Absent) | None => match &self.shipping {
                Fact::Unknown(why) => Fact::Unknown(why.clone()),
                Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
                Fact::Known(_) | Fact::Absent => Fact::Absent,
            },
        }
    }

    /// The configurations for other builds than the one that ships: variants, and what the CLI would read if the main one
    /// were not there.
    pub fn others(&self) -> impl Iterator<Item = &ConfigFile> {
        let shipping = self.shipping.known();
        self.files.iter().filter(move |file| !file.role.is_native() && Some(&file.path) != shipping)
    }

    /// The copies within the native projects.
    pub fn copies(&self) -> impl Iterator<Item = &ConfigFile> {
        self.files.iter().filter(|file| file.role.is_native())
    }

    /// For each copy that can be compared, in which keys it disagrees with the configuration that ships.
    #[must_use]
    pub fn disagreements(&self) -> Vec<(&ConfigFile, Vec<Disagreement>)> {
        let Fact::Known(source) = self.settings() else { return Vec::new() };
        let shipping = self.shipping.known();
        self.copies()
            .filter(|copy| Some(&copy.path) != shipping)
            .filter_map(|copy| Some((copy, disagreements(source, copy.settings.known()?))))
            .collect()
    }
}

/// Reads the configurations of the app in `folder`; `shipping` names the one that ships, when it isn't the main one.
#[must_use]
pub fn read_config(folder: &Path, shipping: Option<&str>) -> ConfigFacts {
    let mut files = Vec::new();
    for path in MAIN {
        let role = if files.is_empty() { Role::Main } else { Role::Shadowed };
        files.extend(read_file(folder, path, role));
    }
    let variants = names(folder, "", false).into_iter().filter(|name| is_variant(name));
    files.extend(variants.take(MOST_VARIANTS).filter_map(|path| read_file(folder, &path, Role::Variant)));
    if let Some(path) = shipping
        && files.iter().all(|file| file.path != path)
    {
        let inside = super::disk::join("", path).filter(|inside| inside == path);
        files.extend(inside.and_then(|path| read_file(folder, &path, Role::Variant)));
    }
    let main = files.first().filter(|file| file.role == Role::Main).map(|file| file.path.clone());
    let ships = match shipping {
        Some(path) if files.iter().any(|file| file.path == path) => Fact::Known(path.to_owned()),
        Some(path) => Fact::Unreadable(format!("`{path}` is named as the configuration, and isn't there")),
        None => match (main, files.is_empty()) {
            (Some(main), _) => Fact::Known(main),
            (None, false) => {
                Fact::Unknown("there are variants only, and none is named as the one that ships".to_owned())
            }
            (None, true) => Fact::Absent,
        },
    };
    let native = |platform: &str| {
        let named = ships.known().and_then(|path| files.iter().find(|file| file.path == *path));
        let given = named.and_then(|file| file.settings.known()).map(|settings| settings.text(&[platform, "path"]));
        match given {
            Some(Fact::Known(path)) => super::disk::join("", &path).unwrap_or_else(|| platform.to_owned()),
            _ => platform.to_owned(),
        }
    };
    let (android, ios) = (native("android"), native("ios"));
    let mut plugins = Vec::new();
    for set in targets(folder, &format!("{android}/app/src"), "main") {
        files.extend(read_file(folder, &format!("{set}/assets/capacitor.config.json"), Role::Android));
        plugins.extend(read_plugins(folder, &format!("{set}/assets/capacitor.plugins.json")));
    }
    for target in targets(folder, &format!("{ios}/App"), "App") {
        files.extend(read_file(folder, &format!("{target}/capacitor.config.json"), Role::Ios));
        plugins.extend(read_plugins(folder, &format!("{target}/capacitor.plugins.json")));
    }
    ConfigFacts { files, shipping: ships, plugins }
}

/// The folders in `within`, the usual one first.
fn targets(folder: &Path, within: &str, usual: &str) -> Vec<String> {
    let mut found = names(folder, within, true);
    found.retain(|name| !super::disk::NEVER_WALKED.contains(&name.as_str()));
    found.sort_by_key(|name| name != usual);
    found.into_iter().take(MOST_TARGETS).map(|name| format!("{within}/{name}")).collect()
}

/// `capacitor.config.prod.ts`, `capacitor.config.ts.prod`, `capacitor.config.mjs`: the CLI reads none of them.
fn is_variant(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("capacitor.config.") else { return false };
    !MAIN.contains(&name)
        && rest.split('.').any(|part| ["ts", "mts", "cts", "js", "mjs", "cjs", "json"].contains(&part))
}

fn is_json(name: &str) -> bool {
    let language = name.rsplit('.').find(|part| ["ts", "mts", "cts", "js", "mjs", "cjs", "json"].contains(part));
    language == Some("json")
}

fn read_file(folder: &Path, path: &str, role: Role) -> Option<ConfigFile> {
    let mut file = ConfigFile {
        path: path.to_owned(),
        role,
        settings: Fact::Absent,
        failure: None,
        exports_function: None,
        oddities: Vec::new(),
        imports: Vec::new(),
    };
    match read_text(folder, path) {
        Fact::Absent => return None,
        Fact::Unknown(why) | Fact::Unreadable(why) => file.settings = Fact::Unreadable(why),
        Fact::Known(text) if is_json(path) => match object(&text) {
            Ok(json) => {
                let mut heap = Heap::default();
                let root = heap.json(&json.root, 0);
                file.settings = Fact::Known(flatten(&heap, &root, &[path.to_owned()]));
            }
            Err((position, why)) => {
                file.settings = Fact::Unreadable(format!("line {}, column {}: {why}", position.line, position.column));
                file.failure = Some((position, why));
            }
        },
        Fact::Known(text) => {
            let reading = read(folder, path, text);
            file.settings = reading.settings;
            file.failure = reading.failure;
            file.exports_function = reading.exports_function;
            file.imports = reading.imports;
        }
    }
    if let Fact::Known(settings) = &file.settings {
        file.oddities = oddities(settings);
    }
    Some(file)
}

fn read_plugins(folder: &Path, path: &str) -> Option<NativePlugins> {
    let text = match read_text(folder, path) {
        Fact::Absent => return None,
        Fact::Unknown(why) | Fact::Unreadable(why) => {
            return Some(NativePlugins { path: path.to_owned(), plugins: Fact::Unreadable(why) });
        }
        Fact::Known(text) => text,
    };
    let plugins = match parse_json(&text) {
        Ok(json) => match &json.root.node {
            JsonNode::Array(list) => Fact::Known(
                list.iter()
                    .map(|plugin| {
                        let text =
                            |key: &str| plugin.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
                        NativePlugin { package: text("pkg"), classpath: text("classpath"), position: plugin.position }
                    })
                    .collect(),
            ),
            _ => Fact::Unreadable("it is JSON, but no list".to_owned()),
        },
        Err((position, why)) => Fact::Unreadable(format!("line {}, column {}: {why}", position.line, position.column)),
    };
    Some(NativePlugins { path: path.to_owned(), plugins })
}
