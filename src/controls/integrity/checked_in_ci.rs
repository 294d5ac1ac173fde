//! OTA-INT-006: whether the pipeline checks an update before it brings it to its system.

use crate::controls::automation::{add_unread, app_with_updates, at, uploads};
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::automation::{AutomationFile, AutomationKind, Gate, Publish, Signing};
use crate::facts::{AppFacts, Facts};
use crate::model::{Location, Position, Root, Severity};

/// OTA-INT-006.
pub static CONTROL: Control = Control {
    id: "OTA-INT-006",
    slug: "checked-in-ci",
    title: "Integrity checks run in CI",
    requirement: "The pipeline has a step that hashes, signs and verifies the bundle before upload.",
    rationale: "A check that a person has to think of is left out on the day that counts.",
    remediation: "Add otaudit gate step.",
    limits: "Options of Capgo's tool that skip its other checks (`--ignore-checksum-check`, `--ignore-metadata-check`, `--no-code-check`) are a question beside. The CI files, scripts and `package.json` of the app's folder are read, and nothing is run. A check is `otaudit check` or `otaudit verify` before the upload in the same job, in a script of `package.json` that the job runs before it, or an upload whose command is given the signing key, since the vendor's program then hashes and signs. A check whose failure stops nothing counts as none. A check in another job is manual, since which job waits for which is not read. Capgo's program takes its key from a file when no option names one, so that is manual. Reusable workflows, orbs and scripts in other languages hide their steps. Where no upload is found, the pipeline lies elsewhere or there is none: manual, until `ci.integrity_gate` is stated.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7123(c)(14)"),
        ("CRA", "AnnexI.II.3"),
        ("GDPR", "32(1)(d)"),
        ("NIST-800-53", "CM-3(2)"),
        ("NIST-800-53", "SA-11"),
        ("NIST-800-53", "SI-7"),
        ("NIST-SSDF", "PS.2"),
        ("SOC2", "CC8.1"),
    ],
    parameters: &[],
    attestations: &["ci.integrity_gate"],
    cases: include_str!("../../../tests/controls/int/checked-in-ci.md"),
    assess,
};

/// Options that leave a bundle without a hash that withstands, or without a signature.
const CHECKS_OFF: [&str; 2] = ["--force-crc32-checksum", "--no-key"];
/// Options that skip one of the tool's other checks, and how grave that is.
const CHECKS_SKIPPED: [(&str, Severity); 3] = [
    ("--ignore-checksum-check", Severity::Low),
    ("--ignore-metadata-check", Severity::Medium),
    ("--no-code-check", Severity::Medium),
];

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let app = match app_with_updates(facts) {
        Ok(app) => app,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unread(&mut outcome, app);
    let mut any = false;
    for (file, upload) in uploads(app) {
        any = true;
        judge(&mut outcome, app, file, upload);
        skipped(&mut outcome, file, upload);
    }
    if !any {
        let message = "no CI file or script here uploads updates, so whether they are checked before is not seen: look at the pipeline, or state `ci.integrity_gate`";
        outcome.findings.push(Draft::manual("no-upload-seen", Location::file(Root::App, ""), message));
    }
    outcome
}

fn judge(outcome: &mut Outcome, app: &AppFacts, file: &AutomationFile, upload: &Publish) {
    let place = at(file, upload.position);
    let command = shown(&upload.command);
    let off = upload.weakenings.iter().find(|one| CHECKS_OFF.contains(&one.option.as_str()));
    let checks = checks(app, file, upload);
    let draft = if let Some(check) = checks.iter().find(|check| !check.ignored && check.before) {
        outcome.saw(format!("`{}` runs before `{command}`", check.command), Some(check.place.clone()));
        return;
    } else if let Some(off) = off {
        let message = format!("`{command}` uploads with `{}`: {}", off.option, off.effect);
        Draft::fail("check-switched-off", place, message)
    } else if let Some(check) = checks.iter().find(|check| check.ignored && check.before) {
        let message = format!("`{}` runs before `{command}`, and its failure stops nothing", check.command);
        Draft::fail("check-ignored", check.place.clone(), message)
    } else if let Some(signing) = signs(file, upload) {
        outcome.saw(format!("`{command}` hashes and signs, with the key of {signing}"), Some(place));
        return;
    } else if let Some(check) = checks.first() {
        let message = format!(
            "`{}` runs in another job than `{command}` or after it: look whether the upload waits for it",
            check.command
        );
        Draft::manual("check-elsewhere", place, message)
    } else if upload.system == "capgo" && upload.signing == Signing::NotNamed {
        let message = format!(
            "`{command}` names no key, so it signs only where `.capgo_key_v2` lies in its folder, and no step before it checks the bundle"
        );
        Draft::manual("key-not-named", place, message)
    } else {
        let message = format!("`{command}` uploads, and no step before it signs or verifies the bundle");
        Draft::fail("upload-unchecked", place, message)
    };
    outcome.findings.push(draft.key(command));
}

/// The tool's own checks that an upload skips: someone had a reason, and may still have it.
fn skipped(outcome: &mut Outcome, file: &AutomationFile, upload: &Publish) {
    for one in &upload.weakenings {
        let Some((option, severity)) = CHECKS_SKIPPED.iter().find(|(option, _)| *option == one.option) else {
            continue;
        };
        let message = format!(
            "`{}` uploads with `{option}`: it {}; look at whether that is still wanted",
            shown(&upload.command),
            one.effect
        );
        let draft = Draft::manual("check-skipped", at(file, one.position), message).severity(*severity);
        outcome.findings.push(draft.key(*option));
    }
}

/// What names the key with which an upload is signed: an option of its own, or of a command before it in its job.
fn signs(file: &AutomationFile, upload: &Publish) -> Option<String> {
    let of_job = file.publishes.iter().filter(|one| one.job == upload.job && one.system == upload.system);
    let before = of_job.filter(|one| one.position <= upload.position);
    before
        .filter_map(|one| match &one.signing {
            Signing::Key { option, .. } => Some(format!("`{}`", shown(option))),
            _ => None,
        })
        .next_back()
}

/// A check as it stands to an upload.
struct Check {
    command: String,
    place: Location,
    before: bool,
    ignored: bool,
}

/// The checks of the upload's file, and those of the scripts that its job runs.
fn checks(app: &AppFacts, file: &AutomationFile, upload: &Publish) -> Vec<Check> {
    let may_fail = |job: &Option<String>| file.jobs.iter().any(|one| one.may_fail && job.as_ref() == Some(&one.name));
    let check = |gate: &Gate, position: Position, job: &Option<String>| Check {
        command: shown(&gate.command),
        place: at(file, position),
        before: *job == upload.job && position < upload.position,
        // A job that may fail ends at the failed step all the same.
        ignored: gate.ignored || *job != upload.job && may_fail(job),
    };
    let mut found: Vec<Check> = file.gates.iter().map(|gate| check(gate, gate.position, &gate.job)).collect();
    let packages = app.automation.files.iter().filter(|file| file.kind == AutomationKind::PackageJson);
    let of_scripts: Vec<&Gate> = packages.flat_map(|package| &package.gates).collect();
    for job in &file.jobs {
        for script in &job.scripts {
            let of_script = of_scripts.iter().filter(|gate| gate.job.as_ref() == Some(&script.name));
            found.extend(of_script.map(|gate| check(gate, script.position, &Some(job.name.clone()))));
        }
    }
    found
}
