//! The settings of one configuration: typed, with their places, whatever the file's language is.

use serde::Serialize;

use crate::model::{Fact, Position};

/// A value as it stands in a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "value")]
pub enum Scalar {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as JavaScript or the JSON file writes it.
    Number(String),
    /// A text.
    Text(String),
    /// A whole array; each element is a setting of its own as well, with its index in the path.
    List(Vec<Scalar>),
    /// An object within an array.
    Object(Vec<(String, Scalar)>),
}

impl Scalar {
    /// The text, when it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The boolean, when it is one.
    #[must_use]
    pub const fn boolean(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The texts of a list; what is no text is left out.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        if let Self::List(list) = self { list.iter().filter_map(Self::text).collect() } else { Vec::new() }
    }
}

/// One of the values that a setting may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alternative {
    /// The value; `Absent` where the setting is then not set.
    pub value: Fact<Scalar>,
    /// The condition, in the configuration's own words.
    pub when: String,
    /// The file in which the value stands, relative to the app's folder.
    pub file: String,
    /// Where it begins there.
    pub position: Position,
}

/// What is known of a setting's value without running the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state", content = "value")]
pub enum SettingValue {
    /// It is this.
    Known(Scalar),
    /// It is one of these.
    Conditional(Vec<Alternative>),
    /// It is set, but to what is known only where the configuration is evaluated; the text says why.
    Unknown(String),
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The keys from the root, such as `plugins`, `CapacitorUpdater`, `publicKey`; an element's index is a key too.
    pub path: Vec<String>,
    /// Its value.
    pub value: SettingValue,
    /// The file in which it is set, relative to the app's folder: a file that the configuration imports, for some.
    pub file: String,
    /// Where the value stands that is given to the key.
    pub position: Position,
    /// Where the literal stands, when `position` only names it (a constant, another file).
    pub origin: Option<(String, Position)>,
}

/// An object or array of the configuration; empty ones have no setting but are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Block {
    /// The keys from the root; empty for the root.
    pub path: Vec<String>,
    /// The file in which it stands.
    pub file: String,
    /// Where it begins.
    pub position: Position,
    /// The condition, when it isn't always there.
    pub when: Option<String>,
    /// Why it may hold keys that aren't seen, such as a spread of a value that is known at run time only.
    pub open: Option<String>,
}

/// All settings of one configuration, in the order of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Every value, objects and arrays taken apart.
    pub list: Vec<Setting>,
    /// Every object and array, the root first.
    pub blocks: Vec<Block>,
}

fn same(path: &[String], keys: &[&str]) -> bool {
    path.len() == keys.len() && path.iter().zip(keys).all(|(one, other)| one == other)
}

fn begins(path: &[String], keys: &[&str]) -> bool {
    path.len() >= keys.len() && path.iter().zip(keys).all(|(one, other)| one == other)
}

impl Settings {
    /// The setting at `keys`, when it is seen.
    #[must_use]
    pub fn get(&self, keys: &[&str]) -> Option<&Setting> {
        self.list.iter().find(|setting| same(&setting.path, keys))
    }

    /// The object or array at `keys`, when it is seen.
    #[must_use]
    pub fn block(&self, keys: &[&str]) -> Option<&Block> {
        self.blocks.iter().find(|block| same(&block.path, keys))
    }

    /// All settings below `keys`.
    pub fn under<'a>(&'a self, keys: &'a [&'a str]) -> impl Iterator<Item = &'a Setting> {
        self.list.iter().filter(move |setting| setting.path.len() > keys.len() && begins(&setting.path, keys))
    }

    /// The setting at `keys`; `Unknown` when a block around it may hold keys that aren't seen.
    #[must_use]
    pub fn state(&self, keys: &[&str]) -> Fact<&Setting> {
        if let Some(setting) = self.get(keys) {
            return Fact::Known(setting);
        }
        for length in 0..=keys.len() {
            let above = keys.get(..length).unwrap_or_default();
            if length < keys.len()
                && let Some(Setting { value: SettingValue::Unknown(why), .. }) = self.get(above)
            {
                return Fact::Unknown(why.clone());
            }
            if let Some(why) = self.block(above).and_then(|block| block.open.as_ref()) {
                return Fact::Unknown(why.clone());
            }
        }
        Fact::Absent
    }

    /// The one value at `keys`; `Unknown` when it depends on a condition.
    #[must_use]
    pub fn value(&self, keys: &[&str]) -> Fact<&Scalar> {
        match self.state(keys) {
            Fact::Known(setting) => match &setting.value {
                SettingValue::Known(scalar) => Fact::Known(scalar),
                SettingValue::Conditional(cases) => Fact::Unknown(format!(
                    "it depends on {}",
                    cases.first().map_or("a condition", |case| case.when.as_str())
                )),
                SettingValue::Unknown(why) => Fact::Unknown(why.clone()),
            },
            Fact::Unknown(why) => Fact::Unknown(why),
            Fact::Unreadable(why) => Fact::Unreadable(why),
            Fact::Absent => Fact::Absent,
        }
    }

    /// The text at `keys`; a value of another type is `Unreadable`.
    #[must_use]
    pub fn text(&self, keys: &[&str]) -> Fact<String> {
        typed(self.value(keys), "text", |scalar| scalar.text().map(str::to_owned))
    }

    /// The boolean at `keys`; a value of another type is `Unreadable`.
    #[must_use]
    pub fn boolean(&self, keys: &[&str]) -> Fact<bool> {
        typed(self.value(keys), "boolean", Scalar::boolean)
    }

    /// Every value that the setting at `keys` may have, with its condition where there is one.
    #[must_use]
    pub fn possible(&self, keys: &[&str]) -> Vec<(Fact<Scalar>, Option<String>)> {
        match self.get(keys).map(|setting| &setting.value) {
            None => Vec::new(),
            Some(SettingValue::Known(scalar)) => vec![(Fact::Known(scalar.clone()), None)],
            Some(SettingValue::Unknown(why)) => vec![(Fact::Unknown(why.clone()), None)],
            Some(SettingValue::Conditional(cases)) => {
                cases.iter().map(|case| (case.value.clone(), Some(case.when.clone()))).collect()
            }
        }
    }
}

fn typed<T>(value: Fact<&Scalar>, name: &str, read: impl Fn(&Scalar) -> Option<T>) -> Fact<T> {
    match value {
        Fact::Known(scalar) => read(scalar).map_or_else(|| Fact::Unreadable(format!("it is no {name}")), Fact::Known),
        Fact::Unknown(why) => Fact::Unknown(why),
        Fact::Unreadable(why) => Fact::Unreadable(why),
        Fact::Absent => Fact::Absent,
    }
}
