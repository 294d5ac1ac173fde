//! `async` functions as older targets have them: a generator that a helper of the compiler runs (`__awaiter` of TypeScript,
//! `__async` of esbuild, `_asyncToGenerator` of Babel), and the state machines that generators become (`__generator` of
//! TypeScript, regenerator of Babel). Minifiers rename the helpers, so that only their shape tells them.

use std::rc::Rc;

use swc_atoms::Atom;
use swc_ecma_ast::{Callee, Expr, ExprOrSpread, FnExpr, Ident, Lit, MemberExpr, MemberProp, Pat, Stmt, UnaryOp};
use swc_ecma_visit::VisitWith as _;

use super::fold::{as_member, bare};
use super::value::Value;
use super::walk::Walker;

/// Statements of a function before its state machine: declarations of names.
const MOST_BEFORE: usize = 8;

/// What a helper does with the function that it is given.
pub enum Helped<'a> {
    /// It calls the function, and gives what that returns; with the arguments of the function around where that is so.
    Result(&'a Expr, bool),
    /// It gives the function, or one that runs it.
    Function(&'a Expr),
}

/// The function that a helper of a compiler is given; none where the call has another shape.
pub fn helped<'a>(callee: &Expr, arguments: &'a [ExprOrSpread]) -> Option<Helped<'a>> {
    let first = &*arguments.first()?.expr;
    let last = &*arguments.last()?.expr;
    let method = as_member(callee).and_then(|member| member.prop.as_ident()).map(|name| &*name.sym);
    match arguments {
        [_] => {
            let is_marked = |name: Option<&str>| matches!(name, Some("mark" | "m"));
            match first {
                Expr::Fn(only) if only.function.is_generator || is_marked(method) => Some(Helped::Function(first)),
                // `asyncToGenerator(regenerator.mark(function …))`
                Expr::Call(inner) => {
                    let Callee::Expr(marker) = &inner.callee else { return None };
                    let name = as_member(bare(marker)).and_then(|member| member.prop.as_ident());
                    let [only] = inner.args.as_slice() else { return None };
                    (is_marked(name.map(|name| &*name.sym)) && only.expr.is_fn_expr())
                        .then_some(Helped::Function(&only.expr))
                }
                _ => None,
            }
        }
        _ if matches!(method, Some("wrap" | "w")) => machine_of(first).then_some(Helped::Result(first, false)),
        [_, _] => (is_this(first) && machine_of(last)).then_some(Helped::Result(last, false)),
        [_, given, _] => {
            let Expr::Fn(body) = last else { return None };
            (body.function.is_generator && is_this(first) && is_given(given))
                .then(|| Helped::Result(last, names_arguments(&given.expr)))
        }
        [_, given, promise, _] => {
            let is_promise = matches!(&*promise.expr, Expr::Ident(_)) || is_void(&promise.expr);
            (last.is_fn_expr() && is_promise && is_this(first) && is_given(given))
                .then(|| Helped::Result(last, names_arguments(&given.expr)))
        }
        _ => None,
    }
}

fn is_void(expression: &Expr) -> bool {
    matches!(expression, Expr::Unary(unary) if unary.op == UnaryOp::Void)
        || matches!(expression, Expr::Lit(Lit::Null(_)))
}

fn is_this(expression: &Expr) -> bool {
    matches!(expression, Expr::This(_) | Expr::Ident(_)) || is_void(expression)
}

fn names_arguments(expression: &Expr) -> bool {
    matches!(expression, Expr::Ident(name) if name.sym == *"arguments")
}

fn is_given(argument: &ExprOrSpread) -> bool {
    is_void(&argument.expr) || matches!(&*argument.expr, Expr::Array(_)) || names_arguments(&argument.expr)
}

/// Whether a function of one parameter turns on that parameter's label.
fn machine_of(expression: &Expr) -> bool {
    let Expr::Fn(FnExpr { function, .. }) = expression else { return false };
    let ([only], Some(body)) = (function.params.as_slice(), &function.body) else { return false };
    let Pat::Ident(parameter) = &only.pat else { return false };
    body.stmts.iter().take(MOST_BEFORE).any(|statement| {
        let mut inner = statement;
        loop {
            inner = match inner {
                Stmt::For(turn) => &turn.body,
                Stmt::While(turn) => &turn.body,
                Stmt::Block(block) => match block.stmts.first() {
                    Some(first) => first,
                    None => return false,
                },
                Stmt::Switch(switch) => {
                    return state_of(&switch.discriminant).is_some_and(|name| name.sym == parameter.id.sym);
                }
                _ => return false,
            };
        }
    })
}

