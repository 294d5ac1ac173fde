//! The clauses of the chosen frameworks and the verdicts on their controls at the period's end.

use super::super::document::{Block, Inline, Section, Tone};
use super::{cell, table, text};
use crate::controls::CATALOG;
use crate::ledger::period::AppPeriod;
use crate::model::{Verdict, fold};

pub(super) fn section(app: &AppPeriod, id: &str, chosen: &[String]) -> Option<Section> {
    if chosen.is_empty() {
        return None;
    }
    let mut sections = Vec::new();
    let own = crate::policy::frameworks().iter();
    for framework in own.filter(|one| chosen.iter().any(|id| id.eq_ignore_ascii_case(&one.id))) {
        let mut silent = Vec::new();
        let mut rows = Vec::new();
        for clause in &framework.clauses {
            let controls: Vec<&str> = CATALOG
                .iter()
                .filter(|control| control.mappings.contains(&(framework.id.as_str(), clause.id.as_str())))
                .map(|control| control.id)
                .collect();
            if controls.is_empty() {
                silent.push(clause.id.as_str());
                continue;
            }
            let verdicts: Vec<Verdict> = controls.iter().filter_map(|id| app.verdicts.get(*id)).copied().collect();
            let verdict = if verdicts.is_empty() {
                Inline::Badge(Tone::Open, "not assessed".to_owned())
            } else {
                badge(fold(verdicts))
            };
            rows.push(vec![cell(&clause.id), cell(&clause.title), cell(controls.join(", ")), vec![verdict]]);
        }
        let mut blocks = vec![table(
            "The least reassuring verdict of a clause's controls stands for them.",
            &[("Clause", 2), ("Subject", 4), ("Controls", 4), ("Verdict", 2)],
            rows,
        )];
        if !silent.is_empty() {
            blocks.push(text(format!("No control of this tool answers: {}.", silent.join(", "))));
        }
        blocks.push(text(format!("Read in the version {}.", framework.version)));
        sections.push(Section {
            id: format!(
                "{id}-{}",
                framework.id.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
            ),
            title: framework.title.clone(),
            blocks,
            sections: Vec::new(),
        });
    }
    let blocks: Vec<Block> = vec![text("The verdicts are those of the last audit's record.")];
    Some(Section { id: id.to_owned(), title: "By framework".to_owned(), blocks, sections })
}

fn badge(verdict: Verdict) -> Inline {
    let tone = match verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Attested | Verdict::NotApplicable => Tone::Neutral,
        Verdict::Manual | Verdict::Indeterminate => Tone::Open,
        Verdict::Fail => Tone::Bad,
    };
    Inline::Badge(tone, verdict.word().to_owned())
}
