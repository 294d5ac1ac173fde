//! A comparison as a document for people: the statement, a map of what changed, the sets, and changed code side by side.

use std::collections::BTreeMap;

use super::markdown::capital;
use super::{ComparisonReport, commits, size, summary};
use crate::facts::comparison::{CodeChange, Comparison, FileState, SetKind, UnitPlace, spread};
use crate::facts::privacy::Owner;
use crate::model::{escape, printable};
use crate::reports::document::{Area, Block, Chart, Column, Document, Inline, Section, Shape, Table, Tone};

/// Names of one set, files and areas.
const MOST_ROWS: usize = 200;
/// Pieces of code that are shown side by side.
const MOST_COMPARED: usize = 20;
/// How much of a name is shown.
const NAME: usize = 160;
/// A line of code is cut here.
const LINE: usize = 200;

/// As a neutral document.
#[must_use]
pub fn comparison_document(report: &ComparisonReport<'_>) -> Document {
    let comparison = report.comparison;
    let mut sections = vec![statement(comparison)];
    sections.extend(sets(comparison));
    sections.extend(code(&comparison.code));
    sections.extend(files(comparison));
    Document {
        title: "What an update changes".to_owned(),
        subtitle: format!("from {} to {}", report.before, report.after),
        cover: vec![
            ("Before".to_owned(), Inline::Code(comparison.before.hex())),
            ("After".to_owned(), Inline::Code(comparison.after.hex())),
        ],
        sections,
    }
}

fn statement(comparison: &Comparison) -> Section {
    let tone = if comparison.versions.iter().any(|change| change.goes_down) {
        Tone::Bad
    } else if comparison.is_none() {
        Tone::Good
    } else {
        Tone::Open
    };
    let mut blocks = vec![
        Block::Note(tone, vec![text(&summary(comparison))]),
        Block::Paragraph(vec![text(
            "Whether the update changes what the app is for is not told by files: a person reads this and decides. Shares of bytes say how much code was touched, and nothing about features.",
        )]),
    ];
    let mut versions: Vec<(String, Vec<Inline>)> = comparison
        .versions
        .iter()
        .map(|change| {
            let (tone, word) = if change.goes_down { (Tone::Bad, "goes down") } else { (Tone::Neutral, "other") };
            let told = text(&format!("{} → {} ", change.before, change.after));
            (change.location.path.clone(), vec![told, Inline::Badge(tone, word.to_owned())])
        })
        .collect();
    versions.extend(commits(comparison).map(|told| ("commit".to_owned(), vec![text(&told)])));
    if !versions.is_empty() {
        blocks.push(Block::Pairs(versions));
    }
    let areas = areas(&comparison.code);
    if !areas.is_empty() {
        blocks.push(Block::Chart(Chart {
            caption: "New or changed code by file and owner, without the names that minifiers give".to_owned(),
            unit: "bytes".to_owned(),
            shape: Shape::Treemap(areas),
        }));
    }
    Section { id: "statement".to_owned(), title: "The change".to_owned(), blocks, sections: Vec::new() }
}

/// New or changed code by file and owner; what is not listed piece by piece stands together.
fn areas(code: &CodeChange) -> Vec<Area> {
    let mut found: BTreeMap<(String, String), u64> = BTreeMap::new();
    for unit in &code.added {
        *found.entry((owner(unit), printable(&unit.path, NAME))).or_default() += u64::from(unit.bytes);
    }
    let listed: u64 = code.added.iter().map(|unit| u64::from(unit.bytes)).sum();
    let mut areas: Vec<Area> = found.into_iter().map(|((group, label), value)| Area { label, group, value }).collect();
    areas.sort_by(|one, other| (other.value, &one.label).cmp(&(one.value, &other.label)));
    let rest: u64 = areas.iter().skip(MOST_ROWS).map(|area| area.value).sum();
    areas.truncate(MOST_ROWS);
    let rest = rest + code.added_bytes.saturating_sub(listed);
    if rest > 0 {
        areas.push(Area { label: "smaller pieces".to_owned(), group: "smaller pieces".to_owned(), value: rest });
    }
    areas
}

fn owner(unit: &UnitPlace) -> String {
    match (unit.owner, &unit.package) {
        (Owner::FirstParty, _) => "the app's own".to_owned(),
        (Owner::Vendor, Some(package)) => printable(package, NAME),
        (Owner::Vendor, None) => "a library".to_owned(),
        (Owner::Unknown, _) => "owner not told".to_owned(),
    }
}

