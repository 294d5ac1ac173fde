//! What a configuration means for one host (`ApplicationConfig.getConfigForHostname`, `NetworkSecurityConfig.Builder`).

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Anchor, AnchorSource, ConfigEntry, Domain, NetworkSecurity, PinSet};
use crate::facts::android::place::{Effective, Place, Written};
use crate::model::Fact;

/// What protects the connection to one host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostProtection {
    /// The host, in lower case and without a final dot.
    pub host: String,
    /// The configuration file that is in force; `Absent` when the manifest names none.
    pub config_file: Fact<String>,
    /// The `domain` that matched; `Absent` when the base configuration or the platform's default holds.
    pub matched: Fact<Written<String>>,
    /// Whether `http` is allowed.
    pub cleartext: Fact<Effective<bool>>,
    /// Whether certificates that the phone's user installed are trusted.
    pub user_anchors: Fact<Effective<bool>>,
    /// Whether the system's certificates are trusted.
    pub system_anchors: Fact<Effective<bool>>,
    /// The certificate files of the app that are trusted.
    pub own_anchors: Vec<Anchor>,
    /// Anchors that pass despite pins.
    pub anchors_over_pins: Vec<Anchor>,
    /// The pins that hold, wherever they are inherited from; `Absent` when nothing is pinned.
    pub pin_set: Fact<PinSet>,
    /// How many different keys are pinned.
    pub distinct_pins: usize,
    /// The day on which pinning ends; `Absent` when there are no pins or they last for ever.
    pub pin_expiry: Fact<Written<String>>,
    /// Whether certificate transparency is demanded; devices before Android 16 don't know it.
    pub certificate_transparency: Fact<Effective<bool>>,
}

/// What holds where no configuration says otherwise.
#[derive(Clone, Debug)]
pub(in super::super) struct Defaults {
    /// Of `http`.
    pub(in super::super) cleartext: Fact<Effective<bool>>,
    /// Of the user's certificates.
    pub(in super::super) user_anchors: Fact<Effective<bool>>,
    /// Of certificate transparency.
    pub(in super::super) certificate_transparency: Fact<Effective<bool>>,
}

impl Defaults {
    /// The protection of a host about which no configuration says anything.
    pub(in super::super) fn protection(&self, host: &str) -> HostProtection {
        HostProtection {
            host: normal(host),
            config_file: Fact::Absent,
            matched: Fact::Absent,
            cleartext: self.cleartext.clone(),
            user_anchors: self.user_anchors.clone(),
            system_anchors: Fact::Known(Effective::platform(true, "the system's certificates are trusted", None)),
            own_anchors: Vec::new(),
            anchors_over_pins: Vec::new(),
            pin_set: Fact::Absent,
            distinct_pins: 0,
            pin_expiry: Fact::Absent,
            certificate_transparency: self.certificate_transparency.clone(),
        }
    }
}

/// As `getConfigForHostname` does before it compares.
pub(super) fn normal(host: &str) -> String {
    let host = host.trim().to_lowercase();
    host.strip_suffix('.').map_or_else(|| host.clone(), ToOwned::to_owned)
}

