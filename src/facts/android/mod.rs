//! The Android project of an app, as its sources show it: manifests, network security, build scripts, a few calls.
//! No Gradle is run; what only a build can know is `Unknown`, with the reason.

mod files;
mod gradle;
mod manifest;
mod merge;
mod network_security;
mod place;
mod project;
mod resources;
mod sets;
mod sources;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_truth_android;

use std::path::Path;

use serde::Serialize;

pub use files::Unread;
pub use gradle::{BuildType, Flavour, GradleFacts, LiteralPassword, Placeholder, ResourceValue, SigningConfig};
pub use manifest::{
    Application, Attribute, Component, ComponentKind, IntentFilter, Manifest, MetaData, Permission, Tools,
    read_manifest,
};
pub use merge::{Build, MergedAttribute, MergedComponent, MergedPermission};
pub use network_security::{
    Anchor, AnchorSource, ConfigEntry, Domain, HostProtection, NetworkSecurity, NetworkSecurityFile, Pin, PinSet,
};
pub use place::{Effective, Origin, Place, Written};
pub use project::AndroidProject;
pub use sets::SetKind;
pub use sources::{Guard, SourceKind, SourceSighting};

use files::{Files, join};

/// Where a native project is: Capacitor's default (`android.path` of its configuration may say otherwise), Cordova's, and the
/// folder itself.
const PROJECTS: &[&str] = &["android", "platforms/android", ""];

/// What was read of an app's Android projects.
#[derive(Clone, Debug, Serialize)]
pub struct AndroidFacts {
    /// Usually one; none for an app without an Android project.
    pub projects: Vec<AndroidProject>,
    /// What is there and could not be read: what it says is not known.
    pub unread: Vec<Unread>,
}

impl AndroidFacts {
    /// What protects the connection to `host` in the release of the first project; nothing when there is no project.
    #[must_use]
    pub fn effective(&self, host: &str) -> Option<HostProtection> {
        self.projects.first().map(|project| project.effective(host))
    }
}

/// Reads the Android projects of the app in `app`.
#[must_use]
pub fn read_android(app: &Path) -> AndroidFacts {
    read_android_in(app, PROJECTS)
}

/// The same for projects in the given folders, such as what `android.path` of Capacitor's configuration names. Paths are relative to
/// the app with `/`; one that leads out of it is not read.
#[must_use]
pub fn read_android_in(app: &Path, folders: &[&str]) -> AndroidFacts {
    let files = Files::new(app);
    let mut projects: Vec<AndroidProject> = Vec::new();
    for folder in folders {
        // The app's folder itself is only a project when nothing below it is.
        if folder.is_empty() && !projects.is_empty() {
            continue;
        }
        if let Some(module) = app_module(&files, folder) {
            projects.push(project::read(&files, folder, &module));
        }
    }
    AndroidFacts { projects, unread: files.unread() }
}

/// The folder of the module that makes the app.
fn app_module(files: &Files<'_>, project: &str) -> Option<String> {
    if !files.is_folder(project) {
        return None;
    }
    let holds = |folder: &str| files.is_file(&join(folder, "src/main/AndroidManifest.xml"));
    let app = join(project, "app");
    if holds(&app) {
        return Some(app);
    }
    let script = |folder: &str| {
        ["build.gradle", "build.gradle.kts"]
            .into_iter()
            .find_map(|name| files.text(&join(folder, name)).known().cloned())
    };
    let makes_app = |folder: &String| {
        script(folder)
            .is_some_and(|text| text.contains("com.android.application") || text.contains("android.application"))
    };
    let modules: Vec<String> = files.folders(project).into_iter().map(|name| join(project, &name)).collect();
    if let Some(module) = modules.into_iter().find(|module| holds(module) && makes_app(module)) {
        return Some(module);
    }
    // Cordova before cordova-android 7, and a folder that is the module itself.
    let own = holds(project) || files.is_file(&join(project, "AndroidManifest.xml"));
    let built = files.is_folder(&join(&app, "src")) || files.is_file(&join(&app, "build.gradle"));
    if own { Some(project.to_owned()) } else { built.then_some(app) }
}
