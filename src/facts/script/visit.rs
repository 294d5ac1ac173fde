//! The nodes of the tree at which the walk stops to look.

use swc_atoms::Atom;
use swc_common::Spanned as _;
use swc_ecma_ast::{
    ArrayLit, ArrowExpr, ArrowFunctionBody, AssignExpr, AssignOp, AssignTarget, AwaitExpr, BinExpr, BinaryOp,
    BindingIdent, BlockStmt, CallExpr, Callee, CatchClause, Class, CondExpr, Constructor, ExportAll, Expr, FnDecl,
    FnExpr, ForOfStmt, Function, Ident, IfStmt, ImportDecl, ImportSpecifier, Lit, MemberExpr, MemberProp,
    ModuleExportName, NamedExport, NewExpr, OptCall, Pat, ReturnStmt, SimpleAssignTarget, Str, SwitchStmt, Tpl,
    TplElement, VarDecl, VarDeclKind, VarDeclarator, YieldExpr,
};
use swc_ecma_visit::{Visit, VisitWith as _};

use super::apply;
use super::awaited::helped;
use super::calling::begins_javascript;
use super::fold::{Owner, bare, promise};
use super::names::Known;
use super::uses::Way;
use super::value::{Value, assigned_member};
use super::walk::{Received, Walker, offset};
use super::{AddressRole, SiteKind};

/// Shorter texts are not looked at: `data-webpack` is the shortest that matters.
const SHORTEST_TEXT: usize = 12;

impl Visit for Walker {
    fn visit_str(&mut self, text: &Str) {
        // Most texts are too short for anything that is looked for.
        if text.value.len() >= SHORTEST_TEXT {
            self.text(&text.value.to_string_lossy(), offset(text.span.lo));
        }
    }

    fn visit_tpl_element(&mut self, part: &TplElement) {
        if let Some(text) = &part.cooked
            && text.len() >= SHORTEST_TEXT
        {
            self.text(&text.to_string_lossy(), offset(part.span.lo));
        }
    }

    fn visit_ident(&mut self, name: &Ident) {
        if let Some(Value::Function(function)) = self.resolver.scopes.lookup(&name.sym) {
            let function = *function;
            self.resolver.functions.escape(function);
        }
    }

    fn visit_binding_ident(&mut self, _: &BindingIdent) {}

    fn visit_call_expr(&mut self, call: &CallExpr) {
        let at = offset(call.span.lo);
        let piped = self.piped.take();
        self.walked.plugins.call(call, self.resolver.scopes.is_outside());
        self.walked.calls.call(call);
        let mut received = None;
        let mut collected = false;
        match &call.callee {
            Callee::Import(_) => {
                let first = call.args.first().map(|argument| self.resolver.value(&argument.expr));
                self.sites.address(SiteKind::DynamicImport, first.as_ref(), at);
            }
            Callee::Super(_) => self.super_call(&call.args, at),
            Callee::Expr(callee) => {
                received = self.call_sites(callee, &call.args, at);
                match &**callee {
                    // The callee is used once, as a call.
                    Expr::Member(member) => {
                        self.uses(member, Way::Call);
                        self.walked.plugins.member(member);
                        self.below(member);
                        collected = received.is_none()
                            && matches!(&member.prop, MemberProp::Ident(name) if matches!(&*name.sym, "map" | "call" | "apply" | "forEach" | "filter" | "find" | "some" | "reduce" | "flatMap"));
                    }
                    Expr::Ident(name) => {
                        let scopes = &self.resolver.scopes;
                        self.walked.uses.global(&name.sym, at, |name| scopes.is_global(name));
                        collected =
                            matches!(scopes.lookup(&name.sym), Some(Value::Function(_) | Value::Parameter(..)) | None);
                    }
                    other => {
                        if matches!(bare(other), Expr::Fn(_) | Expr::Arrow(_)) {
                            self.received = Received::All(self.resolver.arguments(&call.args));
                        }
                        other.visit_with(self);
                        self.received = Received::Named;
                    }
                }
            }
        }
        // `source.pipe(map(f), tap(g))`: the functions of the steps receive what goes through them.
        if let (Some(value), Some("pipe")) = (&received, method_of(&call.callee)) {
            for argument in &call.args {
                self.piped = Some(value.clone());
                argument.visit_with(self);
            }
            self.piped = None;
            return;
        }
        let received = received.or(piped);
        // What a compiler's helper is given is called as a function of the script is.
        let has_function = !collected && received.is_none() && call.args.iter().any(|one| one.expr.is_fn_expr());
        if has_function && let Callee::Expr(callee) = &call.callee {
            collected = helped(bare(callee), &call.args).is_some();
        }
        self.visit_arguments(&call.args, received.as_ref(), collected);
    }

