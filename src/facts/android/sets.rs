//! Source sets of a Gradle module: which of them go into a release.

use serde::Serialize;

use super::gradle::GradleFacts;

/// What a source set is for (Android Gradle plugin, "Source sets").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetKind {
    /// `src/main`: in every build.
    Main,
    /// `src/release`: in release builds, before every flavour and `main`.
    Release,
    /// A product flavour: in builds of that flavour.
    Flavour,
    /// A flavour with the release build type, such as `freeRelease`.
    FlavourRelease,
    /// `src/debug` and every build type or variant for development.
    Debug,
    /// A build type of another name, which no one calls the release.
    OtherBuildType,
    /// `src/test`, `src/androidTest` and their variants: in no app.
    Test,
    /// The `src/main` of a library within the project, such as the Cordova plugins that `cap sync` writes.
    Library,
}

impl SetKind {
    /// Whether it can be in a release at all.
    #[must_use]
    pub const fn ships(self) -> bool {
        matches!(self, Self::Main | Self::Release | Self::Flavour | Self::FlavourRelease | Self::Library)
    }
}

/// What the folder `name` below `src` is. Gradle's own names decide first, then the names that everyone uses.
pub(super) fn kind_of(name: &str, gradle: &GradleFacts) -> SetKind {
    let capital = |word: &str| name.ends_with(word) || name.contains(word);
    let is_build_type = |name: &str| gradle.build_types.iter().any(|build_type| build_type.name == name);
    let is_flavour = |name: &str| gradle.flavours.iter().any(|flavour| flavour.name == name);
    match name {
        "main" => SetKind::Main,
        "release" => SetKind::Release,
        _ if name.starts_with("test") || name.starts_with("androidTest") || capital("Test") => SetKind::Test,
        _ if is_flavour(name) => SetKind::Flavour,
        // React Native's plugin makes `debugOptimized` without any word in the app's own files.
        _ if name.starts_with("debug") || capital("Debug") => SetKind::Debug,
        _ if is_build_type(name) => SetKind::OtherBuildType,
        _ if name.strip_suffix("Release").is_some_and(|flavour| !flavour.is_empty()) => SetKind::FlavourRelease,
        _ => SetKind::Flavour,
    }
}
