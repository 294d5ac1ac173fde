//! otaudit decides, with evidence, whether an over-the-air update of a Capacitor app may go out.
//!
//! Data flows one way, from the lowest floor to the highest; a module uses only floors below its own
//! (`docs/architecture.md`, held by `tests/architecture.rs`):
//! [`model`] → [`inputs`] → [`facts`] → [`controls`] → [`policy`] → [`evaluation`] → [`ledger`] → [`reports`] → [`cli`].
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod cli;
pub mod controls;
pub mod evaluation;
pub mod facts;
pub mod inputs;
pub mod ledger;
pub mod model;
pub mod policy;
pub mod reports;
