//! Signed statements about an audit: in-toto Statement v1 in a DSSE envelope, and what has to hold before one is believed.
//!
//! Sources: in-toto attestation spec v1 (statement, resource descriptor), predicates test-result v0.1 and SVR v0.2;
//! DSSE v1.0.2 (`protocol.md`, `envelope.md`).

mod believe;
mod predicate;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use believe::{Believed, Held, Rules, believe};
pub use predicate::Predicate;

use super::canonical::canonical;
use super::signing::{SigningKey, TrustedKey};
use crate::facts::crypto;
use crate::model::{Digest, Problem, Report};

/// The `_type` of a statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// The payload type of an envelope that holds one.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// A statement is not longer.
const LONGEST: usize = 16 * 1024 * 1024;

/// An in-toto statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// [`STATEMENT_TYPE`].
    #[serde(rename = "_type")]
    pub type_uri: String,
    /// What it is about.
    pub subject: Vec<Descriptor>,
    /// What sort of predicate follows.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What is said.
    pub predicate: Value,
}

/// A resource descriptor: something that has a name and a digest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Descriptor {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Its digests by algorithm.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub digest: std::collections::BTreeMap<String, String>,
    /// What else is said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Value>,
}

/// A DSSE envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The payload as base64.
    pub payload: String,
    /// What the payload is.
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// The signatures over both.
    pub signatures: Vec<EnvelopeSignature>,
}

/// A signature of an envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeSignature {
    /// A hint at the key: SHA-256 of its SubjectPublicKeyInfo.
    #[serde(default)]
    pub keyid: String,
    /// The signature as base64.
    pub sig: String,
}

/// The digests of a bundle that is at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BundleDigests {
    /// Of the archive; a folder has none.
    pub archive: Option<Digest>,
    /// Of the content; where it was not computed, `None`.
    pub content: Option<Digest>,
}

/// DSSE's pre-authentication encoding: what a signature covers.
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

/// The statement that `report`, whose file has the digest `file`, makes about the bundle at hand.
///
/// # Errors
/// When the report is about another bundle or about none, or the predicate can't say what it says.
pub fn statement(report: &Report, file: Digest, bundle: BundleDigests, kind: Predicate) -> Result<Statement, Problem> {
    let Some(subject) = &report.subject.bundle else {
        return Err(Problem::new("the report is about no bundle").help("audit the bundle that is to go out"));
    };
    let (name, digest) = match (subject.digest.sha256, bundle.archive) {
        (Some(stated), Some(own)) if stated == own => (subject.name.clone(), own),
        // What `sha256sum` prints of the folder's files has this digest (docs/architecture.md, the content digest).
        (None, None) if bundle.content == Some(subject.content_digest) => {
            (format!("{}.sha256sums", subject.name), subject.content_digest)
        }
        (stated, own) => {
            let words = |digest: Option<Digest>| digest.map_or_else(|| "a folder".to_owned(), |digest| digest.hex());
            let (stated, own) = if stated == own {
                (subject.content_digest.hex(), words(bundle.content))
            } else {
                (words(stated), words(own))
            };
            return Err(Problem::new(format!(
                "the report is not about this bundle: it has `{stated}`, the bundle is `{own}`"
            ))
            .help("audit this bundle and attest that report: `otaudit check BUNDLE --format json=report.json`"));
        }
    };
    Ok(Statement {
        type_uri: STATEMENT_TYPE.to_owned(),
        subject: vec![Descriptor { name: Some(name), digest: sha256(digest), ..Descriptor::default() }],
        predicate_type: kind.uri().to_owned(),
        predicate: predicate::of(report, file, kind)?,
    })
}

fn sha256(digest: Digest) -> std::collections::BTreeMap<String, String> {
    [("sha256".to_owned(), digest.hex())].into()
}

/// The statement in an envelope, signed.
///
/// # Errors
/// None that is known: the statement is plain data.
pub fn seal(statement: &Statement, key: &SigningKey) -> Result<Envelope, Problem> {
    let payload =
        canonical(statement).map_err(|error| Problem::new(format!("the statement can't be written: {error}")))?;
    let signature = key.sign(&pae(PAYLOAD_TYPE, &payload));
    Ok(Envelope {
        payload: STANDARD.encode(&payload),
        payload_type: PAYLOAD_TYPE.to_owned(),
        signatures: vec![EnvelopeSignature { keyid: key.fingerprint().hex(), sig: STANDARD.encode(signature) }],
    })
}

/// Opens an envelope: the statement, and the keys of `keys` that signed it.
///
/// # Errors
/// When it is no envelope of a statement.
pub fn open(bytes: &[u8], keys: &[TrustedKey]) -> Result<(Statement, Vec<Digest>), Problem> {
    let help = "expected an in-toto statement in a DSSE envelope, as `otaudit attest` writes it";
    let no = |why: &str| Problem::new(format!("the statement can't be read: {why}")).help(help);
    if bytes.len() > LONGEST {
        return Err(no("it is too long"));
    }
    let envelope: Envelope = serde_json::from_slice(bytes).map_err(|error| no(&error.to_string()))?;
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(no("its payload is no in-toto statement"));
    }
    let decode = |text: &str| crypto::base64(text).or_else(|| crypto::base64_url(text));
    let payload = decode(&envelope.payload).ok_or_else(|| no("its payload is not base64"))?;
    let statement: Statement = serde_json::from_slice(&payload).map_err(|error| no(&error.to_string()))?;
    if statement.type_uri != STATEMENT_TYPE {
        return Err(no("it is no statement of version 1"));
    }
    let signed = pae(&envelope.payload_type, &payload);
    let signatures: Vec<Vec<u8>> =
        envelope.signatures.iter().take(16).filter_map(|signature| decode(&signature.sig)).collect();
    // The key's name in the envelope is a hint that nobody signed: each key is tried.
    let by = keys
        .iter()
        .filter(|key| signatures.iter().any(|signature| key.verifies(&signed, signature)))
        .map(|key| key.fingerprint)
        .collect();
    Ok((statement, by))
}
