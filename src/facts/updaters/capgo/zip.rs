//! A Capgo bundle as one zip: v3 and v2 (signed), v1 (encrypted with a key that the app publishes), or plain.

use std::io::Read as _;

use sha2::{Digest as _, Sha256};

use super::envelope::{self, SessionKey};
use super::statement::Statement;
use crate::facts::crypto::{Cbc128, Undecrypted};
use crate::facts::updaters::{Delivered, Delivery, PlainContent, Reason, Record, Verdict};
use crate::model::Digest;

/// Bytes that are decrypted and digested at once: they stay in the processor's cache.
const PIECE: usize = 128 * 1024;

/// Verifies the zip of a release whose app has this public key.
pub fn signed(
    delivery: &Delivery,
    statement: &Statement<'_>,
    key: &rsa::PublicKey,
    record: &mut Record,
) -> Result<Verdict, Reason> {
    let session = envelope::session_key(statement.session_key, key, record)?;
    let file = bundle(delivery, true, record)?;
    let plain = decrypt(file, &session, delivery.limits.archive_bytes, record)?;
    if statement.checksum.is_empty() {
        record.absent("signed checksum", "none is stated; the plugin refuses the update");
        return Ok(Verdict::NoChecksum);
    }
    let signed = envelope::signed_digest(statement.checksum, key, record)?;
    record.subject(&file.path, file.bytes, plain.digest);
    if signed.digest != plain.digest {
        let detail = format!("signed {}, of the decrypted bundle {}", signed.digest, plain.digest);
        return Err(record.failed("signed checksum", detail, "checksum_mismatch"));
    }
    record.passed("signed checksum", format!("SHA-256 of the decrypted bundle: {}", plain.digest));
    plain.hand_over(record);
    if signed.legacy {
        record.generation("v2");
        record.noted("generation", "the checksum has the form of v2, which plugins refuse since 5.30, 6.30 and 7.30");
        return Ok(Verdict::ValidLegacy);
    }
    Ok(Verdict::Valid)
}

/// Compares a plain bundle with the checksum that is published for it.
pub fn unsigned(delivery: &Delivery, statement: &Statement<'_>, record: &mut Record) -> Result<Verdict, Reason> {
    const STEP: &str = "checksum";
    let file = bundle(delivery, false, record)?;
    record.content(PlainContent::Delivered(file.path.clone()));
    let checksum = statement.checksum;
    if checksum.is_empty() {
        record.absent(STEP, "none is stated: nothing tells this bundle from another one");
        return Ok(Verdict::NoChecksum);
    }
    let (digest, crc) = digests(file).map_err(|why| record.failed(STEP, why, "unreadable"))?;
    record.subject(&file.path, file.bytes, digest);
    let (own, verdict) = match checksum.len() {
        64 => (digest.hex(), Verdict::UnsignedSha256Ok),
        8 => (format!("{crc:08x}"), Verdict::UnsignedCrc32Ok),
        _ => {
            return Err(record.failed(
                STEP,
                "it is neither a SHA-256 nor a CRC-32 in hexadecimal digits",
                "checksum_malformed",
            ));
        }
    };
    // The plugin compares texts, not numbers.
    if own != checksum {
        return Err(record.failed(STEP, format!("stated {checksum}, of the bundle {own}"), "checksum_mismatch"));
    }
    record.passed(STEP, format!("{own}, which is not signed: whoever changes the bundle changes it too"));
    Ok(verdict)
}

/// v1: decrypts with the session key that a private key opened, and compares the CRC-32.
pub fn v1(
    delivery: &Delivery,
    statement: &Statement<'_>,
    session: &SessionKey,
    record: &mut Record,
) -> Result<Verdict, Reason> {
    const STEP: &str = "checksum";
    let file = bundle(delivery, true, record)?;
    let plain = decrypt(file, session, delivery.limits.archive_bytes, record)?;
    record.subject(&file.path, file.bytes, plain.digest);
    let own = match statement.checksum.len() {
        0 => None,
        64 => Some(plain.digest.hex()),
        _ => Some(format!("{:08x}", plain.crc)),
    };
    match own {
        None => record.absent(STEP, "none is stated"),
        Some(own) if own == statement.checksum => record.passed(STEP, format!("{own}, which is not signed")),
        Some(own) => {
            let detail = format!("stated {}, of the decrypted bundle {own}", statement.checksum);
            return Err(record.failed(STEP, detail, "checksum_mismatch"));
        }
    }
    plain.hand_over(record);
    Ok(Verdict::DecryptsV1Unsigned)
}

