//! Controls on what the code of the bundle loads, runs and gives away.

pub mod bridge_exposure;
pub mod content_policy;
pub mod no_dynamic_code;
pub mod no_known_vulnerabilities;
pub mod no_remote_code;
pub mod no_secrets;
pub mod payment_scripts;
mod policy_fit;
pub(in crate::controls) mod unparsed;
mod unused_plugins;
