//! What an expression holds, by the names that its function knows and what stands before it.

mod compound;

use std::borrow::Cow;
use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use rustc_hash::FxHashMap;
use swc_atoms::Atom;
use swc_common::{BytePos, Span, Spanned as _};
use swc_ecma_ast::{
    AssignOp, BinExpr, BinaryOp, Expr, ExprOrSpread, Lit, MemberProp, MetaPropKind, OptChainBase, PropName, Tpl,
    UnaryOp,
};

use super::apply;
use super::calls::FOLLOWED;
use super::constants::{MOST_ELEMENTS, compute};
use super::functions::{FORWARD, Functions};
use super::held::Held;
use super::names::{Known, known};
use super::scopes::Scopes;
use super::value::{Arguments, FunctionId, Operation, Value, add, concatenate, either};

pub use compound::{as_member, bare, is_called_on, promise};

/// How deep an expression is looked into; deeper ones are not known.
const DEPTH: u32 = 40;
/// Larger objects are tables of modules, not of constants.
const MOST_FIELDS: usize = 300;
/// Names called before they are declared.
const MOST_FORWARD: usize = 20_000;
/// In larger scripts, short names are a minifier's, and mean many things.
const SMALL: usize = 100_000;

/// Values of calls and members that are kept.
const MOST_MET: usize = 4_096;

/// What calls and members came to.
#[derive(Default)]
struct Met {
    version: u64,
    values: FxHashMap<(u32, u32), Value>,
    /// The arguments of calls, by where the first begins.
    arguments: FxHashMap<u32, Arguments>,
}

/// What `this` is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Outside,
    Unknown,
    Class(FunctionId),
}

/// What names hold.
pub struct Resolver {
    pub scopes: Scopes,
    pub functions: Functions,
    pub owners: Vec<Owner>,
    forward: RefCell<FxHashMap<Atom, FunctionId>>,
    declared: FxHashMap<u32, FunctionId>,
    /// What calls and members came to, by their place, until a name changes: each call of a chain asks for all before it.
    met: RefCell<Met>,
    /// The arguments of a call without any.
    none: Arguments,
    /// A value was cut where the expression is too deep.
    is_cut: Cell<bool>,
    /// Names that are set within the expression that is asked for.
    pub held: Held,
    /// The script turns an array while it runs, as obfuscators do.
    pub rotates: bool,
    /// The function that is open and has `arguments` of its own.
    pub current: FunctionId,
    is_small: bool,
}

impl Resolver {
    /// Nothing is known yet; `length` is the script's, in bytes.
    pub fn new(length: usize) -> Self {
        let mut scopes = Scopes::default();
        scopes.enter(true);
        Self {
            scopes,
            functions: Functions::new(length),
            owners: vec![Owner::Outside],
            forward: RefCell::default(),
            declared: FxHashMap::default(),
            met: RefCell::default(),
            none: apply::none(),
            is_cut: Cell::new(false),
            held: Held::default(),
            rotates: false,
            current: 0,
            is_small: length < SMALL,
        }
    }

    /// The function that begins there.
    pub fn function(&self, begin: BytePos) -> FunctionId {
        if self.declared.is_empty() { begin.0 } else { self.declared.get(&begin.0).copied().unwrap_or(begin.0) }
    }

    /// A function of this name begins there.
    pub fn declare(&mut self, name: &Atom, begin: BytePos) -> FunctionId {
        if self.scopes.is_outside()
            && let Some(id) = self.forward.borrow().get(name)
        {
            self.declared.insert(begin.0, *id);
        }
        self.function(begin)
    }

    fn forward(&self, name: &Atom) -> Value {
        if name.len() <= 2 && !self.is_small {
            return Value::Unknown;
        }
        let mut forward = self.forward.borrow_mut();
        if let Some(id) = forward.get(name) {
            return Value::Function(*id);
        }
        if forward.len() >= MOST_FORWARD {
            return Value::Unknown;
        }
        let id = FORWARD.saturating_add(u32::try_from(forward.len()).unwrap_or_default());
        forward.insert(name.clone(), id);
        Value::Function(id)
    }

