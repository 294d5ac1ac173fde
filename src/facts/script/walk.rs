//! The one walk over a script's tree that all detectors share.

use swc_atoms::Atom;
use swc_common::BytePos;
use swc_ecma_ast::{
    ArrowExpr, AssignExpr, AssignTarget, AwaitExpr, BinExpr, BinaryOp, CallExpr, Callee, CatchClause, ClassDecl,
    CondExpr, Constructor, ExportAll, Expr, FnDecl, ForOfStmt, Function, IfStmt, ImportDecl, ImportSpecifier, Lit,
    MemberExpr, MemberProp, ModuleItem, NamedExport, NewExpr, OptCall, Pat, Program, Prop, PropOrSpread,
    SimpleAssignTarget, Str, TplElement, VarDeclarator,
};
use swc_ecma_visit::{Visit, VisitWith as _};

use super::calls::Calls;
use super::plugins::Plugins;
use super::uses::{Uses, Way};
use super::value::{Scopes, Value, address_of, assigned_member, object_name};
use super::{Origin, SiteKind};
use crate::facts::keys::{PrivateKeyFact, private_keys_in_text};
use crate::facts::secrets::{SecretFact, secrets};
use crate::model::printable;

/// Sites kept of one script; a script with more says so.
const MOST_SITES: usize = 2_000;
/// Shorter texts are not looked at: `data-webpack` is the shortest that matters.
const SHORTEST_TEXT: usize = 12;
/// Shorter texts hold no secret.
const SHORTEST_SECRET: usize = 16;
/// Shorter texts hold no private key.
const SHORTEST_KEY: usize = 64;

/// What the walk saw; offsets are bytes from the script's begin.
#[derive(Default)]
pub struct Walked {
    pub sites: Vec<Site>,
    pub sites_cut: bool,
    pub webassembly: Vec<usize>,
    pub secrets: Vec<(usize, SecretFact)>,
    pub keys: Vec<(usize, PrivateKeyFact)>,
    pub plugins: Plugins,
    pub calls: Calls,
    pub uses: Uses,
}

impl Walked {
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty()
            && self.webassembly.is_empty()
            && self.secrets.is_empty()
            && self.keys.is_empty()
            && self.plugins.is_empty()
            && self.calls.is_empty()
            && self.uses.is_empty()
    }
}

/// A site, before it is placed.
pub struct Site {
    pub kind: SiteKind,
    pub origin: Origin,
    pub offset: usize,
    pub idiom: Option<&'static str>,
}

/// The byte offset of a position of swc's, which counts from 1.
pub fn offset(position: BytePos) -> usize {
    usize::try_from(position.0.saturating_sub(1)).unwrap_or(usize::MAX)
}

/// Walks `program` once.
pub fn walk(program: &Program) -> Walked {
    let mut walker = Walker::new();
    program.visit_with(&mut walker);
    walker.finish()
}

/// A walk over the statements of one script, in their order.
pub struct Walker {
    walked: Walked,
    scopes: Scopes,
    /// What the first parameter of the next function holds, when its caller is known.
    received: Option<Value>,
    /// An `await` stood outside of all functions.
    pub awaits_outside: bool,
    /// For each open function: the first of its sites, and whether it is a bundler's chunk loader.
    loaders: Vec<(usize, bool)>,
}

impl Walker {
    /// A walk that has seen nothing yet.
    pub fn new() -> Self {
        let mut walker = Self {
            walked: Walked::default(),
            scopes: Scopes::default(),
            received: None,
            awaits_outside: false,
            loaders: Vec::new(),
        };
        walker.scopes.enter();
        walker
    }

    /// Walks the script's next statement.
    pub fn item(&mut self, item: &ModuleItem) {
        item.visit_with(self);
    }

    /// What was seen.
    pub fn finish(self) -> Walked {
        self.walked
    }

    fn site(&mut self, kind: SiteKind, origin: Origin, at: usize) {
        if self.walked.sites.len() >= MOST_SITES {
            self.walked.sites_cut = true;
            return;
        }
        let idiom = match &origin {
            Origin::Constant { text } if kind == SiteKind::FunctionConstructor && is_global_shim(text) => {
                Some("the global object shim of many libraries")
            }
            _ => None,
        };
        self.walked.sites.push(Site { kind, origin, offset: at, idiom });
    }

