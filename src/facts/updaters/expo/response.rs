//! The response of an update server as it was saved: one JSON body with headers, or a body of several parts.

use std::io::Read as _;

use super::multipart;
use crate::facts::crypto;
use crate::facts::updaters::delivery::{Delivered, Delivery, Role};
use crate::facts::updaters::verification::Reason;
use crate::inputs::JsonValue;
use crate::model::Digest;

/// A response is small: the manifest of 50,000 assets has about 15 MB.
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// How much of a file is read to recognise a body of several parts.
const START: u64 = 8 * 1024;
/// The header of the signature (Expo Updates protocol, version 1).
pub(super) const SIGNATURE: &str = "expo-signature";

/// One signed body.
#[derive(Clone, Debug)]
pub(super) struct Body {
    /// The raw bytes that are signed.
    pub bytes: Vec<u8>,
    /// The header of its signature.
    pub signature: Option<String>,
    /// Whether the signature was stated without the header's other members.
    pub is_bare: bool,
}

/// What the server answered.
#[derive(Clone, Debug, Default)]
pub(super) struct Response {
    /// The path of the file.
    pub path: String,
    /// Its length and digest.
    pub whole: Option<(u64, Digest)>,
    /// Whether it has several parts.
    pub has_parts: bool,
    /// The manifest.
    pub manifest: Option<Body>,
    /// An order to the device instead of an update, or beside it.
    pub directive: Option<Body>,
    /// The certificates that were served.
    pub chain: Option<String>,
    /// Whether there are extensions, which nothing signs.
    pub has_extensions: bool,
}

/// Whether a document is a manifest (Expo Updates protocol, section "Manifest body").
pub(super) fn is_manifest(root: &JsonValue) -> bool {
    root.get("launchAsset").is_some()
}

/// Whether a document is a directive (Expo Updates protocol, section "Directive").
pub(super) fn is_directive(root: &JsonValue) -> bool {
    matches!(root.get("type").and_then(JsonValue::as_str), Some("rollBackToEmbedded" | "noUpdateAvailable"))
}

/// The first file that is a body of several parts.
pub(super) fn in_parts(delivery: &Delivery) -> Option<&Delivered> {
    delivery.files.iter().filter(|file| file.role == Role::Release).find(|file| is_in_parts(file))
}

fn is_in_parts(file: &Delivered) -> bool {
    let mut start = Vec::new();
    let read = file.open().and_then(|reader| reader.take(START).read_to_end(&mut start));
    read.is_ok() && start.trim_ascii_start().starts_with(b"--") && multipart::looks_so(&start)
}

/// Finds the response; `None` when nothing of the kind was handed over.
///
/// # Errors
/// What is wrong with it, and the reason.
pub(super) fn find(delivery: &Delivery) -> Result<Option<Response>, (String, Reason)> {
    // A stated file counts when it is a response; it may as well be the script.
    if let Some(file) = delivery.stated.bundle.as_deref().and_then(|path| delivery.file(path)) {
        let shape = |root: &JsonValue| is_manifest(root) || is_directive(root);
        if file.name().ends_with(".body")
            || delivery.documents.iter().any(|document| document.path == file.path && shape(&document.json.root))
        {
            return of_json(delivery, file, bytes_of(file)?).map(Some);
        }
        if is_in_parts(file) {
            return of_parts(delivery, file, &bytes_of(file)?).map(Some);
        }
    }
    if let Some(file) = in_parts(delivery) {
        return of_parts(delivery, file, &bytes_of(file)?).map(Some);
    }
    let Some(file) = json_file(delivery)? else { return Ok(None) };
    of_json(delivery, file, bytes_of(file)?).map(Some)
}

/// The file of a response without parts: by its shape, else, when what it says can't be read, by its name.
fn json_file(delivery: &Delivery) -> Result<Option<&Delivered>, (String, Reason)> {
    for shape in [is_manifest as fn(&JsonValue) -> bool, is_directive] {
        let mut found: Vec<_> = delivery
            .documents
            .iter()
            .filter(|document| shape(&document.json.root))
            .filter_map(|document| {
                delivery.files.iter().find(|file| file.path == document.path && file.role == Role::Release)
            })
            .collect();
        // A body as it was received counts more than a copy for reading.
        if found.iter().any(|file| file.name().ends_with(".body")) {
            found.retain(|file| file.name().ends_with(".body"));
        }
        let digests: Result<Vec<_>, _> = found.iter().map(|file| file.digest()).collect();
        let digests = digests.map_err(|error| (format!("a manifest can't be read: {}", error.kind()), "unreadable"))?;
        if digests.windows(2).any(|pair| matches!(pair, [one, other] if one != other)) {
            let paths: Vec<_> = found.iter().take(5).map(|file| file.path.as_str()).collect();
            return Err((format!("several responses that differ: {}", paths.join(", ")), "metadata_ambiguous"));
        }
        if let Some(file) = found.first() {
            return Ok(Some(file));
        }
    }
    let has_headers = delivery.header(SIGNATURE).is_some() || delivery.header("expo-protocol-version").is_some();
    let names = ["manifest.body", "manifest.json", "manifest", "directive.body", "directive.json"];
    let named = names.iter().find_map(|name| delivery.files.iter().find(|file| file.name() == *name));
    Ok(named.filter(|_| has_headers))
}

