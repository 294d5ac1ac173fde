//! The few operations that update systems verify with: public-key operations and symmetric decryption, over
//! RustCrypto. Nothing here signs, and nothing here draws random numbers.

use aes::Aes128;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rsa::hazmat::rsa_encrypt;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, Pkcs1v15Sign};

/// Bytes of an AES block (FIPS 197).
pub const BLOCK: usize = 16;

/// `DigestInfo` of SHA-256 without the digest (RFC 8017, section 9.2, note 1).
const SHA256_DIGEST_INFO: &[u8] = b"\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

/// Standard base64 with its padding, which may be left out; nothing but the alphabet, and no stray bits at the end.
const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// URL-safe base64, padded or not (RFC 4648, section 5).
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads standard base64, padded or not, without blanks.
#[must_use]
pub fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads URL-safe base64, padded or not, without blanks.
#[must_use]
pub fn base64_url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE.decode(text).ok()
}

/// Reads an even number of hexadecimal digits of either case.
#[must_use]
pub fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| {
            let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
            u8::try_from(digit(pair.first())? * 16 + digit(pair.get(1))?).ok()
        })
        .collect()
}

/// Why a block is no PKCS#1 block of type 1 (RFC 8017, section 9.2; RFC 2313, section 8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unrecovered {
    /// It is not as long as the modulus.
    Length,
    /// Its number is not smaller than the modulus.
    Range,
    /// What the key makes of it is not `00 01 FF…FF 00` with eight or more `FF`.
    Padding,
}

/// Recovers the payload of `block`, a PKCS#1 v1.5 block of type 1 ("private-key encrypted"), strictly.
///
/// # Errors
/// [`Unrecovered`].
pub fn recover_type1(key: &rsa::PublicKey, block: &[u8]) -> Result<Vec<u8>, Unrecovered> {
    let length = key.size();
    if block.len() != length {
        return Err(Unrecovered::Length);
    }
    // The precision of the modulus is what the Montgomery form wants, whatever leading zeros the block has.
    let bits = key.n_bits_precision();
    let number = BoxedUint::from_be_slice(block, bits).map_err(|_| Unrecovered::Range)?;
    if number >= key.n().as_ref() {
        return Err(Unrecovered::Range);
    }
    let recovered = rsa_encrypt(key, &number).map_err(|_| Unrecovered::Padding)?.to_be_bytes();
    let padded = recovered.get(recovered.len().saturating_sub(length)..).ok_or(Unrecovered::Padding)?;
    let filled = padded.strip_prefix(&[0, 1]).ok_or(Unrecovered::Padding)?;
    let filling = filled.iter().take_while(|byte| **byte == 0xFF).count();
    match filled.get(filling..) {
        Some([0, payload @ ..]) if filling >= 8 => Ok(payload.to_vec()),
        _ => Err(Unrecovered::Padding),
    }
}

/// Whether `signature` is RSASSA-PKCS1-v1_5 with SHA-256 over the message of this digest (RFC 8017, section 8.2.2).
#[must_use]
pub fn verifies_pkcs1_sha256(key: &rsa::PublicKey, digest: &[u8; 32], signature: &[u8]) -> bool {
    let scheme = Pkcs1v15Sign { hash_len: Some(32), prefix: SHA256_DIGEST_INFO.into() };
    key.verify(scheme, digest, signature).is_ok()
}

/// Decrypts AES-128-CBC piece by piece; the last block with the PKCS#7 padding comes out of [`Cbc128::finish`].
pub struct Cbc128 {
    cipher: cbc::Decryptor<Aes128>,
    /// Ciphertext that is not decrypted yet: never empty once there was any, since the last block is special.
    held: Vec<u8>,
}

/// Why a ciphertext is not AES-CBC with PKCS#7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecrypted {
    /// It is empty or no multiple of 16 bytes.
    Length,
    /// What is at its end is no PKCS#7 padding (RFC 5652, section 6.3).
    Padding,
}

impl Cbc128 {
    /// A decryption that begins with this key and initialisation vector.
    #[must_use]
    pub fn new(key: &[u8; 16], vector: &[u8; 16]) -> Self {
        Self { cipher: cbc::Decryptor::<Aes128>::new(key.into(), vector.into()), held: Vec::new() }
    }

    /// Decrypts in place as many whole blocks of `piece` as are certainly not the last; gives the plain bytes.
    pub fn update(&mut self, piece: &[u8], plain: &mut Vec<u8>) {
        self.held.extend_from_slice(piece);
        let whole = self.held.len().saturating_sub(1) / BLOCK * BLOCK;
        let rest = self.held.split_off(whole);
        let mut blocks = std::mem::replace(&mut self.held, rest);
        decrypt_blocks(&mut self.cipher, &mut blocks);
        plain.extend_from_slice(&blocks);
    }

    /// Decrypts the last block and takes its padding off.
    ///
    /// # Errors
    /// [`Undecrypted`].
    pub fn finish(mut self, plain: &mut Vec<u8>) -> Result<(), Undecrypted> {
        if self.held.len() != BLOCK {
            return Err(Undecrypted::Length);
        }
        decrypt_blocks(&mut self.cipher, &mut self.held);
        let padding = usize::from(self.held.last().copied().unwrap_or(0));
        let Some(kept) = BLOCK.checked_sub(padding).filter(|_| padding > 0) else { return Err(Undecrypted::Padding) };
        let (kept, padded) = self.held.split_at_checked(kept).ok_or(Undecrypted::Padding)?;
        if padded.iter().any(|byte| usize::from(*byte) != padding) {
            return Err(Undecrypted::Padding);
        }
        plain.extend_from_slice(kept);
        Ok(())
    }
}

fn decrypt_blocks(cipher: &mut cbc::Decryptor<Aes128>, bytes: &mut [u8]) {
    let (blocks, _) = aes::cipher::Array::slice_as_chunks_mut(bytes);
    cipher.decrypt_blocks(blocks);
}

/// Decrypts a whole AES-128-CBC ciphertext with PKCS#7 padding.
///
/// # Errors
/// [`Undecrypted`].
pub fn decrypt_cbc128(key: &[u8; 16], vector: &[u8; 16], bytes: &[u8]) -> Result<Vec<u8>, Undecrypted> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut cipher = Cbc128::new(key, vector);
    cipher.update(bytes, &mut plain);
    cipher.finish(&mut plain)?;
    Ok(plain)
}
