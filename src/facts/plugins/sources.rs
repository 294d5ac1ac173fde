//! The files that say which plugins an app contains.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use super::names::{self, CORE, CORE_2, CORE_IOS};
use super::{AppPlugins, Available, AvailableSource, Platform};
use crate::inputs::{JsonNode, JsonValue, decode, parse_json};
use crate::model::{Fact, LineIndex, Position, printable};

/// Larger files are not read.
const MOST_BYTES: u64 = 2 * 1024 * 1024;
/// Entries looked at in the app's own native code, and how deep.
const MOST_ENTRIES: usize = 5_000;
const MOST_DEPTH: usize = 14;
/// Plugins kept of one app.
const MOST_PLUGINS: usize = 5_000;
/// How far after an annotation its class stands.
const MOST_ANNOTATION: usize = 4_000;

/// Lists that the native builds use, as `cap sync` writes them with paths of `node_modules`.
const LISTS: [(&str, Platform); 3] = [
    ("android/capacitor.settings.gradle", Platform::Android),
    ("ios/App/Podfile", Platform::Ios),
    ("ios/App/CapApp-SPM/Package.swift", Platform::Ios),
];
/// Where apps have their own native code.
const CODE: [(&str, Platform, [&str; 2]); 3] = [
    ("android/app/src/main/java", Platform::Android, [".java", ".kt"]),
    ("android/app/src/main/kotlin", Platform::Android, [".java", ".kt"]),
    ("ios/App/App", Platform::Ios, [".swift", ".m"]),
];
/// Folders without code of the app.
const SKIPPED: [&str; 7] = ["public", "Pods", "build", "DerivedData", "node_modules", ".git", "Base.lproj"];

/// Reads which plugins the app in `folder` contains.
#[must_use]
pub fn read_plugins(folder: &Path) -> AppPlugins {
    let mut plugins = AppPlugins::default();
    plugins.core(CORE, None);
    plugins.core(CORE_IOS, Some(Platform::Ios));
    plugins.file(folder, "package.json", |plugins, text| declared(plugins, folder, text));
    plugins.file(folder, "android/app/src/main/assets/capacitor.plugins.json", plugin_list);
    plugins.file(folder, "ios/App/App/capacitor.config.json", class_list);
    for (path, platform) in LISTS {
        plugins.file(folder, path, |plugins, text| {
            node_modules(plugins, path, platform, text);
            Ok(())
        });
    }
    for (directory, platform, ends) in CODE {
        let mut left = MOST_ENTRIES;
        walk(folder, directory, 0, &mut left, &mut |path| {
            if ends.iter().any(|end| path.ends_with(end)) {
                plugins.file(folder, path, |plugins, text| {
                    code(plugins, path, platform, text);
                    Ok(())
                });
            }
        });
    }
    plugins.available.truncate(MOST_PLUGINS);
    plugins
}

/// Reads which plugins a binary contains, in the folder that holds its web assets.
#[must_use]
pub fn read_binary_plugins(folder: &Path) -> AppPlugins {
    let mut plugins = AppPlugins::default();
    plugins.core(CORE, None);
    plugins.core(CORE_IOS, Some(Platform::Ios));
    for (path, read) in [("capacitor.plugins.json", plugin_list as List), ("capacitor.config.json", class_list)] {
        let before = plugins.available.len();
        plugins.file(folder, path, read);
        plugins.available.iter_mut().skip(before).for_each(|one| path.clone_into(&mut one.path));
    }
    plugins
}

/// Reads one list.
type List = fn(&mut AppPlugins, &str) -> Result<(), String>;

impl AppPlugins {
    fn core(&mut self, names: &[&str], platform: Option<Platform>) {
        for name in names {
            self.available.push(Available {
                name: Fact::Known((*name).to_owned()),
                package: None,
                platform,
                source: AvailableSource::Core,
                path: String::new(),
                position: None,
            });
        }
    }

    fn file(&mut self, folder: &Path, path: &str, read: impl FnOnce(&mut Self, &str) -> Result<(), String>) {
        let result = match bytes(folder, path) {
            None => return,
            Some(Err(why)) => Err(why),
            Some(Ok(bytes)) => read(self, &decode(&bytes).text),
        };
        if let Err(why) = result {
            self.unread.push((path.to_owned(), why));
        }
    }

    fn list(&mut self, platform: Platform) {
        if !self.listed.contains(&platform) {
            self.listed.push(platform);
        }
    }
}

/// The bytes of a file that is no link and stands in no linked folder; `None` when it is not there.
fn bytes(folder: &Path, path: &str) -> Option<Result<Vec<u8>, String>> {
    let mut real = folder.to_path_buf();
    for part in path.split('/') {
        real.push(part);
        let metadata = fs::symlink_metadata(&real).ok()?;
        if metadata.file_type().is_symlink() {
            return Some(Err("it is a link".to_owned()));
        }
    }
    let metadata = fs::symlink_metadata(&real).ok()?;
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        return Some(Err(format!("no regular file of at most {MOST_BYTES} bytes")));
    }
    let mut bytes = Vec::new();
    let read = File::open(&real).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
    Some(read.map(|_| bytes).map_err(|error| error.kind().to_string()))
}

