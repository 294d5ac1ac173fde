//! The native versions that a release is for, against those of the app's projects.

use semver::Version;

use super::loose;
use crate::controls::stated::{note, place};
use crate::controls::support::shown;
use crate::controls::updates::updates_or_na;
use crate::controls::{Draft, Outcome};
use crate::facts::Facts;
use crate::facts::attestations::{Answer, Statement};
use crate::facts::native::{NativeVersion, native_versions};
use crate::facts::plugins::Platform;
use crate::facts::updaters::terms::{Bound, Counted, NativeConstraint};
use crate::facts::versions::VersionSet;
use crate::model::{Fact, Location, Root, Severity};

/// Compares what the release's metadata state; whether they state anything.
pub(super) fn compare(outcome: &mut Outcome, facts: &Facts) -> bool {
    let own = natives(facts);
    let mut any = false;
    for terms in facts.published_terms() {
        for constraint in &terms.constraints {
            any = true;
            let place = Location::at(Root::Release, &terms.source, constraint.term.position);
            one(outcome, constraint, &place, &own);
        }
    }
    any
}

/// The versions of the app's projects, and of the binary that was reviewed where it says another.
fn natives(facts: &Facts) -> Vec<NativeVersion> {
    let mut own = facts.app.as_ref().map(native_versions).unwrap_or_default();
    let reviewed = facts.binary.as_ref().and_then(|binary| binary.version.clone());
    own.extend(
        reviewed.filter(|one| matches!(one.name, Fact::Known(_)) && !own.iter().any(|known| known.name == one.name)),
    );
    own
}

fn one(outcome: &mut Outcome, constraint: &NativeConstraint, place: &Location, own: &[NativeVersion]) {
    let about = |native: &&NativeVersion| constraint.platform.is_none_or(|platform| platform == native.platform);
    let said = format!("`{}` of the release is `{}`", shown(&constraint.term.key), shown(&constraint.term.text));
    let key = format!("{}={}", constraint.term.key, constraint.term.text);
    let mut compared = false;
    for native in own.iter().filter(about) {
        compared = true;
        let platform = words(native.platform);
        let value = match constraint.of {
            Counted::Version => &native.name,
            Counted::Build => &native.build,
        };
        let text = match value {
            Fact::Known(text) => text,
            Fact::Unknown(why) => {
                unknown(outcome, place, &format!("{said}, and the app's version on {platform} is not known: {why}"));
                continue;
            }
            Fact::Absent => {
                unknown(outcome, place, &format!("{said}, and the project for {platform} states no version"));
                continue;
            }
            Fact::Unreadable(why) => {
                let message = format!("{said}, and the app's version on {platform} could not be read: {why}");
                outcome.findings.push(Draft::indeterminate("native-version-unread", place.clone(), shown(&message)));
                continue;
            }
        };
        match holds(constraint, text) {
            Some(true) => {
                outcome.saw(format!("{said}, and the app on {platform} is {}", shown(text)), Some(place.clone()));
            }
            Some(false) => {
                let message = format!("{said}, and the app on {platform} is {}: it is not for this app", shown(text));
                outcome.findings.push(Draft::fail("native-version-outside", place.clone(), message).key(&*key));
            }
            None => unknown(
                outcome,
                place,
                &format!("{said}, which can't be compared with the app's `{}` on {platform}", shown(text)),
            ),
        }
    }
    if !compared {
        unknown(outcome, place, &format!("{said}, and no native project states a version to compare"));
    }
}

fn unknown(outcome: &mut Outcome, place: &Location, message: &str) {
    let draft = Draft::manual("native-version-unknown", place.clone(), shown(message));
    outcome.findings.push(draft.severity(Severity::Medium).key(shown(message)));
}

fn holds(constraint: &NativeConstraint, own: &str) -> Option<bool> {
    let wanted = constraint.term.text.as_str();
    if constraint.bound == Bound::Within {
        return Some(VersionSet::parse(wanted)?.contains(&loose(own)?));
    }
    let order = match constraint.of {
        Counted::Version => loose(own)?.cmp_precedence(&loose(wanted)?),
        // Builds of iOS may have dots: they order as versions do.
        Counted::Build => match (own.trim().parse::<u64>(), wanted.trim().parse::<u64>()) {
            (Ok(own), Ok(wanted)) => own.cmp(&wanted),
            _ => loose(own)?.cmp_precedence(&loose(wanted)?),
        },
    };
    Some(match constraint.bound {
        Bound::AtLeast => order.is_ge(),
        Bound::AtMost => order.is_le(),
        Bound::Exactly | Bound::Within => order.is_eq(),
    })
}

