//! `NSPinnedDomains` (iOS 14 and later): which keys the certificates of a host must have (Apple: `NSPinnedDomains`,
//! `NSPinnedCAIdentities`, `NSPinnedLeafIdentities`, `SPKI-SHA256-BASE64`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::super::plist::{PlistEntry, PlistValue};
use super::super::sited::{Reader, Sited};
use super::domain::{self, DomainFault};
use crate::model::{Fact, Position};

/// The key of a pin's digest.
const DIGEST: &str = "SPKI-SHA256-BASE64";
/// Bytes of a SHA-256 digest.
const DIGEST_BYTES: usize = 32;

/// One domain of `NSPinnedDomains`. With pins of both kinds, one of each must match.
#[derive(Clone, Debug, Serialize)]
pub struct PinnedDomain {
    /// The domain as it is written.
    pub domain: String,
    /// Where it stands.
    pub position: Option<Position>,
    /// Why no connection may ever match it.
    pub faults: Vec<DomainFault>,
    /// `NSIncludesSubdomains`, by default false.
    pub includes_subdomains: Sited<bool>,
    /// The pins, those of authorities first.
    pub pins: Vec<Pin>,
}

/// What a pin is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PinKind {
    /// The key of an authority in the chain.
    Authority,
    /// The key of the server's own certificate.
    Leaf,
}

/// One pin.
#[derive(Clone, Debug, Serialize)]
pub struct Pin {
    /// What it is compared with.
    pub kind: PinKind,
    /// The digest as it is written.
    pub digest: Sited<String>,
    /// Why it can match no key.
    pub fault: Option<PinFault>,
}

/// Why a pin can match no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "fault")]
pub enum PinFault {
    /// There is no `SPKI-SHA256-BASE64` with a string.
    NoDigest,
    /// It is not Base64.
    NotBase64,
    /// It has not the 32 bytes of SHA-256.
    Length {
        /// The bytes it has.
        bytes: usize,
    },
    /// The same digest stands there once more.
    Repeated,
}

pub(super) fn is_key(key: &str) -> bool {
    ["NSIncludesSubdomains", "NSPinnedCAIdentities", "NSPinnedLeafIdentities"].contains(&key)
}

pub(super) fn read(reader: &Reader<'_>, entry: &PlistEntry) -> PinnedDomain {
    let mut pins: Vec<Pin> = Vec::new();
    for (key, kind) in [("NSPinnedCAIdentities", PinKind::Authority), ("NSPinnedLeafIdentities", PinKind::Leaf)] {
        for identity in entry.value.get(key).map(PlistValue::elements).unwrap_or_default() {
            let mut pin = pin(reader, identity, kind);
            let again = |other: &Pin| other.kind == kind && other.digest.known() == pin.digest.known();
            if pin.fault.is_none() && pins.iter().any(again) {
                pin.fault = Some(PinFault::Repeated);
            }
            pins.push(pin);
        }
    }
    PinnedDomain {
        domain: entry.key.clone(),
        position: entry.position,
        faults: domain::faults(&entry.key),
        includes_subdomains: reader.boolean(&entry.value, "NSIncludesSubdomains"),
        pins,
    }
}

fn pin(reader: &Reader<'_>, identity: &PlistValue, kind: PinKind) -> Pin {
    let mut digest = reader.text(identity, DIGEST);
    if digest.position.is_none() {
        digest.position = identity.position;
    }
    let fault = match &digest.fact {
        Fact::Known(text) => match STANDARD.decode(text) {
            Ok(bytes) if bytes.len() == DIGEST_BYTES => None,
            Ok(bytes) => Some(PinFault::Length { bytes: bytes.len() }),
            Err(_) => Some(PinFault::NotBase64),
        },
        Fact::Absent => Some(PinFault::NoDigest),
        Fact::Unknown(_) | Fact::Unreadable(_) => None,
    };
    Pin { kind, digest, fault }
}
