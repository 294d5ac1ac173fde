//! The names that bundlers give to files: a stem, and a hash of the content that changes with every build.

use std::ops::Range;

/// The longest extension, with its dot.
const LONGEST_EXTENSION: usize = 12;
/// Lengths of the hashes that bundlers put into names: 8 of vite and rollup, 16 and 20 of webpack, 32 and 40 of others.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=64;

/// A file name or address with the hash in it left out: `chunk-4f3a1b9c.js`, `main.4f3a1b9c.js`, `index-B7xk_2Qa.css`,
/// `index._V1vsBaH.entry.js`. What has no such part, or no extension, stays as it is.
pub fn without_hash(text: &[u8]) -> Vec<u8> {
    let Some(hash) = hash_in(text) else { return text.to_vec() };
    let mut kept = text.get(..hash.start).unwrap_or_default().to_vec();
    kept.extend_from_slice(text.get(hash.end..).unwrap_or_default());
    kept
}

/// Where the hash stands in a file name or address.
pub fn hash_in(text: &[u8]) -> Option<Range<usize>> {
    let extension = text.iter().rposition(|byte| *byte == b'.').filter(|at| text.len() - at <= LONGEST_EXTENSION);
    let extension = extension?;
    let name =
        text.get(..extension).and_then(|stem| stem.iter().rposition(|byte| *byte == b'/')).map_or(0, |at| at + 1);
    // From the right: the hash is mostly the last part before the extension.
    let starts = (name..extension).rev().filter(|at| *at == name || text.get(at - 1).copied().is_some_and(is_mark));
    for start in starts {
        let rest = text.get(start..=extension).unwrap_or_default();
        if let Some(length) = hash_length(rest, start > name) {
            return Some(start..start + length);
        }
    }
    None
}

const fn is_mark(byte: u8) -> bool {
    matches!(byte, b'-' | b'.' | b'_')
}

/// The length of the hash with which `rest` begins, up to the dot behind it; the hashes of vite have `-` and `_` among
/// their own characters, and eight of them.
fn hash_length(rest: &[u8], after_mark: bool) -> Option<usize> {
    let dot = rest.iter().position(|byte| *byte == b'.')?;
    let text = rest.get(..dot)?;
    (is_hash(text) || after_mark && is_short_hash(text)).then_some(dot)
}

/// The length of the hashes of vite, rollup and rolldown: base64 for addresses, so that one in fifty has no two marks of chance.
const SHORT_HASH: usize = 8;

/// Whether a part of a name of this length looks drawn by lot although [`is_hash`] does not say so: no word, written small or
/// with one capital at its head, is one.
fn is_short_hash(text: &[u8]) -> bool {
    if text.len() != SHORT_HASH || !text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    {
        return false;
    }
    let at = |of: fn(&u8) -> bool| text.iter().position(of);
    let count = |of: fn(&u8) -> bool| text.iter().filter(|byte| of(byte)).count();
    let marked = text.iter().any(|byte| matches!(byte, b'-' | b'_'));
    match (count(u8::is_ascii_uppercase), count(u8::is_ascii_digit)) {
        // `myfu0rnv`, and not `chapter1` or `use-v2ab`.
        (0, digits) => {
            let first = at(u8::is_ascii_digit).unwrap_or_default();
            let goes_on = text.get(first..).is_some_and(|rest| rest.iter().any(u8::is_ascii_lowercase));
            digits > 0 && goes_on && !text.contains(&b'-')
        }
        // `_lhjtE_c`, and not `my-Thing` or `useTable`.
        (1, 0) => {
            let capital = at(u8::is_ascii_uppercase).unwrap_or_default();
            let ahead = capital.checked_sub(1).and_then(|before| text.get(before));
            marked && ahead.is_some_and(u8::is_ascii_lowercase)
        }
        // `DXUHOJUV`.
        (upper, 0) => upper >= 2,
        _ => true,
    }
}

/// A name without the last part of a hash's length, whatever that looks like: a hash may read as a word (`Dmbwsnzo`), and is
/// known for one only where other names beside it have hashes of this length.
pub fn without_tail(text: &[u8]) -> Option<Vec<u8>> {
    let extension = text.iter().rposition(|byte| *byte == b'.').filter(|at| text.len() - at <= LONGEST_EXTENSION)?;
    let start = extension.checked_sub(SHORT_HASH)?;
    let tail = text.get(start..extension)?;
    let is_tail = tail.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let after_mark = start.checked_sub(1).and_then(|at| text.get(at)).copied().is_some_and(is_mark);
    let mut kept = text.get(..start)?.to_vec();
    kept.extend_from_slice(text.get(extension..)?);
    (is_tail && after_mark).then_some(kept)
}

/// The name of a file with its hash left out.
pub fn stem(path: &str) -> String {
    String::from_utf8(without_hash(path.as_bytes())).unwrap_or_else(|_| path.to_owned())
}

/// Whether it looks drawn by lot: hexadecimal digits with at least one of them a digit, or letters of both cases and
/// digits mixed.
fn is_hash(text: &[u8]) -> bool {
    if !LENGTHS.contains(&text.len()) {
        return false;
    }
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let is_hex = digits > 0 && text.iter().all(u8::is_ascii_hexdigit);
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let upper = text.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let lower = text.iter().filter(|byte| byte.is_ascii_lowercase()).count();
    // `Settings` is a name, `B7xkS2Qa` and `DxPqRsTz` are none.
    let drawn = digits > 0 && upper > 0 || upper >= 2 && lower >= 1;
    is_hex || text.len() <= 10 && text.iter().all(word) && drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_left_out_and_names_are_not() {
        for (name, kept) in [
            ("main.4f3a1b9c.js", "main..js"),
            ("assets/index-B7xk_2Qa.css", "assets/index-.css"),
            ("chunk-DxPqRsTz.js", "chunk-.js"),
            ("index._V1vsBaH.entry.js", "index..entry.js"),
            ("ar-DZ-DhPRrFhS.js", "ar-DZ-.js"),
            ("index-B7-k_2Qa.js", "index-.js"),
            ("common.0123456789abcdef0123.js.map", "common..js.map"),
            ("4f3a1b9c2d.js", ".js"),
            ("Dropdown.ee-DXUHOJUV.js", "Dropdown.ee-.js"),
            ("Providers-_lhjtE_c.js", "Providers-.js"),
            ("clip-myfu0rnv.js", "clip-.js"),
            ("app-my-Thing.js", "app-my-Thing.js"),
            ("x-chapter1.js", "x-chapter1.js"),
            ("lib.useTable.js", "lib.useTable.js"),
            ("settings.js", "settings.js"),
            ("app-settings.js", "app-settings.js"),
            ("assets/Settings-panel.js", "assets/Settings-panel.js"),
            ("polyfills-legacy.js", "polyfills-legacy.js"),
            ("index.html", "index.html"),
            ("README", "README"),
        ] {
            assert_eq!(stem(name), kept, "{name}");
        }
    }
}
