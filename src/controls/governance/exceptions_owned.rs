//! OTA-GOV-002: whether exceptions are owned, justified and limited in time.

use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::roll_up::Granted;
use crate::model::{Location, Root, Severity};

/// Days before its end from which an exception is told.
const SOON: i64 = 30;
/// Renewals from which an exception is a question.
const OFTEN: u32 = 3;

/// OTA-GOV-002.
pub static CONTROL: Control = Control {
    id: "OTA-GOV-002",
    slug: "exceptions-owned",
    title: "Exceptions are owned, justified and time-limited",
    requirement: "Every suppression has control id, scope, reason, compensating measure, owner, approver, start and expiry (maximum 365 days).",
    rationale: "An exception without an end is a decision that nobody takes again, and one without an owner was taken by nobody.",
    remediation: "Renew the exception with a new review, complete it, or mend what it excepts.",
    limits: "The policy's own exceptions are read, after those faults that the policy file refuses anyway: more than 365 days, an approver who is the owner, a control that allows none. Renewals are counted; three or more are a question. What the reasons are worth is not judged.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7120-7124"),
        ("CRA", "Art.13(2)-(4)"),
        ("GDPR", "24"),
        ("GDPR", "5(2)"),
        ("NIST-800-53", "CA-5"),
        ("SOC2", "CC4.1"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/gov/exceptions-owned.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let exceptions = facts.roll_up.iter().flat_map(|rolled| &rolled.exceptions);
    let mut outcome = Outcome::default();
    let mut number = 0;
    for exception in exceptions {
        number += 1;
        judge(&mut outcome, exception);
    }
    if number == 0 {
        return Outcome::not_applicable("the policy has no exceptions");
    }
    outcome
}

fn judge(outcome: &mut Outcome, exception: &Granted) {
    let (id, control) = (shown(&exception.id), shown(&exception.control));
    let place = || Location::file(Root::App, "");
    let mut missing = Vec::new();
    for (name, given) in [
        ("scope", exception.scoped),
        ("compensating_control", exception.compensating_control.is_some()),
        ("approver", exception.approver.is_some()),
        ("start", exception.start.is_some()),
    ] {
        if !given {
            missing.push(format!("`{name}`"));
        }
    }
    let mut drafts = Vec::new();
    if !exception.waivable {
        drafts.push(Draft::fail(
            "not-waivable",
            place(),
            format!("`{id}` accepts findings of {control}, which allows no exception"),
        ));
    }
    if exception.days_left < 0 {
        let message = format!("`{id}` for {control} ended on {}", exception.expires);
        drafts.push(Draft::fail("expired", place(), message));
    } else if exception.days_left <= SOON {
        let message = format!("`{id}` for {control} ends on {}, in {} days", exception.expires, exception.days_left);
        drafts.push(Draft::manual("expires-soon", place(), message));
    }
    if !missing.is_empty() {
        drafts.push(Draft::fail(
            "field-missing",
            place(),
            format!("`{id}` for {control} lacks {}", missing.join(", ")),
        ));
    }
    if exception.renewals >= OFTEN {
        let message = format!(
            "`{id}` for {control} was renewed {} times: look whether it is still an exception",
            exception.renewals
        );
        drafts.push(Draft::manual("renewed-often", place(), message));
    }
    if drafts.is_empty() {
        let owner = shown(&exception.owner);
        outcome.saw(format!("`{id}` for {control} is owned by {owner} and ends on {}", exception.expires), None);
    }
    outcome.findings.extend(drafts.into_iter().map(|draft| draft.key(&*id)));
}
