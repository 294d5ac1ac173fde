use rsa::pkcs1::{EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::pkcs8::{EncodePublicKey as _, LineEnding};
use serde_json::json;

use super::*;
use crate::facts::testing::{OTHER_RSA, RSA};

fn delivery(files: &[(&str, String)]) -> Delivery {
    crate::facts::testing::delivery(files.iter().map(|(path, text)| (*path, text.clone().into_bytes())).collect())
}

fn rules(files: &[(&str, String)]) -> Vec<String> {
    let mut rules: Vec<_> = findings(&delivery(files)).into_iter().map(|finding| finding.rule.into_owned()).collect();
    rules.dedup();
    rules
}

fn public() -> String {
    RSA.to_public_key().to_pkcs1_pem(LineEnding::LF).unwrap()
}

fn private(key: &rsa::PrivateKey) -> String {
    key.to_pkcs1_pem(LineEnding::LF).unwrap().to_string()
}

fn capgo(block: &serde_json::Value) -> (&'static str, String) {
    (
        "capacitor.config.json",
        json!({"appId": "a", "webDir": "www", "plugins": {"CapacitorUpdater": block}}).to_string(),
    )
}

#[test]
fn a_clean_configuration_has_no_findings() {
    let spki = RSA.to_public_key().to_public_key_pem(LineEnding::LF).unwrap().replace('\n', "");
    let clean = [
        capgo(
            &json!({"autoUpdate": true, "publicKey": public(), "updateUrl": "https://u.example.com", "statsUrl": ""}),
        ),
        (
            "capacitor.config.json",
            json!({"plugins": {"LiveUpdate": {"publicKey": spki, "readyTimeout": 10_000}}}).to_string(),
        ),
        (
            "capacitor.config.json",
            json!({"plugins": {}, "server": {"allowNavigation": ["a.example.com", "localhost"]}}).to_string(),
        ),
        ("package.json", json!({"name": "a", "dependencies": {"@capgo/capacitor-updater": "8.51.23"}}).to_string()),
    ];
    for file in clean {
        assert_eq!(rules(std::slice::from_ref(&file)), [] as [&str; 0], "{}", file.1);
        assert!(verification(&delivery(&[file])).is_none());
    }
}

#[test]
fn each_risk_is_found() {
    let native = |value: serde_json::Value| {
        ("capacitor.config.json", {
            let mut value = value;
            value["appId"] = json!("a");
            value["webDir"] = json!("www");
            value.to_string()
        })
    };
    let plugin =
        |name: &str, block: serde_json::Value| ("capacitor.config.json", json!({"plugins": {name: block}}).to_string());
    let cases: Vec<((&str, String), &[&str])> = vec![
        (native(json!({"server": {"url": "https://dev.example.com/x?token=1"}})), &["server_url_set"]),
        (native(json!({"server": {"cleartext": true}})), &["cleartext"]),
        (native(json!({"server": {"allowNavigation": ["*"]}})), &["allow_navigation_wildcard"]),
        (native(json!({"server": {"allowNavigation": ["com"]}})), &["allow_navigation_broad"]),
        (native(json!({"android": {"allowMixedContent": true}})), &["mixed_content"]),
        (native(json!({"ios": {"webContentsDebuggingEnabled": true}})), &["webview_debugging"]),
        (native(json!({"android": {"useLegacyBridge": true}})), &["legacy_bridge"]),
        (native(json!({"ios": {"loggingBehavior": "production"}})), &["logging_production"]),
        (native(json!({"android": {"buildOptions": {"keystoreAliasPassword": "x"}}})), &["keystore_password_in_source_config"]),
        (capgo(&json!({"updateUrl": "HTTP://u.example.com"})), &["update_url_http"]),
        (capgo(&json!({"statsUrl": "http://u.example.com"})), &["stats_url_http"]),
        (capgo(&json!({"channelUrl": "http://u.example.com"})), &["channel_url_http"]),
        (capgo(&json!({"allowModifyUrl": true, "persistModifyUrl": true})), &["allow_modify_url", "persist_modify_url"]),
        (capgo(&json!({"allowPreview": true, "allowModifyAppId": true})), &["allow_modify_app_id", "allow_preview"]),
        (capgo(&json!({"shakeMenu": true, "allowShakeChannelSelector": true})), &["shake_channel_selector", "shake_menu"]),
        (capgo(&json!({"resetWhenUpdate": false, "localApi": "http://x"})), &["local_endpoint", "reset_when_update_off"]),
        (plugin("LiveUpdate", json!({"readyTimeout": 0})), &["ready_timeout_zero"]),
        (plugin("LiveUpdate", json!({})), &["ready_timeout_zero"]),
        (plugin("OtaKit", json!({"allowInsecureUrls": true, "cdnUrl": "http://x"})), &["allow_insecure_urls", "update_url_http"]),
        (
            ("capacitor.config.json", json!({"plugins": {"CapacitorUpdater": {}, "LiveUpdates": {}}}).to_string()),
            &["two_updaters"],
        ),
        (("app.json", json!({"expo": {"updates": {"url": "http://x", "disableAntiBrickingMeasures": true}}}).to_string()), &["anti_bricking_disabled", "update_url_http"]),
        (("package.json", json!({"name": "a", "dependencies": {"expo-updates": "1", "@capgo/capacitor-updater": "10.0.0"}}).to_string()), &["stray_plugin_version", "two_updaters"]),
        (("capacitor.config.json", r#"{"webDir":"a","plugins":{},"plugins":{}}"#.to_owned()), &["config_ambiguous"]),
        (("android/app/src/main/AndroidManifest.xml", "<manifest xmlns:android='a'><application android:usesCleartextTraffic='true' android:debuggable='true'/></manifest>".to_owned()), &["cleartext", "debuggable"]),
        (("ios/App/App/Expo.plist", "<plist><dict><key>EXUpdatesURL</key><string>http://x</string><key>EXUpdatesConfigCodeSigningAllowUnsignedManifests</key><true/></dict></plist>".to_owned()), &["allow_unsigned_manifests", "update_url_http"]),
    ];
    for (file, expected) in cases {
        assert_eq!(rules(std::slice::from_ref(&file)), expected, "{}", file.1);
        let verification = verification(&delivery(&[file])).unwrap();
        assert_eq!(
            (verification.result, verification.issues),
            (Verdict::ConfigFinding, expected.iter().map(|rule| Cow::Borrowed(*rule)).collect())
        );
    }
    let detail = findings(&delivery(&[native(json!({"server": {"url": "https://a:b@dev.example.com/x?token=1"}}))]));
    assert!(detail[0].detail.contains("https://dev.example.com ") && !detail[0].detail.contains("token"));
}

#[test]
fn keys_are_judged() {
    let key = |text: &str| capgo(&json!({"publicKey": text}));
    let spki = RSA.to_public_key().to_public_key_pem(LineEnding::LF).unwrap();
    let short = rsa::PrivateKey::new(&mut crate::facts::testing::numbers(5), 1024).unwrap();
    let short = short.to_public_key();
    let three = rsa::PrivateKey::new_with_exp(&mut crate::facts::testing::numbers(6), 2048, rsa::BoxedUint::from(3_u8))
        .unwrap();
    let cases = [
        (key(&short.to_pkcs1_pem(LineEnding::LF).unwrap()), "key-1024"),
        (key(&three.to_public_key().to_pkcs1_pem(LineEnding::LF).unwrap()), "key-e3"),
        (key(&spki), "key-spki-header"),
        (key(&format!("\n{}", public())), "key-leading-newline"),
        (key(&public().replace('\n', "\r\n")), "key-crlf"),
        (key("hello"), "key-unparsable"),
        (key(&private(&RSA)), "private_key_in_config"),
        (capgo(&json!({"privateKey": private(&RSA)})), "private_key_in_config"),
    ];
    for (file, rule) in cases {
        assert_eq!(rules(&[file]), [rule]);
    }
    let block = json!({"plugins": {"LiveUpdate": {"readyTimeout": 1, "publicKey": short.to_public_key_pem(LineEnding::LF).unwrap().replace('\n', "")}}});
    assert_eq!(rules(&[("capacitor.config.json", block.to_string())]), ["key-1024"]);
}

#[test]
fn a_private_key_beside_the_configuration_is_found_and_must_match() {
    let config = capgo(&json!({"publicKey": public()}));
    assert_eq!(rules(&[config.clone(), (".capgo_key_v2", private(&RSA))]), ["private_key_in_repo"]);
    let other = [config.clone(), (".capgo_key_v2", private(&OTHER_RSA))];
    assert_eq!(rules(&other), ["key_pair_mismatch", "private_key_in_repo"]);
    let public_only =
        [config.clone(), (".capgo_key_v2.pub", OTHER_RSA.to_public_key().to_pkcs1_pem(LineEnding::LF).unwrap())];
    assert_eq!(rules(&public_only), ["key_pair_mismatch"]);
    let script = format!("export default {{ plugins: {{ CapacitorUpdater: {{ publicKey: `{}` }} }} }}", private(&RSA));
    assert_eq!(rules(&[("capacitor.config.ts", script)]), ["private_key_in_config"]);
    // With a release at hand the carrier may hold the key; a pair that does not match is wrong all the same.
    let release = ("update.json", json!({"version": "1", "url": "https://x", "checksum": "00"}).to_string());
    assert_eq!(rules(&[config.clone(), (".capgo_key_v2", private(&RSA)), release.clone()]), [] as [&str; 0]);
    assert_eq!(
        rules(&[config.clone(), (".capgo_key_v2", private(&OTHER_RSA)), release.clone()]),
        ["key_pair_mismatch"]
    );
    assert_eq!(rules(&[("AndroidManifest.xml", "<manifest>".to_owned())]), ["config_unreadable"]);
    assert_eq!(rules(&[("Info.plist", "bplist00".to_owned())]), [] as [&str; 0]);
    assert!(verification(&delivery(&[config, (".capgo_key_v2", private(&OTHER_RSA)), release])).is_none());
}

#[test]
fn the_verification_names_system_and_key() {
    let config = capgo(&json!({"publicKey": RSA.to_public_key().to_public_key_pem(LineEnding::LF).unwrap()}));
    let found = verification(&delivery(&[config])).unwrap();
    assert_eq!((found.system, found.key.and_then(|key| key.bits)), ("capgo", Some(2048)));
    let config = capgo(&json!({"publicKey": private(&RSA)}));
    assert!(verification(&delivery(&[config])).unwrap().key.is_none());
}
