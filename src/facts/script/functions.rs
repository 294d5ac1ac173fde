//! What the functions of a script are called with and return, and what that makes of values after the walk.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use swc_atoms::Atom;

use super::apply;
use super::constants;
use super::value::{Arguments, FunctionId, Later, Operation, Value, either, graver};

/// Different values kept of one parameter, or returned by one function.
const MOST_VALUES: usize = 8;
/// Parameters of one function that are followed.
const MOST_PARAMETERS: u32 = 32;
/// Fields of one class that are followed.
const MOST_FIELDS: usize = 500;
/// Parameters of one script of which the values are kept.
const MOST_KEPT: usize = 400_000;
/// Calls of what is known only later.
const MOST_INDIRECT: usize = 20_000;
/// How deep a value is followed from function to function.
const DEPTH: u32 = 24;
/// Steps that one question may take: a value that is still not known then is told as unknown.
const STEPS_OF_ONE: u32 = 300;

/// The different values that one thing may have.
type Values = SmallVec<[Value; 2]>;

/// A call of something that is known only after the walk.
pub struct Indirect {
    pub callee: Value,
    pub arguments: Arguments,
    pub at: usize,
}

/// What was seen of a script's functions.
pub struct Functions {
    /// What each parameter is called with.
    calls: FxHashMap<(FunctionId, u32), Values>,
    returns: FxHashMap<FunctionId, Values>,
    fields: FxHashMap<FunctionId, FxHashMap<Atom, Values>>,
    escaped: FxHashSet<FunctionId>,
    /// The class that a class extends.
    pub parents: FxHashMap<FunctionId, FunctionId>,
    pub indirect: Vec<Indirect>,
    /// Steps left: a script's work is bounded by a count, never by a clock.
    steps: Cell<u32>,
    /// Those left for the question that is asked.
    steps_of_one: Cell<u32>,
    /// Parameters that were settled, until more is seen of how functions are called.
    settled: RefCell<FxHashMap<(FunctionId, u32), Value>>,
    /// Whether the answer in the making was cut where it met itself, so that it holds for this question only.
    is_cut: Cell<bool>,
    /// Whether the answer rests on what functions are called with, of which more may become known.
    is_open: Cell<bool>,
}

/// Functions that are called before they are declared have numbers from here on.
pub const FORWARD: FunctionId = 0x8000_0000;

impl Functions {
    /// Nothing is known yet; `length` is the script's, in bytes.
    pub fn new(length: usize) -> Self {
        let steps = u32::try_from(length).unwrap_or(u32::MAX).saturating_mul(4).saturating_add(4_000_000);
        Self {
            calls: FxHashMap::default(),
            returns: FxHashMap::default(),
            fields: FxHashMap::default(),
            escaped: FxHashSet::default(),
            parents: FxHashMap::default(),
            indirect: Vec::new(),
            steps: Cell::new(steps),
            steps_of_one: Cell::new(0),
            settled: RefCell::default(),
            is_cut: Cell::new(false),
            is_open: Cell::new(false),
        }
    }
}

/// Whether that changed anything.
fn keep(values: &mut Values, value: Value) -> bool {
    if values.contains(&value) {
        return false;
    }
    if values.len() >= MOST_VALUES {
        // The graver ones stay.
        if let Some(last) = values.last_mut() {
            let before = std::mem::replace(last, Value::Unknown);
            *last = either(before.clone(), value);
            return *last != before;
        }
        return false;
    }
    values.push(value);
    true
}

impl Functions {
    /// `function(arguments)`; whether that was new.
    pub fn call(&mut self, function: FunctionId, arguments: &[Value]) -> bool {
        let mut is_new = false;
        for (index, argument) in (0..MOST_PARAMETERS).zip(arguments) {
            if self.calls.len() >= MOST_KEPT && !self.calls.contains_key(&(function, index)) {
                return self.escaped.insert(function);
            }
            is_new |= keep(self.calls.entry((function, index)).or_default(), argument.clone());
        }
        is_new
    }

    /// A function is handed on: anything may call it.
    pub fn escape(&mut self, function: FunctionId) {
        self.escaped.insert(function);
    }

    /// What a function returns.
    pub fn returned(&mut self, function: FunctionId, values: Vec<Value>) {
        let all = self.returns.entry(function).or_default();
        for value in values {
            keep(all, value);
        }
    }

