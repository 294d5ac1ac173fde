//! Controls on what Google Play asks of apps that update themselves.

pub mod integrity_check;
