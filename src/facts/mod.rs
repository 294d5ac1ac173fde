//! Floor 2, artifacts → typed observations. Facts say what is there; they hold no prose, no syntax tree and no
//! lifetime, and they are the same for a zip and for the folder it was made from.

pub mod address;
mod advised;
pub mod advisories;
pub mod age;
pub mod android;
mod app;
pub mod attestations;
pub mod automation;
pub mod binary;
mod bundle;
pub mod capacitor;
pub mod comparison;
pub mod components;
pub mod crypto;
pub mod delivery;
pub mod endpoints;
mod file;
pub mod git;
mod hashed;
pub mod inventory;
pub mod ios;
pub mod keys;
pub mod kind;
mod marks;
mod named;
pub mod native;
mod near;
pub mod network;
pub mod origin;
pub mod packages;
pub mod page;
pub mod papers;
mod past;
pub mod plugins;
pub mod privacy;
pub mod projects;
mod queue;
mod recall;
mod release;
pub mod roll_up;
pub mod script;
pub mod secrets;
mod stored;
mod subject;
mod systems;
#[cfg(test)]
pub(crate) mod testing;
pub mod trackers;
pub mod updaters;
pub mod versions;
pub mod vulnerabilities;

pub use advised::{Advised, advised, settle};
pub use app::{AppFacts, ConfigDocument, read_app, web_dir};
pub use bundle::{BundleFacts, Progress, Silent, digest_content, read_bundle, read_bundles};
pub use file::{FileFacts, KeySighting, Parse, SecretSighting};
pub use past::{Past, PastAudit};
pub use recall::Store;
pub use release::{ReleaseFacts, of_checksum, read_release};
pub use subject::{ENGINES, update_packages};
pub use systems::{UPDATE_SYSTEMS, UpdateSystem};

use serde::Serialize;

use binary::ReviewedBinary;
use comparison::Comparison;
use inventory::Inventory;
use packages::Packages;
use updaters::Verification;
use updaters::config::ConfigFinding;
use updaters::published::PublishedVersion;
use updaters::terms::PublishedTerms;

/// The app as it is when a configuration for another build ships.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The configuration, relative to the app's folder.
    pub path: String,
    /// The condition, where it is the configuration that ships as it is in one of its cases.
    pub when: Option<String>,
    /// What is then established; without bundle and release, which are not this build's.
    pub facts: Facts,
}

impl Facts {
    /// Adds what the organisation states, after bundle and app: statements about a release count for this bundle alone.
    pub fn set_attestations(&mut self, mut stated: attestations::Attestations) {
        stated.bundle = self
            .bundle
            .iter()
            .flat_map(|bundle| bundle.archive_sha256.into_iter().chain([bundle.content_digest]))
            .collect();
        for variant in &mut self.variants {
            variant.facts.attestations = stated.clone();
        }
        self.attestations = stated;
    }

    /// What the metadata of the release state beside the version, whether they were verified or only read.
    pub fn published_terms(&self) -> impl Iterator<Item = &PublishedTerms> {
        let read = self.release.as_ref().filter(|_| self.terms.is_empty()).map(|release| &release.terms);
        self.terms.iter().chain(read)
    }

    /// Looks up the owners of the bundle's hosts again, in these lists first.
    pub fn use_tracker_lists(&mut self, lists: &[trackers::TrackerList]) {
        if let Some(bundle) = self.bundle.as_mut().filter(|_| !lists.is_empty()) {
            bundle.network.use_lists(lists);
        }
    }
}

/// The schema of [`Facts`] as JSON.
pub const FACTS_SCHEMA: &str = "otaudit/facts/v1";

/// Everything that was established about one subject.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Facts {
    /// [`FACTS_SCHEMA`].
    pub schema: &'static str,
    /// The moment at which dates are judged, in seconds since 1970; it is no fact of the subject.
    #[serde(skip)]
    pub as_of: i64,
    /// The bundle, when one was given.
    pub bundle: Option<BundleFacts>,
    /// What changed since the bundle that the devices have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Comparison>,
    /// What changed since the bundle that the store reviewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<Comparison>,
    /// What lies beside the bundle that the store reviewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary: Option<ReviewedBinary>,
    /// The app, when one was given.
    pub app: Option<AppFacts>,
    /// What is published beside the bundle, when it was given.
    pub release: Option<ReleaseFacts>,
    /// What the verification of the release established, when one was given.
    pub verification: Option<Verification>,
    /// The versions that the metadata of the release state, when they were given with it.
    pub versions: Vec<PublishedVersion>,
    /// What else the metadata of the release state: native versions, channel, dates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<PublishedTerms>,
    /// The keys of release and app, when either was given.
    pub keys: Option<Inventory>,
    /// What the app's and the release's configurations get wrong about their update system.
    pub config: Vec<ConfigFinding>,
    /// The update plugins that the app has installed, when one was given.
    pub packages: Option<Packages>,
    /// The known weaknesses that concern them.
    pub advised: Vec<Advised>,
    /// The personal data that the bundle touches, when one was given.
    pub privacy: Option<privacy::PrivacyFacts>,
    /// What the app's folder publishes: bills of materials, and where to report a vulnerability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub papers: Option<papers::Papers>,
    /// What the organisation states.
    #[serde(skip_serializing_if = "attestations::Attestations::is_empty")]
    pub attestations: attestations::Attestations,
    /// What the other controls came to, for the controls that judge the audit itself.
    #[serde(skip)]
    pub roll_up: Option<roll_up::RollUp>,
    /// The audits before this one, when a ledger was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub past: Option<Past>,
    /// The same app with each of its configurations for other builds; they are judged apart.
    #[serde(skip)]
    pub variants: Vec<Variant>,
}
