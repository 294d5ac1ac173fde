//! What is odd about a configuration, as facts: values of the wrong type, keys at the wrong level, keys that look
//! like known ones.

use serde::Serialize;

use super::known::{BLOCKS, FREE, Known, Type};
use super::settings::{Scalar, Setting, SettingValue, Settings};
use crate::model::{Fact, Position};

/// How a setting is odd.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum OddityKind {
    /// A text such as `"YES"` or `"true"` where a boolean is expected; Capacitor reads such a text as not set.
    TextForBoolean {
        /// The text.
        text: String,
    },
    /// A boolean's key is given one of the words that newer plugins know (`autoUpdate: "atInstall"`).
    WordForBoolean {
        /// The word.
        word: String,
    },
    /// Another type than the key's.
    OtherType {
        /// The type that is expected: `text`, `boolean`, `number`, `list` or `block`.
        expected: &'static str,
    },
    /// A known key where nobody reads it.
    WrongLevel {
        /// The paths at which it is read, joined with `.`.
        belongs: Vec<String>,
    },
    /// Not a known key, but nearly one.
    NearlyKnown {
        /// The known key.
        known: &'static str,
    },
}

/// One oddity and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Oddity {
    /// How it is odd.
    pub kind: OddityKind,
    /// The keys from the root.
    pub path: Vec<String>,
    /// The file, relative to the app's folder.
    pub file: String,
    /// Where it stands.
    pub position: Position,
}

/// Letters by which a key may differ from a known one.
const NEAR: usize = 2;
/// Keys longer than this are no misspelt ones.
const LONGEST_KEY: usize = 64;

/// Keys that many plugins have in their own blocks: one at the wrong level proves nothing.
const COMMON: &[&str] = &[
    "appId",
    "version",
    "path",
    "enabled",
    "key",
    "location",
    "strategy",
    "channel",
    "url",
    "scheme",
    "backgroundColor",
    "hostname",
    "initialFocus",
    "hideLogs",
    "flavor",
    "certs",
    "zoomEnabled",
];

/// The oddities of a configuration, in its order.
#[must_use]
pub fn oddities(settings: &Settings) -> Vec<Oddity> {
    let mut found = Vec::new();
    let mut push = |kind: Option<OddityKind>, path: &[String], file: &str, position: Position| {
        if let Some(kind) = kind {
            found.push(Oddity { kind, path: path.to_vec(), file: file.to_owned(), position });
        }
    };
    for block in &settings.blocks {
        push(key_oddity(&block.path), &block.path, &block.file, block.position);
    }
    for setting in &settings.list {
        if settings.blocks.iter().any(|block| block.path == setting.path) {
            push(list_oddity(setting), &setting.path, &setting.file, setting.position);
            continue;
        }
        let kind = key_oddity(&setting.path).or_else(|| value_oddity(setting));
        push(kind, &setting.path, &setting.file, setting.position);
    }
    found.sort_by(|one, other| (&one.file, one.position).cmp(&(&other.file, other.position)));
    found
}

fn block_of(path: &[String]) -> Option<(&'static Known, &str)> {
    let (key, above) = path.split_last()?;
    let known = BLOCKS.iter().find(|known| known.path.len() == above.len() && known.path.iter().eq(above.iter()))?;
    Some((known, key))
}

fn type_of(path: &[String]) -> Option<Type> {
    let (known, key) = block_of(path)?;
    known.keys.iter().find(|(name, _)| *name == key).map(|(_, kind)| *kind)
}

fn key_oddity(path: &[String]) -> Option<OddityKind> {
    let key = path.last()?;
    if path.len() == 2 && path.first().is_some_and(|first| first == "plugins") {
        // The name of a plugin: any is possible, but the updaters' are known.
        let names = BLOCKS.iter().filter_map(|known| {
            known.path.get(1).copied().filter(|_| known.path.len() == 2 && known.path.first() == Some(&"plugins"))
        });
        let names: Vec<&'static str> = names.collect();
        if names.contains(&key.as_str()) {
            return None;
        }
        if let Some(known) =
            names.into_iter().find(|known| near(key, known) && *known != "LiveUpdate" && *known != "LiveUpdates")
        {
            return Some(OddityKind::NearlyKnown { known });
        }
        return wrong_level(path, key);
    }
    match block_of(path) {
        Some((known, _)) if known.keys.iter().any(|(name, _)| name == key) => None,
        Some((known, _)) => {
            if known.path.get(1).is_some_and(|name| FREE.contains(name)) {
                return None;
            }
            let close = known.keys.iter().map(|(name, _)| *name).find(|name| near(key, name));
            close.map(|known| OddityKind::NearlyKnown { known }).or_else(|| wrong_level(path, key))
        }
        // `path` and `certs` of another plugin are its own.
        None if path
            .first()
            .is_some_and(|first| first == "plugins" || first == "cordova" || first == "packageClassList") =>
        {
            None
        }
        None => wrong_level(path, key),
    }
}

