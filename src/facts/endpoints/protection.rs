//! What protects the connection to one host, in each build that goes to users.

use serde::Serialize;

use super::shipped::{releases, shipped_lists};
use crate::facts::android::{self, AndroidFacts, Build};
use crate::facts::ios::{self, IosFacts, Product};
use crate::model::Fact;

/// Releases of one Android project that are looked at, one for each flavour.
const MOST_BUILDS: usize = 12;
/// From this `targetSdk` on, Android 15 and later refuse TLS 1.0 and 1.1 (developer.android.com, "Behavior changes: Apps
/// targeting Android 15", "Restricted TLS versions").
const RESTRICTED_TLS: u32 = 35;

/// What protects the connection to one host.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Protection {
    /// On Android: builds with the same protection are one.
    pub android: Vec<OnAndroid>,
    /// On iOS, one for each property list of an app.
    pub ios: Vec<OnIos>,
}

/// In builds of an Android project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OnAndroid {
    /// The project's folder; empty for the app's own.
    pub project: String,
    /// The builds.
    pub builds: Vec<String>,
    /// Whether they may open connections at all (`android.permission.INTERNET`); where that could not be read, they may.
    pub online: bool,
    /// The oldest version of TLS; no configuration sets it.
    pub oldest_tls: OldestTls,
    /// What the manifest and the network security configuration come to.
    pub protection: android::HostProtection,
}

/// The oldest version of TLS that Android takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OldestTls {
    /// The system's own.
    System,
    /// TLS 1.2 from Android 15 on, the system's own before.
    RestrictedFromAndroid15,
}

/// In the app of an iOS project.
#[derive(Clone, Debug, Serialize)]
pub struct OnIos {
    /// The property list.
    pub file: String,
    /// The targets that are built with it.
    pub targets: Vec<String>,
    /// What App Transport Security comes to.
    pub protection: ios::HostProtection,
}

/// What protects the connection to `host`, whether anything names it or not.
#[must_use]
pub fn protection(android: &AndroidFacts, ios: &IosFacts, host: &str) -> Protection {
    let mut found = Protection::default();
    for project in &android.projects {
        for build in releases(project).take(MOST_BUILDS) {
            let one = OnAndroid {
                project: project.path.clone(),
                builds: Vec::new(),
                online: build.internet != Fact::Absent,
                oldest_tls: oldest_tls(build),
                protection: project.effective_in(build, host),
            };
            let same = |known: &&mut OnAndroid| OnAndroid { builds: Vec::new(), ..(**known).clone() } == one;
            match found.android.iter_mut().find(same) {
                Some(known) => known.builds.push(build.name.clone()),
                None => found.android.push(OnAndroid { builds: vec![build.name.clone()], ..one }),
            }
        }
    }
    // The extensions of an app fetch no updates and show no web view.
    let apps = shipped_lists(ios).filter(|info| matches!(info.product, Product::App | Product::Undecided));
    found.ios = apps
        .map(|info| OnIos {
            file: info.file.clone(),
            targets: info.targets.clone(),
            protection: info.transport_security.effective(host),
        })
        .collect();
    found
}

fn oldest_tls(build: &Build) -> OldestTls {
    match build.target_sdk.known() {
        Some(target) if target.value >= RESTRICTED_TLS => OldestTls::RestrictedFromAndroid15,
        _ => OldestTls::System,
    }
}
