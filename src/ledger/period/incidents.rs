//! The incidents of a period, from what was stated at its audits.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::{Audits, Period};
use crate::ledger::incidents::IncidentNote;
use crate::model::{AttestationState, Digest};

/// What is known of incidents.
#[derive(Clone, Debug, Serialize)]
pub struct Incidents {
    /// Whether the last statement counted; `missing` when the last audit had none any more.
    pub state: AttestationState,
    /// The last statement's day.
    pub stated: String,
    /// The record that holds it.
    pub record: Digest,
    /// The incidents that happened or were stated in the period, or were not closed before it, by day.
    pub rows: Vec<IncidentRow>,
}

/// One incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct IncidentRow {
    /// The incident as it was last stated.
    pub incident: IncidentNote,
    /// `open`, `closed`, or `dropped`: it was never stated to be closed, and the last statement has it no more.
    pub state: &'static str,
    /// The last record that holds it.
    pub record: Digest,
}

struct Known<'a> {
    note: &'a IncidentNote,
    first: Date,
    closed: Option<Date>,
    record: Digest,
}

/// `None` when no audit had a statement.
pub(super) fn incidents(audits: &Audits<'_>, period: Period) -> Option<Incidents> {
    let stated = || audits.iter().filter_map(|(name, _, audit, day)| Some((*name, audit.incidents.as_ref()?, *day)));
    let (record, last, _) = stated().next_back()?;
    let mut known: BTreeMap<&str, Known<'_>> = BTreeMap::new();
    for (record, register, day) in stated() {
        for note in &register.incidents {
            let one = known.entry(&note.id).or_insert(Known { note, first: day, closed: None, record });
            // One that was closed and is open again is open.
            one.closed = note.closed.then(|| one.closed.unwrap_or(day));
            (one.note, one.record) = (note, record);
        }
    }
    let concerns = |one: &Known<'_>| {
        let happened = one.note.date.as_deref().and_then(|day| day.parse::<Date>().ok());
        happened.is_some_and(|day| period.contains(day))
            || period.contains(one.first)
            || one.closed.is_none_or(|day| day >= period.first())
    };
    let state = |one: &Known<'_>| match (one.closed, last.incidents.iter().any(|note| note.id == one.note.id)) {
        (Some(_), _) => "closed",
        (None, true) => "open",
        (None, false) => "dropped",
    };
    let mut rows: Vec<IncidentRow> = known
        .values()
        .filter(|one| concerns(one))
        .map(|one| IncidentRow { incident: one.note.clone(), state: state(one), record: one.record })
        .collect();
    rows.sort();
    let still = audits.last().is_some_and(|(_, _, audit, _)| audit.incidents.is_some());
    Some(Incidents {
        state: if still { last.state } else { AttestationState::Missing },
        stated: last.date.clone(),
        record,
        rows,
    })
}
