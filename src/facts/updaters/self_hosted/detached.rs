//! Detached signatures over the bytes of a file: RSA (RFC 8017, sections 8.1 and 8.2), ECDSA on P-256 (FIPS 186-5) and
//! Ed25519 (RFC 8032).

use ed25519_dalek::VerifyingKey as Ed25519Key;
use p256::ecdsa::Signature as EcdsaSignature;
use p256::ecdsa::signature::Verifier as _;
use rsa::pss;
use rsa::signature::hazmat::PrehashVerifier as _;
use sha2::Sha256;

use crate::facts::crypto;
use crate::facts::keys::public::PublicKey;
use crate::model::Digest;

/// An algorithm that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1,
    /// RSASSA-PSS with SHA-256 and a salt of any length.
    RsaPss,
    /// ECDSA on P-256 with SHA-256, in DER or as two numbers of 32 bytes.
    EcdsaP256,
    /// Ed25519 over the bytes themselves.
    Ed25519,
    /// A signature file of minisign.
    Minisign,
    /// A DSSE envelope or a bundle of sigstore.
    Dsse,
}

impl Algorithm {
    const ALL: [Self; 6] = [Self::RsaPkcs1, Self::RsaPss, Self::EcdsaP256, Self::Ed25519, Self::Minisign, Self::Dsse];

    /// Its name in `release.yaml` and on the command line.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::RsaPkcs1 => "rsa-pkcs1v15-sha256",
            Self::RsaPss => "rsa-pss-sha256",
            Self::EcdsaP256 => "ecdsa-p256-sha256",
            Self::Ed25519 => "ed25519",
            Self::Minisign => "minisign",
            Self::Dsse => "dsse",
        }
    }

    /// The algorithm of this name, or of its name in JOSE (RFC 7518, section 3.1; RFC 8037).
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        match name.as_str() {
            "rs256" => Some(Self::RsaPkcs1),
            "ps256" => Some(Self::RsaPss),
            "es256" => Some(Self::EcdsaP256),
            "eddsa" => Some(Self::Ed25519),
            "sigstore" => Some(Self::Dsse),
            _ => Self::ALL.into_iter().find(|algorithm| algorithm.name() == name),
        }
    }

    /// Whether a key of this kind can verify it.
    pub(super) const fn fits(self, key: &PublicKey) -> bool {
        match self {
            Self::RsaPkcs1 | Self::RsaPss => matches!(key, PublicKey::Rsa(_)),
            Self::EcdsaP256 => matches!(key, PublicKey::P256(_)),
            Self::Ed25519 => matches!(key, PublicKey::Ed25519(_)),
            Self::Minisign => false,
            Self::Dsse => !matches!(key, PublicKey::Other),
        }
    }
}

/// With which algorithm `signature` is one of this key over `message`; the key decides where none is asked for.
pub(super) fn verifies(
    key: &PublicKey,
    asked: Option<Algorithm>,
    message: &[u8],
    signature: &[u8],
) -> Option<Algorithm> {
    let tries = |algorithm: Algorithm| asked.is_none_or(|asked| asked == algorithm || asked == Algorithm::Dsse);
    let candidates = [Algorithm::RsaPkcs1, Algorithm::RsaPss, Algorithm::EcdsaP256, Algorithm::Ed25519];
    candidates.into_iter().filter(|algorithm| tries(*algorithm)).find(|algorithm| match (algorithm, key) {
        (Algorithm::RsaPkcs1, PublicKey::Rsa(key)) => {
            crypto::verifies_pkcs1_sha256(key, Digest::of(message).as_bytes(), signature)
        }
        (Algorithm::RsaPss, PublicKey::Rsa(key)) => {
            // OpenSSL's default is the longest salt that fits, other tools take 32 bytes.
            let key = pss::VerifyingKey::<Sha256>::new_with_auto_salt_len(key.clone());
            pss::Signature::try_from(signature)
                .is_ok_and(|signature| key.verify_prehash(Digest::of(message).as_bytes(), &signature).is_ok())
        }
        (Algorithm::EcdsaP256, PublicKey::P256(key)) => {
            let signature = EcdsaSignature::from_der(signature).or_else(|_| EcdsaSignature::from_slice(signature));
            signature.is_ok_and(|signature| key.verify(message, &signature).is_ok())
        }
        (Algorithm::Ed25519, PublicKey::Ed25519(key)) => {
            let signature = <[u8; 64]>::try_from(signature).map(|bytes| ed25519_dalek::Signature::from_bytes(&bytes));
            let key = Ed25519Key::from_bytes(key);
            // Strictly: no points of small order, for which a signature over anything can be made.
            key.is_ok_and(|key| signature.is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()))
        }
        _ => false,
    })
}

/// The readings of a written signature: hexadecimal, base64, or the bytes themselves.
pub(super) fn readings(written: &[u8]) -> Vec<Vec<u8>> {
    let mut readings = Vec::new();
    if let Ok(text) = std::str::from_utf8(written) {
        let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let texts = [crypto::hex(&text), crypto::base64(&text), crypto::base64_url(&text)];
        readings.extend(texts.into_iter().flatten().filter(|bytes| !bytes.is_empty()));
    }
    readings.push(written.to_vec());
    readings.dedup();
    readings
}
