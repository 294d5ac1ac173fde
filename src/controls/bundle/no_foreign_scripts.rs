//! OTA-BUN-004: scripts and bytecode that no web view runs.

use crate::controls::support::{START, add_unexamined, add_unread, at, bundle_or_na, count, shown, whole};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::kind::{Class, DetectedBy};
use crate::model::Severity;

/// OTA-BUN-004.
pub static CONTROL: Control = Control {
    id: "OTA-BUN-004",
    slug: "no-foreign-scripts",
    title: "No server-side or shell scripts",
    requirement: "The archive holds no .sh, .py, .rb, .php, .ps1, .bat, .lua, Hermes or V8 snapshot bytecode, or other non-WebView script.",
    rationale: "What no web view runs has no use in a bundle, unless something else runs it. Stores treat downloaded interpreters and their scripts as code.",
    remediation: "Exclude from webDir.",
    limits: "Whether a page or script of the bundle refers to such a file is not examined: a text that only its name calls a script is always for a person to judge. V8 and QuickJS bytecode have weak signatures. Scripts inside a JavaScript string are not seen.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("APPLE-PLA", "3.3.1(B)"),
        ("MASWE", "MASWE-0094"),
        ("NIST-800-53", "CM-7"),
        ("NIST-800-53", "SC-18"),
        ("PLAY", "DNA-interpreted-code"),
    ],
    parameters: &[Parameter {
        name: "allow_paths",
        about: "Paths of files that may stay, exactly as they stand in the bundle.",
        kind: ParameterKind::List(&[]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/bun/no-foreign-scripts.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let allowed = parameters.list("allow_paths");
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    add_unread(&mut outcome, bundle.all_files());
    for file in bundle.all_files() {
        let Some(detection) = &file.detection else { continue };
        let kind = detection.kind;
        let text = kind.class == Class::ShellScript;
        if !text && kind.class != Class::Bytecode {
            continue;
        }
        if allowed.contains(&file.path) {
            outcome.saw(format!("`{}` is allowed: {}", shown(&file.path), kind.name), Some(whole(file)));
            continue;
        }
        let location = if text { at(&file.path, Some(START)) } else { whole(file) };
        let rule = if text { "foreign-script" } else { "bytecode" };
        outcome.findings.push(if kind.by == DetectedBy::Content {
            let message = format!("no web view runs this file: {}", kind.name);
            Draft::fail(rule, location, message).key(kind.name)
        } else {
            let message = format!("the name says {}, the content does not tell; it may be documentation", kind.name);
            Draft::manual(rule, location, message).severity(Severity::Medium).key(kind.name)
        });
    }
    outcome.saw(format!("{}, by content and name", count(bundle.all_files().count(), "file", "files")), None);
    outcome
}
