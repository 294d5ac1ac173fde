//! YAML as a tree in which every value and every key knows its place in the source.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use serde_yaml::options::{DuplicateKeyPolicy, MergeKeyPolicy};

use crate::model::{Label, Problem};

#[cfg(test)]
mod tests;

/// The longest text that is read.
const MAX_BYTES: usize = 1024 * 1024;
/// How deep maps and lists may be nested.
const MAX_DEPTH: usize = 32;

/// One value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The byte range; that of a list or a map goes from its start to the end of its last value.
    pub span: Range<usize>,
    /// What stands there.
    pub value: Value,
}

/// What a YAML value can be.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`; `yes` and `no` are texts.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map in the order of the source; a key that is written twice stands here twice.
    Map(Vec<(Key, Node)>),
}

/// The key of a map's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// Its byte range.
    pub span: Range<usize>,
}

impl Value {
    /// What kind of value it is, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

/// Reads one YAML document. Anchors and aliases, merge keys, a second document and nesting beyond 32 levels are refused;
/// keys that are written twice are kept, so that they can be reported together with all other faults.
///
/// # Errors
/// The fault at which reading stopped, with its place.
pub fn parse(name: &str, text: &str) -> Result<Node, Problem> {
    if text.len() > MAX_BYTES {
        return Err(Problem::new(format!("`{name}` has {} bytes, more than {MAX_BYTES}", text.len()))
            .help("split it into several policies with `extends`"));
    }
    serde_yaml::from_str_with_options::<Spanned<Raw>>(text, options())
        .map(|raw| node(raw, text))
        .map_err(|error| problem(name, text, &error))
}

fn options() -> serde_yaml::Options {
    let mut options = serde_yaml::Options::default();
    let mut budget = serde_yaml::budget::Budget::default();
    budget.max_anchors = 0;
    budget.max_aliases = 0;
    budget.max_depth = MAX_DEPTH;
    budget.flow_nesting_limit = MAX_DEPTH;
    budget.max_documents = 1;
    budget.max_total_scalar_bytes = MAX_BYTES;
    options.budget = Some(budget);
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    options.merge_keys = MergeKeyPolicy::Error;
    options.strict_booleans = true;
    options.with_snippet = false;
    options
}

fn problem(name: &str, text: &str, error: &serde_yaml::Error) -> Problem {
    let location = error.location();
    let start = location.and_then(|location| offset(text, location.line(), location.column())).unwrap_or(0);
    let (message, help) = words(error);
    let label = Label {
        source_name: name.to_owned(),
        source: text.to_owned(),
        range: character_at(text, start),
        text: "here the text could not be read on".to_owned(),
    };
    Problem::new(format!("`{name}` is not readable as YAML: {message}")).at(label).help(help)
}

/// What an error says, without the place (the label has it), and what to do about it.
fn words(error: &serde_yaml::Error) -> (String, String) {
    let message = error.without_snippet().to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(said, _)| said);
    if message.contains("Anchors") || message.contains("Aliases") {
        let help = "write the value out where it is needed".to_owned();
        return ("anchors (`&`) and aliases (`*`) are not allowed".to_owned(), help);
    }
    if message.contains("Depth") || message.contains("recursion") {
        return (format!("more than {MAX_DEPTH} levels"), "a policy needs six levels at most".to_owned());
    }
    let help = "check the indentation, the quotes and the colons of this line and of the one before it";
    (message.to_owned(), help.to_owned())
}

/// The byte offset of a line and a column in characters, both from 1; a column beyond the line is its end.
fn offset(text: &str, line: u64, column: u64) -> Option<usize> {
    let line = usize::try_from(line.checked_sub(1)?).ok()?;
    let column = usize::try_from(column.saturating_sub(1)).ok()?;
    let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let content = text.split('\n').nth(line)?;
    Some(before + content.chars().take(column).map(char::len_utf8).sum::<usize>())
}

/// The range of the character at `start`; empty at the end of the text.
fn character_at(text: &str, start: usize) -> Range<usize> {
    let start = start.min(text.len());
    let length = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    start..start + length
}

/// A value whose places are still the parser's.
enum Raw {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text, a number, true or false, a list or a map")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(i64::try_from(value).map_or(Raw::Float(f64::INFINITY), Raw::Integer))
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Float(f64::INFINITY))
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Float(f64::INFINITY))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

fn node(raw: Spanned<Raw>, text: &str) -> Node {
    let own = range(&raw.referenced, text);
    let (value, end) = match raw.value {
        Raw::Null => (Value::Null, own.end),
        Raw::Bool(value) => (Value::Bool(value), own.end),
        Raw::Integer(value) => (Value::Integer(value), own.end),
        Raw::Float(value) => (Value::Float(value), own.end),
        Raw::Text(value) => (Value::Text(value), own.end),
        Raw::List(items) => {
            let items: Vec<Node> = items.into_iter().map(|item| node(item, text)).collect();
            let end = items.last().map_or(own.end, |last| last.span.end);
            (Value::List(items), end)
        }
        Raw::Map(entries) => {
            let entries: Vec<(Key, Node)> = entries
                .into_iter()
                .map(|(key, value)| (Key { span: range(&key.referenced, text), name: key.value }, node(value, text)))
                .collect();
            let end = entries.last().map_or(own.end, |(_, last)| last.span.end);
            (Value::Map(entries), end)
        }
    };
    Node { span: own.start..end.max(own.start), value }
}

/// The parser's place as bytes of `text`, without white space at its end.
fn range(location: &serde_yaml::Location, text: &str) -> Range<usize> {
    let bytes = |value: Option<u64>| value.and_then(|value| usize::try_from(value).ok());
    let start = bytes(location.span().byte_offset())
        .or_else(|| offset(text, location.line(), location.column()))
        .unwrap_or(0)
        .min(text.len());
    let length = bytes(location.span().byte_len()).unwrap_or(0);
    let written = text.get(start..start.saturating_add(length).min(text.len())).unwrap_or_default();
    start..start + written.trim_end().len()
}
