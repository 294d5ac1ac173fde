//! Whether a text looks like something drawn at random, or like something a person typed as an example.

/// Words that people write where a secret should stand.
const PLACEHOLDERS: &[&str] = &[
    "example",
    "xxxx",
    "your",
    "placeholder",
    "dummy",
    "redacted",
    "changeme",
    "replace",
    "insert",
    "notreal",
    "fake",
    "1234567",
    "0123456",
    "abcdefg",
    "00000000",
    "deadbeef",
    "foobar",
    "secret",
    "mysecret",
    "undefined",
    "....",
    "****",
];

pub(super) fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    PLACEHOLDERS.iter().any(|word| lower.contains(word)) || climbs(text)
}

/// Whether seven characters in a row count up or stay the same.
fn climbs(text: &str) -> bool {
    let bytes = text.as_bytes();
    [0, 1].into_iter().any(|step| {
        bytes.windows(7).any(|window| {
            window.iter().zip(window.iter().skip(1)).all(|(left, right)| u16::from(*right) == u16::from(*left) + step)
        })
    })
}

/// How many different characters there are.
pub(super) fn distinct(text: &str) -> usize {
    let mut bytes = text.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.len()
}

/// Whether it may be drawn at random: a third of its length in different characters (hexadecimal digits have but 16,
/// so 8 suffice) and no example. A second condition only: the shape comes first.
pub(super) fn is_random(text: &str) -> bool {
    distinct(text) >= (text.len() / 3).clamp(4, 8) && !is_placeholder(text)
}

/// Whether digits and letters of both cases occur, as they do in nearly every random text of 20 characters and more,
/// and in few names that people give.
pub(super) fn is_mixed(text: &str) -> bool {
    let has = |test: fn(&u8) -> bool| text.as_bytes().iter().any(test);
    has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && distinct(text) >= 12
}

pub(super) const fn is_letter_or_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// The alphabet of base64url, and of most tokens.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

pub(super) const fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

pub(super) const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Where the run of such bytes from `start` on ends.
pub(super) fn run_end(text: &str, start: usize, alphabet: fn(u8) -> bool) -> usize {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    start + rest.iter().take_while(|byte| alphabet(**byte)).count()
}

/// Where the run of such bytes that ends before `end` begins.
pub(super) fn run_start(text: &str, end: usize, alphabet: fn(u8) -> bool) -> usize {
    let before = text.as_bytes().get(..end).unwrap_or_default();
    end - before.iter().rev().take(1024).take_while(|byte| alphabet(**byte)).count()
}

/// Whether a token may begin at `start`: nothing of a token's alphabet stands before it, unless that is the letter of
/// an escape such as `\n`.
pub(super) fn begins(text: &str, start: usize) -> bool {
    let before = text.as_bytes().get(..start).unwrap_or_default();
    match before {
        [] | [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., last] => !is_word(*last) && *last != b'+',
    }
}

/// The part of the text around a place, cut at characters.
pub(super) fn around(text: &str, from: usize, to: usize) -> &str {
    let mut from = from.min(text.len());
    let mut to = to.min(text.len());
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    while !text.is_char_boundary(to) {
        to += 1;
    }
    text.get(from..to).unwrap_or_default()
}

/// Whether `word`, in lower case, stands within `reach` bytes before or behind `at`.
pub(super) fn is_near(text: &str, at: usize, reach: usize, word: &str) -> bool {
    around(text, at.saturating_sub(reach), at.saturating_add(reach)).to_ascii_lowercase().contains(word)
}

/// The checksum that GitHub and npm put into the last six digits of their tokens: CRC-32 of the part before, in base 62
/// (github.blog, "Behind GitHub's new authentication token formats", 2021).
pub(super) fn has_checksum(body: &str) -> bool {
    let Some((text, digits)) = body.len().checked_sub(6).and_then(|at| body.split_at_checked(at)) else { return false };
    checksum(text) == digits
}

pub(super) fn checksum(text: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut number = crc32fast::hash(text.as_bytes());
    let mut out = [b'0'; 6];
    for place in out.iter_mut().rev() {
        *place = usize::try_from(number % 62).ok().and_then(|digit| DIGITS.get(digit)).copied().unwrap_or(b'0');
        number /= 62;
    }
    out.into_iter().map(char::from).collect()
}
