//! What members and calls come to, for values that are known or will be.

use std::rc::Rc;

use swc_atoms::Atom;

use super::constants;
use super::names::{Known, known_text};
use super::value::{Arguments, FunctionId, Operation, Value, graver};

/// The longest list whose elements a function is called with.
const MOST_MAPPED: usize = 2_000;
/// Longer lists are not looked through.
const MOST_LOOKED_AT: usize = 16;
/// Places of `arguments` that are followed.
const MOST_PASSED_ON: u32 = 4;

/// `object[key]`.
pub fn index(object: &Value, key: &Value) -> Value {
    if object.is_foreign() {
        return object.clone();
    }
    if object.is_later() {
        return match key {
            Value::Unknown => Value::Unknown,
            key => Value::later(Operation::Index(object.clone(), key.clone())),
        };
    }
    if key.is_later() {
        return match object {
            Value::List(_) | Value::Record(_) | Value::Known(_) | Value::OneOf(_) => {
                Value::later(Operation::Index(object.clone(), key.clone()))
            }
            _ => Value::Unknown,
        };
    }
    match (object, key) {
        (object, Value::OneOf(keys)) => {
            return graver(&keys.iter().map(|key| index(object, key)).collect::<Vec<_>>());
        }
        (Value::List(list), Value::Number(_)) => {
            return key.index().and_then(|at| list.get(at)).cloned().unwrap_or(Value::Undefined);
        }
        (Value::List(list), Value::Unknown) => return one_of(list),
        (Value::Record(fields), Value::Unknown | Value::Prefix(_) | Value::Network(_) | Value::User(_)) => {
            return fields
                .iter()
                .find(|(_, value)| value.is_foreign())
                .map_or(Value::Unknown, |(_, value)| value.clone());
        }
        (Value::OneOf(lists), key) => {
            return graver(&lists.iter().map(|object| index(object, key)).collect::<Vec<_>>());
        }
        (Value::Text(text), Value::Number(_)) => {
            let one = key.index().and_then(|at| text.chars().nth(at));
            return one.map_or(Value::Undefined, |one| Value::text(one.encode_utf8(&mut [0; 4])));
        }
        _ => {}
    }
    key.to_text().map_or(Value::Unknown, |name| member(object, &Atom::from(&*name)))
}

/// What one element of a list can be.
pub fn one_of(list: &Rc<Vec<Value>>) -> Value {
    if list.is_empty() || list.iter().any(|value| value.to_text().is_none()) {
        return graver(list);
    }
    Value::OneOf(Rc::clone(list))
}

/// `object.name`.
pub fn member(object: &Value, name: &Atom) -> Value {
    match object {
        Value::Known(known) => of_known(*known, name),
        Value::Record(fields) => {
            fields.iter().rev().find(|(field, _)| field == name).map_or(Value::Unknown, |(_, value)| value.clone())
        }
        Value::List(list) if *name == *"length" => Value::Number(u32::try_from(list.len()).map_or(f64::NAN, f64::from)),
        Value::Text(text) if *name == *"length" => {
            Value::Number(u32::try_from(text.chars().count()).map_or(f64::NAN, f64::from))
        }
        Value::List(list) if name.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() => {
            name.parse().ok().and_then(|at: usize| list.get(at)).cloned().unwrap_or(Value::Undefined)
        }
        // The prototype of arrays and its kin, whose constructors make no code.
        Value::Native(of) if *of == *"prototype" && *name == *"constructor" => Value::Unknown,
        Value::Function(_) | Value::Native(_) | Value::Bound(_) | Value::Class(_) if *name == *"constructor" => {
            Value::Known(Known::FunctionConstructor)
        }
        Value::Function(_) | Value::Native(_) if *name == *"__proto__" => Value::Known(Known::FunctionPrototype),
        // `Array.prototype.slice`
        Value::Native(_) if constants::is_native(name) => Value::Native(name.clone()),
        Value::List(_) if *name == *"constructor" => Value::Known(Known::Array),
        // Of an address: `new URL(…).href`.
        Value::Text(_) | Value::Prefix(_) if *name == *"href" => object.clone(),
        Value::Text(_) if *name == *"constructor" => Value::Known(Known::StringConstructor),
        Value::Number(_) if *name == *"constructor" => Value::Known(Known::Number),
        Value::Flag(_) if *name == *"constructor" => Value::Native(Atom::from("Boolean")),
        Value::List(_) | Value::Text(_) | Value::Number(_) | Value::Flag(_) if constants::is_native(name) => {
            Value::Native(name.clone())
        }
        // As Angular's services are given their client.
        Value::Instance(_) if matches!(&**name, "http" | "$http" | "_http" | "httpClient") => Value::Known(Known::Http),
        Value::Instance(class) | Value::Class(class) => Value::later(Operation::Field(*class, name.clone())),
        // Plugins keep their names, whatever the module that hands them over is called.
        Value::Parameter(..) | Value::Later(_) => match &**name {
            "CapacitorHttp" => Value::Known(Known::Http),
            "Preferences" | "Filesystem" => Value::Known(Known::Files),
            _ => Value::later(Operation::Member(object.clone(), name.clone())),
        },
        Value::Network(_) | Value::User(_) | Value::Local => object.clone(),
        Value::Plugin(plugin) if matches!(&**plugin, "CapacitorHttp" | "Http") => {
            member(&Value::Known(Known::Http), name)
        }
        Value::Plugin(plugin) => Value::PluginMethod(Rc::new((Rc::clone(plugin), name.clone()))),
        _ => Value::Unknown,
    }
}

