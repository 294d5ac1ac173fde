//! Calls: of the configuration's own functions, of the few of JavaScript and Node that give constants, and of
//! wrappers that give back what they are given. No other code is known, so what it gives, or changes, isn't either.

use std::rc::Rc;

use swc_common::{Span, Spanned as _};
use swc_ecma_ast::{Expr, ExprOrSpread, MemberExpr, NewExpr, OptChainBase};

use super::super::value::{Condition, Node, Unknown, Value};
use super::interpreter::Interpreter;

impl<'a> Interpreter<'a> {
    pub fn call(&mut self, callee: &'a Expr, arguments: &'a [ExprOrSpread], span: Span) -> Node {
        let place = self.place(span.lo);
        let callee = bare(callee);
        let (receiver, target) = match callee {
            Expr::Member(member) => self.method(member),
            Expr::OptChain(chain) => match &*chain.base {
                OptChainBase::Member(member) => self.method(member),
                OptChainBase::Call(_) => (None, self.expression(callee)),
            },
            _ => (None, self.expression(callee)),
        };
        if let Value::Function(function) = target.value {
            let arguments = self.arguments(arguments);
            return self.call_function(function, &arguments, place);
        }
        if let Value::Unknown(Unknown { text: Some(name), .. }) = &target.value
            && &**name == "require"
        {
            return self.load_call(arguments, span);
        }
        let given = self.arguments(arguments);
        if let Some((receiver, name)) = &receiver
            && let Some(node) = self.known_method(receiver, name, &given, place)
        {
            return node;
        }
        let name = match &target.value {
            Value::Unknown(Unknown { text: Some(name), .. }) | Value::Package(name) => Rc::clone(name),
            _ => Rc::from(""),
        };
        if let Some(node) = self.known_call(&name, &given, arguments, place) {
            return node;
        }
        self.unknown_call(&name, receiver.as_ref().map(|(node, _)| node), &given, span)
    }

    fn method(&mut self, member: &'a MemberExpr) -> (Option<(Node, Rc<str>)>, Node) {
        let object = self.expression(&member.obj);
        let place = self.place(member.span.lo);
        match self.key(&member.prop) {
            Some(key) => {
                let target = self.get(&object, &key, place);
                (Some((object, key)), target)
            }
            None => (None, Node::unknown("its name isn't known", place)),
        }
    }

    /// A call of code that isn't read: it may change what it is given.
    fn unknown_call(&mut self, name: &str, receiver: Option<&Node>, given: &[Node], span: Span) -> Node {
        let text = self.source(span);
        let harmless = ["console.", "process.", "JSON.", "Object.", "path#", "fs#", "dotenv", "url#", "os#"];
        if let Some(Value::FileText(path)) = receiver.map(|node| &node.value) {
            return Node::new(Value::FileText(Rc::clone(path)), self.place(span.lo));
        }
        let shown = name.replace('#', ".");
        for node in given {
            match &node.value {
                Value::Function(function) => {
                    let condition = Condition::new(&format!("`{shown}` calls its argument"));
                    let function = *function;
                    let place = node.place;
                    self.under(&[condition], |this| this.call_function(function, &[], place));
                }
                _ if harmless.iter().any(|prefix| name.starts_with(prefix)) => {}
                _ => self.cloud(node, &format!("it is given to `{shown}`, whose code isn't read")),
            }
        }
        self.opaque(&text, span.lo)
    }

    /// Says of an object, in all its cases, that it may be changed.
    pub fn cloud(&mut self, node: &Node, why: &str) {
        match &node.value {
            Value::Object(id) => self.heap.cloud(*id, why),
            Value::Either(cases) => {
                for case in cases {
                    if let Value::Object(id) = case.node.value {
                        self.heap.cloud(id, why);
                    }
                }
            }
            _ => {}
        }
    }

    pub fn construct(&mut self, new: &'a NewExpr) -> Node {
        let place = self.place(new.span.lo);
        let is_url = new.callee.as_ident().is_some_and(|name| &*name.sym == "URL");
        let given = self.arguments(new.args.as_deref().unwrap_or_default());
        match given.first() {
            // `new URL("./key.pem", import.meta.url)` names a file beside the configuration.
            Some(first) if is_url && matches!(first.value, Value::Text(_)) && given.len() == 2 => first.clone(),
            _ => {
                let node = self.opaque(&self.source(new.span), new.span.lo);
                Node::new(node.value, place)
            }
        }
    }
}

/// An expression without parentheses and types.
pub(super) fn bare(expression: &Expr) -> &Expr {
    let mut expression = expression;
    loop {
        expression = match expression {
            Expr::Paren(inner) => &inner.expr,
            Expr::TsAs(inner) => &inner.expr,
            Expr::TsNonNull(inner) => &inner.expr,
            Expr::TsSatisfies(inner) => &inner.expr,
            Expr::TsTypeAssertion(inner) => &inner.expr,
            Expr::TsInstantiation(inner) => &inner.expr,
            other => return other,
        };
    }
}

/// The place of a call's first argument.
pub(super) fn first_span(arguments: &[ExprOrSpread]) -> Option<Span> {
    arguments.first().map(|argument| argument.expr.span())
}
