//! The first lines: may it go out, and what is `it`.

use super::groups::{Group, Rank};
use super::page::{Page, Tint};
use super::{words, wrap};
use crate::model::{Finding, GateResult, Report, Severity, Verdict};

/// The answer in one line.
pub(super) fn verdict(report: &Report, groups: &[Group], unstated: usize, page: &mut Page) {
    let (tint, word, said) = match report.gate.result {
        GateResult::Failed => (Tint::Bad, "FAILED", blocked(groups)),
        GateResult::Passed => (Tint::Good, "PASSED", passed(report, groups, unstated)),
    };
    page.entry(0, (tint, word), 8, (Tint::Strong, &said));
}

fn blocked(groups: &[Group]) -> String {
    let blocking: Vec<&Finding> = of_rank(groups, Rank::Blocking).collect();
    if blocking.is_empty() {
        return "the gate of the policy did not let this update through".to_owned();
    }
    let verb = if blocking.len() == 1 { "blocks" } else { "block" };
    format!("{} {verb} this update", tally(&blocking).join(", "))
}

fn passed(report: &Report, groups: &[Group], unstated: usize) -> String {
    let examined =
        report.assessments.iter().any(|assessment| matches!(assessment.verdict, Verdict::Pass | Verdict::Attested));
    let open: Vec<&Finding> = groups
        .iter()
        .flat_map(|group| &group.findings)
        .filter(|(rank, _)| *rank != Rank::Accepted)
        .map(|(_, finding)| *finding)
        .collect();
    let accepted = of_rank(groups, Rank::Accepted).count();
    let mut rest = tally(&open);
    if accepted > 0 {
        rest.push(format!("{} accepted by exception", words::number(accepted)));
    }
    if unstated > 0 {
        rest.push(format!("{} not stated", words::number(unstated)));
    }
    if rest.is_empty() && groups.is_empty() {
        let said = if examined { "no indicator found within the stated scope" } else { "no control could be applied" };
        return said.to_owned();
    }
    if rest.is_empty() {
        rest.push(format!("{} without a verdict", words::count(groups.len(), "control", "controls")));
    }
    format!("nothing blocks this update; still open: {}", rest.join(", "))
}

fn of_rank<'a>(groups: &'a [Group], rank: Rank) -> impl Iterator<Item = &'a Finding> {
    groups
        .iter()
        .flat_map(|group| &group.findings)
        .filter(move |(other, _)| *other == rank)
        .map(|(_, finding)| *finding)
}

/// `3 critical`, `1 high`, `2 indeterminate`, `1 manual`, without the zeroes.
fn tally(findings: &[&Finding]) -> Vec<String> {
    let count = |test: &dyn Fn(&Finding) -> bool| findings.iter().filter(|finding| test(finding)).count();
    let undecided = [Verdict::Indeterminate, Verdict::Manual];
    let failures = Severity::ALL.map(|severity| {
        let test = |finding: &Finding| finding.severity == severity && !undecided.contains(&finding.verdict);
        (count(&test), severity.word())
    });
    let others = undecided.map(|verdict| (count(&|finding: &Finding| finding.verdict == verdict), verdict.word()));
    let all = failures.into_iter().chain(others).filter(|(number, _)| *number > 0);
    all.map(|(number, word)| format!("{} {word}", words::number(number))).collect()
}

/// What was audited, under which policy, and when.
pub(super) fn subject(report: &Report, page: &mut Page) {
    page.blank();
    let mut entry = |label: &str, text: &str| page.entry(2, (Tint::Faint, label), 9, (Tint::Plain, text));
    if let Some(bundle) = &report.subject.bundle {
        let mut size = words::bytes(bundle.content_bytes);
        if bundle.kind == "zip" {
            size = format!("{}, {size} unpacked", words::bytes(bundle.bytes));
        }
        let files = words::count(report.completeness.files_seen, "file", "files");
        entry("bundle", &format!("{} ({}, {files}, {size})", wrap::path(&bundle.name), bundle.kind));
        let archive = bundle.digest.sha256.map(|digest| format!("archive {}, ", words::short(&digest)));
        entry("sha256", &format!("{}content {}", archive.unwrap_or_default(), words::short(&bundle.content_digest)));
    }
    if let Some(app) = &report.subject.app {
        let id = app.app_id.as_deref().unwrap_or("id not readable");
        let name = app.app_name.as_ref().map(|name| format!(" ({name})"));
        entry("app", &format!("{id}{}", name.unwrap_or_default()));
        if !app.variants.is_empty() {
            let paths = |paths: &[String]| paths.iter().map(|path| wrap::path(path)).collect::<Vec<_>>().join(", ");
            let ships = app.configs.first().map_or_else(|| "unknown".to_owned(), |path| wrap::path(path));
            entry("config", &format!("{ships} ships; judged apart: {}", paths(&app.variants)));
        }
    }
    if let Some(release) = &report.subject.release {
        let version = release.version.as_deref().unwrap_or("no version published");
        entry("release", &format!("{version}, from {}", release.source));
    }
    let policy = &report.settings.policy;
    let extends: Vec<String> = policy.extends.iter().map(|name| format!(" < {name}")).collect();
    entry("policy", &format!("{}{}, {}", policy.name, extends.concat(), words::short(&policy.sha256)));
    entry("as of", &report.as_of);
}
