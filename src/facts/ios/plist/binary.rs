//! Binary property lists (`bplist00`), after the layout in Core Foundation's `CFBinaryPList.c`: objects, a table of their
//! offsets, and a trailer of 32 bytes. Objects may be shared; every repetition counts against the bound on values, so a
//! short file can't stand for an endless tree.

use super::{MOST_LEVELS, MOST_VALUES, PlistEntry, PlistFault, PlistFormat, PlistNode, PlistValue, PropertyList};
use std::collections::BTreeSet;

/// Bytes of all texts and data together after shared ones are repeated.
const MOST_CONTENT: usize = 16 * 1024 * 1024;
/// Bytes of the trailer.
const TRAILER: usize = 32;

/// Parses the bytes.
///
/// # Errors
/// In words, when nothing of it could be read.
pub(super) fn parse(bytes: &[u8]) -> Result<PropertyList, String> {
    if !bytes.starts_with(b"bplist0") {
        return Err("a binary property list of an unknown version".to_owned());
    }
    let at = bytes.len().checked_sub(TRAILER).filter(|at| *at >= 8).ok_or("the trailer is missing")?;
    let trailer = bytes.get(at..).unwrap_or_default();
    let number = |from: usize| trailer.get(from..from + 8).and_then(number).ok_or("the trailer is broken");
    let (objects, top, table) = (number(8)?, number(16)?, number(24)?);
    let (offset_size, reference_size) = match (trailer.get(6), trailer.get(7)) {
        (Some(offset @ 1..=8), Some(reference @ 1..=8)) => (usize::from(*offset), usize::from(*reference)),
        _ => return Err("the trailer is broken".to_owned()),
    };
    let fits =
        objects.checked_mul(offset_size).and_then(|length| length.checked_add(table)).is_some_and(|end| end <= at);
    if !fits || top >= objects {
        return Err("the table of offsets is not inside the file".to_owned());
    }
    let mut reader = Reader {
        bytes,
        objects,
        table,
        offset_size,
        reference_size,
        values: 0,
        content: 0,
        fault: None,
        path: Vec::new(),
        duplicates: Vec::new(),
    };
    let root = reader.value(top);
    match reader.fault {
        Some(why) if matches!(root.node, PlistNode::Other(_)) => Err(why),
        fault => Ok(PropertyList {
            root,
            format: PlistFormat::Binary,
            fault: fault.map(|why| PlistFault { position: None, why }),
            duplicates: reader.duplicates,
        }),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    objects: usize,
    table: usize,
    offset_size: usize,
    reference_size: usize,
    values: usize,
    content: usize,
    fault: Option<String>,
    /// The objects that are being read, the outermost first: one that contains itself has no end.
    path: Vec<usize>,
    duplicates: Vec<(String, Option<crate::model::Position>)>,
}

impl<'a> Reader<'a> {
    /// One object; recursion is bounded by [`MOST_LEVELS`].
    fn value(&mut self, object: usize) -> PlistValue {
        let node = match self.node(object) {
            Ok(node) => node,
            Err(why) => {
                self.fault.get_or_insert_with(|| why.to_owned());
                PlistNode::Other("something unreadable".to_owned())
            }
        };
        PlistValue { position: None, node }
    }

    fn node(&mut self, object: usize) -> Result<PlistNode, &'static str> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return Err("too many values");
        }
        if object >= self.objects {
            return Err("a reference leads nowhere");
        }
        let offset = self.number(self.table + object * self.offset_size, self.offset_size)?;
        let marker = *self.bytes.get(offset).ok_or("an object lies outside the file")?;
        let (kind, low) = (marker >> 4, marker & 0x0F);
        let start = offset + 1;
        match kind {
            0x0 => match low {
                0x8 => Ok(PlistNode::Bool(false)),
                0x9 => Ok(PlistNode::Bool(true)),
                _ => Ok(PlistNode::Other("null".to_owned())),
            },
            0x1 => self.integer(start, 1 << low.min(4)).map(|value| PlistNode::Integer(value.to_string())),
            0x2 => self.real(start, low).map(|value| PlistNode::Real(value.to_string())),
            0x3 => self.real(start, 3).map(|value| PlistNode::Date(value.to_string())),
            0x4 => self.run(start, low, 1).map(|bytes| PlistNode::Data(Some(bytes.to_vec()))),
            0x5 => self.run(start, low, 1).map(|bytes| PlistNode::String(String::from_utf8_lossy(bytes).into_owned())),
            0x6 => self.run(start, low, 2).map(|bytes| {
                let (text, _) = encoding_rs::UTF_16BE.decode_without_bom_handling(bytes);
                PlistNode::String(text.into_owned())
            }),
            0xA | 0xC => {
                let references = self.references(start, low, 1)?;
                self.within(object, |reader| {
                    PlistNode::Array(references.iter().map_while(|one| reader.next(*one)).collect())
                })
            }
            0xD => {
                let references = self.references(start, low, 2)?;
                let (keys, values) = references.split_at(references.len() / 2);
                self.within(object, |reader| PlistNode::Dict(reader.entries(keys, values)))
            }
            _ => Ok(PlistNode::Other("an archived object".to_owned())),
        }
    }

    /// One more value, unless the bound is reached.
    fn next(&mut self, object: usize) -> Option<PlistValue> {
        (self.values <= MOST_VALUES).then(|| self.value(object))
    }

    fn entries(&mut self, keys: &[usize], values: &[usize]) -> Vec<PlistEntry> {
        let mut entries = Vec::new();
        let mut names = BTreeSet::new();
        for (key, value) in keys.iter().zip(values) {
            let Some(key) = self.next(*key) else { break };
            let PlistNode::String(key) = key.node else {
                self.fault.get_or_insert_with(|| "a key that is no text".to_owned());
                continue;
            };
            let Some(value) = self.next(*value) else { break };
            if !names.insert(key.clone()) {
                self.duplicates.push((key.clone(), None));
            }
            entries.push(PlistEntry { key, position: None, value });
        }
        entries
    }

    fn within(&mut self, object: usize, read: impl FnOnce(&mut Self) -> PlistNode) -> Result<PlistNode, &'static str> {
        if self.path.contains(&object) {
            return Err("an object contains itself");
        }
        if self.path.len() >= MOST_LEVELS {
            return Err("too many levels");
        }
        self.path.push(object);
        let node = read(self);
        self.path.pop();
        Ok(node)
    }

    /// The length of an object and where its content begins: in the marker, or a number after it.
    fn length(&self, start: usize, low: u8) -> Result<(usize, usize), &'static str> {
        if low != 0x0F {
            return Ok((start, usize::from(low)));
        }
        let marker = *self.bytes.get(start).ok_or("an object lies outside the file")?;
        if marker >> 4 != 0x1 || marker & 0x0F > 3 {
            return Err("a length is no number");
        }
        let size = 1 << (marker & 0x0F);
        Ok((start + 1 + size, self.number(start + 1, size)?))
    }

    fn run(&mut self, start: usize, low: u8, unit: usize) -> Result<&'a [u8], &'static str> {
        let (start, length) = self.length(start, low)?;
        let end = length.checked_mul(unit).and_then(|length| length.checked_add(start));
        let bytes = end.and_then(|end| self.bytes.get(start..end)).ok_or("a text lies outside the file")?;
        self.content += bytes.len();
        if self.content > MOST_CONTENT { Err("too much content") } else { Ok(bytes) }
    }

    fn references(&mut self, start: usize, low: u8, each: usize) -> Result<Vec<usize>, &'static str> {
        let (start, length) = self.length(start, low)?;
        let count = length.checked_mul(each).ok_or("a length is too large")?;
        let end = count.checked_mul(self.reference_size).and_then(|length| length.checked_add(start));
        let bytes = end.and_then(|end| self.bytes.get(start..end)).ok_or("an array lies outside the file")?;
        self.content += bytes.len();
        if self.content > MOST_CONTENT {
            return Err("too much content");
        }
        bytes.chunks(self.reference_size).map(|chunk| number(chunk).ok_or("a reference is too large")).collect()
    }

    fn number(&self, start: usize, size: usize) -> Result<usize, &'static str> {
        let end = start.checked_add(size);
        end.and_then(|end| self.bytes.get(start..end)).and_then(number).ok_or("a number lies outside the file")
    }

    /// Numbers of up to four bytes have no sign; longer ones have.
    fn integer(&self, start: usize, size: usize) -> Result<i128, &'static str> {
        let end = start.checked_add(size);
        let bytes = end.and_then(|end| self.bytes.get(start..end)).ok_or("a number lies outside the file")?;
        let unsigned = bytes.iter().fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
        Ok(match size {
            8 => i128::from(unsigned.to_le_bytes().first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes))),
            16 => i128::from_le_bytes(unsigned.to_le_bytes()),
            _ => i128::try_from(unsigned).unwrap_or_default(),
        })
    }

    fn real(&self, start: usize, low: u8) -> Result<f64, &'static str> {
        let rest = self.bytes.get(start..).unwrap_or_default();
        match low {
            2 => rest.first_chunk().map(|bytes| f64::from(f32::from_be_bytes(*bytes))),
            3 => rest.first_chunk().map(|bytes| f64::from_be_bytes(*bytes)),
            _ => None,
        }
        .ok_or("a number lies outside the file")
    }
}

/// A number, the highest byte first, of at most eight bytes.
fn number(bytes: &[u8]) -> Option<usize> {
    let value = bytes.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    usize::try_from(value).ok().filter(|value| *value <= usize::MAX / 16)
}
