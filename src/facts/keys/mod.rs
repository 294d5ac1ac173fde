//! Private keys in files and texts: found by their marks, believed only when they decode. No key material leaves here.

mod base64;
mod binary;
mod der;
mod jwk;
pub mod known;
mod pem;
pub mod public;
pub mod registry;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use serde::Serialize;

use super::marks::Marks;
use crate::model::Digest;

use der::rsa_public_half;

/// The container a key was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyForm {
    /// `BEGIN RSA PRIVATE KEY` (RFC 8017, appendix A.1.2).
    PemPkcs1,
    /// `BEGIN PRIVATE KEY` (RFC 7468, section 10).
    PemPkcs8,
    /// `BEGIN ENCRYPTED PRIVATE KEY` (RFC 7468, section 11).
    PemEncryptedPkcs8,
    /// `BEGIN EC PRIVATE KEY` (RFC 5915).
    PemEc,
    /// `BEGIN OPENSSH PRIVATE KEY` (OpenSSH `PROTOCOL.key`).
    PemOpenssh,
    /// `BEGIN DSA PRIVATE KEY` (OpenSSL's own form).
    PemDsa,
    /// `BEGIN PGP PRIVATE KEY BLOCK` (RFC 9580).
    Pgp,
    /// A PKCS#1 key as DER.
    DerPkcs1,
    /// A PKCS#8 key as DER, encrypted or not.
    DerPkcs8,
    /// A PKCS#12 store (RFC 7292).
    Pkcs12,
    /// A Java key store, JKS or JCEKS.
    Jks,
    /// A Bouncy Castle key store, told by its name.
    Bks,
    /// DER written as base64 without a PEM frame.
    Base64Der,
    /// A JSON web key with its private part (RFC 7517).
    Jwk,
}

/// How much of a key there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyMaterial {
    /// It decodes to a private key in clear.
    Real,
    /// A frame without a key in it: documentation, or code that builds PEM texts.
    Placeholder,
    /// A key under a password.
    Encrypted,
    /// Much that looks like a key and does not decode to one: cut, damaged, or of an unknown sort.
    Undecodable,
}

/// One private key, or the frame of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PrivateKeyFact {
    /// Its container.
    pub form: KeyForm,
    /// `RSA`, `EC P-256`, `Ed25519` …, when it can be told.
    pub algorithm: Option<String>,
    /// The length of the modulus, or of the curve's field.
    pub bits: Option<u32>,
    /// SHA-256 of the DER `SubjectPublicKeyInfo` of the public half: compare it with the keys that are in use.
    pub public_half_sha256: Option<Digest>,
    /// Where its first byte, or the mark before it, stands.
    pub offset: usize,
    /// How much of a key it is.
    pub material: KeyMaterial,
    /// Whether it lies in a folder of tests, examples or documentation, where keys are often meant to be public.
    pub usually_public: bool,
}

/// What was decoded; the place is added by whoever found it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Decoded {
    algorithm: Option<String>,
    bits: Option<u32>,
    public_half: Option<Digest>,
    material: KeyMaterial,
}

impl Decoded {
    const fn bare(material: KeyMaterial) -> Self {
        Self { algorithm: None, bits: None, public_half: None, material }
    }

    fn named(material: KeyMaterial, algorithm: &str) -> Self {
        Self { algorithm: Some(algorithm.to_owned()), ..Self::bare(material) }
    }

    fn at(self, form: KeyForm, offset: usize) -> PrivateKeyFact {
        let Self { algorithm, bits, public_half: public_half_sha256, material } = self;
        PrivateKeyFact { form, algorithm, bits, public_half_sha256, offset, material, usually_public: false }
    }
}

/// The most facts of one text: a hostile file may hold a million frames.
const MOST_KEYS: usize = 1000;

/// The most marks of one text that are followed: each may cost [`LONGEST_KEY`], and a hostile file may be full of them.
const MOST_MARKS: usize = 10_000;

/// The most bytes that one key may take, in any writing.
const LONGEST_KEY: usize = 64 * 1024;

#[derive(Clone, Copy)]
enum Mark {
    Pem,
    Base64Pem,
    /// A mark inside base64 of DER, and how many characters of the key stand before it.
    Base64Der(usize),
    Jwk,
}

