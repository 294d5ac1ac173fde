//! What is wrong with how an app is set up to be updated: its keys, its addresses, what it leaves open. Only true risks
//! are findings; a clean configuration has none.

mod capacitor;
mod keys;
mod native;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::Serialize;

use super::{Delivery, Document, Record, Verdict, Verification};
use crate::facts::inventory::{self, Inventory, is_configuration};
use crate::inputs::{JsonNode, JsonValue};
use crate::model::{Position, printable};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ConfigFinding {
    /// Which rule: `key-…` for the size and writing of keys, otherwise in snake_case.
    pub rule: Cow<'static, str>,
    /// The file.
    pub path: String,
    /// Where in it.
    pub position: Option<Position>,
    /// What was seen, inert.
    pub detail: String,
}

impl ConfigFinding {
    fn new(
        rule: impl Into<Cow<'static, str>>,
        path: &str,
        position: Option<Position>,
        detail: impl AsRef<str>,
    ) -> Self {
        Self { rule: rule.into(), path: path.to_owned(), position, detail: printable(detail.as_ref(), 300) }
    }
}

/// The findings of all configurations that were handed over; sorted, each once.
#[must_use]
pub fn findings(delivery: &Delivery) -> Vec<ConfigFinding> {
    findings_of(delivery, &inventory::of_delivery(delivery))
}

/// As [`findings`], with the keys at hand.
#[must_use]
pub fn findings_of(delivery: &Delivery, inventory: &Inventory) -> Vec<ConfigFinding> {
    let mut found = Vec::new();
    for document in &delivery.documents {
        if is_configuration(&document.json.root) {
            capacitor::findings(document, &mut found);
        }
        capacitor::packages(document, &mut found);
    }
    found.extend(delivery.partial.iter().flat_map(|part| findings_in_part(&part.document)));
    for file in &delivery.files {
        native::findings(file, &mut found);
    }
    keys::findings(delivery, inventory, &mut found);
    found.sort();
    found.dedup();
    found
}

/// What is wrong in one configuration by itself: one for another build than the one that ships.
#[must_use]
pub fn findings_in(document: &Document) -> Vec<ConfigFinding> {
    let mut found = Vec::new();
    if is_configuration(&document.json.root) {
        capacitor::findings(document, &mut found);
    }
    found.sort();
    found
}

/// As [`findings_in`] of a configuration that is known in part: what is not seen in it may be set all the same.
#[must_use]
pub fn findings_in_part(document: &Document) -> Vec<ConfigFinding> {
    let mut found = findings_in(document);
    found.retain(|finding| finding.rule != "ready_timeout_zero");
    found
}

/// What a configuration without a release comes to: a `config_finding`, or `None` when there is a release to verify or
/// nothing is wrong.
#[must_use]
pub fn verification(delivery: &Delivery) -> Option<Verification> {
    if has_release(delivery) {
        return None;
    }
    let inventory = inventory::of_delivery(delivery);
    let found = findings_of(delivery, &inventory);
    if found.is_empty() {
        return None;
    }
    let mut record = Record::new(system(delivery));
    let read = inventory.records.into_iter().filter(|record| record.system.is_some());
    if let Some(key) = read.filter(|record| !record.secret).find_map(|record| record.public) {
        record.key(key);
    }
    for finding in found {
        let place = finding.position.map_or_else(String::new, |at| format!(", line {}", at.line));
        // The step refuses nothing: there is no release.
        record.failed("configuration", format!("{}{place}: {}", finding.path, finding.detail), "config_finding");
        record.issue(finding.rule);
    }
    Some(record.close(Ok(Verdict::ConfigFinding)))
}

/// The update system whose plugin is configured.
fn system(delivery: &Delivery) -> &'static str {
    let blocks = capacitor::BLOCKS.iter();
    let plugin = blocks.filter(|(block, _)| delivery.plugin(block).is_some()).map(|(_, system)| *system).next();
    let expo = || delivery.document(|root| root.path(&["expo", "updates"]).is_some()).map(|_| "expo");
    plugin.or_else(expo).unwrap_or("none")
}

/// Whether there is a release: a bundle, or metadata that a server sends.
pub(super) fn has_release(delivery: &Delivery) -> bool {
    let stated = &delivery.stated;
    [&stated.bundle, &stated.checksum, &stated.session_key, &stated.signature].iter().any(|stated| stated.is_some())
        || !delivery.headers.is_empty()
        || delivery.documents.iter().any(is_metadata)
        || delivery.files.iter().any(is_release_file)
}

/// Metadata of a release, by its shape: Capgo's and Capawesome's answers, manifests with a hash for every file,
/// OtaKit's and Expo's manifests, signatures.
pub(super) fn is_metadata(document: &Document) -> bool {
    let root = &document.json.root;
    if is_configuration(root) || is_of_project(&document.path) {
        return false;
    }
    let has = |name: &str| root.get(name).is_some();
    let hashed = |entry: &JsonValue| {
        ["checksum", "hash", "integrity", "file_hash", "sha256"].iter().any(|name| entry.get(name).is_some())
    };
    match &root.node {
        JsonNode::Array(entries) => entries.first().is_some_and(hashed),
        JsonNode::Object(_) => {
            let sent = ["checksum", "session_key", "sessionKey", "artifactType", "launchAsset", "signature", "sha256"];
            sent.iter().any(|name| has(name))
                || has("release") && has("content_url")
                || has("payload") && has("signatures")
                || has("url") && has("version")
        }
        _ => false,
    }
}

fn is_release_file(file: &super::Delivered) -> bool {
    if is_of_project(&file.path) {
        return false;
    }
    let name = file.name().to_ascii_lowercase();
    [".codepushrelease", "chcp.json", "chcp.manifest", "manifest.body"].contains(&name.as_str())
        || [".zip", ".bin", ".enc"].iter().any(|ending| name.ends_with(ending))
        || file.path.split('/').any(|part| part == "CodePush")
}

/// What lies in a native project or among packages is of the app, archives and built-in manifests too.
fn is_of_project(path: &str) -> bool {
    path.split('/').any(|part| ["android", "ios", "node_modules", "gradle"].contains(&part))
}
