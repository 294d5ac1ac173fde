//! App Transport Security: the `NSAppTransportSecurity` dictionary of an Info.plist, after Apple's Information Property
//! List Key Reference (read 2026-11-23).

mod domain;
mod effective;
mod pins;

use serde::Serialize;

use super::plist::PlistValue;
use super::sited::{Reader, Sited};
use crate::model::{Fact, Position};

pub use domain::DomainFault;
pub use effective::{HostProtection, HostRule};
pub use pins::{Pin, PinFault, PinKind, PinnedDomain};

/// The key of the dictionary.
pub const KEY: &str = "NSAppTransportSecurity";
/// Each of these, when present, makes iOS 10 and later ignore `NSAllowsArbitraryLoads`, whatever its own value is (Apple:
/// `NSAllowsArbitraryLoads`, Discussion).
pub const CANCELLING: [&str; 3] =
    ["NSAllowsArbitraryLoadsForMedia", "NSAllowsArbitraryLoadsInWebContent", "NSAllowsLocalNetworking"];
/// The versions that `NSExceptionMinimumTLSVersion` may name.
pub const TLS_VERSIONS: [&str; 4] = ["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
/// The minimum without an exception.
pub const DEFAULT_TLS: &str = "TLSv1.2";
/// What the dictionary may have.
const GLOBAL_KEYS: [&str; 6] = [
    "NSAllowsArbitraryLoads",
    "NSAllowsArbitraryLoadsForMedia",
    "NSAllowsArbitraryLoadsInWebContent",
    "NSAllowsLocalNetworking",
    "NSExceptionDomains",
    "NSPinnedDomains",
];
/// The prefixes of the keys of a domain: the current one, and those of iOS 9 (App Transport Security Technote, 2015).
const PREFIXES: [&str; 3] = ["NSException", "NSThirdPartyException", "NSTemporaryException"];

/// App Transport Security of one Info.plist.
#[derive(Clone, Debug, Serialize)]
pub struct TransportSecurity {
    /// Whether there is a dictionary, and where. `Absent` is Apple's default: only https with TLS 1.2.
    pub stated: Sited<bool>,
    /// `NSAllowsArbitraryLoads` as it is written; see [`Self::arbitrary_loads`] for what it means.
    pub allows_arbitrary_loads: Sited<bool>,
    /// `NSAllowsArbitraryLoadsInWebContent`.
    pub allows_arbitrary_loads_in_web_content: Sited<bool>,
    /// `NSAllowsArbitraryLoadsForMedia`.
    pub allows_arbitrary_loads_for_media: Sited<bool>,
    /// `NSAllowsLocalNetworking`.
    pub allows_local_networking: Sited<bool>,
    /// Those keys that make iOS 10 and later ignore `NSAllowsArbitraryLoads`.
    pub cancelled_by: Vec<NamedKey>,
    /// `NSExceptionDomains`, in the order of the file.
    pub exceptions: Vec<DomainException>,
    /// `NSPinnedDomains`, in the order of the file.
    pub pinned: Vec<PinnedDomain>,
    /// Keys that Apple doesn't document at this place; a misspelt one changes nothing.
    pub unknown_keys: Vec<NamedKey>,
    /// Keys of this dictionary that stand at the top of Info.plist, where they change nothing.
    pub misplaced_keys: Vec<NamedKey>,
    /// The list broke off: more may stand further on.
    pub is_incomplete: bool,
}

/// A key and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedKey {
    /// The key; below another with a `.` between.
    pub key: String,
    /// Where, when the file is a text.
    pub position: Option<Position>,
}

/// One domain of `NSExceptionDomains`. Absent values stand for Apple's defaults.
#[derive(Clone, Debug, Serialize)]
pub struct DomainException {
    /// The domain as it is written.
    pub domain: String,
    /// Where it stands.
    pub position: Option<Position>,
    /// Why no connection may ever match it.
    pub faults: Vec<DomainFault>,
    /// `NSIncludesSubdomains`, by default false.
    pub includes_subdomains: Sited<bool>,
    /// `NSExceptionAllowsInsecureHTTPLoads`, by default false.
    pub allows_insecure_http: Sited<bool>,
    /// `NSExceptionMinimumTLSVersion`, by default `TLSv1.2`. `Unknown` when it is none of [`TLS_VERSIONS`].
    pub minimum_tls: Sited<String>,
    /// `NSExceptionRequiresForwardSecrecy`, by default true.
    pub requires_forward_secrecy: Sited<bool>,
    /// `NSRequiresCertificateTransparency`, obsolete, by default false.
    pub requires_certificate_transparency: Sited<bool>,
    /// Keys with the prefixes of iOS 9 that were taken for their successors.
    pub legacy_keys: Vec<NamedKey>,
}

