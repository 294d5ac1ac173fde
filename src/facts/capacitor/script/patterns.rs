//! Destructuring.

use swc_ecma_ast::{ArrayPat, ObjectPat, ObjectPatProp, Pat};

use super::super::value::{Case, Node, Value};
use super::interpreter::{Interpreter, Test};

impl<'a> Interpreter<'a> {
    /// Binds the names of a pattern.
    pub fn pattern(&mut self, pattern: &'a Pat, node: Node) {
        self.any_pattern(pattern, node, true);
    }

    fn any_pattern(&mut self, pattern: &'a Pat, node: Node, declares: bool) {
        if self.enter().is_none() {
            return;
        }
        match pattern {
            Pat::Ident(name) if declares => self.bind(&name.id.sym, node),
            Pat::Ident(name) => self.assign_variable(&name.id.sym, node),
            Pat::Object(object) => self.object_pattern(object, &node, declares),
            Pat::Array(array) => self.array_pattern(array, &node, declares),
            Pat::Assign(assign) => {
                let node = self.or_default(node, &assign.right);
                self.any_pattern(&assign.left, node, declares);
            }
            Pat::Rest(rest) => {
                let place = node.place;
                self.any_pattern(&rest.arg, Node::unknown("it is the rest of a list", place), declares);
            }
            Pat::Expr(_) | Pat::Invalid(_) => {}
        }
        self.leave();
    }

    fn or_default(&mut self, node: Node, default: &'a swc_ecma_ast::Expr) -> Node {
        match node.value {
            Value::Undefined => self.expression(default),
            Value::Unknown(_) => {
                let place = node.place;
                let text = super::operators::unknown_text(&node).unwrap_or_else(|| "it is set".to_owned());
                match self.test(&node, &text) {
                    Test::Split { yes, no } => {
                        let other = self.expression(default);
                        Node::either(vec![Case { when: yes, node }, Case { when: no, node: other }], place)
                    }
                    Test::Always(_) => node,
                }
            }
            _ => node,
        }
    }

    pub fn object_pattern(&mut self, pattern: &'a ObjectPat, node: &Node, declares: bool) {
        let mut taken: Vec<std::rc::Rc<str>> = Vec::new();
        for property in &pattern.props {
            match property {
                ObjectPatProp::KeyValue(pair) => {
                    let key = self.property_name(&pair.key);
                    let value = match &key {
                        Some(key) => self.get(node, key, node.place),
                        None => Node::unknown("its key isn't known", node.place),
                    };
                    taken.extend(key);
                    self.any_pattern(&pair.value, value, declares);
                }
                ObjectPatProp::Assign(assign) => {
                    let name = &assign.key.id.sym;
                    let mut value = self.get(node, name, self.place(assign.key.id.span.lo));
                    if let Some(default) = &assign.value {
                        value = self.or_default(value, default);
                    }
                    taken.push(std::rc::Rc::from(&**name));
                    if declares {
                        self.bind(name, value);
                    } else {
                        self.assign_variable(name, value);
                    }
                }
                ObjectPatProp::Rest(rest) => {
                    let id = self.new_object(false);
                    self.spread(id, node, "rest");
                    if let Some(object) = self.heap.get_mut(id) {
                        object.entries.retain(|entry| !taken.contains(&entry.key));
                    }
                    self.any_pattern(&rest.arg, Node::new(Value::Object(id), node.place), declares);
                }
            }
        }
    }

    pub fn array_pattern(&mut self, pattern: &'a ArrayPat, node: &Node, declares: bool) {
        for (index, element) in pattern.elems.iter().enumerate() {
            if let Some(element) = element {
                let value = match element {
                    Pat::Rest(_) => Node::unknown("it is the rest of a list", node.place),
                    _ => self.get(node, &index.to_string(), node.place),
                };
                self.any_pattern(element, value, declares);
            }
        }
    }
}