/// Takes the statement about the channel's native versions; whether one counts.
pub(super) fn stated(outcome: &mut Outcome, facts: &Facts) -> bool {
    const KEY: &str = "channel.native_floor";
    let statement = match facts.attestations.answer(KEY) {
        Answer::Fresh(statement) => statement,
        Answer::Stale(statement, why) | Answer::OtherBundle(statement, why) => {
            let message = format!("the statement `{KEY}` does not count: {why}");
            outcome.saw(message, Some(place(facts, Some(statement))));
            return false;
        }
        Answer::Missing => return false,
    };
    let bounds = bounds(statement);
    let at = place(facts, Some(statement));
    if bounds.is_empty() && !statement.value.none {
        let message =
            format!("the statement `{KEY}` names neither a lowest nor a highest version that can be compared");
        outcome.findings.push(Draft::manual("incomplete", at, message).severity(Severity::Medium).key(KEY));
        return true;
    }
    if bounds.is_empty() {
        let message = "it is stated that the server gives bundles to every version of the native app";
        outcome.findings.push(Draft::fail("no-native-floor", at, message).key(KEY));
        return true;
    }
    let own = natives(facts);
    let mut compared = false;
    for native in &own {
        let platform = words(native.platform);
        let Some((text, version)) = native.name.known().and_then(|text| Some((text, loose(text)?))) else { continue };
        compared = true;
        let out = bounds.iter().find(|(field, bound)| match *field {
            "min_native" => version.cmp_precedence(bound).is_lt(),
            _ => version.cmp_precedence(bound).is_gt(),
        });
        if let Some((field, bound)) = out {
            let message = format!(
                "`{field}` of the channel is stated as {bound}, and the app on {platform} is {}: it gets no update",
                shown(text)
            );
            outcome.findings.push(Draft::fail("native-version-outside", at.clone(), message).key(*field));
        }
    }
    if !compared {
        let message = format!("`{KEY}` is stated, and no native project states a version to compare");
        unknown(outcome, &at, &message);
    }
    note(outcome, facts, statement);
    true
}

/// The bounds that a statement names, as far as they are versions.
fn bounds(statement: &Statement) -> Vec<(&'static str, Version)> {
    let first = statement.value.first().filter(|_| !statement.value.none);
    let fields = ["min_native", "max_native"].into_iter();
    fields.filter_map(|field| Some((field, loose(first?.text(field)?)?))).collect()
}

/// Whether the release is lower than the native app itself, which the store delivered with a bundle of that version.
pub(super) fn under_native(outcome: &mut Outcome, facts: &Facts, version: &Version, at: &Location) {
    let own = natives(facts);
    let is_capgo = updates_or_na(facts).is_ok_and(|systems| systems.contains("capgo"));
    for native in &own {
        let Some((text, known)) = native.name.known().and_then(|text| Some((text, loose(text)?))) else { continue };
        let platform = words(native.platform);
        let app = format!("the native app on {platform}, {}", shown(text));
        if version.cmp_precedence(&known).is_ge() {
            outcome.saw(format!("it is not lower than {app}"), Some(native.location.clone()));
            continue;
        }
        let draft = if is_capgo {
            let message = format!(
                "the version {version} is lower than {app}: for devices with it the update goes back, which Capgo's channels refuse by default"
            );
            Draft::fail("under-native", at.clone(), message)
        } else {
            let message = format!(
                "the version {version} is lower than {app}; look at whether the two are counted alike, since then the update goes back"
            );
            Draft::manual("under-native", at.clone(), message).severity(Severity::Low)
        };
        outcome.findings.push(draft.key(native.platform.word()));
    }
}

const fn words(platform: Platform) -> &'static str {
    match platform {
        Platform::Android => "Android",
        Platform::Ios => "iOS",
    }
}
