//! OTA-INT-007: whether what changed comes from commits.

use super::provenance::SLSA;
use crate::controls::stated::add;
use crate::controls::support::{count, shown};
use crate::controls::updates::{passed, verified};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::comparison::{FileChange, FileState, is_one_commit};
use crate::facts::kind::Class;
use crate::model::Severity;

/// OTA-INT-007.
pub static CONTROL: Control = Control {
    id: "OTA-INT-007",
    slug: "drift-explained",
    title: "Unexpected file drift is explained",
    requirement: "Files changed against the previous bundle trace to commits between the two source revisions.",
    rationale: "A file that changed although no commit did was changed by something else: by the build, or by someone on its machine.",
    remediation: "State `release.build_record` with the commits of both bundles; when files changed without a commit, look at the build host before you publish.",
    limits: "The commits are those that both bundles state themselves (`commit` in `version.json`, `build-info.json` and their like), else those stated for this bundle, with its digest (`release.build_record`); that the repository has them, and which of them changed which module, is not examined. Signed provenance of this bundle answers for all of it. Where one commit gave two bundles whose code is the same but for names, a person decides, since some bundlers are not deterministic; where code, texts or pictures differ, it fails, and times and build numbers may be why: look before you alarm.",
    severity: Severity::Low,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(f)"),
        ("NIST-800-53", "CM-3"),
        ("NIST-800-53", "CM-4"),
        ("NIST-800-53", "SI-7"),
        ("SOC2", "CC8.1"),
    ],
    parameters: &[],
    attestations: &["release.build_record"],
    cases: include_str!("../../../tests/controls/int/drift-explained.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let Some(previous) = &facts.previous else {
        return Outcome::not_applicable("no earlier bundle was given (`--previous`)");
    };
    let mut outcome = Outcome::default();
    let Some(first) = previous.files.first() else {
        outcome.saw(format!("no file changed: {} are the same", count(previous.same_files, "file", "files")), None);
        return outcome;
    };
    let changed = count(previous.files.len(), "file", "files");
    if previous.files.iter().all(|file| file.state == FileState::Renamed) {
        outcome.saw(format!("{changed} moved or renamed, and no byte of any file is other"), None);
        return outcome;
    }
    if let Some(step) = proven(facts) {
        let message = format!("{changed} changed; signed provenance binds this bundle to its source: {}", shown(step));
        outcome.saw(message, None);
        return outcome;
    }
    // Bundlers that are not deterministic give other names to the same code.
    let is_code = |file: &FileChange| matches!(file.class, Some(Class::JavaScript | Class::SourceMap));
    let names_only = previous.is_none() && previous.files.iter().all(is_code);
    let same = |commit: &str, who: &str| {
        let message = format!(
            "{changed} changed, such as `{}`, and both bundles {who} to come from the commit {}",
            shown(&first.path),
            shown(commit)
        );
        if names_only {
            format!("{message}; no code changed, so that the build may not be deterministic")
        } else {
            message
        }
    };
    if let Some(commits) = &previous.commits {
        if commits.are_one() {
            let place = commits.location.clone();
            let message = same(&commits.after, "say themselves");
            let rule = "same-commit";
            let draft =
                if names_only { Draft::manual(rule, place, message) } else { Draft::fail(rule, place, message) };
            outcome.findings.push(draft);
            return outcome;
        }
        let message = format!(
            "{changed} changed, and the bundles themselves say from the commit {} to {}",
            shown(&commits.before),
            shown(&commits.after)
        );
        outcome.saw(message, Some(commits.location.clone()));
    }
    add(&mut outcome, facts, "release.build_record", |judge, entry| {
        judge.needs(entry, &["commit", "previous_commit"]);
        let (Some(commit), Some(before)) = (entry.text("commit"), entry.text("previous_commit")) else { return };
        let embedded = previous.commits.as_ref().map(|commits| commits.after.as_str());
        if let Some(embedded) = embedded.filter(|embedded| !is_one_commit(embedded, commit)) {
            let message = format!("the commit is stated as {}, and the bundle itself says {embedded}", shown(commit));
            judge.fail("commit-differs", message);
        } else if !is_one_commit(commit, before) {
            let message = format!("{changed} changed from the commit {} to {}", shown(before), shown(commit));
            judge.outcome.saw(message, None);
        } else if names_only {
            judge.ask("same-commit", same(commit, "are stated"));
        } else {
            judge.fail("same-commit", same(commit, "are stated"));
        }
    });
    outcome
}

/// The signature of provenance that holds for this bundle.
fn proven(facts: &Facts) -> Option<&str> {
    let verification = verified(facts).filter(|one| one.result.is_authentic())?;
    let mut steps = verification.steps.iter();
    let of_slsa = steps.any(|step| step.step == "predicate" && step.detail.starts_with(SLSA));
    passed(verification, &["signature"]).next().filter(|_| of_slsa).map(|step| step.detail.as_str())
}
