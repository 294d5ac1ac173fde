//! Controls on keys.

pub mod no_private_key;
pub mod one_purpose;
pub mod registered_key;
