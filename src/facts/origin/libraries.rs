//! Which well-known libraries a script carries: by the texts of `policies/libraries.yaml` and by licence banners.

use memchr::memmem;
use regex::bytes::Captures;
use serde::{Deserialize, Serialize};

use super::table::{Table, pattern, table};
use crate::model::{LineIndex, Position, printable};

/// How far around an anchor a pattern may reach, in bytes.
const AROUND: usize = 1_500;
/// How far around an anchor a variable's value is searched.
const FAR: usize = 64 * 1024;
/// How often one shape is tried in one file: more places are of no library.
const TRIES: u32 = 200;
/// How often a variable is resolved in one file.
const RESOLVED: u32 = 20;
/// How many banners are looked at in one file.
const BANNERS: usize = 5_000;
/// More components are not kept of one file.
const MOST: usize = 500;

/// A library that was seen in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Component {
    /// Its npm name; for a banner of a library that the table has not, the name that the banner gives.
    pub package: String,
    /// Its version, where a text tells it.
    pub version: Option<String>,
    /// How it was told.
    pub how: How,
    /// Where it was seen first; none when a source map's list or the path of the file tells it.
    pub position: Option<Position>,
}

/// How an origin is known. Ordered: the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// A source map leads there.
    SourceMap,
    /// The bundler names the module in the script.
    ModuleId,
    /// The path of the file tells it.
    Path,
    /// A licence banner names it.
    Banner,
    /// It carries a text that this library has.
    Fingerprint,
}

impl How {
    /// As a reader knows it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SourceMap => "source map",
            Self::ModuleId => "module name",
            Self::Path => "path",
            Self::Banner => "banner",
            Self::Fingerprint => "fingerprint",
        }
    }
}

/// The npm name of a library that the table knows by the name in its banners.
#[must_use]
pub fn is_listed(package: &str) -> bool {
    table().is_some_and(|table| table.shapes.iter().any(|shape| shape.package == package))
}

/// The libraries of a script or of a file of licences, each version once, sorted.
pub fn read(text: &str, lines: &LineIndex<'_>) -> Vec<Component> {
    let Some(table) = table() else { return Vec::new() };
    let mut found = Found { lines, components: Vec::new() };
    let mut tries = vec![0_u32; table.shapes.len()];
    let mut resolved = 0;
    for anchor in table.anchors.find_iter(text.as_bytes()) {
        for (shape, tries) in table.shapes.iter().zip(&mut tries) {
            if shape.anchor != anchor.text || *tries >= TRIES {
                continue;
            }
            *tries += 1;
            let Some(regex) = shape.regex.get_or_init(|| pattern(&shape.pattern).ok()) else { continue };
            let start = anchor.start.saturating_sub(AROUND);
            let window = slice(text, start, anchor.end.saturating_add(AROUND));
            let Some(captures) =
                regex.captures_iter(window.as_bytes()).find(|captures| covers(captures, window, text, anchor.start))
            else {
                continue;
            };
            let version = version(&captures).or_else(|| {
                resolved += 1;
                let name = named(&captures, "id").filter(|_| resolved <= RESOLVED)?;
                value_of(name, slice(text, anchor.start.saturating_sub(FAR), anchor.end.saturating_add(FAR)))
            });
            let bare = version.is_none() && captures.name("id").is_some() && resolved > RESOLVED;
            if !bare {
                found.add(&shape.package, version, shape.how, anchor.start);
            }
        }
    }
    banners(text, table, &mut found);
    found.finish()
}

struct Found<'a> {
    lines: &'a LineIndex<'a>,
    components: Vec<Component>,
}

