//! Things of one name that are several: a further one is new where one like it was before.

use super::sets::{Items, MOST_ITEMS, NAME, dynamic};
use crate::facts::FileFacts;
use crate::facts::script::{Origin, SiteKind};
use crate::model::{Location, Root, printable};

/// Places of one name that are told apart.
const MOST_ALIKE: usize = 50;

/// The places where code comes into being. Those whose code is not the bundle's own are counted: a second one is another name.
pub(super) fn sites(file: &FileFacts, items: &mut Items) {
    for site in file.script.iter().flat_map(|script| &script.sites).filter(|site| site.kind != SiteKind::Worker) {
        let name = printable(&dynamic(site), NAME);
        let location = Location::at(Root::Bundle, &file.path, site.position);
        if matches!(site.origin, Origin::Constant { .. } | Origin::SameOrigin { .. }) {
            items.entry(name).or_insert(location);
        } else {
            counted(items, &name, location);
        }
    }
}

/// Adds a name, or one that says that it is a further one of this name.
pub(super) fn counted(items: &mut Items, name: &str, location: Location) {
    if items.len() >= MOST_ITEMS {
        return;
    }
    let further = (2..=MOST_ALIKE).map(|number| format!("{name}, place {number}"));
    let free = std::iter::once(name.to_owned()).chain(further).find(|name| !items.contains_key(name));
    if let Some(free) = free {
        items.insert(free, location);
    }
}
