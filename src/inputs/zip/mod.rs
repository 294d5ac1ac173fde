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

/// Opens a zip and compares its two readings. `None` when no central directory can be read.
pub fn open(bytes: Vec<u8>, limits: &Limits) -> (Option<ZipArchive>, Vec<Observation>) {
    let mut notes = Notes::default();
    match directory::read(&bytes, limits, &mut notes) {
        Ok(entries) => (Some(ZipArchive { bytes, entries, limits: limits.clone() }), notes.finish()),
        Err(why) => (None, vec![Observation::whole(ObservationKind::NotAnArchive, why)]),
    }
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
