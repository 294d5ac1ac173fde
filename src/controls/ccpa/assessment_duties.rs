//! OTA-CCPA-008: whether the duties of assessment and audit are tracked.

use crate::controls::stated::{add, judged};
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-CCPA-008.
pub static CONTROL: Control = Control {
    id: "OTA-CCPA-008",
    slug: "assessment-duties",
    title: "Risk assessment and cybersecurity-audit duty are tracked",
    requirement: "Decision and dates: risk assessment (from 1 Jan 2026; legacy by 31 Dec 2027; submission 1 Apr 2028), audit report date by revenue tier, ADMT by 1 Jan 2027.",
    rationale: "The duties of 2026 have dates that are years apart: who doesn't write them down misses them.",
    remediation: "Decide which duties reach you, plan them before their dates, and state `ccpa.risk_assessment` and `ccpa.cyber_audit`.",
    limits: "The dates are those that are stated; they are not computed from the revenue. Reports of cybersecurity audits are due on 1 April 2028, 2029 or 2030, by revenue of more than USD 100 million, 50 to 100, and less; the rules on automated decisions hold from 1 January 2027.",
    severity: Severity::Medium,
    automation: Automation::Attestation,
    waivable: true,
    mappings: &[("CCPA", "1798.185"), ("CCPA-REG", "7120-7124"), ("CCPA-REG", "7150-7157"), ("CCPA-REG", "7200-7222")],
    parameters: &[],
    attestations: &["ccpa.risk_assessment", "ccpa.cyber_audit"],
    cases: include_str!("../../../tests/controls/ccpa/assessment-duties.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let mut outcome = judged(facts, "ccpa.risk_assessment", |judge, entry| {
        judge.needs(entry, &["required"]);
        if entry.truth("required") == Some(true) {
            let overdue = judge.age(entry, "due").is_some_and(|age| age > 0);
            if !entry.has("date") && overdue {
                judge.fail("assessment-overdue", "the risk assessment was due and is not stated to be made");
            } else if !entry.has("date") && !entry.has("due") {
                judge.needs(entry, &["date", "due"]);
            }
        }
        if entry.truth("admt") == Some(true) {
            judge.needs(entry, &["admt_due"]);
        }
    });
    add(&mut outcome, facts, "ccpa.cyber_audit", |judge, entry| {
        judge.needs(entry, &["required"]);
        if entry.truth("required") == Some(true) {
            judge.needs(entry, &["tier", "due"]);
            let overdue = judge.age(entry, "due").is_some_and(|age| age > 0);
            if !entry.has("reported") && overdue {
                judge.fail(
                    "report-overdue",
                    "the report of the cybersecurity audit was due and is not stated to be delivered",
                );
            }
        }
    });
    outcome
}
