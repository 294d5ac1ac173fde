//! The data of an entry: unpacked in one pass, never farther than it states, and checked.

use std::borrow::Cow;

use flate2::{Decompress, FlushDecompress, Status};

use super::super::entry::{Content, EntryKind, Unread};
use super::super::observation::{Observation, ObservationKind};
use super::ZipEntry;
use super::records::{DEFLATED, STORED};

/// Bytes that are set aside before any data has come.
const FIRST_CAPACITY: u64 = 64 * 1024;
/// How far past its stated end a stream is followed, in packed bytes, to tell a wrong length from damage.
const FOLLOWED: u64 = 64 * 1024;

/// How an inflation ended.
enum End {
    /// The stream's own end, after so many packed bytes.
    Stream(u64),
    /// There is more unpacked data than was allowed.
    TooLong,
    /// The packed bytes were used up before the stream's end.
    Short,
    /// Not a deflate stream.
    Damaged,
}

/// Unpacks the data of `entry`.
pub(super) fn read<'a>(bytes: &'a [u8], entry: &ZipEntry, entry_bytes: u64) -> Result<Content<'a>, Unread> {
    let unread = |kind, why: String| Err(Unread::new(kind, &entry.name, why));
    match entry.kind {
        EntryKind::File | EntryKind::Directory => {}
        EntryKind::Symlink(_) => return unread(ObservationKind::Symlink, "a symbolic link is not followed".to_owned()),
        EntryKind::Special => return unread(ObservationKind::SpecialFile, "a special file is not opened".to_owned()),
    }
    if entry.encrypted {
        return unread(ObservationKind::Encrypted, "encrypted".to_owned());
    }
    if entry.size > entry_bytes {
        return unread(ObservationKind::EntryTooLarge, format!("{} bytes, limit {entry_bytes}", entry.size));
    }
    if entry.crowded {
        let why = "shares its bytes with so many other entries that it was not read".to_owned();
        return unread(ObservationKind::OverlappingEntries, why);
    }
    let Some(rest) = entry.data.and_then(|start| bytes.get(usize::try_from(start).ok()?..)) else {
        return unread(
            ObservationKind::Unreadable,
            "there is no local header where the central directory says".to_owned(),
        );
    };
    match entry.method {
        STORED => stored(rest, entry),
        DEFLATED => deflated(rest, entry),
        method => unread(ObservationKind::UnsupportedMethod, format!("method {method}")),
    }
}

fn stored<'a>(rest: &'a [u8], entry: &ZipEntry) -> Result<Content<'a>, Unread> {
    let Some(data) = first(rest, entry.compressed) else {
        return Err(Unread::new(ObservationKind::DamagedData, &entry.name, "cut off by the end of the archive"));
    };
    if data.len() as u64 > entry.size {
        let why = format!("{} bytes are stored, {} are stated", data.len(), entry.size);
        return Err(Unread::new(ObservationKind::WrongSize, &entry.name, why));
    }
    Ok(Content { observations: check(data, entry, entry.compressed), bytes: Cow::Borrowed(data) })
}

fn deflated<'a>(rest: &'a [u8], entry: &ZipEntry) -> Result<Content<'a>, Unread> {
    let unread = |kind, why: String| Err(Unread::new(kind, &entry.name, why));
    let Some(packed) = first(rest, entry.compressed) else {
        return unread(ObservationKind::DamagedData, "cut off by the end of the archive".to_owned());
    };
    let mut inflater = Decompress::new(false);
    // Most web assets shrink to between a half and an eighth; a stated size alone sets nothing aside.
    let likely = entry.compressed.saturating_mul(8).max(FIRST_CAPACITY).min(entry.size.saturating_add(1));
    let mut out = Vec::with_capacity(usize::try_from(likely).unwrap_or_default());
    match inflate(&mut inflater, packed, &mut out, entry.size) {
        End::Stream(used) => Ok(Content { observations: check(&out, entry, used), bytes: Cow::Owned(out) }),
        End::TooLong => {
            unread(ObservationKind::WrongSize, format!("unpacks to more than the stated {} bytes", entry.size))
        }
        End::Damaged => {
            unread(ObservationKind::DamagedData, format!("not a deflate stream after {} unpacked bytes", out.len()))
        }
        End::Short => {
            // Android's reader follows the stream and not the stated length, and so meets other data.
            let beyond = rest.get(packed.len()..).unwrap_or_default();
            let beyond = first(beyond, FOLLOWED.min(beyond.len() as u64)).unwrap_or_default();
            match inflate(&mut inflater, beyond, &mut out, entry.size) {
                End::Stream(used) => {
                    let why = format!("the directory states {} bytes, the stream has {used}", entry.compressed);
                    unread(ObservationKind::StreamLengthDiffers, why)
                }
                _ => unread(
                    ObservationKind::DamagedData,
                    format!("the stream does not end within its {} bytes", packed.len()),
                ),
            }
        }
    }
}

