//! Controls on what the app's updates do with the data of its users.

pub mod impact_assessment;
pub mod minimal_requests;
pub mod privacy_review;
pub mod transfers;
