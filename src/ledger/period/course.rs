//! The course of a finding through the audits of an app: when it was first seen, and which audit has it no more.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Audits;
use crate::ledger::record::FindingNote;
use crate::model::{Digest, Verdict};

/// A finding from its first audit to its end. One that comes again has a second course.
#[derive(Clone, Debug)]
pub(super) struct Course {
    /// The finding as it was last seen.
    pub(super) finding: FindingNote,
    /// On which channel.
    pub(super) channel: Option<String>,
    /// The day of the first audit that has it.
    pub(super) opened: Date,
    /// That audit's record.
    pub(super) first: Digest,
    /// The first audit that has it no more.
    pub(super) end: Option<End>,
    /// The fingerprints that it had while it moved, each with the day from which on, the first one first.
    names: Vec<(Date, String)>,
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

    /// The fingerprint by which a report up to the end of `day` knows it, when that is another one than now.
    pub(super) fn was_on(&self, day: Date) -> Option<&str> {
        let name = self.names.iter().rfind(|(since, _)| *since <= day).map(|(_, name)| name.as_str());
        name.filter(|name| *name != self.finding.fingerprint)
    }

    /// Whether it was open at the end of a day. What nobody looks at any more stays open.
    pub(super) fn open_on(&self, day: Date) -> bool {
        self.opened <= day && self.closed().is_none_or(|closed| closed > day)
    }
}

/// Channel, control and fingerprint.
type Key<'a> = (Option<&'a str>, &'a str, &'a str);

fn key_of<'a>(channel: Option<&'a str>, finding: &'a FindingNote) -> Key<'a> {
    (channel, &finding.control, &finding.fingerprint)
}

/// The courses of all findings, in the order of their begin.
pub(super) fn courses(audits: &Audits<'_>) -> Vec<Course> {
    let mut all: Vec<Course> = Vec::new();
    // By channel, control and fingerprint: the place in `all`.
    let mut open: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    for (name, record, audit, day) in audits {
        let channel = record.channel.as_deref();
        let mut still: Vec<Key<'_>> = audit.findings.iter().map(|one| key_of(channel, one)).collect();
        still.sort_unstable();
        for finding in &audit.findings {
            let key = key_of(channel, finding);
            let known = open.get(&key).copied().or_else(|| {
                // The same rule at another place, such as a release file with another name: it has moved and is not closed.
                let moved = open.iter().find(|(other, place)| {
                    other.0 == channel
                        && other.1 == key.1
                        && still.binary_search(other).is_err()
                        && all.get(**place).is_some_and(|course| course.finding.rule == finding.rule)
                });
                let (old, place) = moved.map(|(old, place)| (*old, *place))?;
                open.remove(&old);
                Some(place)
            });
            let place = known.unwrap_or(all.len());
            open.insert(key, place);
            match all.get_mut(place) {
                Some(course) => {
                    if course.finding.fingerprint != finding.fingerprint {
                        course.names.push((*day, finding.fingerprint.clone()));
                    }
                    course.finding = finding.clone();
                    course.end = None;
                }
                None => all.push(Course {
                    finding: finding.clone(),
                    channel: record.channel.clone(),
                    opened: *day,
                    first: *name,
                    end: None,
                    names: vec![(*day, finding.fingerprint.clone())],
                }),
            }
        }
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
