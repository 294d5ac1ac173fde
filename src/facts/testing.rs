//! Throw-away keys for tests, the same every time, made when they are first used: no key lies in the repository.

use std::sync::LazyLock;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rsa::PrivateKey;

use super::delivery::Delivery;
use super::{BundleFacts, Silent, read_bundle};
use crate::inputs::{Bundle, Limits};

/// Random numbers that are the same every time.
pub(crate) fn numbers(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// RSA-2048, e = 65537.
pub(crate) static RSA: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::new(&mut numbers(1), 2048).unwrap());
/// Another RSA-2048 key.
pub(crate) static OTHER_RSA: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::new(&mut numbers(2), 2048).unwrap());

/// "Private-key encrypts" a payload as Capgo's CLI does: PKCS#1 v1.5, block type 1, without a `DigestInfo`.
pub(crate) fn sign_raw(key: &PrivateKey, payload: &[u8]) -> Vec<u8> {
    let scheme = rsa::Pkcs1v15Sign { hash_len: None, prefix: Box::default() };
    key.sign(scheme, payload).unwrap()
}

/// The moment at which the tests' dates are judged: 2026-12-01.
pub(crate) const CLOCK: i64 = 1_796_083_200;

/// A delivery of files in memory.
pub(crate) fn delivery(files: Vec<(&str, Vec<u8>)>) -> Delivery {
    Delivery::of_memory(files, CLOCK)
}

/// A bundle of files in memory.
pub(crate) fn bundle(files: &[(&str, &str)]) -> BundleFacts {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (path, text) in files {
        zip.start_file(*path, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let limits = Limits::default();
    read_bundle(&Bundle::of_zip("bundle.zip".to_owned(), bytes, &limits), &limits, 1, &Silent).unwrap()
}
