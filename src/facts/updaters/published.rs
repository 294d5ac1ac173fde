//! What a release's metadata state of it, whichever system reads them.

use serde::Serialize;

use super::config::is_metadata;
use super::{Delivery, Role};
use crate::inputs::JsonValue;
use crate::model::Position;

/// The version that one metadata file states.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PublishedVersion {
    /// The file.
    pub source: String,
    /// The version, as written.
    pub version: String,
    /// Where it stands in the file.
    pub position: Position,
}

/// How a release file is named in reports.
pub(super) const RELEASE_FILE: &str = "release.yaml";
/// A release file is small, and read without the places of its values.
pub(super) const RELEASE_PLACE: Position = Position { line: 1, column: 1 };

/// The versions that the metadata of a release state, in the order of the files: `version` at the top (Capgo, OtaKit), or
/// under `data` or `bundle`, as publishers wrap a server's answer.
#[must_use]
pub fn versions(delivery: &Delivery) -> Vec<PublishedVersion> {
    let stated = delivery.stated.version.as_ref().map(|version| PublishedVersion {
        source: RELEASE_FILE.to_owned(),
        version: version.clone(),
        position: RELEASE_PLACE,
    });
    let documents = delivery.documents.iter().filter(|document| document.role == Role::Release);
    let read = documents.filter(|document| is_metadata(document)).filter_map(|document| {
        let root = &document.json.root;
        let places = [Some(root), root.get("data"), root.get("bundle")];
        let (value, version) = places.into_iter().flatten().find_map(|place| {
            let value = place.get("version")?;
            Some((value, JsonValue::as_str(value)?))
        })?;
        Some(PublishedVersion { source: document.path.clone(), version: version.to_owned(), position: value.position })
    });
    stated.into_iter().chain(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_metadata_and_not_from_the_project() {
        let delivery = crate::facts::testing::delivery(vec![
            ("capacitor.config.json", br#"{"appId":"a","version":"9.9.9","plugins":{}}"#.to_vec()),
            ("package.json", br#"{"name":"a","version":"8.0.0"}"#.to_vec()),
            ("update.json", b"{\"checksum\":\"x\",\n \"version\":\"1.4.0\"}".to_vec()),
        ]);
        let found = versions(&delivery);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].source.as_str(), found[0].version.as_str()), ("update.json", "1.4.0"));
        assert_eq!(found[0].position.line, 2);
    }
}
