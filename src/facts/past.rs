//! What is known of the audits before this one: which bundles were seen, when, and under which version.

use serde::Serialize;

use crate::model::Digest;

/// The audits of one app and channel before this one, the earliest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Past {
    /// One for each audit.
    pub audits: Vec<PastAudit>,
}

/// One earlier audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PastAudit {
    /// The name of its record.
    pub record: Digest,
    /// Its moment, RFC 3339 in UTC.
    pub as_of: String,
    /// The version that the release stated.
    pub version: Option<String>,
    /// The digest of the archive.
    pub archive: Option<Digest>,
    /// The digest of the content.
    pub content: Option<Digest>,
    /// Whether the gate passed: only then it may have been released.
    pub passed: bool,
}
