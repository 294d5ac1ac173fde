//! Addresses, read as a browser reads them.

use std::net::Ipv4Addr;

/// Where an address leads, read as a browser reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// Another host over a network.
    Remote {
        /// In lower case; empty for `//host`.
        scheme: String,
        /// In lower case, without user and port.
        host: String,
    },
    /// A scheme that loads nothing from a host, such as `data`.
    Other {
        /// In lower case.
        scheme: String,
    },
    /// An address within the app.
    Local(String),
}

/// Reads an address as the URL standard does: blanks and line ends go, a backslash is a slash.
#[must_use]
pub fn address(text: &str) -> Address {
    let text: String = text
        .trim_matches(|character: char| character <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    if let Some((scheme, rest)) = text.split_once(':') {
        let named = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        if named {
            let scheme = scheme.to_ascii_lowercase();
            if matches!(scheme.as_str(), "http" | "https" | "ws" | "wss" | "ftp") || rest.starts_with("//") {
                return Address::Remote { scheme, host: host(rest.trim_start_matches(['/', '\\'])) };
            }
            return Address::Other { scheme };
        }
    }
    let mut characters = text.chars();
    let slash = |character: Option<char>| matches!(character, Some('/' | '\\'));
    if slash(characters.next()) && slash(characters.next()) {
        return Address::Remote {
            scheme: String::new(),
            host: host(characters.as_str().trim_start_matches(['/', '\\'])),
        };
    }
    Address::Local(text)
}

/// The host at the head of what follows the slashes: without user, port and final dot, in lower case.
#[must_use]
pub fn host(text: &str) -> String {
    let authority = text.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let host = if authority.starts_with('[') {
        authority.split_inclusive(']').next().unwrap_or_default()
    } else {
        authority.split(':').next().unwrap_or_default()
    };
    host.trim_end_matches('.').to_lowercase()
}

/// Whether a host is a number instead of a name.
#[must_use]
pub fn is_ip(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.starts_with('[')
        || host.parse::<Ipv4Addr>().is_ok()
        || last.starts_with("0x")
        || !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_a_browser_reads_them() {
        let remote = |scheme: &str, host: &str| Address::Remote { scheme: scheme.to_owned(), host: host.to_owned() };
        assert_eq!(address(" https://User@CDN.example.com.:8443/x.js"), remote("https", "cdn.example.com"));
        assert_eq!(address("\\\\cdn.example.com\\x.js"), remote("", "cdn.example.com"));
        assert_eq!(address("ht\ntps:/cdn.example.com/x.js"), remote("https", "cdn.example.com"));
        assert_eq!(address("http://[::1]:3000/"), remote("http", "[::1]"));
        assert_eq!(address("data:text/javascript,1"), Address::Other { scheme: "data".to_owned() });
        assert_eq!(address("assets/a:b.js"), Address::Local("assets/a:b.js".to_owned()));
        assert!(
            is_ip("127.0.0.1") && is_ip("[::1]") && is_ip("0x7f000001") && is_ip("2130706433") && !is_ip("a1.example")
        );
    }
}
