//! Whether the bundle links to a privacy notice, by the words of addresses.

use super::support::at;
use crate::facts::BundleFacts;
use crate::model::Location;

/// Parts of the addresses of privacy notices, in lower case.
const WORDS: [&str; 19] = [
    "adatvedelem",
    "aydinlatma",
    "confidentialite",
    "confidentialité",
    "cookieverklaring",
    "datenschutz",
    "gizlilik",
    "integritetspolicy",
    "personvern",
    "prywatnosc",
    "privacidad",
    "privacidade",
    "privacy",
    "privatliv",
    "soukromi",
    "tietosuoja",
    "隐私",
    "プライバシー",
    "개인정보",
];

/// The first link to a privacy notice, and its address.
pub(super) fn link(bundle: &BundleFacts) -> Option<(Location, String)> {
    bundle.all_files().find_map(|file| {
        let links = file.page.iter().flat_map(|page| &page.links).map(|link| (&link.url, link.position));
        let named = file.script.iter().flat_map(|script| &script.addresses);
        let named = named.chain(&file.addresses).map(|address| (&address.url, address.position));
        links
            .chain(named)
            .find(|(url, _)| {
                let lower = url.to_lowercase();
                WORDS.iter().any(|word| lower.contains(word))
            })
            .map(|(url, position)| (at(&file.path, Some(position)), url.clone()))
    })
}
