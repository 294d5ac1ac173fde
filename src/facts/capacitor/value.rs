//! The values that a configuration builds while it is read: objects have an identity, as in JavaScript, so that a
//! change after the literal is seen wherever the object is used.

use std::rc::Rc;

use crate::inputs::{JsonNode, JsonValue};
use crate::model::Position;

/// The most values that one place may have; a configuration with more isn't followed further.
const MOST_CASES: usize = 16;
/// The most objects, and the most entries of all of them together.
pub(super) const MOST_OBJECTS: usize = 20_000;

pub(super) type ObjectId = usize;
pub(super) type FunctionId = usize;

/// Where something stands: an index of the read files, and the position there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub file: usize,
    pub position: Position,
}

/// A value with the place of its literal.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub value: Value,
    pub place: Place,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Undefined,
    Null,
    Bool(bool),
    /// As it is written.
    Number(Rc<str>),
    Text(Rc<str>),
    Object(ObjectId),
    Function(FunctionId),
    /// `process.env`.
    Environment,
    /// The text of a file that the configuration reads.
    FileText(Rc<str>),
    /// A namespace of a package: nothing of it is read.
    Package(Rc<str>),
    /// One of the falsy values.
    Falsy,
    Either(Vec<Case>),
    Unknown(Unknown),
}

/// Why something isn't known, and the expression that would give it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unknown {
    pub why: Rc<str>,
    pub text: Option<Rc<str>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Case {
    pub when: Vec<Condition>,
    pub node: Node,
}

/// One condition, in the words of the configuration.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    pub text: Rc<str>,
    pub negated: Rc<str>,
    pub holds: bool,
    /// Set when `text` says that this subject equals this literal.
    pub equals: Option<(Rc<str>, Rc<str>)>,
}

impl Condition {
    pub fn new(text: &str) -> Self {
        let simple = text.chars().all(|character| character.is_alphanumeric() || "._$[]'\"?!".contains(character));
        let negated = match text.strip_prefix('!') {
            Some(rest) if simple => rest.to_owned(),
            _ if simple => format!("!{text}"),
            _ => format!("!({text})"),
        };
        Self { text: Rc::from(text), negated: Rc::from(negated), holds: true, equals: None }
    }

    pub fn equal(subject: &Rc<str>, literal: &str) -> Self {
        Self {
            text: Rc::from(format!("{subject} === {literal}")),
            negated: Rc::from(format!("{subject} !== {literal}")),
            holds: true,
            equals: Some((Rc::clone(subject), Rc::from(literal))),
        }
    }

    pub fn not(&self) -> Self {
        Self { holds: !self.holds, ..self.clone() }
    }

    pub fn words(&self) -> &str {
        if self.holds { &self.text } else { &self.negated }
    }
}

/// Both lists of conditions; `None` when they contradict each other.
pub(super) fn both(first: &[Condition], second: &[Condition]) -> Option<Vec<Condition>> {
    let mut all = first.to_vec();
    for new in second {
        if let Some(old) = all.iter().find(|old| old.text == new.text) {
            if old.holds != new.holds {
                return None;
            }
            continue;
        }
        if let Some((subject, literal)) = &new.equals {
            let of_subject = |old: &Condition| old.equals.as_ref().is_some_and(|(other, _)| other == subject);
            if let Some(old) = all.iter().find(|old| old.holds && of_subject(old)) {
                let differs = old.equals.as_ref().is_some_and(|(_, other)| other != literal);
                if differs && new.holds {
                    return None;
                }
                if differs {
                    continue;
                }
            }
            if new.holds {
                all.retain(|old| !of_subject(old) || old.holds);
            }
        }
        all.push(new.clone());
    }
    Some(all)
}

/// The conditions as one phrase.
pub(super) fn phrase(conditions: &[Condition]) -> String {
    conditions.iter().map(Condition::words).collect::<Vec<_>>().join(" && ")
}

impl Node {
    pub fn new(value: Value, place: Place) -> Self {
        Self { value, place }
    }

    pub fn unknown(why: impl AsRef<str>, place: Place) -> Self {
        Self::new(Value::Unknown(Unknown { why: Rc::from(why.as_ref()), text: None }), place)
    }

    /// One value made of several, as simple as it can be said.
    pub fn either(cases: Vec<Case>, place: Place) -> Self {
        let mut flat: Vec<Case> = Vec::new();
        for case in cases {
            match case.node.value {
                Value::Either(inner) => {
                    for nested in inner {
                        if let Some(when) = both(&case.when, &nested.when) {
                            flat.push(Case { when, node: nested.node });
                        }
                    }
                }
                _ => flat.push(case),
            }
            if flat.len() > MOST_CASES {
                return Self::unknown(format!("it has more than {MOST_CASES} cases"), place);
            }
        }
        let Some(first) = flat.first() else { return Self::new(Value::Undefined, place) };
        if flat.iter().all(|case| case.node == first.node) {
            return first.node.clone();
        }
        Self::new(Value::Either(flat), place)
    }

