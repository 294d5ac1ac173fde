//! A ledger in an object store. Objects are only ever added, each by a conditional write that fails where one is; the store
//! itself makes a write whole or not at all. There is no lock: two writers at once give a fork, which is seen and joined.

mod connect;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};
use tokio::runtime::Runtime;

use super::store::{Added, Held, LONGEST_RECORD, Listing, MOST_RECORDS, Store, Unlocked, name_at, place_of};
use crate::model::{Digest, Problem, printable};

/// All records together have no more bytes.
const MOST_BYTES: u64 = 16 * 1024 * 1024 * 1024;
/// More objects that are no records are no ledger.
const MOST_STRANGERS: usize = 10_000;
/// As many records are fetched at once.
const AT_ONCE: usize = 32;
/// Listing takes no longer, over all pages.
const LISTING: Duration = Duration::from_secs(15 * 60);
/// Fetching or writing one record takes no longer, with all that is tried again.
const ONE: Duration = Duration::from_secs(3 * 60);
/// A write that meets another at the same moment is tried this often.
const TRIES: u32 = 5;
/// Records are kept in memory up to this many bytes: a check reads the ledger twice.
const KEPT: usize = 128 * 1024 * 1024;

/// Objects below a prefix.
#[derive(Debug)]
pub struct Bucket {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    shown: String,
    help: String,
    runtime: Runtime,
    kept: Mutex<Kept>,
}

/// Sound records that were read before: under one name there is only one content.
#[derive(Debug, Default)]
struct Kept {
    bytes: usize,
    records: BTreeMap<Digest, Vec<u8>>,
}

/// Why an object could not be fetched.
enum Unread {
    /// There is none.
    Absent,
    /// In words.
    Why(String),
}

