//! Collects observations within bounds: a hostile archive can have a million peculiarities, a report can't.

use std::collections::BTreeMap;

use super::super::observation::{Observation, ObservationKind};

/// Observations of one kind; those after it are only counted.
const EACH_KIND: usize = 1_000;
/// Bytes of text of all observations together; those after it are only counted.
const ALL_TEXT: usize = 16 * 1024 * 1024;

/// Observations, at most so many of each kind.
#[derive(Debug, Default)]
pub(super) struct Notes {
    kept: Vec<Observation>,
    text: usize,
    of_kind: BTreeMap<ObservationKind, usize>,
    left_out: BTreeMap<ObservationKind, usize>,
}

impl Notes {
    /// Adds an observation on one entry.
    pub(super) fn on(&mut self, kind: ObservationKind, entry: &str, detail: impl Into<String>) {
        self.add(Observation::on(kind, entry, detail));
    }

    /// Adds an observation on the whole archive.
    pub(super) fn whole(&mut self, kind: ObservationKind, detail: impl Into<String>) {
        self.add(Observation::whole(kind, detail));
    }

    /// Adds an observation.
    pub(super) fn add(&mut self, observation: Observation) {
        let length = observation.entry.as_ref().map_or(0, String::len) + observation.detail.len();
        let count = self.of_kind.entry(observation.kind).or_default();
        // The first of a kind is always kept: a kind must never vanish because others were many.
        if *count == 0 || (*count < EACH_KIND && self.text + length <= ALL_TEXT) {
            *count += 1;
            self.text += length;
            self.kept.push(observation);
        } else {
            *self.left_out.entry(observation.kind).or_default() += 1;
        }
    }

    /// Whether there is an observation of this kind.
    pub(super) fn has(&self, kind: ObservationKind) -> bool {
        self.of_kind.contains_key(&kind)
    }

    /// All observations in the order in which they were made, then the numbers of those left out.
    pub(super) fn finish(mut self) -> Vec<Observation> {
        let left_out = self.left_out.iter().map(|(kind, count)| Observation::whole(*kind, format!("{count} more")));
        self.kept.extend(left_out);
        self.kept
    }
}
