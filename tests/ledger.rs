//! `check --ledger`, `ledger` and `attest` as a user runs them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // a test fails by panicking

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

const ED25519: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB\n-----END PRIVATE KEY-----\n";
/// The public half, as `openssl pkey -pubout` writes it.
const ED25519_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAiojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=\n-----END PUBLIC KEY-----\n";
const P256: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCN0HBdEV+H4YrHPU
szsr1WWl6Af2AAuPDP/8MVpUWMChRANCAAQUQIWtOb3FxFpl60rIn6zhFtSGDCTh
nL74grx+xh+krlGoaHqIxzYDIotDxSCIL3m4FMbVehHGI+k8PctF2BkO
-----END PRIVATE KEY-----
";

fn otaudit(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_otaudit")).args(arguments).env_remove("SOURCE_DATE_EPOCH").output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// A small app with a bundle, and a place for the ledger.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.write(
            "app/capacitor.config.json",
            r#"{"appId":"com.example.harbour","appName":"Harbour","webDir":"www"}"#,
        );
        place.bundle("old", "old");
        place.bundle("new", "new");
        place.write("1.0.0.json", r#"{"version":"1.0.0"}"#);
        place.write("1.1.0.json", r#"{"version":"1.1.0"}"#);
        place.write("signing.pem", ED25519);
        place.write("signing.pub", ED25519_PUBLIC);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn at(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn bundle(&self, name: &str, word: &str) {
        self.write(&format!("{name}/index.html"), &format!("<!doctype html><title>Harbour {word}</title>"));
    }

    fn check(&self, bundle: &str, version: &str, day: &str, more: &[&str]) -> (Option<i32>, Value) {
        let report = self.at(&format!("{bundle}-{version}.json"));
        let release = self.at(&format!("{version}.json"));
        let (bundle, app, ledger) = (self.at(bundle), self.at("app"), self.at("ledger"));
        let format = format!("json={report}");
        let mut arguments = vec!["check", &bundle, "--app", &app, "--release", &release, "--as-of", day];
        arguments.extend(["--ledger", &ledger, "--format", &format]);
        arguments.extend(more);
        let output = otaudit(&arguments);
        let report = std::fs::read(&report).unwrap_or_else(|_| panic!("{}", text(&output)));
        (output.status.code(), serde_json::from_slice(&report).unwrap())
    }

    fn ledger(&self, arguments: &[&str]) -> Output {
        let mut all = vec!["ledger"];
        all.extend(arguments);
        let ledger = self.at("ledger");
        all.extend(["--ledger", &ledger]);
        otaudit(&all)
    }
}

fn findings<'a>(report: &'a Value, control: &str) -> Vec<(&'a str, &'a str)> {
    let assessments = report["assessments"].as_array().unwrap();
    let own = assessments.iter().find(|one| one["control"] == control).unwrap();
    let all = own["findings"].as_array().unwrap();
    all.iter().map(|one| (one["rule"].as_str().unwrap(), one["message"].as_str().unwrap())).collect()
}

/// A zip of one stored file.
fn zip(content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    writer.start_file("index.html", options).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_chain_tells_a_downgrade_and_a_replay() {
    let place = Place::new();
    let lenient = ["--fail-on", "critical"];
    let (_, first) = place.check("old", "1.0.0", "2026-01-01", &lenient);
    assert_eq!(findings(&first, "OTA-RBK-001").iter().map(|one| one.0).collect::<Vec<_>>(), ["no-previous"]);
    let (_, second) = place.check("new", "1.1.0", "2026-02-01", &lenient);
    assert_eq!(findings(&second, "OTA-RBK-001"), []);
    // Old and new change places: the old version comes after the new one.
    let (_, back) = place.check("old", "1.0.0", "2026-03-01", &lenient);
    let found = findings(&back, "OTA-RBK-001");
    assert_eq!(found[0].0, "lower-than-ledger");
    assert!(found[0].1.contains("1.1.0") && found[0].1.contains("2026-02-01"), "{}", found[0].1);
    // The old content under a new version.
    place.write("1.2.0.json", r#"{"version":"1.2.0"}"#);
    let (_, replay) = place.check("old", "1.2.0", "2026-04-01", &lenient);
    let found = findings(&replay, "OTA-RBK-001");
    assert_eq!(found[0].0, "replayed");
    assert!(found[0].1.contains("2026-01-01"), "the first appearance: {}", found[0].1);
    let verified = place.ledger(&["verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", text(&verified));
    let list = text(&place.ledger(&["list"]));
    assert_eq!(list.lines().count(), 5, "{list}");
}

#[test]
fn a_record_says_nothing_of_the_machine_and_names_the_report() {
    let place = Place::new();
    let (_, _) = place.check("old", "1.0.0", "2026-01-01", &["--ledger-key", &place.at("signing.pem")]);
    let list: Value = serde_json::from_slice(&place.ledger(&["list", "--format", "json"]).stdout).unwrap();
    let row = &list[0];
    let shown = row.to_string();
    assert!(!shown.contains(&place.at("")), "{shown}");
    assert_eq!(row["record"]["app"], "com.example.harbour");
    let report = std::fs::read(place.path("old-1.0.0.json")).unwrap();
    assert_eq!(row["record"]["audit"]["report"], otaudit::model::Digest::of(&report).hex());
    let config = std::fs::read(place.path("app/capacitor.config.json")).unwrap();
    assert_eq!(row["record"]["audit"]["subject"]["config"], otaudit::model::Digest::of(&config).hex());
    // The name is the digest of the file's bytes.
    let name = row["name"].as_str().unwrap();
    let file = std::fs::read(place.path(&format!("ledger/records/{}/{name}.json", &name[..2]))).unwrap();
    assert_eq!(otaudit::model::Digest::of(&file).hex(), name);
    let key = place.at("signing.pub");
    assert_eq!(place.ledger(&["verify", "--public-key", &key]).status.code(), Some(0));
}

#[test]
fn fifty_processes_at_once_lose_nothing() {
    let place = Place::new();
    let writers: Vec<_> = (0..50)
        .map(|_| {
            let (bundle, app, ledger) = (place.at("old"), place.at("app"), place.at("ledger"));
            Command::new(env!("CARGO_BIN_EXE_otaudit"))
                .args(["check", &bundle, "--app", &app, "--ledger", &ledger, "--as-of", "2026-01-01", "--quiet"])
                .args(["--jobs", "1"])
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut writer in writers {
        assert!(writer.wait().unwrap().code().is_some_and(|code| code < 2));
    }
    let list: Value = serde_json::from_slice(&place.ledger(&["list", "--format", "json"]).stdout).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 50);
    let verified = place.ledger(&["verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", text(&verified));
}

#[test]
fn proofs_and_checkpoints_are_printed_and_checked() {
    let place = Place::new();
    for (bundle, version, day) in [("old", "1.0.0", "2026-01-01"), ("new", "1.1.0", "2026-02-01")] {
        place.check(bundle, version, day, &[]);
    }
    let list: Value = serde_json::from_slice(&place.ledger(&["list", "--format", "json"]).stdout).unwrap();
    let (first, last) = (list[0]["name"].as_str().unwrap(), list[1]["name"].as_str().unwrap());
    let (point, proof) = (place.at("point.json"), place.at("proof.json"));
    assert_eq!(place.ledger(&["checkpoint", "--output", &point, "--as-of", "2026-02-02"]).status.code(), Some(0));
    let shown = place.ledger(&["show", &first[..10], "--proof", "--checkpoint", &point]);
    std::fs::write(&proof, &shown.stdout).unwrap();
    let verified = place.ledger(&["verify", "--proof", &proof, "--checkpoint", &point]);
    assert_eq!(verified.status.code(), Some(0), "{}", text(&verified));
    // Another record's name in the proof.
    std::fs::write(&proof, String::from_utf8(shown.stdout).unwrap().replace(first, last)).unwrap();
    let verified = place.ledger(&["verify", "--proof", &proof]);
    assert_eq!(verified.status.code(), Some(1), "{}", text(&verified));
    // The end is cut off.
    std::fs::remove_file(place.path(&format!("ledger/records/{}/{last}.json", &last[..2]))).unwrap();
    assert_eq!(place.ledger(&["verify"]).status.code(), Some(0));
    let verified = place.ledger(&["verify", "--checkpoint", &point]);
    assert_eq!(verified.status.code(), Some(1));
    assert!(text(&verified).contains(&format!("TRUNCATED: record {last}")), "{}", text(&verified));
}

#[test]
fn a_ledger_that_is_not_there_is_no_intact_one() {
    let place = Place::new();
    for command in [&["verify"][..], &["list"], &["show", "abcd"], &["checkpoint"], &["export", "--format", "csv"]] {
        assert_eq!(place.ledger(command).status.code(), Some(2), "{command:?}");
    }
}

#[test]
#[cfg(not(feature = "object-store"))]
fn without_the_feature_an_object_store_is_told_before_anything_is_read() {
    let place = Place::new();
    let report = place.at("report.json");
    let check =
        ["check", &place.at("missing"), "--ledger", "s3://bucket/ledger", "--format", &format!("json={report}")];
    for arguments in [&["ledger", "list", "--ledger", "gs://bucket/ledger"][..], &check] {
        let refused = otaudit(arguments);
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused).contains("built without object stores"), "{}", text(&refused));
        assert!(text(&refused).contains("--features object-store"), "{}", text(&refused));
    }
    assert!(!Path::new(&report).exists());
}

#[test]
#[cfg(not(feature = "parquet"))]
fn without_the_feature_parquet_is_told() {
    let refused = Place::new().ledger(&["export", "--format", "parquet"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused).contains("built without Parquet"), "{}", text(&refused));
    assert!(text(&refused).contains("--features parquet"), "{}", text(&refused));
}

#[test]
fn a_url_that_could_hold_a_secret_is_refused_and_not_shown() {
    for url in ["s3://AKIA:hunter2@bucket/ledger", "az://container/x?sig=hunter2"] {
        let refused = otaudit(&["ledger", "list", "--ledger", url]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused).contains("credentials come from the environment"), "{}", text(&refused));
        assert!(!text(&refused).contains("hunter2"), "{}", text(&refused));
    }
    let refused = otaudit(&["ledger", "list", "--ledger", "ftp://somewhere/ledger"]);
    assert!(text(&refused).contains("is no place for a ledger"), "{}", text(&refused));
}

/// A statement about a zip, and the files around it.
fn attested(place: &Place, key: &str, predicate: &str) -> Output {
    std::fs::write(place.path("bundle.zip"), zip(b"<!doctype html><title>Harbour</title>")).unwrap();
    let bundle = place.at("bundle.zip");
    let report = place.at("report.json");
    let format = format!("json={report}");
    let checked = otaudit(&["check", &bundle, "--as-of", "2026-01-01", "--fail-on", "critical", "--format", &format]);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked));
    place.write("key.pem", key);
    let (key, output) = (place.at("key.pem"), place.at("statement.json"));
    otaudit(&["attest", &bundle, "--report", &report, "--key", &key, "--output", &output, "--predicate", predicate])
}

#[test]
fn a_statement_holds_for_its_bundle_and_for_nothing_else() {
    let place = Place::new();
    for predicate in ["test-result", "svr"] {
        let signed = attested(&place, ED25519, predicate);
        assert_eq!(signed.status.code(), Some(0), "{}", text(&signed));
        let verify = |more: &[&str]| {
            let (statement, key, bundle) =
                (place.at("statement.json"), place.at("signing.pub"), place.at("bundle.zip"));
            let mut all = vec!["attest", "--verify", &statement, "--public-key", &key];
            if !more.contains(&"--bundle") {
                all.extend(["--bundle", &bundle]);
            }
            all.extend(more);
            let output = otaudit(&all);
            (output.status.code(), text(&output))
        };
        let day = ["--as-of", "2026-01-05"];
        assert_eq!(verify(&day).0, Some(0), "{}", verify(&day).1);
        assert_eq!(verify(&["--as-of", "2026-01-05", "--max-age", "7d"]).0, Some(0));
        let (code, said) = verify(&["--as-of", "2026-01-09", "--max-age", "7d"]);
        assert!(code == Some(1) && said.contains("age        FAILS"), "{said}");
        let (code, said) = verify(&["--as-of", "2026-01-09"]);
        assert!(code == Some(1) && said.contains("longer ago than 7 days"), "without a word, too: {said}");
        assert_eq!(verify(&["--as-of", "2027-01-09", "--max-age", "any"]).0, Some(0));
        let (code, said) = verify(&["--as-of", "2025-12-01"]);
        assert!(code == Some(1) && said.contains("still to come"), "{said}");
        // The gate was lowered on the command line: the default policy's did not decide.
        let (code, said) = verify(&["--as-of", "2026-01-05", "--policy", "default"]);
        assert!(code == Some(1) && said.contains("lowered"), "{said}");
        let (code, said) = verify(&["--as-of", "2026-01-05", "--policy", "strict"]);
        assert!(code == Some(1) && said.contains("policy     FAILS"), "{said}");
        std::fs::write(place.path("other.zip"), zip(b"<!doctype html><title>Other</title>")).unwrap();
        let (code, said) = verify(&["--as-of", "2026-01-05", "--bundle", &place.at("other.zip")]);
        assert!(code == Some(1) && said.contains("subject    FAILS"), "{said}");
        // Another payload under the same signature.
        let path = place.path("statement.json");
        let mut envelope: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let payload = STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
        let forged = String::from_utf8(payload).unwrap().replace("2026-01-01", "2026-01-04");
        envelope["payload"] = Value::String(STANDARD.encode(forged));
        std::fs::write(&path, envelope.to_string()).unwrap();
        let (code, said) = verify(&day);
        assert!(code == Some(1) && said.contains("signature  FAILS"), "{said}");
    }
}

#[test]
fn a_report_of_another_bundle_is_not_attested() {
    let place = Place::new();
    assert_eq!(attested(&place, P256, "test-result").status.code(), Some(0));
    std::fs::write(place.path("bundle.zip"), zip(b"<!doctype html><title>Changed</title>")).unwrap();
    let (bundle, report, key) = (place.at("bundle.zip"), place.at("report.json"), place.at("key.pem"));
    let refused = otaudit(&["attest", &bundle, "--report", &report, "--key", &key]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused).contains("not about this bundle"), "{}", text(&refused));
    let folder = place.at("old");
    let refused = otaudit(&["attest", &folder, "--report", &report, "--key", &key]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused));
}

