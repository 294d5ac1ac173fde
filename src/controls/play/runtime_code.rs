//! OTA-PLAY-004: whether what Google reviewed is what runs.

use std::collections::BTreeMap;

use crate::controls::changed;
use crate::controls::support::{bundle_or_na, count};
use crate::controls::web::{no_dynamic_code, no_remote_code};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::comparison::SetKind;
use crate::model::{Severity, Verdict};

/// OTA-PLAY-004.
pub static CONTROL: Control = Control {
    id: "OTA-PLAY-004",
    slug: "runtime-code",
    title: "Runtime-loaded code cannot break policy",
    requirement: "No remote script outside the signed bundle is executed (see OTA-WEB-001), so reviewed content equals executed content.",
    rationale: "Google judges what is in the package. Code that is fetched later can be anything.",
    remediation: "Bundle scripts locally.",
    limits: "It repeats what OTA-WEB-001 and OTA-WEB-002 find with the defaults of their parameters, as one finding for each; their limits hold here.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("CWE", "CWE-829"),
        ("MASWE", "MASWE-0070"),
        ("PLAY", "DNA-interpreted-code"),
        ("PLAY", "sdk-requirements"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/play/runtime-code.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    match &facts.app {
        None => return Outcome::not_applicable("no app was given"),
        Some(app) if app.android.projects.is_empty() => {
            return Outcome::not_applicable("the app has no Android project");
        }
        Some(_) => {}
    }
    if let Err(outcome) = bundle_or_na(facts) {
        return outcome;
    }
    let mut outcome = Outcome::default();
    let mut open = false;
    for (control, fails) in [(&no_remote_code::CONTROL, true), (&no_dynamic_code::CONTROL, false)] {
        let other = (control.assess)(facts, &Parameters::of(control.parameters, &BTreeMap::new()));
        let verdict = other.verdict();
        let number = other.findings.iter().filter(|draft| draft.verdict == verdict).count();
        let Some(worst) = other.findings.into_iter().find(|draft| draft.verdict == verdict) else {
            outcome.saw(format!("{}: {}", control.id, verdict.word()), None);
            continue;
        };
        let message = format!(
            "{} is {} ({}): {}",
            control.id,
            verdict.word(),
            count(number, "finding", "findings"),
            worst.message
        );
        let draft = match verdict {
            Verdict::Fail if fails => Draft::fail("remote-code", worst.location, message),
            Verdict::Indeterminate => Draft::indeterminate("not-read", worst.location, message),
            _ => Draft::manual("code-at-run-time", worst.location, message).severity(Severity::Medium),
        };
        open = true;
        outcome.findings.push(draft.key(control.id));
    }
    if !open {
        outcome.saw("what is reviewed is what runs, as far as these two controls see", None);
    }
    changed::tell(&mut outcome, facts, &[SetKind::DynamicCode, SetKind::CodeHosts]);
    outcome
}
