//! Whose code it is: vendor modules told from the app's own, by source maps, by the names that bundlers leave, by licence
//! banners and by texts that well-known libraries carry. Everything is read from the bundle, nothing is fetched.

mod libraries;
mod mapping;
mod modules;
mod paths;
mod table;

pub use libraries::{Component, How, is_listed};
pub use mapping::MapFacts;
pub use modules::ModuleMark;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::{LineIndex, Position};
use mapping::{SourceMap, Wanted};
use paths::PathOwner;

/// Characters outside the basic plane are two units of a source map's column; with more of them in a file, its places are
/// not looked up.
const MOST_WIDE: usize = 65_536;
/// More places of one file are not looked up.
const MOST_PLACES: usize = 50_000;
/// How far into a file a banner may begin that speaks of the file as a whole, in bytes.
const AT_HEAD: u32 = 300;

/// Whose the code at a place is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The app's own, as far as its build tells.
    FirstParty {
        /// The module.
        module: Module,
        /// How it is known.
        how: How,
    },
    /// A package's.
    Vendor {
        /// Its npm name, or the bundler's for its runtime.
        package: String,
        /// Its version, when it is known.
        version: Option<String>,
        /// The module, when it is known.
        module: Option<Module>,
        /// How it is known.
        how: How,
    },
    /// It can't be told.
    Unknown,
}

/// A module as its author had it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its path, bounded and inert.
    pub path: String,
    /// The line and column in it, when a source map leads there.
    pub position: Option<Position>,
}

/// What tells the origin of the code in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Origins {
    /// The libraries that its texts tell, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
    /// Places that a source map leads further, in the order of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<MappedPlace>,
    /// What its own inline source map reveals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inline_map: Option<MapFacts>,
    /// Where the bundler names modules, in the order of the text.
    #[serde(skip)]
    pub(super) modules: Vec<ModuleMark>,
    /// There were more modules than are kept.
    #[serde(skip)]
    pub(super) modules_cut: bool,
    /// The characters that a source map counts as two; none when there are too many of them.
    #[serde(skip)]
    pub(super) wide: Option<Vec<Position>>,
}

/// A place that a source map leads to its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MappedPlace {
    /// The place in the shipped file.
    pub position: Position,
    /// The source's path, bounded and inert.
    pub source: String,
    /// The place in the source.
    pub original: Position,
}

