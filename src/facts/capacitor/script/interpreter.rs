//! The state of one reading: objects, scopes, the conditions under which the current statement runs, and bounds.

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use swc_common::{BytePos, Span};
use swc_ecma_ast::{ArrowExpr, Function};

use super::super::value::{Case, Condition, FunctionId, Heap, Node, ObjectId, Place, Unknown, Value, both};
use super::load::{Module, offset};
use crate::model::{LineIndex, printable};

/// Expressions and statements that are followed.
const MOST_STEPS: usize = 100_000;
/// How deep expressions, statements and calls may lie within each other.
const MOST_DEPTH: usize = 400;
/// Functions that may be running at once.
pub(super) const MOST_CALLS: usize = 16;
/// Characters of an expression that are kept as a condition.
const CONDITION: usize = 120;

/// A function of the configuration, with what it closes over.
#[derive(Clone, Copy)]
pub(super) struct Closure<'a> {
    pub code: Code<'a>,
    pub scope: usize,
    pub module: usize,
}

#[derive(Clone, Copy)]
pub(super) enum Code<'a> {
    Function(&'a Function),
    Arrow(&'a ArrowExpr),
}

pub(super) struct Variable {
    pub node: Node,
    /// The conditions under which it came into being.
    pub birth: Vec<Condition>,
}

pub(super) struct Scope {
    pub variables: BTreeMap<Rc<str>, Variable>,
    pub parent: Option<usize>,
}

/// A running function: what it returned so far, and the conditions of its call.
pub(super) struct Frame {
    pub returns: Vec<Case>,
    pub path: Vec<Condition>,
}

pub(super) struct Interpreter<'a> {
    pub folder: &'a Path,
    pub modules: &'a [Module],
    lines: Vec<LineIndex<'a>>,
    pub heap: Heap,
    /// The files that places name: the modules, then JSON files.
    pub files: Vec<String>,
    pub json: BTreeMap<String, Node>,
    pub scopes: Vec<Scope>,
    pub functions: Vec<Closure<'a>>,
    /// The conditions under which the current statement runs.
    pub path: Vec<Condition>,
    pub frames: Vec<Frame>,
    /// For each module its `module` object, once it has begun to run, and its `exports`.
    pub running: Vec<Option<(ObjectId, ObjectId)>>,
    pub module: usize,
    pub scope: usize,
    steps: usize,
    depth: usize,
}

/// What a condition comes to.
pub(super) enum Test {
    Always(bool),
    Split { yes: Vec<Condition>, no: Vec<Condition> },
}

impl<'a> Interpreter<'a> {
    pub fn new(folder: &'a Path, modules: &'a [Module]) -> Self {
        Self {
            folder,
            modules,
            lines: modules.iter().map(|module| LineIndex::new(&module.text)).collect(),
            heap: Heap::default(),
            files: modules.iter().map(|module| module.path.clone()).collect(),
            json: BTreeMap::new(),
            scopes: Vec::new(),
            functions: Vec::new(),
            path: Vec::new(),
            frames: Vec::new(),
            running: vec![None; modules.len()],
            module: 0,
            scope: 0,
            steps: 0,
            depth: 0,
        }
    }

    /// The JSON files that were read.
    pub fn json_files(&self) -> &[String] {
        self.files.get(self.modules.len()..).unwrap_or_default()
    }

    pub fn place(&self, at: BytePos) -> Place {
        let position = self.lines.get(self.module).map(|lines| lines.position(offset(at)));
        Place { file: self.module, position: position.unwrap_or(crate::model::Position { line: 1, column: 1 }) }
    }

    /// The text of an expression, on one line.
    pub fn source(&self, span: Span) -> String {
        let text = self.modules.get(self.module).map_or("", |module| module.text.as_str());
        let slice = text.get(offset(span.lo)..offset(span.hi)).unwrap_or_default();
        let start: String = slice.chars().take(CONDITION * 4).collect();
        printable(&start.split_whitespace().collect::<Vec<_>>().join(" "), CONDITION)
    }

    /// A value that only an evaluation gives, named by the expression itself.
    pub fn opaque(&self, text: &str, at: BytePos) -> Node {
        let why = format!("`{text}` is known only where the configuration is evaluated");
        let unknown = Unknown { why: Rc::from(why), text: Some(Rc::from(text)) };
        Node::new(Value::Unknown(unknown), self.place(at))
    }

    /// Counts one step in; `None` when it would go too far. Each step in is followed by [`Self::leave`].
    pub fn enter(&mut self) -> Option<()> {
        self.steps += 1;
        if self.steps > MOST_STEPS || self.depth >= MOST_DEPTH || self.heap.is_full() {
            return None;
        }
        self.depth += 1;
        Some(())
    }

    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    pub fn bind(&mut self, name: &str, node: Node) {
        let birth = self.path.clone();
        if let Some(scope) = self.scopes.get_mut(self.scope) {
            scope.variables.insert(Rc::from(name), Variable { node, birth });
        }
    }

