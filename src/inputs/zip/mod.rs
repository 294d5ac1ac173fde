//! Zip archives, read twice: by the central directory as iOS does, and by the local headers in stream order
//! as Android's updaters do. Where the two readings differ, the device decides what gets installed.

mod data;
mod directory;
mod ending;
mod names;
mod notes;
mod opinion;
mod records;
mod streaming;
#[cfg(test)]
mod tests;

use super::Limits;
use super::entry::{Content, EntryKind, Unread};
use super::observation::{Observation, ObservationKind};
use crate::model::Digest;
pub use names::{NameSet, name_observations};
use notes::Notes;

/// A zip whose records could be read.
#[derive(Debug)]
pub struct ZipArchive {
    bytes: Vec<u8>,
    entries: Vec<ZipEntry>,
    limits: Limits,
}

/// One entry of the central directory, and where its data lies.
#[derive(Clone, Debug)]
pub struct ZipEntry {
    /// The name, decoded.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// The unpacked size in bytes that the central directory states.
    pub size: u64,
    /// The packed size in bytes that the central directory states.
    compressed: u64,
    /// The CRC-32 that the central directory states.
    crc: u32,
    method: u16,
    encrypted: bool,
    /// Where the data begins; `None` without a local header.
    data: Option<u64>,
    /// Whether reading it too would make the work grow beyond the archive's length.
    crowded: bool,
}

/// An opened zip (`None` when no central directory can be read), its length in bytes, and what is peculiar about it.
pub type Opened = (Option<ZipArchive>, u64, Vec<Observation>);

/// Opens a zip and compares its two readings.
pub fn open(bytes: Vec<u8>, limits: &Limits) -> Opened {
    let mut notes = Notes::default();
    let entries = directory::read(&bytes, limits, &mut notes);
    opened(bytes, entries, notes, limits)
}

/// As [`open`], with the digest of the whole.
pub fn open_and_digest(bytes: Vec<u8>, limits: &Limits) -> (Digest, Opened) {
    let mut notes = Notes::default();
    let (digest, entries) = beside(|| Digest::of(&bytes), || directory::read(&bytes, limits, &mut notes));
    (digest, opened(bytes, entries, notes, limits))
}

fn opened(bytes: Vec<u8>, entries: Result<Vec<ZipEntry>, String>, notes: Notes, limits: &Limits) -> Opened {
    let length = bytes.len() as u64;
    match entries {
        Ok(entries) => (Some(ZipArchive { bytes, entries, limits: limits.clone() }), length, notes.finish()),
        Err(why) => (None, length, vec![Observation::whole(ObservationKind::NotAnArchive, why)]),
    }
}

/// Does both at once where the system gives a thread, else one after the other.
fn beside<A: Send, B>(one: impl Fn() -> A + Send + Sync, other: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().spawn_scoped(scope, &one).ok();
        let other = other();
        let first = thread.and_then(|thread| thread.join().ok()).unwrap_or_else(&one);
        (first, other)
    })
}

impl ZipArchive {
    /// All entries of the central directory, in its order, duplicates included; one more than the limit at most.
    pub fn entries(&self) -> &[ZipEntry] {
        &self.entries
    }

    /// The bytes of the entry at `index`, decompressed, its size, CRC and stream length checked.
    pub fn read(&self, index: usize) -> Result<Content<'_>, Unread> {
        match self.entries.get(index) {
            Some(entry) => data::read(&self.bytes, entry, self.limits.entry_bytes),
            None => Err(Unread::new(ObservationKind::Unreadable, "", "no such entry")),
        }
    }
}
