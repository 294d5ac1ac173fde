//! Private keys as DER: which algorithm, how long, and the digest of the public half. Only read, never used.

use rsa::BoxedUint;
use rsa::pkcs1;
use rsa::pkcs8::PrivateKeyInfoRef;
use rsa::pkcs8::der::{Decode, Encode};

use super::KeyMaterial::{Encrypted, Real};
use super::{Decoded, KeyForm};
use crate::model::Digest;

/// 1.2.840.113549.1.1.1 with its NULL parameter (RFC 8017), as an `AlgorithmIdentifier`.
const RSA_ALGORITHM: &[u8] = b"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05\x00";
/// 1.2.840.10045.2.1 (RFC 5480), as an object identifier.
const EC_IDENTIFIER: &[u8] = b"\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01";

/// The longest modulus that is checked: 16,384 bits. Multiplying longer ones would cost too much.
const LONGEST_MODULUS: usize = 2048;

/// A named curve: its identifier's DER contents, its JWK name, its field in bits and bytes.
pub(super) struct Curve {
    identifier: &'static [u8],
    pub(super) name: &'static str,
    bits: u32,
    pub(super) bytes: usize,
}

/// RFC 5480, section 2.1.1.1, and SEC 2.
const CURVES: &[Curve] = &[
    Curve { identifier: b"\x2A\x86\x48\xCE\x3D\x03\x01\x07", name: "P-256", bits: 256, bytes: 32 },
    Curve { identifier: b"\x2B\x81\x04\x00\x22", name: "P-384", bits: 384, bytes: 48 },
    Curve { identifier: b"\x2B\x81\x04\x00\x23", name: "P-521", bits: 521, bytes: 66 },
    Curve { identifier: b"\x2B\x81\x04\x00\x0A", name: "secp256k1", bits: 256, bytes: 32 },
];

/// RFC 8410 and RFC 3279: the other algorithms of PKCS#8 keys.
const OTHERS: &[(&str, &str, u32)] = &[
    ("1.3.101.112", "Ed25519", 255),
    ("1.3.101.113", "Ed448", 448),
    ("1.3.101.110", "X25519", 255),
    ("1.3.101.111", "X448", 448),
];

/// The whole length of the element that begins here, of which only the first bytes may be at hand.
pub(super) fn announced_length(start: &[u8]) -> Option<usize> {
    match *start {
        [_, length @ ..=0x7F, ..] => Some(usize::from(length) + 2),
        [_, 0x81, length, ..] => Some(usize::from(length) + 3),
        [_, 0x82, high, low, ..] => Some(usize::from(u16::from_be_bytes([high, low])) + 4),
        _ => None,
    }
}

/// The tag, the contents, and what follows, of the first element of `bytes`.
pub(super) fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) =
            rest.split_at_checked(usize::from(first & 0x7F)).filter(|(digits, _)| (1..=4).contains(&digits.len()))?;
        (digits.iter().fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit)), rest)
    };
    let (contents, rest) = rest.split_at_checked(length)?;
    Some((tag, contents, rest))
}

/// One element of DER.
fn wrap(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let mut out = vec![tag];
    let digits: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|digit| *digit == 0).collect();
    if length > 0x7F {
        out.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
    }
    out.extend(if digits.is_empty() { vec![0] } else { digits });
    out.extend(parts.concat());
    out
}

/// `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7) of an algorithm and a key.
fn public_half(algorithm: &[u8], key: &[u8]) -> Digest {
    Digest::of(&wrap(0x30, &[algorithm, &wrap(0x03, &[&[0], key])]))
}

/// The digest of an RSA public key.
pub(super) fn rsa_public_half(modulus: &[u8], exponent: &[u8]) -> Option<Digest> {
    let number = |bytes| pkcs1::UintRef::new(bytes).ok();
    let key = pkcs1::RsaPublicKey { modulus: number(modulus)?, public_exponent: number(exponent)? };
    Some(public_half(RSA_ALGORITHM, &key.to_der().ok()?))
}

