//! The Electron updater's way.

use super::*;

fn release() -> Release {
    let sealed = encrypt(&app_zip());
    let checksum = STANDARD.encode(encrypt(Digest::of(&sealed).hex().as_bytes()));
    let mut release = Release::v3().with("checksum", checksum);
    release.more = vec![("package.json", br#"{"dependencies": {"@capgo/electron-updater": "0.0.6"}}"#.to_vec())];
    release
}

#[test]
fn its_checksum_is_not_signed() {
    let verification = release().verify();
    assert_eq!((verification.result, verification.generation), (Verdict::UnsignedSha256Ok, Some("electron")));
    assert_eq!(issues(&verification), ["electron_checksum_not_signed"]);
    assert!(verification.not_covered.contains(&"content_not_authenticated"));
    // A plain checksum is taken as well.
    let plain = release().with("checksum", Digest::of(&encrypt(&app_zip())).hex());
    assert_eq!(plain.word(), "unsigned_sha256_ok");
}

#[test]
fn it_is_meant_when_only_it_is_installed_or_asked_for() {
    let both = br#"{"dependencies": {"@capgo/electron-updater": "0.0.6", "@capgo/capacitor-updater": "8.0.0"}}"#;
    let mut release = Release { bundle: Release::v3().bundle, update: Release::v3().update, ..release() };
    release.more[0].1 = both.to_vec();
    assert_eq!(release.word(), "valid");
    release.more.clear();
    let mut delivery = release.delivery();
    delivery.stated.system = Some("capgo-electron".to_owned());
    assert_eq!(verify(&delivery).result.word(), "reject:checksum_mismatch", "the checksum is signed, not encrypted");
}

#[test]
fn what_differs_is_refused() {
    assert_eq!(release().with("checksum", Digest::of(b"another").hex()).word(), "reject:checksum_mismatch");
    let other = STANDARD.encode(encrypt(Digest::of(b"another").hex().as_bytes()));
    assert_eq!(release().with("checksum", other).word(), "reject:checksum_mismatch");
    let mut changed = release();
    changed.bytes()[20] ^= 1;
    assert_eq!(changed.word(), "reject:checksum_mismatch");
    assert_eq!(release().key(&public_pem(&OTHER_RSA)).word(), "reject:rsa_padding");
    assert_eq!(release().with("session_key", "x").word(), "reject:session_key_malformed");
    let mut missing = release();
    missing.bundle = None;
    assert_eq!(missing.word(), "reject:bundle_missing");
}

#[test]
fn without_a_checksum_nothing_is_shown() {
    assert_eq!(release().with("checksum", "").word(), "no_checksum");
    let mut unsigned = Release::v0();
    unsigned.more = release().more;
    assert_eq!(unsigned.word(), "unsigned_sha256_ok");
    assert_eq!(issues(&unsigned.verify()), ["electron_checksum_not_signed"]);
    unsigned.plugin = release().plugin;
    assert_eq!(unsigned.word(), "unsigned_sha256_ok");
    assert_eq!(unsigned.with("checksum", "").word(), "no_checksum");
}
