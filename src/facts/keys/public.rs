//! Public keys in the writings that apps use: what they are, and what is wrong with how they are written.

use p256::ecdsa::VerifyingKey as P256Key;
use rsa::BoxedUint;
use rsa::pkcs1::der::{Decode, Encode};
use rsa::pkcs1::{self};
use rsa::pkcs8::spki::SubjectPublicKeyInfoRef;
use serde::Serialize;

use crate::facts::crypto;
use crate::model::Digest;

/// The moduli that are computed with: 512 to 16,384 bits. Shorter and longer ones are named and not used.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 512..=16_384;

/// The longest text that may be one key or certificate.
const LONGEST_TEXT: usize = 64 * 1024;

/// A public key that can verify.
#[derive(Clone, Debug)]
pub enum PublicKey {
    /// RSA.
    Rsa(rsa::PublicKey),
    /// ECDSA on P-256.
    P256(P256Key),
    /// Ed25519, as its 32 bytes.
    Ed25519([u8; 32]),
    /// An algorithm that no update system verifies with, or a modulus out of bounds.
    Other,
}

/// What is known of a public key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PublicKeyFact {
    /// `RSA`, `EC P-256`, `Ed25519`, or an object identifier.
    pub algorithm: String,
    /// The length of the modulus or the curve's field.
    pub bits: Option<u32>,
    /// RSA's public exponent, in decimal digits when it fits 64 bits, else in hexadecimal ones.
    pub exponent: Option<String>,
    /// SHA-256 of the DER SubjectPublicKeyInfo: the key's identity.
    pub spki_sha256: Digest,
    /// Where it came from, such as `capacitor.config.json: plugins.CapacitorUpdater.publicKey`.
    pub source: String,
    /// The writing it was found in.
    pub form: PublicForm,
    /// What is peculiar about how it is written.
    pub faults: Vec<WritingFault>,
    /// What is weak about the key itself.
    pub weaknesses: Vec<Weakness>,
}

/// What is weak about a key, whichever system uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weakness {
    /// RSA of less than 2048 bits (NIST SP 800-131A rev. 2, section 3, disallows it for signatures).
    ShortModulus,
    /// An exponent below 65537 (FIPS 186-5, section A.1.1): with lax padding checks, signatures can be forged.
    SmallExponent,
    /// The modulus is even: it is no product of two large primes, and nothing can be computed with it.
    EvenModulus,
    /// The exponent is even: it has no inverse, so there is no private key for it.
    EvenExponent,
}

/// The container of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicForm {
    /// `BEGIN RSA PUBLIC KEY`, PKCS#1 (RFC 8017, appendix A.1.1).
    Pkcs1,
    /// `BEGIN PUBLIC KEY`, SubjectPublicKeyInfo (RFC 5280, section 4.1).
    Spki,
    /// The key of an X.509 certificate.
    Certificate,
    /// The public half of a private key that stands where a public key belongs.
    PrivateKey,
    /// Bare numbers or bytes: JWK, raw Ed25519.
    Raw,
}

/// What is peculiar about how a key is written. Some devices stumble over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WritingFault {
    /// Something stands before the PEM header; Capgo's plugin wants it at the very start.
    LeadingText,
    /// Lines end with CR LF; Capawesome's iOS plugin strips LF only.
    CarriageReturns,
    /// Line breaks are written as `\n`, two characters.
    EscapedNewlines,
    /// Header, body and footer stand on one line.
    OneLine,
    /// Base64 without a PEM frame.
    NoFrame,
    /// The body is not what the header says, such as a SubjectPublicKeyInfo under `BEGIN RSA PUBLIC KEY`.
    HeaderDiffersFromBody,
    /// The certificate or key is written with XML's character references.
    XmlEscaped,
    /// The footer names another container than the header (RFC 7468, section 2, wants them equal).
    FooterDiffersFromHeader,
    /// Something other than a further PEM block stands behind the footer.
    TrailingText,
}