/// The digest of an elliptic-curve public key given as an uncompressed point.
pub(super) fn curve_public_half(curve: &Curve, point: &[u8]) -> Digest {
    let identifier = wrap(0x06, &[curve.identifier]);
    public_half(&wrap(0x30, &[EC_IDENTIFIER, &identifier]), point)
}

/// The digest of an Ed25519 public key (RFC 8410, section 4).
pub(super) fn edwards_public_half(key: &[u8]) -> Digest {
    public_half(b"\x30\x05\x06\x03\x2B\x65\x70", key)
}

/// The curve of this name.
pub(super) fn curve_named(name: &str) -> Option<&'static Curve> {
    CURVES.iter().find(|curve| curve.name == name)
}

pub(super) fn curve_facts(curve: &Curve, point: Option<&[u8]>) -> Decoded {
    Decoded {
        algorithm: Some(format!("EC {}", curve.name)),
        bits: Some(curve.bits),
        public_half: point.map(|point| curve_public_half(curve, point)),
        material: Real,
    }
}

pub(super) fn rsa_facts(modulus: &[u8], exponent: &[u8]) -> Decoded {
    let bits = BoxedUint::from_be_slice_vartime(modulus).bit_width();
    Decoded {
        algorithm: Some("RSA".to_owned()),
        bits: Some(bits),
        public_half: rsa_public_half(modulus, exponent),
        material: Real,
    }
}

/// A PKCS#1 `RSAPrivateKey` whose primes do make its modulus: numbers that merely stand in the right places don't.
pub(super) fn pkcs1_key(der: &[u8]) -> Option<Decoded> {
    let (0x30, contents, _) = element(der)? else { return None };
    let exact = der.get(..der.len() - element(der)?.2.len())?;
    let key = pkcs1::RsaPrivateKeyRef::from_der(exact).ok()?;
    let modulus = key.modulus.as_bytes();
    if contents.is_empty() || modulus.len() < 48 || modulus.len() > LONGEST_MODULUS {
        return None;
    }
    // Twice the modulus' width holds the product of any two numbers that are as wide as the modulus.
    let bits = u32::try_from(modulus.len() * 16).ok()?;
    let number = |part: pkcs1::UintRef<'_>| {
        Some(part.as_bytes())
            .filter(|bytes| bytes.len() <= modulus.len())
            .and_then(|bytes| BoxedUint::from_be_slice(bytes, bits).ok())
    };
    let product = number(key.prime1)?.wrapping_mul(&number(key.prime2)?);
    let multiplied = *product.to_be_bytes_trimmed_vartime() == *modulus;
    (multiplied || key.other_prime_infos.is_some()).then(|| rsa_facts(modulus, key.public_exponent.as_bytes()))
}

/// An `ECPrivateKey` (RFC 5915); inside PKCS#8 the curve is given outside.
pub(super) fn ec_key(der: &[u8], outer: Option<&'static Curve>) -> Option<Decoded> {
    let (0x30, contents, _) = element(der)? else { return None };
    let (0x02, [1], rest) = element(contents)? else { return None };
    let (0x04, secret, mut rest) = element(rest)? else { return None };
    let mut curve = outer;
    let mut point = None;
    while let Some((tag, contents, next)) = element(rest) {
        match tag {
            0xA0 => {
                let identifier = element(contents).filter(|part| part.0 == 0x06)?.1;
                curve = CURVES.iter().find(|curve| curve.identifier == identifier);
            }
            // A BIT STRING begins with the number of unused bits, here 0.
            0xA1 => point = element(contents).filter(|part| part.0 == 0x03).and_then(|part| part.1.strip_prefix(&[0])),
            _ => {}
        }
        rest = next;
    }
    let all_same = secret.windows(2).all(|pair| pair.first() == pair.last());
    if all_same {
        return None;
    }
    match curve {
        Some(curve) => (secret.len() == curve.bytes).then(|| curve_facts(curve, point)),
        None => (secret.len() >= 20).then(|| Decoded::named(Real, "EC")),
    }
}

