//! The course of a finding through the audits of an app: when it was first seen, and which audit has it no more.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Audits;
use crate::ledger::record::FindingNote;
use crate::model::{Digest, Verdict};

/// A finding from its first audit to its end. One that comes again has a second course.
#[derive(Clone, Debug)]
pub(super) struct Course {
    /// The finding as it was first seen.
    pub(super) finding: FindingNote,
    /// On which channel.
    pub(super) channel: Option<String>,
    /// The day of the first audit that has it.
    pub(super) opened: Date,
    /// That audit's record.
    pub(super) first: Digest,
    /// The first audit that has it no more.
    pub(super) end: Option<End>,
}

/// The audit in which a finding is no more.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    /// Its day.
    pub(super) day: Date,
    /// Its record.
    pub(super) record: Digest,
    /// Whether it looked at the finding's control: else nothing shows that the finding is gone.
    pub(super) assessed: bool,
}

impl Course {
    /// When it was shown to be gone.
    pub(super) fn closed(&self) -> Option<Date> {
        self.end.filter(|end| end.assessed).map(|end| end.day)
    }

    /// Whether it was open at the end of a day. What nobody looks at any more stays open.
    pub(super) fn open_on(&self, day: Date) -> bool {
        self.opened <= day && self.closed().is_none_or(|closed| closed > day)
    }
}

/// The courses of all findings, in the order of their begin.
pub(super) fn courses(audits: &Audits<'_>) -> Vec<Course> {
    let mut all: Vec<Course> = Vec::new();
    // By channel, control and fingerprint: the place in `all`.
    let mut open: BTreeMap<(Option<&str>, &str, &str), usize> = BTreeMap::new();
    for (name, record, audit, day) in audits {
        let channel = record.channel.as_deref();
        let mut still = Vec::new();
        for finding in &audit.findings {
            let key = (channel, finding.control.as_str(), finding.fingerprint.as_str());
            still.push(key);
            let place = *open.entry(key).or_insert_with(|| {
                all.push(Course {
                    finding: finding.clone(),
                    channel: record.channel.clone(),
                    opened: *day,
                    first: *name,
                    end: None,
                });
                all.len() - 1
            });
            if let Some(course) = all.get_mut(place) {
                course.finding = finding.clone();
                course.end = None;
            }
        }
        still.sort_unstable();
        open.retain(|key, place| {
            if key.0 != channel || still.binary_search(key).is_ok() {
                return true;
            }
            let looked_at = audit.verdicts.get(key.1).is_some_and(|verdict| *verdict != Verdict::NotApplicable);
            if let Some(course) = all.get_mut(*place)
                && (looked_at || course.end.is_none())
            {
                course.end = Some(End { day: *day, record: *name, assessed: looked_at });
            }
            !looked_at
        });
    }
    all
}
