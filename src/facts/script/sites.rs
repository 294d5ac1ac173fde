//! Which calls and assignments make code, and of what.

mod settle;

use std::rc::Rc;

use swc_atoms::Atom;

use super::SiteKind;
use super::addresses::remote_host;
use super::apply::{is_callable, member, none, one};
use super::functions::Functions;
use super::names::Known;
use super::value::{Arguments, Value};

pub use settle::settled;

/// Sites kept of one script; a script with more says so.
pub const MOST_SITES: usize = 2_000;

/// A site whose values are judged when the whole script was walked.
pub struct Pending {
    pub kind: SiteKind,
    pub values: Vec<Value>,
    /// Whether the values are code, not an address of it.
    pub is_code: bool,
    pub at: usize,
    pub is_loader: bool,
    /// It is a site only where its address is foreign, or its code is.
    pub is_told: bool,
}

/// The sites of a script.
#[derive(Default)]
pub struct Sites {
    pub list: Vec<Pending>,
    pub cut: bool,
    pub webassembly: Vec<usize>,
}

/// Methods that matter whatever they are called on.
pub fn is_watched(name: &str) -> bool {
    matches!(
        name,
        "setAttribute"
            | "setAttributeNS"
            | "addModule"
            | "insertAdjacentHTML"
            | "createContextualFragment"
            | "setHTMLUnsafe"
            | "executeScript"
            | "evaluateJavascript"
            | "evaluateJavaScript"
            | "register"
            | "getScript"
            | "globalEval"
            | "write"
            | "writeln"
            | "addEventListener"
            | "get"
            | "post"
            | "ajax"
            | "getJSON"
            | "on"
            | "importScripts"
            | "append"
            | "appendChild"
            | "open"
            | "sendBeacon"
            | "then"
            | "addListener"
            | "import"
            | "map"
            | "config"
            | "openExternal"
            | "openUrl"
            | "openURL"
            | "l"
    )
}

impl Sites {
    fn push(&mut self, kind: SiteKind, values: Vec<Value>, is_code: bool, at: usize) {
        if self.list.len() >= MOST_SITES {
            self.cut = true;
            return;
        }
        self.list.push(Pending { kind, values, is_code, at, is_loader: false, is_told: false });
    }

    /// A site whose values are code.
    pub fn code(&mut self, kind: SiteKind, values: Vec<Value>, at: usize) {
        self.push(kind, values, true, at);
    }

    /// A site whose value is an address of code.
    pub fn address(&mut self, kind: SiteKind, value: Option<&Value>, at: usize) {
        let Some(value) = value else { return };
        let is_data = match value {
            Value::Text(text) => data_code(text),
            _ => None,
        };
        match is_data {
            Some(code) => self.push(kind, vec![code], true, at),
            None => self.push(kind, vec![value.clone()], false, at),
        }
    }

    /// `callee(arguments)`, and what it makes known of the script's functions.
    pub fn call(&mut self, functions: &mut Functions, callee: &Value, arguments: &Arguments, direct: bool, at: usize) {
        match callee {
            Value::Known(Known::Eval) => {
                let kind = if direct { SiteKind::DirectEval } else { SiteKind::IndirectEval };
                let first = arguments.first().cloned().unwrap_or_else(|| Value::text(""));
                self.code(kind, vec![first], at);
            }
            Value::Known(Known::FunctionConstructor) => {
                self.code(SiteKind::FunctionConstructor, arguments.to_vec(), at);
            }
            Value::Known(Known::ImportScripts) => {
                for argument in arguments.iter() {
                    self.address(SiteKind::ImportScripts, Some(argument), at);
                }
            }
            Value::Known(Known::Import) => self.address(SiteKind::DynamicImport, arguments.first(), at),
            Value::Known(Known::Worker) => self.address(SiteKind::Worker, arguments.first(), at),
            Value::Known(Known::Timer) => {
                // Only a text is code; a function or a number is not, and an unknown value most likely is a function.
                if let Some(first) = arguments.first()
                    && (first.is_later() || first.is_foreign() || matches!(first, Value::Text(_) | Value::Prefix(_)))
                {
                    self.code(SiteKind::StringTimer, vec![first.clone()], at);
                }
            }
            Value::Known(Known::Open) => self.open(arguments.first(), at),
            Value::Bound(bound) => {
                let (callee, first) = &**bound;
                let all: Arguments = first.iter().chain(arguments.iter()).cloned().collect();
                self.call(functions, &callee.clone(), &all, false, at);
            }
            Value::Function(function) => {
                functions.call(*function, arguments);
            }
            Value::Parameter(..) | Value::Later(_) => {
                functions.later_call(callee.clone(), Rc::clone(arguments), at);
            }
            _ => {}
        }
    }

