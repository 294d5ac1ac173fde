//! Which versions of npm packages an app has: from lockfiles, from what is installed, and from what is declared.

mod bun;
pub(in crate::facts) mod disk;
mod manifest;
mod native;
mod npm;
mod pnpm;
mod workspace;
mod yarn;

use std::path::Path;

use crate::inputs::decode;
use serde::Serialize;

use crate::model::{Fact, Position, printable};
use disk::{Disk, Looked};

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Packages {
    /// Every statement about a version, in the order of [`SOURCES`], within a file in its order. Statements that contradict
    /// one another are all kept.
    pub installed: Vec<Installed>,
    /// Files about packages that could not be read: what they would say is not known.
    pub unread: Vec<Unread>,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Its path.
    pub path: String,
    /// Why.
    pub why: String,
}

/// What one file says about one package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Installed {
    /// The npm name.
    pub package: String,
    /// The version: known when the file says exactly one; unknown for a range, an address or a branch, with the reason.
    pub version: Fact<String>,
    /// The text that stands there when it is no version: `^8.0.0`, `github:owner/name`.
    pub range: Option<String>,
    /// How the file knows.
    pub exactness: Exactness,
    /// The file, relative to the folder, with `/`; `../` leads to the top of its workspace.
    pub source: String,
    /// Where in the file.
    pub position: Option<Position>,
}

/// How a version is known. Ordered: what is declared may be otherwise when installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exactness {
    /// `package.json` asks for it.
    Declared,
    /// A lockfile holds it fast.
    Locked,
    /// The package's own files are there.
    Installed,
}

type Reader = fn(&str, &mut Found<'_>) -> Result<(), String>;

/// The files that are looked for, surest of the app's wishes first. Capacitor and Cordova projects have them at these places.
pub const SOURCES: [&str; 18] = [
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
    "ios/App/Podfile.lock",
    "ios/Podfile.lock",
    "Podfile.lock",
    "ios/App/CapApp-SPM/Package.resolved",
    "ios/App/Package.resolved",
    "ios/App/App.xcodeproj/project.xcworkspace/xcshareddata/swiftpm/Package.resolved",
    "ios/App/App.xcworkspace/xcshareddata/swiftpm/Package.resolved",
    "ios/App.xcodeproj/project.xcworkspace/xcshareddata/swiftpm/Package.resolved",
    "ios/App.xcworkspace/xcshareddata/swiftpm/Package.resolved",
    "ios/Package.resolved",
    "Package.resolved",
];

fn reader(path: &str) -> Reader {
    match path.rsplit('/').next().unwrap_or(path) {
        "package.json" => manifest::declared,
        "package-lock.json" | "npm-shrinkwrap.json" => npm::read,
        "yarn.lock" => yarn::read,
        "pnpm-lock.yaml" => pnpm::read,
        "bun.lock" => bun::read,
        "Podfile.lock" => native::pods,
        "Package.resolved" => native::swift,
        _ => |_, _| {
            Err("binary bun.lockb: only bun reads it; `bun install --save-text-lockfile` writes bun.lock".to_owned())
        },
    }
}

/// Reads what the folder of an app says about the packages `names`, and the lockfiles and installed packages at the top of the
/// workspace that it is part of. Nothing else outside the folder is opened.
#[must_use]
pub fn read_packages(folder: &Path, names: &[&str]) -> Packages {
    let mut packages = Packages::default();
    let disk = match Disk::open(folder) {
        Ok(disk) => disk,
        Err(why) => {
            packages.unread.push(Unread { path: String::new(), why });
            return packages;
        }
    };
    for path in SOURCES {
        // Opening it would say nothing more.
        let looked = if path.ends_with(".lockb") { disk.is_there(path) } else { disk.read(path) };
        packages.take(path, looked, names, Exactness::Locked, reader(path));
    }
    let workspace = workspace::above(folder);
    for name in names.iter().filter(|name| is_npm_name(name)) {
        let path = format!("node_modules/{name}/package.json");
        let looked = workspace.as_ref().map_or_else(|| disk.read(&path), |workspace| workspace.read_own(&path));
        packages.take(&path, looked, &[name], Exactness::Installed, manifest::own);
    }
    if let Some(workspace) = workspace {
        workspace.add(&mut packages, names, !matches!(disk.is_there("package.json"), Looked::Absent));
    }
    packages
}

impl Packages {
    /// The statements about one package.
    pub fn of<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Installed> {
        self.installed.iter().filter(move |one| one.package == name)
    }

    /// The versions that may be in the app, each once. What is locked or installed counts; what is only declared counts when
    /// nothing else is there. Not knowing one of them is not knowing.
    #[must_use]
    pub fn versions(&self, name: &str) -> Fact<Vec<String>> {
        let sure = self.of(name).any(|one| one.exactness > Exactness::Declared);
        let mut known = Vec::new();
        let mut unknown = None;
        for one in self.of(name).filter(|one| !sure || one.exactness > Exactness::Declared) {
            match &one.version {
                Fact::Known(version) if !known.contains(version) => known.push(version.clone()),
                Fact::Known(_) | Fact::Absent => {}
                Fact::Unreadable(why) => return Fact::Unreadable(format!("{}: {why}", one.source)),
                Fact::Unknown(why) => unknown = Some(format!("{}: {why}", one.source)),
            }
        }
        match (unknown, self.unread.first()) {
            (Some(why), _) => Fact::Unknown(why),
            (None, Some(unread)) if known.is_empty() => Fact::Unreadable(format!("{}: {}", unread.path, unread.why)),
            _ if known.is_empty() => Fact::Absent,
            _ => Fact::Known(known),
        }
    }

    fn take(&mut self, path: &str, looked: Looked, names: &[&str], exactness: Exactness, read: Reader) {
        let exactness = if path == "package.json" { Exactness::Declared } else { exactness };
        let result = match looked {
            Looked::Absent => return,
            Looked::Unreadable(why) => Err(why),
            Looked::Bytes(bytes) => {
                let text = decode(&bytes).text;
                let mut found = Found { names, exactness, source: path, installed: Vec::new(), full: false };
                read(&text, &mut found).and_then(|()| {
                    if found.full {
                        Err(format!("more than {} versions of the packages asked for", Found::MOST))
                    } else {
                        Ok(found.installed)
                    }
                })
            }
        };
        match result {
            Ok(installed) => self.installed.extend(installed),
            Err(why) => {
                // What is declared and locked in a file that can't be read is there in some version.
                for name in names.iter().filter(|name| self.of(name).next().is_some()).copied().collect::<Vec<_>>() {
                    self.installed.push(Installed {
                        package: name.to_owned(),
                        version: Fact::Unreadable(why.clone()),
                        range: None,
                        exactness,
                        source: path.to_owned(),
                        position: None,
                    });
                }
                self.unread.push(Unread { path: path.to_owned(), why });
            }
        }
    }
}

/// The statements of one file, kept when they are about a package that was asked for.
struct Found<'a> {
    names: &'a [&'a str],
    exactness: Exactness,
    source: &'a str,
    installed: Vec<Installed>,
    /// Whether there were more.
    full: bool,
}

