//! The report as OSCAL 1.2.2: assessment results, and the small catalog of the controls that were assessed.
//!
//! The results stand alone: the objectives that findings aim at are among their local definitions, and every reference
//! ends in the same document. Of the catalog they hold the digest. Identifiers come from the report's content, so that
//! the same report gives the same bytes.

mod around;
mod catalog;
mod observations;
mod risks;
pub(super) mod shapes;

use std::io::{self, Write};

use serde_json::{Value, json};

use self::shapes::{Ids, line, prop, prune, text, token};
use super::{Style, write_pretty};
use crate::model::{Assessment, Report, Verdict};

pub(super) use self::catalog::write as write_catalog;

/// The version of the models.
pub(super) const VERSION: &str = "1.2.2";

/// Writes the assessment results.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let ids = Ids::new(report)?;
    let catalog = catalog::digest(report)?;
    let document = json!({
        "assessment-results": {
            "uuid": ids.of(&["assessment-results"]),
            "metadata": around::metadata(report, &ids),
            "import-ap": { "href": ids.reference(&["policy"]) },
            "local-definitions": { "objectives-and-methods": objectives(report) },
            "results": [result(report, &ids)],
            "back-matter": { "resources": around::resources(report, &ids, catalog) },
        }
    });
    write_pretty(&prune(document), out)
}

/// What each control's finding aims at.
fn objectives(report: &Report) -> Vec<Value> {
    let objective = |one: &Assessment| {
        json!({
            "control-id": token(&one.control),
            "description": text(&one.title),
            "parts": [{ "id": objective_id(&one.control), "name": "assessment-objective", "prose": text(&one.requirement) }],
        })
    };
    report.assessments.iter().map(objective).collect()
}

fn objective_id(control: &str) -> String {
    format!("{}_obj", token(control))
}

fn result(report: &Report, ids: &Ids) -> Value {
    json!({
        "uuid": ids.of(&["result"]),
        "title": line(&around::title(report)),
        "description": "A static audit of one update and its app under one policy. Nothing was run.",
        "start": report.as_of,
        "end": report.as_of,
        "props": around::result_props(report),
        "local-definitions": around::definitions(report, ids),
        "reviewed-controls": reviewed(report),
        "attestations": around::attestations(report, ids),
        "assessment-log": { "entries": [{
            "uuid": ids.of(&["log"]),
            "title": "audit",
            "start": report.as_of,
            "end": report.as_of,
        }] },
        "observations": observations::all(report, ids),
        "risks": risks::all(report, ids),
        "findings": findings(report, ids),
    })
}

/// What was assessed; OSCAL has no word for "not applicable", so such controls are excluded and an observation says why.
fn reviewed(report: &Report) -> Value {
    let select = |wanted: bool| -> Vec<Value> {
        let chosen = report.assessments.iter().filter(|one| (one.verdict != Verdict::NotApplicable) == wanted);
        chosen.map(|one| json!({ "control-id": token(&one.control) })).collect()
    };
    let (included, excluded) = (select(true), select(false));
    if included.is_empty() {
        // The model wants a selection even where nothing was assessed.
        return json!({ "control-selections": [{ "include-all": {}, "exclude-controls": excluded,
            "description": "No control could be assessed." }] });
    }
    let aims = report.assessments.iter().filter(|one| one.verdict != Verdict::NotApplicable);
    let aims: Vec<Value> = aims.map(|one| json!({ "objective-id": objective_id(&one.control) })).collect();
    json!({
        "control-selections": [{ "include-controls": included, "exclude-controls": excluded }],
        "control-objective-selections": [{ "include-objectives": aims }],
    })
}

/// One for each assessment that has a subject.
fn findings(report: &Report, ids: &Ids) -> Vec<Value> {
    let assessed = report.assessments.iter().filter(|one| one.verdict != Verdict::NotApplicable);
    assessed.map(|one| finding(one, ids)).collect()
}

fn finding(one: &Assessment, ids: &Ids) -> Value {
    let (state, reason) = match one.verdict {
        Verdict::Pass => ("satisfied", "pass"),
        Verdict::Attested => ("satisfied", "other"),
        Verdict::Fail => ("not-satisfied", "fail"),
        Verdict::Manual | Verdict::Indeterminate | Verdict::NotApplicable => ("not-satisfied", "other"),
    };
    let mut props = vec![
        prop("label", &one.control),
        prop("verdict", one.verdict.word()),
        prop("assurance", one.assurance.word()),
        prop("severity", one.severity.word()),
    ];
    props.extend(one.exception.as_deref().map(|id| prop("exception", id)));
    let observed: Vec<Value> = observations::of(one, ids).map(|uuid| json!({ "observation-uuid": uuid })).collect();
    let at_risk: Vec<Value> = risks::of(one, ids).into_iter().map(|uuid| json!({ "risk-uuid": uuid })).collect();
    json!({
        "uuid": ids.of(&["finding", &one.control]),
        "title": line(&format!("{} {}: {}", one.control, one.title, one.verdict)),
        "description": text(super::words::said(one)),
        "props": props,
        "target": {
            "type": "objective-id",
            "target-id": objective_id(&one.control),
            "status": { "state": state, "reason": reason },
        },
        "related-observations": observed,
        "related-risks": at_risk,
    })
}
