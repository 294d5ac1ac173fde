//! What need not be read twice: files that two bundles share, and scripts that an earlier run read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::near::near_digest;
use super::origin::Origins;
use super::script::ScriptReading;
use super::stored::{Reader, Stored};
use crate::inputs::Limits;
use crate::model::Digest;

/// Shorter scripts are read faster than they are found in a store.
const LEAST_STORED: usize = 4 * 1024;

/// Keeps bytes under digests from one run to the next. What it gives back for a key is what was put under it, or nothing;
/// whoever can write into it is trusted like the tool itself.
pub trait Store: std::fmt::Debug + Sync {
    /// What was kept under this key.
    fn get(&self, key: &Digest) -> Option<Vec<u8>>;
    /// Keeps it; a store that can't is no fault.
    fn put(&self, key: &Digest, content: &[u8]);
}

/// What is known while bundles are read; `F` is all that is known of a file.
pub(super) struct Recall<'a, F> {
    store: Option<&'a dyn Store>,
    /// What of the limits decides how a script is read.
    limits: String,
    /// Files of the first bundle by path and content, when there are others to compare it with.
    whole: Mutex<BTreeMap<(String, Digest), Arc<F>>>,
    /// Scripts of the first bundle by their content without hashes and versions.
    near: Mutex<BTreeMap<Digest, Arc<F>>>,
    shares: bool,
}

/// A script as it is kept.
pub(super) type Script = (ScriptReading, Origins);

impl<'a, F> Recall<'a, F> {
    pub fn new(store: Option<&'a dyn Store>, limits: &Limits, shares: bool) -> Self {
        Self {
            store,
            limits: format!("{} {} {}", limits.script_nesting, limits.script_chain, limits.script_tokens),
            whole: Mutex::default(),
            near: Mutex::default(),
            shares,
        }
    }

    /// The facts of a file that the first bundle has too, at this path.
    pub fn same(&self, path: &str, content: Digest) -> Option<Arc<F>> {
        let known = self.whole.lock().ok()?;
        known.get(&(path.to_owned(), content)).cloned()
    }

    /// The facts of a script of the first bundle that differs in nothing but hashes and versions.
    pub fn near(&self, script: &[u8]) -> Option<Arc<F>> {
        self.near.lock().ok()?.get(&near_digest(script)).cloned()
    }

    /// Whether facts of the first bundle are kept for others.
    pub const fn shares(&self) -> bool {
        self.shares
    }

    /// Keeps the facts of a file of the first bundle; of a script with its bytes, to be found by what is nearly the same.
    pub fn learn(&self, path: &str, content: Digest, facts: F, script: Option<&[u8]>) {
        let kept = Arc::new(facts);
        if let Some(bytes) = script
            && let (digest, Ok(mut near)) = (near_digest(bytes), self.near.lock())
        {
            near.insert(digest, Arc::clone(&kept));
        }
        if let Ok(mut whole) = self.whole.lock() {
            whole.insert((path.to_owned(), content), kept);
        }
    }

    fn key(&self, sort: &str, content: &Digest) -> Digest {
        Digest::of_parts([sort, " ", &self.limits, " ", &content.hex()])
    }

    /// Whether such a script is kept for later runs.
    pub fn keeps(&self, bytes: &[u8]) -> bool {
        self.store.is_some() && bytes.len() >= LEAST_STORED
    }

    /// A script that an earlier run read.
    pub fn script(&self, bytes: &[u8], content: &Digest) -> Option<Script> {
        let store = self.store.filter(|_| self.keeps(bytes))?;
        take(&store.get(&self.key("script", content))?)
    }

    /// Keeps a script for later runs.
    pub fn keep_script(&self, bytes: &[u8], content: &Digest, reading: &ScriptReading, origins: &Origins) {
        if let Some(store) = self.store.filter(|_| self.keeps(bytes)) {
            let mut out = Vec::new();
            reading.put(&mut out);
            origins.put(&mut out);
            store.put(&self.key("script", content), &out);
        }
    }
}

/// A whole value, with nothing behind it.
pub(super) fn take<T: Stored>(bytes: &[u8]) -> Option<T> {
    let mut reader = Reader::new(bytes);
    let value = T::take(&mut reader)?;
    reader.is_empty().then_some(value)
}
