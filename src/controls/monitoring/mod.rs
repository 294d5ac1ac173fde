//! Area MON: what watches the update channel.

pub(super) mod backend_logs;
pub(super) mod behaviour;
pub(super) mod update_metrics;
