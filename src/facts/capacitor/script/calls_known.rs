//! The functions of JavaScript and Node whose result follows from their arguments.

use std::rc::Rc;

use swc_ecma_ast::ExprOrSpread;

use super::super::value::{Case, Node, Place, Value};
use super::calls::first_span;
use super::interpreter::Interpreter;
use super::operators::unknown_text;

impl<'a> Interpreter<'a> {
    /// Functions by name: global ones as they are written, those of packages as `package#name`.
    pub fn known_call(
        &mut self,
        name: &str,
        given: &[Node],
        arguments: &'a [ExprOrSpread],
        place: Place,
    ) -> Option<Node> {
        let first = given.first().cloned();
        let last = name.rsplit(['#', '.']).next().unwrap_or(name);
        match name {
            "Object.assign" => {
                let target = first?;
                let Value::Object(id) = target.value else {
                    return None;
                };
                for source in given.iter().skip(1) {
                    self.spread(id, source, "an argument of Object.assign");
                }
                if given.len() < arguments.len() {
                    self.heap.cloud(id, "an unknown list is assigned to it");
                }
                return Some(target);
            }
            // The same value, or one that is written in the same way.
            "Object.freeze" | "Object.seal" | "Promise.resolve" | "structuredClone" => return first,
            "JSON.parse" => {
                let node = first?;
                let Value::FileText(path) = &node.value else { return None };
                let path = path.to_string();
                return Some(self.json_file(&path, place));
            }
            "JSON.stringify" | "String" | "Number"
                if first.as_ref().is_some_and(|node| unknown_text(node).is_some()) =>
            {
                return first;
            }
            "String" if matches!(first.as_ref()?.value, Value::Text(_)) => return first,
            "Boolean" => {
                let node = first?;
                let text = first_span(arguments).map(|span| self.source(span)).unwrap_or_default();
                return Some(self.boolean(&node, &text, place, false));
            }
            "Deno.env.get" => {
                let Value::Text(variable) = &first?.value else { return None };
                return Some(super::expressions::named(&format!("Deno.env.get('{variable}')"), place));
            }
            _ => {}
        }
        if name.starts_with("path#") && matches!(last, "join" | "resolve") {
            return path_of(given).map(|path| Node::new(Value::Text(Rc::from(path)), place));
        }
        if matches!(last, "readFileSync" | "readFile" | "readJsonSync" | "readJSONSync") {
            let path = match given.first().map(|node| &node.value) {
                Some(Value::Text(path)) => path.trim_start_matches("./").to_owned(),
                _ => return Some(Node::unknown("it is read from a file when the configuration is evaluated", place)),
            };
            if last.starts_with("readJ") {
                return Some(self.json_file(&path, place));
            }
            return Some(Node::new(Value::FileText(Rc::from(path)), place));
        }
        // `defineConfig(…)` and its kin give back their argument: they exist for its type.
        let defines = last.starts_with("define")
            && last.get("define".len()..).is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase()));
        match first {
            Some(Node { value: Value::Function(function), .. }) if defines => {
                Some(self.call_function(function, &[], place))
            }
            Some(node) if defines && matches!(node.value, Value::Object(_) | Value::Either(_)) => Some(node),
            _ => None,
        }
    }

    /// Methods of texts and arrays.
    pub fn known_method(&mut self, receiver: &Node, name: &str, given: &[Node], place: Place) -> Option<Node> {
        match &receiver.value {
            Value::Either(cases) => {
                let mut results = Vec::new();
                for case in cases {
                    let node = self.known_method(&case.node, name, given, place)?;
                    results.push(Case { when: case.when.clone(), node });
                }
                Some(Node::either(results, place))
            }
            Value::Text(text) => text_method(text, name, given).map(|value| Node::new(value, receiver.place)),
            Value::Object(id) => self.list_method(*id, receiver, name, given, place),
            Value::FileText(_) if matches!(name, "toString" | "trim" | "trimEnd") => Some(receiver.clone()),
            Value::FileText(path) => Some(Node::unknown(
                format!("it is made of the file `{path}` when the configuration is evaluated"),
                place,
            )),
            Value::Unknown(_) if matches!(name, "toString" | "trim" | "toLowerCase" | "toUpperCase") => {
                Some(receiver.clone())
            }
            Value::Unknown(_) if unknown_text(receiver).is_some_and(|text| text == "process") && name == "cwd" => {
                Some(super::expressions::named("process.cwd()", place))
            }
            _ => None,
        }
    }

    fn list_method(&mut self, id: usize, receiver: &Node, name: &str, given: &[Node], place: Place) -> Option<Node> {
        let object = self.heap.get(id)?;
        if !object.is_array {
            return None;
        }
        let open = object.open.is_some();
        match name {
            "push" => {
                for node in given {
                    let index = self.heap.get(id)?.entries.len().to_string();
                    self.set(id, &index, node.clone(), node.place);
                }
                Some(Node::new(Value::Undefined, place))
            }
            "concat" => {
                let mut parts = vec![receiver.clone()];
                parts.extend(given.iter().cloned());
                Some(self.joined_arrays(&parts, place))
            }
            "join" if !open => {
                let separator = match given.first().map(|node| &node.value) {
                    None => Rc::from(","),
                    Some(Value::Text(text)) => Rc::clone(text),
                    Some(_) => return None,
                };
                let separator = Node::new(Value::Text(separator), place);
                let elements: Vec<Node> = object.entries.iter().map(|entry| entry.node.clone()).collect();
                let mut whole = Node::new(Value::Text(Rc::from("")), place);
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        whole = super::expressions::concatenated(&whole, &separator, place);
                    }
                    whole = super::expressions::concatenated(&whole, element, place);
                }
                Some(whole)
            }
            "filter" if !open => {
                // Only `filter(Boolean)` is known by its name; it keeps what is truthy.
                let keeps_truthy = given.first().is_some_and(|node| unknown_text(node).as_deref() == Some("Boolean"));
                let kept: Option<Vec<(Node, Place)>> = object
                    .entries
                    .iter()
                    .filter(|entry| entry.node.truth() != Some(false))
                    .map(|entry| entry.node.truth().map(|_| (entry.node.clone(), entry.at)))
                    .collect();
                let kept = kept.filter(|_| keeps_truthy)?;
                Some(self.array_of(vec![(Vec::new(), kept, None)], place))
            }
            "includes" if !open => {
                let wanted = given.first()?;
                let simple = |node: &Node| matches!(node.value, Value::Text(_) | Value::Number(_) | Value::Bool(_));
                if !simple(wanted) || !object.entries.iter().all(|entry| simple(&entry.node)) {
                    return None;
                }
                let found = object.entries.iter().any(|entry| entry.node.value == wanted.value);
                Some(Node::new(Value::Bool(found), place))
            }
            "map" | "find" | "some" | "every" | "slice" | "flat" | "indexOf" | "filter" | "includes" | "join"
            | "forEach" | "reduce" => None,
            _ => {
                self.heap.cloud(id, &format!("it is changed by `{name}`"));
                None
            }
        }
    }
}

