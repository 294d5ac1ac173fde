//! Import maps: the names of modules, and the addresses that they lead to (HTML, 8.1.5.2).

use std::ops::Range;

use crate::facts::address::{Address, address};
use crate::facts::script::{CodeSite, Origin, SiteKind};
use crate::inputs::{JsonNode, JsonValue, parse_json};
use crate::model::{LineIndex, Position, printable};

/// Addresses of one map that are told.
const MOST: usize = 200;
/// How much of an address is shown.
const SHOWN: usize = 200;

/// The addresses on other hosts in the import map that stands at `range` of `text`.
pub fn import_map(text: &str, lines: &LineIndex<'_>, range: Range<usize>) -> Vec<CodeSite> {
    let Some(map) = text.get(range.clone()) else { return Vec::new() };
    // What a browser can't read leads nowhere.
    let Ok(json) = parse_json(map) else { return Vec::new() };
    let begin = lines.position(range.start);
    let mut sites = Vec::new();
    walk(&json.root, &mut |value, url| {
        if let Address::Remote { host, .. } = address(url)
            && sites.len() < MOST
        {
            let url = printable(url, SHOWN);
            sites.push(CodeSite {
                kind: SiteKind::ImportMap,
                excerpt: url.clone(),
                origin: Origin::Remote { url, host },
                position: within(begin, value.position),
                idiom: None,
            });
        }
    });
    sites
}

/// A place in a text that begins at `begin` of another.
fn within(begin: Position, place: Position) -> Position {
    if place.line == 1 {
        Position { line: begin.line, column: begin.column.saturating_add(place.column).saturating_sub(1) }
    } else {
        Position { line: begin.line.saturating_add(place.line).saturating_sub(1), column: place.column }
    }
}

fn walk<'a>(value: &'a JsonValue, visit: &mut impl FnMut(&'a JsonValue, &'a str)) {
    match &value.node {
        JsonNode::String(text) => visit(value, text),
        JsonNode::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        JsonNode::Object(pairs) => pairs.iter().for_each(|(_, _, item)| walk(item, visit)),
        JsonNode::Null | JsonNode::Bool(_) | JsonNode::Number(_) => {}
    }
}
