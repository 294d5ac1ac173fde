//! Writes zips byte by byte, honest or hostile: whatever a record states can be set independently of what is true.
#![allow(dead_code)] // each test uses its own part
#![allow(clippy::cast_possible_truncation, clippy::indexing_slicing, clippy::unwrap_used)] // small and trusted

use std::io::Write as _;

/// What one header of a record states.
#[derive(Clone, Debug)]
pub struct Header {
    pub flags: u16,
    pub method: u16,
    pub crc: u32,
    pub compressed: u32,
    pub size: u32,
    pub name: Vec<u8>,
    pub extra: Vec<u8>,
}

/// One entry: its local header, data, descriptor and central record, each of which can be missing or lie.
#[derive(Clone, Debug)]
pub struct Record {
    /// Bytes before the local header that belong to no record.
    pub before: Vec<u8>,
    pub local: Option<Header>,
    /// The data as it lies in the archive.
    pub data: Vec<u8>,
    /// The bytes of the data descriptor; see [`Record::streamed`].
    pub descriptor: Vec<u8>,
    pub central: Option<Header>,
    /// The system of the made-by field: 3 is Unix.
    pub system: u8,
    /// External attributes: the Unix mode in the high 16 bits.
    pub attributes: u32,
    pub comment: Vec<u8>,
    pub disk: u16,
    /// The stated offset of the local header, when it is not the true one.
    pub offset: Option<u32>,
}

/// A whole archive.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    /// Bytes before the archive that its offsets do not count.
    pub prepend: Vec<u8>,
    pub records: Vec<Record>,
    /// The order of the central records, when it is not that of `records`.
    pub order: Option<Vec<usize>>,
    /// Bytes between the last record and the central directory.
    pub before_directory: Vec<u8>,
    /// Bytes between the central directory and the end record; offsets and sizes don't count them.
    pub after_directory: Vec<u8>,
    /// A zip64 end record and locator, as well as the markers in the end record.
    pub zip64: bool,
    /// The stated number of entries, when it is not the true one.
    pub count: Option<u16>,
    /// The number of this disk.
    pub disk: u16,
    pub comment: Vec<u8>,
    pub append: Vec<u8>,
}

/// Raw deflate.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

impl Record {
    fn new(path: &str, bytes: &[u8], method: u16, data: Vec<u8>) -> Self {
        let header = Header {
            flags: 0,
            method,
            crc: crc32fast::hash(bytes),
            compressed: data.len() as u32,
            size: bytes.len() as u32,
            name: path.as_bytes().to_vec(),
            extra: Vec::new(),
        };
        Self {
            before: Vec::new(),
            local: Some(header.clone()),
            data,
            descriptor: Vec::new(),
            central: Some(header),
            system: 3,
            attributes: 0o100_644 << 16,
            comment: Vec::new(),
            disk: 0,
            offset: None,
        }
    }

    /// A file whose bytes are kept as they are.
    pub fn stored(path: &str, bytes: &[u8]) -> Self {
        Self::new(path, bytes, 0, bytes.to_vec())
    }

    /// A file whose bytes are deflated.
    pub fn deflated(path: &str, bytes: &[u8]) -> Self {
        Self::new(path, bytes, 8, deflate(bytes))
    }

    /// The same entry with a data descriptor and zeros in its local header, as a streaming writer makes it.
    pub fn streamed(mut self, signed: bool, wide: bool) -> Self {
        let (crc, compressed, size) = self.central.as_ref().map(|it| (it.crc, it.compressed, it.size)).unwrap();
        let numbers = [compressed, size]
            .map(|number| if wide { u64::from(number).to_le_bytes().to_vec() } else { number.to_le_bytes().to_vec() });
        let signature: &[u8] = if signed { b"PK\x07\x08" } else { b"" };
        self.descriptor = [signature, &crc.to_le_bytes(), &numbers[0], &numbers[1]].concat();
        let mut set = |header: &mut Header| header.flags |= 8;
        self.central.as_mut().map(&mut set);
        self.local.as_mut().map(set);
        let local = self.local.as_mut().unwrap();
        (local.crc, local.compressed, local.size) = (0, 0, 0);
        self
    }

