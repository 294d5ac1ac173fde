//! Which calls and assignments make code, and of what.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use swc_atoms::Atom;

use super::SiteKind;
use super::apply::{is_callable, member, none, one};
use super::functions::Functions;
use super::names::Known;
use super::value::{Arguments, FunctionId, Operation, Value, either, graver};

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
                    let is_code = !matches!(&code, Value::Text(url) if super::value::remote_host(url).is_some());
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
                    && super::value::remote_host(url).is_some()
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

    /// Calls of what is known only now.
    pub fn settle_calls(&mut self, functions: &mut Functions, rotates: bool) {
        let indirect = std::mem::take(&mut functions.indirect);
        // What each may call, once nothing that becomes known can change it: most are methods of the script's own classes.
        let mut fixed: Vec<Option<Rc<[Value]>>> = indirect.iter().map(|_| None).collect();
        for _ in 0..3 {
            functions.forget();
            let mut asked = Asked::default();
            let mut called = Vec::new();
            for (call, fixed) in indirect.iter().zip(&mut fixed).filter(|(_, fixed)| fixed.is_none()) {
                let (targets, is_fixed) = asked.targets(functions, &call.callee);
                called.extend(targets.iter().filter_map(|target| {
                    if let Value::Function(function) = target { Some((*function, call)) } else { None }
                }));
                if is_fixed {
                    *fixed = Some(targets);
                }
            }
            let mut is_new = false;
            for (function, call) in called {
                is_new |= functions.call(function, &call.arguments);
            }
            if !is_new {
                break;
            }
        }
        functions.forget();
        let mut asked = Asked::default();
        for (call, fixed) in indirect.iter().zip(fixed) {
            let targets = fixed.unwrap_or_else(|| asked.targets(functions, &call.callee).0);
            let is_hidden =
                rotates && is_hidden_name(&call.callee) && targets.iter().all(|target| *target == Value::Unknown);
            if is_hidden {
                self.code(SiteKind::IndirectEval, vec![Value::Unknown], call.at);
            }
            for target in targets.iter() {
                if matches!(target, Value::Known(_) | Value::Bound(_)) {
                    self.call(functions, target, &call.arguments, false, call.at);
                }
            }
        }
    }
}

/// What a callee may be, and whether that stays so when more becomes known of how functions are called.
type Targets = (Rc<[Value]>, bool);

/// What parameters and fields may be, each asked once: many calls are of the same one.
#[derive(Default)]
struct Asked {
    parameters: FxHashMap<(FunctionId, u32), Targets>,
    fields: FxHashMap<(FunctionId, Atom), Targets>,
}

impl Asked {
    fn targets(&mut self, functions: &Functions, callee: &Value) -> Targets {
        let ask = || {
            let (targets, is_fixed) = functions.targets(callee);
            (Rc::from(targets), is_fixed)
        };
        match callee {
            Value::Parameter(function, index) => self.parameters.entry((*function, *index)).or_insert_with(ask).clone(),
            Value::Later(later) => match &later.operation {
                Operation::Field(class, name) => self.fields.entry((*class, name.clone())).or_insert_with(ask).clone(),
                _ => ask(),
            },
            _ => ask(),
        }
    }
}

/// `window[decoder(17)]`: a name of the browser's that a decoder gives which could not be followed.
fn is_hidden_name(callee: &Value) -> bool {
    matches!(callee, Value::Later(later)
        if matches!(&later.operation, Operation::Index(Value::Known(Known::Window), Value::Later(_))))
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
            if super::value::remote_host(url).is_some() {
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

/// The values of a site as they are known after the walk; none where it is none after all.
pub fn settled(functions: &Functions, site: &Pending) -> Option<(Vec<Value>, bool)> {
    let values: Vec<Value> = site.values.iter().map(|value| functions.settle(value)).collect();
    let was_later = site.values.iter().any(Value::is_later);
    let worst = values.iter().cloned().reduce(either).unwrap_or(Value::Unknown);
    if site.is_told {
        if let Value::Text(text) = &worst
            && !site.is_code
            && let Some(code) = data_code(text)
        {
            return Some((vec![code], true));
        }
        let is_remote =
            matches!(&worst, Value::Text(url) | Value::Prefix(url) if super::value::remote_host(url).is_some());
        return (worst.is_foreign() || !site.is_code && is_remote).then_some((values, site.is_code));
    }
    // What comes to nothing is not code: something was not followed.
    let is_lost = |value: &Value| matches!(value, Value::Text(text) if text.is_empty());
    let is_markup = matches!(site.kind, SiteKind::Markup | SiteKind::DocumentWrite);
    let is_unset = values.last() == Some(&Value::Undefined);
    if site.is_code && !is_markup && (is_unset || was_later && values.last().is_some_and(is_lost)) {
        return Some((vec![Value::Unknown], true));
    }
    match site.kind {
        SiteKind::StringTimer if was_later => {
            (worst.is_foreign() || matches!(worst, Value::Text(_) | Value::Prefix(_))).then_some((values, site.is_code))
        }
        SiteKind::Markup | SiteKind::DocumentWrite if was_later => match graver(&values) {
            Value::Network(source) if site.kind == SiteKind::Markup && source == super::calling::OWN_WORKER => None,
            Value::Network(_) | Value::User(_) => Some((values, true)),
            Value::Text(text) => {
                let code = markup_code(&text, true)?;
                let is_code = !matches!(&code, Value::Text(url) if super::value::remote_host(url).is_some());
                Some((vec![code], is_code))
            }
            _ => None,
        },
        _ => {
            if was_later
                && !site.is_code
                && let Value::Text(text) = &worst
                && let Some(code) = data_code(text)
            {
                return Some((vec![code], true));
            }
            Some((values, site.is_code))
        }
    }
}
