//! Puts together what is established about a subject beside its bundle: the release, the keys, the settings, the packages.

use std::path::Path;

use super::delivery::{Delivery, Document, Role};
use super::inventory;
use super::packages::{Packages, read_packages};
use super::updaters::{config, published, terms, verify};
use super::{Advised, AppFacts, FACTS_SCHEMA, Facts, Variant, advised, advisories, read_app, settle};
use crate::inputs::Bundle;

/// Capacitor's own packages: the script that goes into the bundle, and the native runtimes that it must fit.
const CAPACITOR: [&str; 3] = ["@capacitor/core", "@capacitor/android", "@capacitor/ios"];

/// Engines that run scripts or pages beside the system's web view, as npm packages and as the names of pods.
pub const ENGINES: [&str; 7] = [
    "@hampoelz/capacitor-nodejs",
    "capacitor-nodejs",
    "gecko-ios",
    "nodejs-mobile-cordova",
    "nodejs-mobile-react-native",
    "quickjs-ios",
    "v8-ios",
];

impl Facts {
    /// Adds what a delivery shows, after the app: its keys and settings, and when it holds a release, whether that verifies. Gives the
    /// release's content.
    pub fn add_delivery(&mut self, delivery: &Delivery, is_release: bool) -> Option<Bundle> {
        let keys = inventory::of_delivery(delivery);
        self.config = config::findings_of(delivery, &keys);
        self.keys = Some(keys);
        for variant in &mut self.variants {
            variant.facts.config = match (&variant.when, &variant.facts.app) {
                (Some(_), Some(app)) => shipping_document(app).map(|(document, whole)| {
                    if whole { config::findings_in(&document) } else { config::findings_in_part(&document) }
                }),
                _ => delivery.aside.get(&variant.path).and_then(Option::as_ref).map(config::findings_in),
            }
            .unwrap_or_default();
            variant.facts.advised.clone_from(&self.advised);
        }
        settle(&mut self.advised, delivery);
        if !is_release {
            return None;
        }
        self.versions = published::versions(delivery);
        self.terms = terms::terms(delivery);
        let verified = verify(delivery);
        self.verification = Some(verified.verification);
        verified.content
    }

    /// Adds the app in this folder: its configuration, its update plugins, and the known weaknesses of these. `shipping`
    /// names the configuration that ships, relative to the folder, when it isn't the one that the CLI reads.
    ///
    /// # Errors
    /// In words, when the advisories are broken.
    pub fn add_app(&mut self, folder: &Path, shipping: Option<&str>) -> Result<(), String> {
        let app = read_app(folder, shipping);
        let (packages, advised) = update_packages(folder)?;
        let variant = |path: &String| {
            let facts = Self {
                schema: FACTS_SCHEMA,
                as_of: self.as_of,
                app: Some(app.with_variant(folder, path)),
                packages: Some(packages.clone()),
                ..Self::default()
            };
            Variant { path: path.clone(), when: None, facts }
        };
        self.variants = app.variants.iter().map(variant).collect();
        let case = |(when, app)| {
            let path = app_path(&app);
            let facts = Self {
                schema: FACTS_SCHEMA,
                as_of: self.as_of,
                app: Some(app),
                packages: Some(packages.clone()),
                ..Self::default()
            };
            Variant { path, when: Some(when), facts }
        };
        self.variants.extend(app.cases().into_iter().map(case));
        self.papers = Some(super::papers::read_papers(folder));
        (self.app, self.packages, self.advised) = (Some(app), Some(packages), advised);
        Ok(())
    }
}

/// The configuration that ships, relative to the app's folder.
fn app_path(app: &AppFacts) -> String {
    app.configs.first().map(|config| config.path.clone()).unwrap_or_default()
}

/// The configuration that ships as far as it is known, and whether that is all of it.
fn shipping_document(app: &AppFacts) -> Option<(Document, bool)> {
    let config = app.configs.first()?;
    let document = Document { path: config.path.clone(), role: Role::App, json: config.seen()?.clone() };
    Some((document, config.content.known().is_some()))
}

/// The update plugins that are installed in a folder, and the known weaknesses that concern them.
///
/// # Errors
/// In words, when the advisories are broken.
pub fn update_packages(folder: &Path) -> Result<(Packages, Vec<Advised>), String> {
    let advisories = advisories::read(advisories::DEFAULT_ADVISORIES)?;
    let mut names = advisories::packages(&advisories);
    names.extend(CAPACITOR.iter().filter(|name| !advisories.iter().any(|one| one.package == **name)));
    names.extend(ENGINES);
    let packages = read_packages(folder, &names);
    let advised = advised(&packages, &advisories);
    Ok((packages, advised))
}
