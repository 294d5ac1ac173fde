//! `bun.lock`, bun's lockfile as text: JSON with trailing commas, `packages: {key: ["name@version", …]}`.

use super::manifest::json;
use super::{Found, split_name};
use crate::inputs::{JsonNode, JsonValue};

pub fn read(text: &str, found: &mut Found<'_>) -> Result<(), String> {
    let json = json(text)?;
    if json.root.get("lockfileVersion").is_none() {
        return Err("no `lockfileVersion`".to_owned());
    }
    let Some(packages) = json.root.get("packages") else { return Ok(()) };
    let JsonNode::Object(pairs) = &packages.node else { return Err("`packages` is not an object".to_owned()) };
    for (key, position, entry) in pairs {
        let JsonNode::Array(parts) = &entry.node else { return Err("an entry of `packages` is not a list".to_owned()) };
        // The key is the path of names that leads to it; the first part says what it is, also for an alias.
        let resolved = parts.first().and_then(JsonValue::as_str).unwrap_or("");
        match split_name(resolved) {
            Some((name, version)) => found.note(name, version, Some(*position)),
            None => found.note(key, resolved, Some(*position)),
        }
    }
    Ok(())
}
