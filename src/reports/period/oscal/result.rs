//! The result of one app: its figures, releases, gaps, statements, and the verdicts at the period's end.

use serde_json::{Value, json};

use super::{evidence, objective_id, risks, words};
use crate::ledger::period::{AppPeriod, PeriodReport, ReleaseRow};
use crate::model::{AttestationState, GateResult, Verdict};
use crate::reports::oscal::shapes::{Ids, line, prop, string, text, token};

pub(super) fn of(report: &PeriodReport, app: &AppPeriod, ids: &Ids) -> Value {
    let title = format!("{}, {}", app.app, report.period);
    json!({
        "uuid": ids.of(&["result", &app.app]),
        "title": line(&title),
        "description": text(&format!(
            "Computed from the records of the audits of {} from {} to {} alone. Nothing was audited for this report.",
            app.app, report.first, report.last
        )),
        "start": start(report),
        "end": end(report),
        "props": props(report, app),
        "local-definitions": definitions(app, ids),
        "reviewed-controls": reviewed(app),
        "attestations": attestations(report, app),
        "assessment-log": { "entries": log(report, app, ids) },
        "observations": observations(report, app, ids),
        "risks": risks::all(report, app, ids),
        "findings": findings(app, ids),
    })
}

fn start(report: &PeriodReport) -> String {
    format!("{}T00:00:00Z", report.first)
}

/// A period that is still running ends with the report.
pub(super) fn end(report: &PeriodReport) -> String {
    if report.running { report.as_of.clone() } else { format!("{}T23:59:59Z", report.last) }
}

fn props(report: &PeriodReport, app: &AppPeriod) -> Vec<Value> {
    let mut props = vec![prop("app", &app.app), prop("period", &report.period)];
    props.extend(report.running.then(|| prop("running", "true")));
    let mut figure = |name: &str, value: Option<String>| props.extend(value.map(|value| prop(name, &value)));
    if let Some(figures) = app.trend.last() {
        figure("audits", Some(figures.audits.to_string()));
        figure("releases-passed", Some(figures.passed.to_string()));
        figure("opened", Some(figures.opened.to_string()));
        figure("closed", Some(figures.closed.to_string()));
        figure("mean-days-to-fix", figures.mean_days_to_fix.map(|days| days.to_string()));
        figure("exceptions", figures.exceptions.map(|count| count.to_string()));
        figure("attested-percent", figures.attested_percent.map(|share| share.to_string()));
        figure("oldest-signing-key-days", figures.oldest_signing_key_days.map(|days| days.to_string()));
        for (severity, count) in &figures.open {
            props.push(prop(&format!("open-{severity}"), &count.to_string()));
        }
    }
    let groups = [
        ("exception-opened", &app.exceptions_opened),
        ("exception-renewed", &app.exceptions_renewed),
        ("exception-expired", &app.exceptions_expired),
    ];
    for (name, all) in groups {
        props
            .extend(all.iter().map(|one| prop(name, &format!("{} for {} until {}", one.id, one.control, one.expires))));
    }
    for row in &app.keys {
        let name = row.key.fingerprint.map_or_else(|| "without a fingerprint".to_owned(), |digest| digest.hex());
        let age = row.age_days.map_or_else(|| "of unknown age".to_owned(), |days| format!("{days} days old"));
        props.push(prop("key", &format!("{name}, {}, {age}", row.key.purpose)));
    }
    let faults = report.faults.iter().take(50);
    props.extend(faults.map(|fault| prop("ledger-fault", &format!("{}: {}", fault.kind.word(), fault.record.hex()))));
    props
}

