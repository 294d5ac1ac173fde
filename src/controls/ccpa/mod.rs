//! Controls on what Californian law asks of personal data.

pub mod assessment_duties;
pub mod consent_interface;
pub mod opt_out;
pub mod policy_current;
pub mod preference_signal;
pub mod reasonable_security;
pub mod scope_decided;
pub mod sensitive_data;
pub mod vendor_contracts;
