//! Which app is meant: the folder itself, the only one below it, or one that has to be named; and which of its
//! configurations ships.

use std::path::{Component, Path, PathBuf};

use super::output::Terminal;
use crate::facts::projects::{AppPlace, find_apps};
use crate::model::{Problem, printable};

/// What makes a folder a Capacitor project.
const CONFIGS: [&str; 3] = ["capacitor.config.ts", "capacitor.config.js", "capacitor.config.json"];
/// Apps that a message names.
const NAMED: usize = 12;

/// Whether this folder itself has the configuration of a Capacitor app.
pub fn is_app(folder: &Path) -> bool {
    folder.is_dir() && CONFIGS.iter().any(|name| folder.join(name).is_file())
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
