//! What was handed over to verify a release: its files, what the publisher states, what the app trusts.

pub mod load;
pub mod names;
pub mod release_file;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use crate::facts::capacitor::UnknownSetting;
use crate::inputs::{Json, JsonNode, JsonValue, Limits};
use crate::model::Digest;
use load::Found;

/// Releases of so many files are searched by the end of a path.
const SMALL: usize = 5_000;

/// Everything that was handed over.
#[derive(Debug)]
pub struct Delivery {
    /// All files, sorted by path.
    pub files: Vec<Delivered>,
    /// The files among them that are JSON (a `release.yaml` included), sorted by path.
    pub documents: Vec<Document>,
    /// Configurations for other builds than the one that ships, by path.
    pub aside: BTreeMap<String, Option<Document>>,
    /// Configurations that are code and known in part only.
    pub partial: Vec<PartialDocument>,
    /// Response headers that were saved to files, names in lower case.
    pub headers: Vec<SavedHeaders>,
    /// What the command line states.
    pub stated: Stated,
    /// The moment at which dates are judged, in seconds since 1970.
    pub as_of: i64,
    /// How much is read.
    pub limits: Limits,
    /// What could not be read, with the reason.
    pub unread: Vec<(String, String)>,
}

/// Whose a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Of the release: bundle, metadata, files of a delta.
    Release,
    /// Of the app: configuration, keys, certificates.
    App,
}

/// One file that was handed over.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// Relative to the folder that was given, with `/`; or the last part of the path of a single file.
    pub path: String,
    /// Whose it is; in a folder that holds both, every file is of the release.
    pub role: Role,
    /// Its length in bytes.
    pub bytes: u64,
    /// Where its bytes are.
    pub data: Data,
}

/// Where the bytes of a file are.
#[derive(Clone, Debug)]
pub enum Data {
    /// On the disk; it is opened when it is read.
    File(PathBuf),
    /// In memory.
    Memory(Vec<u8>),
}

/// One JSON file.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its file's path.
    pub path: String,
    /// Whose it is.
    pub role: Role,
    /// What it says.
    pub json: Json,
}

/// A configuration that is code, of which some values are known only where it is evaluated.
#[derive(Clone, Debug)]
pub struct PartialDocument {
    /// What is known of it.
    pub document: Document,
    /// What decides and is not known.
    pub unknown: Vec<UnknownSetting>,
}

/// The keys below a plugin's block that tell what the app trusts; of other plugins the whole block does.
const TRUSTED: [(&str, &[&str]); 4] = [
    ("CapacitorUpdater", &["publicKey", "privateKey"]),
    ("LiveUpdate", &["publicKey"]),
    ("LiveUpdates", &["key"]),
    ("FederatedCapacitor", &["liveUpdatesKey"]),
];

impl PartialDocument {
    /// Why it is not known what the block of this plugin trusts; `None` when it is known, or the block is not there.
    #[must_use]
    pub fn unknown(&self, plugin: &str) -> Option<&str> {
        let keys = TRUSTED.iter().find(|(name, _)| *name == plugin).map(|(_, keys)| *keys);
        let concerns = |path: &[String]| match path {
            [] => true,
            [plugins] => plugins == "plugins",
            [plugins, block] => plugins == "plugins" && block == plugin,
            [plugins, block, key, ..] => {
                plugins == "plugins" && block == plugin && keys.is_none_or(|keys| keys.contains(&key.as_str()))
            }
        };
        self.unknown.iter().find(|one| concerns(&one.path)).map(|one| one.why.as_str())
    }
}

/// Response headers.
#[derive(Clone, Debug)]
pub struct SavedHeaders {
    /// Their file's path.
    pub path: String,
    /// Name in lower case and value, in order.
    pub fields: Vec<(String, String)>,
}

