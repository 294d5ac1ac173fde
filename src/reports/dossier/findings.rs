//! Findings: condition, criterion, cause, effect, evidence, recommendation; and the plan that follows from them.

use std::collections::{BTreeMap, BTreeSet};

use super::Dossier;
use super::words::{
    NOT_STATED, cell, code, counted, finding_anchor, gravest, note, paragraph, place, section, severity_badge, table,
    text, verdict_badge,
};
use crate::controls::find;
use crate::model::{Assessment, Digest, Finding, Root, Verdict};
use crate::reports::document::{Block, Inline, Section, Tone};

/// What a finding's row looks up.
struct Known<'a> {
    blocking: BTreeSet<&'a str>,
    digests: BTreeMap<(Root, &'a str), Digest>,
}

pub(super) fn findings(dossier: &Dossier<'_>) -> Section {
    let report = dossier.report;
    let known = Known {
        blocking: report.gate.blocking.iter().map(String::as_str).collect(),
        digests: dossier
            .examined
            .iter()
            .filter_map(|file| Some(((file.root, file.path.as_str()), file.sha256?)))
            .collect(),
    };
    let with = ordered(&report.assessments);
    let all: usize = with.iter().map(|one| one.findings.len()).sum();
    let mut blocks = vec![paragraph(if all == 0 {
        "There are no findings.".to_owned()
    } else {
        format!(
            "{} of {}, the gravest first. Each control says once what is required, what follows from a violation and what to \
             do; each finding says what was seen, and where. The fingerprint names a finding in later reports: it stays the \
             same when lines move. Age and state against earlier audits come with the ledger: no ledger was given, so that \
             each finding counts as first seen here.",
            counted(all, "finding", "findings"),
            counted(with.len(), "control", "controls")
        )
    })];
    if report.counts.excepted > 0 {
        let words = counted(report.counts.excepted, "finding is", "findings are");
        blocks.push(note(
            Tone::Neutral,
            format!("{words} accepted by exceptions of the register below; they stay here."),
        ));
    }
    let mut whole = section("findings", "Findings", blocks);
    whole.sections = with.into_iter().map(|one| control(one, &known, dossier)).collect();
    whole
}

/// The assessments with findings: failures first, the gravest first, then by id.
fn ordered(assessments: &[Assessment]) -> Vec<&Assessment> {
    let rank = |one: &Assessment| Verdict::ALL.iter().position(|verdict| *verdict == one.verdict);
    let mut with: Vec<&Assessment> = assessments.iter().filter(|one| !one.findings.is_empty()).collect();
    with.sort_by(|one, other| {
        (rank(one), gravest(other), &one.control).cmp(&(rank(other), gravest(one), &other.control))
    });
    with
}

fn control(one: &Assessment, known: &Known<'_>, dossier: &Dossier<'_>) -> Section {
    let described = find(&one.control);
    let action = dossier.cover.action(&one.control);
    let mut clauses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for map in one.mappings.iter().filter(|map| dossier.shown(&map.framework)) {
        clauses.entry(&map.framework).or_default().push(&map.clause);
    }
    let clauses: Vec<String> = clauses.iter().map(|(id, clauses)| format!("{id} {}", clauses.join(", "))).collect();
    let mut pairs = vec![
        (
            "Status".to_owned(),
            vec![verdict_badge(one.verdict), severity_badge(one.severity), text(format!(" {}", one.assurance.word()))],
        ),
        ("Criterion".to_owned(), cell(one.requirement.clone())),
    ];
    if !clauses.is_empty() {
        pairs.push(("Clauses".to_owned(), cell(clauses.join("; "))));
    }
    let cause = action.and_then(|action| action.cause.clone());
    let blank = "not stated: the files show what is there, and not why";
    pairs.push(("Cause".to_owned(), cell(cause.unwrap_or_else(|| blank.to_owned()))));
    if let Some(described) = described {
        pairs.push(("Effect".to_owned(), cell(described.rationale)));
    }
    pairs.push(("Recommendation".to_owned(), cell(one.remediation.clone())));
    pairs.push(("Owner and due date".to_owned(), cell(owner(one, dossier))));
    let rows = one.findings.iter().map(|finding| row(finding, known)).collect();
    let columns = [("Finding", 4), ("Condition", 7), ("Place and evidence", 5)];
    let caption = format!("{}: {}", one.control, counted(one.findings.len(), "finding", "findings"));
    let mut blocks = vec![Block::Pairs(pairs), table(caption, &columns, rows)];
    if let Some(described) = described
        && !described.limits.is_empty()
    {
        blocks.push(paragraph(format!("What this check can't see: {}", described.limits)));
    }
    section(&finding_anchor(&one.control), &format!("{} {}", one.control, one.title), blocks)
}

