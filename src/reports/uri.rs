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

/// What a statement names as its evidence: a plain `http` or `https` address as it is, anything else as a relative path.
pub(super) fn reference(text: &str) -> String {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_address = rest.is_some_and(|rest| {
        let (host, path) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
        let (host, port) = host.split_once(':').unwrap_or((host, ""));
        let fits = |byte: u8| is_plain(byte) || matches!(byte, b'/' | b'?' | b'&' | b';');
        !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
            && port.bytes().all(|byte| byte.is_ascii_digit())
            && path.bytes().all(fits)
    });
    if is_address { text.to_owned() } else { relative(text) }
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
    fn only_plain_addresses_stay_addresses() {
        let plain = "https://wiki.example:8443/ropa/2026?rev=3&x=1";
        assert_eq!(reference(plain), plain);
        for (text, expected) in [
            ("evidence/ropa.pdf", "evidence/ropa.pdf"),
            ("javascript:alert(1)", "javascript%3Aalert%281%29"),
            ("http://a@b/", "http%3A//a@b/"),
            ("https:///x", "https%3A///x"),
            ("https://a:b/", "https%3A//a%3Ab/"),
        ] {
            assert_eq!(reference(text), expected);
        }
    }

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
