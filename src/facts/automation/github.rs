//! GitHub Actions: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax>.

use super::pipelines::{action, limits};
use super::read::{Place as _, Reading};
use super::{Named, Permission, TriggerKind};
use crate::inputs::{YamlNode, YamlValue};
use crate::model::printable;

/// The longest text that is kept.
const LONGEST: usize = 120;
/// The keys of a step's `with` whose texts are scripts, in common actions.
const SCRIPTS: [&str; 5] = ["command", "run", "script", "cmd", "inlineScript"];
/// What a checkout of a stranger's code names.
const FOREIGN: [&str; 5] = [
    "github.event.pull_request.head",
    "github.head_ref",
    "refs/pull/",
    "github.event.workflow_run.head",
    "github.event.number",
];

/// Walks a workflow, or an action's own file.
pub fn read(root: &YamlNode, reading: &mut Reading<'_>) {
    if let Some(on) = root.entries().iter().find(|(key, _)| key.name == "on" || key.name == "true") {
        triggers(&on.1, reading);
    }
    let granted = permissions(root, reading);
    reading.file.permissions = granted;
    variables(root, reading);
    for (key, job) in root.get("jobs").map(YamlNode::entries).unwrap_or_default() {
        reading.job(&key.name, key.span.start);
        read_job(&key.name, job, reading);
    }
    if let Some(runs) = root.get("runs") {
        reading.job("runs", runs.span.start);
        read_job("runs", runs, reading);
    }
}

fn triggers(on: &YamlNode, reading: &mut Reading<'_>) {
    match &on.value {
        YamlValue::Text(name) => reading.trigger(kind(name), name, Vec::new(), on.span.start),
        YamlValue::List(names) => {
            for name in names {
                let text = name.as_str().unwrap_or_default();
                reading.trigger(kind(text), text, Vec::new(), name.span.start);
            }
        }
        YamlValue::Map(events) => {
            for (key, value) in events {
                // Inputs of a dispatched workflow limit nothing.
                let limits = if matches!(&*key.name, "workflow_dispatch" | "workflow_call") {
                    Vec::new()
                } else {
                    limits(value)
                };
                reading.trigger(kind(&key.name), &key.name, limits, key.span.start);
            }
        }
        _ => {}
    }
}

fn kind(event: &str) -> TriggerKind {
    match event {
        "push" | "merge_group" | "create" => TriggerKind::Push,
        "pull_request" => TriggerKind::PullRequest,
        "pull_request_target" => TriggerKind::PullRequestTarget,
        "issue_comment" | "issues" | "workflow_run" | "discussion" | "discussion_comment" | "fork" | "watch" => {
            TriggerKind::Stranger
        }
        "release" => TriggerKind::Release,
        "schedule" => TriggerKind::Schedule,
        "workflow_dispatch" | "repository_dispatch" => TriggerKind::Manual,
        "workflow_call" => TriggerKind::Called,
        _ => TriggerKind::Other,
    }
}

fn permissions(node: &YamlNode, reading: &Reading<'_>) -> Vec<Permission> {
    let Some(granted) = node.get("permissions") else { return Vec::new() };
    if let Some(all) = granted.as_str() {
        let access = all.trim_end_matches("-all").to_owned();
        return vec![Permission { scope: "*".to_owned(), access, position: reading.place(granted.span.start) }];
    }
    granted
        .entries()
        .iter()
        .map(|(key, value)| Permission {
            scope: printable(&key.name, LONGEST),
            access: printable(value.as_str().unwrap_or_default(), LONGEST),
            position: reading.place(key.span.start),
        })
        .collect()
}

fn variables(node: &YamlNode, reading: &mut Reading<'_>) {
    for (key, value) in node.get("env").map(YamlNode::entries).unwrap_or_default() {
        let text = match &value.value {
            YamlValue::Text(text) => text.clone(),
            YamlValue::Integer(number) => number.to_string(),
            YamlValue::Bool(truth) => truth.to_string(),
            _ => continue,
        };
        reading.variable(&key.name, &text, value.span.start);
    }
}

fn read_job(name: &str, job: &YamlNode, reading: &mut Reading<'_>) {
    variables(job, reading);
    let granted = permissions(job, reading);
    let environment = job.get("environment").and_then(|value| {
        let name = value.as_str().or_else(|| value.get("name")?.as_str())?;
        Some(Named { name: printable(name, LONGEST), position: reading.place(value.span.start) })
    });
    let may_fail = goes_on(job);
    reading.with_job(name, |job| {
        job.permissions = granted;
        job.environment = environment;
        job.may_fail = may_fail;
    });
    uses(job, name, reading);
    for step in job.get("steps").map(YamlNode::items).unwrap_or_default() {
        variables(step, reading);
        uses(step, name, reading);
        let with = step.get("with");
        let before = reading.gates();
        let scripts = SCRIPTS.iter().filter_map(|key| with?.get(key));
        for script in step.get("run").into_iter().chain(scripts) {
            if script.as_str().is_some() {
                reading.script(script, Some(name));
            }
        }
        if goes_on(step) {
            reading.ignore_gates(before);
        }
        for (key, value) in with.map(YamlNode::entries).unwrap_or_default() {
            let Some(text) = value.as_str() else { continue };
            if matches!(&*key.name, "ref" | "repository") && FOREIGN.iter().any(|foreign| text.contains(foreign)) {
                let position = reading.place(value.span.start);
                reading.with_job(name, |job| job.foreign_checkout = job.foreign_checkout.or(Some(position)));
            }
        }
    }
}

/// Whether a failure of this step or job stops nothing.
fn goes_on(node: &YamlNode) -> bool {
    node.get("continue-on-error").is_some_and(|value| !matches!(value.value, YamlValue::Bool(false)))
}

fn uses(node: &YamlNode, job: &str, reading: &mut Reading<'_>) {
    if let Some((text, node)) = node.get("uses").and_then(|uses| Some((uses.as_str()?, uses))) {
        let used = action(text, false, reading.place(node.span.start));
        reading.with_job(job, |job| job.uses.push(used));
    }
}
