//! The names that a function knows.

use rustc_hash::{FxHashMap, FxHashSet};
use swc_atoms::Atom;

use super::names::known;
use super::uses::is_root;
use super::value::{Value, either};

/// Names of this length or less are a minifier's as well as a service's: `ga`, `hj`, `zE`.
const SHORT: usize = 3;

/// A stack of definitions, and for each name its newest one: a bundle's outermost function has some hundred thousand
/// names, so that neither looking up nor leaving may search.
#[derive(Default)]
pub struct Scopes {
    definitions: Vec<Definition>,
    newest: FxHashMap<Atom, usize>,
    /// Where the names of each open block begin, and whether it is a function's.
    starts: Vec<(usize, bool)>,
    /// Counts the changes: what was computed before one may not hold after it.
    version: u64,
    /// Short names of services that the script gives to things of its own somewhere, as minifiers do.
    own_short: FxHashSet<Atom>,
}

struct Definition {
    name: Atom,
    value: Value,
    shadowed: Option<usize>,
    of_function: bool,
}

impl Scopes {
    /// Enters a function or a block.
    pub fn enter(&mut self, is_function: bool) {
        self.starts.push((self.definitions.len(), is_function));
    }

    /// Leaves it, forgetting its names; those made by `var` outlive a block.
    pub fn leave(&mut self) {
        let Some((start, is_function)) = self.starts.pop() else { return };
        if self.definitions.len() > start {
            self.version += 1;
        }
        let mut kept = Vec::new();
        while self.definitions.len() > start {
            let Some(gone) = self.definitions.pop() else { return };
            match gone.shadowed {
                Some(older) => self.newest.insert(gone.name.clone(), older),
                None => self.newest.remove(&gone.name),
            };
            if gone.of_function && !is_function {
                kept.push(gone);
            }
        }
        for definition in kept.into_iter().rev() {
            self.push(&definition.name, definition.value, true);
        }
    }

    fn push(&mut self, name: &Atom, value: Value, of_function: bool) {
        self.version += 1;
        if name.len() <= SHORT && is_root(name) {
            self.own_short.insert(name.clone());
        }
        let shadowed = self.newest.insert(name.clone(), self.definitions.len());
        self.definitions.push(Definition { name: name.clone(), value, shadowed, of_function });
    }

    /// A name comes into being. One that holds nothing known and hides nothing need not be kept: most are such.
    pub fn define(&mut self, name: &Atom, value: Value, of_function: bool) {
        if value == Value::Unknown && !self.newest.contains_key(name) && known(name).is_none() && !is_root(name) {
            return;
        }
        self.push(name, value, of_function);
    }

    /// A name gets another value. What is set in a deeper block or function may happen or not.
    pub fn assign(&mut self, name: &Atom, value: Value) {
        let Some(at) = self.newest.get(name).copied() else { return self.define(name, value, true) };
        self.version += 1;
        let is_deeper = self.starts.last().is_some_and(|(start, _)| at < *start);
        if let Some(definition) = self.definitions.get_mut(at) {
            definition.value =
                if is_deeper { either(std::mem::replace(&mut definition.value, Value::Unknown), value) } else { value };
        }
    }

    /// What a name holds; none when the script does not define it.
    pub fn lookup(&self, name: &Atom) -> Option<&Value> {
        self.newest.get(name).and_then(|at| self.definitions.get(*at)).map(|definition| &definition.value)
    }

    /// The same, to change it.
    pub fn lookup_mut(&mut self, name: &Atom) -> Option<&mut Value> {
        let at = *self.newest.get(name)?;
        self.version += 1;
        self.definitions.get_mut(at).map(|definition| &mut definition.value)
    }

    /// The short names of services that mean things of the script's own.
    pub const fn own_short(&self) -> &FxHashSet<Atom> {
        &self.own_short
    }

    /// A number that no two states of the names share.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Whether the name is the browser's own.
    pub fn is_global(&self, name: &Atom) -> bool {
        !self.newest.contains_key(name)
    }

    /// Whether no function is open.
    pub fn is_outside(&self) -> bool {
        self.starts.len() <= 1
    }
}
