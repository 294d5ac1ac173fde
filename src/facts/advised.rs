//! Which known weaknesses concern the update plugins that an app has installed.

use serde::Serialize;

use super::advisories::{Advisory, Platform, Reach, matching, matching_range};
use super::packages::Packages;
use crate::model::{Fact, Position, Severity};

/// A known weakness of an installed package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advised {
    /// The advisory.
    pub advisory: String,
    /// The npm package.
    pub package: String,
    /// The version, or the range when only that is known.
    pub version: String,
    /// Whether it is sure: not, when only some versions of a range are affected.
    pub certain: bool,
    /// The file that states the version.
    pub source: String,
    /// Where in it.
    pub position: Option<Position>,
    /// How grave.
    pub severity: Severity,
    /// What it is, in one line.
    pub title: String,
    /// What is weak.
    pub weak: String,
    /// What to do.
    pub fix: String,
    /// The first version with the protection, for the installed major.
    pub fixed: Option<String>,
    /// What it does to updates, in words that controls ask for.
    pub effects: Vec<String>,
    /// All of these must hold for it to matter.
    pub conditions: Vec<String>,
    /// Where the weak code runs.
    pub platforms: Vec<Platform>,
}

/// The advisories that concern these packages, in the order of the packages.
#[must_use]
pub fn advised(packages: &Packages, advisories: &[Advisory]) -> Vec<Advised> {
    let mut found = Vec::new();
    for installed in &packages.installed {
        let hits: Vec<(&Advisory, bool, &str)> = match (&installed.version, &installed.range) {
            (Fact::Known(version), _) => matching(advisories, &installed.package, version)
                .into_iter()
                .map(|one| (one, true, version.as_str()))
                .collect(),
            (_, Some(range)) => matching_range(advisories, &installed.package, range)
                .into_iter()
                .map(|(one, reach)| (one, reach == Reach::Every, range.as_str()))
                .collect(),
            _ => Vec::new(),
        };
        for (advisory, certain, version) in hits {
            let fixed = semver::Version::parse(version)
                .ok()
                .and_then(|version| advisory.fix_for(&version).map(ToString::to_string));
            found.push(Advised {
                advisory: advisory.id.clone(),
                package: installed.package.clone(),
                version: version.to_owned(),
                certain,
                source: installed.source.clone(),
                position: installed.position,
                severity: advisory.severity,
                title: advisory.title.clone(),
                weak: advisory.weak.clone(),
                fix: advisory.fix.clone(),
                fixed,
                effects: advisory.effects.clone(),
                conditions: advisory.conditions.clone(),
                platforms: advisory.platforms.clone(),
            });
        }
    }
    found
}