#[test]
fn a_folder_is_attested_by_its_content() {
    let place = Place::new();
    let (folder, report, key) = (place.at("old"), place.at("report.json"), place.at("signing.pem"));
    let format = format!("json={report}");
    otaudit(&["check", &folder, "--as-of", "2026-01-01", "--fail-on", "critical", "--format", &format]);
    let (output, public) = (place.at("statement.json"), place.at("signing.pub"));
    let signed = otaudit(&["attest", &folder, "--report", &report, "--key", &key, "--output", &output]);
    assert_eq!(signed.status.code(), Some(0), "{}", text(&signed));
    let verify = || {
        let all =
            ["attest", "--verify", &output, "--public-key", &public, "--bundle", &folder, "--as-of", "2026-01-02"];
        otaudit(&all).status.code()
    };
    assert_eq!(verify(), Some(0));
    place.bundle("old", "changed");
    assert_eq!(verify(), Some(1));
}

#[test]
fn keys_that_can_not_sign_are_told() {
    let place = Place::new();
    for (name, content, expected) in [
        ("public", ED25519_PUBLIC, "can't be read"),
        (
            "password",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----",
            "under a password",
        ),
        ("sec1", "-----BEGIN EC PRIVATE KEY-----\nAA==\n-----END EC PRIVATE KEY-----", "no PKCS#8"),
        ("rsa", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "neither Ed25519 nor P-256"),
    ] {
        place.write(name, content);
        let (bundle, app, ledger, key) = (place.at("old"), place.at("app"), place.at("ledger"), place.at(name));
        let output = otaudit(&["check", &bundle, "--app", &app, "--ledger", &ledger, "--ledger-key", &key]);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output).contains(expected), "{name}: {}", text(&output));
        assert!(!Path::new(&ledger).join("records").exists(), "nothing is written before the key is known to be sound");
    }
}

