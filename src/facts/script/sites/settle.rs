//! What calls and sites come to, once the whole script was walked.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use swc_atoms::Atom;

use super::super::SiteKind;
use super::super::addresses::remote_host;
use super::super::calling::OWN_WORKER;
use super::super::functions::Functions;
use super::super::names::Known;
use super::super::value::{FunctionId, Operation, Value, either, graver};
use super::{Pending, Sites, data_code, markup_code};

/// How often calls that became known are followed to further ones.
const ROUNDS: u32 = 3;

impl Sites {
    /// Calls of what is known only now.
    pub fn settle_calls(&mut self, functions: &mut Functions, rotates: bool) {
        let indirect = std::mem::take(&mut functions.indirect);
        // What each may call, and whether nothing that becomes known can change it: most are methods of the script's own
        // classes, which are asked once.
        let mut known: Vec<Targets> = indirect.iter().map(|_| (Rc::default(), false)).collect();
        let mut is_new = true;
        for round in 0..=ROUNDS {
            if !std::mem::take(&mut is_new) {
                break;
            }
            functions.forget();
            let mut asked = Asked::default();
            let mut called = Vec::new();
            for (call, known) in indirect.iter().zip(&mut known).filter(|(_, known)| !known.1) {
                *known = asked.targets(functions, &call.callee);
                called.extend(known.0.iter().filter_map(|target| {
                    if let Value::Function(function) = target { Some((*function, call)) } else { None }
                }));
            }
            if round < ROUNDS {
                for (function, call) in called {
                    is_new |= functions.call(function, &call.arguments);
                }
            }
        }
        for (call, (targets, _)) in indirect.iter().zip(known) {
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
        let is_remote = matches!(&worst, Value::Text(url) | Value::Prefix(url) if remote_host(url).is_some());
        return (worst.is_foreign() || !site.is_code && is_remote).then_some((values, site.is_code));
    }
    // What comes to nothing is not code: something was not followed.
    let is_lost = |value: &Value| matches!(value, Value::Text(text) if text.is_empty());
    let is_markup = matches!(site.kind, SiteKind::Markup | SiteKind::DocumentWrite);
    // A timer without a text has most likely a function, which was not followed.
    let is_unset = site.kind != SiteKind::StringTimer && values.last() == Some(&Value::Undefined);
    if site.is_code && !is_markup && (is_unset || was_later && values.last().is_some_and(is_lost)) {
        return Some((vec![Value::Unknown], true));
    }
    match site.kind {
        SiteKind::StringTimer if was_later => {
            (worst.is_foreign() || matches!(worst, Value::Text(_) | Value::Prefix(_))).then_some((values, site.is_code))
        }
        SiteKind::Markup | SiteKind::DocumentWrite if was_later => match graver(&values) {
            Value::Network(source) if site.kind == SiteKind::Markup && source == OWN_WORKER => None,
            Value::Network(_) | Value::User(_) => Some((values, true)),
            Value::Text(text) => {
                let code = markup_code(&text, true)?;
                let is_code = !matches!(&code, Value::Text(url) if remote_host(url).is_some());
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
