//! OTA-CCPA-007: whether the measures of security hold.

use crate::controls::rolled::measures;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-CCPA-007.
pub static CONTROL: Control = Control {
    id: "OTA-CCPA-007",
    slug: "reasonable-security",
    title: "Reasonable security for update channel",
    requirement: "Baseline security controls pass (SIG, INT, NET, KEY critical and high).",
    rationale: "1798.150 gives a claim to those whose data gets out for want of reasonable security. This control adds up what the others found.",
    remediation: "Mend the controls that are named, or except them with a reason.",
    limits: "It is a roll-up and finds nothing of its own, so its failures weigh medium, whatever those that it adds up weigh: critical and high controls of the areas SIG, INT, NET and KEY. A failed critical one fails it; a failed high one, an open question and a control that the policy leaves out are questions. Whether security is reasonable is for a court.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.100(e)"),
        ("CCPA", "1798.150"),
        ("CCPA", "1798.155"),
        ("CCPA-REG", "7123(c)(14)"),
        ("CCPA-REG", "7123(c)(2)"),
        ("CCPA-REG", "7123(c)(7)"),
        ("NIST-800-53", "CA-2"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/ccpa/reasonable-security.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let mut outcome = Outcome::default();
    measures(&mut outcome, facts, false);
    outcome
}
