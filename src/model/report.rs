//! The report: one owned, sorted value from which every format is made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Assurance, Digest, Evidence, Finding, Location, Severity, Verdict};

/// The schema of [`Report`] as JSON; changes when a field changes its meaning or goes away.
pub const REPORT_SCHEMA: &str = "otaudit/report/v1";

/// Everything one audit concluded, and from what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`REPORT_SCHEMA`].
    pub schema: String,
    /// What made the report.
    pub tool: Tool,
    /// The audit's clock, RFC 3339 in UTC.
    pub as_of: String,
    /// Whether the update may go out.
    pub gate: Gate,
    /// How many assessments and findings there are of each kind.
    pub counts: Counts,
    /// What was audited.
    pub subject: Subject,
    /// What was seen, parsed, and not examined.
    pub completeness: Completeness,
    /// Under which settings.
    pub settings: Settings,
    /// One for each selected control, sorted by control id.
    pub assessments: Vec<Assessment>,
    /// The frameworks whose clauses the assessments answer, sorted by id, with just those clauses.
    pub frameworks: Vec<FrameworkNote>,
    /// Every exception of the policy, and what became of it.
    pub exceptions: Vec<ExceptionNote>,
    /// Every statement of the organisation that a selected control accepts, and what became of it; sorted by key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<AttestationNote>,
    /// What the organisation states about which laws apply; sorted by switch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<ScopeNote>,
    /// What the bundle is made of; sorted by kind, then owner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub composition: Vec<Part>,
    /// What the report can't say.
    pub limits: Vec<String>,
}

/// The program that made the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `otaudit`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The gate's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Whether the update may go out under the policy.
    pub result: GateResult,
    /// Findings of this severity or graver fail the gate.
    pub fail_on: Severity,
    /// Whether `manual` fails the gate too.
    pub strict: bool,
    /// Whether `indeterminate` fails the gate.
    pub indeterminate_fails: bool,
    /// The ids of the findings that fail the gate.
    pub blocking: Vec<String>,
}

/// `passed` or `failed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateResult {
    /// Nothing blocks.
    Passed,
    /// At least one finding blocks.
    Failed,
}

/// Numbers for the summary; each is the length of a list elsewhere in the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Assessments by verdict; every verdict is listed.
    pub assessments: BTreeMap<String, usize>,
    /// Findings with the verdict `fail` and no exception, by severity; every severity is listed.
    pub failures: BTreeMap<String, usize>,
    /// Findings that an exception accepts.
    pub excepted: usize,
}

/// What was audited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The update bundle.
    pub bundle: Option<BundleSubject>,
    /// The app that receives it.
    pub app: Option<AppSubject>,
    /// What is published beside the bundle.
    pub release: Option<ReleaseSubject>,
}

/// The bundle's identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleSubject {
    /// Its name: the last part of the path that was given, never the whole path.
    pub name: String,
    /// `zip` or `folder`.
    pub kind: String,
    /// The archive's own digest; a folder has none.
    pub digest: BundleDigest,
    /// SHA-256 over the lines `<sha256>  <path>\n` of all files, sorted by path: the same for a zip and
    /// the folder it was made from, whatever the order and the times of its entries.
    pub content_digest: Digest,
    /// Bytes of the archive; for a folder, of its files.
    pub bytes: u64,
    /// Bytes of all files, unpacked.
    pub content_bytes: u64,
}

/// The digest of the archive's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleDigest {
    /// SHA-256 of the archive; `null` for a folder.
    pub sha256: Option<Digest>,
}

/// The receiving app's identity, as its configuration states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSubject {
    /// `appId`, when it could be read.
    pub app_id: Option<String>,
    /// `appName`, when it could be read.
    pub app_name: Option<String>,
    /// The configuration that ships, then its copies in the native projects.
    pub configs: Vec<String>,
    /// The configurations for other builds, which are judged apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<String>,
}

/// What is published beside the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseSubject {
    /// The file that states it, or `--checksum`.
    pub source: String,
    /// The published checksum as written.
    pub checksum: Option<String>,
    /// The published version.
    pub version: Option<String>,
}

/// What was seen and how much of it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// Files in the bundle.
    pub files_seen: usize,
    /// Files of which every byte was read.
    pub files_read: usize,
    /// Files of a kind that is parsed (scripts, HTML, JSON) and did parse.
    pub files_parsed: usize,
    /// Files of a kind that is parsed and did not parse, or not whole.
    pub files_not_parsed: usize,
    /// Each of those, and each file that was not read, with the reason.
    pub not_examined: Vec<NotExamined>,
    /// Readings that needed leniency: another encoding, a byte-order mark, comments in JSON.
    pub notes: Vec<Evidence>,
}

/// Something that was not examined, or not whole, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotExamined {
    /// Where.
    pub location: Location,
    /// Why.
    pub reason: String,
}

/// Under which settings the audit was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The policy.
    pub policy: PolicySubject,
    /// Whatever the policy or the command line lowers against the built-in defaults.
    pub deviations: Vec<Deviation>,
}

