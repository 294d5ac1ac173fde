//! Controls on what the app's updates do with the data of its users.

pub mod breach_procedure;
pub mod impact_assessment;
pub mod legal_basis;
pub mod minimal_requests;
pub mod privacy_notice;
pub mod privacy_review;
pub mod processing_record;
pub mod processors;
pub mod retention;
pub mod rights;
pub mod security_measures;
pub mod transfers;
