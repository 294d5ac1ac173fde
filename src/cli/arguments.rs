//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::model::Severity;

/// Decides, with evidence, whether an over-the-air update of a Capacitor app may go out.
///
/// Offline; never runs what it inspects. Exit codes: 0 the gate passed, 1 it did not, 2 no audit could be made.
#[derive(Debug, Parser)]
#[command(name = "otaudit", version, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// No colours, also when the output is a terminal (as does the variable NO_COLOR).
    #[arg(long, global = true)]
    pub no_color: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Audit an update and decide whether it may go out.
    Check(Box<Check>),
    /// Write the audit report for people who answer for an update: HTML, PDF, and the same results for programs.
    Report(Box<Report>),
    /// Verify a release as the device will: signature, hashes, certificates, archive. Exit code 0 only when it is authentic.
    Verify(Box<Verify>),
    /// List the keys, certificates and secrets of an app and how old they are.
    Keys(Keys),
    /// List the hosts that an app names, and what protects the connection to each on Android and on iOS.
    Endpoints(Endpoints),
    /// Show what changed from one bundle to another: files, code, and what matters of it.
    Diff(Diff),
    /// List the hosts that a bundle names: what it loads, asks and links to, and who owns them.
    Network(Box<Network>),
    /// List what personal data a bundle touches, and what the app declares of it.
    Privacy(Privacy),
    /// Print what was established about an update, as JSON.
    Facts(Subject),
    /// Print a bill of materials of the bundle and of the app's plugins: CycloneDX 1.7 as JSON.
    Sbom(Box<Sbom>),
    /// Look after the record of audits: verify it, list it, show a record, join a fork, export it.
    Ledger {
        /// What to do with it.
        #[command(subcommand)]
        command: super::ledger_arguments::LedgerCommand,
    },
    /// Sign a statement that a bundle was audited, or verify one before the bundle goes out.
    Attest(Box<super::ledger_arguments::Attest>),
    /// List the catalog of controls.
    Controls {
        /// Only this framework, clause by clause, with the controls that answer it: `gdpr`, `ccpa`, `apple`, …
        #[arg(long, value_name = "ID")]
        framework: Option<String>,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
    /// Explain one control: requirement, rationale, limits, remediation, clauses, examples.
    Explain {
        /// Its id, such as OTA-BUN-002.
        control: String,
    },
    /// What only the organisation can state: a template, what is missing or stale, the schema of the file.
    Attestations {
        /// What to do with statements.
        #[command(subcommand)]
        command: AttestationsCommand,
    },
    /// Show, check or describe policies.
    Policy {
        /// What to do with policies.
        #[command(subcommand)]
        command: PolicyCommand,
    },
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ListFormat {
    /// A table for people.
    Table,
    /// JSON for programs.
    Json,
}

/// What is audited.
#[derive(Debug, Args)]
pub struct Subject {
    /// The bundle: a zip, a folder of web assets, or a Capacitor project. Without it, the project in `--app` or here.
    pub bundle: Option<PathBuf>,
    /// The Capacitor project that receives the update.
    #[arg(long, value_name = "FOLDER")]
    pub app: Option<PathBuf>,
    /// Audit the app alone, without a bundle: what can be said of its settings, keys and native projects.
    #[arg(long, conflicts_with_all = ["release", "checksum"])]
    pub app_only: bool,
    /// The app's configuration that ships, such as `capacitor.config.prod.ts` [the policy's, else the one the CLI reads].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The checksum that is published for the bundle.
    #[arg(long, value_name = "CHECKSUM", conflicts_with = "release")]
    pub checksum: Option<String>,
    /// The release: what is published beside the bundle, or a folder with bundle and metadata, whose content is audited.
    #[arg(long, value_name = "FILE|FOLDER")]
    pub release: Option<PathBuf>,
    /// The bundle that the devices have now: what the update changes is told and judged.
    #[arg(long, value_name = "BUNDLE")]
    pub previous: Option<PathBuf>,
    /// The bundle that the store reviewed, inside the binary, such as `ios/App/App/public`.
    #[arg(long, value_name = "BUNDLE")]
    pub reviewed: Option<PathBuf>,
    /// The policy: `default`, `strict`, or a file.
    #[arg(long, value_name = "NAME|FILE", default_value = "default")]
    pub policy: PathBuf,
    /// What the organisation states [the policy's file, else `otaudit-attestations.yaml` in the app's folder].
    #[arg(long, value_name = "FILE")]
    pub attestations: Option<PathBuf>,
    /// How many threads to use; 0 is one for each core. The report is the same for any number.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
    /// A folder that keeps what was read of scripts, so that the next run is faster [else the variable OTAUDIT_CACHE].
    #[arg(long, value_name = "FOLDER")]
    pub cache: Option<PathBuf>,
}

/// The arguments of `network`.
#[derive(Debug, Args)]
pub struct Network {
    /// What is looked at.
    #[command(flatten)]
    pub subject: Subject,
    /// A list of trackers beside the built-in table: DuckDuckGo's `tds.json`, Disconnect's `services.json`, a hosts file, Adblock rules.
    #[arg(long, value_name = "FILE")]
    pub tracker_list: Vec<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
}

/// The arguments of `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// What is audited; the bundle can also be given with `--bundle`.
    #[command(flatten)]
    pub subject: Subject,
    /// The bundle, as the first argument.
    #[arg(long = "bundle", value_name = "BUNDLE", conflicts_with = "bundle")]
    pub named_bundle: Option<PathBuf>,
    /// Only what this framework asks for, several times if you like: an id of `otaudit controls` or a group such as `gdpr`, `ccpa`, `apple`.
    #[arg(long, value_name = "ID")]
    pub framework: Vec<String>,
    /// `NAME=FILE`, several times if you like: html, pdf, json, sarif … [html on standard output].
    #[arg(long, value_name = "NAME[=FILE]")]
    pub format: Vec<String>,
    /// What people state about the audit: organisation, distribution, team, owners and due dates (YAML).
    #[arg(long, value_name = "FILE")]
    pub cover: Option<PathBuf>,
    /// Report over the audits of a period in a ledger instead: a quarter such as `2026Q4`, a month such as `2026-11`, or a year.
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["bundle", "named_bundle", "app", "gate", "cover"])]
    pub period: Option<String>,
    /// The ledger of `--period`.
    #[arg(long, value_name = "LEDGER", requires = "period")]
    pub ledger: Option<String>,
    /// With `--period`, a version that was released and the day: told when no audit came before.
    #[arg(long, value_name = "[APP:]VERSION=DATE", requires = "period")]
    pub released: Vec<String>,
    /// A list of trackers beside the built-in table.
    #[arg(long, value_name = "FILE")]
    pub tracker_list: Vec<PathBuf>,
    /// The date or time of the audit, such as 2026-11-23; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// The page of the PDF.
    #[arg(long, value_enum, default_value_t = Paper::A4)]
    pub paper: Paper,
    /// A font file (TTF, OTF, TTC) for the PDF, beside the built-in ones, for writings that these lack.
    #[arg(long, value_name = "FILE")]
    pub font: Vec<PathBuf>,
    /// Exit code 1 when the gate fails. Without it, 0 says that the report was made, whatever it says.
    #[arg(long)]
    pub gate: bool,
}

