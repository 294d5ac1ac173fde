//! What statements do to the controls that files answer in part: a statement stands in for a parameter of the policy, or
//! answers a question that the files leave open. A parameter that the policy sets goes before the statement.

use super::scope::out_of_scope;
use super::table::TAKES;
use super::table::Take::{self, Choice, Fails, List, Settles};
use super::{note, place, sentence};
use crate::controls::{Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::attestations::{Answer, Statement};
use crate::model::Verdict;

/// Assesses a control: out of the law's scope it does not apply; else with what is stated.
#[must_use]
pub fn assess(facts: &Facts, control: &Control, parameters: &Parameters) -> Outcome {
    if let Some(outcome) = out_of_scope(facts, control) {
        return outcome;
    }
    let rows = || TAKES.iter().filter(|(id, ..)| *id == control.id);
    let mut given = parameters.clone();
    let mut used: Vec<&Statement> = Vec::new();
    for (_, key, takes) in rows() {
        let Some(statement) = facts.attestations.answer(key).fresh() else { continue };
        let changed = takes.iter().filter(|take| fill(take, control, statement, &mut given)).count();
        if changed > 0 {
            used.push(statement);
        }
    }
    let mut outcome = (control.assess)(facts, &given);
    if outcome.not_applicable.is_some() {
        // Only where it is the statement that makes it so.
        let anyway = used.is_empty() || (control.assess)(facts, parameters).not_applicable.is_some();
        return if anyway { outcome } else { with_authors(outcome, &used) };
    }
    for (_, key, takes) in rows() {
        match facts.attestations.answer(key) {
            Answer::Fresh(statement) => {
                let settled = takes.iter().filter(|take| settle(take, facts, statement, &mut outcome)).count();
                if settled > 0 || used.iter().any(|one| one.key.name == statement.key.name) {
                    note(&mut outcome, facts, statement);
                }
            }
            Answer::Stale(statement, why) | Answer::OtherBundle(statement, why) => {
                let message = format!("the statement `{key}` does not count: {why}");
                outcome.saw(message, Some(place(facts, Some(statement))));
            }
            Answer::Missing => {}
        }
    }
    outcome
}

/// A statement may be why the control does not apply: its author is named.
fn with_authors(mut outcome: Outcome, used: &[&Statement]) -> Outcome {
    if let Some(reason) = &mut outcome.not_applicable {
        for statement in used {
            *reason = format!("{reason}; {}", sentence(statement));
        }
    }
    outcome
}

/// Whether the statement changed a parameter.
fn fill(take: &Take, control: &Control, statement: &Statement, given: &mut Parameters) -> bool {
    match take {
        Choice(parameter, read) => {
            let word =
                if statement.value.none { Some("none".to_owned()) } else { statement.value.first().and_then(read) };
            word.is_some_and(|word| given.choose(control.parameters, parameter, &word))
        }
        List(parameter, read) => given.extend(parameter, read(statement)),
        Settles(..) | Fails(..) => false,
    }
}

/// Whether the statement answered a question, or is a failure itself.
fn settle(take: &Take, facts: &Facts, statement: &Statement, outcome: &mut Outcome) -> bool {
    match take {
        Settles(rules, holds) => {
            let answered = |draft: &Draft| {
                draft.verdict != Verdict::Indeterminate
                    && rules.contains(&draft.rule.as_str())
                    && !statement.value.none
                    && holds(statement, draft)
            };
            let (gone, kept): (Vec<Draft>, Vec<Draft>) =
                std::mem::take(&mut outcome.findings).into_iter().partition(answered);
            outcome.findings = kept;
            for draft in &gone {
                let message = format!("{}; answered by `{}`", draft.message, statement.key.name);
                outcome.saw(message, Some(draft.location.clone()));
            }
            !gone.is_empty()
        }
        Fails(rule, says) => {
            let Some(message) = statement.value.first().and_then(says) else { return false };
            let draft = Draft::fail(*rule, place(facts, Some(statement)), message);
            outcome.findings.push(draft.key(&*statement.key.name));
            true
        }
        Choice(..) | List(..) => false,
    }
}
