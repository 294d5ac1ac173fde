//! What several controls ask of the native side of an app: its releases, its property lists, its configurations as they
//! ship, the hosts that its update systems ask, and the day on which dates are judged.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::support::{Address, address, shown};
use super::updates::systems_of_app;
use super::{Draft, Outcome};
use crate::facts::android::{AndroidProject, Build, Place};
use crate::facts::capacitor::ConfigFile;
pub(super) use crate::facts::endpoints::shipped::{releases, setting_place, shipped_lists, values};
use crate::facts::endpoints::{HostKind, HostPurpose, Mention, shipped};
use crate::facts::ios::Sited;
use crate::facts::{AppFacts, Facts};
use crate::model::{Fact, Location, Root, Severity};

/// Whether a build may use the network at all; where that could not be read, it may.
pub(super) fn is_online(build: &Build) -> bool {
    build.internet != Fact::Absent
}

/// Says of an Android project without a build that may use the network why nothing else is said of it.
pub(super) fn offline(outcome: &mut Outcome, project: &AndroidProject) -> bool {
    let offline = !releases(project).any(is_online);
    if offline {
        let place = project.manifests.first().map(|manifest| Location::file(Root::App, &manifest.path));
        outcome
            .saw("no release of the Android project asks for the INTERNET permission: it opens no connection", place);
    }
    offline
}

/// Where a value of a property list stands.
pub(super) fn sited<T>(value: &Sited<T>) -> Location {
    value.position.map_or_else(
        || Location::file(Root::App, &value.file),
        |position| Location::at(Root::App, &value.file, position),
    )
}

/// Whether the app has a native project.
pub(super) fn has_native(app: &AppFacts) -> bool {
    !app.android.projects.is_empty() || !app.ios.roots.is_empty()
}

/// The configuration that ships, and the copies of it in the native projects.
pub(super) fn shipping_configs(app: &AppFacts) -> impl Iterator<Item = &ConfigFile> {
    shipped::shipping_configs(&app.settings)
}

/// Adds a finding, unless another build or file has led to the same one.
pub(super) fn add_once(outcome: &mut Outcome, draft: Draft) {
    let same = |known: &Draft| known.rule == draft.rule && known.location == draft.location && known.key == draft.key;
    if !outcome.findings.iter().any(same) {
        outcome.findings.push(draft);
    }
}

/// Adds what an undecided fact comes to: *manual* when only a build can know it, *indeterminate* when it can't be read.
pub(super) fn add_undecided<T>(outcome: &mut Outcome, fact: &Fact<T>, rule: &str, place: Location, what: &str) {
    match fact {
        Fact::Unknown(why) => {
            let message = format!("{what} is not known: {}", shown(why));
            add_once(outcome, Draft::manual(rule, place, message).severity(Severity::Medium).key(what));
        }
        Fact::Unreadable(why) => {
            let message = format!("{what} could not be read: {}", shown(why));
            add_once(outcome, Draft::indeterminate(rule, place, message).key(what));
        }
        Fact::Known(_) | Fact::Absent => {}
    }
}

/// Files of the native projects that were not read and are of this sort.
pub(super) fn add_native_unread(outcome: &mut Outcome, app: &AppFacts, concerns: impl Fn(&str) -> bool) {
    let android = app.android.unread.iter().map(|one| (&one.path, &one.why));
    let ios = app.ios.unread.iter().map(|one| (&one.file, &one.why));
    for (path, why) in android.chain(ios).filter(|(path, _)| concerns(path)) {
        let message = format!("`{}` was not read: {}", shown(path), shown(why));
        add_once(outcome, Draft::indeterminate("not-read", Location::file(Root::App, path), message));
    }
}

/// A place in the Android project, or the project's first manifest.
pub(super) fn place_or_manifest(place: Option<&Place>, build: &Build) -> Location {
    let manifest = build.manifests.first().map_or("", String::as_str);
    place.map_or_else(|| Location::file(Root::App, manifest), Place::location)
}

/// The day on which dates are judged.
pub(super) fn today(facts: &Facts) -> Date {
    Timestamp::from_second(facts.as_of).unwrap_or_default().to_zoned(TimeZone::UTC).date()
}

/// Days from `start` to `end`; negative when `end` is earlier.
pub(super) fn days_between(start: Date, end: Date) -> i64 {
    start.until(end).map_or(0, |span| i64::from(span.get_days()))
}

/// A host from which updates come.
#[derive(Clone, Debug)]
pub(super) struct UpdateHost {
    /// In lower case, without port.
    pub(super) host: String,
    /// The setting that names it, or that it is the vendor's.
    pub(super) named_by: String,
    /// Where it is named.
    pub(super) location: Location,
}

/// The hosts that the app's update systems ask, and what could not be told of them.
pub(super) fn update_hosts(facts: &Facts) -> (Vec<UpdateHost>, Vec<Draft>) {
    let (mut hosts, mut open) = (Vec::new(), Vec::new());
    let Some(app) = &facts.app else { return (hosts, open) };
    // A number has no certificate of a public authority, and what is on the device itself needs none.
    for endpoint in app.endpoints.hosts.iter().filter(|endpoint| endpoint.kind == HostKind::Name) {
        // A vendor's default for channels is asked only when a script changes the channel.
        let counts = |mention: &&Mention| {
            mention.purpose == HostPurpose::Updates || mention.purpose.is_update() && mention.default_of.is_none()
        };
        if let Some(mention) = endpoint.mentions.iter().find(counts) {
            hosts.push(UpdateHost {
                host: endpoint.host.clone(),
                named_by: named_by(mention),
                location: mention.location.clone(),
            });
        }
    }
    for unknown in app.endpoints.unknown.iter().filter(|unknown| unknown.purpose.is_update()) {
        let key = last_key(&unknown.named_by);
        let message = format!("the host of `{}` is not known: {}", shown(key), shown(&unknown.why));
        let draft = Draft::manual("host-not-known", unknown.location.clone(), message).severity(Severity::Medium);
        open.push(draft.key(key));
    }
    for system in systems_of_app(facts) {
        if !app.update_systems.iter().any(|one| one.id == system) {
            let message = format!("where {system} asks for updates is not read, so its host must be looked at by hand");
            let place = Location::file(Root::App, "package.json");
            open.push(Draft::manual("host-not-known", place, message).severity(Severity::Medium).key(system));
        }
    }
    if let Some(release) = &facts.release
        && let Fact::Known(url) = &release.url
        && let Address::Remote { host, .. } = address(url)
        && HostKind::of(&host) == HostKind::Name
        && !host.is_empty()
        && !hosts.iter().any(|known| known.host == host)
    {
        let location = release.url_position.map_or_else(
            || Location::file(Root::Release, &release.source),
            |position| Location::at(Root::Release, &release.source, position),
        );
        hosts.push(UpdateHost { host, named_by: "the release's address".to_owned(), location });
    }
    (hosts, open)
}

/// The setting that names a host, or that it is a vendor's.
fn named_by(mention: &Mention) -> String {
    mention.default_of.map_or_else(
        || format!("`{}`", shown(last_key(&mention.named_by))),
        |system| format!("the default of {system}"),
    )
}

fn last_key(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
