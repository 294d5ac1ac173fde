//! Addresses of code that are told to something else that loads them: a renderer, jQuery, a library's setting, a module loader's
//! table. Nothing here is a site for its looks alone: what is told has to be foreign. And addresses whose role the code around
//! them tells: asked for and waited for, or a link that a person follows.

use std::rc::Rc;

use swc_atoms::Atom;
use swc_ecma_ast::{
    ArrayLit, Callee, Expr, ExprOrSpread, Lit, MemberExpr, MemberProp, ObjectLit, Prop, PropName, PropOrSpread, Tpl,
};

use super::addresses::remote_host;
use super::apply;
use super::constants::MOST_ELEMENTS;
use super::fold::{as_member, bare};
use super::names::Known;
use super::sites::Sites;
use super::value::{Operation, Value, object_name};
use super::walk::{Walker, offset};
use super::{AddressRole, SiteKind};

/// Longer lists are data.
const MOST_ADDED: usize = 300;
/// How deep a template is looked into.
const DEPTH: u32 = 24;
/// Longer lists are no attributes of one element.
const MOST_CONSTANTS: usize = 40;
/// Addresses of one list that are looked at.
const MOST_TOLD: usize = 100;
/// Addresses that are known only when the whole script was walked.
const MOST_LATER: usize = 500;

impl Sites {
    /// A script element that perhaps is none: only what is told to be foreign counts.
    pub fn told_address(&mut self, kind: SiteKind, value: &Value, at: usize) {
        let before = self.list.len();
        self.address(kind, Some(value), at);
        self.list.iter_mut().skip(before).for_each(|site| site.is_told = true);
    }

    /// The same for each address in a table or a list.
    pub fn told_addresses(&mut self, value: &Value, at: usize) {
        match value {
            Value::Record(fields) => fields.iter().for_each(|(_, value)| self.told_addresses(value, at)),
            Value::List(list) => {
                list.iter().take(MOST_TOLD).for_each(|value| self.told_address(SiteKind::ScriptElement, value, at));
            }
            Value::Text(_) | Value::Prefix(_) => self.told_address(SiteKind::ScriptElement, value, at),
            _ => {}
        }
    }

    /// What a method of this name is told, whatever it is called on.
    pub fn told_by_method(&mut self, name: &str, arguments: &[Value], at: usize) {
        let Some(first) = arguments.first() else { return };
        match name {
            // webpack's own function that loads a script, as module federation calls it.
            "l" if arguments.len() > 1 => {
                let is_script = |url: &str| url.split('?').next().is_some_and(|path| path.ends_with(".js"));
                if first.is_foreign() || matches!(first, Value::Text(url) if is_script(url)) {
                    self.told_address(SiteKind::ScriptElement, first, at);
                }
            }
            // RequireJS, SystemJS and their kin: where modules lie.
            "config" if matches!(first, Value::Record(_)) => {
                for name in ["baseUrl", "baseURL", "paths", "map", "bundles"] {
                    self.told_addresses(&apply::member(first, &Atom::from(name)), at);
                }
            }
            "globalEval" => self.told_code(first, at),
            // jQuery's, which runs what comes.
            "ajax" if matches!(first, Value::Record(_)) => {
                let kind = apply::member(first, &Atom::from("dataType"));
                if matches!(&kind, Value::Text(kind) if matches!(&**kind, "script" | "jsonp")) {
                    let url = apply::member(first, &Atom::from("url"));
                    self.address(SiteKind::ScriptElement, Some(&url), at);
                }
            }
            _ => {}
        }
    }

    /// The same for its code.
    pub fn told_code(&mut self, value: &Value, at: usize) {
        let before = self.list.len();
        self.code(SiteKind::ScriptText, vec![value.clone()], at);
        self.list.iter_mut().skip(before).for_each(|site| site.is_told = true);
    }
}

impl Walker {
    /// What `http.get("https://…")` asks, where somebody waits for what it gives: whatever a minifier has called the client. A
    /// table has such methods too, but nobody waits for one.
    pub(super) fn asked(&mut self, waited: &Expr) {
        let Expr::Call(call) = bare(waited) else { return };
        let Callee::Expr(callee) = &call.callee else { return };
        let (Some(member), Some(first)) = (as_member(bare(callee)), call.args.first()) else { return };
        let MemberProp::Ident(name) = &member.prop else { return };
        if !matches!(&*name.sym, "get" | "post" | "put" | "patch" | "head" | "request" | "fetch") {
            return;
        }
        let value = match self.resolver.value(&first.expr) {
            fields @ Value::Record(_) => apply::member(&fields, &Atom::from("url")),
            value => value,
        };
        self.address(Some(value), AddressRole::Contacted, offset(call.span.lo));
    }

