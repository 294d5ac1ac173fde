//! OTA-BUN-005: the structure of the archive, as observed by two readings of it.

use std::collections::BTreeSet;

use crate::controls::support::{bundle_or_na, count, name_of, shown, thousands};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::inputs::ObservationKind as Kind;
use crate::model::{Location, Root, Severity, Verdict};

/// OTA-BUN-005.
pub static CONTROL: Control = Control {
    id: "OTA-BUN-005",
    slug: "archive-structure",
    title: "Archive is structurally safe",
    requirement: "The zip has no absolute path, drive letter, \"..\", NUL, backslash traversal, symbolic link, hard link, device entry, duplicate or case-colliding names; central directory and local headers agree; no encrypted entries, no data outside entries.",
    rationale: "Two unpackers that read one archive differently see two different bundles: what was signed and examined is then not what runs. Names can leave the folder they are unpacked to.",
    remediation: "Rebuild with a deterministic zipper; reject in CI.",
    limits: "A folder has names and links only; the records of a zip can't be judged before it is zipped. `__MACOSX` and `.DS_Store` are evidence, not findings. Prepended bytes are for a person to judge at any length, not only below 64 KiB. Hard links do not exist in zips. What can't be read is indeterminate.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("CRA", "AnnexI.I.2(j)"),
        ("CRA", "AnnexI.I.2(k)"),
        ("CWE", "CWE-22"),
        ("MASVS", "MASVS-CODE-4"),
        ("MASWE", "MASWE-0079"),
        ("MASWE", "MASWE-0087"),
        ("NIST-800-53", "SI-10"),
        ("PLAY", "DNA-vulnerabilities"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/bun/archive-structure.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    let mut seen = BTreeSet::new();
    for observation in &bundle.observations {
        let Some((verdict, severity, words)) = weigh(observation.kind) else { continue };
        let entry = observation.entry.as_deref().unwrap_or_default();
        if !seen.insert((observation.kind, entry)) {
            continue;
        }
        let subject = if entry.is_empty() { "the archive".to_owned() } else { format!("`{}`", shown(entry)) };
        let detail =
            if observation.detail.is_empty() { String::new() } else { format!(" ({})", shown(&observation.detail)) };
        let message = format!("{subject} {words}{detail}");
        let location = Location::file(Root::Bundle, entry);
        let rule = observation.kind.word();
        outcome.findings.push(
            match verdict {
                Verdict::Fail => Draft::fail(rule, location, message),
                Verdict::Indeterminate => Draft::indeterminate(rule, location, message),
                _ => Draft::manual(rule, location, message),
            }
            .severity(severity),
        );
    }
    for file in &bundle.files {
        if file.path.starts_with("__MACOSX/") || name_of(&file.path) == ".ds_store" {
            let message = format!("`{}` is what macOS adds to archives and folders", shown(&file.path));
            outcome.saw(message, Some(Location::file(Root::Bundle, &file.path)));
        }
    }
    let size = thousands(bundle.bytes);
    let files = count(bundle.files.len(), "file", "files");
    let message = match bundle.kind {
        "folder" => format!("a folder of {files} and {size} bytes: it has names and links, but no archive records"),
        _ => format!("an archive of {size} bytes with {files}: its directory compared with its local headers"),
    };
    outcome.saw(message, None);
    outcome
}

/// What an observation means; `None` for the bounds, which are BUN-006's.
const fn weigh(kind: Kind) -> Option<(Verdict, Severity, &'static str)> {
    use Severity::{Critical, High, Low};
    use Verdict::{Fail, Indeterminate, Manual};
    Some(match kind {
        Kind::OnlyInCentralDirectory => {
            (Fail, Critical, "is in the central directory, and not among the local headers")
        }
        Kind::OnlyInLocalHeaders => (Fail, Critical, "is among the local headers, and not in the central directory"),
        Kind::NameDiffers => (Fail, Critical, "has two names: central directory and local header differ"),
        Kind::SizeDiffers => (Fail, Critical, "has two sizes: the records differ"),
        Kind::MethodDiffers => (Fail, Critical, "has two methods: central directory and local header differ"),
        Kind::FlagsDiffer => (Fail, Critical, "has flags that differ between central directory and local header"),
        Kind::CrcDiffers => (Fail, Critical, "has two CRC-32: the records differ"),
        Kind::OrderDiffers => (Fail, Critical, "is met in another order by a reader of the local headers"),
        Kind::StreamLengthDiffers => (Fail, Critical, "ends elsewhere than the directory states"),
        Kind::DuplicateName => (Fail, Critical, "is there more than once"),
        Kind::CollidingName => (Fail, Critical, "equals another name but for case or Unicode normalisation"),
        Kind::AbsolutePath => (Fail, Critical, "is an absolute path"),
        Kind::ParentPath => (Fail, Critical, "has a part `..` and may leave the folder it is unpacked to"),
        Kind::BackslashInName => {
            (Fail, High, "has a backslash in its name; zippers of Windows write them, and unpackers disagree on them")
        }
        Kind::NulInName => (Fail, Critical, "has a NUL in its name"),
        Kind::TreacherousName => (Fail, High, "has a control character or an invisible one in its name"),
        Kind::IrregularName => (Fail, High, "has an empty name, an empty part or a part `.`"),
        Kind::UndecodableName => (Fail, High, "has a name that is no valid UTF-8"),
        Kind::Symlink => (Fail, Critical, "is a symbolic link"),
        Kind::SpecialFile => (Fail, Critical, "is a special file"),
        Kind::Encrypted => (Fail, Critical, "is encrypted"),
        Kind::UnsupportedMethod => (Fail, High, "uses a compression method that devices do not have"),
        Kind::PrependedData => (Manual, Low, "has bytes before its first record"),
        Kind::TrailingData => (Fail, Critical, "has bytes after its last record"),
        Kind::HiddenData => (Fail, Critical, "has bytes that belong to no record"),
        Kind::OverlappingEntries => (Fail, Critical, "shares bytes with another entry"),
        Kind::Comment => (Manual, Low, "has a comment"),
        Kind::Zip64 => (Manual, Low, "has Zip64 records"),
        Kind::MultiDisk => (Indeterminate, High, "is spread over several disks"),
        Kind::WrongCrc => (Fail, Critical, "has data whose CRC-32 is not the stated one"),
        Kind::WrongSize => (Fail, Critical, "has data of another size than stated"),
        Kind::DamagedData => (Indeterminate, High, "has damaged or cut data"),
        Kind::Unreadable => (Indeterminate, High, "could not be read"),
        Kind::NotAnArchive => (Indeterminate, High, "can't be opened as a zip"),
        Kind::ArchiveTooLarge
        | Kind::TooManyEntries
        | Kind::EntryTooLarge
        | Kind::TotalTooLarge
        | Kind::RatioTooHigh
        | Kind::PathTooLong
        | Kind::PathTooDeep
        | Kind::NestedTooDeep => return None,
    })
}
