//! What keeps each control from passing: where, what, why it matters and how to fix it.

use std::collections::BTreeMap;

use super::groups::{Group, Rank};
use super::page::{Page, Tint};
use super::{words, wrap};
use crate::model::{Confidence, Finding, Mapping, Root, Verdict, escape};

/// Longer lists are cut here; the other formats have them whole.
const MOST: usize = 20;

/// An excerpt takes this many lines at most.
const EXCERPT_LINES: usize = 3;

/// Where findings start, right of their severity.
const GUTTER: usize = 10;

/// Writes all groups, under one title for each rank.
pub(super) fn write(groups: &[Group], page: &mut Page) {
    let mut last = None;
    for group in groups {
        if last != Some(group.rank) {
            let (tint, title) = title(group.rank);
            page.section(tint, title);
            last = Some(group.rank);
        }
        page.blank();
        control(group, page);
    }
}

/// One line for each control that only the organisation can answer: their questions are the same for every update.
pub(super) fn not_stated(groups: &[Group], page: &mut Page) {
    if groups.is_empty() {
        return;
    }
    page.section(Tint::Doubt, "Not stated: only the organisation can say");
    page.blank();
    for group in groups {
        let control = wrap::fit(&escape(&group.assessment.control), 32);
        page.entry(2, (Tint::Strong, &control), 18, (Tint::Plain, &group.assessment.title));
    }
    page.blank();
    let help = "`otaudit attestations init` writes a file with the questions, `otaudit attestations check` says what is missing";
    page.entry(2, (Tint::Faint, "fix"), GUTTER, (Tint::Plain, help));
}

const fn title(rank: Rank) -> (Tint, &'static str) {
    match rank {
        Rank::Blocking => (Tint::Bad, "Blocks this update"),
        Rank::Failing => (Tint::Strong, "Fails, and does not block"),
        Rank::Indeterminate => (Tint::Doubt, "Indeterminate: could not be read or computed"),
        Rank::Manual => (Tint::Doubt, "Manual: a person has to decide"),
        Rank::Accepted => (Tint::Strong, "Accepted by an exception"),
    }
}

fn control(group: &Group, page: &mut Page) {
    let assessment = group.assessment;
    page.entry(0, (Tint::Strong, &wrap::fit(&escape(&assessment.control), 32)), 0, (Tint::Strong, &assessment.title));
    // Short entries stand close together; those with an excerpt need air.
    let airy = group.findings.iter().take(MOST).any(|(_, finding)| finding.excerpt.is_some());
    for (index, (rank, finding)) in group.findings.iter().take(MOST).enumerate() {
        if airy || index == 0 {
            page.blank();
        }
        one(*rank, group.rank, finding, page);
    }
    let more = group.findings.len().saturating_sub(MOST);
    if more > 0 {
        page.paragraph(2 + GUTTER, (Tint::Faint, &format!("and {} more (see --format json)", words::number(more))));
    }
    page.blank();
    page.entry(2, (Tint::Faint, "why"), GUTTER, (Tint::Plain, &assessment.requirement));
    page.entry(2, (Tint::Faint, "fix"), GUTTER, (Tint::Plain, &assessment.remediation));
    if !assessment.mappings.is_empty() {
        page.entry(2, (Tint::Faint, "clauses"), GUTTER, (Tint::Faint, &clauses(&assessment.mappings)));
    }
}

