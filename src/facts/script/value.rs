//! What an expression can be known to hold, within its function and what stands before it.

use rustc_hash::FxHashMap;
use swc_atoms::Atom;
use swc_ecma_ast::{
    AssignTarget, BinaryOp, CallExpr, Callee, Expr, Lit, MemberExpr, MemberProp, OptChainBase, Pat, SimpleAssignTarget,
    Tpl,
};

use super::Origin;
use super::uses::is_root;
use crate::model::printable;

/// How deep an expression is looked into; deeper ones are not known.
const DEPTH: u32 = 24;
/// How much of a constant text is kept.
const TEXT_BYTES: usize = 4096;
/// How much of a constant is shown.
const SHOWN: usize = 200;

/// Names of the browser's that controls care for, unless the script has its own thing of that name.
const BROWSERS: [&str; 8] =
    ["eval", "Function", "importScripts", "setTimeout", "setInterval", "Worker", "SharedWorker", "fetch"];

/// What an expression holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A constant text.
    Text(String),
    /// A text of which only the beginning is constant.
    Prefix(String),
    /// Something that came over the network, and through what.
    Network(&'static str),
    /// A script element that the script made.
    Script,
    /// A blob, or an address of one, made from constant texts.
    Blob,
    /// An address relative to the module.
    Local,
    /// Not known.
    Unknown,
}

/// The names that a function knows. A stack of definitions, and for each name its newest one: a bundle's outermost
/// function has some hundred thousand names, so that neither looking up nor leaving may search.
#[derive(Default)]
pub struct Scopes {
    definitions: Vec<Definition>,
    newest: FxHashMap<Atom, usize>,
    starts: Vec<usize>,
}

struct Definition {
    name: Atom,
    value: Value,
    shadowed: Option<usize>,
}

impl Scopes {
    /// Enters a function.
    pub fn enter(&mut self) {
        self.starts.push(self.definitions.len());
    }

    /// Leaves it, forgetting its names.
    pub fn leave(&mut self) {
        let start = self.starts.pop().unwrap_or_default();
        while self.definitions.len() > start {
            let Some(gone) = self.definitions.pop() else { return };
            match gone.shadowed {
                Some(older) => self.newest.insert(gone.name, older),
                None => self.newest.remove(&gone.name),
            };
        }
    }

    /// A name gets a value, or a new one. A name that holds nothing known and hides nothing need not be kept: most
    /// names of a bundle are such.
    pub fn define(&mut self, name: &Atom, value: Value) {
        if value == Value::Unknown && !self.newest.contains_key(name) && !BROWSERS.contains(&&**name) && !is_root(name)
        {
            return;
        }
        let shadowed = self.newest.insert(name.clone(), self.definitions.len());
        self.definitions.push(Definition { name: name.clone(), value, shadowed });
    }

    /// All names of a pattern become unknown.
    pub fn shadow(&mut self, pattern: &Pat) {
        self.shadow_with(pattern, &Value::Unknown);
    }

    /// All names of a pattern get `value`: parts of what came over the network came over the network too.
    pub fn shadow_with(&mut self, pattern: &Pat, value: &Value) {
        match pattern {
            Pat::Ident(name) => self.define(&name.id.sym, value.clone()),
            Pat::Array(array) => array.elems.iter().flatten().for_each(|inner| self.shadow_with(inner, value)),
            Pat::Rest(rest) => self.shadow_with(&rest.arg, value),
            Pat::Assign(assign) => self.shadow_with(&assign.left, value),
            Pat::Object(object) => {
                for property in &object.props {
                    match property {
                        swc_ecma_ast::ObjectPatProp::KeyValue(pair) => self.shadow_with(&pair.value, value),
                        swc_ecma_ast::ObjectPatProp::Assign(pair) => self.define(&pair.key.id.sym, value.clone()),
                        swc_ecma_ast::ObjectPatProp::Rest(rest) => self.shadow_with(&rest.arg, value),
                    }
                }
            }
            Pat::Invalid(_) | Pat::Expr(_) => {}
        }
    }

    /// What a name holds; none when the script does not define it.
    pub fn lookup(&self, name: &Atom) -> Option<&Value> {
        self.newest.get(name).and_then(|at| self.definitions.get(*at)).map(|definition| &definition.value)
    }

