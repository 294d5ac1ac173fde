//! CI files in YAML other than GitHub's: where their scripts stand, what starts them, and what a person must allow.

use super::read::{Place, Reading};
use super::words::Style;
use super::{ActionUse, AutomationKind, Job, Named, Pin, TriggerKind};
use crate::inputs::{YamlNode, YamlValue};
use crate::model::printable;

/// Keys whose texts are scripts, in the CI systems that are known.
const SCRIPTS: [&str; 18] = [
    "script",
    "run",
    "bash",
    "pwsh",
    "powershell",
    "command",
    "commands",
    "content",
    "before_script",
    "after_script",
    "scripts",
    "inlineScript",
    "cmd",
    "customCommand",
    "sh",
    "shell_command",
    "after-script",
    "test",
];
/// GitLab's own keys at the top, which are no jobs.
const NO_JOBS: [&str; 11] = [
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "image",
    "services",
    "cache",
    "spec",
    "before_script",
    "after_script",
];
/// The most texts of one list of limits.
const MOST_LIMITS: usize = 50;
/// The longest text that is kept.
const LONGEST: usize = 120;

/// Where a walk is.
#[derive(Clone, Copy)]
struct Here<'a> {
    /// How many keys lead to it.
    depth: usize,
    /// The first key.
    top: &'a str,
    job: Option<&'a str>,
    /// Whether texts are scripts here.
    script: bool,
}

/// Walks a file's values.
pub fn read(root: &YamlNode, reading: &mut Reading<'_>) {
    walk(root, Here { depth: 0, top: "", job: None, script: false }, reading);
    triggers(root, reading);
    if reading.kind == AutomationKind::Circle {
        approvals(root, reading);
    }
}

fn walk(node: &YamlNode, here: Here<'_>, reading: &mut Reading<'_>) {
    match &node.value {
        YamlValue::Text(_) if here.script => reading.script(node, here.job),
        YamlValue::List(items) => items.iter().for_each(|item| walk(item, here, reading)),
        YamlValue::Map(entries) => {
            let named = ["deployment", "job", "stage"].iter().find_map(|key| node.get(key)?.as_str());
            let own = named.filter(|_| reading.kind == AutomationKind::Azure);
            let here = Here { job: own.or(here.job), ..here };
            if let Some(name) = own {
                reading.job(name, node.span.start);
            }
            for (key, value) in entries {
                let top = if here.depth == 0 { &*key.name } else { here.top };
                let job = job_of(reading.kind, here.depth, top, &key.name).or(here.job);
                if job.is_some() && job != here.job {
                    reading.job(&key.name, key.span.start);
                }
                let script = SCRIPTS.contains(&&*key.name) && !(here.depth == 0 && key.name == "scripts");
                gate(&key.name, value, job, reading);
                uses(&key.name, value, job, reading);
                if let Some(text) = value.as_str() {
                    reading.variable(&key.name, text, value.span.start);
                } else if let YamlValue::Integer(number) = value.value {
                    reading.variable(&key.name, &number.to_string(), value.span.start);
                } else if let YamlValue::Bool(truth) = value.value {
                    reading.variable(&key.name, if truth { "true" } else { "false" }, value.span.start);
                }
                walk(value, Here { depth: here.depth + 1, top, job, script }, reading);
            }
        }
        _ => {}
    }
}

/// The job that begins with this key, if one does.
fn job_of<'a>(kind: AutomationKind, depth: usize, top: &str, key: &'a str) -> Option<&'a str> {
    let begins = match kind {
        AutomationKind::Gitlab => depth == 0 && !NO_JOBS.contains(&key),
        AutomationKind::Bitrise | AutomationKind::Codemagic => depth == 1 && top == "workflows",
        AutomationKind::Circle => depth == 1 && matches!(top, "jobs" | "commands"),
        AutomationKind::Bitbucket => top == "pipelines" && (depth == 2 || (depth == 1 && key == "default")),
        _ => depth == 1 && matches!(top, "jobs" | "steps" | "workflows"),
    };
    begins.then_some(key)
}

