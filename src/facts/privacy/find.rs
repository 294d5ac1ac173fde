//! Finds the signals of the table among what the scripts call, register and name.

use std::collections::{BTreeMap, BTreeSet};

use super::declared::declarations;
use super::table::{Kind, Table};
use super::{MOST_PLACES, Met, Owner, PrivacyFacts, SignalFact, SignalPlace};
use crate::facts::Parse;
use crate::facts::address::{Address, address};
use crate::facts::kind::Class;
use crate::facts::script::{AddressRole, ApiUse, Origin, PluginCall, ScriptFacts};
use crate::facts::{AppFacts, BundleFacts, FileFacts};
use crate::model::Position;

/// Fewer sources than these in one file are no fingerprint.
const LEAST_SOURCES: usize = 4;
/// The row that stands for a fingerprint.
const FINGERPRINT: &str = "web.fingerprint";
/// Methods that every plugin has, and that touch nothing.
const GENERAL: [&str; 8] =
    ["addListener", "catch", "checkPermissions", "finally", "removeAllListeners", "removeListener", "then", "toString"];
/// Hosts that begin so are linked to, from error messages for example.
const LINKED: [&str; 8] = ["docs.", "doc.", "developer.", "developers.", "help.", "support.", "www.", "blog."];

type Places = BTreeMap<usize, Vec<SignalPlace>>;

pub(super) fn find(table: &'static Table, bundle: &BundleFacts, app: Option<&AppFacts>) -> PrivacyFacts {
    let mut places = Places::new();
    let mut unparsed = Vec::new();
    for file in bundle.all_files() {
        let script = file.detection.as_ref().is_some_and(|one| one.kind.class == Class::JavaScript);
        if script && matches!(file.parse, Some(Parse::Failed { .. })) || file.unread.is_some() {
            unparsed.push(file.path.clone());
        }
        Reader { table, path: &file.path, places: &mut places }.file(file);
    }
    available(table, app, &mut places);
    let signals = places.into_iter().filter_map(|(number, mut places)| {
        let signal = table.signals.get(number)?;
        places.sort();
        let met = places.first()?.met;
        let count =
            places.iter().filter(|place| place.met == met).fold(0_u32, |sum, one| sum.saturating_add(one.count));
        let more = places.len().saturating_sub(MOST_PLACES);
        places.truncate(MOST_PLACES);
        Some(SignalFact { signal, met, count, places, more, declared: declarations(signal, app) })
    });
    PrivacyFacts { fault: None, table: table.read.clone(), signals: signals.collect(), unparsed }
}

struct Reader<'a> {
    table: &'static Table,
    path: &'a str,
    places: &'a mut Places,
}

