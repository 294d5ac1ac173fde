//! Makes a release with provenance for the controls' cases: an archive, an in-toto statement about it in a signed DSSE
//! envelope, and the public key, in one folder.
//!
//! Options: `subject: other` (the statement is of another archive), `predicate` (its type), `tamper: signature`,
//! `key: none` (the public key is not given).
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // small and trusted

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::archive::{Archive, Record};

const TYPE: &str = "application/vnd.in-toto+json";

/// The files of the release.
pub fn make(options: &BTreeMap<String, String>, bundle: &[(String, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    let option = |name: &str| options.get(name).map(String::as_str);
    let records = bundle.iter().map(|(path, bytes)| Record::deflated(path, bytes)).collect();
    let zip = Archive { records, ..Archive::default() }.bytes();
    let subject: &[u8] = if option("subject") == Some("other") { b"another bundle" } else { &zip };
    let digest: String = Sha256::digest(subject).iter().map(|byte| format!("{byte:02x}")).collect();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "bundle.zip", "digest": {"sha256": digest}}],
        "predicateType": option("predicate").unwrap_or("https://slsa.dev/provenance/v1"),
        "predicate": {},
    });
    let payload = serde_json::to_vec(&statement).unwrap();
    let mut message = format!("DSSEv1 {} {TYPE} {} ", TYPE.len(), payload.len()).into_bytes();
    message.extend_from_slice(&payload);
    let key = SigningKey::from_slice(&[5; 32]).unwrap();
    let signature: Signature = key.sign(&message);
    let mut signature = signature.to_der().as_bytes().to_vec();
    if option("tamper") == Some("signature") {
        signature[20] ^= 1;
    }
    let envelope = json!({
        "payloadType": TYPE,
        "payload": STANDARD.encode(&payload),
        "signatures": [{"sig": STANDARD.encode(&signature)}],
    });
    let mut files =
        vec![("bundle.zip".to_owned(), zip), ("provenance.json".to_owned(), serde_json::to_vec(&envelope).unwrap())];
    if option("key") != Some("none") {
        // SubjectPublicKeyInfo of id-ecPublicKey with prime256v1 (RFC 5480), without the point.
        let mut der =
            b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00"
                .to_vec();
        der.extend_from_slice(key.verifying_key().to_sec1_point(false).as_bytes());
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der));
        files.push(("release.pub".to_owned(), pem.into_bytes()));
    }
    files
}
