//! Finds the apps below a folder: a monorepo has several, and none of its packages' folders is searched for one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::inputs::{JsonNode, JsonValue, decode, parse_json};

/// How deep is searched.
const MOST_DEPTH: usize = 6;
/// How many directory entries are looked at.
const MOST_ENTRIES: usize = 20_000;
/// Larger files are not read.
const MOST_BYTES: u64 = 1024 * 1024;
/// Apps named of one folder.
const MOST_APPS: usize = 500;

/// What makes a folder a Capacitor project (`cli/src/config.ts`).
pub const CONFIGS: [&str; 3] = ["capacitor.config.ts", "capacitor.config.js", "capacitor.config.json"];

/// Folders that are never walked: they hold what was installed or built, or no app. Those that begin with a dot neither.
const SKIPPED: [&str; 14] = [
    "node_modules",
    "bower_components",
    "build",
    "dist",
    "out",
    "www",
    "Pods",
    "DerivedData",
    "target",
    "vendor",
    "coverage",
    "platforms",
    "android",
    "ios",
];

/// A folder with an app.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AppPlace {
    /// Its folder, relative to where the search began, with `/`; empty for that folder itself.
    pub path: String,
    /// What it is.
    pub kind: AppKind,
    /// The file that says so.
    pub evidence: String,
    /// The name in its `package.json`.
    pub name: Option<String>,
    /// Whether it has a native project, so that it is built itself: plugins have a configuration only in their examples.
    pub native: bool,
}

/// What an app is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppKind {
    /// Capacitor.
    Capacitor,
    /// Cordova.
    Cordova,
    /// Expo.
    Expo,
    /// React Native without Expo, with CodePush.
    ReactNative,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AppPlaces {
    /// The apps, in the order of their paths.
    pub apps: Vec<AppPlace>,
    /// There was more to look at than is looked at: an app may have been missed.
    pub cut: bool,
}

/// The apps at and below `root`. The folders that a workspace names (`package.json`, `pnpm-workspace.yaml`, `lerna.json`)
/// are looked at first, so that they are found however large the rest is; then what is near is walked. Links are not
/// followed, no file but `package.json` and `app.json` is opened, and `node_modules` is not even listed.
#[must_use]
pub fn find_apps(root: &Path) -> AppPlaces {
    let mut search = Search { root, left: MOST_ENTRIES, seen: BTreeSet::new(), places: AppPlaces::default() };
    for pattern in workspaces(root) {
        let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        search.pattern("", &parts, 0);
    }
    search.walk();
    search.places.apps.sort();
    search.places.apps.dedup();
    search.places
}

/// The folders that the workspace at `root` is made of, as patterns.
fn workspaces(root: &Path) -> Vec<String> {
    let mut patterns = Vec::new();
    for (file, keys) in [
        ("package.json", &["workspaces"][..]),
        ("package.json", &["workspaces", "packages"]),
        ("lerna.json", &["packages"]),
    ] {
        if let Some(JsonNode::Array(items)) =
            read_json(root, file).as_ref().and_then(|json| json.path(keys)).map(|v| &v.node)
        {
            patterns.extend(items.iter().filter_map(JsonValue::as_str).map(str::to_owned));
        }
    }
    let listed = read(root, "pnpm-workspace.yaml").unwrap_or_default();
    let mut within = false;
    for line in decode(&listed).text.lines() {
        match line.trim_start().strip_prefix("- ") {
            Some(item) if within => {
                let item = item.split(" #").next().unwrap_or(item).trim().trim_matches(['\'', '"']);
                patterns.push(item.to_owned());
            }
            _ if !line.starts_with([' ', '\t', '#']) && !line.trim().is_empty() => {
                within = line.starts_with("packages:");
            }
            _ => {}
        }
    }
    patterns.retain(|pattern| !pattern.starts_with('!') && !pattern.split('/').any(|part| part == ".."));
    patterns.truncate(MOST_APPS);
    patterns
}

fn read(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let path = folder.join(name);
    let metadata = fs::symlink_metadata(&path).ok()?;
    if metadata.is_file() && metadata.len() <= MOST_BYTES { fs::read(path).ok() } else { None }
}

fn read_json(folder: &Path, name: &str) -> Option<JsonValue> {
    let bytes = read(folder, name)?;
    parse_json(&decode(&bytes).text).ok().map(|json| json.root)
}

