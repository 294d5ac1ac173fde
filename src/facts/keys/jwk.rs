//! JSON web keys (RFC 7517, RFC 7518 section 6, RFC 8037) with their private part, in JSON and in scripts.

use super::KeyMaterial::Real;
use super::{Decoded, KeyForm, PrivateKeyFact, base64, der};

/// How far the object may reach before and behind `kty`: an RSA key of 4096 bits takes some 3,300 characters.
const REACH: usize = 8 * 1024;

/// The private key in the object around `at`, where `kty` stands.
pub(super) fn read(bytes: &[u8], at: usize) -> Option<(PrivateKeyFact, usize)> {
    // The value comes first to be looked at: most hits are a library that reads such keys.
    let behind = bytes.get(at + 3..)?;
    let kind = string_after(behind.get(..32).unwrap_or(behind))?;
    if !matches!(kind, b"RSA" | b"EC" | b"OKP") {
        return None;
    }
    let before = bytes.get(at.saturating_sub(REACH)..at)?;
    let start = at - before.len() + memchr::memrchr(b'{', before)?;
    let rest = bytes.get(at..)?;
    let rest = rest.get(..REACH).unwrap_or(rest);
    let end = at + memchr::memchr(b'}', rest)?;
    let object = bytes.get(start..end)?;
    let member = |name: &str| member(object, name).and_then(base64::decode_url);
    let secret = member("d")?;
    let key = match kind {
        b"RSA" => {
            let (modulus, exponent) = (member("n")?, member("e")?);
            (modulus.len() >= 48 && secret.len() * 2 > modulus.len() && secret.len() <= modulus.len())
                .then(|| der::rsa_facts(&modulus, &exponent))?
        }
        b"EC" => {
            let curve = der::curve_named(std::str::from_utf8(raw_member(object, "crv")?).ok()?)?;
            let (x, y) = (member("x")?, member("y")?);
            let fits = secret.len() == curve.bytes && x.len() == curve.bytes && y.len() == curve.bytes;
            let point: Vec<u8> = [4].into_iter().chain(x).chain(y).collect();
            fits.then(|| der::curve_facts(curve, Some(&point)))?
        }
        _ => {
            let name = std::str::from_utf8(raw_member(object, "crv")?).ok()?;
            let known = matches!(name, "Ed25519" | "Ed448" | "X25519" | "X448") && secret.len() >= 32;
            let public = member("x").filter(|key| name == "Ed25519" && key.len() == 32);
            known.then(|| Decoded {
                public_half: public.map(|key| der::edwards_public_half(&key)),
                ..Decoded::named(Real, name)
            })?
        }
    };
    Some((key.at(KeyForm::Jwk, start), end))
}

/// The string behind `":"` or `:"`, with any number of backslashes before the quotes.
fn string_after(bytes: &[u8]) -> Option<&[u8]> {
    let blank = |byte: &u8| matches!(byte, b'\\' | b'"' | b'\'' | b'`') || byte.is_ascii_whitespace();
    let colon = bytes.iter().position(|byte| !blank(byte)).filter(|at| bytes.get(*at) == Some(&b':'))?;
    let value = bytes.get(colon + 1..)?;
    let start = value.iter().position(|byte| !blank(byte)).filter(|at| *at > 0)?;
    let value = value.get(start..)?;
    let end = value.iter().position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_'))?;
    value.get(..end)
}

/// The text of the member `name`, which stands behind `{`, `,`, a quote or white space.
fn raw_member<'a>(object: &'a [u8], name: &str) -> Option<&'a [u8]> {
    memchr::memmem::find_iter(object, name).find_map(|at| {
        let before = at.checked_sub(1).and_then(|before| object.get(before))?;
        let begins = matches!(before, b'{' | b',' | b'"' | b'\'') || before.is_ascii_whitespace();
        string_after(object.get(at + name.len()..)?).filter(|_| begins)
    })
}

/// The same, as base64url.
fn member<'a>(object: &'a [u8], name: &str) -> Option<&'a [u8]> {
    raw_member(object, name).filter(|text| !text.is_empty())
}
