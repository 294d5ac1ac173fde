//! What several controls ask of the comparison with an earlier bundle: what is new since, and what to say of it.

use super::Outcome;
use super::support::{count, shown};
use crate::facts::Facts;
use crate::facts::comparison::{Comparison, SetItem, SetKind};
use crate::facts::privacy::SignalFact;

/// Names told of one set.
const MOST: usize = 12;

/// The comparisons that were made, each with what it is against; the reviewed bundle first, which is what a store asks about.
pub(super) fn comparisons(facts: &Facts) -> impl Iterator<Item = (&Comparison, &'static str)> {
    let reviewed = facts.reviewed.as_ref().map(|one| (one, "the bundle that the store reviewed"));
    let previous = facts.previous.as_ref().map(|one| (one, "the bundle before"));
    reviewed.into_iter().chain(previous)
}

/// Whether there is an earlier bundle.
pub(super) fn is_compared(facts: &Facts) -> bool {
    comparisons(facts).next().is_some()
}

/// Since which bundle something of these sets is new, when it is.
pub(super) fn new_since(facts: &Facts, kinds: &[SetKind], is: impl Fn(&SetItem) -> bool) -> Option<&'static str> {
    comparisons(facts)
        .find(|(comparison, _)| kinds.iter().any(|kind| comparison.added(*kind).any(&is)))
        .map(|(_, since)| since)
}

/// Since which bundle a signal of personal data is new, when it is.
pub(super) fn signal_since(facts: &Facts, fact: &SignalFact) -> Option<&'static str> {
    let ends = format!("({})", fact.signal.id);
    let kinds = [SetKind::PersonalData, SetKind::Payments, SetKind::RemoteConfig];
    new_since(facts, &kinds, |item| item.name.ends_with(&ends))
}

/// Notes what of these sets is new or gone as evidence, or that nothing is.
pub(super) fn tell(outcome: &mut Outcome, facts: &Facts, kinds: &[SetKind]) {
    for (comparison, since) in comparisons(facts) {
        let sets = || kinds.iter().filter_map(|kind| comparison.set(*kind));
        for set in sets() {
            for item in set.added.iter().take(MOST) {
                let message = format!("new since {since}, {}: `{}`", set.kind.title(), shown(&item.name));
                outcome.saw(message, Some(item.location.clone()));
            }
            if set.added.len() > MOST {
                let more = count(set.added.len() - MOST, "more is", "more are");
                outcome.saw(format!("{more} new since {since}: {}", set.kind.title()), None);
            }
        }
        if sets().all(|set| set.added.is_empty()) {
            let names: Vec<&str> = kinds.iter().map(|kind| kind.title()).collect();
            outcome.saw(format!("nothing is new since {since} of: {}", names.join(", ")), None);
        }
    }
}

/// What the update changes against the reviewed bundle, or else the one before, in one sentence; none without either.
pub(super) fn statement(facts: &Facts) -> Option<String> {
    let (comparison, since) = comparisons(facts).next()?;
    if comparison.before == comparison.after {
        return Some(format!("it is {since}, byte for byte"));
    }
    if comparison.is_none() {
        return Some(format!(
            "since {since} no code changed, nothing that matters is new or gone, and {} other",
            count(comparison.files.len(), "file is", "files are")
        ));
    }
    let mut parts = Vec::new();
    for set in comparison.sets.iter().filter(|set| tells_purpose(set.kind)) {
        for (items, word) in [(&set.added, "new"), (&set.removed, "gone")] {
            if items.is_empty() {
                continue;
            }
            let names: Vec<String> = items.iter().take(3).map(|item| format!("`{}`", shown(&item.name))).collect();
            let more = items.len().saturating_sub(3);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            parts.push(format!("{word} of {}: {}{more}", set.kind.title(), names.join(", ")));
        }
    }
    if parts.is_empty() {
        parts.push("no page, route, plugin, host, use of personal data or way to pay is new or gone".to_owned());
    }
    let code = &comparison.code;
    let pieces = format!("{} of code new or changed", count(code.added_count, "piece", "pieces"));
    Some(format!("since {since} {pieces}; {}", parts.join("; ")))
}

/// Sets that say something of what an app is for.
const fn tells_purpose(kind: SetKind) -> bool {
    !matches!(
        kind,
        SetKind::Hosts
            | SetKind::BrowserFunctions
            | SetKind::WatchedCalls
            | SetKind::EntryPoints
            | SetKind::Libraries
            | SetKind::ContentPolicy
            | SetKind::Workers
    )
}
