//! Records read out of a store, how they follow one another, and how one more is added.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::record::{RECORD_SCHEMA, Record, RecordSignature};
use super::signing::SigningKey;
use super::store::{Added, Store};
use crate::model::{Digest, Problem, Tool, printable};

/// A record may be dated this much before the one it follows, in seconds: runs that overlap, and dates without a time.
pub const SLACK: i64 = 24 * 60 * 60;

/// As many runs of one audit may write the same record at the same moment.
const MOST_TWINS: usize = 256;

/// All records of a store that are what their names say, and what is wrong with the others.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The sound records by their names.
    pub records: BTreeMap<Digest, Record>,
    /// The files that are left out, by the names they have.
    pub broken: BTreeMap<Digest, Broken>,
    /// Writings that were begun and never finished.
    pub unfinished: Vec<String>,
    /// Files that do not belong to a ledger.
    pub strangers: Vec<String>,
}

/// Why a file is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Its bytes are a record, but not the one that its name says.
    Changed {
        /// The digest that the bytes have.
        now: Digest,
        /// What the bytes say now.
        record: Box<Record>,
    },
    /// It is no record at all: half of one, or something else.
    Damaged(String),
}

impl Ledger {
    /// Reads all records. What is no record is left out and told.
    ///
    /// # Errors
    /// When the store can't be listed.
    pub fn load(store: &dyn Store) -> Result<Self, Problem> {
        let listing = store.list()?;
        let read = Mutex::new(Vec::with_capacity(listing.records.len()));
        store.read_each(&listing.records, &|name, bytes| {
            let record = sound(&name, bytes);
            read.lock().unwrap_or_else(PoisonError::into_inner).push((name, record));
        });
        let read: Vec<(Digest, Result<Record, Broken>)> = read.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut ledger = Self { unfinished: listing.unfinished, strangers: listing.strangers, ..Self::default() };
        for (name, result) in read {
            match result {
                Ok(record) => drop(ledger.records.insert(name, record)),
                Err(broken) => drop(ledger.broken.insert(name, broken)),
            }
        }
        Ok(ledger)
    }

    /// For each record the records that name it as the one before, sorted.
    #[must_use]
    pub fn successors(&self) -> BTreeMap<Digest, Vec<Digest>> {
        let mut successors: BTreeMap<Digest, Vec<Digest>> = BTreeMap::new();
        for (name, record) in &self.records {
            for previous in &record.previous {
                successors.entry(*previous).or_default().push(*name);
            }
        }
        successors
    }

    /// The records that nothing follows, for each app; the last one is the latest.
    #[must_use]
    pub fn heads(&self) -> BTreeMap<Option<String>, Vec<Digest>> {
        let followed: BTreeSet<Digest> = self.records.values().flat_map(|record| &record.previous).copied().collect();
        let mut heads: BTreeMap<Option<String>, Vec<Digest>> = BTreeMap::new();
        for (name, record) in self.records.iter().filter(|(name, _)| !followed.contains(*name)) {
            heads.entry(record.app.clone()).or_default().push(*name);
        }
        for names in heads.values_mut() {
            names.sort_by_cached_key(|name| {
                self.records.get(name).map(|record| (record.number, record.moment(), *name))
            });
        }
        heads
    }

    /// The records in the order of the chains: by app, then by number, then by name.
    #[must_use]
    pub fn ordered(&self) -> Vec<(Digest, &Record)> {
        let mut all: Vec<(Digest, &Record)> = self.records.iter().map(|(name, record)| (*name, record)).collect();
        all.sort_by(|(one, left), (other, right)| {
            (&left.app, left.number, one).cmp(&(&right.app, right.number, other))
        });
        all
    }

    /// The records that a short name stands for: the begin of a digest, at least four digits.
    #[must_use]
    pub fn named(&self, begin: &str) -> Vec<Digest> {
        let begin = begin.to_ascii_lowercase();
        if begin.len() < 4 {
            return Vec::new();
        }
        self.records.keys().filter(|name| name.hex().starts_with(&begin)).copied().collect()
    }
}

fn sound(name: &Digest, bytes: Result<Vec<u8>, String>) -> Result<Record, Broken> {
    let bytes = bytes.map_err(|why| Broken::Damaged(format!("it can't be read: {}", printable(&why, 200))))?;
    let now = Digest::of(&bytes);
    let parsed = serde_json::from_slice::<Record>(&bytes);
    let record = match parsed {
        Ok(record) if record.schema == RECORD_SCHEMA => record,
        Ok(record) => {
            return Err(Broken::Damaged(format!("its schema is `{}`", printable(&record.schema, 60))));
        }
        Err(error) => {
            let state = if now == *name { "it is no record" } else { "it is half-written or was changed" };
            let length = bytes.len();
            return Err(Broken::Damaged(format!("{state} ({length} bytes): {}", printable(&error.to_string(), 200))));
        }
    };
    if now != *name {
        return Err(Broken::Changed { now, record: Box::new(record) });
    }
    if record.bytes().ok().as_deref() != Some(&bytes) && !is_canonical(&bytes) {
        return Err(Broken::Damaged("it is not written in canonical JSON (RFC 8785)".to_owned()));
    }
    if record.previous.windows(2).any(|pair| pair.first() >= pair.last()) {
        return Err(Broken::Damaged("the names of the records before it are not sorted".to_owned()));
    }
    Ok(record)
}

