use std::io::{Cursor, Write as _};
use std::sync::LazyLock;

use ::zip::write::SimpleFileOptions;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::LineEnding;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};

use super::*;
use crate::facts::testing::{OTHER_RSA, RSA, sign_raw};
use crate::facts::updaters::StepResult;
use crate::model::Digest;

mod delta;
mod electron;
mod flips;
mod keys;
mod v1;
mod zip;

const SESSION: [u8; 16] = *b"session key 0123";
const VECTOR: [u8; 16] = *b"\x01vector 67890abc";

/// A small web application as a zip; its ciphertext has several blocks.
fn app_zip() -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("index.html", "<script src=main.js></script>"), ("main.js", "console.log('hello')")] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn encrypt(plain: &[u8]) -> Vec<u8> {
    let mut bytes = plain.to_vec();
    bytes.resize(plain.len() + 16, 0);
    let cipher = cbc::Encryptor::<aes::Aes128>::new(&SESSION.into(), &VECTOR.into());
    cipher.encrypt_padded::<Pkcs7>(&mut bytes, plain.len()).unwrap().to_vec()
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `base64(iv):base64(block)`.
fn session_text(vector: &[u8], block: &[u8]) -> String {
    format!("{}:{}", STANDARD.encode(vector), STANDARD.encode(block))
}

/// The environment is the tests' only way to be told how much to try.
#[expect(clippy::disallowed_methods, reason = "the tool itself does not read it")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A part of a text that is all ASCII.
fn part_of(text: &str, range: impl std::slice::SliceIndex<str, Output = str>) -> &str {
    text.get(range).unwrap()
}

/// The v3 form of a signed checksum.
fn sign_v3(key: &rsa::PrivateKey, digest: &Digest) -> String {
    hex_of(&sign_raw(key, &crate::facts::crypto::hex(&digest.hex()).unwrap()))
}

/// The v2 form: the digest's hexadecimal text read as base64, 48 bytes.
fn sign_v2(key: &rsa::PrivateKey, digest: &Digest) -> String {
    STANDARD.encode(sign_raw(key, &STANDARD.decode(digest.hex()).unwrap()))
}

fn pem(key: &rsa::PublicKey) -> String {
    key.to_pkcs1_pem(LineEnding::LF).unwrap()
}

fn public_pem(key: &rsa::PrivateKey) -> String {
    pem(key.as_public_key())
}

fn config(plugin: &Value) -> Vec<u8> {
    json!({"appId": "com.example.app", "plugins": {"CapacitorUpdater": plugin}}).to_string().into_bytes()
}

/// A release with one zip, valid v3 as it is made.
#[derive(Clone)]
struct Release {
    plugin: Value,
    update: Value,
    /// The name and bytes of the bundle.
    bundle: Option<(&'static str, Vec<u8>)>,
    more: Vec<(&'static str, Vec<u8>)>,
}

/// Signing takes long: it is done once.
static V3: LazyLock<Release> = LazyLock::new(Release::make);

impl Release {
    fn v3() -> Self {
        V3.clone()
    }

    fn make() -> Self {
        let plain = app_zip();
        Self {
            plugin: json!({"publicKey": public_pem(&RSA)}),
            update: json!({
                "version": "1.2.3",
                "url": "https://files.example.com/orgs/x/apps/com.example.app/1.2.3.zip",
                "session_key": session_text(&VECTOR, &sign_raw(&RSA, &SESSION)),
                "checksum": sign_v3(&RSA, &Digest::of(&plain)),
            }),
            bundle: Some(("bundle.zip_encrypted.zip", encrypt(&plain))),
            more: Vec::new(),
        }
    }

    /// Plain, with a SHA-256, for an app without a key.
    fn v0() -> Self {
        let mut release = Self::v3();
        let plain = app_zip();
        release.plugin = json!({"autoUpdate": true});
        release.update["session_key"] = json!("");
        release.update["checksum"] = json!(Digest::of(&plain).hex());
        release.bundle = Some(("bundle.zip", plain));
        release
    }

    fn delivery(&self) -> Delivery {
        let mut files = vec![
            ("capacitor.config.json", config(&self.plugin)),
            ("update.json", self.update.to_string().into_bytes()),
        ];
        files.extend(self.bundle.clone());
        files.extend(self.more.clone());
        crate::facts::testing::delivery(files)
    }

    fn verify(&self) -> Verification {
        verify(&self.delivery())
    }

    fn word(&self) -> String {
        self.verify().result.word().into_owned()
    }

    fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.update[field] = value.into();
        self
    }

    fn key(mut self, text: &str) -> Self {
        self.plugin = json!({"publicKey": text});
        self
    }

    fn text(&self, field: &str) -> String {
        self.update[field].as_str().unwrap().to_owned()
    }

    fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bundle.as_mut().unwrap().1
    }
}

fn issues(verification: &Verification) -> Vec<&str> {
    verification.issues.iter().map(AsRef::as_ref).collect()
}

fn failed_step(verification: &Verification) -> Option<&'static str> {
    verification.steps.iter().find(|step| step.result == StepResult::Failed).map(|step| step.step)
}
