//! The folder of `--cache`: what earlier runs read of scripts.
//!
//! It changes how long a run takes and nothing else: an entry counts for the same bytes, read by the same build within the
//! same limits, and only whole. Whoever can write into the folder can decide what is found, like whoever can change the tool.

use std::ffi::OsString;
use std::fs::Metadata;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use crate::facts::Store;
use crate::model::{Digest, Problem, printable};

/// The variable that names the folder where no option does.
const VARIABLE: &str = "OTAUDIT_CACHE";
/// All entries together are no larger, in bytes.
const MOST_BYTES: u64 = 1024 * 1024 * 1024;
/// One entry is no larger.
const MOST_ENTRY: u64 = 64 * 1024 * 1024;
/// A larger executable, as one made for debugging, is told by its size and time.
const MOST_EXECUTABLE: u64 = 64 * 1024 * 1024;
/// How the folders below it begin; others are left alone.
const PREFIX: &str = "otaudit-";

/// A folder of entries.
#[derive(Debug)]
pub struct FolderStore {
    folder: PathBuf,
    bytes: AtomicU64,
}

/// The store that the request or the variable names; none where neither does.
pub fn open(given: Option<&Path>) -> Result<Option<FolderStore>, Problem> {
    let named = std::env::var_os(VARIABLE).filter(|value: &OsString| !value.is_empty()).map(PathBuf::from);
    let Some(folder) = given.map(Path::to_owned).or(named) else { return Ok(None) };
    let problem = |error: std::io::Error| {
        let shown = printable(&folder.display().to_string(), 200);
        Problem::new(format!("can't use `{shown}` as the cache: {error}"))
            .help("give a folder that may be written, or leave `--cache` and OTAUDIT_CACHE out")
    };
    let own = folder.join(format!("{PREFIX}{}", build()));
    private_folder(&own).map_err(problem)?;
    for entry in std::fs::read_dir(&folder).map_err(problem)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let other = name.strip_prefix(PREFIX).is_some_and(|rest| rest.len() == 16 && is_hex(rest));
        if other && entry.path() != own && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // What another build wrote is never read again; where it can't be removed it only takes room.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let bytes = AtomicU64::new(shrink(&own));
    Ok(Some(FolderStore { folder: own, bytes }))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What tells this build from every other: the digest of the executable.
fn build() -> String {
    let told = |path: PathBuf, about: Metadata| {
        if about.len() > MOST_EXECUTABLE {
            return Some(format!("{} {:?}", about.len(), about.modified().ok()));
        }
        std::fs::read(path).ok().map(|bytes| Digest::of(&bytes).hex())
    };
    let executable = std::env::current_exe().ok();
    let own = executable.and_then(|path| std::fs::metadata(&path).ok().and_then(|about| told(path, about)));
    let mut hex = Digest::of_parts([env!("CARGO_PKG_VERSION"), " ", &own.unwrap_or_default()]).hex();
    hex.truncate(16);
    hex
}

/// Removes the oldest entries where there are too many; how many bytes are left.
fn shrink(folder: &Path) -> u64 {
    let mut entries: Vec<(SystemTime, u64, PathBuf)> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let about = entry.metadata().ok()?;
            Some((about.modified().ok()?, about.len(), entry.path()))
        })
        .collect();
    let mut bytes: u64 = entries.iter().map(|(_, length, _)| length).sum();
    if bytes > MOST_BYTES / 4 * 3 {
        entries.sort();
        for (_, length, path) in entries {
            if bytes <= MOST_BYTES / 2 {
                break;
            }
            if std::fs::remove_file(path).is_ok() {
                bytes = bytes.saturating_sub(length);
            }
        }
    }
    bytes
}

impl Store for FolderStore {
    fn get(&self, key: &Digest) -> Option<Vec<u8>> {
        let mut file = std::fs::File::open(self.folder.join(key.hex())).ok()?;
        if file.metadata().ok()?.len() > MOST_ENTRY {
            return None;
        }
        let mut sum = [0; 32];
        file.read_exact(&mut sum).ok()?;
        let mut content = Vec::new();
        file.read_to_end(&mut content).ok()?;
        (sealed(key, &content).as_bytes() == &sum).then_some(content)
    }

    fn put(&self, key: &Digest, content: &[u8]) {
        let length = content.len() as u64 + 32;
        if length > MOST_ENTRY || self.bytes.fetch_add(length, Ordering::Relaxed) + length > MOST_BYTES {
            return;
        }
        // Written beside and renamed, so that no other run sees half of it. What can't be kept is read again next time.
        let Ok(mut file) = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.folder) else { return };
        let written = std::io::Write::write_all(&mut file, sealed(key, content).as_bytes())
            .and_then(|()| std::io::Write::write_all(&mut file, content));
        if written.is_ok() {
            let _ = file.persist(self.folder.join(key.hex()));
        }
    }
}

/// Over what an entry holds and under which key, so that neither can be another's.
fn sealed(key: &Digest, content: &[u8]) -> Digest {
    Digest::of_parts([key.hex().as_str(), " ", &Digest::of(content).hex()])
}

/// An entry may hold the arguments of calls as they are written: it is for the user's own eyes.
#[cfg(unix)]
fn private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}
