//! Known weaknesses of installed update plugins, by version: data that a policy may replace
//! (`policies/advisories.yaml` says where each was read).

use semver::Version;
use serde::{Deserialize, Serialize};

use super::versions::{VersionSet, exact};
use crate::model::Severity;

/// The schema of the file.
pub const ADVISORIES_SCHEMA: &str = "otaudit/advisories/v1";

/// The advisories that hold when no others are given.
pub const DEFAULT_ADVISORIES: &str = include_str!("../../policies/advisories.yaml");

/// More than this are not written by hand.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// One weakness of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// Its stable id, of lower-case words joined by `-`.
    pub id: String,
    /// The npm package.
    pub package: String,
    /// The ranges that are affected, as written.
    pub affected: Vec<String>,
    /// The same as one set.
    pub affected_set: VersionSet,
    /// The first version seen with the protection, for each major that has one; empty when there is none yet.
    pub fixed: Vec<Version>,
    /// How grave it is, when its conditions hold.
    pub severity: Severity,
    /// What it is, in one line.
    pub title: String,
    /// What is weak.
    pub weak: String,
    /// What to do.
    pub fix: String,
    /// What it does to the app's updates, in words that controls ask for.
    pub effects: Vec<String>,
    /// All of these must hold for it to matter; none, when it always does.
    pub conditions: Vec<String>,
    /// Where the code runs that is weak.
    pub platforms: Vec<Platform>,
    /// Where it was read.
    pub sources: Vec<Source>,
    /// When it was read.
    pub read: jiff::civil::Date,
}

/// Where the plugin's code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Android.
    Android,
    /// iOS.
    Ios,
    /// A desktop with Electron.
    Electron,
}

/// A file of the vendor.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// `owner/name` on GitHub, or `npm:` and a package as published.
    pub repository: String,
    /// A file in it, or what in it was read.
    pub file: String,
}

/// Whether an advisory is about a range of versions of which only one is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Some versions of the range are affected, others are not: it can't be known.
    Some,
    /// Every version of the range is affected.
    Every,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    schema: String,
    advisories: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    package: String,
    affected: Vec<String>,
    fixed: WrittenFix,
    severity: Severity,
    title: String,
    weak: String,
    fix: String,
    effects: Vec<String>,
    #[serde(default)]
    conditions: Vec<String>,
    platforms: Vec<Platform>,
    sources: Vec<Source>,
    read: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenFix {
    Versions(Vec<String>),
    Word(String),
}

/// Reads advisories strictly: what is not understood is refused, since a misspelt range would hide a weakness.
///
/// # Errors
/// What is wrong, with the advisory's id, or the position in the YAML.
pub fn read(yaml: &str) -> Result<Vec<Advisory>, String> {
    if yaml.len() > MOST_BYTES {
        return Err(format!("more than {MOST_BYTES} bytes"));
    }
    let file: WrittenFile = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
    if file.schema != ADVISORIES_SCHEMA {
        return Err(format!("schema: expected `{ADVISORIES_SCHEMA}`"));
    }
    let mut advisories: Vec<Advisory> = Vec::with_capacity(file.advisories.len());
    for written in file.advisories {
        let id = written.id.clone();
        let advisory = check(written).map_err(|why| format!("advisory `{id}`: {why}"))?;
        if advisories.iter().any(|other| other.id == advisory.id) {
            return Err(format!("advisory `{id}`: the id is there twice"));
        }
        advisories.push(advisory);
    }
    Ok(advisories)
}

/// The advisories about exactly this version. A version that is none (`main`, an address) matches nothing here: use
/// [`of_package`] to say what can't be known.
#[must_use]
pub fn matching<'a>(advisories: &'a [Advisory], package: &str, version: &str) -> Vec<&'a Advisory> {
    let Some(version) = exact(version) else { return Vec::new() };
    of_package(advisories, package).filter(|advisory| advisory.affected_set.contains(&version)).collect()
}

