//! Calls of the configuration's own functions.

use swc_ecma_ast::{ArrowFunctionBody, ExprOrSpread, Pat};

use super::super::value::{Case, FunctionId, Node, Place, Value};
use super::interpreter::{Code, Frame, Interpreter, MOST_CALLS};
use super::statements::Flow;

impl<'a> Interpreter<'a> {
    /// The values of a call's arguments; those after a spread aren't known.
    pub fn arguments(&mut self, arguments: &'a [ExprOrSpread]) -> Vec<Node> {
        arguments
            .iter()
            .take_while(|argument| argument.spread.is_none())
            .map(|argument| self.expression(&argument.expr))
            .collect()
    }

    pub fn call_function(&mut self, id: FunctionId, arguments: &[Node], at: Place) -> Node {
        let Some(closure) = self.functions.get(id).copied() else { return Node::new(Value::Undefined, at) };
        if self.frames.len() >= MOST_CALLS || self.enter().is_none() {
            return Node::unknown("its functions call each other too deeply to be followed", at);
        }
        let (scope, module) = (self.scope, self.module);
        self.module = closure.module;
        self.open_scope(Some(closure.scope));
        let path = self.path.clone();
        self.frames.push(Frame { returns: Vec::new(), path: path.clone() });
        let result = match closure.code {
            Code::Function(function) => {
                for (index, parameter) in function.params.iter().enumerate() {
                    self.parameter(&parameter.pat, arguments, index, at);
                }
                let statements = function.body.as_ref().map_or(&[][..], |body| &body.stmts);
                self.body(statements, at)
            }
            Code::Arrow(arrow) => {
                for (index, parameter) in arrow.params.iter().enumerate() {
                    self.parameter(parameter, arguments, index, at);
                }
                match &*arrow.body {
                    ArrowFunctionBody::Expr(expression) => self.expression(expression),
                    ArrowFunctionBody::FunctionBody(body) => self.body(&body.stmts, at),
                }
            }
        };
        self.frames.pop();
        self.path = path;
        self.scope = scope;
        self.module = module;
        self.leave();
        result
    }

    fn parameter(&mut self, pattern: &'a Pat, arguments: &[Node], index: usize, at: Place) {
        let given = arguments.get(index).cloned().unwrap_or_else(|| Node::new(Value::Undefined, at));
        self.pattern(pattern, given);
    }

    fn body(&mut self, statements: &'a [swc_ecma_ast::Stmt], at: Place) -> Node {
        let flow = self.statements(statements);
        if flow == Flow::Next {
            self.give_back(Node::new(Value::Undefined, at));
        }
        let cases = self.frames.last_mut().map(|frame| std::mem::take(&mut frame.returns)).unwrap_or_default();
        Node::either(cases, at)
    }

    /// Returns a value from the function that runs, under the conditions that came up within it.
    pub fn give_back(&mut self, node: Node) {
        let path = &self.path;
        if let Some(frame) = self.frames.last_mut() {
            let when = path.iter().filter(|condition| !frame.path.contains(condition)).cloned().collect();
            frame.returns.push(Case { when, node });
        }
    }
}
