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
        if let Some(length) = hash_length(rest) {
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
fn hash_length(rest: &[u8]) -> Option<usize> {
    let dot = rest.iter().position(|byte| *byte == b'.')?;
    is_hash(rest.get(..dot)?).then_some(dot)
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
