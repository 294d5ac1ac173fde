//! Results by framework: clause by clause, with what each result rests on.

use super::Dossier;
use super::words::{cell, control_reference, counted, note, paragraph, section, table, text, verdict_badge};
use crate::controls::CATALOG;
use crate::model::{Assessment, Assurance, FrameworkNote, Verdict, fold};
use crate::policy::{Clause, framework};
use crate::reports::document::{Block, Chart, Inline, Section, Shape, Tone};

pub(super) fn results(dossier: &Dossier<'_>) -> Section {
    let report = dossier.report;
    let shown: Vec<&FrameworkNote> = report.frameworks.iter().filter(|note| dossier.shown(&note.id)).collect();
    let mut blocks = vec![paragraph(
        "One control can answer several clauses, and a clause can need several controls: its status is the least reassuring \
         of theirs, and its assurance the weakest. A clause with the status `pass` is not thereby fulfilled: what the named \
         controls look for was not found.",
    )];
    if shown.is_empty() {
        blocks.push(note(Tone::Open, "No assessed control answers a clause of a framework that was asked for."));
    } else {
        blocks.push(coverage(&shown, dossier));
    }
    let mut whole = section("frameworks", "Results by framework", blocks);
    whole.sections = shown.into_iter().map(|note| one(note, dossier)).collect();
    whole
}

/// What became of a clause.
enum Standing {
    /// Assessed.
    Status(Verdict),
    /// Controls answer it, and none of them was assessed.
    NotSelected,
    /// No control answers it.
    NotCovered,
}

fn standing(framework: &str, clause: &str, dossier: &Dossier<'_>) -> Standing {
    let answering = answering(framework, clause, dossier);
    if !answering.is_empty() {
        return Standing::Status(fold(answering.iter().map(|one| one.verdict)));
    }
    let in_catalog = CATALOG.iter().any(|control| control.mappings.contains(&(framework, clause)));
    if in_catalog { Standing::NotSelected } else { Standing::NotCovered }
}

fn answering<'a>(framework: &str, clause: &str, dossier: &Dossier<'a>) -> Vec<&'a Assessment> {
    let answers = |one: &&Assessment| one.mappings.iter().any(|map| map.framework == framework && map.clause == clause);
    dossier.report.assessments.iter().filter(answers).collect()
}

/// The clauses that the framework's file knows.
fn clauses(id: &str) -> &'static [Clause] {
    framework(id).map_or(&[], |known| known.clauses.as_slice())
}

/// The parts of the bar: what became of clauses.
const PARTS: [(Tone, &str); 6] = [
    (Tone::Good, "pass"),
    (Tone::Neutral, "attested or not applicable"),
    (Tone::Open, "manual"),
    (Tone::Bad, "indeterminate"),
    (Tone::Grave, "fail"),
    (Tone::Neutral, "not looked at"),
];

fn coverage(shown: &[&FrameworkNote], dossier: &Dossier<'_>) -> Block {
    let rows = shown
        .iter()
        .map(|note| {
            let mut figures = vec![0_u64; PARTS.len()];
            for clause in clauses(&note.id) {
                let part = match standing(&note.id, &clause.id, dossier) {
                    Standing::Status(Verdict::Pass) => 0,
                    Standing::Status(Verdict::Attested | Verdict::NotApplicable) => 1,
                    Standing::Status(Verdict::Manual) => 2,
                    Standing::Status(Verdict::Indeterminate) => 3,
                    Standing::Status(Verdict::Fail) => 4,
                    Standing::NotSelected | Standing::NotCovered => 5,
                };
                if let Some(figure) = figures.get_mut(part) {
                    *figure += 1;
                }
            }
            (note.id.clone(), figures)
        })
        .collect();
    Block::Chart(Chart {
        caption: "Clauses by status, for each framework; those without a control are `not looked at`".to_owned(),
        unit: "clauses".to_owned(),
        shape: Shape::Bars { rows, parts: PARTS.iter().map(|(tone, name)| (*tone, (*name).to_owned())).collect() },
    })
}

fn one(note: &FrameworkNote, dossier: &Dossier<'_>) -> Section {
    let rows = note
        .clauses
        .iter()
        .map(|clause| {
            let answering = answering(&note.id, &clause.id, dossier);
            let mut controls = Vec::new();
            for (number, assessment) in answering.iter().enumerate() {
                if number > 0 {
                    controls.push(text(", "));
                }
                controls.push(control_reference(assessment));
            }
            let evidence: usize = answering.iter().map(|one| one.evidence.len()).sum();
            let findings: usize = answering.iter().map(|one| one.findings.len()).sum();
            vec![
                clause_line(&clause.id, &clause.title),
                controls,
                vec![verdict_badge(fold(answering.iter().map(|one| one.verdict)))],
                cell(weakest(&answering).word()),
                cell(format!(
                    "{}, {}",
                    counted(findings, "finding", "findings"),
                    counted(evidence, "observation", "observations")
                )),
            ]
        })
        .collect();
    let columns = [("Clause", 6), ("Controls", 4), ("Status", 3), ("Assurance", 2), ("Evidence", 3)];
    let mut blocks = vec![
        paragraph(format!("{}, {}.", note.title, note.version)),
        table(format!("Clauses of {} that were looked at", note.id), &columns, rows),
    ];
    let list = |wanted: fn(&Standing) -> bool| -> Vec<Vec<Inline>> {
        clauses(&note.id)
            .iter()
            .filter(|clause| wanted(&standing(&note.id, &clause.id, dossier)))
            .map(|clause| clause_line(&clause.id, &clause.title))
            .collect()
    };
    let groups = [
        (
            "Not covered by this tool: no control answers these clauses.",
            list(|one| matches!(one, Standing::NotCovered)),
        ),
        ("Covered by the tool, and not selected by this policy:", list(|one| matches!(one, Standing::NotSelected))),
    ];
    for (title, items) in groups {
        if !items.is_empty() {
            blocks.push(paragraph(title));
            blocks.push(Block::List(items));
        }
    }
    section(&format!("framework-{}", anchor(&note.id)), &note.id, blocks)
}

fn clause_line(id: &str, title: &str) -> Vec<Inline> {
    let mut line = vec![Inline::Strong(id.to_owned()), text(" ")];
    line.extend(cell(title));
    line
}

/// Letters, digits and hyphens, in lower case.
fn anchor(id: &str) -> String {
    id.to_lowercase().chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}

/// The weakest of what the controls' verdicts rest on; one that does not apply says nothing either way.
fn weakest(answering: &[&Assessment]) -> Assurance {
    let counting = || answering.iter().filter(|one| one.verdict != Verdict::NotApplicable);
    let has = |wanted: Assurance| counting().any(|one| one.assurance == wanted);
    if counting().next().is_none() || has(Assurance::Inferred) {
        Assurance::Inferred
    } else if has(Assurance::Attested) {
        Assurance::Attested
    } else {
        Assurance::Verified
    }
}
