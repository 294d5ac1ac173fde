//! What a call does: the sites that it is, what its callbacks receive, and what it asks of plugins and addresses.

use swc_atoms::Atom;
use swc_common::Spanned as _;
use swc_ecma_ast::{AssignExpr, AssignOp, Expr, ExprOrSpread, Ident, Lit, MemberExpr, MemberProp};
use swc_ecma_visit::VisitWith as _;

use super::apply;
use super::fold::{Owner, as_member, bare};
use super::names::Known;
use super::sites::is_watched;
use super::uses::Way;
use super::value::{Arguments, Operation, Value};
use super::walk::{Received, Walker, offset};
use super::{AddressRole, SiteKind};

/// What a worker that the script itself made says; where its own code comes from is a site of its own.
pub(super) const OWN_WORKER: &str = "a message of its own worker";
/// What a window, a frame, a channel or a socket says.
pub(super) const MESSAGE: &str = "a message";

impl Walker {
    /// What stands within a chain of members; the shorter chains within it are no uses of their own. Gives the name with
    /// which it begins.
    pub(super) fn below<'a>(&mut self, member: &'a MemberExpr) -> Option<&'a Ident> {
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

    pub(super) fn uses(&mut self, member: &MemberExpr, way: Way) {
        let scopes = &self.resolver.scopes;
        self.walked.uses.member(member, way, offset(member.span.lo), |name| scopes.is_global(name));
    }

    /// The sites of a call, and what its callbacks receive.
    pub(super) fn call_sites(&mut self, callee: &Expr, arguments: &[ExprOrSpread], at: usize) -> Option<Value> {
        let called = bare(callee);
        self.element_call(called, arguments, at);
        if let Some(member) = as_member(called) {
            if let MemberProp::Ident(name) = &member.prop {
                self.based(&name.sym, arguments, at);
                if matches!(&*name.sym, "then" | "catch" | "finally" | "subscribe" | "pipe" | "toPromise") {
                    self.asked(&member.obj);
                }
            }
            return self.method_sites(member, arguments, at);
        }
        if let Expr::Ident(name) = called
            && name.sym == *"addEventListener"
        {
            let values = self.resolver.arguments(arguments);
            let is_message = matches!(values.first(), Some(Value::Text(event)) if &**event == "message");
            let received = is_message.then_some(Value::Network(MESSAGE))?;
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
            self.address(first, AddressRole::Linked, at);
        }
        if function == Value::Known(Known::Fetch) {
            let first = arguments.first().map(|first| self.resolver.value(&first.expr));
            self.address(first, AddressRole::Contacted, at);
        }
        if !apply::is_callable(&function) || matches!(function, Value::Native(_)) {
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

    pub(super) fn plugin_call(&mut self, plugin: &str, name: &str, arguments: &[ExprOrSpread], at: usize) {
        let argument = arguments.first().map(|first| super::calls::range(first.expr.span()));
        self.walked.calls.plugin(plugin, name, argument, at);
    }

    /// What a method does with an address.
    pub(super) fn method_address(
        &mut self,
        member: &MemberExpr,
        object: &Value,
        name: &str,
        values: &[Value],
        at: usize,
    ) {
        let url = |value: Option<&Value>| match value {
            Some(Value::Record(_)) => value.map(|fields| apply::member(fields, &Atom::from("url"))),
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
                    base.map_or_else(|| url(values.first()), |base| Some(apply::member(base, &Atom::from("baseURL")))),
                    AddressRole::Contacted,
                )
            }
            (Value::Known(Known::Window), "open") | (Value::Known(Known::Location), "assign" | "replace") => {
                (values.first().cloned(), AddressRole::Linked)
            }
            (_, "openExternal" | "openUrl" | "openURL") => (url(values.first()), AddressRole::Linked),
            (_, "open") if is_browser() => (url(values.first()), AddressRole::Linked),
            (_, "open") if values.len() >= 2 => (values.get(1).cloned(), AddressRole::Contacted),
            _ => return,
        };
        self.address(value, role, at);
    }

    pub(super) fn method_sites(&mut self, member: &MemberExpr, arguments: &[ExprOrSpread], at: usize) -> Option<Value> {
        let object = match self.resolver.value(&member.obj) {
            // A function that is declared further down.
            Value::Unknown if super::fold::is_called_on(&member.prop) => self.resolver.callee(&member.obj),
            object => object,
        };
        let key = match &member.prop {
            MemberProp::Ident(name) => {
                if matches!(object, Value::Unknown | Value::Undefined) && !is_watched(&name.sym) {
                    return None;
                }
                Ok(name.sym.clone())
            }
            MemberProp::PrivateName(name) => Ok(name.name.clone()),
            MemberProp::Computed(computed) => {
                let key = self.resolver.fold(&computed.expr, 24);
                match self.resolver.force(key) {
                    Value::Text(name) => Ok(Atom::from(&*name)),
                    other => Err(other),
                }
            }
        };
        let name = match key {
            Ok(name) if is_dull(&object) && !is_heard(&name, arguments) => return None,
            Ok(name) => name,
            Err(key) => {
                let values = self.resolver.arguments(arguments);
                return self.computed_call(&object, &key, &values, at);
            }
        };
        let values = self.resolver.arguments(arguments);
        // The page of another window.
        let is_page =
            matches!(&*name, "write" | "writeln") && super::value::object_name(&member.obj) == Some("document");
        let object = if is_page { Value::Known(Known::Document) } else { object };
        if let Value::Plugin(plugin) = &object {
            self.plugin_call(plugin, &name, arguments, at);
            if !matches!(&*member.obj, Expr::Ident(_)) {
                self.walked.uses.plugin(plugin, &name, at);
            }
        }
        self.method_address(member, &object, &name, &values, at);
        if &*name == "addModule" && !super::told::is_module_of_worklet(member, values.first()) {
            return None;
        }
        if &*name == "push" && matches!(values.first(), Some(Value::OneOf(_))) && is_of_itself(&member.obj, arguments) {
            self.resolver.rotates = true;
        } else if matches!(&*name, "push" | "unshift" | "splice" | "set" | "add") {
            self.grow(&member.obj, &name, &values);
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
        // `$.ajax({success(answer) {…}})`
        if matches!(&*name, "ajax" | "request")
            && let Some(fields @ Value::Record(_)) = values.first()
            && let Value::Function(function) = apply::member(fields, &Atom::from("success"))
        {
            self.resolver.functions.call(function, &[Value::Network("an HTTP request")]);
        }
        if let Value::List(list) = &object
            && matches!(&*name, "map" | "forEach" | "filter" | "find" | "some" | "reduce" | "flatMap")
        {
            for value in values.iter() {
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

    /// `object[key](values)`, where the key is not one text.
    fn computed_call(&mut self, object: &Value, key: &Value, values: &Arguments, at: usize) -> Option<Value> {
        let function = apply::index(object, key);
        let hidden = *object == Value::Known(Known::Window) && self.resolver.rotates && function == Value::Unknown;
        if hidden {
            self.sites.code(SiteKind::IndirectEval, vec![Value::Unknown], at);
        }
        if matches!(function, Value::Known(_) | Value::Function(_)) || function.is_later() {
            self.sites.call(&mut self.resolver.functions, &function, values, false, at);
        }
        None
    }

    /// Functions by name among the arguments receive what inline ones do.
    pub(super) fn hand_on(&mut self, values: &[Value], received: &Value, at: usize) {
        for value in values {
            match value {
                Value::Function(function) => {
                    self.resolver.functions.call(*function, std::slice::from_ref(received));
                }
                Value::Known(Known::Eval | Known::FunctionConstructor) | Value::Bound(_) => {
                    self.sites.call(&mut self.resolver.functions, value, &apply::one(received), false, at);
                }
                _ => {}
            }
        }
    }

    /// What callbacks among the arguments receive: what the promise or the event brings.
    pub(super) fn received_by(member: &MemberExpr, object: &Value, name: &str, values: &[Value]) -> Option<Value> {
        let is_message =
            || matches!(values.first(), Some(Value::Text(event)) if matches!(&**event, "message" | "data"));
        match name {
            "addListener" => match values.first() {
                Some(Value::Text(event)) if &**event == "appUrlOpen" => Some(Value::User("a link that opens the app")),
                Some(Value::Text(event)) if event.contains("otification") => Some(Value::Network("a push message")),
                _ => None,
            },
            "addEventListener" | "on" if *object == Value::Known(Known::SocketObject) => Some(Value::Network(MESSAGE)),
            "addEventListener" | "on" | "once" if is_message() && *object == Value::Known(Known::WorkerObject) => {
                Some(Value::Network(OWN_WORKER))
            }
            "addEventListener" | "on" | "once" if is_message() => Some(Value::Network(MESSAGE)),
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

    pub(super) fn assign_member(&mut self, member: &MemberExpr, key: &Atom, assign: &AssignExpr) {
        let name: &str = key;
        let at = offset(assign.span.lo);
        if assign.op == AssignOp::AddAssign && matches!(&*member.obj, Expr::Ident(_) | Expr::This(_)) {
            let added = self.promising(&assign.right);
            let old = match &*member.obj {
                Expr::Ident(_) => apply::member(&self.resolver.value(&member.obj), key),
                _ => Value::Unknown,
            };
            let sum = if old == Value::Unknown { added } else { super::value::add(&old, &added) };
            self.set_field(&member.obj, key, sum);
        }
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
                        self.address(Some(value.clone()), AddressRole::Linked, at);
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
                    self.set_field(&member.obj, key, value);
                }
            }
        }
        if assign.op == AssignOp::Assign {
            self.setting(name, &assign.right, at);
        }
        if name.starts_with("on") {
            let received = match name {
                "onmessage" if self.resolver.value(&member.obj) == Value::Known(Known::WorkerObject) => {
                    Value::Network(OWN_WORKER)
                }
                "onmessage" => Value::Network(MESSAGE),
                // What a database answers.
                "onsuccess" => match self.resolver.value(&member.obj) {
                    foreign if foreign.is_foreign() => foreign,
                    _ => return,
                },
                _ => return,
            };
            if let Value::Function(function) = self.resolver.value(&assign.right) {
                self.resolver.functions.call(function, std::slice::from_ref(&received));
            }
            self.received = Received::Value(received);
        }
    }

    pub(super) fn set_field(&mut self, object: &Expr, name: &Atom, value: Value) {
        match object {
            Expr::This(_) => {
                if let Some(Owner::Class(class)) = self.resolver.owners.last() {
                    self.resolver.functions.field(*class, name, value);
                }
            }
            Expr::Ident(object) => match self.resolver.scopes.lookup_mut(&object.sym) {
                Some(Value::Record(fields)) => {
                    let fields = std::rc::Rc::make_mut(fields);
                    if let Some((_, old)) = fields.iter_mut().rev().find(|(field, _)| field == name) {
                        // What came from outside on one way is not forgotten on another.
                        let is_kept = old.is_foreign() || old.is_later();
                        *old = if is_kept { super::value::either(old.clone(), value) } else { value };
                    } else if fields.len() < 300 {
                        fields.push((name.clone(), value));
                    }
                }
                Some(Value::List(list)) if value.is_foreign() || value.is_later() => super::told::add(list, value),
                Some(held @ (Value::Unknown | Value::Undefined)) => {
                    *held = Value::Record(std::rc::Rc::new(vec![(name.clone(), value)]));
                }
                Some(_) => {}
                None => {
                    let is_worth =
                        value.is_foreign() || matches!(value, Value::Known(_) | Value::Function(_) | Value::Script);
                    if is_worth && super::names::known(&object.sym).is_none() {
                        let fields = Value::Record(std::rc::Rc::new(vec![(name.clone(), value)]));
                        self.resolver.scopes.define(&object.sym, fields, true);
                    }
                }
            },
            _ => {}
        }
    }

    /// Walks arguments; functions among them receive `received`.
    pub(super) fn visit_arguments(&mut self, arguments: &[ExprOrSpread], received: Option<&Value>, collected: bool) {
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
pub(super) fn begins_javascript(expression: &Expr) -> bool {
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

/// `list.push(list.shift())`: what is added is of the same list.
fn is_of_itself(list: &Expr, arguments: &[ExprOrSpread]) -> bool {
    let (Expr::Ident(list), Some(Expr::Call(call))) = (bare(list), arguments.first().map(|first| bare(&first.expr)))
    else {
        return false;
    };
    let callee = call.callee.as_expr().and_then(|callee| as_member(bare(callee)));
    callee.is_some_and(|member| matches!(bare(&member.obj), Expr::Ident(of) if of.sym == list.sym))
}

/// What has no methods of the script's own, as far as one can tell: constants, and what functions are called with.
fn is_dull(object: &Value) -> bool {
    match object {
        Value::Later(later) => !matches!(later.operation, Operation::Field(..)),
        Value::Parameter(..) | Value::Text(_) | Value::Prefix(_) | Value::Number(_) | Value::Flag(_) => true,
        _ => false,
    }
}

/// Whether a method of this name matters on such things: as a site, by what its callbacks receive, or by what it turns.
fn is_heard(name: &str, arguments: &[ExprOrSpread]) -> bool {
    match name {
        "call" | "apply" | "once" | "subscribe" | "forEach" | "filter" | "find" | "some" | "flatMap" | "done"
        | "success" | "reduce" | "pipe" => true,
        // Only what comes of a list is one of its elements.
        "push" => matches!(arguments.first().map(|first| &*first.expr), Some(Expr::Call(_) | Expr::Member(_))),
        name => is_watched(name),
    }
}

/// Whether a call of it can be a site.
pub(super) const fn matters(known: Known) -> bool {
    matches!(
        known,
        Known::Eval
            | Known::FunctionConstructor
            | Known::ImportScripts
            | Known::Timer
            | Known::Worker
            | Known::Open
            | Known::Import
    )
}
