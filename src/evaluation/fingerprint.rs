//! Names for findings: one that is unique in the report, one that survives moved lines and re-hashed files.

use std::collections::BTreeMap;

use crate::controls::Draft;
use crate::model::{Assessment, Digest};

/// The fingerprint of a finding: control, rule, path without bundler hashes, and what the control calls its key;
/// never a line number.
pub fn of(control: &str, draft: &Draft) -> String {
    let path = without_hashes(&draft.location.path);
    let parts = ["otaudit/fingerprint/v1", control, &draft.rule, draft.location.root.word(), &path, &draft.key];
    Digest::of_parts(parts).hex().chars().take(32).collect()
}

/// Sorts an assessment's findings and gives each its id; equal fingerprints get a number so that each is unique.
pub fn number(assessment: &mut Assessment) {
    assessment.findings.sort_by(|one, other| {
        (std::cmp::Reverse(one.severity), &one.location, &one.rule, &one.message).cmp(&(
            std::cmp::Reverse(other.severity),
            &other.location,
            &other.rule,
            &other.message,
        ))
    });
    let mut rules: BTreeMap<String, usize> = BTreeMap::new();
    let mut prints: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &mut assessment.findings {
        let nth = rules.entry(finding.rule.clone()).or_default();
        *nth += 1;
        finding.id = format!("{}/{}-{nth}", assessment.control, finding.rule);
        let again = prints.entry(finding.fingerprint.clone()).or_default();
        *again += 1;
        if *again > 1 {
            let text = again.to_string();
            finding.fingerprint =
                Digest::of_parts([finding.fingerprint.as_str(), &text]).hex().chars().take(32).collect();
        }
    }
}

/// The path with the content hashes of bundlers written as `*`: `main-4f3a1b2c.js` and `main.9d8e7f6a.js` change
/// with every build.
fn without_hashes(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for piece in path.split_inclusive(['/', '.', '-']) {
        let (word, end) = match piece.char_indices().last() {
            Some((at, end @ ('/' | '.' | '-'))) => (piece.get(..at).unwrap_or(piece), Some(end)),
            _ => (piece, None),
        };
        out.push_str(if looks_hashed(word) { "*" } else { word });
        out.extend(end);
    }
    out
}

fn looks_hashed(word: &str) -> bool {
    let plain = word.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    let hex = word.chars().all(|character| character.is_ascii_hexdigit());
    let digits = word.chars().any(|character| character.is_ascii_digit());
    let upper = word.chars().skip(1).any(|character| character.is_ascii_uppercase());
    let lower = word.chars().any(|character| character.is_ascii_lowercase());
    plain && word.len() >= 8 && ((hex && digits) || (word.len() <= 24 && upper && lower && (digits || word.len() == 8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_bundlers_do_not_count() {
        assert_eq!(without_hashes("assets/main-4f3a1b2c.js"), "assets/main-*.js");
        assert_eq!(without_hashes("runtime.883807604b555069.js"), "runtime.*.js");
        assert_eq!(without_hashes("assets/index-DWs694b6.js"), "assets/index-*.js");
        assert_eq!(without_hashes("assets/timetable.json"), "assets/timetable.json");
        assert_eq!(without_hashes("lib/arm64-v8a/libpatch.so"), "lib/arm64-v8a/libpatch.so");
    }
}
