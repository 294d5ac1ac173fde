//! The command `otaudit verify`, run on releases that are made here: exit codes, the JSON's shape, what is written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // a test fails by panicking

#[path = "support/archive.rs"]
mod archive;
#[path = "support/releases.rs"]
#[allow(dead_code, reason = "some keys are for the controls' cases")]
mod releases;
#[path = "support/signing.rs"]
#[allow(dead_code, reason = "as above")]
mod signing;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

/// Makes a release of a bundle with two files in a new folder.
fn release(kind: &str, options: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let bundle = [
        ("index.html".to_owned(), b"<!doctype html><title>t</title><script src=a.js></script>".to_vec()),
        ("assets/a.js".to_owned(), b"console.log(1)".to_vec()),
    ];
    let options: BTreeMap<String, String> =
        options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    for (path, bytes) in releases::make(kind, &options, &bundle) {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

fn verify(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otaudit"));
    command.arg("verify").arg(folder).args(["--as-of", "2026-12-01"]).args(arguments).output().unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn an_authentic_release_gives_zero_and_names_the_key() {
    let folder = release("capgo-v3", &[]);
    let output = verify(folder.path(), &["--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let json = json(&output);
    assert_eq!((json["schema"].as_str(), json["result"].as_str()), (Some("otaudit/verification/v1"), Some("valid")));
    assert_eq!((json["key"]["bits"].as_u64(), json["key"]["exponent"].as_str()), (Some(2048), Some("65537")));
    assert_eq!(json["key"]["spki_sha256"].as_str(), Some(releases::capgo_key_sha256().as_str()));
    assert!(json["steps"].as_array().unwrap().iter().all(|step| step["result"] == "passed"), "{json}");
    assert!(json["not_covered"].as_array().unwrap().contains(&"version_not_authenticated".into()));
    assert_eq!(json["issues"], serde_json::json!([]));
}

#[test]
fn what_is_not_authentic_gives_one() {
    for (kind, options, result) in [
        ("capgo-plain", &[][..], "unsigned_sha256_ok"),
        ("capgo-crc32", &[], "unsigned_crc32_ok"),
        ("capgo-v1", &[], "decrypts_v1_unsigned"),
        ("capgo-v3", &[("tamper", "ciphertext")], "reject:checksum_mismatch"),
        ("capgo-v3", &[("tamper", "session-key")], "reject:rsa_padding"),
    ] {
        let folder = release(kind, options);
        let output = verify(folder.path(), &["--format", "json"]);
        assert_eq!(
            (output.status.code(), json(&output)["result"].as_str()),
            (Some(1), Some(result)),
            "{kind} {options:?}"
        );
    }
}

#[test]
fn nothing_to_verify_and_faults_of_the_request_give_two() {
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(verify(empty.path(), &[]).status.code(), Some(2));
    let folder = release("capgo-v3", &[]);
    assert_eq!(verify(folder.path(), &["--system", "nothing"]).status.code(), Some(2));
    std::fs::write(folder.path().join("release.yaml"), "sytem: capgo\n").unwrap();
    let output = verify(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2), "a typing mistake in a release file must not drop a check");
    assert!(String::from_utf8_lossy(&output.stderr).contains("sytem"));
}

#[test]
fn the_content_is_written_decrypted_and_only_into_a_new_folder() {
    let folder = release("capgo-v3", &[]);
    let out = folder.path().join("out");
    let arguments = ["--decrypt-to", out.to_str().unwrap(), "-q"];
    assert_eq!(verify(folder.path(), &arguments).status.code(), Some(0));
    assert_eq!(std::fs::read(out.join("assets/a.js")).unwrap(), b"console.log(1)");
    std::fs::remove_file(out.join("index.html")).unwrap();
    assert_eq!(verify(folder.path(), &arguments).status.code(), Some(2), "a folder that is not empty is left alone");
    assert!(!out.join("index.html").exists());
    let tampered = release("capgo-v3", &[("tamper", "ciphertext")]);
    let other = tampered.path().join("out");
    assert_eq!(verify(tampered.path(), &["--decrypt-to", other.to_str().unwrap()]).status.code(), Some(2));
    assert!(!other.exists(), "nothing of a refused release is written");
}

#[test]
fn a_configuration_in_typescript_gives_the_key() {
    let folder = release("capgo-v3", &[]);
    let json = std::fs::read_to_string(folder.path().join("capacitor.config.json")).unwrap();
    std::fs::remove_file(folder.path().join("capacitor.config.json")).unwrap();
    std::fs::write(folder.path().join("capacitor.config.ts"), format!("export default {json};\n")).unwrap();
    assert_eq!(verify(folder.path(), &["-q"]).status.code(), Some(0));
}

#[test]
fn a_release_cannot_bring_its_own_key_when_the_app_is_given() {
    let folder = release("capgo-v3", &[]);
    let app = tempfile::tempdir().unwrap();
    let config = format!(
        "{{\"plugins\":{{\"CapacitorUpdater\":{{\"publicKey\":{}}}}}}}",
        serde_json::Value::String(releases::other_public_key())
    );
    std::fs::write(app.path().join("capacitor.config.json"), config).unwrap();
    let output = verify(folder.path(), &["--app", app.path().to_str().unwrap(), "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_ne!(json(&output)["result"], "valid");
}
