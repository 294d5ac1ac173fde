//! The report as SARIF 2.1.0 (errata 01): one run, every control a rule, every framework a taxonomy.

mod artifacts;
mod log;
mod results;
mod rules;
mod text;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;

use self::artifacts::{Artifacts, base_id};
use self::log::{AutomationDetails, BaseId, Component, Invocation, Log, Properties, Run, Text, Tool};
use self::results::Context;
use self::rules::Taxonomies;
use super::{Style, json};
use crate::model::{GateResult, Report, Root};

/// The schema that the file is valid against.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes the report as SARIF.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    json::write_pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [run(report)] }, out)
}

fn run(report: &Report) -> Run {
    let context = Context {
        report,
        rules: rules::rule_indexes(report),
        taxonomies: Taxonomies::new(report),
        artifacts: Artifacts::new(report),
        blocking: report.gate.blocking.iter().map(String::as_str).collect(),
    };
    Run {
        tool: Tool { driver: driver(&context) },
        automation_details: AutomationDetails { id: automation_id(report) },
        invocations: [invocation(&context)],
        original_uri_base_ids: BTreeMap::from([
            (base_id(Root::Bundle), BaseId { description: Text::plain("the update bundle") }),
            (base_id(Root::App), BaseId { description: Text::plain("the app that receives the bundle") }),
            (base_id(Root::Release), BaseId { description: Text::plain("what is published beside the bundle") }),
        ]),
        column_kind: "unicodeCodePoints",
        artifacts: context.artifacts.list(),
        results: results::results(&context),
        properties: properties(report),
        taxonomies: context.taxonomies.into_components(),
    }
}

fn driver(context: &Context) -> Component {
    let tool = &context.report.tool;
    Component {
        name: tool.name.clone(),
        version: Some(tool.version.clone()),
        semantic_version: Some(tool.version.clone()),
        short_description: Some(Text::plain("Decides, with evidence, whether an over-the-air update may go out")),
        supported_taxonomies: context.taxonomies.supported(),
        rules: rules::rules(context.report, &context.taxonomies),
        ..Component::default()
    }
}

/// Runs of one app belong together; the last part is empty, as for a category without a name for the single run.
fn automation_id(report: &Report) -> String {
    let app = report.subject.app.as_ref().and_then(|app| app.app_id.as_deref());
    match app {
        Some(app) => format!("otaudit/{}/", app.replace('/', "_")),
        None => "otaudit/".to_owned(),
    }
}

fn invocation(context: &Context) -> Invocation {
    let report = context.report;
    let (exit_code, exit_code_description) = match report.gate.result {
        GateResult::Passed => (0, "the gate passed: nothing blocks this update under the policy"),
        GateResult::Failed => (1, "the gate failed: this update must not go out under the policy"),
    };
    Invocation {
        execution_successful: true,
        start_time_utc: report.as_of.clone(),
        end_time_utc: report.as_of.clone(),
        exit_code,
        exit_code_description,
        tool_execution_notifications: results::notifications(context),
        properties: Properties::from([
            ("policy", json!(report.settings.policy)),
            ("deviations", json!(report.settings.deviations)),
        ]),
    }
}

fn properties(report: &Report) -> Properties {
    let completeness = &report.completeness;
    Properties::from([
        ("reportSchema", json!(report.schema)),
        ("gate", json!(report.gate)),
        ("counts", json!(report.counts)),
        ("contentDigest", json!(report.subject.bundle.as_ref().map(|bundle| bundle.content_digest))),
        (
            "completeness",
            json!({
                "files_seen": completeness.files_seen,
                "files_read": completeness.files_read,
                "files_parsed": completeness.files_parsed,
                "files_not_parsed": completeness.files_not_parsed,
                "not_examined": completeness.not_examined.len(),
            }),
        ),
        ("exceptions", json!(report.exceptions)),
        ("limits", json!(report.limits)),
    ])
}
