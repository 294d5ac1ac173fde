//! What matters of a bundle, as sets of names: what one has and the other has not.

use std::collections::BTreeMap;

use serde::Serialize;

use super::alike::{counted, sites};
use crate::facts::address::{Address, address};
use crate::facts::hashed::stem;
use crate::facts::kind::Class;
use crate::facts::script::{CodeSite, Origin, PluginCall, SiteKind};
use crate::facts::{BundleFacts, FileFacts};
use crate::model::{Location, Root, printable};

/// Names kept of one set.
pub(super) const MOST_ITEMS: usize = 2_000;
/// How much of a name is kept.
pub(super) const NAME: usize = 160;

/// What a set is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetKind {
    /// Native plugins that are registered or asked for.
    Plugins,
    /// Methods of native plugins that are called.
    PluginCalls,
    /// What is called and read of the browser and of well-known services.
    BrowserFunctions,
    /// Calls of the update plugin, and of what else is watched for.
    WatchedCalls,
    /// Hosts from which code is loaded.
    CodeHosts,
    /// Hosts that are named.
    Hosts,
    /// Places where code comes into being, by how and from where.
    DynamicCode,
    /// Modules of WebAssembly.
    WebAssembly,
    /// Workers and service workers.
    Workers,
    /// Pages.
    Pages,
    /// Languages, by the names of files.
    Locales,
    /// Uses of personal data, by the signals of `policies/signals.yaml`.
    PersonalData,
    /// Ways to pay, and the stores' own.
    Payments,
    /// Services that switch features from afar.
    RemoteConfig,
    /// Names of features that such services are asked for; best effort.
    Flags,
    /// Texts of Info.plist and permissions of Android that uses of personal data need.
    Permissions,
    /// Hosts that are contacted, as far as files tell.
    Contacts,
    /// Hosts whose business is advertising or measuring, by the table of trackers.
    Trackers,
    /// Directives of the pages' content security policies.
    ContentPolicy,
    /// Scripts with which pages begin.
    EntryPoints,
    /// Service workers.
    ServiceWorkers,
    /// Libraries and their versions.
    Libraries,
    /// The release that a build writes into its scripts, such as `app@1.2.3`.
    Releases,
    /// Keys of services that tell tests from production by their form, out of scripts that changed; best effort.
    Stages,
    /// Routes of the app's router, out of scripts that changed; best effort.
    Routes,
}

impl SetKind {
    /// All of them, in the order in which a reader cares.
    pub const ALL: [Self; 25] = [
        Self::DynamicCode,
        Self::CodeHosts,
        Self::PersonalData,
        Self::Permissions,
        Self::Payments,
        Self::Stages,
        Self::RemoteConfig,
        Self::Flags,
        Self::Trackers,
        Self::Contacts,
        Self::Plugins,
        Self::PluginCalls,
        Self::BrowserFunctions,
        Self::WatchedCalls,
        Self::Hosts,
        Self::WebAssembly,
        Self::ServiceWorkers,
        Self::Workers,
        Self::ContentPolicy,
        Self::Pages,
        Self::EntryPoints,
        Self::Routes,
        Self::Releases,
        Self::Libraries,
        Self::Locales,
    ];

    /// As a heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Plugins => "native plugins",
            Self::PluginCalls => "methods of native plugins",
            Self::BrowserFunctions => "functions of the browser and of services",
            Self::WatchedCalls => "calls of the update plugin and for permissions",
            Self::CodeHosts => "hosts that code is loaded from",
            Self::Hosts => "hosts that are named",
            Self::DynamicCode => "dynamic code",
            Self::WebAssembly => "WebAssembly",
            Self::Workers => "workers",
            Self::Pages => "pages",
            Self::Locales => "languages",
            Self::PersonalData => "uses of personal data",
            Self::Payments => "ways to pay",
            Self::RemoteConfig => "services that switch features",
            Self::Flags => "names of switched features",
            Self::Permissions => "texts and permissions that are needed",
            Self::Contacts => "hosts that are contacted",
            Self::Trackers => "trackers",
            Self::ContentPolicy => "content security policy",
            Self::EntryPoints => "scripts that pages begin with",
            Self::ServiceWorkers => "service workers",
            Self::Releases => "releases that scripts name",
            Self::Libraries => "libraries",
            Self::Stages => "keys for tests or production",
            Self::Routes => "routes",
        }
    }
}

