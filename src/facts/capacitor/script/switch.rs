//! `switch`: each case runs under its own condition, and what falls through runs under several.

use swc_common::Spanned as _;
use swc_ecma_ast::{Stmt, SwitchStmt};

use super::super::value::{Case, Condition, Node, Value};
use super::interpreter::{Interpreter, Test};
use super::operators::unknown_text;
use super::statements::Flow;

/// The most cases that are followed.
const MOST_CASES: usize = 64;

impl<'a> Interpreter<'a> {
    pub fn switch(&mut self, switch: &'a SwitchStmt) -> Flow {
        let subject = self.expression(&switch.discriminant);
        let words = unknown_text(&subject).unwrap_or_else(|| self.source(switch.discriminant.span()));
        let outer = self.scope;
        self.open_scope(Some(outer));
        let mut none_before: Vec<Condition> = Vec::new();
        let mut flows = Vec::new();
        let mut default = None;
        let mut decided = false;
        for (index, case) in switch.cases.iter().enumerate().take(MOST_CASES) {
            let Some(test) = &case.test else {
                default = Some(index);
                continue;
            };
            let value = self.expression(test);
            let text = self.source(test.span());
            let (yes, no) = match self.matches(&subject, &value, &words, &text) {
                Test::Always(false) => continue,
                Test::Always(true) => (Vec::new(), None),
                Test::Split { yes, no } => (yes, Some(no)),
            };
            let mut when = none_before.clone();
            when.extend(yes);
            let Some(when) = super::super::value::both(&[], &when) else { continue };
            let flow = self.under(&when, |this| this.cases(switch, index));
            flows.push(flow.unwrap_or(Flow::Leaves));
            match no {
                Some(no) => none_before.extend(no),
                None => {
                    decided = true;
                    break;
                }
            }
        }
        if !decided {
            let flow = match default {
                Some(index) => self.under(&none_before, |this| this.cases(switch, index)),
                None => Some(Flow::Next),
            };
            flows.push(flow.unwrap_or(Flow::Leaves));
        }
        self.scope = outer;
        if flows.iter().all(|flow| *flow == Flow::Leaves) { Flow::Leaves } else { Flow::Next }
    }

    fn matches(&mut self, subject: &Node, value: &Node, words: &str, text: &str) -> Test {
        let place = value.place;
        let answer = |truth: bool| Node::new(Value::Bool(truth), place);
        let one = |node: &Node| -> Option<Node> {
            match (&node.value, &value.value) {
                (Value::Unknown(_) | Value::FileText(_) | Value::Package(_) | Value::Falsy, _)
                | (_, Value::Unknown(_) | Value::FileText(_) | Value::Package(_) | Value::Falsy | Value::Either(_)) => {
                    None
                }
                (subject, value) => Some(answer(subject == value)),
            }
        };
        let decided = match &subject.value {
            Value::Either(cases) => cases
                .iter()
                .map(|case| Some(Case { when: case.when.clone(), node: one(&case.node)? }))
                .collect::<Option<Vec<_>>>()
                .map(|cases| Node::either(cases, place)),
            _ => one(subject),
        };
        let condition = Condition::equal(&std::rc::Rc::from(words), text);
        match decided {
            Some(node) => self.test(&node, &condition.text),
            None => Test::Split { yes: vec![condition.clone()], no: vec![condition.not()] },
        }
    }

    /// The statements of a case and of those that it falls through to. `break` ends the `switch`, not the function.
    fn cases(&mut self, switch: &'a SwitchStmt, first: usize) -> Flow {
        for case in switch.cases.iter().skip(first).take(MOST_CASES) {
            for statement in &case.cons {
                if self.statement(statement) == Flow::Leaves {
                    return if ends_in_break(statement) { Flow::Next } else { Flow::Leaves };
                }
            }
        }
        Flow::Next
    }
}

fn ends_in_break(statement: &Stmt) -> bool {
    match statement {
        Stmt::Break(_) => true,
        Stmt::Block(block) => block.stmts.iter().any(ends_in_break),
        Stmt::If(branch) => ends_in_break(&branch.cons) || branch.alt.as_deref().is_some_and(ends_in_break),
        _ => false,
    }
}
