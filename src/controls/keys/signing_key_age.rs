//! OTA-KEY-003: how long the keys that updates are verified with have been in use.

use jiff::civil::Date;

use super::ages::{
    Judged, add_unseen, age_of, app_with_keys, counted, days, entries, entry_place, id_of, is_over, name_of, number,
    place_of, signing_keys, today,
};
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::age::{KeyAges, RotationFact};
use crate::facts::keys::registry::Purpose;
use crate::model::{Location, Severity};

/// OTA-KEY-003.
pub static CONTROL: Control = Control {
    id: "OTA-KEY-003",
    slug: "signing-key-age",
    title: "Signing-key age is within cryptoperiod",
    requirement: "Age of the release signing key (creation date from registry, else first git appearance) is within policy.",
    rationale: "The longer a key is in use, the more people and machines have come near it, and the more a thief can do with it.",
    remediation: "Rotate: ship new public key in a store build, sign with both in the transition.",
    limits: "The age counts from the registry's `activated`, else `created`; without an entry from the first day of the key's certificate; else from the commit in which the key first stood in its file. A commit says that the key is at least so old: that can show that it is too old, and never that it is young enough, so it is manual. The dates of files are not looked at, since they say when a file was copied. What the registry states is believed; that a commit or a certificate shows the key to be older is manual. A key is over a limit when it is more days old than it. By default the limits are NIST's one to three years for private signature keys (SP 800-57 part 1, table 1); `strict` takes the 90 days of guides, which for a key within an app means a store release each quarter. Private keys and keys of release folders are not judged here, only their public halves in the app and what the registry has as `signing`.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7123(c)(2)"),
        ("GDPR", "32(1)(d)"),
        ("MASVS", "MASVS-CRYPTO-2"),
        ("MASWE", "MASWE-0011"),
        ("NIS2", "21(2)(h)"),
        ("NIST-800-53", "SC-12"),
        ("NIST-800-57", "5.3.6-T1-private-signature"),
        ("PCI-DSS", "3.6-3.7"),
        ("SOC2", "CC6.1"),
    ],
    parameters: &[
        Parameter {
            name: "signing_warn_days",
            about: "from how many days on a signing key is for a person to look at",
            kind: ParameterKind::Choice(&["365", "730", "180", "90"]),
        },
        Parameter {
            name: "signing_fail_days",
            about: "after how many days a signing key is too old",
            kind: ParameterKind::Choice(&["1095", "730", "365", "180", "90"]),
        },
    ],
    attestations: &["keys.rotation_log"],
    cases: include_str!("../../../tests/controls/key/signing-key-age.md"),
    assess,
};

/// The limits in days.
#[derive(Clone, Copy)]
struct Limits {
    warn: i64,
    fail: i64,
}

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let app = match app_with_keys(facts) {
        Ok(app) => app,
        Err(outcome) => return outcome,
    };
    let fail = number(parameters.choice("signing_fail_days"));
    let limits = Limits { warn: number(parameters.choice("signing_warn_days")).min(fail), fail };
    let today = today(facts);
    let mut outcome = Outcome::default();
    add_unseen(&mut outcome, app);
    for key in signing_keys(&app.ages) {
        let (name, place, id) = (name_of(key), place_of(key), id_of(key));
        if is_over(key.retired, today) {
            outcome.saw(format!("`{name}` is out of use by the registry, see OTA-KEY-006"), Some(place));
            continue;
        }
        match age_of(key, today) {
            Judged::Exact(age, detail) => judge(&mut outcome, &name, place, id, (age, &detail), limits),
            Judged::AtLeast(age, detail) if age > limits.fail => {
                let limit = counted(limits.fail);
                let message = format!("`{name}` is at least {} old ({detail}), more than {limit}", counted(age));
                outcome.findings.push(Draft::fail("too-old", place, message).key(id));
            }
            Judged::AtLeast(age, detail) => {
                let message = format!(
                    "`{name}` is at least {} old ({detail}); it may be older, so write its dates into `otaudit-keys.yaml`",
                    counted(age.max(0))
                );
                outcome.findings.push(Draft::manual("lower-bound", place, message).severity(Severity::Medium).key(id));
            }
            Judged::Undated(detail) => {
                let message =
                    format!("how old `{name}` is nobody can tell ({detail}): write its dates into `otaudit-keys.yaml`");
                outcome.findings.push(Draft::manual("no-date", place, message).severity(Severity::Medium).key(id));
            }
            Judged::Unreadable(why) => {
                let message = format!("how old `{name}` is could not be read: {why}");
                outcome.findings.push(Draft::indeterminate("history-unreadable", place, message).key(id));
            }
        }
    }
    registered(&mut outcome, facts, today, limits);
    contradicted(&mut outcome, &app.ages);
    if outcome.findings.is_empty() && outcome.evidence.is_empty() {
        return Outcome::not_applicable("no key that verifies updates is configured or registered");
    }
    outcome
}

/// Dates of the registry that a commit or a certificate contradicts.
fn contradicted(outcome: &mut Outcome, ages: &KeyAges) {
    for fact in &ages.rotation {
        let RotationFact::OlderThanRegistered { id, registered, seen, shown_by } = fact else { continue };
        let Some(entry) = entries(ages).iter().find(|entry| entry.id == *id && entry.purpose == Purpose::Signing)
        else {
            continue;
        };
        let message = format!(
            "the registry says that `{}` is from {registered}, and it was there on {seen} already, by {}",
            shown(id),
            shown(shown_by)
        );
        outcome.findings.push(Draft::manual("registry-contradicted", entry_place(entry), message).key(shown(id)));
    }
}

/// Signing keys that only the registry has, such as one whose public half is in the next build.
fn registered(outcome: &mut Outcome, facts: &Facts, today: Date, limits: Limits) {
    let Some(app) = &facts.app else { return };
    for entry in entries(&app.ages).iter().filter(|entry| entry.purpose == Purpose::Signing) {
        let met = signing_keys(&app.ages).any(|key| key.registered.contains(&entry.id));
        if met || is_over(entry.retired, today) {
            continue;
        }
        let (name, place) = (shown(&entry.id), entry_place(entry));
        if let Some(since) = entry.since() {
            let age = days(since, today);
            judge(outcome, &name, place, entry.id.clone(), (age, &format!("since {since}")), limits);
        } else {
            let message = format!("the registry has no date of `{}`", shown(&entry.id));
            let draft = Draft::manual("no-date", place, message).severity(Severity::Medium);
            outcome.findings.push(draft.key(shown(&entry.id)));
        }
    }
}

fn judge(outcome: &mut Outcome, name: &str, place: Location, id: String, (age, detail): (i64, &str), limits: Limits) {
    if age < 0 {
        outcome.saw(format!("`{name}` comes into use in {} ({detail})", counted(-age)), Some(place));
    } else if age > limits.fail {
        let message = format!("`{name}` is {} old ({detail}), more than {}", counted(age), counted(limits.fail));
        outcome.findings.push(Draft::fail("too-old", place, message).key(id));
    } else if age > limits.warn {
        let message = format!(
            "`{name}` is {} old ({detail}), more than {}: plan its change, it fails after {}",
            counted(age),
            counted(limits.warn),
            counted(limits.fail)
        );
        outcome.findings.push(Draft::manual("old", place, message).severity(Severity::Medium).key(id));
    } else {
        let message = format!("`{name}` is {} old ({detail}), of at most {}", counted(age), counted(limits.warn));
        outcome.saw(message, Some(place));
    }
}
