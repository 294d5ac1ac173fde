//! The two sample apps: the clean one passes, the broken one names every planted issue at its very place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // a test fails by panicking

use std::collections::BTreeSet;
use std::process::Command;

fn otaudit(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_otaudit")).args(arguments).env("NO_COLOR", "1").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().expect("never a signal"), text(output.stdout), text(output.stderr))
}

fn report(arguments: &[&str]) -> (i32, serde_json::Value) {
    let mut all = vec!["check", "--as-of", "2026-11-23", "--format", "json"];
    all.extend(arguments);
    let (code, out, error) = otaudit(&all);
    (code, serde_json::from_str(&out).unwrap_or_else(|_| panic!("no report: {error}")))
}

#[test]
fn the_clean_app_passes() {
    let (code, report) = report(&["tests/samples/harbour"]);
    assert_eq!(code, 0);
    assert_eq!(report["gate"]["result"], "passed");
    assert_eq!(report["counts"]["failures"]["critical"], 0);
    assert_eq!(report["counts"]["assessments"]["fail"], 0);
    assert_eq!(report["completeness"]["files_not_parsed"], 0);
}

#[test]
fn the_broken_app_names_every_planted_issue_with_file_and_line() {
    let (code, report) =
        report(&["tests/samples/harbour-broken", "--release", "tests/samples/harbour-broken/release.json"]);
    assert_eq!(code, 1);
    let planted: serde_json::Value =
        serde_yaml::from_str(&std::fs::read_to_string("tests/samples/harbour-broken/PLANTED.yaml").unwrap()).unwrap();
    let planted = planted.as_array().or_else(|| planted["planted"].as_array()).unwrap();
    assert!(planted.len() >= 17);
    let mut seen = BTreeSet::new();
    for assessment in report["assessments"].as_array().unwrap() {
        for finding in assessment["findings"].as_array().unwrap() {
            let place = &finding["location"];
            seen.insert((
                assessment["control"].as_str().unwrap().to_owned(),
                place["root"].as_str().unwrap().to_owned(),
                place["path"].as_str().unwrap().to_owned(),
                place["line"].as_u64(),
            ));
        }
    }
    let mut missed = Vec::new();
    for issue in planted {
        let text = |key: &str| issue[key].as_str().unwrap_or_default().to_owned();
        // A whole file has no line, whatever the list says of its first one.
        let found = seen.iter().any(|(control, root, path, line)| {
            *control == text("control")
                && *root == text("root")
                && *path == text("path")
                && (line.is_none() || issue["line"].is_null() || *line == issue["line"].as_u64())
        });
        if !found {
            missed.push(format!("{} {} {}:{}", text("control"), text("root"), text("path"), issue["line"]));
        }
    }
    assert!(missed.is_empty(), "not found:\n{}", missed.join("\n"));
}

#[test]
fn reports_are_equal_to_the_byte_for_any_number_of_threads() {
    let arguments = |jobs: &'static str, format: &'static str| {
        ["check", "tests/samples/harbour-broken", "--as-of", "2026-11-23", "--jobs", jobs, "--format", format]
    };
    for format in ["table", "json", "sarif"] {
        let first = otaudit(&arguments("1", format));
        assert_eq!(first, otaudit(&arguments("1", format)), "{format}");
        assert_eq!(first, otaudit(&arguments("8", format)), "{format}");
    }
}

#[test]
fn the_zip_and_the_folder_agree() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("www.zip");
    let mut writer = zip::ZipWriter::new(std::fs::File::create(&archive).unwrap());
    let root = std::path::Path::new("tests/samples/harbour-broken/www");
    let mut paths: Vec<_> = walkdir::WalkDir::new(root)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .collect();
    paths.reverse();
    for entry in &paths {
        let name = entry.path().strip_prefix(root).unwrap().to_str().unwrap();
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, &std::fs::read(entry.path()).unwrap()).unwrap();
    }
    writer.add_symlink("assets/latest.css", "../../../etc/hosts", zip::write::SimpleFileOptions::default()).unwrap();
    writer.finish().unwrap();
    let (_, from_zip) = report(&[archive.to_str().unwrap(), "--app", "tests/samples/harbour-broken"]);
    let (_, from_folder) = report(&["tests/samples/harbour-broken/www", "--app", "tests/samples/harbour-broken"]);
    assert_eq!(from_zip["subject"]["bundle"]["content_digest"], from_folder["subject"]["bundle"]["content_digest"]);
    for (one, other) in
        from_zip["assessments"].as_array().unwrap().iter().zip(from_folder["assessments"].as_array().unwrap())
    {
        let prints = |assessment: &serde_json::Value| -> Vec<(String, String)> {
            assessment["findings"]
                .as_array()
                .unwrap()
                .iter()
                .map(|finding| (finding["fingerprint"].to_string(), finding["location"].to_string()))
                .collect()
        };
        assert_eq!(prints(one), prints(other), "{}", one["control"]);
        assert_eq!(one["verdict"], other["verdict"], "{}", one["control"]);
    }
}
