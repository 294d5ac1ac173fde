//! Expressions → values.

use std::rc::Rc;

use swc_common::Spanned as _;
use swc_ecma_ast::{Expr, Lit, MemberExpr, MemberProp, OptChainBase, Tpl, UnaryOp};

use super::super::value::{Case, Condition, Node, Place, Unknown, Value};
use super::interpreter::{Code, Interpreter, Test};

/// Characters of a text that are kept while texts are joined.
const MOST_TEXT: usize = 64 * 1024;

impl<'a> Interpreter<'a> {
    pub fn expression(&mut self, expression: &'a Expr) -> Node {
        if self.enter().is_none() {
            return Node::unknown(
                "the configuration is too long or too deep to be followed",
                self.place(expression.span().lo),
            );
        }
        let node = self.any(expression);
        self.leave();
        node
    }

    fn any(&mut self, expression: &'a Expr) -> Node {
        let at = expression.span().lo;
        let place = self.place(at);
        match expression {
            Expr::Lit(literal) => Node::new(literal_value(literal), place),
            Expr::Tpl(template) => self.template(template, place),
            Expr::Object(object) => self.object(object),
            Expr::Array(array) => self.array(array),
            Expr::Ident(name) => self.name(&name.sym, at),
            Expr::Paren(inner) => self.expression(&inner.expr),
            Expr::TsAs(inner) => self.expression(&inner.expr),
            Expr::TsSatisfies(inner) => self.expression(&inner.expr),
            Expr::TsNonNull(inner) => self.expression(&inner.expr),
            Expr::TsTypeAssertion(inner) => self.expression(&inner.expr),
            Expr::TsConstAssertion(inner) => self.expression(&inner.expr),
            Expr::TsInstantiation(inner) => self.expression(&inner.expr),
            Expr::Await(inner) => self.expression(&inner.arg),
            Expr::Member(member) => self.member(member),
            Expr::OptChain(chain) => match &*chain.base {
                OptChainBase::Member(member) => self.member(member),
                OptChainBase::Call(call) => self.call(&call.callee, &call.args, call.span),
            },
            Expr::Cond(conditional) => {
                let test = self.expression(&conditional.test);
                let text = self.source(conditional.test.span());
                match self.test(&test, &text) {
                    Test::Always(true) => self.expression(&conditional.cons),
                    Test::Always(false) => self.expression(&conditional.alt),
                    Test::Split { yes, no } => {
                        let cons = self.under(&yes, |this| this.expression(&conditional.cons));
                        let alt = self.under(&no, |this| this.expression(&conditional.alt));
                        let cases = [(yes, cons), (no, alt)];
                        let cases = cases.into_iter().filter_map(|(when, node)| Some(Case { when, node: node? }));
                        Node::either(cases.collect(), place)
                    }
                }
            }
            Expr::Bin(binary) => self.binary(binary),
            Expr::Unary(unary) => match unary.op {
                UnaryOp::Void => Node::new(Value::Undefined, place),
                UnaryOp::Delete => {
                    self.delete(&unary.arg);
                    Node::new(Value::Bool(true), place)
                }
                UnaryOp::Bang => {
                    let node = self.expression(&unary.arg);
                    let text = self.source(unary.arg.span());
                    self.boolean(&node, &text, place, true)
                }
                UnaryOp::Minus | UnaryOp::Plus => self.signed(unary, place),
                UnaryOp::TypeOf | UnaryOp::Tilde => self.opaque(&self.source(unary.span), at),
            },
            Expr::Call(call) => match call.callee.as_expr() {
                Some(callee) => self.call(callee, &call.args, call.span),
                None if call.callee.is_import() => self.load_call(&call.args, call.span),
                None => self.opaque(&self.source(call.span), at),
            },
            Expr::Arrow(arrow) => self.function(Code::Arrow(arrow), at),
            Expr::Fn(function) => self.function(Code::Function(&function.function), at),
            Expr::Assign(assignment) => self.assignment(assignment),
            Expr::Seq(sequence) => {
                let mut last = Node::new(Value::Undefined, place);
                for expression in &sequence.exprs {
                    last = self.expression(expression);
                }
                last
            }
            Expr::New(new) => self.construct(new),
            Expr::MetaProp(_) => self.opaque("import.meta", at),
            Expr::Update(update) => {
                let node = self.opaque(&self.source(update.span), at);
                if let Some(name) = update.arg.as_ident() {
                    self.assign_variable(&name.sym, node.clone());
                }
                node
            }
            other => self.opaque(&self.source(other.span()), at),
        }
    }

