//! Whether the bundle has or links to a privacy notice, by the words of names and addresses.

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

/// The first page or link that is a privacy notice by its name or address, and that name.
pub(super) fn link(bundle: &BundleFacts) -> Option<(Location, String)> {
    bundle.all_files().find_map(|file| {
        let is_notice = |text: &str| {
            let lower = text.to_lowercase();
            WORDS.iter().any(|word| lower.contains(word))
        };
        if file.page.is_some() && is_notice(&file.path) {
            return Some((at(&file.path, None), file.path.clone()));
        }
        let links = file.page.iter().flat_map(|page| &page.links).map(|link| (&link.url, link.position));
        let named = file.script.iter().flat_map(|script| &script.addresses);
        let named = named.chain(&file.addresses).map(|address| (&address.url, address.position));
        links
            .chain(named)
            .find(|(url, _)| is_notice(url))
            .map(|(url, position)| (at(&file.path, Some(position)), url.clone()))
    })
}
