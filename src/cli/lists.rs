//! The lists of trackers that a request names.

use std::path::{Path, PathBuf};

use crate::facts::trackers::{TrackerList, read_list};
use crate::model::{Problem, printable};

/// A list larger than this is not read; the largest known has a quarter of it.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Reads the lists that a request names: their faults are shown, and nothing is done in their stead.
pub fn read_lists(paths: &[PathBuf]) -> Result<Vec<TrackerList>, Vec<Problem>> {
    let mut lists = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        match read(path) {
            Ok(list) => lists.push(list),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(lists) } else { Err(problems) }
}

fn read(path: &Path) -> Result<TrackerList, Problem> {
    let shown = printable(&path.display().to_string(), 200);
    let cant = |error: std::io::Error| Problem::new(format!("can't read the list of trackers `{shown}`: {error}"));
    let length = std::fs::metadata(path).map_err(cant)?.len();
    if length > MOST_BYTES {
        return Err(Problem::new(format!("the list of trackers `{shown}` has {length} bytes, limit {MOST_BYTES}")));
    }
    let bytes = std::fs::read(path).map_err(cant)?;
    let name = path.file_name().map_or_else(|| shown.clone(), |name| printable(&name.to_string_lossy(), 100));
    read_list(&name, &String::from_utf8_lossy(&bytes))
}
