//! Every public key, certificate, private key and symmetric key that an app's files hold, which of them belong
//! together, and what the update system that reads a key makes of how it is written. No private key material leaves here.

mod judge;
mod paths;
mod places;
mod record;
#[cfg(test)]
mod tests;
mod xml;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::facts::delivery::load::Found;
use crate::facts::delivery::{Delivered, Delivery, Document};
use crate::facts::keys::known::KnownKey;
use crate::facts::keys::public::{self, PublicForm, PublicKeyFact, Weakness, WritingFault};
use crate::facts::keys::{KeyMaterial, private_keys};
use crate::inputs::decode;
use crate::model::{Digest, Position, printable};
use paths::resolved;
use places::{Place, Slot};

pub use judge::KeyProblem;
pub(crate) use places::is_configuration;
pub(crate) use xml::{NamedValue, named_values};

/// A file that may be a key as a whole is not larger.
const LARGEST_KEY_FILE: u64 = 64 * 1024;
/// A text in which a key is looked for, whatever its name, is not larger.
const LARGEST_TEXT: u64 = 16 * 1024;
/// A property list or manifest is not larger.
const LARGEST_XML: u64 = 1024 * 1024;
/// The most files that are opened, and the most bytes that are read of them in all.
const MOST_FILES: usize = 50_000;
const MOST_BYTES: u64 = 128 * 1024 * 1024;
/// The most records: a hostile folder may be full of keys.
const MOST_RECORDS: usize = 10_000;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyRole {
    /// It verifies updates, or may.
    VerificationKey,
    /// A certificate, whose key verifies.
    Certificate,
    /// A private key; in an app it is out of place.
    PrivateKey,
    /// A symmetric key.
    SymmetricKey,
}

/// What is known of a key, of whichever role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KeyFact {
    /// `RSA`, `EC P-256`, `Ed25519` …, when it can be told.
    pub algorithm: Option<String>,
    /// The length of the modulus, of the curve's field, or of the symmetric key.
    pub bits: Option<u32>,
    /// RSA's public exponent.
    pub exponent: Option<String>,
    /// SHA-256 of the DER SubjectPublicKeyInfo, of a private key's public half too.
    pub spki_sha256: Option<Digest>,
    /// What is weak about it.
    pub weaknesses: Vec<Weakness>,
}

/// One key and where it was met.
#[derive(Clone, Debug, Serialize)]
pub struct KeyRecord {
    /// Where: `file: path.of.keys`, or the file alone.
    pub source: String,
    /// The file in which it was met; for a path in a configuration still the configuration.
    pub file: String,
    /// The file that holds it, when a configuration gives its path.
    pub kept_in: Option<String>,
    /// Where in the file.
    pub position: Option<Position>,
    /// The update system that reads it, when it stands in a configuration.
    pub system: Option<&'static str>,
    /// What it is for.
    pub role: KeyRole,
    /// What it is.
    pub fact: KeyFact,
    /// From when a certificate is valid, in seconds since 1970.
    pub not_before: Option<i64>,
    /// Until when.
    pub not_after: Option<i64>,
    /// The published key that it is.
    pub known: Option<&'static KnownKey>,
    /// SHA-256 of the DER of a certificate.
    pub certificate_sha256: Option<Digest>,
    /// What is peculiar about how it is written.
    pub faults: Vec<WritingFault>,
    /// What its system stumbles over, or anyone does.
    pub problems: Vec<KeyProblem>,
    /// Why it could not be read, in words.
    pub unread: Option<String>,
    /// Whether it lies in a folder of samples or tests.
    pub sample: bool,
    /// Whether a private key is there, in clear, damaged or under a password, and not only its frame.
    pub secret: bool,
    /// The public key as the verification names it.
    #[serde(skip)]
    pub public: Option<PublicKeyFact>,
}

/// A private key and a public one that belong together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct KeyPair {
    /// The source of the private key.
    pub private: String,
    /// The source of the public key or certificate.
    pub public: String,
    /// What they share.
    pub spki_sha256: Digest,
}

/// All keys.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Inventory {
    /// One for each key and place, in the order of the files.
    pub records: Vec<KeyRecord>,
    /// Which belong together.
    pub pairs: Vec<KeyPair>,
    /// What could not be read, with the reason: it must not look as if no key were there.
    pub unread: Vec<(String, String)>,
}

