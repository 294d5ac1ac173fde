//! What keeps controls from passing, in the order in which a person should read it.

use std::collections::BTreeSet;

use crate::model::{Assessment, Finding, Report, Severity, Verdict};

/// How much attention something asks for; the first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Blocking,
    Failing,
    Indeterminate,
    Manual,
    Accepted,
}

/// The rule of findings that say that a statement is missing.
const NOT_STATED: &str = "not-stated";

/// One control that did not pass, with its findings by rank.
pub(super) struct Group<'a> {
    pub assessment: &'a Assessment,
    pub rank: Rank,
    pub findings: Vec<(Rank, &'a Finding)>,
}

impl Group<'_> {
    /// Whether nothing but a statement of the organisation is missing.
    pub(super) fn is_unstated(&self) -> bool {
        self.rank == Rank::Manual && self.findings.iter().all(|(_, finding)| finding.rule == NOT_STATED)
    }

    /// How many findings have that rank.
    pub(super) fn count(&self, rank: Rank) -> usize {
        self.findings.iter().filter(|(other, _)| *other == rank).count()
    }

    /// The gravest severity of what is not accepted; the control's own when nothing else is known.
    pub(super) fn severity(&self) -> Severity {
        let open = self.findings.iter().filter(|(rank, _)| *rank != Rank::Accepted);
        open.map(|(_, finding)| finding.severity).max().unwrap_or(self.assessment.severity)
    }
}

/// All controls that did not pass: what blocks first, then by rank, the graver first.
pub(super) fn groups(report: &Report) -> Vec<Group<'_>> {
    let blocking: BTreeSet<&str> = report.gate.blocking.iter().map(String::as_str).collect();
    let mut groups: Vec<Group> = report.assessments.iter().filter_map(|one| group(one, &blocking)).collect();
    groups.sort_by_key(|group| (group.rank, std::cmp::Reverse(group.severity())));
    groups
}

fn group<'a>(assessment: &'a Assessment, blocking: &BTreeSet<&str>) -> Option<Group<'a>> {
    let mut findings: Vec<(Rank, &Finding)> = assessment
        .findings
        .iter()
        .map(|finding| {
            let blocks = blocking.contains(finding.id.as_str());
            (if blocks { Rank::Blocking } else { rank(finding.verdict, finding.exception.is_some()) }, finding)
        })
        .collect();
    findings.sort_by_key(|(rank, finding)| (*rank, std::cmp::Reverse(finding.severity)));
    let rank = match findings.first() {
        Some((rank, _)) => *rank,
        None if matches!(assessment.verdict, Verdict::Fail | Verdict::Manual | Verdict::Indeterminate) => {
            rank(assessment.verdict, assessment.exception.is_some())
        }
        None => return None,
    };
    Some(Group { assessment, rank, findings })
}

const fn rank(verdict: Verdict, accepted: bool) -> Rank {
    match verdict {
        _ if accepted => Rank::Accepted,
        Verdict::Indeterminate => Rank::Indeterminate,
        Verdict::Manual => Rank::Manual,
        Verdict::Fail | Verdict::Pass | Verdict::Attested | Verdict::NotApplicable => Rank::Failing,
    }
}
