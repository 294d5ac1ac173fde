//! One zip: v3, v2 and v0.

use super::*;
use crate::facts::updaters::PlainContent;

#[test]
fn a_v3_release_is_valid() {
    let verification = Release::v3().verify();
    assert_eq!(verification.result, Verdict::Valid);
    assert_eq!(verification.generation, Some("v3"));
    assert_eq!(issues(&verification), Vec::<&str>::new());
    assert_eq!(failed_step(&verification), None);
    let steps: Vec<_> = verification.steps.iter().map(|step| step.step).collect();
    assert_eq!(steps, ["public key", "session key", "decryption", "signed checksum"]);
    assert!(verification.not_covered.contains(&"version_not_authenticated"));
    let subject = verification.subject.unwrap();
    assert_eq!((subject.path.as_str(), subject.bytes), ("bundle.zip_encrypted.zip", encrypt(&app_zip()).len() as u64));
    let Some(PlainContent::Zip(bytes, digest)) = verification.content else { panic!() };
    assert_eq!((digest, bytes), (Digest::of(&app_zip()), app_zip()));
}

#[test]
fn the_plain_bundle_and_other_files_may_lie_beside() {
    let mut release = Release::v3();
    release.more = vec![
        ("bundle.zip", app_zip()),
        (".capgo_key_v2.pub", public_pem(&OTHER_RSA).into_bytes()),
        (
            "cli-zip.json",
            json!({"bundle": "1.2.3", "filename": "bundle.zip", "checksum": "00"}).to_string().into_bytes(),
        ),
    ];
    assert_eq!(release.word(), "valid");
}

#[test]
fn the_forms_of_a_statement_are_read() {
    let release = Release::v3();
    let (session, checksum) = (release.text("session_key"), release.text("checksum"));
    for update in [
        json!({"checksum": checksum, "ivSessionKey": session, "filename": "x.zip_encrypted.zip"}),
        json!({"version": "1.2.3", "sessionKey": session, "checksum": checksum}),
    ] {
        assert_eq!(Release { update, ..release.clone() }.word(), "valid");
    }
    let mut delivery = Release { update: json!({}), ..release }.delivery();
    delivery.stated.session_key = Some(session);
    delivery.stated.checksum = Some(checksum.to_uppercase());
    assert_eq!(verify(&delivery).result, Verdict::Valid);
    assert!(recognise(&delivery).is_some());
}

#[test]
fn a_v2_checksum_is_valid_but_legacy() {
    let release = Release::v3().with("checksum", sign_v2(&RSA, &Digest::of(&app_zip())));
    let verification = release.verify();
    assert_eq!((verification.result, verification.generation), (Verdict::ValidLegacy, Some("v2")));
    let other = release.with("checksum", sign_v2(&RSA, &Digest::of(b"another")));
    assert_eq!(other.word(), "reject:checksum_mismatch");
    // 48 bytes that are no hexadecimal text, and the text in capitals, which the device would not find equal.
    for payload in [vec![7; 48], STANDARD.decode(Digest::of(&app_zip()).hex().to_uppercase()).unwrap()] {
        let release = Release::v3().with("checksum", STANDARD.encode(sign_raw(&RSA, &payload)));
        assert_eq!(release.word(), "reject:checksum_not_sha256");
    }
}

#[test]
fn a_checksum_is_read_in_both_forms() {
    let block = sign_raw(&RSA, &crate::facts::crypto::hex(&Digest::of(&app_zip()).hex()).unwrap());
    assert_eq!(Release::v3().with("checksum", STANDARD.encode(&block)).word(), "valid");
    assert_eq!(Release::v3().with("checksum", hex_of(&block).to_uppercase()).word(), "valid");
}

#[test]
fn a_changed_ciphertext_is_refused() {
    let whole = encrypt(&app_zip());
    let change = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut release = Release::v3();
        change(release.bytes());
        release.word()
    };
    assert_eq!(change(&|bytes| bytes[40] ^= 1), "reject:checksum_mismatch");
    assert_eq!(change(&|bytes| *bytes.last_mut().unwrap() ^= 1), "reject:aes_padding");
    // The last byte of the block before says how long the padding is.
    let before = whole.len() - 17;
    assert_eq!(change(&|bytes| bytes[before] ^= 0x40), "reject:aes_padding");
    assert_eq!(change(&|bytes| bytes.truncate(whole.len() - 5)), "reject:aes_length");
    assert_eq!(change(&|bytes| bytes.truncate(whole.len() - 16)), "reject:aes_padding");
    assert_eq!(change(&|bytes| bytes.clear()), "reject:aes_length");
    assert_eq!(change(&|bytes| bytes.push(0)), "reject:aes_length");
    assert_eq!(change(&|bytes| bytes.extend([0; 16])), "reject:aes_padding");
    assert_eq!(change(&|bytes| *bytes = encrypt(b"PK\x03\x04 another bundle")), "reject:checksum_mismatch");
    let plain = change(&|bytes| *bytes = app_zip());
    assert!(["reject:aes_length", "reject:aes_padding"].contains(&plain.as_str()), "{plain}");
}