impl Bucket {
    /// A ledger over any store, below `prefix`; `shown` names it to people.
    ///
    /// # Errors
    /// When the prefix is none, or no runtime can be had.
    pub fn over(store: Arc<dyn ObjectStore>, prefix: &str, shown: &str, help: &str) -> Result<Self, Problem> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self {
            store,
            prefix: Path::parse(prefix)
                .map_err(|_| Problem::new(format!("`{}` is no prefix of objects", printable(prefix, 120))))?,
            shown: shown.to_owned(),
            help: help.to_owned(),
            runtime: runtime.map_err(|error| Problem::new(format!("can't speak to `{shown}`: {error}")))?,
            kept: Mutex::default(),
        })
    }

    fn problem(&self, what: &str, why: &str) -> Problem {
        Problem::new(format!("can't {what} the ledger `{}`: {why}", self.shown)).help(self.help.clone())
    }

    fn path(&self, place: &str) -> Path {
        place.split('/').fold(self.prefix.clone(), Path::join)
    }

    async fn listing(&self) -> Result<Listing, Problem> {
        let below = self.path("records");
        let mut listing = Listing::default();
        let mut bytes = 0_u64;
        let mut objects = self.store.list(Some(&below));
        while let Some(object) = objects.next().await {
            let object = object.map_err(|error| self.problem("list", &words::why(&error)))?;
            bytes = bytes.saturating_add(object.size);
            let place: Vec<String> = object
                .location
                .prefix_match(&below)
                .map(|parts| parts.map(|part| part.as_ref().to_owned()).collect())
                .unwrap_or_default();
            match place.as_slice() {
                [folder, file] => match name_at(folder, file) {
                    Some(record) => listing.records.push(record),
                    None if file.starts_with(".writing-") => listing.unfinished.push(place.join("/")),
                    None => listing.strangers.push(place.join("/")),
                },
                _ => listing.strangers.push(place.join("/")),
            }
            let strangers = listing.strangers.len() + listing.unfinished.len();
            if listing.records.len() > MOST_RECORDS || bytes > MOST_BYTES || strangers > MOST_STRANGERS {
                let why = format!(
                    "it has more than {MOST_RECORDS} records, {MOST_BYTES} bytes, or {MOST_STRANGERS} objects that are no records"
                );
                return Err(self.problem("read", &why));
            }
        }
        Ok(listing)
    }

    async fn fetch(&self, name: &Digest) -> Result<Vec<u8>, Unread> {
        let unread = |error: Error| match error {
            Error::NotFound { .. } => Unread::Absent,
            error => Unread::Why(words::why(&error)),
        };
        let found = self.store.get(&self.path(&place_of(name))).await.map_err(unread)?;
        let too_long = || Unread::Why(format!("it has more than {LONGEST_RECORD} bytes"));
        if found.meta.size > LONGEST_RECORD {
            return Err(too_long());
        }
        let mut bytes = Vec::new();
        let mut pieces = found.into_stream();
        while let Some(piece) = pieces.next().await {
            bytes.extend_from_slice(&piece.map_err(unread)?);
            // The length was only what the store says.
            if bytes.len() as u64 > LONGEST_RECORD {
                return Err(too_long());
            }
        }
        Ok(bytes)
    }

    async fn fetch_in_time(&self, name: &Digest) -> Result<Vec<u8>, Unread> {
        if let Some(bytes) = self.kept().records.get(name) {
            return Ok(bytes.clone());
        }
        let fetched = tokio::time::timeout(ONE, self.fetch(name)).await;
        let bytes = fetched.unwrap_or_else(|_| Err(Unread::Why("the store does not answer in time".to_owned())))?;
        let mut kept = self.kept();
        if kept.bytes + bytes.len() <= KEPT && Digest::of(&bytes) == *name {
            kept.bytes += bytes.len();
            kept.records.insert(*name, bytes.clone());
        }
        Ok(bytes)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes where nothing is. Whatever the store answers, what lies there afterwards decides: an answer may be lost, and a
    /// store that is busy with another write says "conflict" where nothing is yet.
    async fn put(&self, name: &Digest, bytes: &[u8]) -> Result<Added, Problem> {
        let path = self.path(&place_of(name));
        let mut last = String::new();
        for number in 0..TRIES {
            if number > 0 {
                tokio::time::sleep(Duration::from_millis(200 << number)).await;
            }
            let payload = PutPayload::from(bytes.to_vec());
            let options = PutOptions::from(PutMode::Create);
            let error = match tokio::time::timeout(ONE, self.store.put_opts(&path, payload, options)).await {
                Ok(Ok(_)) => return Ok(Added::New),
                Ok(Err(error)) => Some(error),
                Err(_) => None,
            };
            last = error.as_ref().map_or_else(|| "the store does not answer in time".to_owned(), words::why);
            let taken = matches!(error, Some(Error::AlreadyExists { .. } | Error::Precondition { .. }));
            match self.fetch(name).await {
                Ok(there) if there == bytes => return Ok(if taken { Added::Present } else { Added::New }),
                Ok(_) => {
                    let place = place_of(name);
                    let why =
                        format!("`{place}` holds other bytes than its name says, and nothing is ever overwritten");
                    return Err(self.problem("write to", &why).help(
                        "`otaudit ledger verify` tells what is wrong; where the store keeps versions, the one before can be had again",
                    ));
                }
                Err(_) => {}
            }
            if !taken {
                break;
            }
        }
        Err(self.problem("write to", &last))
    }
}

impl Store for Bucket {
    fn list(&self) -> Result<Listing, Problem> {
        let listed = self.runtime.block_on(async { tokio::time::timeout(LISTING, self.listing()).await });
        let mut listing = listed.unwrap_or_else(|_| Err(self.problem("list", "the store does not answer in time")))?;
        listing.records.sort_unstable();
        listing.unfinished.sort_unstable();
        listing.strangers.sort_unstable();
        Ok(listing)
    }

    fn read(&self, name: &Digest) -> Result<Vec<u8>, String> {
        self.runtime.block_on(self.fetch_in_time(name)).map_err(Unread::words)
    }

    fn read_each(&self, names: &[Digest], take: &(dyn Fn(Digest, Result<Vec<u8>, String>) + Sync)) {
        let fetches = names.iter().map(|name| async move { (*name, self.fetch_in_time(name).await) });
        self.runtime.block_on(
            futures_util::stream::iter(fetches)
                .buffer_unordered(AT_ONCE)
                .for_each(|(name, bytes)| async move { take(name, bytes.map_err(Unread::words)) }),
        );
    }

    fn add(&self, name: &Digest, bytes: &[u8]) -> Result<Added, Problem> {
        self.runtime.block_on(self.put(name, bytes))
    }

    fn lock(&self) -> Result<Box<dyn Held>, Problem> {
        // A lock would have to be taken away again, and what locks for a time can be outlived by a slow writer.
        Ok(Box::new(Unlocked))
    }
}

impl Unread {
    fn words(self) -> String {
        match self {
            Self::Absent => "it is gone".to_owned(),
            Self::Why(why) => why,
        }
    }
}
