//! Controls on what Google Play asks of apps that update themselves.

pub mod data_in_transit;
pub mod data_safety;
pub mod integrity_check;
pub mod minimal_permissions;
pub mod no_hidden_behaviour;
pub mod runtime_code;
pub mod target_api;
pub mod webview_only;
