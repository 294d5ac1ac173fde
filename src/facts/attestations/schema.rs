//! The JSON Schema of the file of statements, made from the table of keys: editors complete and check with it.

use serde_json::{Map, Value, json};

use super::keys::{Field, FieldKind, Key, keys};

/// The JSON Schema (draft 2020-12) of `otaudit-attestations.yaml`.
#[must_use]
pub fn schema() -> Value {
    let properties: Map<String, Value> = keys().iter().map(|key| (key.name.clone(), statement(key))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://otaudit.dev/schemas/attestations-v1.json",
        "title": "Statements of an organisation for otaudit",
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": properties,
        "$defs": {
            "text": { "type": "string", "pattern": "\\S" },
            "date": { "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
            "sha256": { "type": "string", "pattern": "^(sha256:)?[0-9a-fA-F]{64}$" },
            "truth": { "enum": [true, false, "yes", "no"] },
            "evidence": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "oneOf": [{ "required": ["path"] }, { "required": ["url"] }],
                    "properties": {
                        "path": { "$ref": "#/$defs/text", "description": "Relative to the app's folder." },
                        "url": { "$ref": "#/$defs/text" },
                        "sha256": { "$ref": "#/$defs/sha256" }
                    }
                }
            }
        }
    })
}

fn statement(key: &Key) -> Value {
    let mut required = vec!["date", "by", "value"];
    if key.release_bound {
        required.push("bundle_sha256");
    }
    let properties: Map<String, Value> =
        key.fields.iter().map(|field| (field.name.clone(), field_schema(field))).collect();
    let map = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    let value = if key.list { json!({ "type": "array", "minItems": 1, "items": map }) } else { map };
    json!({
        "type": "object",
        "description": format!("{} It counts for {} days.", key.question, key.max_age_days),
        "additionalProperties": false,
        "required": required,
        "properties": {
            "date": { "$ref": "#/$defs/date", "description": "The day of the statement; not in the future." },
            "by": { "$ref": "#/$defs/text", "description": "Name and role." },
            "evidence": { "$ref": "#/$defs/evidence" },
            "valid_until": { "$ref": "#/$defs/date" },
            "bundle_sha256": { "$ref": "#/$defs/sha256", "description": "The bundle's archive or content digest." },
            "value": { "oneOf": [value, { "const": "none", "description": "There is nothing of the kind." }] }
        }
    })
}

fn field_schema(field: &Field) -> Value {
    let mut schema = match field.kind {
        FieldKind::Word => json!({ "enum": field.words }),
        FieldKind::Truth => json!({ "$ref": "#/$defs/truth" }),
        FieldKind::Date => json!({ "$ref": "#/$defs/date" }),
        FieldKind::Number => json!({ "type": "integer", "minimum": 0 }),
        FieldKind::Text => json!({ "type": ["string", "integer"] }),
        FieldKind::Texts => json!({ "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/text" } }),
        FieldKind::Sha256 => json!({ "$ref": "#/$defs/sha256" }),
    };
    if let Value::Object(fields) = &mut schema {
        fields.insert("description".to_owned(), json!(field.about));
    }
    schema
}
