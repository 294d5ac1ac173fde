use ::base64::Engine as _;
use ::base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::PrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};

use super::*;
use crate::facts::testing::numbers;

/// Made here, so that no key lies in the repository.
static KEY: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::new(&mut numbers(3), 1024).unwrap());

fn public_half() -> Digest {
    Digest::of(KEY.to_public_key().to_public_key_der().unwrap().as_bytes())
}

fn pkcs1() -> String {
    KEY.to_pkcs1_pem(LineEnding::LF).unwrap().to_string()
}

fn pkcs8() -> String {
    KEY.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
}

/// A P-256 key after RFC 5915, with any public point: only its form is read.
fn sec1() -> Vec<u8> {
    let secret: Vec<u8> = (1..=32).map(|number| number * 7).collect();
    let point: Vec<u8> = [4].into_iter().chain((0..64).map(|number: u8| number.wrapping_mul(5))).collect();
    [
        &b"\x30\x77\x02\x01\x01\x04\x20"[..],
        &secret,
        b"\xA0\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07\xA1\x44\x03\x42\x00",
        &point,
    ]
    .concat()
}

fn only(facts: &[PrivateKeyFact]) -> &PrivateKeyFact {
    assert_eq!(facts.len(), 1, "{facts:?}");
    &facts[0]
}

fn frame(label: &str, body: &str) -> String {
    ["-----BEGIN ", label, "-----\n", body, "\n-----END ", label, "-----\n"].concat()
}

#[test]
fn an_rsa_key_is_found_in_every_writing() {
    let bare = STANDARD.encode(KEY.to_pkcs1_der().unwrap().as_bytes());
    let bare8 = STANDARD.encode(KEY.to_pkcs8_der().unwrap().as_bytes());
    let writings = [
        (pkcs1(), KeyForm::PemPkcs1, 0),
        (pkcs8(), KeyForm::PemPkcs8, 0),
        (pkcs1().replace('\n', "\r\n"), KeyForm::PemPkcs1, 0),
        (pkcs1().replace('\n', "\\n"), KeyForm::PemPkcs1, 0),
        (pkcs8().replace('\n', "\\\\n").replace('/', "\\/"), KeyForm::PemPkcs8, 0),
        (pkcs8().replace('\n', "\\u000a"), KeyForm::PemPkcs8, 0),
        (pkcs8().replace('\n', "&#10;"), KeyForm::PemPkcs8, 0),
        (pkcs8().replace('\n', " "), KeyForm::PemPkcs8, 0),
        (pkcs8().replace('\n', ""), KeyForm::PemPkcs8, 0),
        (format!("x('{}')", pkcs1().replace('\n', "\\n")), KeyForm::PemPkcs1, 3),
        (format!("k=\"{}\"", STANDARD.encode(pkcs1())), KeyForm::PemPkcs1, 3),
        (format!("k=\"{bare}\";"), KeyForm::Base64Der, 3),
        (bare8, KeyForm::Base64Der, 0),
    ];
    for (text, form, offset) in writings {
        let facts = private_keys_in_text(&text);
        let fact = only(&facts);
        assert_eq!((fact.form, fact.offset, fact.material), (form, offset, KeyMaterial::Real), "{form:?}");
        assert_eq!((fact.algorithm.as_deref(), fact.bits), (Some("RSA"), Some(1024)));
        assert_eq!(fact.public_half_sha256, Some(public_half()));
    }
}

#[test]
fn files_that_are_keys_are_known() {
    let der = private_keys("key.der", KEY.to_pkcs1_der().unwrap().as_bytes());
    assert_eq!((only(&der).form, only(&der).public_half_sha256), (KeyForm::DerPkcs1, Some(public_half())));
    let der = private_keys("tests/fixtures/key.p8", KEY.to_pkcs8_der().unwrap().as_bytes());
    assert_eq!((only(&der).form, only(&der).usually_public), (KeyForm::DerPkcs8, true));

    let p12 =
        [&b"\x30\x82\x01\x01\x02\x01\x03\x30\x82\x00\xFA\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"[..], &[0; 239]]
            .concat();
    assert_eq!(only(&private_keys("a.p12", &p12)).form, KeyForm::Pkcs12);
    assert_eq!(only(&private_keys_in_text(&format!("'{}'", STANDARD.encode(&p12)))).material, KeyMaterial::Encrypted);

    let store = |tag| {
        [&b"\xFE\xED\xFE\xED\0\0\0\x02\0\0\0\x01\0\0\0"[..], &[tag], b"\0\x01a\0\0\0\0\0\0\0\0\0\x05X.509\0\0\0\x01x"]
            .concat()
    };
    assert_eq!(only(&private_keys("a.jks", &store(1))).form, KeyForm::Jks);
    assert_eq!(private_keys("trust.jks", &store(2)), [], "certificates are public");
    assert_eq!(only(&private_keys("a.bks", &[&b"\0\0\0\x02"[..], &[7; 60]].concat())).form, KeyForm::Bks);
}

#[test]
fn elliptic_and_edwards_keys_are_read() {
    let text = frame("EC PRIVATE KEY", &STANDARD.encode(sec1()));
    let facts = private_keys_in_text(&text);
    assert_eq!((only(&facts).algorithm.as_deref(), only(&facts).bits), (Some("EC P-256"), Some(256)));
    assert!(only(&facts).public_half_sha256.is_some());
    assert_eq!(only(&private_keys_in_text(&STANDARD.encode(sec1()))).form, KeyForm::Base64Der);

    let seed: Vec<u8> = (1..=32).collect();
    let edwards = [&b"\x30\x2E\x02\x01\0\x30\x05\x06\x03\x2B\x65\x70\x04\x22\x04\x20"[..], &seed].concat();
    let facts = private_keys_in_text(&frame("PRIVATE KEY", &STANDARD.encode(&edwards)));
    assert_eq!((only(&facts).algorithm.as_deref(), only(&facts).material), (Some("Ed25519"), KeyMaterial::Real));
    assert_eq!(only(&private_keys_in_text(&format!("\"{}\"", STANDARD.encode(&edwards)))).form, KeyForm::Base64Der);
}

