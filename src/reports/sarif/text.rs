//! Words in the shapes SARIF wants: identifiers, GUIDs, messages without links, Markdown without markup.

use std::fmt::Write as _;

use crate::model::Digest;

/// A UUID of the form of version 5, made from SHA-256: the schema knows no version 8. The same for the same parts.
pub(super) fn guid(parts: &[&str]) -> String {
    let digest = Digest::of_parts(["otaudit"].into_iter().chain(parts.iter().copied()));
    let mut hex = String::with_capacity(36);
    for (index, byte) in digest.as_bytes().iter().take(16).enumerate() {
        let byte = match index {
            6 => (byte & 0x0f) | 0x50,
            8 => (byte & 0x3f) | 0x80,
            _ => *byte,
        };
        if matches!(index, 4 | 6 | 8 | 10) {
            hex.push('-');
        }
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// `No native code` as `NoNativeCode`.
pub(super) fn pascal_case(title: &str) -> String {
    let words = title.split(|character: char| !character.is_alphanumeric());
    words
        .flat_map(|word| {
            let mut characters = word.chars();
            let first = characters.next().into_iter().flat_map(char::to_uppercase);
            first.chain(characters).collect::<Vec<char>>()
        })
        .collect()
}

/// A message in which `[text](target)` is no link (SARIF 3.11.6).
pub(super) fn message(text: &str) -> String {
    text.replace("](", "\\](")
}

/// Prose as Markdown in which only code between back-ticks is markup.
pub(super) fn markdown(text: &str) -> String {
    // With an odd number of back-ticks one can't tell code from prose, and everything is prose.
    let code = text.matches('`').count().is_multiple_of(2);
    let mut inside = false;
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if character == '`' && code {
            inside = !inside;
            out.push(character);
            continue;
        }
        match character {
            '<' if !inside => out.push_str("&lt;"),
            '&' if !inside => out.push_str("&amp;"),
            '[' | ']' | '*' | '_' | '`' | '\\' | '|' | '#' | '!' | '~' if !inside => {
                out.push('\\');
                out.push(character);
            }
            plain => out.push(plain),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_stable_and_told_apart() {
        let guid_of_gdpr = guid(&["framework", "GDPR"]);
        assert_eq!(guid_of_gdpr, guid(&["framework", "GDPR"]));
        assert_ne!(guid_of_gdpr, guid(&["frameworkGDPR"]));
        assert_eq!(guid_of_gdpr.len(), 36);
        assert_eq!(guid_of_gdpr.chars().nth(14), Some('5'));
        assert!(guid_of_gdpr.chars().nth(19).is_some_and(|digit| "89ab".contains(digit)));
    }

    #[test]
    fn titles_become_names() {
        assert_eq!(pascal_case("No native (executable) code: ever"), "NoNativeExecutableCodeEver");
        assert_eq!(pascal_case("--"), "");
        assert_eq!(pascal_case("ärger mit ß"), "ÄrgerMitSS");
    }

    #[test]
    fn hostile_prose_is_no_markup() {
        assert_eq!(message("see [x](http://evil)"), "see [x\\](http://evil)");
        assert_eq!(markdown("use `eval<T>` <b>[x](y)"), "use `eval<T>` &lt;b>\\[x\\](y)");
        assert_eq!(markdown("one ` <b>"), "one \\` &lt;b>");
    }
}
