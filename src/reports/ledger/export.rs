//! The tables of a ledger, for queries over many apps: JSON lines and CSV (and Parquet, in
//! `columns`), with the same columns (`docs/fleet.md`).

use std::io;

use serde_json::{Map, Value};

use crate::ledger::{Ledger, Record};
use crate::model::{AttestationState, Digest, ExceptionState, GateResult, Severity, Verdict, escape};

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// One row for each record.
    Records,
    /// One row for each finding of each record.
    Findings,
    /// One row for each key of each record.
    Keys,
}

/// What a column holds; any may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// True or false.
    Flag,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// True or false.
    Flag(bool),
}

use Kind::{Flag, Number, Text};

const RECORDS: &[(&str, Kind)] = &[
    ("record", Text),
    ("app", Text),
    ("channel", Text),
    ("version", Text),
    ("number", Number),
    ("previous", Text),
    ("as_of", Text),
    ("tool_version", Text),
    ("archive_sha256", Text),
    ("content_sha256", Text),
    ("release_sha256", Text),
    ("config_sha256", Text),
    ("report_sha256", Text),
    ("policy", Text),
    ("policy_sha256", Text),
    ("deviations", Number),
    ("gate_passed", Flag),
    ("blocking", Number),
    ("pass", Number),
    ("attested", Number),
    ("fail", Number),
    ("manual", Number),
    ("indeterminate", Number),
    ("not_applicable", Number),
    ("failures_critical", Number),
    ("failures_high", Number),
    ("failures_medium", Number),
    ("failures_low", Number),
    ("failures_info", Number),
    ("excepted", Number),
    ("exceptions_applied", Number),
    ("exceptions_expired", Number),
    ("attestations_fresh", Number),
    ("attestations_stale", Number),
    ("attestations_missing", Number),
    ("oldest_signing_key_days", Number),
    ("signer_sha256", Text),
    ("signed", Flag),
];

const FINDINGS: &[(&str, Kind)] = &[
    ("record", Text),
    ("app", Text),
    ("version", Text),
    ("as_of", Text),
    ("fingerprint", Text),
    ("control", Text),
    ("rule", Text),
    ("severity", Text),
    ("verdict", Text),
    ("exception", Text),
];

const KEYS: &[(&str, Kind)] = &[
    ("record", Text),
    ("app", Text),
    ("as_of", Text),
    ("fingerprint", Text),
    ("id", Text),
    ("algorithm", Text),
    ("bits", Number),
    ("purpose", Text),
    ("in_use", Flag),
    ("since", Text),
    ("bound", Text),
    ("source", Text),
    ("age_days", Number),
    ("retired", Text),
];

impl Table {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Findings => "findings",
            Self::Keys => "keys",
        }
    }

    /// Its columns.
    #[must_use]
    pub const fn columns(self) -> &'static [(&'static str, Kind)] {
        match self {
            Self::Records => RECORDS,
            Self::Findings => FINDINGS,
            Self::Keys => KEYS,
        }
    }

    /// Its rows, in the order of the chains.
    #[must_use]
    pub fn rows(self, ledger: &Ledger) -> Vec<Vec<Cell>> {
        let records = ledger.ordered();
        match self {
            Self::Records => records.iter().map(|(name, record)| record_row(name, record)).collect(),
            Self::Findings => records.iter().flat_map(|(name, record)| finding_rows(name, record)).collect(),
            Self::Keys => records.iter().flat_map(|(name, record)| key_rows(name, record)).collect(),
        }
    }
}

fn text(value: impl Into<Option<String>>) -> Cell {
    value.into().map_or(Cell::Null, |text| Cell::Text(escape(&text)))
}

fn digest(value: Option<Digest>) -> Cell {
    value.map_or(Cell::Null, |digest| Cell::Text(digest.hex()))
}

fn number(value: impl TryInto<i64>) -> Cell {
    value.try_into().map_or(Cell::Null, Cell::Number)
}

