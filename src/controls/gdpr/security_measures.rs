//! OTA-GDPR-007: whether the measures of security hold and are tested.

use crate::controls::rolled::measures;
use crate::controls::stated::add;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-GDPR-007.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-007",
    slug: "security-measures",
    title: "Security of processing is state of the art and tested",
    requirement: "Technical measures of this catalogue (SIG, INT, NET, KEY) pass or are excepted, and a testing process runs at least quarterly.",
    rationale: "Article 32 asks for measures and for a process that tests them. This control adds up what the others found.",
    remediation: "Mend the controls that are named, or except them with a reason; state `audit.history`.",
    limits: "It is a roll-up and finds nothing of its own, so its failures weigh medium, whatever those that it adds up weigh: critical and high controls of the areas SIG, INT, NET and KEY. A failed critical one fails it; a failed high one, an open question and a control that the policy leaves out are questions. The last audit counts for 100 days.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.100(e)"),
        ("CCPA", "1798.150"),
        ("CRA", "AnnexI.II.3"),
        ("GDPR", "24"),
        ("GDPR", "32(1)(a)"),
        ("GDPR", "32(1)(b)"),
        ("GDPR", "32(1)(d)"),
        ("GDPR", "5(1)(f)"),
        ("GDPR", "83(4)"),
        ("GDPR", "83(5)"),
        ("NIST-800-53", "CA-2"),
        ("NIST-800-53", "CA-7"),
        ("SOC2", "CC4.1"),
    ],
    parameters: &[],
    attestations: &["audit.history"],
    cases: include_str!("../../../tests/controls/gdpr/security-measures.md"),
    assess,
};

/// A quarter and some days.
const MOST_DAYS: i64 = 100;

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let mut outcome = Outcome::default();
    measures(&mut outcome, facts, true);
    add(&mut outcome, facts, "audit.history", |judge, _| {
        let last = judge.statement.value.entries.iter().filter_map(|entry| judge.age(entry, "date")).min();
        match last {
            Some(age) if age > MOST_DAYS => {
                judge.ask("no-recent-audit", format!("the last stated audit is {age} days ago, more than {MOST_DAYS}"));
            }
            Some(_) => {}
            None => judge.ask("no-date", "no stated audit has a `date`"),
        }
    });
    outcome
}
