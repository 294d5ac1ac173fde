//! The native plugins that a script names, seen on the one walk.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use swc_atoms::Atom;
use swc_ecma_ast::{
    CallExpr, Callee, Expr, Lit, MemberExpr, MemberProp, ObjectPatProp, OptCall, OptChainBase, Pat, Prop, PropName,
    PropOrSpread, VarDeclarator,
};

use super::PluginCall;
use super::walk::offset;

/// Plugins kept of one script.
const MOST_PLUGINS: usize = 1_000;
/// The longest name of a plugin.
const LONGEST_NAME: usize = 80;
/// The keys of the object that `registerPlugin` takes (`RegisterPlugin` of `@capacitor/core`).
const IMPLEMENTATIONS: [&str; 4] = ["web", "android", "ios", "electron"];

/// What was seen: each name once for each way and set of implementations, and its first place.
#[derive(Default)]
pub struct Plugins {
    pub named: BTreeMap<(String, PluginCall, Vec<&'static str>), usize>,
    pub unknown: u32,
    /// What a minifier has called `registerPlugin`, told by a call with implementations.
    registrars: FxHashSet<Atom>,
    /// Calls outside of all functions with nothing but a name, which the same function may be.
    alone: Vec<(Atom, String, usize)>,
}

impl Plugins {
    pub fn is_empty(&self) -> bool {
        self.named.is_empty() && self.unknown == 0
    }

    fn note(&mut self, name: &str, call: PluginCall, at: usize) {
        self.note_with(name, call, Vec::new(), at);
    }

    fn note_with(&mut self, name: &str, call: PluginCall, implemented: Vec<&'static str>, at: usize) {
        if is_name(name) && self.named.len() < MOST_PLUGINS {
            self.named.entry((name.to_owned(), call, implemented)).or_insert(at);
        }
    }

    /// `x('Name')`, where the script calls the same function with implementations elsewhere.
    pub fn settle(&mut self) {
        for (function, name, at) in std::mem::take(&mut self.alone) {
            if self.registrars.contains(&function) {
                self.note(&name, PluginCall::Registered, at);
            }
        }
    }

    /// `registerPlugin('Name')`; `x('Name', {web: …})`, as a minifier leaves it; `isPluginAvailable('Name')`. `is_outside` says
    /// that it stands outside of all functions, where a name means one thing.
    pub fn call(&mut self, call: &CallExpr, is_outside: bool) {
        let Some(first) = call.args.first() else { return };
        let Callee::Expr(callee) = &call.callee else { return };
        let callee = unwrapped(callee);
        let at = offset(call.span.lo);
        let Expr::Lit(Lit::Str(name)) = &*first.expr else {
            // The libraries of others have functions of this name, but not with this object.
            let is_capacitors = match callee {
                Expr::Ident(ident) => ident.sym == *"registerPlugin",
                Expr::Member(member) => is_property(member, "registerPlugin") && is_capacitor(&member.obj),
                _ => false,
            };
            let is_value = !matches!(&*first.expr, Expr::Object(_) | Expr::Arrow(_) | Expr::Fn(_));
            if is_capacitors && is_value && call.args.len() <= 2 {
                self.unknown = self.unknown.saturating_add(1);
            }
            return;
        };
        let name = || name.value.to_string_lossy();
        if let Expr::Member(member) = callee
            && is_property(member, "isPluginAvailable")
        {
            return self.note(&name(), PluginCall::Checked, at);
        }
        if let (Expr::Ident(function), true) = (callee, is_outside) {
            if call.args.len() == 1 && self.alone.len() < MOST_PLUGINS && is_name(&name()) {
                self.alone.push((function.sym.clone(), name().into_owned(), at));
            } else if registers(call) {
                self.registrars.insert(function.sym.clone());
            }
        }
        if registers(call) {
            let options = call.args.get(1).map(|second| &*second.expr);
            self.note_with(&name(), PluginCall::Registered, options.map(implementations).unwrap_or_default(), at);
        }
    }

    /// `Capacitor?.isPluginAvailable('Name')`.
    pub fn optional_call(&mut self, call: &OptCall) {
        let Some(Expr::Lit(Lit::Str(name))) = call.args.first().map(|first| &*first.expr) else { return };
        let member = match &*call.callee {
            Expr::Member(member) => member,
            Expr::OptChain(chain) => match &*chain.base {
                OptChainBase::Member(member) => member,
                OptChainBase::Call(_) => return,
            },
            _ => return,
        };
        if is_property(member, "isPluginAvailable") {
            self.note(&name.value.to_string_lossy(), PluginCall::Checked, offset(call.span.lo));
        }
    }

