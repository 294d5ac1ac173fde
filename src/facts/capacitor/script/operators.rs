//! Operators of two values.

use std::rc::Rc;

use swc_common::Spanned as _;
use swc_ecma_ast::{BinExpr, BinaryOp, UnaryExpr, UnaryOp};

use super::super::value::{Case, Condition, Node, Place, Unknown, Value, both};
use super::expressions::concatenated;
use super::interpreter::{Interpreter, Test};

impl<'a> Interpreter<'a> {
    pub fn binary(&mut self, binary: &'a BinExpr) -> Node {
        let place = self.place(binary.span.lo);
        match binary.op {
            BinaryOp::LogicalAnd | BinaryOp::LogicalOr | BinaryOp::NullishCoalescing => self.logical(binary, place),
            BinaryOp::EqEq | BinaryOp::EqEqEq => self.equality(binary, place, false),
            BinaryOp::NotEq | BinaryOp::NotEqEq => self.equality(binary, place, true),
            BinaryOp::Add => {
                let left = self.expression(&binary.left);
                let right = self.expression(&binary.right);
                if (number(&left).is_some() || number(&right).is_some())
                    && let (Some(one), Some(other)) = (number(&left), number(&right))
                {
                    return Node::new(Value::Number(Rc::from((one + other).to_string())), place);
                }
                concatenated(&left, &right, place)
            }
            _ => {
                let left = self.expression(&binary.left);
                let right = self.expression(&binary.right);
                let text = self.source(binary.span);
                match (number(&left), number(&right)) {
                    (Some(one), Some(other)) => arithmetic(binary.op, one, other)
                        .map_or_else(|| self.opaque(&text, binary.span.lo), |value| Node::new(value, place)),
                    _ if compares(binary.op) => self.boolean(&self.opaque(&text, binary.span.lo), &text, place, false),
                    _ => self.opaque(&text, binary.span.lo),
                }
            }
        }
    }

    pub fn signed(&mut self, unary: &'a UnaryExpr, place: Place) -> Node {
        let inner = self.expression(&unary.arg);
        match number(&inner) {
            Some(value) if unary.op == UnaryOp::Minus => {
                Node::new(Value::Number(Rc::from((-value).to_string())), place)
            }
            Some(_) => inner,
            None => self.opaque(&self.source(unary.span), unary.span.lo),
        }
    }

    fn logical(&mut self, binary: &'a BinExpr, place: Place) -> Node {
        let left = self.expression(&binary.left);
        let text = self.source(binary.left.span());
        let cases = match left.value {
            Value::Either(cases) => cases,
            _ => vec![Case { when: Vec::new(), node: left }],
        };
        let mut results = Vec::new();
        for case in cases {
            // Which value the operator gives: the left one where this holds, the right one elsewhere.
            let (keeps_left, right) = match (binary.op, self.test(&case.node, &text)) {
                (BinaryOp::NullishCoalescing, _) if nullish(&case.node) == Some(true) => (None, Some(Vec::new())),
                (BinaryOp::NullishCoalescing, _) if nullish(&case.node) == Some(false) => (Some(Vec::new()), None),
                (BinaryOp::NullishCoalescing, _) => {
                    let subject = unknown_text(&case.node).unwrap_or_else(|| text.clone());
                    let mut set = Condition::new(&format!("{subject} != null"));
                    set.negated = Rc::from(format!("{subject} == null"));
                    (Some(vec![set.clone()]), Some(vec![set.not()]))
                }
                (_, Test::Always(truth)) => {
                    if truth == (binary.op == BinaryOp::LogicalOr) {
                        (Some(Vec::new()), None)
                    } else {
                        (None, Some(Vec::new()))
                    }
                }
                (BinaryOp::LogicalAnd, Test::Split { yes, no }) => (Some(no), Some(yes)),
                (_, Test::Split { yes, no }) => (Some(yes), Some(no)),
            };
            if let Some(more) = right
                && let Some(when) = both(&case.when, &more)
                && let Some(node) = self.under(&when, |this| this.expression(&binary.right))
            {
                results.push(Case { when, node });
            }
            if let Some(more) = keeps_left
                && let Some(when) = both(&case.when, &more)
            {
                let falsy = binary.op == BinaryOp::LogicalAnd && case.node.truth().is_none();
                let from_environment = unknown_text(&case.node).is_some_and(|text| text.starts_with("process.env."));
                let node = match falsy {
                    // Not set, in practice; an empty text is as good as none.
                    true if from_environment => Node::new(Value::Undefined, case.node.place),
                    true => Node::new(Value::Falsy, case.node.place),
                    false => case.node,
                };
                // The left value comes first for `||`, as it is read.
                let index =
                    if binary.op == BinaryOp::LogicalAnd { results.len() } else { results.len().saturating_sub(1) };
                results.insert(index.min(results.len()), Case { when, node });
            }
        }
        Node::either(results, place)
    }

