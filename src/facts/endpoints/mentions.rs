//! The hosts that the Capacitor configuration names: in the blocks of update systems, in `server`, and of pinning plugins.

use std::collections::BTreeMap;

use super::shipped::{setting_place, shipping_configs, values};
use super::{Endpoint, Endpoints, HostKind, HostPurpose, MOST_HOSTS, Mention, Protection, UnknownHost, undecided};
use crate::facts::address::{Address, address, host};
use crate::facts::capacitor::{ConfigFacts, ConfigFile, Scalar, Setting};
use crate::facts::systems::UpdateSystem;
use crate::model::{Fact, Location, Root};

/// Places of one host beyond these are not kept.
const MOST_MENTIONS: usize = 50;
/// Those of [`UpdateSystem::endpoint_keys`] whose default is [`UpdateSystem::default_host`].
const MAIN_KEYS: [&str; 3] = ["updateUrl", "serverDomain", "cdnUrl"];
/// Capgo's own addresses for the rest are on its default host too (`CapacitorUpdaterPlugin`: `statsUrlDefault`,
/// `channelUrlDefault`).
const CAPGO_DEFAULTS: [&str; 2] = ["statsUrl", "channelUrl"];

/// What was gathered so far.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) endpoints: Endpoints,
    places: BTreeMap<String, usize>,
}

impl Gathered {
    /// Adds a place to its host.
    pub(super) fn add(&mut self, host: &str, mention: Mention) {
        if host.is_empty() {
            return;
        }
        let known = self.places.get(host).and_then(|index| self.endpoints.hosts.get_mut(*index));
        if let Some(endpoint) = known {
            if endpoint.mentions.len() < MOST_MENTIONS && !endpoint.mentions.contains(&mention) {
                endpoint.mentions.push(mention);
            }
        } else if self.endpoints.hosts.len() < MOST_HOSTS {
            self.places.insert(host.to_owned(), self.endpoints.hosts.len());
            self.endpoints.hosts.push(Endpoint {
                host: host.to_owned(),
                kind: HostKind::of(host),
                mentions: vec![mention],
                protection: Protection::default(),
            });
        } else {
            self.endpoints.left_out += 1;
        }
    }

    fn unknown(&mut self, purpose: HostPurpose, named_by: &str, why: &str, location: Location) {
        let (named_by, why) = (named_by.to_owned(), why.to_owned());
        self.endpoints.unknown.push(UnknownHost { purpose, named_by, why, location });
    }
}

fn mention(purpose: HostPurpose, named_by: &str, scheme: Option<String>, location: Location) -> Mention {
    Mention {
        purpose,
        named_by: named_by.to_owned(),
        default_of: None,
        scheme,
        includes_subdomains: None,
        when: None,
        location,
    }
}

/// The scheme and the host of a text; a text that is a host alone has no scheme.
fn parts(text: &str) -> (Option<String>, String) {
    match address(text) {
        Address::Remote { scheme, host } => (Some(scheme).filter(|scheme| !scheme.is_empty()), host),
        Address::Local(text) => (None, host(&text)),
        Address::Other { .. } => (None, String::new()),
    }
}

/// What a key of an update system's block is for.
fn purpose(key: &str) -> HostPurpose {
    match key {
        "channelUrl" => HostPurpose::Channel,
        "statsUrl" | "ingestUrl" => HostPurpose::Statistics,
        _ if is_development(key) => HostPurpose::Development,
        _ => HostPurpose::Updates,
    }
}

/// `localHost`, `localApi` …: servers on a developer's machine.
fn is_development(key: &str) -> bool {
    key.strip_prefix("local").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
}

/// The hosts of one update system. Its defaults and what is not known are those of the configuration that ships.
pub(super) fn of_system(gathered: &mut Gathered, settings: &ConfigFacts, system: &UpdateSystem) {
    let first = settings.shipping().or_else(|| shipping_configs(settings).next());
    let place = Location::file(Root::App, first.map_or("package.json", |config| &config.path));
    let of = |key: &str| first.map(|config| values(config, &["plugins", system.plugin, key])).unwrap_or_default();
    let main = system.endpoint_keys.iter().any(|key| MAIN_KEYS.contains(key) && !of(key).is_empty());
    if !main {
        let key = system.endpoint_keys.iter().find(|key| MAIN_KEYS.contains(key));
        by_default(gathered, system, key.unwrap_or(&"updates"), place.clone(), None);
    }
    for key in system.endpoint_keys {
        let found = of(key);
        if found.is_empty() && system.id == "capgo" && CAPGO_DEFAULTS.contains(key) {
            by_default(gathered, system, key, place.clone(), None);
        }
        for (value, when, location) in found {
            named(gathered, system, key, &value, when, location);
        }
    }
    // A copy in a native project that says otherwise is what that app asks.
    for config in shipping_configs(settings).filter(|config| Some(&config.path) != first.map(|first| &first.path)) {
        for key in system.endpoint_keys {
            for (value, when, location) in values(config, &["plugins", system.plugin, key]) {
                if matches!(value, Fact::Known(Scalar::Text(_))) {
                    named(gathered, system, key, &value, when, location);
                }
            }
        }
    }
    for config in shipping_configs(settings) {
        let block = ["plugins", system.plugin];
        let below = config.settings.known().into_iter().flat_map(|settings| settings.under(&block));
        for setting in below.filter(|setting| setting.path.len() == 3) {
            if let Some(key) = setting.path.last().filter(|key| is_development(key)) {
                for (value, when, location) in values(config, &["plugins", system.plugin, key]) {
                    if matches!(value, Fact::Known(Scalar::Text(_))) {
                        named(gathered, system, key, &value, when, location);
                    }
                }
            }
        }
    }
}

