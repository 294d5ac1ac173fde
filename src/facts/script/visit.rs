//! The nodes of the tree at which the walk stops to look.

use swc_common::Spanned as _;
use swc_ecma_ast::{
    ArrowExpr, ArrowFunctionBody, AssignExpr, AssignOp, AssignTarget, AwaitExpr, BinExpr, BinaryOp, BindingIdent,
    BlockStmt, CallExpr, Callee, CatchClause, Class, CondExpr, Constructor, ExportAll, Expr, ExprOrSpread, FnDecl,
    FnExpr, ForOfStmt, Function, Ident, IfStmt, ImportDecl, ImportSpecifier, Lit, MemberExpr, MemberProp, NamedExport,
    NewExpr, OptCall, Pat, ReturnStmt, SimpleAssignTarget, Str, TplElement, VarDecl, VarDeclKind, VarDeclarator,
};
use swc_ecma_visit::{Visit, VisitWith as _};

use super::apply;
use super::fold::{Owner, as_member, bare, promise};
use super::names::Known;
use super::sites::is_watched;
use super::uses::Way;
use super::value::{Operation, Value, assigned_member};
use super::walk::{Received, Walker, offset};
use super::{AddressRole, SiteKind};

/// Shorter texts are not looked at: `data-webpack` is the shortest that matters.
const SHORTEST_TEXT: usize = 12;

