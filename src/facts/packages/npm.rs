//! `package-lock.json` and `npm-shrinkwrap.json`, lockfile versions 1 to 3 (npm's documentation, "package-lock.json").

use super::Found;
use super::manifest::json;
use crate::inputs::{JsonNode, JsonValue};

pub fn read(text: &str, found: &mut Found<'_>) -> Result<(), String> {
    let json = json(text)?;
    // Version 2 repeats `packages` as `dependencies` for old clients; npm itself believes `packages`.
    if let Some(packages) = json.root.get("packages") {
        let JsonNode::Object(pairs) = &packages.node else { return Err("`packages` is not an object".to_owned()) };
        for (path, position, entry) in pairs {
            // The first entry is the app itself, those outside of `node_modules` are its workspaces.
            let Some((_, folder)) = path.rsplit_once("node_modules/") else { continue };
            match entry.get("name").and_then(JsonValue::as_str).filter(|name| *name != folder) {
                Some(aliased) => found.note(folder, &format!("npm:{aliased}@{}", version(entry)), Some(*position)),
                None => found.note(folder, version(entry), Some(*position)),
            }
        }
        return Ok(());
    }
    match json.root.get("dependencies") {
        Some(dependencies) => nested(dependencies, found),
        // Version 3 always has `packages`; an app without packages has an empty one.
        None if json.root.get("lockfileVersion").is_some() => Ok(()),
        None => Err("neither `packages` nor `dependencies` nor `lockfileVersion`".to_owned()),
    }
}

/// The depth is that of the JSON, which is bounded.
fn nested(dependencies: &JsonValue, found: &mut Found<'_>) -> Result<(), String> {
    let JsonNode::Object(pairs) = &dependencies.node else { return Err("`dependencies` is not an object".to_owned()) };
    for (name, position, entry) in pairs {
        found.note(name, version(entry), Some(*position));
        if let Some(inner) = entry.get("dependencies") {
            nested(inner, found)?;
        }
    }
    Ok(())
}

/// The version, or where a link leads.
fn version(entry: &JsonValue) -> &str {
    let text = |key| entry.get(key).and_then(JsonValue::as_str);
    text("version").or_else(|| text("resolved")).unwrap_or("")
}
