//! Requirements: the controls, and the clauses of frameworks that they answer.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{clause_reference, requirement};
use crate::model::{Assessment, Mapping, Report, escape};

/// The standard that otaudit's own controls make.
const OWN: &str = "otaudit";

/// The controls, then each framework with the clauses that the controls answer.
pub(super) fn standards(report: &Report) -> Vec<Value> {
    let controls: Vec<Value> = report
        .assessments
        .iter()
        .map(|one| {
            json!({
                "bom-ref": requirement(&one.control),
                "identifier": escape(&one.control),
                "title": escape(&one.title),
                "text": escape(&one.requirement),
                "properties": [{ "name": "otaudit:severity", "value": one.severity }],
            })
        })
        .collect();
    let version = escape(&report.tool.version);
    let mut all = vec![json!({
        "bom-ref": format!("standard:{OWN}"), "name": "otaudit controls", "version": version, "owner": OWN,
        "requirements": controls,
    })];
    for (framework, clauses) in clauses(report) {
        let note = report.frameworks.iter().find(|note| note.id == framework);
        let requirements: Vec<Value> = clauses
            .keys()
            .map(|clause| {
                let title = note.and_then(|note| note.clauses.iter().find(|one| one.id == **clause));
                let mut requirement =
                    json!({ "bom-ref": clause_reference(framework, clause), "identifier": escape(clause) });
                let title = title.map(|one| escape(&one.title)).filter(|title| !title.is_empty());
                if let (Some(title), Some(object)) = (title, requirement.as_object_mut()) {
                    object.insert("title".to_owned(), json!(title));
                }
                requirement
            })
            .collect();
        all.push(json!({
            "bom-ref": format!("standard:{}", escape(framework)),
            "name": escape(note.map_or(framework, |note| &note.title)),
            "version": escape(note.map_or("", |note| &note.version)),
            "requirements": requirements,
        }));
    }
    all
}

/// Each framework's clauses, with the controls that answer them.
pub(super) fn clauses(report: &Report) -> BTreeMap<&str, BTreeMap<&str, Vec<&Assessment>>> {
    let mut all: BTreeMap<&str, BTreeMap<&str, Vec<&Assessment>>> = BTreeMap::new();
    for one in &report.assessments {
        for Mapping { framework, clause } in &one.mappings {
            let answers = all.entry(framework).or_default().entry(clause).or_default();
            if answers.last().is_none_or(|last| last.control != one.control) {
                answers.push(one);
            }
        }
    }
    all
}
