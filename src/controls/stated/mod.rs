//! What the organisation states, as controls take it: a fresh statement is attested and never a pass, and a stale or missing
//! one is a question.

mod scope;
mod table;
mod takes;

use jiff::civil::Date;

pub use scope::{SWITCHES, Switch, switch_of};
pub use takes::assess;

use super::support::shown;
use super::{Draft, Outcome};
use crate::facts::Facts;
use crate::facts::attestations::{Answer, EXPIRING_DAYS, Entry, Statement, days, key};
use crate::model::{Location, Root, printable};

/// How much of a statement is shown.
const VALUE: usize = 240;

/// Where a statement stands, or would.
pub(super) fn place(facts: &Facts, statement: Option<&Statement>) -> Location {
    let source = facts.attestations.source.as_str();
    match statement {
        Some(statement) => Location::at(Root::App, source, statement.position),
        None => Location::file(Root::App, source),
    }
}

/// `stated as gdpr.ropa by A. Bee, DPO, on 2026-11-01: entry_id: R1`.
pub(super) fn sentence(statement: &Statement) -> String {
    format!(
        "stated as `{}` by {} on {}: {}",
        statement.key.name,
        printable(&statement.by, 120),
        statement.date,
        printable(&statement.value.line(), VALUE)
    )
}

/// Notes a statement that counts: what it says, on what it rests, and when it ends.
pub(super) fn note(outcome: &mut Outcome, facts: &Facts, statement: &Statement) {
    outcome.attested = true;
    let mut message = sentence(statement);
    for document in statement.evidence.iter().take(4) {
        let digest = document.sha256.map(|digest| format!(", SHA-256 {digest}")).unwrap_or_default();
        message += &format!("; evidence `{}`{digest}, {}", printable(&document.source, 160), document.checked.word());
    }
    if let Some(left) = facts.attestations.days_left(statement).filter(|left| *left <= EXPIRING_DAYS) {
        message += &format!("; it counts for {left} more days");
    }
    outcome.saw(message, Some(place(facts, Some(statement))));
}

/// The statement of this key, noted, when it counts; else the question of the key as a finding.
pub(super) fn ask<'a>(outcome: &mut Outcome, facts: &'a Facts, name: &str) -> Option<&'a Statement> {
    let question = key(name).map_or("", |key| key.question.as_str());
    let answer = facts.attestations.answer(name);
    let (rule, message, statement) = match answer {
        Answer::Fresh(statement) => {
            note(outcome, facts, statement);
            return Some(statement);
        }
        Answer::Stale(statement, why) => {
            ("stale", format!("the statement `{name}` no longer counts, {why}: {question}"), Some(statement))
        }
        Answer::OtherBundle(statement, why) => {
            ("other-bundle", format!("the statement `{name}` does not count here, {why}: {question}"), Some(statement))
        }
        Answer::Missing => ("not-stated", format!("nobody stated `{name}`: {question}"), None),
    };
    outcome.findings.push(Draft::manual(rule, place(facts, statement), message).key(name));
    None
}

/// Judges one statement by the criteria of a control.
pub(super) struct Judge<'a> {
    /// What was seen so far.
    pub outcome: &'a mut Outcome,
    /// The statement.
    pub statement: &'a Statement,
    today: Date,
    place: Location,
}

/// A control that a statement of this key alone answers: `criteria` gets its value (the first entry of a list). That there is
/// nothing of the kind is a failure.
pub(super) fn judged(facts: &Facts, name: &str, criteria: impl FnOnce(&mut Judge<'_>, &Entry)) -> Outcome {
    let mut outcome = Outcome::default();
    add(&mut outcome, facts, name, criteria);
    outcome
}

/// As [`judged`], beside what files show.
pub(super) fn add(outcome: &mut Outcome, facts: &Facts, name: &str, criteria: impl FnOnce(&mut Judge<'_>, &Entry)) {
    let Some(statement) = ask(outcome, facts, name) else { return };
    let today = facts.attestations.today.unwrap_or(Date::ZERO);
    let mut judge = Judge { place: place(facts, Some(statement)), outcome, statement, today };
    if statement.value.none {
        judge.fail("none", format!("it is stated that there is none: {}", statement.key.question));
        return;
    }
    let first = statement.value.first().cloned().unwrap_or_default();
    criteria(&mut judge, &first);
}

impl Judge<'_> {
    /// The statement says that a criterion is violated.
    pub fn fail(&mut self, rule: &str, message: impl Into<String>) {
        let draft = Draft::fail(rule, self.place.clone(), message).key(&*self.statement.key.name);
        self.outcome.findings.push(draft);
    }

    /// The statement leaves something open.
    pub fn ask(&mut self, rule: &str, message: impl Into<String>) {
        let draft = Draft::manual(rule, self.place.clone(), message).key(&*self.statement.key.name);
        self.outcome.findings.push(draft);
    }

    /// Fields that the statement has to have: what it leaves out is one question.
    pub fn needs(&mut self, entry: &Entry, fields: &[&str]) {
        let missing: Vec<String> =
            fields.iter().filter(|field| !entry.has(field)).map(|field| format!("`{field}`")).collect();
        if !missing.is_empty() {
            let message = format!("the statement `{}` leaves out {}", self.statement.key.name, missing.join(", "));
            self.ask("incomplete", message);
        }
    }

    /// A day that must lie within so many days before the audit. A missing one is left to [`Judge::needs`].
    pub fn within(&mut self, entry: &Entry, field: &str, most: i64) {
        let Some(age) = self.age(entry, field) else { return };
        let name = &self.statement.key.name;
        if age < 0 {
            let message = format!("`{field}` of `{name}` is still to come");
            self.ask("day-to-come", message);
        } else if age > most {
            let message = format!("`{field}` of `{name}` is {age} days ago, more than {most}");
            self.ask("too-long-ago", message);
        }
    }

    /// How many days ago a day of the value is.
    pub fn age(&self, entry: &Entry, field: &str) -> Option<i64> {
        entry.date(field).map(|date| days(date, self.today))
    }
}

/// Text of a statement, inert and bounded.
pub(super) fn said(text: &str) -> String {
    shown(text)
}
