//! The libraries of a bundle, each version once, with the places that tell them.

use std::collections::BTreeMap;

use super::bundle::BundleFacts;
use super::origin::How;
use crate::model::Position;

/// One version of one library in a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// The npm name; for a library that only its banner names, the banner's name.
    pub package: String,
    /// The version; none when nothing tells it.
    pub version: Option<String>,
    /// Where it was told: sorted by path, each way once for each file.
    pub places: Vec<Told>,
}

/// One place that tells a library.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    /// The file in the bundle.
    pub path: String,
    /// How.
    pub how: How,
    /// Where in it.
    pub position: Option<Position>,
}

/// The libraries of a bundle, sorted by name and version. One whose version is not told stands beside its other versions only
/// if no version is told at all.
#[must_use]
pub fn libraries(bundle: &BundleFacts) -> Vec<Library> {
    let mut found: BTreeMap<(String, Option<String>), Vec<Told>> = BTreeMap::new();
    for file in bundle.all_files() {
        for one in &file.origins.components {
            let told = Told { path: file.path.clone(), how: one.how, position: one.position };
            found.entry((one.package.clone(), one.version.clone())).or_default().push(told);
        }
        for (package, version) in file.map.iter().chain(&file.origins.inline_map).flat_map(|map| &map.packages) {
            let told = Told { path: file.path.clone(), how: How::SourceMap, position: None };
            found.entry((package.clone(), version.clone())).or_default().push(told);
        }
        for package in file.origins.packages_of_modules() {
            let told = Told { path: file.path.clone(), how: How::ModuleId, position: None };
            found.entry((package.0, package.1)).or_default().push(told);
        }
    }
    let versioned: Vec<String> =
        found.keys().filter(|(_, version)| version.is_some()).map(|(package, _)| package.clone()).collect();
    found.retain(|(package, version), _| version.is_some() || versioned.binary_search(package).is_err());
    found
        .into_iter()
        .map(|((package, version), mut places)| {
            places.sort();
            places.dedup_by(|one, other| one.path == other.path && one.how == other.how);
            Library { package, version, places }
        })
        .collect()
}