    /// `client.create({baseURL: "https://…"})`.
    pub(super) fn based(&mut self, name: &str, arguments: &[ExprOrSpread], at: usize) {
        if !matches!(name, "create" | "extend") {
            return;
        }
        let Some(Expr::Object(settings)) = arguments.first().map(|first| &*first.expr) else { return };
        if let Some(base) = property(settings, "baseURL") {
            let value = self.resolver.value(base);
            self.address(Some(value), AddressRole::Contacted, at);
        }
    }

    /// `createClient("https://project.supabase.co", "eyJ…")`: an address and a key.
    fn keyed(&mut self, address: &Expr, key: &Expr, at: usize) {
        let is_address = match address {
            Expr::Lit(Lit::Str(text)) => text.value.as_str().is_some_and(|text| text.starts_with("https://")),
            Expr::Tpl(template) => template.quasis.first().is_some_and(|part| part.raw.starts_with("https://")),
            _ => false,
        };
        if is_address
            && let Value::Text(key) = self.resolver.value(key)
            && (key.starts_with("eyJ") || key.starts_with("sb_publishable_"))
        {
            let address = self.resolver.value(address);
            self.address(Some(address), AddressRole::Contacted, at);
        }
    }

    /// `list.push(value)`: what a list holds is no longer what it began with.
    pub(super) fn grow(&mut self, list: &Expr, method: &str, values: &[Value]) {
        let added = match method {
            "splice" => values.get(2..).unwrap_or_default(),
            "set" => values.get(1..2).unwrap_or_default(),
            _ => values,
        };
        if self.resolver.rotates || added.is_empty() {
            return;
        }
        if let Some(member) = as_member(list)
            && let (Expr::This(_), Some(name)) = (&*member.obj, field(&member.prop))
        {
            // What such a field holds is followed where it may matter.
            for value in added.iter().filter(|value| value.is_foreign() || value.is_later()) {
                self.set_field(&member.obj, name, value.clone());
            }
        }
        let Expr::Ident(name) = bare(list) else { return };
        if let Some(Value::List(list)) = self.resolver.scopes.lookup_mut(&name.sym) {
            added.iter().for_each(|value| add(list, value.clone()));
        }
    }

    /// `https://${project}.acme.io`: no part of it is an address, the whole is.
    pub(super) fn host_of_parts(&mut self, template: &Tpl) {
        let first = template.quasis.first().map_or("", |part| &*part.raw);
        if matches!(first, "https://" | "http://" | "wss://" | "ws://") {
            let value = self.resolver.template(template, DEPTH);
            self.address(Some(value), AddressRole::Named, offset(template.span.lo));
        }
    }

    /// Links as renderers are told of them: `h("a", {href})`, and `h(Link, {href, target})`.
    fn link(&mut self, is_anchor: bool, attributes: &ObjectLit, at: usize) {
        let Some(address) = property(attributes, "href") else { return };
        if is_anchor || property(attributes, "target").is_some() {
            let value = self.resolver.value(address);
            self.address(Some(value), AddressRole::Linked, at);
        }
    }

    /// Links as Angular's templates keep them: `["href", "https://…", "target", "_blank"]`.
    pub(super) fn link_constants(&mut self, constants: &ArrayLit) {
        let text = |at: usize| match constants.elems.get(at).and_then(Option::as_ref).map(|part| &*part.expr) {
            Some(Expr::Lit(Lit::Str(text))) => text.value.as_str(),
            _ => None,
        };
        if constants.elems.len() > MOST_CONSTANTS || text(0).is_none() {
            return;
        }
        let names = || 0..constants.elems.len();
        if !names().any(|at| text(at) == Some("target")) {
            return;
        }
        for at in names().filter(|at| text(*at) == Some("href")) {
            if let Some(address) = text(at + 1) {
                let value = Value::text(address);
                self.address(Some(value), AddressRole::Linked, offset(constants.span.lo));
            }
        }
    }

