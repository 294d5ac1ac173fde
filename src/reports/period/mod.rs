//! A period of one or several apps as a document: for HTML and PDF in the neutral form, and as Markdown and JSON.

mod app;
mod frameworks;
mod incidents;
mod markdown;
mod oscal;

use std::io;

pub use oscal::period_oscal;

use super::document::{Block, Column, Document, Inline, Section, Table, Tone};
use super::write_pretty;
use crate::ledger::period::PeriodReport;
use crate::model::{Digest, printable};

/// Shown of names.
const NAME: usize = 120;

/// The document of a period. `frameworks` are ids in any case; with none there are no tables of clauses.
#[must_use]
pub fn period_document(report: &PeriodReport, frameworks: &[String]) -> Document {
    let mut sections = vec![summary(report)];
    for (number, app) in report.apps.iter().enumerate() {
        sections.push(app::section(app, number + 1, frameworks));
    }
    sections.push(custody(report));
    Document {
        title: format!("Audits of over-the-air updates, {}", report.period),
        subtitle: report.apps.iter().map(|app| printable(&app.app, NAME)).collect::<Vec<_>>().join(", "),
        cover: vec![
            ("Period".to_owned(), Inline::Text(format!("{} to {}", report.first, report.last))),
            ("Made".to_owned(), Inline::Text(report.as_of.clone())),
            ("Records".to_owned(), Inline::Text(report.size.to_string())),
            ("Merkle root".to_owned(), Inline::Code(report.root.hex())),
        ],
        sections,
    }
}

/// As JSON; its `checkpoint` can be held against the ledger later.
///
/// # Errors
/// None that is known: the value is plain data.
pub fn period_json(report: &PeriodReport) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_pretty(report, &mut bytes)?;
    Ok(bytes)
}

/// As Markdown.
#[must_use]
pub fn period_markdown(report: &PeriodReport, frameworks: &[String]) -> String {
    markdown::write(&period_document(report, frameworks))
}

fn summary(report: &PeriodReport) -> Section {
    let mut blocks = vec![text(
        "This report is computed from the records of audits alone. Where it says that nothing was found, it means: no indicator \
         found within the stated scope. It is no legal advice and no certification.",
    )];
    if report.running {
        blocks.push(note(Tone::Open, format!("The period was still running on {}: figures may change.", report.as_of)));
    }
    if !report.faults.is_empty() {
        let faults = report.faults.len();
        blocks.push(note(
            Tone::Grave,
            format!(
                "The ledger is not intact: {faults} faults. Records that are no sound ones are not in this report."
            ),
        ));
        blocks.push(Block::List(
            report
                .faults
                .iter()
                .take(50)
                .map(|fault| {
                    vec![
                        Inline::Badge(Tone::Grave, fault.kind.word().to_owned()),
                        Inline::Code(crate::ledger::short(&fault.record)),
                        Inline::Text(printable(&fault.detail, 300)),
                    ]
                })
                .collect(),
        ));
    }
    if report.apps.is_empty() {
        blocks.push(note(Tone::Grave, "There is no audit in this period or before it.".to_owned()));
    }
    let rows = report.apps.iter().map(|app| {
        let figures = app.trend.last();
        let number = |value: Option<usize>| cell(value.map_or("-".to_owned(), |value| value.to_string()));
        let open = figures.map(|figures| figures.open.values().sum::<usize>());
        vec![
            cell(printable(&app.app, NAME)),
            number(figures.map(|figures| figures.audits)),
            number(Some(app.releases.len())),
            number(open),
            number(figures.map(|figures| figures.opened)),
            number(figures.map(|figures| figures.closed)),
            cell(figures.and_then(|figures| figures.mean_days_to_fix).map_or("-".to_owned(), |days| days.to_string())),
            number(Some(app.gaps.len())),
        ]
    });
    blocks.push(table(
        "The apps in this period. Findings are failures and what could not be read; what a person has to decide is listed below.",
        &[("App", 4), ("#Audits", 1), ("#Releases", 1), ("#Open", 1), ("#Opened", 1), ("#Closed", 1), ("#Days to fix", 1), ("#Gaps", 1)],
        rows.collect(),
    ));
    Section { id: "summary".to_owned(), title: "Summary".to_owned(), blocks, sections: Vec::new() }
}

fn custody(report: &PeriodReport) -> Section {
    let point = &report.checkpoint;
    let heads = point.heads.iter().map(|head| vec![Inline::Code(head.hex())]).collect();
    Section {
        id: "custody".to_owned(),
        title: "Chain of custody".to_owned(),
        blocks: vec![
            text(
                "Each record is named by the SHA-256 of its bytes and names the record before it. The roots are Merkle roots (RFC 6962).",
            ),
            Block::Pairs(vec![
                ("Records of the period".to_owned(), vec![Inline::Text(report.size.to_string())]),
                ("Their root".to_owned(), vec![Inline::Code(report.root.hex())]),
                ("Records up to its end".to_owned(), vec![Inline::Text(point.size.to_string())]),
                ("Their root".to_owned(), vec![Inline::Code(point.root.hex())]),
            ]),
            text("The chains end in:"),
            Block::List(heads),
            text(
                "To check: `otaudit ledger verify --checkpoint` with this report as JSON, or by hand as in docs/verify-a-report.md.",
            ),
        ],
        sections: Vec::new(),
    }
}

fn text(words: impl Into<String>) -> Block {
    Block::Paragraph(vec![Inline::Text(words.into())])
}

fn note(tone: Tone, words: String) -> Block {
    Block::Note(tone, vec![Inline::Text(words)])
}

fn cell(words: impl Into<String>) -> Vec<Inline> {
    vec![Inline::Text(words.into())]
}

fn digest(name: Option<&Digest>) -> Vec<Inline> {
    name.map_or_else(|| cell("-"), |name| vec![Inline::Code(crate::ledger::short(name))])
}

/// A table; a heading that begins with `#` is of numbers.
fn table(caption: &str, columns: &[(&str, u8)], rows: Vec<Vec<Vec<Inline>>>) -> Block {
    let columns = columns.iter().map(|(title, share)| Column {
        title: title.trim_start_matches('#').to_owned(),
        numeric: title.starts_with('#'),
        share: *share,
    });
    Block::Table(Table { caption: caption.to_owned(), columns: columns.collect(), rows })
}
