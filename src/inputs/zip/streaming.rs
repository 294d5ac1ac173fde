//! The second reading: local header after local header from byte 0, as Android's `java.util.zip.ZipInputStream`
//! does. It never sees the central directory; whatever it meets there gets installed.

use std::collections::BTreeSet;

use super::super::Limits;
use super::super::observation::ObservationKind::{
    CrcDiffers, FlagsDiffer, MethodDiffers, NameDiffers, OnlyInLocalHeaders, SizeDiffers, Unreadable, UnsupportedMethod,
};
use super::data::measure;
use super::names::decode_name;
use super::notes::Notes;
use super::records::{
    CentralRecord, DEFLATED, DESCRIPTOR, Descriptor, ENCRYPTED, LocalHeader, READING_FLAGS, STORED, unicode_path,
};
use crate::model::printable;

/// Characters of a name that are shown in a detail.
const SHOWN: usize = 200;

/// An entry of the central directory, and what lies where it points to.
#[derive(Debug)]
pub(super) struct Located<'a> {
    /// The decoded name.
    pub(super) name: String,
    pub(super) record: CentralRecord<'a>,
    /// Where its local header begins.
    pub(super) start: u64,
    pub(super) local: Option<LocalHeader<'a>>,
    pub(super) descriptor: Option<Descriptor>,
    /// Where its data, or the descriptor behind it, ends.
    pub(super) end: u64,
}

impl<'a> Located<'a> {
    /// Looks up the local header and the data descriptor of a central record.
    pub(super) fn new(bytes: &'a [u8], name: String, record: CentralRecord<'a>, base: u64) -> Self {
        let start = record.offset.saturating_add(base);
        let local = LocalHeader::read(bytes, start);
        let stated = &record.stated;
        let data_end = local.map_or(start, |local| local.data.saturating_add(stated.compressed));
        let expected = (stated.crc, stated.compressed, stated.size);
        let descriptor = local
            .filter(|local| local.stated.flags & DESCRIPTOR != 0)
            .and_then(|_| Descriptor::read(bytes, data_end, expected));
        let end = data_end.saturating_add(descriptor.map_or(0, |descriptor| descriptor.length));
        Self { name, record, start, local, descriptor, end }
    }

    /// Compares what the central directory states with the local header and the data descriptor.
    pub(super) fn compare(&self, notes: &mut Notes) {
        let name = self.name.as_str();
        let Some(LocalHeader { stated: local, .. }) = &self.local else {
            notes.on(Unreadable, name, format!("no local header at byte {}", self.start));
            return;
        };
        let central = &self.record.stated;
        if central.name != local.name {
            notes.on(NameDiffers, name, differ(&shown(central.name), &shown(local.name)));
        }
        for (place, extra, own) in
            [("central directory", central.extra, central.name), ("local header", local.extra, local.name)]
        {
            if let Some(other) = unicode_path(extra).filter(|other| *other != own) {
                let detail = format!("{place}: {}, its Unicode path field: {}", shown(own), shown(other));
                notes.on(NameDiffers, name, detail);
            }
        }
        if central.method != local.method {
            notes.on(MethodDiffers, name, differ(&central.method, &local.method));
        }
        if (central.flags ^ local.flags) & READING_FLAGS != 0 {
            notes.on(FlagsDiffer, name, differ(&format!("{:#06x}", central.flags), &format!("{:#06x}", local.flags)));
        }
        let streamed = local.flags & DESCRIPTOR != 0;
        // With a descriptor the local header has zeros, or values that nobody reads but that should agree.
        if central.crc != local.crc && !(streamed && local.crc == 0) {
            notes.on(CrcDiffers, name, differ(&format!("{:08x}", central.crc), &format!("{:08x}", local.crc)));
        }
        let sizes = |compressed: u64, size: u64| format!("{compressed} bytes packed, {size} unpacked");
        let ours = (central.compressed, central.size);
        // Info-ZIP writes the unpacked size and leaves the packed one at zero.
        let agrees = |central: u64, local: u64| central == local || (streamed && local == 0);
        if !(agrees(central.compressed, local.compressed) && agrees(central.size, local.size)) {
            notes.on(SizeDiffers, name, differ(&sizes(ours.0, ours.1), &sizes(local.compressed, local.size)));
        }
        match &self.descriptor {
            Some(descriptor) => {
                if descriptor.crc != central.crc {
                    let detail =
                        format!("central directory: {:08x}, data descriptor: {:08x}", central.crc, descriptor.crc);
                    notes.on(CrcDiffers, name, detail);
                }
                let theirs = (descriptor.compressed, descriptor.size);
                if theirs != ours {
                    let (ours, theirs) = (sizes(ours.0, ours.1), sizes(theirs.0, theirs.1));
                    notes.on(SizeDiffers, name, format!("central directory: {ours}, data descriptor: {theirs}"));
                }
            }
            None if streamed => {
                notes.on(FlagsDiffer, name, "the local header announces a data descriptor, there is none");
            }
            None => {}
        }
        if streamed && local.method == STORED {
            notes.on(UnsupportedMethod, name, "stored with a data descriptor, which Android's reader refuses");
        }
    }

