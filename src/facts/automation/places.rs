//! Where CI files and release scripts stand, and how they are opened: no link is followed, nothing is searched deeply.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::AutomationKind::{
    self, Azure, Bitbucket, Bitrise, Circle, Codemagic, Fastfile, GithubAction, GithubWorkflow, Gitlab, OtherYaml,
    PackageJson, Shell,
};

/// Files read of one folder.
const MOST_FILES: usize = 500;
/// Entries looked at in one directory.
const MOST_ENTRIES: usize = 2_000;

/// Files with a fixed name.
const FILES: &[(&str, AutomationKind)] = &[
    (".gitlab-ci.yml", Gitlab),
    (".gitlab-ci.yaml", Gitlab),
    ("bitrise.yml", Bitrise),
    ("bitrise.yaml", Bitrise),
    (".circleci/config.yml", Circle),
    ("codemagic.yaml", Codemagic),
    ("codemagic.yml", Codemagic),
    ("bitbucket-pipelines.yml", Bitbucket),
    (".drone.yml", OtherYaml),
    (".woodpecker.yml", OtherYaml),
    (".travis.yml", OtherYaml),
    ("appflow.yml", OtherYaml),
    ("Makefile", Shell),
    ("makefile", Shell),
    ("justfile", Shell),
    ("Justfile", Shell),
    ("package.json", PackageJson),
    ("fastlane/Fastfile", Fastfile),
    ("android/fastlane/Fastfile", Fastfile),
    ("ios/fastlane/Fastfile", Fastfile),
    ("ios/App/fastlane/Fastfile", Fastfile),
];

/// Directories, with the ends of the names of their files.
const DIRECTORIES: &[(&str, &[&str], AutomationKind)] = &[
    (".github/workflows", &[".yml", ".yaml"], GithubWorkflow),
    (".eas/workflows", &[".yml", ".yaml"], OtherYaml),
    (".gitlab", &[".yml", ".yaml"], Gitlab),
    (".gitlab/ci", &[".yml", ".yaml"], Gitlab),
    (".azure-pipelines", &[".yml", ".yaml"], Azure),
    (".azuredevops", &[".yml", ".yaml"], Azure),
    (".woodpecker", &[".yml", ".yaml"], OtherYaml),
    ("", &[".sh"], Shell),
    ("scripts", &[".sh"], Shell),
    ("script", &[".sh"], Shell),
    ("ci", &[".sh"], Shell),
    (".ci", &[".sh"], Shell),
    ("bin", &[".sh"], Shell),
    ("tools", &[".sh"], Shell),
    (".github/scripts", &[".sh"], Shell),
    ("ios/App/ci_scripts", &[".sh"], Shell),
    ("ios/ci_scripts", &[".sh"], Shell),
];

/// The files of a folder in the order of their paths, and whether there were too many.
pub fn find(folder: &Path) -> (Vec<(String, AutomationKind)>, bool) {
    let mut found: Vec<(String, AutomationKind)> = Vec::new();
    let mut cut = false;
    for (path, kind) in FILES {
        if is_file(folder, path) {
            found.push(((*path).to_owned(), *kind));
        }
    }
    for (directory, ends, kind) in DIRECTORIES {
        for name in names(folder, directory, &mut cut) {
            if ends.iter().any(|end| name.ends_with(end)) {
                found.push((join(directory, &name), *kind));
            }
        }
    }
    for name in names(folder, "", &mut cut) {
        let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
        if name.starts_with("azure-pipelines") && is_yaml {
            found.push((name, Azure));
        } else if name.starts_with("appcenter-") && !name.ends_with(".sh") {
            found.push((name, Shell));
        }
    }
    for name in names(folder, ".github/actions", &mut cut) {
        for file in ["action.yml", "action.yaml"] {
            let path = format!(".github/actions/{name}/{file}");
            if is_file(folder, &path) {
                found.push((path, GithubAction));
            }
        }
    }
    found.sort();
    // Some file systems tell no small letters from large ones.
    found.dedup_by(|one, other| one.0.eq_ignore_ascii_case(&other.0));
    cut |= found.len() > MOST_FILES;
    found.truncate(MOST_FILES);
    (found, cut)
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

/// The path below `folder`, when none of its parts is a link.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let mut real = folder.to_path_buf();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        real.push(part);
        if fs::symlink_metadata(&real).ok()?.file_type().is_symlink() {
            return None;
        }
    }
    Some(real)
}

fn is_file(folder: &Path, path: &str) -> bool {
    inside(folder, path).is_some_and(|real| real.is_file())
}

/// The names in a directory, sorted.
fn names(folder: &Path, directory: &str, cut: &mut bool) -> Vec<String> {
    let Some(entries) = inside(folder, directory).and_then(|real| fs::read_dir(real).ok()) else { return Vec::new() };
    let mut names = Vec::new();
    for entry in entries.flatten() {
        if names.len() >= MOST_ENTRIES {
            *cut = true;
            break;
        }
        let regular = entry.file_type().is_ok_and(|kind| !kind.is_symlink());
        if let Some(name) = entry.file_name().to_str().filter(|_| regular) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    names
}

/// The bytes of a file.
///
/// # Errors
/// Why it can't be read.
pub fn read(folder: &Path, path: &str, most: usize) -> Result<Vec<u8>, String> {
    let real = inside(folder, path).ok_or("it is a link")?;
    if !real.is_file() {
        return Err("it is no regular file".to_owned());
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    File::open(&real)
        .and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(|error| error.kind().to_string())?;
    if bytes.len() > most { Err(format!("more than {most} bytes")) } else { Ok(bytes) }
}