/// What changed of one set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetChange {
    /// What it is of.
    pub kind: SetKind,
    /// What only the bundle after has.
    pub added: Vec<SetItem>,
    /// What only the bundle before has.
    pub removed: Vec<SetItem>,
    /// How many both have.
    pub kept: usize,
}

/// A name in a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetItem {
    /// The name, bounded and inert.
    pub name: String,
    /// Where it stands first, in the bundle that has it.
    pub location: Location,
}

/// What is found in the texts of scripts that changed, by kind; files that both bundles have are not in it.
pub(super) type Named = BTreeMap<SetKind, Items>;

/// A bundle, and the sets that are known of it already.
pub(super) type Side<'a> = (&'a BundleFacts, Named);

/// The sets that either bundle has something of.
#[must_use]
pub(super) fn set_changes(before: Side<'_>, after: Side<'_>) -> Vec<SetChange> {
    let ((theirs_bundle, theirs), (ours_bundle, ours)) = (before, after);
    let changes = SetKind::ALL.into_iter().filter_map(|kind| {
        let of = |all: &Named, bundle, other| all.get(&kind).cloned().unwrap_or_else(|| items(kind, bundle, other));
        change(kind, &of(&theirs, theirs_bundle, ours_bundle), &of(&ours, ours_bundle, theirs_bundle))
    });
    changes.collect()
}

pub(super) type Items = BTreeMap<String, Location>;

fn change(kind: SetKind, before: &Items, after: &Items) -> Option<SetChange> {
    let only = |these: &Items, those: &Items| -> Vec<SetItem> {
        let missing = these.iter().filter(|(name, _)| !those.contains_key(*name));
        missing.map(|(name, location)| SetItem { name: name.clone(), location: location.clone() }).collect()
    };
    let kept = after.keys().filter(|name| before.contains_key(*name)).count();
    let (added, removed) = (only(after, before), only(before, after));
    (kept + added.len() + removed.len() > 0).then_some(SetChange { kind, added, removed, kept })
}

fn items(kind: SetKind, bundle: &BundleFacts, other: &BundleFacts) -> Items {
    let mut items = Items::new();
    if kind == SetKind::DynamicCode {
        // Of several alike, those in files that both have come first, so that a further one stands in a changed file.
        let is_same = |file: &&FileFacts| {
            file.sha256.is_some() && other.file(&file.path).is_some_and(|other| other.sha256 == file.sha256)
        };
        let (same, changed): (Vec<&FileFacts>, Vec<&FileFacts>) = bundle.all_files().partition(is_same);
        same.into_iter().chain(changed).for_each(|file| sites(file, &mut items));
        return items;
    }
    if kind == SetKind::WebAssembly {
        // Modules of one name, but for its hash, are several.
        let is_module = |file: &&FileFacts| {
            file.detection.as_ref().is_some_and(|detection| detection.kind.class == Class::WebAssembly)
        };
        for file in bundle.all_files().filter(is_module) {
            counted(&mut items, &printable(&stem(&file.path), NAME), Location::file(Root::Bundle, &file.path));
        }
    }
    for file in bundle.all_files() {
        let mut add = |name: &str, location: Location| {
            if items.len() < MOST_ITEMS {
                items.entry(printable(name, NAME)).or_insert(location);
            }
        };
        of_file(kind, file, &mut add);
    }
    items
}