    fn address_site(&mut self, kind: SiteKind, argument: Option<&Expr>, at: usize) {
        let Some(argument) = argument else { return };
        let origin = self.scopes.address(argument);
        // Chunks of the bundle itself are the normal case and would drown the rest.
        if !matches!(origin, Origin::SameOrigin { .. }) {
            self.site(kind, origin, at);
        }
    }

    /// A site whose arguments are code.
    fn code_site<'a>(&mut self, kind: SiteKind, arguments: impl Iterator<Item = &'a Expr>, at: usize) {
        let mut texts = Vec::new();
        let mut unknown = false;
        for argument in arguments {
            match self.scopes.value(argument) {
                Value::Network(source) => {
                    return self.site(kind, Origin::NetworkDerived { source: source.to_owned() }, at);
                }
                Value::Text(text) => texts.push(text),
                Value::Prefix(_) | Value::Script | Value::Blob | Value::Local | Value::Unknown => unknown = true,
            }
        }
        let origin =
            if unknown { Origin::Unknown } else { Origin::Constant { text: printable(&texts.join(", "), 200) } };
        self.site(kind, origin, at);
    }

    fn is_browsers(&self, callee: &Expr, name: &str) -> bool {
        match callee {
            Expr::Ident(ident) => ident.sym == *name && self.scopes.is_global(&ident.sym),
            Expr::Paren(inner) => self.is_browsers(&inner.expr, name),
            Expr::Seq(list) => list.exprs.last().is_some_and(|last| self.is_browsers(last, name)),
            Expr::Member(member) => {
                let named = match &member.prop {
                    MemberProp::Ident(ident) => ident.sym == *name,
                    MemberProp::Computed(computed) => {
                        matches!(self.scopes.value(&computed.expr), Value::Text(text) if text == name)
                    }
                    MemberProp::PrivateName(_) => false,
                };
                named && is_global_object(&member.obj)
            }
            _ => false,
        }
    }

    fn call_sites(&mut self, call: &CallExpr) {
        let at = offset(call.span.lo);
        let mut arguments = call.args.iter().map(|argument| &*argument.expr);
        let callee = match &call.callee {
            Callee::Import(_) => return self.address_site(SiteKind::DynamicImport, arguments.next(), at),
            Callee::Expr(callee) => &**callee,
            Callee::Super(_) => return,
        };
        match callee {
            Expr::Ident(name) => match &*name.sym {
                "eval" if self.scopes.is_global(&name.sym) => {
                    self.code_site(SiteKind::DirectEval, arguments.take(1), at);
                }
                "Function" if self.scopes.is_global(&name.sym) => {
                    self.code_site(SiteKind::FunctionConstructor, arguments, at);
                }
                "importScripts" if self.scopes.is_global(&name.sym) => {
                    for argument in arguments {
                        self.address_site(SiteKind::ImportScripts, Some(argument), at);
                    }
                }
                "setTimeout" | "setInterval" => self.timer(arguments.next(), at),
                _ => {}
            },
            Expr::Member(_) | Expr::Paren(_) | Expr::Seq(_) => self.method_sites(callee, call, at),
            _ => {}
        }
    }

    /// Calls of the browser's own functions by another way than their name; whether it was one.
    fn indirect_site(&mut self, callee: &Expr, call: &CallExpr, at: usize) -> bool {
        if matches!(callee, Expr::Member(member) if !is_global_object(&member.obj)) {
            return false;
        }
        let mut arguments = call.args.iter().map(|argument| &*argument.expr);
        if self.is_browsers(callee, "eval") {
            self.code_site(SiteKind::IndirectEval, arguments.take(1), at);
        } else if self.is_browsers(callee, "Function") {
            self.code_site(SiteKind::FunctionConstructor, arguments, at);
        } else if self.is_browsers(callee, "importScripts") {
            self.address_site(SiteKind::ImportScripts, arguments.next(), at);
        } else if self.is_browsers(callee, "setTimeout") || self.is_browsers(callee, "setInterval") {
            self.timer(arguments.next(), at);
        } else {
            return false;
        }
        true
    }

    fn method_sites(&mut self, callee: &Expr, call: &CallExpr, at: usize) {
        let mut arguments = call.args.iter().map(|argument| &*argument.expr);
        if self.indirect_site(callee, call, at) {
            return;
        }
        let Expr::Member(member) = callee else { return };
        let MemberProp::Ident(name) = &member.prop else { return };
        match (&*name.sym, object_name(&member.obj)) {
            ("register", Some("serviceWorker")) | ("addModule", _) => {
                self.address_site(SiteKind::Worker, arguments.next(), at);
            }
            ("setAttribute", _) => {
                let is_source = arguments.next().is_some_and(
                    |name| matches!(self.scopes.value(name), Value::Text(name) if name.eq_ignore_ascii_case("src")),
                );
                if is_source && self.scopes.value(&member.obj) == Value::Script {
                    self.address_site(SiteKind::ScriptElement, arguments.next(), at);
                }
            }
            ("assign", Some("Object"))
                if arguments.next().is_some_and(|first| self.scopes.value(first) == Value::Script) =>
            {
                if let Some(Expr::Object(object)) = arguments.next() {
                    for property in &object.props {
                        if let PropOrSpread::Prop(property) = property
                            && let Prop::KeyValue(pair) = &**property
                            && pair.key.as_ident().is_some_and(|key| key.sym == *"src")
                        {
                            self.address_site(SiteKind::ScriptElement, Some(&pair.value), at);
                        }
                    }
                }
            }
            ("instantiate" | "instantiateStreaming" | "compile" | "compileStreaming", Some("WebAssembly")) => {
                self.walked.webassembly.push(at);
            }
            _ => {}
        }
    }

    fn timer(&mut self, argument: Option<&Expr>, at: usize) {
        // Only a text is code; a function or a number is not, and a name most likely holds a function.
        if let Some(argument @ (Expr::Lit(Lit::Str(_)) | Expr::Tpl(_) | Expr::Bin(_))) = argument
            && matches!(self.scopes.value(argument), Value::Text(_) | Value::Prefix(_) | Value::Network(_))
        {
            self.code_site(SiteKind::StringTimer, std::iter::once(argument), at);
        }
    }

    /// What a callback among the arguments will receive: what the promise or the event brings.
    fn received_by_callback(&self, call: &CallExpr) -> Option<Value> {
        let Callee::Expr(callee) = &call.callee else { return None };
        let first_is = |text: &str| {
            call.args
                .first()
                .is_some_and(|argument| matches!(&*argument.expr, Expr::Lit(Lit::Str(name)) if name.value == *text))
        };
        match &**callee {
            Expr::Ident(name) if name.sym == *"addEventListener" && first_is("message") => {
                Some(Value::Network("a message"))
            }
            Expr::Member(member) => match &member.prop {
                MemberProp::Ident(name) => match &*name.sym {
                    "addEventListener" if first_is("message") => Some(Value::Network("a message")),
                    "then" => match self.scopes.value(&member.obj) {
                        network @ Value::Network(_) => Some(network),
                        _ => None,
                    },
                    _ => None,
                },
                MemberProp::PrivateName(_) | MemberProp::Computed(_) => None,
            },
            _ => None,
        }
    }

    fn enter_function<'a>(&mut self, parameters: impl Iterator<Item = &'a Pat>) {
        let mut received = self.received.take();
        self.scopes.enter();
        for parameter in parameters {
            let value = received.take().unwrap_or(Value::Unknown);
            self.scopes.shadow_with(parameter, &value);
        }
        self.loaders.push((self.walked.sites.len(), false));
    }

    fn leave_function(&mut self) {
        self.scopes.leave();
        let Some((first, true)) = self.loaders.pop() else { return };
        for site in self.walked.sites.iter_mut().skip(first) {
            if site.kind == SiteKind::ScriptElement && site.origin == Origin::Unknown {
                site.idiom = Some("webpack's chunk loader");
            }
        }
    }

    fn text(&mut self, text: &str, at: usize) {
        self.walked.calls.text(text, at);
        self.walked.uses.text(text, at);
        if text.len() < SHORTEST_SECRET {
            if text == "data-webpack"
                && let Some((_, is_loader)) = self.loaders.last_mut()
            {
                *is_loader = true;
            }
            return;
        }
        for secret in secrets(text) {
            self.walked.secrets.push((at, secret));
        }
        if text.len() >= SHORTEST_KEY {
            for key in private_keys_in_text(text) {
                self.walked.keys.push((at, key));
            }
            // The head of a WebAssembly module in base64.
            if text.starts_with("AGFzbQ") {
                self.walked.webassembly.push(at);
            }
        }
    }

    /// The value of an initialiser, when its shape can hold one that matters.
    fn promising(&self, expression: &Expr) -> Value {
        match expression {
            Expr::Lit(Lit::Str(_))
            | Expr::Tpl(_)
            | Expr::Bin(_)
            | Expr::Call(_)
            | Expr::Await(_)
            | Expr::New(_)
            | Expr::Ident(_)
            | Expr::Member(_)
            | Expr::Cond(_)
            | Expr::Paren(_)
            | Expr::Seq(_)
            | Expr::Assign(_)
            | Expr::OptChain(_) => self.scopes.value(expression),
            _ => Value::Unknown,
        }
    }

    fn source(&mut self, source: &Str) {
        let origin = address_of(Value::Text(source.value.to_string_lossy().into_owned()));
        if matches!(origin, Origin::Remote { .. }) {
            self.site(SiteKind::StaticImport, origin, offset(source.span.lo));
        }
    }

    fn uses(&mut self, member: &MemberExpr, way: Way) {
        let scopes = &self.scopes;
        self.walked.uses.member(member, way, offset(member.span.lo), |name| scopes.is_global(name));
    }

    fn declare(&mut self, name: &Atom) {
        self.scopes.define(name, Value::Unknown);
    }
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

    fn visit_call_expr(&mut self, call: &CallExpr) {
        self.call_sites(call);
        self.walked.plugins.call(call);
        self.walked.calls.call(call);
        match &call.callee {
            // The callee is used once, as a call.
            Callee::Expr(callee) if callee.is_member() => {
                if let Expr::Member(member) = &**callee {
                    self.uses(member, Way::Call);
                    self.walked.plugins.member(member);
                    member.visit_children_with(self);
                }
            }
            Callee::Expr(callee) => {
                if let Expr::Ident(name) = &**callee {
                    let scopes = &self.scopes;
                    self.walked.uses.global(&name.sym, offset(call.span.lo), |name| scopes.is_global(name));
                }
                callee.visit_with(self);
            }
            Callee::Super(_) | Callee::Import(_) => {}
        }
        let received = self.received_by_callback(call);
        for argument in &call.args {
            self.received.clone_from(&received);
            argument.visit_with(self);
        }
        self.received = None;
    }

    fn visit_await_expr(&mut self, expression: &AwaitExpr) {
        self.awaits_outside |= self.loaders.is_empty();
        expression.visit_children_with(self);
    }

    fn visit_for_of_stmt(&mut self, statement: &ForOfStmt) {
        self.awaits_outside |= statement.is_await && self.loaders.is_empty();
        statement.visit_children_with(self);
    }

    fn visit_new_expr(&mut self, new: &NewExpr) {
        let at = offset(new.span.lo);
        let mut arguments = new.args.iter().flatten().map(|argument| &*argument.expr);
        if self.is_browsers(&new.callee, "Function") {
            self.code_site(SiteKind::FunctionConstructor, arguments, at);
        } else if self.is_browsers(&new.callee, "Worker") || self.is_browsers(&new.callee, "SharedWorker") {
            self.address_site(SiteKind::Worker, arguments.next(), at);
        } else if let Expr::Member(member) = &*new.callee
            && object_name(&member.obj) == Some("WebAssembly")
        {
            self.walked.webassembly.push(at);
        }
        match &*new.callee {
            Expr::Ident(name) => {
                let scopes = &self.scopes;
                self.walked.uses.global(&name.sym, at, |name| scopes.is_global(name));
            }
            Expr::Member(member) => self.uses(member, Way::Call),
            _ => {}
        }
        new.visit_children_with(self);
    }

    fn visit_assign_expr(&mut self, assign: &AssignExpr) {
        if let Some((member, name)) = assigned_member(&assign.left) {
            if name == "src" && self.scopes.value(&member.obj) == Value::Script {
                self.address_site(SiteKind::ScriptElement, Some(&assign.right), offset(assign.span.lo));
            }
            if name == "onmessage" {
                self.received = Some(Value::Network("a message"));
            }
        }
        if let AssignTarget::Simple(SimpleAssignTarget::Ident(name)) = &assign.left {
            if name.id.sym == *"onmessage" {
                self.received = Some(Value::Network("a message"));
            }
            let value = self.promising(&assign.right);
            self.scopes.define(&name.id.sym, value);
        }
        assign.right.visit_with(self);
        self.received = None;
        assign.left.visit_with(self);
    }

    fn visit_opt_call(&mut self, call: &OptCall) {
        self.walked.plugins.optional_call(call);
        self.walked.calls.optional_call(call);
        call.visit_children_with(self);
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
        member.visit_children_with(self);
    }

    fn visit_var_declarator(&mut self, declarator: &VarDeclarator) {
        self.walked.plugins.declarator(declarator);
        self.walked.calls.declarator(declarator);
        self.walked.uses.declarator(declarator);
        let value = declarator.init.as_deref().map_or(Value::Unknown, |value| self.promising(value));
        match &declarator.name {
            Pat::Ident(name) => self.scopes.define(&name.id.sym, value),
            pattern if matches!(value, Value::Network(_)) => self.scopes.shadow_with(pattern, &value),
            pattern => self.scopes.shadow(pattern),
        }
        declarator.visit_children_with(self);
    }

    fn visit_function(&mut self, function: &Function) {
        self.enter_function(function.params.iter().map(|parameter| &parameter.pat));
        function.visit_children_with(self);
        self.leave_function();
    }

    fn visit_constructor(&mut self, constructor: &Constructor) {
        self.enter_function(
            constructor.params.iter().filter_map(|parameter| parameter.as_param()).map(|parameter| &parameter.pat),
        );
        constructor.visit_children_with(self);
        self.leave_function();
    }

    fn visit_arrow_expr(&mut self, arrow: &ArrowExpr) {
        self.enter_function(arrow.params.iter());
        for parameter in &arrow.params {
            parameter.visit_with(self);
        }
        arrow.body.visit_with(self);
        self.leave_function();
    }

    fn visit_catch_clause(&mut self, clause: &CatchClause) {
        if let Some(parameter) = &clause.param {
            self.scopes.shadow(parameter);
        }
        clause.visit_children_with(self);
    }

    fn visit_fn_decl(&mut self, declaration: &FnDecl) {
        self.declare(&declaration.ident.sym);
        declaration.visit_children_with(self);
    }

    fn visit_class_decl(&mut self, declaration: &ClassDecl) {
        self.declare(&declaration.ident.sym);
        declaration.visit_children_with(self);
    }

    fn visit_import_decl(&mut self, import: &ImportDecl) {
        self.source(&import.src);
        for specifier in &import.specifiers {
            let local = match specifier {
                ImportSpecifier::Named(named) => &named.local,
                ImportSpecifier::Default(default) => &default.local,
                ImportSpecifier::Namespace(namespace) => &namespace.local,
            };
            self.declare(&local.sym);
        }
    }

    fn visit_export_all(&mut self, export: &ExportAll) {
        self.source(&export.src);
    }

    fn visit_named_export(&mut self, export: &NamedExport) {
        if let Some(source) = &export.src {
            self.source(source);
        }
    }
}

/// Whether it is a name of the global object.
fn is_global_object(expression: &Expr) -> bool {
    matches!(expression, Expr::Ident(object)
        if matches!(&*object.sym, "window" | "self" | "globalThis" | "top" | "global" | "parent"))
}

/// `Function("return this")` and its kin: a way to the global object that needs no name of it.
fn is_global_shim(text: &str) -> bool {
    let code = text.trim().trim_end_matches(';').trim_end();
    matches!(code, "return this" | "return this.constructor" | "return globalThis" | "return self")
        || code.starts_with("r, regeneratorRuntime = r")
}
