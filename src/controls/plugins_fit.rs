//! Compares the plugins that a bundle calls with those that the binaries contain, for the controls that ask for it.

use std::collections::{BTreeMap, BTreeSet};

use super::support::{count, shown};
use super::{Draft, Outcome};
use crate::facts::plugins::{AvailableSource, MissingPlugin, MissingStanding, Platform, missing};
use crate::facts::script::PluginUse;
use crate::facts::{AppFacts, BundleFacts, Facts, Parse};
use crate::model::{Location, Root, Severity};

/// Compares each platform of the app.
pub(super) fn compare(outcome: &mut Outcome, facts: &Facts) {
    let Some(app) = &facts.app else { return };
    let Some(bundle) = &facts.bundle else {
        outcome.saw("no bundle was given, so which plugins it calls was not compared", None);
        return;
    };
    let uses = uses(bundle);
    let names: BTreeSet<&str> = uses.iter().map(|(_, one)| one.name.as_str()).collect();
    doubts(outcome, bundle);
    let core = |name: &&str| {
        let mut core = app.plugins.available.iter().filter(|one| one.source == AvailableSource::Core);
        core.any(|one| one.name.known().is_some_and(|known| known == name))
    };
    if names.iter().all(core) {
        outcome.saw("the scripts of the bundle name no plugin but Capacitor's own", None);
        return;
    }
    let mut found: BTreeMap<String, Lacking> = BTreeMap::new();
    for platform in platforms(app) {
        let lacking = missing(&uses, &app.plugins, platform);
        let is_listed = app.plugins.listed.contains(&platform);
        let (guarded, lacking): (Vec<_>, Vec<_>) = lacking.into_iter().partition(|one| one.guarded);
        let here = names.len() - guarded.len() - lacking.len();
        let whose = if is_listed { "has" } else { "asks for, as package.json says," };
        outcome.saw(
            format!(
                "the app on {} {whose} {here} of {} that the bundle names{}",
                words(platform),
                count(names.len(), "plugin", "plugins"),
                asked(&guarded)
            ),
            None,
        );
        for one in lacking {
            let lacking = found.entry(one.name.clone()).or_default();
            lacking.platforms.push((platform, is_listed, one));
        }
    }
    for lacking in found.values() {
        outcome.findings.extend(lacking.draft());
    }
}

/// One plugin, and the platforms whose binary lacks it.
#[derive(Default)]
struct Lacking {
    platforms: Vec<(Platform, bool, MissingPlugin)>,
}

impl Lacking {
    fn draft(&self) -> Option<Draft> {
        let (_, _, first) = self.platforms.first()?;
        let place = first.uses.first().map_or_else(
            || Location::file(Root::Bundle, ""),
            |(path, position)| Location::at(Root::Bundle, path, *position),
        );
        let name = shown(&first.name);
        let mut reasons: Vec<String> = Vec::new();
        for (platform, is_listed, one) in &self.platforms {
            let on = words(*platform);
            reasons.push(match &one.standing {
                MissingStanding::Nowhere if *is_listed => format!("the list of the {on} app does not have it"),
                MissingStanding::Nowhere => {
                    format!("package.json does not ask for it, and no list of the {on} app was found")
                }
                MissingStanding::OtherPlatform => format!("only the other platform's app has it, the {on} app has not"),
                MissingStanding::DeclaredOnly { package } => {
                    format!("package.json asks for `{}`, which the list of the {on} app does not name", shown(package))
                }
                MissingStanding::MayBe { packages } => format!("on {on} it may be one of {}", listing(packages)),
                MissingStanding::Unreadable { path } => {
                    format!("`{}`, which may name it, could not be read", shown(path))
                }
            });
        }
        reasons.dedup();
        let unreadable = self.all(|_, one| matches!(one.standing, MissingStanding::Unreadable { .. }));
        let sure =
            self.platforms.iter().any(|(_, is_listed, one)| *is_listed && one.standing == MissingStanding::Nowhere);
        let reasons = reasons.join("; ");
        let draft = if unreadable {
            Draft::indeterminate(
                "plugins-unread",
                place,
                format!("whether the app has the plugin `{name}` is not known: {reasons}"),
            )
        } else if sure && !first.has_web {
            let message = format!("the bundle calls the plugin `{name}`, which the app lacks: {reasons}");
            Draft::fail("plugin-missing", place, message)
        } else if sure {
            let message = format!(
                "the bundle registers the plugin `{name}` with an implementation for browsers, which apps do not use: {reasons}; look at whether the app calls it"
            );
            Draft::manual("plugin-for-browsers", place, message).severity(Severity::Medium)
        } else {
            let message =
                format!("whether the app has the plugin `{name}`, which the bundle names, is not sure: {reasons}");
            Draft::manual("plugin-not-seen", place, message).severity(Severity::Medium)
        };
        Some(draft.key(name))
    }

    fn all(&self, holds: impl Fn(Platform, &MissingPlugin) -> bool) -> bool {
        self.platforms.iter().all(|(platform, _, one)| holds(*platform, one))
    }
}

/// Every use of a plugin in the bundle's scripts, with its file.
pub(super) fn uses(bundle: &BundleFacts) -> Vec<(&str, &PluginUse)> {
    let files = bundle.all_files().filter_map(|file| Some((file.path.as_str(), file.script.as_ref()?)));
    files.flat_map(|(path, script)| script.plugins.iter().map(move |one| (path, one))).collect()
}

/// What keeps the comparison from being whole.
fn doubts(outcome: &mut Outcome, bundle: &BundleFacts) {
    let broken =
        bundle.all_files().find(|file| file.unread.is_some() || matches!(file.parse, Some(Parse::Failed { .. })));
    if let Some(file) = broken {
        let message = format!("`{}` was not read whole: plugins that it calls were not compared", shown(&file.path));
        outcome.saw(message, Some(Location::file(Root::Bundle, &file.path)));
    }
    let unknown: u32 = bundle.all_files().filter_map(|file| file.script.as_ref()).map(|one| one.plugins_unknown).sum();
    if unknown > 0 {
        let number = count(usize::try_from(unknown).unwrap_or(usize::MAX), "plugin", "plugins");
        outcome.saw(
            format!("the bundle registers {number} by names that are not constant, which were not compared"),
            None,
        );
    }
}

/// The platforms that the app has; both when its files show none.
fn platforms(app: &AppFacts) -> Vec<Platform> {
    let listed = |platform| app.plugins.listed.contains(&platform);
    let android = listed(Platform::Android) || !app.android.projects.is_empty();
    let ios = listed(Platform::Ios) || !app.ios.roots.is_empty();
    let both = [(Platform::Android, android), (Platform::Ios, ios)].into_iter();
    both.filter(|(_, there)| *there || !android && !ios).map(|(platform, _)| platform).collect()
}

const fn words(platform: Platform) -> &'static str {
    match platform {
        Platform::Android => "Android",
        Platform::Ios => "iOS",
    }
}

/// The plugins that are asked for before they are called, as a half sentence.
fn asked(guarded: &[MissingPlugin]) -> String {
    if guarded.is_empty() {
        return String::new();
    }
    let names: Vec<String> = guarded.iter().map(|one| one.name.clone()).collect();
    format!("; {} may be missing, since the bundle asks first or only reaches for them", listing(&names))
}

/// The first names of a list.
fn listing(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(5).map(|name| format!("`{}`", shown(name))).collect();
    let more = names.len().saturating_sub(first.len());
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", first.join(", "))
}
