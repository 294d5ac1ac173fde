//! The audit report for people who answer for an update: data protection officers, assessors, authorities. Everything in it
//! is computed from the report and the tables beside it, or stated in the cover; what nobody stated is a blank.

mod annexes;
mod closing;
mod cover;
mod custody;
mod findings;
mod front;
mod inventory;
mod keys;
mod laws;
mod stated;
mod summary;
mod words;

use std::io::{self, Write};

pub use cover::{Action, COVER_SCHEMA, Cover, Opinion, Period, Person};
pub use custody::Examined;

use super::document::{Document, Section, write_html};
use super::{ComparisonReport, KeysReport, NetworkReport, PrivacyReport, Style};
use crate::model::Report;

/// What an audit report is made from. Only the report is needed: what is missing is said to be.
#[derive(Debug)]
pub struct Dossier<'a> {
    /// What was concluded.
    pub report: &'a Report,
    /// What people state about the audit.
    pub cover: Cover,
    /// The keys and their ages.
    pub keys: Option<&'a KeysReport>,
    /// The signals of personal data.
    pub privacy: Option<&'a PrivacyReport<'a>>,
    /// The hosts that the bundle names.
    pub network: Option<&'a NetworkReport>,
    /// What changed against the bundle that devices have.
    pub changes: Option<&'a ComparisonReport<'a>>,
    /// The files that were examined, sorted by root and path.
    pub examined: Vec<Examined>,
    /// The ids of the frameworks that were asked for; empty for all.
    pub frameworks: Vec<String>,
    /// Sections of a longer period. One takes the place of the section with the same anchor (`releases`, `trend`,
    /// `incidents`, `follow-up`), the others stand before the chain of custody.
    pub extra: Vec<Section>,
}

impl<'a> Dossier<'a> {
    /// A dossier of the report alone.
    #[must_use]
    pub fn of(report: &'a Report) -> Self {
        Self {
            report,
            cover: Cover::default(),
            keys: None,
            privacy: None,
            network: None,
            changes: None,
            examined: Vec::new(),
            frameworks: Vec::new(),
            extra: Vec::new(),
        }
    }

    /// The frameworks that the report shows: those that were asked for, or all.
    fn shown(&self, id: &str) -> bool {
        self.frameworks.is_empty() || self.frameworks.iter().any(|asked| asked == id)
    }
}

/// The audit report as a document: cover, sections 1 to 19, annexes.
#[must_use]
pub fn document(dossier: &Dossier<'_>) -> Document {
    let mut sections = vec![
        front::purpose(dossier),
        front::scope(dossier),
        front::criteria(dossier),
        front::method(dossier),
        summary::summary(dossier),
        laws::results(dossier),
        findings::findings(dossier),
        stated::statements(dossier),
        stated::exceptions(dossier),
        inventory::inventory(dossier),
        keys::keys(dossier),
    ];
    let mut extra = dossier.extra.clone();
    let mut place = |section: Section| {
        let given = extra.iter().position(|given| given.id == section.id);
        given.map_or(section, |at| extra.remove(at))
    };
    let period: Vec<Section> = closing::period(dossier).into_iter().map(&mut place).collect();
    let follow_up = place(closing::follow_up());
    sections.extend(period);
    sections.push(findings::plan(dossier));
    sections.push(follow_up);
    sections.extend(extra);
    sections.push(custody::custody(dossier));
    sections.push(closing::opinions(dossier));
    sections.push(closing::sign_off(dossier));
    sections.extend(annexes::annexes(dossier));
    Document {
        title: dossier.cover.title(),
        subtitle: front::subtitle(dossier),
        cover: front::cover(dossier),
        sections,
    }
}

/// The format `html` of a report alone, without the tables that need facts.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write_html(&document(&Dossier::of(report)), out)
}

#[cfg(test)]
mod tests;