#[test]
fn the_bundle_is_verified_in_pieces_of_any_size() {
    // Around the boundaries of a block and of a piece.
    for length in [0, 15, 16, 17, 131_071, 131_072, 131_073, 262_128, 262_144] {
        let plain = vec![5; length];
        let mut release = Release::v3().with("checksum", sign_v3(&RSA, &Digest::of(&plain)));
        *release.bytes() = encrypt(&plain);
        assert_eq!(release.word(), "valid", "{length}");
    }
}

#[test]
fn a_bundle_over_the_limit_is_verified_but_not_kept() {
    let mut delivery = Release::v3().delivery();
    delivery.limits.archive_bytes = 64;
    let verification = verify(&delivery);
    assert_eq!((verification.result, issues(&verification)), (Verdict::Valid, vec!["content_not_examined"]));
    assert!(verification.content.is_none());
}

#[test]
fn a_changed_session_key_is_refused() {
    let block = sign_raw(&RSA, &SESSION);
    let changed = |index: usize| {
        let mut block = block.clone();
        block[index] ^= 1;
        block
    };
    let cases = [
        (session_text(b"another vector!!", &block), "reject:checksum_mismatch"),
        (session_text(&VECTOR, &changed(255)), "reject:rsa_padding"),
        (session_text(&VECTOR, &changed(30)), "reject:rsa_padding"),
        (session_text(&VECTOR, &[0xFF; 256]), "reject:rsa_padding"),
        (session_text(&VECTOR, &[0; 256]), "reject:rsa_padding"),
        (session_text(&VECTOR, &block[..255]), "reject:rsa_length"),
        (session_text(&VECTOR, &[&[0], &block[..]].concat()), "reject:rsa_length"),
        (session_text(&VECTOR, &sign_raw(&OTHER_RSA, &SESSION)), "reject:rsa_padding"),
        (session_text(&VECTOR, &sign_raw(&RSA, &[1; 32])), "reject:session_key_payload"),
        (session_text(&VECTOR, &sign_raw(&RSA, b"")), "reject:session_key_payload"),
        // Another signed block in the place of the session key.
        (session_text(&VECTOR, &sign_raw(&RSA, b"session key 3210")), "aes"),
        (session_text(&VECTOR[..15], &block), "reject:iv_length"),
        (session_text(&[0; 17], &block), "reject:iv_length"),
        (session_text(&[], &block), "reject:session_key_malformed"),
        (session_text(&VECTOR, &[]), "reject:session_key_malformed"),
        (STANDARD.encode(&block), "reject:session_key_malformed"),
        (format!("{}:x", session_text(&VECTOR, &block)), "reject:session_key_malformed"),
        (format!(" {}", session_text(&VECTOR, &block)), "reject:session_key_malformed"),
        (format!("{}\n", session_text(&VECTOR, &block)), "reject:session_key_malformed"),
        (" ".to_owned(), "reject:session_key_malformed"),
        (":".to_owned(), "reject:session_key_malformed"),
        ("null".to_owned(), "reject:session_key_malformed"),
    ];
    for (text, expected) in cases {
        let word = Release::v3().with("session_key", text.as_str()).word();
        if expected == "aes" {
            assert!(["reject:aes_padding", "reject:checksum_mismatch"].contains(&word.as_str()), "{text}: {word}");
        } else {
            assert_eq!(word, expected, "{text}");
        }
    }
}

