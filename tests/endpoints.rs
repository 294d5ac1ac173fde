//! `otaudit endpoints`: what it prints for a small app with both platforms.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // a test fails by panicking

use std::fs;
use std::path::Path;
use std::process::Command;

const FILES: [(&str, &str); 4] = [
    (
        "capacitor.config.json",
        r#"{"plugins":{"CapacitorUpdater":{"updateUrl":"https://updates.example.com/v1","statsUrl":"","channelUrl":""}}}"#,
    ),
    (
        "android/app/src/main/AndroidManifest.xml",
        r#"<manifest xmlns:android="http://schemas.android.com/apk/res/android">
  <application android:networkSecurityConfig="@xml/network_security_config"></application>
  <uses-permission android:name="android.permission.INTERNET" />
</manifest>"#,
    ),
    (
        "android/app/src/main/res/xml/network_security_config.xml",
        r#"<network-security-config>
  <domain-config cleartextTrafficPermitted="false">
    <domain includeSubdomains="true">updates.example.com</domain>
    <pin-set expiration="2026-12-20">
      <pin digest="SHA-256">ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=</pin>
      <pin digest="SHA-256">PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0=</pin>
    </pin-set>
  </domain-config>
</network-security-config>"#,
    ),
    (
        "ios/App/App/Info.plist",
        r#"<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>CFBundlePackageType</key><string>APPL</string></dict></plist>"#,
    ),
];

fn run(app: &Path, more: &[&str]) -> (Option<i32>, String) {
    let mut arguments = vec!["endpoints", app.to_str().unwrap(), "--as-of", "2026-12-01"];
    arguments.extend(more);
    let output = Command::new(env!("CARGO_BIN_EXE_otaudit")).args(arguments).env("NO_COLOR", "1").output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

fn app() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in FILES {
        let full = folder.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }
    folder
}

#[test]
fn the_table_says_what_protects_the_update_host() {
    let folder = app();
    let (code, text) = run(folder.path(), &["--host", "https://updates.example.com/v1"]);
    assert_eq!(code, Some(0));
    for part in
        ["updates over https", "refused", "2 keys", "19 days left", "ANDROID release", "IOS ios/App/App/Info.plist"]
    {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    let (_, other) = run(folder.path(), &["--host", "nobody.example"]);
    assert!(other.contains("No file of the app names this host."), "{other}");
}

#[test]
fn json_has_its_schema_and_both_platforms() {
    let folder = app();
    let (_, text) = run(folder.path(), &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["schema"], "otaudit/endpoints/v1");
    let host = &json["hosts"][0];
    assert_eq!((host["host"].as_str(), host["contacted"].as_bool()), (Some("updates.example.com"), Some(true)));
    assert_eq!(host["connections"][0]["pins_days_left"], 19);
    assert_eq!(host["connections"].as_array().unwrap().len(), 2);
}
