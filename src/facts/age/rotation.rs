//! What the registry and the app say together about changes of keys. Dates, not verdicts: whoever judges has a day.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::{AgedKey, is};
use crate::facts::inventory::KeyRole;
use crate::facts::keys::registry::{Purpose, RegisteredKey};
use crate::model::{Digest, Fact};

/// The most pairs of keys that are compared: a registry of a thousand keys has half a million.
const MOST_PAIRS: usize = 10_000;

/// A key in the app.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Use {
    /// Where it was met.
    pub sources: Vec<String>,
    /// Its identity.
    pub spki_sha256: Option<Digest>,
    /// Whether an update system reads it at one of these places.
    pub embedded: bool,
}

impl Use {
    fn of(key: &AgedKey) -> Self {
        let sources = key.places.iter().map(|place| place.source.clone()).collect();
        Self { sources, spki_sha256: key.spki_sha256, embedded: key.embedded() }
    }
}

/// One thing about changes of keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum RotationFact {
    /// Two keys of one purpose are in use at the same time, by the registry.
    Overlap {
        /// What both are for.
        purpose: Purpose,
        /// The id of the one that came into use first.
        first: String,
        /// The id of the other.
        second: String,
        /// The first day on which both are in use.
        #[serde(serialize_with = "day")]
        from: Date,
        /// The day on which one of them goes out of use.
        #[serde(serialize_with = "optional_day")]
        until: Option<Date>,
    },
    /// One update system reads several keys: a change of keys, or copies of a configuration that disagree.
    SeveralEmbedded {
        /// The update system.
        system: &'static str,
        /// The keys.
        keys: Vec<Use>,
    },
    /// The app still has a key that the registry says is out of use from a day on.
    RetiredInApp {
        /// Its id.
        id: String,
        /// The day.
        #[serde(serialize_with = "day")]
        retired: Date,
        /// Where it is.
        used: Use,
    },
    /// A key of the registry, not out of use, that is not in the app.
    NotInApp {
        /// Its id.
        id: String,
        /// What it is for.
        purpose: Purpose,
        /// From when it is or will be in use.
        #[serde(serialize_with = "optional_day")]
        since: Option<Date>,
    },
    /// A key of the app that the registry does not have.
    NotRegistered {
        /// Where it is.
        used: Use,
        /// Whether it is a private key.
        private: bool,
    },
    /// The registry has the same key more than once.
    RegisteredTwice {
        /// Its ids.
        ids: Vec<String>,
        /// What it is for: more than one thing, perhaps.
        purposes: Vec<Purpose>,
        /// Its fingerprint.
        fingerprint: Digest,
    },
    /// The key is older than the registry says that it was made, or came into use.
    OlderThanRegistered {
        /// Its id.
        id: String,
        /// The registry's day.
        #[serde(serialize_with = "day")]
        registered: Date,
        /// The day on which it was already there.
        #[serde(serialize_with = "day")]
        seen: Date,
        /// What shows that: a commit, or a certificate.
        shown_by: String,
    },
}

pub(super) fn facts(entries: &[RegisteredKey], keys: &[AgedKey], exists: bool) -> Vec<RotationFact> {
    let mut facts = overlaps(entries);
    facts.extend(twice(entries));
    facts.extend(several(keys));
    let own: Vec<&AgedKey> = keys.iter().filter(|key| !key.sample() && key.unread.is_none()).collect();
    for entry in entries {
        let of_entry: Vec<&&AgedKey> = own.iter().filter(|key| is(entry, key)).collect();
        if let Some(retired) = entry.retired {
            facts.extend(of_entry.iter().map(|key| RotationFact::RetiredInApp {
                id: entry.id.clone(),
                retired,
                used: Use::of(key),
            }));
        }
        // Tokens are never met, symmetric keys never by their digest, and pins are no keys of this inventory.
        let met = matches!(entry.purpose, Purpose::Signing | Purpose::Certificate);
        if met && entry.retired.is_none() && of_entry.is_empty() {
            let (id, purpose, since) = (entry.id.clone(), entry.purpose, entry.since());
            facts.push(RotationFact::NotInApp { id, purpose, since });
        }
        facts.extend(of_entry.iter().filter_map(|key| older(entry, key)));
    }
    if exists {
        let unregistered = own.iter().filter(|key| key.registered.is_empty() && key.spki_sha256.is_some());
        facts.extend(
            unregistered.map(|key| RotationFact::NotRegistered {
                used: Use::of(key),
                private: key.role == KeyRole::PrivateKey,
            }),
        );
    }
    facts
}

