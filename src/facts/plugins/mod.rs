//! Does the bundle fit the binary: the plugins that the app contains, and those that a bundle calls and the app lacks.

mod names;
mod sources;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_truth_plugins;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::facts::script::{PluginCall, PluginUse};
use crate::model::{Fact, Position};

pub use sources::read_plugins;

/// Which binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// Android.
    Android,
    /// iOS.
    Ios,
}

/// The plugins of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AppPlugins {
    /// Every statement of a file that the app has a plugin, in the order of the sources.
    pub available: Vec<Available>,
    /// Files that could not be read.
    pub unread: Vec<(String, String)>,
    /// Platforms of which a list was found that the native build itself uses.
    pub listed: Vec<Platform>,
}

/// A plugin that the app contains, as one file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Available {
    /// Its name in JavaScript; unknown when only its package is known, and no table has it.
    pub name: Fact<String>,
    /// Its npm package.
    pub package: Option<String>,
    /// The platform that the file speaks of; `None` when of all.
    pub platform: Option<Platform>,
    /// How it is known.
    pub source: AvailableSource,
    /// The file, relative to the app's folder; empty for what Capacitor itself has.
    pub path: String,
    /// Where in it.
    pub position: Option<Position>,
}

/// How a plugin is known to be in the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AvailableSource {
    /// Capacitor itself has it.
    Core,
    /// `package.json` asks for its package (Capacitor's CLI takes dependencies and devDependencies, `cli/src/plugin.ts`).
    Declared,
    /// A native project's list, as `cap sync` writes it: `capacitor.plugins.json`, `packageClassList`,
    /// `capacitor.settings.gradle`, `Podfile`, `Package.swift`.
    NativeList,
    /// The app's own native code: `@CapacitorPlugin`, `jsName`, `CAP_PLUGIN`.
    NativeCode,
}

/// A plugin that a bundle calls and the app lacks, as far as its files say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingPlugin {
    /// Its name in JavaScript.
    pub name: String,
    /// Where it is called: file and position, in the order of the bundle.
    pub uses: Vec<(String, Position)>,
    /// The bundle asks whether it is there (`isPluginAvailable`), or only reaches for it through `Plugins`, as
    /// frameworks do for plugins that an app need not have.
    pub guarded: bool,
    /// What the app's files say.
    pub standing: MissingStanding,
}

/// What the app's files say of a plugin that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum MissingStanding {
    /// No file names it.
    Nowhere,
    /// `package.json` has it, the native project's list does not: the binary was not built with it, or the list is old.
    DeclaredOnly {
        /// The package.
        package: String,
    },
    /// It may be one of these packages, whose names in JavaScript are not known.
    MayBe {
        /// The packages.
        packages: Vec<String>,
    },
    /// A file that may name it could not be read.
    Unreadable {
        /// The file.
        path: String,
    },
}

/// The plugins that are called and that `platform`'s binary lacks, by name. `uses` has the path of each use's script.
#[must_use]
pub fn missing(uses: &[(&str, &PluginUse)], available: &AppPlugins, platform: Platform) -> Vec<MissingPlugin> {
    let mut called: BTreeMap<&str, Vec<&(&str, &PluginUse)>> = BTreeMap::new();
    for one in uses {
        called.entry(&one.1.name).or_default().push(one);
    }
    called
        .into_iter()
        .filter_map(|(name, uses)| {
            let standing = available.standing(name, platform)?;
            let places = uses.iter().map(|(path, one)| ((*path).to_owned(), one.position)).collect();
            let checked = uses.iter().any(|(_, one)| one.call == PluginCall::Checked);
            let guarded = checked || uses.iter().all(|(_, one)| one.call == PluginCall::Property);
            Some(MissingPlugin { name: name.to_owned(), uses: places, guarded, standing })
        })
        .collect()
}

impl AppPlugins {
    /// `None` when the plugin is there.
    fn standing(&self, name: &str, platform: Platform) -> Option<MissingStanding> {
        let named = |one: &&Available| one.name.known().is_some_and(|known| known == name);
        let here = |one: &&Available| one.platform.is_none_or(|other| other == platform);
        let is_listed = self.listed.contains(&platform);
        let there = |one: &Available| !is_listed || one.source != AvailableSource::Declared;
        if self.available.iter().filter(named).filter(here).any(there) {
            return None;
        }
        let declared = self.available.iter().filter(named).find(|one| one.source == AvailableSource::Declared);
        if let Some(package) = declared.and_then(|one| one.package.clone()) {
            return Some(MissingStanding::DeclaredOnly { package });
        }
        if let Some((path, _)) = self.unread.first() {
            return Some(MissingStanding::Unreadable { path: path.clone() });
        }
        let mut packages: Vec<String> = self
            .available
            .iter()
            .filter(here)
            .filter(|one| one.name.known().is_none())
            .filter_map(|one| one.package.clone())
            .collect();
        packages.sort();
        packages.dedup();
        // One whose name says it is surer than all.
        let lower = name.to_ascii_lowercase();
        let bare = lower.strip_prefix("capacitor").unwrap_or(&lower);
        let near: Vec<String> =
            packages.iter().filter(|package| bare.starts_with(&names::guess(package))).cloned().collect();
        Some(match (near.is_empty(), packages.is_empty()) {
            (false, _) => MissingStanding::MayBe { packages: near },
            (true, false) => MissingStanding::MayBe { packages },
            (true, true) => MissingStanding::Nowhere,
        })
    }
}
