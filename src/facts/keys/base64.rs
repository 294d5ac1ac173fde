//! Base64 as it stands in texts: broken into lines, with the line ends written out as escapes.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::{KeyForm, LONGEST_KEY, PrivateKeyFact, der, pem};

/// Padding may be missing, and so may zero bits at the end: browsers and tools differ.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub(super) fn decode_url(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE.decode(text).ok()
}

const fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// How a line end, or nothing at all, is written in JSON, scripts and XML; any number of backslashes may stand before.
const ESCAPES: &[&[u8]] = &[b"u000a", b"u000A", b"u000d", b"u000D", b"x0a", b"x0A", b"n", b"r", b"t", b"\n", b"\r\n"];
const REFERENCES: &[&[u8]] = &[b"&#10;", b"&#13;", b"&#xA;", b"&#xa;", b"&#xD;", b"&#xd;"];

/// At most `limit` base64 digits from `start` on, without what stands for white space between them, and where they end.
pub(super) fn run(bytes: &[u8], start: usize, limit: usize) -> (Vec<u8>, usize) {
    let mut digits = Vec::new();
    let window = bytes.get(start..).unwrap_or_default();
    let window = window.get(..LONGEST_KEY).unwrap_or(window);
    let mut rest = window;
    while let Some((&byte, next)) = rest.split_first().filter(|_| digits.len() < limit) {
        if is_digit(byte) {
            digits.push(byte);
            rest = next;
        } else if byte.is_ascii_whitespace() {
            rest = next;
        } else if let Some(after) = escape(rest) {
            rest = after;
        } else {
            break;
        }
    }
    (digits, start + window.len() - rest.len())
}

/// What follows the line end that is written out at the start of `bytes`.
fn escape(bytes: &[u8]) -> Option<&[u8]> {
    if let Some(reference) = REFERENCES.iter().find(|reference| bytes.starts_with(reference)) {
        return bytes.get(reference.len()..);
    }
    let slashes = bytes.iter().take(4).take_while(|byte| **byte == b'\\').count();
    let escaped = bytes.get(slashes..).filter(|_| slashes > 0)?;
    // JSON may write `/` as `\/`: the digit itself stays.
    if escaped.first() == Some(&b'/') {
        return Some(escaped);
    }
    let found = ESCAPES.iter().find(|escape| escaped.starts_with(escape))?;
    escaped.get(found.len()..)
}

/// A PEM text that was itself written as base64.
pub(super) fn framed(bytes: &[u8], at: usize) -> Option<(PrivateKeyFact, usize)> {
    let (digits, end) = run(bytes, at, LONGEST_KEY);
    let decoded = decode(&digits)?;
    let begin = memchr::memmem::find(&decoded, b"-----BEGIN ")?;
    let (fact, _) = pem::read(&decoded, begin)?;
    Some((PrivateKeyFact { offset: at, ..fact }, end))
}

/// The base64 of a DER key that begins at `start`, without a frame. Only what decodes is reported.
pub(super) fn bare(bytes: &[u8], start: usize) -> Option<(PrivateKeyFact, usize)> {
    let known = bytes
        .get(start..)
        .is_some_and(|text| [b"MII", b"MIG", b"MIH", b"MC4", b"MHc"].iter().any(|mark| text.starts_with(*mark)));
    // Inside a longer base64 text it would be part of something else.
    let inside =
        start.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(|byte| is_digit(*byte) && *byte != b'=');
    let escaped = start
        .checked_sub(2)
        .and_then(|before| bytes.get(before..start))
        .is_some_and(|pair| matches!(pair, b"\\n" | b"\\r"));
    if !known || (inside && !escaped) {
        return None;
    }
    // The key says how long it is: no more is read, for a hostile text may begin a key in every line.
    let length = der::announced_length(&decode(&run(bytes, start, 8).0)?)?;
    let (digits, end) = run(bytes, start, length.div_ceil(3) * 4);
    let digits = digits.split(|digit| *digit == b'=').next().unwrap_or_default();
    let (form, key) = der::any(&decode(digits)?)?;
    let form = if form == KeyForm::Pkcs12 { form } else { KeyForm::Base64Der };
    Some((key.at(form, start), end))
}