    pub fn name(&mut self, name: &str, at: swc_common::BytePos) -> Node {
        if let Some(node) = self.variable(name) {
            return node;
        }
        match name {
            "undefined" => Node::new(Value::Undefined, self.place(at)),
            "NaN" | "Infinity" => Node::new(Value::Number(Rc::from(name)), self.place(at)),
            _ => self.opaque(name, at),
        }
    }

    fn member(&mut self, member: &'a MemberExpr) -> Node {
        let at = member.span.lo;
        let object = self.expression(&member.obj);
        let Some(key) = self.key(&member.prop) else {
            return self.opaque(&self.source(member.span), at);
        };
        self.get(&object, &key, self.place(at))
    }

    /// The key of a member expression; `None` when it isn't known.
    pub fn key(&mut self, property: &'a MemberProp) -> Option<Rc<str>> {
        match property {
            MemberProp::Ident(name) => Some(Rc::from(&*name.sym)),
            MemberProp::PrivateName(_) => None,
            MemberProp::Computed(computed) => key_of(&self.expression(&computed.expr)),
        }
    }

    /// The value of a key.
    pub fn get(&mut self, object: &Node, key: &str, at: Place) -> Node {
        match &object.value {
            Value::Either(cases) => {
                let cases = cases
                    .iter()
                    .map(|case| Case { when: case.when.clone(), node: self.get(&case.node, key, at) })
                    .collect();
                Node::either(cases, at)
            }
            Value::Object(id) => {
                let Some(found) = self.heap.get(*id) else { return Node::new(Value::Undefined, at) };
                if let Some(entry) = found.entries.iter().find(|entry| &*entry.key == key) {
                    return entry.node.clone();
                }
                match &found.open {
                    Some(why) => Node::unknown(why, at),
                    None if found.is_array && key == "length" => {
                        Node::new(Value::Number(Rc::from(found.entries.len().to_string())), at)
                    }
                    None => Node::new(Value::Undefined, at),
                }
            }
            Value::Environment => named(&format!("process.env.{key}"), at),
            Value::Package(name) => {
                let separator = if name.contains('#') { '.' } else { '#' };
                Node::new(Value::Package(Rc::from(format!("{name}{separator}{key}"))), at)
            }
            Value::Unknown(Unknown { text: Some(text), .. }) if &**text == "process" && key == "env" => {
                Node::new(Value::Environment, at)
            }
            Value::Unknown(Unknown { text: Some(text), .. }) => named(&format!("{text}.{key}"), at),
            Value::Unknown(unknown) => Node::new(Value::Unknown(unknown.clone()), at),
            Value::FileText(path) => Node::unknown(format!("it depends on the file `{path}`"), at),
            Value::Text(text) if key == "length" => {
                Node::new(Value::Number(Rc::from(text.encode_utf16().count().to_string())), at)
            }
            _ => Node::new(Value::Undefined, at),
        }
    }

