//! The bounds within which the subject is read. All of them are policy values.

use serde::{Deserialize, Serialize};

/// How much of a subject is read. Over a limit is an observation that gates, not an error and not a skip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of the archive itself; a larger one is not opened.
    pub archive_bytes: u64,
    /// Entries of the bundle; those after it are not examined.
    pub entries: u64,
    /// Unpacked bytes of one entry; a larger one is not read.
    pub entry_bytes: u64,
    /// Unpacked bytes of all entries together, counted in the order of their paths; those after it are not read.
    pub total_bytes: u64,
    /// Unpacked bytes per packed byte of one entry of more than 1 MiB.
    pub ratio: u64,
    /// Bytes of one path.
    pub path_bytes: u64,
    /// Parts of one path.
    pub path_depth: u64,
    /// Levels of archives within the bundle that are looked into.
    pub archive_nesting: u64,
    /// Brackets that may be open at once in one script, and in one JSON file.
    pub script_nesting: u64,
    /// Links of one unbroken chain in a script: operators, `else if`, prefixes, arrows.
    pub script_chain: u64,
    /// Tokens of one script.
    pub script_tokens: u64,
}

impl Default for Limits {
    /// BUN-006's defaults (100 MiB packed, 500 MiB unpacked, 50,000 entries, ratio 200), and bounds that
    /// no real bundle comes near (`docs/architecture.md`, section "Bounds").
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            archive_bytes: 100 * MIB,
            entries: 50_000,
            entry_bytes: 128 * MIB,
            total_bytes: 500 * MIB,
            ratio: 200,
            path_bytes: 1024,
            path_depth: 64,
            archive_nesting: 1,
            script_nesting: 2_000,
            script_chain: 20_000,
            script_tokens: 12_000_000,
        }
    }
}
