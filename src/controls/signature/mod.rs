//! Area SIG: signatures of releases.

pub mod bundle_signed;
pub mod dual_control;
pub mod no_bypass;
pub mod signature_algorithm;
pub mod signature_verifies;
pub mod signed_metadata;
pub mod signer_known;
