//! Public keys that were given to verify with: PEM, DER, bare base64, raw Ed25519, minisign.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::facts::crypto;
use crate::facts::keys::public::{self, PublicForm, PublicKey, PublicKeyFact};
use crate::model::Digest;

/// SubjectPublicKeyInfo of an Ed25519 key without its 32 bytes (RFC 8410, section 4).
const ED25519_INFO: &[u8] = b"\x30\x2A\x30\x05\x06\x03\x2B\x65\x70\x03\x21\x00";
/// Bytes of minisign's public key before the Ed25519 key: the algorithm and the key's number.
const MINISIGN_HEAD: usize = 10;

/// A key that was given.
#[derive(Clone, Debug)]
pub(super) struct GivenKey {
    /// What it verifies.
    pub key: Verifier,
    /// What is known of it.
    pub fact: PublicKeyFact,
}

/// What a key verifies.
#[derive(Clone, Debug)]
pub(super) enum Verifier {
    /// Signatures over bytes, and DSSE.
    Public(PublicKey),
    /// Minisign's signature files.
    Minisign(minisign_verify::PublicKey),
}

impl GivenKey {
    /// Whether it is one of minisign's.
    pub(super) const fn is_minisign(&self) -> bool {
        matches!(self.key, Verifier::Minisign(_))
    }

    /// Reads a key that someone says is one.
    pub(super) fn read(text: &str, source: &str) -> Option<Self> {
        let text = text.trim();
        Self::minisign(text, source).or_else(|| Self::public(text, source)).or_else(|| Self::raw(text, source))
    }

    /// Reads a key in one of the containers; nothing else looks like them.
    pub(super) fn public(text: &str, source: &str) -> Option<Self> {
        let (key, fact) = public::read(text, source).ok()?;
        Some(Self { key: Verifier::Public(key), fact })
    }

    /// Reads DER.
    pub(super) fn der(bytes: &[u8], source: &str) -> Option<Self> {
        if bytes.first() == Some(&0x30) { Self::public(&STANDARD.encode(bytes), source) } else { None }
    }

    /// Reads minisign's public key: a comment and base64 of 42 bytes, or the latter alone.
    pub(super) fn minisign(text: &str, source: &str) -> Option<Self> {
        let line = if text.starts_with("untrusted comment:") { text.lines().nth(1)? } else { text };
        let line = line.trim();
        let key = minisign_verify::PublicKey::from_base64(line).ok()?;
        let bytes = crypto::base64(line)?;
        let fact = ed25519_fact(bytes.get(MINISIGN_HEAD..)?, source);
        Some(Self { key: Verifier::Minisign(key), fact })
    }

    /// Reads the 32 bytes of an Ed25519 key in hexadecimal or base64.
    pub(super) fn raw(text: &str, source: &str) -> Option<Self> {
        let bytes = crypto::hex(text).or_else(|| crypto::base64(text)).or_else(|| crypto::base64_url(text))?;
        let key = <[u8; 32]>::try_from(bytes).ok()?;
        Some(Self { key: Verifier::Public(PublicKey::Ed25519(key)), fact: ed25519_fact(&key, source) })
    }
}

fn ed25519_fact(key: &[u8], source: &str) -> PublicKeyFact {
    PublicKeyFact {
        algorithm: "Ed25519".to_owned(),
        bits: Some(255),
        exponent: None,
        spki_sha256: Digest::of(&[ED25519_INFO, key].concat()),
        source: source.to_owned(),
        form: PublicForm::Raw,
        faults: Vec::new(),
        weaknesses: Vec::new(),
    }
}
