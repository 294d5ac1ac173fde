//! The incidents that the organisation states (`incident.register`), as a record holds them: ids, days and whether they are
//! closed; no cause in words, and no names.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::facts::Facts;
use crate::facts::attestations::Answer;
use crate::model::{AttestationState, printable};

/// The statement.
const KEY: &str = "incident.register";
/// The most incidents of one record; more are no register of one app.
const MOST: usize = 1000;

/// What is stated of incidents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentRegister {
    /// Whether the statement counted at the audit.
    pub state: AttestationState,
    /// The statement's day, `YYYY-MM-DD`.
    pub date: String,
    /// The incidents, by day and id; empty when it is stated that there were none.
    pub incidents: Vec<IncidentNote>,
}

/// One incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IncidentNote {
    /// Its day, `YYYY-MM-DD`, when it is stated.
    pub date: Option<String>,
    /// Its id as stated, else its place in the statement.
    pub id: String,
    /// Whether it is stated to be closed.
    pub closed: bool,
    /// Whether a root cause is stated.
    pub root_cause: bool,
    /// How many digests of evidence are stated.
    pub evidence: usize,
}

/// What the facts have of incidents. A stale statement is taken over, too: what it names has happened all the same.
pub(super) fn register(facts: &Facts) -> Option<IncidentRegister> {
    let (statement, state) = match facts.attestations.answer(KEY) {
        Answer::Fresh(statement) => (statement, AttestationState::Fresh),
        Answer::Stale(statement, _) => (statement, AttestationState::Stale),
        Answer::OtherBundle(statement, _) => (statement, AttestationState::OtherBundle),
        Answer::Missing => return None,
    };
    let entries = statement.value.entries.iter().take(MOST).enumerate();
    let mut incidents: Vec<IncidentNote> = entries
        .map(|(index, entry)| IncidentNote {
            date: entry.date("date").map(|day: Date| day.to_string()),
            id: entry.text("id").map_or_else(|| format!("number {}", index + 1), |id| printable(id.trim(), 120)),
            closed: entry.truth("closed") == Some(true),
            root_cause: entry.has("root_cause"),
            evidence: entry.texts("evidence_hashes").len(),
        })
        .collect();
    incidents.sort();
    incidents.dedup();
    Some(IncidentRegister { state, date: statement.date.to_string(), incidents })
}
