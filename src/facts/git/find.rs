//! Finds the repository that an app lies in, and refuses one that would lead the reader elsewhere.

use std::fs::Metadata;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use crate::model::Fact;

/// How many folders above the app are looked into.
const MOST_PARENTS: usize = 64;
/// The longest file that holds one path or one name.
const LONGEST_POINTER: u64 = 4096;
/// The most files of a folder of packs.
const MOST_PACKS: usize = 10_000;
/// How often one reference may name another (git's own `SYMREF_MAXDEPTH`).
const MOST_REFERENCES: usize = 5;
/// The files of a repository that are opened by name.
const FILES: [&str; 8] =
    ["HEAD", "config", "config.worktree", "packed-refs", "shallow", "commondir", "gitdir", "objects/info/packs"];
/// The folders of a repository that are looked into by name.
const FOLDERS: [&str; 5] = ["objects", "objects/pack", "objects/info", "refs", "refs/heads"];

/// A repository, and where in it the app lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its folder, or the worktree's own part of it.
    pub(super) git_dir: PathBuf,
    /// The folder that holds the objects; another one for a worktree.
    pub(super) common_dir: PathBuf,
    /// The app's path below the working tree, with `/` and one at its end; empty for the top.
    pub(super) prefix: String,
}

/// Looks for `.git` in the app's folder and in those above it (gitrepository-layout(5)).
pub(super) fn find(app: &Path) -> Fact<Place> {
    let Ok(app) = app.canonicalize() else { return Fact::Unreadable("the app's folder can't be opened".to_owned()) };
    for folder in app.ancestors().take(MOST_PARENTS) {
        let dot_git = folder.join(".git");
        let Some(metadata) = seen(&dot_git) else { continue };
        return match place(&app, folder, &dot_git, &metadata) {
            Ok(place) => Fact::Known(place),
            Err(why) => why,
        };
    }
    Fact::Absent
}

fn seen(path: &Path) -> Option<Metadata> {
    path.symlink_metadata().ok()
}

fn refused<T>(why: &str) -> Result<T, Fact<Place>> {
    Err(Fact::Unreadable(why.to_owned()))
}

fn place(app: &Path, folder: &Path, dot_git: &Path, metadata: &Metadata) -> Result<Place, Fact<Place>> {
    let git_dir = if metadata.is_dir() {
        dot_git.to_owned()
    } else if metadata.is_file() {
        linked(folder, dot_git)?
    } else {
        return refused("`.git` is a symbolic link or a special file, which is not followed");
    };
    let common_dir = common(&git_dir)?;
    checked(&git_dir, &common_dir)?;
    let mut prefix = String::new();
    for part in app.strip_prefix(folder).into_iter().flat_map(Path::components) {
        let Some(part) = part.as_os_str().to_str() else { return refused("the app's path is not valid Unicode") };
        prefix.push_str(part);
        prefix.push('/');
    }
    Ok(Place { git_dir, common_dir, prefix })
}

/// What a `.git` file points at: a worktree, whose folder points back, or a submodule, which lies below the `.git`
/// folder of a repository around it. Anything else could be any repository of the machine.
fn linked(folder: &Path, dot_git: &Path) -> Result<PathBuf, Fact<Place>> {
    let Some(target) =
        pointer(dot_git).and_then(|text| text.strip_prefix("gitdir:").map(|path| path.trim().to_owned()))
    else {
        return refused("the file `.git` names no repository");
    };
    let Ok(git_dir) = folder.join(target).canonicalize() else {
        return refused("the repository that the file `.git` names is not there");
    };
    let back = pointer(&git_dir.join("gitdir")).and_then(|text| git_dir.join(text.trim()).canonicalize().ok());
    let worktree = back.is_some_and(|back| dot_git.canonicalize().is_ok_and(|own| own == back));
    let submodule = || {
        folder.ancestors().skip(1).take(MOST_PARENTS).any(|around| {
            let modules = around.join(".git").join("modules");
            seen(&modules).is_some_and(|metadata| metadata.is_dir()) && git_dir.starts_with(&modules)
        })
    };
    if worktree || submodule() {
        return Ok(git_dir);
    }
    refused("the file `.git` names a repository that does not belong to this folder")
}

/// The folder that a worktree shares with its repository: one above it, or it would lead elsewhere.
fn common(git_dir: &Path) -> Result<PathBuf, Fact<Place>> {
    if seen(&git_dir.join("commondir")).is_none() {
        return Ok(git_dir.to_owned());
    }
    let common = pointer(&git_dir.join("commondir")).and_then(|text| git_dir.join(text.trim()).canonicalize().ok());
    match common.filter(|common| git_dir.canonicalize().is_ok_and(|own| own.starts_with(common))) {
        Some(common) => Ok(common),
        None => refused("the worktree's `commondir` leads out of its repository"),
    }
}

/// A short file of one line.
fn pointer(path: &Path) -> Option<String> {
    seen(path).filter(|metadata| metadata.is_file() && metadata.len() <= LONGEST_POINTER)?;
    let mut text = String::new();
    std::fs::File::open(path).ok()?.take(LONGEST_POINTER).read_to_string(&mut text).ok()?;
    Some(text.trim_end().to_owned())
}

/// Refuses links, which would lead elsewhere, and pipes, on which a reader waits for ever.
fn checked(git_dir: &Path, common_dir: &Path) -> Result<(), Fact<Place>> {
    for root in [git_dir, common_dir] {
        let wrong = |name: &&str, file: bool| {
            seen(&root.join(name)).is_some_and(|found| if file { !found.is_file() } else { !found.is_dir() })
        };
        if FILES.iter().any(|name| wrong(name, true)) || FOLDERS.iter().any(|name| wrong(name, false)) {
            return refused("the git repository holds a symbolic link or a special file where git keeps its own");
        }
    }
    if seen(&common_dir.join("objects/info/alternates")).is_some() {
        let why =
            "the git repository borrows objects from another one (`objects/info/alternates`), which is not followed";
        return Err(Fact::Unknown(why.to_owned()));
    }
    if seen(&common_dir.join("reftable")).is_some() {
        return Err(Fact::Unknown(
            "the git repository keeps its references as a reftable, which is not read".to_owned(),
        ));
    }
    if let Ok(packs) = std::fs::read_dir(common_dir.join("objects/pack")) {
        for (number, pack) in packs.enumerate() {
            let regular = pack.and_then(|pack| pack.file_type()).is_ok_and(|kind| kind.is_file());
            if number >= MOST_PACKS || !regular {
                return refused("the git repository's packs are not all regular files, or too many");
            }
        }
    }
    head(git_dir, common_dir)
}

/// Follows `HEAD` only to see that each file on the way is one.
fn head(git_dir: &Path, common_dir: &Path) -> Result<(), Fact<Place>> {
    let mut name = "HEAD".to_owned();
    for _ in 0..MOST_REFERENCES {
        let path = if name == "HEAD" { git_dir.join(&name) } else { common_dir.join(&name) };
        let Some(metadata) = seen(&path) else { break };
        let Some(text) = pointer(&path).filter(|_| metadata.is_file()) else {
            return refused("a reference of the git repository can't be read");
        };
        let Some(next) = text.strip_prefix("ref:").map(str::trim) else { return Ok(()) };
        let plain = Path::new(next).components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || !next.starts_with("refs/") {
            return refused("a reference of the git repository leads out of it");
        }
        next.clone_into(&mut name);
    }
    if name == "HEAD" { refused("the git repository has no `HEAD`") } else { Ok(()) }
}
