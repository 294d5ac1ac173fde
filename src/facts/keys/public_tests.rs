use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::{EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};

use super::*;
use crate::facts::testing::RSA;

fn pkcs1() -> String {
    RSA.to_public_key().to_pkcs1_pem(LineEnding::LF).unwrap()
}

fn spki() -> Vec<u8> {
    RSA.to_public_key().to_public_key_der().unwrap().as_bytes().to_vec()
}

fn pem(label: &str, der: &[u8]) -> String {
    ["-----BEGIN ", label, "-----\n", &STANDARD.encode(der), "\n-----END ", label, "-----\n"].concat()
}

fn fact(text: &str) -> PublicKeyFact {
    read(text, "test").unwrap_or_else(|why| panic!("{why:?}: {text}")).1
}

/// One element of DER.
fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len()).unwrap();
    let [high, low] = length.to_be_bytes();
    let head = match length {
        0..=0x7F => vec![tag, low],
        0x80..=0xFF => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, contents.to_vec()].concat()
}

/// PKCS#1 with these numbers.
fn numbers(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let positive = |number: &[u8]| [&[0][..], number].concat();
    let short = [&[2, u8::try_from(exponent.len()).unwrap()], exponent].concat();
    let contents = [element(2, &positive(modulus)), short].concat();
    element(0x30, &contents)
}

#[test]
fn every_writing_is_the_same_key() {
    use WritingFault::{
        CarriageReturns, EscapedNewlines, FooterDiffersFromHeader, HeaderDiffersFromBody, LeadingText, NoFrame,
        OneLine, TrailingText, XmlEscaped,
    };
    let identity = Digest::of(&spki());
    let p = pkcs1();
    let s = pem("PUBLIC KEY", &spki());
    let cases: Vec<(String, PublicForm, Vec<WritingFault>)> = vec![
        (p.clone(), PublicForm::Pkcs1, vec![]),
        (s.clone(), PublicForm::Spki, vec![]),
        (p.replace('\n', ""), PublicForm::Pkcs1, vec![OneLine]),
        (s.replace('\n', " "), PublicForm::Spki, vec![OneLine]),
        (p.replace('\n', "\\n"), PublicForm::Pkcs1, vec![EscapedNewlines]),
        (p.replace('\n', "\\r\\n"), PublicForm::Pkcs1, vec![CarriageReturns, EscapedNewlines]),
        (p.replace('\n', "\r\n"), PublicForm::Pkcs1, vec![CarriageReturns]),
        (p.replace('\n', "&#10;"), PublicForm::Pkcs1, vec![XmlEscaped]),
        (p.replace('\n', "&#xD;&#xA;"), PublicForm::Pkcs1, vec![CarriageReturns, XmlEscaped]),
        (format!("\n{p}"), PublicForm::Pkcs1, vec![LeadingText]),
        (format!("\u{feff}{p}"), PublicForm::Pkcs1, vec![LeadingText]),
        (format!("{p}; rest"), PublicForm::Pkcs1, vec![TrailingText]),
        (STANDARD.encode(spki()), PublicForm::Spki, vec![NoFrame]),
        (format!(" {}\n", STANDARD.encode(spki())), PublicForm::Spki, vec![NoFrame]),
        (pem("RSA PUBLIC KEY", &spki()), PublicForm::Spki, vec![HeaderDiffersFromBody]),
        (s.replace("END PUBLIC", "END RSA PUBLIC"), PublicForm::Spki, vec![FooterDiffersFromHeader]),
        (RSA.to_pkcs1_pem(LineEnding::LF).unwrap().to_string(), PublicForm::PrivateKey, vec![]),
        (RSA.to_pkcs8_pem(LineEnding::LF).unwrap().to_string(), PublicForm::PrivateKey, vec![]),
    ];
    for (text, form, faults) in cases {
        let mut expected = faults;
        expected.sort_unstable();
        let fact = fact(&text);
        assert_eq!((fact.form, fact.faults, fact.spki_sha256), (form, expected, identity), "{text}");
        assert_eq!((fact.algorithm.as_str(), fact.bits, fact.exponent.as_deref()), ("RSA", Some(2048), Some("65537")));
        assert_eq!(fact.weaknesses, []);
    }
    assert_eq!(read_der(&spki(), "file").unwrap().1.spki_sha256, identity);
}

#[test]
fn what_is_no_key_is_refused_in_words() {
    let cut = pkcs1().replace("-----END", "");
    let texts = [
        String::new(),
        "not a key".to_owned(),
        cut,
        pem("PUBLIC KEY", b"\x30\x03\x02\x01\x01"),
        pkcs1().replacen("MIIB", "!!!!", 1),
        pem("PUBLIC KEY", &[spki(), vec![0]].concat()),
        "-----BEGIN PUBLIC KEY".to_owned(),
        "A".repeat(LONGEST_TEXT + 1),
    ];
    for text in texts {
        assert!(read(&text, "test").is_err(), "{}", text.len());
    }
    assert!(read_der(&vec![0x30; LONGEST_TEXT + 1], "test").is_err());
}

