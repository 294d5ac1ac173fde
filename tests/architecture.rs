//! The floors of `docs/architecture.md`: a module uses only floors below its own, and no two modules of one floor use
//! each other in a circle. The catalog's index is complete.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // a test fails by panicking

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The floors, lowest first.
const FLOORS: [&str; 9] = ["model", "inputs", "facts", "controls", "policy", "evaluation", "ledger", "reports", "cli"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The module path of a source file: `facts/script/mod.rs` is `facts::script`.
fn module(path: &Path) -> Vec<String> {
    let relative = path.strip_prefix("src").unwrap().with_extension("");
    let mut parts: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// Whether a file holds tests or what they need: its uses are no part of the house.
fn is_test(path: &Path) -> bool {
    let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
    path.components().any(|part| part.as_os_str() == "tests")
        || stem.ends_with("tests")
        || stem.starts_with("tests_")
        || stem.ends_with("testing")
}

/// Code without comments and without what follows the first `#[cfg(test)]`.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The module paths that a text names with `crate::` or `super::`, braces spelt out one level deep.
fn uses(text: &str, own: &[String], is_file: bool) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (marker, from_crate) in [("crate::", true), ("super::", false)] {
        for (at, _) in text.match_indices(marker) {
            if text[..at].ends_with("super::") {
                continue;
            }
            let mut rest = &text[at + marker.len()..];
            let mut base: Vec<String> = if from_crate { Vec::new() } else { own[..own.len() - 1].to_vec() };
            let _ = is_file;
            while let Some(after) = rest.strip_prefix("super::") {
                base.pop();
                rest = after;
            }
            let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
            // The path up to a brace or its end.
            loop {
                let head = word(rest);
                let Some(after) = rest[head.len()..].strip_prefix("::").filter(|_| !head.is_empty()) else { break };
                base.push(head);
                rest = after;
            }
            let heads = if let Some(inner) = rest.strip_prefix('{') {
                inner.split(['}', ';']).next().unwrap().split(',').map(|item| word(item.trim())).collect()
            } else {
                vec![word(rest)]
            };
            for head in heads {
                let mut path = base.clone();
                path.push(head);
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn no_module_uses_a_higher_floor() {
    for path in sources(Path::new("src")) {
        let own = module(&path);
        let Some(floor) = FLOORS.iter().position(|floor| Some(*floor) == own.first().map(String::as_str)) else {
            continue;
        };
        for used in uses(&code(&path), &own, true) {
            if let Some(other) = FLOORS.iter().position(|floor| Some(*floor) == used.first().map(String::as_str)) {
                assert!(other <= floor, "{} (floor {floor}) uses {} (floor {other})", path.display(), used.join("::"));
            }
        }
    }
}

#[test]
fn no_two_modules_of_a_floor_stand_in_a_circle() {
    // Rooms directly below a floor; what a room has inside is its own affair.
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let rooms: BTreeSet<String> = sources(Path::new("src"))
        .iter()
        .map(|path| module(path))
        .filter(|own| own.len() >= 2)
        .map(|own| own[..2].join("::"))
        .collect();
    for path in sources(Path::new("src")) {
        let own = module(&path);
        if own.len() < 2 || is_test(&path) {
            continue;
        }
        let room = own[..2].join("::");
        for used in uses(&code(&path), &own, true) {
            if used.len() >= 2 {
                let other = used[..2].join("::");
                if other != room && rooms.contains(&other) {
                    edges.entry(room.clone()).or_default().insert(other);
                }
            }
        }
    }
    for start in edges.keys() {
        let mut seen = BTreeSet::new();
        let mut open = vec![start];
        while let Some(room) = open.pop() {
            for next in edges.get(room).into_iter().flatten() {
                assert_ne!(next, start, "{start} uses itself by way of {room}");
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
    }
}

#[test]
fn every_control_file_is_in_the_catalog_and_has_its_cases() {
    let mut slugs = BTreeSet::new();
    for control in otaudit::controls::CATALOG {
        slugs.insert(control.slug.replace('-', "_"));
        assert!(control.cases.contains("## "), "{} has no case", control.id);
        for field in [control.title, control.requirement, control.rationale, control.remediation, control.limits] {
            assert!(!field.is_empty(), "{} leaves a field empty", control.id);
        }
    }
    for path in sources(Path::new("src/controls")) {
        if code(&path).contains("pub static CONTROL: Control") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            assert!(
                slugs.contains(&name),
                "{} is not in the catalog, or its slug is not its file's name",
                path.display()
            );
        }
    }
    let ids: Vec<&str> = otaudit::controls::CATALOG.iter().map(|control| control.id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted, "the catalog is sorted by id and has no id twice");
}
