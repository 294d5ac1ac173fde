//! The end of a zip, from which its central directory is found. Where several ends could be meant, the one that
//! `SSZipArchive`'s minizip takes is taken (the last signature), and the others are observed.

use memchr::memmem;

use super::super::observation::ObservationKind::{HiddenData, MultiDisk, TrailingData, Unreadable, Zip64};
use super::notes::Notes;
use super::records::{CENTRAL_SIGNATURE, Reader, signature};

/// Bytes of an end record without its comment (APPNOTE 4.3.16).
const END_LENGTH: u64 = 22;
/// Readers look no farther back: the record and its longest comment.
const WINDOW: usize = 22 + 65_535;
/// Bytes of the zip64 locator, which stands just before the end record (APPNOTE 4.3.15).
const LOCATOR_LENGTH: u64 = 20;

/// Where the central directory lies and what the end says about it. All offsets are bytes from the archive's start.
#[derive(Clone, Debug)]
pub(super) struct Ending<'a> {
    /// Where the central directory begins.
    pub(super) directory: u64,
    /// Where it ends at the latest: where the (zip64) end record begins.
    pub(super) directory_end: u64,
    /// The bytes that it has as stated.
    pub(super) directory_size: u64,
    /// What has to be added to stated offsets; not 0 when something was put before the archive.
    pub(super) base: u64,
    /// The number of entries that is stated; only its lower 16 bits when `wide` is not set.
    pub(super) count: u64,
    /// Whether a zip64 end record was used.
    pub(super) wide: bool,
    /// The zip64 end record and its locator, from and to; empty without them.
    pub(super) wide_ranges: Vec<(u64, u64)>,
    /// Where the end record begins.
    pub(super) at: u64,
    /// Where the end record and its comment end.
    pub(super) end: u64,
    /// The archive's comment.
    pub(super) comment: &'a [u8],
    /// Whether only one reading of the end is possible.
    pub(super) clear: bool,
}

struct EndRecord<'a> {
    at: u64,
    disks: [u16; 2],
    counts: [u64; 2],
    size: u64,
    offset: u64,
    comment: &'a [u8],
}

impl<'a> EndRecord<'a> {
    fn read(bytes: &'a [u8], at: u64) -> Option<Self> {
        let mut reader = Reader::at(bytes, at)?;
        reader.u32()?;
        let disks = [reader.u16()?, reader.u16()?];
        let counts = [u64::from(reader.u16()?), u64::from(reader.u16()?)];
        let (size, offset) = (u64::from(reader.u32()?), u64::from(reader.u32()?));
        let length = usize::from(reader.u16()?);
        Some(Self { at, disks, counts, size, offset, comment: reader.take(length)? })
    }

    fn end(&self) -> u64 {
        self.at + END_LENGTH + self.comment.len() as u64
    }
}

/// The numbers of a zip64 end record and where it lies.
#[derive(Clone, Copy)]
struct WideRecord {
    at: u64,
    end: u64,
    disks: [u32; 2],
    counts: [u64; 2],
    size: u64,
    offset: u64,
}

impl WideRecord {
    /// The record that the locator before `end` points to, also when bytes were put before the archive.
    fn before(bytes: &[u8], end: u64) -> Option<Self> {
        let locator = end.checked_sub(LOCATOR_LENGTH)?;
        let mut reader = Reader::at(bytes, locator)?;
        if reader.u32()? != 0x0706_4b50 {
            return None;
        }
        reader.u32()?;
        let stated = reader.u64()?;
        // 56 bytes is the record without extensible data: the place it has when the stated one is shifted.
        [Some(stated), locator.checked_sub(56)].into_iter().flatten().find_map(|at| Self::read(bytes, at, locator))
    }

    fn read(bytes: &[u8], at: u64, locator: u64) -> Option<Self> {
        let mut reader = Reader::at(bytes, at)?;
        if at >= locator || reader.u32()? != 0x0606_4b50 {
            return None;
        }
        // The stated length does not count the signature and itself.
        let end = at.saturating_add(12).saturating_add(reader.u64()?).min(locator);
        reader.u32()?; // versions
        let disks = [reader.u32()?, reader.u32()?];
        let counts = [reader.u64()?, reader.u64()?];
        Some(Self { at, end, disks, counts, size: reader.u64()?, offset: reader.u64()? })
    }
}

