//! What several controls ask of the signals of personal data.

use std::borrow::Cow;

use super::changed::signal_since;
use super::support::{START, at, bundle_or_na, count, shown};
use super::{Draft, Outcome};
use crate::facts::Facts;
use crate::facts::privacy::{Kind, Met, PrivacyFacts, SignalFact, Weight};
use crate::model::{Location, Root, Severity};

/// Services and plugins whose business is advertising across apps: what the CCPA calls sharing.
const SHARING: [&str; 3] = ["cap.admob", "cap.idfa", "lib.social-pixel"];

/// The signals of the bundle, or why the control can't be assessed.
pub(super) fn signals_or_na(facts: &Facts) -> Result<Cow<'_, PrivacyFacts>, Outcome> {
    bundle_or_na(facts)?;
    match facts.personal_data() {
        Some(found) if found.fault.is_none() => Ok(found),
        other => {
            let why = other.and_then(|found| found.fault.clone()).unwrap_or_default();
            let message = format!("the table of signals could not be read: {}", shown(&why));
            let place = Location::file(Root::Bundle, "");
            let mut outcome = Outcome::default();
            outcome.findings.push(Draft::indeterminate("no-table", place, message));
            Err(outcome)
        }
    }
}

/// Scripts that were not parsed: one question for all of them.
pub(super) fn add_unparsed(outcome: &mut Outcome, found: &PrivacyFacts) {
    let Some(first) = found.unparsed.first() else { return };
    let number = count(found.unparsed.len(), "file", "files");
    let message = format!("what {number} of the bundle call is not known, for they were not read: `{}`", shown(first));
    outcome
        .findings
        .push(Draft::indeterminate("not-read", at(first, None), message).severity(Severity::Medium).key("not-read"));
}

/// Whether personal data is touched for sure, or nearly so: a call, a contact, or a plugin that is registered for it.
pub(super) fn is_personal(fact: &SignalFact) -> bool {
    let signal = fact.signal;
    signal.kind != Kind::Positive
        && signal.confidence == Weight::High
        && (fact.met.is_use() || fact.met == Met::Registered)
        // What update requests carry is OTA-GDPR-003's question.
        && signal.id != "lib.replayota"
}

/// Whether data is shared with others for advertising.
pub(super) fn is_sharing(fact: &SignalFact) -> bool {
    SHARING.contains(&fact.signal.id.as_str()) && fact.met != Met::Available
}

/// The signal of this id, when it was met.
pub(super) fn met<'a>(found: &'a PrivacyFacts, id: &str) -> Option<&'a SignalFact> {
    found.signals.iter().find(|one| one.signal.id == id && one.met != Met::Available)
}

/// The first place of a signal.
pub(super) fn place(fact: &SignalFact) -> Location {
    match fact.places.first() {
        Some(first) if !first.path.is_empty() => at(&first.path, first.position.or(Some(START))),
        _ => Location::file(Root::Bundle, ""),
    }
}

/// ``the bundle calls `navigator.geolocation.watchPosition` (the place of the device, by the browser; 3 places)``.
pub(super) fn sentence(fact: &SignalFact) -> String {
    let what = fact.places.first().map_or("", |first| first.what.as_str());
    let does = match fact.met {
        Met::Called => "calls",
        Met::Read => "reads",
        Met::Contacted => "contacts",
        Met::Registered => "registers the plugin",
        Met::Named | Met::Available => "names",
    };
    let places = count(fact.places.len() + fact.more, "place", "places");
    format!("the bundle {does} `{}` ({}; {places})", shown(what), lower_first(&fact.signal.title))
}

/// What the policy states of a signal.
pub(super) enum Said<'a> {
    /// All is well, in words that go on with the sentence.
    Fine(&'a str),
    /// It is not: the rule, and such words.
    Wrong(&'static str, &'a str),
    /// Nothing: the rule, the question, and how grave it is. What an update adds and nothing declares fails.
    Nothing(&'static str, &'a str, Severity),
}

/// Judges a signal by what the policy states of it, and by whether an earlier bundle had it.
pub(super) fn judge(outcome: &mut Outcome, facts: &Facts, fact: &SignalFact, said: &Said<'_>, key: &str) {
    let sentence = sentence(fact);
    let draft = match said {
        Said::Fine(words) => {
            outcome.attested = true;
            outcome.saw(format!("{sentence}{words}"), Some(place(fact)));
            return;
        }
        Said::Wrong(rule, words) => Draft::fail(*rule, place(fact), format!("{sentence}{words}")),
        Said::Nothing(rule, question, severity) => match signal_since(facts, fact).filter(|_| fact.met.is_use()) {
            Some(since) => {
                let message = format!("{sentence}, new since {since}, and nothing states it{question}");
                Draft::fail(format!("new-{rule}"), place(fact), message)
            }
            None => Draft::manual(*rule, place(fact), format!("{sentence}{question}")).severity(*severity),
        },
    };
    outcome.findings.push(draft.key(key));
}

/// The names of some signals, joined.
pub(super) fn titles<'a>(facts: impl Iterator<Item = &'a SignalFact>) -> String {
    let titles: Vec<String> = facts.map(|fact| lower_first(&fact.signal.title)).collect();
    titles.join("; ")
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    let second_is_upper = characters.clone().next().is_some_and(char::is_uppercase);
    if second_is_upper { text.to_owned() } else { first + characters.as_str() }
}