#[test]
fn a_changed_checksum_is_refused() {
    let good = Release::v3().text("checksum");
    let digit = |index: usize| {
        let old = part_of(&good, index..=index);
        format!("{}{}{}", part_of(&good, ..index), if old == "0" { "1" } else { "0" }, part_of(&good, index + 1..))
    };
    let digest = Digest::of(&app_zip());
    let cases = [
        (digit(0), "reject:rsa_padding"),
        (digit(511), "reject:rsa_padding"),
        (part_of(&good, ..510).to_owned(), "reject:rsa_length"),
        (part_of(&good, ..511).to_owned(), "reject:checksum_malformed"),
        (format!("{good}00"), "reject:rsa_length"),
        (format!("00{good}"), "reject:rsa_length"),
        (format!("{good} "), "reject:checksum_malformed"),
        ("ff".repeat(256), "reject:rsa_padding"),
        (sign_v3(&OTHER_RSA, &digest), "reject:rsa_padding"),
        (sign_v2(&OTHER_RSA, &digest), "reject:rsa_padding"),
        (sign_v3(&RSA, &Digest::of(b"another")), "reject:checksum_mismatch"),
        (sign_v3(&RSA, &Digest::from([0; 32])), "reject:checksum_mismatch"),
        // What the CLI signs when it is told a CRC-32, the session key's own block, and a DigestInfo.
        (hex_of(&sign_raw(&RSA, &[1, 2, 3, 4])), "reject:checksum_not_sha256"),
        (STANDARD.encode(sign_raw(&RSA, &[1, 2, 3, 4])), "reject:checksum_not_sha256"),
        (STANDARD.encode(sign_raw(&RSA, &STANDARD.decode("12345678").unwrap())), "reject:checksum_not_sha256"),
        (hex_of(&sign_raw(&RSA, &SESSION)), "reject:checksum_not_sha256"),
        (hex_of(&sign_raw(&RSA, digest.hex().as_bytes())), "reject:checksum_not_sha256"),
        // Plain, beside a session key.
        (digest.hex(), "reject:rsa_length"),
        ("12345678".to_owned(), "reject:rsa_length"),
        ("-".to_owned(), "reject:checksum_malformed"),
    ];
    for (text, expected) in cases {
        assert_eq!(Release::v3().with("checksum", text.as_str()).word(), expected, "{text}");
    }
    assert_eq!(Release::v3().with("checksum", "").word(), "no_checksum");
    assert_eq!(Release::v3().with("checksum", Value::Null).word(), "no_checksum");
    assert_eq!(Release::v3().with("checksum", 5).word(), "no_checksum");
}

#[test]
fn an_empty_session_key_is_a_bypass() {
    let bypass = |release: Release| {
        let verification = Release { plugin: Release::v3().plugin, ..release }.verify();
        (
            verification.result.word().into_owned(),
            verification.issues.iter().map(ToString::to_string).collect::<Vec<_>>(),
        )
    };
    let known = vec!["signature_bypass_empty_session_key".to_owned()];
    assert_eq!(bypass(Release::v0()), ("unsigned_sha256_ok".to_owned(), known.clone()));
    assert_eq!(
        bypass(Release::v0().with("session_key", Value::Null)),
        ("unsigned_sha256_ok".to_owned(), known.clone())
    );
    let wrong = Release::v0().with("checksum", Digest::of(b"another").hex());
    assert_eq!(bypass(wrong), ("reject:checksum_mismatch".to_owned(), known.clone()));
    let crc = Release::v0().with("checksum", format!("{:08x}", crc32fast::hash(&app_zip())));
    assert_eq!(bypass(crc), ("unsigned_crc32_ok".to_owned(), known));
    assert_eq!(bypass(Release::v0().with("checksum", "")), ("no_checksum".to_owned(), vec![]));
    let signed = Release::v0().with("checksum", Release::v3().text("checksum"));
    assert_eq!(bypass(signed), ("reject:session_key_missing".to_owned(), vec![]));
    let mut missing = Release::v3();
    missing.update.as_object_mut().unwrap().remove("session_key");
    assert_eq!(missing.word(), "reject:session_key_missing");
}

#[test]
fn a_plain_release_is_unsigned() {
    let verification = Release::v0().verify();
    assert_eq!((verification.result, verification.generation), (Verdict::UnsignedSha256Ok, Some("v0")));
    assert_eq!(issues(&verification), Vec::<&str>::new());
    assert!(verification.not_covered.contains(&"content_not_authenticated"));
    let Some(PlainContent::Delivered(path)) = verification.content else { panic!() };
    assert_eq!(path, "bundle.zip");
    let crc = format!("{:08x}", crc32fast::hash(&app_zip()));
    let sha = Digest::of(&app_zip()).hex();
    let cases = [
        (crc.clone(), "unsigned_crc32_ok"),
        (String::new(), "no_checksum"),
        ("00000000".to_owned(), "reject:checksum_mismatch"),
        (sha.to_uppercase(), "reject:checksum_mismatch"),
        ("g".repeat(64), "reject:checksum_mismatch"),
        (part_of(&sha, ..63).to_owned(), "reject:checksum_malformed"),
        (format!("0{crc}"), "reject:checksum_malformed"),
    ];
    for (checksum, expected) in cases {
        assert_eq!(Release::v0().with("checksum", checksum.as_str()).word(), expected, "{checksum}");
    }
    let mut changed = Release::v0();
    changed.bytes()[12] ^= 1;
    assert_eq!(changed.word(), "reject:checksum_mismatch");
    // An empty key in the configuration is none.
    assert_eq!(Release::v0().key("").word(), "unsigned_sha256_ok");
}

