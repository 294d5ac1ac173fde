//! The keys of statements, from `policies/attestations.yaml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// One thing that only the organisation can state.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Its key in the file, such as `gdpr.ropa`.
    #[serde(rename = "key")]
    pub name: String,
    /// How old a statement may be, in days.
    pub max_age_days: u32,
    /// What it has to state, as a question.
    pub question: String,
    /// Whether the value is a list of maps, and not one map.
    #[serde(default)]
    pub list: bool,
    /// Whether it is about one bundle, whose digest it must carry.
    #[serde(default)]
    pub release_bound: bool,
    /// The fields of its value.
    pub fields: Vec<Field>,
}

/// One field of a statement's value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it can be.
    pub kind: FieldKind,
    /// What it means.
    pub about: String,
    /// The words that are possible, for a word.
    #[serde(default)]
    pub words: Vec<String>,
}

/// What a field can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// One of several words.
    Word,
    /// `true` or `false`; `yes` and `no` are understood too.
    Truth,
    /// A day as `YYYY-MM-DD`.
    Date,
    /// A whole number, zero or more.
    Number,
    /// Free text.
    Text,
    /// A list of texts.
    Texts,
    /// 64 hexadecimal digits.
    Sha256,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[allow(dead_code)] // named so that nothing else may stand there
    schema: String,
    #[allow(dead_code)]
    date: String,
    keys: Vec<Key>,
}

const TEXT: &str = include_str!("../../../policies/attestations.yaml");

/// A test holds that the file is read.
static KEYS: LazyLock<Vec<Key>> =
    LazyLock::new(|| serde_yaml::from_str::<Table>(TEXT).map(|table| table.keys).unwrap_or_default());

/// All keys, sorted by name.
#[must_use]
pub fn keys() -> &'static [Key] {
    &KEYS
}

/// The key of this name.
#[must_use]
pub fn key(name: &str) -> Option<&'static Key> {
    keys().iter().find(|key| key.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_sorted() {
        assert_eq!(keys().len(), 64);
        assert!(keys().windows(2).all(|pair| pair[0].name < pair[1].name));
        for key in keys() {
            assert!(key.question.ends_with(['?', '.']) && key.max_age_days > 0, "{}", key.name);
            for field in &key.fields {
                assert_eq!(field.kind == FieldKind::Word, !field.words.is_empty(), "{} {}", key.name, field.name);
            }
        }
        assert_eq!(keys().iter().filter(|key| key.release_bound).count(), 8);
    }
}
