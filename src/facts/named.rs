//! The addresses that JSON files name.

use super::script::{AddressRole, NamedAddress};
use crate::model::LineIndex;

/// Addresses kept of one file.
const MOST: usize = 500;
/// How much of an address is kept.
const LONGEST: usize = 200;

/// The addresses that are whole texts of a JSON file; a look at the text is enough to find them.
#[must_use]
pub fn addresses_in_json(text: &str, lines: &LineIndex<'_>) -> Vec<NamedAddress> {
    let mut found: Vec<NamedAddress> = Vec::new();
    for (quote, _) in text.match_indices("\"http").chain(text.match_indices("\"ws")) {
        let begin = quote + 1;
        let rest: String = text.get(begin..).unwrap_or_default().chars().take(LONGEST).collect();
        let url = rest.split('"').next().unwrap_or_default().replace("\\/", "/");
        let is_address = ["https://", "http://", "wss://", "ws://"].iter().any(|start| url.starts_with(start));
        if !is_address || found.iter().any(|known| known.url == url) {
            continue;
        }
        found.push(NamedAddress { url, role: AddressRole::Named, open: false, position: lines.position(begin) });
        if found.len() >= MOST {
            break;
        }
    }
    found
}
