//! Walks the commits from `HEAD`, the newest first, and notes the first commit that has each version of a file.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::path::PathBuf;
use std::rc::Rc;

use gix::objs::{CommitRefIter, Kind, TreeRefIter};
use gix::{ObjectId, Repository};

use super::find::Place;
use super::{Commit, History, Visit, day_of};
use crate::model::{Fact, printable};

/// The most commits that are read; in a longer history the newest ones.
const MOST_COMMITS: usize = 20_000;
/// The most files whose versions are looked for.
const MOST_PATHS: usize = 100;
/// The deepest of them.
const MOST_PARTS: usize = 64;
/// The most bytes of objects that are unpacked in all, and what each object costs besides.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
const OBJECT_COST: u64 = 512;
/// The largest object that is unpacked, for gix.
const LARGEST_OBJECT: &str = "gitoxide.objects.allocLimit=8388608";
/// Git's own first commit is of 7 April 2005: an earlier date is that of a wrong clock.
const FIRST_SECOND: i64 = 1_112_832_000;

/// Why an object is not there.
enum Trouble {
    Missing,
    Broken(String),
    Budget,
}

pub(super) fn versions(place: &Place, paths: &[&str], visit: Visit<'_>) -> Fact<History> {
    let repository = match open(place) {
        Ok(repository) => repository,
        Err(why) => return Fact::Unreadable(format!("the git repository can't be opened: {}", printable(&why, 200))),
    };
    let head = match repository.head().and_then(gix::Head::try_into_peeled_id) {
        Ok(Some(head)) => head.detach(),
        // A repository before its first commit.
        Ok(None) => return Fact::Known(History::default()),
        Err(error) => {
            return Fact::Unreadable(format!("`HEAD` can't be followed: {}", printable(&error.to_string(), 200)));
        }
    };
    let boundary = match repository.shallow_commits() {
        Ok(boundary) => boundary.map(|ids| ids.iter().copied().collect::<BTreeSet<ObjectId>>()).unwrap_or_default(),
        Err(_) => return Fact::Unreadable("the list of the shallow clone's boundary can't be read".to_owned()),
    };
    let mut walk = Walk {
        objects: place.common_dir.join("objects"),
        left: Cell::new(MOST_BYTES),
        history: History { commits: 0, shallow: !boundary.is_empty(), partial: None },
        nodes: vec![Node::default()],
        memo: BTreeMap::new(),
        first: BTreeMap::new(),
        repository,
    };
    if walk.plant(&place.prefix, paths) {
        walk.cut(&format!("more than {MOST_PATHS} files"));
    }
    if let Err(why) = walk.commits(head, &boundary) {
        return Fact::Unreadable(why);
    }
    walk.show(visit);
    Fact::Known(walk.history)
}

fn open(place: &Place) -> Result<Repository, String> {
    let options = gix::open::Options::isolated()
        .open_path_as_is(true)
        .with(gix::sec::Trust::Reduced)
        .config_overrides([LARGEST_OBJECT, "core.useReplaceRefs=false"]);
    let repository = options.open(place.git_dir.clone()).map_err(|error| error.to_string())?;
    let mut repository = repository.to_thread_local();
    repository.object_cache_size_if_unset(4 * 1024 * 1024);
    Ok(repository)
}

/// One part of the paths that are looked for.
#[derive(Default)]
struct Node {
    children: BTreeMap<Vec<u8>, usize>,
    path: Option<usize>,
}

/// The versions that a tree has: the number of the path, and the blob.
type Versions = Rc<[(usize, ObjectId)]>;

struct Walk {
    objects: PathBuf,
    left: Cell<u64>,
    history: History,
    nodes: Vec<Node>,
    /// What a folder has, by its tree and its part of the paths: most folders stay the same from commit to commit.
    memo: BTreeMap<(ObjectId, usize), Versions>,
    first: BTreeMap<(usize, ObjectId), (i64, ObjectId, bool)>,
    repository: Repository,
}

/// What is needed of a commit.
struct Read {
    tree: ObjectId,
    parents: Vec<ObjectId>,
    seconds: i64,
}

impl Walk {
    /// Adds the paths; whether some had to be left out.
    fn plant(&mut self, prefix: &str, paths: &[&str]) -> bool {
        let mut left_out = paths.len() > MOST_PATHS;
        for (number, path) in paths.iter().enumerate().take(MOST_PATHS) {
            let whole = format!("{prefix}{path}");
            let parts: Vec<&str> = whole.split('/').filter(|part| !part.is_empty()).collect();
            if parts.len() > MOST_PARTS {
                left_out = true;
                continue;
            }
            let mut at = 0;
            for part in parts {
                let fresh = self.nodes.len();
                let Some(node) = self.nodes.get_mut(at) else { break };
                at = *node.children.entry(part.as_bytes().to_vec()).or_insert(fresh);
                if at == fresh {
                    self.nodes.push(Node::default());
                }
            }
            if let Some(node) = self.nodes.get_mut(at) {
                node.path = Some(number);
            }
        }
        left_out
    }

    fn cut(&mut self, why: &str) {
        self.history.partial.get_or_insert_with(|| why.to_owned());
    }

