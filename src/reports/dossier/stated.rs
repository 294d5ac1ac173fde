//! What people have to say: manual items, statements of the organisation, exceptions.

use super::Dossier;
use super::words::{
    NOT_STATED, cell, code, code_cell, control_reference, counted, gravest, paragraph, section, severity_badge, stated,
    table, text,
};
use crate::model::{Assessment, AttestationNote, AttestationState, ExceptionNote, ExceptionState, Verdict};
use crate::reports::document::{Block, Inline, Section, Tone};

pub(super) fn statements(dossier: &Dossier<'_>) -> Section {
    let report = dossier.report;
    let mut notes: Vec<&AttestationNote> = report.attestations.iter().collect();
    notes.sort_by(|one, other| (one.state, &one.key).cmp(&(other.state, &other.key)));
    let rows = notes.iter().map(|note| statement(note)).collect();
    let columns = [("Question", 6), ("Standing", 3), ("Who and when", 4), ("Answer and evidence", 6)];
    let mut blocks = vec![paragraph(
        "What only the organisation can say. A fresh statement makes a result `attested`; one that is stale, missing or given \
         for another bundle counts for nothing, and its controls wait for a person.",
    )];
    if notes.is_empty() {
        blocks.push(paragraph("No statement was given, or no assessed control accepts one."));
    } else {
        blocks.push(table("Statements, the stale ones first", &columns, rows));
    }
    let mut waiting: Vec<&Assessment> =
        report.assessments.iter().filter(|one| one.verdict == Verdict::Manual).collect();
    waiting.sort_by(|one, other| (gravest(other), &one.control).cmp(&(gravest(one), &other.control)));
    let rows = waiting
        .into_iter()
        .map(|one| {
            let questions = one.findings.iter().filter(|finding| finding.verdict == Verdict::Manual);
            let mut asked = Vec::new();
            for (number, finding) in questions.enumerate() {
                if number > 0 {
                    asked.push(text(" "));
                }
                asked.extend(cell(format!("{}.", finding.message.trim_end_matches('.'))));
            }
            vec![
                vec![control_reference(one), text(format!(" {}", one.title))],
                vec![severity_badge(gravest(one))],
                asked,
            ]
        })
        .collect();
    let columns = [("Control", 5), ("Severity", 2), ("What a person has to decide", 8)];
    blocks.push(table("What waits for a person", &columns, rows));
    section("statements", "Manual items and statements", blocks)
}

fn statement(note: &AttestationNote) -> Vec<Vec<Inline>> {
    let (tone, word) = match note.state {
        AttestationState::Stale => (Tone::Bad, "stale"),
        AttestationState::OtherBundle => (Tone::Bad, "for another bundle"),
        AttestationState::Missing => (Tone::Open, "missing"),
        AttestationState::Fresh => (Tone::Good, "fresh"),
    };
    let mut who = stated(note.by.as_ref());
    let until = note.valid_until.as_ref().map(|day| format!(", valid until {day}")).unwrap_or_default();
    who.push(text(format!("; {}{until}", note.date.as_deref().unwrap_or("no date"))));
    let mut answer = stated(note.value.as_ref());
    for evidence in &note.evidence {
        answer.push(text(" Evidence: "));
        answer.push(code(evidence.source.clone()));
        match &evidence.sha256 {
            Some(digest) => {
                answer.push(text(" SHA-256 "));
                answer.push(code(digest.hex()));
            }
            None => answer.push(text(" (no digest was stated)")),
        }
    }
    vec![
        vec![code(note.key.clone()), text(format!(" {} Counts for {}.", note.question, note.controls.join(", ")))],
        vec![Inline::Badge(tone, word.to_owned()), text(format!(" {}", note.reason))],
        who,
        answer,
    ]
}

pub(super) fn exceptions(dossier: &Dossier<'_>) -> Section {
    let report = dossier.report;
    let rows: Vec<_> = report.exceptions.iter().map(|one| exception(one, &report.as_of)).collect();
    let columns = [("Exception", 4), ("Owner and approver", 4), ("Reason, protection, risk", 7), ("Term", 4)];
    let blocks = vec![
        paragraph(format!(
            "An exception is a finding that a named person accepts for a time. It changes no verdict: {} accepted, and all of \
             them stand among the findings.",
            counted(report.counts.excepted, "finding is", "findings are")
        )),
        table("Exceptions register", &columns, rows),
    ];
    section("exceptions", "Exceptions register", blocks)
}

fn exception(one: &ExceptionNote, as_of: &str) -> Vec<Vec<Inline>> {
    let (tone, word) = match one.state {
        ExceptionState::Applied => (Tone::Neutral, "in force"),
        ExceptionState::Unmatched => (Tone::Open, "matches nothing"),
        ExceptionState::Expired => (Tone::Bad, "expired"),
        ExceptionState::Pending => (Tone::Open, "not yet in force"),
    };
    let left = days_left(&one.expires, as_of).map_or_else(String::new, |days| match days {
        0.. => format!(" {} left", counted(usize::try_from(days).unwrap_or(0), "day", "days")),
        _ => format!(" ended {} ago", counted(usize::try_from(-days).unwrap_or(0), "day", "days")),
    });
    let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| NOT_STATED.to_owned());
    vec![
        vec![
            code(one.id.clone()),
            text(" "),
            code(one.control.clone()),
            text(format!(" {}", counted(one.findings, "finding", "findings"))),
        ],
        cell(format!("Owner: {}. Approver: {}.", one.owner, or_none(&one.approver))),
        cell(format!(
            "{} Protected instead by: {}. Risk accepted: {}.",
            sentence(&one.reason),
            or_none(&one.compensating_control),
            or_none(&one.risk_acceptance)
        )),
        vec![
            Inline::Badge(tone, word.to_owned()),
            text(format!(
                " from {} to {}.{left}. Renewed {}.",
                one.start.as_deref().unwrap_or("a day that is not stated"),
                one.expires,
                counted(usize::try_from(one.renewals).unwrap_or(usize::MAX), "time", "times")
            )),
        ],
    ]
}

fn sentence(words: &str) -> String {
    format!("{}.", words.trim_end_matches('.'))
}

/// Days from the audit's day to the last day of an exception.
pub(super) fn days_left(expires: &str, as_of: &str) -> Option<i32> {
    let last: jiff::civil::Date = expires.parse().ok()?;
    let moment: jiff::Timestamp = as_of.parse().ok()?;
    let today = moment.to_zoned(jiff::tz::TimeZone::UTC).date();
    Some(today.until(last).ok()?.get_days())
}

/// The statement with this key, when it counts.
pub(super) fn fresh<'a>(dossier: &Dossier<'a>, key: &str) -> Option<&'a AttestationNote> {
    dossier.report.attestations.iter().find(|note| note.key == key && note.state == AttestationState::Fresh)
}

/// What a statement says, or that nobody says it.
pub(super) fn answer(dossier: &Dossier<'_>, key: &str) -> Vec<Inline> {
    match fresh(dossier, key) {
        Some(note) => cell(format!(
            "{} (attested by {}, {})",
            note.value.as_deref().unwrap_or("stated without a value"),
            note.by.as_deref().unwrap_or("nobody named"),
            note.date.as_deref().unwrap_or("no date")
        )),
        None => {
            let mut line = cell("not stated: no fresh statement ");
            line.extend(code_cell(key));
            line
        }
    }
}

/// Labels and the statements that answer them.
pub(super) fn answers(dossier: &Dossier<'_>, keys: &[(&str, &str)]) -> Block {
    Block::Pairs(keys.iter().map(|(label, key)| ((*label).to_owned(), answer(dossier, key))).collect())
}
