//! What the answer rests on: what was examined, exceptions, what the policy lowers, and the gate.

use super::page::{Page, Tint};
use super::{words, wrap};
use crate::model::{Completeness, ExceptionNote, ExceptionState, Gate, GateResult, Report, Severity, escape};

/// Longer lists of files are cut here.
const MOST: usize = 10;

/// Writes the end of the report.
pub(super) fn write(report: &Report, page: &mut Page) {
    completeness(&report.completeness, page);
    exceptions(&report.exceptions, page);
    if !report.settings.deviations.is_empty() {
        page.section(Tint::Strong, "Lowered by the policy or an option");
        page.blank();
        for deviation in &report.settings.deviations {
            page.entry(2, (Tint::Plain, &deviation.what), 13, (Tint::Plain, &deviation.change));
        }
    }
    if !report.limits.is_empty() {
        page.section(Tint::Strong, "What this report can't say");
        page.blank();
        for limit in &report.limits {
            page.entry(2, (Tint::Faint, "-"), 2, (Tint::Plain, limit));
        }
    }
    page.section(Tint::Strong, "Gate");
    page.blank();
    gate(&report.gate, page);
}

fn completeness(seen: &Completeness, page: &mut Page) {
    page.section(Tint::Strong, "Examined");
    page.blank();
    let parsed = words::number(seen.files_parsed);
    let parseable = words::number(seen.files_parsed + seen.files_not_parsed);
    let end = if seen.not_examined.is_empty() { "" } else { "; not examined, or not whole:" };
    let text = format!(
        "{} seen, {} read, {parsed} of {parseable} scripts, pages and JSON files parsed{end}",
        words::count(seen.files_seen, "file", "files"),
        words::number(seen.files_read),
    );
    page.paragraph(2, (Tint::Plain, &text));
    for file in seen.not_examined.iter().take(MOST) {
        for part in wrap::chop(&escape(&words::place(&file.location)), page.width().saturating_sub(4)) {
            page.line(&[(Tint::Plain, "    "), (Tint::Doubt, &part)]);
        }
        page.paragraph(6, (Tint::Faint, &file.reason));
    }
    more(seen.not_examined.len(), page);
    if !seen.notes.is_empty() {
        let notes = words::count(seen.notes.len(), "reading", "readings");
        page.paragraph(2, (Tint::Faint, &format!("{notes} needed leniency (see --format json)")));
    }
}

fn more(length: usize, page: &mut Page) {
    let more = length.saturating_sub(MOST);
    if more > 0 {
        page.paragraph(4, (Tint::Faint, &format!("and {} more (see --format json)", words::number(more))));
    }
}

/// Those that need an action come first.
fn exceptions(notes: &[ExceptionNote], page: &mut Page) {
    if notes.is_empty() {
        return;
    }
    page.section(Tint::Strong, "Exceptions");
    page.blank();
    let order = [ExceptionState::Expired, ExceptionState::Unmatched, ExceptionState::Applied, ExceptionState::Pending];
    for state in order {
        for note in notes.iter().filter(|note| note.state == state) {
            exception(note, page);
        }
    }
}

fn exception(note: &ExceptionNote, page: &mut Page) {
    let (tint, state, said) = match note.state {
        ExceptionState::Expired => {
            (Tint::Bad, "EXPIRED", format!("accepts nothing since its last day, {}", note.expires))
        }
        ExceptionState::Unmatched => (Tint::Doubt, "UNMATCHED", "matched nothing, remove it".to_owned()),
        ExceptionState::Applied => {
            let findings = words::count(note.findings, "finding", "findings");
            (Tint::Plain, "applied", format!("accepts {findings} until {}", note.expires))
        }
        ExceptionState::Pending => (Tint::Plain, "pending", format!("begins later, ends {}", note.expires)),
    };
    page.entry(2, (tint, state), 11, (Tint::Plain, &format!("{} for {}: {said}", note.id, note.control)));
    page.entry(2, (Tint::Plain, ""), 11, (Tint::Faint, &format!("{}: {}", note.owner, note.reason)));
}

/// What the gate blocks at, its answer, and what the exit code means.
fn gate(gate: &Gate, page: &mut Page) {
    let mut blocks = vec![match gate.fail_on {
        Severity::Info => "every finding".to_owned(),
        Severity::Critical => "severity critical".to_owned(),
        graver => format!("severity {graver} or graver"),
    }];
    if gate.indeterminate_fails {
        blocks.push("anything indeterminate".to_owned());
    }
    if gate.strict {
        blocks.push("anything manual".to_owned());
    }
    page.entry(2, (Tint::Faint, "blocks"), 9, (Tint::Plain, &blocks.join(", ")));
    let (tint, word, said) = match gate.result {
        GateResult::Passed => (Tint::Good, "PASSED", "exit code 0: the policy lets this update go out"),
        GateResult::Failed => (Tint::Bad, "FAILED", "exit code 1: this update must not go out"),
    };
    page.entry(2, (tint, word), 9, (Tint::Plain, said));
}
