//! A period as OSCAL 1.2.2 assessment results: one result for each app, its findings' courses as risks, and the records
//! that show them as resources with their digests. Every reference ends in the same document.

mod result;
mod risks;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Value, json};

use super::super::oscal::VERSION;
use super::super::oscal::shapes::{Ids, hash, line, prop, prune, text, token};
use crate::controls;
use crate::ledger::period::{AppPeriod, PeriodReport};
use crate::ledger::{place_of, short};
use crate::model::Digest;
use crate::reports::write_pretty;

/// Writes the assessment results.
///
/// # Errors
/// None that is known: the value is plain data.
pub fn period_oscal(report: &PeriodReport) -> io::Result<Vec<u8>> {
    let ids = Ids::from_digest(&Digest::of(&serde_json::to_vec(report)?));
    let results: Vec<Value> = if report.apps.is_empty() {
        // The model wants a result even where nothing was audited.
        vec![result::of(report, &nobody(), &ids)]
    } else {
        report.apps.iter().map(|app| result::of(report, app, &ids)).collect()
    };
    let document = json!({
        "assessment-results": {
            "uuid": ids.of(&["assessment-results"]),
            "metadata": {
                "title": line(&format!("Audits of over-the-air updates, {}", report.period)),
                "last-modified": report.as_of,
                "version": "1.0",
                "oscal-version": VERSION,
                "remarks": "Satisfied says that no indicator was found within the stated scope. This is no legal advice and no certification.",
            },
            "import-ap": { "href": ids.reference(&["ledger"]) },
            "local-definitions": { "objectives-and-methods": objectives(report) },
            "results": results,
            "back-matter": { "resources": resources(report, &ids) },
        }
    });
    let mut bytes = Vec::new();
    write_pretty(&prune(document), &mut bytes)?;
    Ok(bytes)
}

fn nobody() -> AppPeriod {
    AppPeriod { app: "(no app)".to_owned(), ..AppPeriod::default() }
}

/// What each control asks for that was assessed at the end.
fn objectives(report: &PeriodReport) -> Vec<Value> {
    let ids: BTreeSet<&str> = report.apps.iter().flat_map(|app| app.verdicts.keys().map(String::as_str)).collect();
    let objective = |id: &str| {
        let (title, requirement) = words(id);
        json!({
            "control-id": token(id),
            "description": text(title),
            "parts": [{ "id": objective_id(id), "name": "assessment-objective", "prose": text(requirement) }],
        })
    };
    ids.into_iter().map(objective).collect()
}

fn objective_id(control: &str) -> String {
    format!("{}_obj", token(control))
}

/// Title and requirement of a control; a later version of the tool may have dropped one that a record names.
fn words(id: &str) -> (&'static str, &'static str) {
    controls::find(id).map_or(
        ("A control that this version of the tool does not have", "See the version of the tool in the record."),
        |control| (control.title, control.requirement),
    )
}

/// The ledger, and each record that something rests on.
fn resources(report: &PeriodReport, ids: &Ids) -> Vec<Value> {
    let point = &report.checkpoint;
    let mut props = vec![
        prop("records-of-the-period", &report.size.to_string()),
        prop("merkle-root-of-the-period", &report.root.hex()),
        prop("records", &point.size.to_string()),
        prop("merkle-root", &point.root.hex()),
    ];
    props.extend(point.heads.iter().map(|head| prop("end-of-a-chain", &head.hex())));
    let mut all = vec![json!({
        "uuid": ids.of(&["ledger"]),
        "title": "The ledger of audits, whose records name the policies that stand for the assessment plan",
        "description": "Each record is named by the SHA-256 of its bytes and names the one before; the roots are those of RFC 6962.",
        "props": props,
        "citation": { "text": "otaudit ledger" },
    })];
    let mut records: BTreeMap<Digest, &str> = BTreeMap::new();
    for app in &report.apps {
        let rows = app.opened.iter().chain(&app.closed).chain(&app.follow_up);
        let stated = app.incidents.iter().flat_map(|known| &known.rows).map(|row| row.record);
        let named =
            stated.chain(rows.map(|row| row.evidence)).chain(app.releases.iter().map(|row| row.record)).chain(app.last);
        records.extend(named.map(|record| (record, app.app.as_str())));
    }
    all.extend(records.into_iter().map(|(record, app)| {
        json!({
            "uuid": record_id(&record, ids),
            "title": line(&format!("Record {} of {app}", short(&record))),
            "rlinks": [{ "href": place_of(&record), "media-type": "application/json", "hashes": [hash(&record)] }],
        })
    }));
    all
}