/// What the command line, or a `release.yaml`, states.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    /// The update system's id.
    pub system: Option<String>,
    /// The path of the bundle among the files.
    pub bundle: Option<String>,
    /// The version of the release.
    pub version: Option<String>,
    /// The channel that it goes to.
    pub channel: Option<String>,
    /// The version that devices have now.
    pub previous_version: Option<String>,
    /// The text of the public key or certificate.
    pub public_key: Option<String>,
    /// The checksum as published.
    pub checksum: Option<String>,
    /// Capgo's session key as published.
    pub session_key: Option<String>,
    /// A detached signature: text (base64, hex, minisign) or the path of its file among the files.
    pub signature: Option<String>,
    /// The algorithm of the detached signature: `rsa-pkcs1v15-sha256`, `rsa-pss-sha256`, `ecdsa-p256-sha256`, `ed25519`, `minisign`, `dsse`.
    pub algorithm: Option<String>,
}

impl Delivered {
    /// Opens it.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(match &self.data {
            Data::File(path) => Box::new(File::open(path)?),
            Data::Memory(bytes) => Box::new(bytes.as_slice()),
        })
    }

    /// Its bytes, when there are at most `most`.
    ///
    /// # Errors
    /// In words, when there are more or it can't be read.
    pub fn read(&self, most: u64) -> Result<Vec<u8>, String> {
        if self.bytes > most {
            return Err(format!("{} bytes, limit {most}", self.bytes));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(self.bytes).unwrap_or(0));
        let reader = self.open().map_err(|error| error.kind().to_string())?;
        // It may have grown since it was listed.
        reader.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.kind().to_string())?;
        if bytes.len() as u64 > most { Err(format!("more than {most} bytes")) } else { Ok(bytes) }
    }

    /// Whether its first bytes are these.
    #[must_use]
    pub fn begins_with(&self, start: &[u8]) -> bool {
        let mut bytes = vec![0; start.len()];
        self.open().is_ok_and(|mut reader| reader.read_exact(&mut bytes).is_ok() && bytes == start)
    }

    /// The digest of its bytes, in constant memory.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn digest(&self) -> io::Result<Digest> {
        Digest::of_reader(self.open()?)
    }

    /// The last part of its path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

impl Delivery {
    /// Everything that was found, in order.
    #[must_use]
    pub fn new(found: Vec<Found>, stated: Stated, as_of: i64, limits: Limits) -> Self {
        let mut delivery = Self {
            files: Vec::new(),
            documents: Vec::new(),
            aside: BTreeMap::new(),
            partial: Vec::new(),
            headers: Vec::new(),
            stated,
            as_of,
            limits,
            unread: Vec::new(),
        };
        for found in found {
            delivery.files.extend(found.files);
            delivery.documents.extend(found.documents);
            delivery.aside.extend(found.aside);
            delivery.partial.extend(found.partial);
            delivery.headers.extend(found.headers);
            delivery.unread.extend(found.unread);
        }
        delivery.files.sort_by(|one, other| one.path.cmp(&other.path));
        delivery.documents.sort_by(|one, other| one.path.cmp(&other.path));
        delivery
    }

    /// A delivery of files in memory, all of the release, with its metadata read.
    #[must_use]
    pub fn of_memory(files: Vec<(&str, Vec<u8>)>, as_of: i64) -> Self {
        let mut found = Found::default();
        for (path, bytes) in files {
            let (path, bytes, data) = (path.to_owned(), bytes.len() as u64, Data::Memory(bytes));
            found.add(Delivered { path, role: Role::Release, bytes, data });
        }
        Self::new(vec![found], Stated::default(), as_of, Limits::default())
    }

