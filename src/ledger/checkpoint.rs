//! What someone keeps apart from a ledger to see later that nothing of it is gone: its heads, its size, and the root over
//! its records; and proofs that a record is among them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::chain::Ledger;
use super::merkle;
use crate::model::Digest;

/// The schema of a [`Checkpoint`].
pub const CHECKPOINT_SCHEMA: &str = "otaudit/checkpoint/v1";
/// The schema of a [`Proof`].
pub const PROOF_SCHEMA: &str = "otaudit/proof/v1";

/// A ledger at one moment. The heads alone fix every record before them; the root fixes them for proofs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// [`CHECKPOINT_SCHEMA`].
    pub schema: String,
    /// When it was made, RFC 3339 in UTC.
    pub as_of: String,
    /// The records that nothing followed, sorted.
    pub heads: Vec<Digest>,
    /// How many records lead to them, they included.
    pub size: u64,
    /// The root over those records by app, number and name (RFC 6962).
    pub root: Digest,
}

/// That a record is one of those under a root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// [`PROOF_SCHEMA`].
    pub schema: String,
    /// The record's name.
    pub record: Digest,
    /// Its place among the records, from 0 on.
    pub index: u64,
    /// How many records there are.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
    /// The hashes that lead from the record to the root, the lowest first.
    pub path: Vec<Digest>,
}

/// The records that lead to `heads`, they included, in the order of the chains, and the names that are missing.
#[must_use]
pub fn records_under(ledger: &Ledger, heads: &[Digest]) -> (Vec<Digest>, BTreeSet<Digest>) {
    let mut open = heads.to_vec();
    let mut seen = BTreeSet::new();
    let mut missing = BTreeSet::new();
    while let Some(name) = open.pop() {
        match ledger.records.get(&name) {
            Some(record) if seen.insert(name) => open.extend(record.previous.iter().copied()),
            Some(_) => {}
            None => drop(missing.insert(name)),
        }
    }
    let names = ledger.ordered().into_iter().map(|(name, _)| name).filter(|name| seen.contains(name)).collect();
    (names, missing)
}

/// The checkpoint of a ledger as it is.
#[must_use]
pub fn checkpoint(ledger: &Ledger, as_of: &str) -> Checkpoint {
    let names: Vec<Digest> = ledger.ordered().into_iter().map(|(name, _)| name).collect();
    let mut heads: Vec<Digest> = ledger.heads().into_values().flatten().collect();
    heads.sort_unstable();
    Checkpoint {
        schema: CHECKPOINT_SCHEMA.to_owned(),
        as_of: as_of.to_owned(),
        heads,
        size: names.len() as u64,
        root: merkle::root(&names),
    }
}

/// The proof that `record` is among `names`; `None` when it is not.
#[must_use]
pub fn proof(names: &[Digest], record: &Digest) -> Option<Proof> {
    let index = names.iter().position(|name| name == record)?;
    Some(Proof {
        schema: PROOF_SCHEMA.to_owned(),
        record: *record,
        index: index as u64,
        size: names.len() as u64,
        root: merkle::root(names),
        path: merkle::path(names, index)?,
    })
}

impl Proof {
    /// Whether the path leads from the record to the root.
    #[must_use]
    pub fn holds(&self) -> bool {
        merkle::root_by(&self.record, self.index, self.size, &self.path) == Some(self.root)
    }
}
