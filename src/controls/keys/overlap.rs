//! OTA-KEY-007: whether another key is ready before the current one ends.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::ages::{
    add_unseen, app_with_keys, counted, days, entries, entry_place, id_of, is_over, name_of, number, place_of,
    signing_keys, today,
};
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::age::{AgedKey, KeyAges};
use crate::facts::git::day_of;
use crate::facts::keys::registry::{Purpose, RegisteredKey};
use crate::model::{Digest, Severity};

/// OTA-KEY-007.
pub static CONTROL: Control = Control {
    id: "OTA-KEY-007",
    slug: "overlap",
    title: "Transition has overlap",
    requirement: "Two or more verification keys (current, next) or documented store-build path exist before the current key expires.",
    rationale: "On the day on which the only key ends or is lost, installed apps take no update any more, also not the one that would bring the next key.",
    remediation: "Register next key.",
    limits: "A next key is a `signing` entry of the registry that is in use or still to come and is not the current key, or a second key that OtaKit's `manifestKeys` lists; the other update systems read one key. The current key ends with its certificate, or on the registry's `retired`. Whether a store build with the next key is planned no file shows: manual, until the policy states it with `transition_plan`, or `keys.transition_plan` is stated.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(h)"),
        ("NIST-800-53", "CM-3(6)"),
        ("NIST-800-53", "SC-12"),
        ("NIST-800-57", "5.3.6-T1-public-verification"),
        ("TUF", "key-compromise"),
    ],
    parameters: &[
        Parameter {
            name: "notice_days",
            about: "how many days before the current key ends the next one must be registered",
            kind: ParameterKind::Choice(&["30", "60", "90", "180"]),
        },
        Parameter {
            name: "transition_plan",
            about: "what the organisation states of how the next key reaches the devices: `store-build` is a written path through the stores",
            kind: ParameterKind::Choice(&["unstated", "store-build"]),
        },
    ],
    attestations: &["keys.transition_plan"],
    cases: include_str!("../../../tests/controls/key/overlap.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let app = match app_with_keys(facts) {
        Ok(app) => app,
        Err(outcome) => return outcome,
    };
    let (notice, today) = (number(parameters.choice("notice_days")), today(facts));
    let planned = parameters.choice("transition_plan") == "store-build";
    let mut outcome = Outcome::default();
    add_unseen(&mut outcome, app);
    let mut keys = signing_keys(&app.ages).peekable();
    if keys.peek().is_none() && outcome.findings.is_empty() {
        return Outcome::not_applicable("the app has no key that updates are verified with");
    }
    for key in keys {
        let (name, place, id) = (name_of(key), place_of(key), id_of(key));
        if let Some(next) = next_of(&app.ages, key, today) {
            let message = format!("`{name}` has a successor in the registry, `{}`", shown(&next.id));
            outcome.saw(message, Some(entry_place(next)));
            continue;
        }
        if let Some(other) = second_of(&app.ages, key, today) {
            outcome.saw(format!("the app has a second key beside `{name}`: `{}`", name_of(other)), Some(place));
            continue;
        }
        let end = end_of(key).map(|(end, why)| (end, why, days(today, end)));
        let draft = match end {
            Some((end, why, left)) if left <= notice => {
                let when = if left < 0 {
                    format!("ended {} ago", counted(-left))
                } else {
                    format!("ends in {}", counted(left))
                };
                let message = format!("`{name}` {when} ({why}, {end}), and no next key is registered");
                Draft::fail("ends-without-successor", place, message)
            }
            Some((end, why, left)) => {
                outcome.saw(format!("`{name}` ends in {} ({why}, {end})", counted(left)), Some(place));
                continue;
            }
            None if planned => {
                outcome.attested = true;
                outcome
                    .saw(format!("it is stated that the successor of `{name}` comes with a store build"), Some(place));
                continue;
            }
            None => {
                let message = format!(
                    "`{name}` is the only key and no next one is registered: look how another one would reach the devices, or state `keys.transition_plan`"
                );
                Draft::manual("single-key", place, message)
            }
        };
        outcome.findings.push(draft.key(id));
    }
    outcome
}

/// Another signing key of the registry that is not out of use.
fn next_of<'a>(ages: &'a KeyAges, key: &AgedKey, today: Date) -> Option<&'a RegisteredKey> {
    let current: BTreeSet<Digest> = key.spki_sha256.iter().chain(&key.certificates).copied().collect();
    entries(ages).iter().find(|entry| {
        let other = entry.fingerprint.is_some_and(|print| !current.contains(&print));
        // One that ends no later than the current key succeeds it for no day.
        let longer = entry.retired.is_none_or(|end| key.retired.is_none_or(|own| end > own) && end > today);
        entry.purpose == Purpose::Signing && other && longer && !key.registered.contains(&entry.id)
    })
}

/// A second key of an update system that reads several.
fn second_of<'a>(ages: &'a KeyAges, key: &AgedKey, today: Date) -> Option<&'a AgedKey> {
    let of_otakit = |key: &AgedKey| key.places.iter().any(|place| place.system == Some("otakit"));
    let own = of_otakit(key).then_some(key.spki_sha256)?;
    signing_keys(ages).find(|other| of_otakit(other) && other.spki_sha256 != own && !is_over(other.retired, today))
}

/// The day on which a key ends, and what says so.
fn end_of(key: &AgedKey) -> Option<(Date, &'static str)> {
    let certificate = key.validity.and_then(|(_, not_after)| Some((day_of(not_after)?, "its certificate")));
    let retired = key.retired.map(|end| (end, "the registry"));
    [certificate, retired].into_iter().flatten().min_by_key(|(end, _)| *end)
}
