//! What several controls ask of the native side of an app: its releases, its property lists, its configurations as they
//! ship, the hosts that its update systems ask, and the day on which dates are judged.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::support::{Address, address, host, is_ip, shown};
use super::updates::systems_of_app;
use super::{Draft, Outcome};
use crate::facts::android::{AndroidProject, Build, Place};
use crate::facts::capacitor::{ConfigFile, Role, Scalar, Setting};
use crate::facts::ios::{InfoPlist, IosFacts, Product, Sited};
use crate::facts::{AppFacts, Facts, UpdateSystem};
use crate::model::{Fact, Location, Root, Severity};

/// The keys that hold where updates come from; the others of [`UpdateSystem::endpoint_keys`] take statistics.
const UPDATE_KEYS: [&str; 5] = ["updateUrl", "channelUrl", "serverDomain", "serverUrl", "cdnUrl"];
/// Those whose default is [`UpdateSystem::default_host`].
const MAIN_KEYS: [&str; 3] = ["updateUrl", "serverDomain", "cdnUrl"];

/// The builds of an Android project that go to users: the plain release and that of each flavour.
pub(super) fn releases(project: &AndroidProject) -> impl Iterator<Item = &Build> {
    project.builds.iter().filter(|build| build.is_release)
}

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

/// The property lists of the app and its extensions, without those of tests, libraries and debug configurations.
pub(super) fn shipped_lists(ios: &IosFacts) -> impl Iterator<Item = &InfoPlist> {
    ios.info
        .iter()
        .filter(|info| !matches!(info.product, Product::Test | Product::Other) && !is_for_debugging(ios, &info.file))
}

/// Whether only configurations for developing use this property list.
fn is_for_debugging(ios: &IosFacts, file: &str) -> bool {
    let names = |value: &String| {
        let value = value.rsplit([')', '}']).next().unwrap_or_default().trim_start_matches('/');
        !value.is_empty() && (file == value || file.ends_with(&format!("/{value}")))
    };
    let mut users = ios
        .settings
        .iter()
        .filter(|setting| setting.name == "INFOPLIST_FILE" && setting.value.known().is_some_and(names))
        .peekable();
    users.peek().is_some() && users.all(|setting| setting.is_debug)
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

/// The configuration that ships, and the copies of it in the native projects, without those of builds for developing.
pub(super) fn shipping_configs(app: &AppFacts) -> impl Iterator<Item = &ConfigFile> {
    let shipping = app.settings.shipping.known();
    let for_developing = |path: &str| {
        let set = path.split_once("/src/").and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default();
        ["debug", "test", "androidTest"].iter().any(|start| set.starts_with(start)) || set.contains("Debug")
    };
    app.settings.files.iter().filter(move |file| {
        Some(&file.path) == shipping || matches!(file.role, Role::Android | Role::Ios) && !for_developing(&file.path)
    })
}

/// Every value that a setting may have, with its place and the condition under which it has it.
pub(super) fn values(file: &ConfigFile, keys: &[&str]) -> Vec<(Fact<Scalar>, Option<String>, Location)> {
    let Some(settings) = file.settings.known() else { return Vec::new() };
    let Some(setting) = settings.get(keys) else {
        return match settings.state(keys) {
            Fact::Unknown(why) => vec![(Fact::Unknown(why), None, Location::file(Root::App, &file.path))],
            _ => Vec::new(),
        };
    };
    settings.possible(keys).into_iter().map(|(value, when)| (value, when, setting_place(setting))).collect()
}

/// Where a setting stands.
pub(super) fn setting_place(setting: &Setting) -> Location {
    Location::at(Root::App, &setting.file, setting.position)
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
    for system in &app.update_systems {
        configured(app, system, &mut hosts, &mut open);
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
    {
        let location = release.url_position.map_or_else(
            || Location::file(Root::Release, &release.source),
            |position| Location::at(Root::Release, &release.source, position),
        );
        hosts.push(UpdateHost { host, named_by: "the release's address".to_owned(), location });
    }
    let mut seen = std::collections::BTreeSet::new();
    // A number has no certificate of a public authority, and what is on the device itself needs none.
    hosts.retain(|one| {
        !one.host.is_empty() && one.host != "localhost" && !is_ip(&one.host) && seen.insert(one.host.clone())
    });
    (hosts, open)
}

fn configured(app: &AppFacts, system: &UpdateSystem, hosts: &mut Vec<UpdateHost>, open: &mut Vec<Draft>) {
    let config = app.settings.shipping().or_else(|| shipping_configs(app).next());
    let place = Location::file(Root::App, config.map_or("package.json", |config| &config.path));
    let default = || UpdateHost {
        host: system.default_host.to_owned(),
        named_by: format!("the default of {}", system.id),
        location: place.clone(),
    };
    let mut main = false;
    for key in system.endpoint_keys.iter().filter(|key| UPDATE_KEYS.contains(key)) {
        let is_main = MAIN_KEYS.contains(key);
        for (value, _, location) in
            config.map(|config| values(config, &["plugins", system.plugin, key])).unwrap_or_default()
        {
            main |= is_main;
            match &value {
                Fact::Known(Scalar::Text(text)) => {
                    let host = match address(text) {
                        Address::Remote { host, .. } => host,
                        Address::Local(text) => host(&text),
                        Address::Other { .. } => String::new(),
                    };
                    hosts.push(UpdateHost { host, named_by: format!("`{key}`"), location });
                }
                Fact::Known(Scalar::Null) | Fact::Absent if is_main => hosts.push(default()),
                Fact::Unknown(why) | Fact::Unreadable(why) => {
                    let message = format!("the host of `{key}` is not known: {}", shown(why));
                    let draft = Draft::manual("host-not-known", location, message).severity(Severity::Medium);
                    open.push(draft.key(*key));
                }
                Fact::Known(_) | Fact::Absent => {}
            }
        }
    }
    if !main {
        hosts.push(default());
    }
}