impl Walker {
    /// What stands within a chain of members; the shorter chains within it are no uses of their own. Gives the name with
    /// which it begins.
    fn below<'a>(&mut self, member: &'a MemberExpr) -> Option<&'a Ident> {
        let mut member = member;
        loop {
            if let MemberProp::Computed(computed) = &member.prop {
                computed.visit_with(self);
            }
            match &*member.obj {
                Expr::Member(inner) => {
                    self.walked.plugins.member(inner);
                    member = inner;
                }
                Expr::Ident(name) => return Some(name),
                other => {
                    other.visit_with(self);
                    return None;
                }
            }
        }
    }

    fn uses(&mut self, member: &MemberExpr, way: Way) {
        let scopes = &self.resolver.scopes;
        self.walked.uses.member(member, way, offset(member.span.lo), |name| scopes.is_global(name));
    }

    /// The sites of a call, and what its callbacks receive.
    fn call_sites(&mut self, callee: &Expr, arguments: &[ExprOrSpread], at: usize) -> Option<Value> {
        let called = bare(callee);
        if let Some(member) = as_member(called) {
            return self.method_sites(member, arguments, at);
        }
        if let Expr::Ident(name) = called
            && name.sym == *"addEventListener"
        {
            let values = self.resolver.arguments(arguments);
            let is_message = matches!(values.first(), Some(Value::Text(event)) if &**event == "message");
            let received = is_message.then_some(Value::Network("a message"))?;
            self.hand_on(&values, &received, at);
            return Some(received);
        }
        let function = self.resolver.callee(called);
        if let Value::PluginMethod(method) = &function {
            self.plugin_call(&method.0, &method.1, arguments, at);
            self.walked.uses.plugin(&method.0, &method.1, at);
            return None;
        }
        if function == Value::Known(Known::Open) {
            let first = arguments.first().map(|first| self.resolver.value(&first.expr));
            self.walked.uses.address(first.as_ref(), AddressRole::Linked, at);
        }
        if function == Value::Known(Known::Fetch) {
            let first = arguments.first().map(|first| self.resolver.value(&first.expr));
            self.walked.uses.address(first.as_ref(), AddressRole::Contacted, at);
        }
        if !apply::is_callable(&function) {
            return None;
        }
        if matches!(function, Value::Known(known) if !matters(known)) {
            return None;
        }
        let values = self.resolver.arguments(arguments);
        if matches!(function, Value::Known(Known::Open)) && values.is_empty() {
            return None;
        }
        let direct = matches!(callee, Expr::Ident(_));
        self.sites.call(&mut self.resolver.functions, &function, &values, direct, at);
        None
    }

    fn plugin_call(&mut self, plugin: &str, name: &str, arguments: &[ExprOrSpread], at: usize) {
        let argument = arguments.first().map(|first| super::calls::range(first.expr.span()));
        self.walked.calls.plugin(plugin, name, argument, at);
    }

    /// What a method does with an address.
    fn method_address(&mut self, member: &MemberExpr, object: &Value, name: &str, values: &[Value], at: usize) {
        let url = |value: Option<&Value>| match value {
            Some(Value::Record(_)) => value.map(|fields| apply::member(fields, "url")),
            value => value.cloned(),
        };
        let is_browser = || match object {
            Value::Plugin(name) => matches!(&**name, "Browser" | "InAppBrowser"),
            _ => matches!(super::value::object_name(&member.obj), Some("Browser" | "InAppBrowser")),
        };
        let (value, role) = match (object, name) {
            (Value::Known(Known::Window), "fetch") | (_, "sendBeacon") => (url(values.first()), AddressRole::Contacted),
            (
                Value::Known(Known::Http),
                "get" | "post" | "put" | "patch" | "delete" | "request" | "sendRequest" | "create",
            ) => {
                let base =
                    values.first().filter(|first| matches!(first, Value::Record(_))).filter(|_| name == "create");
                (
                    base.map_or_else(|| url(values.first()), |base| Some(apply::member(base, "baseURL"))),
                    AddressRole::Contacted,
                )
            }
            (Value::Known(Known::Window), "open") | (Value::Known(Known::Location), "assign" | "replace") => {
                (values.first().cloned(), AddressRole::Linked)
            }
            (_, "open") if is_browser() => (url(values.first()), AddressRole::Linked),
            (_, "open") if values.len() >= 2 => (values.get(1).cloned(), AddressRole::Contacted),
            _ => return,
        };
        self.walked.uses.address(value.as_ref(), role, at);
    }

    fn method_sites(&mut self, member: &MemberExpr, arguments: &[ExprOrSpread], at: usize) -> Option<Value> {
        let object = self.resolver.value(&member.obj);
        let key = match &member.prop {
            MemberProp::Ident(name) => {
                if matches!(object, Value::Unknown | Value::Undefined | Value::Function(_) | Value::Record(_))
                    && !is_watched(&name.sym)
                    && !matches!(object, Value::Function(_) | Value::Record(_))
                {
                    return None;
                }
                Value::text(&name.sym)
            }
            MemberProp::PrivateName(name) => Value::text(&name.name),
            MemberProp::Computed(_) => {
                let key = self.resolver.key(&member.prop, 24);
                self.resolver.force(key)
            }
        };
        let values = self.resolver.arguments(arguments);
        let Value::Text(name) = key else {
            let function = apply::index(&object, &key);
            let hidden = object == Value::Known(Known::Window) && self.resolver.rotates && function == Value::Unknown;
            if hidden {
                self.sites.code(SiteKind::IndirectEval, vec![Value::Unknown], at);
            }
            if matches!(function, Value::Known(_) | Value::Function(_)) || function.is_later() {
                self.sites.call(&mut self.resolver.functions, &function, &values, false, at);
            }
            return None;
        };
        if let Value::Plugin(plugin) = &object {
            self.plugin_call(plugin, &name, arguments, at);
            if !matches!(&*member.obj, Expr::Ident(_)) {
                self.walked.uses.plugin(plugin, &name, at);
            }
        }
        self.method_address(member, &object, &name, &values, at);
        if &*name == "push" && matches!(values.first(), Some(Value::OneOf(_))) {
            self.resolver.rotates = true;
        }
        let object = if is_watched(&name) { self.resolver.force(object) } else { object };
        // The methods of a parameter are seldom the script's own.
        let is_field = matches!(&object, Value::Later(later) if matches!(later.operation, Operation::Field(..)));
        if !object.is_later() || is_field || is_watched(&name) || matches!(&*name, "call" | "apply") {
            self.sites.method(&mut self.resolver.functions, &object, &name, &values, at);
        }
        if matches!((&object, &*name), (Value::Known(Known::WebAssembly), _)) {
            return None;
        }
        if let Value::List(list) = &object
            && matches!(&*name, "map" | "forEach" | "filter" | "find" | "some" | "reduce" | "flatMap")
        {
            for value in &values {
                if let Value::Function(function) = value {
                    for element in list.iter().take(200) {
                        self.resolver.functions.call(*function, std::slice::from_ref(element));
                    }
                }
            }
        }
        let received = Self::received_by(member, &object, &name, &values)?;
        self.hand_on(&values, &received, at);
        Some(received)
    }

    /// Functions by name among the arguments receive what inline ones do.
    fn hand_on(&mut self, values: &[Value], received: &Value, at: usize) {
        for value in values {
            match value {
                Value::Function(function) => {
                    self.resolver.functions.call(*function, std::slice::from_ref(received));
                }
                Value::Known(Known::Eval | Known::FunctionConstructor) | Value::Bound(_) => {
                    self.sites.call(&mut self.resolver.functions, value, std::slice::from_ref(received), false, at);
                }
                _ => {}
            }
        }
    }

    /// What callbacks among the arguments receive: what the promise or the event brings.
    fn received_by(member: &MemberExpr, object: &Value, name: &str, values: &[Value]) -> Option<Value> {
        let is_message =
            || matches!(values.first(), Some(Value::Text(event)) if matches!(&**event, "message" | "data"));
        match name {
            "addListener" => match values.first() {
                Some(Value::Text(event)) if &**event == "appUrlOpen" => Some(Value::User("a link that opens the app")),
                Some(Value::Text(event)) if event.contains("otification") => Some(Value::Network("a push message")),
                _ => None,
            },
            "addEventListener" | "on" if *object == Value::Known(Known::SocketObject) => {
                Some(Value::Network("a message"))
            }
            "addEventListener" | "on" | "once" if is_message() => Some(Value::Network("a message")),
            "then" | "subscribe" | "forEach" | "map" | "filter" | "find" | "some" | "flatMap" | "done" | "success"
            | "reduce" | "pipe" => match object {
                foreign if foreign.is_foreign() || foreign.is_later() => Some(object.clone()),
                Value::Text(_) if name == "then" => Some(object.clone()),
                _ => None,
            },
            "get" | "post" | "ajax" | "getJSON" | "sendRequest" => {
                let is_jquery = matches!(&*member.obj, Expr::Ident(name) if matches!(&*name.sym, "$" | "jQuery"));
                (is_jquery || *object == Value::Known(Known::Http)).then_some(Value::Network("an HTTP request"))
            }
            _ => None,
        }
    }

    fn assign_member(&mut self, member: &MemberExpr, name: &str, assign: &AssignExpr) {
        let at = offset(assign.span.lo);
        if assign.op == AssignOp::Assign || matches!(name, "innerHTML" | "outerHTML" | "text" | "textContent") {
            let is_sink = matches!(
                name,
                "src"
                    | "text"
                    | "textContent"
                    | "innerHTML"
                    | "innerText"
                    | "outerHTML"
                    | "srcdoc"
                    | "href"
                    | "location"
                    | "action"
                    | "xlink:href"
            );
            let is_own = matches!(&*member.obj, Expr::Ident(_) | Expr::This(_));
            if is_sink || is_own {
                let value = self.promising(&assign.right);
                if is_sink {
                    let object = self.resolver.value(&member.obj);
                    let object = self.resolver.force(object);
                    if matches!(name, "href" | "src" | "location") && begins_javascript(&assign.right) {
                        self.sites.code(SiteKind::JavascriptUrl, vec![value.clone()], at);
                    }
                    if matches!(name, "href" | "location") {
                        self.walked.uses.address(Some(&value), AddressRole::Linked, at);
                    }
                    self.sites.assign(&object, name, &value, at);
                }
                // A script element that holds data runs nothing.
                if name == "type"
                    && let (Expr::Ident(object), Value::Text(kind)) = (&*member.obj, &value)
                    && self.resolver.scopes.lookup(&object.sym) == Some(&Value::Script)
                    && kind.contains("json")
                {
                    self.resolver.scopes.assign(&object.sym, Value::Unknown);
                }
                if is_own && value != Value::Unknown {
                    self.set_field(&member.obj, name, value);
                }
            }
        }
        if name.starts_with("on") {
            let received = match name {
                "onmessage" => Value::Network("a message"),
                _ => return,
            };
            if let Value::Function(function) = self.resolver.value(&assign.right) {
                self.resolver.functions.call(function, std::slice::from_ref(&received));
            }
            self.received = Received::Value(received);
        }
    }

    fn set_field(&mut self, object: &Expr, name: &str, value: Value) {
        match object {
            Expr::This(_) => {
                if let Some(Owner::Class(class)) = self.resolver.owners.last() {
                    self.resolver.functions.field(*class, name, value);
                }
            }
            Expr::Ident(object) => match self.resolver.scopes.lookup_mut(&object.sym) {
                Some(Value::Record(fields)) if fields.len() < 300 => {
                    std::rc::Rc::make_mut(fields).push((std::rc::Rc::from(name), value));
                }
                Some(held @ (Value::Unknown | Value::Undefined)) => {
                    *held = Value::Record(std::rc::Rc::new(vec![(std::rc::Rc::from(name), value)]));
                }
                Some(_) => {}
                None => {
                    let is_worth =
                        value.is_foreign() || matches!(value, Value::Known(_) | Value::Function(_) | Value::Script);
                    if is_worth && super::names::known(&object.sym).is_none() {
                        let fields = Value::Record(std::rc::Rc::new(vec![(std::rc::Rc::from(name), value)]));
                        self.resolver.scopes.define(&object.sym, fields, true);
                    }
                }
            },
            _ => {}
        }
    }

    /// Walks arguments; functions among them receive `received`.
    fn visit_arguments(&mut self, arguments: &[ExprOrSpread], received: Option<&Value>, collected: bool) {
        for argument in arguments {
            self.received = match received {
                Some(value) => Received::Value(value.clone()),
                None if collected => Received::Named,
                None => Received::Value(Value::Unknown),
            };
            if !matches!(&*argument.expr, Expr::Arrow(_) | Expr::Fn(_)) {
                self.received = Received::Named;
            }
            argument.visit_with(self);
        }
        self.received = Received::Named;
    }
}

