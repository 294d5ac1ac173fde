//! The records of a zip, byte by byte (APPNOTE 4.3). Nothing is trusted: every read is checked against the
//! end of the archive, and nothing is allocated by a stated length.

/// `PK\3\4`, before each local header (APPNOTE 4.3.7).
pub(super) const LOCAL_SIGNATURE: u32 = 0x0403_4b50;
/// `PK\1\2`, before each record of the central directory (APPNOTE 4.3.12).
pub(super) const CENTRAL_SIGNATURE: u32 = 0x0201_4b50;
/// `PK\7\8`, usual but not required before a data descriptor (APPNOTE 4.3.9).
const DESCRIPTOR_SIGNATURE: u32 = 0x0807_4b50;

/// Flag bit 0: the data is encrypted.
pub(super) const ENCRYPTED: u16 = 1;
/// Flag bit 3: a data descriptor follows the data.
pub(super) const DESCRIPTOR: u16 = 1 << 3;
/// Flag bit 11: the name is UTF-8.
pub(super) const UTF8: u16 = 1 << 11;
/// The flags that change how an entry is read: the three above, and those of strong encryption (6 and 13).
pub(super) const READING_FLAGS: u16 = ENCRYPTED | DESCRIPTOR | UTF8 | 1 << 6 | 1 << 13;

/// The method that keeps the bytes as they are.
pub(super) const STORED: u16 = 0;
/// The only compression that both platforms unpack.
pub(super) const DEFLATED: u16 = 8;

/// The extra field with the 64-bit sizes and offset (APPNOTE 4.5.3).
const ZIP64_EXTRA: u16 = 0x0001;
/// Info-ZIP's extra field with the name as UTF-8 (APPNOTE 4.6.9).
const UNICODE_PATH_EXTRA: u16 = 0x7075;

/// Reads little-endian numbers one after the other; `None` at the end of the bytes.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader that begins at byte `offset` of `bytes`.
    pub(super) fn at(bytes: &'a [u8], offset: u64) -> Option<Self> {
        Some(Self { rest: bytes.get(usize::try_from(offset).ok()?..)? })
    }

    /// The next `length` bytes.
    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn array<const LENGTH: usize>(&mut self) -> Option<[u8; LENGTH]> {
        self.take(LENGTH)?.try_into().ok()
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A length of 16 bits, as names, extra fields and comments have.
    fn length(&mut self) -> Option<usize> {
        self.u16().map(usize::from)
    }
}

/// The signature at byte `offset`, when four bytes lie there.
pub(super) fn signature(bytes: &[u8], offset: u64) -> Option<u32> {
    Reader::at(bytes, offset)?.u32()
}

/// What the local header and the central directory both state about an entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stated<'a> {
    pub(super) flags: u16,
    pub(super) method: u16,
    /// CRC-32 of the unpacked data.
    pub(super) crc: u32,
    /// Bytes of the data in the archive.
    pub(super) compressed: u64,
    /// Bytes of the data unpacked.
    pub(super) size: u64,
    pub(super) name: &'a [u8],
    pub(super) extra: &'a [u8],
    /// Whether a number came from the zip64 extra field.
    pub(super) zip64: bool,
}

/// A local header.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalHeader<'a> {
    pub(super) stated: Stated<'a>,
    /// Where the data begins in the archive, in bytes.
    pub(super) data: u64,
}

impl<'a> LocalHeader<'a> {
    /// The local header at byte `offset`, when there is a whole one.
    pub(super) fn read(bytes: &'a [u8], offset: u64) -> Option<Self> {
        let mut reader = Reader::at(bytes, offset)?;
        if reader.u32()? != LOCAL_SIGNATURE {
            return None;
        }
        reader.u16()?; // the version needed to extract: nobody obeys it
        let mut stated = fields(&mut reader)?;
        let (name, extra) = (reader.length()?, reader.length()?);
        stated.name = reader.take(name)?;
        stated.extra = reader.take(extra)?;
        widen(&mut stated, None);
        Some(Self { stated, data: offset + 30 + name as u64 + extra as u64 })
    }
}

/// A record of the central directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct CentralRecord<'a> {
    pub(super) stated: Stated<'a>,
    /// The system that made the entry: 0 MS-DOS, 3 Unix, 19 macOS (APPNOTE 4.4.2).
    pub(super) system: u8,
    /// Attributes; from Unix the file's mode is in the high 16 bits.
    pub(super) attributes: u32,
    /// The disk on which the entry begins.
    pub(super) disk: u16,
    /// Where the local header begins, as stated: counted from the first byte of the first record.
    pub(super) offset: u64,
    pub(super) comment: &'a [u8],
    /// Bytes of the record.
    pub(super) length: u64,
}

