//! What the publisher says of a bundle and of its files: the API's JSON, the same as saved by a recorder, the response
//! headers `X-Checksum` and `X-Signature` (`LiveUpdateHttpClient.java`), or the command line.

use std::collections::BTreeMap;

use crate::facts::updaters::delivery::{Delivery, Document};
use crate::facts::updaters::parts;
use crate::facts::updaters::verification::Reason;
use crate::inputs::{JsonNode, JsonValue};
use crate::model::Position;

/// The manifest's name, which the device asks for as `href`.
pub(super) const MANIFEST: &str = "capawesome-live-update-manifest.json";
/// What is put behind a file's name for its saved headers.
const HEADER_ENDINGS: [&str; 5] = [".headers.json", ".headers.txt", ".headers", ".header", ".http"];

/// What is published of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Published {
    /// `artifactType`.
    pub(super) kind: Option<String>,
    /// SHA-256 in lower-case hexadecimal digits.
    pub(super) checksum: Option<String>,
    /// Base64.
    pub(super) signature: Option<String>,
    /// `url`.
    pub(super) url: Option<String>,
    /// Whether there was any statement.
    pub(super) stated: bool,
}

impl Published {
    /// Checksum and signature.
    pub(super) fn pair(&self) -> (Option<&str>, Option<&str>) {
        (self.checksum.as_deref(), self.signature.as_deref())
    }

    /// With what `other` says where this says nothing.
    pub(super) fn or(self, other: &Self) -> Self {
        Self {
            kind: self.kind.or_else(|| other.kind.clone()),
            checksum: self.checksum.or_else(|| other.checksum.clone()),
            signature: self.signature.or_else(|| other.signature.clone()),
            url: self.url.or_else(|| other.url.clone()),
            stated: self.stated || other.stated,
        }
    }

    fn of(value: &JsonValue) -> Result<Self, (String, Reason)> {
        let text = |key: &str| match value.get(key).map(|value| &value.node) {
            None | Some(JsonNode::Null) => Ok(None),
            // Nothing can be compared with an empty text; it is as if it were not there.
            Some(JsonNode::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(_) => Err((format!("{key} is no text"), "metadata_invalid")),
        };
        Ok(Self {
            kind: text("artifactType")?,
            checksum: text("checksum")?,
            signature: text("signature")?,
            url: value.get("url").and_then(JsonValue::as_str).map(ToOwned::to_owned),
            stated: true,
        })
    }
}

/// One file of a record: `{href, checksum, signature, local}`.
pub(super) struct Carried<'a> {
    /// Its name.
    pub(super) href: &'a str,
    /// The path of the document.
    pub(super) document: String,
    value: &'a JsonValue,
}

impl Carried<'_> {
    /// Whether it comes with a signature.
    pub(super) fn is_signed(&self) -> bool {
        self.value.get("signature").and_then(JsonValue::as_str).is_some_and(|text| !text.is_empty())
    }

    /// The entry for [`Delivery::located`]: where the record keeps the file.
    pub(super) fn kept(&self) -> JsonValue {
        let pairs = ["_local", "local"]
            .iter()
            .filter_map(|key| Some(((*key).to_owned(), Position { line: 1, column: 1 }, self.value.get(key)?.clone())));
        JsonValue { position: self.value.position, node: JsonNode::Object(pairs.collect()) }
    }
}

/// All files of all records.
pub(super) struct Records<'a> {
    /// In order.
    pub(super) all: Vec<Carried<'a>>,
    places: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Records<'a> {
    /// The entries of this name.
    pub(super) fn of<'b>(&'b self, href: &str) -> impl Iterator<Item = &'b Carried<'a>> {
        self.places.get(href).into_iter().flatten().filter_map(|place| self.all.get(*place))
    }
}

/// Whether a statement is in here, at any depth: `Some(true)` when it can only be Capawesome's.
pub(super) fn is_record(root: &JsonValue) -> Option<bool> {
    let mut found = Vec::new();
    collect(root, &mut found);
    let sure = |value: &&JsonValue| value.get("artifactType").is_some() || value.get("files").is_some();
    if found.is_empty() { None } else { Some(found.iter().any(sure)) }
}

/// An API answer or our record of one. A request (`createBundleRequest`) has the type but nothing of the file.
fn is_statement(value: &JsonValue) -> bool {
    let any = |keys: &[&str]| keys.iter().any(|key| value.get(key).is_some());
    let kind = value.get("artifactType").is_some()
        && any(&["checksum", "signature", "url", "bundleId", "files", "sizeInBytes"]);
    let api = value.get("bundleId").is_some() && any(&["checksum", "signature", "url"]);
    let pair = any(&["checksum"]) && any(&["signature"]) && !any(&["href", "version", "manifest", "session_key"]);
    kind || api || pair || value.get("files").is_some_and(is_record_of_files)
}

fn is_record_of_files(files: &JsonValue) -> bool {
    parts::is_array_of(files, &["href"])
}