    fn visit_await_expr(&mut self, expression: &AwaitExpr) {
        self.awaits_outside |= self.frames.is_empty();
        self.asked(&expression.arg);
        expression.visit_children_with(self);
    }

    fn visit_tpl(&mut self, template: &Tpl) {
        self.host_of_parts(template);
        template.visit_children_with(self);
    }

    fn visit_array_lit(&mut self, array: &ArrayLit) {
        self.link_constants(array);
        array.visit_children_with(self);
    }

    fn visit_for_of_stmt(&mut self, statement: &ForOfStmt) {
        self.awaits_outside |= statement.is_await && self.frames.is_empty();
        self.resolver.scopes.enter(false);
        let value = match self.promising(&statement.right) {
            Value::List(list) => apply::one_of(&list),
            // An element of what is known later is as foreign as the whole.
            value if value.is_foreign() || value.is_later() => value,
            _ => Value::Unknown,
        };
        statement.right.visit_with(self);
        match &statement.left {
            swc_ecma_ast::ForHead::VarDecl(declaration) => {
                for declarator in &declaration.decls {
                    self.bind(&declarator.name, &value, declaration.kind == VarDeclKind::Var);
                }
            }
            swc_ecma_ast::ForHead::Pat(pattern) => self.bind(pattern, &value, true),
            swc_ecma_ast::ForHead::UsingDecl(_) => {}
        }
        statement.body.visit_with(self);
        self.resolver.scopes.leave();
    }

    fn visit_new_expr(&mut self, new: &NewExpr) {
        let at = offset(new.span.lo);
        let arguments = new.args.as_deref().unwrap_or_default();
        let mut received = None;
        let callee = match self.resolver.value(&new.callee) {
            // `new e.window.Worker(address)`
            value if (value == Value::Unknown || value.is_later()) && names_worker(&new.callee) => {
                Value::Known(Known::Worker)
            }
            value => value,
        };
        match callee {
            function @ (Value::Known(Known::FunctionConstructor | Known::Worker) | Value::Bound(_)) => {
                let values = self.resolver.arguments(arguments);
                self.sites.call(&mut self.resolver.functions, &function, &values, false, at);
            }
            Value::Known(Known::Promise) => {
                let id = promise(new.span.lo);
                self.resolver.functions.returned(id, vec![Value::Parameter(id, 0)]);
                received = Some(Value::Function(id));
            }
            Value::Class(class) => {
                let values = self.resolver.arguments(arguments);
                let constructor = apply::member(&Value::Instance(class), &Atom::from("constructor"));
                self.resolver.functions.later_call(constructor, values, at);
            }
            later if later.is_later() => {
                let values = self.resolver.arguments(arguments);
                self.resolver.functions.later_call(later, values, at);
            }
            _ => {}
        }
        if let Expr::Member(member) = &*new.callee
            && super::value::object_name(&member.obj) == Some("WebAssembly")
        {
            self.sites.webassembly.push(at);
        }
        if let Expr::Ident(name) = &*new.callee
            && matches!(&*name.sym, "WebSocket" | "EventSource")
        {
            let first = arguments.first().map(|first| self.resolver.value(&first.expr));
            self.address(first, AddressRole::Contacted, at);
        }
        match &*new.callee {
            Expr::Ident(name) => {
                let scopes = &self.resolver.scopes;
                self.walked.uses.global(&name.sym, at, |name| scopes.is_global(name));
            }
            Expr::Member(member) => {
                self.uses(member, Way::Call);
                new.callee.visit_with(self);
            }
            _ => new.callee.visit_with(self),
        }
        self.visit_arguments(arguments, received.as_ref(), false);
    }

