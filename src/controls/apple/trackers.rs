//! Hosts of advertising and analytics among those that a bundle names.

use crate::facts::BundleFacts;
use crate::facts::network::{HostClass, NetworkHost};
use crate::facts::trackers::Purpose as Use;

/// What a host is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// Advertising and attribution.
    Advertising,
    /// A company of advertising whose host is only named: it may be a link or a manual.
    PerhapsAdvertising,
    /// What may be tracking: analytics, recordings, tags and campaigns are, when joined with the data of others.
    Analytics,
}

/// What a host of the network map is for, where that may be tracking; a page to which a person is sent is not.
pub(super) fn purpose(host: &NetworkHost) -> Option<Purpose> {
    let owner = host.owner.as_ref().filter(|_| host.class.may_be_contact())?;
    // The makers' own sites are linked to; nothing is sent there but by what is really loaded or asked.
    let is_site = host.class == HostClass::Named && host.host.starts_with("www.");
    match owner.purpose {
        _ if is_site => None,
        Use::Advertising | Use::Attribution if owner.sure || host.class.is_contact() => Some(Purpose::Advertising),
        Use::Advertising | Use::Attribution => Some(Purpose::PerhapsAdvertising),
        Use::Analytics | Use::SessionReplay | Use::TagManager | Use::Tracker | Use::Marketing => {
            Some(Purpose::Analytics)
        }
        // A social network's page is a link; what it serves into the app follows people.
        Use::Social if host.class == HostClass::Code => Some(Purpose::Analytics),
        _ => None,
    }
}

/// Hosts of the map that may be tracking.
pub(super) fn trackers(bundle: &BundleFacts) -> impl Iterator<Item = (&NetworkHost, Purpose)> {
    bundle.network.hosts.iter().filter_map(|host| Some((host, purpose(host)?)))
}
