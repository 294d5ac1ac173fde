//! The first reading, by the central directory, and its comparison with the second.

use super::super::Limits;
use super::super::entry::EntryKind;
use super::super::observation::ObservationKind::{
    Comment, Encrypted, HiddenData, MultiDisk, OnlyInCentralDirectory, OrderDiffers, OverlappingEntries, PrependedData,
    RatioTooHigh, SpecialFile, Symlink, TrailingData, UndecodableName, Unreadable, UnsupportedMethod, Zip64,
};
use super::ending::{self, Ending};
use super::names::{NameSet, decode_name, name_observations};
use super::notes::Notes;
use super::records::{CentralRecord, DEFLATED, ENCRYPTED, STORED};
use super::streaming::{Located, Walk, walk};
use super::{ZipEntry, data, opinion};
use crate::model::printable;

/// Entries smaller than this may expand as they like: 1 MiB is no bomb.
const RATIO_FROM: u64 = 1024 * 1024;
/// Bytes of a symbolic link's target that are kept.
const TARGET: u64 = 1024;
/// The method number of AES encryption.
const AES: u16 = 99;

/// All entries and observations of the archive, or why it is none.
pub(super) fn read(bytes: &[u8], limits: &Limits, notes: &mut Notes) -> Result<Vec<ZipEntry>, String> {
    if bytes.is_empty() {
        return Err("0 bytes".to_owned());
    }
    let ending = ending::find(bytes, notes).map_err(|why| {
        let met = walk(bytes, &[], limits, &mut Notes::default()).met.len();
        if met == 0 { why } else { format!("{why}; {met} local headers can be read from its start") }
    })?;
    let (located, directory_end) = list(bytes, &ending, limits, notes);
    let whole = located.len() as u64 <= limits.entries;
    let mut sorted: Vec<&Located<'_>> = located.iter().collect();
    sorted.sort_by_key(|entry| entry.start);
    overlaps(&sorted, &ending, notes);
    for entry in &located {
        entry.compare(notes);
    }
    // With more entries than the limit only a part was listed: what is missing from it means nothing.
    if whole {
        let walk = walk(bytes, &sorted, limits, notes);
        readings(&located, &walk, notes);
        gaps(bytes, &sorted, &walk, &ending, directory_end, notes);
        if ending.clear && !notes.has(Unreadable) {
            opinion::compare(bytes, &located, notes);
        }
    }
    if !ending.comment.is_empty() {
        let start = ending.comment.get(..400).unwrap_or(ending.comment);
        let shown = printable(&String::from_utf8_lossy(start), 100);
        notes.whole(Comment, format!("{} bytes: {shown}", ending.comment.len()));
    }
    Ok(entries(bytes, &located, limits, notes))
}

/// The records of the central directory, and where they end. What can't be read of it is an observation.
fn list<'a>(bytes: &'a [u8], ending: &Ending<'_>, limits: &Limits, notes: &mut Notes) -> (Vec<Located<'a>>, u64) {
    let most = limits.entries.saturating_add(1);
    let mut located = Vec::new();
    let mut at = ending.directory;
    while at < ending.directory_end && (located.len() as u64) < most {
        let Some(record) = CentralRecord::read(bytes, at).filter(|record| at + record.length <= ending.directory_end)
        else {
            break;
        };
        let (name, fault) = decode_name(record.stated.name, record.stated.flags);
        if let Some(fault) = fault {
            notes.on(UndecodableName, &name, fault);
        }
        at += record.length;
        located.push(Located::new(bytes, name, record, ending.base));
    }
    let count = located.len() as u64;
    let stated_end = ending.directory.saturating_add(ending.directory_size).min(ending.directory_end);
    // The end record has 16 bits for the number, and larger archives without zip64 do occur.
    let counted = if ending.wide { count } else { count & 0xffff };
    if count == most {
        return (located, stated_end);
    }
    if at < stated_end {
        let detail = format!(
            "the central directory is damaged or cut off at byte {at}, after {count} of {} entries",
            ending.count
        );
        notes.whole(Unreadable, detail);
    } else if at > stated_end {
        let detail = format!("the central directory should end at byte {stated_end} and ends at byte {at}");
        notes.whole(Unreadable, detail);
    } else if counted != ending.count {
        let detail = format!("the end record states {} entries, the central directory has {count}", ending.count);
        notes.whole(Unreadable, detail);
    }
    (located, at.max(stated_end))
}