    fn visit_assign_expr(&mut self, assign: &AssignExpr) {
        if let Some((member, name)) = assigned_member(&assign.left) {
            self.assign_member(member, &name, assign);
        } else if let AssignTarget::Simple(SimpleAssignTarget::Member(member)) = &assign.left {
            let key = self.resolver.key(&member.prop, 24);
            if assign.op == AssignOp::Assign
                && let Expr::Ident(list) = &*member.obj
                && matches!(self.resolver.scopes.lookup(&list.sym), Some(Value::List(_)))
            {
                let value = self.promising(&assign.right);
                if value.is_foreign() {
                    self.grow(&member.obj, "push", &[value]);
                }
            }
            if let Some(name) = self.resolver.force(key).to_text().filter(|name| name.len() < 40) {
                self.assign_member(member, &Atom::from(&*name), assign);
            }
        }
        match &assign.left {
            AssignTarget::Simple(SimpleAssignTarget::Ident(name)) => {
                let value = match assign.op {
                    AssignOp::Assign => self.promising(&assign.right),
                    AssignOp::AddAssign => {
                        let old = self.resolver.scopes.lookup(&name.id.sym).cloned().unwrap_or(Value::Unknown);
                        super::value::add(&old, &self.promising(&assign.right))
                    }
                    _ => Value::Unknown,
                };
                if name.id.sym == *"onmessage" {
                    self.received = Received::Value(Value::Network("a message"));
                    if let Value::Function(function) = value {
                        self.resolver.functions.call(function, &[Value::Network("a message")]);
                    }
                } else if name.id.sym == *"location" && self.resolver.scopes.is_global(&name.id.sym) {
                    if begins_javascript(&assign.right) {
                        self.sites.code(SiteKind::JavascriptUrl, vec![value.clone()], offset(assign.span.lo));
                    }
                    self.sites.open(Some(&value), offset(assign.span.lo));
                } else {
                    if let (Expr::Fn(_) | Expr::Arrow(_), true) = (&*assign.right, self.resolver.scopes.is_outside()) {
                        self.resolver.declare(&name.id.sym, assign.right.span().lo);
                    }
                    self.resolver.scopes.assign(&name.id.sym, value);
                }
            }
            AssignTarget::Pat(pattern) => {
                let value = self.promising(&assign.right);
                let pattern: Pat = pattern.clone().into();
                self.bind(&pattern, &value, true);
            }
            AssignTarget::Simple(_) => {}
        }
        assign.right.visit_with(self);
        self.received = Received::Named;
        assign.left.visit_with(self);
    }

    fn visit_opt_call(&mut self, call: &OptCall) {
        self.walked.plugins.optional_call(call);
        self.walked.calls.optional_call(call);
        let received = self.call_sites(&call.callee, &call.args, offset(call.span.lo));
        call.callee.visit_with(self);
        self.visit_arguments(&call.args, received.as_ref(), false);
    }

    fn visit_if_stmt(&mut self, statement: &IfStmt) {
        statement.test.visit_with(self);
        self.walked.calls.enter(&statement.test);
        statement.cons.visit_with(self);
        statement.alt.visit_with(self);
        self.walked.calls.leave();
    }

    fn visit_cond_expr(&mut self, choice: &CondExpr) {
        choice.test.visit_with(self);
        self.walked.calls.enter(&choice.test);
        choice.cons.visit_with(self);
        choice.alt.visit_with(self);
        self.walked.calls.leave();
    }

    fn visit_bin_expr(&mut self, binary: &BinExpr) {
        binary.left.visit_with(self);
        let decides = matches!(binary.op, BinaryOp::LogicalAnd | BinaryOp::LogicalOr | BinaryOp::NullishCoalescing);
        if decides {
            self.walked.calls.enter(&binary.left);
        }
        binary.right.visit_with(self);
        if decides {
            self.walked.calls.leave();
        }
    }

