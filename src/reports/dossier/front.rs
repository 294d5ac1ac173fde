//! Cover, purpose and limits, scope, criteria, method.

use super::Dossier;
use super::words::{
    NOT_STATED, cell, code, code_cell, counted, list, note, paragraph, place, section, stated, stated_list, table, text,
};
use crate::controls::{Automation, CATALOG, find};
use crate::model::{Digest, GateResult};
use crate::policy::framework;
use crate::reports::document::{Area, Block, Chart, Inline, Section, Shape, Tone, figure};
use crate::reports::write_pretty;

pub(super) fn subtitle(dossier: &Dossier<'_>) -> String {
    let subject = &dossier.report.subject;
    let name = subject.app.as_ref().and_then(|app| app.app_name.clone().or_else(|| app.app_id.clone()));
    let name = name.or_else(|| subject.bundle.as_ref().map(|bundle| bundle.name.clone())).unwrap_or_default();
    match subject.release.as_ref().and_then(|release| release.version.clone()) {
        Some(version) if !name.is_empty() => format!("{name}, version {version}"),
        _ => name,
    }
}

/// The digest of the report as `--format json` writes it.
pub(super) fn json_digest(dossier: &Dossier<'_>) -> Option<Digest> {
    let mut bytes = Vec::new();
    write_pretty(dossier.report, &mut bytes).ok()?;
    Some(Digest::of(&bytes))
}

pub(super) fn cover(dossier: &Dossier<'_>) -> Vec<(String, Inline)> {
    let (report, cover) = (dossier.report, &dossier.cover);
    let or_blank = |value: &Option<String>| text(value.clone().unwrap_or_else(|| NOT_STATED.to_owned()));
    let period = cover
        .period
        .as_ref()
        .map_or_else(|| text("one release on one day"), |period| text(format!("{} to {}", period.from, period.to)));
    let passed = report.gate.result == GateResult::Passed;
    let blocking = counted(report.gate.blocking.len(), "finding blocks", "findings block");
    let mut rows = vec![
        (
            "Result",
            if passed {
                Inline::Badge(Tone::Good, "gate passed: nothing blocks".to_owned())
            } else {
                Inline::Badge(Tone::Grave, format!("gate failed: {blocking}"))
            },
        ),
        ("As of", text(&report.as_of)),
        ("Organisation", or_blank(&cover.organisation)),
        ("Asked for by", or_blank(&cover.client)),
        ("Period", period),
        ("Report number", or_blank(&cover.report_id)),
        ("Version of the report", or_blank(&cover.version)),
        ("Classification", or_blank(&cover.classification)),
        (
            "Goes to",
            text(if cover.distribution.is_empty() { NOT_STATED.to_owned() } else { cover.distribution.join("; ") }),
        ),
        ("Frameworks", text(frameworks(dossier))),
        ("Made with", text(format!("{} {}", report.tool.name, report.tool.version))),
        ("Policy", code(format!("{} {}", report.settings.policy.name, report.settings.policy.sha256))),
    ];
    if let Some(bundle) = &report.subject.bundle {
        match bundle.digest.sha256 {
            Some(digest) => rows.push(("SHA-256 of the bundle", code(digest.hex()))),
            None => rows.push(("Content digest of the bundle", code(bundle.content_digest.hex()))),
        }
    }
    if let Some(digest) = json_digest(dossier) {
        rows.push(("SHA-256 of this report as JSON", code(digest.hex())));
    }
    rows.into_iter().map(|(label, value)| (label.to_owned(), value)).collect()
}

fn frameworks(dossier: &Dossier<'_>) -> String {
    if dossier.frameworks.is_empty() {
        return "all that the policy's controls answer".to_owned();
    }
    format!("{} only", dossier.frameworks.join(", "))
}

