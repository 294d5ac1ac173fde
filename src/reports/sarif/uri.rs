//! Paths of the subject as relative URI references (RFC 3986) that cannot leave their base, whatever they are named.

use std::fmt::Write as _;

/// `path` as a relative reference: never a scheme, an authority, an absolute path or a dot segment.
///
/// A reader that normalises takes `%2E%2E` for `..` (RFC 3986, 6.2.2.2, and the URL standard), so the percent signs
/// of encoded dot segments are encoded too; the true name stands beside the reference (see `artifacts`).
pub(super) fn relative(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 8);
    let leading = path.chars().take_while(|character| *character == '/').count();
    out.push_str(&"%2F".repeat(leading));
    for (number, segment) in path.trim_start_matches('/').split('/').enumerate() {
        if number > 0 {
            out.push('/');
        }
        if is_dots(segment) {
            out.push_str(&segment.replace('.', "%252E"));
            continue;
        }
        for byte in segment.bytes() {
            if is_plain(byte) {
                out.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Whether a reader of the reference alone would see another path than `path`.
pub(super) fn is_odd(path: &str) -> bool {
    path.starts_with('/') || path.split('/').any(is_dots)
}

/// A segment that a resolver would remove or climb with.
fn is_dots(segment: &str) -> bool {
    segment == "." || segment == ".."
}

/// Characters that mean nothing to any reader of URIs; `:` is not one of them, it ends a scheme.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'@' | b'+' | b'=' | b',' | b'$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_one_relative_path() {
        for (path, expected) in [
            ("assets/index-4f2a.js", "assets/index-4f2a.js"),
            ("node_modules/@capacitor/a b.js", "node_modules/@capacitor/a%20b.js"),
            ("../../etc/passwd", "%252E%252E/%252E%252E/etc/passwd"),
            ("a/./b/..", "a/%252E/b/%252E%252E"),
            ("%2E%2E/x", "%252E%252E/x"),
            ("/etc/passwd", "%2Fetc/passwd"),
            ("//host/share", "%2F%2Fhost/share"),
            ("..\\..\\x", "..%5C..%5Cx"),
            ("C:\\x", "C%3A%5Cx"),
            ("javascript:alert(1)", "javascript%3Aalert%281%29"),
            ("http://x/y", "http%3A//x/y"),
            ("a/b:c", "a/b%3Ac"),
            ("a?b#c", "a%3Fb%23c"),
            ("\\u{0}", "%5Cu%7B0%7D"),
            ("αρχείο.js", "%CE%B1%CF%81%CF%87%CE%B5%CE%AF%CE%BF.js"),
            ("<img src=x>\"'", "%3Cimg%20src=x%3E%22%27"),
        ] {
            assert_eq!(relative(path), expected);
        }
    }
}