    /// What `expression` holds.
    pub fn value(&self, expression: &Expr) -> Value {
        self.fold(expression, DEPTH)
    }

    /// The same for what is called: a name not met before may be a function that is declared later.
    pub fn callee(&self, expression: &Expr) -> Value {
        self.callee_at(expression, DEPTH)
    }

    fn callee_at(&self, expression: &Expr, depth: u32) -> Value {
        match expression {
            Expr::Ident(name) => match self.scopes.lookup(&name.sym) {
                Some(value) => value.clone(),
                None => known(&name.sym).map_or_else(|| self.forward(&name.sym), Value::Known),
            },
            Expr::Paren(inner) => self.callee_at(&inner.expr, depth),
            other => self.fold(other, depth),
        }
    }

    /// The values of arguments, as far as one can tell their places.
    pub fn arguments(&self, arguments: &[ExprOrSpread]) -> Arguments {
        if let Some(first) = arguments.first()
            && let Some(values) = self.fresh().arguments.get(&first.expr.span_lo().0)
        {
            return Rc::clone(values);
        }
        self.arguments_at(arguments, DEPTH)
    }

    /// The same for a call that is looked at once more where it stands.
    fn met_arguments(&self, arguments: &[ExprOrSpread], depth: u32) -> Arguments {
        let values = self.arguments_at(arguments, depth);
        if let (Some(first), false) = (arguments.first(), self.is_cut.get()) {
            self.fresh().arguments.insert(first.expr.span_lo().0, Rc::clone(&values));
        }
        values
    }

    fn arguments_at(&self, arguments: &[ExprOrSpread], depth: u32) -> Arguments {
        if arguments.is_empty() {
            return Rc::clone(&self.none);
        }
        if arguments.len() > MOST_ELEMENTS || arguments.iter().any(|argument| argument.spread.is_some()) {
            return self.list(arguments.iter().map(Some), depth).into();
        }
        arguments.iter().map(|argument| self.fold(&argument.expr, depth)).collect()
    }

