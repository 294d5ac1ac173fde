//! OTA-KEY-002: the public key in the app against the registry, and its copies against each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::controls::support::shown;
use crate::controls::updates::{key_place, trusted_keys, updates_or_na};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::inventory::KeyRecord;
use crate::model::{Digest, Fact, Location, Root, Severity};

/// OTA-KEY-002.
pub static CONTROL: Control = Control {
    id: "OTA-KEY-002",
    slug: "registered-key",
    title: "Embedded public key is the registered one",
    requirement: "The public key in the app config equals an active entry in the key registry; platform copies agree (capacitor.config, ios/App/App/capacitor.config.json, android assets).",
    rationale: "Whoever exchanges the key in one configuration signs updates for the devices that get it. A copy that was left behind refuses the updates that all others take.",
    remediation: "cap sync; register key.",
    limits: "Keys are compared decoded, by the SHA-256 of their SubjectPublicKeyInfo, and never by their text. The registry is the policy's parameter `active_keys`, and `revoked_keys` what was withdrawn; an empty registry is manual. A configuration that is TypeScript or JavaScript is not run, so it is compared by the copies that `cap sync` writes of it.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(f)"),
        ("CWE", "CWE-347"),
        ("ETSI-303645", "5.3-10"),
        ("MASVS", "MASVS-CRYPTO-2"),
        ("MASWE", "MASWE-0026"),
        ("NIST-800-53", "CM-3(6)"),
        ("NIST-800-53", "SC-12"),
        ("NIST-800-53", "SI-7(15)"),
        ("TUF", "key-compromise"),
    ],
    parameters: &[
        Parameter {
            name: "active_keys",
            about: "the registry: SHA-256 of the SubjectPublicKeyInfo of each key that may verify updates, 64 hexadecimal digits",
            kind: ParameterKind::List(&[]),
        },
        Parameter {
            name: "revoked_keys",
            about: "the same of keys that were withdrawn",
            kind: ParameterKind::List(&[]),
        },
    ],
    attestations: &[],
    cases: include_str!("../../../tests/controls/key/registered-key.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let keys: Vec<(&'static str, &KeyRecord)> = trusted_keys(facts).collect();
    let mut outcome = Outcome::default();
    if keys.is_empty() {
        let configs = facts.app.iter().flat_map(|app| &app.configs);
        for config in configs.filter(|config| config.content.known().is_none()) {
            let (Fact::Unknown(why) | Fact::Unreadable(why)) = &config.content else { continue };
            let message = format!("whether `{}` has a public key is not known: {}", shown(&config.path), shown(why));
            let location = Location::file(Root::App, &config.path);
            outcome.findings.push(match config.content {
                Fact::Unreadable(_) => Draft::indeterminate("config-unreadable", location, message),
                _ => Draft::manual("config-not-read", location, message).severity(Severity::Medium),
            });
        }
        if outcome.findings.is_empty() {
            return Outcome::not_applicable("no public key for updates is configured");
        }
        return outcome;
    }
    for (_, record) in keys.iter().filter(|(_, record)| record.fact.spki_sha256.is_none()) {
        let why = record.unread.as_deref().unwrap_or("it can't be read");
        let message = format!("the key `{}` could not be read: {}", shown(&record.source), shown(why));
        let draft = Draft::indeterminate("key-unreadable", key_place(facts, record), message);
        outcome.findings.push(draft.key(shown(&record.source)));
    }
    copies(&mut outcome, facts, &keys);
    registry(&mut outcome, facts, &keys, parameters);
    outcome
}

/// The copies of one app's configuration: all must have the same keys of a system.
fn copies(outcome: &mut Outcome, facts: &Facts, keys: &[(&'static str, &KeyRecord)]) {
    let mut by_file: BTreeMap<&str, BTreeMap<&str, BTreeSet<Digest>>> = BTreeMap::new();
    for (system, record) in keys {
        let Some(digest) = record.fact.spki_sha256 else { continue };
        by_file.entry(system).or_default().entry(&record.file).or_default().insert(digest);
    }
    let known = facts.app.iter().flat_map(|app| &app.configs).filter(|config| config.content.known().is_some());
    let known: Vec<&str> = known.map(|config| config.path.as_str()).collect();
    for (system, files) in &by_file {
        // The keys of other files, such as a property list, are no copies of this configuration.
        let own: Vec<_> = files.iter().filter(|(file, _)| known.contains(file)).collect();
        let Some((first, expected)) = own.first().copied() else { continue };
        for (file, digests) in own.iter().skip(1) {
            if *digests != expected {
                let message = format!("`{}` has another public key for {system} than `{}`", shown(file), shown(first));
                let record = keys.iter().find(|(own, record)| own == system && record.file == **file);
                let place =
                    record.map_or_else(|| Location::file(Root::App, file), |(_, record)| key_place(facts, record));
                outcome.findings.push(Draft::fail("copies-differ", place, message).key(shown(file)));
            }
        }
        for file in known.iter().filter(|file| !files.contains_key(*file)) {
            // A key that is there and can't be read is reported already.
            if keys.iter().any(|(own, record)| own == system && record.file == **file) {
                continue;
            }
            let message = format!("`{}` has no public key for {system}, and `{}` has one", shown(file), shown(first));
            let draft = Draft::fail("copy-without-key", Location::file(Root::App, file), message);
            outcome.findings.push(draft.key(shown(file)));
        }
        if own.len() > 1 {
            outcome
                .saw(format!("{} configurations of the app were compared in their keys for {system}", own.len()), None);
        }
    }
}

fn registry(outcome: &mut Outcome, facts: &Facts, keys: &[(&'static str, &KeyRecord)], parameters: &Parameters) {
    let mut read = |name: &str| -> BTreeSet<Digest> {
        let mut digests = BTreeSet::new();
        for entry in parameters.list(name) {
            if let Some(digest) = Digest::from_hex(entry.trim()) {
                digests.insert(digest);
            } else {
                let message =
                    format!("`{}` in the policy's `{name}` is no SHA-256 in hexadecimal digits", shown(entry));
                let draft = Draft::indeterminate("registry-entry", Location::file(Root::App, ""), message);
                outcome.findings.push(draft.key(shown(entry)));
            }
        }
        digests
    };
    let (active, revoked) = (read("active_keys"), read("revoked_keys"));
    for (_, record) in keys {
        let Some(digest) = record.fact.spki_sha256 else { continue };
        let place = key_place(facts, record);
        let source = shown(&record.source);
        if revoked.contains(&digest) {
            let message = format!("`{source}` is a key that was revoked, SHA-256 {digest}");
            outcome.findings.push(Draft::fail("revoked-key", place, message).key(digest.hex()));
        } else if active.contains(&digest) {
            outcome.saw(format!("`{source}` is an active key of the registry, SHA-256 {digest}"), Some(place));
        } else if active.is_empty() {
            let message = format!(
                "`{source}` has the SHA-256 {digest}, and the policy's `active_keys` is empty: look whether it is the registered key"
            );
            outcome
                .findings
                .push(Draft::manual("no-registry", place, message).severity(Severity::Medium).key(digest.hex()));
        } else {
            let message = format!("`{source}` is not in the registry, SHA-256 {digest}");
            outcome.findings.push(Draft::fail("unknown-key", place, message).key(digest.hex()));
        }
    }
}
