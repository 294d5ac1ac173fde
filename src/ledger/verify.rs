//! Whether a ledger is what was written: which record was changed, removed, inserted, reordered, cut off or signed again,
//! and since when.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::chain::{Broken, Ledger, SLACK};
use super::checkpoint::{Checkpoint, records_under};
use super::merkle;
use super::record::Record;
use super::signing::TrustedKey;
use crate::facts::crypto;
use crate::model::{Digest, escape};

/// What was done to a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// A record's bytes are not those that its name says.
    Changed,
    /// A file with the name of a record is none: half-written, or something else.
    Damaged,
    /// A record is gone that others follow.
    Removed,
    /// Records at the end of a chain are gone.
    Truncated,
    /// A record stands where none was.
    Inserted,
    /// Records do not follow one another in their order.
    Reordered,
    /// A signature is missing, another's, or does not verify.
    SignedAgain,
    /// Two records follow the same one, and nothing joins them.
    Fork,
}

impl FaultKind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Damaged => "damaged",
            Self::Removed => "removed",
            Self::Truncated => "truncated",
            Self::Inserted => "inserted",
            Self::Reordered => "reordered",
            Self::SignedAgain => "signed-again",
            Self::Fork => "fork",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// What it is.
    pub kind: FaultKind,
    /// The record.
    pub record: Digest,
    /// Its app, when that is known.
    pub app: Option<String>,
    /// The last moment at which the ledger was still whole there, as its records tell; RFC 3339 in UTC.
    pub since: Option<String>,
    /// What was seen, in words; inert text.
    pub detail: String,
}

/// What a verification rests on beside the ledger itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Against<'a> {
    /// The keys that records are signed with; with none, signatures are not looked at.
    pub keys: &'a [TrustedKey],
    /// What was kept apart from the ledger.
    pub checkpoint: Option<&'a Checkpoint>,
}

/// All that is wrong with a ledger, sorted.
#[must_use]
pub fn verify(ledger: &Ledger, against: Against<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let successors = ledger.successors();
    broken(ledger, &successors, &mut faults);
    removed(ledger, &successors, &mut faults);
    order(ledger, &mut faults);
    forks(ledger, &successors, &mut faults);
    signatures(ledger, against.keys, &mut faults);
    if let Some(checkpoint) = against.checkpoint {
        since_checkpoint(ledger, checkpoint, &mut faults);
    }
    faults.sort();
    faults.dedup();
    faults
}

/// The first twelve digits of a name, as people are shown it.
#[must_use]
pub fn short(name: &Digest) -> String {
    name.hex().chars().take(12).collect()
}

fn fault(kind: FaultKind, name: &Digest, record: Option<&Record>, since: Option<String>, detail: &str) -> Fault {
    let app = record.and_then(|record| record.app.as_deref()).map(escape);
    Fault { kind, record: *name, app, since: since.map(|since| escape(&since)), detail: escape(detail) }
}

/// The earliest of the records that name `name`: then it was still there as it had been.
fn witness<'a>(
    ledger: &'a Ledger,
    successors: &BTreeMap<Digest, Vec<Digest>>,
    name: &Digest,
) -> Option<(Digest, &'a Record)> {
    let names = successors.get(name)?.iter();
    names
        .filter_map(|next| Some((*next, ledger.records.get(next)?)))
        .min_by_key(|(next, record)| (record.moment(), *next))
}

fn broken(ledger: &Ledger, successors: &BTreeMap<Digest, Vec<Digest>>, faults: &mut Vec<Fault>) {
    for (name, broken) in &ledger.broken {
        let witness = witness(ledger, successors, name);
        let vouched = witness.map_or_else(
            || "no record follows it that would say when it was whole".to_owned(),
            |(next, record)| format!("`{}` of {} still follows what it was", short(&next), record.as_of),
        );
        let since = witness.map(|(_, record)| record.as_of.clone());
        faults.push(match broken {
            Broken::Changed { now, record } => {
                let detail = format!(
                    "its bytes have the digest `{}` now and say {}, version {}, of {}; {vouched}",
                    short(now),
                    record.app_shown(),
                    record.version.as_deref().unwrap_or("not stated"),
                    record.as_of
                );
                fault(FaultKind::Changed, name, Some(record), since, &detail)
            }
            Broken::Damaged(why) => {
                let record = witness.map(|(_, record)| record);
                fault(FaultKind::Damaged, name, record, since, &format!("{why}; {vouched}"))
            }
        });
    }
}

fn removed(ledger: &Ledger, successors: &BTreeMap<Digest, Vec<Digest>>, faults: &mut Vec<Fault>) {
    for name in successors.keys() {
        if ledger.records.contains_key(name) || ledger.broken.contains_key(name) {
            continue;
        }
        let Some((next, record)) = witness(ledger, successors, name) else { continue };
        let number = record.number.saturating_sub(1);
        let detail = format!(
            "record {number} of {} is gone; `{}` of {} follows it",
            record.app_shown(),
            short(&next),
            record.as_of
        );
        faults.push(fault(FaultKind::Removed, name, Some(record), Some(record.as_of.clone()), &detail));
    }
}

