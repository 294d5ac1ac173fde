//! The update systems: one file for each says how it is configured, what it signs, and how a release is verified, as
//! the vendors' sources have it (`docs/update-systems.md`).

pub mod archive;
pub mod capawesome;
pub mod capgo;
pub mod chcp;
pub mod codepush;
pub mod config;
pub mod expo;
pub mod ionic;
mod jose;
pub mod otakit;
mod parts;
#[cfg(test)]
mod parts_testing;
pub mod published;
pub mod self_hosted;
pub mod terms;
pub mod verification;
mod verify;
pub mod xml;

pub use super::delivery;
pub use super::delivery::{Data, Delivered, Delivery, Document, Role, SavedHeaders, Stated, load, names, release_file};
pub use verification::{
    Encryption, PlainContent, Reason, Record, Step, StepResult, VERIFICATION_SCHEMA, Verdict, Verification,
    VerifiedSubject,
};
pub use verify::{Verified, verify};

/// One update system's verification.
#[derive(Debug)]
pub struct Updater {
    /// Its id.
    pub id: &'static str,
    /// Whether the delivery looks like this system's, by content: the higher, the surer; `None` when not.
    pub recognise: fn(&Delivery) -> Option<u8>,
    /// Verifies the release.
    pub verify: fn(&Delivery) -> Verification,
}

/// All update systems; the one that anything may be comes last.
pub static UPDATERS: &[&Updater] = &[
    &capgo::UPDATER,
    &capawesome::UPDATER,
    &ionic::UPDATER,
    &expo::UPDATER,
    &codepush::UPDATER,
    &chcp::UPDATER,
    &otakit::UPDATER,
    &self_hosted::UPDATER,
];