    fn template(&mut self, template: &'a Tpl, place: Place) -> Node {
        let mut whole = Node::new(Value::Text(Rc::from("")), place);
        let mut expressions = template.exprs.iter();
        for part in &template.quasis {
            let text = match &part.cooked {
                Some(text) => text.to_string_lossy().into_owned(),
                None => part.raw.to_string(),
            };
            whole = concatenated(&whole, &Node::new(Value::Text(Rc::from(text)), place), place);
            if let Some(expression) = expressions.next() {
                let value = self.expression(expression);
                whole = concatenated(&whole, &value, place);
            }
        }
        whole
    }

    /// The truth of a value, or its contrary, as a boolean.
    pub fn boolean(&self, node: &Node, text: &str, place: Place, negate: bool) -> Node {
        let bool_node = |value: bool| Node::new(Value::Bool(value != negate), place);
        match self.test(node, text) {
            Test::Always(truth) => bool_node(truth),
            Test::Split { yes, no } => Node::either(
                vec![Case { when: yes, node: bool_node(true) }, Case { when: no, node: bool_node(false) }],
                place,
            ),
        }
    }
}

/// A value that the build's surroundings give.
pub(super) fn named(text: &str, at: Place) -> Node {
    let why = format!("`{text}` is known only where the app is built");
    Node::new(Value::Unknown(Unknown { why: Rc::from(why), text: Some(Rc::from(text)) }), at)
}

/// A value as a key of an object.
pub(super) fn key_of(node: &Node) -> Option<Rc<str>> {
    match &node.value {
        Value::Text(text) | Value::Number(text) => Some(Rc::clone(text)),
        _ => None,
    }
}

fn literal_value(literal: &Lit) -> Value {
    match literal {
        Lit::Str(text) => Value::Text(Rc::from(&*text.value.to_string_lossy())),
        Lit::Bool(value) => Value::Bool(value.value),
        Lit::Null(_) => Value::Null,
        Lit::Num(number) => Value::Number(Rc::from(number.value.to_string())),
        _ => Value::Unknown(Unknown { why: Rc::from("it is no value of JSON"), text: None }),
    }
}

/// A value as JavaScript writes it into a text.
fn as_text(value: &Value) -> Option<Rc<str>> {
    Some(match value {
        Value::Text(text) | Value::Number(text) => Rc::clone(text),
        Value::Bool(value) => Rc::from(if *value { "true" } else { "false" }),
        Value::Null => Rc::from("null"),
        Value::Undefined => Rc::from("undefined"),
        _ => return None,
    })
}

/// Two values joined as texts, in all cases of both.
pub(super) fn concatenated(first: &Node, second: &Node, place: Place) -> Node {
    let cases = |node: &Node| match &node.value {
        Value::Either(cases) => cases.clone(),
        _ => vec![Case { when: Vec::<Condition>::new(), node: node.clone() }],
    };
    let mut joined = Vec::new();
    for one in cases(first) {
        for other in cases(second) {
            if let Some(when) = super::super::value::both(&one.when, &other.when) {
                joined.push(Case { when, node: pair(&one.node, &other.node, place) });
            }
        }
    }
    Node::either(joined, place)
}

fn pair(one: &Node, other: &Node, place: Place) -> Node {
    match (as_text(&one.value), as_text(&other.value)) {
        (Some(one), Some(other)) if one.len() + other.len() <= MOST_TEXT => {
            Node::new(Value::Text(Rc::from(format!("{one}{other}"))), place)
        }
        (Some(_), Some(_)) => Node::unknown("it is a text of more than 64 KiB", place),
        (first, _) => {
            let blame = if first.is_none() { one } else { other };
            match &blame.value {
                Value::Unknown(unknown) => {
                    Node::new(Value::Unknown(Unknown { why: Rc::clone(&unknown.why), text: None }), place)
                }
                Value::FileText(path) => Node::unknown(
                    format!("a part of it is read from the file `{path}` when the configuration is evaluated"),
                    place,
                ),
                Value::Package(name) => Node::unknown(format!("it depends on the package `{name}`"), place),
                _ => Node::unknown("a part of it is no text", place),
            }
        }
    }
}
