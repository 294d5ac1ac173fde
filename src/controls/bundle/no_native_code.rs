//! OTA-BUN-002: no machine code, managed bytecode or package, at any depth that is looked into.

use std::collections::BTreeSet;

use crate::controls::support::{add_grouped, add_unexamined, add_unread, bundle_or_na, count, shown, whole};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::kind::{Class, DetectedBy};
use crate::facts::{BundleFacts, Facts};
use crate::inputs::ObservationKind;
use crate::model::{Location, Root, Severity};

/// OTA-BUN-002.
pub static CONTROL: Control = Control {
    id: "OTA-BUN-002",
    slug: "no-native-code",
    title: "No native executable code",
    requirement: "The archive holds no machine code, managed bytecode or installable package: Mach-O (thin, fat, dylib, .framework), ELF (.so), PE/DLL, DEX/ODEX/OAT, JAR/APK/AAB/AAR, .ipa, .class, LLVM bitcode, Swift module, .node, static archive.",
    rationale: "An update that brings native code changes the app behind the store's review; both stores forbid it without exception.",
    remediation: "Remove; native code goes through store review.",
    limits: "Only what the content says is a failure; a name alone, such as `.so` over prose, is for a person. Zip archives are looked into as deep as the policy's limit; other archives and compressed data are not unpacked, and are manual. Native code that is encoded in a text, or put together when the app runs, is not seen.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: false,
    mappings: &[
        ("APPLE", "2.5.1"),
        ("APPLE", "2.5.2"),
        ("APPLE-PLA", "3.3.1(B)"),
        ("CWE", "CWE-494"),
        ("CWE", "CWE-829"),
        ("MASVS", "MASVS-CODE-4"),
        ("MASVS", "MASVS-RESILIENCE-2"),
        ("MASWE", "MASWE-0085"),
        ("NIST-800-53", "SC-18"),
        ("NIST-800-53", "SI-7"),
        ("PLAY", "DNA-self-update"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/bun/no-native-code.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    add_unread(&mut outcome, bundle.files.iter());
    let mut by_name = Vec::new();
    for file in bundle.all_files() {
        let Some(detection) = &file.detection else { continue };
        let kind = detection.kind;
        if is_native(kind.class) && kind.by == DetectedBy::Content {
            let message = format!("this file is native code or a package: {}", kind.name);
            outcome.findings.push(Draft::fail("native-code", whole(file), message).key(kind.name));
        } else if kind.class != Class::Empty
            && (is_native(kind.class) || detection.extension.is_some_and(|extension| is_native(extension.class)))
        {
            let claimed = detection.extension.map_or(kind.name, |extension| extension.name);
            let message = format!("the name says {claimed}, the content does not ({})", kind.name);
            by_name.push(Draft::manual("native-name", whole(file), message).severity(Severity::Low));
        }
    }
    add_grouped(&mut outcome, by_name);
    let closed = closed_archives(bundle);
    add_grouped(&mut outcome, closed);
    outcome.saw(
        format!(
            "the first bytes of {} and of {} inside archives",
            count(bundle.files.len(), "file", "files"),
            count(bundle.nested.len(), "file", "files")
        ),
        None,
    );
    outcome
}

const fn is_native(class: Class) -> bool {
    matches!(class, Class::NativeCode | Class::ManagedCode | Class::Package)
}

/// Archives inside the bundle, or parts of them, that were not looked into.
fn closed_archives(bundle: &BundleFacts) -> Vec<Draft> {
    let mut seen = BTreeSet::new();
    let mut drafts = Vec::new();
    let mut add = |path: &str, why: &str| {
        if seen.insert(path.to_owned()) {
            let message = format!("`{}` was not looked into: {}", shown(path), shown(why));
            let location = Location::file(Root::Bundle, path);
            drafts.push(Draft::manual("nested-unread", location, message).severity(Severity::Medium));
        }
    };
    for observation in &bundle.observations {
        let entry = observation.entry.as_deref().unwrap_or_default();
        let nested_deeper = observation.kind == ObservationKind::NestedTooDeep;
        let closed = matches!(
            observation.kind,
            ObservationKind::Encrypted
                | ObservationKind::UnsupportedMethod
                | ObservationKind::DamagedData
                | ObservationKind::Unreadable
                | ObservationKind::NotAnArchive
                | ObservationKind::MultiDisk
                | ObservationKind::ArchiveTooLarge
                | ObservationKind::TooManyEntries
                | ObservationKind::EntryTooLarge
                | ObservationKind::TotalTooLarge
                | ObservationKind::RatioTooHigh
        );
        if nested_deeper || closed && entry.contains("!/") {
            add(entry, &observation.detail);
        }
    }
    for file in &bundle.nested {
        if let Some(why) = &file.unread {
            add(&file.path, why);
        }
    }
    for file in bundle.all_files() {
        let archive = file.detection.as_ref().is_some_and(|detection| detection.kind.class == Class::Archive);
        let inside = format!("{}!/", file.path);
        let opened = bundle.nested.iter().any(|nested| nested.path.starts_with(&inside))
            || bundle
                .observations
                .iter()
                .any(|observation| observation.entry.as_deref().is_some_and(|entry| entry.starts_with(&inside)));
        if archive && file.unread.is_none() && !opened {
            add(&file.path, "an archive or compressed data of a kind that is not unpacked, or one without files");
        }
    }
    drafts
}
