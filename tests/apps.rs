//! Which app is audited and which of its configurations ships; and folders in which nothing must be lost or walked:
//! through the command line, as it is used.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // a test fails by panicking

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const PLAIN: &str = r#"{"appId":"com.example.a","appName":"A","webDir":"www",
"plugins":{"CapacitorUpdater":{"updateUrl":"https://updates.example.com/"}}}"#;
const VARIANT: &str = r#"{"appId":"com.example.staging","appName":"S","webDir":"out",
"plugins":{"CapacitorUpdater":{"updateUrl":"http://staging.example.com/","allowModifyUrl":true}}}"#;

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Exit code, standard output, standard error.
fn otaudit(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otaudit"));
    let output = command.args(arguments).current_dir(folder).env("NO_COLOR", "1").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().expect("never a signal"), text(output.stdout), text(output.stderr))
}

fn report(folder: &Path, arguments: &[&str]) -> Value {
    let mut all = vec!["check", "--as-of", "2026-11-23", "--format", "json"];
    all.extend(arguments);
    let (_, out, error) = otaudit(folder, &all);
    serde_json::from_str(&out).unwrap_or_else(|_| panic!("no report: {error}"))
}

/// `verdict rule path` of a control's findings.
fn findings(report: &Value, control: &str) -> Vec<String> {
    let assessments = report["assessments"].as_array().unwrap();
    let one = assessments.iter().find(|one| one["control"] == control).unwrap();
    let word = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let line = |finding: &Value| {
        format!("{} {} {}", word(finding, "verdict"), word(finding, "rule"), word(&finding["location"], "path"))
    };
    let mut lines: Vec<String> = one["findings"].as_array().unwrap().iter().map(line).collect();
    lines.sort();
    lines
}

fn with_variant() -> tempfile::TempDir {
    tree(&[
        ("capacitor.config.json", PLAIN),
        ("capacitor.config.staging.json", VARIANT),
        ("www/index.html", "<!doctype html><title>a</title>"),
        ("out/index.html", "<!doctype html><title>s</title>"),
    ])
}

#[test]
fn a_variant_is_judged_apart_and_not_claimed_of_what_ships() {
    let app = with_variant();
    let report = report(app.path(), &["."]);
    assert_eq!(report["subject"]["app"]["app_id"], "com.example.a");
    assert_eq!(report["subject"]["app"]["configs"], serde_json::json!(["capacitor.config.json"]));
    assert_eq!(report["subject"]["app"]["variants"], serde_json::json!(["capacitor.config.staging.json"]));
    // That its own host is on no list is asked as for every app.
    let asked =
        ["manual host-not-listed capacitor.config.json", "manual variant-not-https capacitor.config.staging.json"];
    assert_eq!(findings(&report, "OTA-NET-001"), asked);
    assert_eq!(findings(&report, "OTA-SIG-007"), ["manual variant-allow-modify-url capacitor.config.staging.json"]);
}

#[test]
fn the_configuration_that_ships_is_named_by_option_or_policy() {
    let app = with_variant();
    let policy = "schema: otaudit/policy/v1\nextends: default\napp:\n  config: capacitor.config.staging.json\n";
    fs::write(app.path().join("policy.yaml"), policy).unwrap();
    for given in [["--config", "capacitor.config.staging.json"], ["--policy", "policy.yaml"]] {
        let report = report(app.path(), &[&["."][..], &given].concat());
        assert_eq!(report["subject"]["app"]["app_id"], "com.example.staging", "{given:?}");
        assert_eq!(report["subject"]["bundle"]["name"], "out", "webDir follows");
        assert_eq!(findings(&report, "OTA-NET-001"), ["fail not-https capacitor.config.staging.json"]);
        assert_eq!(findings(&report, "OTA-SIG-007"), ["fail allow-modify-url capacitor.config.staging.json"]);
    }
    let (code, facts, _) = otaudit(app.path(), &["facts", ".", "--config", "capacitor.config.staging.json"]);
    let facts: Value = serde_json::from_str(&facts).unwrap();
    assert_eq!((code, &facts["app"]["app_id"]["value"]), (0, &Value::from("com.example.staging")));
    assert_eq!(otaudit(app.path(), &["keys", ".", "--config", "./capacitor.config.staging.json"]).0, 0);
    for wrong in ["../x.json", "capacitor.config.gone.ts"] {
        let (code, _, error) = otaudit(app.path(), &["check", ".", "--config", wrong]);
        assert_eq!(code, 2, "{error}");
        assert!(error.contains("which the app doesn't have"), "{error}");
    }
}

