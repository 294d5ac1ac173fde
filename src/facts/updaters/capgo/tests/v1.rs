//! v1: the app carries the private key.

use rsa::Oaep;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::pkcs8::EncodePrivateKey as _;
use sha2::Sha256;

use super::*;
use crate::facts::testing::numbers;

fn wrapped(key: &rsa::PrivateKey, payload: &[u8]) -> Vec<u8> {
    key.as_public_key().encrypt(&mut numbers(11), Oaep::<Sha256>::new(), payload).unwrap()
}

fn release() -> Release {
    let plain = app_zip();
    let mut release = Release::v3()
        .with("session_key", session_text(&VECTOR, &wrapped(&RSA, &SESSION)))
        .with("checksum", format!("{:08x}", crc32fast::hash(&plain)));
    release.plugin = json!({"privateKey": RSA.to_pkcs1_pem(LineEnding::LF).unwrap().to_string()});
    release
}

#[test]
fn it_decrypts_and_nothing_is_signed() {
    let verification = release().verify();
    assert_eq!((verification.result, verification.generation), (Verdict::DecryptsV1Unsigned, Some("v1")));
    assert_eq!(issues(&verification), ["private_key_in_app"]);
    assert!(verification.not_covered.contains(&"content_not_authenticated"));
    assert!(verification.content.is_some());
    assert_eq!(release().with("checksum", "").word(), "decrypts_v1_unsigned");
    assert_eq!(release().with("checksum", Digest::of(&app_zip()).hex()).word(), "decrypts_v1_unsigned");
}

#[test]
fn the_writings_of_the_private_key_are_read() {
    let pkcs1 = RSA.to_pkcs1_pem(LineEnding::LF).unwrap().to_string();
    let body: String = pkcs1.lines().filter(|line| !line.starts_with('-')).collect();
    let one_line = format!("-----BEGIN RSA PRIVATE KEY-----{body}-----END RSA PRIVATE KEY-----");
    let pkcs8 = RSA.to_pkcs8_pem(LineEnding::LF).unwrap().to_string();
    for text in [pkcs1.replace('\n', "\r\n"), pkcs1.replace('\n', "\\n"), one_line, pkcs8] {
        let release = Release { plugin: json!({"privateKey": text}), ..release() };
        assert_eq!(release.word(), "decrypts_v1_unsigned");
    }
    let mut file = Release { plugin: json!({"autoUpdate": true}), ..release() };
    file.more = vec![("default_private_key.pem", pkcs1.into_bytes())];
    assert_eq!(file.word(), "decrypts_v1_unsigned");
}

#[test]
fn what_was_changed_is_refused() {
    assert_eq!(release().with("checksum", "00000000").word(), "reject:checksum_mismatch");
    let mut changed = release();
    changed.bytes()[20] ^= 1;
    assert_eq!(changed.word(), "reject:checksum_mismatch");
    let mut cut = release();
    cut.bytes().pop();
    assert_eq!(cut.word(), "reject:aes_length");
    let mut block = wrapped(&RSA, &SESSION);
    block[3] ^= 1;
    let cases = [
        (session_text(&VECTOR, &block), "reject:rsa_oaep"),
        (session_text(&VECTOR, &[0; 256]), "reject:rsa_oaep"),
        (session_text(&VECTOR, &[0xFF; 256]), "reject:rsa_oaep"),
        (session_text(&VECTOR, &[1; 255]), "reject:rsa_oaep"),
        (session_text(&VECTOR, &[1; 1000]), "reject:rsa_oaep"),
        (session_text(&VECTOR, &wrapped(&OTHER_RSA, &SESSION)), "reject:rsa_oaep"),
        (session_text(&VECTOR, &wrapped(&RSA, &[1; 24])), "reject:session_key_payload"),
        (session_text(&[1; 12], &wrapped(&RSA, &SESSION)), "reject:iv_length"),
        ("nonsense".to_owned(), "reject:session_key_malformed"),
    ];
    for (text, expected) in cases {
        assert_eq!(release().with("session_key", text.as_str()).word(), expected, "{text}");
    }
}

#[test]
fn keys_that_do_not_serve_are_refused() {
    let pkcs1 = RSA.to_pkcs1_pem(LineEnding::LF).unwrap().to_string();
    for text in
        [public_pem(&RSA), "hello".to_owned(), part_of(&pkcs1, ..300).to_owned(), pkcs1.replacen("MII", "MIJ", 1)]
    {
        let release = Release { plugin: json!({"privateKey": text}), ..release() };
        assert_eq!(release.word(), "reject:private_key_invalid");
    }
    let other = OTHER_RSA.to_pkcs1_pem(LineEnding::LF).unwrap().to_string();
    assert_eq!(Release { plugin: json!({"privateKey": other}), ..release() }.word(), "reject:rsa_oaep");
    assert_eq!(Release { plugin: json!({}), ..release() }.word(), "reject:private_key_missing");
}