    /// Whether the name is the browser's own.
    pub fn is_global(&self, name: &Atom) -> bool {
        !self.newest.contains_key(name)
    }

    /// What `expression` holds.
    pub fn value(&self, expression: &Expr) -> Value {
        self.fold(expression, DEPTH)
    }

    fn fold(&self, expression: &Expr, depth: u32) -> Value {
        let Some(depth) = depth.checked_sub(1) else { return Value::Unknown };
        match expression {
            Expr::Lit(Lit::Str(text)) => text_value(&text.value.to_string_lossy()),
            Expr::Lit(Lit::Num(number)) => Value::Text(number.value.to_string()),
            Expr::Tpl(template) => self.template(template, depth),
            Expr::Paren(inner) => self.fold(&inner.expr, depth),
            Expr::Seq(list) => list.exprs.last().map_or(Value::Unknown, |last| self.fold(last, depth)),
            Expr::Await(inner) => self.fold(&inner.arg, depth),
            Expr::Assign(assign) => self.fold(&assign.right, depth),
            Expr::Ident(name) => self.lookup(&name.sym).cloned().unwrap_or(Value::Unknown),
            Expr::Bin(binary) if binary.op == BinaryOp::Add => {
                concatenate(self.fold(&binary.left, depth), || self.fold(&binary.right, depth))
            }
            Expr::Bin(binary)
                if matches!(binary.op, BinaryOp::LogicalOr | BinaryOp::LogicalAnd | BinaryOp::NullishCoalescing) =>
            {
                either(self.fold(&binary.left, depth), self.fold(&binary.right, depth))
            }
            Expr::Cond(choice) => either(self.fold(&choice.cons, depth), self.fold(&choice.alt, depth)),
            Expr::Member(member) => self.member(member, depth),
            Expr::OptChain(chain) => match &*chain.base {
                OptChainBase::Member(member) => self.member(member, depth),
                OptChainBase::Call(call) => self.network_of(&call.callee, depth),
            },
            Expr::Call(call) => self.call(call, depth),
            Expr::New(new) => self.new_value(&new.callee, new.args.as_deref().unwrap_or_default(), depth),
            _ => Value::Unknown,
        }
    }

    fn template(&self, template: &Tpl, depth: u32) -> Value {
        let mut value = Value::Text(String::new());
        for (index, part) in template.quasis.iter().enumerate() {
            let text =
                part.cooked.as_ref().map_or_else(|| part.raw.to_string(), |text| text.to_string_lossy().into_owned());
            value = concatenate(value, || text_value(&text));
            if let Some(inner) = template.exprs.get(index) {
                value = concatenate(value, || self.fold(inner, depth));
            }
        }
        value
    }

    fn member(&self, member: &MemberExpr, depth: u32) -> Value {
        if let MemberProp::Ident(name) = &member.prop {
            match &*name.sym {
                "responseText" | "responseXML" => return Value::Network("XMLHttpRequest"),
                "baseURI" => return Value::Local,
                _ => {}
            }
        }
        match self.fold(&member.obj, depth) {
            network @ Value::Network(_) => network,
            _ => Value::Unknown,
        }
    }

    fn call(&self, call: &CallExpr, depth: u32) -> Value {
        let Callee::Expr(callee) = &call.callee else { return Value::Unknown };
        match &**callee {
            Expr::Ident(name) if name.sym == *"fetch" && self.is_global(&name.sym) => Value::Network("fetch"),
            Expr::Ident(name)
                if matches!(&*name.sym, "String" | "decodeURIComponent" | "decodeURI" | "atob" | "unescape") =>
            {
                // What was decoded is no longer the constant, but what came over the network still did.
                match call.args.first().map(|argument| self.fold(&argument.expr, depth)) {
                    Some(network @ Value::Network(_)) => network,
                    Some(text @ Value::Text(_)) if name.sym == *"String" => text,
                    _ => Value::Unknown,
                }
            }
            Expr::Member(member) => self.method(member, call, depth),
            _ => Value::Unknown,
        }
    }