impl<'a> CentralRecord<'a> {
    /// The record at byte `offset`, when there is a whole one.
    pub(super) fn read(bytes: &'a [u8], offset: u64) -> Option<Self> {
        let mut reader = Reader::at(bytes, offset)?;
        if reader.u32()? != CENTRAL_SIGNATURE {
            return None;
        }
        let [_, system] = reader.u16()?.to_le_bytes();
        reader.u16()?;
        let mut stated = fields(&mut reader)?;
        let (name, extra, comment) = (reader.length()?, reader.length()?, reader.length()?);
        let disk = reader.u16()?;
        reader.u16()?; // internal attributes: whether it seems to be text
        let attributes = reader.u32()?;
        let mut local = u64::from(reader.u32()?);
        stated.name = reader.take(name)?;
        stated.extra = reader.take(extra)?;
        let comment = reader.take(comment)?;
        widen(&mut stated, Some(&mut local));
        let length = 46 + (name + extra + comment.len()) as u64;
        Some(Self { stated, system, attributes, disk, offset: local, comment, length })
    }
}

/// The fields that both headers have in the same order.
fn fields<'a>(reader: &mut Reader<'a>) -> Option<Stated<'a>> {
    let (flags, method) = (reader.u16()?, reader.u16()?);
    reader.u32()?; // time and date
    let (crc, compressed, size) = (reader.u32()?, reader.u32()?, reader.u32()?);
    let (compressed, size) = (u64::from(compressed), u64::from(size));
    Some(Stated { flags, method, crc, compressed, size, name: &[], extra: &[], zip64: false })
}

/// Takes the numbers that are too large for 32 bits from the zip64 extra field, in its fixed order.
fn widen(stated: &mut Stated<'_>, offset: Option<&mut u64>) {
    const MARK: u64 = u32::MAX as u64;
    let Some(field) = extra_field(stated.extra, ZIP64_EXTRA) else { return };
    let mut reader = Reader { rest: field };
    for number in [Some(&mut stated.size), Some(&mut stated.compressed), offset].into_iter().flatten() {
        if *number == MARK
            && let Some(wide) = reader.u64()
        {
            *number = wide;
            stated.zip64 = true;
        }
    }
}

/// The first extra field with this id.
fn extra_field(extra: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut reader = Reader { rest: extra };
    loop {
        let (id, length) = (reader.u16()?, reader.length()?);
        let field = reader.take(length)?;
        if id == wanted {
            return Some(field);
        }
    }
}

/// The name of the Unicode path extra field, which some readers prefer to the record's own.
pub(super) fn unicode_path(extra: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader { rest: extra_field(extra, UNICODE_PATH_EXTRA)? };
    reader.take(5)?; // its version and the CRC-32 of the record's own name
    Some(reader.rest)
}

/// What stands behind the data of an entry whose sizes were not known before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Descriptor {
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) size: u64,
    /// Bytes of the descriptor: 12 to 24.
    pub(super) length: u64,
}

impl Descriptor {
    /// The descriptor at byte `offset`. It has four possible forms and nothing says which: the one that states what is
    /// `expected` (CRC-32, compressed and unpacked bytes) wins, then one that another record follows.
    pub(super) fn read(bytes: &[u8], offset: u64, expected: (u32, u64, u64)) -> Option<Self> {
        let forms = [(true, false), (true, true), (false, false), (false, true)];
        let read = forms.map(|(signed, wide)| Self::form(bytes, offset, signed, wide));
        let known = |found: &Self| (found.crc, found.compressed, found.size) == expected;
        let followed =
            |found: &Self| matches!(signature(bytes, offset + found.length), Some(LOCAL_SIGNATURE | CENTRAL_SIGNATURE));
        let candidates = || read.iter().flatten().copied();
        candidates().find(known).or_else(|| candidates().find(followed)).or_else(|| read.first().copied().flatten())
    }

    fn form(bytes: &[u8], offset: u64, signed: bool, wide: bool) -> Option<Self> {
        let mut reader = Reader::at(bytes, offset)?;
        if signed && reader.u32()? != DESCRIPTOR_SIGNATURE {
            return None;
        }
        let crc = reader.u32()?;
        let mut number = || if wide { reader.u64() } else { reader.u32().map(u64::from) };
        let (compressed, size) = (number()?, number()?);
        let length = 4 + if signed { 4 } else { 0 } + if wide { 16 } else { 8 };
        Some(Self { crc, compressed, size, length })
    }
}