/// Finds the end and the central directory, or says why there is none.
pub(super) fn find<'a>(bytes: &'a [u8], notes: &mut Notes) -> Result<Ending<'a>, String> {
    let from = bytes.len().saturating_sub(WINDOW);
    let window = bytes.get(from..).unwrap_or_default();
    let places: Vec<u64> = memmem::find_iter(window, b"PK\x05\x06").map(|at| (from + at) as u64).collect();
    if places.is_empty() {
        return Err("no end-of-central-directory record: cut off or not a zip".to_owned());
    }
    for (later, at) in places.iter().rev().enumerate() {
        let record = EndRecord::read(bytes, *at);
        if let Some((mut ending, record)) = record.and_then(|record| resolve(bytes, record, notes)) {
            ending.clear &= rivals(bytes, &places, &record, later, notes);
            return Ok(ending);
        }
    }
    Err("the end-of-central-directory record points to no central directory in the archive".to_owned())
}

/// Other end records that another reader could take. A signature inside the data of an entry is none.
fn rivals(bytes: &[u8], places: &[u64], used: &EndRecord<'_>, later: usize, notes: &mut Notes) -> bool {
    let mut clear = true;
    if later > 0 {
        notes.whole(
            TrailingData,
            format!("{later} more end-of-central-directory signatures after the record at byte {}", used.at),
        );
        clear = false;
    }
    let total = bytes.len() as u64;
    for at in places.iter().filter(|at| **at < used.at) {
        // Readers that check the comment's length take the record whose comment ends with the archive.
        if EndRecord::read(bytes, *at).is_some_and(|record| record.end() == total && record.end() > used.at) {
            let detail = format!(
                "an end-of-central-directory record at byte {at} whose comment holds the one at byte {}",
                used.at
            );
            notes.whole(TrailingData, detail);
            clear = false;
        }
    }
    clear
}

/// The place of the central directory that `record` describes; `None` when it can't lie in the archive.
fn resolve<'a>(bytes: &'a [u8], record: EndRecord<'a>, notes: &mut Notes) -> Option<(Ending<'a>, EndRecord<'a>)> {
    let wide = WideRecord::before(bytes, record.at);
    let marked = record.counts.contains(&0xffff) || record.size == 0xffff_ffff || record.offset == 0xffff_ffff;
    let used = wide.filter(|_| marked);
    let (size, offset, count) =
        used.map_or((record.size, record.offset, record.counts[1]), |wide| (wide.size, wide.offset, wide.counts[1]));
    // Without markers the zip64 record is not used, but the bytes are still not the directory's.
    let directory_end = wide.map_or(record.at, |wide| wide.at);
    let abutting = directory_end.checked_sub(size)?;
    let lies = |at: u64| signature(bytes, at) == Some(CENTRAL_SIGNATURE);
    // minizip looks at the stated place first, then just before the end record.
    let directory = if offset <= directory_end && lies(offset) {
        offset
    } else if lies(abutting) || offset <= directory_end {
        abutting
    } else {
        return None;
    };
    let base = directory.checked_sub(offset)?;
    let mut clear = base == 0 && directory == abutting && wide.is_none();
    if directory != abutting && size > 0 && lies(abutting) {
        notes.whole(
            HiddenData,
            format!("two central directories: at byte {directory}, as stated, and at byte {abutting}, before its end"),
        );
        clear = false;
    }
    let disks = used.map_or(record.disks.map(u32::from), |wide| wide.disks);
    let counts = used.map_or(record.counts, |wide| wide.counts);
    if disks != [0, 0] || counts[0] != counts[1] {
        let detail =
            format!("disk {}, directory on disk {}, {} of {} entries here", disks[0], disks[1], counts[0], counts[1]);
        notes.whole(MultiDisk, detail);
    }
    if let Some(wide) = wide {
        notes.whole(Zip64, format!("zip64 end record at byte {}", wide.at));
        let pairs = [
            (wide.size, record.size, 0xffff_ffff),
            (wide.offset, record.offset, 0xffff_ffff),
            (wide.counts[1], record.counts[1], 0xffff),
        ];
        if pairs.iter().any(|(wide, narrow, mark)| narrow != mark && wide != narrow) {
            notes.whole(Unreadable, "the zip64 end record and the end record state different central directories");
        }
    }
    let ending = Ending {
        directory,
        directory_end,
        directory_size: size,
        base,
        count,
        wide: used.is_some(),
        wide_ranges: wide
            .iter()
            .flat_map(|wide| [(wide.at, wide.end), (record.at - LOCATOR_LENGTH, record.at)])
            .collect(),
        at: record.at,
        end: record.end(),
        comment: record.comment,
        clear,
    };
    Some((ending, record))
}
