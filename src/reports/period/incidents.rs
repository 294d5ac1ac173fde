//! The incidents that the organisation states.

use super::super::document::{Block, Inline, Tone};
use super::app::state;
use super::{NAME, cell, digest, note, table, text};
use crate::ledger::period::AppPeriod;
use crate::model::{AttestationState, printable};

/// More rows than this are counted.
const MOST_ROWS: usize = 200;

pub(super) fn blocks(app: &AppPeriod) -> Vec<Block> {
    let Some(known) = &app.incidents else {
        return vec![note(
            Tone::Open,
            "No record has a statement `incident.register`; nothing is known of incidents.".to_owned(),
        )];
    };
    let words = format!(
        "The statement `incident.register` of {} is {}; the organisation answers for it.",
        printable(&known.stated, 20),
        state(known.state)
    );
    let mut blocks = vec![if known.state == AttestationState::Fresh { text(words) } else { note(Tone::Open, words) }];
    if known.rows.is_empty() {
        blocks.push(text("It names no incident of this period, and none that was open when it began."));
        return blocks;
    }
    let rows = known.rows.iter().take(MOST_ROWS).map(|row| {
        let (tone, word) = match row.state {
            "closed" => (Tone::Good, "closed"),
            "open" => (Tone::Bad, "open"),
            _ => (Tone::Grave, "dropped without being closed"),
        };
        let incident = &row.incident;
        vec![
            cell(printable(&incident.id, NAME)),
            cell(incident.date.as_deref().map_or("-".to_owned(), |day| printable(day, 20))),
            vec![Inline::Badge(tone, word.to_owned())],
            cell(if incident.root_cause { "stated" } else { "-" }),
            cell(incident.evidence.to_string()),
            digest(Some(&row.record)),
        ]
    });
    blocks.push(table(
        "Incidents that happened or were stated in the period, or were not closed before it.",
        &[("Incident", 4), ("Day", 3), ("State", 3), ("Root cause", 2), ("#Evidence", 2), ("Record", 4)],
        rows.collect(),
    ));
    if known.rows.len() > MOST_ROWS {
        blocks.push(text(format!("… and {} more, which the JSON form has.", known.rows.len() - MOST_ROWS)));
    }
    blocks
}
