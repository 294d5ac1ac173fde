//! The older text form of property lists, in which Xcode writes `project.pbxproj`:
//! `{ key = value; list = ( a, b, ); data = <0fbd77>; }` with `//` and `/* */` comments.

use std::collections::BTreeSet;

use super::{MOST_LEVELS, MOST_VALUES, PlistEntry, PlistFault, PlistFormat, PlistNode, PlistValue, PropertyList};
use crate::model::{LineIndex, Position, printable};

/// Parses a text without a byte-order mark.
///
/// # Errors
/// In words, when nothing of it could be read.
pub fn parse(text: &str) -> Result<PropertyList, String> {
    let lines = LineIndex::new(text);
    let mut parser = Parser { text, lines: &lines, offset: 0, values: 0, duplicates: Vec::new(), fault: None };
    let root = parser.value(0);
    let fault = parser.fault.take();
    match root {
        Some(root) if matches!(root.node, PlistNode::Dict(_) | PlistNode::Array(_)) => {
            Ok(PropertyList { root, format: PlistFormat::OpenStep, fault, duplicates: parser.duplicates })
        }
        _ => Err("it is no property list".to_owned()),
    }
}

struct Parser<'a> {
    text: &'a str,
    lines: &'a LineIndex<'a>,
    offset: usize,
    values: usize,
    duplicates: Vec<(String, Option<Position>)>,
    fault: Option<PlistFault>,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn here(&self) -> Position {
        self.lines.position(self.offset)
    }

    fn fail(&mut self, why: &str) {
        if self.fault.is_none() {
            self.fault = Some(PlistFault { position: Some(self.here()), why: why.to_owned() });
        }
    }

    /// Steps over white space and comments.
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            self.offset += blank;
            let rest = self.rest();
            let length = if rest.starts_with("//") {
                rest.find(['\n', '\r']).unwrap_or(rest.len())
            } else if let Some(after) = rest.strip_prefix("/*") {
                after.find("*/").map_or(rest.len(), |end| end + 4)
            } else {
                return;
            };
            self.offset += length;
        }
    }

    fn takes(&mut self, character: char) -> bool {
        self.skip();
        let is = self.rest().starts_with(character);
        if is {
            self.offset += character.len_utf8();
        }
        is
    }

    /// One value; recursion is bounded by [`MOST_LEVELS`].
    fn value(&mut self, level: usize) -> Option<PlistValue> {
        self.skip();
        let position = Some(self.here());
        self.values += 1;
        if level > MOST_LEVELS || self.values > MOST_VALUES {
            self.fail("too many levels or values");
            return None;
        }
        let node = if self.takes('{') {
            self.dictionary(level)
        } else if self.takes('(') {
            self.array(level)
        } else if self.takes('<') {
            let end = self.rest().find('>');
            let digits = self.rest().get(..end.unwrap_or(0)).unwrap_or_default();
            let bytes = hexadecimal(digits);
            self.offset += end.map_or(0, |end| end + 1);
            PlistNode::Data(bytes)
        } else {
            PlistNode::String(self.word()?)
        };
        Some(PlistValue { position, node })
    }

    fn dictionary(&mut self, level: usize) -> PlistNode {
        let mut entries = Vec::new();
        let mut names = BTreeSet::new();
        while self.fault.is_none() && !self.takes('}') {
            let position = self.here();
            let Some(key) = self.word() else { break };
            if !self.takes('=') {
                self.fail(&format!("no `=` after `{}`", printable(&key, 60)));
                break;
            }
            let Some(value) = self.value(level + 1) else { break };
            if !names.insert(key.clone()) {
                self.duplicates.push((key.clone(), Some(position)));
            }
            entries.push(PlistEntry { key, position: Some(position), value });
            if self.fault.is_none() && !self.takes(';') {
                self.fail("a `;` is missing");
            }
        }
        PlistNode::Dict(entries)
    }

    fn array(&mut self, level: usize) -> PlistNode {
        let mut elements = Vec::new();
        while self.fault.is_none() && !self.takes(')') {
            let Some(value) = self.value(level + 1) else { break };
            elements.push(value);
            if self.fault.is_none() && !self.takes(',') && !self.rest().starts_with(')') {
                self.fail("a `,` is missing");
            }
        }
        PlistNode::Array(elements)
    }

    fn word(&mut self) -> Option<String> {
        self.skip();
        let rest = self.rest();
        if let Some(quote) = rest.chars().next().filter(|first| matches!(first, '"' | '\'')) {
            return self.quoted(quote);
        }
        let plain = |character: char| character.is_ascii_alphanumeric() || "._-/:$+@%~".contains(character);
        let end = rest.find(|character: char| !plain(character)).unwrap_or(rest.len());
        if end == 0 {
            self.fail(if rest.is_empty() { "the file ends inside it" } else { "a value is missing" });
            return None;
        }
        self.offset += end;
        rest.get(..end).map(str::to_owned)
    }

    fn quoted(&mut self, quote: char) -> Option<String> {
        let mut text = String::new();
        let rest = self.rest();
        let mut characters = rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            if character == quote {
                self.offset += at + 1;
                return Some(text);
            }
            if character != '\\' {
                text.push(character);
                continue;
            }
            match characters.next().map(|(_, escaped)| escaped) {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some(escaped) => text.push(escaped),
                None => break,
            }
        }
        self.fail("a text has no end");
        None
    }
}

fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> =
        digits.chars().filter(|one| !one.is_whitespace()).map(|one| one.to_digit(16)).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| u8::try_from(high * 16 + low).ok()).collect()
}
