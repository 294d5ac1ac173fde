//! Calls that say how an app treats its updates and its users, and the hosts that a script names; seen on the one walk.

use std::collections::BTreeMap;

use swc_common::{Span, Spanned as _};
use swc_ecma_ast::{CallExpr, Callee, Expr, Lit, MemberExpr, MemberProp, OptCall, OptChainBase, VarDeclarator};

use super::walk::offset;

/// Calls kept of one script.
const MOST_CALLS: usize = 500;
/// Hosts kept of one script.
const MOST_HOSTS: usize = 1_000;
/// The longest name of a host (RFC 1035, 2.3.4).
const LONGEST_HOST: usize = 253;

/// The methods whose calls are kept: those of update plugins, the prompt for tracking, and the browser's own ways to the
/// place, the camera and the microphone.
const METHODS: [&str; 11] = [
    "getCurrentPosition",
    "getDisplayMedia",
    "getUserMedia",
    "notifyAppReady",
    "notifyApplicationReady",
    "ready",
    "requestPermission",
    "requestTrackingAuthorization",
    "setChannel",
    "setCustomId",
    "watchPosition",
];

/// The methods that are kept only where they are an update plugin's: others have many of these names.
const UPDATERS: [&str; 11] = [
    "deleteBundle",
    "download",
    "downloadBundle",
    "next",
    "reset",
    "resetToBuiltIn",
    "set",
    "setChannelUrl",
    "setNextBundle",
    "setStatsUrl",
    "setUpdateUrl",
];

/// Plugins whose objects are followed to where they are called.
pub const FOLLOWED: [&str; 4] = ["CapacitorUpdater", "LiveUpdate", "LiveUpdates", "OtaKit"];

/// A call, before it is placed.
pub struct Call {
    pub method: &'static str,
    pub object: Option<String>,
    pub at: usize,
    /// From where to where its first argument stands.
    pub argument: Option<(usize, usize)>,
    /// From where to where the conditions stand under which it is reached, the outermost first.
    pub conditions: Vec<(usize, usize)>,
}

/// What was seen.
#[derive(Default)]
pub struct Calls {
    pub list: Vec<Call>,
    pub hosts: BTreeMap<String, usize>,
    conditions: Vec<(usize, usize)>,
    /// Variables that hold a plugin's object.
    plugins: BTreeMap<String, &'static str>,
}

impl Calls {
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.hosts.is_empty()
    }

    /// What follows is reached only under this condition, until [`Self::leave`].
    pub fn enter(&mut self, condition: &Expr) {
        self.conditions.push(range(condition.span()));
    }

    pub fn leave(&mut self) {
        self.conditions.pop();
    }

    /// `object.method(argument)`.
    pub fn call(&mut self, call: &CallExpr) {
        let Callee::Expr(callee) = &call.callee else { return };
        let argument = call.args.first().map(|argument| range(argument.expr.span()));
        match &**callee {
            Expr::Member(member) => self.method(member, argument, call.span),
            // `const { notifyAppReady } = CapacitorUpdater`.
            Expr::Ident(name) if name.sym.starts_with("notifyApp") || name.sym == *"setCustomId" => {
                self.note(&name.sym, None, argument, call.span);
            }
            _ => {}
        }
    }

    /// The same behind `?.`.
    pub fn optional_call(&mut self, call: &OptCall) {
        let member = match &*call.callee {
            Expr::Member(member) => member,
            Expr::OptChain(chain) => match &*chain.base {
                OptChainBase::Member(member) => member,
                OptChainBase::Call(_) => return,
            },
            _ => return,
        };
        let argument = call.args.first().map(|argument| range(argument.expr.span()));
        self.method(member, argument, call.span);
    }

    fn method(&mut self, member: &MemberExpr, argument: Option<(usize, usize)>, span: Span) {
        match &member.prop {
            MemberProp::Ident(name) => self.note(&name.sym, Some(&member.obj), argument, span),
            MemberProp::Computed(computed) => {
                if let Expr::Lit(Lit::Str(name)) = &*computed.expr {
                    self.note(&name.value.to_string_lossy(), Some(&member.obj), argument, span);
                }
            }
            MemberProp::PrivateName(_) => {}
        }
    }

    fn note(&mut self, name: &str, object: Option<&Expr>, argument: Option<(usize, usize)>, span: Span) {
        let Some(method) = METHODS.iter().find(|method| **method == name) else { return };
        // `ready` of other objects takes a function.
        if self.list.len() >= MOST_CALLS || *method == "ready" && argument.is_some() {
            return;
        }
        let object = object.and_then(named).map(|object| match self.plugins.get(object) {
            Some(plugin) => (*plugin).to_owned(),
            None => object.to_owned(),
        });
        let conditions = self.conditions.clone();
        self.list.push(Call { method, object, at: offset(span.lo), argument, conditions });
    }

    /// A call of a method of a native plugin, whatever holds it.
    pub fn plugin(&mut self, plugin: &str, name: &str, argument: Option<(usize, usize)>, at: usize) {
        let is_updater = FOLLOWED.contains(&plugin);
        let known = METHODS.iter().chain(UPDATERS.iter().filter(|_| is_updater)).find(|method| **method == name);
        let Some(method) = known else { return };
        if let Some(call) = self.list.iter_mut().rev().take(8).find(|call| call.at == at && call.method == *method) {
            call.object = Some(plugin.to_owned());
            return;
        }
        if self.list.len() < MOST_CALLS {
            let conditions = self.conditions.clone();
            self.list.push(Call { method, object: Some(plugin.to_owned()), at, argument, conditions });
        }
    }

    /// `const a = registerPlugin('LiveUpdate', …)`, whatever a minifier has called the function.
    pub fn declarator(&mut self, declarator: &VarDeclarator) {
        let (Some(name), Some(Expr::Call(call))) = (declarator.name.as_ident(), declarator.init.as_deref()) else {
            return;
        };
        let Some(Expr::Lit(Lit::Str(text))) = call.args.first().map(|argument| &*argument.expr) else { return };
        if let Some(plugin) = FOLLOWED.iter().find(|plugin| text.value == ***plugin) {
            self.plugins.insert(name.id.sym.to_string(), plugin);
        }
    }

    /// The host of a text that is an address.
    pub fn text(&mut self, text: &str, at: usize) {
        let rest = ["https://", "http://", "wss://", "ws://", "//"].iter().find_map(|start| text.strip_prefix(start));
        let Some(rest) = rest.filter(|_| self.hosts.len() < MOST_HOSTS) else { return };
        let authority = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default().trim_end_matches('.');
        let is_name = host.contains('.')
            && host.len() <= LONGEST_HOST
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        if is_name {
            self.hosts.entry(host.to_ascii_lowercase()).or_insert(at);
        }
    }
}

pub fn range(span: Span) -> (usize, usize) {
    (offset(span.lo), offset(span.hi))
}

/// The last name of an expression: `LiveUpdate` of `LiveUpdate` and of `x.LiveUpdate`.
fn named(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Ident(name) => Some(&name.sym),
        Expr::Member(member) => match &member.prop {
            MemberProp::Ident(name) => Some(&name.sym),
            MemberProp::PrivateName(_) | MemberProp::Computed(_) => None,
        },
        Expr::Paren(inner) => named(&inner.expr),
        _ => None,
    }
}
