//! The report as Markdown, fit for a comment on a pull request: what blocks first, the rest folded away, and never
//! more than such a comment holds. What does not fit is counted, and stands in the other formats.

use std::io::{self, Write};

use super::markup::{cell, code, prose};
use super::{Style, words};
use crate::model::{Assessment, AttestationState, ExceptionState, Finding, GateResult, Report, Severity, Verdict};

/// How much of one name or message is shown, in characters.
const NAME: usize = 120;
const MESSAGE: usize = 400;
const EXCERPT: usize = 160;

/// The bytes of each part; together with the frame less than 60,000.
const BLOCKING: usize = 20_000;
const CONTROLS: usize = 18_000;
const OTHERS: usize = 8_000;
const NOTES: usize = 2_000;

/// A part of the comment that knows how much it may hold.
struct Part {
    text: String,
    room: usize,
    left: usize,
}

impl Part {
    const fn new(room: usize) -> Self {
        Self { text: String::new(), room, left: 0 }
    }

    /// Adds a piece whole, or counts it as left out; after the first that does not fit, none is added.
    fn add(&mut self, piece: &str) {
        if self.left == 0 && self.text.len() + piece.len() <= self.room {
            self.text.push_str(piece);
        } else {
            self.left += 1;
        }
    }

    /// The text, and what was left out in words; `what` is the word for many.
    fn end(mut self, what: &str) -> String {
        if self.left > 0 {
            self.text.push_str(&format!("\n… {} more {what}, see the full report\n", self.left));
        }
        self.text
    }
}

/// Writes the report as Markdown.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut text = head(report);
    text.push_str(&subject(report));
    text.push_str(&blocking(report));
    text.push_str(&controls(report));
    text.push_str(&others(report));
    text.push_str(&notes(report));
    text.push_str(&format!("\nMade by otaudit {}. {}\n", prose(&report.tool.version, 40), LIMIT));
    out.write_all(text.as_bytes())
}

/// The sentence without which no part of a report travels.
const LIMIT: &str =
    "A pass says that no indicator was found within the stated scope; it is no legal advice and no certification.";

/// The answer and the numbers.
fn head(report: &Report) -> String {
    let counts = &report.counts;
    let of = |verdict: Verdict| counts.assessments.get(verdict.word()).copied().unwrap_or_default();
    let failures: Vec<String> = Severity::ALL
        .iter()
        .filter_map(|severity| counts.failures.get(severity.word()).map(|number| (number, severity)))
        .filter(|(number, _)| **number > 0)
        .map(|(number, severity)| format!("{number} {severity}"))
        .collect();
    let blocking = report.gate.blocking.len();
    let answer = match (report.gate.result, blocking) {
        (GateResult::Failed, 0) => "**FAILED**: the gate of the policy did not let this update through".to_owned(),
        (GateResult::Failed, 1) => "**FAILED**: 1 finding blocks this update".to_owned(),
        (GateResult::Failed, many) => format!("**FAILED**: {many} findings block this update"),
        (GateResult::Passed, _) if failures.is_empty() && of(Verdict::Pass) == report.assessments.len() => {
            "**PASSED**: no indicator found within the stated scope".to_owned()
        }
        (GateResult::Passed, _) => "**PASSED**: nothing blocks this update".to_owned(),
    };
    let verdicts: Vec<String> = Verdict::ALL.iter().map(|verdict| format!("{} {verdict}", of(*verdict))).collect();
    let open = if failures.is_empty() { "none".to_owned() } else { failures.join(", ") };
    format!(
        "## otaudit\n\n{answer}\n\n- {} controls: {}\n- open failures: {open}\n- findings accepted by exception: {}\n",
        report.assessments.len(),
        verdicts.join(", "),
        counts.excepted
    )
}

/// What was audited.
fn subject(report: &Report) -> String {
    let mut out = "\n| | |\n|---|---|\n".to_owned();
    let mut line = |label: &str, value: String| out.push_str(&format!("| {label} | {value} |\n"));
    if let Some(bundle) = &report.subject.bundle {
        line(
            "bundle",
            format!("{} ({}, {} files)", cell(&bundle.name, NAME), bundle.kind, report.completeness.files_seen),
        );
        if let Some(digest) = bundle.digest.sha256 {
            line("archive SHA-256", format!("`{digest}`"));
        }
        line("content SHA-256", format!("`{}`", bundle.content_digest));
    }
    if let Some(app) = &report.subject.app {
        line("app", cell(app.app_id.as_deref().unwrap_or("id not readable"), NAME));
    }
    if let Some(release) = &report.subject.release {
        line("release", cell(release.version.as_deref().unwrap_or("no version published"), NAME));
    }
    line(
        "policy",
        format!("{}, SHA-256 `{}`", cell(&report.settings.policy.name, NAME), report.settings.policy.sha256),
    );
    line("as of", cell(&report.as_of, 40));
    out
}

/// Whether a finding is among those that block.
fn blocks(report: &Report, finding: &Finding) -> bool {
    report.gate.blocking.contains(&finding.id)
}

fn blocking(report: &Report) -> String {
    let mut all: Vec<(&Assessment, &Finding)> =
        words::findings(report).filter(|(_, finding)| blocks(report, finding)).collect();
    if all.is_empty() {
        return String::new();
    }
    all.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.severity));
    let mut part = Part::new(BLOCKING);
    let mut last = "";
    for (assessment, finding) in all {
        let mut piece = String::new();
        if last != assessment.control {
            piece = format!("\n**{}** {}\n\n", prose(&assessment.control, NAME), prose(&assessment.title, NAME));
            last = &assessment.control;
        }
        piece.push_str(&item(finding));
        part.add(&piece);
    }
    format!("\n### Blocks this update\n{}", part.end("findings"))
}

