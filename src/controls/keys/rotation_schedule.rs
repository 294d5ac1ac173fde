//! OTA-KEY-004: how old the keys that encrypt and the tokens that open doors are.

use super::ages::{
    Judged, add_registry, age_of, app_with_keys, counted, days, entries, entry_place, id_of, is_over, name_of, number,
    place_of, today,
};
use crate::controls::automation::at;
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::age::KeyAges;
use crate::facts::automation::ValueSource;
use crate::facts::inventory::KeyRole;
use crate::facts::keys::registry::{Purpose, RegisteredKey};
use crate::facts::{AppFacts, Facts};
use crate::model::{Location, Severity};

/// OTA-KEY-004.
pub static CONTROL: Control = Control {
    id: "OTA-KEY-004",
    slug: "rotation-schedule",
    title: "Content-encryption and access keys rotate on schedule",
    requirement: "Content keys are per bundle; API tokens and transport/wrapping keys are at most policy age (default 90 days, the seed figure).",
    rationale: "A token that was copied once works until it is changed, and a wrapping key that was lost opens everything that it ever wrapped.",
    remediation: "Rotate, automate in CI.",
    limits: "Judged are the registry's entries `content-encryption` and `access` that are in use, and the symmetric keys of the app's configuration. A token has no date that files show: those that CI files name are manual while the registry has no entry `access` at all; which entry is which token is not known. That content keys are fresh for each bundle is OTA-ENC-003's. Keys that the update service keeps itself are not seen. 90 days is a house rule and no law.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("MASVS", "MASVS-CRYPTO-2"),
        ("MASWE", "MASWE-0011"),
        ("NIST-800-53", "IA-5"),
        ("NIST-800-53", "SC-12"),
        ("NIST-800-57", "5.3.6-T1-key-transport"),
        ("NIST-800-57", "5.3.6-T1-symmetric-data"),
        ("SOC2", "CC6.1"),
    ],
    parameters: &[Parameter {
        name: "max_days",
        about: "after how many days a content-encryption key or a token is too old",
        kind: ParameterKind::Choice(&["90", "30", "60", "180", "365"]),
    }],
    attestations: &["keys.rotation_log"],
    cases: include_str!("../../../tests/controls/key/rotation-schedule.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let app = match app_with_keys(facts) {
        Ok(app) => app,
        Err(outcome) => return outcome,
    };
    let (limit, today) = (number(parameters.choice("max_days")), today(facts));
    let mut outcome = Outcome::default();
    add_registry(&mut outcome, &app.ages);
    for entry in rotating(&app.ages) {
        let (id, place) = (shown(&entry.id), entry_place(entry));
        let what = if entry.purpose == Purpose::Access { "token" } else { "content-encryption key" };
        if is_over(entry.retired, today) {
            outcome.saw(format!("the {what} `{id}` is out of use by the registry"), Some(place));
        } else if let Some(since) = entry.since() {
            let name = format!("the {what} `{id}`");
            judge(&mut outcome, &name, place, id, (days(since, today), &format!("since {since}")), limit);
        } else {
            let message = format!("the registry has no date of the {what} `{id}`");
            outcome.findings.push(Draft::manual("no-date", place, message).key(id));
        }
    }
    embedded(&mut outcome, &app.ages, today, limit);
    tokens(&mut outcome, app);
    if outcome.findings.is_empty() && outcome.evidence.is_empty() {
        return Outcome::not_applicable(
            "neither the registry, nor the app, nor its CI files have a content-encryption key or a token",
        );
    }
    outcome
}

fn rotating(ages: &KeyAges) -> impl Iterator<Item = &RegisteredKey> {
    entries(ages).iter().filter(|entry| matches!(entry.purpose, Purpose::Access | Purpose::ContentEncryption))
}

/// Symmetric keys of the app's configuration.
fn embedded(outcome: &mut Outcome, ages: &KeyAges, today: jiff::civil::Date, limit: i64) {
    // A symmetric key has no public digest, so the registry's entry can't be found by it.
    let registered = rotating(ages).any(|entry| entry.purpose == Purpose::ContentEncryption);
    for key in ages.keys.iter().filter(|key| key.role == KeyRole::SymmetricKey && key.embedded()) {
        let (name, place, id) = (format!("the key `{}`", name_of(key)), place_of(key), id_of(key));
        match age_of(key, today) {
            Judged::Exact(age, detail) => judge(outcome, &name, place, id, (age, &detail), limit),
            Judged::AtLeast(age, detail) if age > limit => {
                let message =
                    format!("{name} is at least {} old ({detail}), more than {}", counted(age), counted(limit));
                outcome.findings.push(Draft::fail("too-old", place, message).key(id));
            }
            Judged::AtLeast(..) | Judged::Undated(_) if registered => {
                outcome.saw(format!("{name} encrypts content; its dates are those of the registry"), Some(place));
            }
            Judged::AtLeast(age, detail) => {
                let message = format!("{name} is at least {} old ({detail}); it may be older", counted(age.max(0)));
                outcome.findings.push(Draft::manual("lower-bound", place, message).key(id));
            }
            Judged::Undated(detail) => {
                let message =
                    format!("how old {name} is nobody can tell ({detail}): write its dates into `otaudit-keys.yaml`");
                outcome.findings.push(Draft::manual("no-date", place, message).key(id));
            }
            Judged::Unreadable(why) => {
                let message = format!("how old {name} is could not be read: {why}");
                outcome.findings.push(Draft::indeterminate("history-unreadable", place, message).key(id));
            }
        }
    }
}

/// Tokens that CI files give to update systems, and of which the registry knows nothing.
fn tokens(outcome: &mut Outcome, app: &AppFacts) {
    if rotating(&app.ages).any(|entry| entry.purpose == Purpose::Access) {
        return;
    }
    let mut seen = std::collections::BTreeSet::new();
    for file in &app.automation.files {
        for token in &file.tokens {
            let name = match &token.value.source {
                ValueSource::SecretStore { name } | ValueSource::Variable { name } => name,
                ValueSource::Literal { .. } | ValueSource::Computed => &token.name,
            };
            if seen.insert(name) {
                let name = shown(name);
                let message = format!(
                    "how old the token `{name}` is no file shows: register it as `access` in `otaudit-keys.yaml`, or state `keys.rotation_log`"
                );
                let draft = Draft::manual("token-without-date", at(file, token.value.position), message);
                outcome.findings.push(draft.key(name));
            }
        }
    }
}

fn judge(outcome: &mut Outcome, name: &str, place: Location, id: String, (age, detail): (i64, &str), limit: i64) {
    if age < 0 {
        outcome.saw(format!("{name} comes into use in {} ({detail})", counted(-age)), Some(place));
    } else if age > limit {
        let message = format!("{name} is {} old ({detail}), more than {}", counted(age), counted(limit));
        outcome.findings.push(Draft::fail("too-old", place, message).key(id));
    } else {
        outcome.saw(format!("{name} is {} old ({detail}), of at most {}", counted(age), counted(limit)), Some(place));
    }
}
