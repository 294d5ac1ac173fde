//! The binary that the store reviewed, as far as it lies beside the bundle inside it: `ios/App/App/public` and
//! `android/app/src/main/assets/public` of a project, `App.app/public` and `assets/public` of an unpacked binary.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::Serialize;

use super::capacitor::{ConfigFile, read_config};
use super::ios::plist;
use super::native::NativeVersion;
use super::plugins::{AppPlugins, Platform, read_binary_plugins};
use crate::model::{Fact, Location, Root, printable};

/// How the folder of web assets is called within a binary (`cli/src/config.ts`, `webDirAbs`).
const PUBLIC: &str = "public";
/// An Info.plist is small.
const MOST_BYTES: u64 = 1024 * 1024;

/// What lies beside the bundle inside a binary.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewedBinary {
    /// The platform, when the files tell.
    pub platform: Option<Platform>,
    /// The plugins that were built in.
    pub plugins: AppPlugins,
    /// The configuration that the binary holds; its values may be keys.
    #[serde(skip)]
    pub config: ConfigFile,
    /// The version of the native app.
    pub version: Option<NativeVersion>,
    /// Whether it is a copy within the app that was given, which is compared as such.
    pub within_app: bool,
}

/// Reads what lies beside `public`; nothing when that is no folder of a binary.
#[must_use]
pub fn read_binary(public: &Path, app: Option<&Path>) -> Option<ReviewedBinary> {
    let public = public.canonicalize().ok()?;
    let folder = public.parent()?;
    // `public` of a project that is yet to be built stands beside its package.json.
    if public.file_name()? != PUBLIC || !public.is_dir() || folder.join("package.json").exists() {
        return None;
    }
    let config = read_config(folder, None);
    let config = config.file("capacitor.config.json").cloned()?;
    let plugins = read_binary_plugins(folder);
    let is_android = plugins.listed.contains(&Platform::Android) || folder.ends_with("main/assets");
    let is_ios =
        plugins.listed.contains(&Platform::Ios) || folder.ends_with("App/App") || folder.join("Info.plist").exists();
    let platform = match (is_android, is_ios) {
        (true, false) => Some(Platform::Android),
        (false, true) => Some(Platform::Ios),
        _ => None,
    };
    let within_app = app.and_then(|app| app.canonicalize().ok()).is_some_and(|app| folder.starts_with(app));
    Some(ReviewedBinary { platform, plugins, config, version: version(folder), within_app })
}

fn version(folder: &Path) -> Option<NativeVersion> {
    let path = folder.join("Info.plist");
    let metadata = path.symlink_metadata().ok()?;
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(&path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes)).ok()?;
    let list = plist::parse(&bytes).ok()?;
    let text = |key: &str| match list.root.get(key).and_then(|value| value.as_str()) {
        Some(text) if text.contains('$') => Fact::Unknown("it is a build setting".to_owned()),
        Some(text) => Fact::Known(printable(text, 60)),
        None => Fact::Absent,
    };
    let position = list.root.entry("CFBundleShortVersionString").and_then(|entry| entry.position);
    let location = position.map_or_else(
        || Location::file(Root::App, "Info.plist"),
        |position| Location::at(Root::App, "Info.plist", position),
    );
    Some(NativeVersion {
        platform: Platform::Ios,
        name: text("CFBundleShortVersionString"),
        build: text("CFBundleVersion"),
        location,
    })
}
