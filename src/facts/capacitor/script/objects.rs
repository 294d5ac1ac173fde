//! Object literals and spreads.

use std::rc::Rc;

use swc_common::Spanned as _;
use swc_ecma_ast::{ObjectLit, Prop, PropName, PropOrSpread};

use super::super::value::{Case, Node, Object, ObjectId, Place, Value};
use super::calls::bare;
use super::expressions::key_of;
use super::interpreter::{Code, Interpreter};

impl<'a> Interpreter<'a> {
    pub fn new_object(&mut self, is_array: bool) -> ObjectId {
        let birth = self.path.clone();
        self.heap.add(Object { is_array, birth, ..Object::default() })
    }

    pub fn object(&mut self, literal: &'a ObjectLit) -> Node {
        let id = self.new_object(false);
        let place = self.place(literal.span.lo);
        for property in &literal.props {
            match property {
                PropOrSpread::Spread(spread) => {
                    let source = self.expression(&spread.expr);
                    let text = self.source(spread.expr.span());
                    self.spread(id, &source, &text);
                }
                PropOrSpread::Prop(property) => self.property(id, property),
            }
        }
        Node::new(Value::Object(id), place)
    }

    fn property(&mut self, id: ObjectId, property: &'a Prop) {
        let (name, node, at) = match property {
            Prop::Shorthand(name) => {
                let at = self.place(name.span.lo);
                let node = self.name(&name.sym, name.span.lo);
                self.heap.put(id, &name.sym, node, at);
                return;
            }
            Prop::KeyValue(pair) => {
                let node = self.expression(&pair.value);
                (&pair.key, node, bare(&pair.value).span().lo)
            }
            Prop::Method(method) => {
                let node = self.function(Code::Function(&method.function), method.key.span().lo);
                (&method.key, node, method.key.span().lo)
            }
            Prop::Getter(getter) => {
                let node = self.opaque(&self.source(getter.key.span()), getter.span.lo);
                (&getter.key, node, getter.span.lo)
            }
            Prop::Setter(_) | Prop::Assign(_) => return,
        };
        let at = self.place(at);
        match self.property_name(name) {
            Some(key) => self.heap.put(id, &key, node, at),
            None => {
                let why = format!(
                    "the key `{}` is known only where the configuration is evaluated",
                    self.source(name.span())
                );
                self.heap.cloud(id, &why);
            }
        }
    }

    pub fn property_name(&mut self, name: &'a PropName) -> Option<Rc<str>> {
        match name {
            PropName::Ident(name) => Some(Rc::from(&*name.sym)),
            PropName::Str(text) => Some(Rc::from(&*text.value.to_string_lossy())),
            PropName::Num(number) => Some(Rc::from(number.value.to_string())),
            PropName::Computed(computed) => key_of(&self.expression(&computed.expr)),
            PropName::BigInt(_) => None,
        }
    }

    /// Copies the keys of `source` into an object, as a spread and `Object.assign` do.
    pub fn spread(&mut self, id: ObjectId, source: &Node, text: &str) {
        match &source.value {
            Value::Object(from) => {
                let Some(object) = self.heap.get(*from) else { return };
                let (open, entries) = (object.open.clone(), object.entries.clone());
                if let Some(why) = open {
                    self.heap.cloud(id, &why);
                }
                for entry in entries {
                    self.set(id, &entry.key, entry.node, entry.at);
                }
            }
            Value::Either(cases) => self.spread_cases(id, cases, source.place, text),
            Value::Unknown(_) | Value::Package(_) | Value::FileText(_) | Value::Environment => {
                self.heap.cloud(id, &format!("`{text}` is spread into it, and isn't known"));
            }
            // Nothing comes out of these.
            Value::Undefined
            | Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::Function(_)
            | Value::Falsy => {}
        }
    }

    fn spread_cases(&mut self, id: ObjectId, cases: &[Case], at: Place, text: &str) {
        let mut keys: Vec<Rc<str>> = Vec::new();
        for case in cases {
            match &case.node.value {
                Value::Object(from) => {
                    let Some(object) = self.heap.get(*from) else { continue };
                    if let Some(why) = object.open.clone() {
                        self.heap.cloud(id, &why);
                        return;
                    }
                    let known: std::collections::BTreeSet<Rc<str>> = keys.iter().cloned().collect();
                    keys.extend(
                        object.entries.iter().map(|entry| &entry.key).filter(|key| !known.contains(*key)).cloned(),
                    );
                }
                Value::Unknown(_) | Value::Package(_) | Value::FileText(_) | Value::Environment => {
                    self.heap.cloud(id, &format!("`{text}` is spread into it, and isn't known"));
                    return;
                }
                _ => {}
            }
        }
        for key in keys {
            let old = self.get(&Node::new(Value::Object(id), at), &key, at);
            let mut place = None;
            let mut joined = Vec::new();
            for case in cases {
                let entry = match &case.node.value {
                    Value::Object(from) => {
                        self.heap.get(*from).and_then(|object| object.entries.iter().find(|entry| entry.key == key))
                    }
                    _ => None,
                };
                place = place.or(entry.map(|entry| entry.at));
                let node = entry.map_or_else(|| old.clone(), |entry| entry.node.clone());
                joined.push(Case { when: case.when.clone(), node });
            }
            let place = place.unwrap_or(at);
            self.set(id, &key, Node::either(joined, place), place);
        }
    }
}