    fn list<'a>(&self, parts: impl Iterator<Item = Option<&'a ExprOrSpread>>, depth: u32) -> Vec<Value> {
        let mut values = Vec::new();
        for part in parts.take(MOST_ELEMENTS) {
            let Some(part) = part else {
                values.push(Value::Undefined);
                continue;
            };
            let value = self.fold(&part.expr, depth);
            match (part.spread, value) {
                (Some(_), Value::List(list)) => values.extend(list.iter().cloned()),
                (Some(_), Value::Text(text)) => {
                    values.extend(text.chars().map(|one| Value::text(one.encode_utf8(&mut [0; 4]))));
                }
                (Some(_), value) if !value.is_foreign() => values.push(Value::Unknown),
                (_, value) => values.push(value),
            }
        }
        values
    }

    /// What calls and members came to since a name last changed.
    fn fresh(&self) -> RefMut<'_, Met> {
        let mut met = self.met.borrow_mut();
        let version = self.scopes.version();
        if met.version != version || met.values.len() > MOST_MET {
            met.version = version;
            met.values.clear();
            met.arguments.clear();
        }
        met
    }

    /// The value of a call or member, which was perhaps asked for before.
    fn met(&self, span: Span, compute: impl FnOnce() -> Value) -> Value {
        let place = (span.lo.0, span.hi.0);
        if let Some(value) = self.fresh().values.get(&place) {
            return value.clone();
        }
        let was_cut = self.is_cut.replace(false);
        let value = compute();
        if self.is_cut.get() {
            return value;
        }
        self.is_cut.set(was_cut);
        self.met.borrow_mut().values.insert(place, value.clone());
        value
    }

    pub fn fold(&self, expression: &Expr, depth: u32) -> Value {
        let Some(depth) = depth.checked_sub(1).filter(|_| self.functions.step()) else {
            self.is_cut.set(true);
            return Value::Unknown;
        };
        match expression {
            Expr::Ident(name) => self.name(&name.sym),
            Expr::Lit(literal) => constant(literal),
            // One look-up costs less than to keep what it gives.
            Expr::Member(member) if matches!(&*member.obj, Expr::Ident(_) | Expr::This(_)) => {
                self.member(member, depth)
            }
            Expr::Member(member) => self.met(member.span, || self.member(member, depth)),
            Expr::Call(call) => self.met(call.span, || self.call(call, depth)),
            Expr::Tpl(template) => self.template(template, depth),
            Expr::Paren(inner) => self.fold(&inner.expr, depth),
            Expr::Seq(list) => list.exprs.last().map_or(Value::Unknown, |last| self.fold(last, depth)),
            Expr::Await(inner) => self.fold(&inner.arg, depth),
            // What runs a generator hands back what it was handed, once that is there.
            Expr::Yield(inner) => inner.arg.as_ref().map_or(Value::Unknown, |value| self.fold(value, depth)),
            Expr::Assign(assign) => match assign.op {
                AssignOp::Assign => self.fold(&assign.right, depth),
                _ => Value::Unknown,
            },
            Expr::Bin(binary) => self.binary(binary, depth),
            Expr::Unary(unary) => {
                let value = self.fold(&unary.arg, depth);
                match unary.op {
                    UnaryOp::Bang => value.truth().map_or(Value::Unknown, |truth| Value::Flag(!truth)),
                    UnaryOp::Plus => value.to_number().map_or(Value::Unknown, Value::Number),
                    UnaryOp::Minus => value.to_number().map_or(Value::Unknown, |number| Value::Number(-number)),
                    UnaryOp::Tilde => compute(BinaryOp::BitXor, &value, &Value::Number(-1.0)).unwrap_or(Value::Unknown),
                    UnaryOp::Void => Value::Undefined,
                    UnaryOp::TypeOf | UnaryOp::Delete => Value::Unknown,
                }
            }
            Expr::Cond(choice) => self.choice(choice, depth),
            Expr::OptChain(chain) => match &*chain.base {
                OptChainBase::Member(member) => self.member(member, depth),
                OptChainBase::Call(call) => self.optional_call(call, depth),
            },
            Expr::New(new) => self.new_value(new, depth),
            Expr::Arrow(arrow) => Value::Function(self.function(arrow.span.lo)),
            Expr::Fn(function) => Value::Function(self.function(function.function.span.lo)),
            Expr::Class(class) => Value::Class(class.class.span.lo.0),
            Expr::Array(array) => Value::List(Rc::new(self.list(array.elems.iter().map(Option::as_ref), depth))),
            Expr::Object(object) => self.object(object, depth),
            Expr::This(_) => match self.owners.last() {
                Some(Owner::Outside) => Value::Known(Known::Window),
                Some(Owner::Class(class)) => Value::Instance(*class),
                _ => Value::Unknown,
            },
            Expr::MetaProp(meta) if meta.kind == MetaPropKind::ImportMeta => Value::Local,
            _ => Value::Unknown,
        }
    }

    fn name(&self, name: &Atom) -> Value {
        if let Some(value) = self.held.get(name) {
            return value;
        }
        match self.scopes.lookup(name) {
            Some(value) => value.clone(),
            None => match known(name) {
                Some(known) => Value::Known(known),
                None if *name == *"undefined" => Value::Undefined,
                None if FOLLOWED.contains(&&**name) => Value::Plugin(Rc::from(&**name)),
                None if *name == *"arguments" => apply::passed_on(self.current),
                None if *name == *"NaN" => Value::Number(f64::NAN),
                None if *name == *"Infinity" => Value::Number(f64::INFINITY),
                None => Value::Unknown,
            },
        }
    }

    fn binary(&self, binary: &BinExpr, depth: u32) -> Value {
        match binary.op {
            BinaryOp::Add => {
                // Sums of very many parts lean to the left.
                let mut parts = vec![&*binary.right];
                let mut left = &*binary.left;
                while let Expr::Bin(inner) = left
                    && inner.op == BinaryOp::Add
                {
                    parts.push(&inner.right);
                    left = &inner.left;
                }
                let mut value = self.fold(left, depth);
                for part in parts.into_iter().rev() {
                    if matches!(value, Value::Prefix(_)) && !self.functions.step() {
                        break;
                    }
                    value = add(&value, &self.fold(part, depth));
                }
                value
            }
            // What is as good as `false` is no code.
            BinaryOp::LogicalAnd => self.holding(&binary.left, depth, || self.fold(&binary.right, depth)),
            BinaryOp::LogicalOr | BinaryOp::NullishCoalescing => either(
                self.fold(&binary.left, depth),
                self.holding(&binary.left, depth, || self.fold(&binary.right, depth)),
            ),
            BinaryOp::Sub
            | BinaryOp::Mul
            | BinaryOp::Div
            | BinaryOp::Mod
            | BinaryOp::Exp
            | BinaryOp::BitXor
            | BinaryOp::BitAnd
            | BinaryOp::BitOr
            | BinaryOp::LShift
            | BinaryOp::RShift
            | BinaryOp::ZeroFillRShift => {
                let (left, right) = (self.fold(&binary.left, depth), self.fold(&binary.right, depth));
                if left == Value::Unknown || right == Value::Unknown {
                    Value::Unknown
                } else if left.is_later() || right.is_later() {
                    Value::later(Operation::Compute(binary.op, left, right))
                } else {
                    compute(binary.op, &left, &right).unwrap_or(Value::Unknown)
                }
            }
            _ => Value::Unknown,
        }
    }

    /// The text that a template makes.
    pub fn template(&self, template: &Tpl, depth: u32) -> Value {
        let mut value = Value::Unknown;
        for (index, part) in template.quasis.iter().enumerate() {
            let text = part.cooked.as_ref().map_or(Cow::Borrowed(&*part.raw), |text| text.to_string_lossy());
            value = if index == 0 { Value::text(&text) } else { concatenate(&value, &Value::text(&text)) };
            if let Some(inner) = template.exprs.get(index) {
                value = concatenate(&value, &self.fold(inner, depth));
            }
        }
        value
    }

    /// The name of a member, where it is constant or known later.
    pub fn key(&self, property: &MemberProp, depth: u32) -> Value {
        match property {
            MemberProp::Ident(name) => Value::Text(Rc::from(&*name.sym)),
            MemberProp::PrivateName(name) => Value::Text(Rc::from(&*name.name)),
            MemberProp::Computed(computed) => self.fold(&computed.expr, depth),
        }
    }

    /// What a value comes to by what was seen so far.
    pub fn force(&self, value: Value) -> Value {
        match &value {
            Value::Later(_) => {
                let known = self.functions.settle(&value);
                if known == Value::Unknown { value } else { known }
            }
            _ => value,
        }
    }

    pub fn property(&self, key: &PropName, depth: u32) -> Option<Atom> {
        match key {
            PropName::Ident(name) => Some(name.sym.clone()),
            PropName::Str(name) => Some(Atom::from(name.value.to_string_lossy())),
            PropName::Num(number) => Some(Atom::from(number.value.to_string())),
            PropName::Computed(computed) => {
                self.force(self.fold(&computed.expr, depth)).to_text().map(|name| Atom::from(&*name))
            }
            PropName::BigInt(_) => None,
        }
    }
}

fn constant(literal: &Lit) -> Value {
    match literal {
        Lit::Str(text) => match text.value.as_str() {
            Some(text) => Value::text(text),
            None => Value::text(&text.value.to_string_lossy()),
        },
        Lit::Num(number) => Value::Number(number.value),
        Lit::Bool(flag) => Value::Flag(flag.value),
        // Only for `replace`; such a text is in no script.
        Lit::Regex(pattern) => Value::text(&format!("\u{0}/{}/{}", pattern.exp, pattern.flags)),
        _ => Value::Unknown,
    }
}