/// The advisories about some or all versions of a range, when only the range is known. A text that is no range
/// (`latest`, an address) may mean any version.
#[must_use]
pub fn matching_range<'a>(advisories: &'a [Advisory], package: &str, range: &str) -> Vec<(&'a Advisory, Reach)> {
    let range = VersionSet::parse(range);
    let reach = |advisory: &Advisory| match &range {
        None => Some(Reach::Some),
        Some(range) if range.is_within(&advisory.affected_set) => Some(Reach::Every),
        Some(range) => range.overlaps(&advisory.affected_set).then_some(Reach::Some),
    };
    of_package(advisories, package).filter_map(|advisory| Some((advisory, reach(advisory)?))).collect()
}

/// All advisories about a package.
pub fn of_package<'a>(advisories: &'a [Advisory], package: &str) -> impl Iterator<Item = &'a Advisory> {
    advisories.iter().filter(move |advisory| advisory.package == package)
}

/// The packages that advisories are about, sorted, each once.
#[must_use]
pub fn packages(advisories: &[Advisory]) -> Vec<&str> {
    let mut names: Vec<&str> = advisories.iter().map(|advisory| advisory.package.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

impl Advisory {
    /// The fixed version of the same major, or of a later one when this major has none.
    #[must_use]
    pub fn fix_for(&self, version: &Version) -> Option<&Version> {
        let later = |fixed: &&Version| fixed.cmp_precedence(version).is_gt();
        let same = self.fixed.iter().filter(later).find(|fixed| fixed.major == version.major);
        same.or_else(|| self.fixed.iter().filter(later).min())
    }
}

fn check(written: Written) -> Result<Advisory, String> {
    let Written {
        id,
        package,
        affected,
        fixed,
        severity,
        title,
        weak,
        fix,
        effects,
        conditions,
        platforms,
        sources,
        read,
    } = written;
    if !is_word(&id, b'-') {
        return Err("the id must be lower-case words joined by `-`".to_owned());
    }
    let texts = [("package", &package), ("title", &title), ("weak", &weak), ("fix", &fix)];
    if let Some((name, _)) = texts.iter().find(|(_, text)| text.trim().is_empty()) {
        return Err(format!("`{name}` is empty"));
    }
    if affected.is_empty() || effects.is_empty() || platforms.is_empty() || sources.is_empty() {
        return Err("`affected`, `effects`, `platforms` and `sources` need at least one entry each".to_owned());
    }
    if let Some(word) = effects.iter().chain(&conditions).find(|word| !is_word(word, b'_')) {
        return Err(format!("`{word}` must be lower-case words joined by `_`"));
    }
    for range in &affected {
        // An empty range and one that allows nothing are mistakes here, though npm accepts both.
        let set = VersionSet::parse(range).filter(|set| !range.trim().is_empty() && set.overlaps(set));
        set.ok_or_else(|| format!("`{range}` is no range of versions"))?;
    }
    let joined = affected.join(" || ");
    let affected_set = VersionSet::parse(&joined).ok_or_else(|| format!("`{joined}` is no range of versions"))?;
    let fixed = match fixed {
        WrittenFix::Versions(versions) if !versions.is_empty() => versions
            .iter()
            .map(|version| exact(version).ok_or_else(|| format!("`{version}` is no version")))
            .collect::<Result<Vec<_>, _>>()?,
        WrittenFix::Word(word) if word == "none yet" => Vec::new(),
        WrittenFix::Versions(_) | WrittenFix::Word(_) => {
            return Err("`fixed` must be a list of versions or `none yet`".to_owned());
        }
    };
    if let Some(version) = fixed.iter().find(|version| affected_set.contains(version)) {
        return Err(format!("{version} is both affected and fixed"));
    }
    let read = read.parse().map_err(|_| "`read` must be a date such as 2026-01-31".to_owned())?;
    Ok(Advisory {
        id,
        package,
        affected,
        affected_set,
        fixed,
        severity,
        title,
        weak,
        fix,
        effects,
        conditions,
        platforms,
        sources,
        read,
    })
}

fn is_word(text: &str, joint: u8) -> bool {
    text.split(char::from(joint))
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

#[cfg(test)]
#[path = "advisories_tests.rs"]
mod tests;
