//! Reads what was handed over from the disk: lists the files, reads those that are metadata, opens nothing else.

use std::collections::BTreeMap;
use std::path::Path;

use walkdir::WalkDir;

use super::release_file::{self, ReleaseFile};
use super::{Data, Delivered, Document, PartialDocument, Role, SavedHeaders};
use crate::facts::capacitor::{ConfigFacts, ConfigFile, Settings, UnknownSetting, json_of, known_of, read_config};
use crate::inputs::{Json, JsonNode, decode, parse_json};
use crate::model::Fact;

/// Metadata larger than this is not read: a manifest of 50,000 files has about 15 MB.
const MOST_METADATA_BYTES: u64 = 32 * 1024 * 1024;
/// A header file is small.
const MOST_HEADER_BYTES: u64 = 256 * 1024;

/// Folders in an app's folder that hold what others wrote, what was built, or the bundle itself.
const NOT_THE_APP: [&str; 12] = [
    ".git",
    ".gradle",
    ".idea",
    ".vscode",
    "DerivedData",
    "Pods",
    "build",
    "dist",
    "node_modules",
    "public",
    "target",
    "www",
];

/// What was found of one role.
#[derive(Debug, Default)]
pub struct Found {
    /// The files.
    pub files: Vec<Delivered>,
    /// Those that are JSON.
    pub documents: Vec<Document>,
    /// Configurations for other builds than the one that ships, with what they say where it is known: nothing in them is
    /// claimed of the app, but a private key in them is found all the same.
    pub aside: BTreeMap<String, Option<Document>>,
    /// Configurations that are code and known in part only.
    pub partial: Vec<PartialDocument>,
    /// Those that are response headers.
    pub headers: Vec<SavedHeaders>,
    /// What could not be read, with the reason; it must not look as if it were not there.
    pub unread: Vec<(String, String)>,
    /// A release file of our own among the files, and where it lies.
    pub release_file: Option<ReleaseFile>,
    /// What is wrong with a release file: a fault of whoever wrote it, which ends the verification.
    pub faults: Vec<String>,
}

/// Lists the folder or file at `root` and reads its metadata. Symbolic links are not followed and special files not opened.
#[must_use]
pub fn read(root: &Path, role: Role, most_files: u64) -> Found {
    read_shipping(root, role, most_files, None)
}

/// As [`read`], where `shipping` names the configuration that ships when it isn't the one that the CLI reads.
#[must_use]
pub fn read_shipping(root: &Path, role: Role, most_files: u64, shipping: Option<&str>) -> Found {
    let mut found = Found::default();
    let walk = WalkDir::new(root).follow_links(false).max_depth(64).sort_by_file_name();
    // An app's folder holds much that is no part of it; a release is taken as it is.
    let own = |entry: &walkdir::DirEntry| {
        role == Role::Release
            || entry.depth() == 0
            || !entry.file_type().is_dir()
            || !entry.file_name().to_str().is_some_and(|name| NOT_THE_APP.contains(&name))
    };
    for entry in walk.into_iter().filter_entry(own) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().map_or_else(String::new, |path| path.display().to_string());
                let why = error.io_error().map_or_else(|| "not readable".to_owned(), |error| error.kind().to_string());
                found.unread.push((path, why));
                continue;
            }
        };
        let relative = entry.path().strip_prefix(root).ok().filter(|path| !path.as_os_str().is_empty());
        let relative = relative.map_or_else(|| entry.file_name().to_string_lossy().into_owned(), slashed);
        if entry.path_is_symlink() {
            found.unread.push((relative, "a symbolic link, which is not followed".to_owned()));
            continue;
        }
        if !entry.file_type().is_file() {
            continue;
        }
        if found.files.len() as u64 >= most_files {
            found.unread.push((relative, format!("more than {most_files} files")));
            break;
        }
        let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
        let data = Data::File(entry.path().to_owned());
        found.add(Delivered { path: relative, role, bytes, data });
    }
    configurations(&mut found, &read_config(root, shipping), role);
    found.files.sort_by(|one, other| one.path.cmp(&other.path));
    found.documents.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Adds the configuration that ships, when it is code and its values are known all the same, and puts those aside that are
/// for other builds.
fn configurations(found: &mut Found, config: &ConfigFacts, role: Role) {
    let document = |file: &ConfigFile| {
        let json = json_of(file.settings.known()?).ok()?;
        Some(Document { path: file.path.clone(), role, json })
    };
    if let Some(file) = config.shipping().filter(|file| !file.is_json()) {
        match document(file) {
            Some(document) => found.documents.push(document),
            None => found.partial.push(partial(file, role)),
        }
    }
    if role == Role::Release && config.shipping().is_none() {
        return;
    }
    for file in config.others() {
        let read = found.documents.iter().position(|document| document.path == file.path);
        let read = read.map(|index| found.documents.swap_remove(index)).or_else(|| document(file));
        found.aside.insert(file.path.clone(), read);
    }
}

