//! The addresses in CSS: `@import`, `url()`, fonts. A small tokenizer after CSS Syntax Level 3: comments, strings, escapes
//! and unquoted addresses are read as a browser does; what a rule means otherwise is not looked at.

use serde::Serialize;

use crate::facts::address::{Address, address};
use crate::model::{LineIndex, Position, printable};

/// Addresses kept of one style.
const MOST: usize = 500;
/// How much of an address is kept.
const LONGEST: usize = 200;

/// What a style loads from elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StyleFacts {
    /// The addresses on other hosts, in the order of the text.
    pub addresses: Vec<StyleAddress>,
    /// How many more there are.
    pub more: usize,
}

impl StyleFacts {
    /// Whether it loads nothing from elsewhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty()
    }
}

/// An address in a style.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StyleAddress {
    /// The address, bounded and inert.
    pub url: String,
    /// What for.
    pub role: StyleRole,
    /// Where it begins.
    pub position: Position,
}

/// What a style loads an address for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StyleRole {
    /// `@import`: another style.
    Import,
    /// In `@font-face`.
    Font,
    /// Any other `url()`: images mostly.
    Image,
}

/// Reads a style sheet.
#[must_use]
pub fn read_style(text: &str) -> StyleFacts {
    let mut facts = StyleFacts::default();
    let mut lines = None;
    read_into(&mut facts, text, |at| lines.get_or_insert_with(|| LineIndex::new(text)).position(at));
    facts
}

/// Adds what `text` loads from elsewhere; `place` tells where a byte of it stands.
pub(super) fn read_into(facts: &mut StyleFacts, text: &str, mut place: impl FnMut(usize) -> Position) {
    let mut rule = Rule::Other;
    let mut depth = 0_usize;
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at).copied() {
        match byte {
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = find(text, at + 2, "*/").map_or(text.len(), |end| end + 2);
            }
            b'"' | b'\'' => {
                let (content, end) = string(text, at + 1, byte);
                if rule == Rule::Import {
                    note(facts, &content, StyleRole::Import, || place(at + 1));
                    rule = Rule::Other;
                }
                at = end;
            }
            b'{' | b'}' | b';' => {
                match byte {
                    b'{' => depth += 1,
                    b'}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                // A font's descriptions stand within its braces.
                if byte != b'{' && !(byte == b';' && rule == Rule::Font && depth > 0) {
                    rule = Rule::Other;
                }
                at += 1;
            }
            b'@' => {
                let (name, end) = name(text, at + 1);
                rule = match name.to_ascii_lowercase().as_str() {
                    "import" => Rule::Import,
                    "font-face" => Rule::Font,
                    _ => Rule::Other,
                };
                at = end.max(at + 1);
            }
            _ if starts_name(byte) => {
                let (name, end) = name(text, at);
                at = end.max(at + 1);
                let calls = bytes.get(end) == Some(&b'(');
                if calls && (name.eq_ignore_ascii_case("url") || name.eq_ignore_ascii_case("src")) {
                    let (content, begin, end) = url(text, end + 1);
                    let role = match rule {
                        Rule::Import => StyleRole::Import,
                        Rule::Font => StyleRole::Font,
                        Rule::Other => StyleRole::Image,
                    };
                    note(facts, &content, role, || place(begin));
                    at = end;
                    if rule == Rule::Import {
                        rule = Rule::Other;
                    }
                }
            }
            _ => at += 1,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Import,
    Font,
    Other,
}

fn note(facts: &mut StyleFacts, url: &str, role: StyleRole, place: impl FnOnce() -> Position) {
    // Data in a style may be megabytes: the head tells all.
    let head: String = url.trim().chars().take(LONGEST).collect();
    if !matches!(address(&head), Address::Remote { .. }) {
        return;
    }
    if facts.addresses.len() >= MOST {
        facts.more = facts.more.saturating_add(1);
        return;
    }
    facts.addresses.push(StyleAddress { url: printable(&head, LONGEST), role, position: place() });
}

fn find(text: &str, from: usize, what: &str) -> Option<usize> {
    text.get(from..)?.find(what).map(|at| from + at)
}

const fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'\\') || byte >= 0x80
}

/// A name with its escapes resolved, and where it ends.
fn name(text: &str, from: usize) -> (String, usize) {
    let mut out = String::new();
    let mut at = from;
    while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if character == '\\' {
            let (escaped, end) = escape(text, at + 1);
            out.extend(escaped);
            at = end;
        } else if character.is_ascii_alphanumeric() || matches!(character, '_' | '-') || !character.is_ascii() {
            out.push(character);
            at += character.len_utf8();
        } else {
            break;
        }
    }
    (out, at)
}

/// What follows a backslash: up to six hexadecimal digits and a blank, a line end (nothing), or a character.
fn escape(text: &str, from: usize) -> (Option<char>, usize) {
    let rest = text.get(from..).unwrap_or_default();
    let digits = rest.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
    if digits > 0 {
        let value = rest.get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let blank = rest.get(digits..).is_some_and(|after| after.starts_with([' ', '\n', '\t', '\r']));
        let character = value.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
        return (Some(character), from + digits + usize::from(blank));
    }
    match rest.chars().next() {
        Some('\n') => (None, from + 1),
        Some(character) => (Some(character), from + character.len_utf8()),
        None => (None, from),
    }
}

/// A string's content, and where it ends; a line end ends a string that is not closed.
fn string(text: &str, from: usize, quote: u8) -> (String, usize) {
    let mut out = String::new();
    let mut at = from;
    while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
        at += character.len_utf8();
        match character {
            '\\' => {
                let (escaped, end) = escape(text, at);
                push(&mut out, escaped);
                at = end;
            }
            '\n' => break,
            _ if character == char::from(quote) => break,
            _ => push(&mut out, Some(character)),
        }
    }
    (out, at)
}

/// The content of `url(`, where it begins, and where it ends.
fn url(text: &str, from: usize) -> (String, usize, usize) {
    let rest = text.get(from..).unwrap_or_default();
    let begin = from + (rest.len() - rest.trim_start().len());
    match text.as_bytes().get(begin) {
        Some(quote @ (b'"' | b'\'')) => {
            let (content, end) = string(text, begin + 1, *quote);
            (content, begin + 1, end)
        }
        _ => {
            let mut out = String::new();
            let mut at = begin;
            while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
                at += character.len_utf8();
                match character {
                    ')' => break,
                    '\\' => {
                        let (escaped, end) = escape(text, at);
                        push(&mut out, escaped);
                        at = end;
                    }
                    _ => push(&mut out, Some(character)),
                }
            }
            (out, begin, at)
        }
    }
}

/// No more than is shown is kept.
fn push(out: &mut String, character: Option<char>) {
    if out.len() < 4 * LONGEST {
        out.extend(character);
    }
}