/// The app, its releases, and the tool.
fn definitions(app: &AppPeriod, ids: &Ids) -> Value {
    let software = |uuid: String, title: &str, description: &str, props: Vec<Value>| {
        json!({
            "uuid": uuid,
            "type": "software",
            "title": line(title),
            "description": description,
            "props": props,
            "status": { "state": "operational" },
        })
    };
    let mut components = vec![software(app_id(app, ids), &app.app, "The app that receives the updates.", Vec::new())];
    components.extend(app.releases.iter().map(|row| {
        let mut props = vec![
            prop("gate", gate(row)),
            prop("record-sha256", &row.record.hex()),
            prop("audits", &row.audits.to_string()),
            prop("approval", row.approval.map_or("not-asked-for", state)),
        ];
        props.extend(row.digest.map(|digest| prop("sha256", &digest.hex())));
        props.extend(row.signer.map(|digest| prop("signer-sha256", &digest.hex())));
        software(
            release_id(app, row, ids),
            &format!("{} {}", app.app, row.version),
            "A version that was audited.",
            props,
        )
    }));
    let tool = ids.of(&["tool", &app.app]);
    json!({
        "components": components,
        "assessment-assets": {
            "components": [software(tool.clone(), env!("CARGO_PKG_NAME"), "Computed this report; the records name what audited.",
                vec![json!({ "name": "version", "value": env!("CARGO_PKG_VERSION") })])],
            "assessment-platforms": [{
                "uuid": ids.of(&["platform", &app.app]),
                "title": "The machine that computed the report; its name is not recorded",
                "uses-components": [{ "component-uuid": tool }],
            }],
        },
    })
}

fn app_id(app: &AppPeriod, ids: &Ids) -> String {
    ids.of(&["app", &app.app])
}

fn release_id(app: &AppPeriod, row: &ReleaseRow, ids: &Ids) -> String {
    ids.of(&["release", &app.app, &row.version])
}

const fn gate(row: &ReleaseRow) -> &'static str {
    match row.gate {
        GateResult::Passed => "passed",
        GateResult::Failed => "failed",
    }
}

const fn state(state: AttestationState) -> &'static str {
    match state {
        AttestationState::Fresh => "fresh",
        AttestationState::Stale => "stale",
        AttestationState::OtherBundle => "other-bundle",
        AttestationState::Missing => "missing",
    }
}

fn reviewed(app: &AppPeriod) -> Value {
    let select = |wanted: bool| -> Vec<Value> {
        let chosen = app.verdicts.iter().filter(|(_, verdict)| (**verdict != Verdict::NotApplicable) == wanted);
        chosen.map(|(id, _)| json!({ "control-id": token(id) })).collect()
    };
    let (included, excluded) = (select(true), select(false));
    if included.is_empty() {
        return json!({ "control-selections": [{ "include-all": {}, "exclude-controls": excluded,
            "description": "No control was assessed." }] });
    }
    let aims = app.verdicts.iter().filter(|(_, verdict)| **verdict != Verdict::NotApplicable);
    let aims: Vec<Value> = aims.map(|(id, _)| json!({ "objective-id": objective_id(id) })).collect();
    json!({
        "control-selections": [{ "include-controls": included, "exclude-controls": excluded }],
        "control-objective-selections": [{ "include-objectives": aims }],
    })
}

/// What the report can't say, the gaps, and the statements by their digests.
fn attestations(report: &PeriodReport, app: &AppPeriod) -> Vec<Value> {
    let mut limits = vec![json!({
        "name": "limitation",
        "title": "What satisfied means",
        "prose": "No indicator was found within the stated scope. This is no legal advice and no certification.",
    })];
    if report.running {
        limits.push(json!({ "name": "limitation", "title": "Running", "prose": "The period was still running: figures may change." }));
    }
    let gap = |words: &String| json!({ "name": "limitation", "title": "Gap", "prose": text(words) });
    limits.extend(app.gaps.iter().map(gap));
    let mut all = vec![json!({ "parts": limits })];
    let statements: Vec<Value> = app
        .attestations
        .iter()
        .filter(|one| one.state == AttestationState::Fresh)
        .map(|one| {
            let mut props = vec![prop("key", &one.key)];
            props.extend(one.date.as_deref().map(|date| prop("date", date)));
            props.extend(one.sha256.map(|digest| prop("sha256", &digest.hex())));
            json!({ "name": "statement", "title": line(&one.key), "props": props,
                "prose": "Stated by the organisation, not verified; the record holds its digest." })
        })
        .collect();
    if !statements.is_empty() {
        all.push(json!({ "parts": statements }));
    }
    all
}

