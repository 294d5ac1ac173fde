//! What the measures of security came to, for the controls that add them up.

use super::{Draft, Outcome};
use crate::facts::Facts;
use crate::facts::roll_up::Rolled;
use crate::model::{Location, Root, Severity, Verdict};

/// The areas whose critical and high controls are the baseline.
const BASELINE: [&str; 4] = ["INT", "KEY", "NET", "SIG"];

/// Adds up the baseline: a failed critical control fails, all else that is open is one question. `stated` keeps the result
/// attested whatever the measures rest on.
pub(super) fn measures(outcome: &mut Outcome, facts: &Facts, stated: bool) {
    let place = || Location::file(Root::App, "");
    let rolled = facts.roll_up.iter().flat_map(|rolled| &rolled.controls);
    let baseline: Vec<&Rolled> = rolled.filter(|one| is_baseline(one)).collect();
    if baseline.is_empty() {
        let message = "no critical or high control of signature, integrity, network and keys was assessed";
        outcome.findings.push(Draft::manual("measures-open", place(), message).key("none"));
        return;
    }
    outcome.attested |= stated || baseline.iter().any(|one| one.verdict == Verdict::Attested);
    outcome.saw(
        format!(
            "{} critical and high controls of signature, integrity, network and keys were assessed",
            baseline.len()
        ),
        None,
    );
    for one in baseline.iter().filter(|one| one.open_failure == Some(Severity::Critical)) {
        let message = format!("{} fails, and no exception accepts it", one.control);
        // What fails there blocks there: it is not counted twice.
        let draft = Draft::fail("measure-failed", place(), message).severity(Severity::Medium);
        outcome.findings.push(draft.key(&*one.control));
    }
    let open: Vec<&str> = baseline
        .iter()
        .filter(|one| one.open_failure.is_some_and(|severity| severity < Severity::Critical) || one.open_question)
        .map(|one| one.control.as_str())
        .collect();
    if !open.is_empty() {
        let message = format!("these controls fail or are undecided, and no exception accepts it: {}", open.join(", "));
        outcome.findings.push(Draft::manual("measures-open", place(), message).key("open"));
    }
}

fn is_baseline(one: &Rolled) -> bool {
    let area = one.control.split('-').nth(1).unwrap_or_default();
    one.severity >= Severity::High && BASELINE.contains(&area) && one.verdict != Verdict::NotApplicable
}