fn of_known(known: Known, name: &str) -> Value {
    match (known, name) {
        (Known::Window, "name") => Value::User("the window's name"),
        (Known::Window, _) => known_text(name).map_or(Value::Unknown, Value::Known),
        (Known::Document, "location") => Value::Known(Known::Location),
        (Known::Document, "referrer") => Value::User("the page before"),
        (Known::Document, "cookie") => Value::Network("storage"),
        (Known::Document, "defaultView") => Value::Known(Known::Window),
        (Known::Element, "value") => Value::User("a field of the page"),
        (Known::Storage, name)
            if !matches!(name, "getItem" | "setItem" | "removeItem" | "clear" | "key" | "length") =>
        {
            Value::Network("storage")
        }
        (Known::Location, "hash" | "search") => Value::User("the page's address"),
        (Known::Document, "baseURI" | "URL" | "documentURI" | "currentScript")
        | (Known::Location, "href" | "origin" | "pathname" | "protocol" | "host" | "hostname") => Value::Local,
        (Known::History, "state") => Value::User("the history's state"),
        (Known::Navigator, "serviceWorker") => Value::Known(Known::ServiceWorker),
        (Known::StringConstructor, "fromCharCode" | "fromCodePoint") => Value::Known(Known::FromCharCode),
        (Known::RequestObject, "response" | "responseText" | "responseXML") => Value::Network("XMLHttpRequest"),
        (Known::FunctionConstructor, "bind") => Value::Native(Atom::from("bind")),
        (Known::FunctionConstructor, "prototype") => Value::Known(Known::FunctionPrototype),
        (Known::FunctionPrototype, "constructor") => Value::Known(Known::FunctionConstructor),
        (Known::Promise, "resolve") => Value::Known(Known::ResolvePromise),
        // Every function has the same constructor; `Object.prototype.constructor` is another.
        (known, "constructor") if known.is_function() => Value::Known(Known::FunctionConstructor),
        (known, "__proto__") if known.is_function() => Value::Known(Known::FunctionPrototype),
        (Known::Array | Known::Object | Known::StringConstructor, name) => Value::Native(Atom::from(name)),
        _ => Value::Unknown,
    }
}

/// Whether a value can be called with something to come of it.
pub const fn is_callable(value: &Value) -> bool {
    match value {
        Value::Known(known) => known.is_function(),
        Value::Native(_) | Value::Bound(_) | Value::Function(_) | Value::Parameter(..) | Value::Later(_) => true,
        _ => false,
    }
}

/// The arguments of a call with one.
pub fn one(value: &Value) -> Arguments {
    Arguments::from([value.clone()])
}

/// `arguments` of a function, as far as they are followed.
pub fn passed_on(function: FunctionId) -> Value {
    Value::List(Rc::new((0..MOST_PASSED_ON).map(|index| Value::Parameter(function, index)).collect()))
}

/// The arguments of a call without any.
pub fn none() -> Arguments {
    Arguments::from([])
}