/// The keys of all that was handed over.
#[must_use]
pub fn of_delivery(delivery: &Delivery) -> Inventory {
    of_parts(&delivery.files, &delivery.documents, &delivery.aside)
}

/// The keys of an app's folder, as [`load::read`](crate::facts::updaters::load::read) found it.
#[must_use]
pub fn of_app(found: &Found) -> Inventory {
    let mut inventory = of_parts(&found.files, &found.documents, &found.aside);
    inventory.unread.extend(found.unread.iter().cloned());
    inventory
}

/// The keys of these files, of which those that are JSON were read.
#[must_use]
pub fn of_files(files: &[Delivered], documents: &[Document]) -> Inventory {
    of_parts(files, documents, &BTreeMap::new())
}

/// As [`of_files`]; of the configurations that were put aside only private keys are taken, since what they trust is not
/// what the app trusts.
fn of_parts(files: &[Delivered], documents: &[Document], aside: &BTreeMap<String, Option<Document>>) -> Inventory {
    let mut inventory = Inventory::default();
    let by_path: BTreeMap<&str, &Delivered> = files.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut configurations = BTreeSet::new();
    let documents = documents.iter().chain(aside.values().flatten());
    for document in documents.filter(|document| is_configuration(&document.json.root)) {
        configurations.insert(document.path.as_str());
        for place in places::of_json(&document.json.root) {
            if inventory.records.len() >= MOST_RECORDS {
                inventory.unread.push((document.path.clone(), format!("more than {MOST_RECORDS} keys")));
                break;
            }
            inventory.place(&document.path, &place, &by_path);
        }
    }
    let (mut opened, mut read) = (0_usize, 0_u64);
    for file in files.iter().filter(|file| !configurations.contains(file.path.as_str())) {
        let sort = Sort::of(file);
        if sort == Sort::Other {
            continue;
        }
        if opened >= MOST_FILES || read >= MOST_BYTES || inventory.records.len() >= MOST_RECORDS {
            inventory.unread.push((file.path.clone(), "the search for keys ended before it".to_owned()));
            break;
        }
        opened += 1;
        read = read.saturating_add(file.bytes);
        match file.read(sort.limit()) {
            Ok(bytes) if sort == Sort::Xml => inventory.xml(file, &bytes, &by_path),
            Ok(bytes) => inventory.file(file, sort, &bytes),
            Err(why) => inventory.unread.push((file.path.clone(), why)),
        }
    }
    inventory.records.retain(|record| record.secret || !aside.contains_key(&record.file));
    inventory.pair();
    inventory
}

/// What a file is by its name and size; its content decides later whether it holds a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Key,
    Xml,
    Text,
    Other,
}

impl Sort {
    fn of(file: &Delivered) -> Self {
        let name = file.name().to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if name.starts_with(".capgo_key") || ends(&[".pem", ".pub", ".key", ".crt", ".cer", ".der", ".p8"]) {
            return if file.bytes <= LARGEST_KEY_FILE { Self::Key } else { Self::Other };
        }
        if ends(&[".xml", ".plist"]) && file.bytes <= LARGEST_XML {
            return Self::Xml;
        }
        if file.bytes <= LARGEST_TEXT { Self::Text } else { Self::Other }
    }

    const fn limit(self) -> u64 {
        match self {
            Self::Key => LARGEST_KEY_FILE,
            Self::Xml => LARGEST_XML,
            Self::Text | Self::Other => LARGEST_TEXT,
        }
    }
}