/// What `config` means for `host`, with `debug` added in a debuggable build.
pub(in super::super) fn protect(
    config: &NetworkSecurity,
    path: &str,
    host: &str,
    defaults: &Defaults,
    debug: Option<&ConfigEntry>,
) -> HostProtection {
    let mut protection = defaults.protection(host);
    protection.config_file = Fact::Known(path.to_owned());
    let matched = best_match(config, &protection.host);
    if let Some((_, domain)) = matched {
        protection.matched = Fact::Known(Written::new(domain.name.clone(), domain.at.clone()));
    }
    let chain = chain(config, matched.map(|(index, _)| index));

    if let Some(cleartext) = chain.iter().find_map(|entry| entry.cleartext.as_ref()) {
        protection.cleartext = Fact::Known(Effective::written(cleartext.value, cleartext.at.clone()));
    }
    if let Some(transparency) = chain.iter().find_map(|entry| transparency(entry)) {
        protection.certificate_transparency = Fact::Known(transparency);
    }
    let inherited = chain.iter().find_map(|entry| entry.trust_anchors.as_ref().map(|anchors| (anchors, &entry.at)));
    let added = debug.and_then(|entry| entry.trust_anchors.as_ref());
    let anchors: Vec<&Anchor> =
        inherited.iter().flat_map(|(anchors, _)| anchors.iter()).chain(added.into_iter().flatten()).collect();
    let trusts = |source: &AnchorSource| anchors.iter().find(|anchor| anchor.source == *source);
    if let Some(user) = trusts(&AnchorSource::User) {
        protection.user_anchors = Fact::Known(Effective::written(true, user.at.clone()));
    } else if let Some((_, at)) = inherited {
        protection.user_anchors = Fact::Known(Effective::written(false, place_of(inherited, at)));
    }
    if let Some((_, at)) = inherited {
        let system = trusts(&AnchorSource::System);
        let at = system.map_or_else(|| place_of(inherited, at), |system| system.at.clone());
        protection.system_anchors = Fact::Known(Effective::written(system.is_some(), at));
    }
    protection.own_anchors = anchors
        .iter()
        .filter(|anchor| matches!(anchor.source, AnchorSource::Resource(_)))
        .map(|anchor| (*anchor).clone())
        .collect();
    protection.anchors_over_pins =
        anchors.iter().filter(|anchor| anchor.override_pins).map(|anchor| (*anchor).clone()).collect();

    // `NetworkSecurityTrustManager.checkPins` passes over an empty set.
    let pins = chain.iter().find_map(|entry| entry.pin_set.as_ref()).filter(|pin_set| !pin_set.pins.is_empty());
    if let Some(pin_set) = pins {
        let distinct: BTreeSet<&str> = pin_set.pins.iter().map(|pin| pin.sha256.as_str()).collect();
        protection.distinct_pins = distinct.len();
        protection.pin_expiry = pin_set.expiration.clone().map_or(Fact::Absent, Fact::Known);
        protection.pin_set = Fact::Known(pin_set.clone());
    }
    protection
}

/// The first anchor, or the entry when there is none.
fn place_of(inherited: Option<(&Vec<Anchor>, &Place)>, entry: &Place) -> Place {
    inherited.and_then(|(anchors, _)| anchors.first()).map_or_else(|| entry.clone(), |anchor| anchor.at.clone())
}

/// An anchor of the user or of the app switches certificate transparency off, unless the same entry asks for it.
fn transparency(entry: &ConfigEntry) -> Option<Effective<bool>> {
    if let Some(written) = &entry.certificate_transparency {
        return Some(Effective::written(written.value, written.at.clone()));
    }
    let own = |anchor: &&Anchor| matches!(anchor.source, AnchorSource::User | AnchorSource::Resource(_));
    let anchor = entry.trust_anchors.as_ref()?.iter().find(own)?;
    Some(Effective::written(false, anchor.at.clone()))
}

/// The same name, else the longest of those that include subdomains.
fn best_match<'a>(config: &'a NetworkSecurity, host: &str) -> Option<(usize, &'a Domain)> {
    let mut best: Option<(usize, &Domain)> = None;
    for (index, entry) in config.domains.iter().enumerate() {
        for domain in &entry.domains {
            if domain.name == host {
                return Some((index, domain));
            }
            let below = host.strip_suffix(&domain.name).is_some_and(|rest| rest.ends_with('.'));
            let longer = best.is_none_or(|(_, best)| domain.name.len() > best.name.len());
            if domain.include_subdomains && below && longer {
                best = Some((index, domain));
            }
        }
    }
    best
}

/// The entry that matched, those it is nested in, then the base.
fn chain(config: &NetworkSecurity, matched: Option<usize>) -> Vec<&ConfigEntry> {
    let mut chain = Vec::new();
    let mut next = matched;
    while let Some(entry) = next.and_then(|index| config.domains.get(index)) {
        chain.push(entry);
        // A parent always comes before its children.
        next = entry.parent.filter(|parent| next.is_some_and(|index| *parent < index));
    }
    chain.extend(config.base.as_ref());
    chain
}
