//! JSON with positions, read tolerantly: comments and trailing commas are noted, not refused, because the tools that
//! read app configurations accept them.

use std::collections::BTreeSet;

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged as _;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::model::{LineIndex, Position, printable};

/// A parsed JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json {
    /// The value.
    pub root: JsonValue,
    /// Where it departs from strict JSON.
    pub leniency: Vec<Leniency>,
}

/// A departure from strict JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leniency {
    /// There are comments; the first is here.
    Comments(Position),
    /// There are trailing commas; the first is here.
    TrailingCommas(Position),
    /// A key is in its object once more.
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it is repeated.
        position: Position,
    },
}

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonValue {
    /// Where it begins.
    pub position: Position,
    /// The value.
    pub node: JsonNode,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonNode {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it is written.
    Number(String),
    /// A string, its escapes resolved.
    String(String),
    /// An array.
    Array(Vec<JsonValue>),
    /// An object: all pairs in order, duplicates included, with the position of each key.
    Object(Vec<(String, Position, JsonValue)>),
}

impl JsonValue {
    /// The value of a key; the last one where there are several, as in JavaScript.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let JsonNode::Object(pairs) = &self.node else { return None };
        pairs.iter().rev().find(|(name, _, _)| name == key).map(|(_, _, value)| value)
    }

    /// The value at the end of a path of keys.
    #[must_use]
    pub fn path(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The string, when it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let JsonNode::String(text) = &self.node { Some(text) } else { None }
    }

    /// The boolean, when it is one.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        if let JsonNode::Bool(value) = self.node { Some(value) } else { None }
    }
}

/// Parses a text without a byte-order mark.
///
/// # Errors
/// Where and why it is not JSON, not even with comments and trailing commas, or is nested too deeply
/// (512 levels; an object's property is a level of its own).
pub fn parse(text: &str) -> Result<Json, (Position, String)> {
    let mut leniency = Vec::new();
    let value = tolerant(text, &mut leniency)?;
    let mut owner = Owner { places: Places { text, offset: 0, position: Position { line: 1, column: 1 } }, leniency };
    let root = owner.value(value);
    Ok(Json { root, leniency: owner.leniency })
}

/// Whether a text without a byte-order mark is strict JSON, of any depth (`true`), or JSON only tolerantly.
///
/// # Errors
/// As [`parse`].
pub fn is_json(text: &str) -> Result<bool, (Position, String)> {
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return Ok(true);
    }
    tolerant(text, &mut Vec::new()).map(|_| false)
}

/// Parses strictly, and once more for each kind of leniency that turns out to be needed: the parser's complaint is
/// the position of the first one, and no list of all tokens has to be kept.
fn tolerant<'a>(text: &'a str, leniency: &mut Vec<Leniency>) -> Result<Value<'a>, (Position, String)> {
    let mut options = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    loop {
        let error = match parse_to_ast(text, &CollectOptions::default(), &options) {
            Ok(parsed) => return parsed.value.ok_or_else(|| (LineIndex::new(text).position(0), "no value".to_owned())),
            Err(error) => error,
        };
        let position = LineIndex::new(text).position(error.range().start);
        match error.kind() {
            ParseErrorKind::CommentsNotAllowed if !options.allow_comments => {
                options.allow_comments = true;
                leniency.push(Leniency::Comments(position));
            }
            ParseErrorKind::TrailingCommasNotAllowed if !options.allow_trailing_commas => {
                options.allow_trailing_commas = true;
                leniency.push(Leniency::TrailingCommas(position));
            }
            _ => return Err((position, message(&error))),
        }
    }
}

fn message(error: &ParseError) -> String {
    let text = error.kind().to_string();
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    printable(&first.into_iter().chain(characters).collect::<String>(), 200)
}

/// Positions of offsets that never go back. [`LineIndex`] counts from the start of the line each time, which takes
/// forever for the thousand values of a minified file's only line.
struct Places<'a> {
    text: &'a str,
    offset: usize,
    position: Position,
}

impl Places<'_> {
    fn at(&mut self, offset: usize) -> Position {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.offset).filter(|_| self.offset < offset) {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(self.offset + 1) != Some(&b'\n'));
            self.offset += 1;
            if ends {
                self.position = Position { line: self.position.line.saturating_add(1), column: 1 };
            } else if bytes.get(self.offset).is_none_or(|next| next & 0xC0 != 0x80) {
                self.position.column = self.position.column.saturating_add(1);
            }
        }
        self.position
    }
}

