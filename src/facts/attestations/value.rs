//! What a statement states: fields that were checked when the file was read.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::{Digest, Position};

/// The value of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// `value: none`: there is nothing of the kind.
    pub none: bool,
    /// The entries of a list; of a map the one that there is.
    pub entries: Vec<Entry>,
}

/// One map of a value: its fields by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The fields that are written.
    pub fields: BTreeMap<String, FieldValue>,
    /// Where it stands.
    pub position: Option<Position>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// A word or a free text.
    Text(String),
    /// `true` or `false`.
    Truth(bool),
    /// A day.
    Date(Date),
    /// A whole number.
    Number(u64),
    /// A list of texts.
    Texts(Vec<String>),
    /// A digest.
    Sha256(Digest),
}

impl Entry {
    /// A word or a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        if let Some(FieldValue::Text(text)) = self.fields.get(name) { Some(text) } else { None }
    }

    /// Whether it is so.
    #[must_use]
    pub fn truth(&self, name: &str) -> Option<bool> {
        if let Some(FieldValue::Truth(truth)) = self.fields.get(name) { Some(*truth) } else { None }
    }

    /// A day.
    #[must_use]
    pub fn date(&self, name: &str) -> Option<Date> {
        if let Some(FieldValue::Date(date)) = self.fields.get(name) { Some(*date) } else { None }
    }

    /// A number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        if let Some(FieldValue::Number(number)) = self.fields.get(name) { Some(*number) } else { None }
    }

    /// A list of texts; empty when there is none.
    #[must_use]
    pub fn texts(&self, name: &str) -> &[String] {
        if let Some(FieldValue::Texts(texts)) = self.fields.get(name) { texts } else { &[] }
    }

    /// A digest.
    #[must_use]
    pub fn sha256(&self, name: &str) -> Option<Digest> {
        if let Some(FieldValue::Sha256(digest)) = self.fields.get(name) { Some(*digest) } else { None }
    }

    /// Whether the field is written.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }
}

impl Stated {
    /// The one map of a value that is no list; of a list its first entry, and nothing for `none`.
    #[must_use]
    pub fn first(&self) -> Option<&Entry> {
        self.entries.first()
    }

    /// The value on one line, as far as it is short: `encrypted: true, public_listing: false`.
    #[must_use]
    pub fn line(&self) -> String {
        if self.none {
            return "none".to_owned();
        }
        let entries: Vec<String> = self.entries.iter().map(Entry::line).collect();
        entries.join("; ")
    }
}

impl Entry {
    fn line(&self) -> String {
        let fields: Vec<String> = self.fields.iter().map(|(name, value)| format!("{name}: {}", value.line())).collect();
        fields.join(", ")
    }
}

impl FieldValue {
    fn line(&self) -> String {
        match self {
            Self::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Self::Truth(truth) => truth.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Texts(texts) => format!("[{}]", texts.join(", ")),
            Self::Sha256(digest) => digest.hex(),
        }
    }
}
