//! `package.json`: what an app asks for, and what a package says of itself.

use super::Found;
use crate::inputs::{Json, JsonNode, JsonValue, parse_json};

/// Peer dependencies are asked of others and install nothing for an app.
const SECTIONS: [&str; 3] = ["dependencies", "optionalDependencies", "devDependencies"];

/// Parses JSON and says in words where it is none.
pub fn json(text: &str) -> Result<Json, String> {
    let json = parse_json(text).map_err(|(at, why)| format!("line {}, column {}: {why}", at.line, at.column))?;
    if matches!(json.root.node, JsonNode::Object(_)) { Ok(json) } else { Err("not a JSON object".to_owned()) }
}

/// What an app declares. A key that is there twice says two things, and both are kept.
pub fn declared(text: &str, found: &mut Found<'_>) -> Result<(), String> {
    let json = json(text)?;
    for section in SECTIONS {
        let Some(JsonNode::Object(pairs)) = json.root.get(section).map(|value| &value.node) else { continue };
        for (name, position, value) in pairs {
            found.note(name, value.as_str().unwrap_or(""), Some(*position));
        }
    }
    // Cordova's own lists of plugins, without versions.
    let before: Vec<String> = found.installed.iter().map(|one| one.package.clone()).collect();
    let listed = |name: &str| before.iter().any(|known| known == name);
    if let Some(JsonNode::Object(pairs)) = json.root.path(&["cordova", "plugins"]).map(|value| &value.node) {
        for (name, position, _) in pairs.iter().filter(|(name, _, _)| !listed(name)) {
            found.note(name, "", Some(*position));
        }
    }
    if let Some(JsonNode::Array(plugins)) = json.root.get("cordovaPlugins").map(|value| &value.node) {
        for plugin in plugins {
            let name = plugin.as_str().or_else(|| plugin.get("id").and_then(JsonValue::as_str)).unwrap_or("");
            let (name, version) = super::split_name(name).unwrap_or((name, ""));
            if !listed(name) {
                found.note(name, version, Some(plugin.position));
            }
        }
    }
    Ok(())
}

/// What an installed package says of itself; its folder may hold another package under an alias.
pub fn own(text: &str, found: &mut Found<'_>) -> Result<(), String> {
    let json = json(text)?;
    let version = json.root.get("version").ok_or("no `version`")?;
    let asked = found.names.first().copied().unwrap_or_default();
    let text = version.as_str().unwrap_or("");
    match json.root.get("name").and_then(JsonValue::as_str).filter(|name| *name != asked) {
        Some(other) => found.note(asked, &format!("npm:{other}@{text}"), Some(version.position)),
        None => found.note(asked, text, Some(version.position)),
    }
    Ok(())
}