    /// A field of a class is set.
    pub fn field(&mut self, class: FunctionId, name: &Atom, value: Value) {
        let fields = self.fields.entry(class).or_default();
        if let Some(values) = fields.get_mut(name) {
            keep(values, value);
        } else if fields.len() < MOST_FIELDS {
            fields.insert(name.clone(), Values::from_iter([value]));
        }
    }

    /// What a field of a class holds, or of the nearest that it extends.
    fn field_of(&self, class: FunctionId, name: &Atom) -> Option<&Values> {
        let mut class = class;
        for _ in 0..DEPTH {
            if let Some(values) = self.fields.get(&class).and_then(|fields| fields.get(name)) {
                return Some(values);
            }
            class = *self.parents.get(&class)?;
        }
        None
    }

    /// A call whose callee is known only after the walk.
    pub fn later_call(&mut self, callee: Value, arguments: Arguments, at: usize) {
        if self.indirect.len() < MOST_INDIRECT {
            self.indirect.push(Indirect { callee, arguments, at });
        }
    }

    /// Whether the steps ran out: what was asked after that is not known.
    pub fn is_exhausted(&self) -> bool {
        self.steps.get() == 0
    }

    /// Takes one step; false when none is left.
    pub fn step(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }

    /// Takes one step of the question that is asked, too.
    fn step_of_one(&self) -> bool {
        let left = self.steps_of_one.get();
        self.steps_of_one.set(left.saturating_sub(1));
        left > 0 && self.step()
    }

    /// Forgets what was settled: functions are called with more now.
    pub fn forget(&mut self) {
        self.settled.get_mut().clear();
    }

    /// What a value is, by all that is known now.
    pub fn settle(&self, value: &Value) -> Value {
        if !value.is_later() && !matches!(value, Value::List(_) | Value::Blob(_) | Value::Bound(_)) {
            return value.clone();
        }
        self.steps_of_one.set(STEPS_OF_ONE);
        self.is_cut.set(false);
        self.settled(value, None, DEPTH, &mut Vec::new())
    }

    /// All functions and things of the browser that a value may be, and whether that stays so when more becomes known of
    /// how functions are called.
    pub fn targets(&self, value: &Value) -> (Vec<Value>, bool) {
        self.is_open.set(matches!(value, Value::Parameter(..)));
        let targets = match value {
            Value::Parameter(function, index) => {
                let values = self.calls.get(&(*function, *index));
                values.into_iter().flatten().map(|value| self.settle(value)).collect()
            }
            value => vec![self.settle(value)],
        };
        (targets, !self.is_open.get())
    }

    fn settled(
        &self,
        value: &Value,
        inside: Option<(FunctionId, &[Value])>,
        depth: u32,
        open: &mut Vec<(FunctionId, u32)>,
    ) -> Value {
        if !value.is_later() {
            return self.settled_parts(value, inside, depth, open);
        }
        let Some(depth) = depth.checked_sub(1).filter(|_| self.step_of_one()) else {
            self.is_cut.set(true);
            return Value::Unknown;
        };
        match value {
            Value::Parameter(function, index) => {
                if let Some((called, arguments)) = inside
                    && called == *function
                {
                    let at = usize::try_from(*index).unwrap_or(usize::MAX);
                    // A promise is called by what its function hands on, not by who asks for it.
                    if !arguments.is_empty() {
                        return arguments.get(at).cloned().unwrap_or(Value::Undefined);
                    }
                }
                self.parameter(*function, *index, depth, open)
            }
            Value::Later(later) => self.operation(later, inside, depth, open),
            other => other.clone(),
        }
    }

    fn settled_parts(
        &self,
        value: &Value,
        inside: Option<(FunctionId, &[Value])>,
        depth: u32,
        open: &mut Vec<(FunctionId, u32)>,
    ) -> Value {
        match value {
            Value::List(list) if list.iter().any(Value::is_later) => {
                let Some(depth) = depth.checked_sub(1) else { return Value::Unknown };
                Value::List(Rc::new(list.iter().map(|value| self.settled(value, inside, depth, open)).collect()))
            }
            Value::Blob(content) if content.is_later() => {
                Value::Blob(Rc::new(self.settled(content, inside, depth, open)))
            }
            Value::Bound(bound) if bound.0.is_later() => {
                Value::Bound(Rc::new((self.settled(&bound.0, inside, depth, open), bound.1.clone())))
            }
            other => other.clone(),
        }
    }