    fn visit_member_expr(&mut self, member: &MemberExpr) {
        self.walked.plugins.member(member);
        self.uses(member, Way::Read);
        if let Some(name) = self.below(member) {
            self.visit_ident(name);
        }
    }

    fn visit_var_decl(&mut self, declaration: &VarDecl) {
        let of_function = declaration.kind == VarDeclKind::Var;
        for declarator in &declaration.decls {
            self.walked.plugins.declarator(declarator);
            self.walked.calls.declarator(declarator);
            self.walked.uses.declarator(declarator);
            self.declarator(declarator, of_function);
            declarator.init.visit_with(self);
            if !declarator.name.is_ident() {
                declarator.name.visit_with(self);
            }
        }
    }

    fn visit_function(&mut self, function: &Function) {
        self.enter_function(function.span.lo, function.params.iter().map(|parameter| &parameter.pat));
        let owner = match self.resolver.owners.last() {
            Some(Owner::Class(class)) => Owner::Class(*class),
            _ => Owner::Unknown,
        };
        self.resolver.owners.push(owner);
        let inner = self.resolver.function(function.span.lo);
        let outer = std::mem::replace(&mut self.resolver.current, inner);
        // What runs a generator that stands as an expression hands back what it yields.
        let is_run = std::mem::take(&mut self.is_expression) && !function.is_async;
        if let Some(frame) = self.frames.last_mut().filter(|_| function.is_generator && !is_run) {
            frame.yields = true;
        }
        for parameter in &function.params {
            parameter.visit_with(self);
        }
        if let Some(body) = &function.body {
            self.hoist(&body.stmts);
            body.stmts.visit_with(self);
        }
        self.resolver.current = outer;
        self.resolver.owners.pop();
        self.leave_function();
    }

    fn visit_constructor(&mut self, constructor: &Constructor) {
        let parameters = constructor.params.iter().filter_map(|parameter| parameter.as_param());
        self.enter_function(constructor.span.lo, parameters.map(|parameter| &parameter.pat));
        if let Some(body) = &constructor.body {
            self.hoist(&body.stmts);
            body.stmts.visit_with(self);
        }
        self.leave_function();
    }

    fn visit_arrow_expr(&mut self, arrow: &ArrowExpr) {
        self.enter_function(arrow.span.lo, arrow.params.iter());
        for parameter in &arrow.params {
            parameter.visit_with(self);
        }
        match &*arrow.body {
            ArrowFunctionBody::FunctionBody(body) => {
                self.hoist(&body.stmts);
                body.stmts.visit_with(self);
            }
            ArrowFunctionBody::Expr(expression) => {
                expression.visit_with(self);
                self.returns(expression);
            }
        }
        self.leave_function();
    }

    fn visit_return_stmt(&mut self, statement: &ReturnStmt) {
        let Some(expression) = &statement.arg else { return };
        if let Some(state) = self.frames.last().and_then(|frame| frame.machine.clone()) {
            return self.step(expression, &state);
        }
        // What it sets on its way holds for what it returns.
        expression.visit_with(self);
        self.returns(expression);
    }

    fn visit_switch_stmt(&mut self, statement: &SwitchStmt) {
        self.enter_machine(&statement.discriminant);
        statement.visit_children_with(self);
    }

    fn visit_yield_expr(&mut self, expression: &YieldExpr) {
        expression.visit_children_with(self);
        if let (Some(value), Some(true)) = (&expression.arg, self.frames.last().map(|frame| frame.yields)) {
            self.returns(value);
        }
    }

    fn visit_block_stmt(&mut self, block: &BlockStmt) {
        self.resolver.scopes.enter(false);
        self.hoist(&block.stmts);
        block.stmts.visit_with(self);
        self.resolver.scopes.leave();
    }

    fn visit_catch_clause(&mut self, clause: &CatchClause) {
        self.resolver.scopes.enter(false);
        if let Some(parameter) = &clause.param {
            self.bind(parameter, &Value::Unknown, false);
        }
        clause.body.visit_with(self);
        self.resolver.scopes.leave();
    }

