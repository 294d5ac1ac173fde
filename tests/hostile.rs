//! Hostile and broken inputs: each ends in a report or a clear message with the right exit code, never by a signal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // a test fails by panicking

#[path = "support/archive.rs"]
mod archive;

use std::path::Path;
use std::process::Command;

use archive::{Archive, Record};

fn check(path: &Path) -> (i32, String, String) {
    run(&[path.as_os_str()])
}

fn check_with_app(path: &Path, app: &Path) -> (i32, String, String) {
    run(&[path.as_os_str(), "--app".as_ref(), app.as_os_str()])
}

fn run(arguments: &[&std::ffi::OsStr]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_otaudit"))
        .args(["check", "--as-of", "2026-11-23", "--format", "json", "--jobs", "2"])
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("never a signal"), text(&output.stdout), text(&output.stderr))
}

fn bundle(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html><title>x</title><script src=a.js></script>")
        .unwrap();
    std::fs::write(folder.path().join("a.js"), "").unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn verdict(report: &str, control: &str) -> String {
    let report: serde_json::Value = serde_json::from_str(report).unwrap();
    let assessments = report["assessments"].as_array().unwrap();
    assessments.iter().find(|one| one["control"] == control).unwrap()["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn scripts_that_would_crash_the_parser_are_indeterminate() {
    let many = 100_000;
    let nested = [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("a=>", ""),
        ("function f(){", "}"),
        ("(function(){", "})()"),
        ("`${", "}`"),
        ("class A{a(){", "}}"),
        ("!", ""),
        ("new ", ""),
        ("a?b:", ""),
        ("if(a)", ""),
        ("a=", ""),
        ("x=>(", ")"),
        ("f(", ")"),
    ];
    let chains = ["1+", "a.b.", "a||", "f()", "a?.b"];
    let mut shapes: Vec<String> =
        nested.iter().map(|(open, close)| format!("{}1{}", open.repeat(many), close.repeat(many))).collect();
    shapes.extend(chains.iter().map(|link| format!("x={}1", link.repeat(many))));
    shapes.push(format!("if(a){{}}{}", "else if(b){}".repeat(40_000)));
    let names: Vec<String> = (0..shapes.len()).map(|index| format!("hostile{index}.js")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(&shapes).map(|(name, shape)| (name.as_str(), shape.as_bytes())).collect();
    let folder = bundle(&files);
    let (code, out, error) = check(folder.path());
    assert_eq!(code, 1, "{error}");
    assert_eq!(verdict(&out, "OTA-WEB-001"), "indeterminate");
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["completeness"]["files_not_parsed"], shapes.len());
    for note in report["completeness"]["not_examined"].as_array().unwrap() {
        assert!(note["location"]["line"].is_u64(), "{note}");
    }
}

#[test]
fn small_scripts_of_any_shape_fit_the_stack() {
    // As long as what is parsed without a look at its shape.
    let length = 32 * 1024;
    let shapes: Vec<String> = [
        "(",
        "[",
        "{",
        "!",
        "a=>",
        "new ",
        "`${",
        "-+",
        "f(",
        "x=>{",
        "if(a)",
        "1+",
        "a.",
        "class A{a(){",
        "a?b:",
        "function f(){",
    ]
    .iter()
    .map(|unit| {
        let times = length / unit.len();
        let close: String = unit
            .chars()
            .rev()
            .filter_map(|open| match open {
                '(' => Some(')'),
                '[' => Some(']'),
                '{' => Some('}'),
                _ => None,
            })
            .collect();
        let times = times * unit.len() / (unit.len() + close.len());
        format!("{}1{}", unit.repeat(times - 2), close.repeat(times - 2))
    })
    .collect();
    let names: Vec<String> = (0..shapes.len()).map(|index| format!("small{index}.js")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(&shapes).map(|(name, shape)| (name.as_str(), shape.as_bytes())).collect();
    let (code, out, error) = check(bundle(&files).path());
    assert!(code <= 1, "{error}");
    let _: serde_json::Value = serde_json::from_str(&out).unwrap();
}

#[test]
fn broken_inputs_say_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("empty.zip"), b"").unwrap();
    std::fs::write(at("cut.zip"), b"PK\x03\x04\x14\0\0\0\x08\0").unwrap();
    std::fs::create_dir(at("nothing")).unwrap();
    for (name, expected) in [
        ("empty.zip", "0 bytes"),
        ("cut.zip", "can't be opened"),
        ("nothing", "no files"),
        ("missing.zip", "can't open"),
    ] {
        let (code, out, error) = check(&at(name));
        assert_eq!((code, out.as_str()), (2, ""), "{name}");
        assert!(error.contains(expected) && error.contains("help"), "{name}: {error}");
    }
}

#[test]
fn binary_and_cut_files_are_told_and_gate() {
    let (code, out, _) = check(bundle(&[("b.js", b"\x00\x01\x02\xff\xfe\xfd binary as script")]).path());
    assert_eq!(code, 1);
    assert_ne!(verdict(&out, "OTA-WEB-001"), "pass");
    let (code, out, _) = check(bundle(&[("b.js", b"let a = ;")]).path());
    assert_eq!((code, verdict(&out, "OTA-WEB-001").as_str()), (1, "indeterminate"));
    let (_, out, _) = check(bundle(&[("data.json", b"{\"a\": [1, 2")]).path());
    assert_eq!(verdict(&out, "OTA-BUN-001"), "manual");
    let utf16: Vec<u8> = "\u{feff}eval(x)".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (_, out, _) = check(bundle(&[("b.js", &utf16)]).path());
    assert_eq!(verdict(&out, "OTA-WEB-002"), "manual", "UTF-16 is decoded, not skipped");
}

#[test]
fn a_broken_app_configuration_is_indeterminate() {
    let folder = bundle(&[]);
    let app = tempfile::tempdir().unwrap();
    std::fs::write(app.path().join("capacitor.config.json"), "{\"appId\": \"a.b\", \"server\": {").unwrap();
    let (code, out, _) = check_with_app(folder.path(), app.path());
    assert_eq!((code, verdict(&out, "OTA-NET-005").as_str()), (1, "indeterminate"));
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_seen_and_not_followed() {
    let folder = bundle(&[]);
    std::os::unix::fs::symlink("/", folder.path().join("root")).unwrap();
    let (code, out, _) = check(folder.path());
    assert_eq!((code, verdict(&out, "OTA-BUN-005").as_str()), (1, "fail"));
}

#[test]
fn each_trick_of_a_zip_is_a_finding_of_its_own_with_the_entrys_name() {
    let page = || Record::stored("index.html", b"<!doctype html><title>x</title>");
    let with = |records: Vec<Record>| Archive { records, ..Archive::default() };
    let cases: Vec<(&str, &str, Archive)> = vec![
        ("duplicate-name", "a.js", with(vec![page(), Record::stored("a.js", b"1"), Record::stored("a.js", b"2")])),
        ("colliding-name", "A.js", with(vec![page(), Record::stored("a.js", b"1"), Record::stored("A.js", b"2")])),
        ("parent-path", "../a.js", with(vec![page(), Record::stored("../a.js", b"1")])),
        ("absolute-path", "/a.js", with(vec![page(), Record::stored("/a.js", b"1")])),
        ("backslash-in-name", "b\\a.js", with(vec![page(), Record::stored("b\\a.js", b"1")])),
        ("symlink", "a.js", with(vec![page(), Record::stored("a.js", b"/etc/hosts").mode(0o120_777)])),
        ("encrypted", "a.js", with(vec![page(), Record::stored("a.js", b"1").with(|header| header.flags |= 1)])),
        ("wrong-crc", "a.js", with(vec![page(), Record::stored("a.js", b"1").with(|header| header.crc ^= 1)])),
        (
            "name-differs",
            "a.js",
            with(vec![page(), Record::stored("a.js", b"1").with_local(|header| header.name = b"b.js".to_vec())]),
        ),
        (
            "only-in-local-headers",
            "hidden.js",
            with(vec![
                page(),
                Record { central: None, ..Record::stored("hidden.js", b"1") },
                Record::stored("a.js", b"1"),
            ]),
        ),
        ("trailing-data", "", Archive { append: b"more".to_vec(), ..with(vec![page()]) }),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (rule, entry, archive) in cases {
        let path = folder.path().join("case.zip");
        std::fs::write(&path, archive.bytes()).unwrap();
        let (code, out, error) = check(&path);
        assert_eq!(code, 1, "{rule}: {error}");
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        let structure =
            report["assessments"].as_array().unwrap().iter().find(|one| one["control"] == "OTA-BUN-005").unwrap();
        let found: Vec<(&str, &str)> = structure["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| (finding["rule"].as_str().unwrap(), finding["location"]["path"].as_str().unwrap()))
            .collect();
        assert!(found.iter().any(|(seen, path)| *seen == rule && *path == entry), "{rule} on {entry}: {found:?}");
    }
}

#[test]
fn a_configuration_with_comments_is_read_and_said() {
    let folder = bundle(&[]);
    let app = tempfile::tempdir().unwrap();
    let text = "\u{feff}{\n  // live reload\n  \"server\": { \"url\": \"http://10.0.0.1\" },\n}";
    std::fs::write(app.path().join("capacitor.config.json"), text).unwrap();
    let (code, out, _) = check_with_app(folder.path(), app.path());
    assert_eq!((code, verdict(&out, "OTA-NET-005").as_str()), (1, "fail"));
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let notes = report["completeness"]["notes"].as_array().unwrap();
    assert!(notes.iter().any(|note| note["message"].as_str().unwrap().contains("comments")), "{notes:?}");
}

#[test]
fn a_page_of_very_many_scripts_costs_no_more_than_its_length() {
    // Each has a place to report; indexing the page's lines anew for each would take hours.
    let page = format!("<!doctype html><title>x</title>{}", "<script>eval(x)</script>".repeat(50_000));
    let (code, out, error) = check(bundle(&[("many.html", page.as_bytes())]).path());
    assert!(code <= 1, "{error}");
    assert_ne!(verdict(&out, "OTA-WEB-002"), "pass");
}

#[test]
fn a_comparison_of_deep_and_broken_scripts_ends() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(9_000), close.repeat(9_000));
    let files = [("a.js", deep("(", ")")), ("b.js", deep("!", "")), ("c.js", "let = =".to_owned())];
    let one = bundle(&files.iter().map(|(name, text)| (*name, text.as_bytes())).collect::<Vec<_>>());
    let other = bundle(&[("a.js", deep("[", "]").as_bytes()), ("d.js", "(".repeat(200_000).as_bytes())]);
    let output = Command::new(env!("CARGO_BIN_EXE_otaudit"))
        .arg("diff")
        .args([one.path(), other.path()])
        .args(["--format", "json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code().expect("never a signal"), 0);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let unread = report["comparison"]["code"]["unread"].as_array().unwrap();
    let names: Vec<_> = unread.iter().map(|one| one[0].as_str().unwrap()).collect();
    assert_eq!(names, ["d.js"], "{unread:?}");
}
