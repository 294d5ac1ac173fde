//! Bytes → text, as a browser decodes them, and in which encoding they were.

use std::borrow::Cow;

/// Bytes at the start of a file in which UTF-16 without a byte-order mark is looked for.
const SAMPLE: usize = 4096;

/// The encoding of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte-order mark.
    Utf8,
    /// UTF-8 with a byte-order mark.
    Utf8Bom,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// Not valid UTF-8; what is not was replaced by U+FFFD.
    InvalidUtf8 {
        /// The offset in bytes of the first byte that is not UTF-8.
        first_bad_byte: usize,
    },
}

impl Encoding {
    /// A short phrase for reports.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Utf8 => "UTF-8".to_owned(),
            Self::Utf8Bom => "UTF-8 with a byte-order mark".to_owned(),
            Self::Utf16Le => "UTF-16 little endian".to_owned(),
            Self::Utf16Be => "UTF-16 big endian".to_owned(),
            Self::InvalidUtf8 { first_bad_byte } => format!("not valid UTF-8 from byte {first_bad_byte} on"),
        }
    }
}

/// A decoded text without its byte-order mark.
#[derive(Clone, Debug)]
pub struct Text<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// The encoding in which it was.
    pub encoding: Encoding,
}

/// Decodes bytes: a byte-order mark decides, then the pattern of UTF-16, else it is UTF-8.
#[must_use]
pub fn decode(bytes: &[u8]) -> Text<'_> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return utf8(rest, Encoding::Utf8Bom, 3);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf16(rest, Encoding::Utf16Le);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return utf16(rest, Encoding::Utf16Be);
    }
    match unmarked_utf16(bytes) {
        Some(encoding) => utf16(bytes, encoding),
        None => utf8(bytes, Encoding::Utf8, 0),
    }
}

fn utf8(bytes: &[u8], encoding: Encoding, before: usize) -> Text<'_> {
    match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => Text { text: Cow::Borrowed(text), encoding },
        Err(error) => {
            let (text, _) = encoding_rs::UTF_8.decode_without_bom_handling(bytes);
            Text { text, encoding: Encoding::InvalidUtf8 { first_bad_byte: before + error.valid_up_to() } }
        }
    }
}

fn utf16(bytes: &[u8], encoding: Encoding) -> Text<'_> {
    let decoder = if encoding == Encoding::Utf16Be { encoding_rs::UTF_16BE } else { encoding_rs::UTF_16LE };
    let (text, _) = decoder.decode_without_bom_handling(bytes);
    Text { text, encoding }
}

/// UTF-16 of mostly Latin text has a NUL in every second byte, and nearly none in the others.
fn unmarked_utf16(bytes: &[u8]) -> Option<Encoding> {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    if bytes.len() < 4 || !bytes.len().is_multiple_of(2) || memchr::memchr(0, sample).is_none() {
        return None;
    }
    let nuls = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (nuls(0), nuls(1), sample.len() / 2);
    let many = |count: usize| count * 2 >= pairs;
    let few = |count: usize| count * 20 <= pairs;
    match (even, odd) {
        _ if many(odd) && few(even) => Some(Encoding::Utf16Le),
        _ if many(even) && few(odd) => Some(Encoding::Utf16Be),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, Encoding) {
        let Text { text, encoding } = decode(bytes);
        (text.into_owned(), encoding)
    }

    fn wide(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    #[test]
    fn a_byte_order_mark_decides_and_is_stripped() {
        assert_eq!(decoded(b"\xef\xbb\xbf{}"), ("{}".to_owned(), Encoding::Utf8Bom));
        assert_eq!(decoded(&wide("\u{feff}{é}", true)), ("{é}".to_owned(), Encoding::Utf16Le));
        assert_eq!(decoded(&wide("\u{feff}{é}", false)), ("{é}".to_owned(), Encoding::Utf16Be));
    }

    #[test]
    fn utf16_without_a_mark_is_recognised() {
        assert_eq!(decoded(&wide("let a = 'é漢';", true)), ("let a = 'é漢';".to_owned(), Encoding::Utf16Le));
        assert_eq!(decoded(&wide("let a = 'é漢';", false)), ("let a = 'é漢';".to_owned(), Encoding::Utf16Be));
        assert_eq!(decoded(b"a\0b").1, Encoding::Utf8, "one NUL is no UTF-16");
        assert_eq!(decoded(&[0; 64]).1, Encoding::Utf8, "nor are only NULs");
    }

    #[test]
    fn what_is_not_utf8_is_replaced_and_its_place_known() {
        assert_eq!(decoded("漢".as_bytes()), ("漢".to_owned(), Encoding::Utf8));
        let (text, encoding) = decoded(b"caf\xe9!");
        assert_eq!((text.as_str(), encoding), ("caf\u{fffd}!", Encoding::InvalidUtf8 { first_bad_byte: 3 }));
        assert_eq!(encoding.word(), "not valid UTF-8 from byte 3 on");
        assert_eq!(decoded(b"\xef\xbb\xbf\xff").1, Encoding::InvalidUtf8 { first_bad_byte: 3 });
        assert_eq!(decoded(b""), (String::new(), Encoding::Utf8));
    }
}
