//! Area GOV: audits, exceptions, evidence, and the update plugin itself.

pub(super) mod audit_cadence;
pub(super) mod exceptions_owned;
pub(super) mod plugin_assessed;
pub(super) mod reproducible_evidence;
