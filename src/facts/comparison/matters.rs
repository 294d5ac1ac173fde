//! What matters of a bundle as a whole: sets that are read from its facts and not file by file.

use std::collections::BTreeMap;

use super::sets::{Items, MOST_ITEMS, NAME, Named, SetChange, SetItem, SetKind};
use crate::facts::BundleFacts;
use crate::facts::components::libraries;
use crate::facts::hashed::stem;
use crate::facts::kind::Class;
use crate::facts::network::NetworkHost;
use crate::facts::privacy::{Kind, Met, SignalFact, read_privacy};
use crate::model::{Location, Root, printable};

/// Signals about paying.
const PAYMENTS: [&str; 2] = ["web.payment", "cap.purchases"];
/// Plugins and functions that pay or sell, beside those of the table of signals.
const PAYING: [&str; 10] = [
    "Purchases",
    "CdvPurchase",
    "InAppPurchase2",
    "InAppPurchases",
    "NativePurchases",
    "GlassfyPlugin",
    "Adapty",
    "Stripe",
    "PaymentRequest",
    "paypal",
];
/// The signal about services that switch features.
const REMOTE: &str = "lib.remote-config";

/// The sets that a bundle's facts tell as a whole.
pub(super) fn matters(bundle: &BundleFacts) -> Named {
    let mut all = Named::new();
    let mut add = |kind: SetKind, name: &str, place: Location| {
        let items = all.entry(kind).or_default();
        if items.len() < MOST_ITEMS {
            items.entry(printable(name, NAME)).or_insert(place);
        }
    };
    for fact in &read_privacy(bundle, None).signals {
        signal(fact, &mut add);
    }
    for host in &bundle.network.hosts {
        network_host(host, &mut add);
    }
    for file in bundle.all_files() {
        let class = file.detection.as_ref().map(|detection| detection.kind.class);
        let page = file.page.as_ref().filter(|_| class == Some(Class::Html));
        for element in page.iter().flat_map(|page| &page.scripts) {
            if let Some(source) = &element.source {
                add(SetKind::EntryPoints, &stem(source), Location::at(Root::Bundle, &file.path, element.position));
            }
        }
        for policy in page.iter().flat_map(|page| &page.policies) {
            for directive in &policy.directives {
                // Hashes and nonces are other ones with every build.
                let lasting = |source: &&String| !source.starts_with("'sha") && !source.starts_with("'nonce-");
                let sources: Vec<&str> = directive.sources.iter().filter(lasting).map(String::as_str).collect();
                let name = format!("{}: {} {}", stem(&file.path), directive.name, sources.join(" "));
                add(SetKind::ContentPolicy, &name, Location::at(Root::Bundle, &file.path, policy.position));
            }
        }
        for plugin in file.script.iter().flat_map(|script| &script.plugins) {
            if PAYING.contains(&plugin.name.as_str()) {
                let name = format!("plugin {}", plugin.name);
                add(SetKind::Payments, &name, Location::at(Root::Bundle, &file.path, plugin.position));
            }
        }
        for used in file.script.iter().flat_map(|script| &script.uses).filter(|used| used.calls > 0) {
            let root = used.path.split('.').next().unwrap_or_default();
            if PAYING.contains(&root) {
                add(SetKind::Payments, &used.path, Location::at(Root::Bundle, &file.path, used.position));
            }
        }
    }
    for library in libraries(bundle) {
        let Some(told) = library.places.first() else { continue };
        let place = told.position.map_or_else(
            || Location::file(Root::Bundle, &told.path),
            |position| Location::at(Root::Bundle, &told.path, position),
        );
        let name = library.version.map_or_else(|| library.package.clone(), |one| format!("{} {one}", library.package));
        add(SetKind::Libraries, &name, place);
    }
    all
}

fn signal(fact: &SignalFact, add: &mut impl FnMut(SetKind, &str, Location)) {
    let signal = fact.signal;
    let place = fact.places.first().map_or_else(
        || Location::file(Root::Bundle, ""),
        |first| match first.position {
            Some(position) => Location::at(Root::Bundle, &first.path, position),
            None => Location::file(Root::Bundle, &first.path),
        },
    );
    let name = format!("{} ({})", signal.title, signal.id);
    if PAYMENTS.contains(&signal.id.as_str()) {
        add(SetKind::Payments, &name, place.clone());
    } else if signal.id == REMOTE {
        add(SetKind::RemoteConfig, &name, place.clone());
    }
    // A name alone is no use, and the signs that users are asked are none of data.
    if signal.kind == Kind::Positive || !(fact.met.is_use() || fact.met == Met::Registered) {
        return;
    }
    add(SetKind::PersonalData, &name, place.clone());
    if !signal.ios_keys.is_empty() {
        add(SetKind::Permissions, &format!("iOS: {}", signal.ios_keys.join(" or ")), place.clone());
    }
    if !signal.android_permissions.is_empty() {
        add(SetKind::Permissions, &format!("Android: {}", signal.android_permissions.join(" or ")), place);
    }
}

fn network_host(host: &NetworkHost, add: &mut impl FnMut(SetKind, &str, Location)) {
    let Some(first) = host.mentions.first() else { return };
    let place = first.position.map_or_else(
        || Location::file(Root::Bundle, &first.path),
        |position| Location::at(Root::Bundle, &first.path, position),
    );
    if host.class.is_contact() {
        add(SetKind::Contacts, &host.host, place.clone());
    }
    if let Some(owner) = host.owner.as_ref().filter(|owner| host.class.may_be_contact() && owner.purpose.is_tracking())
    {
        add(SetKind::Trackers, &format!("{} ({})", host.host, owner.name), place);
    }
}

/// Libraries whose version changed stand once, with both versions and the direction.
pub(super) fn with_versions(change: &mut SetChange) {
    let split = |item: &SetItem| {
        let (package, version) = item.name.rsplit_once(' ')?;
        Some((package.to_owned(), version.to_owned()))
    };
    // Several versions of one library are not paired.
    let mut gone: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (package, version) in change.removed.iter().filter_map(split) {
        gone.entry(package).or_default().push(version);
    }
    let mut come: BTreeMap<String, usize> = BTreeMap::new();
    for (package, _) in change.added.iter().filter_map(split) {
        *come.entry(package).or_default() += 1;
    }
    let mut paired = Items::new();
    for item in &mut change.added {
        let Some((package, version)) = split(item) else { continue };
        if let (Some([before]), Some(1)) = (gone.get(&package).map(Vec::as_slice), come.get(&package)) {
            paired.insert(format!("{package} {before}"), item.location.clone());
            let way = match (semver::Version::parse(before), semver::Version::parse(&version)) {
                (Ok(old), Ok(new)) if new < old => "down",
                (Ok(old), Ok(new)) if new > old => "up",
                _ => "was",
            };
            let tail = if way == "was" { format!("was {before}") } else { format!("{way} from {before}") };
            item.name = format!("{package} {version}, {tail}");
        }
    }
    change.removed.retain(|item| !paired.contains_key(&item.name));
}
