//! Where records lie. A store only ever adds: nothing is changed, nothing is taken away, and a name that is there stays as
//! it is.

use rayon::prelude::*;

use crate::model::{Digest, Problem};

/// A record is not longer; what is longer is told and not read.
pub const LONGEST_RECORD: u64 = 8 * 1024 * 1024;
/// The most records that are read.
pub const MOST_RECORDS: usize = 1_000_000;

/// A place of records.
pub trait Store: Sync {
    /// The names of all records, sorted, and what else lies there.
    ///
    /// # Errors
    /// When the place can't be listed.
    fn list(&self) -> Result<Listing, Problem>;

    /// The bytes of a record; `Err` in words when it can't be read.
    ///
    /// # Errors
    /// Why not.
    fn read(&self, name: &Digest) -> Result<Vec<u8>, String>;

    /// Reads records in any order and hands each over once, with its name. A place that is far away reads several at once.
    fn read_each(&self, names: &[Digest], take: &(dyn Fn(Digest, Result<Vec<u8>, String>) + Sync)) {
        names.par_iter().for_each(|name| take(*name, self.read(name)));
    }

    /// Adds bytes under their own name. What is there already is left as it is.
    ///
    /// # Errors
    /// When nothing could be added.
    fn add(&self, name: &Digest, bytes: &[u8]) -> Result<Added, Problem>;

    /// Keeps other writers out until the answer is dropped, as far as the place can do that. Without it two writers may follow
    /// the same record: a fork, which is seen and joined.
    ///
    /// # Errors
    /// When the place can't be written.
    fn lock(&self) -> Result<Box<dyn Held>, Problem>;
}

/// What keeps other writers out while it lives.
pub trait Held {}

/// No lock.
#[derive(Debug)]
pub struct Unlocked;

impl Held for Unlocked {}

/// What became of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// They are there now.
    New,
    /// The same record was there before.
    Present,
}

/// What lies in a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The records, sorted by name.
    pub records: Vec<Digest>,
    /// What was begun and never finished, by an interrupted writer: harmless, and no record.
    pub unfinished: Vec<String>,
    /// What does not belong there.
    pub strangers: Vec<String>,
}

/// Where a record lies below the ledger: `records/ab/abcd….json`.
#[must_use]
pub fn place_of(name: &Digest) -> String {
    let hex = name.hex();
    let folder: String = hex.chars().take(2).collect();
    format!("records/{folder}/{hex}.json")
}

/// The name of the record at a place below `records`, when it is one.
#[must_use]
pub fn name_at(folder: &str, file: &str) -> Option<Digest> {
    let hex = file.strip_suffix(".json")?;
    let name = Digest::from_hex(hex)?;
    // Names are lower case, so that a record lies at one place only.
    (name.hex() == hex && hex.starts_with(folder) && folder.len() == 2).then_some(name)
}
