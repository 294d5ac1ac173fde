//! What the organisation states and no file shows: `otaudit-attestations.yaml`. A statement has a day and an author, rests on
//! documents, and gets stale; one about a release counts for its bundle alone.

mod evidence;
mod keys;
mod read;
mod schema;
mod template;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

pub use evidence::Checked;
pub use keys::{Field, FieldKind, Key, key, keys};
pub use read::read;
pub use schema::schema;
pub use template::template;
pub use value::{Entry, FieldValue, Stated};

use crate::model::{Digest, Position, printable};

/// The file's name in the app's folder.
pub const ATTESTATIONS_FILE: &str = "otaudit-attestations.yaml";
/// A statement that ends within so many days is told apart.
pub const EXPIRING_DAYS: i64 = 30;
/// How much of a value is shown.
const SHOWN: usize = 400;

/// One statement of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it states.
    pub key: &'static Key,
    /// The day on which it was stated.
    pub date: Date,
    /// Who stated it: name and role.
    pub by: String,
    /// The last day on which it holds by its own word.
    pub valid_until: Option<Date>,
    /// The bundle it is about: SHA-256 of the archive, or of the content.
    pub bundle_sha256: Option<Digest>,
    /// What it rests on.
    pub evidence: Vec<Document>,
    /// What it says.
    pub value: Stated,
    /// Where it stands in the file.
    pub position: Position,
}

impl Statement {
    fn empty(key: &'static Key) -> Self {
        Self {
            key,
            date: Date::ZERO,
            by: String::new(),
            valid_until: None,
            bundle_sha256: None,
            evidence: Vec::new(),
            value: Stated::default(),
            position: Position { line: 1, column: 1 },
        }
    }

    /// The value on one line, inert and bounded.
    #[must_use]
    pub fn line(&self) -> String {
        printable(&self.value.line(), SHOWN)
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut out = serializer.serialize_struct("Statement", 4)?;
        out.serialize_field("key", &self.key.name)?;
        out.serialize_field("date", &self.date.to_string())?;
        out.serialize_field("by", &self.by)?;
        out.serialize_field("value", &self.line())?;
        out.end()
    }
}

/// A document that a statement rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its path below the app's folder, or its address.
    pub source: String,
    /// Whether it is a path.
    pub is_path: bool,
    /// Its SHA-256, as stated.
    pub sha256: Option<Digest>,
    /// What became of it, once it was looked at.
    pub checked: Checked,
}

/// All statements of one audit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Attestations {
    /// The file's name, as reports show it; empty when there is none.
    pub source: String,
    /// The day of the audit.
    #[serde(skip)]
    pub today: Option<Date>,
    /// The statements, by key.
    pub statements: BTreeMap<String, Statement>,
    /// The digests of the bundle under audit: of its archive and of its content.
    #[serde(skip)]
    pub bundle: Vec<Digest>,
    /// The ages, in days, that the policy lowers, by key.
    #[serde(skip)]
    pub max_age_days: BTreeMap<String, u32>,
}

/// What there is for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// A statement that counts.
    Fresh(&'a Statement),
    /// One that no longer counts, and why.
    Stale(&'a Statement, String),
    /// One that is about another bundle, and why.
    OtherBundle(&'a Statement, String),
    /// Nobody stated it.
    Missing,
}

impl<'a> Answer<'a> {
    /// The statement, when it counts.
    #[must_use]
    pub const fn fresh(&self) -> Option<&'a Statement> {
        if let Self::Fresh(statement) = self { Some(*statement) } else { None }
    }
}

impl Attestations {
    /// Whether nothing was stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// How old a statement of this key may be, in days: what the table says, or less where the policy says so.
    #[must_use]
    pub fn max_age(&self, key: &Key) -> u32 {
        self.max_age_days.get(&key.name).copied().unwrap_or(key.max_age_days).min(key.max_age_days)
    }

    /// What there is for the key of this name.
    #[must_use]
    pub fn answer(&self, name: &str) -> Answer<'_> {
        let (Some(statement), Some(today)) = (self.statements.get(name), self.today) else { return Answer::Missing };
        if statement.key.release_bound {
            match statement.bundle_sha256 {
                Some(digest) if self.bundle.contains(&digest) => {}
                Some(digest) => {
                    let reason = if self.bundle.is_empty() {
                        format!("it is about the bundle {digest}, and none was given")
                    } else {
                        format!("it is about another bundle, {digest}")
                    };
                    return Answer::OtherBundle(statement, reason);
                }
                None => return Answer::OtherBundle(statement, "it names no bundle".to_owned()),
            }
        }
        if let Some(document) = statement.evidence.iter().find(|document| document.checked.contradicts()) {
            let reason = format!(
                "its evidence `{}` is no longer what it was: the SHA-256 differs",
                printable(&document.source, 200)
            );
            return Answer::Stale(statement, reason);
        }
        if let Some(until) = statement.valid_until.filter(|until| *until < today) {
            return Answer::Stale(statement, format!("it was valid until {until}"));
        }
        let (age, most) = (days(statement.date, today), i64::from(self.max_age(statement.key)));
        if age > most {
            return Answer::Stale(statement, format!("it is {age} days old, and counts for {most}"));
        }
        Answer::Fresh(statement)
    }

    /// The days that a fresh statement still counts, with the day that follows from its age and its own last day.
    #[must_use]
    pub fn days_left(&self, statement: &Statement) -> Option<i64> {
        let today = self.today?;
        let by_age = i64::from(self.max_age(statement.key)) - days(statement.date, today);
        let own = statement.valid_until.map(|until| days(today, until));
        Some(own.map_or(by_age, |own| own.min(by_age)))
    }
}

/// The days from one day to another; below zero when the other is earlier.
#[must_use]
pub fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}
