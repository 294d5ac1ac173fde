//! Statements, in their order; the branches of a condition that isn't known are both run, each under its condition.

use swc_common::Spanned as _;
use swc_ecma_ast::{Decl, ForHead, IfStmt, Stmt, TryStmt, TsEnumMemberId, VarDecl, VarDeclOrExpr};

use super::super::value::{Condition, Node, Value, both};
use super::interpreter::{Code, Interpreter, Test};

/// How a statement ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next one runs.
    Next,
    /// The function, loop or `switch` is left.
    Leaves,
}

/// Elements of a list that a loop over it is run for.
const MOST_ROUNDS: usize = 100;

impl<'a> Interpreter<'a> {
    pub fn statements(&mut self, statements: &'a [Stmt]) -> Flow {
        for statement in statements {
            self.hoist(statement);
        }
        for statement in statements {
            if self.statement(statement) == Flow::Leaves {
                return Flow::Leaves;
            }
        }
        Flow::Next
    }

    /// Functions are there before the first statement runs.
    pub fn hoist(&mut self, statement: &'a Stmt) {
        if let Stmt::Decl(Decl::Fn(function)) = statement {
            let node = self.function(Code::Function(&function.function), function.ident.span.lo);
            self.bind(&function.ident.sym, node);
        }
    }

    fn block(&mut self, statements: &'a [Stmt]) -> Flow {
        let outer = self.scope;
        self.open_scope(Some(outer));
        let flow = self.statements(statements);
        self.scope = outer;
        flow
    }

    pub fn statement(&mut self, statement: &'a Stmt) -> Flow {
        if self.enter().is_none() {
            return Flow::Leaves;
        }
        let flow = match statement {
            Stmt::Block(block) => self.block(&block.stmts),
            Stmt::Decl(declaration) => {
                self.declaration(declaration);
                Flow::Next
            }
            Stmt::Expr(expression) => {
                self.expression(&expression.expr);
                Flow::Next
            }
            Stmt::Return(give) => {
                let node = match &give.arg {
                    Some(expression) => self.expression(expression),
                    None => Node::new(Value::Undefined, self.place(give.span.lo)),
                };
                self.give_back(node);
                Flow::Leaves
            }
            Stmt::If(branch) => self.branch(branch),
            Stmt::Switch(switch) => self.switch(switch),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::Labeled(labeled) => self.statement(&labeled.body),
            Stmt::Throw(_) | Stmt::Break(_) | Stmt::Continue(_) => Flow::Leaves,
            Stmt::ForOf(each) => {
                let list = self.expression(&each.right);
                self.each(&each.left, &list, &each.body);
                Flow::Next
            }
            Stmt::ForIn(each) => {
                let list = self.opaque(&self.source(each.right.span()), each.right.span().lo);
                self.each(&each.left, &list, &each.body);
                Flow::Next
            }
            Stmt::For(repeat) => {
                if let Some(VarDeclOrExpr::VarDecl(declaration)) = &repeat.init {
                    for declarator in &declaration.decls {
                        let at = declarator.span.lo;
                        let counter = self.opaque(&self.source(declarator.name.span()), at);
                        self.pattern(&declarator.name, counter);
                    }
                }
                self.perhaps(&repeat.body);
                Flow::Next
            }
            Stmt::While(repeat) => {
                self.perhaps(&repeat.body);
                Flow::Next
            }
            Stmt::DoWhile(repeat) => {
                self.perhaps(&repeat.body);
                Flow::Next
            }
            Stmt::Empty(_) | Stmt::Debugger(_) | Stmt::With(_) => Flow::Next,
        };
        self.leave();
        flow
    }

    pub fn declaration(&mut self, declaration: &'a Decl) {
        match declaration {
            Decl::Var(variables) => self.variables(variables),
            Decl::TsEnum(list) => {
                let id = self.new_object(false);
                for (index, member) in list.members.iter().enumerate() {
                    let place = self.place(member.span.lo);
                    let node = match &member.init {
                        Some(expression) => self.expression(expression),
                        None => Node::new(Value::Number(std::rc::Rc::from(index.to_string())), place),
                    };
                    let key = match &member.id {
                        TsEnumMemberId::Ident(name) => name.sym.to_string(),
                        TsEnumMemberId::Str(text) => text.value.to_string_lossy().into_owned(),
                    };
                    let at = node.place;
                    self.heap.put(id, &key, node, at);
                }
                let place = self.place(list.span.lo);
                self.bind(&list.id.sym, Node::new(Value::Object(id), place));
            }
            Decl::Class(class) => {
                let node = self.opaque(&class.ident.sym, class.ident.span.lo);
                self.bind(&class.ident.sym, node);
            }
            _ => {}
        }
    }