/// A finding as an item of a list.
fn item(finding: &Finding) -> String {
    let place = code(&words::place(&finding.location), NAME);
    let accepted = finding.exception.as_ref().map(|id| format!(", accepted by {}", code(id, 60))).unwrap_or_default();
    let state = match finding.verdict {
        Verdict::Fail => finding.severity.word().to_owned(),
        verdict => format!("{verdict}, {}", finding.severity),
    };
    let excerpt =
        finding.excerpt.as_ref().map(|text| format!("\n  {}", code(text.trim(), EXCERPT))).unwrap_or_default();
    format!("- {state}{accepted}: {place}\\\n  {}{excerpt}\n", prose(&finding.message, MESSAGE))
}

/// A table of all controls: what did not pass in the open, the rest folded.
fn controls(report: &Report) -> String {
    let mut open = Part::new(CONTROLS / 2);
    let mut folded = Part::new(CONTROLS / 2);
    let mut numbers = (0_usize, 0_usize);
    for one in &report.assessments {
        let is_open = matches!(one.verdict, Verdict::Fail | Verdict::Indeterminate | Verdict::Manual);
        let accepted = words::exceptions(one);
        let note = match one.verdict {
            _ if !accepted.is_empty() => format!("accepted by {}", cell(&accepted.join(", "), 60)),
            Verdict::NotApplicable => prose(words::said(one), NAME).replace('|', "\\|"),
            Verdict::Attested => "stated, not verified".to_owned(),
            _ if one.findings.is_empty() => String::new(),
            _ => number(one.findings.len(), "finding"),
        };
        let title = prose(&one.title, NAME).replace('|', "\\|");
        let row = format!("| {} | {} | {title} | {} | {note} |\n", one.verdict, prose(&one.control, 60), one.severity);
        if is_open {
            open.add(&row);
            numbers.0 += 1;
        } else {
            folded.add(&row);
            numbers.1 += 1;
        }
    }
    let table = "\n| verdict | control | title | severity | |\n|---|---|---|---|---|\n";
    let mut out = String::new();
    if numbers.0 > 0 {
        out.push_str(&format!("\n### Did not pass\n{table}{}", open.end("controls")));
    }
    if numbers.1 > 0 {
        out.push_str(&fold(
            &format!("{} controls that pass or have no subject here", numbers.1),
            &format!("{table}{}", folded.end("controls")),
        ));
    }
    out
}

/// `1 finding`, `2 findings`.
fn number(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// Text that opens when it is asked for; the blank lines let Markdown go on inside. `summary` is ours.
fn fold(summary: &str, text: &str) -> String {
    format!("\n<details><summary>{summary}</summary>\n{text}\n</details>\n")
}

/// The findings that do not block.
fn others(report: &Report) -> String {
    let all: Vec<(&Assessment, &Finding)> =
        words::findings(report).filter(|(_, finding)| !blocks(report, finding)).collect();
    if all.is_empty() {
        return String::new();
    }
    let mut part = Part::new(OTHERS);
    part.add("\n");
    for (assessment, finding) in &all {
        part.add(&format!("- {} {}", prose(&assessment.control, 60), item(finding).trim_start_matches("- ")));
    }
    fold(&format!("{} beside those that block", number(all.len(), "finding")), &part.end("findings"))
}

/// Exceptions, statements that count for nothing, what the policy lowers, what was not examined, limits.
fn notes(report: &Report) -> String {
    let mut out = String::new();
    let mut list = |title: &str, items: Vec<String>| {
        if items.is_empty() {
            return;
        }
        let number = items.len();
        let mut part = Part::new(NOTES);
        part.add("\n");
        for item in items {
            part.add(&format!("- {item}\n"));
        }
        out.push_str(&fold(&format!("{title} ({number})"), &part.end("entries")));
    };
    let exceptions = report.exceptions.iter().map(|note| {
        let state = match note.state {
            ExceptionState::Applied => "applied",
            ExceptionState::Unmatched => "matched nothing",
            ExceptionState::Expired => "expired",
            ExceptionState::Pending => "begins later",
        };
        format!(
            "{} for {}, {state}, {} findings, until {}, {}: {}",
            code(&note.id, 60),
            code(&note.control, 60),
            note.findings,
            code(&note.expires, 20),
            code(&note.owner, 80),
            prose(&note.reason, MESSAGE)
        )
    });
    list("Exceptions", exceptions.collect());
    let stated = report.attestations.iter().map(|note| {
        let state = match note.state {
            AttestationState::Fresh => "counts",
            AttestationState::Missing => "missing",
            AttestationState::Stale => "stale",
            AttestationState::OtherBundle => "for another bundle",
        };
        format!("{} {state}: {}", code(&note.key, 80), prose(&note.reason, 200))
    });
    list("Statements of the organisation", stated.collect());
    let lowered = report.settings.deviations.iter();
    list(
        "Lowered by the policy or an option",
        lowered.map(|one| format!("{}: {}", code(&one.what, 60), prose(&one.change, 200))).collect(),
    );
    let unseen = report.completeness.not_examined.iter();
    list(
        "Not examined, or not whole",
        unseen
            .map(|one| format!("{}: {}", code(&words::place(&one.location), NAME), prose(&one.reason, 200)))
            .collect(),
    );
    list("What this report can't say", report.limits.iter().map(|limit| prose(limit, MESSAGE)).collect());
    out
}