    fn visit_class(&mut self, class: &Class) {
        class.super_class.visit_with(self);
        self.enter_class(class);
        class.decorators.visit_with(self);
        class.body.visit_with(self);
        self.resolver.owners.pop();
    }

    fn visit_class_decl(&mut self, declaration: &swc_ecma_ast::ClassDecl) {
        declaration.class.visit_with(self);
    }

    fn visit_fn_decl(&mut self, declaration: &FnDecl) {
        self.received = Received::Named;
        declaration.function.visit_with(self);
    }

    fn visit_fn_expr(&mut self, expression: &FnExpr) {
        self.is_expression = true;
        if let Some(name) = &expression.ident {
            let function = self.resolver.function(expression.function.span.lo);
            self.resolver.scopes.enter(false);
            self.resolver.scopes.define(&name.sym, Value::Function(function), false);
            expression.function.visit_with(self);
            self.resolver.scopes.leave();
        } else {
            expression.function.visit_with(self);
        }
    }

    fn visit_import_decl(&mut self, import: &ImportDecl) {
        self.source(&import.src);
        for specifier in &import.specifiers {
            let (local, name) = match specifier {
                ImportSpecifier::Named(named) => match &named.imported {
                    Some(ModuleExportName::Ident(imported)) => (&named.local, &imported.sym),
                    _ => (&named.local, &named.local.sym),
                },
                ImportSpecifier::Default(default) => (&default.local, &default.local.sym),
                ImportSpecifier::Namespace(namespace) => (&namespace.local, &namespace.local.sym),
            };
            // Plugins and clients come under their own names.
            let value = match super::names::known(name) {
                Some(known @ (Known::Http | Known::Files)) => Value::Known(known),
                _ => Value::Unknown,
            };
            self.resolver.scopes.define(&local.sym, value, false);
        }
    }

    fn visit_export_all(&mut self, export: &ExportAll) {
        self.source(&export.src);
    }

    fn visit_named_export(&mut self, export: &NamedExport) {
        match &export.src {
            Some(source) => self.source(source),
            None => export.visit_children_with(self),
        }
    }
}

/// The name of the method that is called.
fn method_of(callee: &Callee) -> Option<&str> {
    match callee {
        Callee::Expr(callee) => match &**callee {
            Expr::Member(member) => member.prop.as_ident().map(|name| &*name.sym),
            _ => None,
        },
        Callee::Super(_) | Callee::Import(_) => None,
    }
}

/// `x.window.Worker`, `self.SharedWorker`.
fn names_worker(callee: &Expr) -> bool {
    matches!(callee, Expr::Member(member)
        if matches!(&member.prop, MemberProp::Ident(name) if matches!(&*name.sym, "Worker" | "SharedWorker"))
            && matches!(super::value::object_name(&member.obj), Some("window" | "self" | "globalThis" | "global")))
}

impl Walker {
    fn declarator(&mut self, declarator: &VarDeclarator, of_function: bool) {
        let Some(init) = declarator.init.as_deref() else {
            // Only a later assignment tells.
            if let (Pat::Ident(name), false) = (&declarator.name, self.frames.is_empty()) {
                self.resolver.scopes.define(&name.id.sym, Value::Undefined, of_function);
            } else if let Pat::Ident(name) = &declarator.name {
                self.resolver.scopes.define(&name.id.sym, Value::Undefined, true);
            }
            return;
        };
        match &declarator.name {
            Pat::Ident(name) => {
                let value = match init {
                    Expr::Arrow(arrow) => Value::Function(self.resolver.declare(&name.id.sym, arrow.span.lo)),
                    Expr::Fn(function) => {
                        Value::Function(self.resolver.declare(&name.id.sym, function.function.span.lo))
                    }
                    Expr::Lit(Lit::Null(_)) => Value::Undefined,
                    init => self.promising(init),
                };
                self.resolver.scopes.define(&name.id.sym, value, of_function);
            }
            pattern => {
                let value = self.promising(init);
                self.bind(pattern, &value, of_function);
            }
        }
    }
}
