//! What one audit leaves behind: digests, verdicts and dates. No name of a person, no secret, no path of a machine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::canonical::canonical;
use super::incidents::IncidentRegister;
use crate::model::{
    AttestationState, Counts, Deviation, Digest, ExceptionState, GateResult, PolicySubject, Severity, Tool, Verdict,
};

/// The schema of a [`Record`] as JSON (`docs/ledger.md`).
pub const RECORD_SCHEMA: &str = "otaudit/record/v1";

/// One link of the chain of an app. Its name is the SHA-256 of its canonical JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// [`RECORD_SCHEMA`].
    pub schema: String,
    /// The app's id; `None` when no app was given, or its id could not be read.
    pub app: Option<String>,
    /// The channel that the app follows, when its configuration names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The version that the release states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its place in the chain: one more than the greatest of those before it, 1 for the first.
    pub number: u64,
    /// The names of the records before it, sorted: none for the first, several for one that joins a fork.
    pub previous: Vec<Digest>,
    /// The audit's clock, RFC 3339 in UTC.
    pub as_of: String,
    /// What made it.
    pub tool: Tool,
    /// What was found; a record that only joins a fork has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// The signature over the canonical JSON without this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<RecordSignature>,
}

/// What an audit found, in digests and words of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// SHA-256 of the report as `--format json` writes it.
    pub report: Option<Digest>,
    /// Of what.
    pub subject: Digests,
    /// Under which policy.
    pub policy: PolicySubject,
    /// What was lowered against the defaults.
    pub deviations: Vec<Deviation>,
    /// Whether the update might go out.
    pub gate: GateNote,
    /// How many assessments and findings there were of each kind.
    pub counts: Counts,
    /// The verdict on each control that was assessed: what has no finding any more has passed only if it is here.
    pub verdicts: BTreeMap<String, Verdict>,
    /// The findings, in the order of the report.
    pub findings: Vec<FindingNote>,
    /// The keys of the app.
    pub keys: Vec<KeyNote>,
    /// The exceptions, sorted by id.
    pub exceptions: Vec<ExceptionRecord>,
    /// The statements of the organisation, sorted by key.
    pub attestations: Vec<AttestationRecord>,
    /// What is stated of incidents; `None` when nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incidents: Option<IncidentRegister>,
    /// SHA-256 of the SubjectPublicKeyInfo of the key with which the release was verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<Digest>,
}

/// The digests of what was audited, each a SHA-256.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digests {
    /// Of the archive's bytes; a folder has none.
    pub archive: Option<Digest>,
    /// Of the content: the same for a zip and for the folder it was made from.
    pub content: Option<Digest>,
    /// Of the release's metadata file, or of the file that was verified in a release's folder.
    pub release: Option<Digest>,
    /// Of the configuration that ships.
    pub config: Option<Digest>,
}

/// The gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateNote {
    /// What it said.
    pub result: GateResult,
    /// From which severity on it fails.
    pub fail_on: Severity,
    /// Whether what a person has to decide fails it too.
    pub strict: bool,
    /// Whether what could not be read fails it.
    pub indeterminate_fails: bool,
    /// How many findings blocked.
    pub blocking: usize,
}

/// One finding, by its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FindingNote {
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// The control.
    pub control: String,
    /// Which of its rules.
    pub rule: String,
    /// How grave.
    pub severity: Severity,
    /// `fail`, `manual` or `indeterminate`.
    pub verdict: VerdictWord,
    /// The id of the exception that accepts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
}

/// A [`Verdict`] with an order, so that findings can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictWord {
    /// A criterion is violated.
    Fail,
    /// It could not be read or computed.
    Indeterminate,
    /// A person has to decide.
    Manual,
    /// Anything else.
    Other,
}

impl VerdictWord {
    /// The lower-case word of records and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Indeterminate => "indeterminate",
            Self::Manual => "manual",
            Self::Other => "other",
        }
    }
}

impl From<Verdict> for VerdictWord {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Fail => Self::Fail,
            Verdict::Indeterminate => Self::Indeterminate,
            Verdict::Manual => Self::Manual,
            Verdict::Pass | Verdict::Attested | Verdict::NotApplicable => Self::Other,
        }
    }
}

/// A key of the app.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeyNote {
    /// SHA-256 of its SubjectPublicKeyInfo; a symmetric key has none.
    pub fingerprint: Option<Digest>,
    /// Its first id in the key registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `RSA`, `EC P-256`, `Ed25519` …
    pub algorithm: Option<String>,
    /// Its length.
    pub bits: Option<u32>,
    /// What it is for: `signing`, `content-encryption`, `access`, `tls-pin`, `certificate`.
    pub purpose: String,
    /// Whether an update system reads it.
    pub in_use: bool,
    /// The day from which its age counts, `YYYY-MM-DD`.
    pub since: Option<String>,
    /// Whether it is that old (`exact`) or at least that old (`at-least`).
    pub bound: String,
    /// What the day rests on: `registry`, `certificate`, `git-history`, `nothing`.
    pub source: String,
    /// Its age in days at the audit.
    pub age_days: Option<i64>,
    /// When it went out of use, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<String>,
}

/// An exception, without the people who answer for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionRecord {
    /// Its id.
    pub id: String,
    /// The control it concerns.
    pub control: String,
    /// What became of it.
    pub state: ExceptionState,
    /// Its last day, `YYYY-MM-DD`.
    pub expires: String,
    /// How often it was renewed.
    pub renewals: u32,
    /// How many findings it accepted.
    pub findings: usize,
}

/// A statement of the organisation, by its digest: whoever has the statement can show that it is the one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttestationRecord {
    /// Its key, such as `gdpr.dpia`.
    pub key: String,
    /// What became of it.
    pub state: AttestationState,
    /// Its date, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// SHA-256 of the canonical JSON of key, date, value, last day and evidence; not of who stated it.
    pub sha256: Option<Digest>,
}

/// A signature over a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSignature {
    /// `ed25519`, or `ecdsa-p256-sha256` with a DER signature.
    pub algorithm: String,
    /// SHA-256 of the SubjectPublicKeyInfo of the key.
    pub key: Digest,
    /// The signature as base64.
    pub value: String,
}

impl Record {
    /// Its bytes: canonical JSON.
    ///
    /// # Errors
    /// None that is known: the value is plain data.
    pub fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        canonical(self)
    }

    /// The bytes that a signature covers: the record without its signature.
    ///
    /// # Errors
    /// None that is known: the value is plain data.
    pub fn signed_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        canonical(&Self { signature: None, ..self.clone() })
    }

    /// Its moment, in seconds since 1970; `None` when the text is none.
    #[must_use]
    pub fn moment(&self) -> Option<i64> {
        self.as_of.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
    }

    /// Its day in UTC.
    #[must_use]
    pub fn day(&self) -> Option<jiff::civil::Date> {
        let moment = self.as_of.parse::<jiff::Timestamp>().ok()?;
        Some(moment.to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// The app's id as it is shown.
    #[must_use]
    pub fn app_shown(&self) -> &str {
        self.app.as_deref().unwrap_or("(no app)")
    }
}