fn text_method(text: &str, name: &str, given: &[Node]) -> Option<Value> {
    let argument = |index: usize| match given.get(index).map(|node| &node.value) {
        Some(Value::Text(text)) => Some(Rc::clone(text)),
        _ => None,
    };
    let value = |text: String| Some(Value::Text(Rc::from(text)));
    match name {
        "trim" => value(text.trim().to_owned()),
        "trimEnd" => value(text.trim_end().to_owned()),
        "trimStart" => value(text.trim_start().to_owned()),
        "toString" => value(text.to_owned()),
        "toLowerCase" => value(text.to_lowercase()),
        "toUpperCase" => value(text.to_uppercase()),
        "startsWith" => Some(Value::Bool(text.starts_with(&*argument(0)?))),
        "endsWith" => Some(Value::Bool(text.ends_with(&*argument(0)?))),
        "includes" => Some(Value::Bool(text.contains(&*argument(0)?))),
        "replace" => {
            let (from, to) = (argument(0)?, argument(1)?);
            if to.contains('$') { None } else { value(text.replacen(&*from, &to, 1)) }
        }
        _ => None,
    }
}

/// Parts joined to a path relative to the app's folder; `__dirname` and the working folder are that folder.
fn path_of(given: &[Node]) -> Option<String> {
    let mut parts = Vec::new();
    for (index, node) in given.iter().enumerate() {
        match &node.value {
            Value::Text(text) => parts.push(text.trim_start_matches("./").trim_end_matches('/').to_owned()),
            _ if index == 0 => {
                let text = unknown_text(node)?;
                if !matches!(text.as_str(), "__dirname" | "process.cwd()" | "import.meta.dirname" | "import.meta.url") {
                    return None;
                }
            }
            _ => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}
