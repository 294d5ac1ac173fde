//! What comes with a ledger, differences of opinion, and the places for signatures.

use super::Dossier;
use super::stated::answers;
use super::words::{cell, note, paragraph, section, table};
use crate::reports::document::{Block, Section, Tone};

/// Said where a section needs earlier audits.
const NO_LEDGER: &str = "This section comes with the ledger, the record of audits: no ledger was given.";

/// Releases, trend, incidents.
pub(super) fn period(dossier: &Dossier<'_>) -> Vec<Section> {
    let release = dossier.report.subject.release.as_ref();
    let bundle = dossier.report.subject.bundle.as_ref();
    let digest = bundle.map(|bundle| bundle.digest.sha256.unwrap_or(bundle.content_digest).hex());
    let row = vec![
        cell(release.and_then(|release| release.version.clone()).unwrap_or_else(|| "not stated".to_owned())),
        cell(dossier.report.as_of.clone()),
        super::words::code_cell(digest.unwrap_or_else(|| "no bundle".to_owned())),
    ];
    vec![
        section(
            "releases",
            "Releases in the period",
            vec![
                table("The release of this audit", &[("Version", 2), ("Audited", 3), ("Digest", 6)], vec![row]),
                note(Tone::Neutral, format!("{NO_LEDGER} The other releases of a period are not known.")),
            ],
        ),
        section("trend", "Trend", vec![note(Tone::Neutral, NO_LEDGER)]),
        section(
            "incidents",
            "Incidents and breaches",
            vec![
                note(Tone::Neutral, NO_LEDGER),
                paragraph("What only the organisation can state of them:"),
                answers(
                    dossier,
                    &[
                        ("Register of incidents", "incident.register"),
                        ("Procedure for breaches", "incident.breach_procedure"),
                        ("Plan", "incident.plan"),
                    ],
                ),
            ],
        ),
    ]
}

pub(super) fn follow_up() -> Section {
    section("follow-up", "Follow-up of the last report", vec![note(Tone::Neutral, NO_LEDGER)])
}

pub(super) fn opinions(dossier: &Dossier<'_>) -> Section {
    let opinions = &dossier.cover.opinions;
    let mut blocks = Vec::new();
    if opinions.is_empty() {
        blocks.push(paragraph("None was stated to this report. For the audited organisation:"));
        blocks.push(Block::Blank("What we see differently, and why".to_owned(), 4));
    } else {
        let row = |one: &super::Opinion| vec![cell(one.about.clone()), cell(one.by.clone()), cell(one.text.clone())];
        let rows = opinions.iter().map(row).collect();
        blocks.push(table(
            "Differences of opinion that were left open",
            &[("About", 2), ("By", 3), ("Opinion", 7)],
            rows,
        ));
    }
    section("opinions", "Unresolved differences of opinion", blocks)
}

pub(super) fn sign_off(dossier: &Dossier<'_>) -> Section {
    let mut blocks = vec![paragraph(
        "Whoever signs confirms to have read this report. A signature beside the file, made with the organisation's own means, \
         covers its bytes.",
    )];
    let named = |role: &str| dossier.cover.team.iter().find(|person| person.role.eq_ignore_ascii_case(role));
    for role in ["Assessor", "Reviewer", "Data protection officer"] {
        let name = named(role).map_or_else(String::new, |person| format!(": {}", person.name));
        blocks.push(Block::Blank(format!("{role}{name} (name, role, date, signature)"), 2));
    }
    blocks.push(Block::Blank(
        "Acceptance of the risk that remains, by its named owner (name, role, date, signature)".to_owned(),
        2,
    ));
    section("sign-off", "Sign-off", blocks)
}
