//! Paths of key files as configurations give them, looked up among the listed files.

use std::collections::BTreeMap;

use crate::facts::delivery::Delivered;

/// The listed file that a path of a configuration means: beside the configuration, or in a folder above it; the CLI
/// copies a key under its own name next to the native configuration, too. The path is only compared, never opened.
pub(super) fn resolved<'a>(config: &str, path: &str, files: &BTreeMap<&str, &'a Delivered>) -> Option<&'a Delivered> {
    let mut folder: Vec<&str> = config.split('/').collect();
    while folder.pop().is_some() {
        if let Some(file) = below(&folder, path).and_then(|path| files.get(path.as_str()).copied()) {
            return Some(file);
        }
    }
    let folder = config.rsplit_once('/').map_or("", |(folder, _)| folder);
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    let beside = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    files.get(beside.as_str()).copied()
}

/// `path` below `folder` with its dots resolved; `None` when it leaves the listing.
fn below(folder: &[&str], path: &str) -> Option<String> {
    let mut parts = folder.to_vec();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
