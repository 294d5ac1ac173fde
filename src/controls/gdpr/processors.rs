//! OTA-GDPR-005: whether there is a contract with each vendor that receives data.

use crate::controls::stated::{ask, place};
use crate::controls::vendors::{is_own, recipients, vendor_of};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-GDPR-005.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-005",
    slug: "processors",
    title: "Processor contract with the update vendor",
    requirement: "DPA under Art 28(3) with OTA vendor, CDN, object store, crash/analytics vendors; sub-processor list reviewed.",
    rationale: "Whoever runs the update server sees every device. Without a contract nobody may give it that.",
    remediation: "Sign a contract under Article 28(3) with each vendor, review its sub-processors, and state `vendors` with their hosts.",
    limits: "Hosts are those that the app's configuration names for updates and statistics, with the defaults of its update system, and those that the bundle contacts for sure; hosts that are only named are not asked about. A host in code that never runs is asked about too. Which contract Article 28(3) asks for, and whether a sub-processor's list was understood, is not judged. A vendor of the role `controller` needs no such contract.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.100(d)"),
        ("CCPA", "1798.140"),
        ("CCPA-REG", "7051"),
        ("CCPA-REG", "7123(c)(15)"),
        ("EDPB", "G7/2020"),
        ("GDPR", "26"),
        ("GDPR", "28"),
        ("GDPR", "32(1)(b)"),
        ("GDPR", "5(2)"),
        ("NIS2", "21(2)(d)"),
        ("NIST-800-53", "SA-9"),
        ("NIST-800-53", "SR-6"),
        ("PLAY", "sdk-requirements"),
        ("SOC2", "CC9.2"),
    ],
    parameters: &[],
    attestations: &["vendors"],
    cases: include_str!("../../../tests/controls/gdpr/processors.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let hosts = recipients(facts);
    if hosts.is_empty() {
        return Outcome::not_applicable("neither the app's configuration nor the bundle contacts a host");
    }
    let mut outcome = Outcome::default();
    let Some(statement) = ask(&mut outcome, facts, "vendors") else {
        let names: Vec<String> = hosts.keys().take(8).map(|host| format!("`{host}`")).collect();
        outcome.saw(format!("{} hosts receive data, such as {}", hosts.len(), names.join(", ")), None);
        return outcome;
    };
    let mut others = 0;
    for (host, location) in &hosts {
        let Some(vendor) = vendor_of(statement, host) else {
            let message = format!("`{host}` receives data, and no stated vendor has this host");
            outcome.findings.push(Draft::manual("no-vendor", location.clone(), message).key(host.as_str()));
            others += 1;
            continue;
        };
        if is_own(vendor) {
            continue;
        }
        others += 1;
        let is_processor = !matches!(vendor.text("role"), Some("controller" | "joint-controller"));
        match vendor.truth("dpa_signed") {
            Some(false) if is_processor => {
                let message = format!("it is stated that no contract is signed with the vendor of `{host}`");
                outcome
                    .findings
                    .push(Draft::fail("no-contract", place(facts, Some(statement)), message).key(host.as_str()));
            }
            None if is_processor => {
                let message = format!("whether a contract is signed with the vendor of `{host}` is not stated");
                outcome
                    .findings
                    .push(Draft::manual("contract-open", place(facts, Some(statement)), message).key(host.as_str()));
            }
            _ if is_processor && vendor.truth("subprocessors_reviewed") != Some(true) => {
                let message =
                    format!("it is not stated that the sub-processors of the vendor of `{host}` were reviewed");
                outcome
                    .findings
                    .push(Draft::manual("not-reviewed", place(facts, Some(statement)), message).key(host.as_str()));
            }
            _ => outcome.saw(format!("`{host}` has a stated vendor"), Some(location.clone())),
        }
    }
    if others == 0 {
        outcome.attested = false;
        outcome.not_applicable = Some("it is stated that every host is the organisation's own".to_owned());
    }
    outcome
}
