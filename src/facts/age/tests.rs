use rsa::pkcs1::{EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::pkcs8::{EncodePublicKey as _, LineEnding};

use super::*;
use crate::facts::delivery::{Role, load};
use crate::facts::git::tests::Made;
use crate::facts::inventory;
use crate::facts::keys::registry;
use crate::facts::testing::{OTHER_RSA, RSA};

fn pem(key: &rsa::PrivateKey) -> String {
    key.to_public_key().to_pkcs1_pem(LineEnding::LF).unwrap()
}

fn print(key: &rsa::PrivateKey) -> Digest {
    Digest::of(key.to_public_key().to_public_key_der().unwrap().as_bytes())
}

fn config(key: &str) -> String {
    serde_json::json!({ "appId": "a", "plugins": { "CapacitorUpdater": { "publicKey": key } } }).to_string()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// Writes the files, and reads all that there is to read.
fn ages(folder: &Path, files: &[(&str, &str)]) -> KeyAges {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let found = load::read(folder, Role::App, 1000);
    of_app(folder, &found, &inventory::of_app(&found), registry::of_app(folder))
}

fn registered(rest: &str) -> String {
    format!("schema: otaudit/keys/v1\nkeys:\n{rest}")
}

#[test]
fn history_gives_a_lower_bound_however_the_text_is_broken() {
    let mut made = Made::new();
    let one_line = config(&pem(&RSA).replace('\n', ""));
    made.commit("2023-01-01", &[("capacitor.config.json", &config(&pem(&OTHER_RSA)))]);
    let id = made.commit("2024-01-01", &[("capacitor.config.json", &one_line)]);
    made.commit("2025-01-01", &[("capacitor.config.json", &config(&pem(&RSA)))]);
    let ages = ages(made.path(), &[("capacitor.config.json", &config(&pem(&RSA)))]);
    assert_eq!(ages.keys.len(), 1);
    let key = &ages.keys[0];
    let expected = (Fact::Known(date("2024-01-01")), AgeSource::GitHistory, Bound::AtLeast);
    assert_eq!((key.age.since.clone(), key.age.source, key.age.bound), expected);
    assert_eq!(key.first_seen.known().map(|seen| seen.commit.id.clone()), Some(id));
    assert_eq!((key.purpose, key.spki_sha256), (Purpose::Signing, Some(print(&RSA))));
    assert_eq!(ages.rotation, vec![], "without a registry nothing is missing from it");
}

#[test]
fn the_registry_comes_first_and_is_contradicted_by_the_history() {
    let mut made = Made::new();
    made.commit("2024-01-01", &[("capacitor.config.json", &config(&pem(&RSA)))]);
    let registry = registered(&format!(
        "  - {{id: now, fingerprint: {}, purpose: signing, created: 2025-05-01, activated: 2025-06-01, custody: hsm}}\n",
        print(&RSA)
    ));
    let ages = ages(made.path(), &[("capacitor.config.json", &config(&pem(&RSA))), ("otaudit-keys.yaml", &registry)]);
    let key = &ages.keys[0];
    let expected = (Fact::Known(date("2025-06-01")), AgeSource::Registry, Bound::Exact);
    assert_eq!((key.age.since.clone(), key.age.source, key.age.bound), expected);
    assert_eq!((key.registered.as_slice(), key.custody), (&["now".to_owned()][..], Some(Custody::Hsm)));
    let [RotationFact::OlderThanRegistered { id, registered, seen, .. }] = ages.rotation.as_slice() else {
        panic!("{:#?}", ages.rotation)
    };
    assert_eq!((id.as_str(), *registered, *seen), ("now", date("2025-05-01"), date("2024-01-01")));
}

#[test]
fn a_certificate_has_its_own_first_day() {
    let der = crate::facts::keys::public::tests::certificate(b"200101000000Z", b"210101000000Z");
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("certs")).unwrap();
    std::fs::write(folder.path().join("certs/c.cer"), &der).unwrap();
    let app = r#"{"expo":{"updates":{"codeSigningCertificate":"./certs/c.cer"}}}"#;
    let found = ages(folder.path(), &[("app.json", app)]);
    assert_eq!(found.keys.len(), 1, "two places of one key");
    let key = &found.keys[0];
    assert_eq!((key.age.since.clone(), key.age.source), (Fact::Known(date("2020-01-01")), AgeSource::Certificate));
    assert_eq!((key.purpose, key.certificates.as_slice()), (Purpose::Signing, &[Digest::of(&der)][..]));
    assert_eq!(found.history, Fact::Absent);
    let registry = registered(&format!(
        "  - {{id: c, fingerprint: {}, purpose: certificate, created: 2019-12-31}}\n",
        Digest::of(&der)
    ));
    let found = ages(folder.path(), &[("otaudit-keys.yaml", &registry)]);
    assert_eq!(found.keys[0].age.source, AgeSource::Registry, "by the certificate's digest");
    assert_eq!(found.rotation, vec![]);
}

#[test]
fn without_a_source_there_is_no_age_and_never_the_files_own_date() {
    let folder = tempfile::tempdir().unwrap();
    let found = ages(folder.path(), &[("capacitor.config.json", &config(&pem(&RSA)))]);
    assert_eq!((found.keys[0].age.since.clone(), found.keys[0].age.source), (Fact::Absent, AgeSource::Nothing));
    let mut made = Made::new();
    made.commit("2024-01-01", &[("readme", "x")]);
    let found = ages(made.path(), &[("capacitor.config.json", &config(&pem(&RSA)))]);
    assert_eq!(found.keys[0].age.detail, "not in the history of its file");
}

#[test]
fn symmetric_and_undecodable_keys_are_found_by_text_and_file() {
    let mut made = Made::new();
    let otakit = |kid: &str, key: &str| {
        serde_json::json!({"plugins": {"OtaKit": {"bundleKeys": [{"kid": kid, "key": key}]}}}).to_string()
    };
    let (old, new) = ("b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkMTI=", "c2VjcmV0c2Vj/mV0c2VjcmV0c2VjcmV0c2VjcmV0MTI=");
    let encrypted = format!(
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n{}\n-----END RSA PRIVATE KEY-----\n",
        "QUJDREVG".repeat(40)
    );
    made.commit("2022-01-01", &[("capacitor.config.json", &otakit("a", old))]);
    made.commit("2023-01-01", &[("capacitor.config.json", &otakit("a", new).replace('/', "\\/"))]);
    made.commit("2024-01-01", &[("capacitor.config.json", &otakit("b", new)), ("k.pem", &encrypted)]);
    let found = ages(made.path(), &[("capacitor.config.json", &otakit("c", new)), ("k.pem", &encrypted)]);
    let since: Vec<_> = found.keys.iter().map(|key| (key.role, key.age.since.clone())).collect();
    assert_eq!(
        since,
        [
            (KeyRole::SymmetricKey, Fact::Known(date("2023-01-01"))),
            (KeyRole::PrivateKey, Fact::Known(date("2024-01-01")))
        ]
    );
    let written = serde_json::to_string(&found).unwrap() + &format!("{found:?}");
    assert!(!written.contains(new));
}

#[test]
fn changes_of_keys_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let private = OTHER_RSA.to_pkcs1_pem(LineEnding::LF).unwrap().to_string();
    let registry = registered(&format!(
        "  - {{id: old, fingerprint: {}, purpose: signing, created: 2022-01-01, retired: 2025-01-01}}\n\
         \x20 - {{id: next, fingerprint: {}, purpose: signing, created: 2024-06-01, activated: 2024-07-01}}\n\
         \x20 - {{id: next-tls, fingerprint: {}, purpose: tls-pin, created: 2024-06-01}}\n\
         \x20 - {{id: token, purpose: access, created: 2024-06-01}}\n",
        print(&RSA),
        Digest::of(b"next"),
        Digest::of(b"next"),
    ));
    let copy = "android/app/src/main/assets/capacitor.config.json";
    let found = ages(
        folder.path(),
        &[
            ("capacitor.config.json", &config(&pem(&RSA))),
            (copy, &config(&pem(&OTHER_RSA))),
            (".capgo_key_v2", &private),
            ("tests/k.pem", &pem(&OTHER_RSA)),
            ("otaudit-keys.yaml", &registry),
        ],
    );
    let kinds: Vec<String> = found
        .rotation
        .iter()
        .map(|fact| serde_json::to_value(fact).unwrap()["kind"].as_str().unwrap().to_owned())
        .collect();
    let expected = [
        "overlap",
        "registered-twice",
        "several-embedded",
        "retired-in-app",
        "not-in-app",
        "not-registered",
        "not-registered",
    ];
    assert_eq!(kinds, expected, "{:#?}", found.rotation);
    let RotationFact::Overlap { first, second, from, until, .. } = &found.rotation[0] else { panic!() };
    assert_eq!(
        (first.as_str(), second.as_str(), *from, *until),
        ("old", "next", date("2024-07-01"), Some(date("2025-01-01")))
    );
    let RotationFact::NotInApp { id, .. } = &found.rotation[4] else { panic!() };
    assert_eq!(id, "next");
}

#[test]
fn many_registered_keys_take_no_time() {
    let keys: String = (0..1000)
        .map(|number| {
            format!(
                "  - {{id: k{number}, fingerprint: {}, purpose: signing, created: 2022-01-01}}\n",
                Digest::of(&[0, 0])
            )
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let found = ages(folder.path(), &[("otaudit-keys.yaml", &registered(&keys))]);
    assert!(found.rotation.len() < 20_000);
}
