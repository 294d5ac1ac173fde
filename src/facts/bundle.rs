//! The bundle's facts: every file read once, on as many threads as there are, largest first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use rayon::prelude::*;
use serde::Serialize;

use super::file::{FileFacts, Sighted, read_file};
use super::hashed::stem;
use super::network::{self, NetworkMap};
use super::origin::map_path;
use super::queue::Queue;
use super::recall::{Recall, Store};
use crate::inputs::{Bundle, BundleKind, Entry, EntryKind, Limits, Observation, decode};
use crate::model::{Digest, Problem};

/// Stack of each thread that parses: virtual, committed only as far as it is used. Deep enough for every script that
/// `facts/script/budget.rs` lets through.
pub(super) const STACK_BYTES: usize = 1 << 30;

/// What was established about a bundle.
#[derive(Clone, Debug, Serialize)]
pub struct BundleFacts {
    /// The last part of the path it was opened from.
    pub name: String,
    /// `zip` or `folder`.
    pub kind: &'static str,
    /// SHA-256 of the archive; a folder has none.
    pub archive_sha256: Option<Digest>,
    /// Bytes of the archive; for a folder, of its files.
    pub bytes: u64,
    /// SHA-256 over the lines `<sha256>  <path>\n` of all files, sorted by path.
    pub content_digest: Digest,
    /// Bytes of all files, unpacked.
    pub content_bytes: u64,
    /// Every file, sorted by path. Links and special files stand in the observations.
    pub files: Vec<FileFacts>,
    /// Files inside archives inside the bundle; their paths are `outer.zip!/inner.js`.
    pub nested: Vec<FileFacts>,
    /// Every host that the files name.
    pub network: NetworkMap,
    /// What is peculiar about the structure of the archive or folder, and of the archives inside it.
    pub observations: Vec<Observation>,
}

impl BundleFacts {
    /// The files of the bundle and of the archives inside it.
    pub fn all_files(&self) -> impl Iterator<Item = &FileFacts> {
        self.files.iter().chain(&self.nested)
    }

    /// The version of a library, when its scripts tell exactly one.
    #[must_use]
    pub fn version_of(&self, package: &str) -> Option<String> {
        let told = self.all_files().flat_map(|file| &file.origins.components);
        let mut versions = told.filter(|one| one.package == package).filter_map(|one| one.version.as_ref());
        let first = versions.next()?;
        versions.all(|other| other == first).then(|| first.clone())
    }

    /// The file at exactly `path`.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&FileFacts> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files.get(at)
    }
}

/// What was seen of the steps of a long reading, for a progress display.
pub trait Progress: Sync {
    /// The reading has `total` files.
    fn begin(&self, total: usize);
    /// One more of them is done.
    fn step(&self);
}

/// No display.
#[derive(Debug)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _total: usize) {}
    fn step(&self) {}
}

/// Reads every file of `bundle` once, on `jobs` threads (0: as many as there are cores), largest first.
///
/// The result does not depend on the number of threads.
///
/// # Errors
/// When the threads can't be started.
pub fn read_bundle(
    bundle: &Bundle,
    limits: &Limits,
    jobs: usize,
    progress: &dyn Progress,
) -> Result<BundleFacts, Problem> {
    let mut facts = read_bundles(&[bundle], limits, jobs, progress, None)?;
    facts.pop().ok_or_else(|| Problem::new("nothing was read"))
}

/// One file to read.
struct Task<'a> {
    bundle: &'a Bundle,
    entry: &'a Entry,
    /// Whether its bundle is the first.
    first: bool,
    /// Whether the first bundle seems to have it too, so that it is read after those.
    later: bool,
}

/// Reads bundles that are compared with the first of them, each file once, on `jobs` threads, largest first. What others
/// share with the first is not read again: files with the same path and bytes, and scripts that differ in nothing but hashes
/// and versions. The facts of the first are those that [`read_bundle`] gives, whatever is recalled.
///
/// # Errors
/// When the threads can't be started.
pub fn read_bundles(
    bundles: &[&Bundle],
    limits: &Limits,
    jobs: usize,
    progress: &dyn Progress,
    store: Option<&dyn Store>,
) -> Result<Vec<BundleFacts>, Problem> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(STACK_BYTES).build().map_err(|error| {
        Problem::new(format!("can't start the analysis threads: {error}"))
            .help("each reserves 1 GiB of address space; raise `ulimit -v` or use `--jobs 1`")
    })?;
    let tasks = tasks(bundles);
    progress.begin(tasks.len());
    let recall = Recall::new(store, limits, bundles.len() > 1);
    let queue = Queue::new(tasks.iter().map(|task| (task.later, task.entry.size)), pool.current_num_threads());
    let queue = Mutex::new(queue);
    let take = |done: u64| queue.lock().ok().and_then(|mut queue| queue.take(done));
    let slots: Vec<Mutex<Option<Sighted>>> = tasks.iter().map(|_| Mutex::new(None)).collect();
    // One loop for each thread, so that no file's analysis runs on top of another's stack.
    pool.broadcast(|_| {
        let mut done = 0;
        while let Some((size, index)) = take(done) {
            done = size;
            let (Some(task), Some(slot)) = (tasks.get(index), slots.get(index)) else { continue };
            let sighted = read_file(task.bundle, task.entry, limits, &recall, task.first);
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(sighted);
            }
            progress.step();
        }
    });
    let mut read = slots.into_iter().map(|slot| slot.into_inner().ok().flatten());
    let mut all = Vec::new();
    for bundle in bundles {
        let own: Vec<Sighted> = read.by_ref().take(files_of(bundle).count()).flatten().collect();
        let mut facts = gather(bundle, own.into_iter());
        pool.install(|| follow_maps(bundle, &mut facts, limits));
        all.push(facts);
    }
    Ok(all)
}