#[test]
fn without_a_main_configuration_none_of_the_variants_is_taken_for_it() {
    let app = tree(&[("capacitor.config.a.json", PLAIN), ("capacitor.config.b.json", VARIANT), ("www/index.html", "")]);
    let report = report(app.path(), &["."]);
    let found = findings(&report, "OTA-NET-001");
    assert!(found.contains(&"manual variant-not-https capacitor.config.b.json".to_owned()), "{found:?}");
    assert!(found.iter().all(|line| line.starts_with("manual ")), "{found:?}");
}

#[test]
fn apps_below_a_folder_are_named_or_the_only_one_taken() {
    let page = "<!doctype html><title>a</title>";
    let folder = tree(&[("package.json", "{}"), ("packages/mobile/capacitor.config.json", PLAIN)]);
    fs::create_dir(folder.path().join("packages/mobile/www")).unwrap();
    fs::write(folder.path().join("packages/mobile/www/index.html"), page).unwrap();
    for arguments in [&["packages/mobile"][..], &["."], &[]] {
        assert_eq!(report(folder.path(), arguments)["subject"]["app"]["app_id"], "com.example.a", "{arguments:?}");
    }
    let (_, _, error) = otaudit(folder.path(), &["check", "."]);
    assert!(error.contains("there is one app here, which is taken: `packages/mobile`"), "{error}");
    fs::create_dir_all(folder.path().join("apps/kiosk")).unwrap();
    fs::write(folder.path().join("apps/kiosk/capacitor.config.ts"), "export default {}").unwrap();
    for command in [&["check", "."][..], &["check"], &["facts", "."], &["keys"], &["check", "--app", "."]] {
        let (code, _, error) = otaudit(folder.path(), command);
        assert_eq!(code, 2, "{command:?} {error}");
        assert!(error.contains("there are 2 apps here: `apps/kiosk`, `packages/mobile`"), "{error}");
    }
    assert_eq!(otaudit(folder.path(), &["keys", "packages/mobile"]).0, 0);
    // One that is called after its platform is no native project.
    fs::create_dir_all(folder.path().join("apps/ios/ios")).unwrap();
    fs::write(folder.path().join("apps/ios/capacitor.config.ts"), "export default {}").unwrap();
    let (code, _, error) = otaudit(folder.path(), &["check", ".", "--app-only"]);
    assert!(code == 2 && error.contains("there are 3 apps here: `apps/ios`, `apps/kiosk`"), "{error}");
}

