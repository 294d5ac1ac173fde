//! Array literals: an element that depends on a condition makes the whole array depend on it.

use std::rc::Rc;

use swc_common::Spanned as _;
use swc_ecma_ast::ArrayLit;

use super::super::value::{Case, Entry, Node, Object, Place, Value, both};
use super::calls::bare;
use super::interpreter::Interpreter;

/// The most elements of one array.
const MOST_ELEMENTS: usize = 2_000;
/// Cases of one array before its elements are said to depend on conditions one by one.
const MOST_CASES: usize = 8;

/// An array in the making, in each of its cases.
type Variants = Vec<(Vec<super::super::value::Condition>, Vec<(Node, Place)>, Option<Rc<str>>)>;

impl<'a> Interpreter<'a> {
    pub fn array(&mut self, literal: &'a ArrayLit) -> Node {
        let place = self.place(literal.span.lo);
        let mut variants: Variants = vec![(Vec::new(), Vec::new(), None)];
        for element in literal.elems.iter().take(MOST_ELEMENTS) {
            let Some(element) = element else {
                push(&mut variants, &Node::new(Value::Null, place), place);
                continue;
            };
            let node = self.expression(&element.expr);
            let at = self.place(bare(&element.expr).span().lo);
            if element.spread.is_some() {
                let text = self.source(element.expr.span());
                self.extend(&mut variants, &node, &text, at);
            } else {
                push(&mut variants, &node, at);
            }
        }
        self.array_of(variants, place)
    }

    /// All elements of some arrays, as `concat` and spreads join them.
    pub fn joined_arrays(&mut self, parts: &[Node], place: Place) -> Node {
        let mut variants: Variants = vec![(Vec::new(), Vec::new(), None)];
        for part in parts {
            self.extend(&mut variants, part, "concat", part.place);
        }
        self.array_of(variants, place)
    }

    pub fn array_of(&mut self, variants: Variants, place: Place) -> Node {
        let birth = self.path.clone();
        let mut cases = Vec::new();
        for (when, elements, open) in variants {
            let entries = elements
                .into_iter()
                .enumerate()
                .map(|(index, (node, at))| Entry { key: Rc::from(index.to_string()), node, at })
                .collect();
            let id = self.heap.add(Object { entries, is_array: true, open, birth: birth.clone() });
            cases.push(Case { when, node: Node::new(Value::Object(id), place) });
        }
        Node::either(cases, place)
    }

    fn extend(&mut self, variants: &mut Variants, node: &Node, text: &str, at: Place) {
        let cases = match &node.value {
            Value::Either(cases) => cases.clone(),
            _ => vec![Case { when: Vec::new(), node: node.clone() }],
        };
        if variants.len() * cases.len() > MOST_CASES {
            for (_, _, open) in variants.iter_mut() {
                *open = Some(Rc::from(format!("`{text}` has too many cases")));
            }
            return;
        }
        let mut next = Variants::new();
        for (when, elements, open) in variants.drain(..) {
            for case in &cases {
                let Some(when) = both(&when, &case.when) else { continue };
                let (mut elements, mut open) = (elements.clone(), open.clone());
                match &case.node.value {
                    Value::Object(id) => {
                        if let Some(object) = self.heap.get(*id) {
                            open = open.or_else(|| object.open.clone());
                            let room = MOST_ELEMENTS.saturating_sub(elements.len());
                            elements
                                .extend(object.entries.iter().take(room).map(|entry| (entry.node.clone(), entry.at)));
                        }
                    }
                    Value::Undefined | Value::Null | Value::Bool(_) | Value::Falsy => {}
                    // `concat` takes values as well.
                    Value::Text(_) | Value::Number(_) if text == "concat" => elements.push((case.node.clone(), at)),
                    _ => open = Some(Rc::from(format!("`{text}` is spread into it, and isn't known"))),
                }
                next.push((when, elements, open));
            }
        }
        *variants = next;
    }
}

fn push(variants: &mut Variants, node: &Node, at: Place) {
    let cases = match &node.value {
        Value::Either(cases) if variants.len() * cases.len() <= MOST_CASES => cases.clone(),
        _ => vec![Case { when: Vec::new(), node: node.clone() }],
    };
    let mut next = Variants::new();
    for (when, elements, open) in variants.drain(..) {
        for case in &cases {
            if let Some(when) = both(&when, &case.when) {
                let mut elements = elements.clone();
                elements.push((case.node.clone(), at));
                next.push((when, elements, open.clone()));
            }
        }
    }
    *variants = next;
}