fn files_of(bundle: &Bundle) -> impl Iterator<Item = &Entry> {
    bundle.entries.iter().filter(|entry| entry.kind == EntryKind::File)
}

/// The files of all bundles, one bundle after the other.
fn tasks<'a>(bundles: &[&'a Bundle]) -> Vec<Task<'a>> {
    let mut tasks = Vec::new();
    let mut firsts = BTreeSet::new();
    for (number, bundle) in bundles.iter().enumerate() {
        for entry in files_of(bundle) {
            let alike = (stem(&entry.path), entry.size);
            let later = number > 0 && firsts.contains(&alike);
            if number == 0 {
                firsts.insert(alike);
            }
            tasks.push(Task { bundle, entry, first: number == 0, later });
        }
    }
    tasks
}

/// Looks up in the source maps beside the scripts where what was seen comes from. Only the maps of scripts that hold
/// something to place are decoded, each with one pass.
fn follow_maps(bundle: &Bundle, facts: &mut BundleFacts, limits: &Limits) {
    let entries: BTreeMap<&str, &Entry> = bundle
        .entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::File)
        .map(|entry| (entry.path.as_str(), entry))
        .collect();
    let maps: Vec<Option<&Entry>> =
        facts.files.iter().map(|file| entries.get(wanted_map(facts, file)?.as_str()).copied()).collect();
    facts.files.par_iter_mut().zip(maps).for_each(|(file, map)| {
        let Some(map) = map else { return };
        let places = file.places();
        if let Ok(content) = bundle.read(map, limits) {
            file.origins.follow(&decode(&content.bytes).text, &places);
        }
    });
}

/// The source map of a script that holds something to place.
fn wanted_map(facts: &BundleFacts, file: &FileFacts) -> Option<String> {
    map_of(facts, &file.path).filter(|_| !file.places().is_empty())
}

/// The source map that the script at `path` names, or that lies beside it under its name.
pub(super) fn map_of(facts: &BundleFacts, path: &str) -> Option<String> {
    let file = facts.file(path)?;
    let script = file.script.as_ref().filter(|_| file.page.is_none())?;
    let named = script.source_mapping_url.as_deref().and_then(|url| map_path(&file.path, url));
    let path = named.unwrap_or_else(|| format!("{}.map", file.path));
    // What is no source map is not read again.
    facts.file(&path).filter(|map| map.map.is_some())?;
    Some(path)
}

fn gather(bundle: &Bundle, sighted: impl Iterator<Item = Sighted>) -> BundleFacts {
    let mut files = Vec::new();
    let mut nested = Vec::new();
    let mut observations = bundle.observations.clone();
    for one in sighted {
        observations.extend(one.observations);
        nested.extend(one.nested);
        files.push(one.file);
    }
    observations.sort();
    observations.dedup_by(|one, other| one.kind == other.kind && one.entry == other.entry);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    nested.sort_by(|one, other| one.path.cmp(&other.path));
    BundleFacts {
        name: bundle.name.clone(),
        kind: match bundle.kind {
            BundleKind::Zip => "zip",
            BundleKind::Folder => "folder",
        },
        archive_sha256: bundle.archive_digest,
        bytes: bundle.bytes,
        content_digest: content_digest(&files),
        content_bytes: files.iter().map(|file| file.size).sum(),
        network: network::map(files.iter().chain(&nested)),
        files,
        nested,
        observations,
    }
}

/// The digest of a bundle's content without looking at what its files say.
#[must_use]
pub fn digest_content(bundle: &Bundle, limits: &Limits) -> Digest {
    let files = bundle.entries.iter().filter(|entry| entry.kind == EntryKind::File);
    let mut lines: Vec<(&str, String)> = files
        .map(|entry| {
            let whole = bundle.read(entry, limits).ok();
            (entry.path.as_str(), whole.map_or_else(|| "-".repeat(64), |content| Digest::of(&content.bytes).hex()))
        })
        .collect();
    lines.sort();
    Digest::of(
        lines.into_iter().flat_map(|(path, digest)| [digest, format!("  {path}\n")]).collect::<String>().as_bytes(),
    )
}

/// SHA-256 over what `sha256sum` prints of the files, sorted by path: a reader can check it with that tool.
fn content_digest(files: &[FileFacts]) -> Digest {
    let mut lines = String::new();
    for file in files {
        let sha256 = file.sha256.map_or_else(|| "-".repeat(64), |digest| digest.hex());
        lines.extend([sha256.as_str(), "  ", &file.path, "\n"]);
    }
    Digest::of(lines.as_bytes())
}
