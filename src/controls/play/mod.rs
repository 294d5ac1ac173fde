//! Controls on what Google Play asks of apps that update themselves.

pub mod data_in_transit;
pub mod integrity_check;