    fn variables(&mut self, variables: &'a VarDecl) {
        for declarator in &variables.decls {
            let node = match &declarator.init {
                Some(expression) => self.expression(expression),
                None => Node::new(Value::Undefined, self.place(declarator.span.lo)),
            };
            self.pattern(&declarator.name, node);
        }
    }

    fn branch(&mut self, branch: &'a IfStmt) -> Flow {
        let test = self.expression(&branch.test);
        let text = self.source(branch.test.span());
        let other = branch.alt.as_deref();
        match self.test(&test, &text) {
            Test::Always(true) => self.statement(&branch.cons),
            Test::Always(false) => other.map_or(Flow::Next, |other| self.statement(other)),
            Test::Split { yes, no } => {
                let first = self.under(&yes, |this| this.statement(&branch.cons)).unwrap_or(Flow::Leaves);
                let second = self
                    .under(&no, |this| other.map_or(Flow::Next, |other| this.statement(other)))
                    .unwrap_or(Flow::Leaves);
                self.after(first, &yes, second, &no)
            }
        }
    }

    /// What comes after two branches runs under the condition of the one that was not left.
    pub fn after(&mut self, first: Flow, yes: &[Condition], second: Flow, no: &[Condition]) -> Flow {
        let rest = match (first, second) {
            (Flow::Leaves, Flow::Leaves) => return Flow::Leaves,
            (Flow::Next, Flow::Next) => return Flow::Next,
            (Flow::Leaves, Flow::Next) => no,
            (Flow::Next, Flow::Leaves) => yes,
        };
        match both(&self.path, rest) {
            Some(path) => {
                self.path = path;
                Flow::Next
            }
            None => Flow::Leaves,
        }
    }

    /// A body that runs some number of times, perhaps never.
    fn perhaps(&mut self, body: &'a Stmt) {
        let line = self.place(body.span().lo).position.line;
        let condition = Condition::new(&format!("the loop on line {line} runs"));
        self.under(&[condition], |this| this.statement(body));
    }

    fn each(&mut self, head: &'a ForHead, list: &Node, body: &'a Stmt) {
        let elements: Option<Vec<Node>> = match &list.value {
            Value::Object(id) => self
                .heap
                .get(*id)
                .filter(|object| object.is_array && object.open.is_none() && object.entries.len() <= MOST_ROUNDS)
                .map(|object| object.entries.iter().map(|entry| entry.node.clone()).collect()),
            _ => None,
        };
        let outer = self.scope;
        if let Some(elements) = elements {
            for element in elements {
                self.open_scope(Some(outer));
                self.head(head, element);
                self.statement(body);
                self.scope = outer;
            }
        } else {
            self.open_scope(Some(outer));
            self.head(head, Node::unknown("it is set in a loop", list.place));
            self.perhaps(body);
            self.scope = outer;
        }
    }

    fn head(&mut self, head: &'a ForHead, node: Node) {
        if let ForHead::VarDecl(variables) = head
            && let Some(declarator) = variables.decls.first()
        {
            self.pattern(&declarator.name, node);
        }
    }

    /// `try`: its block, and its `catch` under the contrary condition.
    fn attempt(&mut self, attempt: &'a TryStmt) -> Flow {
        let line = self.place(attempt.span.lo).position.line;
        let mut works = Condition::new(&format!("the `try` on line {line} succeeds"));
        works.negated = std::rc::Rc::from(format!("the `try` on line {line} fails"));
        let (yes, no) = ([works.clone()], [works.not()]);
        let first = self.under(&yes, |this| this.block(&attempt.block.stmts)).unwrap_or(Flow::Leaves);
        let second = self.under(&no, |this| match &attempt.handler {
            Some(handler) => {
                if let Some(Pat::Ident(name)) = &handler.param {
                    let node = this.opaque(&name.id.sym, name.id.span.lo);
                    this.bind(&name.id.sym, node);
                }
                this.block(&handler.body.stmts)
            }
            None => Flow::Next,
        });
        let flow = self.after(first, &yes, second.unwrap_or(Flow::Leaves), &no);
        match &attempt.finalizer {
            Some(last) if self.block(&last.stmts) == Flow::Leaves => Flow::Leaves,
            _ => flow,
        }
    }
}

use swc_ecma_ast::Pat;
