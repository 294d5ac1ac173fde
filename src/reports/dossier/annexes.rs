//! Annexes: every control's result, the clauses and how sure their wording is, words, files for programs.

use std::collections::BTreeMap;

use super::Dossier;
use super::words::{
    area, cell, code, code_cell, counted, finding_anchor, paragraph, place, result_anchor, section, severity_badge,
    table, text, verdict_badge,
};
use crate::model::Assessment;
use crate::policy::framework;
use crate::reports::document::{Block, Inline, Section};

pub(super) fn annexes(dossier: &Dossier<'_>) -> Vec<Section> {
    vec![results(dossier), clauses(dossier), glossary(), files(dossier)]
}

/// What each area is about.
const AREAS: [(&str, &str); 17] = [
    ("APPLE", "Apple's rules"),
    ("BUN", "Content of the bundle"),
    ("CCPA", "California's privacy law"),
    ("CRA", "Cyber Resilience Act"),
    ("ENC", "Encryption"),
    ("GDPR", "Data protection"),
    ("GOV", "Governance"),
    ("INT", "Integrity"),
    ("IR", "Incidents"),
    ("KEY", "Keys"),
    ("MON", "Monitoring"),
    ("NET", "Network"),
    ("PLAY", "Google Play's rules"),
    ("RBK", "Rollback and versions"),
    ("REL", "Release process"),
    ("SIG", "Signatures"),
    ("WEB", "Web content"),
];

fn results(dossier: &Dossier<'_>) -> Section {
    let mut areas: BTreeMap<&str, Vec<&Assessment>> = BTreeMap::new();
    for one in &dossier.report.assessments {
        areas.entry(area(&one.control)).or_default().push(one);
    }
    let mut whole = section(
        "annex-results",
        "Full results of controls",
        vec![paragraph(format!(
            "{}, with all that was observed for and against each.",
            counted(dossier.report.assessments.len(), "control", "controls")
        ))],
    );
    whole.sections = areas
        .into_iter()
        .filter_map(|(area, members)| {
            let title = AREAS.iter().find(|(known, _)| *known == area).map_or(area, |(_, title)| *title);
            let rows = members.iter().map(|one| row(one)).collect();
            let columns = [("Control", 5), ("Result", 3), ("What was observed", 9)];
            let id = result_anchor(&members.first()?.control);
            Some(section(&id, title, vec![table(format!("Controls of the area {area}"), &columns, rows)]))
        })
        .collect();
    whole
}

fn row(one: &Assessment) -> Vec<Vec<Inline>> {
    let control = vec![Inline::Strong(one.control.clone()), text(format!(" {}", one.title))];
    let result =
        vec![verdict_badge(one.verdict), severity_badge(one.severity), text(format!(" {}", one.assurance.word()))];
    let mut seen = Vec::new();
    if let Some(reason) = &one.reason {
        seen.extend(cell(format!("{reason} ")));
    }
    for evidence in &one.evidence {
        seen.extend(cell(evidence.message.clone()));
        if let Some(location) = &evidence.location {
            seen.push(text(" "));
            seen.push(code(place(location)));
        }
        seen.push(text(" · "));
    }
    if let Some(Inline::Text(last)) = seen.last()
        && last == " · "
    {
        seen.pop();
    }
    if !one.findings.is_empty() {
        seen.push(text(if seen.is_empty() { "" } else { " · " }));
        let words = counted(one.findings.len(), "finding", "findings");
        seen.push(Inline::Reference(finding_anchor(&one.control), words));
    }
    if let Some(exception) = &one.exception {
        seen.push(text(format!(" accepted by {exception}")));
    }
    vec![control, result, seen]
}

fn clauses(dossier: &Dossier<'_>) -> Section {
    let mut blocks = vec![paragraph(
        "What is said of a clause is its subject in a few words, never a quotation. Its basis: `verified` was read in the \
         primary text or a word-for-word copy, `secondary` in a reliable description, `memory` is general knowledge that nobody \
         checked for this report.",
    )];
    for note in dossier.report.frameworks.iter().filter(|note| dossier.shown(&note.id)) {
        let Some(known) = framework(&note.id) else { continue };
        let rows = known
            .clauses
            .iter()
            .map(|clause| vec![code_cell(clause.id.clone()), cell(clause.title.clone()), cell(clause.basis.clone())])
            .collect();
        let caption = format!("{}: {}, {}; read {}", known.id, known.title, known.version, known.read);
        blocks.push(table(caption, &[("Clause", 3), ("Subject", 9), ("Basis", 2)], rows));
    }
    section("annex-clauses", "Clauses and their basis", blocks)
}

fn glossary() -> Section {
    let words = [
        ("bundle", "the web assets that an update carries: a zip or a folder"),
        ("release", "what is published beside a bundle: checksum, version, address"),
        ("control", "one requirement that can be assessed, such as OTA-BUN-002"),
        ("framework", "an outside text with clauses that controls answer: a law, a store's rules, a standard"),
        ("policy", "which controls, with which parameters, gate, limits and exceptions"),
        ("gate", "the rule of the policy that decides whether the update may go out"),
        ("finding", "one concrete thing in an assessment that did not pass"),
        ("exception", "a finding that a named person accepts, for a reason and for a time"),
        ("deviation", "what a policy or the request lowers against the defaults"),
        ("pass", "no indicator was found within the stated scope"),
        ("attested", "only a fresh statement of the organisation says so; never shown as pass"),
        ("fail", "something concrete is wrong"),
        ("manual", "a person has to decide, or a statement is missing or stale"),
        (
            "indeterminate",
            "it could not be read or computed; it counts against the update unless the policy says otherwise",
        ),
        ("not applicable", "the control has no subject here; its result says why"),
        ("content digest", "SHA-256 over the lines `digest, two blanks, path` of all files, sorted by path"),
        ("SPKI", "SubjectPublicKeyInfo: the form of a public key that its fingerprint is taken of"),
    ];
    let pairs = words.iter().map(|(word, about)| ((*word).to_owned(), cell(*about))).collect();
    section("annex-glossary", "Glossary", vec![Block::Pairs(pairs)])
}

fn files(dossier: &Dossier<'_>) -> Section {
    let formats: Vec<Vec<Inline>> = crate::reports::FORMATS
        .iter()
        .filter(|format| format.name != "html")
        .map(|format| {
            vec![
                code(format!("--format {}=FILE.{}", format.name, format.extension)),
                text(format!(" {}", format.about)),
            ]
        })
        .collect();
    let mut blocks = vec![
        paragraph("The same results for programs come from the same command, at the same time, with the same figures:"),
        Block::List(formats),
    ];
    if let Some(digest) = super::front::json_digest(dossier) {
        blocks.push(Block::Pairs(vec![("SHA-256 of the JSON".to_owned(), code_cell(digest.hex()))]));
    }
    section("annex-files", "Files for programs", blocks)
}
