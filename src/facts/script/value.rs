//! What an expression can be known to hold; owned, since trees are dropped after each statement.

use std::rc::Rc;

use swc_atoms::Atom;
use swc_ecma_ast::{AssignTarget, BinaryOp, Expr, Lit, MemberExpr, MemberProp, SimpleAssignTarget};

use super::addresses::{is_path, remote_host};
use super::names::Known;

/// How much of a constant text is kept.
const TEXT_BYTES: usize = 64 * 1024;

/// A function of the script, by where it begins.
pub type FunctionId = u32;

/// The values of a call's arguments; many things that are known later share one list.
pub type Arguments = Rc<[Value]>;

/// What an expression holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A constant text.
    Text(Rc<str>),
    /// A text of which only the beginning is constant.
    Prefix(Rc<str>),
    Number(f64),
    Flag(bool),
    Undefined,
    /// A constant array, as far as its elements are.
    List(Rc<Vec<Value>>),
    /// An object's fields.
    Record(Rc<Vec<(Atom, Value)>>),
    /// One of these; which one is not known.
    OneOf(Rc<Vec<Value>>),
    /// The browser's own.
    Known(Known),
    /// A function of the language itself, by its name, such as `[].flat`.
    Native(Atom),
    /// A function with arguments that are bound already.
    Bound(Rc<(Value, Vec<Value>)>),
    /// A function of the script.
    Function(FunctionId),
    /// A class of the script, and an instance of it.
    Class(FunctionId),
    Instance(FunctionId),
    /// What a function of the script is called with.
    Parameter(FunctionId, u32),
    /// What is known when the whole script was walked.
    Later(Rc<Later>),
    /// Something that came over the network, and through what.
    Network(&'static str),
    /// Something that a person, or who made the link, decides.
    User(&'static str),
    /// A native plugin, by its name.
    Plugin(Rc<str>),
    /// A method of one.
    PluginMethod(Rc<(Rc<str>, Atom)>),
    /// A script element that the script made.
    Script,
    /// A blob, or an address of one, and what is in it.
    Blob(Rc<Value>),
    /// An address relative to the module.
    Local,
    /// Not known.
    Unknown,
}

/// An operation on what is known later.
#[derive(Clone, Debug, PartialEq)]
pub struct Later {
    /// How many operations it is made of.
    pub size: u32,
    pub operation: Operation,
}

/// Which operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    Concatenate(Value, Value),
    Compute(BinaryOp, Value, Value),
    Index(Value, Value),
    /// A member whose name stands there; names of the tree cost no copy.
    Member(Value, Atom),
    Method(Atom, Value, Arguments),
    Global(Known, Arguments),
    Call(Value, Arguments),
    Either(Value, Value),
    Field(FunctionId, Atom),
    Blob(Value),
    /// A text that is an address once the rest is known; used for `new URL`.
    Address(Value),
}

/// The most operations that one value is made of.
const MOST_OPERATIONS: u32 = 200;

