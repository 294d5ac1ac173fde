//! Text, identifiers and properties in the shapes that OSCAL's schema wants.

use serde_json::{Value, json};

use crate::model::{Digest, Report, escape};
use crate::reports::{markup, words};

/// The name space of otaudit's properties and facets.
pub(in crate::reports) const SPACE: &str = "urn:otaudit:oscal";

/// How much of one text is written, in characters; longer ones are cut with `…`.
const LIMIT: usize = 8_000;

/// Identifiers of one report.
pub(in crate::reports) struct Ids(String);

impl Ids {
    /// Made from all that the report says.
    ///
    /// # Errors
    /// Those of serialising, which a report has none of.
    pub(in crate::reports) fn new(report: &Report) -> serde_json::Result<Self> {
        Ok(Self(words::digest(report)?.hex()))
    }

    /// Made from the digest of all that is said.
    pub(in crate::reports) fn from_digest(digest: &Digest) -> Self {
        Self(digest.hex())
    }

    /// The identifier of one thing in the report.
    pub(in crate::reports) fn of(&self, parts: &[&str]) -> String {
        let all: Vec<&str> = ["oscal", self.0.as_str()].into_iter().chain(parts.iter().copied()).collect();
        words::identifier(&all).to_string()
    }

    /// A reference to that thing from within the document.
    pub(in crate::reports) fn reference(&self, parts: &[&str]) -> String {
        format!("#{}", self.of(parts))
    }
}

/// A string without markup: inert, not empty, no blanks at its ends.
pub(in crate::reports) fn string(text: &str) -> String {
    let text = crate::model::shorten(&escape(text), LIMIT);
    if text.trim().is_empty() { "-".to_owned() } else { text.trim().to_owned() }
}

/// A line with markup, in which only code is markup.
pub(in crate::reports) fn line(text: &str) -> String {
    let text = markup::prose(text, LIMIT);
    if text.is_empty() { "-".to_owned() } else { text }
}

/// Text of several lines with markup; all of ours stand on one.
pub(in crate::reports) fn text(text: &str) -> String {
    line(text)
}

/// An id: lower-case, with `_` for what an id can't hold.
pub(in crate::reports) fn token(text: &str) -> String {
    let plain = |character: char| {
        let fits = character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
        if fits { character.to_ascii_lowercase() } else { '_' }
    };
    let token: String = text.chars().map(plain).collect();
    if token.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        token
    } else {
        format!("_{token}")
    }
}

/// A property of otaudit's own.
pub(in crate::reports) fn prop(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": SPACE, "value": string(value) })
}

/// A digest of a resource.
pub(in crate::reports) fn hash(digest: &Digest) -> Value {
    json!({ "algorithm": "SHA-256", "value": digest.hex() })
}

/// OSCAL leaves out what is empty.
pub(in crate::reports) fn prune(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(prune).collect()),
        Value::Object(fields) => {
            let kept = fields
                .into_iter()
                .filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
            Value::Object(kept.map(|(name, value)| (name, prune(value))).collect())
        }
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_the_shapes() {
        assert_eq!(token("OTA-BUN-002"), "ota-bun-002");
        assert_eq!(token("3 ä/b"), "_3___b");
        assert_eq!((string(" \u{a0}"), string(" a\nb "), line("")), ("-".into(), "a\\nb".into(), "-".into()));
        let pruned = prune(json!({ "a": [], "b": null, "c": {}, "d": [{ "e": [] }] }));
        assert_eq!(pruned, json!({ "c": {}, "d": [{}] }));
    }
}
