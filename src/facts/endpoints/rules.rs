//! The hosts that rules of the platforms name: Android's network security configuration, App Transport Security.

use std::collections::BTreeSet;

use super::HostPurpose;
use super::mentions::{Gathered, host_of, rule};
use super::shipped::{releases, shipped_lists};
use crate::facts::android::{AndroidFacts, AndroidProject, NetworkSecurityFile};
use crate::facts::ios::IosFacts;
use crate::model::{Location, Position, Root};

/// The network security configurations that are in force in a release.
#[must_use]
pub fn in_force(project: &AndroidProject) -> Vec<&NetworkSecurityFile> {
    let mut seen = BTreeSet::new();
    releases(project)
        .filter_map(|build| {
            let name = build.network_security_config.known()?.value.trim().strip_prefix("@xml/")?;
            project.config_of(build, name)
        })
        .filter(|file| seen.insert(&file.path))
        .collect()
}

pub(super) fn of_android(gathered: &mut Gathered, android: &AndroidFacts) {
    for file in android.projects.iter().flat_map(in_force) {
        for entry in file.content.known().into_iter().flat_map(|config| &config.domains) {
            let pinned = entry.pin_set.as_ref().is_some_and(|set| !set.pins.is_empty());
            let purpose = if pinned { HostPurpose::AndroidPins } else { HostPurpose::AndroidRule };
            for domain in &entry.domains {
                let subdomains = Some(domain.include_subdomains);
                gathered.add(&host_of(&domain.name), rule(purpose, "domain", subdomains, domain.at.location()));
            }
        }
    }
}

pub(super) fn of_ios(gathered: &mut Gathered, ios: &IosFacts) {
    for info in shipped_lists(ios) {
        let security = &info.transport_security;
        let at = |position: Option<Position>| {
            position.map_or_else(
                || Location::file(Root::App, &info.file),
                |position| Location::at(Root::App, &info.file, position),
            )
        };
        for one in &security.exceptions {
            let subdomains = one.includes_subdomains.known().copied();
            let mention = rule(HostPurpose::AtsException, "NSExceptionDomains", subdomains, at(one.position));
            gathered.add(&host_of(&one.domain), mention);
        }
        for one in &security.pinned {
            let subdomains = one.includes_subdomains.known().copied();
            let mention = rule(HostPurpose::AtsPins, "NSPinnedDomains", subdomains, at(one.position));
            gathered.add(&host_of(&one.domain), mention);
        }
    }
}
