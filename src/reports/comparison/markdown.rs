//! A comparison as Markdown, for release notes' reviewers and pull requests.

use super::{ComparisonReport, commits, size, summary};
use crate::facts::comparison::{FileState, SetItem};
use crate::model::printable;

/// Names and files of one list.
const MOST_ITEMS: usize = 100;
/// How much of a name is shown.
const NAME: usize = 160;

/// As Markdown.
#[must_use]
pub fn comparison_markdown(report: &ComparisonReport<'_>) -> String {
    let comparison = report.comparison;
    let mut out =
        format!("# Changes from {} to {}\n\n{}\n", code(&report.before), code(&report.after), summary(comparison));
    if !comparison.versions.is_empty() || comparison.commits.is_some() {
        out.push_str("\n## Versions\n\n");
        out.extend(commits(comparison).map(|told| format!("- commit: {told}\n")));
        for change in &comparison.versions {
            let down = if change.goes_down { " **goes down**" } else { "" };
            out.push_str(&format!(
                "- {}: {} to {}{down}\n",
                code(&change.location.path),
                code(&change.before),
                code(&change.after)
            ));
        }
    }
    for set in comparison.sets.iter().filter(|set| !set.added.is_empty() || !set.removed.is_empty()) {
        out.push_str(&format!("\n## {}\n\n", capital(set.kind.title())));
        list(&mut out, "new", &set.added);
        list(&mut out, "gone", &set.removed);
        if set.kept > 0 {
            out.push_str(&format!("- as before: {}\n", set.kept));
        }
    }
    let change = &comparison.code;
    if !change.is_none() {
        out.push_str("\n## Code\n\n| | piece of code | bytes |\n|---|---|---:|\n");
        for (sign, units) in [("new or changed", &change.added), ("removed or replaced", &change.removed)] {
            for unit in units.iter().take(MOST_ITEMS / 4) {
                let place = format!("{}:{}:{}", unit.path, unit.position.line, unit.position.column);
                out.push_str(&format!("| {sign} | {} | {} |\n", code(&place), unit.bytes));
            }
        }
        out.push_str(&format!(
            "\nIn all {} new or changed, {} removed or replaced, {} in both.\n",
            size(change.added_bytes),
            size(change.removed_bytes),
            size(change.same_bytes)
        ));
        for (path, why) in change.unread.iter().take(MOST_ITEMS) {
            out.push_str(&format!("\nNot compared: {}: {}\n", code(path), code(why)));
        }
    }
    if !comparison.files.is_empty() {
        out.push_str("\n## Files\n\n| | file | before | after |\n|---|---|---:|---:|\n");
        for file in comparison.files.iter().take(MOST_ITEMS) {
            let word = match file.state {
                FileState::Added => "added",
                FileState::Removed => "removed",
                FileState::Changed => "changed",
                FileState::Renamed => "renamed",
            };
            let bytes = |bytes: Option<u64>| bytes.map(size).unwrap_or_default();
            let was = file.before.as_ref().map(|before| format!(" was {}", code(before))).unwrap_or_default();
            let row = format!(
                "| {word} | {}{was} | {} | {} |\n",
                code(&file.path),
                bytes(file.bytes_before),
                bytes(file.bytes_after)
            );
            out.push_str(&row);
        }
        if comparison.files.len() > MOST_ITEMS {
            out.push_str(&format!("\nAnd {} more.\n", comparison.files.len() - MOST_ITEMS));
        }
    }
    out
}

fn list(out: &mut String, word: &str, items: &[SetItem]) {
    for item in items.iter().take(MOST_ITEMS) {
        let line = item.location.line.map(|line| format!(":{line}")).unwrap_or_default();
        out.push_str(&format!(
            "- **{word}** {} in {}\n",
            code(&item.name),
            code(&format!("{}{line}", item.location.path))
        ));
    }
    if items.len() > MOST_ITEMS {
        out.push_str(&format!("- and {} more\n", items.len() - MOST_ITEMS));
    }
}

/// Text of the subject as code: inert, whatever stands in it. A `|` would end a table's cell even there.
pub(super) fn code(text: &str) -> String {
    let shown = printable(text, NAME).replace('|', "\\|");
    let longest = shown.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let gap = if shown.starts_with('`') || shown.ends_with('`') || shown.is_empty() { " " } else { "" };
    format!("{fence}{gap}{shown}{gap}{fence}")
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn no_name_leaves_its_code() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("<img src=x>\n# a"), "`<img src=x>\\n# a`");
    }
}
