//! Controls on what Google Play asks of apps that update themselves.

pub mod data_in_transit;
pub mod integrity_check;
pub mod minimal_permissions;
pub mod target_api;
