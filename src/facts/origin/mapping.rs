//! Source maps (ECMA-426): what one reveals, and where given places of the generated script come from. Read from the
//! bundle, never fetched. The work is linear in the map's length, for any content.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::paths::{self, PathOwner};
use crate::model::printable;

/// How many of the first-party paths are shown.
const EXAMPLES: usize = 5;
/// How far behind the begin of a mapping a place counts as its begin: a text begins after its quote.
const NEAR: u64 = 2;
/// The longest path that is kept, in bytes.
const LONGEST_PATH: usize = 300;

/// What a source map reveals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MapFacts {
    /// How many sources it names.
    pub sources: usize,
    /// How many of them it holds (`sourcesContent`).
    pub with_content: usize,
    /// How many are the app's own: below no `node_modules` and no bundler's runtime.
    pub own: usize,
    /// The first of these, inert.
    pub examples: Vec<String>,
    /// The packages that it names, sorted, each with its version where the paths tell it.
    pub packages: Vec<(String, Option<String>)>,
}

/// A place in a generated script, as source maps count: both from 0, columns in UTF-16 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    pub line: u32,
    pub column: u32,
}

/// A place in a source; line and column from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    pub source: String,
    pub line: u32,
    pub column: u32,
    /// Whether a mapping begins here, or at the begin of the line: where a map fits its script, names and expressions do.
    pub is_exact: bool,
}

#[derive(Deserialize)]
struct Raw<'a> {
    version: Option<u32>,
    #[serde(rename = "sourceRoot", default)]
    source_root: Option<String>,
    #[serde(default)]
    sources: Vec<Option<String>>,
    #[serde(rename = "sourcesContent", default)]
    sources_content: Option<Vec<Option<IgnoredAny>>>,
    #[serde(borrow, default)]
    mappings: Cow<'a, str>,
    #[serde(borrow, default)]
    sections: Vec<Section<'a>>,
}

#[derive(Deserialize)]
struct Section<'a> {
    offset: Offset,
    #[serde(borrow)]
    map: Simple<'a>,
}

/// A map inside an index map: ECMA-426 gives it no sections of its own.
#[derive(Deserialize)]
struct Simple<'a> {
    #[serde(rename = "sourceRoot", default)]
    source_root: Option<String>,
    #[serde(default)]
    sources: Vec<Option<String>>,
    #[serde(rename = "sourcesContent", default)]
    sources_content: Option<Vec<Option<IgnoredAny>>>,
    #[serde(borrow, default)]
    mappings: Cow<'a, str>,
}

#[derive(Clone, Copy, Deserialize)]
struct Offset {
    line: u32,
    column: u32,
}

/// A source map that was parsed, its mappings not yet.
pub struct SourceMap<'a> {
    parts: Vec<(Offset, Simple<'a>)>,
}

impl<'a> SourceMap<'a> {
    /// Parses the JSON; `None` when it is no source map of version 3.
    pub fn parse(json: &'a str) -> Option<Self> {
        // A line before the JSON keeps it from being run as a script (ECMA-426, "XSSI").
        let json = if json.starts_with(")]}'") { json.split_once('\n')?.1 } else { json };
        let raw: Raw<'a> = serde_json::from_str(json).ok()?;
        if raw.version != Some(3) {
            return None;
        }
        let parts = if raw.sections.is_empty() {
            let Raw { source_root, sources, sources_content, mappings, .. } = raw;
            vec![(Offset { line: 0, column: 0 }, Simple { source_root, sources, sources_content, mappings })]
        } else {
            raw.sections.into_iter().map(|section| (section.offset, section.map)).collect()
        };
        Some(Self { parts })
    }

    /// What it reveals.
    pub fn facts(&self) -> MapFacts {
        let mut facts = MapFacts::default();
        let mut packages = std::collections::BTreeMap::new();
        for (_, part) in &self.parts {
            for source in part.sources.iter().flatten() {
                facts.sources += 1;
                let path = part.path(source);
                match paths::owner(&path) {
                    PathOwner::Own => {
                        facts.own += 1;
                        if facts.examples.len() < EXAMPLES && !path.is_empty() {
                            facts.examples.push(printable(&path, LONGEST_PATH));
                        }
                    }
                    PathOwner::Package { name, version } => {
                        let known: &mut Option<String> = packages.entry(name).or_default();
                        *known = known.take().or(version);
                    }
                }
            }
            facts.with_content += part.sources_content.as_ref().map_or(0, |texts| texts.iter().flatten().count());
        }
        facts.packages = packages.into_iter().collect();
        facts
    }