impl Reader<'_> {
    fn file(&mut self, file: &FileFacts) {
        if let Some(script) = &file.script {
            for one in &script.uses {
                self.used(one);
            }
            self.by_method(script);
            self.registered(script);
            self.addresses(script);
            self.fingerprint(script);
        }
        if let Some(page) = &file.page {
            for element in &page.scripts {
                if let Some(url) = &element.source {
                    self.host(url, Met::Contacted, element.position);
                }
            }
            for frame in &page.frames {
                self.host(&frame.url, Met::Contacted, frame.position);
            }
        }
    }

    fn note(&mut self, number: usize, met: Met, position: Position, what: &str, count: u32) {
        let is_source = self.table.signals.get(number).is_some_and(|signal| signal.kind == Kind::Fingerprint);
        if is_source {
            return;
        }
        let list = self.places.entry(number).or_default();
        let same = list.iter_mut().find(|one| one.met == met && one.path == self.path && one.what == what);
        match same {
            Some(one) => one.count = one.count.saturating_add(count),
            None => list.push(SignalPlace {
                met,
                path: self.path.to_owned(),
                position: Some(position),
                what: what.to_owned(),
                count,
                owner: Owner::Unknown,
            }),
        }
    }

    fn used(&mut self, one: &ApiUse) {
        // The old way to a plugin is a path from a global name.
        let below = one.path.strip_prefix("Capacitor.Plugins.");
        let is_plugin = one.is_plugin || below.is_some();
        let path = below.unwrap_or(&one.path);
        let last = path.rsplit('.').next().unwrap_or_default();
        if one.calls > 0 {
            let map = if is_plugin { &self.table.plugins } else { &self.table.apis };
            let rows: BTreeSet<usize> = Table::under(map, path).collect();
            if !(is_plugin && GENERAL.contains(&last) && !map.contains_key(path)) {
                for number in rows {
                    self.note(number, Met::Called, one.position, path, one.calls);
                }
            }
        }
        if !is_plugin {
            // `navigator.connection.effectiveType` reads `navigator.connection`.
            let above = path.rsplit_once('.').map(|(above, _)| above);
            let found = [Some(path), above].into_iter().flatten().find_map(|path| self.table.reads.get_key_value(path));
            if let Some((known, rows)) = found {
                for number in rows {
                    self.note(*number, Met::Read, one.position, known, one.reads.saturating_add(one.calls).max(1));
                }
            }
        }
    }

    /// Calls on an object that is known by its last name only, such as `geolocation` taken from `navigator` before.
    fn by_method(&mut self, script: &ScriptFacts) {
        for call in &script.calls {
            let path = match (call.object.as_deref(), call.method) {
                (Some("geolocation"), method @ ("getCurrentPosition" | "watchPosition")) => {
                    format!("navigator.geolocation.{method}")
                }
                (Some("mediaDevices"), method @ ("getUserMedia" | "getDisplayMedia")) => {
                    format!("navigator.mediaDevices.{method}")
                }
                _ => continue,
            };
            if script.uses.iter().any(|one| one.path == path && one.calls > 0) {
                continue;
            }
            for number in self.table.apis.get(&path).into_iter().flatten() {
                self.note(*number, Met::Called, call.position, &path, 1);
            }
        }
    }

    fn registered(&mut self, script: &ScriptFacts) {
        for one in script.plugins.iter().filter(|one| one.call != PluginCall::Checked) {
            let start = format!("{}.", one.name);
            let rows: BTreeSet<usize> = self
                .table
                .plugins
                .range(start.clone()..)
                .take_while(|(name, _)| name.starts_with(&start))
                .flat_map(|(_, rows)| rows.iter().copied())
                .collect();
            // A plugin that can ask for consent need not do it.
            let collects =
                |number: &usize| self.table.signals.get(*number).is_some_and(|signal| signal.kind != Kind::Positive);
            let rows: Vec<usize> = rows.into_iter().filter(collects).collect();
            for number in rows {
                self.note(number, Met::Registered, one.position, &one.name, 1);
            }
        }
    }

    fn addresses(&mut self, script: &ScriptFacts) {
        for one in &script.addresses {
            match one.role {
                AddressRole::Contacted => self.host(&one.url, Met::Contacted, one.position),
                AddressRole::Named => self.host(&one.url, Met::Named, one.position),
                AddressRole::Linked => {}
            }
        }
        for site in &script.sites {
            if let Origin::Remote { url, .. } = &site.origin {
                self.host(url, Met::Contacted, site.position);
            }
        }
    }

    fn host(&mut self, url: &str, met: Met, position: Position) {
        let Address::Remote { host, .. } = address(url) else { return };
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if met == Met::Named && LINKED.iter().any(|start| host.starts_with(start)) {
            return;
        }
        for number in self.table.of_host(&host) {
            self.note(number, met, position, &host, 1);
        }
    }

    /// Sources of a fingerprint in one script: several together, at least one of which has little other use.
    fn fingerprint(&mut self, script: &ScriptFacts) {
        let mut sources: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        let mut first: Option<Position> = None;
        for one in &script.uses {
            let last = one.path.rsplit('.').next().unwrap_or_default();
            let rows = Table::under(&self.table.apis, &one.path)
                .chain(self.table.reads.get(&one.path).into_iter().flatten().copied())
                .chain(self.table.methods.get(last).into_iter().flatten().copied());
            for number in rows {
                if self.table.signals.get(number).is_some_and(|signal| signal.kind == Kind::Fingerprint) {
                    sources.entry(number).or_default().insert(&one.path);
                    first = Some(first.map_or(one.position, |first| first.min(one.position)));
                }
            }
        }
        let whole: Vec<&super::Signal> = sources
            .iter()
            .filter_map(|(number, readings)| {
                let signal = self.table.signals.get(*number)?;
                (readings.len() >= signal.least).then_some(signal)
            })
            .collect();
        let (Some(position), true) = (first, whole.len() >= LEAST_SOURCES && whole.iter().any(|one| one.strong)) else {
            return;
        };
        let names: Vec<&str> = whole.iter().filter_map(|signal| signal.id.rsplit('.').next()).collect();
        let what = names.join(", ");
        let row = self.table.signals.iter().position(|signal| signal.id == FINGERPRINT);
        if let Some(number) = row {
            self.note(number, Met::Read, position, &what, 1);
        }
    }
}

/// What the app has at hand and the bundle does not name.
fn available(table: &Table, app: Option<&AppFacts>, places: &mut Places) {
    let Some(app) = app else { return };
    for (number, signal) in table.signals.iter().enumerate() {
        if places.contains_key(&number) {
            continue;
        }
        let found = app
            .plugins
            .available
            .iter()
            .find(|one| one.package.as_ref().is_some_and(|package| signal.packages.contains(package)));
        if let Some(package) = found.and_then(|one| one.package.clone()) {
            let place = SignalPlace {
                met: Met::Available,
                path: String::new(),
                position: None,
                what: package,
                count: 1,
                owner: Owner::Unknown,
            };
            places.insert(number, vec![place]);
        }
    }
}
