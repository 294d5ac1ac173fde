//! PEM frames and what is inside them, as files and as they stand in scripts, JSON and one-line values.

use super::KeyMaterial::{Encrypted, Placeholder, Real, Undecodable};
use super::{Decoded, KeyForm, LONGEST_KEY, PrivateKeyFact, base64, der};

const BEGIN: &[u8] = b"-----BEGIN ";
const DASHES: &[u8] = b"-----";

/// The labels of private keys.
const LABELS: &[(&[u8], KeyForm)] = &[
    (b"RSA PRIVATE KEY", KeyForm::PemPkcs1),
    (b"PRIVATE KEY", KeyForm::PemPkcs8),
    (b"ENCRYPTED PRIVATE KEY", KeyForm::PemEncryptedPkcs8),
    (b"EC PRIVATE KEY", KeyForm::PemEc),
    (b"OPENSSH PRIVATE KEY", KeyForm::PemOpenssh),
    (b"DSA PRIVATE KEY", KeyForm::PemDsa),
    (b"PGP PRIVATE KEY BLOCK", KeyForm::Pgp),
];

/// The least number of base64 digits that may be a key gone wrong: an Ed25519 key has 64.
const SHORTEST_BODY: usize = 64;

/// The private key whose frame begins at `at`, and where it ends; `None` when the frame is of something else.
pub(super) fn read(bytes: &[u8], at: usize) -> Option<(PrivateKeyFact, usize)> {
    let label_at = at + BEGIN.len();
    let head = bytes.get(label_at..)?;
    let length = memchr::memmem::find(head.get(..40).unwrap_or(head), DASHES)?;
    let label = head.get(..length)?;
    let form = LABELS.iter().find(|row| row.0 == label)?.1;
    let body_at = label_at + length + DASHES.len();
    let (headers, body_at) = headers(bytes, body_at);
    let (digits, end) = base64::run(bytes, body_at, LONGEST_KEY);
    let closed = bytes
        .get(end..)
        .is_some_and(|rest| rest.starts_with(b"-----END ") || rest.starts_with(b"=") || rest.starts_with(DASHES));
    let encrypted = headers && digits.len() >= SHORTEST_BODY;
    let key = if encrypted { Some(Decoded::bare(Encrypted)) } else { body(form, &digits) };
    let Some(key) = key else {
        // Much base64 between both frames is a key that was damaged; anything less is documentation or code.
        let material =
            if closed && digits.len() >= SHORTEST_BODY && varied(&digits) { Undecodable } else { Placeholder };
        // What follows is searched on: the key may stand in the next string of a script.
        return Some((Decoded::bare(material).at(form, at), body_at));
    };
    Some((key.at(form, at), end))
}