    fn equality(&mut self, binary: &'a BinExpr, place: Place, negate: bool) -> Node {
        let left = self.expression(&binary.left);
        let right = self.expression(&binary.right);
        let source = self.source(binary.span);
        let loose = matches!(binary.op, BinaryOp::EqEq | BinaryOp::NotEq);
        let cases = |node: &Node| match &node.value {
            Value::Either(cases) => cases.clone(),
            _ => vec![Case { when: Vec::new(), node: node.clone() }],
        };
        let mut results = Vec::new();
        let answer = |value: bool| Node::new(Value::Bool(value != negate), place);
        for one in cases(&left) {
            for other in cases(&right) {
                let Some(when) = both(&one.when, &other.when) else { continue };
                if let Some(equal) = equal(&one.node, &other.node, loose) {
                    results.push(Case { when, node: answer(equal) });
                    continue;
                }
                let condition = match (unknown_text(&one.node), literal(&other.node)) {
                    (Some(subject), Some(literal)) => Condition::equal(&Rc::from(subject), &literal),
                    _ => match (unknown_text(&other.node), literal(&one.node)) {
                        (Some(subject), Some(literal)) => Condition::equal(&Rc::from(subject), &literal),
                        _ if negate => Condition::new(&source).not_source(),
                        _ => Condition::new(&source),
                    },
                };
                for (condition, value) in [(condition.clone(), true), (condition.not(), false)] {
                    if let Some(when) = both(&when, &[condition]) {
                        results.push(Case { when, node: answer(value) });
                    }
                }
            }
        }
        Node::either(results, place)
    }
}

impl Condition {
    /// A condition that is written as its contrary.
    fn not_source(self) -> Self {
        Self { text: self.negated, negated: self.text, ..self }
    }
}

pub(super) fn unknown_text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Unknown(Unknown { text: Some(text), .. }) => Some(text.to_string()),
        _ => None,
    }
}

fn literal(node: &Node) -> Option<String> {
    Some(match &node.value {
        Value::Text(text) => format!("'{}'", crate::model::printable(text, 60)),
        Value::Number(text) => text.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Null => "null".to_owned(),
        Value::Undefined => "undefined".to_owned(),
        _ => return None,
    })
}

fn nullish(node: &Node) -> Option<bool> {
    match node.value {
        Value::Undefined | Value::Null => Some(true),
        Value::Unknown(_) | Value::Falsy | Value::Either(_) | Value::Package(_) => None,
        _ => Some(false),
    }
}

fn equal(one: &Node, other: &Node, loose: bool) -> Option<bool> {
    let simple = |value: &Value| {
        !matches!(value, Value::Unknown(_) | Value::FileText(_) | Value::Falsy | Value::Package(_) | Value::Either(_))
    };
    if !simple(&one.value) || !simple(&other.value) {
        return None;
    }
    if let (Some(one), Some(other)) = (number(one), number(other)) {
        return Some((one - other).abs() < f64::EPSILON);
    }
    if loose {
        let (one_null, other_null) = (nullish(one), nullish(other));
        if one_null == Some(true) || other_null == Some(true) {
            return Some(one_null == other_null);
        }
        if std::mem::discriminant(&one.value) != std::mem::discriminant(&other.value) {
            return None;
        }
    }
    Some(one.value == other.value)
}

fn number(node: &Node) -> Option<f64> {
    if let Value::Number(text) = &node.value { text.parse().ok() } else { None }
}

const fn compares(operator: BinaryOp) -> bool {
    matches!(
        operator,
        BinaryOp::Lt | BinaryOp::LtEq | BinaryOp::Gt | BinaryOp::GtEq | BinaryOp::In | BinaryOp::InstanceOf
    )
}

fn arithmetic(operator: BinaryOp, one: f64, other: f64) -> Option<Value> {
    let number = match operator {
        BinaryOp::Sub => one - other,
        BinaryOp::Mul => one * other,
        BinaryOp::Div => one / other,
        BinaryOp::Mod => one % other,
        BinaryOp::Exp => one.powf(other),
        BinaryOp::Lt => return Some(Value::Bool(one < other)),
        BinaryOp::LtEq => return Some(Value::Bool(one <= other)),
        BinaryOp::Gt => return Some(Value::Bool(one > other)),
        BinaryOp::GtEq => return Some(Value::Bool(one >= other)),
        _ => return None,
    };
    number.is_finite().then(|| Value::Number(Rc::from(number.to_string())))
}
