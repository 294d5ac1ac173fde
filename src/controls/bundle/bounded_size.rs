//! OTA-BUN-006: sizes, counts, depths and ratios against the limits of the policy.

use std::collections::BTreeSet;

use crate::controls::support::{bundle_or_na, count, shown, thousands};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::inputs::ObservationKind as Kind;
use crate::model::{Location, Root, Severity};

/// OTA-BUN-006.
pub static CONTROL: Control = Control {
    id: "OTA-BUN-006",
    slug: "bounded-size",
    title: "Archive size and expansion are bounded",
    requirement: "Total compressed size, total expanded size, entry count, entry size and expansion ratio are under policy limits.",
    rationale: "A small archive can unpack to more than a device holds. What lies beyond a limit is not examined, so it must not go out unseen.",
    remediation: "Trim assets; raise limit by policy with a reason.",
    limits: "The limits are the policy's limits for the whole reading, not parameters of this control. Content beyond a limit on sizes or counts is not examined, so those are indeterminate instead of failures; ratio, path and nesting are failures. Growth against the previous bundle is not compared.",
    severity: Severity::Medium,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE", "4.2.3(ii)"),
        ("CRA", "AnnexI.I.2(h)"),
        ("CWE", "CWE-409"),
        ("MASVS", "MASVS-CODE-4"),
        ("NIST-800-53", "SI-10"),
        ("TUF", "endless-data"),
        ("UPTANE", "denial-of-service"),
        ("UPTANE", "endless-data"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/bun/bounded-size.md"),
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
        let (unexamined, words) = match observation.kind {
            Kind::ArchiveTooLarge => (true, "the archive is larger than the limit and was not opened"),
            Kind::TooManyEntries => (true, "there are more entries than the limit; those after it were not examined"),
            Kind::TotalTooLarge => {
                (true, "all entries together are larger than the limit; those after it were not read")
            }
            Kind::EntryTooLarge => (true, "an entry is larger than the limit and was not read"),
            // What can't be opened has no sizes.
            Kind::NotAnArchive if observation.entry.is_none() => {
                (true, "the archive can't be opened, so its sizes are not known")
            }
            Kind::RatioTooHigh => (false, "an entry expands more than the limit"),
            Kind::PathTooLong => (false, "a path is longer than the limit"),
            Kind::PathTooDeep => (false, "a path has more parts than the limit"),
            Kind::NestedTooDeep => (false, "archives lie deeper inside one another than the limit"),
            _ => continue,
        };
        let entry = observation.entry.as_deref().unwrap_or_default();
        if !seen.insert((observation.kind, entry)) {
            continue;
        }
        let detail =
            if observation.detail.is_empty() { String::new() } else { format!(": {}", shown(&observation.detail)) };
        let rule = observation.kind.word();
        let location = Location::file(Root::Bundle, entry);
        let message = format!("{words}{detail}");
        let draft = if unexamined {
            Draft::indeterminate(rule, location, message)
        } else {
            Draft::fail(rule, location, message)
        };
        outcome.findings.push(draft.severity(Severity::High));
    }
    outcome.saw(
        format!(
            "{} bytes as delivered, {} bytes unpacked, {}",
            thousands(bundle.bytes),
            thousands(bundle.content_bytes),
            count(bundle.files.len(), "file", "files")
        ),
        None,
    );
    outcome
}