fn record_id(record: &Digest, ids: &Ids) -> String {
    ids.of(&["record", &record.hex()])
}

/// A record as evidence.
fn evidence(record: &Digest, words: &str, ids: &Ids) -> Value {
    json!({ "href": format!("#{}", record_id(record, ids)), "description": text(words) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::period::{Period, period_report};
    use crate::ledger::{Folder, Ledger};

    fn example(period: &str) -> (PeriodReport, Value) {
        let ledger = Ledger::load(&Folder::new(std::path::Path::new("reports/ledger"))).unwrap();
        let as_of = "2027-01-04T00:00:00Z".parse().unwrap();
        let report = period_report(ledger, Period::read(period).unwrap(), as_of, &[]);
        let bytes = period_oscal(&report).unwrap();
        assert_eq!(bytes, period_oscal(&report).unwrap());
        let value = serde_json::from_slice(&bytes).unwrap();
        (report, value)
    }

    /// All identifiers that are given and all that are asked for.
    fn identifiers(value: &Value, given: &mut Vec<String>, asked: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| identifiers(item, given, asked)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value.as_str() {
                        Some(uuid) if name == "uuid" => given.push(uuid.to_owned()),
                        Some(uuid) if name.ends_with("-uuid") => asked.push(uuid.to_owned()),
                        Some(uuid) if name == "href" => asked.extend(uuid.strip_prefix('#').map(str::to_owned)),
                        _ => identifiers(value, given, asked),
                    }
                }
            }
            _ => {}
        }
    }

    #[test]
    fn every_reference_ends_in_the_document() {
        for period in ["2025Q1", "2025Q4", "2026Q3", "2026Q4", "2026"] {
            let (mut given, mut asked) = (Vec::new(), Vec::new());
            identifiers(&example(period).1, &mut given, &mut asked);
            let unique: BTreeSet<&String> = given.iter().collect();
            assert_eq!(unique.len(), given.len(), "{period}");
            assert!(asked.len() >= 3);
            for uuid in asked {
                assert!(unique.contains(&uuid), "{period}: {uuid}");
            }
        }
    }

    #[test]
    fn every_finding_of_the_last_period_is_followed_up() {
        let (report, value) = example("2026Q4");
        for (number, app) in report.apps.iter().enumerate() {
            let risks = value["assessment-results"]["results"][number]["risks"].as_array().unwrap();
            let said = |risk: &Value, name: &str| {
                let props = risk["props"].as_array().unwrap();
                props.iter().find(|one| one["name"] == name).unwrap()["value"].as_str().unwrap().to_owned()
            };
            assert!(!app.follow_up.is_empty());
            for row in &app.follow_up {
                let own: Vec<&Value> = risks
                    .iter()
                    .filter(|risk| {
                        said(risk, "fingerprint") == row.finding.fingerprint && said(risk, "follow-up") == "true"
                    })
                    .collect();
                assert_eq!(own.len(), 1);
                assert_eq!(said(own[0], "state"), row.state);
                assert_eq!(own[0]["status"] == "closed", row.state == "closed", "{}", own[0]);
            }
            assert_eq!(risks.len(), app.follow_up.len() + app.opened.len());
        }
    }
}
