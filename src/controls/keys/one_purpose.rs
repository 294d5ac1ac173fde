//! OTA-KEY-008: whether a key serves for one thing only.

use std::collections::{BTreeMap, BTreeSet};

use crate::controls::support::shown;
use crate::controls::updates::{key_place, trusted_keys, updates_or_na};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::inventory::{KeyRecord, KeyRole};
use crate::model::{Digest, Location, Root, Severity};

/// OTA-KEY-008.
pub static CONTROL: Control = Control {
    id: "OTA-KEY-008",
    slug: "one-purpose",
    title: "One key, one purpose, one environment",
    requirement: "Signing key is not reused for TLS, encryption, other apps or for staging and production.",
    rationale: "A key that is used in two places is as safe as the worse of them, and can't be withdrawn in one alone.",
    remediation: "Split keys.",
    limits: "What a key is for is stated by the policy's parameter `uses`, one line for each use; files show only that a certificate among them, or another update system of the app, has the same key. Capgo uses one RSA pair to sign the checksum and to wrap the session key, by design and with no choice left to the app: the default policy states it as evidence, and with `capgo_pair: ask`, which the strict policy sets, a person must accept it, as the guide's words have it.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[("MASVS", "MASVS-CRYPTO-2"), ("MASWE", "MASWE-0012"), ("NIST-800-53", "SC-12"), ("NIST-800-57", "5.2")],
    parameters: &[
        Parameter {
            name: "uses",
            about: "the registry's uses, `<SHA-256 of the SubjectPublicKeyInfo>=<purpose, app, environment>` for each; a key that stands twice has two",
            kind: ParameterKind::List(&[]),
        },
        Parameter {
            name: "capgo_pair",
            about: "Capgo's one pair for signing and wrapping: `by-design`, or `ask` a person to accept it",
            kind: ParameterKind::Choice(&["by-design", "ask"]),
        },
    ],
    attestations: &[],
    cases: include_str!("../../../tests/controls/key/one-purpose.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let mut keys: BTreeMap<Digest, Vec<(&'static str, &KeyRecord)>> = BTreeMap::new();
    for (system, record) in trusted_keys(facts) {
        if let Some(digest) = record.fact.spki_sha256 {
            keys.entry(digest).or_default().push((system, record));
        }
    }
    if keys.is_empty() {
        return Outcome::not_applicable("no public key for updates was read");
    }
    let mut outcome = Outcome::default();
    let uses = uses(&mut outcome, parameters.list("uses"));
    for (digest, records) in &keys {
        let Some((system, first)) = records.first() else { continue };
        let place = key_place(facts, first);
        files(&mut outcome, facts, *digest, records, &place);
        if *system == "capgo" {
            let message = "Capgo signs checksums and wraps session keys with one pair, by design";
            if parameters.choice("capgo_pair") == "ask" {
                let draft = Draft::manual("shared-pair", place.clone(), message).severity(Severity::Low);
                outcome.findings.push(draft.key(digest.hex()));
            } else {
                outcome.saw(message, Some(place.clone()));
            }
        }
        let source = shown(&first.source);
        match uses.get(digest) {
            Some(stated) if stated.len() > 1 => {
                let stated = stated.iter().map(String::as_str).collect::<Vec<_>>().join("; ");
                let message = format!("`{source}` has more than one use in the registry: {}", shown(&stated));
                outcome.findings.push(Draft::fail("two-uses", place, message).key(digest.hex()));
            }
            Some(stated) => {
                let stated = stated.first().map_or("", String::as_str);
                outcome.saw(format!("`{source}` has one use in the registry: {}", shown(stated)), Some(place));
            }
            None => {
                let message = format!(
                    "what else `{source}` is used for is not known: the policy's `uses` does not name it (SHA-256 {digest})"
                );
                outcome.findings.push(Draft::manual("no-registry", place, message).key(digest.hex()));
            }
        }
    }
    outcome
}

/// The uses of each key.
fn uses(outcome: &mut Outcome, entries: &[String]) -> BTreeMap<Digest, BTreeSet<String>> {
    let mut uses: BTreeMap<Digest, BTreeSet<String>> = BTreeMap::new();
    for entry in entries {
        let read =
            entry.split_once('=').and_then(|(digest, what)| Some((Digest::from_hex(digest.trim())?, what.trim())));
        if let Some((digest, what)) = read.filter(|(_, what)| !what.is_empty()) {
            uses.entry(digest).or_default().insert(what.to_owned());
        } else {
            let message = format!("`{}` in the policy's `uses` is no SHA-256 with a use", shown(entry));
            let draft = Draft::indeterminate("registry-entry", Location::file(Root::App, ""), message);
            outcome.findings.push(draft.key(shown(entry)));
        }
    }
    uses
}

/// Other uses that the files themselves show: another update system, or a certificate that no update system reads.
fn files(outcome: &mut Outcome, facts: &Facts, digest: Digest, records: &[(&str, &KeyRecord)], place: &Location) {
    let systems: BTreeSet<&str> = records.iter().map(|(system, _)| *system).collect();
    if systems.len() > 1 {
        let systems = systems.into_iter().collect::<Vec<_>>().join(", ");
        let message = format!("one key verifies the updates of several systems: {systems}");
        outcome.findings.push(Draft::fail("several-systems", place.clone(), message).key(digest.hex()));
    }
    // A certificate's file that an update system's configuration names is that system's own.
    let named: BTreeSet<&str> = records.iter().filter_map(|(_, record)| record.kept_in.as_deref()).collect();
    let is_expo = records.iter().any(|(_, record)| record.role == KeyRole::Certificate);
    let others = facts.keys.iter().flat_map(|keys| &keys.records).filter(|record| {
        record.system.is_none()
            && record.role == KeyRole::Certificate
            && record.fact.spki_sha256 == Some(digest)
            && !record.sample
            && !named.contains(record.file.as_str())
    });
    for other in others.filter(|_| !is_expo) {
        let message = format!("the certificate `{}` has the key that verifies updates", shown(&other.source));
        let draft = Draft::fail("also-a-certificate", key_place(facts, other), message);
        outcome.findings.push(draft.key(shown(&other.file)));
    }
}
