//! What protects one connection, alike for both platforms.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use super::days;
use crate::facts::android::{AnchorSource, Effective, Origin, PinSet};
use crate::facts::endpoints::{OldestTls, OnAndroid, OnIos};
use crate::facts::ios::{HostRule, PinKind, Sited};
use crate::model::{Fact, Location, Root};

/// Something that is said of a connection, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said<T> {
    /// What.
    pub value: Fact<T>,
    /// Where it is written, or what the platform's rule depends on.
    pub location: Option<Location>,
    /// No file says so: it is the platform's own rule.
    pub by_default: bool,
}

impl<T> Said<T> {
    const fn of_platform(value: T) -> Self {
        Self { value: Fact::Known(value), location: None, by_default: true }
    }
}

/// What protects the connection to a host in one or several builds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Connection {
    /// `android` or `ios`.
    pub platform: &'static str,
    /// The builds on Android, the property list on iOS.
    pub of: Vec<String>,
    /// Whether connections may be opened at all.
    pub online: bool,
    /// The rule that decides: a domain of Android's network security configuration, or of `NSExceptionDomains`.
    pub rule: Option<String>,
    /// Whether `http` is allowed to the app's own code, such as an updater.
    pub cleartext: Said<bool>,
    /// Whether it is allowed to web views.
    pub cleartext_in_web_views: Said<bool>,
    /// The oldest version of TLS; `system` when it is the system's own, `system-restricted` when that is TLS 1.2 from Android
    /// 15 on, `absent` when App Transport Security is off.
    pub oldest_tls: Said<String>,
    /// Whether certificates of the system's authorities are trusted.
    pub system_authorities: Said<bool>,
    /// Whether those of authorities are trusted that the phone's user installed.
    pub user_authorities: Said<bool>,
    /// The app's own certificates that are trusted as authorities.
    pub own_authorities: Vec<String>,
    /// How many different keys are pinned; `absent` when none is.
    pub pins: Said<usize>,
    /// The day on which pinning ends; `absent` without pins, or when they have no end.
    pub pins_end: Said<String>,
    /// Days until then; zero and below when nothing is pinned any more.
    pub pins_days_left: Option<i64>,
    /// Authorities whose certificates pass despite pins.
    pub pins_overridden_by: Vec<String>,
    /// Domains that were likely meant for the host and match no connection.
    pub misspelt: Vec<String>,
}

/// A fact of Android with its place.
fn effective<T: Clone>(fact: &Fact<Effective<T>>) -> Said<T> {
    let (location, by_default) = fact.known().map_or((None, false), |known| {
        (known.origin.place().map(crate::facts::android::Place::location), !matches!(known.origin, Origin::Written(_)))
    });
    Said { value: map(fact, |known| known.value.clone()), location, by_default }
}

fn map<T, U>(fact: &Fact<T>, with: impl Fn(&T) -> U) -> Fact<U> {
    match fact {
        Fact::Known(value) => Fact::Known(with(value)),
        Fact::Unknown(why) => Fact::Unknown(why.clone()),
        Fact::Absent => Fact::Absent,
        Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
    }
}

fn source(anchor: &AnchorSource) -> String {
    match anchor {
        AnchorSource::System => "system".to_owned(),
        AnchorSource::User => "user".to_owned(),
        AnchorSource::Wfa => "wfa".to_owned(),
        AnchorSource::Resource(name) => name.clone(),
    }
}

/// On Android.
pub(super) fn on_android(one: &OnAndroid, as_of: Date) -> Connection {
    let protection = &one.protection;
    let cleartext = effective(&protection.cleartext);
    let oldest = match one.oldest_tls {
        OldestTls::System => "system",
        OldestTls::RestrictedFromAndroid15 => "system-restricted",
    };
    let end = protection.pin_expiry.known().and_then(|end| end.value.parse::<Date>().ok());
    let names = |anchors: &[crate::facts::android::Anchor]| anchors.iter().map(|one| source(&one.source)).collect();
    let place = |set: &PinSet| set.at.location();
    Connection {
        platform: "android",
        of: one.builds.clone(),
        online: one.online,
        rule: protection.matched.known().map(|matched| matched.value.clone()),
        cleartext_in_web_views: cleartext.clone(),
        cleartext,
        oldest_tls: Said::of_platform(oldest.to_owned()),
        system_authorities: effective(&protection.system_anchors),
        user_authorities: effective(&protection.user_anchors),
        own_authorities: names(&protection.own_anchors),
        pins: Said {
            value: map(&protection.pin_set, |_| protection.distinct_pins),
            location: protection.pin_set.known().map(place),
            by_default: false,
        },
        pins_end: Said {
            value: map(&protection.pin_expiry, |end| end.value.clone()),
            location: protection.pin_expiry.known().map(|end| end.at.location()),
            by_default: false,
        },
        pins_days_left: end.map(|end| days(as_of, end)),
        pins_overridden_by: names(&protection.anchors_over_pins),
        misspelt: Vec::new(),
    }
}

/// A fact of iOS with its place; Apple's defaults stand in no file.
fn stated<T: Clone>(value: &Sited<T>) -> Said<T> {
    let location = value.position.map(|position| Location::at(Root::App, &value.file, position));
    Said { value: value.fact.clone(), by_default: location.is_none(), location }
}

/// On iOS.
pub(super) fn on_ios(one: &OnIos) -> Connection {
    let protection = &one.protection;
    let pinned = protection.pinned.as_ref();
    let keys = |kind: PinKind| -> usize {
        let pins = pinned.into_iter().flat_map(|domain| &domain.pins);
        let good = pins.filter(|pin| pin.kind == kind && pin.fault.is_none());
        good.filter_map(|pin| pin.digest.known()).collect::<BTreeSet<_>>().len()
    };
    let number = keys(PinKind::Authority) + keys(PinKind::Leaf);
    let place = pinned.and_then(|domain| domain.position);
    let mut oldest = stated(&protection.minimum_tls);
    oldest.by_default &= oldest.value != Fact::Absent;
    Connection {
        platform: "ios",
        of: vec![one.file.clone()],
        online: true,
        rule: match &protection.rule {
            HostRule::Exception(domain) => Some(domain.clone()),
            HostRule::ArbitraryLoads | HostRule::Local | HostRule::Default => None,
        },
        cleartext: stated(&protection.cleartext),
        cleartext_in_web_views: stated(&protection.cleartext_in_web_views),
        oldest_tls: oldest,
        system_authorities: Said::of_platform(true),
        user_authorities: Said::of_platform(true),
        own_authorities: Vec::new(),
        pins: Said {
            value: if pinned.is_some_and(|domain| !domain.pins.is_empty()) {
                Fact::Known(number)
            } else {
                Fact::Absent
            },
            location: place.map(|position| Location::at(Root::App, &one.file, position)),
            by_default: false,
        },
        pins_end: Said { value: Fact::Absent, location: None, by_default: false },
        pins_days_left: None,
        pins_overridden_by: Vec::new(),
        misspelt: protection.misspelt.iter().map(|key| key.key.clone()).collect(),
    }
}
