//! What the verification of a release establishes: which steps were made, with which key, what they showed, and what
//! the update system leaves unsigned.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::facts::Advised;
use crate::facts::keys::public::PublicKeyFact;
use crate::model::{Confidence, Digest};

/// The schema of [`Verification`] as JSON.
pub const VERIFICATION_SCHEMA: &str = "otaudit/verification/v1";

/// What was established about one release.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// [`VERIFICATION_SCHEMA`].
    pub schema: &'static str,
    /// The update system: `capgo`, `capawesome`, `ionic`, `expo`, `codepush`, `chcp`, `otakit`, `self-hosted`; or `none`.
    pub system: &'static str,
    /// Which of the system's formats: `v3`, `delta`, `manifest` …
    pub generation: Option<&'static str>,
    /// What the release comes to.
    pub result: Verdict,
    /// How sure the knowledge of the format is: `high`, or `low` where it is known from documentation only.
    #[serde(serialize_with = "in_words")]
    pub confidence: Confidence,
    /// The steps in their order, as the device makes them or should.
    pub steps: Vec<Step>,
    /// The key that the release was verified with.
    pub key: Option<PublicKeyFact>,
    /// What no signature covers, in the vocabulary `…_not_authenticated`.
    pub not_covered: Vec<&'static str>,
    /// What is wrong beside the result, as stable words in snake_case (some rules are kebab-case); sorted, no duplicates.
    pub issues: Vec<Cow<'static, str>>,
    /// What was verified.
    pub subject: Option<VerifiedSubject>,
    /// The known weaknesses of the update plugins that the app has installed.
    pub advisories: Vec<Advised>,
    /// What the content is encrypted with, when that was opened.
    #[serde(skip)]
    pub encryption: Option<Encryption>,
    /// The content as the device would install it, when it could be had.
    #[serde(skip)]
    pub content: Option<PlainContent>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the signature that serde asks for
fn in_words<S: Serializer>(confidence: &Confidence, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match confidence {
        Confidence::Certain => "high",
        Confidence::Likely => "medium",
        Confidence::Possible => "low",
    })
}

impl Verification {
    /// Adds something worth knowing that decides nothing.
    pub fn note(&mut self, step: &'static str, detail: &str) {
        let detail = crate::model::printable(detail, 500);
        self.steps.push(Step { step, result: StepResult::Noted, detail });
    }
}

/// What a content is encrypted with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// The cipher and its mode.
    pub cipher: &'static str,
    /// Bits of the content's key.
    pub bits: u32,
    /// Whether the cipher itself shows a change.
    pub authenticated: bool,
    /// SHA-256 of the content's key: enough to tell whether two are the same.
    pub key_sha256: Digest,
    /// SHA-256 of the initialisation vector or nonce.
    pub vector_sha256: Digest,
}

/// The file that was verified.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedSubject {
    /// Its path in the release.
    pub path: String,
    /// Its length in bytes as delivered.
    pub bytes: u64,
    /// The digest of the bytes as delivered.
    pub sha256: Digest,
}

/// The plain content of a release.
#[derive(Clone, Debug)]
pub enum PlainContent {
    /// A zip archive, decrypted, and its digest.
    Zip(Vec<u8>, Digest),
    /// The zip archive is the delivered file at this path, which is not encrypted.
    Delivered(String),
    /// Files by the name they would be installed under (not inert, possibly hostile), decrypted and decompressed.
    Files(Vec<(String, Vec<u8>)>),
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Which: a short phrase, such as `session key`.
    pub step: &'static str,
    /// How it went.
    pub result: StepResult,
    /// What was seen, inert.
    pub detail: String,
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepResult {
    /// It held.
    Passed,
    /// It did not hold.
    Failed,
    /// The system has no such protection here, or it is off: nothing was shown.
    Absent,
    /// It was noted; it decides nothing.
    Noted,
}

/// What a release comes to; serialised as its word, `reject:<reason>` for refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The signature verifies and the content is what was signed.
    Valid,
    /// As `Valid`, in a form that current versions of the plugin refuse.
    ValidLegacy,
    /// Capgo v1: it decrypts with the key that the app publishes; nothing is signed.
    DecryptsV1Unsigned,
    /// The SHA-256 agrees; nothing is signed.
    UnsignedSha256Ok,
    /// The CRC-32 agrees; nothing is signed.
    UnsignedCrc32Ok,
    /// The hash of every file agrees; nothing is signed.
    UnsignedHashOk,
    /// Every MD5 agrees; nothing is signed.
    Md5OkUnsigned,
    /// Every integrity value (SRI) agrees; nothing is signed.
    UnsignedSriOk,
    /// Nothing is stated that the bundle could be compared with.
    NoChecksum,
    /// There is no bundle; the configuration or its keys are at fault, and the issues say how.
    ConfigFinding,
    /// The device refuses it, or should.
    Reject(Reason),
    /// Nothing could be checked: no bundle, no metadata, or neither is of a known system.
    NothingToVerify,
}

