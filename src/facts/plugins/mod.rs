//! Does the bundle fit the binary: the plugins that the app contains, and those that a bundle calls and the app lacks.

mod names;
mod sources;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_truth_plugins;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::facts::script::{PluginCall, PluginUse};
use crate::model::{Fact, Position};

pub use sources::{read_binary_plugins, read_plugins};

/// Which binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// Android.
    Android,
    /// iOS.
    Ios,
}

impl Platform {
    /// Its name in JavaScript.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::Ios => "ios",
        }
    }
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
    /// A registration brings an implementation for the browser: the bundle may mean the plugin for browsers alone, but
    /// Capacitor never takes that implementation in an app (`@capacitor/core`, `registerPlugin`).
    pub has_web: bool,
    /// What the app's files say.
    pub standing: MissingStanding,
}

/// What the app's files say of a plugin that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum MissingStanding {
    /// No file names it.
    Nowhere,
    /// The other platform's app has it: what calls it may be for that platform alone.
    OtherPlatform,
    /// `package.json` has it, the native project's list does not: the binary was not built with it, or the list is old.
    DeclaredOnly {
        /// The package.
        package: String,
    },
    /// It may be one of these packages or classes, whose names in JavaScript are not known.
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
    let unsure = available.unsure(platform);
    let mut called: BTreeMap<&str, Vec<&(&str, &PluginUse)>> = BTreeMap::new();
    for one in uses {
        called.entry(&one.1.name).or_default().push(one);
    }
    called
        .into_iter()
        .filter_map(|(name, uses)| {
            // The script itself may implement the plugin for this platform.
            if uses.iter().any(|(_, one)| one.implemented.contains(&platform.word())) {
                return None;
            }
            let standing = available.standing(name, platform, &unsure)?;
            let places = uses.iter().map(|(path, one)| ((*path).to_owned(), one.position)).collect();
            let checked = uses.iter().any(|(_, one)| one.call == PluginCall::Checked);
            let guarded = checked || uses.iter().all(|(_, one)| one.call == PluginCall::Property);
            let has_web = uses.iter().any(|(_, one)| one.implemented.contains(&"web"));
            Some(MissingPlugin { name: name.to_owned(), uses: places, guarded, has_web, standing })
        })
        .collect()
}

impl AppPlugins {
    /// `None` when the plugin is there.
    fn standing(&self, name: &str, platform: Platform, unsure: &[String]) -> Option<MissingStanding> {
        let named = |one: &&Available| one.may_be(name);
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
        if self.available.iter().any(|one| named(&one) && one.platform.is_some()) {
            return Some(MissingStanding::OtherPlatform);
        }
        if let Some((path, _)) = self.unread.first() {
            return Some(MissingStanding::Unreadable { path: path.clone() });
        }
        // One whose name says it is surer than all; a name that is written down is doubted only where the package says it.
        let near = |one: &&Available| {
            let known = one.name.known().is_some();
            one.package.as_deref().is_some_and(|package| names::is_near(name, package, known))
        };
        let mut near: Vec<String> =
            self.available.iter().filter(here).filter(near).filter_map(Available::label).collect();
        near.sort();
        near.dedup();
        Some(match (near.is_empty(), unsure.is_empty()) {
            (false, _) => MissingStanding::MayBe { packages: near },
            (true, false) => MissingStanding::MayBe { packages: unsure.to_vec() },
            (true, true) => MissingStanding::Nowhere,
        })
    }

    /// The plugins of a platform whose names in JavaScript are not known for sure. A class may have another name than its
    /// plugin, unless the name is one that a known package or the app's own code has.
    fn unsure(&self, platform: Platform) -> Vec<String> {
        let own: BTreeSet<String> = self
            .available
            .iter()
            .filter(|one| one.source == AvailableSource::NativeCode)
            .filter_map(|one| one.name.known().map(|name| names::bare(name)))
            .collect();
        let is_sure = |one: &Available| {
            one.name.known().is_some_and(|name| {
                one.source != AvailableSource::NativeList
                    || one.package.as_deref().is_some_and(|package| names::of_package(package).is_some())
                    || names::is_known_name(name)
                    || own.contains(&names::bare(name))
            })
        };
        let here = |one: &&Available| one.platform.is_none_or(|other| other == platform);
        // Where a name is known from one list, another that has only the package leaves no doubt.
        let sure: BTreeSet<&str> = self
            .available
            .iter()
            .filter(here)
            .filter(|one| is_sure(one))
            .filter_map(|one| one.package.as_deref())
            .collect();
        let doubtful = self.available.iter().filter(here).filter(|one| !is_sure(one));
        let doubtful = doubtful.filter(|one| one.package.as_deref().is_none_or(|package| !sure.contains(package)));
        let labels: BTreeSet<String> = doubtful.filter_map(Available::label).collect();
        labels.into_iter().collect()
    }
}

impl Available {
    /// Whether JavaScript may call this plugin by `name`: what is known by its class only is compared loosely.
    fn may_be(&self, name: &str) -> bool {
        let of_class = self.source == AvailableSource::NativeList
            && self.package.as_deref().is_none_or(|package| names::of_package(package).is_none());
        self.name.known().is_some_and(|known| known == name || of_class && names::bare(known) == names::bare(name))
    }

    /// What to call it in a sentence.
    fn label(&self) -> Option<String> {
        self.package.clone().or_else(|| self.name.known().cloned())
    }
}
