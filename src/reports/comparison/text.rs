//! A comparison for a terminal: the sentence, the sets, the largest changes of code, and the files as a compact tree.

use std::collections::BTreeMap;

use super::{ComparisonReport, commits, size, summary};
use crate::facts::comparison::{FileChange, FileState, SetItem, UnitPlace};
use crate::model::{escape, printable};
use crate::reports::Style;
use crate::reports::terminal::{Page, Tint};

/// Names shown of one set.
const MOST_NAMES: usize = 40;
/// Functions and files shown of each sort.
const MOST_LINES: usize = 12;
/// How much of a name is shown.
const NAME: usize = 100;

/// As text for a terminal.
#[must_use]
pub fn comparison_text(report: &ComparisonReport<'_>, style: &Style) -> String {
    let comparison = report.comparison;
    let mut page = Page::new(style);
    page.line(&[(Tint::Strong, "Changes"), (Tint::Plain, &format!("  from {} to {}", report.before, report.after))]);
    page.blank();
    page.paragraph(2, (Tint::Plain, &summary(comparison)));
    for change in &comparison.versions {
        let word = if change.goes_down { "goes down" } else { "version" };
        let place = place(&change.location.path, change.location.line, None);
        page.sentence(
            2,
            (if change.goes_down { Tint::Bad } else { Tint::Plain }, word),
            &format!("{} → {}  ({place})", change.before, change.after),
        );
    }
    if let Some(told) = commits(comparison) {
        page.sentence(2, (Tint::Plain, "commit"), &told);
    }
    let changed = comparison.sets.iter().filter(|set| !set.added.is_empty() || !set.removed.is_empty());
    let mut unchanged = Vec::new();
    for set in changed {
        page.section(Tint::Strong, set.kind.title());
        items(&mut page, &set.added, '+', Tint::Doubt);
        items(&mut page, &set.removed, '-', Tint::Plain);
        if set.kept > 0 {
            page.paragraph(2, (Tint::Faint, &format!("{} as before", set.kept)));
        }
    }
    for set in comparison.sets.iter().filter(|set| set.added.is_empty() && set.removed.is_empty()) {
        unchanged.push(format!("{} ({})", set.kind.title(), set.kept));
    }
    if !unchanged.is_empty() {
        page.section(Tint::Strong, "as before");
        page.paragraph(2, (Tint::Plain, &unchanged.join(", ")));
    }
    let code = &comparison.code;
    if !code.is_none() {
        page.section(Tint::Strong, "code");
        let told = format!(
            "compared {} of code before with {} after, without names and spaces; {} are in both",
            size(code.bytes.0),
            size(code.bytes.1),
            size(code.same_bytes)
        );
        page.paragraph(2, (Tint::Plain, &told));
        pieces(&mut page, &code.added, code.added_count, code.added_bytes, ('+', "new or changed"));
        pieces(&mut page, &code.removed, code.removed_count, code.removed_bytes, ('-', "removed or replaced"));
        for (path, why) in code.unread.iter().take(MOST_LINES) {
            page.sentence(
                2,
                (Tint::Bad, "not compared:"),
                &format!("{}: {}", printable(path, NAME), printable(why, NAME)),
            );
        }
    }
    files(&mut page, &comparison.files);
    page.finish()
}

fn items(page: &mut Page, items: &[SetItem], sign: char, tint: Tint) {
    for item in items.iter().take(MOST_NAMES) {
        let place = place(&item.location.path, item.location.line, item.location.column);
        page.entry(2, (tint, &sign.to_string()), 2, (Tint::Plain, &format!("{}  ({place})", item.name)));
    }
    if items.len() > MOST_NAMES {
        page.paragraph(4, (Tint::Faint, &format!("and {} more", items.len() - MOST_NAMES)));
    }
}

fn place(path: &str, line: Option<u32>, column: Option<u32>) -> String {
    match (line, column) {
        (Some(line), Some(column)) => format!("{path}:{line}:{column}"),
        (Some(line), None) => format!("{path}:{line}"),
        _ => path.to_owned(),
    }
}

fn pieces(page: &mut Page, list: &[UnitPlace], count: usize, bytes: u64, (sign, what): (char, &str)) {
    if bytes == 0 {
        return;
    }
    page.paragraph(2, (Tint::Strong, &format!("{what}: {count}, {}", size(bytes))));
    for unit in list.iter().take(MOST_LINES) {
        let place = place(&printable(&unit.path, NAME), Some(unit.position.line), Some(unit.position.column));
        let text = format!("{:>9}  {place}", size(u64::from(unit.bytes)));
        page.entry(4, (Tint::Plain, &sign.to_string()), 2, (Tint::Plain, &text));
    }
    if count > MOST_LINES {
        page.paragraph(6, (Tint::Faint, &format!("and {} smaller ones", count - MOST_LINES)));
    }
}

/// The files by folder, each folder once.
fn files(page: &mut Page, changes: &[FileChange]) {
    if changes.is_empty() {
        return;
    }
    page.section(Tint::Strong, "files");
    let mut folders: BTreeMap<&str, Vec<&FileChange>> = BTreeMap::new();
    for change in changes {
        let folder = change.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry(folder).or_default().push(change);
    }
    for (folder, changes) in folders {
        let name = if folder.is_empty() { ".".to_owned() } else { escape(folder) };
        page.line(&[(Tint::Plain, "  "), (Tint::Strong, &printable(&name, NAME)), (Tint::Plain, "/")]);
        for change in changes.iter().take(MOST_LINES) {
            line(page, change);
        }
        if changes.len() > MOST_LINES {
            page.paragraph(6, (Tint::Faint, &format!("and {} more", changes.len() - MOST_LINES)));
        }
    }
}

fn line(page: &mut Page, change: &FileChange) {
    let name = |path: &str| printable(path.rsplit('/').next().unwrap_or(path), NAME);
    let (sign, tint) = match change.state {
        FileState::Added => ("+", Tint::Good),
        FileState::Removed => ("-", Tint::Plain),
        FileState::Changed => ("~", Tint::Doubt),
        FileState::Renamed => (">", Tint::Faint),
    };
    let mut text = name(&change.path);
    if let Some(before) = &change.before {
        text.push_str(&format!("  was {}", name(before)));
    }
    match (change.bytes_before, change.bytes_after) {
        (Some(before), Some(after)) if before != after => {
            text.push_str(&format!("  {} → {}", size(before), size(after)));
        }
        (Some(bytes), _) | (None, Some(bytes)) => text.push_str(&format!("  {}", size(bytes))),
        (None, None) => {}
    }
    page.entry(4, (tint, sign), 2, (Tint::Plain, &text));
}
