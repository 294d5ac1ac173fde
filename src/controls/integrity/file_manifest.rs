//! OTA-INT-004: the manifest of files against the files.

use crate::controls::changed;
use crate::controls::support::shown;
use crate::controls::updates::{
    Refusal, passed, refusal, refused_at, refused_because, release_place, updates_or_na, verified,
};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::comparison::FileState;
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
    limits: "The manifests are Capgo's and OtaKit's delta, Capawesome's, Ionic's, Expo's and cordova-hot-code-push's; the manifest itself and what its tool leaves out are no extra files. A file that is extra is told only where the files of the release lie in the same folder: OtaKit's and Expo's lists are not compared with one. An extra file is a failure when it has the ending of a script, a page or WebAssembly, manual otherwise. Capgo's delta leaves out empty files and some names by design, so a file that is left over there may be one of these. With an earlier bundle it is said whether the file in question is that one's.",
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
    for draft in &mut outcome.findings {
        let since = of_before(facts, &draft.message);
        draft.message += &since;
    }
    outcome
}

/// What earlier bundles say of the file that a message names: an older file among newer ones is a mixture that nobody built.
fn of_before(facts: &Facts, message: &str) -> String {
    let mut said = String::new();
    for (comparison, since) in changed::comparisons(facts) {
        let changed = comparison.files.iter().map(|file| (file.path.as_str(), Some(file.state)));
        let is_same = |path: &&str| comparison.files.iter().all(|file| file.path != *path);
        let own = facts.bundle.iter().flat_map(|bundle| &bundle.files).map(|file| file.path.as_str());
        let same = own.filter(is_same).map(|path| (path, None));
        let named = changed.chain(same).filter(|(path, _)| names(message, path));
        // `a.js` is also the end of `lib/a.js`.
        let Some((path, state)) = named.max_by_key(|(path, _)| path.len()) else { continue };
        let how = match state {
            Some(FileState::Added) => "is new since",
            Some(FileState::Removed) => "was removed since",
            Some(FileState::Changed) => "changed since",
            Some(FileState::Renamed) => "was renamed since",
            None => "is the same as in",
        };
        said += &format!("; `{}` {how} {since}", shown(path));
    }
    said
}

/// Whether a message names this path, perhaps below a folder of the release.
fn names(message: &str, path: &str) -> bool {
    let part = |other: char| other.is_alphanumeric() || "/_-".contains(other);
    !path.is_empty()
        && message.match_indices(path).any(|(at, _)| {
            let before = message.get(..at).and_then(|text| text.chars().next_back());
            let mut after = message.get(at + path.len()..).unwrap_or_default().chars();
            let next = after.next();
            // A full stop may end the sentence or go on with another ending.
            let goes_on = next == Some('.') && after.next().is_some_and(char::is_alphanumeric);
            before.is_none_or(|other| other == '/' || !part(other)) && !next.is_some_and(part) && !goes_on
        })
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
