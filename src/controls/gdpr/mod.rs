//! Controls on what the app's updates do with the data of its users.

pub mod minimal_requests;
