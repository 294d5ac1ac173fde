//! Counts, the gate, and a conclusion of three sentences.

use super::Dossier;
use super::words::{counted, is_open_failure, note, paragraph, section, text, verdict_badge};
use crate::model::{GateResult, Report, Severity, Verdict};
use crate::reports::document::{Block, Chart, Column, Section, Shape, Table, Tone};

pub(super) fn summary(dossier: &Dossier<'_>) -> Section {
    let report = dossier.report;
    let mut blocks = vec![verdict(report)];
    blocks.extend(conclusion(report).into_iter().map(paragraph));
    blocks.push(counts(report));
    blocks.push(by_framework(dossier));
    blocks.push(paragraph(match dossier.changes {
        Some(changes) => changes_of(changes),
        None => "Changes since the last period: no earlier bundle and no earlier audit was given to compare with."
            .to_owned(),
    }));
    section("summary", "Summary", blocks)
}

fn verdict(report: &Report) -> Block {
    match report.gate.result {
        GateResult::Passed => note(Tone::Good, "The gate passed: under the policy, nothing found blocks this update."),
        GateResult::Failed => note(
            Tone::Grave,
            format!(
                "The gate failed: {} this update. It must not go out under the policy.",
                counted(report.gate.blocking.len(), "finding blocks", "findings block")
            ),
        ),
    }
}

/// Three sentences, each computed.
fn conclusion(report: &Report) -> Vec<String> {
    let of = |verdict: Verdict| report.counts.assessments.get(verdict.word()).copied().unwrap_or_default();
    let failures: usize = report.counts.failures.values().sum();
    let grave: Vec<String> = Severity::ALL
        .iter()
        .filter_map(|severity| {
            let number = report.counts.failures.get(severity.word()).copied().filter(|number| *number > 0)?;
            Some(format!("{number} {severity}"))
        })
        .collect();
    let grave = if grave.is_empty() { String::new() } else { format!(" ({})", grave.join(", ")) };
    let excepted = match report.counts.excepted {
        0 => String::new(),
        number => format!(", and {} by a named person", counted(number, "more is accepted", "more are accepted")),
    };
    let stand = if failures == 1 { "stands" } else { "stand" };
    let unseen = report.completeness.not_examined.len();
    vec![
        format!(
            "Of {}, {} and {} found: {}{grave} {stand} against the update{excepted}.",
            counted(report.assessments.len(), "control assessed", "controls assessed"),
            counted(of(Verdict::Fail), "fails", "fail"),
            if of(Verdict::Pass) == 1 {
                "in 1 no indicator was".to_owned()
            } else {
                format!("in {} no indicator was", of(Verdict::Pass))
            },
            counted(failures, "finding", "findings"),
        ),
        format!(
            "{} on statements of the organisation alone, {} for a person to decide, {} be determined, and {} not apply.",
            counted(of(Verdict::Attested), "rests", "rest"),
            counted(of(Verdict::Manual), "waits", "wait"),
            format_args!("{} could not", of(Verdict::Indeterminate)),
            counted(of(Verdict::NotApplicable), "does", "do"),
        ),
        if unseen == 0 {
            format!(
                "All {} of the bundle were examined; what lies outside the stated scope was not.",
                counted(report.completeness.files_seen, "file", "files")
            )
        } else {
            format!(
                "{} not examined, or not whole, as listed under the limits; nothing is concluded from what was not seen.",
                counted(unseen, "place was", "places were")
            )
        },
    ]
}

/// Controls by verdict and severity.
fn counts(report: &Report) -> Block {
    let mut columns = vec![Column::words("Status", 3)];
    columns.extend(Severity::ALL.iter().map(|severity| Column::numbers(severity.word(), 2)));
    columns.push(Column::numbers("all", 2));
    let rows = Verdict::ALL
        .iter()
        .map(|verdict| {
            let of = |severity: Option<Severity>| {
                let is = |one: &&crate::model::Assessment| {
                    one.verdict == *verdict && severity.is_none_or(|severity| one.severity == severity)
                };
                vec![text(report.assessments.iter().filter(is).count().to_string())]
            };
            let mut row = vec![vec![verdict_badge(*verdict)]];
            row.extend(Severity::ALL.iter().map(|severity| of(Some(*severity))));
            row.push(of(None));
            row
        })
        .collect();
    Block::Table(Table { caption: "Controls by status and by the control's severity".to_owned(), columns, rows })
}

fn by_framework(dossier: &Dossier<'_>) -> Block {
    let report = dossier.report;
    let rows = report
        .frameworks
        .iter()
        .filter(|note| dossier.shown(&note.id))
        .map(|note| {
            let maps = |one: &&crate::model::Assessment| one.mappings.iter().any(|map| map.framework == note.id);
            let open = |severity: Severity| {
                let findings = report.assessments.iter().filter(maps).flat_map(|one| &one.findings);
                findings.filter(|one| is_open_failure(one) && one.severity == severity).count() as u64
            };
            (note.id.clone(), Severity::ALL.iter().map(|severity| open(*severity)).collect())
        })
        .collect();
    let parts = [Tone::Grave, Tone::Bad, Tone::Open, Tone::Neutral, Tone::Good];
    Block::Chart(Chart {
        caption: "Open failures by framework and severity; one finding can touch several frameworks".to_owned(),
        unit: "findings".to_owned(),
        shape: Shape::Bars {
            rows,
            parts: parts
                .into_iter()
                .zip(Severity::ALL)
                .map(|(tone, severity)| (tone, severity.word().to_owned()))
                .collect(),
        },
    })
}

fn changes_of(changes: &crate::reports::ComparisonReport<'_>) -> String {
    let comparison = changes.comparison;
    let added: usize = comparison.sets.iter().map(|set| set.added.len()).sum();
    let removed: usize = comparison.sets.iter().map(|set| set.removed.len()).sum();
    format!(
        "Changes from `{}` to `{}`: {} differ and {} are the same; of what matters {added} new and {removed} gone; {} of code \
         new or changed.",
        changes.before,
        changes.after,
        counted(comparison.files.len(), "file", "files"),
        comparison.same_files,
        counted(comparison.code.added_count, "piece", "pieces"),
    )
}