/// Pairs of one purpose whose times in use meet.
fn overlaps(entries: &[RegisteredKey]) -> Vec<RotationFact> {
    let mut used: Vec<(Purpose, Date, &RegisteredKey)> =
        entries.iter().filter_map(|entry| Some((entry.purpose, entry.since()?, entry))).collect();
    used.sort_by_key(|(purpose, since, _)| (*purpose, *since));
    let mut facts = Vec::new();
    let mut compared = 0;
    for (number, (purpose, _, first)) in used.iter().enumerate() {
        for (other, from, second) in used.iter().skip(number + 1) {
            compared += 1;
            let over = first.retired.is_some_and(|retired| *from >= retired);
            if other != purpose || compared > MOST_PAIRS || facts.len() >= MOST_PAIRS {
                break;
            }
            if over || first.fingerprint.is_some() && first.fingerprint == second.fingerprint {
                continue;
            }
            let until = [first.retired, second.retired].into_iter().flatten().min();
            let (first, second) = (first.id.clone(), second.id.clone());
            facts.push(RotationFact::Overlap { purpose: *purpose, first, second, from: *from, until });
        }
    }
    facts
}

fn twice(entries: &[RegisteredKey]) -> Vec<RotationFact> {
    let mut by_print: BTreeMap<Digest, Vec<&RegisteredKey>> = BTreeMap::new();
    for entry in entries {
        if let Some(print) = entry.fingerprint {
            by_print.entry(print).or_default().push(entry);
        }
    }
    by_print
        .into_iter()
        .filter(|(_, same)| same.len() > 1)
        .map(|(fingerprint, same)| RotationFact::RegisteredTwice {
            ids: same.iter().map(|entry| entry.id.clone()).collect(),
            purposes: same.iter().map(|entry| entry.purpose).collect::<BTreeSet<_>>().into_iter().collect(),
            fingerprint,
        })
        .collect()
}

fn several(keys: &[AgedKey]) -> Vec<RotationFact> {
    let mut systems: BTreeMap<&'static str, BTreeSet<Use>> = BTreeMap::new();
    for key in keys.iter().filter(|key| key.role != KeyRole::PrivateKey && key.spki_sha256.is_some()) {
        let read: BTreeSet<&'static str> = key.places.iter().filter_map(|place| place.system).collect();
        for system in read {
            let places = key.places.iter().filter(|place| place.system == Some(system));
            let sources = places.map(|place| place.source.clone()).collect();
            systems.entry(system).or_default().insert(Use { sources, spki_sha256: key.spki_sha256, embedded: true });
        }
    }
    let several = systems.into_iter().filter(|(_, keys)| keys.len() > 1);
    several.map(|(system, keys)| RotationFact::SeveralEmbedded { system, keys: keys.into_iter().collect() }).collect()
}

/// What contradicts the registry: a commit or a certificate from before the day on which the key was made.
fn older(entry: &RegisteredKey, key: &AgedKey) -> Option<RotationFact> {
    let registered = entry.created.or(entry.activated)?;
    let commit = match &key.first_seen {
        Fact::Known(seen) => Some((seen.commit.date, format!("commit {} of `{}`", seen.commit.id, seen.file))),
        Fact::Unknown(_) | Fact::Absent | Fact::Unreadable(_) => None,
    };
    let certificate = key.validity.and_then(|(not_before, _)| crate::facts::git::day_of(not_before));
    let certificate = certificate.map(|date| (date, "`notBefore` of its certificate".to_owned()));
    let (seen, shown_by) = [commit, certificate].into_iter().flatten().min()?;
    // A commit's day is that of UTC, and the registry's that of whoever wrote it.
    let clear = seen < registered.yesterday().ok()?;
    clear.then(|| RotationFact::OlderThanRegistered { id: entry.id.clone(), registered, seen, shown_by })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn day<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn optional_day<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    date.map(|date| date.to_string()).serialize(serializer)
}
