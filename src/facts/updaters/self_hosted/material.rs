//! Which of the files is what: bundle, signatures, keys, checksums. Told by content where content tells, else by name.

use super::checksum::{self, Line};
use super::dsse;
use super::keys::GivenKey;
use crate::facts::keys::public::PublicForm;
use crate::facts::updaters::delivery::{Delivered, Delivery, Document, Role};
use crate::inputs::{JsonValue, parse_json};

/// Keys, signatures and lists are smaller.
const MOST_BYTES: u64 = 64 * 1024;
/// Small files that are looked into.
const MOST_FILES: usize = 1_000;
/// How names of signatures end.
const SIGNATURE_ENDINGS: [&str; 10] =
    ["sig", "sign", "signature", "asc", "minisig", "p1363", "rsa", "pss", "ecdsa", "ed25519"];
/// How names of keys end.
const KEY_ENDINGS: [&str; 6] = ["pub", "key", "pem", "der", "crt", "cer"];
/// What names of files that are a checksum alone have in them.
const SUM_WORDS: [&str; 7] = ["sha256", "sha384", "sha512", "sha1", "md5", "crc32", "checksum"];

/// Everything that was found.
#[derive(Debug, Default)]
pub(super) struct Material<'a> {
    /// Files that can be the bundle.
    pub others: Vec<&'a Delivered>,
    /// Public keys, those of the app alone where the app's files were given.
    pub keys: Vec<GivenKey>,
    /// Files that should be keys and are none, by path.
    pub broken_keys: Vec<&'a str>,
    /// Private keys, by path.
    pub private_keys: Vec<&'a str>,
    /// What claims to be a signature.
    pub claims: Vec<Claim>,
    /// Lists of checksums.
    pub lists: Vec<(&'a Delivered, Vec<Line>)>,
    /// Release metadata that states checksums.
    pub metadata: Vec<&'a Document>,
}

/// What claims to be a signature.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    /// Where it was found.
    pub source: String,
    /// The file that its name says it is of, when there is one.
    pub target: Option<String>,
    /// What it is.
    pub form: Form,
}

/// The forms of signatures.
#[derive(Clone, Debug)]
pub(super) enum Form {
    /// Bytes, as they are written.
    Bytes(Vec<u8>),
    /// Minisign's file.
    Minisign(String),
    /// A DSSE envelope or a bundle of sigstore.
    Attestation(Document),
    /// OpenPGP, which is not verified.
    OpenPgp,
}

enum Kind {
    Key(GivenKey),
    BrokenKey,
    PrivateKey,
    Signature(Form),
    Sums(Vec<Line>),
    Other,
}