/// Why a release is refused.
pub type Reason = &'static str;

impl Verdict {
    /// Whether an authentic release was shown.
    #[must_use]
    pub const fn is_authentic(self) -> bool {
        matches!(self, Self::Valid | Self::ValidLegacy)
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Valid => "valid",
            Self::ValidLegacy => "valid_legacy",
            Self::DecryptsV1Unsigned => "decrypts_v1_unsigned",
            Self::UnsignedSha256Ok => "unsigned_sha256_ok",
            Self::UnsignedCrc32Ok => "unsigned_crc32_ok",
            Self::UnsignedHashOk => "unsigned_hash_ok",
            Self::Md5OkUnsigned => "md5_ok_unsigned",
            Self::UnsignedSriOk => "unsigned_sri_ok",
            Self::NoChecksum => "no_checksum",
            Self::ConfigFinding => "config_finding",
            Self::NothingToVerify => "nothing_to_verify",
            Self::Reject(reason) => return Cow::Owned(format!("reject:{reason}")),
        })
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.word())
    }
}

/// The record that a system writes while it verifies. Its steps end with `?` where the release is refused.
#[derive(Debug)]
pub struct Record {
    verification: Verification,
}

impl Record {
    /// An empty record of this system.
    #[must_use]
    pub fn new(system: &'static str) -> Self {
        Self {
            verification: Verification {
                schema: VERIFICATION_SCHEMA,
                system,
                generation: None,
                result: Verdict::NothingToVerify,
                confidence: Confidence::Certain,
                steps: Vec::new(),
                key: None,
                not_covered: Vec::new(),
                issues: Vec::new(),
                subject: None,
                advisories: Vec::new(),
                encryption: None,
                content: None,
            },
        }
    }

    /// Says which of the system's formats it is.
    pub fn generation(&mut self, generation: &'static str) {
        self.verification.generation = Some(generation);
    }

    /// Says how sure the knowledge of the format is.
    pub fn confidence(&mut self, confidence: Confidence) {
        self.verification.confidence = confidence;
    }

    /// Says which key verifies.
    pub fn key(&mut self, key: PublicKeyFact) {
        self.verification.key = Some(key);
    }

    /// Says what is verified.
    pub fn subject(&mut self, path: &str, bytes: u64, sha256: Digest) {
        self.verification.subject = Some(VerifiedSubject { path: path.to_owned(), bytes, sha256 });
    }

    /// Says what the content is encrypted with: AES in the mode of this name.
    pub fn encryption(&mut self, cipher: &'static str, key: &[u8], vector: &[u8]) {
        self.verification.encryption = Some(Encryption {
            cipher,
            bits: u32::try_from(key.len().saturating_mul(8)).unwrap_or(u32::MAX),
            authenticated: cipher.ends_with("GCM"),
            key_sha256: Digest::of(key),
            vector_sha256: Digest::of(vector),
        });
    }

    /// Hands over the plain content.
    pub fn content(&mut self, content: PlainContent) {
        self.verification.content = Some(content);
    }

    /// A step that held.
    pub fn passed(&mut self, step: &'static str, detail: impl Into<String>) {
        self.step(step, StepResult::Passed, detail);
    }

    /// A step that the system or this app does not make.
    pub fn absent(&mut self, step: &'static str, detail: impl Into<String>) {
        self.step(step, StepResult::Absent, detail);
    }

    /// Something worth knowing that decides nothing.
    pub fn noted(&mut self, step: &'static str, detail: impl Into<String>) {
        self.step(step, StepResult::Noted, detail);
    }

    /// A step that did not hold; `return Err(record.failed(…))` refuses the release.
    pub fn failed(&mut self, step: &'static str, detail: impl Into<String>, reason: Reason) -> Reason {
        self.step(step, StepResult::Failed, detail);
        reason
    }

    /// Something wrong beside the result.
    pub fn issue(&mut self, issue: impl Into<Cow<'static, str>>) {
        self.verification.issues.push(issue.into());
    }

    /// Says what no signature covers.
    pub fn not_covered(&mut self, what: &[&'static str]) {
        self.verification.not_covered.extend_from_slice(what);
    }

    fn step(&mut self, step: &'static str, result: StepResult, detail: impl Into<String>) {
        let detail = crate::model::printable(&detail.into(), 500);
        self.verification.steps.push(Step { step, result, detail });
    }

    /// The verification, with the verdict or the reason of refusal.
    #[must_use]
    pub fn close(mut self, result: Result<Verdict, Reason>) -> Verification {
        self.verification.result = result.unwrap_or_else(Verdict::Reject);
        self.verification.issues.sort();
        self.verification.issues.dedup();
        self.verification
    }
}
