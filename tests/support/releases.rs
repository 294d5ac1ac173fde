//! Makes releases for the controls' cases, signed with throw-away keys that are the same every time. Each is made of the
//! files of a case's bundle and written into one folder: configuration, metadata, bundle.
//!
//! Kinds: `capgo-v3`, `capgo-v2`, `capgo-v1`, `capgo-plain` (SHA-256), `capgo-crc32`, `capgo-delta`,
//! `capgo-delta-plain`, `capawesome-signed`, `capawesome-plain`, `otakit-signed`, `otakit-plain`, `otakit-encrypted`,
//! `chcp`, `sha256` (a plain checksum of no update system).
//!
//! Options, all of them texts:
//! - `tamper`: `ciphertext` or `bundle` (one bit of the bundle), `file` (one bit of a delta's first file, else of the bundle),
//!   `checksum` (one digit of the checksum, signature or digest), `session-key` (one bit of its block), `no-checksum`,
//!   `no-session-key`, `no-signature`, `other-content` (the metadata are those of another bundle); of a manifest's names:
//!   `traversal`, `duplicate`, `missing` (a file is not delivered), `left-out` (a file is delivered and not in the manifest),
//!   `no-index`, `swapped` (two names in each other's place).
//! - `key`: which key the app has: `none`, `other` (than the one that signed), `1024`, `3072`, `4096`, `e3`, `spki-header`,
//!   `leading-newline`, `private`. Of a length it also signs, where the system can use it.
//! - `publickey`: `yes` or `no`, whether the app has a public key; by default what belongs to the kind.
//! - `version`, `url`, `channel`, `app`: what the release says of itself. `channel` is also the app's where it is signed.
//! - `session`: a number; another one gives another session key and vector. `iat`, `exp`: seconds since 1970 (`OtaKit`).
//! - `plugin`, `config`, `metadata`: JSON that is merged into the plugin's block, the configuration, the metadata.
//! - `omit`: `config`, `metadata` or `bundle` is not written. `folder`: all of it is written below this folder.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)] // small and trusted

use std::collections::BTreeMap;

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::{EncodePublicKey as _, LineEnding};
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, Oaep, PrivateKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::archive::{Archive, Record};
use crate::signing::{
    OTHER_RSA, RSA, RSA_1024, RSA_3072, ec_key, ec_spki, hex, other_digit, private_key, sealed, sign, sign_otakit,
    sign_raw, spki,
};

/// The moment at which the cases' dates are judged.
const NOW: i64 = 1_796_083_200;
/// The key that `OtaKit`'s bundle keys are wrapped with.
const WRAPPING: [u8; 32] = [7; 32];

type Files = Vec<(String, Vec<u8>)>;

/// SHA-256 of the `SubjectPublicKeyInfo` of the key of Capgo's and Capawesome's releases.
pub fn capgo_key_sha256() -> String {
    hex(&Sha256::digest(RSA.as_public_key().to_public_key_der().unwrap().as_bytes()))
}

/// A public key that signs no release.
pub fn other_public_key() -> String {
    spki(&OTHER_RSA)
}

/// The private key of Capgo's releases, as its tool leaves it beside the app.
pub fn capgo_private_key() -> String {
    private_key()
}

/// The public key of Capgo's releases, for the configuration of an app that is handed over apart.
pub fn capgo_public_key() -> String {
    RSA.as_public_key().to_pkcs1_pem(LineEnding::LF).unwrap()
}

/// The public key of Capawesome's releases.
pub fn capawesome_public_key() -> String {
    spki(&RSA)
}

/// The files of a release of this kind, made from the files of a bundle.
pub fn make(kind: &str, options: &BTreeMap<String, String>, bundle: &[(String, Vec<u8>)]) -> Files {
    let made = Made { kind, options, bundle };
    let files = match kind {
        "capgo-v3" | "capgo-v2" | "capgo-v1" | "capgo-plain" | "capgo-crc32" => made.capgo(),
        "capgo-delta" | "capgo-delta-plain" => made.capgo_delta(),
        "capawesome-signed" | "capawesome-plain" => made.capawesome(),
        "otakit-signed" | "otakit-plain" | "otakit-encrypted" => made.otakit(),
        "chcp" => made.chcp(),
        "sha256" => made.sha256(),
        _ => panic!("there is no release `{kind}`"),
    };
    let folder = made.option("folder").map_or_else(String::new, |folder| format!("{folder}/"));
    files.into_iter().map(|(path, bytes)| (format!("{folder}{path}"), bytes)).collect()
}