    /// An address that is opened: code where its scheme says so.
    pub fn open(&mut self, value: Option<&Value>, at: usize) {
        if let Some(Value::Text(text) | Value::Prefix(text)) = value
            && is_javascript(text)
        {
            let code = text.trim_start().get(11..).unwrap_or_default();
            let whole = matches!(value, Some(Value::Text(_)));
            self.code(SiteKind::JavascriptUrl, vec![if whole { Value::text(code) } else { Value::Unknown }], at);
        }
    }

    /// Markup that becomes part of the page; only such as holds code, or came from outside.
    pub fn markup(&mut self, kind: SiteKind, value: &Value, at: usize) {
        match value {
            Value::Text(text) | Value::Prefix(text) => {
                if let Some(code) = markup_code(text, matches!(value, Value::Text(_))) {
                    let is_code = !matches!(&code, Value::Text(url) if remote_host(url).is_some());
                    self.push(kind, vec![code], is_code, at);
                }
            }
            // What a worker of its own makes of markup is no more foreign than what the script itself does.
            Value::Network(source) if kind == SiteKind::Markup && *source == super::calling::OWN_WORKER => {}
            Value::Network(_) | Value::User(_) | Value::Later(_) | Value::Parameter(..) => {
                self.code(kind, vec![value.clone()], at);
            }
            _ => {}
        }
    }

    /// `object.name(arguments)`.
    pub fn method(&mut self, functions: &mut Functions, object: &Value, name: &Atom, arguments: &Arguments, at: usize) {
        let first = arguments.first();
        let list = |value: Option<&Value>| match value {
            Some(Value::List(list)) => Arguments::from(list.as_slice()),
            Some(other) => one(other),
            None => none(),
        };
        if is_callable(object) {
            match &**name {
                "call" => {
                    return self.call(
                        functions,
                        object,
                        &Arguments::from(arguments.get(1..).unwrap_or_default()),
                        false,
                        at,
                    );
                }
                "apply" => return self.call(functions, object, &list(arguments.get(1)), false, at),
                _ => {}
            }
        }
        self.told_by_method(name, arguments, at);
        match (object, &**name) {
            (Value::Known(Known::Reflect), "apply" | "construct") => {
                let index = if *name == *"apply" { 2 } else { 1 };
                if let Some(callee) = first {
                    self.call(functions, callee, &list(arguments.get(index)), false, at);
                }
            }
            (Value::Known(Known::ServiceWorker), "register") | (_, "addModule") => {
                self.address(SiteKind::Worker, first, at);
            }
            (_, "setAttribute" | "setAttributeNS") => {
                let shift = usize::from(*name == *"setAttributeNS");
                if let (Some(Value::Text(key)), Some(value)) = (arguments.get(shift), arguments.get(shift + 1)) {
                    self.assign(object, &key.to_ascii_lowercase(), value, at);
                    if key.len() > 3 && key.to_ascii_lowercase().starts_with("on") {
                        self.code(SiteKind::EventAttribute, vec![value.clone()], at);
                    }
                }
            }
            (Value::Script, "attr" | "prop") => match (first, arguments.get(1)) {
                (Some(Value::Text(key)), Some(value)) => self.assign(object, &key.to_ascii_lowercase(), value, at),
                (Some(Value::Record(fields)), _) => {
                    fields.iter().for_each(|(key, value)| self.assign(object, key, value, at));
                }
                _ => {}
            },
            (Value::Script, "append" | "appendChild") => {
                self.code(SiteKind::ScriptText, arguments.to_vec(), at);
            }
            (Value::Known(Known::Object), "assign") if first == Some(&Value::Script) => {
                for fields in arguments.iter().skip(1) {
                    if let Value::Record(fields) = fields {
                        fields.iter().for_each(|(key, value)| self.assign(&Value::Script, key, value, at));
                    }
                }
            }
            (Value::Known(Known::Document), "write" | "writeln") => {
                for argument in arguments.iter() {
                    self.markup(SiteKind::DocumentWrite, argument, at);
                }
            }
            (_, "insertAdjacentHTML") => {
                if let Some(value) = arguments.get(1) {
                    self.markup(SiteKind::Markup, value, at);
                }
            }
            (_, "createContextualFragment" | "setHTMLUnsafe") => {
                if let Some(value) = first {
                    self.markup(SiteKind::DocumentWrite, value, at);
                }
            }
            (_, "import") => {
                if let Some(Value::Text(url)) = first
                    && remote_host(url).is_some()
                {
                    self.address(SiteKind::DynamicImport, first, at);
                }
            }
            // Whatever holds the worker's global object: `this.self.importScripts(address)`.
            (_, "importScripts") => {
                for argument in arguments.iter() {
                    self.address(SiteKind::ImportScripts, Some(argument), at);
                }
            }
            (_, "getScript") => self.address(SiteKind::ScriptElement, first, at),
            (_, "executeScript") => {
                if let Some(Value::Record(fields)) = first {
                    for (key, value) in fields.iter() {
                        match &**key {
                            "code" => self.code(SiteKind::NativeBridge, vec![value.clone()], at),
                            "file" => self.address(SiteKind::NativeBridge, Some(value), at),
                            _ => {}
                        }
                    }
                }
            }
            (_, "evaluateJavascript" | "evaluateJavaScript") => {
                self.code(SiteKind::NativeBridge, vec![first.cloned().unwrap_or(Value::Unknown)], at);
            }
            (Value::Known(Known::Location), "assign" | "replace") => self.open(first, at),
            (
                Value::Known(Known::WebAssembly),
                "instantiate" | "instantiateStreaming" | "compile" | "compileStreaming",
            ) => {
                self.webassembly.push(at);
            }
            _ => {
                let function = member(object, name);
                if !matches!(function, Value::Native(_) | Value::Unknown) {
                    self.call(functions, &function, arguments, false, at);
                }
            }
        }
    }