impl<'a> Material<'a> {
    /// Looks at all files and at what is stated.
    pub(super) fn find(delivery: &'a Delivery) -> Self {
        let mut material = Material::default();
        let of_app = delivery.files.iter().any(|file| file.role == Role::App);
        for document in &delivery.documents {
            if dsse::is_attestation(&document.json.root) {
                let form = Form::Attestation(document.clone());
                material.claims.push(Claim { source: document.path.clone(), target: None, form });
            } else if checksum::is_metadata(&document.json.root) {
                material.metadata.push(document);
            }
        }
        let mut looked_into = 0;
        for file in &delivery.files {
            let is_metadata = delivery.documents.iter().any(|document| document.path == file.path)
                || delivery.headers.iter().any(|headers| headers.path == file.path);
            if is_metadata {
                continue;
            }
            looked_into += usize::from(file.bytes <= MOST_BYTES);
            let kind = if file.bytes <= MOST_BYTES && looked_into <= MOST_FILES { kind(file) } else { Kind::Other };
            match kind {
                // A key that came with the release is whoever's who made the release.
                Kind::Key(_) | Kind::BrokenKey if of_app && file.role != Role::App => {}
                Kind::Key(key) => material.keys.push(key),
                Kind::BrokenKey => material.broken_keys.push(&file.path),
                Kind::PrivateKey => material.private_keys.push(&file.path),
                Kind::Signature(form) => {
                    let target = target(delivery, &file.path);
                    material.claims.push(Claim { source: file.path.clone(), target, form });
                }
                Kind::Sums(lines) => material.lists.push((file, lines)),
                Kind::Other if file.role == Role::Release => material.others.push(file),
                Kind::Other => {}
            }
        }
        material.keys.sort_by(|one, other| one.fact.cmp(&other.fact));
        material.keys.dedup_by(|one, other| one.fact.spki_sha256 == other.fact.spki_sha256);
        for document in &material.metadata {
            let text = document.json.root.get("signature").and_then(JsonValue::as_str);
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                let source = format!("{}: signature", document.path);
                material.claims.push(Claim { source, target: None, form: form_of_text(text) });
            }
        }
        material.take_stated(delivery);
        material
    }

    /// What is stated replaces what was found.
    fn take_stated(&mut self, delivery: &Delivery) {
        let Some(stated) = &delivery.stated.signature else { return };
        let stated = stated.trim();
        if delivery.file(stated).is_some() {
            let path = stated.strip_prefix("./").unwrap_or(stated);
            self.others.retain(|file| file.path != path);
            if let Some(claim) = self.claims.iter().find(|claim| claim.source == path).cloned() {
                self.claims = vec![claim];
                return;
            }
            // It is no signature by its looks; it was said to be one.
            let bytes = delivery.file(path).and_then(|file| file.read(MOST_BYTES).ok()).unwrap_or_default();
            self.lists.retain(|(file, _)| file.path != path);
            let target = target(delivery, path);
            self.claims = vec![Claim { source: path.to_owned(), target, form: Form::Bytes(bytes) }];
            return;
        }
        self.claims = vec![Claim { source: "stated signature".to_owned(), target: None, form: form_of_text(stated) }];
    }

    /// The bundle; `Err` names two files that may both be it.
    pub(super) fn bundle(&self, delivery: &'a Delivery) -> Result<Option<&'a Delivered>, (&'a str, &'a str)> {
        if let Some(path) = &delivery.stated.bundle {
            return Ok(delivery.file(path));
        }
        let named = |file: &&&'a Delivered| {
            let is_target = self.claims.iter().any(|claim| claim.target.as_deref() == Some(file.path.as_str()));
            let mut names = self.lists.iter().flat_map(|(_, lines)| lines).filter_map(|line| line.name.as_deref());
            is_target || names.any(|name| is_of(name, file))
        };
        let archives = |file: &&&'a Delivered| file.name().to_ascii_lowercase().ends_with(".zip");
        let all = |_: &&&'a Delivered| true;
        let choices: [&dyn Fn(&&&'a Delivered) -> bool; 4] =
            [&|file| named(file) && archives(file), &named, &archives, &all];
        for choice in choices {
            let mut files = self.others.iter().filter(choice);
            match (files.next(), files.next()) {
                (Some(one), None) => return Ok(Some(one)),
                (Some(one), Some(other)) => return Err((&one.path, &other.path)),
                (None, _) => {}
            }
        }
        Ok(None)
    }
}

/// Whether a name in a list means this file.
pub(super) fn is_of(name: &str, file: &Delivered) -> bool {
    let name = name.strip_prefix("./").unwrap_or(name);
    name == file.path || name == file.name()
}

fn ending(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    ending(path).is_some_and(|ending| endings.contains(&ending.as_str()))
}

/// The file whose name is this one without its last endings, such as `a.zip` for `a.zip.sig.b64`.
fn target(delivery: &Delivery, path: &str) -> Option<String> {
    let mut path = path;
    for _ in 0..3 {
        path = path.rsplit_once('.')?.0;
        if let Some(file) = delivery.file(path) {
            return Some(file.path.clone());
        }
    }
    None
}

fn is_signature_name(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let inner =
        ["b64", "base64", "hex", "txt", "bin"].iter().find_map(|ending| path.strip_suffix(&format!(".{ending}")));
    has_ending(&path, &SIGNATURE_ENDINGS) || inner.is_some_and(|inner| has_ending(inner, &SIGNATURE_ENDINGS))
}

fn kind(file: &Delivered) -> Kind {
    let Ok(bytes) = file.read(MOST_BYTES) else { return Kind::Other };
    let named_key = has_ending(&file.path, &KEY_ENDINGS);
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return match GivenKey::der(&bytes, &file.path).filter(|_| named_key) {
            Some(key) => key_kind(key),
            None if is_signature_name(&file.path) => Kind::Signature(Form::Bytes(bytes)),
            None => Kind::Other,
        };
    };
    if text.starts_with("untrusted comment:") {
        if text.lines().any(|line| line.starts_with("trusted comment:")) {
            return Kind::Signature(Form::Minisign(text.to_owned()));
        }
        return GivenKey::minisign(text, &file.path).map_or(Kind::BrokenKey, Kind::Key);
    }
    if text.contains("-----BEGIN PGP SIGNATURE") {
        return Kind::Signature(Form::OpenPgp);
    }
    if text.contains("-----BEGIN ") {
        let is_private = text.contains("PRIVATE KEY-----");
        let is_public = text.contains("PUBLIC KEY-----") || text.contains("-----BEGIN CERTIFICATE");
        return match GivenKey::public(text, &file.path) {
            Some(key) => key_kind(key),
            None if is_private => Kind::PrivateKey,
            None if is_public => Kind::BrokenKey,
            None => Kind::Other,
        };
    }
    if is_signature_name(&file.path) {
        return Kind::Signature(Form::Bytes(bytes));
    }
    if let Some(lines) = checksum::lines(text) {
        let name = file.name().to_ascii_lowercase();
        let alone = lines.iter().any(|line| line.name.is_none());
        let is_key = alone && has_ending(&file.path, &["pub", "key"]);
        if !is_key && (!alone || SUM_WORDS.iter().any(|word| name.contains(word))) {
            return Kind::Sums(lines);
        }
    }
    let key = GivenKey::minisign(text.trim(), &file.path).or_else(|| GivenKey::public(text, &file.path));
    match key {
        Some(key) => key_kind(key),
        None if named_key => GivenKey::raw(text.trim(), &file.path).map_or(Kind::BrokenKey, Kind::Key),
        None => Kind::Other,
    }
}

fn key_kind(key: GivenKey) -> Kind {
    if key.fact.form == PublicForm::PrivateKey { Kind::PrivateKey } else { Kind::Key(key) }
}

/// The form of a signature that was stated as text.
fn form_of_text(text: &str) -> Form {
    let text = text.trim();
    if text.starts_with("untrusted comment:") {
        return Form::Minisign(text.to_owned());
    }
    if text.contains("-----BEGIN PGP") {
        return Form::OpenPgp;
    }
    match parse_json(text) {
        Ok(json) if text.starts_with('{') && dsse::is_attestation(&json.root) => {
            Form::Attestation(Document { path: "stated signature".to_owned(), role: Role::Release, json })
        }
        _ => Form::Bytes(text.as_bytes().to_vec()),
    }
}