/// `callee(arguments)`.
pub fn call(callee: &Value, arguments: &Arguments) -> Value {
    match callee {
        Value::Known(Known::Fetch) => Value::Network("fetch"),
        Value::Known(Known::Prompt) => Value::User("a prompt"),
        // What an address leads to stays what it was.
        Value::Known(Known::ResolvePromise | Known::Encode) => arguments.first().cloned().unwrap_or(Value::Undefined),
        Value::Known(Known::FunctionConstructor) => match arguments.last() {
            // `Function("return this")()` is the way to the global object.
            Some(Value::Text(text)) if is_this(text) => {
                Value::Bound(Rc::new((Value::Known(Known::Window), Vec::new())))
            }
            // `Function("u", "return import(u)")` hides the import from old parsers, and from readers.
            Some(Value::Text(text) | Value::Prefix(text)) if text.trim_start().starts_with("return import(") => {
                Value::Known(Known::Import)
            }
            _ => Value::Unknown,
        },
        Value::Known(Known::Eval) => match arguments.first() {
            Some(Value::Text(text)) if matches!(&**text, "this" | "window" | "globalThis" | "self") => {
                Value::Known(Known::Window)
            }
            _ => Value::Unknown,
        },
        Value::Known(known) => {
            if let Some(foreign) = arguments.iter().find(|argument| argument.is_foreign()) {
                return foreign.clone();
            }
            if arguments.iter().any(Value::is_later) && known.is_function() {
                return Value::later(Operation::Global(*known, Rc::clone(arguments)));
            }
            constants::global(*known, arguments).unwrap_or(Value::Unknown)
        }
        Value::Bound(bound) => {
            let (callee, first) = &**bound;
            if let Value::Known(Known::Window) = callee {
                return callee.clone();
            }
            let all: Arguments = first.iter().chain(arguments.iter()).cloned().collect();
            call(callee, &all)
        }
        Value::Function(_) | Value::Parameter(..) | Value::Later(_) => {
            Value::later(Operation::Call(callee.clone(), Rc::clone(arguments)))
        }
        // What a method of something from outside gives came from there.
        foreign if foreign.is_foreign() => foreign.clone(),
        _ => foreign_of(arguments),
    }
}

fn is_this(text: &str) -> bool {
    matches!(
        text.trim().trim_end_matches(';').trim_end(),
        "return this" | "return globalThis" | "return self" | "return window"
    )
}

/// Whether [`method`] gives something of its own for a method of this name, whatever it is called on.
pub fn is_heard_of_unknown(name: &str) -> bool {
    matches!(
        name,
        "get"
            | "post"
            | "put"
            | "patch"
            | "request"
            | "create"
            | "cloneNode"
            | "createElement"
            | "createHTML"
            | "createScript"
            | "createScriptURL"
            | "createTextNode"
            | "map"
            | "sanitize"
    )
}

