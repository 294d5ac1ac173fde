//! What the bundle is made of: bytes by kind and owner.

use std::collections::BTreeMap;

use crate::facts::BundleFacts;
use crate::facts::kind::Class;
use crate::facts::origin::Owner;
use crate::model::{Part, Position, printable};

/// The parts, sorted by kind, then owner. A file counts as a whole: as a library's where its path, its map or its head says
/// so at its beginning, as the app's own where a map does, else as `unknown`.
pub fn of(bundle: &BundleFacts) -> Vec<Part> {
    let mut parts: BTreeMap<(String, String), (usize, u64)> = BTreeMap::new();
    for file in &bundle.files {
        let class = file.detection.map_or(Class::Unknown, |detection| detection.kind.class);
        let owner = match file.owner(Position { line: 1, column: 1 }) {
            Owner::FirstParty { .. } => "first-party".to_owned(),
            Owner::Vendor { package, .. } => printable(&package, 120),
            Owner::Unknown => "unknown".to_owned(),
        };
        let (files, bytes) = parts.entry((word(class), owner)).or_default();
        *files += 1;
        *bytes += file.size;
    }
    parts.into_iter().map(|((kind, owner), (files, bytes))| Part { kind, owner, files, bytes }).collect()
}

/// The word that JSON has for it, with blanks; `script` for what a web view runs.
fn word(class: Class) -> String {
    if class == Class::JavaScript {
        return "script".to_owned();
    }
    let json = serde_json::to_value(class).ok();
    json.and_then(|value| value.as_str().map(|word| word.replace('-', " "))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::testing::bundle;

    #[test]
    fn every_byte_is_in_one_part() {
        let facts = bundle(&[
            ("index.html", "<!doctype html><title>x</title>"),
            ("a.js", "const a = 1;"),
            ("b.js", "const b = 22;"),
            ("node_modules/left-pad/index.js", "module.exports = 1;"),
        ]);
        let parts = of(&facts);
        assert_eq!(parts.iter().map(|part| part.files).sum::<usize>(), 4);
        assert_eq!(parts.iter().map(|part| part.bytes).sum::<u64>(), facts.content_bytes);
        let owner = |kind: &str, owner: &str| parts.iter().find(|part| part.kind == kind && part.owner == owner);
        assert_eq!(owner("script", "left-pad").map(|part| part.files), Some(1));
        assert_eq!(owner("script", "unknown").map(|part| part.files), Some(2));
        assert_eq!(owner("html", "unknown").map(|part| part.bytes), Some(31));
    }
}