fn sets(comparison: &Comparison) -> Option<Section> {
    let mut rows = Vec::new();
    for set in &comparison.sets {
        for (items, tone, word) in [(&set.added, Tone::Open, "new"), (&set.removed, Tone::Neutral, "gone")] {
            for item in items {
                let line = item.location.line.map(|line| format!(":{line}")).unwrap_or_default();
                rows.push(vec![
                    vec![text(&capital(set.kind.title()))],
                    vec![Inline::Badge(tone, word.to_owned())],
                    vec![Inline::Code(item.name.clone())],
                    vec![Inline::Code(format!("{}{line}", item.location.path))],
                ]);
            }
        }
    }
    let more = rows.len().saturating_sub(MOST_ROWS);
    rows.truncate(MOST_ROWS);
    let kept: Vec<String> = comparison
        .sets
        .iter()
        .filter(|set| set.added.is_empty() && set.removed.is_empty())
        .map(|set| format!("{} ({})", set.kind.title(), set.kept))
        .collect();
    let mut blocks = Vec::new();
    if !rows.is_empty() {
        let columns = [("What", 3), ("", 1), ("Name", 6), ("Where", 4)];
        let column = |(title, share): (&str, u8)| Column { title: title.to_owned(), numeric: false, share };
        blocks.push(Block::Table(Table {
            caption: "What is new and what is gone, each with the place where it stands first".to_owned(),
            columns: columns.into_iter().map(column).collect(),
            rows,
        }));
    }
    if more > 0 {
        blocks.push(Block::Paragraph(vec![text(&format!("And {more} more."))]));
    }
    if !kept.is_empty() {
        blocks.push(Block::Paragraph(vec![text(&format!("As before: {}.", kept.join(", ")))]));
    }
    if comparison.set(SetKind::Routes).is_some() || comparison.set(SetKind::Flags).is_some() {
        blocks.push(Block::Paragraph(vec![text(
            "Routes and names of features are those that scripts give as constants; others are not seen.",
        )]));
    }
    let title = "What matters".to_owned();
    (!blocks.is_empty()).then(|| Section { id: "sets".to_owned(), title, blocks, sections: Vec::new() })
}

fn code(code: &CodeChange) -> Option<Section> {
    if code.is_none() {
        return None;
    }
    let told = format!(
        "{} of code before were compared with {} after; {} are in both, {} are new or changed, {} removed or replaced.",
        size(code.bytes.0),
        size(code.bytes.1),
        size(code.same_bytes),
        size(code.added_bytes),
        size(code.removed_bytes)
    );
    let mut blocks = vec![Block::Paragraph(vec![text(&told)])];
    // The app's own code first; that of libraries is a list.
    let mut shown: Vec<&UnitPlace> =
        code.added.iter().filter(|unit| unit.owner != Owner::Vendor && !unit.text.is_empty()).collect();
    shown.sort_by_key(|unit| unit.owner);
    let mut taken = std::collections::BTreeSet::new();
    for unit in shown.into_iter().take(MOST_COMPARED) {
        let before = partner(unit, &code.removed, &mut taken);
        blocks.push(Block::Compare {
            title: format!(
                "{}:{}:{} ({}, {})",
                printable(&unit.path, NAME),
                unit.position.line,
                unit.position.column,
                size(u64::from(unit.bytes)),
                owner(unit)
            ),
            before: before.map(|unit| lines(&unit.text)).unwrap_or_default(),
            after: lines(&unit.text),
        });
    }
    for (path, why) in code.unread.iter().take(MOST_COMPARED) {
        let told = format!("not compared: {}: {}", printable(path, NAME), printable(why, NAME));
        blocks.push(Block::Note(Tone::Open, vec![text(&told)]));
    }
    let title = "Code".to_owned();
    Some(Section { id: "code".to_owned(), title, blocks, sections: Vec::new() })
}

/// The removed piece that a new one most likely replaces: in a file of the same name without hashes, nearest in size, and
/// no more than twice or half as large. A guess for the eye.
fn partner<'a>(
    unit: &UnitPlace,
    removed: &'a [UnitPlace],
    taken: &mut std::collections::BTreeSet<usize>,
) -> Option<&'a UnitPlace> {
    let near = |other: &UnitPlace| {
        let (small, large) = (unit.bytes.min(other.bytes), unit.bytes.max(other.bytes));
        large <= small.saturating_mul(2)
    };
    let candidates = removed.iter().enumerate().filter(|(at, other)| {
        !taken.contains(at) && !other.text.is_empty() && other.stem() == unit.stem() && near(other)
    });
    let (at, other) = candidates.min_by_key(|(at, other)| (other.bytes.abs_diff(unit.bytes), *at))?;
    taken.insert(at);
    Some(other)
}