    fn method(&self, member: &MemberExpr, call: &CallExpr, depth: u32) -> Value {
        let MemberProp::Ident(name) = &member.prop else { return Value::Unknown };
        let first = call.args.first().map(|argument| &*argument.expr);
        let object = object_name(&member.obj);
        match (&*name.sym, object) {
            ("fetch", Some("window" | "self" | "globalThis")) => return Value::Network("fetch"),
            ("createElement", _) => {
                let is_script = first.is_some_and(
                    |tag| matches!(self.fold(tag, depth), Value::Text(tag) if tag.eq_ignore_ascii_case("script")),
                );
                if is_script {
                    return Value::Script;
                }
            }
            ("createElementNS", _) => {
                let tag = call.args.get(1).map(|argument| self.fold(&argument.expr, depth));
                if matches!(tag, Some(Value::Text(tag)) if tag.eq_ignore_ascii_case("script")) {
                    return Value::Script;
                }
            }
            ("createObjectURL", _) => return first.map_or(Value::Unknown, |blob| self.fold(blob, depth)),
            ("get" | "post" | "request", Some("CapacitorHttp" | "Http" | "axios")) => {
                return Value::Network("an HTTP plugin");
            }
            ("getItem", Some("localStorage" | "sessionStorage")) => return Value::Network("storage"),
            ("parse", Some("JSON")) => return first.map_or(Value::Unknown, |text| self.fold(text, depth)),
            ("concat", _) => {
                let mut value = self.fold(&member.obj, depth);
                for argument in &call.args {
                    value = concatenate(value, || self.fold(&argument.expr, depth));
                }
                return value;
            }
            // A Trusted Types policy hands on its last argument.
            ("createScript" | "createScriptURL" | "createHTML", _) => {
                return call.args.last().map_or(Value::Unknown, |text| self.fold(&text.expr, depth));
            }
            ("resolve", Some("Promise")) => return first.map_or(Value::Unknown, |value| self.fold(value, depth)),
            _ => {}
        }
        match self.fold(&member.obj, depth) {
            network @ Value::Network(_) => network,
            _ => Value::Unknown,
        }
    }

    fn network_of(&self, callee: &Expr, depth: u32) -> Value {
        match self.fold(callee, depth) {
            network @ Value::Network(_) => network,
            _ => Value::Unknown,
        }
    }

    fn new_value(&self, callee: &Expr, arguments: &[swc_ecma_ast::ExprOrSpread], depth: u32) -> Value {
        let first = arguments.first().map(|argument| &*argument.expr);
        match callee {
            Expr::Ident(name) if name.sym == *"URL" => match first.map(|url| self.fold(url, depth)) {
                Some(Value::Text(url) | Value::Prefix(url)) if remote_host(&url).is_some() => Value::Text(url),
                Some(Value::Text(_)) => Value::Local,
                Some(network @ Value::Network(_)) => network,
                _ => Value::Unknown,
            },
            Expr::Ident(name) if name.sym == *"Blob" => {
                let Some(Expr::Array(parts)) = first else { return Value::Unknown };
                let mut value = Value::Blob;
                for part in parts.elems.iter().flatten() {
                    match self.fold(&part.expr, depth) {
                        Value::Text(_) => {}
                        network @ Value::Network(_) => return network,
                        _ => value = Value::Unknown,
                    }
                }
                value
            }
            _ => Value::Unknown,
        }
    }

    /// The origin of code at the address that `expression` gives.
    pub fn address(&self, expression: &Expr) -> Origin {
        address_of(self.value(expression))
    }
}

/// The origin of code at an address.
pub fn address_of(value: Value) -> Origin {
    match value {
        Value::Text(url) => classify(&url, true),
        Value::Prefix(head) => classify(&head, false),
        Value::Network(source) => Origin::NetworkDerived { source: source.to_owned() },
        Value::Blob => Origin::SameOrigin { url: "blob:".to_owned() },
        Value::Local => Origin::SameOrigin { url: String::new() },
        Value::Script | Value::Unknown => Origin::Unknown,
    }
}

fn classify(url: &str, whole: bool) -> Origin {
    let shown = printable(url.trim(), SHOWN);
    if let Some(host) = remote_host(url) {
        return Origin::Remote { url: shown, host };
    }
    let head = url.trim_start().to_ascii_lowercase();
    // The scheme may still follow an empty or cut beginning.
    if whole || head.starts_with(['/', '.']) && !head.starts_with("//") && head.len() > 1 {
        Origin::SameOrigin { url: shown }
    } else {
        Origin::Unknown
    }
}