/// The statements in a value, outermost ones only.
fn collect<'a>(root: &'a JsonValue, found: &mut Vec<&'a JsonValue>) {
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        match &value.node {
            JsonNode::Object(_) if is_statement(value) => found.push(value),
            JsonNode::Object(pairs) => open.extend(pairs.iter().map(|(_, _, value)| value)),
            JsonNode::Array(elements) => open.extend(elements),
            _ => {}
        }
    }
}

/// Whether the document may hold statements: not the app's configuration.
fn may_state(document: &Document) -> bool {
    document.json.root.get("plugins").is_none() && document.json.root.get("cordova").is_none()
}

/// What is published of the bundle: by the command line, else by the API, else in the response's headers.
pub(super) fn published(delivery: &Delivery) -> Result<Published, (String, Reason)> {
    let mut found = Vec::new();
    for document in delivery.documents.iter().filter(|document| may_state(document)) {
        collect(&document.json.root, &mut found);
    }
    let mut api: Option<Published> = None;
    for value in found {
        let one = Published::of(value)?;
        if api.as_ref().is_some_and(|first| *first != one) {
            return Err(("two statements about the bundle differ".to_owned(), "metadata_ambiguous"));
        }
        api = Some(one);
    }
    let header = |name: &str| delivery.header(name).filter(|value| !value.is_empty()).map(ToOwned::to_owned);
    // With several header files each belongs to a file of its own (`of_file`).
    let telling = delivery.headers.iter().filter(|headers| has_own(&headers.fields)).count();
    let headers = if telling == 1 {
        Published {
            kind: None,
            checksum: header("x-checksum"),
            signature: header("x-signature"),
            url: None,
            stated: true,
        }
    } else {
        Published::default()
    };
    let stated = &delivery.stated;
    let signature = stated.signature.as_deref().map(|text| signature_text(delivery, text)).transpose()?;
    let line = Published {
        kind: None,
        checksum: stated.checksum.clone(),
        url: None,
        stated: stated.checksum.is_some() || signature.is_some(),
        signature,
    };
    Ok(line.or(&api.unwrap_or_default()).or(&headers))
}

/// The signature that the command line states: the text, or that of the file of this path; raw bytes become base64.
fn signature_text(delivery: &Delivery, text: &str) -> Result<String, (String, Reason)> {
    let Some(file) = delivery.file(text) else { return Ok(text.to_owned()) };
    let bytes = file.read(16 * 1024).map_err(|why| (format!("{}: {why}", file.path), "unreadable"))?;
    Ok(match std::str::from_utf8(&bytes) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &bytes),
    })
}

fn has_own(fields: &[(String, String)]) -> bool {
    fields.iter().any(|(name, _)| name == "x-checksum" || name == "x-signature")
}

/// The entries of all records, in order.
pub(super) fn carried(delivery: &Delivery) -> Records<'_> {
    let mut all = Vec::new();
    for document in delivery.documents.iter().filter(|document| may_state(document)) {
        let mut statements = Vec::new();
        collect(&document.json.root, &mut statements);
        let files = statements.into_iter().filter_map(|value| parts::elements(value.get("files")?));
        // A bare array of such entries is a record as well; without signatures and places it is the manifest itself.
        let bare = parts::elements(&document.json.root).filter(|entries| {
            entries.iter().any(|one| ["signature", "local", "_local"].iter().any(|key| one.get(key).is_some()))
        });
        for value in files.chain(bare).flatten() {
            if let Some(href) = value.get("href").and_then(JsonValue::as_str) {
                all.push(Carried { href, document: document.path.clone(), value });
            }
        }
    }
    let mut places = BTreeMap::<&str, Vec<usize>>::new();
    for (place, one) in all.iter().enumerate() {
        places.entry(one.href).or_default().push(place);
    }
    Records { all, places }
}

/// What is published of one file of a manifest: in a record, else in the headers saved beside it.
pub(super) fn of_file(
    delivery: &Delivery,
    carried: &Records<'_>,
    href: &str,
    path: &str,
) -> Result<Published, (String, Reason)> {
    let mut own: Option<Published> = None;
    for one in carried.of(href) {
        let one = Published::of(one.value).map_err(|(why, reason)| (format!("{href}: {why}"), reason))?;
        if own.as_ref().is_some_and(|first| *first != one) {
            return Err((format!("two statements about {href} differ"), "metadata_ambiguous"));
        }
        own = Some(one);
    }
    let headers = delivery.headers.iter().find(|headers| {
        has_own(&headers.fields)
            && HEADER_ENDINGS.iter().any(|ending| headers.path.strip_suffix(ending).is_some_and(|name| name == path))
    });
    let field = |name: &str| {
        let (_, value) = headers?.fields.iter().find(|(own, _)| own == name)?;
        Some(value.clone()).filter(|value| !value.is_empty())
    };
    let headers = Published {
        kind: None,
        checksum: field("x-checksum"),
        signature: field("x-signature"),
        url: None,
        stated: false,
    };
    Ok(own.unwrap_or_default().or(&headers))
}
