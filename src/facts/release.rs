//! What is published beside the bundle: its version and checksum.

use serde::Serialize;

use super::updaters::terms::{PublishedTerms, terms_of};
use crate::inputs::{JsonValue, decode, parse_json};
use crate::model::{Fact, Position};

/// What is published beside the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseFacts {
    /// The file that states it (last part of its path), or `--checksum`.
    pub source: String,
    /// The published checksum, as written.
    pub checksum: Fact<String>,
    /// Where it stands in the file.
    pub checksum_position: Option<Position>,
    /// The published version.
    pub version: Fact<String>,
    /// The address the bundle is fetched from.
    pub url: Fact<String>,
    /// Where it stands in the file.
    pub url_position: Option<Position>,
    /// What else it states: native versions, channel, dates.
    #[serde(skip_serializing_if = "PublishedTerms::is_empty")]
    pub terms: PublishedTerms,
}

/// The keys under which publishers write the checksum, most specific first.
const CHECKSUM_KEYS: &[&str] = &["checksum", "sha256", "bundle_sha256", "hash", "integrity"];

/// A checksum given on the command line.
#[must_use]
pub fn of_checksum(checksum: &str) -> ReleaseFacts {
    ReleaseFacts {
        source: "--checksum".to_owned(),
        checksum: Fact::Known(checksum.trim().to_owned()),
        checksum_position: None,
        version: Fact::Absent,
        url: Fact::Absent,
        url_position: None,
        terms: PublishedTerms::default(),
    }
}

/// Release metadata as JSON: a server's answer or a CLI's output, its fields at the top or under `data` or `bundle`.
#[must_use]
pub fn read_release(source: &str, bytes: &[u8]) -> ReleaseFacts {
    let json = match parse_json(&decode(bytes).text) {
        Ok(json) => json,
        Err((position, why)) => {
            let why = format!("line {}, column {}: {why}", position.line, position.column);
            return ReleaseFacts {
                source: source.to_owned(),
                checksum: Fact::Unreadable(why.clone()),
                checksum_position: None,
                version: Fact::Unreadable(why.clone()),
                url: Fact::Unreadable(why),
                url_position: None,
                terms: PublishedTerms::default(),
            };
        }
    };
    let find = |keys: &[&str]| {
        let places = [Some(&json.root), json.root.get("data"), json.root.get("bundle")];
        places
            .into_iter()
            .flatten()
            .find_map(|place| keys.iter().find_map(|key| place.get(key).filter(|value| value.as_str().is_some())))
    };
    let text = |value: Option<&JsonValue>| {
        value.and_then(JsonValue::as_str).map_or(Fact::Absent, |text| Fact::Known(text.to_owned()))
    };
    let (checksum, version, url) = (find(CHECKSUM_KEYS), find(&["version"]), find(&["url"]));
    ReleaseFacts {
        source: source.to_owned(),
        checksum: text(checksum),
        checksum_position: checksum.map(|value| value.position),
        version: text(version),
        url: text(url),
        url_position: url.map(|value| value.position),
        terms: terms_of(source, &json.root),
    }
}
