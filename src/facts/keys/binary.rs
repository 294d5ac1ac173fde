//! Files that are a key or a key store as a whole.

use super::KeyMaterial::{Encrypted, Undecodable};
use super::{Decoded, KeyForm, PrivateKeyFact, der};

/// The most entries of a Java key store that are walked to find a private one.
const MOST_ENTRIES: usize = 10_000;

/// The key that the whole file is.
pub(super) fn whole_file(path: &str, bytes: &[u8]) -> Option<PrivateKeyFact> {
    if let Some((form, key)) = der::any(bytes) {
        return Some(key.at(form, 0));
    }
    if bytes.starts_with(b"\xFE\xED\xFE\xED") || bytes.starts_with(b"\xCE\xCE\xCE\xCE") {
        return java_key_store(bytes).map(|key| key.at(KeyForm::Jks, 0));
    }
    let lower = path.to_ascii_lowercase();
    let named = [".bks", ".uber", ".bcfks"].iter().any(|extension| lower.ends_with(extension));
    // Bouncy Castle's stores begin with a version of 1 or 2 in four bytes; UBER encrypts all that follows.
    let version = matches!(bytes, [0, 0, 0, 1 | 2, ..]) || bytes.first() == Some(&0x30);
    (named && version && bytes.len() >= 40).then(|| Decoded::bare(Encrypted).at(KeyForm::Bks, 0))
}

/// A Java key store that has a private (or secret) key; stores that hold certificates only are no finding.
///
/// JDK `JavaKeyStore`: version, number of entries, and per entry a tag (1 private key, 2 certificate, and in JCEKS 3
/// secret key), an alias, a date, and then for certificates a type and bytes.
fn java_key_store(bytes: &[u8]) -> Option<Decoded> {
    let version = number(bytes.get(4..)?)?.0;
    let (count, mut rest) = number(bytes.get(8..)?)?;
    if !matches!(version, 1 | 2) {
        return None;
    }
    for _ in 0..count.min(MOST_ENTRIES) {
        let Some((tag, after)) = number(rest) else { return Some(Decoded::bare(Undecodable)) };
        if tag != 2 {
            return matches!(tag, 1 | 3).then(|| Decoded::bare(Encrypted));
        }
        let Some(next) = after_certificate(after, version) else { return Some(Decoded::bare(Undecodable)) };
        rest = next;
    }
    None
}

fn after_certificate(bytes: &[u8], version: usize) -> Option<&[u8]> {
    let (_, rest) = text(bytes)?;
    let rest = rest.get(8..)?;
    let rest = if version == 2 { text(rest)?.1 } else { rest };
    let (length, rest) = number(rest)?;
    rest.get(length..)
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (digits, rest) = bytes.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_be_bytes(*digits)).ok()?, rest))
}

fn text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (digits, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*digits)))
}