    pub fn open_scope(&mut self, parent: Option<usize>) -> usize {
        self.scopes.push(Scope { variables: BTreeMap::new(), parent });
        self.scope = self.scopes.len() - 1;
        self.scope
    }

    /// The scope in which a name is bound.
    fn scope_of(&self, name: &str) -> Option<usize> {
        let mut at = Some(self.scope);
        while let Some(scope) = at.and_then(|index| self.scopes.get(index)) {
            if scope.variables.contains_key(name) {
                return at;
            }
            at = scope.parent;
        }
        None
    }

    pub fn variable(&self, name: &str) -> Option<Node> {
        let scope = self.scopes.get(self.scope_of(name)?)?;
        scope.variables.get(name).map(|variable| variable.node.clone())
    }

    /// Assigns to a variable that is bound somewhere.
    pub fn assign_variable(&mut self, name: &str, node: Node) {
        let Some(index) = self.scope_of(name) else { return };
        let Some(variable) = self.scopes.get(index).and_then(|scope| scope.variables.get(name)) else { return };
        let joined = self.joined(node, variable.node.clone(), &variable.birth);
        if let Some(variable) = self.scopes.get_mut(index).and_then(|scope| scope.variables.get_mut(name)) {
            variable.node = joined;
        }
    }

    /// `new` where the current conditions hold, `old` elsewhere; what was born under a condition needs not repeat it.
    #[allow(clippy::needless_pass_by_value)] // `old` goes into as many cases as there are conditions
    pub fn joined(&self, new: Node, old: Node, birth: &[Condition]) -> Node {
        let extra: Vec<&Condition> = self.path.iter().filter(|condition| !birth.contains(condition)).collect();
        if extra.is_empty() {
            return new;
        }
        let place = new.place;
        let mut cases = vec![Case { when: extra.iter().copied().cloned().collect(), node: new }];
        let mut held: Vec<Condition> = Vec::new();
        for condition in extra {
            if let Some(when) = both(&held, &[condition.not()]) {
                cases.push(Case { when, node: old.clone() });
            }
            held.push(condition.clone());
        }
        Node::either(cases, place)
    }

    /// Sets a key of an object under the current conditions.
    pub fn set(&mut self, id: ObjectId, key: &str, node: Node, at: Place) {
        let Some(object) = self.heap.get(id) else { return };
        let old = object.entries.iter().find(|entry| &*entry.key == key).map(|entry| entry.node.clone());
        let old = old.unwrap_or(match &object.open {
            Some(why) => Node::unknown(why, at),
            None => Node::new(Value::Undefined, at),
        });
        let joined = self.joined(node, old, &object.birth);
        self.heap.put(id, key, joined, at);
    }

    pub fn function(&mut self, code: Code<'a>, at: BytePos) -> Node {
        self.functions.push(Closure { code, scope: self.scope, module: self.module });
        let id: FunctionId = self.functions.len() - 1;
        Node::new(Value::Function(id), self.place(at))
    }

    #[allow(clippy::unused_self)] // reads like its siblings
    /// What a condition comes to; `text` is how it is written.
    pub fn test(&self, node: &Node, text: &str) -> Test {
        if let Some(truth) = node.truth() {
            return Test::Always(truth);
        }
        let own = match &node.value {
            Value::Unknown(Unknown { text: Some(own), .. }) => Condition::new(own),
            _ => Condition::new(text),
        };
        let opaque = || Test::Split { yes: vec![own.clone()], no: vec![own.not()] };
        let Value::Either(cases) = &node.value else { return opaque() };
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        for case in cases {
            match case.node.truth() {
                Some(true) => yes.push(&case.when),
                Some(false) => no.push(&case.when),
                None => return opaque(),
            }
        }
        match (yes.as_slice(), no.as_slice()) {
            ([], _) => Test::Always(false),
            (_, []) => Test::Always(true),
            ([yes], [no]) => Test::Split { yes: (*yes).clone(), no: (*no).clone() },
            ([yes], _) if yes.len() == 1 => {
                Test::Split { yes: (*yes).clone(), no: yes.iter().map(Condition::not).collect() }
            }
            (_, [no]) if no.len() == 1 => {
                Test::Split { yes: no.iter().map(Condition::not).collect(), no: (*no).clone() }
            }
            _ => opaque(),
        }
    }

    /// Does something under more conditions; not at all where they contradict the current ones.
    pub fn under<T>(&mut self, conditions: &[Condition], act: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let inner = both(&self.path, conditions)?;
        let outer = std::mem::replace(&mut self.path, inner);
        let done = act(self);
        self.path = outer;
        Some(done)
    }
}