/// Whether headers stand before the body and say that it is encrypted (RFC 1421, 4.6.1.1), and where the body begins.
/// The armour headers of PGP are passed over in the same way.
fn headers(bytes: &[u8], from: usize) -> (bool, usize) {
    let window = bytes.get(from..).unwrap_or_default();
    let window = window.get(..LONGEST_KEY.min(1024)).unwrap_or(window);
    let encrypted = memchr::memmem::find(window, b"Proc-Type: 4,ENCRYPTED").filter(|at| *at < 16);
    if encrypted.is_some() {
        // The last header names the cipher and its initialisation vector in hexadecimal digits.
        let Some(info) = memchr::memmem::find(window, b"DEK-Info:") else { return (true, from) };
        let vector = window
            .get(info..)
            .and_then(|line| line.iter().position(|byte| *byte == b',').map(|comma| info + comma + 1));
        let Some(vector) = vector else { return (true, from + info) };
        let digits =
            window.get(vector..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        return (true, from + vector + digits);
    }
    let mut start = from;
    for name in [&b"Version:"[..], b"Comment:", b"Hash:", b"Charset:"] {
        let line = memchr::memmem::find(window, name).filter(|at| *at < 256);
        let end = line
            .and_then(|at| window.get(at..)?.iter().position(|byte| matches!(byte, b'\n' | b'\\')).map(|end| at + end));
        start = start.max(end.map_or(from, |end| from + end));
    }
    (false, start)
}

fn varied(digits: &[u8]) -> bool {
    let mut seen = digits.to_vec();
    seen.sort_unstable();
    seen.dedup();
    seen.len() >= 16
}

fn body(form: KeyForm, digits: &[u8]) -> Option<Decoded> {
    if digits.len() < 32 {
        return None;
    }
    // PGP's checksum stands behind the padding as `=` and four digits.
    let padded = digits.iter().position(|digit| *digit == b'=').unwrap_or(digits.len());
    let bytes = base64::decode(digits.get(..padded)?)?;
    match form {
        KeyForm::PemOpenssh => openssh(&bytes),
        KeyForm::Pgp => pgp(&bytes),
        KeyForm::PemDsa => dsa(&bytes),
        // A wrong label does not make a key harmless, so every sort is tried.
        _ => der::any(&bytes).map(|(_, key)| key),
    }
}

/// OpenSSL's DSA key: a sequence of version 0 and five numbers.
fn dsa(bytes: &[u8]) -> Option<Decoded> {
    let (0x30, contents, _) = der::element(bytes)? else { return None };
    let (0x02, [0], mut rest) = der::element(contents)? else { return None };
    let mut numbers = 0;
    while let Some((0x02, _, next)) = der::element(rest) {
        numbers += 1;
        rest = next;
    }
    (numbers == 5).then(|| Decoded::named(Real, "DSA"))
}

/// RFC 9580, 4.2 and 5.5: the first packet has the tag 5, secret key, in the old or the new form. Whether a password
/// protects it depends on fields of each algorithm; it is taken as real.
fn pgp(bytes: &[u8]) -> Option<Decoded> {
    let first = *bytes.first()?;
    let tag = if first & 0xC0 == 0xC0 { first & 0x3F } else { first >> 2 & 0x0F };
    (first & 0x80 != 0 && tag == 5 && bytes.len() >= 64).then(|| Decoded::bare(Real))
}

/// OpenSSH `PROTOCOL.key`: magic, cipher, key derivation and its options, number of keys, the public key.
fn openssh(bytes: &[u8]) -> Option<Decoded> {
    let rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    let (cipher, rest) = field(rest)?;
    let (_, rest) = field(rest)?;
    let (_, rest) = field(rest)?;
    let (public, rest) = field(rest.get(4..)?)?;
    let (secret, _) = field(rest)?;
    if secret.len() < 32 {
        return None;
    }
    let material = if cipher == b"none" { Real } else { Encrypted };
    Some(Decoded { material, ..openssh_public(public)? })
}

/// RFC 4253, 6.6, RFC 5656, 3.1, and RFC 8709: the kinds of public keys.
fn openssh_public(public: &[u8]) -> Option<Decoded> {
    let (algorithm, rest) = field(public)?;
    let (first, rest) = field(rest)?;
    let known = match algorithm {
        b"ssh-rsa" => {
            let (modulus, _) = field(rest)?;
            der::rsa_facts(without_zero(modulus), without_zero(first))
        }
        b"ssh-ed25519" => Decoded {
            bits: Some(255),
            public_half: Some(der::edwards_public_half(first)),
            ..Decoded::named(Real, "Ed25519")
        },
        _ => {
            let curve = [(&b"nistp256"[..], "P-256"), (b"nistp384", "P-384"), (b"nistp521", "P-521")];
            let curve = curve.iter().find(|row| row.0 == first).and_then(|row| der::curve_named(row.1));
            match curve {
                Some(curve) => der::curve_facts(curve, field(rest).map(|part| part.0)),
                None => Decoded::named(Real, &String::from_utf8_lossy(algorithm.get(..32).unwrap_or(algorithm))),
            }
        }
    };
    Some(known)
}

/// Numbers of SSH carry a zero byte before a high bit; DER's reader wants them without.
fn without_zero(number: &[u8]) -> &[u8] {
    number.strip_prefix(&[0]).unwrap_or(number)
}

/// A field of SSH: its length in four bytes, then its bytes.
fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}
