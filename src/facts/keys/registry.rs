//! `otaudit-keys.yaml`: what a team writes down about its keys, so that their ages need not be guessed
//! (`docs/schemas/keys.schema.json`).

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize, Serializer};
use serde_yaml::Spanned;

use super::base64;
use crate::model::{Digest, Fact, Label, LineIndex, Position, Problem, printable};

/// The schema of a key registry.
pub const KEYS_SCHEMA: &str = "otaudit/keys/v1";
/// Where it lies in an app's folder.
pub const REGISTRY_FILE: &str = "otaudit-keys.yaml";
/// A registry is small.
const MOST_BYTES: u64 = 256 * 1024;
/// The most keys of one.
const MOST_KEYS: usize = 1000;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// It signs updates.
    Signing,
    /// It encrypts updates, or wraps the keys that do.
    ContentEncryption,
    /// It opens a door: a token, a password, a key of an interface.
    Access,
    /// The app pins a connection to it.
    TlsPin,
    /// A certificate.
    Certificate,
}

/// Where the secret half is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Custody {
    /// A hardware security module.
    Hsm,
    /// A key management service.
    Kms,
    /// A secret of the build service.
    CiSecret,
    /// A file.
    File,
    /// Nobody knows.
    Unknown,
}

/// One key as the registry has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegisteredKey {
    /// Its name in the team.
    pub id: String,
    /// SHA-256 of its SubjectPublicKeyInfo, or of its certificate; a token has none.
    pub fingerprint: Option<Digest>,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made.
    #[serde(serialize_with = "day")]
    pub created: Option<Date>,
    /// When it came into use.
    #[serde(serialize_with = "day")]
    pub activated: Option<Date>,
    /// When it went out of use.
    #[serde(serialize_with = "day")]
    pub retired: Option<Date>,
    /// Where the secret half is kept.
    pub custody: Option<Custody>,
    /// More about it, in free words.
    pub custody_note: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where it stands.
    pub position: Position,
}

impl RegisteredKey {
    /// The day from which its age counts: when it came into use, else when it was made.
    #[must_use]
    pub fn since(&self) -> Option<Date> {
        self.activated.or(self.created)
    }
}

/// A key registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Registry {
    /// Its file.
    pub path: String,
    /// Its keys, in its order.
    pub keys: Vec<RegisteredKey>,
}

/// The file's fields. `Spanned` keeps where a value stands, for faults.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: Spanned<String>,
    keys: Vec<Spanned<WrittenKey>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    id: Spanned<String>,
    fingerprint: Option<Spanned<String>>,
    purpose: Purpose,
    created: Option<Spanned<String>>,
    activated: Option<Spanned<String>>,
    retired: Option<Spanned<String>>,
    custody: Option<Custody>,
    custody_note: Option<String>,
    owner: Option<String>,
}

/// The registry of the app in `folder`; `Absent` when there is none, `Unreadable` with the first fault when it has one.
#[must_use]
pub fn of_app(folder: &Path) -> Fact<Registry> {
    let path = folder.join(REGISTRY_FILE);
    let metadata = match path.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Fact::Absent,
        Err(error) => return Fact::Unreadable(error.kind().to_string()),
    };
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        return Fact::Unreadable(format!("it is no regular file of at most {MOST_BYTES} bytes"));
    }
    let mut bytes = Vec::new();
    if let Err(error) = std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes)) {
        return Fact::Unreadable(error.kind().to_string());
    }
    let Ok(text) = std::str::from_utf8(&bytes) else { return Fact::Unreadable("it is not UTF-8".to_owned()) };
    read(REGISTRY_FILE, text).map_or_else(|problems| Fact::Unreadable(summary(&problems)), Fact::Known)
}

/// The first problem with its place, and how many more there are.
fn summary(problems: &[Problem]) -> String {
    let Some(first) = problems.first() else { return "it has a fault".to_owned() };
    let place = first.label.as_ref().map_or_else(String::new, |label| {
        let Position { line, column } = LineIndex::new(&label.source).position(label.range.start);
        format!("line {line}, column {column}: ")
    });
    let more = problems.len() - 1;
    let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
    format!("{place}{}{more}", printable(&first.message, 300))
}

/// Reads a registry strictly: an unknown or repeated key of the file is a fault, so that a typing mistake drops no date.
///
/// # Errors
/// The faults with their places: the first one of the YAML text, or all those of the values.
pub fn read(name: &str, text: &str) -> Result<Registry, Vec<Problem>> {
    if text.len() as u64 > MOST_BYTES {
        return Err(vec![Problem::new(format!("`{name}` has {} bytes, more than {MOST_BYTES}", text.len()))]);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut options = serde_yaml::Options::default();
    let mut budget = serde_yaml::budget::Budget::default();
    budget.max_anchors = 0;
    budget.max_aliases = 0;
    budget.max_depth = 8;
    budget.max_documents = 1;
    options.budget = Some(budget);
    options.merge_keys = serde_yaml::options::MergeKeyPolicy::Error;
    options.with_snippet = false;
    let written: Written = serde_yaml::from_str_with_options(text, options).map_err(|error| {
        let message = error.without_snippet().to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(said, _)| said);
        let at = error.location().map_or(0, |location| offset(text, location.line(), location.column()));
        let mut faults = Faults { name, text, found: Vec::new() };
        faults.add(at, printable(message, 300), "see docs/schemas/keys.schema.json for what may stand here");
        faults.found
    })?;
    let mut faults = Faults { name, text, found: Vec::new() };
    if written.schema.value != KEYS_SCHEMA {
        let what = format!("the schema is `{}`, not `{KEYS_SCHEMA}`", printable(&written.schema.value, 60));
        faults.at(&written.schema, what, "write `schema: otaudit/keys/v1`");
    }
    if written.keys.len() > MOST_KEYS {
        faults.add(0, format!("more than {MOST_KEYS} keys"), "leave out those that were retired long ago");
    }
    let mut registry = Registry { path: name.to_owned(), keys: Vec::new() };
    let mut ids = BTreeSet::new();
    for key in written.keys.into_iter().take(MOST_KEYS) {
        if !ids.insert(key.value.id.value.clone()) {
            let what = format!("two keys have the id `{}`", printable(&key.value.id.value, 60));
            faults.at(&key.value.id, what, "give each key an id of its own");
        }
        registry.keys.push(faults.key(key));
    }
    if faults.found.is_empty() { Ok(registry) } else { Err(faults.found) }
}

