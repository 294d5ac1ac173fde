//! Which files of an app's folder belong to its iOS side.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use super::Unread;

/// Files and folders that are looked at.
const MOST_STEPS: usize = 60_000;
/// Levels of folders within a native project.
const MOST_FOLDERS: usize = 14;
/// Bytes of a `project.pbxproj`; those of very large apps have 2 MiB.
pub(super) const MOST_PROJECT_BYTES: usize = 4 * 1024 * 1024;
/// Source files that are read.
pub(super) const MOST_SOURCES: usize = 2_000;
/// Bytes of one source file.
pub(super) const MOST_SOURCE_BYTES: usize = 1024 * 1024;

/// Folders with nothing of the app's own in them: dependencies, build results, the web assets.
const SKIPPED: &[&str] = &[
    "node_modules",
    "Pods",
    "build",
    "Build",
    "DerivedData",
    "Carthage",
    "SourcePackages",
    "vendor",
    "fastlane",
    "public",
    "www",
    "capacitor-cordova-ios-plugins",
    "CapApp-SPM",
    "xcuserdata",
];

/// The endings of folders that are bundles or results, not sources.
const SKIPPED_ENDINGS: &[&str] =
    &[".xcassets", ".xcworkspace", ".framework", ".xcframework", ".xcarchive", ".app", ".bundle", ".lproj", ".ipa"];

/// The files of the iOS side, relative to the app's folder, in order.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) roots: Vec<String>,
    pub(super) info: Vec<String>,
    pub(super) privacy: Vec<String>,
    pub(super) entitlements: Vec<String>,
    pub(super) expo: Vec<String>,
    pub(super) xcconfig: Vec<String>,
    pub(super) projects: Vec<String>,
    pub(super) sources: Vec<String>,
    /// Every other property list: one may be an Info.plist under a name of its own.
    pub(super) lists: Vec<String>,
    pub(super) unread: Vec<Unread>,
}

/// Finds them. Nothing outside the native folders is walked.
pub(super) fn find(app: &Path) -> Files {
    let mut files = Files { roots: roots(app), ..Files::default() };
    let mut steps = 0_usize;
    for root in files.roots.clone() {
        let start = if root.is_empty() { app.to_owned() } else { app.join(&root) };
        let walk = WalkDir::new(&start)
            .follow_links(false)
            .max_depth(MOST_FOLDERS)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry));
        for step in walk {
            steps += 1;
            if steps > MOST_STEPS {
                files.unread.push(Unread {
                    file: root,
                    why: format!("more than {MOST_STEPS} files; those after are not examined"),
                });
                return files;
            }
            let Ok(entry) = step else { continue };
            if entry.file_type().is_file()
                && let Some(path) = relative(app, entry.path())
            {
                files.sort_in(path);
            }
        }
    }
    files
}

impl Files {
    fn sort_in(&mut self, path: String) {
        let name = path.rsplit('/').next().unwrap_or_default();
        let list = match name {
            "project.pbxproj" => &mut self.projects,
            "Expo.plist" => &mut self.expo,
            "GoogleService-Info.plist" => return,
            _ if name.ends_with(".xcprivacy") => &mut self.privacy,
            _ if name.ends_with(".entitlements") => &mut self.entitlements,
            _ if name.ends_with(".xcconfig") => &mut self.xcconfig,
            _ if is_info(name) => &mut self.info,
            _ if name.ends_with(".plist") => &mut self.lists,
            _ if [".swift", ".m", ".mm"].iter().any(|ending| name.ends_with(ending)) => &mut self.sources,
            _ => return,
        };
        list.push(path);
    }
}

/// `Info.plist`, `App-Info.plist`, `Info-Debug.plist`, `NotificationInfo.plist`: names that Xcode and Cordova give.
fn is_info(name: &str) -> bool {
    name.strip_suffix(".plist").is_some_and(|stem| stem.ends_with("Info") || stem.starts_with("Info"))
}

fn is_skipped(entry: &DirEntry) -> bool {
    if !entry.file_type().is_dir() {
        return false;
    }
    let Some(name) = entry.file_name().to_str() else { return true };
    name.starts_with('.') || SKIPPED.contains(&name) || SKIPPED_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// The native folders: Capacitor's and React Native's `ios`, Cordova's `platforms/ios`, Quasar's `src-capacitor/ios`, a
/// folder with an Xcode project of its own, or the app's folder itself when it is a native project.
fn roots(app: &Path) -> Vec<String> {
    let mut roots: BTreeSet<String> = BTreeSet::new();
    for known in ["ios", "platforms/ios", "src-capacitor/ios", "src-cordova/platforms/ios"] {
        let is_inside = known.split('/').scan(app.to_owned(), |path, part| {
            path.push(part);
            Some(is_folder(path))
        });
        if is_inside.into_iter().all(|is| is) {
            roots.insert(known.to_owned());
        }
    }
    if !roots.is_empty() {
        return roots.into_iter().collect();
    }
    if is_native(app) {
        return vec![String::new()];
    }
    let children = fs::read_dir(app).into_iter().flatten().take(MOST_STEPS).flatten();
    for child in children {
        let path = child.path();
        let name = child.file_name();
        let Some(name) = name.to_str() else { continue };
        if !name.starts_with('.') && !SKIPPED.contains(&name) && is_folder(&path) && is_native(&path) {
            roots.insert(name.to_owned());
        }
    }
    roots.into_iter().collect()
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|data| data.is_dir())
}

/// A folder with an Xcode project in it, or a target's own folder.
fn is_native(folder: &Path) -> bool {
    let mut names = fs::read_dir(folder).into_iter().flatten().take(MOST_STEPS).flatten();
    names.any(|child| {
        child.file_name().to_str().is_some_and(|name| name.ends_with(".xcodeproj") || name == "Info.plist")
    })
}

fn relative(app: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(app).ok()?.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("/"))
}

/// The bytes of a file of at most `most` bytes that is no link.
pub(super) fn read(app: &Path, path: &str, most: usize) -> Result<Vec<u8>, String> {
    let full = app.join(path);
    let data = fs::symlink_metadata(&full).map_err(|error| error.kind().to_string())?;
    if !data.is_file() {
        return Err("not a plain file".to_owned());
    }
    let file = fs::File::open(&full).map_err(|error| error.kind().to_string())?;
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| error.kind().to_string())?;
    if bytes.len() > most { Err(format!("larger than {most} bytes")) } else { Ok(bytes) }
}
