//! `otaudit diff`.

use std::path::Path;

use super::arguments::{Diff, DiffFormat};
use super::output::{Terminal, write_file};
use super::policies::load;
use super::progress::Bar;
use super::{Done, PASSED};
use crate::facts::comparison::{ScriptReader, compare};
use crate::facts::{BundleFacts, read_bundle};
use crate::inputs::{Bundle, Limits};
use crate::model::{Problem, printable};
use crate::reports::{COMPARISON_SCHEMA, ComparisonReport, comparison_json, comparison_markdown, comparison_text};

/// Prints what changed from one bundle to another.
pub fn diff(request: &Diff, terminal: &Terminal) -> Done {
    let limits = load(&request.policy)?.limits;
    let (old, old_facts) = read(&request.before, &limits, request.jobs, terminal)?;
    let (new, new_facts) = read(&request.after, &limits, request.jobs, terminal)?;
    let side = |bundle, facts| ScriptReader { bundle, facts, limits: &limits, jobs: request.jobs };
    let comparison = compare(side(&old, &old_facts), side(&new, &new_facts));
    let report = ComparisonReport {
        schema: COMPARISON_SCHEMA,
        before: printable(&old_facts.name, 120),
        after: printable(&new_facts.name, 120),
        comparison: &comparison,
    };
    let bytes = match request.format {
        DiffFormat::Table if request.output.is_none() => comparison_text(&report, &terminal.style(false)).into_bytes(),
        DiffFormat::Table => comparison_text(&report, &crate::reports::Style::default()).into_bytes(),
        DiffFormat::Markdown => comparison_markdown(&report).into_bytes(),
        DiffFormat::Json => {
            comparison_json(&report).map_err(|error| Problem::new(format!("can't write the comparison: {error}")))?
        }
    };
    match &request.output {
        Some(path) => write_file(path, &bytes)?,
        None => Terminal::print(&bytes)?,
    }
    Ok(PASSED)
}

fn read(path: &Path, limits: &Limits, jobs: usize, terminal: &Terminal) -> Result<(Bundle, BundleFacts), Vec<Problem>> {
    let bundle = Bundle::open(path, limits)?;
    let bar = Bar::new(terminal.shows_progress);
    let facts = read_bundle(&bundle, limits, jobs, &bar);
    bar.finish();
    let facts = facts?;
    super::check::refuse_empty(&bundle, facts.files.len())?;
    Ok((bundle, facts))
}