pub(super) fn purpose(dossier: &Dossier<'_>) -> Section {
    let report = dossier.report;
    let objectives = dossier.cover.objectives.clone().unwrap_or_else(|| {
        "To show, with evidence, whether an over-the-air update of this app may go out under the named policy, and what \
         speaks against it."
            .to_owned()
    });
    let mut blocks = vec![
        paragraph(objectives),
        note(
            Tone::Open,
            "This report is no legal advice and no certification. Where it says `pass`, no indicator was found within the \
             stated scope, and nothing more.",
        ),
    ];
    if !dossier.frameworks.is_empty() {
        blocks.push(note(
            Tone::Neutral,
            format!(
                "This report is about {} only: {} of the {} controls in the catalog were assessed, those that answer a \
                 clause of it. Other frameworks are not shown, and what only they require was not looked at.",
                dossier.frameworks.join(", "),
                report.assessments.len(),
                CATALOG.len()
            ),
        ));
    }
    blocks.push(Block::List(report.limits.iter().map(|limit| cell(limit.clone())).collect()));
    blocks.push(paragraph("No static tool can show:"));
    blocks.push(list([
        "whether a store's review or an authority will accept a feature;",
        "how servers are set up: their TLS, their access rules, what they store and for how long;",
        "to whom an update really went, and whether it worked there;",
        "whether a dialog for consent works, and what a server does with an answer;",
        "whether a plugin verifies signatures at run time as its configuration says;",
        "how good a plan is that an organisation says it has.",
    ]));
    blocks.push(paragraph(
        "Every file of the bundle was read; there was no sampling of files. Where many places have the same fault, the \
         evidence can be a part of them, and says so.",
    ));
    let rows: Vec<_> = report
        .completeness
        .not_examined
        .iter()
        .map(|one| vec![code_cell(place(&one.location)), cell(one.reason.clone())])
        .collect();
    blocks.push(table("What was not examined, or not whole, and why", &[("Place", 5), ("Reason", 6)], rows));
    section("limits", "Purpose and limits", blocks)
}

pub(super) fn scope(dossier: &Dossier<'_>) -> Section {
    let (report, cover) = (dossier.report, &dossier.cover);
    let mut pairs: Vec<(String, Vec<Inline>)> = Vec::new();
    let mut add = |label: &str, value: Vec<Inline>| pairs.push((label.to_owned(), value));
    match &report.subject.app {
        Some(app) => {
            add("App id", app.app_id.as_ref().map_or_else(|| cell("not known"), |id| code_cell(id.clone())));
            add("App name", app.app_name.as_ref().map_or_else(|| cell("not known"), |name| cell(name.clone())));
            add("Configuration", app.configs.iter().map(|path| code(path.clone())).collect());
            if !app.variants.is_empty() {
                add("For other builds", app.variants.iter().map(|path| code(path.clone())).collect());
            }
        }
        None => add("App", cell("none was given: what only the app's files show was not assessed")),
    }
    match &report.subject.bundle {
        Some(bundle) => {
            add("Bundle", vec![code(bundle.name.clone()), text(format!(" ({})", bundle.kind))]);
            add(
                "Size",
                cell(format!("{}, unpacked {}", figure(bundle.bytes, "bytes"), figure(bundle.content_bytes, "bytes"))),
            );
            let digest = bundle.digest.sha256;
            add("SHA-256", digest.map_or_else(|| cell("a folder has no archive"), |digest| code_cell(digest.hex())));
            add("Content digest", code_cell(bundle.content_digest.hex()));
        }
        None => add("Bundle", cell("none was given")),
    }
    match &report.subject.release {
        Some(release) => {
            add("Release", vec![code(release.source.clone())]);
            add("Version", stated(release.version.as_ref()));
            add(
                "Published checksum",
                release.checksum.as_ref().map_or_else(|| cell(NOT_STATED), |sum| code_cell(sum.clone())),
            );
        }
        None => add("Release", cell("nothing published beside the bundle was given")),
    }
    add("Channels", stated_list(&cover.channels));
    add("Native builds", stated(cover.native_builds.as_ref()));
    add("Legal entities", stated_list(&cover.legal_entities));
    add("Jurisdictions", stated_list(&cover.jurisdictions));
    let completeness = &report.completeness;
    add(
        "Files",
        cell(format!(
            "{} seen, {} read whole; of the kinds that are parsed {} parsed and {} did not",
            completeness.files_seen, completeness.files_read, completeness.files_parsed, completeness.files_not_parsed
        )),
    );
    let rows = report
        .scope
        .iter()
        .map(|one| {
            vec![
                cell(one.law.clone()),
                cell(match one.applies {
                    Some(true) => "applies",
                    Some(false) => "does not apply",
                    None => "taken to apply",
                }),
                cell(one.reason.clone()),
                cell(format!(
                    "{}, {}",
                    one.by.as_deref().unwrap_or(NOT_STATED),
                    one.date.as_deref().unwrap_or("no date")
                )),
                cell(if one.controls.is_empty() { "none".to_owned() } else { one.controls.join(", ") }),
            ]
        })
        .collect();
    let columns = [("Law", 2), ("Decision", 2), ("Reason", 5), ("By and when", 3), ("Controls left out for it", 4)];
    let mut blocks =
        vec![Block::Pairs(pairs), table("Which laws apply, as the organisation states it", &columns, rows)];
    if !report.composition.is_empty() {
        blocks.push(Block::Chart(Chart {
            caption: "What the bundle is made of, by kind and owner".to_owned(),
            unit: "bytes".to_owned(),
            shape: Shape::Treemap(
                report
                    .composition
                    .iter()
                    .map(|part| Area { label: part.kind.clone(), group: part.owner.clone(), value: part.bytes })
                    .collect(),
            ),
        }));
    }
    section("scope", "Scope", blocks)
}

