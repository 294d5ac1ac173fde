//! OTA-INT-004: the manifest of files against the files.

use crate::controls::support::shown;
use crate::controls::updates::{
    Refusal, passed, refusal, refused_at, refused_because, release_place, updates_or_na, verified,
};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::updaters::{Reason, Verdict, Verification};
use crate::model::{Location, Severity};

/// OTA-INT-004.
pub static CONTROL: Control = Control {
    id: "OTA-INT-004",
    slug: "file-manifest",
    title: "Per-file manifest matches content",
    requirement: "If a manifest lists files, every file matches its hash, none is missing and none is extra.",
    rationale: "A device that assembles an update of single files must get exactly the files that belong together: a missing, additional or older one makes a program that nobody built or tested.",
    remediation: "Regenerate manifest at build end.",
    limits: "The manifests are Capgo's and OtaKit's delta, Capawesome's, Ionic's, Expo's and cordova-hot-code-push's; the manifest itself and what its tool leaves out are no extra files. A file that is extra is told only where the files of the release lie in the same folder: OtaKit's and Expo's lists are not compared with one. An extra file is a failure when it has the ending of a script, a page or WebAssembly, manual otherwise. Capgo's delta leaves out empty files and some names by design, so a file that is left over there may be one of these.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(f)"),
        ("MASWE", "MASWE-0105"),
        ("NIST-800-53", "CM-2"),
        ("NIST-800-53", "SI-7(1)"),
        ("TUF", "mix-and-match"),
        ("UPTANE", "mix-and-match"),
        ("UPTANE", "partial-bundle"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/int/file-manifest.md"),
    assess,
};

/// The steps that compare files with a manifest, or look for them.
const FILES: [&str; 8] =
    ["MD5", "assets", "file checksums", "file signatures", "files", "files against the manifest", "integrity", "list"];

/// Endings of files that a web view runs or shows as a page.
const EXECUTABLE: [&str; 7] = [".cjs", ".htm", ".html", ".js", ".mjs", ".wasm", ".xhtml"];

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let Some(verification) = verified(facts) else {
        return Outcome::not_applicable("no release with a manifest of its files was given");
    };
    if !has_manifest(verification) {
        return Outcome::not_applicable("the release has no manifest of its files");
    }
    let mut outcome = Outcome::default();
    let place = release_place(facts);
    for step in passed(verification, &FILES) {
        outcome.saw(format!("`{}` holds: {}", step.step, shown(&step.detail)), Some(place.clone()));
    }
    if let Verdict::Reject(reason) = verification.result {
        outcome.findings.push(refused(verification, reason, place.clone()));
    }
    noted(&mut outcome, verification, &place);
    outcome
}

fn has_manifest(verification: &Verification) -> bool {
    let steps = || verification.steps.iter().any(|step| ["files", "list"].contains(&step.step));
    match verification.system {
        "capgo" => verification.generation == Some("delta"),
        "capawesome" => verification.generation == Some("manifest"),
        "otakit" => steps(),
        "chcp" | "expo" | "ionic" => true,
        _ => false,
    }
}

fn refused(verification: &Verification, reason: Reason, place: Location) -> Draft {
    let because = refused_because(verification);
    let of_files = refused_at(verification).is_some_and(|step| FILES.contains(&step.step));
    let message = format!("the files do not match the manifest: {because}");
    match (refusal(reason), reason) {
        (Refusal::Differs, _) => Draft::fail("file-differs", place, message),
        (_, "file_missing" | "index_missing") if of_files => Draft::fail("file-missing", place, message),
        (_, "duplicate_target") => Draft::fail("listed-twice", place, message),
        (_, "hash_missing") => Draft::fail("hash-missing", place, message),
        (Refusal::NotGiven, _) => {
            let message = format!("the files were not compared with the manifest: {because}");
            Draft::manual("not-compared", place, message).severity(Severity::Medium)
        }
        _ => {
            let message = format!("the files were not compared with the manifest: {because}");
            Draft::indeterminate("not-compared", place, message)
        }
    }
}

/// What the verification notes beside its result.
fn noted(outcome: &mut Outcome, verification: &Verification, place: &Location) {
    let has = |issue: &str| verification.issues.iter().any(|own| own == issue);
    let detail = |step: &str| {
        let step = verification.steps.iter().rev().find(|own| own.step == step);
        step.map_or_else(String::new, |step| step.detail.clone())
    };
    if has("file_not_bound_to_manifest") {
        let rule = if has("manifest_files_swapped") { "files-swapped" } else { "file-differs" };
        let message = shown(&detail("files against the manifest"));
        outcome.findings.push(Draft::fail(rule, place.clone(), message));
    }
    if has("asset_hash_missing") {
        let message = shown(&detail("asset hash"));
        outcome.findings.push(Draft::manual("hash-missing", place.clone(), message).severity(Severity::Medium));
    }
    // The file that lacks in the list stands in the detail; longer lists are cut there.
    if has("files_not_in_manifest") || has("set_not_authenticated") {
        let left = verification.steps.iter().filter(|step| step.step == "set of files");
        let Some(left) = left.map(|step| step.detail.as_str()).find(|detail| !detail.contains("`index.html`; ")) else {
            return;
        };
        let words = left.split([' ', ',', '`', ':']).map(str::to_ascii_lowercase);
        let runs = words.into_iter().any(|word| EXECUTABLE.iter().any(|ending| word.ends_with(ending)));
        let draft = if runs {
            Draft::fail("extra-executable", place.clone(), shown(left))
        } else {
            Draft::manual("extra-file", place.clone(), shown(left)).severity(Severity::Low)
        };
        outcome.findings.push(draft);
    }
}
