//! OTA-SIG-006: whether two persons, or a protected environment, sign.

use crate::controls::verified::{NO_UPDATES, updates_in_use};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::model::{Location, Root, Severity};

/// OTA-SIG-006.
pub static CONTROL: Control = Control {
    id: "OTA-SIG-006",
    slug: "dual-control",
    title: "Dual control on release signing",
    requirement: "Signing needs two persons or a protected CI environment with approval.",
    rationale: "One stolen laptop or one hasty colleague must not be enough to run code on all devices.",
    remediation: "Use protected environments or KMS with approval.",
    limits: "No file can show it: a workflow names an environment and not its rules. What the policy or a statement says is taken over as a statement of the organisation, never as verified. A statement has an age; the policy has none.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("NIST-800-53", "AC-3"),
        ("NIST-800-53", "CM-5"),
        ("NIST-SSDF", "PS.1"),
        ("PCI-DSS", "3.6-3.7"),
        ("SOC2", "CC6.3"),
        ("SOC2", "CC8.1"),
        ("TUF", "key-compromise"),
    ],
    parameters: &[Parameter {
        name: "dual_control",
        about: "What the organisation states of how releases are signed; `single-developer` exempts it.",
        kind: ParameterKind::Choice(&["unstated", "two-persons", "protected-ci", "none", "single-developer"]),
    }],
    attestations: &["signing.dual_control"],
    cases: include_str!("../../../tests/controls/sig/dual-control.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    if !updates_in_use(facts) {
        return Outcome::not_applicable(NO_UPDATES);
    }
    let mut outcome = Outcome { attested: true, ..Outcome::default() };
    let location = Location::file(Root::Release, "");
    match parameters.choice("dual_control") {
        "single-developer" => return Outcome::not_applicable("exempt, as is stated: a single developer signs"),
        "two-persons" => outcome.saw("it is stated that two persons sign a release", None),
        "protected-ci" => outcome.saw("it is stated that a protected CI environment signs after approval", None),
        "none" => {
            let message = "it is stated that one person alone can sign a release";
            outcome.findings.push(Draft::fail("no-dual-control", location, message));
        }
        _ => {
            let message =
                "nobody stated who signs releases; state `signing.dual_control`, or set `dual_control` in the policy";
            outcome.findings.push(Draft::manual("unstated", location, message));
        }
    }
    outcome
}