/// The state on which a machine turns: `s` of `switch (s.label)`, `switch (s.prev = s.next)`, `switch (s.n)`.
fn state_of(discriminant: &Expr) -> Option<&Ident> {
    let of = |member: &MemberExpr, is_label: fn(&str) -> bool| match (&*member.obj, &member.prop) {
        (Expr::Ident(_), MemberProp::Ident(name)) => is_label(&name.sym),
        _ => false,
    };
    let member = match discriminant {
        Expr::Paren(inner) => return state_of(&inner.expr),
        Expr::Member(member) if of(member, |name| matches!(name, "label" | "n")) => member,
        Expr::Assign(assign) => match &*assign.right {
            Expr::Member(member) if of(member, |name| matches!(name, "next" | "n")) => member,
            _ => return None,
        },
        _ => return None,
    };
    member.obj.as_ident()
}

impl Walker {
    /// A function that turns on its parameter's label is a state machine from here on: what a step hands out comes back at the
    /// next one, as `state.sent()`, `state.sent` or `state.v`.
    pub(super) fn enter_machine(&mut self, discriminant: &Expr) {
        let Some(state) = state_of(discriminant) else { return };
        if let Some(frame) = self.frames.last_mut().filter(|frame| frame.machine.is_none()) {
            frame.machine = Some(state.sym.clone());
            self.resolver.scopes.define(&state.sym, Value::Record(Rc::new(Vec::new())), true);
        }
    }

    /// What a machine's step returns: what it waits for, or the function's own value.
    pub(super) fn step(&mut self, expression: &Expr, state: &Atom) {
        match expression {
            Expr::Paren(inner) => self.step(&inner.expr, state),
            Expr::Seq(list) => {
                for (index, one) in list.exprs.iter().enumerate() {
                    if index + 1 == list.exprs.len() { self.step(one, state) } else { one.visit_with(self) }
                }
            }
            Expr::Cond(choice) => {
                choice.test.visit_with(self);
                self.step(&choice.cons, state);
                self.step(&choice.alt, state);
            }
            // TypeScript's steps: 4 and 5 wait, 2 returns, the others go on elsewhere.
            Expr::Array(step) => {
                step.visit_with(self);
                let mut parts = step.elems.iter().flatten();
                let (Some(kind), Some(value)) = (parts.next(), parts.next()) else { return };
                let Expr::Lit(Lit::Num(kind)) = &*kind.expr else { return };
                let value = self.resolver.value(&value.expr);
                if (4.0..6.0).contains(&kind.value) {
                    self.sent(state, &value);
                } else if (2.0..3.0).contains(&kind.value) {
                    self.given(value);
                }
            }
            // regenerator's.
            other => {
                other.visit_with(self);
                if let Expr::Call(call) = other
                    && let Callee::Expr(callee) = &call.callee
                    && let Some(member) = as_member(callee)
                    && matches!(&*member.obj, Expr::Ident(name) if name.sym == *state)
                {
                    let is_return =
                        matches!(&member.prop, MemberProp::Ident(name) if matches!(&*name.sym, "abrupt" | "a"));
                    if let (true, Some(value)) = (is_return, call.args.get(1)) {
                        let value = self.resolver.value(&value.expr);
                        self.given(value);
                    }
                    return;
                }
                let value = self.resolver.value(other);
                self.sent(state, &value);
            }
        }
    }

    fn given(&mut self, value: Value) {
        if let Some(frame) = self.frames.last_mut() {
            frame.give(value);
        }
    }

    /// What comes back at the next step.
    fn sent(&mut self, state: &Atom, value: &Value) {
        if let Some(Value::Record(fields)) = self.resolver.scopes.lookup_mut(state) {
            let fields = Rc::make_mut(fields);
            for name in ["sent", "v"] {
                match fields.iter_mut().find(|(field, _)| *field == *name) {
                    Some((_, old)) => *old = value.clone(),
                    None => fields.push((Atom::from(name), value.clone())),
                }
            }
        }
    }
}
