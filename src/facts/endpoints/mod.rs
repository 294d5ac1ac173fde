//! The hosts that an app's files name: what for, and what protects the connection to each on Android and on iOS.

mod certificates;
mod mentions;
mod protection;
mod rules;
pub mod shipped;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::address::is_ip;
use super::android::AndroidFacts;
use super::capacitor::ConfigFacts;
use super::ios::IosFacts;
use super::systems::UpdateSystem;
use crate::model::{Fact, Location};

pub use certificates::{Certificate, PinnedCertificate, PinningPlugin, pinning_plugins};
pub use protection::{OldestTls, OnAndroid, OnIos, Protection, protection};
pub use rules::in_force;

/// Hosts beyond these are counted and not looked at; those of updates come first.
pub const MOST_HOSTS: usize = 300;

/// The hosts that an app names.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Endpoints {
    /// The hosts: those of update systems first, then in the order of the files.
    pub hosts: Vec<Endpoint>,
    /// Settings that name a host which is not known.
    pub unknown: Vec<UnknownHost>,
    /// The plugins that pin certificates for their own requests.
    pub pinning: Vec<PinningPlugin>,
    /// How many hosts more than [`MOST_HOSTS`] there are.
    pub left_out: usize,
}

/// One host.
#[derive(Clone, Debug, Serialize)]
pub struct Endpoint {
    /// In lower case, without port.
    pub host: String,
    /// What sort of host it is.
    pub kind: HostKind,
    /// Where it is named; at least once.
    pub mentions: Vec<Mention>,
    /// What protects connections to it; nothing for patterns, and for what stays on the device.
    pub protection: Protection,
}

impl Endpoint {
    /// Whether some setting makes the app or its web view open connections to it.
    #[must_use]
    pub fn is_contacted(&self) -> bool {
        self.mentions.iter().any(|mention| mention.purpose.is_contact())
    }
}

/// What sort of host it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostKind {
    /// A name.
    Name,
    /// An IP address or a range of them.
    Number,
    /// `localhost`: the device itself.
    Device,
    /// A name with a wildcard.
    Pattern,
}

impl HostKind {
    /// The sort of a host.
    #[must_use]
    pub fn of(host: &str) -> Self {
        match host {
            "localhost" => Self::Device,
            _ if host.contains('*') => Self::Pattern,
            _ if is_ip(host) => Self::Number,
            _ => Self::Name,
        }
    }
}

/// What a host is named for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostPurpose {
    /// Updates come from it.
    Updates,
    /// It says which channel a device follows.
    Channel,
    /// It takes statistics.
    Statistics,
    /// A developer's own server, in place of the vendor's.
    Development,
    /// The web view shows its pages instead of the bundle (`server.url`).
    RemotePages,
    /// The web view may go to its pages (`server.allowNavigation`).
    Navigation,
    /// The bundle is shown under its name; the web view answers itself (`server.hostname`).
    Origin,
    /// An entry of `NSExceptionDomains`.
    AtsException,
    /// An entry of `NSPinnedDomains`.
    AtsPins,
    /// A `domain` of Android's network security configuration.
    AndroidRule,
    /// A `domain` there that has pins.
    AndroidPins,
    /// A pinning plugin leaves it out.
    NotPinned,
}

impl HostPurpose {
    /// Whether the app or its web view connects to it.
    #[must_use]
    pub const fn is_contact(self) -> bool {
        self.is_update() || matches!(self, Self::Statistics | Self::Development | Self::RemotePages | Self::Navigation)
    }

    /// Whether it decides what is installed.
    #[must_use]
    pub const fn is_update(self) -> bool {
        matches!(self, Self::Updates | Self::Channel)
    }
}

/// One place that names a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// What for.
    pub purpose: HostPurpose,
    /// The keys or elements that hold it, with a `.` between: `plugins.CapacitorUpdater.updateUrl`, `domain`.
    pub named_by: String,
    /// The update system whose default it is, when no setting names another one.
    pub default_of: Option<&'static str>,
    /// The scheme, in lower case; where a setting takes hosts only, the one that is used with them.
    pub scheme: Option<String>,
    /// Whether a rule holds for subdomains too.
    pub includes_subdomains: Option<bool>,
    /// The condition under which a configuration names it.
    pub when: Option<String>,
    /// Where.
    pub location: Location,
}

/// A setting that names a host which is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnknownHost {
    /// What the host is for.
    pub purpose: HostPurpose,
    /// The keys of the setting, with a `.` between.
    pub named_by: String,
    /// Why it is not known.
    pub why: String,
    /// Where.
    pub location: Location,
}

/// The hosts that the configuration, the network security configurations and the property lists name.
#[must_use]
pub fn endpoints(
    settings: &ConfigFacts,
    systems: &[UpdateSystem],
    android: &AndroidFacts,
    ios: &IosFacts,
) -> Endpoints {
    let mut gathered = mentions::Gathered::default();
    systems.iter().for_each(|system| mentions::of_system(&mut gathered, settings, system));
    shipped::shipping_configs(settings).for_each(|config| mentions::of_server(&mut gathered, config));
    rules::of_android(&mut gathered, android);
    rules::of_ios(&mut gathered, ios);
    shipped::shipping_configs(settings).for_each(|config| mentions::left_unpinned(&mut gathered, config));
    let mut endpoints = gathered.endpoints;
    for endpoint in &mut endpoints.hosts {
        // What the web view answers itself, what stays on the device, and what is no single host has no connection.
        let answered = endpoint.mentions.iter().all(|mention| mention.purpose == HostPurpose::Origin);
        if !answered && matches!(endpoint.kind, HostKind::Name | HostKind::Number) {
            endpoint.protection = protection(android, ios, &endpoint.host);
        }
    }
    endpoints
}

/// The reason of a fact that is not decided.
fn undecided<T>(fact: &Fact<T>) -> Option<&str> {
    match fact {
        Fact::Unknown(why) | Fact::Unreadable(why) => Some(why),
        Fact::Known(_) | Fact::Absent => None,
    }
}