    /// Where the places, which are sorted, come from.
    pub fn originals(&self, wanted: &[Wanted]) -> Vec<Option<Original>> {
        let mut best: Vec<Best> = vec![Best::default(); wanted.len()];
        for (number, (offset, part)) in self.parts.iter().enumerate() {
            part.follow(*offset, number, wanted, &mut best);
        }
        spread(wanted, &mut best);
        let exact = |place: &Wanted, best: &Best| best.from == 1 || u64::from(place.column) < best.from + NEAR;
        let one = |(place, best): (&Wanted, &Best)| self.original(best.segment?, exact(place, best));
        wanted.iter().zip(&best).map(one).collect()
    }

    fn original(&self, segment: Segment, is_exact: bool) -> Option<Original> {
        let (_, part) = self.parts.get(segment.part)?;
        let source = part.sources.get(usize::try_from(segment.source).ok()?)?.as_deref()?;
        let number = |value: i64| u32::try_from(value.checked_add(1)?).ok();
        let (line, column) = (number(segment.line)?, number(segment.column)?);
        Some(Original { source: printable(&part.path(source), LONGEST_PATH), line, column, is_exact })
    }
}

/// The mapping that stands nearest before a wanted place, on its line.
#[derive(Clone, Copy, Default)]
struct Best {
    /// Where the mapping begins, one more than its column; 0 when there is none.
    from: u64,
    /// Where it leads; none for generated code without a source.
    segment: Option<Segment>,
}

#[derive(Clone, Copy)]
struct Segment {
    part: usize,
    source: i64,
    line: i64,
    column: i64,
}

/// A mapping holds for all places up to the next one on the same line.
fn spread(wanted: &[Wanted], best: &mut [Best]) {
    let mut before: Option<(u32, Best)> = None;
    for (place, own) in wanted.iter().zip(best.iter_mut()) {
        if let Some((line, last)) = before
            && line == place.line
            && last.from > own.from
        {
            *own = last;
        }
        before = Some((place.line, *own));
    }
}

impl Simple<'_> {
    fn path(&self, source: &str) -> String {
        match self.source_root.as_deref() {
            Some(root) if !root.is_empty() => paths::plain(&format!("{}/{source}", root.trim_end_matches('/'))),
            _ => paths::plain(source),
        }
    }

    /// Decodes the mappings once and keeps what stands before a wanted place. Mappings of a line need not be sorted.
    fn follow(&self, offset: Offset, part: usize, wanted: &[Wanted], best: &mut [Best]) {
        let (mut source, mut line, mut column) = (0_i64, 0_i64, 0_i64);
        let mut generated = offset.line;
        let mut shift = i64::from(offset.column);
        for group in self.mappings.split(';') {
            let from = wanted.partition_point(|place| place.line < generated);
            let on_line = wanted.get(from..).unwrap_or_default();
            let to = from + on_line.partition_point(|place| place.line == generated);
            let mut start = 0_i64;
            if !group.is_empty() {
                for text in group.split(',') {
                    let Some(fields) = Fields::of(text) else { return };
                    start = start.saturating_add(fields.values[0]);
                    if fields.count >= 4 {
                        source = source.saturating_add(fields.values[1]);
                        line = line.saturating_add(fields.values[2]);
                        column = column.saturating_add(fields.values[3]);
                    }
                    if from == to {
                        continue;
                    }
                    let Ok(at) = u32::try_from(start.saturating_add(shift)) else { continue };
                    let places = wanted.get(from..to).unwrap_or_default();
                    let first = from + places.partition_point(|place| place.column < at);
                    if first < to
                        && let Some(own) = best.get_mut(first)
                        && own.from <= u64::from(at) + 1
                    {
                        let segment = (fields.count >= 4).then_some(Segment { part, source, line, column });
                        *own = Best { from: u64::from(at) + 1, segment };
                    }
                }
            }
            if from >= wanted.len() {
                return;
            }
            generated = generated.saturating_add(1);
            shift = 0;
        }
    }
}

/// The one, four or five numbers of a mapping.
struct Fields {
    values: [i64; 5],
    count: usize,
}

impl Fields {
    /// Base64 VLQ (ECMA-426): five bits a digit, the lowest first, the lowest bit of all is the sign.
    fn of(text: &str) -> Option<Self> {
        let mut fields = Self { values: [0; 5], count: 0 };
        let (mut value, mut shift) = (0_i64, 0_u32);
        for byte in text.bytes() {
            let digit = i64::from(digit(byte)?);
            // More than 32 bits are a fault.
            if shift > 30 {
                return None;
            }
            value |= (digit & 31) << shift;
            if digit & 32 != 0 {
                shift += 5;
                continue;
            }
            let number = if value & 1 == 1 { -(value >> 1) } else { value >> 1 };
            *fields.values.get_mut(fields.count)? = number;
            fields.count += 1;
            (value, shift) = (0, 0);
        }
        (shift == 0 && matches!(fields.count, 1 | 4 | 5)).then_some(fields)
    }
}

const fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