/// A later version of the schema may have fields that are not known here.
fn is_canonical(bytes: &[u8]) -> bool {
    let value = serde_json::from_slice::<serde_json::Value>(bytes).ok();
    value.and_then(|value| super::canonical::canonical(&value).ok()).is_some_and(|canonical| canonical == bytes)
}

/// A record that was added.
#[derive(Clone, Debug)]
pub struct Appended {
    /// Its name.
    pub name: Digest,
    /// The record as it was written.
    pub record: Record,
    /// The heads of a fork of the app's chain, of which the record follows the last; empty when there is none.
    pub fork: Vec<Digest>,
    /// How many files of the ledger are no sound records.
    pub broken: usize,
}

/// Adds `record` after the last one of its app: its `number`, `previous` and `signature` are set here.
///
/// # Errors
/// When the store can't be read or written, or the record is dated more than a day before the last one.
pub fn append(store: &dyn Store, mut record: Record, key: Option<&SigningKey>) -> Result<Appended, Problem> {
    let _lock = store.lock()?;
    for _ in 0..MOST_TWINS {
        let ledger = Ledger::load(store)?;
        let mut heads = ledger.heads().remove(&record.app).unwrap_or_default();
        if let Some((name, last)) = heads.last().and_then(|name| Some((name, ledger.records.get(name)?))) {
            refuse_backdated(&record, name, last)?;
            record.number = last.number + 1;
            record.previous = vec![*name];
        } else {
            record.number = 1;
            record.previous = Vec::new();
        }
        let (name, added) = write(store, &mut record, key)?;
        if heads.len() < 2 {
            heads.clear();
        }
        match added {
            Added::New => return Ok(Appended { name, record, fork: heads, broken: ledger.broken.len() }),
            // Where there is no lock, another run of the same audit at the same moment wrote the very same record: this
            // run's own record follows that one.
            Added::Present => {}
        }
    }
    Err(Problem::new(format!("{MOST_TWINS} other runs of the same audit wrote their records at the same moment"))
        .help("run it again; none of their records is lost"))
}

fn refuse_backdated(record: &Record, name: &Digest, last: &Record) -> Result<(), Problem> {
    match (record.moment(), last.moment()) {
        (Some(own), Some(before)) if own + SLACK < before => {
            let shown: String = name.hex().chars().take(12).collect();
            Err(Problem::new(format!(
                "a record of {} can't follow `{shown}`, which is of {}: a ledger only goes forward in time",
                record.as_of, last.as_of
            ))
            .help("audit with a date that is not before the last record's, or without `--ledger`"))
        }
        _ => Ok(()),
    }
}

/// Joins the fork of each app that has one; gives the records that do so.
///
/// # Errors
/// When the store can't be read or written.
pub fn join(
    store: &dyn Store,
    as_of: &str,
    tool: &Tool,
    key: Option<&SigningKey>,
) -> Result<Vec<(Digest, Record)>, Problem> {
    let _lock = store.lock()?;
    let ledger = Ledger::load(store)?;
    let mut joined = Vec::new();
    for (app, heads) in ledger.heads().into_iter().filter(|(_, heads)| heads.len() > 1) {
        let records: Vec<&Record> = heads.iter().filter_map(|name| ledger.records.get(name)).collect();
        let mut previous = heads.clone();
        previous.sort_unstable();
        let mut record = Record {
            schema: RECORD_SCHEMA.to_owned(),
            app,
            channel: None,
            version: None,
            number: records.iter().map(|record| record.number).max().unwrap_or(0) + 1,
            previous,
            as_of: as_of.to_owned(),
            tool: tool.clone(),
            audit: None,
            signature: None,
        };
        for (name, last) in heads.iter().zip(records) {
            refuse_backdated(&record, name, last)?;
        }
        joined.push((write(store, &mut record, key)?.0, record));
    }
    Ok(joined)
}

fn write(store: &dyn Store, record: &mut Record, key: Option<&SigningKey>) -> Result<(Digest, Added), Problem> {
    let problem = |error: serde_json::Error| Problem::new(format!("the record can't be written: {error}"));
    record.signature = None;
    if let Some(key) = key {
        use base64::Engine as _;
        let signed = record.signed_bytes().map_err(problem)?;
        record.signature = Some(RecordSignature {
            algorithm: key.algorithm().to_owned(),
            key: key.fingerprint(),
            value: base64::engine::general_purpose::STANDARD.encode(key.sign(&signed)),
        });
    }
    let bytes = record.bytes().map_err(problem)?;
    let name = Digest::of(&bytes);
    let added = store.add(&name, &bytes)?;
    Ok((name, added))
}
