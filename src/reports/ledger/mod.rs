//! A ledger for people and programs: what its verification says, what it holds, and its tables.

#[cfg(feature = "parquet")]
mod columns;
pub mod export;
mod list;
mod verification;

#[cfg(feature = "parquet")]
pub use columns::parquet;
pub use export::Table;
pub use list::{join_text, list_json, list_text};
pub use verification::{LEDGER_REPORT_SCHEMA, LedgerReport, believed_json, believed_text, ledger_json, ledger_text};

/// A digest as a reader sees it in a line: its first twelve digits.
fn short(name: &crate::model::Digest) -> String {
    crate::ledger::short(name)
}
