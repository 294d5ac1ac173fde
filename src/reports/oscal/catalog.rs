//! The controls that were assessed, as an OSCAL catalog: what the results refer to.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::shapes::{line, prop, prune, text, token};
use super::{VERSION, objective_id};
use crate::model::{Assessment, Digest, Report};
use crate::reports::{Style, words, write_pretty};

/// Writes the catalog.
pub(in crate::reports) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(&document(report), out)
}

/// The digest of what [`write`] writes.
///
/// # Errors
/// Those of writing, which memory has none of.
pub(super) fn digest(report: &Report) -> io::Result<Digest> {
    let mut out = Vec::new();
    write_pretty(&document(report), &mut out)?;
    Ok(Digest::of(&out))
}

fn document(report: &Report) -> Value {
    let mut areas: BTreeMap<&str, Vec<&Assessment>> = BTreeMap::new();
    for one in &report.assessments {
        areas.entry(words::area(&one.control)).or_default().push(one);
    }
    let groups: Vec<Value> = areas
        .iter()
        .map(|(area, controls)| {
            json!({
                "id": token(area),
                "class": "area",
                "title": line(area),
                "controls": controls.iter().map(|one| control(one)).collect::<Vec<Value>>(),
            })
        })
        .collect();
    // Its identifier is made of the controls and not of what was found, so that audits with the same controls share it.
    let content = Value::from(groups.clone()).to_string();
    let version = &report.tool.version;
    prune(json!({
        "catalog": {
            "uuid": words::identifier(&["oscal-catalog", version, &content]).to_string(),
            "metadata": {
                "title": "Controls of otaudit for over-the-air updates of Capacitor apps",
                "last-modified": report.as_of,
                "version": super::shapes::string(version),
                "oscal-version": VERSION,
            },
            "groups": groups,
        }
    }))
}

fn control(one: &Assessment) -> Value {
    let mut props = vec![json!({ "name": "label", "value": super::shapes::string(&one.control) })];
    props.push(prop("severity", one.severity.word()));
    props.extend(
        one.mappings.iter().map(|mapping| prop("clause", &format!("{} {}", mapping.framework, mapping.clause))),
    );
    let id = token(&one.control);
    json!({
        "id": id,
        "title": line(&one.title),
        "props": props,
        "parts": [
            { "id": format!("{id}_smt"), "name": "statement", "prose": text(&one.requirement) },
            { "id": format!("{id}_gdn"), "name": "guidance", "prose": text(&one.remediation) },
            { "id": objective_id(&one.control), "name": "assessment-objective", "prose": text(&one.requirement) },
        ],
    })
}