struct Search<'a> {
    root: &'a Path,
    left: usize,
    /// Folders that were looked at.
    seen: BTreeSet<String>,
    places: AppPlaces,
}

impl Search<'_> {
    /// Looks at the folders of a workspace's pattern: `apps/*`, `packages/**`, `mobile`.
    fn pattern(&mut self, path: &str, parts: &[&str], depth: usize) {
        let Some((first, rest)) = parts.split_first() else {
            self.look(path);
            return;
        };
        if depth > MOST_DEPTH {
            self.places.cut = true;
            return;
        }
        if !first.contains('*') {
            let next = join(path, first);
            // A link may lead anywhere.
            if fs::symlink_metadata(self.root.join(&next)).is_ok_and(|metadata| metadata.is_dir()) {
                self.pattern(&next, rest, depth + 1);
            }
            return;
        }
        let any_depth = *first == "**";
        if any_depth {
            self.pattern(path, rest, depth + 1);
        }
        for name in self.list(path).folders {
            let (head, tail) = first.split_once('*').unwrap_or((first, ""));
            let fits = any_depth || (name.starts_with(head) && name.ends_with(tail.trim_start_matches('*')));
            if fits {
                self.pattern(&join(path, &name), if any_depth { parts } else { rest }, depth + 1);
            }
        }
    }

    /// Walks what is near, the nearest first.
    fn walk(&mut self) {
        let mut level = vec![String::new()];
        for depth in 0..=MOST_DEPTH {
            let mut next = Vec::new();
            for path in level {
                let listed = self.look(&path);
                next.extend(listed.folders.into_iter().map(|name| join(&path, &name)));
            }
            if depth == MOST_DEPTH && !next.is_empty() {
                self.places.cut = true;
            }
            level = next;
        }
    }

    fn list(&mut self, path: &str) -> Listed {
        let mut listed = Listed::default();
        let Ok(entries) = fs::read_dir(self.root.join(path)) else { return listed };
        for entry in entries.flatten() {
            let Some(left) = self.left.checked_sub(1) else {
                self.places.cut = true;
                break;
            };
            self.left = left;
            let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
            if kind.is_dir() {
                listed.native |= matches!(&*name, "android" | "ios" | "platforms");
                if matches!(&*name, "android" | "ios") {
                    listed.platforms.push(name.clone());
                }
                if !name.starts_with('.') && !SKIPPED.contains(&&*name) {
                    listed.folders.push(name);
                }
            } else if kind.is_file() {
                listed.files.push(name);
            }
        }
        listed.folders.sort();
        listed.platforms.sort();
        listed.files.sort();
        listed
    }

    /// Notes the app in a folder, if one is there.
    fn look(&mut self, path: &str) -> Listed {
        let listed = self.list(path);
        if !self.seen.insert(path.to_owned()) || self.places.apps.len() >= MOST_APPS {
            return listed;
        }
        let folder = self.root.join(path);
        // An app for one platform may be called after it (`apps/ios`); a native project has no such file at its top.
        for name in &listed.platforms {
            let is_app = CONFIGS.iter().any(|config| {
                fs::symlink_metadata(folder.join(name).join(config)).is_ok_and(|metadata| metadata.is_file())
            });
            if is_app {
                self.look(&join(path, name));
            }
        }
        let has = |name: &str| listed.files.iter().any(|file| file == name);
        let package = if has("package.json") { read_json(&folder, "package.json") } else { None };
        if let Some((kind, evidence)) = kind_of(&folder, &listed, package.as_ref()) {
            let name = package.as_ref().and_then(|json| json.get("name")).and_then(JsonValue::as_str);
            self.places.apps.push(AppPlace {
                path: path.to_owned(),
                kind,
                evidence,
                name: name.map(|name| crate::model::printable(name, 214)),
                native: listed.native,
            });
        }
        listed
    }
}

