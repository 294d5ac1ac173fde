//! What members, calls, objects and what `new` makes hold.

use std::rc::Rc;

use swc_atoms::Atom;
use swc_common::BytePos;
use swc_ecma_ast::{
    CallExpr, Callee, Expr, ExprOrSpread, Lit, MemberExpr, MemberProp, NewExpr, ObjectLit, OptCall, OptChainBase, Prop,
    PropOrSpread, Stmt,
};

use super::super::addresses::resolved;
use super::super::apply;
use super::super::awaited::{Helped, helped};
use super::super::calls::FOLLOWED;
use super::super::constants::MOST_ELEMENTS;
use super::super::names::{Known, known};
use super::super::plugins::{is_plugins, registered};
use super::super::value::{Arguments, FunctionId, Operation, Value, concatenate, object_name};
use super::{MOST_FIELDS, Resolver};

impl Resolver {
    pub(super) fn member(&self, member: &MemberExpr, depth: u32) -> Value {
        if let MemberProp::Ident(name) = &member.prop {
            match &*name.sym {
                "responseText" | "responseXML" => return Value::Network("XMLHttpRequest"),
                "response" if is_event_target(&member.obj) => return Value::Network("XMLHttpRequest"),
                "baseURI" => return Value::Local,
                _ => {}
            }
        }
        let object = self.fold(&member.obj, depth);
        match (&object, &member.prop) {
            (Value::Unknown | Value::Undefined, _) => Self::through_window(member),
            (_, MemberProp::Ident(name)) => apply::member(&object, &name.sym),
            (_, MemberProp::PrivateName(name)) => apply::member(&object, &name.name),
            (_, MemberProp::Computed(_)) => {
                let key = self.force(self.key(&member.prop, depth));
                match &object {
                    Value::List(list) if self.rotates => apply::one_of(list),
                    _ => apply::index(&object, &key),
                }
            }
        }
    }

    /// `Capacitor.Plugins.CapacitorHttp`, `this.http`: by the last name, where it is one of few.
    fn through_window(member: &MemberExpr) -> Value {
        let MemberProp::Ident(name) = &member.prop else { return Value::Unknown };
        match &*name.sym {
            "Filesystem" | "Preferences" => Value::Known(Known::Files),
            "localStorage" | "sessionStorage" => Value::Known(Known::Storage),
            "CapacitorHttp" | "Http" | "http" | "$http" | "httpClient" | "_http" => Value::Known(Known::Http),
            "defaultView" | "contentWindow" => Value::Known(Known::Window),
            plugin if is_plugins(&member.obj) || FOLLOWED.contains(&plugin) => Value::Plugin(Rc::from(plugin)),
            "serviceWorker" => Value::Known(Known::ServiceWorker),
            // `e.window.Worker`, `this.self.importScripts`
            "Worker" | "SharedWorker" | "importScripts" | "eval"
                if matches!(object_name(&member.obj), Some("window" | "self" | "globalThis" | "global")) =>
            {
                known(&name.sym).map_or(Value::Unknown, Value::Known)
            }
            _ => Value::Unknown,
        }
    }

    pub(super) fn call(&self, call: &CallExpr, depth: u32) -> Value {
        if let Some(Expr::Lit(Lit::Str(_))) = call.args.first().map(|first| &*first.expr)
            && let Some(plugin) = registered(call)
        {
            return Value::Plugin(Rc::from(plugin));
        }
        let Callee::Expr(callee) = &call.callee else { return Value::Unknown };
        self.call_of(callee, &call.args, depth)
    }

    pub(super) fn optional_call(&self, call: &OptCall, depth: u32) -> Value {
        self.call_of(&call.callee, &call.args, depth)
    }

