//! How verdicts, places and lists are put, the same in every section.

use crate::model::{Assessment, Finding, Location, Root, Severity, Verdict};
use crate::reports::document::{Block, Column, Inline, Section, Table, Tone};

/// What stands where nobody stated anything.
pub(super) const NOT_STATED: &str = "not stated";

pub(super) fn text(text: impl Into<String>) -> Inline {
    Inline::text(text)
}

pub(super) fn code(text: impl Into<String>) -> Inline {
    Inline::code(text)
}

/// A cell or line of words; what stands between back-ticks is a name.
pub(super) fn cell(words: impl Into<String>) -> Vec<Inline> {
    let words: String = words.into();
    let parts: Vec<&str> = words.split('`').collect();
    // An odd back-tick is part of the text.
    if parts.len() == 1 || parts.len().is_multiple_of(2) {
        return vec![text(words)];
    }
    let piece = |(number, part): (usize, &&str)| match (number % 2, part.is_empty()) {
        (_, true) => None,
        (0, _) => Some(text(*part)),
        _ => Some(code(*part)),
    };
    parts.iter().enumerate().filter_map(piece).collect()
}

pub(super) fn code_cell(words: impl Into<String>) -> Vec<Inline> {
    vec![code(words)]
}

pub(super) fn paragraph(words: impl Into<String>) -> Block {
    Block::Paragraph(cell(words))
}

pub(super) fn note(tone: Tone, words: impl Into<String>) -> Block {
    Block::Note(tone, cell(words))
}

pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> Block {
    Block::List(items.into_iter().map(cell).collect())
}

pub(super) fn section(id: &str, title: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.to_owned(), title: title.to_owned(), blocks, sections: Vec::new() }
}

/// A table; `columns` are headings with their shares of the width.
pub(super) fn table(caption: impl Into<String>, columns: &[(&str, u8)], rows: Vec<Vec<Vec<Inline>>>) -> Block {
    let columns = columns.iter().map(|(title, share)| Column::words(title, *share)).collect();
    Block::Table(Table { caption: caption.into(), columns, rows })
}

pub(super) fn stated(value: Option<&String>) -> Vec<Inline> {
    cell(value.map_or(NOT_STATED, String::as_str))
}

pub(super) fn stated_list(values: &[String]) -> Vec<Inline> {
    cell(if values.is_empty() { NOT_STATED.to_owned() } else { values.join("; ") })
}

pub(super) const fn severity_tone(severity: Severity) -> Tone {
    match severity {
        Severity::Critical => Tone::Grave,
        Severity::High => Tone::Bad,
        Severity::Medium => Tone::Open,
        Severity::Low | Severity::Info => Tone::Neutral,
    }
}

pub(super) const fn verdict_tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Fail => Tone::Grave,
        Verdict::Indeterminate => Tone::Bad,
        Verdict::Manual => Tone::Open,
        Verdict::Attested | Verdict::NotApplicable => Tone::Neutral,
    }
}

pub(super) fn verdict_badge(verdict: Verdict) -> Inline {
    Inline::Badge(verdict_tone(verdict), verdict.word().replace('-', " "))
}

pub(super) fn severity_badge(severity: Severity) -> Inline {
    Inline::Badge(severity_tone(severity), severity.word().to_owned())
}

/// `app: capacitor.config.json:24:21`; for a subject as a whole only its root.
pub(super) fn place(location: &Location) -> String {
    let root = match location.root {
        Root::Bundle => "",
        Root::App => "app: ",
        Root::Release => "release: ",
    };
    if location.path.is_empty() {
        return format!("the {} as a whole", location.root.word());
    }
    let line = location.line.map(|line| format!(":{line}")).unwrap_or_default();
    let column = location.column.map(|column| format!(":{column}")).unwrap_or_default();
    format!("{root}{}{line}{column}", location.path)
}

/// `1 file`, `2 files`.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// The anchor of a control's findings.
pub(super) fn finding_anchor(control: &str) -> String {
    format!("finding-{}", control.to_lowercase())
}

/// The anchor of the results of a control's area.
pub(super) fn result_anchor(control: &str) -> String {
    format!("result-{}", area(control).to_lowercase())
}

/// `BUN` of `OTA-BUN-002`.
pub(super) fn area(control: &str) -> &str {
    control.split('-').nth(1).unwrap_or_default()
}

/// A reference to a control: to its findings if it has some, else to its result.
pub(super) fn control_reference(assessment: &Assessment) -> Inline {
    let id = &assessment.control;
    let anchor = if assessment.findings.is_empty() { result_anchor(id) } else { finding_anchor(id) };
    Inline::Reference(anchor, id.clone())
}

/// Whether it counts against the update: a failure that nobody accepted.
pub(super) fn is_open_failure(finding: &Finding) -> bool {
    finding.verdict == Verdict::Fail && finding.exception.is_none()
}

/// The gravest of an assessment's findings, or its own severity.
pub(super) fn gravest(assessment: &Assessment) -> Severity {
    assessment.findings.iter().map(|finding| finding.severity).max().unwrap_or(assessment.severity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_between_back_ticks() {
        assert_eq!(cell("`a` is set"), [code("a"), text(" is set")]);
        assert_eq!(cell("one ` alone"), [text("one ` alone")]);
        assert_eq!(cell(""), [text("")]);
    }
}