pub(super) fn criteria(dossier: &Dossier<'_>) -> Section {
    let report = dossier.report;
    let settings = &report.settings;
    let extends =
        if settings.policy.extends.is_empty() { "nothing".to_owned() } else { settings.policy.extends.join(", ") };
    let gate = &report.gate;
    let mut rule = format!("a failure of severity {} or graver", gate.fail_on);
    if gate.indeterminate_fails {
        rule.push_str("; anything indeterminate");
    }
    if gate.strict {
        rule.push_str("; anything that a person has to decide");
    }
    let pairs = vec![
        (
            "Catalog".to_owned(),
            cell(format!("{} {}: {} controls", report.tool.name, report.tool.version, CATALOG.len())),
        ),
        ("Assessed".to_owned(), cell(counted(report.assessments.len(), "control", "controls"))),
        ("Policy".to_owned(), vec![code(settings.policy.name.clone()), text(format!(" extends {extends}"))]),
        ("SHA-256 of the policy".to_owned(), code_cell(settings.policy.sha256.hex())),
        ("The gate fails on".to_owned(), cell(rule)),
    ];
    let frameworks = report.frameworks.iter().filter(|note| dossier.shown(&note.id)).map(|note| {
        let read = framework(&note.id).map_or_else(String::new, |known| known.read.clone());
        vec![code_cell(note.id.clone()), cell(note.title.clone()), cell(note.version.clone()), cell(read)]
    });
    let deviations = settings.deviations.iter().map(|one| vec![code_cell(one.what.clone()), cell(one.change.clone())]);
    let columns = [("Framework", 2), ("Title", 5), ("Version", 4), ("Read on", 2)];
    let blocks = vec![
        Block::Pairs(pairs),
        table("Frameworks and the versions that were read", &columns, frameworks.collect()),
        table(
            "What the policy or the request lowers against the defaults",
            &[("What", 2), ("Change", 6)],
            deviations.collect(),
        ),
    ];
    section("criteria", "Criteria", blocks)
}

pub(super) fn method(dossier: &Dossier<'_>) -> Section {
    let (report, cover) = (dossier.report, &dossier.cover);
    let kind = |wanted: Automation| {
        let is = |id: &str| find(id).is_some_and(|control| control.automation == wanted);
        report.assessments.iter().filter(|one| is(&one.control)).count()
    };
    let (automated, partial) = (kind(Automation::Automated), kind(Automation::Partial));
    let other = report.assessments.len().saturating_sub(automated + partial);
    let people = cover
        .team
        .iter()
        .map(|person| vec![cell(person.role.clone()), cell(person.name.clone()), stated(person.organisation.as_ref())]);
    let other = if other == 0 { String::new() } else { format!("; {other} rest on statements alone") };
    let blocks = vec![
        paragraph(format!(
            "The files were examined by a program, {} {}, which reads and never runs them, offline. Its clock stood at {}. The \
             same files, policy and clock give the same report to the byte.",
            report.tool.name, report.tool.version, report.as_of
        )),
        paragraph(format!(
            "Of the controls assessed, files alone can decide {automated}; in {partial} files give signals that a person or a \
             statement completes{other}. Each result says what it rests on:"
        )),
        Block::Pairs(vec![
            ("verified".to_owned(), cell("evidence that the program examined itself")),
            ("attested".to_owned(), cell("only a fresh statement of the organisation, which nobody checked here")),
            ("inferred".to_owned(), cell("concluded from other facts, or not concluded at all")),
        ]),
        table("Who took part", &[("Role", 3), ("Name", 4), ("Organisation", 4)], people.collect()),
        Block::Pairs(vec![(
            "Independence".to_owned(),
            cell(cover.independence.clone().unwrap_or_else(|| {
                "Not stated. The program judges by fixed rules; who chose the policy and who ran it may depend on what is judged."
                    .to_owned()
            })),
        )]),
    ];
    section("method", "Method and independence", blocks)
}
