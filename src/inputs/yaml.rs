//! YAML as a tree in which every value and every key knows its place in the source.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use serde_yaml::options::{DuplicateKeyPolicy, MergeKeyPolicy};

/// One value with its place: where it is written, also when an alias repeats it elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct YamlNode {
    /// The byte range; that of a list or a map goes from its start to the end of its last value.
    pub span: Range<usize>,
    /// What stands there.
    pub value: YamlValue,
}

/// What a YAML value can be.
#[derive(Clone, Debug, PartialEq)]
pub enum YamlValue {
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
    List(Vec<YamlNode>),
    /// A map in the order of the source; a key that is written twice stands here twice.
    Map(Vec<(YamlKey, YamlNode)>),
}

/// The key of a map's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlKey {
    /// The key.
    pub name: String,
    /// Its byte range.
    pub span: Range<usize>,
}

impl YamlValue {
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

impl YamlNode {
    /// The value of a key; the first one where there are several.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name.name == key).map(|(_, value)| value)
    }

    /// The entries of a map; of anything else none.
    #[must_use]
    pub fn entries(&self) -> &[(YamlKey, Self)] {
        if let YamlValue::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The items of a list; of anything else none.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        if let YamlValue::List(items) = &self.value { items } else { &[] }
    }

    /// The text, when it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let YamlValue::Text(text) = &self.value { Some(text) } else { None }
    }
}

/// What a document may hold.
#[derive(Clone, Copy, Debug)]
pub struct YamlLimits {
    /// The longest text that is read.
    pub bytes: usize,
    /// How deep maps and lists may be nested.
    pub depth: usize,
    /// Whether anchors, aliases and merge keys are read (they are bounded), or refused.
    pub aliases: bool,
}

/// The most anchors and aliases of a text that may have them.
const MOST_ALIASES: usize = 1_000;
/// The most values of one text, those behind aliases included.
const MOST_NODES: usize = 200_000;

/// Reads one YAML document. A second document and nesting beyond the limit are refused; keys that are written twice are
/// kept, so that they can be reported together with all other faults.
///
/// # Errors
/// The fault at which reading stopped.
pub fn parse(text: &str, limits: &YamlLimits) -> Result<YamlNode, Box<serde_yaml::Error>> {
    serde_yaml::from_str_with_options::<Spanned<Raw>>(text, options(limits))
        .map(|raw| node(raw, text))
        .map_err(Box::new)
}

fn options(limits: &YamlLimits) -> serde_yaml::Options {
    let mut options = serde_yaml::Options::default();
    let mut budget = serde_yaml::budget::Budget::default();
    budget.max_anchors = if limits.aliases { MOST_ALIASES } else { 0 };
    budget.max_aliases = if limits.aliases { MOST_ALIASES } else { 0 };
    budget.max_nodes = budget.max_nodes.min(MOST_NODES);
    budget.max_depth = limits.depth;
    budget.flow_nesting_limit = limits.depth;
    budget.max_documents = 1;
    budget.max_total_scalar_bytes = limits.bytes;
    options.budget = Some(budget);
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    options.merge_keys = if limits.aliases { MergeKeyPolicy::AsOrdinary } else { MergeKeyPolicy::Error };
    options.strict_booleans = true;
    options.with_snippet = false;
    options
}

/// The byte offset of a line and a column in characters, both from 1; a column beyond the line is its end.
pub fn offset(text: &str, line: u64, column: u64) -> Option<usize> {
    let line = usize::try_from(line.checked_sub(1)?).ok()?;
    let column = usize::try_from(column.saturating_sub(1)).ok()?;
    let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let content = text.split('\n').nth(line)?;
    Some(before + content.chars().take(column).map(char::len_utf8).sum::<usize>())
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

fn node(raw: Spanned<Raw>, text: &str) -> YamlNode {
    let own = range(&raw.defined, text);
    let (value, end) = match raw.value {
        Raw::Null => (YamlValue::Null, own.end),
        Raw::Bool(value) => (YamlValue::Bool(value), own.end),
        Raw::Integer(value) => (YamlValue::Integer(value), own.end),
        Raw::Float(value) => (YamlValue::Float(value), own.end),
        Raw::Text(value) => (YamlValue::Text(value), own.end),
        Raw::List(items) => {
            let items: Vec<YamlNode> = items.into_iter().map(|item| node(item, text)).collect();
            let end = items.last().map_or(own.end, |last| last.span.end);
            (YamlValue::List(items), end)
        }
        Raw::Map(entries) => {
            let entries: Vec<(YamlKey, YamlNode)> = entries
                .into_iter()
                .map(|(key, value)| (YamlKey { span: range(&key.defined, text), name: key.value }, node(value, text)))
                .collect();
            let end = entries.last().map_or(own.end, |(_, last)| last.span.end);
            (YamlValue::Map(entries), end)
        }
    };
    YamlNode { span: own.start..end.max(own.start), value }
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

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: YamlLimits = YamlLimits { bytes: 64 * 1024, depth: 32, aliases: true };

    #[test]
    fn aliases_stand_where_they_are_written() {
        let text = ".a: &a\n  - |\n    one\n    two\nb:\n  script: *a\n  t: !reference [.a]\n";
        let root = parse(text, &LIMITS).unwrap();
        let script = &root.get("b").unwrap().get("script").unwrap().items()[0];
        assert_eq!((script.as_str(), script.span.clone()), (Some("one\ntwo\n"), 17..28), "a block's own lines");
        assert_eq!(text.get(script.span.clone()), Some("one\n    two"));
        assert_eq!(root.get("b").unwrap().get("t").unwrap().items()[0].as_str(), Some(".a"));
    }

    #[test]
    fn aliases_do_not_explode() {
        let mut text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for (name, before) in ('b'..='j').zip('a'..='i') {
            text.push_str(&format!("{name}: &{name} [{}*{before}]\n", format!("*{before}, ").repeat(9)));
        }
        assert!(parse(&text, &LIMITS).is_err());
        assert!(parse(&"- ".repeat(30_000), &LIMITS).is_err());
    }
}
