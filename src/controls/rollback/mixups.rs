//! Signs that a release, or the bundle itself, was made for another stage than the app: its channel, its address, keys and
//! hosts for tests.

use super::channel;
use crate::controls::configured::possible;
use crate::controls::support::shown;
use crate::controls::{Draft, Outcome, Parameters, changed};
use crate::facts::capacitor::Scalar;
use crate::facts::comparison::{SetItem, SetKind};
use crate::facts::{AppFacts, Facts};
use crate::model::{Fact, Location, Root, Severity};

/// Words in the names of hosts for tests, beside those for channels.
const HOST_WORDS: [&str; 3] = ["sandbox", "stg", "localhost"];
/// Hosts told where there is nothing to compare with.
const MOST: usize = 5;
/// The public keys of update systems: plugin, key.
const KEYS: [(&str, &str); 3] =
    [("CapacitorUpdater", "publicKey"), ("LiveUpdate", "publicKey"), ("LiveUpdates", "key")];

/// Adds what speaks for a mix-up.
pub(super) fn add(outcome: &mut Outcome, facts: &Facts, parameters: &Parameters) {
    let production = channel(facts).filter(|own| !is_for_tests(own, parameters));
    if let Some(own) = production {
        release(outcome, facts, parameters, own);
    }
    keys(outcome, facts, parameters);
    if changed::is_compared(facts) {
        test_hosts(outcome, facts, parameters);
        stages(outcome, facts);
    } else if production.is_some() {
        contacts(outcome, facts, parameters);
    }
}

/// Whether a name has one of the words for tests.
pub(super) fn is_for_tests(name: &str, parameters: &Parameters) -> bool {
    let lower = name.to_lowercase();
    let mut words = parameters.list("test_channels").iter().map(|word| word.to_lowercase());
    words.any(|word| lower.split(|mark: char| !mark.is_alphanumeric()).any(|part| part == word))
}

fn is_test_host(host: &str, parameters: &Parameters) -> bool {
    let mut parts = host.split(|mark: char| !mark.is_alphanumeric());
    is_for_tests(host, parameters) || parts.any(|part| HOST_WORDS.contains(&part))
}

/// The release's own channel and address, against the app's channel of production.
fn release(outcome: &mut Outcome, facts: &Facts, parameters: &Parameters, own: &str) {
    for terms in facts.published_terms() {
        let place = |position| Location::at(Root::Release, &terms.source, position);
        if let Some(theirs) = &terms.channel {
            let message = format!(
                "the release is for the channel `{}`, and the app asks for `{}`",
                shown(&theirs.text),
                shown(own)
            );
            if theirs.text.eq_ignore_ascii_case(own.trim()) {
                outcome.saw(format!("the release is for the channel `{}`", shown(own)), Some(place(theirs.position)));
            } else if is_for_tests(&theirs.text, parameters) {
                let draft = Draft::fail("release-for-tests", place(theirs.position), message);
                outcome.findings.push(draft.key(&*theirs.text));
            } else {
                let draft = Draft::manual("release-for-other-channel", place(theirs.position), message);
                outcome.findings.push(draft.key(&*theirs.text));
            }
        }
        let Some(address) = &terms.address else { continue };
        let host = address.text.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        if is_test_host(host, parameters) {
            let message = format!(
                "the release is fetched from `{}`, by its name a host for tests, and the app asks for the channel `{}`",
                shown(host),
                shown(own)
            );
            outcome.findings.push(Draft::manual("release-from-test-host", place(address.position), message).key(host));
        }
    }
}

/// A key that a configuration for tests shares with the one that ships: what is signed for tests verifies in production.
fn keys(outcome: &mut Outcome, facts: &Facts, parameters: &Parameters) {
    let Some(app) = &facts.app else { return };
    for (plugin, key) in KEYS {
        let text = |app: &AppFacts| {
            possible(app, &["plugins", plugin, key]).into_iter().find_map(|one| match one.value {
                Fact::Known(Scalar::Text(text)) if !text.trim().is_empty() => {
                    Some((text.split_whitespace().collect::<String>(), one.place))
                }
                _ => None,
            })
        };
        let Some((own, _)) = text(app) else { continue };
        for variant in &facts.variants {
            let name = variant.when.as_deref().unwrap_or(&variant.path);
            let Some((other, place)) = variant.facts.app.as_ref().and_then(text) else { continue };
            if other == own && is_for_tests(name, parameters) {
                let message = format!(
                    "`{plugin}.{key}` is the same in `{}`, by its name for tests: what is signed for tests verifies in production too",
                    shown(name)
                );
                let draft = Draft::manual("key-shared-with-tests", place, message).severity(Severity::Low);
                outcome.findings.push(draft.key(shown(name)));
            }
        }
    }
}

/// Hosts that are new since an earlier bundle and have a word for tests in their names: a build for the wrong stage.
fn test_hosts(outcome: &mut Outcome, facts: &Facts, parameters: &Parameters) {
    for (comparison, since) in changed::comparisons(facts) {
        for item in comparison.added(SetKind::Contacts).chain(comparison.added(SetKind::Hosts)) {
            if is_test_host(&item.name, parameters) {
                let message = format!(
                    "the host `{}` is new since {since}, and by its name one for tests; look at whether this build is for production",
                    shown(&item.name)
                );
                let known = outcome.findings.iter().any(|draft| draft.rule == "test-host" && draft.key == item.name);
                if !known {
                    outcome.findings.push(Draft::manual("test-host", item.location.clone(), message).key(&*item.name));
                }
            }
        }
    }
}

/// The hosts that are contacted, where nothing tells which of them are new.
fn contacts(outcome: &mut Outcome, facts: &Facts, parameters: &Parameters) {
    let hosts = facts.bundle.iter().flat_map(|bundle| &bundle.network.hosts);
    let hosts = hosts.filter(|host| host.class.is_contact() && is_test_host(&host.host, parameters));
    for host in hosts.take(MOST) {
        let Some(first) = host.mentions.first() else { continue };
        let place = first.position.map_or_else(
            || Location::file(Root::Bundle, &first.path),
            |position| Location::at(Root::Bundle, &first.path, position),
        );
        let message = format!(
            "the host `{}` is contacted, and by its name one for tests; look at whether this build is for production",
            shown(&host.host)
        );
        outcome.findings.push(Draft::manual("test-host", place, message).severity(Severity::Low).key(&*host.host));
    }
}

/// Keys for tests that are new; with the same service's key for production gone, the stages were mixed up.
fn stages(outcome: &mut Outcome, facts: &Facts) {
    for (comparison, since) in changed::comparisons(facts) {
        let Some(set) = comparison.set(SetKind::Stages) else { continue };
        let service = |item: &SetItem| item.name.split_whitespace().next().map(str::to_owned);
        for item in set.added.iter().filter(|item| item.name.ends_with("for tests")) {
            let swapped =
                set.removed.iter().any(|gone| gone.name.ends_with("for production") && service(gone) == service(item));
            let name = shown(&item.name);
            let draft = if swapped {
                let message = format!("the key {name}, is new since {since}, and the one for production is gone");
                Draft::fail("test-key", item.location.clone(), message)
            } else {
                let message =
                    format!("the key {name}, is new since {since}; look at whether this build is for production");
                Draft::manual("test-key", item.location.clone(), message)
            };
            if !outcome.findings.iter().any(|known| known.rule == "test-key" && known.key == item.name) {
                outcome.findings.push(draft.key(&*item.name));
            }
        }
    }
}
