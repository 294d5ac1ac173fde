//! Names that are set within the expression that uses them: `(t = answer.data) === null || t === void 0 ? void 0 : t.code`, as
//! compilers write `answer.data?.code` for older targets.

use std::cell::{Cell, RefCell};

use swc_atoms::Atom;
use swc_ecma_ast::{AssignOp, AssignTarget, BinaryOp, CondExpr, Expr, SimpleAssignTarget, UnaryOp};

use super::fold::Resolver;
use super::value::{Value, either};

/// Names held at once; chains in chains are not deeper.
const MOST_HELD: u32 = 40;

/// The names, the innermost last.
#[derive(Default)]
pub struct Held {
    count: Cell<u32>,
    names: RefCell<Vec<(Atom, Value)>>,
}

impl Held {
    /// What a name holds here; most of the time nothing is held.
    pub fn get(&self, name: &Atom) -> Option<Value> {
        if self.count.get() == 0 {
            return None;
        }
        self.names.borrow().iter().rev().find(|(held, _)| held == name).map(|(_, value)| value.clone())
    }
}

impl Resolver {
    /// `test ? one : other`.
    pub(super) fn choice(&self, choice: &CondExpr, depth: u32) -> Value {
        let both = || either(self.fold(&choice.cons, depth), self.fold(&choice.alt, depth));
        self.holding(&choice.test, depth, both)
    }

    /// What an expression comes to behind a test that sets a name.
    pub(super) fn holding(&self, test: &Expr, depth: u32, then: impl FnOnce() -> Value) -> Value {
        let Some((name, value)) = set_in(test).filter(|_| self.held.count.get() < MOST_HELD) else { return then() };
        let value = self.fold(value, depth);
        self.held.names.borrow_mut().push((name.clone(), value));
        self.held.count.set(self.held.count.get() + 1);
        let found = then();
        self.held.names.borrow_mut().pop();
        self.held.count.set(self.held.count.get().saturating_sub(1));
        found
    }
}

/// The name that a test sets, and to what.
fn set_in(test: &Expr) -> Option<(&Atom, &Expr)> {
    match test {
        Expr::Paren(inner) => set_in(&inner.expr),
        Expr::Assign(assign) if assign.op == AssignOp::Assign => match &assign.left {
            AssignTarget::Simple(SimpleAssignTarget::Ident(name)) => Some((&name.id.sym, &assign.right)),
            _ => None,
        },
        Expr::Bin(binary) => match binary.op {
            BinaryOp::LogicalOr | BinaryOp::LogicalAnd => set_in(&binary.left),
            BinaryOp::EqEq | BinaryOp::EqEqEq | BinaryOp::NotEq | BinaryOp::NotEqEq => {
                set_in(&binary.left).or_else(|| set_in(&binary.right))
            }
            _ => None,
        },
        Expr::Unary(unary) if unary.op == UnaryOp::Bang => set_in(&unary.arg),
        _ => None,
    }
}
