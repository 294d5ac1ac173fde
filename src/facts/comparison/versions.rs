//! Versions of the app that both bundles state, and whether they go up.

use std::cmp::Ordering;

use semver::Version;
use serde::Serialize;

use super::ScriptReader;
use super::sets::{SetChange, SetKind};
use crate::facts::FileFacts;
use crate::inputs::{EntryKind, JsonValue, decode, parse_json};
use crate::model::{Location, Root, printable};

/// Files in which builds leave the app's version, by their names.
const NAMES: [&str; 10] = [
    "package.json",
    "version.json",
    "manifest.json",
    "manifest.webmanifest",
    "build.json",
    "build-info.json",
    "buildinfo.json",
    "release.json",
    "app-version.json",
    "meta.json",
];
/// Keys of the version.
const KEYS: [&str; 4] = ["version", "appVersion", "app_version", "buildVersion"];
/// Keys of the commit that was built.
const COMMITS: [&str; 11] = [
    "commit",
    "commitHash",
    "commit_hash",
    "commitSha",
    "commit_sha",
    "gitCommit",
    "git_commit",
    "gitSha",
    "git_sha",
    "gitHash",
    "revision",
];
/// A larger file states no version of an app.
const MOST_BYTES: u64 = 256 * 1024;
/// Deeper files are a library's.
const MOST_DEPTH: usize = 2;

/// A version that both bundles state at the same place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionChange {
    /// Where, in the bundle after.
    pub location: Location,
    /// Before, bounded and inert.
    pub before: String,
    /// After, bounded and inert.
    pub after: String,
    /// Whether it goes down, as Semantic Versioning orders them.
    pub goes_down: bool,
}

/// The commits that both bundles state at the same place, the same or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatedCommits {
    /// Where, in the bundle after.
    pub location: Location,
    /// Before, bounded and inert.
    pub before: String,
    /// After, bounded and inert.
    pub after: String,
}

impl StatedCommits {
    /// Whether they are one: an abbreviation is the commit that it begins.
    #[must_use]
    pub fn are_one(&self) -> bool {
        is_one_commit(&self.before, &self.after)
    }
}

/// Whether two names of commits may be of one.
#[must_use]
pub fn is_one_commit(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim().to_ascii_lowercase(), other.trim().to_ascii_lowercase());
    one.starts_with(&other) || other.starts_with(&one)
}

/// The commits in the first well-known file of both bundles that states one.
pub(super) fn commits(before: ScriptReader<'_>, after: ScriptReader<'_>) -> Option<StatedCommits> {
    let is_commit = |text: &str| (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    after.facts.files.iter().filter(|file| states(file)).find_map(|file| {
        let (new, location) = stated(after, file, &COMMITS)?;
        let (old, _) = stated(before, before.facts.file(&file.path)?, &COMMITS)?;
        (is_commit(&new) && is_commit(&old)).then_some(StatedCommits { location, before: old, after: new })
    })
}

/// The versions in well-known files of both bundles that are not the same, and the releases that scripts name.
pub(super) fn version_changes(
    before: ScriptReader<'_>,
    after: ScriptReader<'_>,
    sets: &[SetChange],
) -> Vec<VersionChange> {
    let mut changes = Vec::new();
    let stating = after.facts.files.iter().filter(|file| states(file));
    for file in stating {
        let Some(old) = before.facts.file(&file.path).filter(|old| old.sha256 != file.sha256) else { continue };
        if let (Some(old), Some((new, location))) = (stated(before, old, &KEYS), stated(after, file, &KEYS)) {
            changes.extend(change(&old.0, &new, location));
        }
    }
    let releases = sets.iter().find(|set| set.kind == SetKind::Releases);
    // One release before and one after: several are of several apps.
    if let Some((new, old)) = releases.and_then(|set| Some((set.added.first()?, set.removed.first()?)))
        && releases.is_some_and(|set| set.added.len() == 1 && set.removed.len() == 1)
        && let (Some((name, new_version)), Some((other, old_version))) = (of_release(&new.name), of_release(&old.name))
        && name == other
    {
        changes.extend(change(old_version, new_version, new.location.clone()));
    }
    changes
}

fn of_release(text: &str) -> Option<(&str, &str)> {
    text.rsplit_once('@')
}

fn states(file: &FileFacts) -> bool {
    let name = file.path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    file.size <= MOST_BYTES && file.path.split('/').count() <= MOST_DEPTH && NAMES.contains(&name.as_str())
}

/// The text under the first of these keys.
fn stated(side: ScriptReader<'_>, file: &FileFacts, keys: &[&str]) -> Option<(String, Location)> {
    let mut entries = side.bundle.entries.iter();
    let entry = entries.find(|entry| entry.path == file.path && entry.kind == EntryKind::File)?;
    let content = side.bundle.read(entry, side.limits).ok()?;
    let json = parse_json(&decode(&content.bytes).text).ok()?;
    let value = keys.iter().find_map(|key| json.root.get(key))?;
    let text = JsonValue::as_str(value)?.trim().to_owned();
    Some((text, Location::at(Root::Bundle, &file.path, value.position)))
}

fn change(before: &str, after: &str, location: Location) -> Option<VersionChange> {
    let order = match (Version::parse(before), Version::parse(after)) {
        (Ok(before), Ok(after)) => after.cmp_precedence(&before),
        // What can't be ordered is told, when it is another one.
        _ if before == after => Ordering::Equal,
        _ => Ordering::Greater,
    };
    let (before, after) = (printable(before, 60), printable(after, 60));
    (before != after).then_some(VersionChange { location, before, after, goes_down: order == Ordering::Less })
}