    fn call_of(&self, callee: &Expr, arguments: &[ExprOrSpread], depth: u32) -> Value {
        let callee = bare(callee);
        match helped(callee, arguments) {
            Some(Helped::Result(function, true)) => {
                let Value::List(given) = apply::passed_on(self.current) else { return Value::Unknown };
                return apply::call(&self.fold(function, depth), &Arguments::from(given.as_slice()));
            }
            Some(Helped::Result(function, false)) => return apply::call(&self.fold(function, depth), &self.none),
            Some(Helped::Function(function)) => return self.fold(function, depth),
            None => {}
        }
        if let Some(member) = as_member(callee) {
            let object = self.fold(&member.obj, depth);
            let made;
            let key = match &member.prop {
                MemberProp::Ident(name) => &name.sym,
                MemberProp::PrivateName(name) => &name.name,
                MemberProp::Computed(computed) => match self.force(self.fold(&computed.expr, depth)) {
                    Value::Text(key) => {
                        made = Atom::from(&*key);
                        &made
                    }
                    key => {
                        let function = apply::index(&object, &key);
                        return apply::call(&function, &self.met_arguments(arguments, depth));
                    }
                },
            };
            let object = match object {
                Value::Unknown if is_called_on(&member.prop) => self.callee_at(&member.obj, depth),
                // jQuery's requests.
                Value::Unknown if matches!(&**key, "ajax" | "getJSON") && is_jquery(&member.obj) => {
                    return Value::Network("an HTTP request");
                }
                Value::Unknown => Self::through_window_of(&member.obj),
                object => object,
            };
            if object == Value::Unknown && !apply::is_heard_of_unknown(key) {
                return self.through_unknown(arguments, depth);
            }
            return apply::method(&object, key, &self.met_arguments(arguments, depth));
        }
        let function = self.callee_at(callee, depth);
        if function == Value::Unknown && !is_jquery(callee) {
            return self.through_unknown(arguments, depth);
        }
        let values = self.met_arguments(arguments, depth);
        // `$("<script>")`
        if let Some(Value::Text(markup)) = values.first()
            && is_jquery(callee)
            && markup.trim_start().starts_with("<script")
        {
            return Value::Script;
        }
        apply::call(&function, &values)
    }

    /// What a call of something unknown gives: what came from outside may go through it. Most calls are such, and trees of
    /// elements are built of them, so that only what can be foreign is looked at.
    fn through_unknown(&self, arguments: &[ExprOrSpread], depth: u32) -> Value {
        if arguments.len() > MOST_ELEMENTS || arguments.iter().any(|argument| argument.spread.is_some()) {
            return apply::call(&Value::Unknown, &self.met_arguments(arguments, depth));
        }
        let can_be_foreign = |argument: &&ExprOrSpread| {
            !matches!(
                &*argument.expr,
                Expr::Lit(_)
                    | Expr::Object(_)
                    | Expr::Arrow(_)
                    | Expr::Fn(_)
                    | Expr::Class(_)
                    | Expr::Unary(_)
                    | Expr::This(_)
            )
        };
        let mut values = arguments.iter().filter(can_be_foreign).map(|argument| self.fold(&argument.expr, depth));
        values.find_map(|value| apply::foreign_in(&value)).unwrap_or(Value::Unknown)
    }

    fn through_window_of(object: &Expr) -> Value {
        as_member(object).map_or(Value::Unknown, Self::through_window)
    }

    pub(super) fn new_value(&self, new: &NewExpr, depth: u32) -> Value {
        let arguments = || self.arguments_at(new.args.as_deref().unwrap_or_default(), depth);
        match self.fold(&new.callee, depth) {
            Value::Known(Known::Url) => resolved(&arguments()),
            Value::Known(Known::Blob) => match arguments().first().cloned() {
                Some(Value::List(parts)) => {
                    let content = parts.iter().fold(Value::text(""), |all, part| concatenate(&all, part));
                    if content.is_later() {
                        Value::later(Operation::Blob(content))
                    } else {
                        Value::Blob(Rc::new(content))
                    }
                }
                Some(other) => Value::Blob(Rc::new(other)),
                None => Value::Unknown,
            },
            Value::Known(Known::Table) if new.args.as_deref().unwrap_or_default().is_empty() => {
                Value::List(Rc::default())
            }
            Value::Known(Known::Socket) => Value::Known(Known::SocketObject),
            Value::Known(Known::Worker) => Value::Known(Known::WorkerObject),
            Value::Known(Known::Request) => Value::Known(Known::RequestObject),
            // What a promise brings is what its function hands to the first parameter.
            Value::Known(Known::Promise) => {
                Value::later(Operation::Call(Value::Function(promise(new.span.lo)), Rc::clone(&self.none)))
            }
            Value::Known(known @ (Known::Array | Known::FunctionConstructor)) => {
                apply::call(&Value::Known(known), &arguments())
            }
            Value::Class(class) => Value::Instance(class),
            foreign if foreign.is_foreign() => foreign,
            _ => match new.args.as_deref() {
                // `new Response(text)`, `new TextDecoder()`: what goes in comes out.
                Some([only]) => Some(self.fold(&only.expr, depth)).filter(Value::is_foreign).unwrap_or(Value::Unknown),
                _ => Value::Unknown,
            },
        }
    }

