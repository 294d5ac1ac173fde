//! Area CRA: what the Cyber Resilience Act asks of updates.

pub(super) mod archive;
pub(super) mod automatic_updates;
pub(super) mod bill_of_materials;
pub(super) mod security_releases;
pub(super) mod support_period;
pub(super) mod vulnerability_reports;