/// Why a text is no public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoKey(pub String);

/// Reads a public key, a certificate's key or a private key's public half, in any of the writings that occur in apps: PEM
/// on many lines or one, with escaped line breaks, base64 of DER without a frame.
///
/// # Errors
/// In words, without key material.
pub fn read(text: &str, source: &str) -> Result<(PublicKey, PublicKeyFact), NoKey> {
    if text.len() > LONGEST_TEXT {
        return Err(NoKey(format!("{} bytes, limit {LONGEST_TEXT}", text.len())));
    }
    let mut faults = Vec::new();
    let unescaped = unescape(text, &mut faults);
    let (label, body) = frame(&unescaped, &mut faults)?;
    let der = crypto::base64(&body).ok_or_else(|| NoKey("its body is not base64".to_owned()))?;
    let (key, parts, form) = of_der(&der).ok_or_else(|| NoKey("its body is no key of a known form".to_owned()))?;
    let expected = match label.as_deref() {
        Some("RSA PUBLIC KEY") => Some(PublicForm::Pkcs1),
        Some("PUBLIC KEY") => Some(PublicForm::Spki),
        Some("CERTIFICATE") => Some(PublicForm::Certificate),
        Some(label) if label.ends_with("PRIVATE KEY") => Some(PublicForm::PrivateKey),
        _ => None,
    };
    if label.is_none() {
        faults.push(WritingFault::NoFrame);
    } else if expected != Some(form) {
        faults.push(WritingFault::HeaderDiffersFromBody);
    }
    faults.sort_unstable();
    faults.dedup();
    Ok((key, parts.fact(source, form, faults)))
}

/// Reads a key or certificate that lies in a file as bare DER.
///
/// # Errors
/// In words.
pub fn read_der(der: &[u8], source: &str) -> Result<(PublicKey, PublicKeyFact), NoKey> {
    if der.len() > LONGEST_TEXT {
        return Err(NoKey(format!("{} bytes, limit {LONGEST_TEXT}", der.len())));
    }
    let (key, parts, form) = of_der(der).ok_or_else(|| NoKey("it is no key of a known form".to_owned()))?;
    Ok((key, parts.fact(source, form, Vec::new())))
}

/// From when and until when a certificate is valid, in seconds since 1970; `None` for what is no certificate.
#[must_use]
pub fn validity(text: &str) -> Option<(i64, i64)> {
    let (_, body) = frame(&unescape(text, &mut Vec::new()), &mut Vec::new()).ok()?;
    validity_of_der(&crypto::base64(&body)?)
}

/// As [`validity`], of DER.
#[must_use]
pub fn validity_of_der(der: &[u8]) -> Option<(i64, i64)> {
    let certificate = x509_cert::Certificate::from_der(der).ok()?;
    let validity = certificate.tbs_certificate().validity();
    let seconds = |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).ok();
    Some((seconds(validity.not_before)?, seconds(validity.not_after)?))
}

/// SHA-256 of the DER that a text holds, which is how a certificate is named. Whether it is one is for [`validity`].
#[must_use]
pub fn certificate_sha256(text: &str) -> Option<Digest> {
    let (_, body) = frame(&unescape(text, &mut Vec::new()), &mut Vec::new()).ok()?;
    Some(Digest::of(&crypto::base64(&body)?))
}

struct Parts {
    algorithm: String,
    bits: Option<u32>,
    exponent: Option<String>,
    spki_sha256: Digest,
    weaknesses: Vec<Weakness>,
}

impl Parts {
    fn fact(self, source: &str, form: PublicForm, faults: Vec<WritingFault>) -> PublicKeyFact {
        let Self { algorithm, bits, exponent, spki_sha256, weaknesses } = self;
        PublicKeyFact { algorithm, bits, exponent, spki_sha256, source: source.to_owned(), form, faults, weaknesses }
    }
}

