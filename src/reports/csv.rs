//! The report as CSV (RFC 4180), for spreadsheets and data warehouses: one row for each finding, and one for each
//! assessment without findings. The columns stand in the README.

use std::io::{self, Write};

use super::{Style, words};
use crate::model::{Assessment, Finding, Report, escape};

/// The columns, in order.
const COLUMNS: [&str; 27] = [
    "kind",
    "control",
    "area",
    "title",
    "control_verdict",
    "verdict",
    "severity",
    "confidence",
    "assurance",
    "blocks",
    "exception",
    "exception_owner",
    "exception_expires",
    "root",
    "path",
    "line",
    "column",
    "message",
    "excerpt",
    "finding",
    "rule",
    "fingerprint",
    "clauses",
    "remediation",
    "bundle",
    "content_sha256",
    "as_of",
];

/// Writes the report as CSV.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    row(out, &COLUMNS.map(str::to_owned))?;
    for assessment in &report.assessments {
        if assessment.findings.is_empty() {
            row(out, &cells(report, assessment, None))?;
        }
        for finding in &assessment.findings {
            row(out, &cells(report, assessment, Some(finding)))?;
        }
    }
    Ok(())
}

fn cells(report: &Report, assessment: &Assessment, finding: Option<&Finding>) -> [String; 27] {
    let of = |pick: &dyn Fn(&Finding) -> String| finding.map(pick).unwrap_or_default();
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let exception = finding.map_or(assessment.exception.as_ref(), |finding| finding.exception.as_ref());
    let note = exception.and_then(|id| report.exceptions.iter().find(|note| note.id == *id));
    let clauses: Vec<String> =
        assessment.mappings.iter().map(|mapping| format!("{} {}", mapping.framework, mapping.clause)).collect();
    let bundle = report.subject.bundle.as_ref();
    [
        if finding.is_some() { "finding" } else { "assessment" }.to_owned(),
        assessment.control.clone(),
        words::area(&assessment.control).to_owned(),
        assessment.title.clone(),
        assessment.verdict.to_string(),
        finding.map_or(assessment.verdict, |finding| finding.verdict).to_string(),
        finding.map_or(assessment.severity, |finding| finding.severity).to_string(),
        of(&|finding| finding.confidence.word().to_owned()),
        assessment.assurance.word().to_owned(),
        of(&|finding| if report.gate.blocking.contains(&finding.id) { "yes" } else { "no" }.to_owned()),
        exception.cloned().unwrap_or_default(),
        note.map(|note| note.owner.clone()).unwrap_or_default(),
        note.map(|note| note.expires.clone()).unwrap_or_default(),
        of(&|finding| finding.location.root.word().to_owned()),
        of(&|finding| finding.location.path.clone()),
        of(&|finding| number(finding.location.line)),
        of(&|finding| number(finding.location.column)),
        of(&|finding| finding.message.clone()),
        of(&|finding| finding.excerpt.clone().unwrap_or_default()),
        of(&|finding| finding.id.clone()),
        of(&|finding| finding.rule.clone()),
        of(&|finding| finding.fingerprint.clone()),
        clauses.join("; "),
        assessment.remediation.clone(),
        bundle.map(|bundle| bundle.name.clone()).unwrap_or_default(),
        bundle.map(|bundle| bundle.content_digest.hex()).unwrap_or_default(),
        report.as_of.clone(),
    ]
    .map(|cell| inert(&cell))
}

fn row(out: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    // RFC 4180 ends a record with CRLF.
    write!(out, "{}\r\n", quoted.join(","))
}

/// Text that no spreadsheet takes for a formula: a `'` goes before what would begin one, also where a program that
/// separates by `;` would begin a cell.
fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut begins = true;
    for character in escape(text).chars() {
        if begins && matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') {
            out.push('\'');
        }
        // Some programs drop blanks and quotes before they look.
        begins = (begins && (character.is_whitespace() || character == '"')) || character == ';';
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn formulas_are_text() {
        for (text, expected) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+1", "'+1"),
            ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
            ("@SUM(1)", "'@SUM(1)"),
            ("  =1", "  '=1"),
            ("\t=1", "\\t=1"),
            ("\r=1", "\\r=1"),
            ("a;=1", "a;'=1"),
            ("＝1", "'＝1"),
            ("a = b - c", "a = b - c"),
            ("", ""),
        ] {
            assert_eq!(inert(text), expected);
        }
    }
}
