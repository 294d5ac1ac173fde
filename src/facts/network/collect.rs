//! Gathers what the files of a bundle name.

use std::collections::{BTreeMap, BTreeSet};

use super::class::class_of;
use super::{HostClass, Mention, NetworkHost, NetworkMap, owner_of};
use crate::facts::FileFacts;
use crate::facts::address::{Address, address};
use crate::facts::page::PageFacts;
use crate::facts::script::{AddressRole, NamedAddress, Origin, ScriptFacts, SiteKind};
use crate::model::{Position, printable};

/// Hosts kept of one bundle.
const MOST_HOSTS: usize = 2_000;
/// Places kept of one host.
const MOST_MENTIONS: usize = 8;
/// How much of an address is kept.
const LONGEST: usize = 200;

/// The map of a bundle's files.
pub fn map<'a>(files: impl Iterator<Item = &'a FileFacts>) -> NetworkMap {
    let mut gathering = Gathering::default();
    for file in files {
        gathering.path = &file.path;
        if let Some(page) = &file.page {
            gathering.page(page);
        }
        for one in file.style.iter().flat_map(|style| &style.addresses) {
            gathering.add(&one.url, HostClass::Resource, "style", Some(one.position));
        }
        if let Some(script) = &file.script {
            gathering.script(script);
        }
        for one in &file.addresses {
            gathering.named(one, "json");
        }
    }
    let owned = |host: NetworkHost| NetworkHost { owner: owner_of(&host.host, host.class, &[]), ..host };
    NetworkMap { hosts: gathering.hosts.into_values().map(owned).collect(), more: gathering.more }
}

#[derive(Default)]
struct Gathering<'a> {
    hosts: BTreeMap<String, NetworkHost>,
    more: usize,
    path: &'a str,
}

impl Gathering<'_> {
    fn page(&mut self, page: &PageFacts) {
        for script in &page.scripts {
            if let Some(source) = &script.source {
                self.add(source, HostClass::Code, "script", Some(script.position));
            }
        }
        if let Some(base) = &page.base {
            self.add(base, HostClass::Code, "base", None);
        }
        for frame in &page.frames {
            self.add(&frame.url, HostClass::Code, &frame.element, Some(frame.position));
        }
        for one in &page.references {
            let bare = one.url.split(['?', '#']).next().unwrap_or_default();
            let is_module = one.element == "link" && (bare.ends_with(".js") || bare.ends_with(".mjs"));
            let class = if is_module { HostClass::Code } else { HostClass::Resource };
            self.add(&one.url, class, &one.element, Some(one.position));
        }
        for one in page.forms.iter().chain(&page.hints) {
            self.add(&one.url, HostClass::Contacted, &one.element, Some(one.position));
        }
        for one in page.links.iter().chain(&page.refreshes) {
            self.add(&one.url, HostClass::Linked, &one.element, Some(one.position));
        }
        for one in &page.style.addresses {
            self.add(&one.url, HostClass::Resource, "style", Some(one.position));
        }
    }

    fn script(&mut self, script: &ScriptFacts) {
        for site in script.sites.iter().filter(|site| !site.kind.takes_code()) {
            if let Origin::Remote { url, .. } = &site.origin {
                let by = match site.kind {
                    SiteKind::Worker => "worker",
                    SiteKind::ImportScripts => "importScripts",
                    SiteKind::ScriptElement => "script",
                    _ => "import",
                };
                self.add(url, HostClass::Code, by, Some(site.position));
            }
        }
        for one in &script.addresses {
            self.named(one, "script");
        }
        // Addresses without a scheme stand among the hosts only.
        let named: BTreeSet<String> =
            script.addresses.iter().filter_map(|one| host_of(&one.url)).map(|(_, host)| host).collect();
        for (host, position) in script.hosts.iter().take(MOST_HOSTS) {
            if !named.contains(host) {
                self.add(&format!("//{host}"), HostClass::Named, "script", Some(*position));
            }
        }
    }

    fn named(&mut self, one: &NamedAddress, by: &str) {
        let class = match one.role {
            AddressRole::Contacted => HostClass::Contacted,
            AddressRole::Linked => HostClass::Linked,
            AddressRole::Named => HostClass::Named,
        };
        // A name that goes on where the text ends is not whole: `https://api.` and what a variable holds.
        let unfinished = one.open && one.url.splitn(4, '/').nth(3).is_none() && !one.url.contains(['?', '#']);
        if unfinished {
            self.add(&format!("{}\u{2026}", one.url), class, by, Some(one.position));
        } else {
            self.add(&one.url, class, by, Some(one.position));
        }
    }

    fn add(&mut self, url: &str, role: HostClass, by: &str, position: Option<Position>) {
        let Some((scheme, host)) = host_of(url) else { return };
        let class = class_of(&host, url, role);
        let host = if host.is_empty() { "(computed)".to_owned() } else { printable(&host, LONGEST) };
        if self.hosts.len() >= MOST_HOSTS && !self.hosts.contains_key(&host) {
            self.more = self.more.saturating_add(1);
            return;
        }
        let entry = self.hosts.entry(host.clone()).or_insert_with(|| NetworkHost {
            host,
            class,
            owner: None,
            cleartext: false,
            mentions: Vec::new(),
            count: 0,
        });
        entry.class = entry.class.min(class);
        entry.cleartext |= matches!(scheme.as_str(), "http" | "ws") && class.may_be_contact();
        entry.count = entry.count.saturating_add(1);
        let mention = Mention {
            class,
            url: printable(url, LONGEST),
            path: self.path.to_owned(),
            position,
            by: printable(by, 40),
        };
        // What weighs most first: also unencrypted before encrypted.
        let weight = |one: &Mention| (one.class, !is_cleartext(&one.url));
        let at = entry.mentions.partition_point(|known| weight(known) <= weight(&mention));
        if at < MOST_MENTIONS {
            entry.mentions.insert(at, mention);
            entry.mentions.truncate(MOST_MENTIONS);
        }
    }
}

fn is_cleartext(url: &str) -> bool {
    let start = |head: &str| url.get(..head.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(head));
    start("http:") || start("ws:")
}

fn host_of(url: &str) -> Option<(String, String)> {
    match address(url) {
        // Apps have schemes of their own, which lead to other apps.
        Address::Remote { scheme, host } if matches!(scheme.as_str(), "" | "http" | "https" | "ws" | "wss" | "ftp") => {
            Some((scheme, host))
        }
        _ => None,
    }
}
