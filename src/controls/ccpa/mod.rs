//! Controls on what Californian law asks of personal data.

pub mod opt_out;
pub mod preference_signal;
pub mod sensitive_data;
