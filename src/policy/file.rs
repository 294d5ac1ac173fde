//! One policy file as it stands, before it is laid over the one it extends.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::exceptions::{self, Given};
use super::faults::{Faults, suggest};
use super::yaml::{Node, Value};
use super::{LIMITS, POLICY_SCHEMA, select};
use crate::controls::{ParameterKind, ParameterValue};
use crate::facts::attestations::keys;
use crate::model::Severity;

/// The parameters that a policy sets, by control.
pub(super) type Values = BTreeMap<&'static str, BTreeMap<String, ParameterValue>>;

/// What one file says.
#[derive(Default)]
pub(super) struct File {
    pub(super) name: Option<String>,
    pub(super) title: Option<String>,
    pub(super) extends: Option<(String, Range<usize>)>,
    pub(super) select: Option<BTreeSet<&'static str>>,
    pub(super) config: Option<String>,
    pub(super) attestations: Option<String>,
    pub(super) max_age_days: BTreeMap<String, u32>,
    pub(super) limits: Vec<(&'static str, u64)>,
    pub(super) fail_on: Option<Severity>,
    pub(super) manual_fails: Option<bool>,
    pub(super) indeterminate_fails: Option<bool>,
    pub(super) severity: BTreeMap<&'static str, Severity>,
    pub(super) parameters: Values,
    pub(super) exceptions: Vec<Given>,
}

/// The keys of a policy file.
pub(super) const KEYS: [&str; 13] = [
    "schema",
    "name",
    "title",
    "description",
    "extends",
    "select",
    "app",
    "attestations",
    "limits",
    "gate",
    "severity",
    "parameters",
    "exceptions",
];

/// Reads a whole file; all its faults are in `faults` afterwards.
pub(super) fn read(faults: &mut Faults<'_>, root: &Node) -> File {
    let mut file = File::default();
    let entries = faults.entries(root, "the policy", &KEYS);
    if matches!(root.value, Value::Map(_)) && !entries.iter().any(|(key, _)| key.name == "schema") {
        faults.add(
            &root.span,
            "the policy lacks `schema`",
            "here",
            format!("begin the file with `schema: {POLICY_SCHEMA}`"),
        );
    }
    for (key, value) in entries {
        let what = format!("`{}`", key.name);
        match key.name.as_str() {
            "schema" => {
                faults.word(value, &what, &[POLICY_SCHEMA]);
            }
            "name" => file.name = faults.text(value, &what).map(str::to_owned),
            "title" => file.title = faults.text(value, &what).map(str::to_owned),
            "description" => {
                faults.text(value, &what);
            }
            "extends" => file.extends = faults.text(value, &what).map(|name| (name.to_owned(), value.span.clone())),
            "select" => file.select = Some(select::select(faults, value)),
            "app" => file.config = app(faults, value),
            "attestations" => attestations(faults, value, &mut file),
            "limits" => file.limits = limits(faults, value),
            "gate" => gate(faults, value, &mut file),
            "severity" => {
                for (id, value) in faults.map(value, &what) {
                    let control = select::control(faults, &id.name, &id.span);
                    let severity = select::severity(faults, value, &format!("the severity of `{}`", id.name));
                    if let (Some(control), Some(severity)) = (control, severity) {
                        file.severity.insert(control.id, severity);
                    }
                }
            }
            "parameters" => file.parameters = parameters(faults, value),
            _ => file.exceptions = exceptions::read(faults, value),
        }
    }
    file
}

/// What the policy says of the app: the configuration that ships, a path below the app's folder.
fn app(faults: &mut Faults<'_>, node: &Node) -> Option<String> {
    let mut config = None;
    for (key, value) in faults.entries(node, "`app`", &["config"]) {
        let Some(path) = faults.text(value, &format!("`{}`", key.name)) else { continue };
        let help = "give its path relative to the app's folder, such as `capacitor.config.prod.ts`";
        config = below(faults, value, path, "the configuration", help);
    }
    config
}

/// A path below the app's folder; else a fault.
fn below(faults: &mut Faults<'_>, node: &Node, path: &str, what: &str, help: &str) -> Option<String> {
    let below =
        !path.starts_with(['/', '\\']) && !path.contains(':') && !path.split(['/', '\\']).any(|part| part == "..");
    if !below {
        faults.add(&node.span, format!("{what} lies outside the app's folder"), "not below it", help);
    }
    below.then(|| path.strip_prefix("./").unwrap_or(path).to_owned())
}

/// Where the statements of the organisation lie, and how old they may be: never older than the table of keys says.
fn attestations(faults: &mut Faults<'_>, node: &Node, file: &mut File) {
    let help = "give its path relative to the app's folder, such as `compliance/attestations.yaml`";
    if let Some(path) = node.as_str() {
        file.attestations = below(faults, node, path, "the file of statements", help);
        return;
    }
    for (key, value) in faults.entries(node, "`attestations`", &["file", "max_age_days"]) {
        if key.name == "file" {
            if let Some(path) = faults.text(value, "`file`") {
                file.attestations = below(faults, value, path, "the file of statements", help);
            }
            continue;
        }
        let names: Vec<&str> = keys().iter().map(|key| key.name.as_str()).collect();
        for (name, value) in faults.entries(value, "`max_age_days`", &names) {
            let most = keys().iter().find(|key| key.name == name.name).map_or(0, |key| key.max_age_days);
            let Some(days) = faults.positive(value, &format!("`{}`", name.name)) else { continue };
            match u32::try_from(days).ok().filter(|days| *days <= most) {
                Some(days) => {
                    file.max_age_days.insert(name.name.clone(), days);
                }
                None => {
                    let message = format!("a statement of `{}` counts for {most} days at most", name.name);
                    faults.add(&value.span, message, "longer than that", "give fewer days, or leave it out");
                }
            }
        }
    }
}

fn limits(faults: &mut Faults<'_>, node: &Node) -> Vec<(&'static str, u64)> {
    let names: Vec<&'static str> = LIMITS.iter().map(|field| field.name).collect();
    let mut limits = Vec::new();
    for (key, value) in faults.entries(node, "`limits`", &names) {
        let number = faults.positive(value, &format!("`{}`", key.name));
        let name = names.iter().copied().find(|name| *name == key.name);
        limits.extend(name.zip(number));
    }
    limits
}

fn gate(faults: &mut Faults<'_>, node: &Node, file: &mut File) {
    for (key, value) in faults.entries(node, "`gate`", &["fail_on", "manual", "indeterminate"]) {
        let what = format!("`{}`", key.name);
        if key.name == "fail_on" {
            file.fail_on = select::severity(faults, value, &what);
        } else {
            let fails = faults.word(value, &what, &["report", "fail"]).map(|word| word == "fail");
            if key.name == "manual" {
                file.manual_fails = fails;
            } else {
                file.indeterminate_fails = fails;
            }
        }
    }
}

fn parameters(faults: &mut Faults<'_>, node: &Node) -> Values {
    let mut all = Values::new();
    for (id, value) in faults.map(node, "`parameters`") {
        let Some(control) = select::control(faults, &id.name, &id.span) else { continue };
        let names: Vec<&str> = control.parameters.iter().map(|parameter| parameter.name).collect();
        let values = all.entry(control.id).or_default();
        for (key, value) in faults.map(value, &format!("the parameters of `{}`", control.id)) {
            let Some(parameter) = control.parameters.iter().find(|parameter| parameter.name == key.name) else {
                let help = if names.is_empty() {
                    "remove it: this control has none".to_owned()
                } else {
                    suggest(&key.name, &names, "its parameters are")
                };
                faults.add(
                    &key.span,
                    format!("`{}` has no parameter `{}`", control.id, key.name),
                    "unknown parameter",
                    help,
                );
                continue;
            };
            let what = format!("`{}`", parameter.name);
            let given = match parameter.kind {
                // An empty list is a value like any other: it takes the default's items away.
                ParameterKind::List(_) => match &value.value {
                    Value::List(items) if items.is_empty() => Some(ParameterValue::List(Vec::new())),
                    _ => {
                        let items = faults.texts(value, &what);
                        Some(ParameterValue::List(items.into_iter().map(|(text, _)| text).collect()))
                    }
                },
                ParameterKind::Choice(words) => {
                    faults.word(value, &what, words).map(|word| ParameterValue::Choice(word.to_owned()))
                }
            };
            if let Some(given) = given {
                values.insert(parameter.name.to_owned(), given);
            }
        }
    }
    all
}
