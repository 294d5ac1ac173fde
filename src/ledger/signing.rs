//! Signing and verifying of records and statements: Ed25519 (RFC 8032) and ECDSA on P-256 with SHA-256, whose nonce is
//! computed (RFC 6979), so that the same bytes have the same signature.

use ed25519_dalek::Signer as _;
use p256::ecdsa::signature::Verifier as _;
use p256::pkcs8::DecodePrivateKey as _;

use crate::facts::crypto;
use crate::facts::keys::public::{self, PublicKey};
use crate::model::{Digest, Problem};

/// A key file is not larger.
const LONGEST_KEY: usize = 64 * 1024;

/// SubjectPublicKeyInfo of an Ed25519 key without its 32 bytes (RFC 8410, section 4).
const ED25519_INFO: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
/// SubjectPublicKeyInfo of a P-256 key without its point (RFC 5480, section 2).
const P256_INFO: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";

/// A private key. It is never shown, and leaves this room as signatures only.
pub enum SigningKey {
    /// Ed25519.
    Ed25519(Box<ed25519_dalek::SigningKey>),
    /// ECDSA on P-256.
    P256(Box<p256::ecdsa::SigningKey>),
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "SigningKey({})", self.algorithm())
    }
}

impl SigningKey {
    /// Reads a PKCS#8 key in PEM.
    ///
    /// # Errors
    /// What keeps it from being one, with what to do.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let help = "expected an unencrypted PKCS#8 key in PEM (`-----BEGIN PRIVATE KEY-----`): \
                    `openssl genpkey -algorithm ed25519 -out signing.pem`";
        if text.len() > LONGEST_KEY {
            return Err(Problem::new("the signing key's file is too long for a key").help(help));
        }
        if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") {
            return Err(Problem::new("the signing key is under a password")
                .help("decrypt it for this run: `openssl pkey -in signing.pem`"));
        }
        if text.contains("-----BEGIN EC PRIVATE KEY-----") {
            return Err(Problem::new("the signing key is no PKCS#8 key")
                .help("convert it: `openssl pkcs8 -topk8 -nocrypt -in signing.pem`"));
        }
        let body = text
            .split_once("-----BEGIN PRIVATE KEY-----")
            .and_then(|(_, rest)| rest.split_once("-----END PRIVATE KEY-----"))
            .map(|(body, _)| body.chars().filter(|character| !character.is_ascii_whitespace()).collect::<String>());
        let der = body.and_then(|body| crypto::base64(&body));
        let Some(der) = der else { return Err(Problem::new("the signing key can't be read").help(help)) };
        if let Ok(key) = ed25519_dalek::SigningKey::from_pkcs8_der(&der) {
            return Ok(Self::Ed25519(Box::new(key)));
        }
        if let Ok(key) = p256::ecdsa::SigningKey::from_pkcs8_der(&der) {
            return Ok(Self::P256(Box::new(key)));
        }
        Err(Problem::new("the signing key is neither Ed25519 nor P-256").help(help))
    }

    /// The word for its algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "ed25519",
            Self::P256(_) => "ecdsa-p256-sha256",
        }
    }

    /// SHA-256 of the SubjectPublicKeyInfo of its public half.
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        let mut der = Vec::new();
        match self {
            Self::Ed25519(key) => {
                der.extend_from_slice(ED25519_INFO);
                der.extend_from_slice(key.verifying_key().as_bytes());
            }
            Self::P256(key) => {
                der.extend_from_slice(P256_INFO);
                der.extend_from_slice(key.verifying_key().to_sec1_point(false).as_bytes());
            }
        }
        Digest::of(&der)
    }

    /// The signature over `message`: 64 bytes for Ed25519, DER for ECDSA.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
        }
    }
}

/// A public key with which records and statements are verified.
#[derive(Clone, Debug)]
pub struct TrustedKey {
    /// SHA-256 of its SubjectPublicKeyInfo.
    pub fingerprint: Digest,
    key: PublicKey,
}

impl TrustedKey {
    /// Reads a public key: PEM or base64 of a SubjectPublicKeyInfo, or a certificate.
    ///
    /// # Errors
    /// What keeps it from being one that is used here.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let help = "expected a public key in PEM: `openssl pkey -in signing.pem -pubout -out signing.pub`";
        let (key, fact) = public::read(text, "")
            .map_err(|why| Problem::new(format!("the public key can't be read: {}", why.0)).help(help))?;
        match key {
            _ if fact.form == public::PublicForm::PrivateKey => {
                Err(Problem::new("a private key was given where a public one is expected").help(help))
            }
            PublicKey::Ed25519(_) | PublicKey::P256(_) => Ok(Self { fingerprint: fact.spki_sha256, key }),
            PublicKey::Rsa(_) | PublicKey::Other => {
                Err(Problem::new("the public key is neither Ed25519 nor P-256").help(help))
            }
        }
    }

    /// Whether `signature` is this key's over `message`.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            PublicKey::Ed25519(key) => {
                let key = ed25519_dalek::VerifyingKey::from_bytes(key);
                let signature =
                    <[u8; 64]>::try_from(signature).map(|bytes| ed25519_dalek::Signature::from_bytes(&bytes));
                // Strictly: no points of small order, for which a signature over anything can be made.
                key.is_ok_and(|key| signature.is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()))
            }
            PublicKey::P256(key) => p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            PublicKey::Rsa(_) | PublicKey::Other => false,
        }
    }
}
