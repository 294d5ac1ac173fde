//! The versions of the native app, as its projects state them.

use serde::Serialize;

use super::AppFacts;
use super::android::Written;
use super::ios::{Product, Sited};
use super::plugins::Platform;
use crate::model::{Fact, Location, Root};

/// The version of the native app on one platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NativeVersion {
    /// The platform.
    pub platform: Platform,
    /// What people see: `versionName`, `CFBundleShortVersionString`.
    pub name: Fact<String>,
    /// The number of the build: `versionCode`, `CFBundleVersion`.
    pub build: Fact<String>,
    /// Where the name stands, or would.
    pub location: Location,
}

/// The versions of the app's projects, Android's first; a platform without a project has none.
#[must_use]
pub fn native_versions(app: &AppFacts) -> Vec<NativeVersion> {
    let android = app.android.projects.first().map(|project| {
        let gradle = &project.gradle;
        let location = match &gradle.version_name {
            Fact::Known(written) => written.at.location(),
            _ => Location::file(Root::App, gradle.files.first().map_or("", String::as_str)),
        };
        NativeVersion {
            platform: Platform::Android,
            name: text(&gradle.version_name),
            build: text(&gradle.version_code),
            location,
        }
    });
    // An extension has a version of its own.
    let info = app.ios.info.iter().find(|info| info.product == Product::App);
    let info = info.or_else(|| app.ios.info.iter().find(|info| info.product == Product::Undecided));
    let ios = info.map(|info| NativeVersion {
        platform: Platform::Ios,
        name: info.version.fact.clone(),
        build: info.build.fact.clone(),
        location: place(&info.version),
    });
    android.into_iter().chain(ios).collect()
}

fn text<T: ToString>(fact: &Fact<Written<T>>) -> Fact<String> {
    match fact {
        Fact::Known(written) => Fact::Known(written.value.to_string()),
        Fact::Unknown(why) => Fact::Unknown(why.clone()),
        Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
        Fact::Absent => Fact::Absent,
    }
}

fn place(sited: &Sited<String>) -> Location {
    sited.position.map_or_else(
        || Location::file(Root::App, &sited.file),
        |position| Location::at(Root::App, &sited.file, position),
    )
}
