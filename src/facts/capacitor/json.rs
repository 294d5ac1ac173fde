//! Settings as the JSON that `npx cap sync` would write of them, for readers that know JSON only.

use super::{Scalar, SettingValue, Settings};
use crate::inputs::{Json, JsonNode, JsonValue};
use crate::model::Position;

/// Below these keys nothing may be open, or the whole is not known: what stands there decides about updates and the network.
const DECISIVE: [&[&str]; 8] = [
    &["appId"],
    &["webDir"],
    &["server"],
    &["plugins"],
    &["loggingBehavior"],
    &["android"],
    &["ios"],
    &["bundledWebRuntime"],
];
/// Keys below the decisive ones that decide nothing here.
const MINOR: [&[&str]; 6] = [
    &["android", "buildOptions"],
    &["android", "path"],
    &["ios", "path"],
    &["ios", "scheme"],
    &["plugins", "SplashScreen"],
    &["plugins", "Keyboard"],
];

/// The settings as JSON, with the places where they stand in the configuration.
///
/// # Errors
/// In words, where a setting that decides about updates or the network depends on a condition or is not known.
pub fn json_of(settings: &Settings) -> Result<Json, String> {
    let mut root = object(Position { line: 1, column: 1 });
    for block in &settings.blocks {
        if let Some(why) = block.open.as_ref().or(block.when.as_ref())
            && is_decisive(&block.path)
        {
            let name = if block.path.is_empty() { "the configuration".to_owned() } else { block.path.join(".") };
            return Err(format!("line {}: `{name}` may hold more than is seen: {why}", block.position.line));
        }
        if block.path.is_empty() {
            root.position = block.position;
        } else {
            insert(&mut root, &block.path, object(block.position));
        }
    }
    for setting in &settings.list {
        match &setting.value {
            SettingValue::Known(scalar) => insert(&mut root, &setting.path, value(scalar, setting.position)),
            _ if !is_decisive(&setting.path) => {}
            SettingValue::Conditional(cases) => {
                let when = cases.first().map_or("a condition", |case| case.when.as_str());
                let name = setting.path.join(".");
                return Err(format!("line {}: `{name}` depends on {when}", setting.position.line));
            }
            SettingValue::Unknown(why) => {
                return Err(format!("line {}: `{}`: {why}", setting.position.line, setting.path.join(".")));
            }
        }
    }
    Ok(Json { root, leniency: Vec::new() })
}

fn is_decisive(path: &[String]) -> bool {
    let begins = |keys: &[&str]| keys.iter().zip(path).all(|(key, part)| key == part);
    // A block above a decisive key is decisive too.
    path.is_empty()
        || DECISIVE.iter().any(|keys| begins(keys))
            && !MINOR.iter().any(|keys| path.len() >= keys.len() && begins(keys))
}

const fn object(position: Position) -> JsonValue {
    JsonValue { position, node: JsonNode::Object(Vec::new()) }
}

fn value(scalar: &Scalar, position: Position) -> JsonValue {
    let node = match scalar {
        Scalar::Null => JsonNode::Null,
        Scalar::Bool(value) => JsonNode::Bool(*value),
        Scalar::Number(text) => JsonNode::Number(text.clone()),
        Scalar::Text(text) => JsonNode::String(text.clone()),
        Scalar::List(items) => JsonNode::Array(items.iter().map(|item| value(item, position)).collect()),
        Scalar::Object(pairs) => {
            JsonNode::Object(pairs.iter().map(|(key, item)| (key.clone(), position, value(item, position))).collect())
        }
    };
    JsonValue { position, node }
}

/// Puts a value at its path; what lies inside a list came with the list.
fn insert(root: &mut JsonValue, path: &[String], value: JsonValue) {
    let Some((last, above)) = path.split_last() else { return };
    let mut place = root;
    for key in above {
        let position = value.position;
        let JsonNode::Object(pairs) = &mut place.node else { return };
        let at = match pairs.iter().position(|(own, _, _)| own == key) {
            Some(at) => at,
            None => {
                pairs.push((key.clone(), position, object(position)));
                pairs.len() - 1
            }
        };
        let Some((_, _, next)) = pairs.get_mut(at) else { return };
        place = next;
    }
    let JsonNode::Object(pairs) = &mut place.node else { return };
    match pairs.iter_mut().find(|(own, _, _)| own == last) {
        // The list as a whole replaces the block that announced it.
        Some((_, _, old)) => *old = value,
        None => pairs.push((last.clone(), value.position, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_config;
    use super::*;

    fn of(text: &str) -> Result<Json, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("capacitor.config.ts"), text).unwrap();
        let config = read_config(folder.path(), None);
        json_of(config.settings().known().copied().expect("settings"))
    }

    #[test]
    fn a_literal_becomes_json_with_its_places() {
        let json = of("const config = {\n  appId: 'a.b',\n  server: { cleartext: true, allowNavigation: ['x', 'y'] },\n  plugins: {}\n};\nexport default config;").unwrap();
        let cleartext = json.root.path(&["server", "cleartext"]).unwrap();
        assert_eq!((cleartext.as_bool(), cleartext.position.line), (Some(true), 3));
        assert_eq!(json.root.get("appId").and_then(JsonValue::as_str), Some("a.b"));
        let list = json.root.path(&["server", "allowNavigation"]).unwrap();
        assert!(matches!(&list.node, JsonNode::Array(items) if items.len() == 2));
        assert!(matches!(json.root.get("plugins").unwrap().node, JsonNode::Object(_)));
    }

    #[test]
    fn what_decides_and_is_not_known_leaves_the_whole_unknown() {
        let why = of("export default { appId: 'a', server: { url: process.env.URL } }").unwrap_err();
        assert!(why.contains("server.url"), "{why}");
        assert!(of("export default { appId: 'a', ios: { scheme: process.env.S } }").is_ok());
    }
}
