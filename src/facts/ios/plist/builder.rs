//! Makes the tree out of opening tags, text and closing tags. It keeps its own stack, so depth costs no recursion.

use std::collections::BTreeSet;
use std::mem;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{MOST_LEVELS, MOST_VALUES, PlistEntry, PlistFault, PlistFormat, PlistNode, PlistValue, PropertyList};
use crate::model::{Position, printable};

/// An array or a dictionary that is still open.
struct Open {
    position: Position,
    kind: Kind,
}

enum Kind {
    Plist,
    Array(Vec<PlistValue>),
    Dict { entries: Vec<PlistEntry>, names: BTreeSet<String>, key: Option<(String, Position)> },
}

/// A key or a simple value whose text is still coming.
struct Leaf {
    name: String,
    position: Position,
    text: String,
}

#[derive(Default)]
pub(super) struct Builder {
    open: Vec<Open>,
    leaf: Option<Leaf>,
    root: Option<PlistValue>,
    values: usize,
    duplicates: Vec<(String, Option<Position>)>,
}

impl Builder {
    pub(super) fn open(&mut self, name: &str, position: Position) -> Result<(), String> {
        if let Some(leaf) = &self.leaf {
            return Err(format!("<{}> inside <{}>", printable(name, 40), leaf.name));
        }
        if self.open.len() >= MOST_LEVELS {
            return Err(format!("more than {MOST_LEVELS} levels"));
        }
        self.values += 1;
        if self.values > MOST_VALUES {
            return Err(format!("more than {MOST_VALUES} values"));
        }
        if name != "key"
            && let Some(Open { kind: Kind::Dict { key: None, .. }, .. }) = self.open.last()
        {
            return Err(format!("<{}> without a <key> before it", printable(name, 40)));
        }
        let kind = match name {
            "plist" if self.open.is_empty() && self.root.is_none() => Kind::Plist,
            "array" => Kind::Array(Vec::new()),
            "dict" => Kind::Dict { entries: Vec::new(), names: BTreeSet::new(), key: None },
            "key" => {
                match self.open.last() {
                    Some(Open { kind: Kind::Dict { key: None, .. }, .. }) => {}
                    Some(Open { kind: Kind::Dict { key: Some((key, _)), .. }, .. }) => {
                        return Err(format!("the key `{}` has no value", printable(key, 80)));
                    }
                    _ => return Err("<key> outside a <dict>".to_owned()),
                }
                self.leaf = Some(Leaf { name: name.to_owned(), position, text: String::new() });
                return Ok(());
            }
            "string" | "integer" | "real" | "date" | "data" | "true" | "false" => {
                self.leaf = Some(Leaf { name: name.to_owned(), position, text: String::new() });
                return Ok(());
            }
            _ => return Err(format!("<{}> is no element of a property list", printable(name, 40))),
        };
        self.open.push(Open { position, kind });
        Ok(())
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), String> {
        match &mut self.leaf {
            Some(leaf) => leaf.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(format!("text between the elements: `{}`", printable(text.trim(), 40))),
        }
        Ok(())
    }

    pub(super) fn close(&mut self) -> Result<(), String> {
        if let Some(leaf) = self.leaf.take() {
            if leaf.name == "key" {
                if let Some(Open { kind: Kind::Dict { key, .. }, .. }) = self.open.last_mut() {
                    *key = Some((leaf.text, leaf.position));
                }
                return Ok(());
            }
            let node = simple(&leaf.name, leaf.text);
            return self.add(PlistValue { position: Some(leaf.position), node });
        }
        let Some(Open { position, kind }) = self.open.pop() else { return Err("a tag closes nothing".to_owned()) };
        let node = match kind {
            Kind::Plist => return Ok(()),
            Kind::Array(elements) => PlistNode::Array(elements),
            Kind::Dict { entries, key, .. } => {
                if let Some((key, _)) = key {
                    self.add(PlistValue { position: Some(position), node: PlistNode::Dict(entries) })?;
                    return Err(format!("the key `{}` has no value", printable(&key, 80)));
                }
                PlistNode::Dict(entries)
            }
        };
        self.add(PlistValue { position: Some(position), node })
    }

    fn add(&mut self, value: PlistValue) -> Result<(), String> {
        match self.open.last_mut().map(|open| &mut open.kind) {
            Some(Kind::Array(elements)) => elements.push(value),
            Some(Kind::Dict { entries, names, key }) => {
                let Some((key, position)) = mem::take(key) else { return Err("a value without a key".to_owned()) };
                if !names.insert(key.clone()) {
                    self.duplicates.push((key.clone(), Some(position)));
                }
                entries.push(PlistEntry { key, position: Some(position), value });
            }
            Some(Kind::Plist) | None if self.root.is_none() => self.root = Some(value),
            Some(Kind::Plist) | None => return Err("a second value at the outermost level".to_owned()),
        }
        Ok(())
    }

    /// Whether nothing is open and there is a value.
    pub(super) const fn is_complete(&self) -> bool {
        self.open.is_empty() && self.leaf.is_none() && self.root.is_some()
    }

    /// The tree; what is still open is closed where it stands, and the value that was being read is dropped.
    pub(super) fn finish(mut self, fault: Option<PlistFault>) -> Result<PropertyList, String> {
        self.leaf = None;
        while !self.open.is_empty() {
            if let Some(Open { kind: Kind::Dict { key, .. }, .. }) = self.open.last_mut() {
                *key = None;
            }
            // An array or dictionary that is cut off belongs to its key all the same.
            if let Err(why) = self.close() {
                return Err(fault.map_or(why, |fault| fault.why));
            }
        }
        match self.root {
            Some(root) => Ok(PropertyList { root, format: PlistFormat::Xml, fault, duplicates: self.duplicates }),
            None => Err(fault.map_or_else(|| "there is no value in it".to_owned(), |fault| fault.why)),
        }
    }
}

fn simple(name: &str, text: String) -> PlistNode {
    match name {
        "true" => PlistNode::Bool(true),
        "false" => PlistNode::Bool(false),
        "integer" => PlistNode::Integer(text.trim().to_owned()),
        "real" => PlistNode::Real(text.trim().to_owned()),
        "date" => PlistNode::Date(text.trim().to_owned()),
        "data" => {
            let packed: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
            PlistNode::Data(STANDARD.decode(packed).ok())
        }
        _ => PlistNode::String(text),
    }
}
