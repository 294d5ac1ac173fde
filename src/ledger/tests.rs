//! Tampering with a ledger, and what is told of it.

use std::path::{Path, PathBuf};

use super::*;
use crate::model::{Counts, Digest, GateResult, PolicySubject, Severity, Tool};

const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB\n-----END PRIVATE KEY-----\n";
const OTHER_KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC\n-----END PRIVATE KEY-----\n";

fn tool() -> Tool {
    Tool { name: "otaudit".to_owned(), version: "0.1.0".to_owned() }
}

fn record(app: &str, version: &str, as_of: &str) -> Record {
    Record {
        schema: RECORD_SCHEMA.to_owned(),
        app: Some(app.to_owned()),
        channel: None,
        version: Some(version.to_owned()),
        number: 0,
        previous: Vec::new(),
        as_of: as_of.to_owned(),
        tool: tool(),
        audit: Some(Audit {
            report: None,
            subject: Digests { content: Some(Digest::of(version.as_bytes())), ..Digests::default() },
            policy: PolicySubject { name: "default".to_owned(), sha256: Digest::of(b"policy"), extends: Vec::new() },
            deviations: Vec::new(),
            gate: GateNote {
                result: GateResult::Passed,
                fail_on: Severity::High,
                strict: false,
                indeterminate_fails: true,
                blocking: 0,
            },
            counts: Counts::default(),
            verdicts: std::collections::BTreeMap::new(),
            findings: Vec::new(),
            keys: Vec::new(),
            exceptions: Vec::new(),
            attestations: Vec::new(),
            incidents: None,
            signer: None,
        }),
        signature: None,
    }
}

/// A ledger of five records of one app, one a month.
struct Five {
    folder: tempfile::TempDir,
    names: Vec<Digest>,
}

impl Five {
    fn new(key: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = key.map(|key| SigningKey::read(key).unwrap());
        let store = Folder::new(folder.path());
        let names = (1..=5)
            .map(|month| {
                let one = record("app.example", &format!("1.{month}.0"), &format!("2026-0{month}-01T00:00:00Z"));
                append(&store, one, key.as_ref()).unwrap().name
            })
            .collect();
        Self { folder, names }
    }

    fn store(&self) -> Folder {
        Folder::new(self.folder.path())
    }

    fn file(&self, name: &Digest) -> PathBuf {
        self.folder.path().join(place_of(name))
    }

    fn faults(&self, against: Against<'_>) -> Vec<(FaultKind, Digest)> {
        let ledger = Ledger::load(&self.store()).unwrap();
        verify(&ledger, against).into_iter().map(|fault| (fault.kind, fault.record)).collect()
    }

    fn load(&self) -> Ledger {
        Ledger::load(&self.store()).unwrap()
    }

    /// Puts a record under its own name, as someone does who knows the format.
    fn put(&self, record: &Record) -> Digest {
        let bytes = record.bytes().unwrap();
        let name = Digest::of(&bytes);
        self.store().add(&name, &bytes).unwrap();
        name
    }
}