    /// An object's bytes. A loose one must be a regular file: git writes nothing else, and a pipe would never end.
    fn object(&self, id: ObjectId, kind: Kind) -> Result<Vec<u8>, Trouble> {
        let name = id.to_hex().to_string();
        if let Some((folder, rest)) = name.split_at_checked(2)
            && self.objects.join(folder).join(rest).symlink_metadata().is_ok_and(|metadata| !metadata.is_file())
        {
            return Err(Trouble::Broken(format!("object {name} is no regular file")));
        }
        let object = match self.repository.try_find_object(id) {
            Ok(Some(object)) => object,
            Ok(None) => return Err(Trouble::Missing),
            Err(error) => return Err(Trouble::Broken(printable(&format!("object {name}: {error}"), 200))),
        };
        let cost = OBJECT_COST.saturating_add(object.data.len() as u64);
        let Some(left) = self.left.get().checked_sub(cost) else { return Err(Trouble::Budget) };
        self.left.set(left);
        if object.kind == kind {
            Ok(object.detach().data)
        } else {
            Err(Trouble::Broken(format!("object {name} is no {kind}")))
        }
    }

    fn commit(&self, id: ObjectId) -> Result<Read, Trouble> {
        let data = self.object(id, Kind::Commit)?;
        let iter = || CommitRefIter::from_bytes(&data, id.kind());
        let broken = || Trouble::Broken(format!("commit {id} can't be read"));
        let tree = iter().tree_id().map_err(|_| broken())?;
        let committer = iter().committer().map_err(|_| broken())?;
        let seconds = committer.time().map_err(|_| broken())?.seconds;
        Ok(Read { tree, parents: iter().parent_ids().collect(), seconds })
    }

    /// Reads the commits.
    ///
    /// # Errors
    /// When not even the first can be read.
    fn commits(&mut self, head: ObjectId, boundary: &BTreeSet<ObjectId>) -> Result<(), String> {
        let first = self.commit(head).map_err(|trouble| format!("the newest commit: {}", words(&trouble)))?;
        let mut times = BTreeMap::from([(head, first.seconds)]);
        let mut open = BinaryHeap::from([(first.seconds, head)]);
        let mut read = BTreeMap::from([(head, first)]);
        while let Some((seconds, id)) = open.pop() {
            let Some(commit) = read.remove(&id) else { continue };
            // The date of a parent shows a clock that goes wrong; the later of the two claims the lesser age.
            let mut latest = seconds;
            for parent in commit.parents.iter().filter(|_| !boundary.contains(&id)) {
                if let Some(known) = times.get(parent) {
                    latest = latest.max(*known);
                    continue;
                }
                if times.len() >= MOST_COMMITS {
                    self.cut(&format!("more than {MOST_COMMITS} commits"));
                    break;
                }
                match self.commit(*parent) {
                    Ok(commit) => {
                        times.insert(*parent, commit.seconds);
                        latest = latest.max(commit.seconds);
                        open.push((commit.seconds, *parent));
                        read.insert(*parent, commit);
                    }
                    Err(trouble) => self.cut(&format!("a commit: {}", words(&trouble))),
                }
            }
            self.history.commits += 1;
            for (path, blob) in self.tree(commit.tree, 0).iter() {
                let candidate = (latest, id, latest > seconds);
                let known = self.first.entry((*path, *blob)).or_insert(candidate);
                if latest <= known.0 && latest >= FIRST_SECOND || known.0 < FIRST_SECOND {
                    *known = candidate;
                }
            }
        }
        Ok(())
    }

    /// The versions in a folder; as deep as the paths are.
    fn tree(&mut self, id: ObjectId, node: usize) -> Versions {
        if let Some(known) = self.memo.get(&(id, node)) {
            return Rc::clone(known);
        }
        let mut found = Vec::new();
        let mut folders = Vec::new();
        match self.object(id, Kind::Tree) {
            Ok(data) => {
                for entry in TreeRefIter::from_bytes(&data, id.kind()) {
                    let Ok(entry) = entry else {
                        self.cut("a tree is damaged");
                        break;
                    };
                    let child =
                        self.nodes.get(node).and_then(|node| node.children.get(entry.filename.as_ref() as &[u8]));
                    let Some((child, node)) = child.and_then(|at| Some((*at, self.nodes.get(*at)?))) else { continue };
                    match node.path.filter(|_| entry.mode.is_blob()) {
                        Some(path) => found.push((path, entry.oid.to_owned())),
                        None if entry.mode.is_tree() && !node.children.is_empty() => {
                            folders.push((entry.oid.to_owned(), child));
                        }
                        None => {}
                    }
                }
            }
            Err(trouble) => self.cut(&format!("a tree: {}", words(&trouble))),
        }
        for (id, child) in folders {
            found.extend(self.tree(id, child).iter());
        }
        let found: Versions = found.into();
        self.memo.insert((id, node), Rc::clone(&found));
        found
    }

    fn show(&mut self, visit: Visit<'_>) {
        let mut versions: Vec<_> =
            std::mem::take(&mut self.first).into_iter().map(|((path, blob), first)| (path, first, blob)).collect();
        versions.sort_unstable();
        let mut done = None;
        for (path, (seconds, commit, skewed), blob) in versions {
            if done == Some(path) {
                continue;
            }
            let Some(date) = day_of(seconds).filter(|_| seconds >= FIRST_SECOND) else {
                self.cut("a commit has a date before git's first");
                continue;
            };
            match self.object(blob, Kind::Blob) {
                Ok(data) => {
                    let commit = Commit { date, seconds, id: commit.to_string(), skewed };
                    if visit(path, &commit, &data).is_break() {
                        done = Some(path);
                    }
                }
                Err(trouble) => self.cut(&format!("a file's version: {}", words(&trouble))),
            }
        }
    }
}

fn words(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Missing => "it is not in this clone".to_owned(),
        Trouble::Broken(why) => why.clone(),
        Trouble::Budget => format!("more than {MOST_BYTES} bytes of objects"),
    }
}