#[test]
fn tables_have_the_same_columns_in_every_row() {
    let place = Place::new();
    place.check("old", "1.0.0", "2026-01-01", &[]);
    for table in ["records", "findings", "keys"] {
        let csv = text(&place.ledger(&["export", "--format", "csv", "--table", table]));
        let mut lines = csv.split("\r\n").filter(|line| !line.is_empty());
        let columns: Vec<String> = lines.next().unwrap().split(',').map(str::to_owned).collect();
        for line in lines {
            assert_eq!(line.split(',').count(), columns.len(), "{line}");
        }
        let rows = text(&place.ledger(&["export", "--format", "jsonl", "--table", table]));
        for row in rows.lines() {
            let row: Value = serde_json::from_str(row).unwrap();
            assert!(columns.iter().all(|name| row.get(name).is_some()), "{row}");
        }
    }
}

#[test]
fn incidents_of_the_register_are_followed_in_the_report_of_the_period() {
    let place = Place::new();
    let register = |closed: bool| {
        format!(
            "incident.register:\n  date: 2026-01-01\n  by: Ada Quay, officer\n  value:\n    \
             - {{id: INC-7, date: 2025-12-30, closed: {closed}, root_cause: Ada left a key in the repository}}\n"
        )
    };
    place.write("app/otaudit-attestations.yaml", &register(false));
    place.check("old", "1.0.0", "2026-01-02", &[]);
    place.write("app/otaudit-attestations.yaml", &register(true));
    place.check("new", "1.1.0", "2026-02-02", &[]);
    let list = text(&place.ledger(&["list", "--format", "json"]));
    assert!(list.contains("INC-7") && !list.contains("Ada"), "ids only: {list}");
    let report = |format: &str| {
        let (ledger, file) = (place.at("ledger"), place.at("period"));
        let format = format!("{format}={file}");
        let made = otaudit(&[
            "report",
            "--period",
            "2026Q1",
            "--ledger",
            &ledger,
            "--as-of",
            "2026-04-01",
            "--format",
            &format,
        ]);
        assert_eq!(made.status.code(), Some(0), "{}", text(&made));
        std::fs::read_to_string(&file).unwrap()
    };
    let json: Value = serde_json::from_str(&report("json")).unwrap();
    let row = &json["apps"][0]["incidents"]["rows"][0];
    assert_eq!((&row["incident"]["id"], &row["state"]), (&"INC-7".into(), &"closed".into()));
    assert_eq!(row["incident"]["root_cause"], true);
    assert!(report("markdown").contains("| INC-7 | 2025-12-30 | closed | stated | 0 |"), "{}", report("markdown"));
    let oscal: Value = serde_json::from_str(&report("oscal")).unwrap();
    let observations = oscal["assessment-results"]["results"][0]["observations"].as_array().unwrap();
    assert!(observations.iter().any(|one| one["title"] == "Incident INC-7"), "{oscal}");
    let wrong = otaudit(&["report", "--period", "2026Q1", "--format", "sarif", "--ledger", &place.at("ledger")]);
    assert!(text(&wrong).contains("markdown, json, html, pdf, oscal"), "{}", text(&wrong));
}