/// What a release is made of.
struct Made<'a> {
    kind: &'a str,
    options: &'a BTreeMap<String, String>,
    bundle: &'a [(String, Vec<u8>)],
}

impl Made<'_> {
    fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str)
    }

    fn tampers(&self, what: &[&str]) -> bool {
        self.option("tamper").is_some_and(|tamper| what.contains(&tamper))
    }

    fn text(&self, name: &str, otherwise: &str) -> String {
        self.option(name).unwrap_or(otherwise).to_owned()
    }

    fn version(&self) -> String {
        self.text("version", "1.4.0")
    }

    fn number(&self, name: &str, otherwise: i64) -> i64 {
        self.option(name).map_or(otherwise, |text| text.parse().unwrap())
    }

    fn zip(&self) -> Vec<u8> {
        let records = self.files().iter().map(|(path, bytes)| Record::deflated(path, bytes)).collect();
        Archive { records, ..Archive::default() }.bytes()
    }

    fn files(&self) -> Files {
        if self.bundle.is_empty() {
            return vec![("index.html".to_owned(), b"<!doctype html>\n<title>Harbour</title>\n".to_vec())];
        }
        self.bundle.to_vec()
    }

    /// The session key and the vector.
    fn session(&self) -> ([u8; 16], [u8; 16]) {
        let digest: [u8; 32] = Sha256::digest(self.text("session", "1")).into();
        (digest[..16].try_into().unwrap(), digest[16..].try_into().unwrap())
    }

    fn encrypt(&self, plain: &[u8]) -> Vec<u8> {
        let (key, vector) = self.session();
        let mut bytes = plain.to_vec();
        bytes.resize(plain.len() + 16, 0);
        let cipher = cbc::Encryptor::<aes::Aes128>::new(&key.into(), &vector.into());
        cipher.encrypt_padded::<Pkcs7>(&mut bytes, plain.len()).unwrap().to_vec()
    }

    /// The key that signs.
    fn signer(&self) -> &'static PrivateKey {
        match (self.option("key"), self.kind) {
            (Some("1024"), "capawesome-signed") => &RSA_1024,
            (Some("3072"), "capawesome-signed") => &RSA_3072,
            _ => &RSA,
        }
    }

    /// The text of Capgo's public key in the configuration.
    fn capgo_key(&self) -> Option<String> {
        let pem = |key: &rsa::PublicKey| key.to_pkcs1_pem(LineEnding::LF).unwrap();
        let of = |modulus: &BoxedUint, exponent: u64| {
            pem(&rsa::PublicKey::new_with_size_limits(modulus.clone(), BoxedUint::from(exponent), 512..=16_384)
                .unwrap())
        };
        Some(match self.option("key").unwrap_or_default() {
            "" => capgo_public_key(),
            "none" => return None,
            "other" => pem(OTHER_RSA.as_public_key()),
            "1024" => pem(RSA_1024.as_public_key()),
            "3072" => pem(RSA_3072.as_public_key()),
            // An odd number of so many bits; nobody needs to know its factors.
            "4096" => of(&BoxedUint::from_be_slice(&[0xA5; 512], 4096).unwrap(), 65537),
            "e3" => of(RSA.as_public_key().n().as_ref(), 3),
            "spki-header" => RSA.as_public_key().to_public_key_pem(LineEnding::LF).unwrap(),
            "leading-newline" => format!("\n{}", capgo_public_key()),
            "private" => private_key(),
            other => panic!("there is no key `{other}`"),
        })
    }

    fn has_key(&self, otherwise: bool) -> bool {
        self.option("publickey").map_or(otherwise, |word| word == "yes") && self.option("key") != Some("none")
    }

    /// The configuration with this block, and this document of metadata, and whatever else is delivered.
    fn release(&self, block: (&str, Value), metadata: (&str, Value), rest: Files) -> Files {
        let mut config =
            json!({"appId": self.text("app", "com.example.harbour"), "appName": "Harbour", "webDir": "www"});
        let (name, mut plugin) = block;
        merge(&mut plugin, self.option("plugin"));
        config["plugins"] = json!({name: plugin});
        merge(&mut config, self.option("config"));
        let (path, mut document) = metadata;
        merge(&mut document, self.option("metadata"));
        let mut files = Vec::new();
        if self.option("omit") != Some("config") {
            files.push(("capacitor.config.json".to_owned(), pretty(&config)));
        }
        if self.option("omit") != Some("metadata") {
            files.push((path.to_owned(), pretty(&document)));
        }
        if self.option("omit") != Some("bundle") {
            files.extend(rest);
        }
        files
    }

    fn capgo(&self) -> Files {
        let plain = self.zip();
        let signed = matches!(self.kind, "capgo-v3" | "capgo-v2");
        let encrypted = signed || self.kind == "capgo-v1";
        let digest = Sha256::digest(if self.tampers(&["other-content"]) { &b"another bundle"[..] } else { &plain });
        let mut checksum = match self.kind {
            "capgo-v3" => hex(&sign_raw(&RSA, &digest)),
            "capgo-v2" => STANDARD.encode(sign_raw(&RSA, &STANDARD.decode(hex(&digest)).unwrap())),
            "capgo-plain" => hex(&digest),
            _ => format!("{:08x}", crc32fast::hash(&plain)),
        };
        if self.tampers(&["checksum"]) {
            checksum = other_digit(&checksum);
        } else if self.tampers(&["no-checksum", "no-signature"]) {
            checksum.clear();
        }
        let mut bytes = if encrypted { self.encrypt(&plain) } else { plain };
        if self.tampers(&["ciphertext", "bundle", "file"]) {
            flip(&mut bytes);
        }
        let version = self.version();
        let update = json!({
            "version": version,
            "url": self.text("url", &format!("https://updates.example.com/{version}.zip")),
            "channel": self.text("channel", "production"),
            "checksum": checksum,
            "session_key": if encrypted { self.session_text() } else { String::new() },
        });
        let mut block = json!({"autoUpdate": true});
        if self.kind == "capgo-v1" {
            block["privateKey"] = json!(private_key());
        } else if self.has_key(signed) {
            block["publicKey"] = json!(self.capgo_key());
        }
        let name = if encrypted { "bundle.zip_encrypted.zip" } else { "bundle.zip" };
        self.release(("CapacitorUpdater", block), ("update.json", update), vec![(name.to_owned(), bytes)])
    }

    fn session_text(&self) -> String {
        let (key, vector) = self.session();
        let mut block = match self.kind {
            "capgo-v1" => {
                let mut numbers = StdRng::seed_from_u64(11);
                RSA.as_public_key().encrypt(&mut numbers, Oaep::<Sha256>::new(), &key).unwrap()
            }
            _ => sign_raw(&RSA, &key),
        };
        if self.tampers(&["no-session-key"]) {
            return String::new();
        }
        if self.tampers(&["session-key"]) {
            block[100] ^= 1;
        }
        format!("{}:{}", STANDARD.encode(vector), STANDARD.encode(block))
    }

    fn capgo_delta(&self) -> Files {
        let signed = self.kind == "capgo-delta";
        let mut entries = Vec::new();
        let mut rest = Files::new();
        for (index, (name, plain)) in self.files().into_iter().enumerate() {
            let digest =
                Sha256::digest(if index == 0 && self.tampers(&["other-content"]) { b"another" } else { &plain[..] });
            let mut hash = if signed { hex(&sign_raw(&RSA, &digest)) } else { hex(&digest) };
            if index == 0 && self.tampers(&["checksum"]) {
                hash = other_digit(&hash);
            } else if index == 0 && self.tampers(&["no-checksum", "no-signature"]) {
                hash.clear();
            }
            let mut bytes = if signed { self.encrypt(&plain) } else { plain };
            if index == 0 && self.tampers(&["ciphertext", "bundle", "file"]) {
                bytes[0] ^= 1;
            }
            let kept = format!("files/{index}");
            let url = format!("https://updates.example.com/{index}");
            entries.push(json!({"file_name": name, "file_hash": hash, "download_url": url, "_local": kept}));
            rest.push((kept, bytes));
        }
        let last = entries.len() - 1;
        match self.option("tamper").unwrap_or_default() {
            "traversal" => entries[last]["file_name"] = json!("../outside.js"),
            "duplicate" => entries.push(entries[0].clone()),
            "missing" => drop(rest.pop()),
            "left-out" => drop(entries.pop()),
            "no-index" => entries.retain(|entry| entry["file_name"] != "index.html"),
            "swapped" => {
                let (first, second) = (entries[0]["file_name"].take(), entries[last]["file_name"].take());
                (entries[0]["file_name"], entries[last]["file_name"]) = (second, first);
            }
            _ => {}
        }
        let update = json!({
            "version": self.version(),
            "url": self.text("url", "https://updates.example.com/404.zip"),
            "channel": self.text("channel", "production"),
            "checksum": "",
            "session_key": if signed { self.session_text() } else { String::new() },
            "manifest": entries,
        });
        let mut block = json!({"autoUpdate": true});
        if self.has_key(signed) {
            block["publicKey"] = json!(self.capgo_key());
        }
        self.release(("CapacitorUpdater", block), ("update.json", update), rest)
    }

    fn capawesome(&self) -> Files {
        let mut bytes = self.zip();
        let content = if self.tampers(&["other-content"]) { b"another bundle".to_vec() } else { bytes.clone() };
        let mut checksum = hex(&Sha256::digest(&content));
        let mut signature = sign(self.signer(), &content);
        let signed = self.kind == "capawesome-signed";
        if self.tampers(&["checksum"]) {
            checksum = other_digit(&checksum);
            signature[100] ^= 1;
        } else if self.tampers(&["ciphertext", "bundle", "file"]) {
            flip(&mut bytes);
        }
        let version = self.version();
        let mut document = json!({
            "bundleId": version,
            "artifactType": "zip",
            "url": self.text("url", &format!("https://updates.example.com/{version}.zip")),
            "checksum": checksum,
        });
        if signed && !self.tampers(&["no-signature"]) {
            document["signature"] = json!(STANDARD.encode(&signature));
        }
        if self.tampers(&["no-checksum"]) {
            document["checksum"].take();
        }
        let mut block = json!({"appId": "harbour", "readyTimeout": 10_000});
        if self.has_key(signed) {
            block["publicKey"] = json!(match self.option("key").unwrap_or_default() {
                "other" => spki(&OTHER_RSA),
                "private" => private_key(),
                "4096" | "e3" => panic!("there is no such key here"),
                _ => spki(self.signer()),
            });
        }
        if let Some(channel) = self.option("channel") {
            block["defaultChannel"] = json!(channel);
        }
        self.release(("LiveUpdate", block), ("release.json", document), vec![("bundle.zip".to_owned(), bytes)])
    }

    fn otakit(&self) -> Files {
        let (key, vector) = self.session();
        let mut wrapped = Vec::new();
        let mut bytes = self.zip();
        let (content, nonce, wrap_nonce) = ([key, vector].concat(), vector[..12].to_vec(), key[..12].to_vec());
        let encrypted = self.kind == "otakit-encrypted";
        if encrypted {
            let content: [u8; 32] = content.try_into().unwrap();
            wrapped = sealed(&WRAPPING, &wrap_nonce, &content);
            bytes = sealed(&content, &nonce, &bytes);
        }
        let stated = if self.tampers(&["other-content"]) { b"another bundle".to_vec() } else { bytes.clone() };
        let version = self.version();
        let mut manifest = json!({
            "version": version,
            "url": self.text("url", "https://updates.example.com/bundle.zip"),
            "sha256": hex(&Sha256::digest(&stated)),
            "size": bytes.len(),
            "runtimeVersion": null,
            "releaseId": "rel_1",
            "strategy": "zip",
            "forceImmediate": false,
            "encryption": null,
        });
        if encrypted {
            manifest["encryption"] = json!({
                "alg": "A256GCM",
                "kid": "b1",
                "wrapNonce": STANDARD.encode(&wrap_nonce),
                "wrappedDek": STANDARD.encode(&wrapped),
                "nonce": STANDARD.encode(&nonce),
            });
        }
        merge(&mut manifest, self.option("metadata"));
        let (app, channel) = (self.text("app", "app_harbour"), self.text("channel", "production"));
        if self.kind != "otakit-plain" && !self.tampers(&["no-signature"]) {
            let dates = (self.number("iat", NOW - 86_400), self.number("exp", NOW + 30 * 86_400));
            sign_otakit(&mut manifest, &app, &channel, dates);
        }
        if self.tampers(&["checksum"]) {
            manifest["sha256"] = json!(other_digit(manifest["sha256"].as_str().unwrap()));
        } else if self.tampers(&["ciphertext", "bundle", "file"]) {
            flip(&mut bytes);
        }
        let mut block = json!({"appId": app, "channel": channel, "cdnUrl": "https://updates.example.com"});
        if self.has_key(self.kind != "otakit-plain") {
            let seed = if self.option("key") == Some("other") { 2 } else { 1 };
            block["manifestKeys"] = json!([{"kid": "k1", "key": ec_spki(&ec_key(seed))}]);
        }
        if encrypted {
            block["bundleKeys"] = json!([{"kid": "b1", "key": STANDARD.encode(WRAPPING)}]);
        }
        self.release(("OtaKit", block), ("manifest.json", manifest), vec![("bundle.zip".to_owned(), bytes)])
    }

    fn chcp(&self) -> Files {
        let mut files = self.files();
        let hash = |bytes: &[u8]| hex(&Md5::digest(bytes));
        let list: Value = files.iter().map(|(name, bytes)| json!({"file": name, "hash": hash(bytes)})).collect();
        if self.tampers(&["ciphertext", "bundle", "file"]) {
            files[0].1[0] ^= 1;
        }
        let application =
            json!({"release": self.version(), "content_url": self.text("url", "https://updates.example.com/www")});
        let mut out: Files = files.into_iter().map(|(name, bytes)| (format!("www/{name}"), bytes)).collect();
        out.push(("www/chcp.manifest".to_owned(), pretty(&list)));
        out.push(("www/chcp.json".to_owned(), pretty(&application)));
        out
    }

    fn sha256(&self) -> Files {
        let mut bytes = self.zip();
        let mut checksum = hex(&Sha256::digest(&bytes));
        if self.tampers(&["checksum"]) {
            checksum = other_digit(&checksum);
        } else if self.tampers(&["ciphertext", "bundle", "file"]) {
            flip(&mut bytes);
        }
        vec![
            ("bundle.zip".to_owned(), bytes),
            ("bundle.zip.sha256".to_owned(), format!("{checksum}  bundle.zip\n").into_bytes()),
        ]
    }
}

fn pretty(value: &Value) -> Vec<u8> {
    serde_json::to_string_pretty(value).unwrap().into_bytes()
}

/// Merges a JSON object, given as text, into another; `null` takes a field away.
fn merge(into: &mut Value, text: Option<&str>) {
    let Some(text) = text else { return };
    let given: Value = serde_json::from_str(text).unwrap();
    merge_value(into, &given);
}

fn merge_value(into: &mut Value, given: &Value) {
    for (name, value) in given.as_object().unwrap() {
        if value.is_null() {
            into.as_object_mut().unwrap().remove(name);
        } else if value.is_object() && into.get(name).is_some_and(Value::is_object) {
            merge_value(&mut into[name], value);
        } else {
            into[name] = value.clone();
        }
    }
}

/// Flips a bit that nothing but a digest sees: of a zip's first time stamp, or of ciphertext.
fn flip(bytes: &mut [u8]) {
    bytes[if bytes.starts_with(b"PK") { 10 } else { 20 }] ^= 1;
}