fn wrong_level(path: &[String], key: &str) -> Option<OddityKind> {
    if COMMON.contains(&key) {
        return None;
    }
    let plugin = |known: &&Known| known.path.first() == Some(&"plugins") && known.path.get(1) == Some(&key);
    let mut belongs: Vec<String> = BLOCKS.iter().filter(plugin).map(|known| known.path.join(".")).collect();
    for known in BLOCKS {
        // A whole block such as `server` below another one is told as well.
        if known.keys.iter().any(|(name, _)| *name == key)
            && !known.path.iter().eq(path.iter().take(path.len().saturating_sub(1)))
        {
            let mut full = known.path.join(".");
            if !full.is_empty() {
                full.push('.');
            }
            belongs.push(full + key);
        }
    }
    (!belongs.is_empty()).then_some(OddityKind::WrongLevel { belongs })
}

fn value_oddity(setting: &Setting) -> Option<OddityKind> {
    let expected = type_of(&setting.path)?;
    let judge = |scalar: &Scalar| judge(expected, scalar);
    match &setting.value {
        SettingValue::Known(scalar) => judge(scalar),
        SettingValue::Conditional(cases) => cases.iter().find_map(|case| match &case.value {
            Fact::Known(scalar) => judge(scalar),
            _ => None,
        }),
        SettingValue::Unknown(_) => None,
    }
}

fn judge(expected: Type, scalar: &Scalar) -> Option<OddityKind> {
    match (expected, scalar) {
        (_, Scalar::Null)
        | (Type::Text, Scalar::Text(_))
        | (Type::Bool | Type::BoolOr(_), Scalar::Bool(_))
        | (Type::Number, Scalar::Number(_))
        | (Type::List, Scalar::List(_))
        | (Type::Block, Scalar::Object(_)) => None,
        (Type::BoolOr(words), Scalar::Text(text)) if words.contains(&text.as_str()) => {
            Some(OddityKind::WordForBoolean { word: text.clone() })
        }
        (Type::Bool | Type::BoolOr(_), Scalar::Text(text)) => Some(OddityKind::TextForBoolean { text: text.clone() }),
        (Type::Text, _) => Some(OddityKind::OtherType { expected: "text" }),
        (Type::Bool | Type::BoolOr(_), _) => Some(OddityKind::OtherType { expected: "boolean" }),
        (Type::Number, _) => Some(OddityKind::OtherType { expected: "number" }),
        (Type::List, _) => Some(OddityKind::OtherType { expected: "list" }),
        (Type::Block, _) => Some(OddityKind::OtherType { expected: "block" }),
    }
}

fn list_oddity(setting: &Setting) -> Option<OddityKind> {
    if let SettingValue::Known(scalar) = &setting.value {
        return judge(type_of(&setting.path)?, scalar);
    }
    None
}

/// Whether two keys differ by at most [`NEAR`] letters, or only in their case. Short keys differ too easily.
fn near(one: &str, other: &str) -> bool {
    if one == other || one.len() > LONGEST_KEY {
        return false;
    }
    if one.eq_ignore_ascii_case(other) {
        return true;
    }
    let allowed = if other.len() >= 6 { NEAR } else { usize::from(other.len() >= 4) };
    distance(one, other) <= allowed
}

/// Insertions, deletions, replacements and swaps of neighbours.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.iter().enumerate() {
        let mut next = vec![index + 1];
        for (at, compared) in other.iter().enumerate() {
            let diagonal = row.get(at).copied().unwrap_or_default() + usize::from(letter != compared);
            let above = row.get(at + 1).copied().unwrap_or_default() + 1;
            let left = next.get(at).copied().unwrap_or_default() + 1;
            let mut least = diagonal.min(above).min(left);
            let swapped =
                index > 0 && at > 0 && one.get(index - 1) == Some(compared) && other.get(at - 1) == Some(letter);
            if swapped {
                least = least.min(before.get(at - 1).copied().unwrap_or_default() + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}
