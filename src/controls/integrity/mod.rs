//! Controls on that the bundle is the one that was published.

pub mod hash_algorithm;
pub mod published_hash;