    /// The file at this path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&Delivered> {
        let path = path.strip_prefix("./").unwrap_or(path);
        // The first of equals: the release's before the app's.
        let at = self.files.partition_point(|file| file.path.as_str() < path);
        self.files.get(at).filter(|file| file.path == path)
    }

    /// The first document that has this shape.
    pub fn document(&self, shape: impl Fn(&JsonValue) -> bool) -> Option<&Document> {
        self.documents.iter().find(|document| shape(&document.json.root))
    }

    /// The block of a Capacitor plugin in the first configuration that has it: the document and the block. When the app was
    /// handed over apart, only its own configuration counts: one in the release could bring its own key.
    #[must_use]
    pub fn plugin(&self, name: &str) -> Option<(&Document, &JsonValue)> {
        self.plugins(name).into_iter().next()
    }

    /// The blocks of a Capacitor plugin in all configurations that count, those first that are known as a whole.
    #[must_use]
    pub fn plugins(&self, name: &str) -> Vec<(&Document, &JsonValue)> {
        let documents = self.trusted_documents().chain(self.trusted_parts(name));
        documents.filter_map(|document| Some((document, document.json.root.path(&["plugins", name])?))).collect()
    }

    /// Configurations that are known in part, and in that part all of what this plugin trusts.
    #[must_use]
    pub fn trusted_parts(&self, plugin: &str) -> Vec<&Document> {
        let apart = self.has_app();
        let parts = self.partial.iter().filter(move |part| !apart || part.document.role == Role::App);
        parts.filter(|part| part.unknown(plugin).is_none()).map(|part| &part.document).collect()
    }

    /// Why it is not known what the app's configuration says of this plugin's keys: the file and the reason.
    #[must_use]
    pub fn unknown(&self, plugin: &str) -> Option<(&str, &str)> {
        let apart = self.has_app();
        let mut parts = self.partial.iter().filter(|part| !apart || part.document.role == Role::App);
        parts.find_map(|part| Some((part.document.path.as_str(), part.unknown(plugin)?)))
    }

    /// The documents that may say what the app trusts.
    pub fn trusted_documents(&self) -> impl Iterator<Item = &Document> {
        let apart = self.has_app();
        self.documents.iter().filter(move |document| !apart || document.role == Role::App)
    }

    /// Whether the app was handed over apart from the release.
    #[must_use]
    pub fn has_app(&self) -> bool {
        self.files.iter().any(|file| file.role == Role::App)
    }

    /// Whether the document repeats a key, so that readers may differ on what it says.
    #[must_use]
    pub fn is_ambiguous(document: &Document) -> bool {
        document.json.leniency.iter().any(|one| matches!(one, crate::inputs::Leniency::DuplicateKey { .. }))
    }

    /// The value of a saved response header, from the first file that has it.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .flat_map(|headers| &headers.fields)
            .find_map(|(own, value)| (own == name).then_some(value.as_str()))
    }

    /// The file that an entry of a manifest stands for: where the carrier says it is kept (`_local` or `local`), else under
    /// its name beside the manifest, in `files/`, or at the end of one other path.
    #[must_use]
    pub fn located(&self, document: &str, entry: &JsonValue, name: &str) -> Option<&Delivered> {
        let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
        let beside = |path: &str| if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
        let kept = entry.get("_local").or_else(|| entry.get("local")).and_then(JsonValue::as_str);
        if let Some(kept) = kept {
            return self.file(&beside(kept));
        }
        let ending = format!("/{name}");
        let mut ending = self.files.iter().filter(|file| file.path.ends_with(&ending));
        self.file(&beside(name)).or_else(|| self.file(&beside(&format!("files/{name}")))).or_else(|| {
            // Looking at all files for each entry is for small releases only.
            (self.files.len() <= SMALL).then(|| ending.next().filter(|_| ending.next().is_none())).flatten()
        })
    }

    /// The bundle: the file that `stated` names, else the only file that is neither JSON nor a key nor text of the
    /// carriers; `wanted` prefers some names (encrypted ones before plain ones) by giving a lower number.
    #[must_use]
    pub fn bundle(&self, wanted: impl Fn(&Delivered) -> Option<u8>) -> Option<&Delivered> {
        if let Some(path) = &self.stated.bundle {
            return self.file(path);
        }
        self.files
            .iter()
            .filter(|file| {
                file.role == Role::Release && !self.documents.iter().any(|document| document.path == file.path)
            })
            .filter_map(|file| Some((wanted(file)?, file)))
            .min_by_key(|(rank, file)| (*rank, file.path.len()))
            .map(|(_, file)| file)
    }
}

/// A number that JSON writes as an integer.
#[must_use]
pub fn integer(value: &JsonValue) -> Option<i64> {
    if let JsonNode::Number(text) = &value.node { text.parse().ok() } else { None }
}
