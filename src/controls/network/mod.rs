//! Controls on where the app asks and what it opens.

pub mod client_authorisation;
pub mod debug_off;
pub mod https_endpoints;
pub mod local_origin;
mod native_debug;
pub mod no_trust_weakening;
mod pinned_files;
pub mod pinning;
mod pins;
pub mod tls_version;
mod trust_on_ios;
