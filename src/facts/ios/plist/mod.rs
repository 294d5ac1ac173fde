//! Apple's property lists in their three spellings (XML, binary, and the older text form of Xcode projects), as one tree
//! with the place of every key and value. What is broken is kept up to its fault.

mod binary;
mod builder;
mod open_step;
mod scan;
mod xml;

use serde::Serialize;

use crate::inputs::decode;
use crate::model::Position;

pub use open_step::parse as parse_open_step;

/// Bytes of a property list; Info.plist files have some thousands.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Levels of arrays and dictionaries; deeper ones are a fault.
pub(super) const MOST_LEVELS: usize = 128;
/// Values of one list, each repetition of a shared one counted; more are a fault.
pub(super) const MOST_VALUES: usize = 400_000;

/// How a property list is spelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlistFormat {
    /// XML.
    Xml,
    /// `bplist00`; there are no lines in it.
    Binary,
    /// The text form of NeXTSTEP and OpenStep.
    OpenStep,
}

/// Where and why a property list breaks off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlistFault {
    /// Where, in a text.
    pub position: Option<Position>,
    /// Why.
    pub why: String,
}

/// A property list, up to its fault if it has one.
#[derive(Clone, Debug, PartialEq)]
pub struct PropertyList {
    /// The outermost value.
    pub root: PlistValue,
    /// The spelling.
    pub format: PlistFormat,
    /// What is wrong with the rest.
    pub fault: Option<PlistFault>,
    /// Keys that are in their dictionary once more, with the place of the repetition.
    pub duplicates: Vec<(String, Option<Position>)>,
}

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct PlistValue {
    /// Where it begins, in a text.
    pub position: Option<Position>,
    /// The value.
    pub node: PlistNode,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum PlistNode {
    /// `<true/>`, `<false/>`.
    Bool(bool),
    /// A whole number as it is written.
    Integer(String),
    /// A number with a fraction, as it is written.
    Real(String),
    /// A date as it is written; in binary lists the seconds since 2001.
    Date(String),
    /// A text.
    String(String),
    /// Bytes; `None` when their Base64 is broken.
    Data(Option<Vec<u8>>),
    /// An array.
    Array(Vec<PlistValue>),
    /// A dictionary in the order of the file, duplicates included.
    Dict(Vec<PlistEntry>),
    /// Something else, named.
    Other(String),
}

/// One key of a dictionary.
#[derive(Clone, Debug, PartialEq)]
pub struct PlistEntry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub position: Option<Position>,
    /// Its value.
    pub value: PlistValue,
}

impl PlistValue {
    /// The entries, when it is a dictionary.
    #[must_use]
    pub fn entries(&self) -> &[PlistEntry] {
        if let PlistNode::Dict(entries) = &self.node { entries } else { &[] }
    }

    /// The elements, when it is an array.
    #[must_use]
    pub fn elements(&self) -> &[Self] {
        if let PlistNode::Array(elements) = &self.node { elements } else { &[] }
    }

    /// The entry of a key; the last one where there are several, since Core Foundation sets each in turn
    /// (`CFPropertyList.c`, `parseDictTag`).
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&PlistEntry> {
        self.entries().iter().rev().find(|entry| entry.key == key)
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The text, when it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let PlistNode::String(text) = &self.node { Some(text) } else { None }
    }

    /// What kind of value it is, in words.
    #[must_use]
    pub fn kind(&self) -> &str {
        match &self.node {
            PlistNode::Bool(_) => "a boolean",
            PlistNode::Integer(_) | PlistNode::Real(_) => "a number",
            PlistNode::Date(_) => "a date",
            PlistNode::String(_) => "a string",
            PlistNode::Data(_) => "data",
            PlistNode::Array(_) => "an array",
            PlistNode::Dict(_) => "a dictionary",
            PlistNode::Other(name) => name,
        }
    }
}

/// Reads a property list in any of its spellings.
///
/// # Errors
/// In words, when nothing of it could be read.
pub fn parse(bytes: &[u8]) -> Result<PropertyList, String> {
    if bytes.len() > MOST_BYTES {
        return Err(format!("larger than {MOST_BYTES} bytes"));
    }
    if bytes.starts_with(b"bplist") {
        return binary::parse(bytes);
    }
    let text = decode(bytes);
    // Core Foundation takes what begins with `<` for XML, except the older form's data.
    let start = text.text.trim_start();
    if start.is_empty() {
        return Err("the file is empty".to_owned());
    }
    if start.starts_with('<') { xml::parse(&text.text) } else { open_step::parse(&text.text) }
}
