//! What one bundle has that another has not: files, code, and what matters of it. Facts of both go in; nothing is weighed.

mod code;
mod files;
mod sets;
mod shapes;
mod tokens;

use serde::Serialize;

use crate::model::Digest;

pub use code::{CodeChange, ScriptReader, UnitPlace, code_change};
pub use files::{FileChange, FileState, file_changes};
pub use sets::{SetChange, SetItem, SetKind, set_changes};

/// What changed from one bundle to another.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// The content digest of the bundle before.
    pub before: Digest,
    /// The content digest of the bundle after.
    pub after: Digest,
    /// The files that are not the same, in the order of their paths.
    pub files: Vec<FileChange>,
    /// How many files are the same, bytes and path.
    pub same_files: usize,
    /// What of the code changed.
    pub code: CodeChange,
    /// What matters, by kind.
    pub sets: Vec<SetChange>,
}

/// Compares two bundles.
#[must_use]
pub fn compare(before: ScriptReader<'_>, after: ScriptReader<'_>) -> Comparison {
    let (files, same_files) = file_changes(before.facts, after.facts);
    Comparison {
        before: before.facts.content_digest,
        after: after.facts.content_digest,
        files,
        same_files,
        code: code_change(before, after),
        sets: set_changes(before.facts, after.facts),
    }
}