/// Makes the owned tree; its depth is bounded by the parser.
struct Owner<'a> {
    places: Places<'a>,
    leniency: Vec<Leniency>,
}

impl Owner<'_> {
    fn value(&mut self, value: Value<'_>) -> JsonValue {
        let position = self.places.at(value.start());
        let node = match value {
            Value::NullKeyword(_) => JsonNode::Null,
            Value::BooleanLit(literal) => JsonNode::Bool(literal.value),
            Value::NumberLit(literal) => JsonNode::Number(literal.value.to_owned()),
            Value::StringLit(literal) => JsonNode::String(literal.value.into_owned()),
            Value::Array(array) => {
                JsonNode::Array(array.elements.into_iter().map(|element| self.value(element)).collect())
            }
            Value::Object(object) => self.object(object.properties),
        };
        JsonValue { position, node }
    }

    fn object(&mut self, properties: Vec<jsonc_parser::ast::ObjectProp<'_>>) -> JsonNode {
        let mut seen = BTreeSet::new();
        let mut pairs = Vec::with_capacity(properties.len());
        for property in properties {
            let position = self.places.at(property.range.start);
            let key = property.name.into_string();
            if !seen.insert(key.clone()) {
                self.leniency.push(Leniency::DuplicateKey { key: key.clone(), position });
            }
            pairs.push((key, position, self.value(property.value)));
        }
        JsonNode::Object(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(line: u32, column: u32) -> Position {
        Position { line, column }
    }

    #[test]
    fn values_have_their_positions() {
        let json = parse("{\n  \"é\": [1, {\"server\": {\"url\": \"http://a\"}}],\r\n \"b\": true}").unwrap();
        assert_eq!(json.leniency, vec![]);
        assert_eq!(json.root.get("b").map(|value| (value.position, value.as_bool())), Some((at(3, 7), Some(true))));
        let JsonNode::Array(elements) = &json.root.get("é").unwrap().node else { panic!() };
        assert_eq!(elements[0], JsonValue { position: at(2, 9), node: JsonNode::Number("1".to_owned()) });
        let url = elements[1].path(&["server", "url"]).unwrap();
        assert_eq!((url.position, url.as_str()), (at(2, 31), Some("http://a")));
        assert_eq!(json.root.path(&["b", "c"]), None);
    }

    #[test]
    fn leniency_is_noted() {
        let json = parse("{\n // why\n \"a\": 1, \"a\": 2, /* more */\n}").unwrap();
        let duplicate = Leniency::DuplicateKey { key: "a".to_owned(), position: at(3, 10) };
        assert_eq!(json.leniency, [Leniency::Comments(at(2, 2)), Leniency::TrailingCommas(at(3, 16)), duplicate]);
        assert_eq!(
            json.root.get("a").map(|value| &value.node),
            Some(&JsonNode::Number("2".to_owned())),
            "the last wins"
        );
    }

    #[test]
    fn other_departures_are_refused() {
        for text in [
            "",
            "  ",
            "{a: 1}",
            "{'a': 1}",
            "[0x1]",
            "[+1]",
            "[.5]",
            "[NaN]",
            "[1 2]",
            "{} {}",
            "[1",
            "nul",
            "[,]",
            "\"\\x41\"",
        ] {
            assert!(parse(text).is_err(), "{text}");
            assert!(is_json(text).is_err(), "{text}");
        }
        let (position, why) = parse("{\n \"a\" 1}").unwrap_err();
        assert_eq!((position, why.as_str()), (at(2, 6), "expected colon after the string or word in object property"));
    }

    #[test]
    fn strict_and_tolerant_are_told_apart() {
        assert_eq!(is_json("{\"a\": [1, null]}"), Ok(true));
        assert_eq!(is_json("[1,] // x"), Ok(false));
        assert_eq!(is_json("\"\\ud800\""), Ok(true), "JavaScript accepts a lone surrogate");
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(500)).is_ok());
        assert_eq!(is_json(&nested(100_000)), Ok(true), "nothing is built, so depth costs nothing");
        assert!(parse(&nested(100_000)).is_err());
        assert!(parse(&"{\"a\":".repeat(100_000)).is_err());
    }

    #[test]
    fn a_long_line_does_not_take_long() {
        let text = format!("[{}0]", "\"é\",".repeat(300_000));
        let JsonNode::Array(elements) = parse(&text).unwrap().root.node else { panic!() };
        let last = elements.last().unwrap().position;
        assert_eq!(last, LineIndex::new(&text).position(text.len() - 2), "as the line index counts");
    }
}