/// Which policy, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySubject {
    /// Its name.
    pub name: String,
    /// The digest of its text and of the texts it extends.
    pub sha256: Digest,
    /// The names of the policies it extends, nearest first.
    pub extends: Vec<String>,
}

/// One thing that a policy or an option lowers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deviation {
    /// What it concerns: a control's id, `gate` or `limits`.
    pub what: String,
    /// What was lowered, from which value to which.
    pub change: String,
}

/// One control's verdict on the subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The control's id, such as `OTA-BUN-002`.
    pub control: String,
    /// The control's title.
    pub title: String,
    /// What is required, in plain language.
    pub requirement: String,
    /// The control's severity under the policy; a finding can have another.
    pub severity: Severity,
    /// What was concluded.
    pub verdict: Verdict,
    /// What the verdict rests on.
    pub assurance: Assurance,
    /// Why the control does not apply, for `not-applicable`.
    pub reason: Option<String>,
    /// What was examined.
    pub evidence: Vec<Evidence>,
    /// What keeps it from passing.
    pub findings: Vec<Finding>,
    /// The clauses it answers.
    pub mappings: Vec<Mapping>,
    /// What to do when it does not pass.
    pub remediation: String,
    /// The id of the exception that accepts all its findings, if one does.
    pub exception: Option<String>,
}

/// One clause of a framework.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mapping {
    /// The framework's id, such as `GDPR`.
    pub framework: String,
    /// The clause's id, such as `32(1)(b)`.
    pub clause: String,
}

/// An outside text that assessments map to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameworkNote {
    /// Its id, such as `GDPR`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The version or date that was read.
    pub version: String,
    /// The clauses that the assessments answer, sorted by id.
    pub clauses: Vec<ClauseNote>,
}

/// One clause of a framework.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClauseNote {
    /// Its id, such as `32(1)(b)`.
    pub id: String,
    /// Its subject in a few words; empty where no title was read.
    pub title: String,
}

/// An exception of the policy and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionNote {
    /// Its id.
    pub id: String,
    /// The control it concerns.
    pub control: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it was granted.
    pub reason: String,
    /// The last day on which it holds, `YYYY-MM-DD`.
    pub expires: String,
    /// What became of it.
    pub state: ExceptionState,
    /// How many findings it accepted.
    pub findings: usize,
    /// Who granted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver: Option<String>,
    /// What protects instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compensating_control: Option<String>,
    /// Who accepts the risk that remains, and in which words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_acceptance: Option<String>,
    /// The first day on which it holds, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// How often it was renewed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub renewals: u32,
}

/// What became of an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExceptionState {
    /// It accepted at least one finding.
    Applied,
    /// It is in force and matched nothing: remove it.
    Unmatched,
    /// Its last day has passed: it accepted nothing.
    Expired,
    /// It begins later: it accepted nothing.
    Pending,
}

/// A statement of the organisation that controls accept, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttestationNote {
    /// Its key, such as `gdpr.ropa`.
    pub key: String,
    /// What it has to state, as a question.
    pub question: String,
    /// What became of it.
    pub state: AttestationState,
    /// Why, in a sentence: its age against its limit, or for which bundle it was given.
    pub reason: String,
    /// The statement's date, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Who stated it: name and role.
    pub by: Option<String>,
    /// The value as written, on one line.
    pub value: Option<String>,
    /// The last day on which it holds by its own word, `YYYY-MM-DD`.
    pub valid_until: Option<String>,
    /// How old it may be, in days.
    pub max_age_days: u32,
    /// What it rests on.
    pub evidence: Vec<StatedEvidence>,
    /// The ids of the selected controls that accept it, sorted.
    pub controls: Vec<String>,
}

/// A document that a statement names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedEvidence {
    /// Its path or URL, as written.
    pub source: String,
    /// Its SHA-256, as stated.
    pub sha256: Option<Digest>,
}

/// What became of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttestationState {
    /// It is older than it may be, past its own last day, or its evidence is no longer what it was: it counts for nothing.
    Stale,
    /// It was given for another bundle: it counts for nothing.
    OtherBundle,
    /// Nobody stated it.
    Missing,
    /// It counts.
    Fresh,
}

/// What the organisation states about a law's reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeNote {
    /// The statement's key, such as `ccpa.scope`.
    pub switch: String,
    /// The law, as a reader knows it: `GDPR`, `CCPA`, `CRA`.
    pub law: String,
    /// Whether it applies; `None` where nobody states it, or not freshly: then it is taken to apply.
    pub applies: Option<bool>,
    /// The reason as stated, or why nothing counts.
    pub reason: String,
    /// Who stated it.
    pub by: Option<String>,
    /// The statement's date, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// The ids of the controls that do not apply for it, sorted.
    pub controls: Vec<String>,
}

/// A part of the bundle: the files of one kind that come from one owner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Part {
    /// The kind, such as `script`.
    pub kind: String,
    /// The library, `first-party`, or `unknown`.
    pub owner: String,
    /// How many files.
    pub files: usize,
    /// Their bytes, unpacked.
    pub bytes: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's shape
const fn is_zero(number: &u32) -> bool {
    *number == 0
}