fn bytes_of(file: &Delivered) -> Result<Vec<u8>, (String, Reason)> {
    file.read(MOST_BYTES).map_err(|why| (format!("{} can't be read: {why}", file.path), "unreadable"))
}

fn of_json(delivery: &Delivery, file: &Delivered, bytes: Vec<u8>) -> Result<Response, (String, Reason)> {
    let values = delivery.headers.iter().flat_map(|headers| &headers.fields);
    let mut values: Vec<_> = values.filter(|(name, _)| name == SIGNATURE).map(|(_, value)| value.clone()).collect();
    values.dedup();
    if values.len() > 1 {
        return Err(("there are several headers expo-signature that differ".to_owned(), "metadata_ambiguous"));
    }
    let (signature, is_bare) = match &delivery.stated.signature {
        Some(text) => stated_signature(delivery, text)?,
        None => (values.pop(), false),
    };
    let whole = Some((bytes.len() as u64, Digest::of(&bytes)));
    let directive = delivery.documents.iter().any(|one| one.path == file.path && is_directive(&one.json.root))
        || file.name().starts_with("directive.");
    let body = Some(Body { bytes, signature, is_bare });
    let (manifest, directive) = if directive { (None, body) } else { (body, None) };
    let chain = chain_file(delivery);
    Ok(Response { path: file.path.clone(), whole, manifest, directive, chain, ..Response::default() })
}

/// A stated signature: the header's value, or the signature alone (`true`), or the path of a file with either.
fn stated_signature(delivery: &Delivery, stated: &str) -> Result<(Option<String>, bool), (String, Reason)> {
    let text = match delivery.file(stated) {
        Some(file) => String::from_utf8_lossy(&bytes_of(file)?).into_owned(),
        None => stated.to_owned(),
    };
    let text = text.trim();
    let is_bare = crypto::base64(text).is_some_and(|bytes| !bytes.is_empty());
    Ok((Some(if is_bare { format!("sig=\"{text}\"") } else { text.to_owned() }), is_bare))
}

/// Certificates that were saved beside a response without parts.
fn chain_file(delivery: &Delivery) -> Option<String> {
    let file = delivery.files.iter().filter(|file| file.role == Role::Release).find(|file| {
        let name = file.name().replace('-', "_");
        name.split('.').next() == Some("certificate_chain")
    })?;
    String::from_utf8(file.read(MOST_BYTES).ok()?).ok()
}

fn of_parts(delivery: &Delivery, file: &Delivered, bytes: &[u8]) -> Result<Response, (String, Reason)> {
    let malformed = |why: String| (format!("{} is no body of parts: {why}", file.path), "multipart_malformed");
    let boundary = delivery
        .header("content-type")
        .filter(|value| value.trim_start().to_ascii_lowercase().starts_with("multipart/"))
        .and_then(|value| multipart::parameter(value, "boundary"))
        .or_else(|| multipart::boundary_of(bytes))
        .ok_or_else(|| malformed("it has no boundary".to_owned()))?;
    let parts = multipart::parts(bytes, &boundary).map_err(malformed)?;
    let mut response = Response { path: file.path.clone(), has_parts: true, ..Response::default() };
    response.whole = Some((bytes.len() as u64, Digest::of(bytes)));
    let twice = |name: &str| (format!("{} has the part or header {name} twice", file.path), "metadata_ambiguous");
    for part in &parts {
        let Some(name) = part.name() else { continue };
        let signatures = part.header(SIGNATURE);
        if signatures.len() > 1 {
            return Err(twice(SIGNATURE));
        }
        let signature = signatures.first().map(|value| (*value).to_owned());
        let body = || Some(Body { bytes: part.body.to_vec(), signature: signature.clone(), is_bare: false });
        let is_repeated = match name.as_str() {
            "manifest" => std::mem::replace(&mut response.manifest, body()).is_some(),
            "directive" => std::mem::replace(&mut response.directive, body()).is_some(),
            "certificate_chain" => {
                let text = String::from_utf8_lossy(part.body).into_owned();
                response.chain.replace(text).is_some()
            }
            "extensions" => std::mem::replace(&mut response.has_extensions, true),
            _ => false,
        };
        if is_repeated {
            return Err(twice(&name));
        }
    }
    Ok(response)
}
