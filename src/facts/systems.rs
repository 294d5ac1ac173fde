//! The update systems that a configuration shows, with the hosts that they ask.

use serde::Serialize;

/// An update system that an app uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UpdateSystem {
    /// `capgo`, `capawesome`, `ionic`, `otakit`.
    pub id: &'static str,
    /// Its block in the configuration's `plugins`.
    pub plugin: &'static str,
    /// The host it asks when the configuration names none.
    pub default_host: &'static str,
    /// The keys of its block that hold addresses or hosts.
    pub endpoint_keys: &'static [&'static str],
    /// The npm packages that bring it.
    pub packages: &'static [&'static str],
}

/// The update systems that are recognised in a configuration; keys and default hosts as their vendors' sources have
/// them (read 2026-11-23).
pub static UPDATE_SYSTEMS: &[UpdateSystem] = &[
    UpdateSystem {
        id: "capgo",
        plugin: "CapacitorUpdater",
        default_host: "plugin.capgo.app",
        endpoint_keys: &["updateUrl", "statsUrl", "channelUrl"],
        packages: &["@capgo/capacitor-updater"],
    },
    UpdateSystem {
        id: "capawesome",
        plugin: "LiveUpdate",
        default_host: "api.cloud.capawesome.io",
        endpoint_keys: &["serverDomain"],
        packages: &["@capawesome/capacitor-live-update"],
    },
    UpdateSystem {
        id: "ionic",
        plugin: "LiveUpdates",
        default_host: "api.ionicjs.com",
        endpoint_keys: &[],
        packages: &["@capacitor/live-updates", "cordova-plugin-ionic"],
    },
    UpdateSystem {
        id: "otakit",
        plugin: "OtaKit",
        default_host: "cdn.otakit.app",
        endpoint_keys: &["ingestUrl", "serverUrl", "cdnUrl"],
        packages: &["@otakit/capacitor-updater"],
    },
];
