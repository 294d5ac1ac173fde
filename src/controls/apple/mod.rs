//! Controls on what Apple asks of apps that update themselves.

pub mod export_compliance;
pub mod first_launch;
pub mod no_code_store;
pub mod privacy_manifest;
pub mod purchases;
mod purpose_text;
pub mod purpose_unchanged;
pub mod release_notes;
pub mod remote_features;
pub mod sdk_manifests;
mod trackers;
pub mod tracking_domains;
pub mod tracking_prompt;
pub mod uses_declared;
pub mod web_layer_only;
pub mod webkit_only;

use super::Outcome;
use crate::facts::ios::{InfoPlist, IosFacts, Membership, PrivacyManifest, Product};
use crate::facts::{AppFacts, Facts};
use crate::model::{Fact, Location, Position, Root};

/// The app's iOS side, or why the control does not apply.
fn ios_or_na(facts: &Facts) -> Result<(&AppFacts, &IosFacts), Outcome> {
    let Some(app) = &facts.app else { return Err(Outcome::not_applicable("no app was given")) };
    if app.ios.roots.is_empty() {
        return Err(Outcome::not_applicable("the app has no iOS project"));
    }
    Ok((app, &app.ios))
}

/// A place in a file of the app.
fn at(file: &str, position: Option<Position>) -> Location {
    position.map_or_else(|| Location::file(Root::App, file), |position| Location::at(Root::App, file, position))
}

/// The iOS project as a whole.
fn root(ios: &IosFacts) -> Location {
    Location::file(Root::App, ios.roots.first().map_or("", String::as_str))
}

/// Whether a target is the app itself, not an extension or a test.
fn is_app_target(ios: &IosFacts, name: &str) -> bool {
    let mut targets = ios.projects.iter().flat_map(|project| &project.targets).filter(|target| target.name == name);
    targets.any(|target| match &target.product {
        Fact::Known(product) => product.starts_with("application") || product.ends_with("product-type.application"),
        _ => !target.is_test(),
    })
}

/// The privacy manifests that are the app's own, or that may be: those of extensions are left out.
fn app_manifests(ios: &IosFacts) -> impl Iterator<Item = &PrivacyManifest> {
    ios.privacy.iter().filter(|manifest| match &manifest.membership {
        Membership::In(targets) => targets.iter().any(|target| is_app_target(ios, target)),
        Membership::InNone | Membership::Unknown(_) => true,
    })
}

/// The Info.plist files of the app itself.
fn app_lists(ios: &IosFacts) -> impl Iterator<Item = &InfoPlist> {
    ios.info.iter().filter(|info| matches!(info.product, Product::App | Product::Undecided))
}

/// What a build setting `INFOPLIST_KEY_…` puts into the app's Info.plist in a release, with its place.
fn built_in<'a>(ios: &'a IosFacts, key: &str) -> Option<(&'a Fact<String>, Location)> {
    let name = format!("INFOPLIST_KEY_{key}");
    let mut settings = ios.settings.iter().filter(|one| !one.is_debug && one.name == name);
    settings
        .find(|one| is_app_target(ios, &one.target))
        .map(|one| (&one.value.fact, at(&one.value.file, one.value.position)))
}
