//! Which of an app's files go to users: not those of tests, of libraries, and of builds for developing.

use crate::facts::android::{AndroidProject, Build};
use crate::facts::capacitor::{ConfigFacts, ConfigFile, Role, Scalar, Setting};
use crate::facts::ios::{InfoPlist, IosFacts, Product};
use crate::model::{Fact, Location, Root};

/// The builds of an Android project that go to users: the plain release and that of each flavour.
pub fn releases(project: &AndroidProject) -> impl Iterator<Item = &Build> {
    project.builds.iter().filter(|build| build.is_release)
}

/// The property lists of the app and its extensions, without those of tests, libraries and debug configurations.
pub fn shipped_lists(ios: &IosFacts) -> impl Iterator<Item = &InfoPlist> {
    ios.info
        .iter()
        .filter(|info| !matches!(info.product, Product::Test | Product::Other) && !is_for_debugging(ios, &info.file))
}

/// Whether only configurations for developing use this property list.
fn is_for_debugging(ios: &IosFacts, file: &str) -> bool {
    let names = |value: &String| {
        let value = value.rsplit([')', '}']).next().unwrap_or_default().trim_start_matches('/');
        !value.is_empty() && (file == value || file.ends_with(&format!("/{value}")))
    };
    let mut users = ios
        .settings
        .iter()
        .filter(|setting| setting.name == "INFOPLIST_FILE" && setting.value.known().is_some_and(names))
        .peekable();
    users.peek().is_some() && users.all(|setting| setting.is_debug)
}

/// The configuration that ships, and the copies of it in the native projects, without those of builds for developing.
pub fn shipping_configs(settings: &ConfigFacts) -> impl Iterator<Item = &ConfigFile> {
    let shipping = settings.shipping.known();
    let for_developing = |path: &str| {
        let set = path.split_once("/src/").and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default();
        ["debug", "test", "androidTest"].iter().any(|start| set.starts_with(start)) || set.contains("Debug")
    };
    settings.files.iter().filter(move |file| {
        Some(&file.path) == shipping || matches!(file.role, Role::Android | Role::Ios) && !for_developing(&file.path)
    })
}

/// Every value that a setting may have, with its place and the condition under which it has it.
#[must_use]
pub fn values(file: &ConfigFile, keys: &[&str]) -> Vec<(Fact<Scalar>, Option<String>, Location)> {
    let Some(settings) = file.settings.known() else { return Vec::new() };
    let Some(setting) = settings.get(keys) else {
        return match settings.state(keys) {
            Fact::Unknown(why) => vec![(Fact::Unknown(why), None, Location::file(Root::App, &file.path))],
            _ => Vec::new(),
        };
    };
    settings.possible(keys).into_iter().map(|(value, when)| (value, when, setting_place(setting))).collect()
}

/// Where a setting stands.
#[must_use]
pub fn setting_place(setting: &Setting) -> Location {
    Location::at(Root::App, &setting.file, setting.position)
}