/// `object.name(arguments)`.
pub fn method(object: &Value, name: &Atom, arguments: &Arguments) -> Value {
    let first = arguments.first();
    let of_list = |value: Option<&Value>| match value {
        Some(Value::List(list)) => Arguments::from(list.as_slice()),
        Some(all) if all.is_foreign() || all.is_later() => one(all),
        _ => one(&Value::Unknown),
    };
    if is_callable(object) {
        match &**name {
            "call" => {
                let rest = Arguments::from(arguments.get(1..).unwrap_or_default());
                return match (object, first) {
                    // `[].slice.call(list)`
                    (Value::Native(of), Some(list)) => method(list, of, &rest),
                    _ => call(object, &rest),
                };
            }
            // `Function.bind.apply(F, [this, …])`, as `new F(…)` becomes.
            "apply" if matches!(object, Value::Native(of) if *of == *"bind") => {
                let bound = of_list(arguments.get(1));
                let rest = match bound.get(1..) {
                    Some(rest) if !rest.is_empty() => rest.to_vec(),
                    _ => vec![
                        bound
                            .first()
                            .filter(|all| all.is_foreign() || all.is_later())
                            .cloned()
                            .unwrap_or(Value::Unknown),
                    ],
                };
                return first.map_or(Value::Unknown, |callee| Value::Bound(Rc::new((callee.clone(), rest))));
            }
            "apply" => return call(object, &of_list(arguments.get(1))),
            "bind" => {
                return Value::Bound(Rc::new((object.clone(), arguments.get(1..).unwrap_or_default().to_vec())));
            }
            _ => {}
        }
    }
    match (object, &**name) {
        // What a state machine was sent.
        (Value::Record(_), "sent") if arguments.is_empty() => return member(object, name),
        (Value::Known(Known::Reflect), "get") => {
            return first.zip(arguments.get(1)).map_or(Value::Unknown, |(object, key)| index(object, key));
        }
        (Value::Known(Known::Reflect), "apply") => {
            return first.map_or(Value::Unknown, |callee| call(callee, &of_list(arguments.get(2))));
        }
        (Value::Known(Known::Reflect), "construct") => {
            return first.map_or(Value::Unknown, |callee| call(callee, &of_list(arguments.get(1))));
        }
        (Value::Known(Known::Object | Known::Reflect), "getPrototypeOf") => {
            return match first {
                Some(Value::Function(_) | Value::Native(_)) => Value::Known(Known::FunctionPrototype),
                Some(Value::Known(known)) if known.is_function() => Value::Known(Known::FunctionPrototype),
                _ => Value::Unknown,
            };
        }
        (Value::Known(Known::Object), "freeze" | "seal" | "assign" | "create")
        | (Value::Known(Known::Json), "stringify")
        | (Value::Known(Known::Url), "createObjectURL") => {
            return first.cloned().unwrap_or(Value::Unknown);
        }
        (Value::Known(Known::Object), "values" | "entries") => {
            return match first {
                Some(Value::Record(fields)) if *name == *"values" => {
                    Value::List(Rc::new(fields.iter().map(|(_, value)| value.clone()).collect()))
                }
                Some(foreign) if foreign.is_foreign() => foreign.clone(),
                _ => Value::Unknown,
            };
        }
        (Value::Known(Known::Json), "parse") => {
            return first.map_or(Value::Unknown, |text| call(&Value::Known(Known::Json), &one(text)));
        }
        (Value::Known(Known::Promise), "all" | "race" | "any" | "allSettled") => {
            let all = of_list(first);
            if all.iter().any(Value::is_later) {
                let either = |one, other| Value::later(Operation::Either(one, other));
                return all.iter().cloned().reduce(either).unwrap_or(Value::Unknown);
            }
            return graver(&all);
        }
        (Value::Known(Known::Array), "from") => {
            return match first {
                Some(Value::Text(text)) => {
                    constants::method("split", &Value::Text(Rc::clone(text)), &[Value::text("")])
                }
                other => other.cloned(),
            }
            .map_or(Value::Unknown, |list| match arguments.get(1) {
                Some(function @ Value::Function(_)) => method(&list, &Atom::from("map"), &one(function)),
                _ => list,
            });
        }
        (Value::Known(Known::Array), "of") => return Value::List(Rc::new(arguments.to_vec())),
        (Value::Known(Known::Storage), "getItem" | "key" | "open")
        | (Value::Known(Known::Files), "get" | "readFile" | "getItem") => return Value::Network("storage"),
        (Value::Plugin(plugin), "get" | "readFile")
            if matches!(&**plugin, "Filesystem" | "Preferences" | "Storage") =>
        {
            return Value::Network("storage");
        }
        (Value::Plugin(plugin), "get" | "post" | "request" | "put" | "patch")
            if matches!(&**plugin, "CapacitorHttp" | "Http") =>
        {
            return Value::Network("an HTTP plugin");
        }
        (Value::Known(Known::Http), "get" | "post" | "request" | "put" | "patch" | "sendRequest") => {
            return Value::Network("an HTTP plugin");
        }
        (Value::Unknown | Value::Parameter(..) | Value::Later(_), "get" | "post" | "put" | "patch" | "request")
            if first.is_some_and(is_asked) =>
        {
            return Value::Network("an HTTP request");
        }
        (Value::Known(Known::Http), "create" | "extend") | (_, "cloneNode") => return object.clone(),
        // A client with settings of its own, whatever a minifier has called what makes it.
        (Value::Unknown | Value::Parameter(..) | Value::Later(_), "create") if has_field(first, "baseURL") => {
            return Value::Known(Known::Http);
        }
        (Value::Known(Known::Caches), "match" | "open") => return Value::Network("the cache"),
        (Value::Known(Known::Document), "getElementById" | "querySelector") => return Value::Known(Known::Element),
        (Value::Known(Known::Document), "createElement") if first.is_some_and(Value::is_later) => {
            return Value::later(Operation::Method(name.clone(), object.clone(), Rc::clone(arguments)));
        }
        (Value::Known(Known::Document), "createElement") => return element(first),
        (Value::Known(Known::Document), "createElementNS") => return element(arguments.get(1)),
        // Of jQuery, each gives the element back.
        (Value::Script, "attr" | "prop" | "on" | "appendTo" | "prependTo" | "addClass") => return Value::Script,
        // A Trusted Types policy hands on its last argument.
        (_, "createScript" | "createScriptURL" | "createHTML") => {
            return arguments.last().cloned().unwrap_or(Value::Unknown);
        }
        // What a sanitiser leaves is not what came.
        (Value::Known(Known::Blob | Known::Worker), _) | (_, "sanitize") => return Value::Unknown,
        (_, "createTextNode") => return first.cloned().unwrap_or(Value::Unknown),
        (_, "createElement") if element(first) == Value::Script => return Value::Script,
        (later, "map") if later.is_later() && matches!(first, Some(Value::Function(_))) => {
            return Value::later(Operation::Method(name.clone(), object.clone(), Rc::clone(arguments)));
        }
        (Value::Unknown, "map") => {
            if let Some(function @ Value::Function(_)) = first {
                return call(function, &one(&Value::Unknown));
            }
        }
        (Value::List(list), "map") if list.len() <= MOST_MAPPED => {
            if let Some(function) = first.filter(|function| is_callable(function)) {
                return Value::List(Rc::new(list.iter().map(|value| call(function, &one(value))).collect()));
            }
        }
        (Value::List(list), "pop" | "shift" | "find" | "get") => return one_of(list),
        _ => {}
    }
    if object.is_foreign() {
        return object.clone();
    }
    if constants::is_method(name) {
        if object.is_later() || arguments.iter().any(Value::is_later) && can_wait(object) {
            return Value::later(Operation::Method(name.clone(), object.clone(), Rc::clone(arguments)));
        }
        if let Value::List(list) = object
            && list.iter().any(|value| value.is_later() || value.is_foreign())
        {
            if let Some(foreign) = list.iter().find(|value| value.is_foreign()) {
                return foreign.clone();
            }
            return Value::later(Operation::Method(name.clone(), object.clone(), Rc::clone(arguments)));
        }
        if let Some(value) = constants::method(name, object, arguments) {
            return value;
        }
    }
    let function = member(object, name);
    if is_callable(&function) && !matches!(function, Value::Native(_)) {
        return call(&function, arguments);
    }
    foreign_of(arguments)
}

