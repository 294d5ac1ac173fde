//! Whether the documents that statements name are there and are what they were.

use std::fs;
use std::io::Read as _;
use std::path::{Component, Path};

use super::Attestations;
use crate::model::Digest;

/// A document larger than this is not read.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// What became of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Checked {
    /// It was not looked at: it has an address, or no app was given.
    #[default]
    NotLooked,
    /// It is there, and its SHA-256 is the one that is stated.
    Same,
    /// It is there, and no SHA-256 is stated.
    Undigested,
    /// It is there, and its SHA-256 is another one.
    Differs(Digest),
    /// It is not there.
    Absent,
    /// It was not read, and why.
    NotRead(&'static str),
}

impl Checked {
    /// Whether it speaks against the statement.
    #[must_use]
    pub const fn contradicts(&self) -> bool {
        matches!(self, Self::Differs(_))
    }

    /// What became of it, in a few words.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotLooked => "not looked at",
            Self::Same => "its SHA-256 is right",
            Self::Undigested => "there, without a stated SHA-256",
            Self::Differs(_) => "its SHA-256 differs",
            Self::Absent => "not found in the app's folder",
            Self::NotRead(why) => why,
        }
    }
}

impl Attestations {
    /// Looks at the documents that lie below the app's folder, and at nothing outside it.
    pub fn look_at_evidence(&mut self, folder: &Path) {
        let Ok(root) = fs::canonicalize(folder) else { return };
        for document in self.statements.values_mut().flat_map(|statement| &mut statement.evidence) {
            if document.is_path {
                document.checked = look(&root, &document.source, document.sha256);
            }
        }
    }
}

fn look(root: &Path, source: &str, stated: Option<Digest>) -> Checked {
    let plain = Path::new(source).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !plain || source.contains(['\\', '\0']) {
        return Checked::NotRead("not below the app's folder");
    }
    let Ok(real) = fs::canonicalize(root.join(source)) else { return Checked::Absent };
    if !real.starts_with(root) {
        return Checked::NotRead("a link that leads out of the app's folder");
    }
    match fs::metadata(&real) {
        Ok(metadata) if !metadata.is_file() => return Checked::NotRead("not a file"),
        Ok(metadata) if metadata.len() > MOST_BYTES => return Checked::NotRead("too large to be read"),
        Ok(_) => {}
        Err(_) => return Checked::NotRead("not readable"),
    }
    let Some(stated) = stated else { return Checked::Undigested };
    // It may have grown since it was looked at.
    let read = fs::File::open(&real).and_then(|file| Digest::of_reader(file.take(MOST_BYTES + 1)));
    match read {
        Ok(digest) if digest == stated => Checked::Same,
        Ok(digest) => Checked::Differs(digest),
        Err(_) => Checked::NotRead("not readable"),
    }
}
