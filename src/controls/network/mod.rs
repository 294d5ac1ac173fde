//! Controls on where the app asks and what it opens.

pub mod debug_off;
pub mod https_endpoints;
pub mod local_origin;