impl TransportSecurity {
    /// Reads the dictionary out of an Info.plist.
    pub(super) fn read(reader: &Reader<'_>, info: &PlistValue) -> Self {
        let entry = info.entry(KEY);
        let nothing = PlistValue { position: None, node: super::plist::PlistNode::Dict(Vec::new()) };
        let dict = entry.map_or(&nothing, |entry| &entry.value);
        let stated = match entry {
            Some(entry) if matches!(entry.value.node, super::plist::PlistNode::Dict(_)) => {
                reader.at(Fact::Known(true), entry.position)
            }
            Some(entry) => {
                let why = format!("{} stands where a dictionary belongs", entry.value.kind());
                reader.at(Fact::Unknown(why), entry.position)
            }
            None => reader.missing(),
        };
        let named = |entry: &super::plist::PlistEntry| NamedKey { key: entry.key.clone(), position: entry.position };
        let mut result = Self {
            stated,
            allows_arbitrary_loads: reader.boolean(dict, "NSAllowsArbitraryLoads"),
            allows_arbitrary_loads_in_web_content: reader.boolean(dict, "NSAllowsArbitraryLoadsInWebContent"),
            allows_arbitrary_loads_for_media: reader.boolean(dict, "NSAllowsArbitraryLoadsForMedia"),
            allows_local_networking: reader.boolean(dict, "NSAllowsLocalNetworking"),
            cancelled_by: CANCELLING.iter().filter_map(|key| dict.entry(key)).map(named).collect(),
            exceptions: Vec::new(),
            pinned: Vec::new(),
            unknown_keys: dict
                .entries()
                .iter()
                .filter(|one| !GLOBAL_KEYS.contains(&one.key.as_str()))
                .map(named)
                .collect(),
            misplaced_keys: info
                .entries()
                .iter()
                .filter(|one| GLOBAL_KEYS.contains(&one.key.as_str()))
                .map(named)
                .collect(),
            is_incomplete: reader.fault.is_some(),
        };
        for entry in dict.get("NSExceptionDomains").map(PlistValue::entries).unwrap_or_default() {
            result.unknown_keys.extend(unknown_below(entry, is_exception_key));
            result.exceptions.push(exception(reader, entry));
        }
        for entry in dict.get("NSPinnedDomains").map(PlistValue::entries).unwrap_or_default() {
            result.unknown_keys.extend(unknown_below(entry, pins::is_key));
            result.pinned.push(pins::read(reader, entry));
        }
        result
    }

    /// Whether App Transport Security is off for hosts without an exception of their own, on iOS 10 and later.
    #[must_use]
    pub fn arbitrary_loads(&self) -> Sited<bool> {
        match self.cancelled_by.first() {
            Some(key) if self.allows_arbitrary_loads.is_stated() => {
                Sited::new(Fact::Known(false), &self.allows_arbitrary_loads.file, key.position)
            }
            _ => self.allows_arbitrary_loads.clone(),
        }
    }
}

fn unknown_below(entry: &super::plist::PlistEntry, is_known: fn(&str) -> bool) -> Vec<NamedKey> {
    let unknown = entry.value.entries().iter().filter(|one| !is_known(&one.key));
    unknown.map(|one| NamedKey { key: format!("{}.{}", entry.key, one.key), position: one.position }).collect()
}

const HTTP: &str = "AllowsInsecureHTTPLoads";
const TLS: &str = "MinimumTLSVersion";
const SECRECY: &str = "RequiresForwardSecrecy";

fn is_exception_key(key: &str) -> bool {
    let prefixed = |prefix: &str| key.strip_prefix(prefix).is_some_and(|rest| [HTTP, TLS, SECRECY].contains(&rest));
    ["NSIncludesSubdomains", "NSRequiresCertificateTransparency"].contains(&key) || PREFIXES.into_iter().any(prefixed)
}

fn exception(reader: &Reader<'_>, entry: &super::plist::PlistEntry) -> DomainException {
    let dict = &entry.value;
    let mut legacy_keys = Vec::new();
    // The current key decides where both are given.
    let mut name = |suffix: &str| {
        let found = PREFIXES.into_iter().find_map(|prefix| Some((prefix, dict.entry(&format!("{prefix}{suffix}"))?)));
        if let Some((_, found)) = found.filter(|(prefix, _)| *prefix != PREFIXES[0]) {
            legacy_keys.push(NamedKey { key: found.key.clone(), position: found.position });
        }
        found.map_or_else(|| format!("{}{suffix}", PREFIXES[0]), |(_, found)| found.key.clone())
    };
    let (http, tls, secrecy) = (name(HTTP), name(TLS), name(SECRECY));
    let mut minimum_tls = reader.text(dict, &tls);
    if let Fact::Known(version) = &minimum_tls.fact
        && !TLS_VERSIONS.contains(&version.as_str())
    {
        let why = format!("`{}` is none of the versions that Apple names", crate::model::printable(version, 40));
        minimum_tls.fact = Fact::Unknown(why);
    }
    DomainException {
        domain: entry.key.clone(),
        position: entry.position,
        faults: domain::faults(&entry.key),
        includes_subdomains: reader.boolean(dict, "NSIncludesSubdomains"),
        allows_insecure_http: reader.boolean(dict, &http),
        minimum_tls,
        requires_forward_secrecy: reader.boolean(dict, &secrecy),
        requires_certificate_transparency: reader.boolean(dict, "NSRequiresCertificateTransparency"),
        legacy_keys,
    }
}
