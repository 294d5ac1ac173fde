//! Controls on keys.

mod ages;
pub mod compromise_plan;
pub mod custody;
pub mod no_private_key;
pub mod one_purpose;
pub mod overlap;
pub mod registered_key;
pub mod rotation_schedule;
pub mod signing_key_age;