fn named(
    gathered: &mut Gathered,
    system: &UpdateSystem,
    key: &str,
    value: &Fact<Scalar>,
    when: Option<String>,
    location: Location,
) {
    let path = format!("plugins.{}.{key}", system.plugin);
    match value {
        Fact::Known(Scalar::Text(text)) => {
            let (scheme, host) = parts(text);
            // The plugin puts `https://` before a domain itself.
            let scheme = scheme.or_else(|| key.ends_with("Domain").then(|| "https".to_owned()));
            gathered.add(&host, Mention { when, ..mention(purpose(key), &path, scheme, location) });
        }
        Fact::Known(Scalar::Null) | Fact::Absent
            if MAIN_KEYS.contains(&key) || system.id == "capgo" && CAPGO_DEFAULTS.contains(&key) =>
        {
            by_default(gathered, system, key, location, when);
        }
        Fact::Known(_) | Fact::Absent => {}
        Fact::Unknown(why) | Fact::Unreadable(why) => gathered.unknown(purpose(key), &path, why, location),
    }
}

/// The vendor's own host, where no setting names one.
fn by_default(gathered: &mut Gathered, system: &UpdateSystem, key: &str, location: Location, when: Option<String>) {
    let path = format!("plugins.{}.{key}", system.plugin);
    let one = mention(purpose(key), &path, Some("https".to_owned()), location);
    gathered.add(system.default_host, Mention { default_of: Some(system.id), when, ..one });
}

/// The hosts of the block `server`.
pub(super) fn of_server(gathered: &mut Gathered, config: &ConfigFile) {
    for (value, when, location) in values(config, &["server", "url"]) {
        text(gathered, HostPurpose::RemotePages, "server.url", None, (&value, when, location));
    }
    let scheme = config.settings.known().map(|settings| settings.text(&["server", "androidScheme"]));
    let scheme = match scheme {
        Some(Fact::Known(scheme)) => Some(scheme.to_ascii_lowercase()),
        Some(Fact::Absent) => Some("https".to_owned()),
        _ => None,
    };
    for (value, when, location) in values(config, &["server", "hostname"]) {
        text(gathered, HostPurpose::Origin, "server.hostname", scheme.as_ref(), (&value, when, location));
    }
    for (value, when, setting) in elements(config, &["server", "allowNavigation"]) {
        let location = setting_place(setting);
        text(gathered, HostPurpose::Navigation, "server.allowNavigation", None, (&value, when, location));
    }
}

/// The hosts that a pinning plugin leaves out.
pub(super) fn left_unpinned(gathered: &mut Gathered, config: &ConfigFile) {
    let key = "plugins.SSLPinning.excludedDomains";
    for (value, _, setting) in elements(config, &["plugins", "SSLPinning", "excludedDomains"]) {
        // The plugin's own documentation has several in one text.
        for entry in value.known().and_then(Scalar::text).unwrap_or_default().split(',') {
            let (scheme, host) = parts(entry.trim());
            gathered.add(&host, mention(HostPurpose::NotPinned, key, scheme, setting_place(setting)));
        }
    }
}

/// The elements of a list, each with its own place.
fn elements<'a>(
    config: &'a ConfigFile,
    list: &'a [&'a str],
) -> impl Iterator<Item = (Fact<Scalar>, Option<String>, &'a Setting)> {
    let settings = config.settings.known();
    settings.into_iter().flat_map(move |settings| {
        let below = settings.under(list).filter(move |setting| setting.path.len() == list.len() + 1);
        below.flat_map(move |setting| {
            let path: Vec<&str> = setting.path.iter().map(String::as_str).collect();
            settings.possible(&path).into_iter().map(move |(value, when)| (value, when, setting))
        })
    })
}

fn text(
    gathered: &mut Gathered,
    purpose: HostPurpose,
    key: &str,
    default: Option<&String>,
    (value, when, location): (&Fact<Scalar>, Option<String>, Location),
) {
    if let Some(why) = undecided(value) {
        gathered.unknown(purpose, key, why, location);
    } else if let Some(written) = value.known().and_then(Scalar::text) {
        let (scheme, host) = parts(written);
        let scheme = scheme.or_else(|| default.cloned());
        gathered.add(&host, Mention { when, ..mention(purpose, key, scheme, location) });
    }
}

/// A rule's mention of a host.
pub(super) fn rule(purpose: HostPurpose, named_by: &str, subdomains: Option<bool>, location: Location) -> Mention {
    Mention { includes_subdomains: subdomains, ..mention(purpose, named_by, None, location) }
}

/// The host that a rule's domain stands for, however it is written.
pub(super) fn host_of(domain: &str) -> String {
    parts(domain).1
}
