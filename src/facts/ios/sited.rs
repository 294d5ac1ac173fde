//! A fact with its place, and how facts are taken out of a property list.

use serde::Serialize;

use super::plist::{PlistEntry, PlistFault, PlistNode, PlistValue, PropertyList};
use super::project::Variables;
use crate::model::{Fact, Position, printable};

/// A fact and where it stands. For what is absent, `file` is where it was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sited<T> {
    /// The fact.
    pub fact: Fact<T>,
    /// The file, relative to the app's folder, with `/`.
    pub file: String,
    /// Where in the file: the key of a dictionary, the element of an array. `None` in binary property lists, and for what
    /// is absent.
    pub position: Option<Position>,
}

impl<T> Sited<T> {
    /// A fact at a place.
    pub fn new(fact: Fact<T>, file: &str, position: Option<Position>) -> Self {
        Self { fact, file: file.to_owned(), position }
    }

    /// The value, when it is known.
    pub const fn known(&self) -> Option<&T> {
        self.fact.known()
    }

    /// Whether something stands there, known or not.
    pub const fn is_stated(&self) -> bool {
        matches!(self.fact, Fact::Known(_) | Fact::Unknown(_))
    }

    /// The same place with another fact.
    pub fn with<U>(&self, fact: Fact<U>) -> Sited<U> {
        Sited { fact, file: self.file.clone(), position: self.position }
    }
}

/// One property list with its file, for taking facts out of it.
pub(super) struct Reader<'a> {
    pub(super) file: &'a str,
    pub(super) fault: Option<&'a PlistFault>,
    pub(super) variables: &'a Variables<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a str, list: &'a PropertyList, variables: &'a Variables<'a>) -> Self {
        Self { file, fault: list.fault.as_ref(), variables }
    }

    /// What is known of a key that was not found: a list that breaks off may have it further on.
    pub(super) fn missing<T>(&self) -> Sited<T> {
        let fact = match self.fault {
            Some(fault) => Fact::Unreadable(format!("the property list breaks off before it: {}", fault.why)),
            None => Fact::Absent,
        };
        Sited::new(fact, self.file, None)
    }

    pub(super) fn at<T>(&self, fact: Fact<T>, position: Option<Position>) -> Sited<T> {
        Sited::new(fact, self.file, position)
    }

    fn of<T>(&self, dict: &PlistValue, key: &str, read: impl FnOnce(&PlistEntry) -> Fact<T>) -> Sited<T> {
        match dict.entry(key) {
            Some(entry) => self.at(read(entry), entry.position),
            None => self.missing(),
        }
    }

    pub(super) fn boolean(&self, dict: &PlistValue, key: &str) -> Sited<bool> {
        self.of(dict, key, |entry| match &entry.value.node {
            PlistNode::Bool(value) => Fact::Known(*value),
            PlistNode::String(text) => {
                Fact::Unknown(format!("the string `{}` stands where a boolean belongs", printable(text, 60)))
            }
            _ => Fact::Unknown(format!("{} stands where a boolean belongs", entry.value.kind())),
        })
    }

    /// A string as it is in the built app: variables are replaced by what the build settings say.
    pub(super) fn text(&self, dict: &PlistValue, key: &str) -> Sited<String> {
        self.of(dict, key, |entry| self.string(&entry.value))
    }

    pub(super) fn string(&self, value: &PlistValue) -> Fact<String> {
        match &value.node {
            PlistNode::String(text) => match self.variables.expand(text) {
                Ok(text) => Fact::Known(text),
                Err(why) => Fact::Unknown(why),
            },
            PlistNode::Integer(text) | PlistNode::Real(text) => Fact::Known(text.clone()),
            PlistNode::Bool(value) => Fact::Known(value.to_string()),
            _ => Fact::Unknown(format!("{} stands where a string belongs", value.kind())),
        }
    }

    /// The strings of an array, each at its own place.
    pub(super) fn texts(&self, dict: &PlistValue, key: &str) -> Sited<Vec<Sited<String>>> {
        self.of(dict, key, |entry| match &entry.value.node {
            PlistNode::Array(elements) => Fact::Known(self.strings(elements)),
            _ => Fact::Unknown(format!("{} stands where an array belongs", entry.value.kind())),
        })
    }

    pub(super) fn strings(&self, elements: &[PlistValue]) -> Vec<Sited<String>> {
        elements.iter().map(|element| self.at(self.string(element), element.position)).collect()
    }
}
