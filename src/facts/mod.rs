//! Floor 2, artifacts → typed observations. Facts say what is there; they hold no prose, no syntax tree and no
//! lifetime, and they are the same for a zip and for the folder it was made from.

mod app;
mod bundle;
mod file;
pub mod keys;
pub mod kind;
pub mod page;
mod release;
pub mod script;
pub mod secrets;

pub use app::{AppFacts, ConfigDocument, UPDATE_SYSTEMS, UpdateSystem, read_app};
pub use bundle::{BundleFacts, Progress, Silent, read_bundle};
pub use file::{FileFacts, KeySighting, Parse, SecretSighting};
pub use release::{ReleaseFacts, of_checksum, read_release};

use serde::Serialize;

/// The schema of [`Facts`] as JSON.
pub const FACTS_SCHEMA: &str = "otaudit/facts/v1";

/// Everything that was established about one subject.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    /// [`FACTS_SCHEMA`].
    pub schema: &'static str,
    /// The bundle, when one was given.
    pub bundle: Option<BundleFacts>,
    /// The app, when one was given.
    pub app: Option<AppFacts>,
    /// What is published beside the bundle, when it was given.
    pub release: Option<ReleaseFacts>,
}
