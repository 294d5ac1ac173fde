use rsa::pkcs1::{EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::pkcs8::{EncodePublicKey as _, LineEnding};

use super::*;
use crate::facts::testing::{OTHER_RSA, RSA};

fn pkcs1() -> String {
    RSA.to_public_key().to_pkcs1_pem(LineEnding::LF).unwrap()
}

fn spki_pem() -> String {
    RSA.to_public_key().to_public_key_pem(LineEnding::LF).unwrap()
}

fn private() -> String {
    RSA.to_pkcs1_pem(LineEnding::LF).unwrap().to_string()
}

fn identity() -> Digest {
    Digest::of(RSA.to_public_key().to_public_key_der().unwrap().as_bytes())
}

fn inventory(files: Vec<(&str, String)>) -> Inventory {
    of_delivery(&crate::facts::testing::delivery(
        files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect(),
    ))
}

fn only(inventory: &Inventory) -> &KeyRecord {
    assert_eq!(inventory.records.len(), 1, "{inventory:#?}");
    &inventory.records[0]
}

fn config(plugin: &str, key: &str, value: &str) -> String {
    serde_json::json!({ "appId": "a", "plugins": { plugin: { key: value } } }).to_string()
}

#[test]
fn each_place_of_a_configuration_is_read() {
    let one_line = spki_pem().replace('\n', "");
    let bare = one_line.replace("-----BEGIN PUBLIC KEY-----", "").replace("-----END PUBLIC KEY-----", "");
    let otakit = format!(r#"{{"plugins":{{"OtaKit":{{"manifestKeys":[{{"kid":"a","key":"{bare}"}}]}}}}}}"#);
    let cordova = serde_json::json!({"name":"a","cordova":{"plugins":{"x":{"PUBLIC_KEY":one_line}}}}).to_string();
    let plist = format!(
        "<plist><dict><key>A</key><true/><key>CodePushPublicKey</key><string>{}</string></dict></plist>",
        spki_pem()
    );
    let strings = format!(
        "<resources>\n<string name=\"CodePushPublicKey\">{}</string></resources>",
        spki_pem().replace('\n', "\\n")
    );
    let manifest = format!(
        "<manifest xmlns:android='http://schemas.android.com/apk/res/android'><application><meta-data android:name='expo.modules.updates.CODE_SIGNING_CERTIFICATE' android:value=\"{}\"/></application></manifest>",
        spki_pem().replace('\n', "&#10;")
    );
    let cases = [
        (
            "capacitor.config.json",
            config("CapacitorUpdater", "publicKey", &pkcs1()),
            "capgo",
            "plugins.CapacitorUpdater.publicKey",
        ),
        ("x.json", config("LiveUpdate", "publicKey", &one_line), "capawesome", "plugins.LiveUpdate.publicKey"),
        ("capacitor.config.json", otakit, "otakit", "plugins.OtaKit.manifestKeys[0].key"),
        ("package.json", cordova, "capawesome", "cordova.plugins.x.PUBLIC_KEY"),
        ("ios/App/Info.plist", plist, "codepush", "CodePushPublicKey"),
        ("android/app/src/main/res/values/strings.xml", strings, "codepush", "CodePushPublicKey"),
        ("AndroidManifest.xml", manifest, "expo", "expo.modules.updates.CODE_SIGNING_CERTIFICATE"),
    ];
    for (path, text, system, at) in cases {
        let found = inventory(vec![(path, text)]);
        let record = only(&found);
        assert_eq!((record.source.as_str(), record.system), (format!("{path}: {at}").as_str(), Some(system)));
        assert_eq!((record.role, record.fact.spki_sha256), (KeyRole::VerificationKey, Some(identity())), "{path}");
        assert_eq!(record.faults.contains(&WritingFault::XmlEscaped), path == "AndroidManifest.xml");
        assert!(record.position.is_some());
    }
}

#[test]
fn a_path_is_found_beside_the_configuration_above_it_and_where_the_cli_copies_to() {
    let native = "android/app/src/main/assets/capacitor.config.json";
    let cases = [
        ("capacitor.config.json", "./keys/public.pem", "keys/public.pem"),
        ("app/capacitor.config.json", "../public.pem", "public.pem"),
        (native, "keys/public.pem", "keys/public.pem"),
        (native, "./keys/public.pem", "android/app/src/main/assets/public.pem"),
    ];
    for (file, path, kept) in cases {
        let found = inventory(vec![(file, config("LiveUpdates", "key", path)), (kept, spki_pem())]);
        let record = found.records.iter().find(|record| record.system == Some("ionic")).unwrap();
        assert_eq!((record.kept_in.as_deref(), record.fact.spki_sha256), (Some(kept), Some(identity())), "{path}");
        assert_eq!(record.problems, []);
    }
    for path in ["../../../etc/passwd", "/etc/passwd", "missing.pem", "..", ""] {
        let found = inventory(vec![("capacitor.config.json", config("LiveUpdates", "key", path))]);
        assert!(path.is_empty() || only(&found).problems == [KeyProblem::FileMissing], "{path}");
    }
}

#[test]
fn key_files_are_read_whatever_their_name() {
    let der = RSA.to_public_key().to_public_key_der().unwrap().as_bytes().to_vec();
    let delivery = crate::facts::testing::delivery(vec![
        (".capgo_key_v2", private().into_bytes()),
        (".capgo_key_v2.pub", pkcs1().into_bytes()),
        ("assets/key.der", der),
        ("notes", format!("our key:\n{}", spki_pem()).into_bytes()),
        ("src/a.ts", format!("const key = '{}'", pkcs1().replace('\n', "\\n")).into_bytes()),
        ("src/b.ts", b"const begin = '-----BEGIN PUBLIC KEY-----' + body".to_vec()),
        ("broken.pub", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".to_vec()),
    ]);
    let found = of_delivery(&delivery);
    let seen: Vec<_> =
        found.records.iter().map(|record| (record.file.as_str(), record.role, record.unread.is_none())).collect();
    let verifies = KeyRole::VerificationKey;
    assert_eq!(
        seen,
        [
            (".capgo_key_v2", KeyRole::PrivateKey, true),
            (".capgo_key_v2.pub", verifies, true),
            ("assets/key.der", verifies, true),
            ("broken.pub", verifies, false),
            ("notes", verifies, true),
            ("src/a.ts", verifies, true),
        ]
    );
    assert_eq!(found.pairs.len(), 4, "{:?}", found.pairs);
    assert!(found.pairs.iter().all(|pair| pair.private == ".capgo_key_v2" && pair.spki_sha256 == identity()));
}

#[test]
fn certificates_have_dates() {
    let der = crate::facts::keys::public::tests::certificate(b"200101000000Z", b"210101000000Z");
    let app = r#"{"expo":{"updates":{"codeSigningCertificate":"./certs/c.cer"}}}"#;
    let found = of_delivery(&crate::facts::testing::delivery(vec![
        ("app.json", app.as_bytes().to_vec()),
        ("certs/c.cer", der),
    ]));
    assert_eq!(found.records.len(), 2);
    for record in &found.records {
        assert_eq!((record.role, record.not_after), (KeyRole::Certificate, Some(1_609_459_200)));
    }
}

#[test]
fn private_and_symmetric_keys_leave_no_material() {
    let secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTI=";
    let text = serde_json::json!({"plugins": {
        "CapacitorUpdater": {"publicKey": private(), "privateKey": OTHER_RSA.to_pkcs1_pem(LineEnding::LF).unwrap().to_string()},
        "OtaKit": {"bundleKeys": [{"kid": "a", "key": secret}]},
        "Mine": {"list": [{"signing": private()}]},
    }})
    .to_string();
    let found = inventory(vec![("capacitor.config.json", text), ("k.pem", private())]);
    let written = serde_json::to_string(&found).unwrap() + &format!("{found:?}");
    let modulus = private().lines().nth(1).unwrap().to_owned();
    assert!(!written.contains(&modulus) && !written.contains(secret) && !written.contains("PRIVATE KEY-----"));
    let roles: Vec<_> = found.records.iter().map(|record| (record.role, record.problems.len())).collect();
    let private = KeyRole::PrivateKey;
    assert_eq!(roles, [(private, 1), (private, 1), (KeyRole::SymmetricKey, 0), (private, 1), (private, 0)]);
    assert_eq!(found.records[3].source, "capacitor.config.json: plugins.Mine.list[0].signing");
    assert_eq!(found.records[2].fact.bits, Some(256));
}

#[test]
fn what_the_devices_stumble_over_is_a_problem() {
    use KeyProblem::{
        CarriageReturns, EscapedNewlines, LeadingNewline, LeadingSpace, LeadingText, NoHeader, Pkcs1Header, SpkiBody,
        SpkiHeader, Unparsable, WrongAlgorithm,
    };
    let ec = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE".to_owned();
    let bare = pkcs1().lines().filter(|line| !line.starts_with('-')).collect::<String>();
    let relabelled = spki_pem().replace("PUBLIC", "RSA PUBLIC");
    let cases: Vec<(&str, String, Vec<KeyProblem>)> = vec![
        ("CapacitorUpdater", pkcs1(), vec![]),
        ("CapacitorUpdater", pkcs1().replace('\n', ""), vec![]),
        ("CapacitorUpdater", spki_pem(), vec![SpkiHeader]),
        ("CapacitorUpdater", relabelled, vec![SpkiBody]),
        ("CapacitorUpdater", bare, vec![NoHeader]),
        ("CapacitorUpdater", format!("\n{}", pkcs1()), vec![LeadingNewline]),
        ("CapacitorUpdater", format!("  {}", pkcs1()), vec![LeadingSpace]),
        ("CapacitorUpdater", format!("\u{feff}{}", pkcs1()), vec![LeadingText]),
        ("CapacitorUpdater", pkcs1().replace('\n', "\\n"), vec![EscapedNewlines]),
        ("CapacitorUpdater", pkcs1().replace('\n', "\r\n"), vec![CarriageReturns]),
        ("CapacitorUpdater", ec, vec![Unparsable]),
        ("LiveUpdate", spki_pem(), vec![]),
        ("LiveUpdate", spki_pem().replace('\n', ""), vec![]),
        ("LiveUpdate", pkcs1(), vec![Pkcs1Header]),
        ("LiveUpdate", spki_pem().replace('\n', "\r\n"), vec![CarriageReturns]),
    ];
    for (plugin, text, problems) in cases {
        let found = inventory(vec![("capacitor.config.json", config(plugin, "publicKey", &text))]);
        assert_eq!(only(&found).problems, problems, "{text}");
    }
    let rsa = spki_pem().lines().filter(|line| !line.starts_with('-')).collect::<String>();
    let text = format!(r#"{{"plugins":{{"OtaKit":{{"manifestKeys":[{{"key":"{rsa}"}}]}}}}}}"#);
    assert_eq!(only(&inventory(vec![("c.json", text)])).problems, [WrongAlgorithm]);
}

#[test]
fn hostile_files_are_bounded() {
    let many = pkcs1().repeat(40);
    let entries = r#"{"key":"x"},"#.repeat(20_000);
    let text = format!(r#"{{"plugins":{{"OtaKit":{{"manifestKeys":[{}]}}}}}}"#, entries.trim_end_matches(','));
    let found = inventory(vec![
        ("a.pem", many),
        ("c.json", text),
        ("Info.plist", "<a>CodePushPublicKey".to_owned()),
        ("b.pem", "-----BEGIN ".repeat(5_000)),
        (
            "e.xml",
            "<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><a name='PUBLIC_KEY'>&c;</a>"
                .to_owned(),
        ),
    ]);
    assert!(found.records.len() <= MOST_RECORDS + 41);
    assert!(found.unread.iter().any(|(path, _)| path == "c.json"));
}