#[test]
fn weak_keys_are_named_and_unusable_ones_not_used() {
    use Weakness::{EvenExponent, EvenModulus, ShortModulus, SmallExponent};
    let modulus = |last: u8, bytes: usize| [vec![0xC1; bytes - 1], vec![last]].concat();
    let cases: [(Vec<u8>, u32, &[Weakness], bool); 6] = [
        (numbers(&modulus(0xC3, 256), &[3]), 2048, &[SmallExponent], true),
        (numbers(&modulus(0xC3, 128), &[1, 0, 1]), 1024, &[ShortModulus], true),
        (numbers(&modulus(0xC2, 256), &[1, 0, 1]), 2048, &[EvenModulus], false),
        (numbers(&modulus(0xC3, 256), &[1, 0, 0]), 2048, &[SmallExponent, EvenExponent], false),
        (numbers(&modulus(0xC3, 256), &[1]), 2048, &[SmallExponent], false),
        (numbers(&modulus(0xC3, 32), &[1, 0, 1]), 256, &[ShortModulus], false),
    ];
    for (der, bits, weaknesses, usable) in cases {
        let (key, fact) = read(&pem("RSA PUBLIC KEY", &der), "test").unwrap();
        let weaknesses: Vec<Weakness> = if fact.exponent.as_deref() == Some("65536") {
            vec![SmallExponent, EvenExponent]
        } else {
            weaknesses.to_vec()
        };
        assert_eq!((fact.bits, fact.weaknesses, matches!(key, PublicKey::Rsa(_))), (Some(bits), weaknesses, usable));
    }
}

#[test]
fn curves_are_told_apart_by_their_identifier() {
    let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let der = p256::PublicKey::from(key.verifying_key()).to_public_key_der().unwrap().as_bytes().to_vec();
    let (read_key, fact) = read(&STANDARD.encode(&der), "test").unwrap();
    assert!(matches!(read_key, PublicKey::P256(_)));
    assert_eq!((fact.algorithm.as_str(), fact.bits, fact.spki_sha256), ("EC P-256", Some(256), Digest::of(&der)));
    // The same point under the name of brainpoolP256r1 is no key that is verified with.
    let curve = b"\x2A\x86\x48\xCE\x3D\x03\x01\x07";
    let at = der.windows(curve.len()).position(|window| window == curve).unwrap();
    let mut other = der.clone();
    other[at + curve.len() - 1] = 6;
    let (read_key, fact) = read(&STANDARD.encode(&other), "test").unwrap();
    assert!(matches!(read_key, PublicKey::Other));
    assert_eq!(fact.algorithm, "EC");

    let secret = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
    let der = [&b"\x30\x2A\x30\x05\x06\x03\x2B\x65\x70\x03\x21\x00"[..], secret.verifying_key().as_bytes()].concat();
    let (read_key, fact) = read(&pem("PUBLIC KEY", &der), "test").unwrap();
    assert!(matches!(read_key, PublicKey::Ed25519(_)));
    assert_eq!((fact.algorithm.as_str(), fact.spki_sha256), ("Ed25519", Digest::of(&der)));
}

#[test]
fn a_certificate_gives_its_key_and_its_dates() {
    let der = certificate(b"200101000000Z", b"210101000000Z");
    let text = pem("CERTIFICATE", &der);
    let fact = fact(&text);
    assert_eq!((fact.form, fact.faults.len(), fact.spki_sha256), (PublicForm::Certificate, 0, Digest::of(&spki())));
    assert_eq!(validity(&text), Some((1_577_836_800, 1_609_459_200)));
    assert_eq!(validity_of_der(&der), validity(&text));
    assert_eq!(validity(&pkcs1()), None);
    let chain = format!("{text}{text}");
    assert_eq!(read(&chain, "test").unwrap().1.faults, []);
}

/// A certificate of the test key; its signature is nothing, since nothing checks it here.
pub(crate) fn certificate(from: &[u8], until: &[u8]) -> Vec<u8> {
    let algorithm = b"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B\x05\x00";
    let name = b"\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01A";
    let time = |digits: &[u8]| [&[0x17, u8::try_from(digits.len()).unwrap()], digits].concat();
    let dates = [time(from), time(until)].concat();
    let validity = [&[0x30, u8::try_from(dates.len()).unwrap()], &dates[..]].concat();
    let body = [&b"\xA0\x03\x02\x01\x02\x02\x01\x05"[..], algorithm, name, &validity, name, &spki()].concat();
    let signature = element(3, &[&[0][..], &[1; 256]].concat());
    element(0x30, &[element(0x30, &body), algorithm.to_vec(), signature].concat())
}

#[test]
fn hostile_texts_do_no_harm() {
    let text = pkcs1();
    for at in (0..text.len()).step_by(3) {
        let _ = read(text.get(..at).unwrap(), "test");
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        let _ = read(&String::from_utf8(bytes).unwrap(), "test");
    }
    let der = certificate(b"200101000000Z", b"210101000000Z");
    for at in 0..der.len() {
        let mut other = der.clone();
        other[at] ^= 0x81;
        let _ = (read_der(&other, "test"), read_der(&der[..at], "test"), validity_of_der(&other));
    }
}
