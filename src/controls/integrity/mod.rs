//! Controls on that the bundle is the one that was published.

pub mod checked_in_ci;
pub mod drift_explained;
pub mod file_manifest;
pub mod hash_algorithm;
pub mod hash_authenticated;
pub mod provenance;
pub mod published_hash;
