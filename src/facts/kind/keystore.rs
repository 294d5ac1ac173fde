//! Key stores, keys and certificates, by content. What is in them is the business of `facts::keys`.

use super::Class::{self, Data, KeyStore};
use super::bytes::{contains, has, head, u32_be};

type Named = (Class, &'static str);

/// The object identifier 1.2.840.113549.1.7.2, CMS signed data (RFC 5652).
const SIGNED_DATA: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";
/// The identifier 1.2.840.113549.1.1.1, RSA (RFC 8017), and 1.2.840.10045.2.1, elliptic curves (RFC 5480).
const RSA: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01";
const ELLIPTIC: &[u8] = b"\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01";

/// What the label of the first PEM block means (RFC 7468, RFC 1421, OpenSSH `PROTOCOL.key`, RFC 9580).
const LABELS: &[(&str, Named)] = &[
    ("CERTIFICATE", (Data, "PEM certificate")),
    ("PGP MESSAGE", (Data, "PGP message")),
    ("PGP SIGNATURE", (Data, "PGP signature")),
    ("PGP SIGNED MESSAGE", (Data, "PGP signed message")),
    ("PGP PUBLIC KEY BLOCK", (Data, "PGP public key")),
    ("PGP PRIVATE KEY BLOCK", (KeyStore, "PGP private key")),
    ("OPENSSH PRIVATE KEY", (KeyStore, "OpenSSH private key")),
];

/// What key store or key the bytes are.
pub(super) fn sniff(bytes: &[u8]) -> Option<Named> {
    // JDK `JavaKeyStore`, `JceKeyStore`: magic, then version 1 or 2.
    match (u32_be(bytes, 0), u32_be(bytes, 4)) {
        (Some(0xFEED_FEED), Some(1 | 2)) => return Some((KeyStore, "Java key store (JKS)")),
        (Some(0xCECE_CECE), Some(1 | 2)) => return Some((KeyStore, "Java key store (JCEKS)")),
        _ => {}
    }
    if has(bytes, 0, b"\x03\xD9\xA2\x9A") {
        return Some((KeyStore, "KeePass database"));
    }
    if has(bytes, 0, b"kych\0\x01\0\0") {
        return Some((KeyStore, "macOS keychain"));
    }
    if has(bytes, 0, b"PuTTY-User-Key-File-") {
        return Some((KeyStore, "PuTTY private key"));
    }
    if has(bytes, 0, b"AGE-SECRET-KEY-1") {
        return Some((KeyStore, "age secret key"));
    }
    der(bytes).or_else(|| pem(bytes))
}

/// The first block of a PEM file, but a private key behind a certificate or behind parameters comes first; text before
/// the first block (as `openssl pkcs12` writes) is passed over by `facts::keys`.
fn pem(bytes: &[u8]) -> Option<Named> {
    let text = bytes.trim_ascii_start().strip_prefix(b"-----BEGIN ")?;
    let label = text.get(..memchr::memmem::find(head(text, 64), b"-----")?)?;
    let label = std::str::from_utf8(label).ok()?;
    if let Some(row) = LABELS.iter().find(|row| row.0 == label) {
        return Some(if label == "CERTIFICATE" && contains(head(text, 64 * 1024), b"PRIVATE KEY-----") {
            (KeyStore, "PEM certificate with private key")
        } else {
            row.1
        });
    }
    Some(if label.ends_with("PRIVATE KEY") || contains(head(text, 64 * 1024), b"PRIVATE KEY-----") {
        (KeyStore, "PEM private key")
    } else {
        (Data, "PEM file")
    })
}

/// DER by what stands first inside the outer sequence: a version, an algorithm, or a content type.
fn der(bytes: &[u8]) -> Option<Named> {
    let inner = match bytes {
        // RFC 8410's keys are short: the length is one byte, and the file ends where it says.
        [0x30, length @ ..=0x7F, inner @ ..] if usize::from(*length) != inner.len() => return None,
        // 0x80 is BER of indefinite length, as some writers of PKCS#12 and of provisioning profiles use it.
        [0x30, ..=0x80, inner @ ..]
        | [0x30, 0x81, _, inner @ ..]
        | [0x30, 0x82, _, _, inner @ ..]
        | [0x30, 0x83, _, _, _, inner @ ..] => inner,
        _ => return None,
    };
    let start = head(inner, 40);
    if start.starts_with(b"\x02\x01\x03\x30") {
        // RFC 7292: version 3, then the content of PKCS#7 data or signed data.
        return contains(start, b"\x2A\x86\x48\x86\xF7\x0D\x01\x07").then_some((KeyStore, "PKCS#12 key store"));
    }
    if start.starts_with(b"\x02\x01\0\x02\x81") || start.starts_with(b"\x02\x01\0\x02\x82") {
        return Some((KeyStore, "PKCS#1 private key"));
    }
    // RFC 8410: Ed25519, Ed448, X25519 and X448 are 1.3.101.110 to 113.
    let edwards = start.starts_with(b"\x02\x01\0\x30\x05\x06\x03\x2B\x65");
    if edwards || start.starts_with(b"\x02\x01\0\x30") && (contains(start, RSA) || contains(start, ELLIPTIC)) {
        return Some((KeyStore, "PKCS#8 private key"));
    }
    // RFC 5915: version 1, then the secret.
    if start.starts_with(b"\x02\x01\x01\x04") && contains(inner, b"\xA1") {
        return Some((KeyStore, "elliptic-curve private key"));
    }
    // RFC 5958: an encrypted key begins with its algorithm, PBES2 or one of PKCS#12's.
    let encrypted =
        contains(start, b"\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0D") || contains(start, b"\xF7\x0D\x01\x0C\x01");
    if start.starts_with(b"\x30") && encrypted {
        return Some((KeyStore, "encrypted PKCS#8 private key"));
    }
    if start.starts_with(SIGNED_DATA) {
        // Apple's profiles are signed data around a property list.
        let profile = contains(head(inner, 4096), b"<plist") && contains(inner, b"ProvisionedDevices")
            || contains(head(inner, 4096), b"<!DOCTYPE plist");
        return Some(if profile { (KeyStore, "Apple provisioning profile") } else { (Data, "CMS signed data") });
    }
    // RFC 5280: the certificate's inner sequence begins with version 3.
    (start.starts_with(b"\x30\x82") && has(start, 4, b"\xA0\x03\x02\x01\x02")).then_some((Data, "X.509 certificate"))
}