    /// `h("script", {src: …})`, as React, Vue and their kin are called, and `$("<script>", {src: …})`: whatever the function is
    /// called, a text and an object as these make a script element of it.
    pub(super) fn element_call(&mut self, callee: &Expr, arguments: &[ExprOrSpread], at: usize) {
        if let (Expr::Ident(name), Some(first)) = (callee, arguments.first())
            && matches!(&*name.sym, "require" | "requirejs")
            && matches!(&*first.expr, Expr::Array(_))
        {
            let modules = self.resolver.value(&first.expr);
            self.sites.told_addresses(&modules, at);
        }
        let [tag, attributes, ..] = arguments else { return };
        self.keyed(&tag.expr, &attributes.expr, at);
        let tag = match &*tag.expr {
            Expr::Lit(Lit::Str(tag)) => tag.value.as_str(),
            Expr::Tpl(tag) if tag.exprs.is_empty() => tag.quasis.first().map(|part| &*part.raw),
            _ => None,
        };
        if let Expr::Object(attributes) = &*attributes.expr {
            self.link(tag == Some("a"), attributes, at);
        }
        if !matches!(tag, Some("script" | "<script>" | "<script/>" | "<script></script>")) {
            return;
        }
        // `document.createElement` takes other options.
        if as_member(callee).is_some_and(|member| self.resolver.value(&member.obj) == Value::Known(Known::Document)) {
            return;
        }
        if let Value::Record(fields) = self.resolver.value(&attributes.expr) {
            for (name, value) in fields.iter() {
                match &**name {
                    "src" | "href" => self.sites.told_address(SiteKind::ScriptElement, value, at),
                    "innerHTML" | "textContent" | "text" | "html" => self.sites.told_code(value, at),
                    "dangerouslySetInnerHTML" => {
                        self.sites.told_code(&apply::member(value, &Atom::from("__html")), at);
                    }
                    _ => {}
                }
            }
        }
    }

    /// An address that is asked, or that a person is sent to; where it is a function's parameter, by all that it is called with.
    pub(super) fn address(&mut self, value: Option<Value>, role: AddressRole, at: usize) {
        match value {
            Some(later) if later.is_later() && self.addresses.len() < MOST_LATER => {
                self.addresses.push((later, role, at));
            }
            value => self.walked.uses.address(value.as_ref(), role, at),
        }
    }

    /// What a script sets that names where code lies, whatever it is set on.
    pub(super) fn setting(&mut self, name: &str, expression: &Expr, at: usize) {
        // webpack's chunks and workers lie there.
        if name == "p" {
            let value = self.resolver.value(expression);
            if matches!(&value, Value::Text(url) | Value::Prefix(url) if url.ends_with('/') && remote_host(url).is_some())
            {
                self.public_path = Some(value);
            }
        }
        if name == "MonacoEnvironment" {
            let function = apply::member(&self.resolver.value(expression), &Atom::from("getWorkerUrl"));
            if matches!(function, Value::Function(_)) {
                self.sites.told_address(SiteKind::Worker, &Value::later(Operation::Call(function, apply::none())), at);
            }
        }
        // A setting that names a library's worker.
        if matches!(name, "workerSrc" | "workerUrl") {
            let value = self.resolver.value(expression);
            self.sites.told_address(SiteKind::Worker, &value, at);
        }
    }
}

/// `audioWorklet.addModule(address)`; other things have a method of this name, which takes a function.
pub fn is_module_of_worklet(member: &MemberExpr, address: Option<&Value>) -> bool {
    object_name(&member.obj).is_some_and(|name| name.ends_with("orklet"))
        || address.is_some_and(|address| {
            address.is_foreign()
                || matches!(
                    address,
                    Value::Text(_) | Value::Prefix(_) | Value::Blob(_) | Value::Local | Value::OneOf(_)
                )
        })
}

/// Adds to a list. To a long one only what makes a difference, and that once.
pub fn add(list: &mut Rc<Vec<Value>>, value: Value) {
    let is_plain = !(value.is_foreign() || value.is_later() || value == Value::Unknown);
    if list.len() < MOST_ADDED || !is_plain && list.last() != Some(&value) && list.len() < MOST_ELEMENTS {
        Rc::make_mut(list).push(value);
    }
}

fn field(property: &MemberProp) -> Option<&Atom> {
    match property {
        MemberProp::Ident(name) => Some(&name.sym),
        MemberProp::PrivateName(name) => Some(&name.name),
        MemberProp::Computed(_) => None,
    }
}

/// A property of an object as it is written.
fn property<'a>(object: &'a ObjectLit, name: &str) -> Option<&'a Expr> {
    object.props.iter().find_map(|property| {
        let PropOrSpread::Prop(property) = property else { return None };
        let Prop::KeyValue(pair) = &**property else { return None };
        let is_it = match &pair.key {
            PropName::Ident(key) => *key.sym == *name,
            PropName::Str(key) => key.value.as_str() == Some(name),
            _ => false,
        };
        is_it.then_some(&*pair.value)
    })
}
