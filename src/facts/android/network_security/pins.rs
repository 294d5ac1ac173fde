//! Pins and their dates, read as leniently or as strictly as the platform reads them.

use jiff::civil::Date;

/// Bytes of a SHA-256.
const DIGEST_BYTES: usize = 32;

/// The digest of a pin in hex. `android.util.Base64.decode` with the default flags passes over every character that is not
/// in its alphabet, and needs no padding.
///
/// # Errors
/// What is wrong, in the words of `XmlConfigSource.parsePin`.
pub(super) fn digest(text: &str) -> Result<String, String> {
    let bytes = decode(text).ok_or_else(|| "invalid pin digest: it is no base64".to_owned())?;
    if bytes.len() != DIGEST_BYTES {
        return Err(format!("digest length {} does not match the {DIGEST_BYTES} bytes of SHA-256", bytes.len()));
    }
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut group, mut state, mut padding) = (0_u32, 0_u8, 0_u8);
    for character in text.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding += 1;
                if state + padding > 4 || state < 2 {
                    return None;
                }
                continue;
            }
            _ => continue,
        };
        if padding > 0 {
            return None;
        }
        group = (group << 6 | u32::from(value)) & 0x00FF_FFFF;
        state += 1;
        if state == 4 {
            bytes.extend(group.to_be_bytes().into_iter().skip(1));
            (group, state) = (0, 0);
        }
    }
    match (state, padding) {
        (0, 0) => {}
        (2, 0 | 2) => bytes.extend((group >> 4).to_be_bytes().into_iter().skip(3)),
        (3, 0 | 1) => bytes.extend((group >> 2).to_be_bytes().into_iter().skip(2)),
        _ => return None,
    }
    Some(bytes)
}

/// The day of an expiration in `yyyy-MM-dd`. `SimpleDateFormat("yyyy-MM-dd")`, not lenient, takes fewer digits too and
/// doesn't look at what follows the day.
pub(super) fn expiration(text: &str) -> Option<String> {
    let (year, rest) = number(text)?;
    let (month, rest) = number(rest.strip_prefix('-')?)?;
    let (day, _) = number(rest.strip_prefix('-')?)?;
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    if year > 9999 {
        // Later than any calendar here can say; the month and the day must be right all the same.
        return Date::new(9996, month, day).ok().map(|_| "9999-12-31".to_owned());
    }
    let date = Date::new(i16::try_from(year).ok().filter(|year| *year > 0)?, month, day).ok()?;
    Some(date.to_string())
}

fn number(text: &str) -> Option<(u32, &str)> {
    let text = text.trim_start_matches([' ', '\t']);
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}
