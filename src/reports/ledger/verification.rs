//! What the verification of a ledger, or of a statement, says.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use super::short;
use crate::ledger::statement::Believed;
use crate::ledger::{Checkpoint, Fault, Ledger, Proof, merkle};
use crate::model::{Digest, printable};
use crate::reports::{Style, write_pretty};

/// The schema of a [`LedgerReport`] as JSON.
pub const LEDGER_REPORT_SCHEMA: &str = "otaudit/ledger-report/v1";
/// Shown of names of apps and files.
const NAME: usize = 120;

/// A ledger's verification.
#[derive(Clone, Debug, Serialize)]
pub struct LedgerReport {
    /// [`LEDGER_REPORT_SCHEMA`].
    pub schema: &'static str,
    /// Whether nothing is wrong.
    pub intact: bool,
    /// How many records are sound.
    pub records: usize,
    /// Of how many apps.
    pub apps: usize,
    /// The root over all sound records (RFC 6962).
    pub root: Digest,
    /// The heads of the chains: app and record.
    pub heads: Vec<(String, Digest)>,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// Writings that were begun and never finished; they are left out and harm nothing.
    pub unfinished: Vec<String>,
    /// Files that do not belong there.
    pub strangers: Vec<String>,
    /// How many records a checkpoint vouches for, when one was given.
    pub checkpoint: Option<u64>,
    /// What became of a proof, when one was given.
    pub proof: Option<ProofResult>,
}

/// What became of a proof.
#[derive(Clone, Debug, Serialize)]
pub struct ProofResult {
    /// The record.
    pub record: Digest,
    /// Whether the path leads to the root.
    pub path_holds: bool,
    /// Whether the record is in the ledger and sound.
    pub in_ledger: bool,
    /// Whether the root is the checkpoint's, when one was given, else the ledger's as it is now.
    pub root_known: bool,
}

impl LedgerReport {
    /// The verification's outcome.
    #[must_use]
    pub fn new(ledger: &Ledger, faults: Vec<Fault>, proof: Option<&Proof>, checkpoint: Option<&Checkpoint>) -> Self {
        let names: Vec<Digest> = ledger.ordered().into_iter().map(|(name, _)| name).collect();
        let root = merkle::root(&names);
        let heads = ledger.heads();
        let shown = |app: &Option<String>| app.as_deref().map_or("(no app)".to_owned(), |app| printable(app, NAME));
        let files = |names: &[String]| names.iter().take(100).map(|name| printable(name, NAME)).collect();
        let apps: BTreeSet<&Option<String>> = ledger.records.values().map(|record| &record.app).collect();
        let proof = proof.map(|proof| ProofResult {
            record: proof.record,
            path_holds: proof.holds(),
            in_ledger: ledger.records.contains_key(&proof.record),
            root_known: proof.root == checkpoint.map_or(root, |checkpoint| checkpoint.root),
        });
        Self {
            schema: LEDGER_REPORT_SCHEMA,
            intact: faults.is_empty() && proof.as_ref().is_none_or(ProofResult::holds),
            records: names.len(),
            apps: apps.len(),
            root,
            heads: heads.iter().flat_map(|(app, names)| names.iter().map(|name| (shown(app), *name))).collect(),
            faults,
            unfinished: files(&ledger.unfinished),
            strangers: files(&ledger.strangers),
            checkpoint: checkpoint.map(|checkpoint| checkpoint.size),
            proof,
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.intact
    }
}

impl ProofResult {
    const fn holds(&self) -> bool {
        self.path_holds && self.in_ledger && self.root_known
    }
}

/// As JSON.
///
/// # Errors
/// None that is known: the value is plain data.
pub fn ledger_json(report: &LedgerReport) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_pretty(report, &mut bytes)?;
    Ok(bytes)
}

/// As text for people.
#[must_use]
pub fn ledger_text(report: &LedgerReport, _style: &Style) -> String {
    let mut out = String::new();
    for fault in &report.faults {
        let app = fault.app.as_deref().map_or(String::new(), |app| format!(" of {}", printable(app, NAME)));
        let _ = writeln!(out, "{}: record {}{app}", fault.kind.word().to_uppercase(), fault.record.hex());
        if let Some(since) = &fault.since {
            let _ = writeln!(out, "  since:  after {since} nothing of the ledger vouches for it");
        }
        let _ = writeln!(out, "  detail: {}", fault.detail);
    }
    for name in &report.unfinished {
        let _ = writeln!(out, "left out: `{name}`, a writing that was never finished; it may be deleted");
    }
    for name in &report.strangers {
        let _ = writeln!(out, "left out: `{name}`, which is no record");
    }
    if let Some(proof) = &report.proof {
        let word = |holds: bool, yes: &'static str, no: &'static str| if holds { yes } else { no };
        let _ = writeln!(
            out,
            "proof of {}: its path {}, the record {}, its root {}",
            short(&proof.record),
            word(proof.path_holds, "leads to its root", "DOES NOT lead to its root"),
            word(proof.in_ledger, "is in the ledger", "IS NOT in the ledger"),
            word(proof.root_known, "is the expected one", "IS NOT the expected one"),
        );
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let plural = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let _ = writeln!(
        out,
        "{} of {}, root {}",
        plural(report.records, "sound record", "sound records"),
        plural(report.apps, "app", "apps"),
        report.root.hex()
    );
    for (app, head) in report.heads.iter().take(50) {
        let _ = writeln!(out, "  {app}: ends in {}", head.hex());
    }
    if report.heads.len() > 50 {
        let _ = writeln!(out, "  … and {} more", report.heads.len() - 50);
    }
    let _ = match (report.intact, report.checkpoint) {
        (true, Some(size)) => {
            writeln!(out, "INTACT: nothing was changed, and the {size} records of the checkpoint are all there")
        }
        (true, None) => writeln!(
            out,
            "INTACT: each record is what its name says and follows the one before; that none is missing at the end only a \
             checkpoint shows (`--checkpoint FILE`)"
        ),
        (false, _) => writeln!(out, "NOT INTACT: {}", plural(report.faults.len(), "fault", "faults")),
    };
    out
}

/// What became of a statement, as JSON.
///
/// # Errors
/// None that is known: the value is plain data.
pub fn believed_json(believed: &Believed) -> io::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Whole<'a> {
        schema: &'static str,
        holds: bool,
        #[serde(flatten)]
        believed: &'a Believed,
    }
    let whole = Whole { schema: "otaudit/statement-verification/v1", holds: believed.holds(), believed };
    let mut bytes = Vec::new();
    write_pretty(&whole, &mut bytes)?;
    Ok(bytes)
}

/// What became of a statement, as text for people.
#[must_use]
pub fn believed_text(believed: &Believed, _style: &Style) -> String {
    let mut out = String::new();
    for condition in &believed.conditions {
        let word = match condition.holds {
            Some(true) => "holds",
            Some(false) => "FAILS",
            None => "-",
        };
        let _ = writeln!(out, "{:<10} {word:<6} {}", condition.what, condition.detail);
    }
    let _ = writeln!(
        out,
        "{}",
        if believed.holds() {
            "HOLDS: the statement is about this bundle"
        } else {
            "REFUSED: do not release on this statement"
        }
    );
    out
}
