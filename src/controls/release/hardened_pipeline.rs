//! OTA-REL-004: whether strangers can reach the pipeline that publishes.

use crate::controls::automation::{app_with_updates, at, ci_files};
use crate::controls::support::{add_grouped, count, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::automation::{AutomationFile, AutomationKind, Permission, Pin, Trigger, TriggerKind};
use crate::model::{Fact, Location, Root, Severity};

/// OTA-REL-004.
pub static CONTROL: Control = Control {
    id: "OTA-REL-004",
    slug: "hardened-pipeline",
    title: "CI pipeline itself is hardened",
    requirement: "Third-party actions pinned by digest, least permissions, no untrusted checkout in privileged jobs.",
    rationale: "The pipeline holds the tokens and the signing key: who runs code in it publishes.",
    remediation: "Pin; use a dedicated linter (for example zizmor).",
    limits: "The CI files of the app's folder are read, and nothing is run. Actions of GitHub itself by a tag count as pinned; other actions, and images by a tag in jobs that publish, are manual, since their owner can move the tag. A checkout of a stranger's code is found where a `ref` or `repository` names the pull request; scripts that fetch it with git are not seen. That a workflow names no permissions is manual where it publishes, since then the repository's setting holds, which no file shows. Conditions (`if:`), reusable workflows and the rules of environments are not weighed. A dedicated linter sees more.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("NIS2", "21(2)(d)"),
        ("NIST-800-53", "CM-5"),
        ("NIST-800-53", "SA-15"),
        ("NIST-800-53", "SR-3"),
        ("NIST-SSDF", "PS.1"),
        ("SOC2", "CC8.1"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/rel/hardened-pipeline.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let app = match app_with_updates(facts) {
        Ok(app) => app,
        Err(outcome) => return outcome,
    };
    if ci_files(app).next().is_none() {
        return Outcome::not_applicable("the app's folder has no CI files; in a monorepo they lie at its top");
    }
    let mut outcome = Outcome::default();
    let mut unpinned = Vec::new();
    for file in ci_files(app) {
        let path = shown(&file.path);
        let place = Location::file(Root::App, &file.path);
        if let Fact::Unreadable(why) | Fact::Unknown(why) = &file.state {
            let message = format!("`{path}` could not be read: {}", shown(why));
            outcome.findings.push(Draft::indeterminate("ci-unreadable", place, message));
            continue;
        }
        strangers(&mut outcome, file);
        permissions(&mut outcome, file);
        unpinned.extend(actions(file));
        let number = count(file.jobs.len(), "job", "jobs");
        outcome.saw(format!("`{path}` was read, {number}"), Some(place));
    }
    add_grouped(&mut outcome, unpinned);
    outcome
}

/// Code of strangers in a job that has secrets.
fn strangers(outcome: &mut Outcome, file: &AutomationFile) {
    let privileged =
        |trigger: &&Trigger| matches!(trigger.kind, TriggerKind::PullRequestTarget | TriggerKind::Stranger);
    let Some(trigger) = file.triggers.iter().find(privileged) else { return };
    let releases = file.jobs.iter().any(|job| job.publishes);
    for job in &file.jobs {
        let event = shown(&trigger.name);
        let name = shown(&job.name);
        if let Some(position) = job.foreign_checkout {
            let place = at(file, position);
            outcome.findings.push(if releases {
                let message = format!(
                    "the job `{name}` takes the code of a pull request on `{event}`, with this workflow's secrets, and the workflow publishes updates"
                );
                Draft::fail("foreign-code-in-release", place, message).severity(Severity::High).key(name)
            } else {
                let message =
                    format!("the job `{name}` takes the code of a pull request on `{event}`, with this repository's secrets");
                Draft::manual("foreign-code", place, message).severity(Severity::High).key(name)
            });
        } else if job.publishes {
            let message =
                format!("the job `{name}` publishes updates on `{event}`, which strangers cause: look what limits it");
            outcome.findings.push(Draft::manual("strangers-publish", at(file, trigger.position), message).key(name));
        }
    }
}

fn permissions(outcome: &mut Outcome, file: &AutomationFile) {
    if file.kind != AutomationKind::GithubWorkflow {
        return;
    }
    let all = |permission: &&Permission| permission.scope == "*" && permission.access == "write";
    let granted = file.permissions.iter().chain(file.jobs.iter().flat_map(|job| &job.permissions));
    for permission in granted.filter(all) {
        let message = format!("`{}` gives the token of GitHub every permission (`write-all`)", shown(&file.path));
        outcome.findings.push(Draft::manual("write-all", at(file, permission.position), message));
    }
    for job in file.jobs.iter().filter(|job| job.publishes) {
        if file.permissions.is_empty() && job.permissions.is_empty() {
            let message = format!(
                "the job `{}` publishes and names no permissions, so the repository's setting holds",
                shown(&job.name)
            );
            let draft = Draft::manual("no-permissions", at(file, job.position), message).severity(Severity::Low);
            outcome.findings.push(draft.key(shown(&job.name)));
        }
    }
}

/// What others can change under a job's feet.
fn actions(file: &AutomationFile) -> Vec<Draft> {
    let github = matches!(file.kind, AutomationKind::GithubWorkflow | AutomationKind::GithubAction);
    let mut drafts = Vec::new();
    for job in &file.jobs {
        for used in job.uses.iter().filter(|used| !used.first_party) {
            let text = format!("{}@{}", used.name, used.reference);
            let text = shown(text.trim_end_matches('@'));
            let image = !github || used.name.starts_with("docker://");
            let message = match used.pin {
                Pin::Movable if image && !job.publishes => continue,
                Pin::Movable => format!("`{text}` is held by a name that its owner can move, not by a digest"),
                Pin::Unknown => format!("which version of `{text}` runs an expression decides"),
                Pin::Digest | Pin::Local => continue,
            };
            let severity = if job.publishes { Severity::Medium } else { Severity::Low };
            drafts.push(Draft::manual("unpinned", at(file, used.position), message).severity(severity).key(text));
        }
    }
    drafts
}
