//! The committed reports in `reports/`: made again, they have the same bytes. `OTAUDIT_REGENERATE=1` writes them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::{Command, Output};

/// The PDF only when this build can make one.
const NAMES: &[&str] =
    if cfg!(feature = "pdf") { &["html", "json", "oscal", "pdf"] } else { &["html", "json", "oscal"] };

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otaudit"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).arg("report").args(arguments).output().unwrap()
}

const BROKEN: [&str; 8] = [
    "--app",
    "tests/samples/harbour-broken",
    "--release",
    "tests/samples/harbour-broken/release.json",
    "--cover",
    "docs/examples/cover.yaml",
    "--as-of",
    "2026-11-23",
];

#[test]
#[allow(clippy::disallowed_methods, reason = "a test's own switch")]
fn the_committed_reports_are_current() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| format!("harbour-broken.{}", if name == "oscal" { "oscal.json" } else { name });
    let path = |name: &str| folder.path().join(file(name));
    let formats: Vec<String> = NAMES.iter().map(|name| format!("--format={name}={}", path(name).display())).collect();
    let mut arguments: Vec<&str> = BROKEN.to_vec();
    arguments.extend(["--framework", "gdpr", "--framework", "ccpa"]);
    arguments.extend(formats.iter().map(String::as_str));
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    for name in NAMES {
        let made = std::fs::read(path(name)).unwrap();
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports").join(file(name));
        if std::env::var("OTAUDIT_REGENERATE").is_ok_and(|value| value == "1") {
            std::fs::write(&kept, &made).unwrap();
        }
        let kept = std::fs::read(kept).unwrap_or_default();
        assert!(made == kept, "reports/{} differs; OTAUDIT_REGENERATE=1 writes it", file(name));
    }
}

#[test]
fn the_gate_decides_the_exit_code_only_when_asked() {
    let code = |more: &[&str]| {
        let mut arguments: Vec<&str> = BROKEN.to_vec();
        arguments.extend(["--framework", "gdpr", "--format", "json"]);
        arguments.extend(more);
        run(&arguments).status.code()
    };
    assert_eq!(code(&[]), Some(0));
    assert_eq!(code(&["--gate"]), Some(1));
}

#[test]
fn faults_of_the_request_are_told() {
    let said = |arguments: &[&str]| {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(said(&["--framework", "gdrp"]).contains("no framework `gdrp`"));
    assert!(said(&["--cover", "Cargo.toml"]).contains("can't read the cover `Cargo.toml`"));
    assert!(said(&["--format", "html="]).contains("names no file"));
    if !cfg!(feature = "pdf") {
        assert!(said(&["--format", "pdf=x.pdf"]).contains("cargo build --release --features pdf"));
    }
}

#[test]
fn a_name_in_any_writing_and_a_hostile_one_stay_text() {
    let folder = tempfile::tempdir().unwrap();
    let name = r"Ωμέγα ميناء 港湾 🎉 <script>alert(1)</script> #panic() *b* =1+1";
    let config = serde_json::json!({"appId": "app.example.a", "appName": name, "webDir": "www"});
    std::fs::write(folder.path().join("capacitor.config.json"), config.to_string()).unwrap();
    std::fs::create_dir(folder.path().join("www")).unwrap();
    let long = format!("{}.js", "x".repeat(180));
    std::fs::write(folder.path().join("www/index.html"), "<!doctype html><title>a</title>").unwrap();
    std::fs::write(folder.path().join("www").join(long), "eval(location.hash)").unwrap();
    let app = folder.path().display().to_string();
    let page = String::from_utf8(run(&["--app", &app, "--as-of", "2026-11-23"]).stdout).unwrap();
    assert!(page.contains("Ωμέγα ميناء 港湾 🎉 &lt;script&gt;alert(1)&lt;/script&gt; #panic() *b* =1+1"));
    assert!(!page.contains("<script"));
}