    /// The same entry with both headers changed.
    pub fn with(mut self, change: impl Fn(&mut Header)) -> Self {
        self.local.iter_mut().chain(&mut self.central).for_each(change);
        self
    }

    /// The same entry with only its local header changed.
    pub fn with_local(mut self, change: impl Fn(&mut Header)) -> Self {
        self.local.iter_mut().for_each(change);
        self
    }

    /// The same entry with only its central record changed.
    pub fn with_central(mut self, change: impl Fn(&mut Header)) -> Self {
        self.central.iter_mut().for_each(change);
        self
    }

    /// The same entry with this Unix mode.
    pub fn mode(mut self, mode: u32) -> Self {
        self.attributes = mode << 16;
        self
    }
}

fn number(out: &mut Vec<u8>, number: u32) {
    out.extend(number.to_le_bytes());
}

fn half(out: &mut Vec<u8>, number: usize) {
    out.extend((number as u16).to_le_bytes());
}

fn header(out: &mut Vec<u8>, header: &Header) {
    half(out, header.flags.into());
    half(out, header.method.into());
    number(out, 0x5821_0000); // the first of January 2024
    number(out, header.crc);
    number(out, header.compressed);
    number(out, header.size);
    half(out, header.name.len());
    half(out, header.extra.len());
}

impl Archive {
    /// An honest archive: small files stored, larger ones deflated.
    pub fn of(files: &[(&str, &[u8])]) -> Vec<u8> {
        let make = |(path, bytes): &(&str, &[u8])| {
            if bytes.len() < 64 { Record::stored(path, bytes) } else { Record::deflated(path, bytes) }
        };
        Self::from(files.iter().map(make).collect::<Vec<_>>()).bytes()
    }

    /// The archive's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut offsets = Vec::new();
        for record in &self.records {
            out.extend(&record.before);
            offsets.push(record.offset.unwrap_or(out.len() as u32));
            if let Some(local) = &record.local {
                out.extend(b"PK\x03\x04\x14\0");
                header(&mut out, local);
                out.extend(&local.name);
                out.extend(&local.extra);
            }
            out.extend(&record.data);
            out.extend(&record.descriptor);
        }
        out.extend(&self.before_directory);
        let start = out.len();
        let order = self.order.clone().unwrap_or_else(|| (0..self.records.len()).collect());
        let mut count = 0;
        for index in order {
            let record = &self.records[index];
            let Some(central) = &record.central else { continue };
            count += 1;
            out.extend(b"PK\x01\x02\x14");
            out.push(record.system);
            out.extend(b"\x14\0");
            header(&mut out, central);
            half(&mut out, record.comment.len());
            half(&mut out, record.disk.into());
            half(&mut out, 0);
            number(&mut out, record.attributes);
            number(&mut out, offsets[index]);
            out.extend(&central.name);
            out.extend(&central.extra);
            out.extend(&record.comment);
        }
        self.end(&mut out, start, count);
        [&self.prepend, &out, &self.append].map(Vec::as_slice).concat()
    }

    fn end(&self, out: &mut Vec<u8>, start: usize, count: usize) {
        let size = out.len() - start;
        out.extend(&self.after_directory);
        if self.zip64 {
            let at = out.len() as u64;
            out.extend(b"PK\x06\x06");
            out.extend(44_u64.to_le_bytes());
            out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for wide in [count, count, size, start] {
                out.extend((wide as u64).to_le_bytes());
            }
            out.extend(b"PK\x06\x07\0\0\0\0");
            out.extend(at.to_le_bytes());
            number(out, 1);
        }
        let count = if self.zip64 { 0xffff } else { self.count.map_or(count, usize::from) };
        out.extend(b"PK\x05\x06");
        half(out, self.disk.into());
        half(out, 0);
        half(out, count);
        half(out, count);
        number(out, if self.zip64 { u32::MAX } else { size as u32 });
        number(out, if self.zip64 { u32::MAX } else { start as u32 });
        half(out, self.comment.len());
        out.extend(&self.comment);
    }
}

impl From<Vec<Record>> for Archive {
    fn from(records: Vec<Record>) -> Self {
        Self { records, ..Self::default() }
    }
}
