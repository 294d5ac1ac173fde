//! Controls on how updates are released.

pub mod approved_change;
pub mod hardened_pipeline;
pub mod phased_rollout;
pub mod scoped_tokens;