fn json(text: &str) -> Result<JsonValue, String> {
    parse_json(text).map(|json| json.root).map_err(|(at, why)| format!("line {}, column {}: {why}", at.line, at.column))
}

/// `package.json`.
fn declared(plugins: &mut AppPlugins, folder: &Path, text: &str) -> Result<(), String> {
    let root = json(text)?;
    for section in ["dependencies", "devDependencies", "optionalDependencies"] {
        let Some(JsonNode::Object(packages)) = root.get(section).map(|section| &section.node) else { continue };
        for (package, position, version) in packages.iter().take(MOST_PLUGINS) {
            let asked = version.as_str().unwrap_or_default().trim_start_matches(['^', '~', '=', 'v']);
            if package == "@capacitor/core" && (asked.starts_with("2.") || asked.starts_with("1.")) {
                plugins.core(CORE_2, None);
            }
            let name = match names::of_package(package) {
                Some(name) => Fact::Known(name.to_owned()),
                None if names::is_cordova(package) => continue,
                None => match (installed(folder, package), names::looks_like_plugin(package)) {
                    (Some(name), _) => Fact::Known(name),
                    (None, true) => Fact::Unknown("its name in JavaScript is in its own files".to_owned()),
                    (None, false) => continue,
                },
            };
            plugins.available.push(Available {
                name,
                package: Some(printable(package, 214)),
                platform: None,
                source: AvailableSource::Declared,
                path: "package.json".to_owned(),
                position: Some(*position),
            });
        }
    }
    Ok(())
}

/// The name that an installed package registers, when its files are there.
fn installed(folder: &Path, package: &str) -> Option<String> {
    let is_name =
        package.split('/').count() <= 2 && !package.split('/').any(|part| part.is_empty() || part.starts_with('.'));
    if !is_name || !names::looks_like_plugin(package) {
        return None;
    }
    ["dist/esm/index.js", "dist/plugin.cjs.js"].iter().find_map(|file| {
        let bytes = bytes(folder, &format!("node_modules/{package}/{file}"))?.ok()?;
        let text = decode(&bytes).text;
        text.lines().find_map(|line| {
            let (_, call) =
                line.trim_start().split_once("registerPlugin(").filter(|(before, _)| !before.contains("//"))?;
            quoted(call)
        })
    })
}

/// The text in quotes that `text` begins with.
fn quoted(text: &str) -> Option<String> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
    let inside = text.get(1..)?;
    let name = inside.get(..inside.find(quote)?)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$');
    (!name.is_empty() && name.len() <= 100 && name.bytes().all(plain)).then(|| name.to_owned())
}

/// Android's `capacitor.plugins.json`: `[{pkg, classpath}]` (`cli/src/android/update.ts`).
fn plugin_list(plugins: &mut AppPlugins, text: &str) -> Result<(), String> {
    let root = json(text)?;
    let JsonNode::Array(entries) = &root.node else { return Err("no list".to_owned()) };
    plugins.list(Platform::Android);
    for entry in entries.iter().take(MOST_PLUGINS) {
        let package = entry.get("pkg").and_then(JsonValue::as_str);
        let class = entry.get("classpath").and_then(JsonValue::as_str).unwrap_or_default();
        let name = package.and_then(names::of_package).unwrap_or_else(|| names::of_class(class));
        plugins.available.push(Available {
            name: if name.is_empty() {
                Fact::Unknown("no class".to_owned())
            } else {
                Fact::Known(printable(name, 100))
            },
            package: package.map(|package| printable(package, 214)),
            platform: Some(Platform::Android),
            source: AvailableSource::NativeList,
            path: "android/app/src/main/assets/capacitor.plugins.json".to_owned(),
            position: Some(entry.position),
        });
    }
    Ok(())
}

/// iOS: `packageClassList` in the native copy of the configuration, since Capacitor 6 (`cli/src/ios/update.ts`).
fn class_list(plugins: &mut AppPlugins, text: &str) -> Result<(), String> {
    let root = json(text)?;
    let Some(JsonNode::Array(classes)) = root.get("packageClassList").map(|list| &list.node) else { return Ok(()) };
    plugins.list(Platform::Ios);
    for class in classes.iter().take(MOST_PLUGINS) {
        // The bridge to Cordova's plugins is none of Capacitor's.
        let Some(text) = class.as_str().filter(|text| *text != "CDVPlugin") else { continue };
        plugins.available.push(Available {
            name: Fact::Known(printable(names::of_class(text), 100)),
            package: None,
            platform: Some(Platform::Ios),
            source: AvailableSource::NativeList,
            path: "ios/App/App/capacitor.config.json".to_owned(),
            position: Some(class.position),
        });
    }
    Ok(())
}