/// The page of a PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Paper {
    /// 210 × 297 mm.
    A4,
    /// 8.5 × 11 inches.
    Letter,
}

/// The arguments of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// What is audited.
    #[command(flatten)]
    pub subject: Subject,
    /// `NAME` or `NAME=FILE`, several times if you like: table, html, json, sarif, pdf …
    #[arg(long, value_name = "NAME[=FILE]")]
    pub format: Vec<String>,
    /// A list of trackers beside the built-in table: DuckDuckGo's `tds.json`, Disconnect's `services.json`, a hosts file, Adblock rules.
    #[arg(long, value_name = "FILE")]
    pub tracker_list: Vec<PathBuf>,
    /// The date or time of the audit, such as 2026-11-23; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Findings of this severity or graver fail the gate [the policy's, `high` by default].
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<Severity>,
    /// What a person has to decide fails the gate too.
    #[arg(long)]
    pub strict: bool,
    /// Leave a record in this ledger, a folder such as `reports/ledger` or `s3://BUCKET/PREFIX`; what it has of earlier releases is judged.
    #[arg(long, value_name = "LEDGER")]
    pub ledger: Option<String>,
    /// Sign the record with this key: PKCS#8 in PEM, Ed25519 or P-256.
    #[arg(long, value_name = "FILE", requires = "ledger")]
    pub ledger_key: Option<PathBuf>,
    /// Only the result and what blocks.
    #[arg(long, short)]
    pub quiet: bool,
}

/// The arguments of `privacy`.
#[derive(Debug, Args)]
pub struct Privacy {
    /// What is read.
    #[command(flatten)]
    pub subject: Subject,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
}

/// The arguments of `sbom`.
#[derive(Debug, Args)]
pub struct Sbom {
    /// What is listed.
    #[command(flatten)]
    pub subject: Subject,
    /// The date or time that the bill states; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
}

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Print a built-in policy.
    Show {
        /// `default`, `strict`, `gdpr`, `ccpa`, `app-store`, `play` or `cra`.
        name: String,
    },
    /// Check a policy file: every fault at once.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Print the JSON Schema of policy files.
    Schema,
}

