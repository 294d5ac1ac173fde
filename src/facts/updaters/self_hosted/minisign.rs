//! Minisign: Ed25519 over the file or its BLAKE2b digest, and over the trusted comment (https://jedisct1.github.io/minisign/).

use minisign_verify::{Error, PublicKey, Signature};

/// Verifies a signature file; what it says of itself, or why it does not verify.
pub(super) fn verify(key: &PublicKey, written: &str, message: &[u8]) -> Result<String, String> {
    let signature = Signature::decode(written).map_err(|error| reason(&error))?;
    // Signatures over the file itself are older, not weaker.
    key.verify(message, &signature, true).map_err(|error| reason(&error))?;
    Ok(format!("minisign; its trusted comment: {}", signature.trusted_comment()))
}

fn reason(error: &Error) -> String {
    match error {
        Error::InvalidEncoding => "the signature file is not written as minisign writes it",
        Error::UnexpectedKeyId => "another key made the signature",
        Error::UnsupportedAlgorithm | Error::UnexpectedAlgorithm | Error::UnsupportedLegacyMode => {
            "its algorithm is none of minisign's"
        }
        Error::InvalidSignature | Error::IoError(_) => "the key did not sign these bytes and this trusted comment",
    }
    .to_owned()
}