/// The zip to verify: by content, since encrypted bytes don't begin like a zip and plain ones do.
pub fn bundle<'a>(delivery: &'a Delivery, encrypted: bool, record: &mut Record) -> Result<&'a Delivered, Reason> {
    let wanted = |file: &Delivered| {
        let mut start = [0_u8; 10];
        let length = file.open().ok()?.take(10).read(&mut start).ok()?;
        let start = start.get(..length)?;
        let name = file.name();
        let carrier = start.starts_with(b"-----BEGIN")
            || name.starts_with(".capgo_key")
            || name.ends_with(".yaml")
            || name.ends_with(".yml");
        if carrier || delivery.headers.iter().any(|headers| headers.path == file.path) {
            return None;
        }
        let matches = start.starts_with(b"PK") != encrypted;
        let is_named = name.to_ascii_lowercase().ends_with(".zip");
        // Notes that lie beside; ciphertext is hardly ever ten characters of text.
        let is_text = start.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'));
        Some(u8::from(is_text && !is_named) * 4 + u8::from(!matches) * 2 + u8::from(!is_named))
    };
    let found = delivery.bundle(wanted);
    found.ok_or_else(|| record.failed("bundle", "there is no bundle in what was given", "bundle_missing"))
}

/// A decrypted bundle, as far as it is kept.
struct Plain {
    bytes: Vec<u8>,
    whole: bool,
    digest: Digest,
    crc: u32,
}

impl Plain {
    fn hand_over(self, record: &mut Record) {
        if self.whole {
            record.content(PlainContent::Zip(self.bytes, self.digest));
        } else {
            record.issue("content_not_examined");
            record.noted("content", "the decrypted bundle is over the limit `archive_bytes` and was not looked into");
        }
    }
}

/// Decrypts piece by piece; what is over `most` bytes is digested and not kept.
fn decrypt(file: &Delivered, session: &SessionKey, most: u64, record: &mut Record) -> Result<Plain, Reason> {
    const STEP: &str = "decryption";
    let unreadable = |error: std::io::Error| error.kind().to_string();
    let mut reader = file.open().map_err(|error| record.failed(STEP, unreadable(error), "unreadable"))?;
    let mut cipher = Cbc128::new(&session.key, &session.vector);
    let mut hasher = Sha256::new();
    let mut crc = crc32fast::Hasher::new();
    let capacity = usize::try_from(file.bytes.min(most)).unwrap_or(0);
    let mut plain = Plain { bytes: Vec::with_capacity(capacity), whole: true, digest: Digest::of(&[]), crc: 0 };
    let mut piece = vec![0_u8; PIECE];
    let mut part = Vec::with_capacity(PIECE + 16);
    loop {
        let length = reader.read(&mut piece).map_err(|error| record.failed(STEP, unreadable(error), "unreadable"))?;
        part.clear();
        if length > 0 {
            cipher.update(piece.get(..length).unwrap_or_default(), &mut part);
        } else {
            std::mem::replace(&mut cipher, Cbc128::new(&[0; 16], &[0; 16])).finish(&mut part).map_err(
                |why| match why {
                    Undecrypted::Length => {
                        let detail =
                            format!("{} bytes are no whole number of blocks: it is cut, or not encrypted", file.bytes);
                        record.failed(STEP, detail, "aes_length")
                    }
                    Undecrypted::Padding => record.failed(STEP, "the padding at its end is wrong", "aes_padding"),
                },
            )?;
        }
        hasher.update(&part);
        crc.update(&part);
        if plain.bytes.len() as u64 + part.len() as u64 > most {
            plain.whole = false;
            plain.bytes = Vec::new();
        } else if plain.whole {
            plain.bytes.extend_from_slice(&part);
        }
        if length == 0 {
            break;
        }
    }
    plain.digest = Digest::from(<[u8; 32]>::from(hasher.finalize()));
    plain.crc = crc.finalize();
    record.passed(STEP, "AES-128-CBC, its padding is right");
    Ok(plain)
}

/// SHA-256 and CRC-32 of a file, in constant memory.
fn digests(file: &Delivered) -> Result<(Digest, u32), String> {
    let mut reader = file.open().map_err(|error| error.kind().to_string())?;
    let (mut hasher, mut crc) = (Sha256::new(), crc32fast::Hasher::new());
    let mut piece = vec![0_u8; PIECE];
    loop {
        let length = reader.read(&mut piece).map_err(|error| error.kind().to_string())?;
        let Some(read) = piece.get(..length).filter(|read| !read.is_empty()) else { break };
        hasher.update(read);
        crc.update(read);
    }
    Ok((Digest::from(<[u8; 32]>::from(hasher.finalize())), crc.finalize()))
}
