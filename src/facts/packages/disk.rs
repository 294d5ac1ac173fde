//! Opens files of one folder and of nothing else.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// The largest lockfiles of real projects have some MB.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// A folder.
pub struct Disk {
    root: PathBuf,
}

/// What was found at a path.
#[derive(Debug)]
pub enum Looked {
    /// Nothing.
    Absent,
    /// Something that can't be read, and why.
    Unreadable(String),
    /// A file.
    Bytes(Vec<u8>),
}

impl Disk {
    /// # Errors
    /// When the folder isn't there or can't be read.
    pub fn open(folder: &Path) -> Result<Self, String> {
        let root = fs::canonicalize(folder).map_err(|error| error.kind().to_string())?;
        if root.is_dir() { Ok(Self { root }) } else { Err("not a folder".to_owned()) }
    }

    /// A file that is only looked for; its bytes are not read.
    pub fn is_there(&self, path: &str) -> Looked {
        match fs::symlink_metadata(self.root.join(path)) {
            Ok(_) => Looked::Bytes(Vec::new()),
            Err(error) => absent_or(error.kind()),
        }
    }

    /// Reads one file. A package manager may make links within the folder, but a link must not lead out of it, and a pipe would
    /// never end.
    pub fn read(&self, path: &str) -> Looked {
        let wanted = self.root.join(path);
        let real = match fs::canonicalize(&wanted) {
            Ok(real) => real,
            // A link to nowhere is something that should be there.
            Err(_) if fs::symlink_metadata(&wanted).is_ok() => {
                return Looked::Unreadable("a link that leads nowhere".to_owned());
            }
            Err(error) => return absent_or(error.kind()),
        };
        if !real.starts_with(&self.root) {
            return Looked::Unreadable("a link that leads out of the folder".to_owned());
        }
        match fs::metadata(&real) {
            Ok(metadata) if !metadata.is_file() => return Looked::Unreadable("not a file".to_owned()),
            Ok(metadata) if metadata.len() > MOST_BYTES => {
                return Looked::Unreadable(format!("{} bytes, limit {MOST_BYTES}", metadata.len()));
            }
            Ok(_) => {}
            Err(error) => return Looked::Unreadable(error.kind().to_string()),
        }
        let mut bytes = Vec::new();
        // It may have grown since it was looked at.
        let read = File::open(&real).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
        match read {
            Err(error) => Looked::Unreadable(error.kind().to_string()),
            Ok(_) if bytes.len() as u64 > MOST_BYTES => Looked::Unreadable(format!("more than {MOST_BYTES} bytes")),
            Ok(_) => Looked::Bytes(bytes),
        }
    }
}

fn absent_or(kind: ErrorKind) -> Looked {
    match kind {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Looked::Absent,
        other => Looked::Unreadable(other.to_string()),
    }
}