fn record_row(name: &Digest, record: &Record) -> Vec<Cell> {
    let previous: Vec<String> = record.previous.iter().map(Digest::hex).collect();
    let mut row = vec![
        digest(Some(*name)),
        text(record.app.clone()),
        text(record.channel.clone()),
        text(record.version.clone()),
        number(record.number),
        if previous.is_empty() { Cell::Null } else { text(previous.join(" ")) },
        text(record.as_of.clone()),
        text(record.tool.version.clone()),
    ];
    if let Some(audit) = &record.audit {
        let verdict = |verdict: Verdict| number(audit.counts.assessments.get(verdict.word()).copied().unwrap_or(0));
        let failures = |severity: Severity| number(audit.counts.failures.get(severity.word()).copied().unwrap_or(0));
        let exceptions =
            |state: ExceptionState| number(audit.exceptions.iter().filter(|one| one.state == state).count());
        let attestations =
            |state: AttestationState| number(audit.attestations.iter().filter(|one| one.state == state).count());
        let signing = audit.keys.iter().filter(|key| key.purpose == "signing" && key.in_use && key.retired.is_none());
        row.extend([
            digest(audit.subject.archive),
            digest(audit.subject.content),
            digest(audit.subject.release),
            digest(audit.subject.config),
            digest(audit.report),
            text(audit.policy.name.clone()),
            digest(Some(audit.policy.sha256)),
            number(audit.deviations.len()),
            Cell::Flag(audit.gate.result == GateResult::Passed),
            number(audit.gate.blocking),
            verdict(Verdict::Pass),
            verdict(Verdict::Attested),
            verdict(Verdict::Fail),
            verdict(Verdict::Manual),
            verdict(Verdict::Indeterminate),
            verdict(Verdict::NotApplicable),
            failures(Severity::Critical),
            failures(Severity::High),
            failures(Severity::Medium),
            failures(Severity::Low),
            failures(Severity::Info),
            number(audit.counts.excepted),
            exceptions(ExceptionState::Applied),
            exceptions(ExceptionState::Expired),
            attestations(AttestationState::Fresh),
            attestations(AttestationState::Stale),
            attestations(AttestationState::Missing),
            signing.filter_map(|key| key.age_days).max().map_or(Cell::Null, Cell::Number),
            digest(audit.signer),
        ]);
    }
    row.resize(RECORDS.len() - 1, Cell::Null);
    row.push(Cell::Flag(record.signature.is_some()));
    row
}

fn finding_rows(name: &Digest, record: &Record) -> Vec<Vec<Cell>> {
    let findings = record.audit.iter().flat_map(|audit| &audit.findings);
    findings
        .map(|finding| {
            vec![
                digest(Some(*name)),
                text(record.app.clone()),
                text(record.version.clone()),
                text(record.as_of.clone()),
                text(finding.fingerprint.clone()),
                text(finding.control.clone()),
                text(finding.rule.clone()),
                text(finding.severity.word().to_owned()),
                text(finding.verdict.word().to_owned()),
                text(finding.exception.clone()),
            ]
        })
        .collect()
}

fn key_rows(name: &Digest, record: &Record) -> Vec<Vec<Cell>> {
    let keys = record.audit.iter().flat_map(|audit| &audit.keys);
    keys.map(|key| {
        vec![
            digest(Some(*name)),
            text(record.app.clone()),
            text(record.as_of.clone()),
            digest(key.fingerprint),
            text(key.id.clone()),
            text(key.algorithm.clone()),
            key.bits.map_or(Cell::Null, number),
            text(key.purpose.clone()),
            Cell::Flag(key.in_use),
            text(key.since.clone()),
            text(key.bound.clone()),
            text(key.source.clone()),
            key.age_days.map_or(Cell::Null, Cell::Number),
            text(key.retired.clone()),
        ]
    })
    .collect()
}

/// One JSON object for each row.
///
/// # Errors
/// None that is known: the value is plain data.
pub fn jsonl(ledger: &Ledger, table: Table) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    for row in table.rows(ledger) {
        let object: Map<String, Value> = table
            .columns()
            .iter()
            .zip(row)
            .map(|((name, _), cell)| {
                let value = match cell {
                    Cell::Null => Value::Null,
                    Cell::Text(text) => Value::String(text),
                    Cell::Number(number) => number.into(),
                    Cell::Flag(flag) => flag.into(),
                };
                ((*name).to_owned(), value)
            })
            .collect();
        serde_json::to_writer(&mut out, &Value::Object(object))?;
        out.push(b'\n');
    }
    Ok(out)
}

/// RFC 4180, with a line of headings. What a spreadsheet could take for a formula begins with an apostrophe.
#[must_use]
pub fn csv(ledger: &Ledger, table: Table) -> Vec<u8> {
    let mut out = String::new();
    let names: Vec<&str> = table.columns().iter().map(|(name, _)| *name).collect();
    out.push_str(&names.join(","));
    out.push_str("\r\n");
    for row in table.rows(ledger) {
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            match cell {
                Cell::Null => {}
                Cell::Number(number) => out.push_str(&number.to_string()),
                Cell::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
                Cell::Text(text) => {
                    let formula = text.starts_with(['=', '+', '-', '@']);
                    let guarded = if formula { format!("'{text}") } else { text.clone() };
                    if guarded.contains([',', '"']) {
                        out.extend(["\"", &guarded.replace('"', "\"\""), "\""]);
                    } else {
                        out.push_str(&guarded);
                    }
                }
            }
        }
        out.push_str("\r\n");
    }
    out.into_bytes()
}
