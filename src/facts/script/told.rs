//! Addresses of code that are told to something else that loads them: a renderer, jQuery, a library's setting, a module loader's
//! table. Nothing here is a site for its looks alone: what is told has to be foreign.

use swc_atoms::Atom;
use swc_ecma_ast::{Expr, ExprOrSpread, Lit, MemberExpr};

use super::apply;
use super::fold::as_member;
use super::names::Known;
use super::sites::Sites;
use super::value::{Arguments, Operation, Value, object_name, remote_host};
use super::walk::Walker;
use super::{AddressRole, SiteKind};

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

    /// The same for its code.
    pub fn told_code(&mut self, value: &Value, at: usize) {
        let before = self.list.len();
        self.code(SiteKind::ScriptText, vec![value.clone()], at);
        self.list.iter_mut().skip(before).for_each(|site| site.is_told = true);
    }
}

impl Walker {
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
        let tag = match &*tag.expr {
            Expr::Lit(Lit::Str(tag)) => tag.value.as_str(),
            Expr::Tpl(tag) if tag.exprs.is_empty() => tag.quasis.first().map(|part| &*part.raw),
            _ => None,
        };
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
                self.addresses.push((later, role, at))
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
                self.sites.told_address(
                    SiteKind::Worker,
                    &Value::later(Operation::Call(function, Arguments::from([]))),
                    at,
                );
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