impl Inventory {
    /// The record of a value of a configuration.
    fn place(&mut self, file: &str, place: &Place, files: &BTreeMap<&str, &Delivered>) {
        let mut record = KeyRecord::new(file, &place.at, KeyRole::VerificationKey);
        record.position = place.position;
        record.system = place.system;
        match place.slot {
            Slot::Symmetric => record.symmetric(&place.text),
            Slot::Path if !place.text.contains("-----BEGIN") => match resolved(file, &place.text, files) {
                Some(kept) => {
                    record.kept_in = Some(kept.path.clone());
                    match kept.read(LARGEST_KEY_FILE) {
                        Ok(bytes) => record.bytes(&kept.path, &bytes),
                        Err(why) => record.unread = Some(why),
                    }
                }
                // What is no path of a listed file may be the key itself.
                None if public::read(&place.text, "").is_ok() => record.text(&place.text),
                None => {
                    record.unread = Some(format!("the file `{}` is not there", printable(&place.text, 200)));
                    record.problems.push(KeyProblem::FileMissing);
                }
            },
            Slot::Path | Slot::Public | Slot::Private | Slot::Stray => record.text(&place.text),
        }
        if place.xml_escaped && !record.faults.contains(&WritingFault::XmlEscaped) {
            record.faults.push(WritingFault::XmlEscaped);
        }
        judge::judge(&mut record, place);
        self.records.push(record);
    }

    fn xml(&mut self, file: &Delivered, bytes: &[u8], files: &BTreeMap<&str, &Delivered>) {
        match places::of_xml(&decode(bytes).text) {
            Ok(places) => places.iter().for_each(|place| self.place(&file.path, place, files)),
            Err(why) => self.unread.push((file.path.clone(), printable(&why, 200))),
        }
    }

    /// The keys of a file: bare DER, or every PEM block in it.
    fn file(&mut self, file: &Delivered, sort: Sort, bytes: &[u8]) {
        for fact in private_keys(&file.path, bytes).into_iter().filter(|fact| fact.material != KeyMaterial::Placeholder)
        {
            let mut record = KeyRecord::new(&file.path, "", KeyRole::PrivateKey);
            record.private(&fact);
            self.records.push(record);
        }
        let before = self.records.len();
        if bytes.first() == Some(&0x30) && sort == Sort::Key {
            if public::read_der(bytes, "").is_ok_and(|(_, fact)| fact.form != PublicForm::PrivateKey) {
                let mut record = KeyRecord::new(&file.path, "", KeyRole::VerificationKey);
                record.bytes(&file.path, bytes);
                self.records.push(record);
            }
            return;
        }
        let text = decode(bytes).text;
        for block in blocks(&text) {
            let mut record = KeyRecord::new(&file.path, "", KeyRole::VerificationKey);
            record.text(block);
            // In a script a frame without a key is documentation or code; in a key's file it is a key gone wrong.
            if record.role != KeyRole::PrivateKey && (record.unread.is_none() || sort == Sort::Key) {
                self.records.push(record);
            }
        }
        // The same key may stand in a file without a frame.
        if sort == Sort::Key && self.records.len() == before && !text.contains("-----BEGIN ") {
            let mut record = KeyRecord::new(&file.path, "", KeyRole::VerificationKey);
            record.text(text.trim());
            if record.unread.is_none() && record.role != KeyRole::PrivateKey {
                self.records.push(record);
            }
        }
    }

    fn pair(&mut self) {
        let mut public: BTreeMap<Digest, Vec<&KeyRecord>> = BTreeMap::new();
        for record in self.records.iter().filter(|record| record.role != KeyRole::PrivateKey) {
            if let Some(digest) = record.fact.spki_sha256 {
                public.entry(digest).or_default().push(record);
            }
        }
        let mut pairs = BTreeSet::new();
        for record in self.records.iter().filter(|record| record.role == KeyRole::PrivateKey) {
            let Some(spki_sha256) = record.fact.spki_sha256 else { continue };
            for other in
                public.get(&spki_sha256).into_iter().flatten().take(MOST_RECORDS - pairs.len().min(MOST_RECORDS))
            {
                let (private, public) = (record.source.clone(), other.source.clone());
                pairs.insert(KeyPair { private, public, spki_sha256 });
            }
        }
        self.pairs = pairs.into_iter().collect();
    }
}

/// The PEM blocks of a text, each from its header to its footer.
fn blocks(text: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("-----BEGIN ") {
        let Some(block) = rest.get(start..).filter(|_| blocks.len() < MOST_RECORDS) else { break };
        let end = block.find("-----END ").and_then(|end| {
            let footer = end + "-----END ".len();
            Some(footer + block.get(footer..)?.find("-----")? + "-----".len())
        });
        let Some((whole, after)) = end.and_then(|end| block.split_at_checked(end)) else { break };
        blocks.push(whole);
        rest = after;
    }
    blocks
}