fn row(finding: &Finding, known: &Known<'_>) -> Vec<Vec<Inline>> {
    let mut state = vec![verdict_badge(finding.verdict), severity_badge(finding.severity)];
    if known.blocking.contains(finding.id.as_str()) {
        state.push(Inline::Badge(Tone::Grave, "blocks".to_owned()));
    }
    if let Some(exception) = &finding.exception {
        state.push(Inline::Badge(Tone::Neutral, format!("accepted: {exception}")));
    }
    state.push(code(finding.id.clone()));
    state.push(text(format!(" {}, fingerprint ", finding.confidence.word())));
    state.push(code(finding.fingerprint.clone()));
    let mut condition = cell(finding.message.clone());
    if let Some(excerpt) = &finding.excerpt {
        condition.push(text(" Seen there: "));
        condition.push(code(excerpt.clone()));
    }
    let mut evidence = vec![code(place(&finding.location))];
    if let Some(digest) = known.digests.get(&(finding.location.root, finding.location.path.as_str())) {
        evidence.push(text(" SHA-256 of the file "));
        evidence.push(code(digest.hex()));
    }
    vec![state, condition, evidence]
}

/// Who answers and by when, as far as someone stated it.
fn owner(one: &Assessment, dossier: &Dossier<'_>) -> String {
    match dossier.cover.action(&one.control) {
        Some(action) => format!("{}, by {}", action.owner, action.due.as_deref().unwrap_or("a day that is not stated")),
        None => format!("{NOT_STATED}: see the corrective action plan"),
    }
}

pub(super) fn plan(dossier: &Dossier<'_>) -> Section {
    let report = dossier.report;
    let open = |one: &&Assessment| {
        let waits = matches!(one.verdict, Verdict::Fail | Verdict::Indeterminate | Verdict::Manual);
        waits && one.findings.iter().any(|finding| finding.exception.is_none())
    };
    let known: BTreeSet<&str> = report.gate.blocking.iter().map(String::as_str).collect();
    let rows = ordered(&report.assessments)
        .into_iter()
        .filter(open)
        .enumerate()
        .map(|(number, one)| {
            let action = dossier.cover.action(&one.control);
            let findings = one.findings.iter().filter(|finding| finding.exception.is_none()).count();
            let blocks = one.findings.iter().filter(|finding| known.contains(finding.id.as_str())).count();
            let mut what = vec![
                Inline::Reference(finding_anchor(&one.control), one.control.clone()),
                text(format!(" {} ", one.title)),
                verdict_badge(one.verdict),
                severity_badge(gravest(one)),
            ];
            if blocks > 0 {
                what.push(Inline::Badge(Tone::Grave, format!("{blocks} of {findings} block")));
            } else {
                what.push(text(format!(" {}", counted(findings, "finding", "findings"))));
            }
            let blank = || "………………".to_owned();
            vec![
                cell((number + 1).to_string()),
                what,
                cell(one.remediation.clone()),
                cell(action.map_or_else(blank, |action| action.owner.clone())),
                cell(action.and_then(|action| action.due.clone()).unwrap_or_else(blank)),
            ]
        })
        .collect();
    let columns = [("No.", 1), ("What is open", 6), ("What to do", 6), ("Owner", 3), ("Due", 2)];
    let blocks = vec![
        paragraph(
            "What blocks has to be mended before the update goes out; what waits for a person needs a decision or a statement. \
             Dotted fields are for the organisation to fill in: nobody stated them.",
        ),
        table("Corrective action plan", &columns, rows),
    ];
    section("plan", "Corrective action plan", blocks)
}
