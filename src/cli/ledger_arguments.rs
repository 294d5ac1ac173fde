//! The arguments of `ledger` and `attest`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Where the ledger lies when nothing is said.
pub(super) const USUAL: &str = "reports/ledger";

/// What to do with a ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Tell whether a record was changed, removed, inserted, reordered, cut off or signed again. Exit code 0 only when not.
    Verify {
        /// The ledger: a folder, or `s3://BUCKET/PREFIX`, `gs://…`, `az://…`.
        #[arg(long, value_name = "LEDGER", default_value = USUAL)]
        ledger: String,
        /// A public key that records are signed with; several times for several keys. Every record has to be signed then.
        #[arg(long, value_name = "FILE")]
        public_key: Vec<PathBuf>,
        /// A checkpoint or a period report that was kept apart from the ledger: tells what is gone since.
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// A proof that a record is among others, as `ledger show --proof` prints it.
        #[arg(long, value_name = "FILE")]
        proof: Option<PathBuf>,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Shown::Table)]
        format: Shown,
    },
    /// List the records, the oldest first.
    List {
        /// The ledger.
        #[arg(long, value_name = "LEDGER", default_value = USUAL)]
        ledger: String,
        /// Only this app's.
        #[arg(long, value_name = "ID")]
        app: Option<String>,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Shown::Table)]
        format: Shown,
    },
    /// Print a record.
    Show {
        /// Its name, or the begin of it.
        record: String,
        /// The ledger.
        #[arg(long, value_name = "LEDGER", default_value = USUAL)]
        ledger: String,
        /// Print a proof that the record is among all records, instead of the record.
        #[arg(long)]
        proof: bool,
        /// Prove that it is among the records of this checkpoint or period report.
        #[arg(long, value_name = "FILE", requires = "proof")]
        checkpoint: Option<PathBuf>,
    },
    /// Join the forks of the chains, after a merge or two writers at once.
    Join {
        /// The ledger.
        #[arg(long, value_name = "LEDGER", default_value = USUAL)]
        ledger: String,
        /// The date or time of the joining record; else SOURCE_DATE_EPOCH, else now.
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
        /// Sign the joining record with this key.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Print a checkpoint: keep it apart from the ledger, to see later that nothing is gone.
    Checkpoint {
        /// The ledger.
        #[arg(long, value_name = "LEDGER", default_value = USUAL)]
        ledger: String,
        /// The date or time of the checkpoint; else SOURCE_DATE_EPOCH, else now.
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
        /// Write to this file instead of the terminal.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Report on a period: releases, findings opened and closed, exceptions, keys, statements, gaps and trend.
    Report(PeriodRequest),
    /// Export all records as tables, for queries over many apps (docs/fleet.md).
    Export {
        /// The ledger.
        #[arg(long, value_name = "LEDGER", default_value = USUAL)]
        ledger: String,
        /// The format.
        #[arg(long, value_enum)]
        format: ExportFormat,
        /// Which table: the records, or the findings of them.
        #[arg(long, value_enum, default_value_t = ExportTable::Records)]
        table: ExportTable,
        /// Write to this file instead of the terminal.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// How something is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shown {
    /// Text for people.
    Table,
    /// JSON for programs.
    Json,
}

/// The formats of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// One JSON object for each row.
    Jsonl,
    /// RFC 4180.
    Csv,
    /// Apache Parquet, in a build with the feature `parquet`.
    Parquet,
}

/// The tables of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportTable {
    /// One row for each record.
    Records,
    /// One row for each finding of each record.
    Findings,
    /// One row for each key of each record.
    Keys,
}

/// The arguments of `ledger report`.
#[derive(Debug, Args)]
pub struct PeriodRequest {
    /// The period: a quarter such as `2026Q4`, a month such as `2026-11`, or a year.
    #[arg(long, value_name = "PERIOD")]
    pub period: String,
    /// The ledger.
    #[arg(long, value_name = "LEDGER", default_value = USUAL)]
    pub ledger: String,
    /// Tables of the clauses of this framework, such as `gdpr`; several times for several.
    #[arg(long, value_name = "ID")]
    pub framework: Vec<String>,
    /// A version that was released and the day, `4.2.0=2026-11-09` or `APP:4.2.0=2026-11-09`: told when no audit came before.
    #[arg(long, value_name = "[APP:]VERSION=DATE")]
    pub released: Vec<String>,
    /// `NAME` or `NAME=FILE`, several times if you like: markdown, json, html, pdf, oscal.
    #[arg(long, value_name = "NAME[=FILE]")]
    pub format: Vec<String>,
    /// The date or time of the report; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
}

/// The formats of a period report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodShown {
    /// Text for people.
    Markdown,
    /// For programs.
    Json,
    /// One page for a browser.
    Html,
    /// The same for paper.
    Pdf,
    /// Assessment results for compliance platforms.
    Oscal,
}

/// The arguments of `attest`.
#[derive(Debug, Args)]
pub struct Attest {
    /// The bundle: a zip or a folder of web assets.
    #[arg(required_unless_present = "given")]
    pub bundle: Option<PathBuf>,
    /// The bundle, as an option.
    #[arg(long = "bundle", value_name = "BUNDLE", conflicts_with = "bundle", id = "given")]
    pub given: Option<PathBuf>,
    /// The report of the bundle's audit, as `--format json` writes it.
    #[arg(long, value_name = "FILE", required_unless_present = "verify", conflicts_with = "verify")]
    pub report: Option<PathBuf>,
    /// The key that signs: PKCS#8 in PEM, Ed25519 or P-256.
    #[arg(long, value_name = "FILE", required_unless_present = "verify", conflicts_with = "verify")]
    pub key: Option<PathBuf>,
    /// Where the statement is written [the terminal].
    #[arg(long, short, value_name = "FILE", conflicts_with = "verify")]
    pub output: Option<PathBuf>,
    /// What the statement says.
    #[arg(long, value_enum, default_value_t = PredicateName::TestResult, conflicts_with = "verify")]
    pub predicate: PredicateName,
    /// Verify this statement instead: exit code 0 only when it holds for this very bundle.
    #[arg(long, value_name = "FILE", requires = "public_key")]
    pub verify: Option<PathBuf>,
    /// The public key of whoever may sign; several times for several keys.
    #[arg(long, value_name = "FILE", requires = "verify")]
    pub public_key: Vec<PathBuf>,
    /// How old the audit may be, such as `7d`, `12h` or `30m`; `any` for any age [7d].
    #[arg(long, value_name = "AGE", requires = "verify")]
    pub max_age: Option<String>,
    /// The policy that has to have been used: `default`, `strict`, or a file.
    #[arg(long, value_name = "NAME|FILE", requires = "verify")]
    pub policy: Option<PathBuf>,
    /// The date or time from which the age is counted; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "DATE", requires = "verify")]
    pub as_of: Option<String>,
    /// How the verification is printed.
    #[arg(long, value_enum, default_value_t = Shown::Table)]
    pub format: Shown,
}

/// The predicates that can be stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PredicateName {
    /// in-toto test-result v0.1: every control with its outcome.
    TestResult,
    /// in-toto SVR v0.2: what was verified, only when the gate passed.
    Svr,
}
