//! `otaudit keys`: every key with its age, as JSON and as a table with a bar that says how much of its time has passed.

use std::io;

use jiff::civil::Date;
use serde::Serialize;

use super::Style;
use super::terminal::{Page, Tint};
use crate::facts::age::{AgeSource, AgedKey, Bound, KeyAges, RotationFact};
use crate::facts::git::{History, day_of};
use crate::facts::inventory::KeyProblem;
use crate::facts::keys::registry::{Custody, Purpose, RegisteredKey};
use crate::model::{Digest, Fact};

/// The schema of a [`KeysReport`] as JSON.
pub const KEYS_REPORT_SCHEMA: &str = "otaudit/keys-report/v1";
/// Columns of the bar.
const BAR: usize = 12;

/// After how many days a key is too old, by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyLimits {
    /// A signing key, from where on it is told.
    pub signing_warn: u32,
    /// A signing key.
    pub signing_fail: u32,
    /// A key that encrypts content.
    pub content_encryption: u32,
    /// A token.
    pub access: u32,
}

impl Default for KeyLimits {
    fn default() -> Self {
        Self { signing_warn: 365, signing_fail: 1095, content_encryption: 90, access: 90 }
    }
}

impl KeyLimits {
    /// From how many days on a key is told and too old; pins and other certificates have dates of their own.
    const fn of(&self, purpose: Purpose) -> (Option<u32>, Option<u32>) {
        match purpose {
            Purpose::Signing => (Some(self.signing_warn), Some(self.signing_fail)),
            Purpose::ContentEncryption => (None, Some(self.content_encryption)),
            Purpose::Access => (None, Some(self.access)),
            Purpose::TlsPin | Purpose::Certificate => (None, None),
        }
    }
}

/// All keys on one day.
#[derive(Clone, Debug, Serialize)]
pub struct KeysReport {
    /// [`KEYS_REPORT_SCHEMA`].
    pub schema: &'static str,
    /// The day on which ages are counted.
    pub as_of: String,
    /// Whether there is a registry, and how many keys it has.
    pub registry: Fact<usize>,
    /// How much of the history was read.
    pub history: Fact<History>,
    /// The keys: those of the app, then those that only the registry has.
    pub keys: Vec<KeyRow>,
    /// What the registry and the app say together about changes of keys.
    pub rotation: Vec<RotationFact>,
    /// What could not be read, with the reason.
    pub unread: Vec<(String, String)>,
}

/// One key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyRow {
    /// Where it was met first.
    pub source: String,
    /// Where else.
    pub also: Vec<String>,
    /// `verification-key`, `certificate`, `private-key`, `symmetric-key`, or `registered` for one that was not met.
    pub role: &'static str,
    /// What it is for.
    pub purpose: Purpose,
    /// `RSA`, `EC P-256`, `Ed25519` …
    pub algorithm: Option<String>,
    /// Its length.
    pub bits: Option<u32>,
    /// SHA-256 of its SubjectPublicKeyInfo.
    pub spki_sha256: Option<Digest>,
    /// Its ids in the registry.
    pub registered: Vec<String>,
    /// The day from which its age counts.
    pub since: Option<String>,
    /// Its age in days; below zero when that day is still to come.
    pub age_days: Option<i64>,
    /// Whether it may be older.
    pub bound: Bound,
    /// What the age rests on.
    pub age_source: AgeSource,
    /// More about that, or why there is no age.
    pub age_detail: String,
    /// From how many days on it is told.
    pub warn_days: Option<u32>,
    /// After how many days it is too old.
    pub limit_days: Option<u32>,
    /// Until when its certificate is valid.
    pub expires: Option<String>,
    /// When it went out of use.
    pub retired: Option<String>,
    /// Where the secret half is kept.
    pub custody: Option<Custody>,
    /// Whether an update system reads it.
    pub embedded: bool,
    /// The published key that it is.
    pub published: Option<&'static str>,
    /// What is wrong with it.
    pub problems: Vec<KeyProblem>,
    /// Why it could not be read.
    pub unread: Option<String>,
}

/// The report on one day.
#[must_use]
pub fn keys_report(ages: &KeyAges, as_of: Date, limits: &KeyLimits) -> KeysReport {
    let mut keys: Vec<KeyRow> = ages.keys.iter().map(|key| row(key, as_of, limits)).collect();
    let entries = ages.registry.known().map_or(&[][..], |registry| registry.keys.as_slice());
    let met = |entry: &RegisteredKey| ages.keys.iter().any(|key| key.registered.contains(&entry.id));
    let file = ages.registry.known().map_or("", |registry| registry.path.as_str());
    let only = entries.iter().filter(|entry| !met(entry));
    keys.extend(only.map(|entry| registered(entry, file, as_of, limits)));
    KeysReport {
        schema: KEYS_REPORT_SCHEMA,
        as_of: as_of.to_string(),
        registry: match &ages.registry {
            Fact::Known(registry) => Fact::Known(registry.keys.len()),
            Fact::Unknown(why) => Fact::Unknown(why.clone()),
            Fact::Absent => Fact::Absent,
            Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
        },
        history: ages.history.clone(),
        keys,
        rotation: ages.rotation.clone(),
        unread: ages.unread.clone(),
    }
}

