//! `otaudit diff`.

use super::arguments::{Diff, DiffFormat};
use super::output::{Terminal, write_file};
use super::policies::load;
use super::progress::Bar;
use super::{Done, PASSED};
use crate::facts::comparison::{ScriptReader, compare};
use crate::facts::{BundleFacts, Store, read_bundles};
use crate::inputs::Bundle;
use crate::model::{Problem, printable};
use crate::reports::document::write_html;
use crate::reports::{
    COMPARISON_SCHEMA, ComparisonReport, comparison_disclosure, comparison_document, comparison_json,
    comparison_markdown, comparison_text,
};

/// Prints what changed from one bundle to another.
pub fn diff(request: &Diff, terminal: &Terminal) -> Done {
    let limits = load(&request.policy)?.limits;
    let store = super::cache::open(request.cache.as_deref())?;
    let store = store.as_ref().map(|store| store as &dyn Store);
    let (old, new) = (Bundle::open(&request.before, &limits)?, Bundle::open(&request.after, &limits)?);
    let bar = Bar::new(terminal.shows_progress);
    let read = read_bundles(&[&new, &old], &limits, request.jobs, &bar, store);
    bar.finish();
    let [new_facts, old_facts] =
        <[BundleFacts; 2]>::try_from(read?).map_err(|_| Problem::new("a bundle was not read"))?;
    super::check::refuse_empty(&new, new_facts.files.len())?;
    super::check::refuse_empty(&old, old_facts.files.len())?;
    let side = |bundle, facts| ScriptReader { bundle, facts, limits: &limits, jobs: request.jobs, store };
    let comparison = compare(side(&old, &old_facts), side(&new, &new_facts));
    let report = ComparisonReport {
        schema: COMPARISON_SCHEMA,
        before: printable(&old_facts.name, 120),
        after: printable(&new_facts.name, 120),
        comparison: &comparison,
    };
    let bytes = match request.format {
        _ if request.disclosure => comparison_disclosure(&report).into_bytes(),
        DiffFormat::Table if request.output.is_none() => comparison_text(&report, &terminal.style(false)).into_bytes(),
        DiffFormat::Table => comparison_text(&report, &crate::reports::Style::default()).into_bytes(),
        DiffFormat::Markdown => comparison_markdown(&report).into_bytes(),
        DiffFormat::Html => {
            let mut bytes = Vec::new();
            write_html(&comparison_document(&report), &mut bytes)
                .map_err(|error| Problem::new(format!("can't write the comparison: {error}")))?;
            bytes
        }
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