/// The arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The release: a folder with bundle, metadata and configuration or key, or the bundle alone.
    pub release: PathBuf,
    /// What is published beside the bundle: the server's answer, the CLI's output, saved headers, or a `release.yaml`.
    #[arg(long = "release", value_name = "FILE")]
    pub metadata: Vec<PathBuf>,
    /// The Capacitor project, or its shipped native part, that receives the update.
    #[arg(long, value_name = "FOLDER")]
    pub app: Option<PathBuf>,
    /// The update system, when its recognition is to be overruled.
    #[arg(long, value_name = "ID")]
    pub system: Option<String>,
    /// The public key or certificate: a file, or the text itself.
    #[arg(long, value_name = "FILE|TEXT")]
    pub public_key: Option<String>,
    /// The checksum as published.
    #[arg(long, value_name = "TEXT")]
    pub checksum: Option<String>,
    /// Capgo's session key as published.
    #[arg(long, value_name = "TEXT")]
    pub session_key: Option<String>,
    /// A detached signature: a file, or base64 or hexadecimal text.
    #[arg(long, value_name = "FILE|TEXT")]
    pub signature: Option<String>,
    /// The algorithm of the detached signature: rsa-pkcs1v15-sha256, rsa-pss-sha256, ecdsa-p256-sha256, ed25519, minisign, dsse.
    #[arg(long, value_name = "NAME")]
    pub algorithm: Option<String>,
    /// Writes the content, decrypted and checked, into this new or empty folder.
    #[arg(long, value_name = "FOLDER")]
    pub decrypt_to: Option<PathBuf>,
    /// `NAME` or `NAME=FILE`, several times if you like: table, json.
    #[arg(long, value_name = "NAME[=FILE]")]
    pub format: Vec<String>,
    /// The date or time at which certificates and signatures are judged; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// The policy whose limits hold: `default`, `strict`, or a file.
    #[arg(long, value_name = "NAME|FILE", default_value = "default")]
    pub policy: PathBuf,
    /// Only the last line.
    #[arg(long, short)]
    pub quiet: bool,
}

/// The arguments of `keys`.
#[derive(Debug, Args)]
pub struct Keys {
    /// The app's folder; without it, this one.
    pub app: Option<PathBuf>,
    /// The app's configuration that ships, such as `capacitor.config.prod.ts` [the one the CLI reads].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The key registry; without it, `otaudit-keys.yaml` in the app's folder.
    #[arg(long, value_name = "FILE")]
    pub registry: Option<PathBuf>,
    /// The date at which ages are counted; else SOURCE_DATE_EPOCH, else today.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// The arguments of `endpoints`.
#[derive(Debug, Args)]
pub struct Endpoints {
    /// The app's folder; without it, this one.
    pub app: Option<PathBuf>,
    /// The app's configuration that ships, such as `capacitor.config.prod.ts` [the one the CLI reads].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Only this host, whether a file names it or not.
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// The date from which the days of pins and certificates are counted; else SOURCE_DATE_EPOCH, else today.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
}

/// The arguments of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// The bundle before: a zip or a folder.
    pub before: PathBuf,
    /// The bundle after.
    pub after: PathBuf,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = DiffFormat::Table)]
    pub format: DiffFormat,
    /// Write to this file instead of the terminal.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The policy whose bounds hold: `default`, `strict`, or a file.
    #[arg(long, value_name = "NAME|FILE", default_value = "default")]
    pub policy: PathBuf,
    /// Write a draft of release notes and of "Notes for Review" instead: what is new, and what a person must still say.
    #[arg(long, conflicts_with = "format")]
    pub disclosure: bool,
    /// How many threads to use; 0 is one for each core.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
    /// A folder that keeps what was read of scripts, so that the next run is faster [else the variable OTAUDIT_CACHE].
    #[arg(long, value_name = "FOLDER")]
    pub cache: Option<PathBuf>,
}

/// How a comparison is printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum DiffFormat {
    /// Text for people.
    Table,
    /// JSON for programs.
    Json,
    /// Markdown for reviews.
    Markdown,
    /// One HTML file with a map of what changed, and changed code side by side.
    Html,
}

/// What to do with statements of the organisation.
#[derive(Debug, Subcommand)]
pub enum AttestationsCommand {
    /// Write a template: each key as a question, commented out.
    Init {
        /// Write to this new file instead of the terminal.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Tell which statements count, and which are stale, about another bundle, or missing. Exit code 1 when one is stale.
    Check(Box<AttestationsCheck>),
    /// Print the JSON Schema of the file.
    Schema,
}

/// The arguments of `attestations check`.
#[derive(Debug, Args)]
pub struct AttestationsCheck {
    /// The app's folder; without it, this one.
    pub app: Option<PathBuf>,
    /// The file, when it is another one than the app's.
    #[arg(long, value_name = "FILE")]
    pub attestations: Option<PathBuf>,
    /// The bundle that statements about a release have to be about.
    #[arg(long, value_name = "BUNDLE")]
    pub bundle: Option<PathBuf>,
    /// The policy: a built-in one, or a file.
    #[arg(long, value_name = "NAME|FILE", default_value = "default")]
    pub policy: PathBuf,
    /// The date at which ages are counted; else SOURCE_DATE_EPOCH, else today.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
}