impl Value {
    /// A constant text, or the beginning of one that is very long.
    pub fn text(text: &str) -> Self {
        if text.len() > TEXT_BYTES {
            let end = (0..=TEXT_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            return Self::Prefix(Rc::from(text.get(..end).unwrap_or_default()));
        }
        Self::Text(Rc::from(text))
    }

    /// Whether it is known only after the walk.
    pub const fn is_later(&self) -> bool {
        matches!(self, Self::Parameter(..) | Self::Later(_))
    }

    /// Whether it came from outside.
    pub const fn is_foreign(&self) -> bool {
        matches!(self, Self::Network(_) | Self::User(_))
    }

    fn size(&self) -> u32 {
        match self {
            Self::Later(later) => later.size,
            _ => 1,
        }
    }

    /// An operation that is done later.
    pub fn later(operation: Operation) -> Self {
        let sum = |values: &[Self]| values.iter().map(Self::size).fold(0_u32, u32::saturating_add);
        let size = match &operation {
            Operation::Concatenate(one, other)
            | Operation::Compute(_, one, other)
            | Operation::Index(one, other)
            | Operation::Either(one, other) => one.size().saturating_add(other.size()),
            Operation::Method(_, object, arguments) | Operation::Call(object, arguments) => {
                object.size().saturating_add(sum(arguments))
            }
            Operation::Global(_, arguments) => sum(arguments),
            Operation::Field(..) => 1,
            Operation::Blob(value) | Operation::Address(value) | Operation::Member(value, _) => value.size(),
        };
        if size >= MOST_OPERATIONS {
            return Self::Unknown;
        }
        Self::Later(Rc::new(Later { size: size + 1, operation }))
    }

    /// As the language makes a text of it.
    pub fn to_text(&self) -> Option<Rc<str>> {
        Some(match self {
            Self::Text(text) => Rc::clone(text),
            Self::Number(number) if number.is_nan() => Rc::from("NaN"),
            Self::Number(number) if number.is_infinite() => {
                Rc::from(if *number > 0.0 { "Infinity" } else { "-Infinity" })
            }
            Self::Number(number) if number.abs() >= 1e21 => Rc::from(format!("{number:e}").replace('e', "e+")),
            Self::Number(number) => Rc::from(number.to_string()),
            Self::Flag(flag) => Rc::from(if *flag { "true" } else { "false" }),
            Self::Undefined => Rc::from("undefined"),
            Self::List(list) if list.len() <= 1 => match list.first() {
                None | Some(Self::Undefined) => Rc::from(""),
                Some(only) => only.to_text()?,
            },
            Self::List(list) => Rc::from(joined(list, ",")?),
            Self::Native(name) => Rc::from(format!("function {name}() {{ [native code] }}")),
            Self::Known(Known::Array) => Rc::from("function Array() { [native code] }"),
            Self::Known(Known::StringConstructor) => Rc::from("function String() { [native code] }"),
            Self::Known(Known::Number) => Rc::from("function Number() { [native code] }"),
            Self::Known(Known::FunctionConstructor) => Rc::from("function Function() { [native code] }"),
            Self::Record(_) => Rc::from("[object Object]"),
            _ => return None,
        })
    }

    /// As the language makes a number of it.
    pub fn to_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Flag(flag) => Some(f64::from(u8::from(*flag))),
            Self::Undefined => Some(f64::NAN),
            _ => {
                let text = self.to_text()?;
                let text = text.trim();
                if text.is_empty() {
                    return Some(0.0);
                }
                if let Some(digits) = text.strip_prefix("0x") {
                    return i64::from_str_radix(digits, 16).ok().and_then(|number| number.to_string().parse().ok());
                }
                Some(text.parse().unwrap_or(f64::NAN))
            }
        }
    }

    /// Whether it is as good as `true`, where that is known.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Text(text) => Some(!text.is_empty()),
            Self::Number(number) => Some(*number != 0.0 && !number.is_nan()),
            Self::Flag(flag) => Some(*flag),
            Self::Undefined => Some(false),
            Self::List(_) | Self::Record(_) | Self::Function(_) | Self::Native(_) => Some(true),
            _ => None,
        }
    }

    /// A whole number that is not negative.
    pub fn index(&self) -> Option<usize> {
        let number = self.to_number()?;
        if !(0.0..=4_294_967_295.0).contains(&number) {
            return None;
        }
        format!("{:.0}", number.trunc()).parse().ok()
    }
}

/// The texts of a list with something between them.
pub fn joined(list: &[Value], between: &str) -> Option<String> {
    let mut text = String::new();
    for (index, value) in list.iter().enumerate() {
        if index > 0 {
            text.push_str(between);
        }
        if *value != Value::Undefined {
            text.push_str(&value.to_text()?);
        }
        if text.len() > TEXT_BYTES {
            return None;
        }
    }
    Some(text)
}

/// `left + right`.
pub fn add(left: &Value, right: &Value) -> Value {
    if let (Value::Number(_) | Value::Flag(_) | Value::Undefined, Value::Number(_) | Value::Flag(_) | Value::Undefined) =
        (left, right)
        && let (Some(one), Some(other)) = (left.to_number(), right.to_number())
    {
        return Value::Number(one + other);
    }
    concatenate(left, right)
}

