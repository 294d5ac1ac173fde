//! OTA-GDPR-010: whether records of the update service and old bundles are deleted.

use crate::controls::configured::possible;
use crate::controls::stated::add;
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::capacitor::Scalar;
use crate::model::{Fact, Severity};

/// OTA-GDPR-010.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-010",
    slug: "retention",
    title: "Retention of update logs and old bundles",
    requirement: "Retention for device records, statistics, IP logs is set; configuration deletes old bundles on the device.",
    rationale: "Each check for an update leaves a record of a device. What is kept without end grows into a profile, and is lost as a whole.",
    remediation: "Set how long device records and logs are kept, purge them, and state `gdpr.retention`.",
    limits: "What the server keeps is a statement. That the device deletes old bundles is read from Capgo's settings `autoDeletePrevious` and `autoDeleteFailed`, which are on when they are not set; of other systems it is not read. Keeping update files, as the CRA asks, is about files and not about records of people. The last purge counts for 180 days.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.100(a)"),
        ("CCPA", "1798.105"),
        ("CRA", "AnnexI.I.2(m)"),
        ("GDPR", "15-22"),
        ("GDPR", "25(2)"),
        ("GDPR", "5(1)(e)"),
        ("NIST-800-53", "AU-11"),
        ("NIST-800-53", "SI-12"),
        ("NIST-800-53", "SI-2(6)"),
        ("SOC2", "P1-P8"),
    ],
    parameters: &[],
    attestations: &["gdpr.retention"],
    cases: include_str!("../../../tests/controls/gdpr/retention.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let mut outcome = Outcome::default();
    for key in ["autoDeletePrevious", "autoDeleteFailed"] {
        for value in facts.app.iter().flat_map(|app| possible(app, &["plugins", "CapacitorUpdater", key])) {
            if value.value == Fact::Known(Scalar::Bool(false)) {
                let message = format!("`CapacitorUpdater.{key}` is off: old bundles stay on the device");
                outcome
                    .findings
                    .push(Draft::manual("bundles-kept", value.place, message).severity(Severity::Low).key(key));
            }
        }
    }
    add(&mut outcome, facts, "gdpr.retention", |judge, entry| {
        if entry.truth("unlimited") == Some(true) {
            judge.fail("unlimited", "it is stated that records of the update service are kept without end");
        }
        judge.needs(entry, &["device_records_days", "logs_days", "last_purge"]);
        judge.within(entry, "last_purge", 180);
    });
    outcome
}
