//! Where update systems keep their keys in the configurations of an app.

use std::collections::BTreeSet;

use super::xml::named_values;
use crate::facts::keys::{KeyMaterial, PrivateKeyFact, private_keys_in_text};
use crate::inputs::{JsonNode, JsonValue};
use crate::model::Position;

/// The most strings of one configuration that are searched for private keys.
const MOST_STRINGS: usize = 20_000;

/// What belongs at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// A public key.
    Public,
    /// A public key or certificate, or the path of its file.
    Path,
    /// A private key: Capgo's v1.
    Private,
    /// A symmetric key as base64.
    Symmetric,
    /// Nothing of the kind, and yet a private key stands there.
    Stray,
}

/// One value of a configuration that is a key or names its file.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The update system that reads it.
    pub(super) system: Option<&'static str>,
    /// The path of keys to it, such as `plugins.LiveUpdate.publicKey`.
    pub(super) at: String,
    pub(super) position: Option<Position>,
    pub(super) slot: Slot,
    pub(super) text: String,
    /// Whether the file writes it with character references.
    pub(super) xml_escaped: bool,
}

/// The keys of JSON configurations: system, path of keys (`[]` for each element, `*` for each value), slot.
///
/// Capgo `cli/src/key.ts`; Capawesome `src/definitions.ts` and, for Cordova, `generate-signing-key.ts`; Ionic
/// `definitions.d.ts` and Capacitor's `cli/src/tasks/copy.ts`; OtaKit `ManifestVerifier.java`;
/// expo-updates' `app.json`.
const JSON_SLOTS: &[(&str, &[&str], Slot)] = &[
    ("capgo", &["plugins", "CapacitorUpdater", "publicKey"], Slot::Public),
    ("capgo", &["plugins", "CapacitorUpdater", "privateKey"], Slot::Private),
    ("capawesome", &["plugins", "LiveUpdate", "publicKey"], Slot::Public),
    ("capawesome", &["cordova", "plugins", "*", "PUBLIC_KEY"], Slot::Public),
    ("ionic", &["plugins", "LiveUpdates", "key"], Slot::Path),
    ("ionic", &["plugins", "FederatedCapacitor", "liveUpdatesKey"], Slot::Path),
    ("otakit", &["plugins", "OtaKit", "manifestKeys", "[]", "key"], Slot::Public),
    ("otakit", &["plugins", "OtaKit", "bundleKeys", "[]", "key"], Slot::Symmetric),
    ("expo", &["expo", "updates", "codeSigningCertificate"], Slot::Path),
    ("expo", &["updates", "codeSigningCertificate"], Slot::Path),
];

/// The names under which XML files hold keys: in a property list the key before the value, in Android's resources and
/// manifest the attribute `name`, in Cordova's `config.xml` a preference's or variable's name.
const XML_SLOTS: &[(&str, &str, Slot)] = &[
    ("codepush", "CodePushPublicKey", Slot::Public),
    ("expo", "expo.modules.updates.CODE_SIGNING_CERTIFICATE", Slot::Path),
    ("expo", "EXUpdatesCodeSigningCertificate", Slot::Path),
    ("capawesome", "PUBLIC_KEY", Slot::Public),
];

/// Whether a JSON document is an app's configuration, by its shape.
pub(crate) fn is_configuration(root: &JsonValue) -> bool {
    let block = |name: &str| root.get(name).is_some_and(|value| matches!(value.node, JsonNode::Object(_)));
    let capacitor =
        block("plugins") || root.get("webDir").is_some() || (root.get("appId").is_some() && block("server"));
    let expo = root.path(&["expo", "updates"]).is_some() || root.path(&["updates", "codeSigningCertificate"]).is_some();
    capacitor || expo || root.path(&["cordova", "plugins"]).is_some()
}

/// The places of a JSON configuration.
pub(super) fn of_json(root: &JsonValue) -> Vec<Place> {
    let mut places = Vec::new();
    for (system, keys, slot) in JSON_SLOTS {
        descend(root, keys, String::new(), &mut |value, at| {
            let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { return };
            let (text, position) = (text.to_owned(), Some(value.position));
            places.push(Place { system: Some(system), at, position, slot: *slot, text, xml_escaped: false });
        });
    }
    let mut search = Search { seen: places.iter().filter_map(|place| place.position).collect(), left: MOST_STRINGS };
    search.stray(root, String::new(), &mut places);
    places
}

/// Calls `found` for every value at the end of `keys`.
fn descend(value: &JsonValue, keys: &[&str], at: String, found: &mut dyn FnMut(&JsonValue, String)) {
    let Some((key, rest)) = keys.split_first() else { return found(value, at) };
    match (*key, &value.node) {
        ("[]", JsonNode::Array(elements)) => {
            for (number, element) in elements.iter().enumerate() {
                descend(element, rest, format!("{at}[{number}]"), found);
            }
        }
        ("*", JsonNode::Object(pairs)) => {
            for (name, _, inner) in pairs {
                descend(inner, rest, joined(&at, name), found);
            }
        }
        _ => {
            if let Some(inner) = value.get(key) {
                descend(inner, rest, joined(&at, key), found);
            }
        }
    }
}

fn joined(at: &str, key: &str) -> String {
    if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") }
}

/// The search for private keys in any other string: all of `plugins` is copied into the app as it stands.
struct Search {
    seen: BTreeSet<Position>,
    left: usize,
}

impl Search {
    fn stray(&mut self, value: &JsonValue, at: String, places: &mut Vec<Place>) {
        match &value.node {
            JsonNode::String(text) => {
                self.left = self.left.saturating_sub(1);
                let searched = self.left > 0 && !self.seen.contains(&value.position);
                let found = |fact: &PrivateKeyFact| fact.material != KeyMaterial::Placeholder;
                if searched && private_keys_in_text(text).iter().any(found) {
                    let (text, position) = (text.clone(), Some(value.position));
                    places.push(Place { system: None, at, position, slot: Slot::Stray, text, xml_escaped: false });
                }
            }
            JsonNode::Array(elements) => {
                for (number, element) in elements.iter().enumerate() {
                    self.stray(element, format!("{at}[{number}]"), places);
                }
            }
            JsonNode::Object(pairs) => {
                for (key, _, inner) in pairs {
                    self.stray(inner, joined(&at, key), places);
                }
            }
            JsonNode::Null | JsonNode::Bool(_) | JsonNode::Number(_) => {}
        }
    }
}

/// The places of a property list, an Android resource or manifest, or Cordova's `config.xml`.
///
/// # Errors
/// When it mentions a key's name and can't be read.
pub(super) fn of_xml(text: &str) -> Result<Vec<Place>, String> {
    if !XML_SLOTS.iter().any(|slot| text.contains(slot.1)) {
        return Ok(Vec::new());
    }
    let places = named_values(text)?.into_iter().filter_map(|value| {
        let (system, _, slot) = XML_SLOTS.iter().find(|row| row.1 == value.name)?;
        Some(Place {
            system: Some(system),
            at: value.name,
            position: Some(value.position),
            slot: *slot,
            text: value.value,
            xml_escaped: value.escaped,
        })
    });
    Ok(places.filter(|place| !place.text.trim().is_empty()).collect())
}