/// What a person must allow, or what an environment may guard.
fn gate(key: &str, value: &YamlNode, job: Option<&str>, reading: &mut Reading<'_>) {
    let text = value.as_str();
    let named = |name: &str, reading: &Reading<'_>| Named {
        name: printable(name, LONGEST),
        position: reading.place(value.span.start),
    };
    let Some(job) = job else { return };
    match (key, text) {
        ("environment" | "deployment", _) if key == "environment" || reading.kind == AutomationKind::Bitbucket => {
            if let Some(name) = text.or_else(|| value.get("name")?.as_str()) {
                let name = named(name, reading);
                reading.with_job(job, |job| job.environment = job.environment.take().or(Some(name)));
            }
        }
        ("when" | "trigger", Some("manual")) => {
            let name = named("manual", reading);
            reading.with_job(job, |job| job.approval = Some(name));
        }
        ("allow_failure" | "continueOnError", _) if !matches!(value.value, YamlValue::Bool(false)) => {
            reading.with_job(job, |job| job.may_fail = true);
        }
        ("task", Some(task)) if task.starts_with("ManualValidation@") => {
            let name = named(task, reading);
            reading.with_job(job, |job| job.approval = Some(name));
        }
        _ => {}
    }
}

/// Orbs, images and templates that a job uses.
fn uses(key: &str, value: &YamlNode, job: Option<&str>, reading: &mut Reading<'_>) {
    let Some(job) = job else { return };
    let text = match key {
        "image" => value.as_str().or_else(|| value.get("name")?.as_str()),
        "uses" => value.as_str(),
        _ => None,
    };
    if let Some(text) = text {
        let used = action(text, key == "image", reading.place(value.span.start));
        reading.with_job(job, |job| job.uses.push(used));
    }
}

/// `owner/name@reference`, `docker://image:tag@sha256:…`, `./path`.
pub fn action(text: &str, image: bool, position: crate::model::Position) -> ActionUse {
    let text = printable(text.trim(), 200);
    let image = image || text.starts_with("docker://");
    let (name, reference) = text.split_once('@').unwrap_or((&text, ""));
    let hexadecimal =
        |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digest =
        hexadecimal(reference, 40) || reference.strip_prefix("sha256:").is_some_and(|hex| hexadecimal(hex, 64));
    let pin = match () {
        () if digest => Pin::Digest,
        () if text.starts_with("./") => Pin::Local,
        () if text.contains("${{") || text.contains('$') => Pin::Unknown,
        () => Pin::Movable,
    };
    let owner = name.split('/').next().unwrap_or_default();
    let first_party = !image && matches!(owner, "actions" | "github");
    ActionUse { name: name.to_owned(), reference: reference.to_owned(), pin, first_party, position }
}

/// CircleCI: jobs that wait for a job of the type `approval`.
fn approvals(root: &YamlNode, reading: &mut Reading<'_>) {
    let Some(workflows) = root.get("workflows") else { return };
    for jobs in workflows.entries().iter().filter_map(|(_, workflow)| workflow.get("jobs")) {
        let listed = || jobs.items().iter().flat_map(YamlNode::entries);
        let holds: Vec<&str> = listed()
            .filter(|(_, job)| job.get("type").and_then(YamlNode::as_str) == Some("approval"))
            .map(|(key, _)| &*key.name)
            .collect();
        for (key, job) in listed() {
            let waits = job.get("requires").map(YamlNode::items).unwrap_or_default();
            let Some(hold) = waits.iter().find(|name| name.as_str().is_some_and(|name| holds.contains(&name))) else {
                continue;
            };
            let name = printable(hold.as_str().unwrap_or_default(), LONGEST);
            let named = Named { name, position: reading.place(hold.span.start) };
            reading.with_job(&key.name, |job: &mut Job| job.approval = Some(named));
        }
    }
}