/// XML's references for a line feed and for a carriage return, in the digits that serialisers write.
const LINE_FEEDS: [&str; 5] = ["&#10;", "&#010;", "&#xA;", "&#xa;", "&#x0A;"];
const RETURNS: [&str; 5] = ["&#13;", "&#013;", "&#xD;", "&#xd;", "&#x0D;"];

fn unescape(text: &str, faults: &mut Vec<WritingFault>) -> String {
    let mut text = text.to_owned();
    for (references, character) in [(LINE_FEEDS, "\n"), (RETURNS, "\r")] {
        for reference in references.iter().filter(|reference| text.contains(**reference)).collect::<Vec<_>>() {
            faults.push(WritingFault::XmlEscaped);
            text = text.replace(reference, character);
        }
    }
    if text.contains("\\n") || text.contains("\\r") {
        faults.push(WritingFault::EscapedNewlines);
        text = text.replace("\\r", "\r").replace("\\n", "\n");
    }
    if text.contains('\r') {
        faults.push(WritingFault::CarriageReturns);
    }
    text
}

/// The label and the body without blanks; without a frame the whole text is the body.
fn frame(text: &str, faults: &mut Vec<WritingFault>) -> Result<(Option<String>, String), NoKey> {
    let blankless = |body: &str| body.chars().filter(|c| !c.is_ascii_whitespace()).collect::<String>();
    let Some((before, rest)) = text.split_once("-----BEGIN ") else {
        return Ok((None, blankless(text)));
    };
    if !before.is_empty() {
        faults.push(WritingFault::LeadingText);
    }
    let no_end = || NoKey("its PEM header has no end".to_owned());
    let (label, rest) = rest.split_once("-----").filter(|(label, _)| label.len() <= 40).ok_or_else(no_end)?;
    let (body, footer) = rest.split_once("-----END ").ok_or_else(|| NoKey("its PEM footer is missing".to_owned()))?;
    let (end, after) = footer.split_once("-----").unwrap_or((footer, ""));
    if end != label {
        faults.push(WritingFault::FooterDiffersFromHeader);
    }
    // A chain of certificates is several blocks in one file; the first is the one that is used.
    if !after.trim_start().is_empty() && !after.trim_start().starts_with("-----BEGIN ") {
        faults.push(WritingFault::TrailingText);
    }
    if !body.trim_end().contains('\n') && !body.starts_with('\n') {
        faults.push(WritingFault::OneLine);
    }
    Ok((Some(label.to_owned()), blankless(body)))
}

/// The key that `der` is or holds.
fn of_der(der: &[u8]) -> Option<(PublicKey, Parts, PublicForm)> {
    if let Ok(info) = SubjectPublicKeyInfoRef::from_der(der) {
        let (key, parts) = of_spki(&info, der)?;
        return Some((key, parts, PublicForm::Spki));
    }
    if let Ok(key) = pkcs1::RsaPublicKeyRef::from_der(der) {
        let (key, parts) = of_rsa(key.modulus.as_bytes(), key.public_exponent.as_bytes())?;
        return Some((key, parts, PublicForm::Pkcs1));
    }
    if let Ok(certificate) = x509_cert::Certificate::from_der(der) {
        let spki = certificate.tbs_certificate().subject_public_key_info().to_der().ok()?;
        let info = SubjectPublicKeyInfoRef::from_der(&spki).ok()?;
        let (key, parts) = of_spki(&info, &spki)?;
        return Some((key, parts, PublicForm::Certificate));
    }
    if let Ok(key) = pkcs1::RsaPrivateKeyRef::from_der(der) {
        let (key, parts) = of_rsa(key.modulus.as_bytes(), key.public_exponent.as_bytes())?;
        return Some((key, parts, PublicForm::PrivateKey));
    }
    let info = rsa::pkcs8::PrivateKeyInfoRef::from_der(der).ok()?;
    let key = pkcs1::RsaPrivateKeyRef::from_der(info.private_key.as_bytes()).ok()?;
    let (key, parts) = of_rsa(key.modulus.as_bytes(), key.public_exponent.as_bytes())?;
    Some((key, parts, PublicForm::PrivateKey))
}

