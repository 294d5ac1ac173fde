//! OTA-CCPA-006: whether contracts with vendors have the terms of the CCPA.

use crate::controls::stated::{ask, place};
use crate::controls::vendors::{is_own, recipients, vendor_of};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-CCPA-006.
pub static CONTROL: Control = Control {
    id: "OTA-CCPA-006",
    slug: "vendor-contracts",
    title: "Service-provider and third-party contracts",
    requirement: "Each vendor host has a contract with CCPA terms.",
    rationale: "Without the terms of the CCPA a service provider is a third party, and giving it data is a sale or sharing.",
    remediation: "Put the terms of the CCPA into each contract, and state `vendors` with `ccpa_terms`.",
    limits: "Hosts are those of OTA-GDPR-005; a host that is found only in code that never runs has no contract, because no data flows. The terms are stated and not read.",
    severity: Severity::Medium,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.100(d)"),
        ("CCPA", "1798.140"),
        ("CCPA-REG", "7051"),
        ("CCPA-REG", "7053"),
        ("CCPA-REG", "7123(c)(15)"),
        ("NIST-800-53", "SA-9"),
        ("SOC2", "CC9.2"),
    ],
    parameters: &[],
    attestations: &["vendors"],
    cases: include_str!("../../../tests/controls/ccpa/vendor-contracts.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let hosts = recipients(facts);
    if hosts.is_empty() {
        return Outcome::not_applicable("neither the app's configuration nor the bundle contacts a host");
    }
    let mut outcome = Outcome::default();
    let Some(statement) = ask(&mut outcome, facts, "vendors") else { return outcome };
    for (host, location) in &hosts {
        let Some(vendor) = vendor_of(statement, host) else {
            let message = format!("`{host}` receives data, and no stated vendor has this host");
            outcome.findings.push(Draft::manual("no-vendor", location.clone(), message).key(host.as_str()));
            continue;
        };
        if is_own(vendor) {
            continue;
        }
        let statement_place = place(facts, Some(statement));
        match vendor.truth("ccpa_terms") {
            Some(true) => {
                outcome.saw(format!("`{host}` has a vendor with the terms of the CCPA"), Some(location.clone()));
            }
            Some(false) => {
                let message =
                    format!("it is stated that the contract with the vendor of `{host}` lacks the terms of the CCPA");
                outcome.findings.push(Draft::fail("no-terms", statement_place, message).key(host.as_str()));
            }
            None => {
                let message =
                    format!("whether the contract with the vendor of `{host}` has the terms of the CCPA is not stated");
                outcome.findings.push(Draft::manual("terms-open", statement_place, message).key(host.as_str()));
            }
        }
    }
    outcome
}
