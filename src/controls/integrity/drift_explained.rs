//! OTA-INT-007: whether what changed comes from commits.

use crate::controls::stated::add;
use crate::controls::support::{count, shown};
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-INT-007.
pub static CONTROL: Control = Control {
    id: "OTA-INT-007",
    slug: "drift-explained",
    title: "Unexpected file drift is explained",
    requirement: "Files changed against the previous bundle trace to commits between the two source revisions.",
    rationale: "A file that changed although no commit did was changed by something else: by the build, or by someone on its machine.",
    remediation: "State `release.build_record` with the commits of both bundles; when files changed without a commit, look at the build host before you publish.",
    limits: "The commits are stated for this bundle, with its digest (`release.build_record`); that the repository has them, and which of them changed which module, is not examined. Bundlers that are not deterministic, times and build numbers change files without a commit: look before you alarm. Whether provenance is signed is OTA-INT-005's.",
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
    add(&mut outcome, facts, "release.build_record", |judge, entry| {
        judge.needs(entry, &["commit", "previous_commit"]);
        let (Some(commit), Some(before)) = (entry.text("commit"), entry.text("previous_commit")) else { return };
        if commit.trim().eq_ignore_ascii_case(before.trim()) {
            let message = format!(
                "{changed} changed, such as `{}`, and both bundles are stated to come from the commit {}",
                shown(&first.path),
                shown(commit)
            );
            judge.fail("same-commit", message);
        } else {
            let message = format!("{changed} changed from the commit {} to {}", shown(before), shown(commit));
            judge.outcome.saw(message, None);
        }
    });
    outcome
}