/// Whether a sum or a template begins with `javascript:`, and something that is not constant follows.
fn begins_javascript(expression: &Expr) -> bool {
    let mut first = expression;
    loop {
        first = match first {
            Expr::Bin(binary) => &binary.left,
            Expr::Paren(inner) => &inner.expr,
            Expr::Tpl(template) => {
                return !template.exprs.is_empty()
                    && template.quasis.first().is_some_and(|part| part.raw.starts_with("javascript:"));
            }
            Expr::Lit(Lit::Str(text)) => {
                return !expression.is_lit() && text.value.as_str().is_some_and(|text| text.starts_with("javascript:"));
            }
            _ => return false,
        };
    }
}

/// Whether a call of it can be a site.
const fn matters(known: Known) -> bool {
    matches!(
        known,
        Known::Eval | Known::FunctionConstructor | Known::ImportScripts | Known::Timer | Known::Worker | Known::Open
    )
}

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
        self.walked.plugins.call(call);
        self.walked.calls.call(call);
        let mut received = None;
        let mut collected = false;
        match &call.callee {
            Callee::Import(_) => {
                let first = call.args.first().map(|argument| self.resolver.value(&argument.expr));
                self.sites.address(SiteKind::DynamicImport, first.as_ref(), at);
            }
            Callee::Super(_) => {}
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
        self.visit_arguments(&call.args, received.as_ref(), collected);
    }

    fn visit_await_expr(&mut self, expression: &AwaitExpr) {
        self.awaits_outside |= self.frames.is_empty();
        expression.visit_children_with(self);
    }

    fn visit_for_of_stmt(&mut self, statement: &ForOfStmt) {
        self.awaits_outside |= statement.is_await && self.frames.is_empty();
        self.resolver.scopes.enter(false);
        let value = match self.promising(&statement.right) {
            Value::List(list) => apply::one_of(&list),
            foreign if foreign.is_foreign() => foreign,
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
        match self.resolver.value(&new.callee) {
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
                let constructor = apply::member(&Value::Instance(class), "constructor");
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
            self.walked.uses.address(first.as_ref(), AddressRole::Contacted, at);
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
            self.assign_member(member, name, assign);
        } else if let AssignTarget::Simple(SimpleAssignTarget::Member(member)) = &assign.left {
            let key = self.resolver.key(&member.prop, 24);
            if let Some(name) = self.resolver.force(key).to_text().filter(|name| name.len() < 40) {
                self.assign_member(member, &name, assign);
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
        for parameter in &function.params {
            parameter.visit_with(self);
        }
        if let Some(body) = &function.body {
            self.hoist(&body.stmts);
            body.stmts.visit_with(self);
        }
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
                self.returns(expression);
                expression.visit_with(self);
            }
        }
        self.leave_function();
    }

    fn visit_return_stmt(&mut self, statement: &ReturnStmt) {
        if let Some(expression) = &statement.arg {
            self.returns(expression);
            expression.visit_with(self);
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
            let local = match specifier {
                ImportSpecifier::Named(named) => &named.local,
                ImportSpecifier::Default(default) => &default.local,
                ImportSpecifier::Namespace(namespace) => &namespace.local,
            };
            // Plugins and clients come under their own names.
            let value = match super::names::known(&local.sym) {
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
