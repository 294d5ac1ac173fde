//! `res/xml/network_security_config.xml`, as `android.security.net.config.XmlConfigSource` of AOSP reads it.

mod effective;
mod parse;
mod pins;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::place::{Place, Written};
use super::sets::SetKind;
use crate::model::Fact;

pub use effective::HostProtection;
pub(super) use effective::{Defaults, protect};
pub(super) use parse::{is_config, read_config};

/// One file that is such a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NetworkSecurityFile {
    /// Relative to the app's folder.
    pub path: String,
    /// The resource's name: the file's name without `.xml`.
    pub name: String,
    /// The folder below `src`, or the library's folder.
    pub source_set: String,
    /// What the source set is for.
    pub kind: SetKind,
    /// What follows `res/xml`, such as `-v26`; empty for the default.
    pub qualifier: String,
    /// What it says. `Unreadable` is what the platform's parser refuses too: such an app fails at its first connection.
    pub content: Fact<NetworkSecurity>,
    /// The place of the fault, when there is one.
    pub fault: Option<Written<String>>,
}

/// A configuration that the platform accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NetworkSecurity {
    /// `base-config`.
    pub base: Option<ConfigEntry>,
    /// Every `domain-config`; a parent comes before its children.
    pub domains: Vec<ConfigEntry>,
    /// `debug-overrides`: read by the platform only when the app is debuggable.
    pub debug_overrides: Fact<ConfigEntry>,
    /// Elements that the platform skips without a word: often a slip of the pen.
    pub unknown: Vec<Written<String>>,
    /// Attributes that should be `true` or `false` and are not: the platform takes its default instead.
    pub odd_values: Vec<Written<String>>,
}

/// A `base-config`, `domain-config` or `debug-overrides`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigEntry {
    /// The element's name.
    pub element: &'static str,
    /// Where it begins.
    pub at: Place,
    /// The index of the `domain-config` it is nested in.
    pub parent: Option<usize>,
    /// `cleartextTrafficPermitted`.
    pub cleartext: Option<Written<bool>>,
    /// `hstsEnforced`.
    pub hsts: Option<Written<bool>>,
    /// `certificateTransparency`.
    pub certificate_transparency: Option<Written<bool>>,
    /// The domains it is for.
    pub domains: Vec<Domain>,
    /// `trust-anchors`; an empty list trusts nobody.
    pub trust_anchors: Option<Vec<Anchor>>,
    /// `pin-set`.
    pub pin_set: Option<PinSet>,
}

/// A `domain`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Domain {
    /// Trimmed and in lower case.
    pub name: String,
    /// Where.
    pub at: Place,
    /// `includeSubdomains`.
    pub include_subdomains: bool,
}

/// Whom a `certificates` element trusts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "resource")]
pub enum AnchorSource {
    /// The certificates of the system.
    System,
    /// The certificates that the phone's user installed.
    User,
    /// Wi-Fi Alliance's.
    Wfa,
    /// A file in the app, as the reference stands there: `@raw/name`.
    Resource(String),
}

/// A `certificates` element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Anchor {
    /// Whom it trusts.
    pub source: AnchorSource,
    /// Whether certificates of this source pass despite pins.
    pub override_pins: bool,
    /// Where.
    pub at: Place,
}

/// A `pin-set`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PinSet {
    /// Where it begins.
    pub at: Place,
    /// The day from whose local midnight on nothing is pinned any more, as `yyyy-MM-dd`. Without it, pins last for ever.
    pub expiration: Option<Written<String>>,
    /// The pins as they stand there; the platform ignores an empty set, and counts equal pins once.
    pub pins: Vec<Pin>,
}

/// A `pin`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// The digest as written.
    pub text: String,
    /// The SHA-256 of the public key (SubjectPublicKeyInfo) in lower-case hex.
    pub sha256: String,
    /// Where.
    pub at: Place,
}