fn overwrite(path: &Path, bytes: &[u8]) {
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn an_untouched_ledger_has_no_fault() {
    let five = Five::new(None);
    assert_eq!(five.faults(Against::default()), []);
    let ledger = five.load();
    let numbers: Vec<u64> = ledger.ordered().iter().map(|(_, record)| record.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    let point = checkpoint(&ledger, "2026-06-01T00:00:00Z");
    assert_eq!(five.faults(Against { checkpoint: Some(&point), keys: &[] }), []);
}

#[test]
fn a_changed_record_is_named_with_the_moment_that_vouches_for_it() {
    let five = Five::new(None);
    let path = five.file(&five.names[2]);
    let text = std::fs::read_to_string(&path).unwrap();
    overwrite(&path, text.replace("\"passed\"", "\"failed\"").as_bytes());
    let faults = verify(&five.load(), Against::default());
    let [fault] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!((fault.kind, fault.record), (FaultKind::Changed, five.names[2]));
    assert_eq!(fault.since.as_deref(), Some("2026-04-01T00:00:00Z"));
    assert!(fault.detail.contains("1.3.0"), "{}", fault.detail);
}

#[test]
fn half_a_record_is_told_and_left_out() {
    let five = Five::new(None);
    let path = five.file(&five.names[4]);
    let bytes = std::fs::read(&path).unwrap();
    overwrite(&path, &bytes[..bytes.len() / 2]);
    assert_eq!(five.faults(Against::default()), [(FaultKind::Damaged, five.names[4])]);
    assert_eq!(five.load().records.len(), 4);
    std::fs::write(five.folder.path().join("records/ab.tmp"), b"x").unwrap();
    std::fs::write(path.with_file_name(".writing-abc"), b"{").unwrap();
    let ledger = five.load();
    assert_eq!((ledger.unfinished.len(), ledger.strangers.len()), (1, 1));
}

#[test]
fn a_removed_record_is_named_by_the_one_after_it() {
    let five = Five::new(None);
    std::fs::remove_file(five.file(&five.names[1])).unwrap();
    assert_eq!(five.faults(Against::default()), [(FaultKind::Removed, five.names[1])]);
}

#[test]
fn a_cut_end_is_seen_by_a_checkpoint() {
    let five = Five::new(None);
    let point = checkpoint(&five.load(), "2026-06-01T00:00:00Z");
    std::fs::remove_file(five.file(&five.names[4])).unwrap();
    assert_eq!(five.faults(Against::default()), [], "without a checkpoint the end can't be known");
    let against = Against { checkpoint: Some(&point), keys: &[] };
    assert_eq!(five.faults(against), [(FaultKind::Truncated, five.names[4])]);
    std::fs::remove_file(five.file(&five.names[3])).unwrap();
    assert_eq!(five.faults(against), [(FaultKind::Truncated, five.names[4])]);
}

#[test]
fn an_inserted_record_forks_the_chain_and_is_newer_than_the_checkpoint() {
    let five = Five::new(None);
    let point = checkpoint(&five.load(), "2026-06-01T00:00:00Z");
    let mut false_one = record("app.example", "1.2.1", "2026-02-15T00:00:00Z");
    (false_one.number, false_one.previous) = (3, vec![five.names[1]]);
    let name = five.put(&false_one);
    assert_eq!(five.faults(Against::default()), [(FaultKind::Fork, five.names[1])]);
    let faults = five.faults(Against { checkpoint: Some(&point), keys: &[] });
    assert!(faults.contains(&(FaultKind::Inserted, name)), "{faults:?}");
    let mut stranger = record("other.example", "1.0.0", "2026-05-15T00:00:00Z");
    (stranger.number, stranger.previous) = (6, vec![five.names[4]]);
    let name = five.put(&stranger);
    assert!(five.faults(Against::default()).contains(&(FaultKind::Inserted, name)));
}

#[test]
fn reordered_records_are_told_by_their_numbers_and_dates() {
    let five = Five::new(None);
    let ledger = five.load();
    // The third and the fourth change places, with new names, as if the chain had been written so.
    for name in &five.names[2..] {
        std::fs::remove_file(five.file(name)).unwrap();
    }
    let mut fourth = ledger.records[&five.names[3]].clone();
    fourth.previous = vec![five.names[1]];
    let fourth_name = five.put(&fourth);
    let mut third = ledger.records[&five.names[2]].clone();
    third.previous = vec![fourth_name];
    let third_name = five.put(&third);
    let faults = five.faults(Against::default());
    assert!(faults.contains(&(FaultKind::Reordered, fourth_name)), "by its number: {faults:?}");
    assert!(faults.contains(&(FaultKind::Reordered, third_name)), "by its number and date: {faults:?}");
    // With numbers that fit, the date still tells.
    (fourth.number, third.number) = (3, 4);
    std::fs::remove_file(five.file(&fourth_name)).unwrap();
    std::fs::remove_file(five.file(&third_name)).unwrap();
    third.previous = vec![five.put(&fourth)];
    let third_name = five.put(&third);
    assert_eq!(five.faults(Against::default()), [(FaultKind::Reordered, third_name)]);
}

#[test]
fn records_that_are_signed_again_are_told() {
    use base64::Engine as _;
    let five = Five::new(Some(KEY));
    let own = SigningKey::read(KEY).unwrap();
    let other = SigningKey::read(OTHER_KEY).unwrap();
    let public = |key: &SigningKey| {
        let SigningKey::Ed25519(key) = key else { panic!() };
        let der =
            [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", key.verifying_key().as_bytes().as_slice()].concat();
        let body = base64::engine::general_purpose::STANDARD.encode(der);
        TrustedKey::read(&format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")).unwrap()
    };
    let keys = [public(&own)];
    assert_eq!(keys[0].fingerprint, own.fingerprint());
    assert_eq!(five.faults(Against { keys: &keys, checkpoint: None }), []);
    let last = five.load().records[&five.names[4]].clone();
    let mut again = last.clone();
    let body = last.signed_bytes().unwrap();
    again.signature = Some(RecordSignature {
        algorithm: "ed25519".to_owned(),
        key: other.fingerprint(),
        value: base64::engine::general_purpose::STANDARD.encode(other.sign(&body)),
    });
    // Beside the first one: the twin is seen without any key.
    let name = five.put(&again);
    let faults = five.faults(Against::default());
    assert!(faults.iter().any(|(kind, _)| *kind == FaultKind::SignedAgain), "{faults:?}");
    // In its place: the key is another's.
    std::fs::remove_file(five.file(&five.names[4])).unwrap();
    assert_eq!(five.faults(Against { keys: &keys, checkpoint: None }), [(FaultKind::SignedAgain, name)]);
    // With the right key's name, the signature does not verify.
    std::fs::remove_file(five.file(&name)).unwrap();
    if let Some(signature) = &mut again.signature {
        signature.key = own.fingerprint();
    }
    let name = five.put(&again);
    assert_eq!(five.faults(Against { keys: &keys, checkpoint: None }), [(FaultKind::SignedAgain, name)]);
    again.signature = None;
    std::fs::remove_file(five.file(&name)).unwrap();
    let name = five.put(&again);
    assert_eq!(five.faults(Against { keys: &keys, checkpoint: None }), [(FaultKind::SignedAgain, name)]);
}

#[test]
fn a_fork_is_joined_by_a_record_of_two_parents() {
    let five = Five::new(None);
    let mut twin = record("app.example", "1.5.1", "2026-05-02T00:00:00Z");
    (twin.number, twin.previous) = (5, vec![five.names[3]]);
    let twin = five.put(&twin);
    assert_eq!(five.faults(Against::default()), [(FaultKind::Fork, five.names[3])]);
    let joined = join(&five.store(), "2026-05-03T00:00:00Z", &tool(), None).unwrap();
    assert_eq!(joined.len(), 1);
    let mut both = vec![five.names[4], twin];
    both.sort_unstable();
    assert_eq!(joined[0].1.previous, both);
    assert_eq!(five.faults(Against::default()), []);
    assert!(join(&five.store(), "2026-05-03T00:00:00Z", &tool(), None).unwrap().is_empty());
    let next = append(&five.store(), record("app.example", "1.6.0", "2026-06-01T00:00:00Z"), None).unwrap();
    assert_eq!((next.record.number, next.record.previous), (7, vec![joined[0].0]));
}

#[test]
fn a_record_is_never_dated_long_before_the_last() {
    let five = Five::new(None);
    let problem = append(&five.store(), record("app.example", "1.6.0", "2026-04-01T00:00:00Z"), None).unwrap_err();
    assert!(problem.message.contains("only goes forward"), "{}", problem.message);
    assert_eq!(five.load().records.len(), 5);
    // Another app has a chain of its own.
    let other = append(&five.store(), record("other.example", "1.0.0", "2025-01-01T00:00:00Z"), None).unwrap();
    assert_eq!(other.record.number, 1);
}

#[test]
fn a_checkpoint_of_another_ledger_is_refused() {
    let five = Five::new(None);
    let mut point = checkpoint(&five.load(), "2026-06-01T00:00:00Z");
    point.root = Digest::of(b"other");
    let faults = five.faults(Against { checkpoint: Some(&point), keys: &[] });
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].0, FaultKind::Changed);
}

#[test]
fn the_past_has_the_same_channel_only() {
    let folder = tempfile::tempdir().unwrap();
    let store = Folder::new(folder.path());
    for (channel, version) in [("production", "1.0.0"), ("beta", "2.0.0")] {
        let one =
            Record { channel: Some(channel.to_owned()), ..record("app.example", version, "2026-01-01T00:00:00Z") };
        append(&store, one, None).unwrap();
    }
    let ledger = Ledger::load(&store).unwrap();
    let versions = |channel| {
        let past = history(&ledger, Some("app.example"), channel);
        past.audits.into_iter().filter_map(|audit| audit.version).collect::<Vec<_>>()
    };
    assert_eq!(versions(Some("production")), ["1.0.0"]);
    assert_eq!(versions(None), ["1.0.0", "2.0.0"]);
}
