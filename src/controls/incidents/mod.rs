//! Area IR: what happens when an update goes wrong.

pub(super) mod alerting;
pub(super) mod containment;
pub(super) mod recovery;
pub(super) mod response_plan;
pub(super) mod root_causes;
