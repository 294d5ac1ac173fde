//! A ledger in a folder: it may lie in a git repository, on a share, or be kept as an artifact of the build service.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::store::{Added, Held, LONGEST_RECORD, Listing, MOST_RECORDS, Store, Unlocked, name_at, place_of};
use crate::model::{Digest, Problem, printable};

/// The begin of the names of files that are being written.
const UNFINISHED: &str = ".writing-";
/// What git must not do with records, and what it must not keep.
const GIT: [(&str, &str); 2] = [(".gitattributes", "records/** -text\n"), (".gitignore", ".lock\n.writing-*\n")];

/// A folder of records.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The ledger in this folder, which need not be there yet.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    fn problem(&self, what: &str, error: &std::io::Error) -> Problem {
        let shown = printable(&self.path.display().to_string(), 200);
        Problem::new(format!("can't {what} the ledger `{shown}`: {error}"))
            .help("give a folder that may be written, such as `--ledger reports/ledger`")
    }

    /// Makes the folder with what git needs to know of it.
    fn prepare(&self) -> std::io::Result<()> {
        fs::create_dir_all(self.path.join("records"))?;
        for (name, content) in GIT {
            let path = self.path.join(name);
            if !path.exists() {
                // Several writers may begin at once; whichever comes last wrote the same.
                publish(&self.path, &path, content.as_bytes())?;
            }
        }
        Ok(())
    }
}

/// Writes beside and links into place: `path` is there whole or not at all, and what is there is never replaced.
fn publish(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<Added> {
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    file.write_all(bytes)?;
    readable(file.as_file());
    file.as_file().sync_all()?;
    let added = match fs::hard_link(file.path(), path) {
        Ok(()) => Added::New,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Added::Present,
        // Some shares know no links. Renaming there replaces a file of the same name, which has the same bytes.
        Err(_) if !path.exists() => {
            file.persist(path).map_err(|error| error.error)?;
            return sync(folder).map(|()| Added::New);
        }
        Err(error) => return Err(error),
    };
    drop(file);
    sync(folder)?;
    Ok(added)
}

#[cfg(unix)]
fn sync(folder: &Path) -> std::io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some file systems sync no folders.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        done => done,
    }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other platforms' signature")]
fn sync(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Temporary files are private; a record is meant to be read, and never to be written again.
#[cfg(unix)]
fn readable(file: &File) {
    use std::os::unix::fs::PermissionsExt as _;
    let _ = file.set_permissions(fs::Permissions::from_mode(0o444));
}

#[cfg(not(unix))]
fn readable(_file: &File) {}

/// The lock of a folder: advisory, and given back when the process ends, however it ends.
struct FileLock(#[expect(dead_code, reason = "the lock lives as long as the open file")] File);

impl Held for FileLock {}

impl Store for Folder {
    fn list(&self) -> Result<Listing, Problem> {
        let mut listing = Listing::default();
        let records = self.path.join("records");
        let folders = match fs::read_dir(&records) {
            Ok(folders) => folders,
            Err(error) if error.kind() == ErrorKind::NotFound && !records.is_symlink() => return Ok(listing),
            Err(error) => return Err(self.problem("list", &error)),
        };
        for folder in folders {
            let folder = folder.map_err(|error| self.problem("list", &error))?;
            let name = folder.file_name().to_string_lossy().into_owned();
            let kind = folder.file_type().map_err(|error| self.problem("list", &error))?;
            if !kind.is_dir() {
                listing.strangers.push(name);
                continue;
            }
            for file in fs::read_dir(folder.path()).map_err(|error| self.problem("list", &error))? {
                let file = file.map_err(|error| self.problem("list", &error))?;
                let own = file.file_name().to_string_lossy().into_owned();
                // A link leads out of the ledger: its target may change.
                let is_file = file.file_type().is_ok_and(|kind| kind.is_file());
                match name_at(&name, &own) {
                    Some(record) if is_file => listing.records.push(record),
                    _ if own.starts_with(UNFINISHED) => listing.unfinished.push(format!("{name}/{own}")),
                    _ => listing.strangers.push(format!("{name}/{own}")),
                }
                if listing.records.len() > MOST_RECORDS {
                    return Err(Problem::new(format!("the ledger has more than {MOST_RECORDS} records"))
                        .help("begin a new one; the old one stays valid"));
                }
            }
        }
        listing.records.sort_unstable();
        listing.unfinished.sort_unstable();
        listing.strangers.sort_unstable();
        Ok(listing)
    }

    fn read(&self, name: &Digest) -> Result<Vec<u8>, String> {
        let file = File::open(self.path.join(place_of(name))).map_err(|error| error.kind().to_string())?;
        let mut bytes = Vec::new();
        file.take(LONGEST_RECORD + 1).read_to_end(&mut bytes).map_err(|error| error.kind().to_string())?;
        if bytes.len() as u64 > LONGEST_RECORD {
            return Err(format!("it has more than {LONGEST_RECORD} bytes"));
        }
        Ok(bytes)
    }

    fn add(&self, name: &Digest, bytes: &[u8]) -> Result<Added, Problem> {
        let path = self.path.join(place_of(name));
        let folder = path.parent().unwrap_or(&self.path).to_owned();
        let add = || {
            self.prepare()?;
            fs::create_dir_all(&folder)?;
            let added = publish(&folder, &path, bytes)?;
            sync(&self.path.join("records"))?;
            Ok(added)
        };
        add().map_err(|error: std::io::Error| self.problem("write to", &error))
    }

    fn lock(&self) -> Result<Box<dyn Held>, Problem> {
        self.prepare().map_err(|error| self.problem("write to", &error))?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(self.path.join(".lock"));
        // A share without locks: the record is written all the same, and a fork is seen.
        Ok(match file.and_then(|file| file.lock().map(|()| file)) {
            Ok(file) => Box::new(FileLock(file)),
            Err(_) => Box::new(Unlocked),
        })
    }
}