/// What a key's text can't be without. In base64 of DER the outer sequence is `MII…`, `MIG…` or `MC4…`, but its
/// length follows; the mark is what comes next: the version, and the identifier of the algorithm.
const MARKS: &[(&str, Mark)] = &[
    ("-----BEGIN ", Mark::Pem),
    // "-----BEGIN" as base64, at the start of a base64 text.
    ("LS0tLS1CRUdJTi", Mark::Base64Pem),
    // PKCS#1: version 0 and a modulus; 512, 1024, and 2048 bits or more.
    ("IBAAJB", Mark::Base64Der(6)),
    ("IBAAJh", Mark::Base64Der(6)),
    ("IBAAKB", Mark::Base64Der(6)),
    ("IBAAKC", Mark::Base64Der(6)),
    // PKCS#8 with RSA.
    ("IBADANBgkqhkiG9w0BAQEF", Mark::Base64Der(6)),
    // PKCS#8 with elliptic curves, the short lengths of P-256 and P-384/P-521.
    ("AgEAMBMGByqGSM49AgEG", Mark::Base64Der(4)),
    ("AgEAMBAGByqGSM49AgEG", Mark::Base64Der(4)),
    // RFC 8410: Ed25519.
    ("MC4CAQAwBQYDK2Vw", Mark::Base64Der(0)),
    // SEC1: version 1 and 32, 48 or 66 bytes.
    ("MHcCAQEEI", Mark::Base64Der(0)),
    ("MIGkAgEBBD", Mark::Base64Der(0)),
    ("MIHcAgEBBE", Mark::Base64Der(0)),
    // PKCS#12: version 3 and the content.
    ("IBAzCC", Mark::Base64Der(6)),
    // RFC 7517: every key has a type.
    ("kty", Mark::Jwk),
];

static FINDER: LazyLock<Marks> = LazyLock::new(|| Marks::new(MARKS.iter().map(|mark| mark.0)));

/// The private keys in the file at `path`: the file itself as a key or key store, or keys written inside a text.
#[must_use]
pub fn private_keys(path: &str, bytes: &[u8]) -> Vec<PrivateKeyFact> {
    let mut found: Vec<PrivateKeyFact> = binary::whole_file(path, bytes).into_iter().collect();
    if found.is_empty() {
        found = scan(bytes);
    }
    let public = usually_public(path);
    for fact in &mut found {
        fact.usually_public = public;
    }
    found
}

/// The private keys written in a text: a string of a script, a value of a configuration.
#[must_use]
pub fn private_keys_in_text(text: &str) -> Vec<PrivateKeyFact> {
    scan(text.as_bytes())
}

fn scan(bytes: &[u8]) -> Vec<PrivateKeyFact> {
    let mut found = Vec::new();
    // What a decoded key has covered is not searched for further marks of the same key.
    let mut covered = 0;
    for (number, hit) in FINDER.find_iter(bytes).enumerate() {
        if hit.start < covered {
            continue;
        }
        if number >= MOST_MARKS || found.len() >= MOST_KEYS {
            // The rest is not searched, and that must not look as if nothing were there.
            found.push(Decoded::bare(KeyMaterial::Undecodable).at(KeyForm::Base64Der, hit.start));
            break;
        }
        let Some((_, mark)) = MARKS.get(hit.text) else { continue };
        let at = hit.start;
        let key = match mark {
            Mark::Pem => pem::read(bytes, at),
            Mark::Base64Pem => base64::framed(bytes, at),
            Mark::Base64Der(before) => at.checked_sub(*before).and_then(|start| base64::bare(bytes, start)),
            Mark::Jwk => jwk::read(bytes, at),
        };
        if let Some((fact, end)) = key {
            covered = end;
            found.push(fact);
        }
    }
    found
}

/// Folders whose keys are samples: they are reported all the same, and a person can see why they may be harmless.
#[must_use]
pub fn usually_public(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "test",
        "tests",
        "__tests__",
        "spec",
        "specs",
        "fixture",
        "fixtures",
        "__fixtures__",
        "mock",
        "mocks",
        "__mocks__",
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "docs",
        "doc",
        "testdata",
        "node_modules",
    ];
    path.to_ascii_lowercase().split(['/', '\\']).any(|part| FOLDERS.contains(&part))
}