    /// Whether it is truthy, as far as that is known.
    pub fn truth(&self) -> Option<bool> {
        match &self.value {
            Value::Undefined | Value::Null | Value::Falsy => Some(false),
            Value::Bool(value) => Some(*value),
            Value::Number(text) => Some(text.parse::<f64>().is_ok_and(|number| number != 0.0 && !number.is_nan())),
            Value::Text(text) => Some(!text.is_empty()),
            Value::Object(_) | Value::Function(_) | Value::Environment | Value::Package(_) => Some(true),
            Value::FileText(_) | Value::Either(_) | Value::Unknown(_) => None,
        }
    }
}

/// One key of an object.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: Rc<str>,
    pub node: Node,
    /// Where the value stands that is given to the key.
    pub at: Place,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Object {
    pub entries: Vec<Entry>,
    pub is_array: bool,
    /// Why it may hold keys that aren't seen.
    pub open: Option<Rc<str>>,
    /// The conditions under which it came into being.
    pub birth: Vec<Condition>,
}

/// All objects.
#[derive(Debug, Default)]
pub(super) struct Heap {
    objects: Vec<Object>,
    entries: usize,
}

impl Heap {
    /// A new object; when there are too many, it is left empty and says so.
    pub fn add(&mut self, mut object: Object) -> ObjectId {
        self.entries += object.entries.len();
        if self.objects.len() >= MOST_OBJECTS || self.entries > MOST_OBJECTS {
            object.entries.clear();
            object.open = Some(Rc::from(format!("the configuration has more than {MOST_OBJECTS} values")));
        }
        self.objects.push(object);
        self.objects.len() - 1
    }

    pub fn get(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(id)
    }

    pub fn get_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        self.objects.get_mut(id)
    }

    /// Whether no more work should be put in.
    pub fn is_full(&self) -> bool {
        self.objects.len() >= MOST_OBJECTS || self.entries > MOST_OBJECTS
    }

    /// Sets a key, whatever was there.
    pub fn put(&mut self, id: ObjectId, key: &str, node: Node, at: Place) {
        let full = self.is_full();
        let Some(object) = self.objects.get_mut(id) else { return };
        if let Some(entry) = object.entries.iter_mut().find(|entry| &*entry.key == key) {
            entry.node = node;
            entry.at = at;
        } else if !full {
            self.entries += 1;
            object.entries.push(Entry { key: Rc::from(key), node, at });
        }
    }

    /// Says that anything may have been set in an object: what is seen of it is no longer sure.
    pub fn cloud(&mut self, id: ObjectId, why: &str) {
        if let Some(object) = self.objects.get_mut(id) {
            object.open = Some(Rc::from(why));
            for entry in &mut object.entries {
                entry.node = Node::unknown(why, entry.node.place);
            }
        }
    }

    /// A JSON value of the file with this index.
    pub fn json(&mut self, value: &JsonValue, file: usize) -> Node {
        let place = Place { file, position: value.position };
        let node = match &value.node {
            JsonNode::Null => Value::Null,
            JsonNode::Bool(value) => Value::Bool(*value),
            JsonNode::Number(text) => Value::Number(Rc::from(text.as_str())),
            JsonNode::String(text) => Value::Text(Rc::from(text.as_str())),
            JsonNode::Array(elements) => {
                let id = self.add(Object { is_array: true, ..Object::default() });
                for (index, element) in elements.iter().enumerate().take(MOST_OBJECTS) {
                    self.push_json(id, index.to_string(), element, file);
                }
                Value::Object(id)
            }
            JsonNode::Object(pairs) => {
                let id = self.add(Object::default());
                let mut places: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
                for (key, _, value) in pairs {
                    // The last one wins, at the place of the first, as in JavaScript.
                    if let Some(index) = places.get(key.as_str()).copied() {
                        let node = self.json(value, file);
                        if let Some(entry) =
                            self.objects.get_mut(id).and_then(|object: &mut Object| object.entries.get_mut(index))
                        {
                            entry.at = node.place;
                            entry.node = node;
                        }
                    } else {
                        places.insert(key.as_str(), self.get(id).map_or(0, |object| object.entries.len()));
                        self.push_json(id, key.clone(), value, file);
                    }
                }
                Value::Object(id)
            }
        };
        Node::new(node, place)
    }

    fn push_json(&mut self, id: ObjectId, key: String, value: &JsonValue, file: usize) {
        if self.is_full() {
            if let Some(object) = self.get_mut(id) {
                object.open = Some(Rc::from(format!("the configuration has more than {MOST_OBJECTS} values")));
            }
            return;
        }
        let node = self.json(value, file);
        let at = node.place;
        self.entries += 1;
        if let Some(object) = self.get_mut(id) {
            object.entries.push(Entry { key: Rc::from(key), node, at });
        }
    }
}
