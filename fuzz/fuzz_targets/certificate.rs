//! The certificate of an Expo release, as DER, and a served chain.
#![no_main]

use libfuzzer_sys::fuzz_target;
use otaudit::facts::updaters::{Delivery, verify};

const APP: &str = r#"{"expo":{"updates":{"url":"https://u.example","codeSigningCertificate":"certificate.pem","codeSigningMetadata":{"keyid":"main","alg":"rsa-v1_5-sha256"}}}}"#;
const HEADERS: &str = r#"{"content-type":"application/json","expo-signature":"sig=\"AAAA\", keyid=\"main\", alg=\"rsa-v1_5-sha256\""}"#;
const MANIFEST: &str = r#"{"id":"a","launchAsset":{"key":"main.js","url":"https://u.example/main.js"},"assets":[]}"#;

fuzz_target!(|bytes: &[u8]| {
    let files = vec![
        ("app.json", APP.as_bytes().to_vec()),
        ("headers.json", HEADERS.as_bytes().to_vec()),
        ("manifest.body", MANIFEST.as_bytes().to_vec()),
        ("certificate.pem", bytes.to_vec()),
    ];
    let _ = verify(&Delivery::of_memory(files, 1_796_083_200));
});
