//! How old each key of an app is, and on what that rests: the team's registry, a certificate's first day, or the commit
//! in which the key first stood in its file. A file's own date says when it was copied, and is never asked.

mod history;
mod rotation;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_truth_keys;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::inventory::{Inventory, KeyProblem, KeyRecord, KeyRole};
use super::keys::known::KnownKey;
use super::keys::registry::{Custody, Purpose, RegisteredKey, Registry};
use crate::facts::delivery::load::Found;
use crate::facts::git::{Commit, History, day_of};
use crate::model::{Digest, Fact, Position};

pub use rotation::{RotationFact, Use};

/// What an age rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgeSource {
    /// `activated` of the registry, else `created`.
    Registry,
    /// `notBefore` of the key's certificate (RFC 5280, section 4.1.2.5).
    Certificate,
    /// The date of the commit in which the key first stood in its file.
    GitHistory,
    /// Nothing that has a date.
    Nothing,
}

/// How a date bounds the age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The key is as old as that.
    Exact,
    /// The key is at least as old as that.
    AtLeast,
}

/// From when on a key is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Age {
    /// The day. `Absent` when no source has one.
    #[serde(serialize_with = "day")]
    pub since: Fact<Date>,
    /// What it rests on.
    pub source: AgeSource,
    /// How it bounds the age.
    pub bound: Bound,
    /// More about it, in words: the registry's id, the commit, what limits the search.
    pub detail: String,
}

/// A place at which a key was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyPlace {
    /// `file: path.of.keys`, or the file alone.
    pub source: String,
    /// The file in which it was met.
    pub file: String,
    /// The file that holds it, when a configuration gives its path.
    pub kept_in: Option<String>,
    /// Where in the file.
    pub position: Option<Position>,
    /// The update system that reads it there: the key is in use.
    pub system: Option<&'static str>,
    /// Whether the place is among samples or tests.
    pub sample: bool,
}

impl KeyPlace {
    /// The file that holds the key's text.
    #[must_use]
    pub fn holder(&self) -> &str {
        self.kept_in.as_deref().unwrap_or(&self.file)
    }
}

/// When a key first stood in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FirstSeen {
    /// The file.
    pub file: String,
    /// The first commit that has the key in it.
    pub commit: Commit,
}

/// One key, wherever it was met. A private key and its public half are two.
#[derive(Clone, Debug, Serialize)]
pub struct AgedKey {
    /// Where it was met.
    pub places: Vec<KeyPlace>,
    /// What it is: a certificate rather than its bare key, when both were met.
    pub role: KeyRole,
    /// What it is for: by the registry, else by its role.
    pub purpose: Purpose,
    /// `RSA`, `EC P-256`, `Ed25519` …, when it can be told.
    pub algorithm: Option<String>,
    /// Its length.
    pub bits: Option<u32>,
    /// SHA-256 of its SubjectPublicKeyInfo.
    pub spki_sha256: Option<Digest>,
    /// SHA-256 of its certificates.
    pub certificates: Vec<Digest>,
    /// The first `notBefore` and the last `notAfter` of its certificates, in seconds since 1970.
    pub validity: Option<(i64, i64)>,
    /// Its ids in the registry.
    pub registered: Vec<String>,
    /// When the registry says that it went out of use.
    #[serde(serialize_with = "optional_day")]
    pub retired: Option<Date>,
    /// Where the registry says that it is kept.
    pub custody: Option<Custody>,
    /// The published key that it is.
    pub known: Option<&'static KnownKey>,
    /// What is wrong with it at any of its places.
    pub problems: Vec<KeyProblem>,
    /// Why it could not be read.
    pub unread: Option<String>,
    /// When it first stood in one of its files, whatever its age rests on.
    pub first_seen: Fact<FirstSeen>,
    /// Its age.
    pub age: Age,
}

impl AgedKey {
    /// Whether an update system reads it at one of its places.
    #[must_use]
    pub fn embedded(&self) -> bool {
        self.places.iter().any(|place| place.system.is_some())
    }

    /// Whether it was met among samples or tests only.
    #[must_use]
    pub fn sample(&self) -> bool {
        !self.embedded() && self.places.iter().all(|place| place.sample)
    }
}

/// The keys of an app with their ages.
#[derive(Clone, Debug, Serialize)]
pub struct KeyAges {
    /// The registry.
    pub registry: Fact<Registry>,
    /// How much of the history was read; `Absent` without a git repository.
    pub history: Fact<History>,
    /// The keys, in the order in which they were met.
    pub keys: Vec<AgedKey>,
    /// What the registry and the app say together about changes of keys.
    pub rotation: Vec<RotationFact>,
    /// What could not be read, with the reason: a key may lie there.
    pub unread: Vec<(String, String)>,
}

/// The ages of the keys that `inventory` has of the app in `folder`, whose files are `found`.
#[must_use]
pub fn of_app(folder: &Path, found: &Found, inventory: &Inventory, registry: Fact<Registry>) -> KeyAges {
    let mut keys = grouped(&inventory.records);
    let history = history::first_seen(folder, found, &mut keys);
    let entries = registry.known().map_or(&[][..], |registry| registry.keys.as_slice());
    for key in &mut keys {
        let own: Vec<&RegisteredKey> = entries.iter().filter(|entry| is(entry, key)).collect();
        if let Some(first) = own.first() {
            key.purpose = first.purpose;
            key.custody = first.custody;
            // One that stands twice is out of use when both entries say so.
            key.retired =
                own.iter().map(|entry| entry.retired).collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max());
        }
        key.registered = own.iter().map(|entry| entry.id.clone()).collect();
        key.age = age(key, &own, &history);
    }
    let rotation = rotation::facts(entries, &keys, registry.known().is_some());
    KeyAges { registry, history, keys, rotation, unread: inventory.unread.clone() }
}