/// As JSON.
///
/// # Errors
/// None that is known: the value is plain data.
pub fn keys_json(report: &KeysReport) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    super::write_pretty(report, &mut bytes)?;
    Ok(bytes)
}

fn row(key: &AgedKey, as_of: Date, limits: &KeyLimits) -> KeyRow {
    use crate::facts::inventory::KeyRole;
    let mut sources = key.places.iter().map(|place| place.source.clone());
    let since = key.age.since.known().copied();
    let (warn_days, limit_days) = limits.of(key.purpose);
    KeyRow {
        source: sources.next().unwrap_or_default(),
        also: sources.collect(),
        role: match key.role {
            KeyRole::VerificationKey => "verification-key",
            KeyRole::Certificate => "certificate",
            KeyRole::PrivateKey => "private-key",
            KeyRole::SymmetricKey => "symmetric-key",
        },
        purpose: key.purpose,
        algorithm: key.algorithm.clone(),
        bits: key.bits,
        spki_sha256: key.spki_sha256,
        registered: key.registered.clone(),
        since: since.map(|date| date.to_string()),
        age_days: since.map(|since| days(since, as_of)),
        bound: key.age.bound,
        age_source: key.age.source,
        age_detail: key.age.detail.clone(),
        warn_days,
        limit_days,
        expires: key.validity.and_then(|(_, last)| day_of(last)).map(|date| date.to_string()),
        retired: key.retired.map(|date| date.to_string()),
        custody: key.custody,
        embedded: key.embedded(),
        published: key.known.map(|known| known.what),
        problems: key.problems.clone(),
        unread: key.unread.clone(),
    }
}

/// A key that was not met in the app: a token, a key of the publisher's, one that comes next.
fn registered(entry: &RegisteredKey, file: &str, as_of: Date, limits: &KeyLimits) -> KeyRow {
    let since = entry.since();
    let (warn_days, limit_days) = limits.of(entry.purpose);
    let line = entry.position.line;
    KeyRow {
        source: format!("{file}:{line}: {}", entry.id),
        also: Vec::new(),
        role: "registered",
        purpose: entry.purpose,
        algorithm: None,
        bits: None,
        spki_sha256: None,
        registered: vec![entry.id.clone()],
        since: since.map(|date| date.to_string()),
        age_days: since.map(|since| days(since, as_of)),
        bound: Bound::Exact,
        age_source: if since.is_some() { AgeSource::Registry } else { AgeSource::Nothing },
        age_detail: if since.is_some() {
            "in the registry only".to_owned()
        } else {
            "the registry has no date".to_owned()
        },
        warn_days,
        limit_days,
        expires: None,
        retired: entry.retired.map(|date| date.to_string()),
        custody: entry.custody,
        embedded: false,
        published: None,
        problems: Vec::new(),
        unread: None,
    }
}

fn days(since: Date, as_of: Date) -> i64 {
    since.until(as_of).map_or(0, |span| i64::from(span.get_days()))
}

/// A bar of `width` columns: how much of the limit an age has used. What is over the limit ends in `▶`; without an age
/// or a limit there are only dots.
#[must_use]
pub fn age_bar(age_days: Option<i64>, limit_days: Option<u32>, width: usize) -> String {
    let (Some(age), Some(limit)) = (age_days, limit_days.filter(|limit| *limit > 0)) else { return "·".repeat(width) };
    let age = u64::try_from(age).unwrap_or(0);
    let limit = u64::from(limit);
    if age > limit {
        return format!("{}▶", "█".repeat(width.saturating_sub(1))).chars().take(width).collect();
    }
    // Any age shows, and only the limit itself fills the bar.
    let cells = u64::try_from(width).unwrap_or(0);
    let full = usize::try_from(age.saturating_mul(cells) / limit).unwrap_or(width).min(width);
    let full = if age > 0 { full.max(1).min(width) } else { full };
    format!("{}{}", "█".repeat(full), "░".repeat(width - full))
}

/// As text for a terminal.
#[must_use]
pub fn keys_text(report: &KeysReport, style: &Style) -> String {
    let mut page = Page::new(style);
    page.line(&[(Tint::Strong, "Keys"), (Tint::Plain, &format!("  ages on {}", report.as_of))]);
    if report.keys.is_empty() {
        page.paragraph(2, (Tint::Plain, "No key was found."));
    }
    for key in &report.keys {
        page.blank();
        one(key, &mut page);
    }
    if !style.quiet {
        rest(report, &mut page);
    }
    page.finish()
}