impl Found<'_> {
    /// A lockfile has a few versions of a package; one with more statements than this is refused as a whole, since
    /// leaving some out would hide what is installed.
    const MOST: usize = 1_000;

    fn wants(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    /// Notes what a file says: a version, or the text that stands in its place.
    fn note(&mut self, name: &str, text: &str, position: Option<Position>) {
        // An alias: what is installed under this name is another package.
        if let Some(aliased) = text.strip_prefix("npm:") {
            let (real, version) = split_name(aliased).unwrap_or((aliased, ""));
            if real != name {
                self.keep(
                    name,
                    Fact::Unknown(format!("replaced by `{}`", printable(aliased, 200))),
                    Some(text),
                    position,
                );
            }
            return self.note_plain(real, version, position);
        }
        self.note_plain(name, text, position);
    }

    fn note_plain(&mut self, name: &str, text: &str, position: Option<Position>) {
        // When it is full the file is refused; what follows needs no reading.
        if self.full || !self.wants(name) {
            return;
        }
        if let Some(version) = super::versions::exact(text) {
            return self.keep(name, Fact::Known(version.to_string()), None, position);
        }
        let shown = printable(text, 200);
        let why = match super::versions::VersionSet::parse(text) {
            Some(_) if shown.is_empty() => "no version is stated".to_owned(),
            Some(_) => format!("a range of versions, `{shown}`: which one is installed, only a lockfile says"),
            None => format!("not a version: `{shown}`"),
        };
        self.keep(name, Fact::Unknown(why), Some(text), position);
    }

    fn keep(&mut self, name: &str, version: Fact<String>, range: Option<&str>, position: Option<Position>) {
        if !self.wants(name) {
            return;
        }
        let installed = Installed {
            package: name.to_owned(),
            version,
            range: range.map(|range| printable(range, 200)),
            exactness: self.exactness,
            source: self.source.to_owned(),
            position,
        };
        let same = |other: &Installed| other.package == installed.package && other.version == installed.version;
        if self.installed.iter().any(same) {
            return;
        }
        self.full |= self.installed.len() >= Self::MOST;
        if !self.full {
            self.installed.push(installed);
        }
    }
}

/// `@owner/name@1.2.3` → name and the rest; the `@` at the start belongs to the name.
fn split_name(text: &str) -> Option<(&str, &str)> {
    let after = text.char_indices().skip(1).find(|(_, character)| *character == '@')?.0;
    let (name, rest) = text.split_at(after);
    rest.strip_prefix('@').map(|rest| (name, rest))
}

/// A name that is one folder, or one below its owner's: it is made part of a path.
fn is_npm_name(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
    };
    match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').is_some_and(|(owner, name)| part(owner) && part(name)),
        None => part(name),
    }
}

/// Text with the marks of an unfinished merge says two things at once.
fn refuse_conflicts(text: &str) -> Result<(), String> {
    let marked = text.lines().any(|line| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> "));
    if marked { Err("the marks of an unfinished merge are in it".to_owned()) } else { Ok(()) }
}

/// Lines with their numbers, ends of all systems removed.
fn numbered(text: &str) -> impl Iterator<Item = (u32, &str)> {
    text.lines().zip(1_u32..).map(|(line, number)| (number, line.trim_end()))
}

const fn at(line: u32, column: u32) -> Position {
    Position { line, column }
}

/// Removes one pair of quotes.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

#[cfg(test)]
mod tests;
