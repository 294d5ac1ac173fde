//! `Expo.plist`, in which expo-updates keeps its configuration (expo/expo, `UpdatesConfig.swift`).

use serde::Serialize;

use super::info::{Setting, setting};
use super::plist::{PlistFault, PlistNode, PropertyList};
use super::sited::Reader;

/// One `Expo.plist`.
#[derive(Clone, Debug, Serialize)]
pub struct ExpoPlist {
    /// The file.
    pub file: String,
    /// Where it breaks off.
    pub fault: Option<PlistFault>,
    /// The keys in the order of the file; dictionaries below them one level, with a `.` between. Not serialised: request
    /// headers may hold tokens.
    #[serde(skip)]
    pub settings: Vec<Setting>,
}

impl ExpoPlist {
    pub(super) fn read(reader: &Reader<'_>, list: &PropertyList) -> Self {
        let mut settings = Vec::new();
        for entry in list.root.entries() {
            if let PlistNode::Dict(entries) = &entry.value.node {
                let below = entries
                    .iter()
                    .map(|one| setting(reader, &format!("{}.{}", entry.key, one.key), &one.value, one.position));
                settings.extend(below);
            } else {
                settings.push(setting(reader, &entry.key, &entry.value, entry.position));
            }
        }
        Self { file: reader.file.to_owned(), fault: list.fault.clone(), settings }
    }
}