fn of_file(kind: SetKind, file: &FileFacts, add: &mut impl FnMut(&str, Location)) {
    let whole = || Location::file(Root::Bundle, &file.path);
    let at = |position| Location::at(Root::Bundle, &file.path, position);
    let class = file.detection.as_ref().map(|detection| detection.kind.class);
    match kind {
        SetKind::Pages if file.page.is_some() && class == Some(Class::Html) => add(&stem(&file.path), whole()),
        SetKind::Locales => {
            if let Some(language) = language(&file.path) {
                add(language, whole());
            }
        }
        SetKind::CodeHosts => {
            for script in file.page.iter().flat_map(|page| &page.scripts) {
                if let Some(Address::Remote { host, .. }) = script.source.as_deref().map(address) {
                    add(&host, whole());
                }
            }
        }
        _ => {}
    }
    let Some(script) = &file.script else { return };
    match kind {
        SetKind::Plugins => {
            for plugin in script.plugins.iter().filter(|plugin| plugin.call != PluginCall::Checked) {
                add(&plugin.name, at(plugin.position));
            }
        }
        SetKind::PluginCalls => {
            for used in script.uses.iter().filter(|used| used.is_plugin && used.calls > 0) {
                add(&used.path, at(used.position));
            }
        }
        SetKind::BrowserFunctions => {
            for used in script.uses.iter().filter(|used| !used.is_plugin && used.calls > 0) {
                add(&used.path, at(used.position));
            }
        }
        SetKind::WatchedCalls => {
            for call in &script.calls {
                let object = call.object.as_deref().filter(|object| object.len() > 2);
                let name = object.map_or_else(|| call.method.to_owned(), |object| format!("{object}.{}", call.method));
                add(&name, at(call.position));
            }
        }
        SetKind::Hosts => script.hosts.iter().for_each(|(host, position)| add(host, at(*position))),
        SetKind::CodeHosts => {
            for site in &script.sites {
                if let Origin::Remote { host, .. } = &site.origin {
                    add(host, at(site.position));
                }
            }
        }
        SetKind::Workers => {
            let made = |site: &&CodeSite| site.kind == SiteKind::Worker && !is_service(site);
            for site in script.sites.iter().filter(made) {
                add(&dynamic(site), at(site.position));
            }
        }
        SetKind::WebAssembly => {
            for position in &script.webassembly {
                add("WebAssembly made by a script", at(*position));
            }
        }
        SetKind::ServiceWorkers => {
            for site in script.sites.iter().filter(|site| site.kind == SiteKind::Worker && is_service(site)) {
                add(&dynamic(site), at(site.position));
            }
        }
        _ => {}
    }
}

/// Whether a worker is registered to stand between the page and the network.
fn is_service(site: &CodeSite) -> bool {
    site.excerpt.contains("serviceWorker") || site.excerpt.contains(".register(")
}

/// How and from where; of unknown code the expression without the names that a minifier gave.
pub(super) fn dynamic(site: &CodeSite) -> String {
    let how = site.kind.expression();
    match &site.origin {
        Origin::Constant { text } => format!("{how} of the constant `{}`", printable(text, 60)),
        Origin::SameOrigin { url } => format!("{how} of the bundle's own `{}`", stem(url)),
        Origin::Remote { host, .. } => format!("{how} from {host}"),
        Origin::NetworkDerived { source } => format!("{how} of what came by {source}"),
        Origin::UserInput { source } => format!("{how} of what a person gives by {source}"),
        Origin::Unknown => format!("{how} of what is not known"),
    }
}

/// The language that a file is of: `assets/i18n/de.json`, `locale/pt-BR.js`, `common.fr-4f3a1b9c.js` in a folder of such.
fn language(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/')?;
    let folder = folder.rsplit('/').next()?.to_ascii_lowercase();
    if !matches!(
        folder.as_str(),
        "i18n" | "locale" | "locales" | "lang" | "langs" | "languages" | "translations" | "l10n"
    ) {
        return None;
    }
    let word = name.split(['.', '_']).find(|word| is_language(word))?;
    Some(word)
}

/// `de`, `pt-BR`, `zh-Hans`: BCP 47 as far as bundles use it.
fn is_language(word: &str) -> bool {
    let mut parts = word.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && !matches!(first, "js" | "mjs" | "cjs" | "map" | "css")
        && parts.all(|part| (2..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
