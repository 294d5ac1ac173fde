//! The report for a person at a terminal: the verdict first, then what was audited, what blocks, why, and how to go on.

mod findings;
mod footer;
mod groups;
mod header;
mod page;
mod summary;
mod words;
mod wrap;

use std::io::{self, Write};

use self::groups::Group;
pub(super) use self::page::{Page, Tint};
use super::Style;
use crate::model::Report;

/// Writes the report as text; with `quiet`, only the verdict and one line for each finding that blocks.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    let (unstated, groups): (Vec<Group>, Vec<Group>) = groups::groups(report).into_iter().partition(Group::is_unstated);
    header::verdict(report, &groups, unstated.len(), &mut page);
    if style.quiet {
        findings::blocking_lines(&groups, &mut page);
    } else {
        header::subject(report, &mut page);
        summary::write(report, &groups, &unstated, &mut page);
        findings::write(&groups, &mut page);
        findings::not_stated(&unstated, &mut page);
        footer::write(report, &mut page);
    }
    out.write_all(page.finish().as_bytes())
}
