//! Writes the content of a verified release into a new folder. Names come from whoever made the release, so that
//! everything is judged before anything is written.

use std::io::Write as _;
use std::path::Path;

use crate::facts::updaters::names::{Targets, fault};
use crate::inputs::{Bundle, EntryKind, Limits};
use crate::model::{Problem, printable};

/// Writes every file of `bundle` below `folder`, which must not exist or be empty; gives their number.
///
/// # Errors
/// The content is unsafe to unpack, or can't be written. Nothing is written when a name is unsafe.
pub fn unpack(bundle: &Bundle, folder: &Path, limits: &Limits) -> Result<usize, Problem> {
    let shown = printable(&folder.display().to_string(), 200);
    let unsafe_content = |why: String| {
        Problem::new(format!("the content was not unpacked: {why}"))
            .help("nothing was written; do not publish this release")
    };
    let mut targets = Targets::default();
    for entry in &bundle.entries {
        let name = entry.path.trim_end_matches('/');
        let shown = printable(&entry.path, 120);
        if let Some(why) = fault(name) {
            return Err(unsafe_content(format!("`{shown}` has {why}")));
        }
        match &entry.kind {
            EntryKind::Directory => {}
            EntryKind::File if targets.take(name) => {}
            EntryKind::File => return Err(unsafe_content(format!("two entries would be written to `{shown}`"))),
            EntryKind::Symlink(_) | EntryKind::Special => {
                return Err(unsafe_content(format!("`{shown}` is no regular file")));
            }
        }
    }
    let problem = |error: std::io::Error| {
        Problem::new(format!("can't write into `{shown}`: {error}")).help("give a folder that is new or empty")
    };
    std::fs::create_dir_all(folder).map_err(problem)?;
    if std::fs::read_dir(folder).map_err(problem)?.next().is_some() {
        return Err(
            Problem::new(format!("the folder `{shown}` is not empty")).help("give a folder that is new or empty")
        );
    }
    let mut written = 0;
    for entry in bundle.entries.iter().filter(|entry| entry.kind == EntryKind::File) {
        let content = bundle.read(entry, limits).map_err(|unread| {
            unsafe_content(format!("`{}`: {}", printable(&entry.path, 120), printable(&unread.why, 200)))
        })?;
        let path = folder.join(&entry.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(problem)?;
        }
        // The folder was empty: a file that is there now was put there by someone else.
        let mut file = std::fs::File::options().write(true).create_new(true).open(&path).map_err(problem)?;
        file.write_all(&content.bytes).map_err(problem)?;
        written += 1;
    }
    Ok(written)
}
