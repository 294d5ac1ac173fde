//! Controls on keys.

pub mod no_private_key;