    pub(super) fn object(&self, object: &ObjectLit, depth: u32) -> Value {
        if object.props.len() > MOST_FIELDS {
            return Value::Unknown;
        }
        let mut fields = Vec::with_capacity(object.props.len());
        for property in &object.props {
            match property {
                PropOrSpread::Prop(property) => match &**property {
                    Prop::Shorthand(name) => fields.push((name.sym.clone(), self.name(&name.sym))),
                    Prop::KeyValue(pair) => {
                        if let Some(key) = self.property(&pair.key, depth) {
                            fields.push((key, self.fold(&pair.value, depth)));
                        }
                    }
                    Prop::Method(method) => {
                        if let Some(key) = self.property(&method.key, depth) {
                            fields.push((key, Value::Function(self.function(method.function.span.lo))));
                        }
                    }
                    // A getter of one statement gives what it returns.
                    Prop::Getter(getter) => {
                        let body = getter.function.body.as_ref().map_or(&[][..], |body| body.stmts.as_slice());
                        if let ([Stmt::Return(given)], Some(key)) = (body, self.property(&getter.key, depth))
                            && let Some(value) = &given.arg
                        {
                            fields.push((key, self.fold(value, depth)));
                        }
                    }
                    _ => {}
                },
                PropOrSpread::Spread(spread) => match self.fold(&spread.expr, depth) {
                    Value::Record(more) if more.len() <= MOST_FIELDS => fields.extend(more.iter().cloned()),
                    _ => {}
                },
            }
        }
        Value::Record(Rc::new(fields))
    }
}

/// The number under which what a promise brings is kept: its begin and one more, where no function begins.
pub const fn promise(begin: BytePos) -> FunctionId {
    begin.0.saturating_add(1)
}

fn is_event_target(expression: &Expr) -> bool {
    match expression {
        Expr::This(_) => true,
        Expr::Member(member) => {
            matches!(&member.prop, MemberProp::Ident(name) if matches!(&*name.sym, "target" | "currentTarget"))
        }
        _ => false,
    }
}

/// A member, also behind `?.`.
pub fn as_member(expression: &Expr) -> Option<&MemberExpr> {
    match expression {
        Expr::Member(member) => Some(member),
        Expr::OptChain(chain) => match &*chain.base {
            OptChainBase::Member(member) => Some(member),
            OptChainBase::Call(_) => None,
        },
        Expr::Paren(inner) => as_member(&inner.expr),
        _ => None,
    }
}

/// `f.apply(…)`, `f.call(…)`
pub fn is_called_on(property: &MemberProp) -> bool {
    matches!(property, MemberProp::Ident(name) if matches!(&*name.sym, "apply" | "call"))
}

/// A callee without the `(0, x.y)` that bundlers put around it.
pub fn bare(callee: &Expr) -> &Expr {
    let mut callee = callee;
    loop {
        callee = match callee {
            Expr::Paren(inner) => &inner.expr,
            Expr::Seq(list) => match list.exprs.last() {
                Some(last) => last,
                None => return callee,
            },
            other => return other,
        };
    }
}

fn is_jquery(callee: &Expr) -> bool {
    matches!(callee, Expr::Ident(name) if matches!(&*name.sym, "$" | "jQuery"))
}