/// The host of an `http:`, `https:`, `ws:` or protocol-relative address that names one whole; none for the local machine.
#[must_use]
pub fn remote_host(url: &str) -> Option<String> {
    let url = url.trim_start_matches(|character: char| character.is_whitespace() || character.is_control());
    let lower = url.get(..8.min(url.len())).unwrap_or(url).to_ascii_lowercase();
    let rest = if lower.starts_with("https://") || lower.starts_with("http://") || lower.starts_with("//") {
        url.split_once("//")?.1
    } else {
        return None;
    };
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next().unwrap_or(host);
    let valid = !host.is_empty()
        && host.chars().all(|character| character.is_alphanumeric() || matches!(character, '.' | '-' | '_'))
        && !matches!(host, "localhost" | "127.0.0.1");
    valid.then(|| host.to_ascii_lowercase())
}

/// The name of the object of a method call: `document` in `document.x()` and in `window.document.x()`.
pub fn object_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Ident(name) => Some(&name.sym),
        Expr::Member(member) => match &member.prop {
            MemberProp::Ident(name) => Some(&name.sym),
            MemberProp::PrivateName(_) | MemberProp::Computed(_) => None,
        },
        Expr::Paren(inner) => object_name(&inner.expr),
        _ => None,
    }
}

/// The member that an assignment sets, and its name.
pub fn assigned_member(target: &AssignTarget) -> Option<(&MemberExpr, &str)> {
    let AssignTarget::Simple(SimpleAssignTarget::Member(member)) = target else { return None };
    match &member.prop {
        MemberProp::Ident(name) => Some((member, &name.sym)),
        MemberProp::Computed(computed) => match &*computed.expr {
            Expr::Lit(Lit::Str(name)) => Some((member, name.value.as_str()?)),
            _ => None,
        },
        MemberProp::PrivateName(_) => None,
    }
}

fn text_value(text: &str) -> Value {
    if text.len() > TEXT_BYTES {
        let end = (0..=TEXT_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        return Value::Prefix(text.get(..end).unwrap_or_default().to_owned());
    }
    Value::Text(text.to_owned())
}

fn concatenate(left: Value, right: impl FnOnce() -> Value) -> Value {
    match left {
        Value::Text(head) => match right() {
            Value::Text(tail) => text_value(&(head + &tail)),
            Value::Prefix(tail) => Value::Prefix(head + &tail),
            // `"" + x` and `"" + location` are as unknown as `x`; a text around fetched text is fetched.
            network @ Value::Network(_) if remote_host(&head).is_none() => network,
            _ if head.is_empty() => Value::Unknown,
            _ => Value::Prefix(head),
        },
        Value::Prefix(head) => match right() {
            network @ Value::Network(_) if remote_host(&head).is_none() => network,
            _ => Value::Prefix(head),
        },
        network @ Value::Network(_) => network,
        Value::Local => Value::Local,
        Value::Script | Value::Blob | Value::Unknown => match right() {
            network @ Value::Network(_) => network,
            _ => Value::Unknown,
        },
    }
}

/// One of two values: the graver one, for a gate must not be talked out of it by a second branch.
fn either(one: Value, other: Value) -> Value {
    let rank = |value: &Value| match value {
        Value::Network(_) => 4,
        Value::Text(text) | Value::Prefix(text) if remote_host(text).is_some() => 3,
        Value::Script => 3,
        Value::Unknown => 2,
        Value::Prefix(_) => 1,
        Value::Text(_) | Value::Blob | Value::Local => 0,
    };
    if rank(&other) > rank(&one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_foreign_hosts_are_remote() {
        assert_eq!(remote_host("https://CDN.example.com/x.js").as_deref(), Some("cdn.example.com"));
        assert_eq!(remote_host("//cdn.example.com:8080/x").as_deref(), Some("cdn.example.com"));
        assert_eq!(remote_host(" \n\thttp://user@cdn.example.com?x").as_deref(), Some("cdn.example.com"));
        for local in [
            "./a.js",
            "/a.js",
            "a//b",
            "http://localhost:3000/x",
            "https://",
            "https://${x}/",
            "data:text/javascript,1",
            "blob:x",
        ] {
            assert_eq!(remote_host(local), None, "{local}");
        }
    }
}
