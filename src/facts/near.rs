//! When two scripts differ in nothing but hashes of bundlers and version numbers, of the same lengths at the same places.
//!
//! Facts of one then hold for the other when they are compared: neither a hash in a chunk's file name nor the digits of a
//! version behind an `@` at a text's end can name another host, plugin, function or origin of code. A bundle that is judged
//! is read itself, always.

use std::ops::Range;

use crate::model::Digest;

/// The ends of names that a bundler puts hashes into, each before a closing quote.
const ENDINGS: [&[u8]; 2] = [b".js", b".css"];
/// The longest name of a chunk.
const LONGEST_NAME: usize = 200;

/// Over a script with its hashes and version numbers blotted out.
#[must_use]
pub fn near_digest(script: &[u8]) -> Digest {
    let mut blotted = script.to_vec();
    let mut blot = |range: Range<usize>| {
        if let Some(bytes) = blotted.get_mut(range) {
            bytes.fill(b'#');
        }
    };
    for ending in ENDINGS {
        for at in memchr::memmem::find_iter(script, ending) {
            let end = at + ending.len();
            if !script.get(end).is_some_and(|byte| is_quote(*byte)) {
                continue;
            }
            let before = script.get(at.saturating_sub(LONGEST_NAME)..at).unwrap_or_default();
            let length =
                before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte)).count();
            let start = at - length;
            let preceded = start.checked_sub(1).and_then(|at| script.get(at));
            if preceded.is_some_and(|byte| is_quote(*byte) || *byte == b'/')
                && let Some(hash) = super::hashed::hash_in(script.get(start..end).unwrap_or_default())
            {
                blot(start + hash.start..start + hash.end);
            }
        }
    }
    for at in memchr::memchr_iter(b'@', script) {
        let rest = script.get(at + 1..).unwrap_or_default();
        let length = rest.iter().take(20).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let version = rest.get(..length).unwrap_or_default();
        if rest.get(length).is_some_and(|byte| is_quote(*byte)) && is_version(version) {
            for (offset, byte) in version.iter().enumerate() {
                if byte.is_ascii_digit() {
                    blot(at + 1 + offset..at + 2 + offset);
                }
            }
        }
    }
    Digest::of(&blotted)
}

const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// `1.2.3`, and nothing with four parts, which is an address.
fn is_version(text: &[u8]) -> bool {
    let mut parts = text.split(|byte| *byte == b'.');
    parts.clone().count() == 3 && parts.all(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::near_digest;

    #[test]
    fn only_hashes_and_versions_are_left_out() {
        let near = |one: &str, other: &str| near_digest(one.as_bytes()) == near_digest(other.as_bytes());
        assert!(near("import('./main-4f3a1b9c.js')", "import('./main-99aa00bb.js')"));
        assert!(near("x={id:`n8n@2.39.7`}", "x={id:`n8n@2.39.8`}"));
        for (one, other) in [
            ("x={id:`n8n@2.39.7`}", "x={id:`n8n@2.40.17`}"),
            ("u='http://a@10.1.2.3'", "u='http://a@10.1.2.4'"),
            ("u='http://10.1.2'", "u='http://10.1.3'"),
            ("import('./main-4f3a1b9c.js')", "import('./next-4f3a1b9c.js')"),
            ("u='https://4f3a1b9c.js.example.com'", "u='https://99aa00bb.js.example.com'"),
            ("eval('./main-4f3a1b9c.js'+x)", "call('./main-4f3a1b9c.js'+x)"),
        ] {
            assert!(!near(one, other), "{one} {other}");
        }
    }
}
