//! The workspace above an app: npm, Yarn, pnpm, Lerna and Nx keep one lockfile and the installed packages at its top.

use std::path::{Path, PathBuf};

use super::disk::{Disk, Looked};
use super::{Exactness, Installed, Packages, SOURCES, manifest, reader};
use crate::facts::versions::{VersionSet, exact};
use crate::inputs::{decode, parse_json};

/// How many folders above an app are looked at.
const MOST_LEVELS: usize = 8;
/// Files that make a folder the top of a workspace; a `package.json` does so with the key `workspaces`.
const MARKS: [&str; 3] = ["pnpm-workspace.yaml", "lerna.json", "nx.json"];
/// The lockfiles of npm packages among the sources.
const LOCKFILES: std::ops::Range<usize> = 1..7;

/// The top of the workspace that a folder is part of.
pub struct Workspace {
    disk: Disk,
    /// From the top to the folder, with `/`.
    inner: String,
    /// From the folder to the top: `../../`.
    back: String,
}

/// The lockfiles' names.
fn lockfiles() -> &'static [&'static str] {
    SOURCES.get(LOCKFILES).unwrap_or_default()
}

/// The workspace above a folder. A folder with a lockfile of its own is part of none, and the search ends at the top of a
/// git repository.
pub fn above(folder: &Path) -> Option<Workspace> {
    let mut place: PathBuf = std::fs::canonicalize(folder).ok()?;
    let own = Disk::open(&place).ok()?;
    if lockfiles().iter().any(|name| !matches!(own.is_there(name), Looked::Absent)) {
        return None;
    }
    let (mut inner, mut back) = (String::new(), String::new());
    for _ in 0..MOST_LEVELS {
        if place.join(".git").exists() {
            return None;
        }
        let name = place.file_name()?.to_str()?.to_owned();
        inner = if inner.is_empty() { name } else { format!("{name}/{inner}") };
        back.push_str("../");
        place = place.parent()?.to_owned();
        let disk = Disk::open(&place).ok()?;
        let marked = MARKS.iter().any(|name| matches!(disk.read(name), Looked::Bytes(_)));
        if marked || has_workspaces(&disk) {
            return Some(Workspace { disk, inner, back });
        }
    }
    None
}

fn has_workspaces(disk: &Disk) -> bool {
    let Looked::Bytes(bytes) = disk.read("package.json") else { return false };
    parse_json(&decode(&bytes).text).is_ok_and(|json| json.root.get("workspaces").is_some())
}

impl Workspace {
    /// A file of the folder itself, which may be a link to elsewhere in the workspace: pnpm makes such.
    pub fn read_own(&self, path: &str) -> Looked {
        self.disk.read(&format!("{}/{path}", self.inner))
    }

    /// Adds what the top says of the packages that the folder declares; of all where it declares nothing, as with Nx.
    pub fn add(&self, packages: &mut Packages, names: &[&str], has_package: bool) {
        let wanted: Vec<&str> =
            names.iter().copied().filter(|name| !has_package || packages.of(name).next().is_some()).collect();
        let from = packages.installed.len();
        if !has_package {
            let source = format!("{}package.json", self.back);
            packages.take(&source, self.disk.read("package.json"), &wanted, Exactness::Declared, manifest::declared);
        }
        for name in lockfiles() {
            let looked = if name.ends_with(".lockb") { self.disk.is_there(name) } else { self.disk.read(name) };
            packages.take(&format!("{}{name}", self.back), looked, &wanted, Exactness::Locked, reader(name));
        }
        for name in wanted.iter().filter(|name| super::is_npm_name(name)) {
            let installed = packages.of(name).any(|one| one.exactness == Exactness::Installed);
            if !installed {
                let path = format!("node_modules/{name}/package.json");
                let source = format!("{}{path}", self.back);
                packages.take(&source, self.disk.read(&path), &[name], Exactness::Installed, manifest::own);
            }
        }
        keep_declared(&mut packages.installed, from);
    }
}

/// One lockfile serves all apps of a workspace: of several versions those count that the folder's own `package.json` asks for.
fn keep_declared(installed: &mut Vec<Installed>, from: usize) {
    let (own, above) = installed.split_at(from.min(installed.len()));
    let fits = |one: &Installed| {
        let declared =
            own.iter().find(|other| other.package == one.package && other.exactness == Exactness::Declared)?;
        let asked = declared.version.known().or(declared.range.as_ref())?;
        Some(VersionSet::parse(asked)?.contains(&exact(one.version.known()?)?))
    };
    let kept: Vec<Installed> = above
        .iter()
        .filter(|one| {
            let others = || above.iter().any(|other| other.package == one.package && fits(other) == Some(true));
            fits(one) != Some(false) || !others()
        })
        .cloned()
        .collect();
    installed.truncate(from);
    installed.extend(kept);
}
