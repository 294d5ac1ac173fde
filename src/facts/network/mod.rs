//! The network map: every host that the bundle names, what for, and whose it is.

mod class;
mod collect;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_truth_bundles;

pub use class::HostClass;
pub use collect::map;

use serde::Serialize;

use super::trackers::{Owner, TrackerList, owner, owner_by};
use crate::model::Position;

/// Every host that a bundle names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NetworkMap {
    /// The hosts in the order of their names.
    pub hosts: Vec<NetworkHost>,
    /// How many mentions of further hosts there are; they are not told apart.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// A host, and what the bundle does with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NetworkHost {
    /// Its name in lower case, or an IP address; of a computed name what is constant.
    pub host: String,
    /// The most that is done with it, over all mentions.
    pub class: HostClass,
    /// Who owns it and what it is for, when that is known.
    pub owner: Option<Owner>,
    /// Whether something that is loaded, asked or named without a role goes there unencrypted.
    pub cleartext: bool,
    /// Where it is named, what weighs most first; only some.
    pub mentions: Vec<Mention>,
    /// How often it is named.
    pub count: usize,
}

/// One place that names a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// What is done with it here.
    pub class: HostClass,
    /// The address, bounded and inert.
    pub url: String,
    /// The file, as the archive has it (not inert).
    pub path: String,
    /// Where in the file.
    pub position: Option<Position>,
    /// What names it: `script`, `fetch`, `style`, `a`, `json` …
    pub by: String,
}

impl NetworkMap {
    /// The hosts to which the bundle connects as far as files tell: code, requests, resources.
    pub fn contacted(&self) -> impl Iterator<Item = &NetworkHost> {
        self.hosts.iter().filter(|host| host.class.is_contact())
    }

    /// Those, and the hosts that scripts name without that their use is seen.
    pub fn possible_contacts(&self) -> impl Iterator<Item = &NetworkHost> {
        self.hosts.iter().filter(|host| host.class.may_be_contact())
    }

    /// The host of that name.
    #[must_use]
    pub fn host(&self, name: &str) -> Option<&NetworkHost> {
        let at = self.hosts.binary_search_by(|host| host.host.as_str().cmp(name)).ok()?;
        self.hosts.get(at)
    }

    /// Looks up all owners again, in the lists of the request first.
    pub fn use_lists(&mut self, lists: &[TrackerList]) {
        for host in &mut self.hosts {
            host.owner = owner_of(&host.host, host.class, lists);
        }
    }
}

fn owner_of(host: &str, class: HostClass, lists: &[TrackerList]) -> Option<Owner> {
    let public = !matches!(class, HostClass::Local | HostClass::Placeholder);
    if !public {
        None
    } else if lists.is_empty() {
        owner(host)
    } else {
        owner_by(lists, host)
    }
}
