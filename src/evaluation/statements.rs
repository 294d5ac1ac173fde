//! What became of the organisation's statements, and which laws apply by its word.

use crate::controls::{CATALOG, Control, SWITCHES, Switch};
use crate::facts::Facts;
use crate::facts::attestations::{Answer, EXPIRING_DAYS, Key, Statement, keys};
use crate::model::{AttestationNote, AttestationState, ScopeNote, StatedEvidence, printable};
use crate::policy::Policy;

/// Shown of names, addresses and reasons.
const SHORT: usize = 300;

/// A note for each key that a selected control accepts, sorted by key.
#[must_use]
pub fn notes(facts: &Facts, policy: &Policy) -> Vec<AttestationNote> {
    let selected: Vec<&Control> = policy.controls.iter().map(|selected| selected.control).collect();
    keys()
        .iter()
        .filter_map(|key| {
            let controls = accepting(key, &selected);
            (!controls.is_empty()).then(|| note(facts, key, controls))
        })
        .collect()
}

/// What became of the statement of one key.
#[must_use]
pub fn note(facts: &Facts, key: &Key, controls: Vec<String>) -> AttestationNote {
    let stated = &facts.attestations;
    let most = stated.max_age(key);
    let (state, reason, statement) = match stated.answer(&key.name) {
        Answer::Fresh(statement) => (AttestationState::Fresh, fresh(facts, statement), Some(statement)),
        Answer::Stale(statement, why) => (AttestationState::Stale, why, Some(statement)),
        Answer::OtherBundle(statement, why) => (AttestationState::OtherBundle, why, Some(statement)),
        Answer::Missing => (AttestationState::Missing, "nobody stated it".to_owned(), None),
    };
    AttestationNote {
        key: key.name.clone(),
        question: key.question.clone(),
        state,
        reason,
        date: statement.map(|statement| statement.date.to_string()),
        by: statement.map(|statement| printable(&statement.by, SHORT)),
        value: statement.map(Statement::line),
        valid_until: statement.and_then(|statement| statement.valid_until).map(|day| day.to_string()),
        max_age_days: most,
        evidence: statement.into_iter().flat_map(|statement| &statement.evidence).map(evidence).collect(),
        controls,
    }
}

fn evidence(document: &crate::facts::attestations::Document) -> StatedEvidence {
    StatedEvidence { source: printable(&document.source, SHORT), sha256: document.sha256 }
}

fn fresh(facts: &Facts, statement: &Statement) -> String {
    let left = facts.attestations.days_left(statement).unwrap_or_default();
    let absent: Vec<String> = statement
        .evidence
        .iter()
        .filter(|document| document.is_path && document.checked != crate::facts::attestations::Checked::Same)
        .map(|document| format!("; evidence `{}`: {}", printable(&document.source, 120), document.checked.word()))
        .collect();
    let soon = if left <= EXPIRING_DAYS { ", so renew it" } else { "" };
    format!("it counts for {left} more days{soon}{}", absent.concat())
}

/// The ids of the selected controls that accept a key: those that name it, and those of a law that it switches.
fn accepting(key: &Key, selected: &[&Control]) -> Vec<String> {
    let switch = SWITCHES.iter().find(|switch| switch.key == key.name);
    let takes = |control: &Control| {
        control.attestations.contains(&key.name.as_str())
            || switch.is_some_and(|switch| switch.controls().any(|one| one.id == control.id))
    };
    let mut ids: Vec<String> =
        selected.iter().filter(|control| takes(control)).map(|control| control.id.to_owned()).collect();
    ids.sort();
    ids
}

/// The ids of the catalog's controls that accept a key, sorted.
#[must_use]
pub fn controls_of(key: &Key) -> Vec<String> {
    accepting(key, CATALOG)
}

/// A note for each law of which a selected control depends, sorted by switch.
pub fn scope(facts: &Facts, policy: &Policy) -> Vec<ScopeNote> {
    SWITCHES
        .iter()
        .filter_map(|switch| {
            let selected = |id: &str| policy.controls.iter().any(|selected| selected.control.id == id);
            let mut controls: Vec<String> =
                switch.controls().map(|control| control.id.to_owned()).filter(|id| selected(id)).collect();
            controls.sort();
            (!controls.is_empty()).then(|| scope_note(facts, switch, controls))
        })
        .collect()
}

fn scope_note(facts: &Facts, switch: &Switch, controls: Vec<String>) -> ScopeNote {
    let taken = "so it is taken to apply";
    let (applies, reason, statement) = match facts.attestations.answer(switch.key) {
        Answer::Fresh(statement) => match switch.applies(statement) {
            Some(applies) => {
                let reason = statement.value.first().and_then(|entry| entry.text("reason"));
                (Some(applies), printable(reason.unwrap_or_default(), SHORT), Some(statement))
            }
            None => (None, format!("the statement does not say `{}`, {taken}", switch.field), Some(statement)),
        },
        Answer::Stale(statement, why) | Answer::OtherBundle(statement, why) => {
            (None, format!("the statement no longer counts: {why}; {taken}"), Some(statement))
        }
        Answer::Missing => (None, format!("nobody stated it, {taken}"), None),
    };
    ScopeNote {
        switch: switch.key.to_owned(),
        law: switch.law.to_owned(),
        applies,
        reason,
        by: statement.map(|statement| printable(&statement.by, SHORT)),
        date: statement.map(|statement| statement.date.to_string()),
        // They do not apply only where a statement says so.
        controls: if applies == Some(false) { controls } else { Vec::new() },
    }
}