/// A PKCS#8 `PrivateKeyInfo` (RFC 5208) or `OneAsymmetricKey` (RFC 5958) in clear.
pub(super) fn pkcs8_key(der: &[u8]) -> Option<Decoded> {
    let exact = der.get(..der.len() - element(der)?.2.len())?;
    let info = PrivateKeyInfoRef::from_der(exact).ok()?;
    let identifier = info.algorithm.oid.to_string();
    match identifier.as_str() {
        // RSA, and RSA-PSS.
        "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => pkcs1_key(info.private_key.as_bytes()),
        "1.2.840.10045.2.1" => {
            let named = info.algorithm.parameters_oid().ok();
            let curve = CURVES.iter().find(|curve| named.is_some_and(|oid| oid.as_bytes() == curve.identifier));
            ec_key(info.private_key.as_bytes(), curve)
        }
        "1.2.840.10040.4.1" => Some(Decoded::named(Real, "DSA")),
        "1.2.840.113549.1.3.1" | "1.2.840.10046.2.1" => Some(Decoded::named(Real, "DH")),
        other => {
            let (_, name, bits) = OTHERS.iter().find(|row| row.0 == other)?;
            let public = info
                .public_key
                .map(|key| key.raw_bytes())
                .filter(|key| *name == "Ed25519" && key.len() == 32)
                .map(edwards_public_half);
            Some(Decoded { bits: Some(*bits), public_half: public, ..Decoded::named(Real, name) })
        }
    }
}

/// An `EncryptedPrivateKeyInfo` (RFC 5958, section 3): an algorithm of PKCS#5 or PKCS#12, and some bytes.
fn encrypted_pkcs8(der: &[u8]) -> Option<Decoded> {
    let (0x30, contents, _) = element(der)? else { return None };
    let (0x30, algorithm, rest) = element(contents)? else { return None };
    let (0x06, identifier, _) = element(algorithm)? else { return None };
    let (0x04, body, _) = element(rest)? else { return None };
    // 1.2.840.113549.1.5.* and 1.2.840.113549.1.12.1.*
    let password_based = identifier.starts_with(b"\x2A\x86\x48\x86\xF7\x0D\x01\x05")
        || identifier.starts_with(b"\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01");
    (password_based && body.len() >= 32).then(|| Decoded::bare(Encrypted))
}

/// A PFX (RFC 7292, section 4): version 3 and a content of PKCS#7.
fn pkcs12(der: &[u8]) -> Option<Decoded> {
    // Writers of BER leave lengths open, so the start is compared as it stands.
    let inner = match der {
        [0x30, 0x80, rest @ ..] => rest,
        _ => element(der).filter(|part| part.0 == 0x30)?.1,
    };
    let content = inner.strip_prefix(b"\x02\x01\x03\x30")?;
    let start = content.get(..20)?;
    memchr::memmem::find(start, b"\x2A\x86\x48\x86\xF7\x0D\x01\x07").map(|_| Decoded::bare(Encrypted))
}

/// Whatever private key `der` is, with its form as a bare file.
pub(super) fn any(der: &[u8]) -> Option<(KeyForm, Decoded)> {
    if der.first() != Some(&0x30) {
        return None;
    }
    pkcs1_key(der)
        .map(|key| (KeyForm::DerPkcs1, key))
        .or_else(|| pkcs8_key(der).map(|key| (KeyForm::DerPkcs8, key)))
        .or_else(|| ec_key(der, None).map(|key| (KeyForm::DerPkcs8, key)))
        .or_else(|| encrypted_pkcs8(der).map(|key| (KeyForm::DerPkcs8, key)))
        .or_else(|| pkcs12(der).map(|key| (KeyForm::Pkcs12, key)))
}