/// The last audit of each version.
fn log(report: &PeriodReport, app: &AppPeriod, ids: &Ids) -> Vec<Value> {
    let mut entries: Vec<Value> = app
        .releases
        .iter()
        .map(|row| {
            let moment = format!("{}T00:00:00Z", row.day);
            json!({
                "uuid": ids.of(&["log", &app.app, &row.version]),
                "title": line(&format!("Audit of version {}", row.version)),
                "start": moment,
            })
        })
        .collect();
    entries.push(json!({ "uuid": ids.of(&["log-report", &app.app]), "title": "Report", "start": report.as_of, "end": report.as_of }));
    entries
}

/// What each audited version came to, the gaps, and the last record, on which the verdicts rest.
fn observations(report: &PeriodReport, app: &AppPeriod, ids: &Ids) -> Vec<Value> {
    let subject = |uuid: String| json!([{ "subject-uuid": uuid, "type": "component" }]);
    let mut all = vec![json!({
        "uuid": last_id(app, ids),
        "title": "Verdicts at the end of the period",
        "description": "The verdicts are those of the last audit's record.",
        "methods": ["EXAMINE"],
        "types": ["control-objective"],
        "subjects": subject(app_id(app, ids)),
        "relevant-evidence": app.last.iter().map(|record| evidence(record, "The last audit's record.", ids)).collect::<Vec<_>>(),
        "collected": end(report),
    })];
    all.extend(app.releases.iter().map(|row| {
        json!({
            "uuid": ids.of(&["observation", &app.app, &row.version]),
            "title": line(&format!("Version {}", row.version)),
            "description": text(&format!("The gate of the last audit of version {}: {}.", row.version, gate(row))),
            "methods": ["TEST"],
            "types": ["historic"],
            "subjects": subject(release_id(app, row, ids)),
            "relevant-evidence": [evidence(&row.record, "The audit's record.", ids)],
            "collected": format!("{}T00:00:00Z", row.day),
        })
    }));
    all.extend(app.incidents.iter().flat_map(|known| &known.rows).map(|row| {
        let incident = &row.incident;
        let day = incident.date.as_deref().map_or_else(String::new, |day| format!(" of {day}"));
        json!({
            "uuid": ids.of(&["incident", &app.app, &incident.id]),
            "title": line(&format!("Incident {}", incident.id)),
            "description": text(&format!("The organisation states an incident{day}: {}.", row.state)),
            "props": [prop("incident", &incident.id), prop("state", row.state)],
            "methods": ["INTERVIEW"],
            "types": ["finding"],
            "subjects": subject(app_id(app, ids)),
            "relevant-evidence": [evidence(&row.record, "The last record that holds it.", ids)],
            "collected": end(report),
        })
    }));
    all.extend(app.gaps.iter().enumerate().map(|(number, gap)| {
        json!({
            "uuid": ids.of(&["gap", &app.app, &number.to_string()]),
            "title": "Gap",
            "description": text(gap),
            "methods": ["EXAMINE"],
            "types": ["finding"],
            "subjects": subject(app_id(app, ids)),
            "collected": end(report),
        })
    }));
    all
}

fn last_id(app: &AppPeriod, ids: &Ids) -> String {
    ids.of(&["last", &app.app])
}

/// One for each control that was assessed in the last audit.
fn findings(app: &AppPeriod, ids: &Ids) -> Vec<Value> {
    let assessed = app.verdicts.iter().filter(|(_, verdict)| **verdict != Verdict::NotApplicable);
    assessed
        .map(|(id, verdict)| {
            let (state, reason) = match verdict {
                Verdict::Pass => ("satisfied", "pass"),
                Verdict::Attested => ("satisfied", "other"),
                Verdict::Fail => ("not-satisfied", "fail"),
                Verdict::Manual | Verdict::Indeterminate | Verdict::NotApplicable => ("not-satisfied", "other"),
            };
            let (title, requirement) = words(id);
            let related: Vec<Value> =
                risks::of_control(app, id, ids).map(|uuid| json!({ "risk-uuid": uuid })).collect();
            json!({
                "uuid": ids.of(&["finding", &app.app, id]),
                "title": line(&format!("{id} {title}: {verdict}")),
                "description": text(requirement),
                "props": [prop("label", id), prop("verdict", &string(verdict.word()))],
                "target": {
                    "type": "objective-id",
                    "target-id": objective_id(id),
                    "status": { "state": state, "reason": reason },
                },
                "related-observations": [{ "observation-uuid": last_id(app, ids) }],
                "related-risks": related,
            })
        })
        .collect()
}
