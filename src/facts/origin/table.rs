//! The table of the texts that libraries carry, `policies/libraries.yaml`, made ready to search with.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::libraries::How;
use crate::facts::marks::Marks;

/// The schema of the table.
pub const LIBRARIES_SCHEMA: &str = "otaudit/libraries/v1";
/// The table.
pub const LIBRARIES: &str = include_str!("../../../policies/libraries.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    schema: String,
    #[serde(rename = "read")]
    _read: String,
    libraries: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    package: String,
    name: String,
    shapes: Vec<WrittenShape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenShape {
    how: How,
    anchor: String,
    pattern: String,
}

pub struct Shape {
    pub package: String,
    pub how: How,
    pub anchor: usize,
    pub pattern: String,
    /// Made when the anchor is met for the first time.
    pub regex: OnceLock<Option<Regex>>,
}

/// The table, ready to search with.
pub struct Table {
    pub anchors: Marks,
    pub shapes: Vec<Shape>,
    /// Names as people write them, in lower case, with their packages.
    pub names: Vec<(String, String)>,
    pub banner: Regex,
}

impl Table {
    pub fn read(yaml: &str) -> Result<Self, String> {
        let file: WrittenFile = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
        if file.schema != LIBRARIES_SCHEMA {
            return Err(format!("schema: expected `{LIBRARIES_SCHEMA}`"));
        }
        let mut anchors: Vec<String> = Vec::new();
        let mut shapes = Vec::new();
        let mut names = Vec::new();
        for library in file.libraries {
            names.push((library.name.to_lowercase(), library.package.clone()));
            for shape in library.shapes {
                let anchor = anchors.iter().position(|known| *known == shape.anchor).unwrap_or_else(|| {
                    anchors.push(shape.anchor.clone());
                    anchors.len() - 1
                });
                let pattern = spelt_out(&shape.pattern);
                let package = library.package.clone();
                shapes.push(Shape { package, how: shape.how, anchor, pattern, regex: OnceLock::new() });
            }
        }
        let anchors = Marks::new(anchors.iter());
        let banner =
            r"^/\*[!*]\s*(?:\*\s*)?(?:@license\s+|@preserve\s+)?(?P<name>@?[A-Za-z][\w./-]{1,60}),?\s+[vV]?{v}\b";
        let banner = pattern(&spelt_out(banner)).map_err(|error| error.to_string())?;
        Ok(Self { anchors, shapes, names, banner })
    }
}

/// A pattern of ASCII texts: classes of Unicode would make it hundreds of times as large, which costs more than the search.
pub fn pattern(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).unicode(false).build()
}

fn spelt_out(pattern: &str) -> String {
    pattern
        .replace("{v}", r"(?P<v>[0-9]{1,5}\.[0-9]{1,5}(?:\.[0-9]{1,6})?(?:-[0-9A-Za-z][0-9A-Za-z.-]{0,60})?)")
        .replace("{r}", "(?P<r>[0-9]{2,4})")
        .replace("{id}", r"(?P<id>[A-Za-z_$][\w$]{0,40})")
        .replace("{q}", "[\"'`]")
        .replace("{n}", r"[A-Za-z_$][\w$.]{0,40}")
}

pub fn table() -> Option<&'static Table> {
    static TABLE: OnceLock<Option<Table>> = OnceLock::new();
    // The table is part of the program; a test reads it, so it is there.
    TABLE.get_or_init(|| Table::read(LIBRARIES).ok()).as_ref()
}
