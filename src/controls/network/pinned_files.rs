//! What OTA-NET-003 says of pins beside those of update hosts: certificates of pinning plugins, and pins of other hosts.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::controls::network::pins::Wanted;
use crate::controls::support::shown;
use crate::controls::transport::{UpdateHost, add_once, days_between};
use crate::controls::{Draft, Outcome};
use crate::facts::android::ConfigEntry;
use crate::facts::endpoints::{Endpoint, HostKind, HostPurpose, PinnedCertificate, PinningPlugin, in_force};
use crate::facts::git::day_of;
use crate::facts::{AppFacts, BundleFacts};
use crate::model::{Fact, Severity};

/// The certificates of a pinning plugin. It guards its own requests alone, so its state is no failure of updates.
pub(super) fn plugin(outcome: &mut Outcome, plugin: &PinningPlugin, wanted: &Wanted) {
    let message = "a pinning plugin is there: it guards its own requests, not those of the update plugin";
    outcome.saw(message, Some(plugin.location.clone()));
    let end = |one: &PinnedCertificate| one.content.known().and_then(|certificate| day_of(certificate.not_after));
    let good = plugin.certificates.iter().filter(|one| end(one).is_some_and(|end| end >= wanted.today)).count();
    for one in &plugin.certificates {
        let name = shown(&one.path);
        let place = one.location.clone();
        let draft = match (&one.content, end(one)) {
            (Fact::Absent, _) => {
                let message = format!("the pinned certificate `{name}` is missing");
                Draft::fail("certificate-missing", place, message)
            }
            (Fact::Known(_), Some(end)) if end < wanted.today => {
                let ago = days_between(end, wanted.today);
                let message = format!("the pinned certificate `{name}` ended on {end}, {ago} days ago");
                if good == 0 {
                    Draft::fail("certificate-expired", place, format!("{message}, and no other is valid"))
                } else {
                    Draft::manual("certificate-expired", place, message).severity(Severity::Low)
                }
            }
            (Fact::Known(_), Some(end)) => {
                let left = days_between(wanted.today, end);
                let message = format!("the pinned certificate `{name}` ends on {end}, in {left} days");
                if left > wanted.warn_days {
                    outcome.saw(message, Some(place));
                    continue;
                }
                Draft::manual("certificate-expires-soon", place, message)
            }
            (Fact::Known(_), None) => {
                Draft::indeterminate("certificate-unread", place, format!("the dates of `{name}` can't be read"))
            }
            (Fact::Unreadable(why), _) => {
                let message = format!("the pinned certificate `{name}` could not be read: {}", shown(why));
                Draft::indeterminate("certificate-unread", place, message)
            }
            (Fact::Unknown(why), _) => {
                let message = format!("what the pinned certificate `{name}` is, is not known: {}", shown(why));
                Draft::manual("certificate-unknown", place, message).severity(Severity::Low)
            }
        };
        add_once(outcome, draft.key(name));
    }
}

/// Pins of hosts that serve no updates: sets that ended, and hosts that neither the configuration nor the bundle names.
pub(super) fn of_others(
    outcome: &mut Outcome,
    app: &AppFacts,
    bundle: Option<&BundleFacts>,
    hosts: &[UpdateHost],
    wanted: &Wanted,
) {
    let updates = |name: &str| hosts.iter().any(|host| host.host == name || host.host.ends_with(&format!(".{name}")));
    for file in app.android.projects.iter().flat_map(in_force) {
        let entries = file.content.known().into_iter().flat_map(|config| &config.domains);
        for entry in entries.filter(|entry| !entry.domains.iter().any(|domain| updates(&domain.name))) {
            ended(outcome, entry, wanted);
        }
    }
    let Some(bundle) = bundle else { return };
    let named: BTreeSet<&str> = bundle
        .files
        .iter()
        .flat_map(|file| file.script.iter().flat_map(|script| &script.hosts))
        .map(|(host, _)| host.as_str())
        .collect();
    for endpoint in &app.endpoints.hosts {
        unused(outcome, endpoint, &app.endpoints.hosts, &named);
    }
}

fn ended(outcome: &mut Outcome, entry: &ConfigEntry, wanted: &Wanted) {
    let Some(written) =
        entry.pin_set.as_ref().filter(|set| !set.pins.is_empty()).and_then(|set| set.expiration.as_ref())
    else {
        return;
    };
    let (Ok(end), Some(domain)) = (written.value.parse::<Date>(), entry.domains.first()) else { return };
    let (name, left) = (shown(&domain.name), days_between(wanted.today, end));
    if left > wanted.warn_days {
        return;
    }
    let (rule, message) = if left <= 0 {
        let ago = -left;
        ("other-pins-expired", format!("the pins of `{name}` ended on {end}, {ago} days ago; no updates come from it"))
    } else {
        (
            "other-pins-expire-soon",
            format!("the pins of `{name}` end on {end}, in {left} days; no updates come from it"),
        )
    };
    add_once(outcome, Draft::manual(rule, written.at.location(), message).severity(Severity::Low).key(name));
}

fn unused(outcome: &mut Outcome, endpoint: &Endpoint, all: &[Endpoint], named: &BTreeSet<&str>) {
    let pins = |purpose: HostPurpose| matches!(purpose, HostPurpose::AndroidPins | HostPurpose::AtsPins);
    let Some(mention) = endpoint.mentions.iter().find(|mention| pins(mention.purpose)) else { return };
    let below = mention.includes_subdomains == Some(true);
    let covers = |host: &str| {
        host == endpoint.host || below && host.strip_suffix(&endpoint.host).is_some_and(|rest| rest.ends_with('.'))
    };
    let contacted = all.iter().any(|one| one.is_contacted() && covers(&one.host));
    if endpoint.kind != HostKind::Name || contacted || named.iter().any(|host| covers(host)) {
        return;
    }
    let name = shown(&endpoint.host);
    let message = format!(
        "`{name}` is pinned, and neither the configuration nor the bundle names it: only native code could ask it"
    );
    let draft = Draft::manual("pins-of-unnamed-host", mention.location.clone(), message).severity(Severity::Low);
    add_once(outcome, draft.key(name));
}
