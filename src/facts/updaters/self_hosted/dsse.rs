//! DSSE envelopes with in-toto statements, and sigstore's bundles, verified with a key that is given. The transparency log
//! and the identity in the certificate of a sigstore bundle need the network's state and are not checked.

use super::detached::{Algorithm, readings, verifies};
use crate::facts::crypto;
use crate::facts::keys::public::PublicKey;
use crate::facts::updaters::delivery::Document;
use crate::facts::updaters::verification::Reason;
use crate::inputs::{JsonNode, JsonValue, Leniency, parse_json};
use crate::model::Digest;

/// The type of an in-toto statement in an envelope.
const STATEMENT: &str = "application/vnd.in-toto+json";
/// How the type of every version of the statement begins.
const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/";
/// Signatures of one envelope that are tried.
const MOST_SIGNATURES: usize = 64;

/// Whether the value is an envelope or one of sigstore's bundles.
pub(super) fn is_attestation(root: &JsonValue) -> bool {
    envelope(root).is_some() || root.path(&["messageSignature", "signature"]).is_some()
}

fn envelope(root: &JsonValue) -> Option<&JsonValue> {
    let envelope = root.get("dsseEnvelope").unwrap_or(root);
    let is_one = ["payloadType", "payload", "signatures"].iter().all(|field| envelope.get(field).is_some());
    is_one.then_some(envelope)
}

/// The type of the predicate that an envelope's in-toto statement says it has; nothing is verified here.
pub(super) fn predicate(document: &Document) -> Option<String> {
    let payload = decoded(envelope(&document.json.root)?.get("payload"))?;
    let statement = parse_json(std::str::from_utf8(&payload).ok()?).ok()?;
    Some(statement.root.get("predicateType")?.as_str()?.to_owned())
}

/// Verifies an attestation of `message`; how it did, or why not.
pub(super) fn verify(
    key: &PublicKey,
    document: &Document,
    message: &[u8],
) -> Result<(Algorithm, &'static str), (String, Reason)> {
    let root = &document.json.root;
    match envelope(root) {
        Some(envelope) => envelope_holds(key, envelope, message).map(|algorithm| (algorithm, "a DSSE envelope")),
        None => message_holds(key, root, message).map(|algorithm| (algorithm, "a sigstore message signature")),
    }
}

fn decoded(value: Option<&JsonValue>) -> Option<Vec<u8>> {
    let text = value?.as_str()?;
    crypto::base64(text).or_else(|| crypto::base64_url(text))
}

/// What is signed in an envelope (DSSE v1, "Pre-Authentication Encoding").
pub(super) fn encoding(kind: &str, payload: &[u8]) -> Vec<u8> {
    let mut encoding = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    encoding.extend_from_slice(payload);
    encoding
}

fn envelope_holds(key: &PublicKey, envelope: &JsonValue, message: &[u8]) -> Result<Algorithm, (String, Reason)> {
    let kind = envelope.get("payloadType").and_then(JsonValue::as_str);
    let (Some(kind), Some(payload)) = (kind, decoded(envelope.get("payload"))) else {
        return Err(("its payload or the payload's type cannot be read".to_owned(), "metadata_invalid"));
    };
    let signatures = match envelope.get("signatures").map(|value| &value.node) {
        Some(JsonNode::Array(signatures)) => signatures.as_slice(),
        _ => &[],
    };
    if signatures.is_empty() {
        return Err(("the envelope has no signature".to_owned(), "signature_missing"));
    }
    let signed = encoding(kind, &payload);
    let algorithm = signatures
        .iter()
        .take(MOST_SIGNATURES)
        .filter_map(|signature| decoded(signature.get("sig")))
        .find_map(|signature| verifies(key, None, &signed, &signature));
    let Some(algorithm) = algorithm else {
        return Err(("none of its signatures is of this key".to_owned(), "signature_invalid"));
    };
    if kind != STATEMENT {
        return Err((format!("its payload is {kind}, not an in-toto statement"), "payload_unsupported"));
    }
    subject_holds(&payload, message)?;
    Ok(algorithm)
}

fn subject_holds(payload: &[u8], message: &[u8]) -> Result<(), (String, Reason)> {
    let statement = std::str::from_utf8(payload).ok().and_then(|text| parse_json(text).ok());
    let Some(statement) = statement else {
        return Err(("the signed payload is no JSON".to_owned(), "metadata_invalid"));
    };
    if statement.leniency.iter().any(|one| matches!(one, Leniency::DuplicateKey { .. })) {
        return Err(("the signed statement repeats a key".to_owned(), "metadata_ambiguous"));
    }
    let root = &statement.root;
    if !root.get("_type").and_then(JsonValue::as_str).is_some_and(|kind| kind.starts_with(STATEMENT_TYPE)) {
        return Err(("the signed payload is no in-toto statement".to_owned(), "payload_unsupported"));
    }
    let subjects = match root.get("subject").map(|value| &value.node) {
        Some(JsonNode::Array(subjects)) => subjects.as_slice(),
        _ => &[],
    };
    let digest = Digest::of(message);
    let is_it = |subject: &JsonValue| {
        let stated = subject.path(&["digest", "sha256"]).and_then(JsonValue::as_str);
        stated.and_then(Digest::from_hex) == Some(digest)
    };
    if subjects.iter().any(is_it) {
        return Ok(());
    }
    let stated = subjects.iter().find_map(|subject| subject.path(&["digest", "sha256"]).and_then(JsonValue::as_str));
    let stated =
        stated.and_then(Digest::from_hex).map_or_else(String::new, |other| format!("; its subject is {other}"));
    Err((format!("the signed statement has no subject with sha256 {digest}{stated}"), "subject_mismatch"))
}

fn message_holds(key: &PublicKey, root: &JsonValue, message: &[u8]) -> Result<Algorithm, (String, Reason)> {
    let signature = root.path(&["messageSignature", "signature"]).and_then(JsonValue::as_str).unwrap_or_default();
    let algorithm = readings(signature.as_bytes()).iter().find_map(|bytes| verifies(key, None, message, bytes));
    let Some(algorithm) = algorithm else {
        return Err(("its signature is not of this key over the bundle".to_owned(), "signature_invalid"));
    };
    if let Some(stated) = root.path(&["messageSignature", "messageDigest", "digest"])
        && decoded(Some(stated)).as_deref() != Some(Digest::of(message).as_bytes().as_slice())
    {
        return Err(("the digest it states is not the bundle's".to_owned(), "subject_mismatch"));
    }
    Ok(algorithm)
}