fn one(key: &KeyRow, page: &mut Page) {
    let tint = match (key.age_days, key.limit_days, key.warn_days) {
        (Some(age), Some(limit), _) if age > i64::from(limit) => Tint::Bad,
        (Some(age), _, Some(warn)) if age > i64::from(warn) => Tint::Doubt,
        (Some(_), Some(_), _) => Tint::Good,
        _ => Tint::Faint,
    };
    let bar = age_bar(key.age_days, key.limit_days, BAR);
    let least = if key.bound == Bound::AtLeast { "at least " } else { "" };
    let age = match key.age_days {
        Some(age) if age < 0 => format!("in use in {} days", age.unsigned_abs()),
        Some(age) => format!("{least}{age} days"),
        None => "age unknown".to_owned(),
    };
    let limit = key.limit_days.map_or_else(String::new, |limit| format!(" of {limit}"));
    let bits = key.bits.map_or_else(String::new, |bits| format!(" {bits}"));
    let what = key.algorithm.as_ref().map_or_else(String::new, |name| format!("{name}{bits} "));
    let head = format!("{age}{limit}   {what}{}, {}", key.role.replace('-', " "), word(&key.purpose));
    page.entry(2, (tint, &bar), BAR, (Tint::Strong, &head));
    let left = 2 + BAR + 2;
    page.paragraph(left, (Tint::Plain, &key.source));
    for other in &key.also {
        page.paragraph(left, (Tint::Faint, &format!("also {other}")));
    }
    if let Some(digest) = &key.spki_sha256 {
        page.paragraph(left, (Tint::Faint, &format!("SPKI SHA-256 {digest}")));
    }
    let since = key.since.as_ref().map_or_else(String::new, |since| format!("since {since}: "));
    page.paragraph(left, (Tint::Faint, &format!("{since}{}", key.age_detail)));
    let dates = [("certificate valid until", &key.expires), ("retired", &key.retired)];
    for (name, date) in dates {
        if let Some(date) = date {
            page.paragraph(left, (Tint::Plain, &format!("{name} {date}")));
        }
    }
    if let Some(published) = key.published {
        page.paragraph(left, (Tint::Bad, &format!("everybody has it: {published}")));
    }
    if let Some(why) = &key.unread {
        page.paragraph(left, (Tint::Doubt, &format!("not read: {why}")));
    }
    if !key.problems.is_empty() {
        let words: Vec<String> = key.problems.iter().map(|problem| word(problem).replace('-', " ")).collect();
        page.paragraph(left, (Tint::Doubt, &format!("problems: {}", words.join(", "))));
    }
}

fn rest(report: &KeysReport, page: &mut Page) {
    if !report.rotation.is_empty() {
        page.section(Tint::Strong, "Changes of keys");
        for fact in &report.rotation {
            page.entry(2, (Tint::Plain, "-"), 0, (Tint::Plain, &sentence(fact)));
        }
    }
    let mut notes = Vec::new();
    match &report.registry {
        Fact::Known(_) => {}
        Fact::Absent => notes.push("No registry `otaudit-keys.yaml` says how old the keys are.".to_owned()),
        Fact::Unknown(why) | Fact::Unreadable(why) => notes.push(format!("The registry was not read: {why}")),
    }
    match &report.history {
        Fact::Known(history) if history.shallow => {
            notes.push("The clone is shallow: what is older than its boundary was not seen.".to_owned());
        }
        Fact::Known(history) => {
            notes.extend(history.partial.iter().map(|why| format!("Not all of the history was read: {why}.")));
        }
        Fact::Absent => notes.push("No git repository: no key's age was looked for in a history.".to_owned()),
        Fact::Unknown(why) | Fact::Unreadable(why) => notes.push(format!("The history was not read: {why}.")),
    }
    notes.extend(report.unread.iter().map(|(path, why)| format!("Not read: {path}: {why}")));
    if !notes.is_empty() {
        page.section(Tint::Strong, "Notes");
        for note in notes {
            page.entry(2, (Tint::Plain, "-"), 0, (Tint::Plain, &note));
        }
    }
}

fn sentence(fact: &RotationFact) -> String {
    let places = |sources: &[String]| sources.join(", ");
    match fact {
        RotationFact::Overlap { purpose, first, second, from, until } => {
            let until = until.map_or_else(|| "on".to_owned(), |until| format!("to {until}"));
            format!("`{first}` and `{second}` ({}) are both in use from {from} {until}", word(purpose))
        }
        RotationFact::SeveralEmbedded { system, keys } => {
            let keys: Vec<String> = keys.iter().map(|key| places(&key.sources)).collect();
            format!("{system} reads {} different keys: {}", keys.len(), keys.join("; "))
        }
        RotationFact::RetiredInApp { id, retired, used } => {
            format!("`{id}` went out of use on {retired} and is still in {}", places(&used.sources))
        }
        RotationFact::NotInApp { id, .. } => format!("`{id}` is in the registry and not in the app"),
        RotationFact::NotRegistered { used, .. } => format!("not in the registry: {}", places(&used.sources)),
        RotationFact::RegisteredTwice { ids, .. } => format!("one key under several ids: {}", ids.join(", ")),
        RotationFact::OlderThanRegistered { id, registered, seen, shown_by } => {
            format!("`{id}` is of {registered} by the registry, and was there on {seen}: {shown_by}")
        }
    }
}

/// The word that JSON has for it.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