fn order(ledger: &Ledger, faults: &mut Vec<Fault>) {
    for (name, record) in &ledger.records {
        let before: Vec<(&Digest, &Record)> =
            record.previous.iter().filter_map(|name| Some((name, ledger.records.get(name)?))).collect();
        let since = Some(record.as_of.clone());
        if let Some((other, _)) = before.iter().find(|(_, other)| other.app != record.app) {
            let detail = format!("it follows `{}`, which is a record of another app", short(other));
            faults.push(fault(FaultKind::Inserted, name, Some(record), since.clone(), &detail));
            continue;
        }
        let greatest = before.iter().map(|(_, other)| other.number).max().unwrap_or(0);
        if before.len() == record.previous.len() && record.number != greatest + 1 {
            let detail = format!("it says that it is number {}, and stands at {}", record.number, greatest + 1);
            faults.push(fault(FaultKind::Reordered, name, Some(record), since.clone(), &detail));
        }
        let later = before
            .iter()
            .find(|(_, other)| record.moment().zip(other.moment()).is_none_or(|(own, before)| own + SLACK < before));
        if let Some((other, earlier)) = later {
            let detail =
                format!("it is of {} and follows `{}`, which is of {}", record.as_of, short(other), earlier.as_of);
            faults.push(fault(FaultKind::Reordered, name, Some(record), since, &detail));
        }
    }
}

fn forks(ledger: &Ledger, successors: &BTreeMap<Digest, Vec<Digest>>, faults: &mut Vec<Fault>) {
    let forked: BTreeMap<Option<String>, Vec<Digest>> =
        ledger.heads().into_iter().filter(|(_, heads)| heads.len() > 1).collect();
    for (app, heads) in forked {
        // Where a record is gone its successors stand apart: that is told already, and no fork.
        let whole = |head: &Digest| records_under(ledger, std::slice::from_ref(head)).1.is_empty();
        if !heads.iter().all(whole) {
            continue;
        }
        let own = |name: &Digest| ledger.records.get(name).is_some_and(|record| record.app == app);
        let parting = successors.iter().filter(|(name, next)| next.len() > 1 && own(name));
        let last = parting.max_by_key(|(name, _)| ledger.records.get(*name).map(|record| record.number));
        let names: Vec<String> = heads.iter().map(|head| format!("`{}`", short(head))).collect();
        let names = names.join(", ");
        let (at, detail, record) = match last {
            Some((at, _)) => {
                let detail = format!(
                    "the chain parts after it and ends in {names}: two writers at once, a merge of two branches, or a record \
                     that was inserted; look at them, then `otaudit ledger join`"
                );
                (*at, detail, ledger.records.get(at))
            }
            None => {
                let Some(first) = heads.first() else { continue };
                let detail = format!(
                    "the app has several first records and ends in {names}; look at them, then `otaudit ledger join`"
                );
                (*first, detail, ledger.records.get(first))
            }
        };
        faults.push(fault(FaultKind::Fork, &at, record, record.map(|record| record.as_of.clone()), &detail));
    }
}

fn signatures(ledger: &Ledger, keys: &[TrustedKey], faults: &mut Vec<Fault>) {
    let mut bodies: BTreeMap<Digest, (Digest, &Record)> = BTreeMap::new();
    for (name, record) in &ledger.records {
        let since = Some(record.as_of.clone());
        let again = |detail: &str| fault(FaultKind::SignedAgain, name, Some(record), since.clone(), detail);
        let Some(signature) = &record.signature else {
            if !keys.is_empty() {
                faults.push(again("it is not signed, and a key was given that records are signed with"));
            }
            continue;
        };
        let Ok(body) = record.signed_bytes() else { continue };
        // The same record under two signatures: one of them was made for it afterwards.
        if let Some((twin, _)) = bodies.insert(Digest::of(&body), (*name, record)) {
            faults.push(again(&format!("`{}` is the same record with another signature", short(&twin))));
        }
        if keys.is_empty() {
            continue;
        }
        match keys.iter().find(|key| key.fingerprint == signature.key) {
            None => {
                let detail = format!("it is signed with the key `{}`, which was not given", short(&signature.key));
                faults.push(again(&detail));
            }
            Some(key) => {
                let bytes = crypto::base64(&signature.value);
                if !bytes.is_some_and(|bytes| key.verifies(&body, &bytes)) {
                    faults.push(again(&format!("its signature by `{}` does not verify", short(&key.fingerprint))));
                }
            }
        }
    }
}

fn since_checkpoint(ledger: &Ledger, checkpoint: &Checkpoint, faults: &mut Vec<Fault>) {
    let since = Some(checkpoint.as_of.clone());
    let (names, missing) = records_under(ledger, &checkpoint.heads);
    for name in &missing {
        if ledger.broken.contains_key(name) {
            continue;
        }
        if checkpoint.heads.contains(name) {
            let detail =
                format!("it was the last record of its app at the checkpoint of {}, and is gone", checkpoint.as_of);
            faults.push(fault(FaultKind::Truncated, name, None, since.clone(), &detail));
        }
    }
    if missing.is_empty() && (names.len() as u64 != checkpoint.size || merkle::root(&names) != checkpoint.root) {
        let head = checkpoint.heads.first().copied().unwrap_or_else(|| Digest::of(b""));
        let detail = format!(
            "the checkpoint has {} records with the root `{}`, its heads lead to {} with `{}`: the checkpoint is not of this ledger",
            checkpoint.size,
            short(&checkpoint.root),
            names.len(),
            short(&merkle::root(&names))
        );
        faults.push(fault(FaultKind::Changed, &head, None, since.clone(), &detail));
    }
    let known: BTreeSet<&Digest> = names.iter().collect();
    let then = checkpoint.as_of.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second);
    for (name, record) in ledger.records.iter().filter(|(name, _)| !known.contains(name)) {
        // What is missing keeps records from being reached that were there.
        if missing.is_empty() && record.moment().zip(then).is_some_and(|(own, then)| own < then) {
            let detail = format!(
                "it is dated {}, before the checkpoint of {}, and was not there then",
                record.as_of, checkpoint.as_of
            );
            faults.push(fault(FaultKind::Inserted, name, Some(record), since.clone(), &detail));
        }
    }
}