    /// Where Android's reader looks for the next local header; `None` when it can't be known from the headers.
    fn next(&self) -> Option<u64> {
        let local = self.local.as_ref()?;
        let (stated, central) = (&local.stated, &self.record.stated);
        let streamed = stated.flags & DESCRIPTOR != 0;
        if stated.method == STORED && !streamed {
            return local.data.checked_add(stated.size);
        }
        // Where the headers agree on the length the stream's own end is checked when the data is read.
        let agreed = streamed || stated.compressed == central.compressed;
        (stated.method == central.method && agreed).then_some(self.end)
    }
}

fn differ(central: &dyn std::fmt::Display, local: &dyn std::fmt::Display) -> String {
    format!("central directory: {central}, local header: {local}")
}

fn shown(name: &[u8]) -> String {
    // Four bytes is the longest character: more can't be shown.
    let start = name.get(..SHOWN * 4).unwrap_or(name);
    format!("`{}`", printable(&String::from_utf8_lossy(start), SHOWN))
}

/// What the walk met.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Where each local header began.
    pub(super) met: BTreeSet<u64>,
    /// The bytes of those that the central directory does not have, from and to.
    pub(super) unlisted: Vec<(u64, u64)>,
    /// Where the reader found no further local header.
    pub(super) end: u64,
}

/// Walks the local headers from byte 0. `entries` must be sorted by `start`.
pub(super) fn walk(bytes: &[u8], entries: &[&Located<'_>], limits: &Limits, notes: &mut Notes) -> Walk {
    let mut walk = Walk::default();
    // Unlisted entries are inflated to find their ends; all together not farther than a bundle may be.
    let mut budget = limits.total_bytes;
    while let Some(header) = LocalHeader::read(bytes, walk.end) {
        let start = walk.end;
        walk.met.insert(start);
        let index = entries.partition_point(|entry| entry.start < start);
        let listed = entries.get(index).filter(|entry| entry.start == start);
        let next = listed.and_then(|entry| entry.next()).or_else(|| length(bytes, &header, &mut budget, limits));
        if listed.is_none() {
            let name = decode_name(header.stated.name, header.stated.flags).0;
            let length = next.map_or_else(|| "of unknown length".to_owned(), |next| format!("to byte {next}"));
            notes.on(OnlyInLocalHeaders, &name, format!("from byte {start} {length}"));
            walk.unlisted.push((start, next.unwrap_or(header.data)));
        }
        // Every step is forward: a header has 30 bytes.
        match next {
            Some(next) if (walk.unlisted.len() as u64) <= limits.entries => walk.end = next,
            _ => {
                notes.whole(Unreadable, format!("the local headers after byte {start} could not be followed"));
                walk.end = header.data;
                break;
            }
        }
    }
    walk
}

/// The end of a record that the headers alone don't tell.
fn length(bytes: &[u8], header: &LocalHeader<'_>, budget: &mut u64, limits: &Limits) -> Option<u64> {
    let stated = &header.stated;
    let streamed = stated.flags & DESCRIPTOR != 0;
    match stated.method {
        _ if stated.flags & ENCRYPTED != 0 => (!streamed).then(|| header.data.checked_add(stated.compressed))?,
        DEFLATED => {
            let found = measure(bytes, header.data, limits.entry_bytes.min(*budget))?;
            *budget = budget.saturating_sub(found.size);
            let end = header.data.checked_add(found.compressed)?;
            let expected = (found.crc, found.compressed, found.size);
            let descriptor =
                streamed.then(|| Descriptor::read(bytes, end, expected).map(|descriptor| descriptor.length));
            end.checked_add(descriptor.flatten().unwrap_or(0))
        }
        STORED => (!streamed).then(|| header.data.checked_add(stated.size))?,
        _ => (!streamed).then(|| header.data.checked_add(stated.compressed))?,
    }
}