    fn parameter(&self, function: FunctionId, index: u32, depth: u32, open: &mut Vec<(FunctionId, u32)>) -> Value {
        self.is_open.set(true);
        if let Some(known) = self.settled.borrow().get(&(function, index)) {
            return known.clone();
        }
        if open.contains(&(function, index)) {
            self.is_cut.set(true);
            return Value::Undefined;
        }
        let was_cut = self.is_cut.replace(false);
        open.push((function, index));
        let values = self.calls.get(&(function, index));
        let mut all: Vec<Value> =
            values.into_iter().flatten().map(|value| self.settled(value, None, depth, open)).collect();
        open.pop();
        if all.is_empty() || function >= FORWARD || self.escaped.contains(&function) {
            all.push(Value::Unknown);
        }
        let value = graver(&all);
        // Nothing that was cut within it, or it stands outermost: the answer holds for every question.
        if !self.is_cut.get() {
            self.settled.borrow_mut().insert((function, index), value.clone());
        }
        self.is_cut.set(was_cut || self.is_cut.get());
        value
    }

    fn operation(
        &self,
        later: &Later,
        inside: Option<(FunctionId, &[Value])>,
        depth: u32,
        open: &mut Vec<(FunctionId, u32)>,
    ) -> Value {
        let mut settled = |value: &Value| self.settled(value, inside, depth, open);
        match &later.operation {
            Operation::Concatenate(one, other) => {
                let (one, other) = (settled(one), settled(other));
                super::value::add(&one, &other)
            }
            Operation::Compute(operation, one, other) => {
                let (one, other) = (settled(one), settled(other));
                constants::compute(*operation, &one, &other).unwrap_or(Value::Unknown)
            }
            Operation::Index(object, key) => {
                let (object, key) = (settled(object), settled(key));
                let found = apply::index(&object, &key);
                if found.is_later() { self.settled(&found, None, depth, open) } else { found }
            }
            Operation::Member(object, name) => {
                let found = apply::member(&settled(object), name);
                if found.is_later() { self.settled(&found, None, depth, open) } else { found }
            }
            Operation::Method(name, object, arguments) => {
                let object = settled(object);
                let arguments: Arguments = arguments.iter().map(settled).collect();
                let found = apply::method(&object, name, &arguments);
                if found.is_later() { self.settled(&found, None, depth, open) } else { found }
            }
            Operation::Global(known, arguments) => {
                let arguments: Arguments = arguments.iter().map(settled).collect();
                apply::call(&Value::Known(*known), &arguments)
            }
            Operation::Either(one, other) => {
                let (one, other) = (settled(one), settled(other));
                either(one, other)
            }
            Operation::Blob(content) => Value::Blob(Rc::new(settled(content))),
            Operation::Address(address) => match settled(address) {
                Value::Text(url) => super::addresses::resolved(&[Value::Text(url)]),
                other => other,
            },
            Operation::Field(class, name) => {
                let values = self.field_of(*class, name);
                let all: Vec<Value> =
                    values.into_iter().flatten().map(|value| self.settled(value, None, depth, open)).collect();
                // What is set from elsewhere is not seen.
                if all.len() == 1 && matches!(all.first(), Some(Value::Function(_))) {
                    return graver(&all);
                }
                either(graver(&all), Value::Unknown)
            }
            Operation::Call(callee, arguments) => {
                let callee = settled(callee);
                let arguments: Arguments = arguments.iter().map(settled).collect();
                self.result(&callee, &arguments, depth, open)
            }
        }
    }

    fn result(&self, callee: &Value, arguments: &Arguments, depth: u32, open: &mut Vec<(FunctionId, u32)>) -> Value {
        let Value::Function(function) = callee else {
            let found = apply::call(callee, arguments);
            return if found.is_later() { Value::Unknown } else { found };
        };
        let key = (*function, u32::MAX);
        // A function within its own call: its other ways out decide.
        if open.iter().filter(|open| **open == key).count() > 3 {
            self.is_cut.set(true);
            return Value::Undefined;
        }
        open.push(key);
        let returns = self.returns.get(function);
        let all: Vec<Value> = returns
            .into_iter()
            .flatten()
            .map(|value| self.settled(value, Some((*function, arguments)), depth, open))
            .collect();
        open.pop();
        match graver(&all) {
            Value::Unknown => {
                arguments.iter().find(|argument| argument.is_foreign()).cloned().unwrap_or(Value::Unknown)
            }
            value => value,
        }
    }
}
