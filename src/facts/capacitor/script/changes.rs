//! Assignments and deletions: what happens to a configuration after its literal.

use swc_common::Spanned as _;
use swc_ecma_ast::{
    AssignExpr, AssignOp, AssignTarget, AssignTargetPat, Expr, MemberExpr, OptChainBase, SimpleAssignTarget,
};

use super::super::value::{Node, Place, Value};
use super::calls::bare;
use super::expressions::concatenated;
use super::interpreter::{Interpreter, Test};

/// Where an assignment goes.
enum Goal<'a> {
    Name(&'a str),
    Member(&'a MemberExpr),
    Nothing,
}

impl<'a> Interpreter<'a> {
    pub fn assignment(&mut self, assignment: &'a AssignExpr) -> Node {
        let goal = match &assignment.left {
            AssignTarget::Simple(target) => goal_of(target),
            AssignTarget::Pat(pattern) => {
                let node = self.expression(&assignment.right);
                match pattern {
                    AssignTargetPat::Object(object) => self.object_pattern(object, &node, false),
                    AssignTargetPat::Array(array) => self.array_pattern(array, &node, false),
                    AssignTargetPat::Invalid(_) => {}
                }
                return node;
            }
        };
        let at = self.place(bare(&assignment.right).span().lo);
        let place = self.place(assignment.span.lo);
        if assignment.op == AssignOp::Assign {
            let node = self.expression(&assignment.right);
            self.store(&goal, &node, at);
            return node;
        }
        let old = match &goal {
            Goal::Name(name) => self.name(name, assignment.span.lo),
            Goal::Member(member) => {
                let object = self.expression(&member.obj);
                match self.key(&member.prop) {
                    Some(key) => self.get(&object, &key, place),
                    None => Node::unknown("its key isn't known", place),
                }
            }
            Goal::Nothing => return Node::new(Value::Undefined, place),
        };
        let text = self.source(assignment.left.span());
        let wanted = match assignment.op {
            AssignOp::AndAssign => true,
            AssignOp::OrAssign | AssignOp::NullishAssign => false,
            AssignOp::AddAssign => {
                let right = self.expression(&assignment.right);
                let node = concatenated(&old, &right, place);
                self.store(&goal, &node, at);
                return node;
            }
            _ => {
                let node = self.opaque(&self.source(assignment.span), assignment.span.lo);
                self.store(&goal, &node, at);
                return node;
            }
        };
        match self.test(&old, &text) {
            Test::Always(truth) if truth != wanted => old,
            Test::Always(_) => {
                let node = self.expression(&assignment.right);
                self.store(&goal, &node, at);
                node
            }
            Test::Split { yes, no } => {
                let when = if wanted { yes } else { no };
                let stored = self.under(&when, |this| {
                    let node = this.expression(&assignment.right);
                    this.store(&goal, &node, at);
                    node
                });
                stored.unwrap_or(old)
            }
        }
    }

    fn store(&mut self, goal: &Goal<'a>, node: &Node, at: Place) {
        match goal {
            Goal::Name(name) => self.assign_variable(name, node.clone()),
            Goal::Member(member) => {
                let object = self.expression(&member.obj);
                let key = self.key(&member.prop);
                let text = self.source(member.span);
                self.store_at(&object, key.as_deref(), node, at, &text);
            }
            Goal::Nothing => {}
        }
    }

    /// Sets a key of an object, in all its cases; an unknown key may be any.
    pub fn store_at(&mut self, object: &Node, key: Option<&str>, node: &Node, at: Place, text: &str) {
        match &object.value {
            Value::Object(id) => match key {
                Some(key) => self.set(*id, key, node.clone(), at),
                None => self.heap.cloud(*id, &format!("`{text}` sets a key that isn't known")),
            },
            Value::Either(cases) => {
                for case in cases {
                    let when = case.when.clone();
                    self.under(&when, |this| this.store_at(&case.node, key, node, at, text));
                }
            }
            _ => {}
        }
    }

    pub fn delete(&mut self, target: &'a Expr) {
        let at = self.place(target.span().lo);
        if let Goal::Member(member) = goal_of_expression(target) {
            self.store(&Goal::Member(member), &Node::new(Value::Undefined, at), at);
        }
    }
}

fn goal_of(target: &SimpleAssignTarget) -> Goal<'_> {
    match target {
        SimpleAssignTarget::Ident(name) => Goal::Name(&name.id.sym),
        SimpleAssignTarget::Member(member) => Goal::Member(member),
        SimpleAssignTarget::Paren(inner) => goal_of_expression(&inner.expr),
        SimpleAssignTarget::TsAs(inner) => goal_of_expression(&inner.expr),
        SimpleAssignTarget::TsNonNull(inner) => goal_of_expression(&inner.expr),
        SimpleAssignTarget::TsSatisfies(inner) => goal_of_expression(&inner.expr),
        SimpleAssignTarget::TsTypeAssertion(inner) => goal_of_expression(&inner.expr),
        _ => Goal::Nothing,
    }
}

fn goal_of_expression(expression: &Expr) -> Goal<'_> {
    match expression {
        Expr::Ident(name) => Goal::Name(&name.sym),
        Expr::Member(member) => Goal::Member(member),
        Expr::Paren(inner) => goal_of_expression(&inner.expr),
        Expr::TsAs(inner) => goal_of_expression(&inner.expr),
        Expr::TsNonNull(inner) => goal_of_expression(&inner.expr),
        Expr::TsSatisfies(inner) => goal_of_expression(&inner.expr),
        Expr::TsTypeAssertion(inner) => goal_of_expression(&inner.expr),
        Expr::OptChain(chain) => match &*chain.base {
            OptChainBase::Member(member) => Goal::Member(member),
            OptChainBase::Call(_) => Goal::Nothing,
        },
        _ => Goal::Nothing,
    }
}
