//! What one bundle has that another has not: files, code, and what matters of it. Facts of both go in; nothing is weighed.

mod alike;
mod code;
mod files;
mod linkage;
mod matters;
mod print;
mod routes;
mod sets;
mod shapes;
mod tokens;
mod versions;

use serde::Serialize;

use crate::model::Digest;

use code::code_change;
pub use code::{CodeChange, ScriptReader, UnitPlace};
pub use files::{FileChange, FileState, file_changes};
use matters::{matters, with_versions};
pub use print::spread;
use sets::set_changes;
pub use sets::{SetChange, SetItem, SetKind};
pub use versions::{StatedCommits, VersionChange, is_one_commit};

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
    /// Versions of the app that both state, where they are not the same.
    pub versions: Vec<VersionChange>,
    /// The commits that both say they were built from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commits: Option<StatedCommits>,
}

impl Comparison {
    /// The change of one set, when either bundle has something of it.
    #[must_use]
    pub fn set(&self, kind: SetKind) -> Option<&SetChange> {
        self.sets.iter().find(|set| set.kind == kind)
    }

    /// What of one set is new.
    pub fn added(&self, kind: SetKind) -> impl Iterator<Item = &SetItem> {
        self.set(kind).into_iter().flat_map(|set| &set.added)
    }

    /// Whether nothing but names that bundlers and minifiers give is other: no code, within scripts or pages, and nothing that
    /// matters. Texts, styles and pictures may be other.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.code.is_none() && self.sets.iter().all(|set| set.added.is_empty() && set.removed.is_empty())
    }
}

/// Compares two bundles.
#[must_use]
pub fn compare(before: ScriptReader<'_>, after: ScriptReader<'_>) -> Comparison {
    let (files, same_files) = file_changes(before.facts, after.facts);
    let (code, named) = code_change(before, after);
    let known = |bundle, named| {
        let mut sets = matters(bundle);
        sets.extend(named);
        (bundle, sets)
    };
    let mut sets = set_changes(known(before.facts, named.0), known(after.facts, named.1));
    for set in &mut sets {
        if set.kind == SetKind::Libraries {
            with_versions(set);
        }
    }
    let versions = versions::version_changes(before, after, &sets);
    Comparison {
        before: before.facts.content_digest,
        after: after.facts.content_digest,
        files,
        same_files,
        code,
        sets,
        versions,
        commits: versions::commits(before, after),
    }
}