/// Code over lines, each inert and bounded.
fn lines(code: &str) -> String {
    let lines: Vec<String> = spread(code)
        .lines()
        .map(|line| {
            let shown: String = line.chars().take(LINE).collect();
            let cut = if shown.len() < line.len() { "…" } else { "" };
            format!("{}{cut}", escape(&shown))
        })
        .collect();
    lines.join("\n")
}

fn files(comparison: &Comparison) -> Option<Section> {
    if comparison.files.is_empty() {
        return None;
    }
    let word = |state| match state {
        FileState::Added => "added",
        FileState::Removed => "removed",
        FileState::Changed => "changed",
        FileState::Renamed => "renamed",
    };
    let bytes = |bytes: Option<u64>| vec![text(&bytes.map(size).unwrap_or_default())];
    let row = |change: &crate::facts::comparison::FileChange| {
        let mut name = vec![Inline::Code(printable(&change.path, NAME))];
        if let Some(before) = &change.before {
            name.push(text(" was "));
            name.push(Inline::Code(printable(before, NAME)));
        }
        vec![vec![text(word(change.state))], name, bytes(change.bytes_before), bytes(change.bytes_after)]
    };
    let columns = [("", false, 1), ("File", false, 6), ("Before", true, 1), ("After", true, 1)];
    let column = |(title, numeric, share): (&str, bool, u8)| Column { title: title.to_owned(), numeric, share };
    let caption = format!(
        "{} files differ, {} are the same; the hashes that bundlers put into names are left out",
        comparison.files.len(),
        comparison.same_files
    );
    let table = Table {
        caption,
        columns: columns.into_iter().map(column).collect(),
        rows: comparison.files.iter().take(MOST_ROWS).map(row).collect(),
    };
    let mut blocks = vec![Block::Table(table)];
    if comparison.files.len() > MOST_ROWS {
        blocks.push(Block::Paragraph(vec![text(&format!("And {} more.", comparison.files.len() - MOST_ROWS))]));
    }
    let title = "Files".to_owned();
    Some(Section { id: "files".to_owned(), title, blocks, sections: Vec::new() })
}

fn text(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::comparison::{ScriptReader, compare};
    use crate::facts::{Silent, read_bundles};
    use crate::inputs::{Bundle, Limits};

    #[test]
    fn the_document_has_statement_sets_and_code_side_by_side() {
        let limits = Limits::default();
        let body = "document.title=t.value;call(t.name,12345);".repeat(8);
        let of = |more: &str| {
            let script = format!("function own(t){{{body}{more}}}").into_bytes();
            Bundle::of_files("b".to_owned(), vec![("app-4f3a1b9c.js".to_owned(), script)], &limits)
        };
        let (old, new) = (of(""), of("fetch('https://x.example/')"));
        let facts = read_bundles(&[&new, &old], &limits, 1, &Silent, None).unwrap();
        let side = |bundle, facts| ScriptReader { bundle, facts, limits: &limits, jobs: 1, store: None };
        let comparison = compare(side(&old, &facts[1]), side(&new, &facts[0]));
        let report = ComparisonReport {
            schema: super::super::COMPARISON_SCHEMA,
            before: "old".to_owned(),
            after: "new".to_owned(),
            comparison: &comparison,
        };
        let document = comparison_document(&report);
        let ids: Vec<&str> = document.sections.iter().map(|section| section.id.as_str()).collect();
        assert_eq!(ids, ["statement", "sets", "code", "files"]);
        let blocks = || document.sections.iter().flat_map(|section| &section.blocks);
        assert!(blocks().any(|block| matches!(block, Block::Chart(_))));
        let shown = blocks().find_map(|block| match block {
            Block::Compare { before, after, .. } => Some((before, after)),
            _ => None,
        });
        let (before, after) = shown.unwrap();
        assert!(!before.contains("x.example") && after.contains("x.example") && before.contains("call(t.name"));
        for block in blocks() {
            if let Block::Table(table) = block {
                assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
            }
        }
    }
}
