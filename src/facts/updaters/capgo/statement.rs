//! What is published beside a Capgo bundle, in the forms users have it: the server's answer, the CLI's output, options.

use crate::facts::updaters::{Delivery, Document};
use crate::inputs::{JsonNode, JsonValue};

/// What is published.
#[derive(Clone, Debug, Default)]
pub struct Statement<'a> {
    /// The document it stands in; none when the options state all of it.
    pub document: Option<&'a Document>,
    /// `version`.
    pub version: Option<&'a str>,
    /// `url`.
    pub url: Option<&'a str>,
    /// `session_key` (the CLI's `ivSessionKey`); empty for a plain bundle.
    pub session_key: &'a str,
    /// `checksum`; empty when there is none.
    pub checksum: &'a str,
    /// Why the server offers no update: its `error`, or that the bundle of the store comes back (`version` is `builtin`).
    pub refusal: Option<&'a str>,
    /// `manifest`: the entries of a delta update.
    pub manifest: Option<&'a [JsonValue]>,
}

/// The names of a field: of the server's answer (`update.ts`), of Android's plugin, of the CLI's JSON output.
const SESSION_KEYS: &[&str] = &["session_key", "sessionKey", "ivSessionKey"];

/// How much a document looks like a statement; the server's answer says the most, then `bundle encrypt`, then `bundle zip`.
pub fn rank(root: &JsonValue) -> Option<u8> {
    let text = |key: &str| root.get(key).is_some_and(|value| value.as_str().is_some());
    if matches!(root.get("manifest").map(|value| &value.node), Some(JsonNode::Array(entries)) if entries.iter().any(is_entry))
    {
        return Some(4);
    }
    if text("session_key") || text("sessionKey") {
        return Some(3);
    }
    if text("ivSessionKey") {
        return Some(2);
    }
    let published = text("checksum") && (text("bundle") || text("filename") || text("url") && text("version"));
    (published && root.get("signature").is_none()).then_some(1)
}

fn is_entry(entry: &JsonValue) -> bool {
    entry.get("file_name").is_some() && (entry.get("file_hash").is_some() || entry.get("download_url").is_some())
}

/// The statement of this delivery; options of the command line win over what a document says.
pub fn read(delivery: &Delivery) -> Statement<'_> {
    let document = delivery
        .documents
        .iter()
        .filter(|document| document.json.root.get("plugins").is_none())
        .filter_map(|document| Some((rank(&document.json.root)?, document)))
        .max_by(|one, other| one.0.cmp(&other.0).then_with(|| other.1.path.cmp(&one.1.path)))
        .map(|(_, document)| document);
    let root = document.map(|document| &document.json.root);
    let text = |keys: &[&str]| keys.iter().find_map(|key| root?.get(key)?.as_str());
    let manifest = match root.and_then(|root| root.get("manifest")).map(|value| &value.node) {
        Some(JsonNode::Array(entries)) if !entries.is_empty() => Some(entries.as_slice()),
        _ => None,
    };
    let stated = &delivery.stated;
    Statement {
        document,
        version: text(&["version", "bundle"]),
        refusal: text(&["error"])
            .filter(|error| !error.is_empty())
            .or_else(|| text(&["version"]).filter(|version| *version == "builtin")),
        url: text(&["url"]),
        session_key: stated.session_key.as_deref().or_else(|| text(SESSION_KEYS)).unwrap_or_default(),
        checksum: stated.checksum.as_deref().or_else(|| text(&["checksum"])).unwrap_or_default(),
        manifest,
    }
}