/// A text from two.
pub fn concatenate(left: &Value, right: &Value) -> Value {
    let head = match left {
        Value::Prefix(head) => {
            let is_foreign = right.is_foreign() && remote_host(head).is_none() && !is_path(head);
            return if is_foreign { right.clone() } else { Value::Prefix(Rc::clone(head)) };
        }
        Value::Network(_) | Value::User(_) | Value::Local => return left.clone(),
        _ => left.to_text(),
    };
    let Some(head) = head else {
        return match right {
            foreign if foreign.is_foreign() => foreign.clone(),
            _ if left.is_later() || right.is_later() => {
                Value::later(Operation::Concatenate(left.clone(), right.clone()))
            }
            _ => Value::Unknown,
        };
    };
    match right {
        // `./languages/${x}.js` stays below the page, whoever says what `x` is.
        foreign if foreign.is_foreign() && is_path(&head) => Value::Prefix(head),
        // `"" + x` and `"" + location` are as unknown as `x`; a text around fetched text is fetched.
        foreign if foreign.is_foreign() && remote_host(&head).is_none() => foreign.clone(),
        Value::Prefix(tail) => match Value::text(&format!("{head}{tail}")) {
            Value::Text(text) => Value::Prefix(text),
            other => other,
        },
        later if later.is_later() => Value::later(Operation::Concatenate(left.clone(), right.clone())),
        Value::Local if head.is_empty() => Value::Local,
        _ => match right.to_text() {
            Some(tail) => Value::text(&format!("{head}{tail}")),
            None if head.is_empty() => Value::Unknown,
            None => Value::Prefix(head),
        },
    }
}

fn rank(value: &Value) -> u32 {
    match value {
        Value::Network(_) => 8,
        Value::Text(text) | Value::Prefix(text) if remote_host(text).is_some() => 7,
        Value::User(_) => 6,
        Value::Known(Known::Eval | Known::FunctionConstructor) | Value::Script => 5,
        Value::Parameter(..) | Value::Later(_) | Value::Function(_) | Value::Bound(_) | Value::Known(_) => 4,
        Value::Unknown => 3,
        // A blob weighs what is in it.
        Value::Blob(content) => rank(content).max(1),
        Value::Prefix(_) => 2,
        Value::Undefined => 0,
        _ => 1,
    }
}

/// One of two values: the graver one, for a gate must not be talked out of it by a second branch.
pub fn either(one: Value, other: Value) -> Value {
    if one == other {
        return one;
    }
    let (low, high) = if rank(&other) > rank(&one) { (one, other) } else { (other, one) };
    if high.is_later() && low != Value::Undefined { Value::later(Operation::Either(high, low)) } else { high }
}

/// The graver one of a list.
pub fn graver(values: &[Value]) -> Value {
    values.iter().cloned().reduce(either).unwrap_or(Value::Unknown)
}

/// The name of the object of a method call: `document` in `document.x()` and in `window.document.x()`.
pub fn object_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Ident(name) => Some(&name.sym),
        Expr::Member(member) => match &member.prop {
            MemberProp::Ident(name) => Some(&name.sym),
            MemberProp::PrivateName(_) | MemberProp::Computed(_) => None,
        },
        Expr::Paren(inner) => object_name(&inner.expr),
        _ => None,
    }
}

/// The member that an assignment sets, and its name.
pub fn assigned_member(target: &AssignTarget) -> Option<(&MemberExpr, Atom)> {
    let AssignTarget::Simple(SimpleAssignTarget::Member(member)) = target else { return None };
    match &member.prop {
        MemberProp::Ident(name) => Some((member, name.sym.clone())),
        MemberProp::Computed(computed) => match &*computed.expr {
            Expr::Lit(Lit::Str(name)) => Some((member, Atom::from(name.value.as_str()?))),
            _ => None,
        },
        MemberProp::PrivateName(name) => Some((member, name.name.clone())),
    }
}
