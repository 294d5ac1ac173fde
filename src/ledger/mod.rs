//! Floor 6, the record of audits: every audit leaves one, each names the one before, and none can be changed unseen.

mod address;
#[cfg(feature = "object-store")]
mod bucket;
mod canonical;
mod chain;
mod checkpoint;
mod folder;
mod incidents;
pub mod merkle;
mod note;
mod past;
pub mod period;
mod record;
mod signing;
pub mod statement;
mod store;
#[cfg(test)]
mod tests;
mod verify;

pub use address::{Address, Service};
#[cfg(feature = "object-store")]
pub use bucket::Bucket;
pub use canonical::canonical;
pub use chain::{Appended, Broken, Ledger, append, join};
pub use checkpoint::{CHECKPOINT_SCHEMA, Checkpoint, PROOF_SCHEMA, Proof, checkpoint, proof, records_under};
pub use folder::Folder;
pub use incidents::{IncidentNote, IncidentRegister};
pub use note::{Beside, app_of, channel_of, days, record_of};
pub use past::history;
pub use record::{
    AttestationRecord, Audit, Digests, ExceptionRecord, FindingNote, GateNote, KeyNote, RECORD_SCHEMA, Record,
    RecordSignature, VerdictWord,
};
pub use signing::{SigningKey, TrustedKey};
pub use store::{Added, Held, Listing, Store, Unlocked, place_of};
pub use verify::{Against, Fault, FaultKind, short, verify};
