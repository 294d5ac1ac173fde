//! Who receives data: the hosts that app and bundle contact, and the stated vendor of each.

use std::collections::BTreeMap;

use super::support::is_listed;
use crate::facts::Facts;
use crate::facts::attestations::{Entry, Statement};
use crate::facts::endpoints::HostKind;
use crate::model::Location;
use crate::model::printable;

/// The hosts that receive data, each with its first place: those of updates and statistics in the app's configuration, and
/// those that the bundle contacts for sure.
pub(super) fn recipients(facts: &Facts) -> BTreeMap<String, Location> {
    let mut hosts = BTreeMap::new();
    for endpoint in facts.app.iter().flat_map(|app| &app.endpoints.hosts) {
        let mention = endpoint.mentions.iter().find(|mention| mention.purpose.is_contact());
        if let Some(mention) = mention.filter(|_| endpoint.kind != HostKind::Device) {
            hosts.insert(printable(&endpoint.host, 253), mention.location.clone());
        }
    }
    for host in facts.bundle.iter().flat_map(|bundle| &bundle.network.hosts) {
        let mention = host.mentions.iter().find(|mention| mention.class.is_contact());
        if let Some(mention) = mention.filter(|_| host.class.is_contact()) {
            let place = super::support::at(&mention.path, mention.position);
            hosts.entry(printable(&host.host, 253)).or_insert(place);
        }
    }
    hosts
}

/// The vendor that has this host.
pub(super) fn vendor_of<'a>(statement: &'a Statement, host: &str) -> Option<&'a Entry> {
    statement.value.entries.iter().find(|entry| is_listed(host, entry.texts("hosts")))
}

/// Whether the host is the organisation's own.
pub(super) fn is_own(vendor: &Entry) -> bool {
    vendor.text("role") == Some("own")
}