/// A configuration that is code, as far as its values are known.
fn partial(file: &ConfigFile, role: Role) -> PartialDocument {
    let (json, unknown) = match &file.settings {
        Fact::Known(settings) => known_of(settings),
        Fact::Unknown(why) | Fact::Unreadable(why) => {
            (known_of(&Settings::default()).0, vec![UnknownSetting { path: Vec::new(), why: why.clone() }])
        }
        Fact::Absent => known_of(&Settings::default()),
    };
    PartialDocument { document: Document { path: file.path.clone(), role, json }, unknown }
}

fn slashed(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

impl Found {
    /// Adds a file, and reads it when it is metadata.
    pub fn add(&mut self, file: Delivered) {
        match metadata(&file) {
            Metadata::Release(bytes) => match release_file::read(&file.path, &bytes) {
                Ok(release) => {
                    self.documents.extend(release.document.clone());
                    self.headers.extend(release.headers.clone());
                    self.release_file = Some(release);
                }
                Err(fault) => self.faults.push(fault),
            },
            Metadata::Json(json) => {
                if let Some(fields) = headers_of_json(&json) {
                    self.headers.push(SavedHeaders { path: file.path.clone(), fields });
                }
                self.documents.push(Document { path: file.path.clone(), role: file.role, json });
            }
            Metadata::Headers(fields) => self.headers.push(SavedHeaders { path: file.path.clone(), fields }),
            Metadata::Broken(why) => self.unread.push((file.path.clone(), why)),
            Metadata::None => {}
        }
        self.files.push(file);
    }
}

enum Metadata {
    Release(Vec<u8>),
    Json(Json),
    Headers(Vec<(String, String)>),
    Broken(String),
    None,
}

/// Metadata is told by its name or by how it begins.
fn metadata(file: &Delivered) -> Metadata {
    let name = file.name().to_ascii_lowercase();
    let named_json = name.ends_with(".json") || name == "chcp.manifest" || name == "manifest.body";
    let named_headers = name.contains("header");
    if !named_json && !named_headers && file.bytes > MOST_HEADER_BYTES {
        return Metadata::None;
    }
    let bytes = match file.read(MOST_METADATA_BYTES) {
        Ok(bytes) => bytes,
        Err(why) if named_json => return Metadata::Broken(why),
        Err(_) => return Metadata::None,
    };
    if file.role == Role::Release
        && let Ok(text) = std::str::from_utf8(&bytes)
        && release_file::is_one(&file.path, text)
    {
        return Metadata::Release(bytes);
    }
    let start = bytes.trim_ascii_start();
    let looks_json = matches!(start.first(), Some(b'{' | b'[')) || bytes.starts_with(b"\xEF\xBB\xBF{");
    if named_json || looks_json {
        return match parse_json(&decode(&bytes).text) {
            Ok(json) => Metadata::Json(json),
            Err((position, why)) if named_json => {
                Metadata::Broken(format!("line {}, column {}: {why}", position.line, position.column))
            }
            Err(_) => Metadata::None,
        };
    }
    if file.bytes <= MOST_HEADER_BYTES
        && let Ok(text) = std::str::from_utf8(&bytes)
        && let Some(fields) = headers_of_text(text)
    {
        return Metadata::Headers(fields);
    }
    Metadata::None
}

/// The headers whose presence tells that an object or a text is response headers.
const TELLING: [&str; 6] =
    ["content-type", "expo-signature", "expo-protocol-version", "x-signature", "x-checksum", "cache-control"];

fn headers_of_json(json: &Json) -> Option<Vec<(String, String)>> {
    let JsonNode::Object(pairs) = &json.root.node else { return None };
    let fields: Option<Vec<_>> =
        pairs.iter().map(|(name, _, value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned()))).collect();
    fields.filter(|fields| fields.iter().any(|(name, _)| TELLING.contains(&name.as_str())))
}

/// Headers as `curl -D` saves them: a status line, then `Name: value` lines (RFC 9112, section 5).
fn headers_of_text(text: &str) -> Option<Vec<(String, String)>> {
    let mut fields = Vec::new();
    for line in text.lines() {
        let line = line.trim_end();
        if line.is_empty() || line.starts_with("HTTP/") {
            continue;
        }
        let (name, value) = line.split_once(':')?;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return None;
        }
        fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    fields.iter().any(|(name, _)| TELLING.contains(&name.as_str())).then_some(fields)
}