#[test]
fn what_is_installed_is_never_walked() {
    let app = tree(&[("capacitor.config.json", PLAIN), ("www/index.html", "<!doctype html><title>a</title>")]);
    let plain = report(app.path(), &["."]);
    // Each of these would change the result if it were read.
    let poison = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n";
    for package in 0..200 {
        let folder = app.path().join(format!("node_modules/p{package}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("capacitor.config.json"), VARIANT).unwrap();
        fs::write(folder.join("key.pem"), poison).unwrap();
        for file in 0..98 {
            fs::write(folder.join(format!("{file}.json")), "{").unwrap();
        }
    }
    let full = report(app.path(), &["."]);
    assert_eq!(plain["assessments"], full["assessments"]);
    assert_eq!(plain["completeness"], full["completeness"]);
}

#[cfg(unix)]
#[test]
fn links_that_loop_or_lead_out_are_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = tree(&[("capacitor.config.json", VARIANT), ("AndroidManifest.xml", "<manifest/>")]);
    let app = tree(&[("capacitor.config.json", PLAIN), ("www/index.html", "<!doctype html><title>a</title>")]);
    let at = |path: &str| app.path().join(path);
    fs::create_dir_all(at("android/app/src/main/assets")).unwrap();
    fs::create_dir_all(at("ios/App")).unwrap();
    symlink(app.path(), at("android/app/loop")).unwrap();
    symlink(app.path(), at("ios/App/App")).unwrap();
    symlink(outside.path(), at("android/app/src/debug")).unwrap();
    let manifest = outside.path().join("AndroidManifest.xml");
    symlink(manifest, at("android/app/src/main/AndroidManifest.xml")).unwrap();
    symlink(outside.path().join("capacitor.config.json"), at("capacitor.config.prod.json")).unwrap();
    symlink("self", at("self")).unwrap();
    let report = report(app.path(), &["."]);
    assert_eq!(report["subject"]["app"]["app_id"], "com.example.a");
    assert!(!report.to_string().contains("staging.example.com"), "the outside was read");
    assert!(findings(&report, "OTA-NET-001").iter().all(|line| !line.starts_with("fail")));
}

#[test]
fn an_app_without_native_projects_git_or_anything_else_is_audited() {
    for files in [
        &[("capacitor.config.json", PLAIN)][..],
        &[("capacitor.config.json", "{}")],
        &[("capacitor.config.json", "{")],
        &[("capacitor.config.ts", "export default")],
        // A submodule whose repository is not there, and one that leads to itself.
        &[("capacitor.config.json", PLAIN), (".git", "gitdir: ../.git/modules/app\n")],
        &[("capacitor.config.json", PLAIN), (".git", "gitdir: .\n")],
        &[("capacitor.config.json", PLAIN), (".git/shallow", "0\n"), (".git/HEAD", "ref: refs/heads/gone\n")],
        &[("capacitor.config.json", PLAIN), ("android/x", ""), ("ios/x", "")],
    ] {
        let app = tree(files);
        fs::create_dir(app.path().join("www")).unwrap();
        fs::write(app.path().join("www/index.html"), "<!doctype html><title>a</title>").unwrap();
        let (code, out, error) = otaudit(app.path(), &["check", "www", "--app", ".", "--format", "json"]);
        assert!(code <= 1, "{files:?}: {code} {error}");
        assert!(serde_json::from_str::<Value>(&out).is_ok(), "{files:?}");
        assert!(otaudit(app.path(), &["keys", "."]).0 == 0, "{files:?}");
    }
}

#[test]
fn an_app_that_is_not_there_is_no_pass() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "no app").unwrap();
    let run = || {
        std::process::Command::new(env!("CARGO_BIN_EXE_otaudit"))
            .args(["check", "--app-only", "--as-of", "2026-11-23"])
            .arg(folder.path())
            .output()
            .unwrap()
    };
    let output = run();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no app"));
    // The root of a monorepo has a package.json, and is no app for that.
    let package = folder.path().join("package.json");
    std::fs::write(&package, r#"{"name": "root", "workspaces": ["x/*"], "devDependencies": {"turbo": "2"}}"#).unwrap();
    assert_eq!(run().status.code(), Some(2));
    std::fs::write(&package, r#"{"name": "app", "dependencies": {"@capacitor/core": "8"}}"#).unwrap();
    assert!(matches!(run().status.code(), Some(0 | 1)));
    std::fs::write(folder.path().join("capacitor.config.json"), r#"{ "appId": "com.example.harbour" }"#).unwrap();
    assert!(matches!(run().status.code(), Some(0 | 1)));
}