impl Found<'_> {
    fn add(&mut self, package: &str, version: Option<String>, how: How, at: usize) {
        let same = |one: &Component| one.package == package && one.version == version && one.how == how;
        if self.components.len() < MOST && !self.components.iter().any(same) {
            let position = Some(self.lines.position(at));
            self.components.push(Component { package: package.to_owned(), version, how, position });
        }
    }

    /// A text without a version says nothing beside one that tells it.
    fn finish(mut self) -> Vec<Component> {
        let known: Vec<String> =
            self.components.iter().filter(|one| one.version.is_some()).map(|one| one.package.clone()).collect();
        self.components.retain(|one| one.version.is_some() || !known.contains(&one.package));
        self.components.sort();
        self.components.dedup_by(|one, other| one.package == other.package && one.version == other.version);
        self.components
    }
}

/// The window's text, on the boundaries of characters.
fn slice(text: &str, start: usize, end: usize) -> &str {
    let (mut start, mut end) = (start.min(text.len()), end.min(text.len()));
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(start..end).unwrap_or_default()
}

/// Whether a match in the window stands around the anchor, and not beside it at another library's text.
fn covers(captures: &Captures<'_>, window: &str, text: &str, anchor: usize) -> bool {
    let offset = (window.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    captures.get(0).is_some_and(|all| (offset + all.start()..offset + all.end()).contains(&anchor))
}

fn version(captures: &Captures<'_>) -> Option<String> {
    let text = named(captures, "v").map(str::to_owned);
    text.or_else(|| named(captures, "r").map(|found| format!("0.{found}.0")))
}

fn named<'a>(captures: &Captures<'a>, group: &str) -> Option<&'a str> {
    captures.name(group).and_then(|found| std::str::from_utf8(found.as_bytes()).ok())
}

/// The one version that is put into the variable `name`, if there is exactly one.
fn value_of(name: &str, text: &str) -> Option<String> {
    let mut only: Option<String> = None;
    for at in memmem::find_iter(text.as_bytes(), name.as_bytes()) {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        if before.is_some_and(|before| before.is_alphanumeric() || matches!(before, '_' | '$' | '.')) {
            continue;
        }
        let Some(rest) = text.get(at + name.len()..) else { continue };
        let Some(rest) = rest.trim_start().strip_prefix('=') else { continue };
        let rest = rest.trim_start();
        let Some(quote) = rest.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`')) else { continue };
        let Some((value, _)) = slice(rest, 1, 80).split_once(quote) else { continue };
        let numbers = value.split(['-', '+']).next().unwrap_or(value);
        let is_version = numbers.split('.').count() == 3
            && numbers.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        // three.js has a whole number.
        let is_revision = (2..=4).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
        let value = match (is_version, is_revision) {
            (true, _) => value.to_owned(),
            (_, true) => format!("0.{value}.0"),
            _ => continue,
        };
        if only.as_ref().is_some_and(|known| *known != value) {
            return None;
        }
        only = Some(value);
    }
    only
}

/// Licence banners that begin with a name and a version: `/*! pako 2.1.0 …`, `* vue-router v4.2.5`.
fn banners(text: &str, table: &Table, found: &mut Found<'_>) {
    let starts = memmem::find_iter(text.as_bytes(), b"/*!").chain(memmem::find_iter(text.as_bytes(), b"/**"));
    for at in starts.take(BANNERS) {
        let window = slice(text, at, at + 200);
        // A comment of documentation may begin with any word and a number.
        if !window.starts_with("/*!") && !window.contains("@license") && !window.contains("@preserve") {
            continue;
        }
        let Some(captures) = table.banner.captures(window.as_bytes()) else { continue };
        let Some(name) = named(&captures, "name") else { continue };
        let lower = name.to_lowercase();
        let is_word = ["version", "copyright", "license", "licensed", "build", "released", "the", "es", "ecma"]
            .contains(&lower.as_str());
        let is_shaped = table
            .names
            .iter()
            .any(|(known, package)| known.split(' ').next() == Some(lower.as_str()) || *package == lower);
        if !is_word && !is_shaped {
            let package = printable(lower.strip_suffix(".js").unwrap_or(&lower), 80);
            found.add(&package, version(&captures), How::Banner, at);
        }
    }
}

#[cfg(test)]
#[path = "libraries_tests.rs"]
mod tests;