fn one(rank: Rank, group: Rank, finding: &Finding, page: &mut Page) {
    let place = escape(&words::place(&finding.location));
    let notes = notes(rank, group, finding).join(", ");
    let severity = finding.severity.word();
    let padding = " ".repeat(GUTTER.saturating_sub(severity.len()));
    let margin = " ".repeat(2 + GUTTER);
    let tint = if rank == Rank::Accepted { Tint::Plain } else { words::tint(finding.severity) };
    // A long path is broken here and not by the terminal, which would let it write at the left margin.
    let places = wrap::chop(&place, page.width().saturating_sub(2 + GUTTER));
    let end = places.last().map(|last| wrap::columns(last)).unwrap_or_default();
    let beside = 2 + GUTTER + end + 2 + wrap::columns(&notes) <= page.width();
    for (index, part) in places.iter().enumerate() {
        let severity = [(Tint::Plain, "  "), (tint, severity), (Tint::Plain, padding.as_str())];
        let indent = [(Tint::Plain, margin.as_str()), (Tint::Plain, ""), (Tint::Plain, "")];
        let [first, second, third] = if index == 0 { severity } else { indent };
        let notes = if beside && index + 1 == places.len() { notes.as_str() } else { "" };
        page.line(&[first, second, third, (Tint::Strong, part), (Tint::Plain, "  "), (Tint::Faint, notes)]);
    }
    if !beside && !notes.is_empty() {
        page.paragraph(2 + GUTTER, (Tint::Faint, &notes));
    }
    page.paragraph(2 + GUTTER, (Tint::Plain, &finding.message));
    let Some(excerpt) = &finding.excerpt else { return };
    let room = page.width().saturating_sub(4 + GUTTER);
    let mut lines = wrap::chop(escape(excerpt).trim(), room);
    if lines.len() > EXCERPT_LINES {
        lines.truncate(EXCERPT_LINES);
        if let Some(last) = lines.last_mut() {
            *last = wrap::fit(&format!("{last}  "), room);
        }
    }
    for line in lines {
        page.line(&[(Tint::Plain, &margin), (Tint::Faint, "│ "), (Tint::Faint, &line)]);
    }
}

/// What the title of the section does not say of this finding.
fn notes(rank: Rank, group: Rank, finding: &Finding) -> Vec<String> {
    let mut notes = Vec::new();
    match finding.location.root {
        _ if finding.location.path.is_empty() => {}
        Root::Bundle => {}
        Root::App => notes.push("in the app".to_owned()),
        Root::Release => notes.push("in the release".to_owned()),
    }
    let said = rank == group && matches!(group, Rank::Indeterminate | Rank::Manual);
    if finding.verdict != Verdict::Fail && !said {
        notes.push(finding.verdict.word().to_owned());
    }
    if finding.confidence != Confidence::Certain {
        notes.push(format!("confidence: {}", finding.confidence.word()));
    }
    if let Some(exception) = &finding.exception {
        notes.push(format!("accepted by {exception}"));
    } else if group == Rank::Blocking && rank != group {
        notes.push("does not block".to_owned());
    }
    notes
}

/// `GDPR 32(1)(b), 25; MASVS-CODE-4`: a clause that names its framework itself needs no second name.
fn clauses(mappings: &[Mapping]) -> String {
    let mut frameworks: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for mapping in mappings {
        frameworks.entry(&mapping.framework).or_default().push(&mapping.clause);
    }
    let parts: Vec<String> = frameworks
        .iter()
        .map(|(framework, clauses)| {
            let named = clauses.iter().all(|clause| clause.starts_with(framework));
            let clauses = clauses.join(", ");
            if named { clauses } else { format!("{framework} {clauses}") }
        })
        .collect();
    parts.join("; ")
}

/// One line for each finding that blocks.
pub(super) fn blocking_lines(groups: &[Group], page: &mut Page) {
    for group in groups {
        for (_, finding) in group.findings.iter().filter(|(rank, _)| *rank == Rank::Blocking) {
            let severity = format!("{:<GUTTER$}", finding.severity.word());
            let place = escape(&words::place(&finding.location));
            let control = wrap::fit(&escape(&group.assessment.control), 20);
            let room = page.width().saturating_sub(2 + GUTTER + wrap::columns(&control) + 2);
            let head = format!("{control}  {}  ", wrap::fit_middle(&place, room));
            let room = page.width().saturating_sub(2 + GUTTER + wrap::columns(&head));
            // The place is worth more than a stump of the message.
            let message = if room < 12 { String::new() } else { wrap::fit(&escape(&finding.message), room) };
            page.line(&[
                (Tint::Plain, "  "),
                (words::tint(finding.severity), &severity),
                (Tint::Plain, &head),
                (Tint::Plain, &message),
            ]);
        }
    }
}
