//! What the controls on keys ask of their ages: the day, the signing keys, where they stand.

use jiff::civil::Date;

use crate::controls::support::shown;
use crate::controls::updates::updates_or_na;
use crate::controls::{Draft, Outcome};
use crate::facts::age::{AgeSource, AgedKey, Bound, KeyAges};
use crate::facts::git::day_of;
use crate::facts::inventory::KeyRole;
use crate::facts::keys::registry::{REGISTRY_FILE, RegisteredKey};
use crate::facts::{AppFacts, Facts};
use crate::model::{Fact, Location, Root, Severity};

/// The day on which ages are judged.
pub(super) fn today(facts: &Facts) -> Date {
    day_of(facts.as_of).unwrap_or_default()
}

/// The days from one day to another; below zero when it is the earlier one.
pub(super) fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// The number that a parameter names.
pub(super) fn number(word: &str) -> i64 {
    word.parse().unwrap_or_default()
}

/// `1 day`, `90 days`.
pub(super) fn counted(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// The keys that the app's update systems verify with, as far as they could be read.
pub(super) fn signing_keys(ages: &KeyAges) -> impl Iterator<Item = &AgedKey> {
    ages.keys.iter().filter(|key| verifies(key) && key.unread.is_none())
}

/// Whether an update system verifies with it; what stands in Capgo's old `privateKey` verifies nothing.
fn verifies(key: &AgedKey) -> bool {
    matches!(key.role, KeyRole::VerificationKey | KeyRole::Certificate)
        && key.places.iter().any(|place| place.system.is_some() && !place.source.ends_with(".privateKey"))
}

/// Where a key stands: the place at which an update system reads it, else the first.
pub(super) fn place_of(key: &AgedKey) -> Location {
    let place = key.places.iter().find(|place| place.system.is_some()).or_else(|| key.places.first());
    place.map_or_else(
        || Location::file(Root::App, ""),
        |place| match place.position {
            Some(position) => Location::at(Root::App, &place.file, position),
            None => Location::file(Root::App, &place.file),
        },
    )
}

/// Its name for a message.
pub(super) fn name_of(key: &AgedKey) -> String {
    let place = key.places.iter().find(|place| place.system.is_some()).or_else(|| key.places.first());
    shown(place.map_or("a key", |place| &place.source))
}

/// What identifies a finding on it.
pub(super) fn id_of(key: &AgedKey) -> String {
    key.spki_sha256.map_or_else(|| name_of(key), |digest| digest.hex())
}

/// Where an entry of the registry stands.
pub(super) fn entry_place(entry: &RegisteredKey) -> Location {
    Location::at(Root::App, REGISTRY_FILE, entry.position)
}

/// The entries of the registry.
pub(super) fn entries(ages: &KeyAges) -> &[RegisteredKey] {
    ages.registry.known().map_or(&[], |registry| registry.keys.as_slice())
}

/// Whether something is out of use on this day.
pub(super) fn is_over(retired: Option<Date>, today: Date) -> bool {
    retired.is_some_and(|retired| retired <= today)
}

/// The app whose keys are judged, or what to say instead: no app, or none with an update system.
pub(super) fn app_with_keys(facts: &Facts) -> Result<&AppFacts, Outcome> {
    let Some(app) = &facts.app else {
        return Err(Outcome::not_applicable("no app was given, and a release says nothing of its keys' history"));
    };
    let registered = !entries(&app.ages).is_empty() || matches!(app.ages.registry, Fact::Unreadable(_));
    match updates_or_na(facts) {
        Err(outcome) if !registered => Err(outcome),
        _ => Ok(app),
    }
}

/// What keeps keys from being seen: a registry with a fault, a key or a configuration that can't be read.
pub(super) fn add_unseen(outcome: &mut Outcome, app: &AppFacts) {
    let ages = &app.ages;
    add_registry(outcome, ages);
    for key in ages.keys.iter().filter(|key| verifies(key)) {
        if let Some(why) = &key.unread {
            let message = format!("`{}` was not read: {}", name_of(key), shown(why));
            outcome.findings.push(Draft::indeterminate("key-unreadable", place_of(key), message).key(id_of(key)));
        }
    }
    if ages.keys.iter().any(verifies) {
        return;
    }
    for config in &app.configs {
        let location = Location::file(Root::App, &config.path);
        let say =
            |why: &str| format!("whether `{}` has a public key is not known: {}", shown(&config.path), shown(why));
        match &config.content {
            Fact::Unreadable(why) => {
                outcome.findings.push(Draft::indeterminate("config-unreadable", location, say(why)));
            }
            Fact::Unknown(why) => {
                let draft = Draft::manual("config-not-read", location, say(why)).severity(Severity::Medium);
                outcome.findings.push(draft);
            }
            Fact::Known(_) | Fact::Absent => {}
        }
    }
}

/// A registry that can't be read.
pub(super) fn add_registry(outcome: &mut Outcome, ages: &KeyAges) {
    if let Fact::Unreadable(why) | Fact::Unknown(why) = &ages.registry {
        let message = format!("the key registry `{REGISTRY_FILE}` could not be read: {}", shown(why));
        let location = Location::file(Root::App, REGISTRY_FILE);
        outcome.findings.push(Draft::indeterminate("registry-unreadable", location, message));
    }
}

/// What is known of a key's age on a day.
pub(super) enum Judged {
    /// So many days, and no more.
    Exact(i64, String),
    /// At least so many days.
    AtLeast(i64, String),
    /// Nothing has a date, with the reason.
    Undated(String),
    /// What has the date could not be read.
    Unreadable(String),
}

/// The age of a key.
pub(super) fn age_of(key: &AgedKey, today: Date) -> Judged {
    let detail = shown(&key.age.detail);
    match &key.age.since {
        Fact::Known(since) => {
            let detail = format!("since {since}, {detail}");
            if key.age.bound == Bound::Exact && key.age.source != AgeSource::GitHistory {
                Judged::Exact(days(*since, today), detail)
            } else {
                Judged::AtLeast(days(*since, today), detail)
            }
        }
        Fact::Unreadable(why) => Judged::Unreadable(shown(why)),
        Fact::Absent | Fact::Unknown(_) => Judged::Undated(detail),
    }
}
