//! `otaudit diff`: what changed from one bundle to another, as text, Markdown and JSON.

mod disclosure;
mod html;
mod markdown;
mod text;

use std::io;

use serde::Serialize;

use super::json::write_pretty;
use crate::facts::comparison::{Comparison, FileState};

pub use disclosure::comparison_disclosure;
pub use html::comparison_document;
pub use markdown::comparison_markdown;
pub use text::comparison_text;

/// The schema of a [`ComparisonReport`] as JSON.
pub const COMPARISON_SCHEMA: &str = "otaudit/comparison/v1";

/// A comparison with the names of both bundles.
#[derive(Debug, Serialize)]
pub struct ComparisonReport<'a> {
    /// [`COMPARISON_SCHEMA`].
    pub schema: &'static str,
    /// The name of the bundle before, inert.
    pub before: String,
    /// The name of the bundle after, inert.
    pub after: String,
    /// What changed.
    pub comparison: &'a Comparison,
}

/// A comparison as JSON.
///
/// # Errors
/// Never with a sound serialiser.
pub fn comparison_json(report: &ComparisonReport<'_>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_pretty(report, &mut bytes)?;
    Ok(bytes)
}

/// The commits that both bundles state; hexadecimal digits.
fn commits(comparison: &Comparison) -> Option<String> {
    let commits = comparison.commits.as_ref()?;
    Some(if commits.are_one() {
        format!("{}, in both", commits.after)
    } else {
        format!("{} → {}", commits.before, commits.after)
    })
}

/// The sentence that a reader takes away; bytes are told, and never taken for a sign of what changed.
fn summary(comparison: &Comparison) -> String {
    let code = &comparison.code;
    if comparison.before == comparison.after {
        return "The bundles are the same, byte for byte.".to_owned();
    }
    let mut parts = Vec::new();
    if code.is_none() {
        parts.push(if code.pieces == (0, 0) { "no change of scripts" } else { "no change of code" }.to_owned());
    } else {
        parts.push(format!(
            "{} of code {} new or changed, {} removed or replaced",
            counted(code.added_count, "piece", "pieces"),
            if code.added_count == 1 { "is" } else { "are" },
            code.removed_count
        ));
    }
    let down: Vec<String> = comparison
        .versions
        .iter()
        .filter(|change| change.goes_down)
        .map(|change| format!("{} after {}", change.after, change.before))
        .collect();
    if !down.is_empty() {
        parts.insert(0, format!("this is a downgrade: {}", down.join(", ")));
    }
    let of = |state| comparison.files.iter().filter(|file| file.state == state).count();
    let files = [
        (FileState::Added, "added"),
        (FileState::Removed, "removed"),
        (FileState::Changed, "changed"),
        (FileState::Renamed, "renamed"),
    ];
    let told: Vec<String> = files
        .into_iter()
        .map(|(state, word)| (of(state), word))
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let told = if told.is_empty() { "none differs".to_owned() } else { told.join(", ") };
    parts.push(format!("files: {told}, {} the same", comparison.same_files));
    let new: usize = comparison.sets.iter().map(|set| set.added.len()).sum();
    let gone: usize = comparison.sets.iter().map(|set| set.removed.len()).sum();
    parts.push(match (new, gone) {
        (0, 0) => "nothing that matters is new or gone".to_owned(),
        _ => format!("{new} new and {gone} gone of what matters"),
    });
    let mut sentence = parts.join("; ");
    sentence.push('.');
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn counted(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// Bytes as people read them.
fn size(bytes: u64) -> String {
    #[allow(clippy::cast_precision_loss)] // one decimal is shown
    let number = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", number / 1e3),
        _ => format!("{:.1} MB", number / 1e6),
    }
}