const fn can_wait(object: &Value) -> bool {
    matches!(object, Value::List(_) | Value::Text(_) | Value::Number(_))
}

/// What of some arguments came from outside: what an unknown function makes of it did, too.
fn foreign_of(arguments: &[Value]) -> Value {
    arguments.iter().find_map(foreign_in).unwrap_or(Value::Unknown)
}

/// What of an argument came from outside, by itself or in a list.
pub fn foreign_in(value: &Value) -> Option<Value> {
    match value {
        foreign if foreign.is_foreign() => Some(foreign.clone()),
        Value::List(list) if list.len() <= MOST_LOOKED_AT => list.iter().find(|value| value.is_foreign()).cloned(),
        _ => None,
    }
}

/// An address as clients are given: whole, or that of a service of the app.
fn is_asked(value: &Value) -> bool {
    matches!(value, Value::Text(url) | Value::Prefix(url)
        if super::addresses::remote_host(url).is_some() && !url.starts_with(['/', '\\']) || url.starts_with("/api/"))
}

fn has_field(value: Option<&Value>, name: &str) -> bool {
    matches!(value, Some(Value::Record(fields)) if fields.iter().any(|(field, _)| **field == *name))
}

fn element(tag: Option<&Value>) -> Value {
    match tag.and_then(Value::to_text) {
        Some(tag) if tag.eq_ignore_ascii_case("script") || tag.eq_ignore_ascii_case("svg:script") => Value::Script,
        _ => Value::Unknown,
    }
}
