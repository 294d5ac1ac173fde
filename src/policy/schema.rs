//! The JSON Schema of policy files, made from the catalog: editors complete and check with it.

use serde_json::{Map, Value, json};

use super::{LIMITS, POLICY_SCHEMA, frameworks, select};
use crate::controls::{CATALOG, Parameter, ParameterKind};
use crate::facts::attestations::keys;
use crate::inputs::Limits;

/// The JSON Schema (draft 2020-12) of policy files.
#[must_use]
pub fn schema() -> Value {
    let ids: Vec<&str> = CATALOG.iter().map(|control| control.id).collect();
    let severities = json!({ "enum": select::severity_words() });
    let by_severity: Map<String, Value> = CATALOG
        .iter()
        .map(|control| (control.id.to_owned(), json!({ "$ref": "#/$defs/severity", "description": control.title })))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://otaudit.dev/schemas/policy-v1.json",
        "title": "A policy of otaudit",
        "type": "object",
        "required": ["schema"],
        "additionalProperties": false,
        "properties": {
            "schema": { "const": POLICY_SCHEMA },
            "name": { "$ref": "#/$defs/text", "description": "The name shown in reports." },
            "title": { "$ref": "#/$defs/text", "description": "A title for people." },
            "description": { "$ref": "#/$defs/text", "description": "What the policy is for." },
            "extends": { "$ref": "#/$defs/text", "description": "A built-in policy or a path relative to this file." },
            "select": object(&json!({
                "include": { "type": "array", "items": { "$ref": "#/$defs/selector" } },
                "exclude": { "type": "array", "items": { "$ref": "#/$defs/selector" } }
            }), "Which controls are assessed; all without it."),
            "app": object(&json!({
                "config": {
                    "$ref": "#/$defs/text",
                    "description": "The configuration that ships, relative to the app's folder; else the one that the Capacitor CLI reads."
                }
            }), "What is said of the app."),
            "attestations": attestations(),
            "limits": object(&limits(), "How much of a subject is read."),
            "gate": object(&json!({
                "fail_on": { "$ref": "#/$defs/severity", "description": "Findings of this severity or graver fail." },
                "manual": { "enum": ["report", "fail"], "default": "report" },
                "indeterminate": { "enum": ["fail", "report"], "default": "fail" }
            }), "What fails the gate."),
            "severity": object(&Value::Object(by_severity), "Another severity for a control."),
            "parameters": object(&parameters(), "What controls let a policy set."),
            "exceptions": { "type": "array", "items": { "$ref": "#/$defs/exception" } }
        },
        "$defs": {
            "text": { "type": "string", "pattern": "\\S" },
            "date": { "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
            "severity": severities,
            "control": { "enum": ids },
            "selector": selector(),
            "exception": exception()
        }
    })
}

fn object(properties: &Value, description: &str) -> Value {
    json!({ "type": "object", "additionalProperties": false, "description": description, "properties": properties })
}

fn attestations() -> Value {
    let ages: Map<String, Value> = keys()
        .iter()
        .map(|key| (key.name.clone(), json!({ "type": "integer", "minimum": 1, "maximum": key.max_age_days })))
        .collect();
    json!({
        "description": "Where the statements of the organisation lie, and how old they may be.",
        "oneOf": [{ "$ref": "#/$defs/text" }, object(&json!({
            "file": { "$ref": "#/$defs/text", "description": "Relative to the app's folder." },
            "max_age_days": object(&Value::Object(ages), "A lower age, in days, for a statement of this key.")
        }), "The file, and ages.")]
    })
}

fn limits() -> Value {
    let mut usual = Limits::default();
    let field = |field: &super::LimitField| {
        let default = *(field.slot)(&mut usual);
        (
            field.name.to_owned(),
            json!({ "type": "integer", "minimum": 1, "default": default, "description": field.about }),
        )
    };
    Value::Object(LIMITS.iter().map(field).collect())
}

fn parameters() -> Value {
    let of = |parameter: &Parameter| {
        let value = match parameter.kind {
            ParameterKind::List(items) => json!({
                "type": "array",
                "items": { "$ref": "#/$defs/text" },
                "default": items,
                "description": parameter.about
            }),
            ParameterKind::Choice(words) => {
                json!({ "enum": words, "default": words.first(), "description": parameter.about })
            }
        };
        (parameter.name.to_owned(), value)
    };
    let all = CATALOG.iter().map(|control| {
        let properties: Map<String, Value> = control.parameters.iter().map(of).collect();
        (control.id.to_owned(), object(&Value::Object(properties), control.title))
    });
    Value::Object(all.collect())
}

fn selector() -> Value {
    let areas: std::collections::BTreeSet<&str> = CATALOG.iter().map(|control| control.area()).collect();
    let frameworks: Vec<&str> = frameworks().iter().map(|framework| framework.id.as_str()).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {
            "control": { "$ref": "#/$defs/control" },
            "area": { "enum": areas },
            "framework": { "enum": frameworks },
            "severity": { "$ref": "#/$defs/severity", "description": "Controls of this severity or graver." }
        }
    })
}

fn exception() -> Value {
    let waivable: Vec<&str> = CATALOG.iter().filter(|control| control.waivable).map(|control| control.id).collect();
    let texts = json!({ "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/text" } });
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["control", "owner", "reason", "expires"],
        "properties": {
            "id": { "$ref": "#/$defs/text" },
            "control": { "enum": waivable },
            "owner": { "$ref": "#/$defs/text", "description": "Who answers for it." },
            "reason": { "$ref": "#/$defs/text" },
            "approver": { "$ref": "#/$defs/text", "description": "Who granted it; not the owner." },
            "compensating_control": { "$ref": "#/$defs/text" },
            "risk_acceptance": { "$ref": "#/$defs/text", "description": "Who accepts the risk that remains, and in which words." },
            "renewals": {
                "type": "array",
                "items": { "$ref": "#/$defs/date" },
                "description": "The days on which it was renewed; the year counts from the last of them."
            },
            "start": { "$ref": "#/$defs/date" },
            "expires": { "$ref": "#/$defs/date", "description": "The last day; at most 365 days after `start`." },
            "scope": object(&json!({
                "paths": texts,
                "fingerprints": texts,
                "bundle_sha256": { "type": "string", "pattern": "^[0-9a-fA-F]{64}$" }
            }), "What it concerns; each part that is given must match.")
        }
    })
}
