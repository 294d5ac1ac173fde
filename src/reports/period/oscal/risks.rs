//! The course of each finding as a risk: opened, open before, closed with the record that shows it.

use serde_json::{Value, json};

use super::{record_id, words};
use crate::ledger::VerdictWord;
use crate::ledger::period::{AppPeriod, FindingRow, PeriodReport};
use crate::reports::oscal::shapes::{Ids, SPACE, line, prop, text};

/// Each course once: those that were open when the period began, and those that began in it.
fn rows(app: &AppPeriod) -> impl Iterator<Item = &FindingRow> {
    let earlier = app.follow_up.iter();
    earlier.chain(app.opened.iter().filter(|row| !app.follow_up.contains(row)))
}

fn id(app: &AppPeriod, row: &FindingRow, ids: &Ids) -> String {
    let finding = &row.finding;
    let channel = row.channel.as_deref().unwrap_or("");
    ids.of(&["risk", &app.app, channel, &finding.control, &finding.fingerprint, &row.opened, &row.evidence.hex()])
}

/// The risks of one control that are still there.
pub(super) fn of_control<'a>(app: &'a AppPeriod, control: &'a str, ids: &'a Ids) -> impl Iterator<Item = String> + 'a {
    rows(app)
        .filter(move |row| row.finding.control == control && row.state != "closed")
        .map(move |row| id(app, row, ids))
}

pub(super) fn all(report: &PeriodReport, app: &AppPeriod, ids: &Ids) -> Vec<Value> {
    rows(app).map(|row| risk(report, app, row, ids)).collect()
}

fn risk(report: &PeriodReport, app: &AppPeriod, row: &FindingRow, ids: &Ids) -> Value {
    let finding = &row.finding;
    let uuid = id(app, row, ids);
    let (title, requirement) = words(&finding.control);
    let status = match (row.state, &finding.exception, finding.verdict) {
        ("closed", _, _) => "closed",
        (_, Some(_), _) => "deviation-approved",
        (_, None, VerdictWord::Manual) => "investigating",
        _ => "open",
    };
    let mut props = vec![
        prop("label", &finding.control),
        prop("rule", &finding.rule),
        prop("fingerprint", &finding.fingerprint),
        prop("verdict", finding.verdict.word()),
        prop("state", row.state),
        prop("opened", &row.opened),
        prop("days", &row.days.to_string()),
        prop("as-of", &super::result::end(report)),
        prop("follow-up", if app.follow_up.contains(row) { "true" } else { "false" }),
    ];
    props.extend(row.was.as_deref().map(|name| prop("fingerprint-in-the-last-report", name)));
    props.extend(row.channel.as_deref().map(|name| prop("channel", name)));
    props.extend(finding.exception.as_deref().map(|id| prop("exception", id)));
    let facet = |name: &str, value: &str| json!({ "name": name, "system": SPACE, "value": value });
    let mut entries = vec![json!({
        "uuid": ids.of(&["opened", &uuid]),
        "title": "First seen",
        "start": format!("{}T00:00:00Z", row.opened),
        "status-change": "open",
    })];
    if let Some(day) = &row.closed {
        let (title, change) = if row.state == "closed" {
            ("An audit assessed the control and has the finding no more", Some("closed"))
        } else {
            ("The control is not assessed any more: nothing shows that the finding is gone", None)
        };
        entries.push(json!({
            "uuid": ids.of(&["ended", &uuid]),
            "title": title,
            "start": format!("{day}T00:00:00Z"),
            "status-change": change,
        }));
    }
    let shows = match row.state {
        "closed" => "The record of the audit that has it no more.",
        "open" => "The record of the first audit that has it.",
        _ => "The record of the audit that did not assess its control.",
    };
    json!({
        "uuid": uuid,
        "title": line(&format!("{} {title}", finding.control)),
        "description": text(&format!("The rule {} of {}, {}.", finding.rule, finding.control, finding.severity.word())),
        "statement": text(requirement),
        "props": props,
        "links": [{ "href": format!("#{}", record_id(&row.evidence, ids)), "rel": "evidence", "text": shows }],
        "status": status,
        "characterizations": [{
            "origin": { "actors": [{ "type": "tool", "actor-uuid": ids.of(&["tool", &app.app]) }] },
            "facets": [facet("severity", finding.severity.word())],
        }],
        "risk-log": { "entries": entries },
    })
}