    /// `object.name = value`.
    pub fn assign(&mut self, object: &Value, name: &str, value: &Value, at: usize) {
        match (object, name) {
            (Value::Script, "src" | "href" | "xlink:href") => self.address(SiteKind::ScriptElement, Some(value), at),
            (Value::Script, "text" | "textContent" | "innerHTML" | "innerText") => {
                self.code(SiteKind::ScriptText, vec![value.clone()], at);
            }
            (_, "innerHTML" | "outerHTML") => self.markup(SiteKind::Markup, value, at),
            (_, "srcdoc") => self.markup(SiteKind::DocumentWrite, value, at),
            (_, "href" | "src" | "location" | "action") => self.open(Some(value), at),
            _ => {}
        }
    }
}

fn is_javascript(text: &str) -> bool {
    text.trim_start().get(..11).is_some_and(|scheme| scheme.eq_ignore_ascii_case("javascript:"))
}

/// The code that a `data:` address holds.
fn data_code(url: &str) -> Option<Value> {
    let url = url.trim_start();
    if !url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
        return None;
    }
    let (kind, data) = url.split_once(',')?;
    let known = if kind.ends_with(";base64") { Known::Atob } else { Known::Decode };
    super::constants::global(known, &[Value::text(data)])
}

/// The code in constant markup: the foreign address of a script, or that there is a script or a handler at all.
fn markup_code(text: &str, whole: bool) -> Option<Value> {
    let lower = text.to_ascii_lowercase();
    let script = lower.find("<script");
    if let Some(at) = script {
        let tag = text.get(at..)?;
        let tag = tag.split('>').next().unwrap_or(tag);
        if let Some((_, source)) = tag.split_once("src=") {
            let source = source.trim_start_matches(['"', '\'', '\\']);
            let url = source.split(['"', '\'', '\\', ' ']).next().unwrap_or(source);
            if remote_host(url).is_some() {
                return Some(Value::text(url));
            }
            // An address of the bundle itself, or one that a later part gives.
            return if whole && !url.is_empty() { None } else { Some(Value::Unknown) };
        }
        return Some(if whole { Value::Text(Rc::from(text)) } else { Value::Unknown });
    }
    let handler = ["onerror=", "onload=", "javascript:", "onclick=", "onfocus=", "ontoggle=", "onmouseover="];
    let has_handler = lower.contains('<') && handler.iter().any(|name| lower.contains(name));
    has_handler.then(|| if whole { Value::Text(Rc::from(text)) } else { Value::Unknown })
}
