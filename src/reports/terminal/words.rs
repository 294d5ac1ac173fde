//! Numbers and lists in words.

use std::fmt::Write as _;

use crate::model::{Digest, Location, Root, Severity};

use super::page::Tint;
use super::wrap;

/// `1234567` as `1,234,567`.
pub(super) fn number(value: usize) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 file`, `2 files`.
pub(super) fn count(value: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

/// A size with one decimal, in powers of 1000.
pub(super) fn bytes(value: u64) -> String {
    let mut unit = 1_u64;
    let mut name = "B";
    for next in ["kB", "MB", "GB", "TB", "PB"] {
        if value / unit < 1000 {
            break;
        }
        unit *= 1000;
        name = next;
    }
    if unit == 1 {
        return format!("{value} B");
    }
    format!("{}.{} {name}", value / unit, value % unit / (unit / 10))
}

/// The first twelve digits.
pub(super) fn short(digest: &Digest) -> String {
    digest.hex().chars().take(12).collect()
}

/// `OTA-BUN-002` as `BUN-002`, for lists.
pub(super) fn brief(control: &str) -> &str {
    control.strip_prefix("OTA-").unwrap_or(control)
}

/// `path:line:column`, or what is meant when there is no path.
pub(super) fn place(location: &Location) -> String {
    if location.path.is_empty() {
        return match location.root {
            Root::Bundle => "the bundle as a whole".to_owned(),
            Root::App => "the app as a whole".to_owned(),
            Root::Release => "the release as a whole".to_owned(),
        };
    }
    let mut out = wrap::path(&location.path);
    for part in [location.line, location.line.and(location.column)].into_iter().flatten() {
        // Writing to a String cannot fail.
        let _ = write!(out, ":{part}");
    }
    out
}

/// How a severity is coloured.
pub(super) const fn tint(severity: Severity) -> Tint {
    match severity {
        Severity::Critical | Severity::High => Tint::Bad,
        Severity::Medium => Tint::Doubt,
        Severity::Low | Severity::Info => Tint::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_sizes_are_readable() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(count(1, "file", "files"), "1 file");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(4_250_000), "4.2 MB");
        assert_eq!(bytes(u64::MAX), "18446.7 PB");
    }
}
