//! `otaudit controls` and `otaudit explain`: folds over the catalog.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::json;

use super::arguments::ListFormat;
use super::output::Terminal;
use super::{Done, PASSED};
use crate::controls::{CATALOG, Control, ParameterKind, find};
use crate::facts::attestations::key;
use crate::model::{Problem, printable};
use crate::policy::framework;

/// Prints the catalog.
pub fn list(format: ListFormat, terminal: &Terminal) -> Done {
    let text = match format {
        ListFormat::Table => table(terminal.width),
        ListFormat::Json => {
            let controls: Vec<serde_json::Value> = CATALOG.iter().map(|control| as_json(control)).collect();
            let document = json!({ "schema": "otaudit/catalog/v1", "controls": controls });
            serde_json::to_string_pretty(&document).map_err(|error| Problem::new(error.to_string()))? + "\n"
        }
    };
    Terminal::print(text.as_bytes())?;
    Ok(PASSED)
}

fn table(width: u16) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(vec!["CONTROL", "SEVERITY", "DECIDED", "TITLE"]);
    for control in CATALOG {
        table.add_row(vec![control.id, control.severity.word(), control.automation.word(), control.title]);
    }
    let rows: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!("{}\n\n{} controls; `otaudit explain ID` tells more of one\n", rows.join("\n"), CATALOG.len())
}

fn as_json(control: &Control) -> serde_json::Value {
    let mappings: Vec<serde_json::Value> = control
        .mappings
        .iter()
        .map(|(framework, clause)| json!({ "framework": framework, "clause": clause }))
        .collect();
    let parameters: Vec<serde_json::Value> = control
        .parameters
        .iter()
        .map(|parameter| {
            let (kind, default) = match parameter.kind {
                ParameterKind::List(items) => ("list", json!(items)),
                ParameterKind::Choice(words) => ("choice", json!(words.first())),
            };
            json!({ "name": parameter.name, "about": parameter.about, "kind": kind, "default": default })
        })
        .collect();
    json!({
        "id": control.id,
        "slug": control.slug,
        "area": control.area(),
        "title": control.title,
        "requirement": control.requirement,
        "rationale": control.rationale,
        "remediation": control.remediation,
        "limits": control.limits,
        "severity": control.severity,
        "automation": control.automation.word(),
        "waivable": control.waivable,
        "mappings": mappings,
        "parameters": parameters,
        "attestations": control.attestations,
    })
}

/// Prints all that is known of one control.
pub fn explain(id: &str, terminal: &Terminal) -> Done {
    let control = find(id).ok_or_else(|| {
        Problem::new(format!("there is no control `{}`", printable(id, 60))).help("`otaudit controls` lists them")
    })?;
    let mut text = format!("{}  {}\n\n", control.id, control.title);
    text += &format!("  severity   {}\n  decided    {}\n", control.severity, decided(control));
    if !control.waivable {
        text += "  exception  none can be granted\n";
    }
    for (head, body) in [
        ("Requirement", control.requirement),
        ("Why", control.rationale),
        ("What to do", control.remediation),
        ("Limits", control.limits),
    ] {
        text += &format!("\n{head}\n{}\n", paragraph(body, terminal.width));
    }
    if !control.parameters.is_empty() {
        text += "\nParameters\n";
        for parameter in control.parameters {
            text += &format!("  {}\n{}\n", parameter.name, paragraph(parameter.about, terminal.width));
        }
    }
    if !control.attestations.is_empty() {
        text += "\nStatements that it accepts\n";
        for key in control.attestations.iter().filter_map(|name| key(name)) {
            let bound = if key.release_bound { ", for one bundle" } else { "" };
            let about = format!("{} It counts for {} days{bound}.", key.question, key.max_age_days);
            text += &format!("  {}\n{}\n", key.name, paragraph(&about, terminal.width));
        }
    }
    text += "\nClauses\n";
    for (id, clause) in control.mappings {
        let known = framework(id);
        let title = known.as_ref().and_then(|framework| framework.clauses.iter().find(|known| known.id == *clause));
        let title = title.map_or("", |clause| clause.title.as_str());
        text += &format!("{}\n", paragraph(&format!("{id} {clause}  {title}"), terminal.width));
    }
    text += &format!("\nExamples\n\n{}", control.cases);
    Terminal::print(text.as_bytes())?;
    Ok(PASSED)
}

fn decided(control: &Control) -> &'static str {
    match control.automation {
        crate::controls::Automation::Automated => "from files alone",
        crate::controls::Automation::Partial => "files give signals, a person or a statement completes them",
        crate::controls::Automation::Attestation => "by a statement of the organisation alone",
    }
}

/// `text` wrapped to the width, indented by two columns.
pub(super) fn paragraph(text: &str, width: u16) -> String {
    let width = usize::from(width.clamp(40, 100)) - 2;
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