/// What is peculiar about unpacked data that is not too long; `used` is the stream's own length.
fn check(data: &[u8], entry: &ZipEntry, used: u64) -> Vec<Observation> {
    let mut observations = Vec::new();
    let mut note = |kind, detail| observations.push(Observation::on(kind, &entry.name, detail));
    if used != entry.compressed {
        let detail = format!("the directory states {} bytes, the stream has {used}", entry.compressed);
        note(ObservationKind::StreamLengthDiffers, detail);
    }
    if data.len() as u64 != entry.size {
        note(ObservationKind::WrongSize, format!("{} bytes, {} are stated", data.len(), entry.size));
    }
    let crc = crc32fast::hash(data);
    if crc != entry.crc {
        note(ObservationKind::WrongCrc, format!("{crc:08x}, {:08x} is stated", entry.crc));
    }
    observations
}

/// Inflates `packed` to the end of `out`, which holds at most one byte more than `most` afterwards (and what its
/// capacity was before).
fn inflate(inflater: &mut Decompress, packed: &[u8], out: &mut Vec<u8>, most: u64) -> End {
    let begun = inflater.total_in();
    loop {
        if out.len() == out.capacity() {
            // Doubling, so that the memory follows the data that really came.
            let room =
                (out.len() as u64).max(FIRST_CAPACITY).min(most.saturating_add(1).saturating_sub(out.len() as u64));
            out.reserve_exact(usize::try_from(room).unwrap_or_default());
        }
        let (before_in, before_out) = (inflater.total_in(), out.len());
        let input = usize::try_from(before_in - begun).ok().and_then(|used| packed.get(used..)).unwrap_or_default();
        let status = inflater.decompress_vec(input, out, FlushDecompress::None);
        if out.len() as u64 > most {
            return End::TooLong;
        }
        match status {
            Err(_) => return End::Damaged,
            Ok(Status::StreamEnd) => return End::Stream(inflater.total_in()),
            // No step forward although there is room for output: it waits for input.
            Ok(_) if inflater.total_in() == before_in && out.len() == before_out => return End::Short,
            Ok(_) => {}
        }
    }
}

/// The length, CRC-32 and unpacked size of a deflate stream of unknown length; nothing is kept.
pub(super) struct Measured {
    pub(super) compressed: u64,
    pub(super) crc: u32,
    pub(super) size: u64,
}

/// Measures the deflate stream that begins at byte `start`; `None` when it is damaged or unpacks to more than `most`.
pub(super) fn measure(bytes: &[u8], start: u64, most: u64) -> Option<Measured> {
    let packed = bytes.get(usize::try_from(start).ok()?..)?;
    let mut inflater = Decompress::new(false);
    let mut crc = crc32fast::Hasher::new();
    let mut out = Vec::with_capacity(256 * 1024);
    loop {
        out.clear();
        let (before_in, before_out) = (inflater.total_in(), inflater.total_out());
        let input = packed.get(usize::try_from(before_in).ok()?..)?;
        let status = inflater.decompress_vec(input, &mut out, FlushDecompress::None).ok()?;
        crc.update(&out);
        let (compressed, size) = (inflater.total_in(), inflater.total_out());
        if status == Status::StreamEnd {
            return Some(Measured { compressed, crc: crc.finalize(), size });
        }
        if size > most || (compressed == before_in && size == before_out) {
            return None;
        }
    }
}

/// The first bytes of an entry's data, at most `most`; for the target of a symbolic link.
pub(super) fn peek(bytes: &[u8], start: u64, compressed: u64, method: u16, most: u64) -> Option<Vec<u8>> {
    let rest = bytes.get(usize::try_from(start).ok()?..)?;
    // No target needs more packed bytes than twice its own; a stream of empty blocks is not followed.
    let packed = first(rest, compressed.min(most * 2).min(rest.len() as u64))?;
    if method == STORED {
        return first(packed, most.min(packed.len() as u64)).map(<[u8]>::to_vec);
    }
    let mut out = Vec::with_capacity(usize::try_from(most).ok()?);
    inflate(&mut Decompress::new(false), packed, &mut out, most.saturating_sub(1));
    (method == DEFLATED).then_some(out)
}

fn first(bytes: &[u8], length: u64) -> Option<&[u8]> {
    bytes.get(..usize::try_from(length).ok()?)
}
