//! Reads a policy and those it extends, and lays them over each other.

use std::collections::{BTreeMap, BTreeSet};

use super::exceptions::Exception;
use super::faults::{Faults, suggest};
use super::file::{self, File};
use super::{BUILTIN, GateRules, LIMITS, Policy, SelectedControl, builtin, deviations, yaml};
use crate::controls::CATALOG;
use crate::inputs::Limits;
use crate::model::{Digest, Problem};

/// How many policies may extend one another.
const MAX_DEPTH: usize = 8;

/// Reads the policy `text`, which the user knows as `name`. A policy it extends is a built-in one or a file;
/// `resolve` gets that file's path as seen from the folder of the policy `text`, also when a policy in another folder
/// names it, and returns the name under which it shall be shown and its text.
///
/// # Errors
/// All faults of the file, then those of the policies it extends; within each, in the order of their places.
pub fn load(
    name: &str,
    text: &str,
    resolve: &dyn Fn(&str) -> Option<(String, String)>,
) -> Result<Policy, Vec<Problem>> {
    let mut chain: Vec<(String, String, File)> = Vec::new();
    let mut problems = Vec::new();
    let mut next = Some(Source { path: String::new(), name: name.to_owned(), text: text.to_owned() });
    while let Some(Source { path, name, text }) = next.take() {
        let root = match yaml::parse(&name, &text) {
            Ok(root) => root,
            Err(problem) => {
                problems.push(problem);
                break;
            }
        };
        let mut faults = Faults::new(&name, &text);
        let file = file::read(&mut faults, &root);
        for given in &file.exceptions {
            let nearer = chain.iter().flat_map(|(.., file)| &file.exceptions);
            if let Some((id, span)) = &given.id
                && nearer.into_iter().any(|other| other.exception.id == *id)
            {
                let help = "give each exception an id of its own";
                faults.add(
                    span,
                    format!("two exceptions have the id `{id}`"),
                    "used by a policy that extends this one",
                    help,
                );
            }
        }
        next = extended(&mut faults, (&path, &name), &file, &chain, resolve);
        problems.extend(faults.into_problems());
        chain.push((name, text, file));
    }
    if problems.is_empty() { Ok(merge(chain)) } else { Err(problems) }
}

/// A policy that is still to be read.
struct Source {
    /// As seen from the folder of the first policy; empty for the first itself.
    path: String,
    name: String,
    text: String,
}

/// The policy that `file` extends; a fault when there is none.
fn extended(
    faults: &mut Faults<'_>,
    (path, name): (&str, &str),
    file: &File,
    chain: &[(String, String, File)],
    resolve: &dyn Fn(&str) -> Option<(String, String)>,
) -> Option<Source> {
    let (wanted, span) = file.extends.as_ref()?;
    if chain.len() + 1 >= MAX_DEPTH {
        let message = format!("more than {MAX_DEPTH} policies extend one another");
        faults.add(span, message, "one too many", "extend a policy that is nearer to the first");
        return None;
    }
    let found = match builtin(wanted) {
        Some(text) => Some((wanted.clone(), text.to_owned())),
        None => resolve(&joined(path, wanted)),
    };
    let Some((found, text)) = found else {
        let names: Vec<&str> = BUILTIN.iter().map(|(name, _)| *name).collect();
        let help = suggest(wanted, &names, "give the path of a policy file relative to this one, or one of");
        faults.add(span, format!("no policy `{wanted}` to extend"), "not found", help);
        return None;
    };
    if found == name || chain.iter().any(|(known, ..)| *known == found) {
        let help = "let the last of them extend `default`, or none";
        faults.add(span, format!("the policy `{found}` extends itself"), "leads back", help);
        return None;
    }
    Some(Source { path: joined(path, wanted), name: found, text })
}

/// `wanted` as seen from the folder of the policy `from`.
fn joined(from: &str, wanted: &str) -> String {
    let folder = from.rfind(['/', '\\']).and_then(|cut| from.get(..=cut)).unwrap_or_default();
    let absolute = wanted.starts_with(['/', '\\']) || wanted.get(1..2) == Some(":");
    let wanted = wanted.strip_prefix("./").unwrap_or(wanted);
    if absolute || folder.is_empty() { wanted.to_owned() } else { format!("{folder}{wanted}") }
}

/// The last part of a path without the ending of a policy file.
fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.strip_suffix(".yaml").or_else(|| file.strip_suffix(".yml")).unwrap_or(file)
}

/// Lays the files over each other; the first is the nearest and wins.
fn merge(chain: Vec<(String, String, File)>) -> Policy {
    let names: Vec<String> =
        chain.iter().map(|(name, _, file)| file.name.clone().unwrap_or_else(|| stem(name).to_owned())).collect();
    let name = names.first().cloned().unwrap_or_default();
    let title = chain.first().and_then(|(.., file)| file.title.clone()).unwrap_or_else(|| name.clone());
    let sha256 = Digest::of_parts(chain.iter().map(|(_, text, _)| text.as_str()));
    let mut limits = Limits::default();
    let mut gate = GateRules::default();
    let mut config = None;
    let mut attestations = None;
    let mut max_age_days = BTreeMap::new();
    let mut chosen: Option<BTreeSet<&'static str>> = None;
    let mut severities = BTreeMap::new();
    let mut values = file::Values::new();
    let mut exceptions = Vec::new();
    for (.., file) in chain.into_iter().rev() {
        for (name, number) in file.limits {
            if let Some(field) = LIMITS.iter().find(|field| field.name == name) {
                *(field.slot)(&mut limits) = number;
            }
        }
        config = file.config.or(config);
        attestations = file.attestations.or(attestations);
        max_age_days.extend(file.max_age_days);
        gate.fail_on = file.fail_on.unwrap_or(gate.fail_on);
        gate.manual_fails = file.manual_fails.unwrap_or(gate.manual_fails);
        gate.indeterminate_fails = file.indeterminate_fails.unwrap_or(gate.indeterminate_fails);
        chosen = file.select.or(chosen);
        severities.extend(file.severity);
        for (id, given) in file.parameters {
            values.entry(id).or_default().extend(given);
        }
        exceptions.extend(file.exceptions.into_iter().map(|given| given.exception));
    }
    let mut controls: Vec<SelectedControl> = CATALOG
        .iter()
        .copied()
        .filter(|control| chosen.as_ref().is_none_or(|chosen| chosen.contains(control.id)))
        .map(|control| SelectedControl {
            control,
            severity: severities.get(control.id).copied().unwrap_or(control.severity),
            parameters: values.remove(control.id).unwrap_or_default(),
        })
        .collect();
    controls.sort_by_key(|selected| selected.control.id);
    name_exceptions(&mut exceptions);
    let deviations = deviations::of(&controls, gate, &limits);
    let extends = names.into_iter().skip(1).collect();
    Policy {
        name,
        title,
        sha256,
        extends,
        config,
        attestations,
        max_age_days,
        limits,
        gate,
        controls,
        exceptions,
        deviations,
    }
}

/// Gives each exception without an id the id `EXC-<its number>`, or the next that is free.
fn name_exceptions(exceptions: &mut [Exception]) {
    let mut taken: BTreeSet<String> = exceptions.iter().map(|exception| exception.id.clone()).collect();
    let mut shift = 0;
    for (index, exception) in exceptions.iter_mut().enumerate() {
        while exception.id.is_empty() {
            let id = format!("EXC-{}", index + 1 + shift);
            if taken.insert(id.clone()) {
                exception.id = id;
            } else {
                shift += 1;
            }
        }
    }
}
