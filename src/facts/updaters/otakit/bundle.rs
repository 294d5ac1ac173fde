//! OtaKit's bundle in one file: size and digest as downloaded, then decryption (`BundleCrypto.java`).

use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Nonce};

use super::PlainContent;
use super::config::Config;
use super::manifest::{Encryption, Manifest};
use crate::facts::crypto;
use crate::facts::updaters::delivery::{Delivered, Delivery};
use crate::facts::updaters::verification::{Reason, Record};
use crate::model::Digest;

/// Bytes of a key of AES-256.
const KEY: usize = 32;
/// Bytes of GCM's nonce.
const NONCE: usize = 12;

/// Verifies the bundle and hands its content over.
pub(super) fn verify(
    delivery: &Delivery,
    record: &mut Record,
    config: Config<'_>,
    manifest: &Manifest<'_>,
) -> Result<(), Reason> {
    if manifest.url.is_none() {
        record.noted("address", "there is no url, without which the plugin refuses the manifest");
        record.issue("update_url_missing");
    }
    let Some(file) = find(delivery, manifest.url, manifest.encryption.is_some()) else {
        return Err(record.failed("bundle", "the bundle is not among the files", "file_missing"));
    };
    let Some(stated) = Digest::from_hex(manifest.sha256) else {
        return Err(record.failed("digest", "sha256 is not 64 hexadecimal digits", "metadata_invalid"));
    };
    if file.bytes != manifest.size {
        let why = format!("{} has {} bytes, and {} are stated", file.path, file.bytes, manifest.size);
        return Err(record.failed("size", why, "size_mismatch"));
    }
    record.passed("size", format!("{} bytes", file.bytes));
    let bytes = file
        .read(delivery.limits.archive_bytes)
        .map_err(|why| record.failed("digest", format!("{}: {why}", file.path), "unreadable"))?;
    let digest = Digest::of(&bytes);
    record.subject(&file.path, file.bytes, digest);
    if digest != stated {
        let why = format!("{} has sha256 {digest}, and {stated} is stated", file.path);
        return Err(record.failed("digest", why, "sha256_mismatch"));
    }
    record.passed("digest", format!("{} is what the manifest states", file.path));
    let Some(encryption) = &manifest.encryption else {
        record.absent("decryption", "the bundle is not encrypted");
        record.content(PlainContent::Delivered(file.path.clone()));
        return Ok(());
    };
    let plain = decrypt(record, config, encryption, &bytes)?;
    let digest = Digest::of(&plain);
    record.content(PlainContent::Zip(plain, digest));
    Ok(())
}

/// Unwraps the key of the bundle with the app's, then decrypts the bundle; both have their tag at the end.
fn decrypt(
    record: &mut Record,
    config: Config<'_>,
    encryption: &Encryption<'_>,
    bytes: &[u8],
) -> Result<Vec<u8>, Reason> {
    let Some(wrapping) = config.bundle_key(encryption.kid) else {
        let why = format!("the app has no bundle key of 32 bytes that is called {}", encryption.kid);
        return Err(record.failed("decryption", why, "bundle_key_missing"));
    };
    let bytes_of = |text: &str| crypto::base64(text.trim()).or_else(|| crypto::base64_url(text.trim()));
    let nonce_of = |text: &str| bytes_of(text).and_then(|bytes| <[u8; NONCE]>::try_from(bytes).ok());
    let parts = (nonce_of(encryption.wrap_nonce), bytes_of(encryption.wrapped_key), nonce_of(encryption.nonce));
    let (Some(wrap_nonce), Some(wrapped), Some(nonce)) = parts else {
        let why = "a nonce is not 12 bytes in base64, or the wrapped key is no base64";
        return Err(record.failed("decryption", why, "decryption_failed"));
    };
    let key = open(&wrapping, &wrap_nonce, &wrapped).and_then(|key| <[u8; KEY]>::try_from(key).ok());
    let Some(key) = key else {
        let why = format!("the app's bundle key {} does not unwrap the key of this bundle", encryption.kid);
        return Err(record.failed("decryption", why, "decryption_failed"));
    };
    record.encryption("AES-256-GCM", &key, &nonce);
    let Some(plain) = open(&key, &nonce, bytes).filter(|plain| !plain.is_empty()) else {
        let why = "the unwrapped key does not decrypt the bundle";
        return Err(record.failed("decryption", why, "decryption_failed"));
    };
    record.passed("decryption", format!("{} bytes with the bundle key {}", plain.len(), encryption.kid));
    Ok(plain)
}

/// AES-256-GCM without additional data (NIST SP 800-38D).
fn open(key: &[u8; KEY], nonce: &[u8; NONCE], sealed: &[u8]) -> Option<Vec<u8>> {
    let nonce: &Nonce<_> = nonce.into();
    Aes256Gcm::new(key.into()).decrypt(nonce, sealed).ok()
}

/// The bundle among the files: the one that the address names, else one that begins as it should.
pub(super) fn find<'a>(delivery: &'a Delivery, url: Option<&str>, encrypted: bool) -> Option<&'a Delivered> {
    let named = url.and_then(|url| url.split(['?', '#']).next()?.rsplit('/').next());
    delivery.bundle(|file| {
        let is_aside = delivery.headers.iter().any(|headers| headers.path == file.path) || is_key(file);
        if is_aside {
            return None;
        }
        Some(match begins_as_zip(file) {
            _ if Some(file.name()) == named => 0,
            is_zip if is_zip != encrypted => 1,
            _ => 2,
        })
    })
}

/// Whether it begins like a zip archive.
pub(super) fn begins_as_zip(file: &Delivered) -> bool {
    beginning(file, 2) == b"PK"
}

fn is_key(file: &Delivered) -> bool {
    beginning(file, 10) == b"-----BEGIN"
}

/// The first bytes of a file, fewer when it is shorter or cannot be read.
fn beginning(file: &Delivered, bytes: u64) -> Vec<u8> {
    use std::io::Read as _;
    let mut start = Vec::new();
    if let Ok(reader) = file.open()
        && reader.take(bytes).read_to_end(&mut start).is_err()
    {
        start.clear();
    }
    start
}