/// RFC 5480, section 2.1.1.1.
const CURVE_P256: &str = "1.2.840.10045.3.1.7";

/// RFC 5480, section 2.1.1.1, and SEC 2: identifier, name, bits of the field.
const CURVES: &[(&str, &str, u32)] = &[
    (CURVE_P256, "P-256", 256),
    ("1.3.132.0.34", "P-384", 384),
    ("1.3.132.0.35", "P-521", 521),
    ("1.3.132.0.10", "secp256k1", 256),
];

fn of_spki(info: &SubjectPublicKeyInfoRef<'_>, der: &[u8]) -> Option<(PublicKey, Parts)> {
    let bits = info.subject_public_key.as_bytes()?;
    let other = |algorithm: String, bits| Parts {
        algorithm,
        bits,
        exponent: None,
        spki_sha256: Digest::of(der),
        weaknesses: Vec::new(),
    };
    match info.algorithm.oid.to_string().as_str() {
        "1.2.840.113549.1.1.1" => {
            let key = pkcs1::RsaPublicKeyRef::from_der(bits).ok()?;
            of_rsa(key.modulus.as_bytes(), key.public_exponent.as_bytes())
        }
        "1.2.840.10045.2.1" => {
            let curve = info.algorithm.parameters_oid().map(|curve| curve.to_string()).unwrap_or_default();
            let named = CURVES.iter().find(|row| row.0 == curve);
            let parts = named.map_or_else(
                || other("EC".to_owned(), None),
                |(_, name, bits)| other(format!("EC {name}"), Some(*bits)),
            );
            // A point of P-256 under the name of another curve is no key of P-256.
            let point = P256Key::from_sec1_bytes(bits).ok().filter(|_| curve == CURVE_P256);
            Some((point.map_or(PublicKey::Other, PublicKey::P256), parts))
        }
        "1.3.101.112" => {
            let key: [u8; 32] = bits.try_into().ok()?;
            Some((PublicKey::Ed25519(key), other("Ed25519".to_owned(), Some(255))))
        }
        identifier => Some((PublicKey::Other, other(identifier.to_owned(), None))),
    }
}

/// An RSA key of these big-endian numbers.
fn of_rsa(modulus: &[u8], exponent: &[u8]) -> Option<(PublicKey, Parts)> {
    let spki_sha256 = super::rsa_public_half(modulus, exponent)?;
    let (n, e) = (BoxedUint::from_be_slice_vartime(modulus), BoxedUint::from_be_slice_vartime(exponent));
    let bits = n.bit_width();
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte & 1 == 1);
    let number = exponent.iter().try_fold(0_u64, |sum, byte| sum.checked_mul(256)?.checked_add(u64::from(*byte)));
    let weaknesses = [
        (bits < 2048, Weakness::ShortModulus),
        (number.is_some_and(|number| number < 65_537), Weakness::SmallExponent),
        (!odd(modulus), Weakness::EvenModulus),
        (!odd(exponent), Weakness::EvenExponent),
    ];
    let weaknesses = weaknesses.into_iter().filter_map(|(holds, weakness)| holds.then_some(weakness)).collect();
    let exponent =
        number.map_or_else(|| exponent.iter().map(|byte| format!("{byte:02x}")).collect(), |number| number.to_string());
    let parts =
        Parts { algorithm: "RSA".to_owned(), bits: Some(bits), exponent: Some(exponent), spki_sha256, weaknesses };
    let key = rsa::PublicKey::new_with_size_limits(n, e, MODULUS_BITS).map_or(PublicKey::Other, PublicKey::Rsa);
    Some((key, parts))
}

#[cfg(test)]
#[path = "public_tests.rs"]
pub(crate) mod tests;
