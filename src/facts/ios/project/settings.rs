//! Build settings as they are written, in `project.pbxproj` and in xcconfig files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::super::files;
use super::super::plist::{PlistNode, PlistValue};
use super::paths::join;
use crate::inputs::decode;
use crate::model::{LineIndex, Position};

/// Bytes of one xcconfig file.
const MOST_BYTES: usize = 256 * 1024;
/// Files that one xcconfig file includes, all together.
const MOST_INCLUDES: usize = 64;

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BuildSetting {
    /// The text with its variables.
    pub value: String,
    /// The file.
    pub file: String,
    /// Where.
    pub position: Option<Position>,
    /// There are other values under conditions, such as `[sdk=iphoneos*]`.
    pub conditional: bool,
}

/// The settings of one configuration or of one xcconfig file.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// By name.
    pub settings: BTreeMap<String, BuildSetting>,
}

impl Layer {
    fn put(&mut self, name: &str, setting: BuildSetting) {
        match name.split_once('[') {
            None => {
                let conditional =
                    self.settings.get(name).is_some_and(|old| old.conditional && old.value != setting.value);
                self.settings.insert(name.to_owned(), BuildSetting { conditional, ..setting });
            }
            Some((name, _)) => match self.settings.get_mut(name) {
                Some(plain) => plain.conditional |= plain.value != setting.value,
                None => {
                    self.settings.insert(name.to_owned(), BuildSetting { conditional: true, ..setting });
                }
            },
        }
    }
}

/// The `buildSettings` of an `XCBuildConfiguration`.
pub(super) fn of_configuration(file: &str, configuration: &PlistValue) -> Layer {
    let mut layer = Layer::default();
    for entry in configuration.get("buildSettings").map(PlistValue::entries).unwrap_or_default() {
        let value = match &entry.value.node {
            PlistNode::String(text) => text.clone(),
            PlistNode::Array(elements) => elements.iter().filter_map(PlistValue::as_str).collect::<Vec<_>>().join(" "),
            _ => continue,
        };
        let setting = BuildSetting { value, file: file.to_owned(), position: entry.position, conditional: false };
        layer.put(&entry.key, setting);
    }
    layer
}

/// An xcconfig file with those it includes; each is read once.
pub(super) fn of_xcconfig(app: &Path, path: &str, known: &[String], seen: &mut BTreeSet<String>) -> Layer {
    let mut layer = Layer::default();
    add(app, path, known, seen, &mut layer);
    layer
}

/// Recursion is bounded by [`MOST_INCLUDES`]: no file is read twice.
fn add(app: &Path, path: &str, known: &[String], seen: &mut BTreeSet<String>, layer: &mut Layer) {
    if seen.len() >= MOST_INCLUDES || !known.iter().any(|one| one == path) || !seen.insert(path.to_owned()) {
        return;
    }
    let Ok(bytes) = files::read(app, path, MOST_BYTES) else { return };
    let text = decode(&bytes).text;
    let lines = LineIndex::new(&text);
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset + (line.len() - line.trim_start().len());
        offset += line.len();
        let line = uncommented(line).trim();
        if let Some(include) = line.strip_prefix("#include") {
            let included = include.trim_start_matches('?').trim().trim_matches('"');
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if let Some(included) = join(folder, included) {
                add(app, &included, known, seen, layer);
            }
        } else if let Some((name, value)) = assignment(line) {
            let position = Some(lines.position(start));
            let value = value.trim().trim_end_matches(';').to_owned();
            layer.put(name, BuildSetting { value, file: path.to_owned(), position, conditional: false });
        }
    }
}

/// `//` begins a comment, in an address too: xcconfig knows no escape for it.
fn uncommented(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

/// `NAME = value`, `NAME[sdk=iphoneos*] = value`.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let condition_end = line.rfind(']').filter(|_| line.split('=').next().is_some_and(|name| name.contains('[')));
    let (name, value) = match condition_end {
        Some(end) => {
            let (name, rest) = line.split_at_checked(end + 1)?;
            (name, rest.trim_start().strip_prefix('=')?)
        }
        None => line.split_once('=')?,
    };
    let name = name.trim();
    let plain = name.split('[').next().unwrap_or_default();
    (!plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
        .then_some((name, value))
}