#[test]
fn openssh_and_pgp_keys_are_read() {
    let field = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat();
    let public = [field(b"ssh-ed25519"), field(&[9; 32])].concat();
    let openssh = |cipher: &[u8]| {
        let parts = [
            b"openssh-key-v1\0".to_vec(),
            field(cipher),
            field(b"none"),
            field(b""),
            vec![0, 0, 0, 1],
            field(&public),
            field(&[3; 64]),
        ];
        frame("OPENSSH PRIVATE KEY", &STANDARD.encode(parts.concat()))
    };
    let facts = private_keys_in_text(&openssh(b"none"));
    assert_eq!((only(&facts).algorithm.as_deref(), only(&facts).material), (Some("Ed25519"), KeyMaterial::Real));
    assert_eq!(only(&private_keys_in_text(&openssh(b"aes256-ctr"))).material, KeyMaterial::Encrypted);

    let packet = [&[0x95, 0x01, 0xD8][..], &[0x5A; 93]].concat();
    let body = format!("Version: GnuPG v2\nComment: a key\n\n{}\n=njUN", STANDARD.encode(packet));
    assert_eq!(only(&private_keys_in_text(&frame("PGP PRIVATE KEY BLOCK", &body))).material, KeyMaterial::Real);
}

#[test]
fn web_keys_are_read_only_with_their_private_part() {
    let number = |value: &rsa::BoxedUint| URL_SAFE_NO_PAD.encode(value.to_be_bytes_trimmed_vartime());
    let (n, d) = (number(KEY.n()), number(KEY.d()));
    let json = format!(r#"{{"keys":[{{"kty":"RSA","kid":"a","n":"{n}","e":"AQAB","d":"{d}"}}]}}"#);
    let facts = private_keys_in_text(&json);
    assert_eq!((only(&facts).form, only(&facts).public_half_sha256), (KeyForm::Jwk, Some(public_half())));
    assert_eq!(only(&private_keys_in_text(&json.replace('"', "\\\""))).bits, Some(1024));
    let script = format!("const k={{d:`{d}`,e:`AQAB`,n:`{n}`,kty:`RSA`}}");
    assert_eq!(only(&private_keys_in_text(&script)).material, KeyMaterial::Real);
    assert_eq!(private_keys_in_text(&format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB"}}"#)), []);
    assert_eq!(private_keys_in_text(r#"switch(e.kty){case"RSA":return{kty:"RSA",n:t.n,d:t.d}}"#), []);
}

#[test]
fn frames_without_a_key_are_placeholders() {
    let texts = [
        frame("PRIVATE KEY", "\"+e+\""),
        frame("RSA PRIVATE KEY", "MIIEpAIBAAKCAQEA..."),
        frame("PRIVATE KEY", &"A".repeat(400)),
        frame("PRIVATE KEY", "xxxxxxxx"),
        "/-----BEGIN PRIVATE KEY-----/".to_owned(),
        "-----BEGIN OPENSSH PRIVATE KEY-----".to_owned(),
    ];
    for text in texts {
        assert_eq!(only(&private_keys_in_text(&text)).material, KeyMaterial::Placeholder, "{text}");
    }
    let damaged = pkcs1().replacen('\n', "\nAAAA", 2);
    assert_eq!(only(&private_keys_in_text(&damaged)).material, KeyMaterial::Undecodable);
    // Numbers that do not belong together are no key.
    let mut der = KEY.to_pkcs1_der().unwrap().as_bytes().to_vec();
    der[40] ^= 1;
    assert_eq!(private_keys("key.der", &der), []);
    let headers =
        format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011223344556677\n\n{}", STANDARD.encode([9; 200]));
    assert_eq!(only(&private_keys_in_text(&frame("RSA PRIVATE KEY", &headers))).material, KeyMaterial::Encrypted);
}

#[test]
fn what_is_public_is_no_finding() {
    let spki = STANDARD.encode(KEY.to_public_key().to_public_key_der().unwrap().as_bytes());
    let texts = [
        frame("PUBLIC KEY", &spki),
        frame("CERTIFICATE", "MIIDdzCCAl+gAwIBAgIE"),
        format!("\"{spki}\""),
        "MIIE is a prefix, IBAAKC too, and kty is a name".to_owned(),
        format!("data:font/woff2;base64,d09GMg{}IBAAKCAQEA{}", "A".repeat(100), "b".repeat(800)),
    ];
    for text in texts {
        assert_eq!(private_keys_in_text(&text), [], "{text}");
    }
}

#[test]
fn hostile_texts_end_soon_and_say_that_they_were_not_read_whole() {
    let many = frame("PRIVATE KEY", "").repeat(3_000);
    let facts = private_keys_in_text(&many);
    assert_eq!(facts.len(), 1_001);
    assert_eq!(facts.last().unwrap().material, KeyMaterial::Undecodable);
    let bare = " MIIEowIBAAKC".repeat(20_000);
    assert_eq!(private_keys_in_text(&bare).len(), 1);
    let text = pkcs8();
    (0..text.len()).step_by(7).for_each(|end| drop(private_keys("k", &text.as_bytes()[..end])));
    let der = KEY.to_pkcs8_der().unwrap().as_bytes().to_vec();
    (0..der.len()).for_each(|end| drop(private_keys("k", &der[..end])));
}
