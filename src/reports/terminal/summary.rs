//! One line for each control that did not pass; the others are collapsed by verdict.

use std::collections::BTreeMap;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table};

use super::groups::{Group, Rank};
use super::page::{Page, Tint};
use super::{words, wrap};
use crate::model::{Assessment, Report, Verdict, escape};

/// Terminals narrower than this do without the column of severities: they stand at each finding too.
const FULL: usize = 80;

/// Writes the summary.
pub(super) fn write(report: &Report, groups: &[Group], unstated: &[Group], page: &mut Page) {
    page.blank();
    if !groups.is_empty() {
        table(groups, page);
        page.blank();
    }
    if !unstated.is_empty() {
        let verb = if unstated.len() == 1 { "control waits" } else { "controls wait" };
        let head = format!("{} {verb} for statements of the organisation:", words::number(unstated.len()));
        let names: Vec<&str> = unstated.iter().map(|group| words::brief(&group.assessment.control)).collect();
        page.sentence(2, (Tint::Doubt, &head), &names.join(", "));
    }
    collapsed(report, Verdict::Pass, Tint::Good, page);
    collapsed(report, Verdict::Attested, Tint::Doubt, page);
    not_applicable(report, page);
}

/// The verdict stands first: it can then be coloured by its place, whatever a hostile title says.
fn table(groups: &[Group], page: &mut Page) {
    let full = page.width() >= FULL;
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(page.width().min(120) - 2).unwrap_or(u16::MAX));
    let pick = |cells: [String; 5]| -> Vec<String> {
        let keep = |(index, _): &(usize, String)| full || *index != 3;
        cells.into_iter().enumerate().filter(keep).map(|(_, cell)| cell).collect()
    };
    table.set_header(pick(["VERDICT", "CONTROL", "TITLE", "SEVERITY", "FINDINGS"].map(str::to_owned)));
    for group in groups {
        table.add_row(pick([
            group.assessment.verdict.word().to_owned(),
            wrap::fit(&escape(&group.assessment.control), if full { 20 } else { 16 }),
            escape(&group.assessment.title),
            group.severity().word().to_owned(),
            findings(group),
        ]));
    }
    let count = table.column_count();
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if index + 1 == count { 0 } else { 2 }));
        column.set_cell_alignment(CellAlignment::Left);
        if index != 2 {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    for (number, line) in table.lines().enumerate() {
        let word = line.split(' ').next().unwrap_or_default();
        let tint = Verdict::ALL.into_iter().find(|verdict| verdict.word() == word).map_or(Tint::Plain, tint);
        let rest = line.strip_prefix(word).unwrap_or_default();
        let spans = if number == 0 {
            [(Tint::Faint, line.as_str()), (Tint::Plain, "")]
        } else {
            [(tint, word), (Tint::Plain, rest)]
        };
        let [first, second] = spans;
        page.line(&[(Tint::Plain, "  "), first, second]);
    }
}

const fn tint(verdict: Verdict) -> Tint {
    match verdict {
        Verdict::Fail => Tint::Bad,
        Verdict::Indeterminate | Verdict::Manual | Verdict::Attested => Tint::Doubt,
        Verdict::Pass => Tint::Good,
        Verdict::NotApplicable => Tint::Plain,
    }
}

/// `3 block`, `1 of 3 blocks`, `1 of 5 accepted`.
fn findings(group: &Group) -> String {
    let total = group.findings.len();
    let blocking = group.count(Rank::Blocking);
    let accepted = group.count(Rank::Accepted);
    let part = |count: usize, word: &str| {
        let of = if count == total { String::new() } else { format!(" of {}", words::number(total)) };
        format!("{}{of} {word}", words::number(count))
    };
    match (blocking, accepted) {
        (0, 0) => words::number(total),
        (0, accepted) => part(accepted, "accepted"),
        (1, _) => part(1, "blocks"),
        (blocking, _) => part(blocking, "block"),
    }
}

fn of_verdict(report: &Report, verdict: Verdict) -> Vec<&Assessment> {
    // What has findings stands in the table, whatever its verdict.
    let all = report.assessments.iter();
    all.filter(|assessment| assessment.verdict == verdict && assessment.findings.is_empty()).collect()
}

fn collapsed(report: &Report, verdict: Verdict, tint: Tint, page: &mut Page) {
    let all = of_verdict(report, verdict);
    if all.is_empty() {
        return;
    }
    let verb = match (verdict, all.len()) {
        (Verdict::Pass, 1) => "control passes",
        (Verdict::Pass, _) => "controls pass",
        (_, 1) => "control is attested, not verified",
        _ => "controls are attested, not verified",
    };
    let names: Vec<&str> = all.iter().map(|assessment| words::brief(&assessment.control)).collect();
    let head = format!("{} {verb}:", words::number(all.len()));
    page.sentence(2, (tint, &head), &names.join(", "));
}

/// Grouped by reason: many controls share one.
fn not_applicable(report: &Report, page: &mut Page) {
    let all = of_verdict(report, Verdict::NotApplicable);
    if all.is_empty() {
        return;
    }
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for assessment in &all {
        let reason = assessment.reason.as_deref().unwrap_or("no reason given");
        reasons.entry(reason).or_default().push(words::brief(&assessment.control));
    }
    let parts: Vec<String> =
        reasons.iter().map(|(reason, controls)| format!("{} ({reason})", controls.join(", "))).collect();
    let verb = if all.len() == 1 { "control does not apply:" } else { "controls do not apply:" };
    let head = format!("{} {verb}", words::number(all.len()));
    page.sentence(2, (Tint::Faint, &head), &parts.join(", "));
}