    /// `Capacitor.Plugins.Name`, `getCapacitor().Plugins.Name`, `Plugins.Name`.
    pub fn member(&mut self, member: &MemberExpr) {
        let MemberProp::Ident(name) = &member.prop else { return };
        if is_plugins(&member.obj) {
            self.note(&name.sym, PluginCall::Property, offset(member.span.lo));
        }
    }

    /// `const { Name } = Capacitor.Plugins`.
    pub fn declarator(&mut self, declarator: &VarDeclarator) {
        let (Pat::Object(pattern), Some(value)) = (&declarator.name, &declarator.init) else { return };
        if !is_plugins(value) {
            return;
        }
        for property in &pattern.props {
            let at = offset(declarator.span.lo);
            match property {
                ObjectPatProp::Assign(assign) => self.note(&assign.key.sym, PluginCall::Property, at),
                ObjectPatProp::KeyValue(pair) => {
                    if let Some(name) = pair.key.as_ident() {
                        self.note(&name.sym, PluginCall::Property, at);
                    }
                }
                ObjectPatProp::Rest(_) => {}
            }
        }
    }
}

/// The name of the plugin that a call registers, whatever a minifier has called the function.
pub fn registered(call: &CallExpr) -> Option<String> {
    let Expr::Lit(Lit::Str(name)) = &*call.args.first()?.expr else { return None };
    registers(call).then(|| name.value.to_string_lossy().into_owned()).filter(|name| is_name(name))
}

fn registers(call: &CallExpr) -> bool {
    let Callee::Expr(callee) = &call.callee else { return false };
    let is_named = match unwrapped(callee) {
        Expr::Ident(ident) => ident.sym == *"registerPlugin",
        Expr::Member(member) => is_property(member, "registerPlugin"),
        _ => false,
    };
    match call.args.get(1).map(|second| &*second.expr) {
        None => is_named && call.args.len() == 1,
        Some(Expr::Object(_)) if is_named => true,
        Some(options) => call.args.len() == 2 && has_implementations(options),
    }
}

/// Plugins have names like classes, which other functions' texts seldom are.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && (2..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_property(member: &MemberExpr, name: &str) -> bool {
    matches!(&member.prop, MemberProp::Ident(ident) if ident.sym == *name)
}

/// `x.Plugins`, `x?.Plugins`, and `Plugins` itself, as Capacitor 2 exports it.
pub fn is_plugins(expression: &Expr) -> bool {
    match expression {
        Expr::Ident(name) => name.sym == *"Plugins",
        Expr::Member(member) => is_property(member, "Plugins"),
        Expr::OptChain(chain) => {
            matches!(&*chain.base, OptChainBase::Member(member) if is_property(member, "Plugins"))
        }
        Expr::Paren(inner) => is_plugins(&inner.expr),
        _ => false,
    }
}

fn is_capacitor(expression: &Expr) -> bool {
    match expression {
        Expr::Ident(name) => name.sym == *"Capacitor",
        Expr::Member(member) => is_property(member, "Capacitor"),
        _ => false,
    }
}

/// A callee without the `(0, x.y)` that bundlers put around it.
fn unwrapped(callee: &Expr) -> &Expr {
    let inner = if let Expr::Paren(paren) = callee { &*paren.expr } else { callee };
    match inner {
        Expr::Seq(list) => list.exprs.last().map_or(inner, |last| &**last),
        _ => inner,
    }
}

/// Whether an object's keys are platforms, and nothing else.
fn has_implementations(options: &Expr) -> bool {
    let Expr::Object(object) = options else { return false };
    !object.props.is_empty() && object.props.iter().all(|property| platform(property).is_some())
}

/// The platforms for which an object brings an implementation. One whose keys are not all known may be for the web.
fn implementations(options: &Expr) -> Vec<&'static str> {
    let Expr::Object(object) = options else { return vec!["web"] };
    let mut found: Vec<&'static str> =
        object.props.iter().map(|property| platform(property).unwrap_or("web")).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The platform that is a property's key.
fn platform(property: &PropOrSpread) -> Option<&'static str> {
    let PropOrSpread::Prop(property) = property else { return None };
    let known = |name: &str| IMPLEMENTATIONS.into_iter().find(|known| *known == name);
    let key = match &**property {
        Prop::KeyValue(pair) => &pair.key,
        Prop::Method(method) => &method.key,
        Prop::Shorthand(name) => return known(&name.sym),
        _ => return None,
    };
    match key {
        PropName::Ident(name) => known(&name.sym),
        PropName::Str(name) => known(&name.value.to_string_lossy()),
        _ => None,
    }
}
