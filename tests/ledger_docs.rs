//! The committed example ledger is what its script makes, and `docs/verify-a-report.md` verifies it without otaudit.
//! After a change of records or of the example: `SNAPSHOTS=overwrite cargo test --test ledger_docs the_example`.
#![allow(clippy::disallowed_methods)] // SNAPSHOTS
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // a test fails by panicking
#![cfg(unix)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What the script leaves.
const MADE: [&str; 5] = ["ledger", "example", "2026Q4.json", "2026Q4.md", "example-signing.pub"];

fn files(folder: &Path, below: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(folder).unwrap().display().to_string();
        if path.is_dir() {
            files(folder, &path, into);
        } else if MADE.iter().any(|made| name == *made || name.starts_with(&format!("{made}/")))
            && !name.ends_with(".lock")
        {
            into.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    files(folder, folder, &mut found);
    found
}

fn make(folder: &Path) {
    let made = Command::new("bash")
        .args(["scripts/ledger-example.sh", env!("CARGO_BIN_EXE_otaudit")])
        .arg(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

#[test]
fn the_example_is_what_its_script_makes() {
    if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        make(Path::new("reports"));
    }
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let (expected, found) = (tree(Path::new("reports")), tree(folder.path()));
    let names = |tree: &BTreeMap<String, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&expected), names(&found));
    for (name, bytes) in &expected {
        assert!(bytes == &found[name], "{name} differs");
    }
}

/// The commands of the page with what they print, in their order.
fn commands() -> Vec<(String, String)> {
    let page = std::fs::read_to_string("docs/verify-a-report.md").unwrap();
    let mut blocks = page.split("```").skip(1).step_by(2);
    let mut pairs = Vec::new();
    while let Some(block) = blocks.next() {
        let expected = blocks.next().expect("each command has its output");
        pairs.push((
            block.strip_prefix("sh\n").unwrap().to_owned(),
            expected.strip_prefix("text\n").unwrap().to_owned(),
        ));
    }
    pairs
}

fn run(script: &str, folder: &Path) -> (bool, String) {
    let script = format!("set -euo pipefail\n{script}");
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_page_verifies_it_without_otaudit() {
    let pairs = commands();
    assert_eq!(pairs.len(), 6);
    for (script, expected) in pairs {
        assert_eq!(run(&script, Path::new("reports")), (true, expected), "{script}");
    }
}

#[test]
fn the_page_notices_what_was_changed() {
    let pairs = commands();
    let copy = || {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in tree(Path::new("reports")) {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        folder
    };
    let some_record = |folder: &Path| {
        let names = tree(folder);
        folder.join(names.keys().find(|name| name.starts_with("ledger/records")).unwrap())
    };
    let holds = |number: usize, folder: &Path| {
        let (success, output) = run(&pairs[number].0, folder);
        success && output == pairs[number].1
    };
    let changed = copy();
    let record = some_record(changed.path());
    let text = std::fs::read_to_string(&record).unwrap().replace("\"strict\":false", "\"strict\":true");
    std::fs::write(&record, text).unwrap();
    assert!(!holds(0, changed.path()), "a changed record has another digest");
    assert!(!holds(3, changed.path()), "and its signature does not hold");
    let removed = copy();
    std::fs::remove_file(some_record(removed.path())).unwrap();
    assert!(!holds(1, removed.path()), "a removed record is missed");
    let other = copy();
    std::fs::write(other.path().join("example/quay-4.3.0.zip"), b"PK").unwrap();
    assert!(!holds(4, other.path()) && !holds(5, other.path()), "another bundle is not the one");
    let root = copy();
    let report = std::fs::read_to_string(root.path().join("2026Q4.json")).unwrap();
    std::fs::write(root.path().join("2026Q4.json"), report.replace("2026-10-01", "2026-11-01")).unwrap();
    assert!(!holds(2, root.path()), "other records have another root");
}