struct Faults<'a> {
    name: &'a str,
    text: &'a str,
    found: Vec<Problem>,
}

impl Faults<'_> {
    fn add(&mut self, start: usize, message: impl Into<String>, help: &str) {
        let start = start.min(self.text.len());
        let line = self.text.get(start..).unwrap_or_default().split(['\n', '\r']).next().unwrap_or_default();
        let range = start..start + line.trim_end().len();
        let message = format!("`{}`: {}", self.name, message.into());
        let label =
            Label { source_name: self.name.to_owned(), source: self.text.to_owned(), range, text: "here".to_owned() };
        self.found.push(Problem::new(message).at(label).help(help));
    }

    fn at<T>(&mut self, value: &Spanned<T>, message: String, help: &str) {
        let location = &value.referenced;
        self.add(offset(self.text, location.line(), location.column()), message, help);
    }

    fn key(&mut self, key: Spanned<WrittenKey>) -> RegisteredKey {
        let location = &key.referenced;
        let at = offset(self.text, location.line(), location.column());
        let position = LineIndex::new(self.text).position(at);
        let written = key.value;
        if written.id.value.trim().is_empty() {
            self.at(&written.id, "an id is empty".to_owned(), "write a short name that the team knows");
        }
        let wanted = !matches!(written.purpose, Purpose::Access | Purpose::ContentEncryption);
        let print = written.fingerprint.as_ref().and_then(|text| {
            let digest = fingerprint(&text.value);
            if digest.is_none() {
                let what = "a fingerprint is no SHA-256 digest".to_owned();
                self.at(text, what, "write 64 hexadecimal digits, with or without colons, or 44 digits of base64");
            }
            digest
        });
        if wanted && written.fingerprint.is_none() {
            let what = format!("the key `{}` has no `fingerprint`", printable(&written.id.value, 60));
            self.at(&written.id, what, "`otaudit keys` shows the SHA-256 digest of each key that it finds");
        }
        let created = self.date(written.created.as_ref());
        let activated = self.date(written.activated.as_ref());
        let retired = self.date(written.retired.as_ref());
        let steps = [
            ("created", created, None),
            ("activated", activated, written.activated),
            ("retired", retired, written.retired),
        ];
        let mut last: Option<(&str, Date)> = None;
        for (name, date, place) in steps {
            let Some(date) = date else { continue };
            if let (Some((before, earlier)), Some(place)) = (last, place)
                && date < earlier
            {
                self.at(&place, format!("`{name}` is before `{before}`"), "put the dates in order");
            }
            last = Some((name, date));
        }
        RegisteredKey {
            id: written.id.value,
            fingerprint: print,
            purpose: written.purpose,
            created,
            activated,
            retired,
            custody: written.custody,
            custody_note: written.custody_note,
            owner: written.owner,
            position,
        }
    }

    fn date(&mut self, text: Option<&Spanned<String>>) -> Option<Date> {
        let text = text?;
        // jiff reads more forms than this one.
        let date = text.value.parse().ok().filter(|date: &Date| date.to_string() == text.value);
        if date.is_none() {
            let what = format!("`{}` is not a date", printable(&text.value, 60));
            self.at(text, what, "write it as YYYY-MM-DD, such as 2027-01-31");
        }
        date
    }
}

/// A SHA-256 digest as tools write it: 64 hexadecimal digits, with colons as OpenSSL does, or base64 as pins have it
/// (RFC 7469, section 2.1.1); `sha256:` or `sha256/` may stand before it.
#[must_use]
pub fn fingerprint(text: &str) -> Option<Digest> {
    let text = text.trim();
    let bare = text
        .split_at_checked(7)
        .filter(|(head, _)| head.eq_ignore_ascii_case("sha256:") || head.eq_ignore_ascii_case("sha256/"))
        .map_or(text, |(_, rest)| rest);
    let hex: String = bare.split(':').collect();
    let pairs = bare.split(':').all(|pair| pair.len() == 2);
    if let Some(digest) = Digest::from_hex(&hex).filter(|_| pairs || !bare.contains(':')) {
        return Some(digest);
    }
    let bytes: [u8; 32] = base64::decode(bare.as_bytes()).filter(|_| bare.len() <= 44)?.try_into().ok()?;
    Some(Digest::from(bytes))
}

/// The byte offset of a line and a column in characters, both from 1.
fn offset(text: &str, line: u64, column: u64) -> usize {
    let line = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let column = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
    let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let content = text.split('\n').nth(line).unwrap_or_default();
    before + content.chars().take(column).map(char::len_utf8).sum::<usize>()
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn day<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    date.map(|date| date.to_string()).serialize(serializer)
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
