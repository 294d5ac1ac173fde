//! OTA-GOV-001: whether audits are made each quarter.

use crate::controls::stated::{ask, judged, said};
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::attestations::days;
use crate::model::Severity;

/// OTA-GOV-001.
pub static CONTROL: Control = Control {
    id: "OTA-GOV-001",
    slug: "audit-cadence",
    title: "Quarterly audit cadence",
    requirement: "A signed-off audit report exists for each of the last four quarters (or since adoption).",
    rationale: "An audit once is a snapshot. What changes each week has to be looked at each quarter.",
    remediation: "Make an audit each quarter, have it signed off, and state `audit.history`.",
    limits: "Reports are those that are stated; that one is signed does not say that it was read. A first audit has no history: `value: none` says so, and the control does not apply. Gaps of more than 100 days fail, also the one since the last report.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7120-7124"),
        ("CRA", "AnnexI.II.3"),
        ("GDPR", "24"),
        ("GDPR", "32(1)(d)"),
        ("GDPR", "5(2)"),
        ("NIS2", "21(2)(e)"),
        ("NIST-800-53", "CA-2"),
        ("NIST-800-53", "CA-7"),
        ("SOC2", "CC4.1"),
    ],
    parameters: &[],
    attestations: &["audit.history"],
    cases: include_str!("../../../tests/controls/gov/audit-cadence.md"),
    assess,
};

/// A quarter and some days.
const MOST_DAYS: i64 = 100;

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let Some(statement) = facts.attestations.answer("audit.history").fresh() else {
        return judged(facts, "audit.history", |_, _| {});
    };
    if statement.value.none {
        let mut outcome = Outcome::default();
        ask(&mut outcome, facts, "audit.history");
        outcome.attested = false;
        outcome.not_applicable = Some("it is stated that this is the first audit".to_owned());
        return outcome;
    }
    judged(facts, "audit.history", |judge, _| {
        let mut dates: Vec<_> = Vec::new();
        for (index, entry) in statement.value.entries.iter().enumerate() {
            let name = entry.text("period").map_or_else(|| format!("number {}", index + 1), said);
            match entry.date("date") {
                Some(date) => dates.push(date),
                None => judge.ask("no-date", format!("the report {name} has no `date`")),
            }
            if !entry.has("signed_by") || !entry.has("report_sha256") {
                judge
                    .ask("not-signed", format!("the report {name} is not stated with `signed_by` and `report_sha256`"));
            }
        }
        dates.sort_unstable();
        // The last four quarters count; earlier gaps are history.
        let recent: Vec<_> = dates.iter().copied().rev().take(5).rev().chain(facts.attestations.today).collect();
        for pair in recent.windows(2) {
            if let [from, to] = pair
                && days(*from, *to) > MOST_DAYS
            {
                let gap = days(*from, *to);
                judge.fail(
                    "gap",
                    format!("between {from} and {to} no report is stated for {gap} days, more than {MOST_DAYS}"),
                );
            }
        }
    })
}
