//! Which app is meant: the folder itself, the only one below it, or one that has to be named; and which of its
//! configurations ships.

use std::path::{Component, Path, PathBuf};

use super::output::Terminal;
use crate::facts::UPDATE_SYSTEMS;
use crate::facts::projects::{AppPlace, CONFIGS, find_apps};
use crate::inputs::{JsonNode, decode, parse_json};
use crate::model::{Problem, printable};

/// Apps that a message names.
const NAMED: usize = 12;

/// Whether this folder itself has the configuration of a Capacitor app.
pub fn is_app(folder: &Path) -> bool {
    folder.is_dir() && CONFIGS.iter().any(|name| folder.join(name).is_file())
}

/// Whether the folder's `package.json` is that of an app: the root of a monorepo has one, too, and no package of these.
pub fn has_package(folder: &Path) -> bool {
    const MOST_BYTES: u64 = 1024 * 1024;
    let path = folder.join("package.json");
    let is_small = std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MOST_BYTES);
    let Some(bytes) = is_small.then(|| std::fs::read(&path).ok()).flatten() else { return false };
    // What can't be read may be an app's: it is examined, and said to be unreadable.
    let Ok(json) = parse_json(&decode(&bytes).text) else { return true };
    let of_app = |name: &str| {
        ["@capacitor/", "cordova"].iter().any(|start| name.starts_with(start))
            || ["expo", "react-native"].contains(&name)
            || UPDATE_SYSTEMS.iter().any(|system| system.packages.contains(&name))
    };
    ["dependencies", "devDependencies"].iter().any(|section| {
        match json.root.get(section).map(|section| &section.node) {
            Some(JsonNode::Object(pairs)) => pairs.iter().any(|(name, _, _)| of_app(name)),
            _ => false,
        }
    })
}

/// The app that a folder stands for: itself, or the only one below it, which is then said. `None` for a file, and for a
/// folder of web assets or one without any app.
///
/// # Errors
/// There are several: they are named.
pub fn at(folder: &Path) -> Result<Option<PathBuf>, Problem> {
    if is_app(folder) {
        return Ok(Some(folder.to_owned()));
    }
    if !folder.is_dir() || folder.join("index.html").is_file() {
        return Ok(None);
    }
    let found = find_apps(folder);
    if found.apps.iter().any(|app| app.path.is_empty()) {
        return Ok(Some(folder.to_owned()));
    }
    let more = if found.cut { "; not all of the folder was searched, so there may be more" } else { "" };
    match found.apps.as_slice() {
        [] => Ok(None),
        [app] => {
            let path = below(folder, app);
            Terminal::complain(&format!("otaudit: there is one app here, which is taken: `{}`{more}\n", shown(&path)));
            Ok(Some(path))
        }
        apps => {
            let paths: Vec<String> = apps.iter().map(|app| shown(&below(folder, app))).collect();
            let mut names: Vec<String> = paths.iter().take(NAMED).map(|path| format!("`{path}`")).collect();
            if paths.len() > NAMED {
                names.push(format!("and {} more", paths.len() - NAMED));
            }
            let first = paths.first().map_or("", String::as_str);
            Err(Problem::new(format!("there are {} apps here: {}{more}", apps.len(), names.join(", ")))
                .help(format!("give one of them instead of the folder above: `{first}`")))
        }
    }
}

fn below(folder: &Path, app: &AppPlace) -> PathBuf {
    if folder == Path::new(".") { PathBuf::from(&app.path) } else { folder.join(&app.path) }
}

fn shown(path: &Path) -> String {
    printable(&path.display().to_string(), 120)
}

/// The configuration that ships, relative to the app's folder with `/`, when the command line or else the policy names it.
///
/// # Errors
/// It isn't in the app's folder, or there is no app.
pub fn config(given: Option<&Path>, policy: Option<&str>, app: Option<&Path>) -> Result<Option<String>, Problem> {
    let Some((path, source)) =
        given.map(|path| (path, "`--config`")).or_else(|| policy.map(|path| (Path::new(path), "the policy")))
    else {
        return Ok(None);
    };
    let Some(app) = app else {
        // A policy may serve many bundles; on the command line it is a mistake.
        return match given {
            Some(_) => Err(Problem::new("`--config` names an app's configuration, and there is no app")
                .help("give the app's folder with `--app`")),
            None => Ok(None),
        };
    };
    // As seen from the app's folder, or from here.
    let from_here = || path.strip_prefix(app).ok().filter(|_| path.is_file());
    let inside = if path.is_relative() && app.join(path).is_file() { Some(path) } else { from_here() };
    let parts = inside.and_then(|path| {
        path.components()
            .filter(|part| !matches!(part, Component::CurDir))
            .map(|part| if let Component::Normal(name) = part { name.to_str() } else { None })
            .collect::<Option<Vec<_>>>()
    });
    match parts {
        Some(parts) if !parts.is_empty() => Ok(Some(parts.join("/"))),
        _ => {
            Err(Problem::new(format!("{source} names the configuration `{}`, which the app doesn't have", shown(path)))
                .help("give a file in the app's folder, such as `capacitor.config.prod.ts`"))
        }
    }
}