#[derive(Default)]
struct Listed {
    folders: Vec<String>,
    /// Folders with the names of native projects.
    platforms: Vec<String>,
    files: Vec<String>,
    native: bool,
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

/// What a folder's own files say it is: Capacitor's configuration (`cli/src/config.ts`), Cordova's `config.xml` with its
/// namespace or `package.json` with a block `cordova`, Expo's `app.json` or `app.config.*` with the package `expo`.
fn kind_of(folder: &Path, listed: &Listed, package: Option<&JsonValue>) -> Option<(AppKind, String)> {
    let has = |name: &str| listed.files.iter().any(|file| file == name);
    let depends = |name: &str| {
        package.is_some_and(|json| {
            ["dependencies", "devDependencies"].iter().any(|part| json.path(&[part, name]).is_some())
        })
    };
    let found = |kind, name: &str| Some((kind, name.to_owned()));
    for name in CONFIGS {
        if has(name) {
            return found(AppKind::Capacitor, name);
        }
    }
    // A variant without the plain file is an app too.
    if let Some(name) = listed.files.iter().find(|name| name.starts_with("capacitor.config.")) {
        return found(AppKind::Capacitor, name);
    }
    if depends("@capacitor/core") && listed.native {
        return found(AppKind::Capacitor, "package.json");
    }
    if has("config.xml") {
        let text = read(folder, "config.xml").unwrap_or_default();
        if decode(&text).text.contains("http://cordova.apache.org/ns/")
            || decode(&text).text.contains("http://www.w3.org/ns/widgets")
        {
            return found(AppKind::Cordova, "config.xml");
        }
    }
    if depends("expo") {
        let name = ["app.json", "app.config.js", "app.config.ts"].into_iter().find(|name| has(name));
        if let Some(name) = name {
            return found(AppKind::Expo, name);
        }
    }
    (depends("react-native-code-push") && listed.native).then(|| (AppKind::ReactNative, "package.json".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn paths(found: &AppPlaces) -> Vec<(&str, AppKind)> {
        found.apps.iter().map(|app| (&*app.path, app.kind)).collect()
    }

    #[test]
    fn apps_of_a_monorepo_are_named() {
        let folder = tree(&[
            ("package.json", r#"{"workspaces": ["packages/*", "deep/a/b/c/d/e/f/app"]}"#),
            ("packages/mobile/capacitor.config.ts", ""),
            ("packages/mobile/package.json", r#"{"name": "@x/mobile"}"#),
            ("packages/mobile/android/app/capacitor.config.json", "{}"),
            ("packages/web/package.json", "{}"),
            ("packages/old/config.xml", "<widget xmlns='http://www.w3.org/ns/widgets'/>"),
            ("apps/native/app.json", "{}"),
            ("apps/native/package.json", r#"{"dependencies": {"expo": "1"}}"#),
            ("node_modules/x/capacitor.config.json", "{}"),
            ("packages/web/dist/capacitor.config.json", "{}"),
            (".git/capacitor.config.json", "{}"),
            ("apps/ios/capacitor.config.ts", ""),
            ("apps/ios/ios/App/App/capacitor.config.json", "{}"),
            ("packages/mobile/ios/App/App/capacitor.config.json", "{}"),
        ]);
        let found = find_apps(folder.path());
        assert!(!found.cut);
        assert_eq!(
            paths(&found),
            [
                ("apps/ios", AppKind::Capacitor),
                ("apps/native", AppKind::Expo),
                ("packages/mobile", AppKind::Capacitor),
                ("packages/old", AppKind::Cordova)
            ]
        );
        assert_eq!((found.apps[2].name.as_deref(), found.apps[2].native), (Some("@x/mobile"), true));
    }

    #[test]
    fn workspaces_are_found_first_and_depth_is_bounded() {
        let folder = tree(&[
            ("pnpm-workspace.yaml", "packages:\n  - 'a/**' # all\n  - \"!a/x\"\nother:\n  - 'no'\n"),
            ("a/b/c/capacitor.config.json", "{}"),
            ("1/2/3/4/5/6/7/8/capacitor.config.json", "{}"),
        ]);
        let found = find_apps(folder.path());
        assert_eq!(paths(&found), [("a/b/c", AppKind::Capacitor)]);
        assert!(found.cut, "there was more below");
        assert_eq!(workspaces(folder.path()), ["a/**"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let folder = tree(&[("a/capacitor.config.json", "{}"), ("package.json", r#"{"workspaces": ["b", "../x"]}"#)]);
        std::os::unix::fs::symlink(folder.path().join("a"), folder.path().join("b")).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/loop")).unwrap();
        assert_eq!(paths(&find_apps(folder.path())), [("a", AppKind::Capacitor)]);
    }

    #[test]
    fn a_folder_of_very_many_entries_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..MOST_ENTRIES + 10 {
            fs::write(folder.path().join(format!("{number}.txt")), "").unwrap();
        }
        assert!(find_apps(folder.path()).cut);
        assert_eq!(find_apps(&folder.path().join("nowhere")), AppPlaces::default());
    }
}