#[test]
fn what_is_missing_is_no_pass() {
    for mut release in [Release::v3(), Release::v0()] {
        release.bundle = None;
        assert_eq!(release.word(), "reject:bundle_missing");
    }
    let mut stated = Release::v3().delivery();
    stated.stated.bundle = Some("elsewhere.zip".to_owned());
    assert_eq!(verify(&stated).result.word(), "reject:bundle_missing");
    assert_eq!(Release { update: json!({}), ..Release::v3() }.word(), "no_checksum");
}

#[test]
fn repeated_keys_are_ambiguous() {
    for (file, key) in
        [("update.json", "checksum"), ("update.json", "session_key"), ("capacitor.config.json", "publicKey")]
    {
        let release = Release::v3();
        let (text, value) = if file == "update.json" {
            (release.update.to_string(), release.text(key))
        } else {
            (String::from_utf8(config(&release.plugin)).unwrap(), public_pem(&RSA))
        };
        let name = format!("\"{key}\":");
        let twice = text.replacen(&name, &format!("{name}{},{name}", json!(value)), 1);
        let mut files = vec![
            ("update.json", release.update.to_string().into_bytes()),
            ("capacitor.config.json", config(&release.plugin)),
        ];
        files.iter_mut().find(|(path, _)| *path == file).unwrap().1 = twice.into_bytes();
        files.extend(release.bundle);
        assert_eq!(
            verify(&crate::facts::testing::delivery(files)).result.word(),
            "reject:metadata_ambiguous",
            "{file} {key}"
        );
    }
}

#[test]
fn what_the_address_gives_away_is_an_issue() {
    let found = |field: &str, value: &str| {
        let verification = Release::v3().with(field, value).verify();
        assert_eq!(verification.result, Verdict::Valid);
        verification.issues.into_iter().map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(found("version", "9.9.9"), ["version_not_authenticated"]);
    assert_eq!(found("url", "https://a.example/404.zip"), Vec::<String>::new());
    assert_eq!(found("url", "HTTP://a.example/1.2.3.zip?x=1"), ["bundle_url_cleartext"]);
    assert_eq!(found("url", "é"), Vec::<String>::new());
}

#[test]
fn the_bundle_is_told_from_what_lies_beside() {
    let mut release = Release::v3();
    release.more = vec![("README.md", b"# a release".to_vec()), ("a.txt", b"notes of it".to_vec())];
    assert_eq!(release.word(), "valid");
    let bytes = release.bytes().clone();
    release.bundle = Some(("bundle.encrypted", bytes.clone()));
    assert_eq!(release.word(), "valid", "whatever it is called");
    release.more.push(("b.zip", app_zip()));
    assert_eq!(release.word(), "valid");
    // Without it the plain one is what there is, which is not encrypted.
    release.bundle = None;
    assert!(release.word().starts_with("reject:"));
}

#[test]
fn padding_is_checked_to_its_first_byte() {
    let plain = vec![5; 40];
    for (padding, expected) in [
        ([8; 8], "valid"),
        ([0, 0, 0, 0, 0, 0, 0, 8], "reject:aes_padding"),
        ([9, 8, 8, 8, 8, 8, 8, 8], "reject:aes_padding"),
        ([8, 8, 8, 8, 8, 8, 8, 0], "reject:aes_padding"),
        ([8, 8, 8, 8, 8, 8, 8, 17], "reject:aes_padding"),
        ([8, 8, 8, 8, 8, 8, 8, 255], "reject:aes_padding"),
    ] {
        let mut release = Release::v3().with("checksum", sign_v3(&RSA, &Digest::of(&plain)));
        // The padding that the cipher adds is a block of its own here, and left out.
        *release.bytes() = encrypt(&[&plain[..], &padding].concat());
        release.bytes().truncate(48);
        assert_eq!(release.word(), expected, "{padding:?}");
    }
}