/// What starts the jobs, as far as the file says.
fn triggers(root: &YamlNode, reading: &mut Reading<'_>) {
    use TriggerKind::{Manual, PullRequest, Push, Release, Schedule};
    match reading.kind {
        AutomationKind::Azure => {
            for (key, kind) in [("trigger", Push), ("pr", PullRequest), ("schedules", Schedule)] {
                let Some((name, value)) = root.entries().iter().find(|(name, _)| name.name == key) else { continue };
                if value.as_str() != Some("none") {
                    reading.trigger(kind, key, limits(value), name.span.start);
                }
            }
        }
        AutomationKind::Codemagic => {
            let workflows = root.get("workflows").map(YamlNode::entries).unwrap_or_default();
            for (_, workflow) in workflows {
                let events = workflow.get("triggering").and_then(|triggering| triggering.get("events"));
                for event in events.map(YamlNode::items).unwrap_or_default() {
                    let name = event.as_str().unwrap_or_default();
                    let kind = match name {
                        "pull_request" | "pull_request_labeled" => PullRequest,
                        "tag" => Release,
                        _ => Push,
                    };
                    reading.trigger(kind, name, Vec::new(), event.span.start);
                }
            }
        }
        AutomationKind::Bitrise => {
            for (key, value) in
                root.get("trigger_map").map(YamlNode::items).unwrap_or_default().iter().flat_map(YamlNode::entries)
            {
                let kind = match &*key.name {
                    "push_branch" => Push,
                    "pull_request_source_branch" | "pull_request_target_branch" => PullRequest,
                    "tag" => Release,
                    _ => continue,
                };
                reading.trigger(kind, &key.name, limits(value), key.span.start);
            }
        }
        AutomationKind::Gitlab => {
            for (_, job) in root.entries() {
                let only = job.get("only").map(YamlNode::items).unwrap_or_default();
                let rules = job.get("rules").map(YamlNode::items).unwrap_or_default();
                let conditions = only.iter().chain(rules.iter().filter_map(|rule| rule.get("if")));
                for condition in conditions {
                    let Some(text) = condition.as_str() else { continue };
                    let kind = match text {
                        _ if text.contains("merge_request") || text.contains("CI_MERGE_REQUEST") => PullRequest,
                        _ if text.contains("schedule") => Schedule,
                        _ if text == "tags" || text.contains("CI_COMMIT_TAG") => Release,
                        _ if text == "web" => Manual,
                        _ => Push,
                    };
                    reading.trigger(kind, text, Vec::new(), condition.span.start);
                }
            }
        }
        _ => {}
    }
}

/// All texts below a value.
pub fn limits(node: &YamlNode) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop().filter(|_| found.len() < MOST_LIMITS) {
        if let Some(text) = node.as_str() {
            found.push(printable(text, LONGEST));
        }
        open.extend(node.items().iter().rev());
        open.extend(node.entries().iter().rev().map(|(_, value)| value));
    }
    found
}

/// The source of a text: its bytes as they are written, where they begin, and how lines are read.
pub fn written<'a>(node: &YamlNode, source: &'a str) -> Option<(&'a str, usize, Style)> {
    let before = source.get(..node.span.start)?.trim_end();
    let header = before.rsplit('\n').next().unwrap_or(before);
    // A comment may follow the head of a block.
    let header = header.find(" #").and_then(|at| header.get(..at)).unwrap_or(header).trim_end();
    let mark = header.trim_end_matches(|character: char| character.is_ascii_digit() || matches!(character, '+' | '-'));
    let text = source.get(node.span.clone())?;
    if mark.ends_with(['|', '>'])
        && (header.len() - mark.len()) <= 2
        && source.get(before.len()..node.span.start)?.contains('\n')
    {
        let style = if mark.ends_with('|') { Style::Lines } else { Style::Folded };
        return Some((text, node.span.start, style));
    }
    match text.chars().next() {
        Some(quote @ ('\'' | '"')) if text.len() > 1 && text.ends_with(quote) => {
            Some((text.get(1..text.len() - 1)?, node.span.start + 1, Style::Folded))
        }
        _ => Some((text, node.span.start, Style::Folded)),
    }
}