/// Entries whose bytes are also another's, or the central directory's. `sorted` is sorted by `start`.
fn overlaps(sorted: &[&Located<'_>], ending: &Ending<'_>, notes: &mut Notes) {
    let mut farthest: Option<&Located<'_>> = None;
    for entry in sorted {
        if let Some(other) = farthest.filter(|other| entry.start < other.end) {
            let detail =
                format!("begins at byte {}, `{}` ends at byte {}", entry.start, printable(&other.name, 200), other.end);
            notes.on(OverlappingEntries, &entry.name, detail);
        }
        if entry.end > ending.directory {
            let detail =
                format!("ends at byte {}, the central directory begins at byte {}", entry.end, ending.directory);
            notes.on(OverlappingEntries, &entry.name, detail);
        }
        if farthest.is_none_or(|other| other.end < entry.end) {
            farthest = Some(entry);
        }
    }
}

/// What one reading has and the other has not, and in another order.
fn readings(located: &[Located<'_>], walk: &Walk, notes: &mut Notes) {
    if let Some(pair) = located.windows(2).find(|pair| matches!(pair, [one, next] if next.start < one.start))
        && let [one, next] = pair
    {
        let (one, next) = (printable(&one.name, 200), printable(&next.name, 200));
        notes.whole(
            OrderDiffers,
            format!("`{next}` stands before `{one}` in the archive, after it in the central directory"),
        );
    }
    // With bytes before the first record Android's reader meets nothing at all: one observation says it.
    if walk.met.is_empty() {
        return;
    }
    for entry in located.iter().filter(|entry| entry.local.is_some() && !walk.met.contains(&entry.start)) {
        let detail = format!(
            "its local header at byte {} is not met; the stream of entries ends at byte {}",
            entry.start, walk.end
        );
        notes.on(OnlyInCentralDirectory, &entry.name, detail);
    }
}

/// Bytes that belong to no record: before all, between them, after all.
fn gaps(
    bytes: &[u8],
    sorted: &[&Located<'_>],
    walk: &Walk,
    ending: &Ending<'_>,
    directory_end: u64,
    notes: &mut Notes,
) {
    let listed = sorted.iter().filter(|entry| entry.local.is_some()).map(|entry| (entry.start, entry.end));
    let rest = [(ending.directory, directory_end), (ending.at, ending.end)];
    let mut ranges: Vec<(u64, u64)> =
        listed.chain(walk.unlisted.iter().copied()).chain(ending.wide_ranges.iter().copied()).chain(rest).collect();
    ranges.sort_unstable();
    let mut reached = 0;
    for (start, end) in ranges {
        if start > reached && reached == 0 {
            let met =
                if walk.met.is_empty() { "; a reader of the local headers from byte 0 meets no entry" } else { "" };
            notes.whole(PrependedData, format!("{start} bytes before the first record{met}"));
        } else if start > reached {
            notes.whole(HiddenData, format!("{} bytes from byte {reached} on belong to no record", start - reached));
        }
        reached = reached.max(end);
    }
    let total = bytes.len() as u64;
    if total > reached {
        notes.whole(
            TrailingData,
            format!("{} bytes after the last record, which ends at byte {reached}", total - reached),
        );
    }
}

/// The entries as others see them, and what is peculiar about each by itself.
fn entries(bytes: &[u8], located: &[Located<'_>], limits: &Limits, notes: &mut Notes) -> Vec<ZipEntry> {
    let mut names = NameSet::default();
    let mut packed = 0_u64;
    let mut entries = Vec::new();
    for Located { name, record, local, .. } in located {
        let stated = &record.stated;
        for observation in name_observations(name).into_iter().chain(names.add(name)) {
            notes.add(observation);
        }
        let start = local.map(|local| local.data);
        let kind = kind(bytes, name, record, start, notes);
        let encrypted = stated.flags & ENCRYPTED != 0 || stated.method == AES;
        if encrypted {
            notes.on(Encrypted, name, format!("flags {:#06x}, method {}", stated.flags, stated.method));
        } else if stated.method != STORED && stated.method != DEFLATED {
            notes.on(UnsupportedMethod, name, format!("method {}", stated.method));
        }
        if stated.size > RATIO_FROM && stated.size / stated.compressed.max(1) > limits.ratio {
            let detail = format!("{} bytes from {}, limit {} per byte", stated.size, stated.compressed, limits.ratio);
            notes.on(RatioTooHigh, name, detail);
        }
        if !record.comment.is_empty() {
            notes.on(Comment, name, format!("{} bytes", record.comment.len()));
        }
        if record.disk != 0 {
            notes.on(MultiDisk, name, format!("on disk {}", record.disk));
        }
        // Entries that share their bytes could make a small archive arbitrarily long work.
        packed = packed.saturating_add(stated.compressed);
        entries.push(ZipEntry {
            name: name.clone(),
            kind,
            size: stated.size,
            compressed: stated.compressed,
            crc: stated.crc,
            method: stated.method,
            encrypted,
            data: start,
            crowded: packed > (bytes.len() as u64).saturating_mul(2),
        });
    }
    let wide = |entry: &&Located<'_>| {
        entry.record.stated.zip64
            || entry.local.is_some_and(|local| local.stated.zip64)
            || entry.descriptor.is_some_and(|found| found.length >= 20)
    };
    let wide = located.iter().filter(wide).count();
    if wide > 0 {
        notes.whole(Zip64, format!("{wide} entries with zip64 fields"));
    }
    entries
}

/// What the entry is: by its name, or by the Unix mode where the made-by field says that there is one.
fn kind(bytes: &[u8], name: &str, record: &CentralRecord<'_>, start: Option<u64>, notes: &mut Notes) -> EntryKind {
    let stated = &record.stated;
    let mode = if matches!(record.system, 3 | 19) { record.attributes >> 16 } else { 0 };
    match mode & 0o170_000 {
        0o120_000 => {
            let target = start.and_then(|start| data::peek(bytes, start, stated.compressed, stated.method, TARGET));
            let target = String::from_utf8_lossy(&target.unwrap_or_default()).into_owned();
            notes.on(Symlink, name, format!("to `{}`", printable(&target, 200)));
            EntryKind::Symlink(target)
        }
        0 | 0o100_000 | 0o040_000 => {
            if !name.ends_with('/') {
                return EntryKind::File;
            }
            if stated.size != 0 {
                notes.on(HiddenData, name, format!("a folder with {} bytes of data", stated.size));
            }
            EntryKind::Directory
        }
        other => {
            notes.on(SpecialFile, name, format!("mode {other:#o}"));
            EntryKind::Special
        }
    }
}
