//! What an entry is, and what reading one gives.

use std::borrow::Cow;

use super::observation::{Observation, ObservationKind};

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// A symbolic link and its target; never followed.
    Symlink(String),
    /// A device, pipe, socket …; never opened.
    Special,
}

/// The bytes of one entry.
#[derive(Debug)]
pub struct Content<'a> {
    /// All bytes of the entry.
    pub bytes: Cow<'a, [u8]>,
    /// What is peculiar about them, such as a wrong CRC.
    pub observations: Vec<Observation>,
}

/// Why an entry was not read, or not whole. What can't be read gates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// In words.
    pub why: String,
    /// As an observation.
    pub observation: Observation,
}

impl Unread {
    /// An entry that was not read, for a reason that is also its observation's detail.
    pub fn new(kind: ObservationKind, entry: &str, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { observation: Observation::on(kind, entry, why.clone()), why }
    }
}
