//! Keys that are known to everyone because a vendor published them: whoever uses one has no secret.

use serde::Serialize;

use crate::model::Digest;

/// Why a key is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Published {
    /// Its private key is a constant of a package.
    DefaultOfPackage,
    /// It is an example of a vendor's documentation.
    DocumentationExample,
}

/// A published key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct KnownKey {
    /// A stable name.
    pub id: &'static str,
    /// SHA-256 of its DER SubjectPublicKeyInfo, in hexadecimal digits.
    pub spki_sha256: &'static str,
    /// Why it is known.
    pub published: Published,
    /// What it is, in words.
    pub what: &'static str,
    /// The versions that carry it, where that is known.
    pub versions: &'static str,
    /// Where it was read.
    pub source: &'static str,
    /// When it was read.
    pub read_on: &'static str,
}

/// The published keys, by vendor.
pub static KNOWN_KEYS: &[KnownKey] = &[
    KnownKey {
        id: "capawesome-documentation-example",
        spki_sha256: "7f5ac66d063b44f12604e5fe27c79a463c7abf7191798e46f949f300729cfc6e",
        published: Published::DocumentationExample,
        what: "the RSA-1024 example of Capawesome's live update documentation",
        versions: "",
        source: "capawesome-team/capacitor-plugins: packages/live-update/src/definitions.ts, `publicKey`",
        read_on: "2026-11-23",
    },
    KnownKey {
        id: "capgo-default-private-key",
        spki_sha256: "1991059c76777f9d08aae19a482af4fe8e098076ee27c1e9d4b31cbc38c4ee67",
        published: Published::DefaultOfPackage,
        what: "the default private key that Capgo's plugin was published with",
        versions: "4.17.11 to 6.1.3, 7.0.0, 9.0.0, 10.0.0",
        source: "npm: @capgo/capacitor-updater, `defaultPrivateKey` in the Android and iOS sources",
        read_on: "2026-11-23",
    },
];

/// The published key of this identity.
#[must_use]
pub fn known(spki_sha256: &Digest) -> Option<&'static KnownKey> {
    KNOWN_KEYS.iter().find(|key| Digest::from_hex(key.spki_sha256).as_ref() == Some(spki_sha256))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_digest() {
        for key in KNOWN_KEYS {
            assert_eq!(known(&Digest::from_hex(key.spki_sha256).unwrap()).map(|found| found.id), Some(key.id));
        }
        assert_eq!(known(&Digest::of(b"another key")), None);
    }
}
