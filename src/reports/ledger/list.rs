//! The records of a ledger as a list.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use super::short;
use crate::ledger::{Ledger, Record};
use crate::model::{Digest, GateResult, printable};
use crate::reports::{Style, write_pretty};

/// Shown of names of apps and versions.
const NAME: usize = 40;

fn selected<'a>(ledger: &'a Ledger, app: Option<&'a str>) -> impl Iterator<Item = (Digest, &'a Record)> {
    let mut all = ledger.ordered();
    all.sort_by_key(|(name, record)| (record.moment(), record.number, *name));
    all.into_iter().filter(move |(_, record)| app.is_none_or(|app| record.app.as_deref() == Some(app)))
}

/// The records as text, the oldest first.
#[must_use]
pub fn list_text(ledger: &Ledger, app: Option<&str>, _style: &Style) -> String {
    let rows: Vec<[String; 7]> = selected(ledger, app)
        .map(|(name, record)| {
            let gate = match &record.audit {
                None => "joins",
                Some(audit) if audit.gate.result == GateResult::Passed => "passed",
                Some(_) => "failed",
            };
            let day: String = record.as_of.chars().take(16).collect();
            [
                short(&name),
                printable(&day, NAME),
                printable(record.app_shown(), NAME),
                record.version.as_deref().map_or_else(|| "-".to_owned(), |version| printable(version, NAME)),
                gate.to_owned(),
                record.audit.as_ref().map_or_else(|| "-".to_owned(), |audit| audit.findings.len().to_string()),
                if record.signature.is_some() { "signed" } else { "-" }.to_owned(),
            ]
        })
        .collect();
    let head = ["record", "as of", "app", "version", "gate", "findings", "signature"].map(str::to_owned);
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let cells = rows.iter().chain([&head]).filter_map(|row| row.get(column));
            cells.map(|cell| unicode_width::UnicodeWidthStr::width(cell.as_str())).max().unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    for row in [&head].into_iter().chain(&rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let own = unicode_width::UnicodeWidthStr::width(cell.as_str());
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(own) + 2));
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// One record with its name.
#[derive(Serialize)]
struct Row<'a> {
    name: Digest,
    record: &'a Record,
}

/// The records as JSON, the oldest first.
///
/// # Errors
/// None that is known: the value is plain data.
pub fn list_json(ledger: &Ledger, app: Option<&str>) -> io::Result<Vec<u8>> {
    let rows: Vec<Row<'_>> = selected(ledger, app).map(|(name, record)| Row { name, record }).collect();
    let mut bytes = Vec::new();
    write_pretty(&rows, &mut bytes)?;
    Ok(bytes)
}

/// What a join did.
#[must_use]
pub fn join_text(joined: &[(Digest, Record)]) -> String {
    if joined.is_empty() {
        return "nothing to join: no chain is forked\n".to_owned();
    }
    let mut out = String::new();
    for (name, record) in joined {
        let heads: Vec<String> = record.previous.iter().map(short).collect();
        let app = printable(record.app_shown(), 120);
        let _ = writeln!(out, "{app}: record {} joins {}", short(name), heads.join(" and "));
    }
    out
}
