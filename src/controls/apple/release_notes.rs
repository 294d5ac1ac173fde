//! OTA-APPLE-007: whether users are told of the update.

use crate::controls::apple::{ios_or_na, root};
use crate::controls::changed;
use crate::controls::support::{bundle_or_na, name_of, shown, whole};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::comparison::SetKind;
use crate::model::Severity;

/// OTA-APPLE-007.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-007",
    slug: "release-notes",
    title: "Users are told of meaningful updates",
    requirement: "Release notes for the update exist, are specific, and state data-use changes.",
    rationale: "Who is not told of an update can't see that what the app does with their data has changed.",
    remediation: "Write notes per release; link them in the app.",
    limits: "A file in the bundle is known by its name, and its text is not read: whether it speaks of this version is not seen; with an earlier bundle, notes that are still the same are a question. Notes on a web page or in a store are what the policy states.",
    severity: Severity::Low,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "2.3.1(a)"),
        ("APPLE", "2.3.12"),
        ("CRA", "AnnexI.II.4"),
        ("CRA", "AnnexI.II.8"),
        ("ETSI-303645", "5.3-11"),
        ("GDPR", "12"),
        ("GDPR", "5(1)(a)"),
        ("MASVS", "MASVS-PRIVACY-3"),
        ("SOC2", "CC2.3"),
    ],
    parameters: &[Parameter {
        name: "release_notes",
        about: "Whether notes for this release exist outside the bundle.",
        kind: ParameterKind::Choice(&["unknown", "written", "none"]),
    }],
    attestations: &["release.notes"],
    cases: include_str!("../../../tests/controls/apple/release-notes.md"),
    assess,
};

/// Names of files with notes, in small letters, and fewer bytes than say something.
const NAMES: [&str; 5] = ["changelog", "release-notes", "release_notes", "releasenotes", "whats-new"];
const LEAST: u64 = 20;

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let ios = match ios_or_na(facts) {
        Ok((_, ios)) => ios,
        Err(outcome) => return outcome,
    };
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    match parameters.choice("release_notes") {
        "written" => {
            outcome.attested = true;
            outcome.saw("it is stated that notes for this release exist", Some(root(ios)));
            return outcome;
        }
        "none" => {
            let message = "it is stated that there are no notes for this release";
            outcome.findings.push(Draft::fail("no-notes", root(ios), message));
            return outcome;
        }
        _ => {}
    }
    let notes = bundle.files.iter().find(|file| {
        let name = name_of(&file.path);
        file.size > LEAST && NAMES.iter().any(|start| name.starts_with(start)) && !name.ends_with(".js")
    });
    match notes {
        Some(file) => {
            outcome.saw(format!("the bundle has notes: `{}`", shown(&file.path)), Some(whole(file)));
            let stale = changed::comparisons(facts).find(|(comparison, _)| {
                !comparison.is_none() && comparison.files.iter().all(|change| change.path != file.path)
            });
            if let Some((_, since)) = stale {
                let message = format!(
                    "the notes in `{}` are those of {since}, and the code is not; look at whether they speak of this update",
                    shown(&file.path)
                );
                outcome.findings.push(Draft::manual("notes-unchanged", whole(file), message));
            }
        }
        None => {
            let message = match changed::statement(facts) {
                Some(change) => {
                    format!("{change}; the bundle has no file with notes: look at whether users are told elsewhere")
                }
                None => "the bundle has no file with notes; look at whether users are told of this update elsewhere"
                    .to_owned(),
            };
            outcome.findings.push(Draft::manual("notes-unknown", root(ios), message));
        }
    }
    changed::tell(&mut outcome, facts, &[SetKind::PersonalData]);
    outcome
}