/// Lines with a path into `node_modules`.
fn node_modules(plugins: &mut AppPlugins, path: &str, platform: Platform, text: &str) {
    let before = plugins.available.len();
    for (number, line) in text.lines().enumerate() {
        let code = line.trim_start();
        if code.starts_with("//") || code.starts_with('#') {
            continue;
        }
        let Some(at) = line.rfind("node_modules/") else { continue };
        let rest = line.get(at + "node_modules/".len()..).unwrap_or_default();
        let end = rest.find(['\'', '"', ')', ',', ' ']).unwrap_or(rest.len());
        let mut parts = rest.get(..end).unwrap_or_default().split('/');
        let first = parts.next().unwrap_or_default();
        let second = parts.next().filter(|_| first.starts_with('@'));
        let package = second.map_or_else(|| first.to_owned(), |second| format!("{first}/{second}"));
        if names::NO_PLUGINS.contains(&&*package) || names::is_cordova(&package) || package.is_empty() {
            continue;
        }
        let name = names::of_package(&package).map_or_else(
            || Fact::Unknown("its name in JavaScript is in its own files".to_owned()),
            |name| Fact::Known(name.to_owned()),
        );
        let column = line.get(..at).map_or(1, |before| before.chars().count() + 1);
        let position = Position { line: small(number + 1), column: small(column) };
        plugins.available.push(Available {
            name,
            package: Some(printable(&package, 214)),
            platform: Some(platform),
            source: AvailableSource::NativeList,
            path: path.to_owned(),
            position: Some(position),
        });
    }
    if plugins.available.len() > before {
        plugins.list(platform);
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The app's own plugins. Without a name, Android takes the class (`PluginHandle.java`).
fn code(plugins: &mut AppPlugins, path: &str, platform: Platform, text: &str) {
    let lines = LineIndex::new(text);
    let marks: &[&str] = match platform {
        Platform::Android => &["@CapacitorPlugin", "@NativePlugin"],
        Platform::Ios => &["jsName", "CAP_PLUGIN("],
    };
    for mark in marks {
        for (at, _) in text.match_indices(mark) {
            let before = text.get(..at).and_then(|before| before.rsplit('\n').next()).unwrap_or_default().trim_start();
            if before.starts_with("//") || before.starts_with('*') || before.starts_with("import") {
                continue;
            }
            let rest = text.get(at + mark.len()..).unwrap_or_default();
            let rest = rest.get(..MOST_ANNOTATION).unwrap_or(rest);
            let name = match *mark {
                "jsName" => rest.split_once('=').and_then(|(_, value)| quoted(value)),
                "CAP_PLUGIN(" => rest.split_once(',').and_then(|(_, value)| quoted(value)),
                _ => annotated(rest),
            };
            let Some(name) = name else { continue };
            plugins.available.push(Available {
                name: Fact::Known(name),
                package: None,
                platform: Some(platform),
                source: AvailableSource::NativeCode,
                path: path.to_owned(),
                position: Some(lines.position(at)),
            });
        }
    }
}

/// The name in an annotation, or of the class after it.
fn annotated(rest: &str) -> Option<String> {
    let class = rest.find("class ")?;
    let annotation = rest.get(..class)?;
    let named = annotation.match_indices("name").find_map(|(at, _)| {
        let value = annotation.get(at + 4..)?.trim_start().strip_prefix('=')?;
        quoted(value)
    });
    named.or_else(|| {
        let name: String = rest
            .get(class + 6..)?
            .trim_start()
            .chars()
            .take_while(|one| one.is_alphanumeric() || *one == '_')
            .collect();
        (!name.is_empty()).then_some(name)
    })
}

/// The files below a folder, in order, without following links.
fn walk(folder: &Path, directory: &str, depth: usize, left: &mut usize, see: &mut dyn FnMut(&str)) {
    let linked = fs::symlink_metadata(folder.join(directory)).is_ok_and(|metadata| metadata.is_dir());
    let Ok(entries) = fs::read_dir(folder.join(directory)) else { return };
    if depth > MOST_DEPTH || !linked {
        return;
    }
    let mut names: Vec<(String, bool)> = Vec::new();
    for entry in entries.flatten() {
        let Some(rest) = left.checked_sub(1) else { break };
        *left = rest;
        let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
        if (kind.is_dir() && !SKIPPED.contains(&&*name) && !name.ends_with(".xcassets")) || kind.is_file() {
            names.push((name, kind.is_dir()));
        }
    }
    names.sort();
    for (name, is_directory) in names {
        let path = format!("{directory}/{name}");
        if is_directory { walk(folder, &path, depth + 1, left, see) } else { see(&path) }
    }
}
