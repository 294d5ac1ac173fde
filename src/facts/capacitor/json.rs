//! Settings as the JSON that `npx cap sync` would write of them, for readers that know JSON only.

use super::{Scalar, SettingValue, Settings};
use crate::inputs::{Json, JsonNode, JsonValue};
use crate::model::{Fact, Position};

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

/// Cases of one configuration beyond these are not told apart.
const MOST_CASES: usize = 8;

/// What the configuration is under one condition.
#[derive(Clone, Debug)]
pub struct ConfigCase {
    /// The condition in the configuration's own words; none for what holds otherwise.
    pub when: Option<String>,
    /// The configuration then.
    pub json: Json,
}

/// The settings as JSON, with the places where they stand in the configuration; where a setting depends on a condition, as
/// it is otherwise.
///
/// # Errors
/// As [`cases_of`].
pub fn json_of(settings: &Settings) -> Result<Json, String> {
    of_case(settings, None)
}

/// A setting, or an object with all in it, that decides about updates or the network and is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSetting {
    /// The keys from the root; empty for the whole configuration.
    pub path: Vec<String>,
    /// Where it stands and why it is not known.
    pub why: String,
}

/// What is known of the settings as JSON, and what is left out of it because it is not known.
#[must_use]
pub fn known_of(settings: &Settings) -> (Json, Vec<UnknownSetting>) {
    let mut unknown = Vec::new();
    let json = with_unknown(settings, None, &mut unknown);
    (json, unknown)
}

/// The settings as JSON for each condition on which one depends that decides about updates or the network; what holds
/// otherwise is the first. Every value that a setting may have stands in one of them; conditions that come together are
/// not multiplied.
///
/// # Errors
/// In words, where such a setting is not known, or where there are too many conditions.
pub fn cases_of(settings: &Settings) -> Result<Vec<ConfigCase>, String> {
    let conditions = conditions_of(settings)?;
    let mut found = vec![ConfigCase { when: None, json: of_case(settings, None)? }];
    for condition in conditions {
        found.push(ConfigCase { when: Some(condition.to_owned()), json: of_case(settings, Some(condition))? });
    }
    Ok(found)
}

/// As [`cases_of`], with what is not known left out of each.
#[must_use]
pub fn known_cases_of(settings: &Settings) -> Vec<ConfigCase> {
    let known = |condition| with_unknown(settings, condition, &mut Vec::new());
    let first = ConfigCase { when: None, json: known(None) };
    let others = conditions_of(settings).unwrap_or_default();
    let others = others.into_iter().map(|one| ConfigCase { when: Some(one.to_owned()), json: known(Some(one)) });
    std::iter::once(first).chain(others).collect()
}

/// The conditions on which settings depend that decide.
fn conditions_of(settings: &Settings) -> Result<Vec<&str>, String> {
    let mut conditions: Vec<&str> = Vec::new();
    for setting in settings.list.iter().filter(|setting| is_decisive(&setting.path)) {
        if let SettingValue::Conditional(cases) = &setting.value {
            let others = cases.split_last().map_or(&[][..], |(_, others)| others);
            for case in others {
                if !conditions.contains(&case.when.as_str()) {
                    conditions.push(&case.when);
                }
            }
        }
    }
    if conditions.len() > MOST_CASES {
        return Err(format!("it depends on {} conditions, of which {MOST_CASES} are told apart", conditions.len()));
    }
    Ok(conditions)
}

fn of_case(settings: &Settings, condition: Option<&str>) -> Result<Json, String> {
    let mut unknown = Vec::new();
    let json = with_unknown(settings, condition, &mut unknown);
    unknown.into_iter().next().map_or(Ok(json), |first| Err(first.why))
}

/// The configuration under a condition; what decides and is not known is left out and told in `unknown`.
fn with_unknown(settings: &Settings, condition: Option<&str>, unknown: &mut Vec<UnknownSetting>) -> Json {
    let mut leave_out = |path: &[String], why: String| unknown.push(UnknownSetting { path: path.to_vec(), why });
    let mut root = object(Position { line: 1, column: 1 });
    for block in &settings.blocks {
        if let Some(why) = block.open.as_ref()
            && is_decisive(&block.path)
        {
            let name = if block.path.is_empty() { "the configuration".to_owned() } else { block.path.join(".") };
            leave_out(&block.path, format!("line {}: `{name}` may hold more than is seen: {why}", block.position.line));
        }
        if block.path.is_empty() {
            root.position = block.position;
        } else if block.when.is_none() || block.when.as_deref() == condition {
            insert(&mut root, &block.path, object(block.position));
        }
    }
    for setting in &settings.list {
        match &setting.value {
            SettingValue::Known(scalar) => insert(&mut root, &setting.path, value(scalar, setting.position)),
            _ if !is_decisive(&setting.path) => {}
            SettingValue::Conditional(cases) => {
                let case = cases.iter().find(|case| Some(case.when.as_str()) == condition).or_else(|| cases.last());
                match case.map(|case| (&case.value, case.position)) {
                    Some((Fact::Known(scalar), position)) => {
                        insert(&mut root, &setting.path, value(scalar, position));
                    }
                    Some((Fact::Absent, _)) | None => {}
                    Some((Fact::Unknown(why) | Fact::Unreadable(why), position)) => {
                        let why = format!("line {}: `{}`: {why}", position.line, setting.path.join("."));
                        leave_out(&setting.path, why);
                    }
                }
            }
            SettingValue::Unknown(why) => {
                let why = format!("line {}: `{}`: {why}", setting.position.line, setting.path.join("."));
                leave_out(&setting.path, why);
            }
        }
    }
    Json { root, leniency: Vec::new() }
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
    fn each_condition_is_a_case_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let text = "const c = { appId: 'a', server: {} };\nif (process.env.DEV) c.server = { url: 'http://10.0.0.2' };\nexport default c;";
        std::fs::write(folder.path().join("capacitor.config.ts"), text).unwrap();
        let config = read_config(folder.path(), None);
        let cases = cases_of(config.settings().known().copied().expect("settings")).unwrap();
        let url =
            |case: &ConfigCase| case.json.root.path(&["server", "url"]).and_then(|url| url.as_str().map(str::to_owned));
        assert_eq!(cases.len(), 2);
        assert_eq!((cases[0].when.as_deref(), url(&cases[0])), (None, None));
        assert!(cases[1].when.as_ref().is_some_and(|when| when.contains("process.env.DEV")));
        assert_eq!(url(&cases[1]).as_deref(), Some("http://10.0.0.2"));
    }

    #[test]
    fn what_decides_and_is_not_known_leaves_the_whole_unknown() {
        let why = of("export default { appId: 'a', server: { url: process.env.URL } }").unwrap_err();
        assert!(why.contains("server.url"), "{why}");
        assert!(of("export default { appId: 'a', ios: { scheme: process.env.S } }").is_ok());
    }
}