impl Origins {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.components.is_empty() && self.places.is_empty() && self.inline_map.is_none()
    }

    /// What the text of a script tells; `wanted` are the places in it that are asked for.
    #[must_use]
    pub fn of_script(text: &str, lines: &LineIndex<'_>, wanted: &[Position]) -> Self {
        let (modules, modules_cut) = modules::read(text, lines);
        let components = libraries::read(text, lines);
        let mut origins = Self { components, modules, modules_cut, wide: wide(text, lines), ..Self::default() };
        if let Some(json) = inline_map(text)
            && let Some(map) = SourceMap::parse(&json)
        {
            origins.inline_map = Some(map.facts());
            origins.look_up(&map, wanted);
        }
        origins
    }

    /// What a text tells that holds the licences of a script.
    #[must_use]
    pub fn of_licences(text: &str, lines: &LineIndex<'_>) -> Self {
        Self { components: libraries::read(text, lines), ..Self::default() }
    }

    /// Looks the places up in the source map `json`, which lies beside the script.
    pub fn follow(&mut self, json: &str, wanted: &[Position]) {
        if let Some(map) = SourceMap::parse(json) {
            self.look_up(&map, wanted);
        }
    }

    fn look_up(&mut self, map: &SourceMap<'_>, wanted: &[Position]) {
        let Some(wide) = &self.wide else { return };
        let mut positions: Vec<Position> = wanted.iter().copied().take(MOST_PLACES).collect();
        positions.sort_unstable();
        positions.dedup();
        let units = |position: &Position| {
            let from = wide.partition_point(|one| one.line < position.line);
            let to = wide.partition_point(|one| one < position);
            let more = u32::try_from(to.saturating_sub(from)).unwrap_or_default();
            Wanted { line: position.line.saturating_sub(1), column: (position.column - 1).saturating_add(more) }
        };
        let places: Vec<Wanted> = positions.iter().map(units).collect();
        let originals = map.originals(&places);
        // Some packages publish a map of another processing of the script: it must not name owners.
        let mapped = originals.iter().flatten().count();
        let exact = originals.iter().flatten().filter(|original| original.is_exact).count();
        if exact * 5 < mapped * 3 {
            return;
        }
        self.places = positions
            .into_iter()
            .zip(originals)
            .filter_map(|(position, original)| {
                let original = original?;
                let at = Position { line: original.line, column: original.column };
                Some(MappedPlace { position, source: original.source, original: at })
            })
            .collect();
    }

    /// The packages that the bundler's names of modules tell, sorted, each with its version where its path tells it.
    #[must_use]
    pub fn packages_of_modules(&self) -> Vec<(String, Option<String>)> {
        let package = |mark: &ModuleMark| match paths::owner(&mark.path) {
            PathOwner::Package { name, version } => Some((name, version)),
            PathOwner::Own => None,
        };
        self.modules.iter().filter_map(package).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whose the code at `position` is, in the file of that path.
    #[must_use]
    pub fn owner(&self, path: &str, position: Position) -> Owner {
        if let Ok(at) = self.places.binary_search_by(|place| place.position.cmp(&position))
            && let Some(place) = self.places.get(at)
        {
            let module = Module { path: place.source.clone(), position: Some(place.original) };
            return of_path(&place.source, module, How::SourceMap);
        }
        if let PathOwner::Package { name, version } = paths::owner(&paths::plain(path)) {
            return Owner::Vendor { package: name, version, module: None, how: How::Path };
        }
        let before = self.modules.partition_point(|mark| mark.position <= position);
        let is_last = before == self.modules.len();
        if let Some(mark) = before.checked_sub(1).and_then(|at| self.modules.get(at))
            && !(is_last && self.modules_cut)
        {
            let module = Module { path: mark.path.clone(), position: None };
            return of_path(&mark.path, module, How::ModuleId);
        }
        self.whole_file(path).map_or(Owner::Unknown, |component| Owner::Vendor {
            package: component.package.clone(),
            version: component.version.clone(),
            module: None,
            how: component.how,
        })
    }

    /// The library that the file is as a whole: its banner stands at the head and its name is the file's.
    #[must_use]
    pub fn whole_file(&self, path: &str) -> Option<&Component> {
        let name = path.rsplit('/').next()?.to_lowercase();
        let same = |component: &&Component| {
            let package = component.package.rsplit('/').next().unwrap_or_default();
            let package = package.strip_suffix(".js").unwrap_or(package);
            let rest = name.strip_prefix(package);
            let head = component.position.is_some_and(|at| at.line <= 10 && at.column <= AT_HEAD);
            head && component.how == How::Banner && rest.is_some_and(|rest| rest.starts_with(['.', '-', '_', '@']))
        };
        self.components.iter().find(same)
    }
}

fn of_path(path: &str, module: Module, how: How) -> Owner {
    match paths::owner(path) {
        PathOwner::Own => Owner::FirstParty { module, how },
        PathOwner::Package { name, version } => Owner::Vendor { package: name, version, module: Some(module), how },
    }
}

/// What a source map reveals; none when the text is no source map.
#[must_use]
pub fn map_facts(json: &str) -> Option<MapFacts> {
    SourceMap::parse(json).map(|map| map.facts())
}

/// The path in the bundle to which the `sourceMappingURL` of the script at `path` leads; none when it leads elsewhere.
#[must_use]
pub fn map_path(path: &str, url: &str) -> Option<String> {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    if url.is_empty() || url.contains(':') || url.starts_with("//") {
        return None;
    }
    let mut parts: Vec<&str> = if url.starts_with('/') { Vec::new() } else { path.split('/').collect() };
    parts.pop();
    for part in url.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The JSON of the data URL in the comment that ends the script.
fn inline_map(text: &str) -> Option<String> {
    use base64::Engine as _;
    let end = text.trim_end();
    let start = memchr::memrchr2(b'\n', b'\r', end.as_bytes()).map_or(0, |at| at + 1);
    let comment = end.get(start..)?.trim_start();
    let rest = comment.strip_prefix("//# ").or_else(|| comment.strip_prefix("//@ "))?;
    let (head, data) = rest.strip_prefix("sourceMappingURL=data:")?.split_once(',')?;
    let bytes = if head.trim_end().ends_with(";base64") {
        base64::engine::general_purpose::STANDARD_NO_PAD.decode(data.trim_end_matches('=')).ok()?
    } else {
        percent_decoded(data)
    };
    String::from_utf8(bytes).ok()
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    let digit =
        |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                out.push(high * 16 + low);
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    out
}

/// The characters that are two units in UTF-16.
fn wide(text: &str, lines: &LineIndex<'_>) -> Option<Vec<Position>> {
    let mut found = Vec::new();
    // Only such characters begin with a byte of 0xF0 and above.
    if text.bytes().any(|byte| byte >= 0xF0) {
        for (at, byte) in text.bytes().enumerate() {
            if byte >= 0xF0 {
                if found.len() == MOST_WIDE {
                    return None;
                }
                found.push(lines.position(at));
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests;