/// Whether an entry of the registry is about this key.
fn is(entry: &RegisteredKey, key: &AgedKey) -> bool {
    entry.fingerprint.is_some_and(|print| key.spki_sha256 == Some(print) || key.certificates.contains(&print))
}

fn age(key: &AgedKey, registered: &[&RegisteredKey], history: &Fact<History>) -> Age {
    let oldest = registered.iter().filter_map(|entry| Some((entry.since()?, entry))).min_by_key(|(since, _)| *since);
    if let Some((since, entry)) = oldest {
        let word = if entry.activated.is_some() { "activated" } else { "created" };
        let detail = format!("`{word}` of `{}` in the registry", entry.id);
        return Age { since: Fact::Known(since), source: AgeSource::Registry, bound: Bound::Exact, detail };
    }
    if let Some(since) = key.validity.and_then(|(not_before, _)| day_of(not_before)) {
        let detail = "`notBefore` of its certificate".to_owned();
        return Age { since: Fact::Known(since), source: AgeSource::Certificate, bound: Bound::Exact, detail };
    }
    let (since, detail) = match &key.first_seen {
        Fact::Known(seen) => {
            let commit = seen.commit.id.get(..12).unwrap_or(&seen.commit.id);
            let cut = history.known().and_then(limit).map_or_else(String::new, |limit| format!("; {limit}"));
            let skewed =
                if seen.commit.skewed { "; the commit is dated before its parent, whose date is taken" } else { "" };
            let detail = format!("first in `{}` at commit {commit}{cut}{skewed}", seen.file);
            (Fact::Known(seen.commit.date), detail)
        }
        Fact::Absent => {
            let none = matches!(history, Fact::Absent);
            let why =
                if none { "no registry, no certificate, no git repository" } else { "not in the history of its file" };
            (Fact::Absent, why.to_owned())
        }
        Fact::Unknown(why) => (Fact::Unknown(why.clone()), why.clone()),
        Fact::Unreadable(why) => (Fact::Unreadable(why.clone()), why.clone()),
    };
    let source = if since.known().is_some() { AgeSource::GitHistory } else { AgeSource::Nothing };
    Age { since, source, bound: Bound::AtLeast, detail }
}

/// What keeps a history from reaching further back.
fn limit(history: &History) -> Option<String> {
    let shallow = history.shallow.then(|| "the clone is shallow".to_owned());
    shallow.or_else(|| history.partial.as_ref().map(|why| format!("not all of the history was read: {why}")))
}

/// One key for each identity; what has none stands alone.
fn grouped(records: &[KeyRecord]) -> Vec<AgedKey> {
    let mut keys: Vec<AgedKey> = Vec::new();
    let mut by_identity: BTreeMap<(bool, Digest), usize> = BTreeMap::new();
    for record in records {
        let fresh = keys.len();
        let private = record.role == KeyRole::PrivateKey;
        let at = record.fact.spki_sha256.map_or(fresh, |digest| *by_identity.entry((private, digest)).or_insert(fresh));
        if at == fresh {
            keys.push(fresh_key(record));
        }
        if let Some(key) = keys.get_mut(at) {
            add(key, record);
        }
    }
    keys
}

fn fresh_key(record: &KeyRecord) -> AgedKey {
    AgedKey {
        places: Vec::new(),
        role: record.role,
        purpose: match record.role {
            KeyRole::VerificationKey | KeyRole::PrivateKey => Purpose::Signing,
            // A certificate that no update system reads may be for anything.
            KeyRole::Certificate => Purpose::Certificate,
            KeyRole::SymmetricKey => Purpose::ContentEncryption,
        },
        algorithm: record.fact.algorithm.clone(),
        bits: record.fact.bits,
        spki_sha256: record.fact.spki_sha256,
        certificates: Vec::new(),
        validity: None,
        registered: Vec::new(),
        retired: None,
        custody: None,
        known: record.known,
        problems: Vec::new(),
        unread: record.unread.clone(),
        first_seen: Fact::Absent,
        age: Age { since: Fact::Absent, source: AgeSource::Nothing, bound: Bound::AtLeast, detail: String::new() },
    }
}

fn add(key: &mut AgedKey, record: &KeyRecord) {
    if record.role == KeyRole::Certificate {
        key.role = KeyRole::Certificate;
    }
    if record.system.is_some() && key.purpose == Purpose::Certificate {
        key.purpose = Purpose::Signing;
    }
    if let (Some(not_before), Some(not_after)) = (record.not_before, record.not_after) {
        let (first, last) = key.validity.unwrap_or((not_before, not_after));
        key.validity = Some((first.min(not_before), last.max(not_after)));
    }
    key.certificates.extend(record.certificate_sha256);
    key.certificates.sort_unstable();
    key.certificates.dedup();
    key.problems.extend(&record.problems);
    key.problems.sort_unstable();
    key.problems.dedup();
    key.places.push(KeyPlace {
        source: record.source.clone(),
        file: record.file.clone(),
        kept_in: record.kept_in.clone(),
        position: record.position,
        system: record.system,
        sample: record.sample,
    });
}

fn day<S: Serializer>(since: &Fact<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    let text: Fact<String> = match since {
        Fact::Known(date) => Fact::Known(date.to_string()),
        Fact::Unknown(why) => Fact::Unknown(why.clone()),
        Fact::Absent => Fact::Absent,
        Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
    };
    text.serialize(serializer)
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn optional_day<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    date.map(|date| date.to_string()).serialize(serializer)
}
