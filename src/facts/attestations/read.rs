//! Reads `otaudit-attestations.yaml`: strictly, and with all its faults at once.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::keys::{Field, FieldKind, Key, keys};
use super::value::{Entry, FieldValue, Stated};
use super::{Document, Statement};
use crate::inputs::faults::{Faults, suggest};
use crate::inputs::{YamlNode, YamlValue, parse_strict_yaml};
use crate::model::{Digest, LineIndex, Problem};

/// The fields that each statement may have.
const COMMON: [&str; 6] = ["date", "by", "evidence", "valid_until", "value", "bundle_sha256"];

/// Reads the text of a file that the user knows as `name`. `today` is the day of the audit: a statement of a later day is a
/// fault of the file.
///
/// # Errors
/// All faults of the file, in the order of their places.
pub fn read(name: &str, text: &str, today: Date) -> Result<BTreeMap<String, Statement>, Vec<Problem>> {
    let root = match parse_strict_yaml(name, text) {
        Ok(root) => root,
        Err(problem) => return Err(vec![problem]),
    };
    let mut statements = BTreeMap::new();
    let mut faults = Faults::new(name, text);
    let reader = Reader { lines: LineIndex::new(text), today };
    // A file of comments alone states nothing, and is sound: it is what the template is.
    if root.value != YamlValue::Null {
        let known: Vec<&str> = keys().iter().map(|key| key.name.as_str()).collect();
        for (written, node) in faults.map(&root, "the file of statements") {
            let Some(key) = keys().iter().find(|key| key.name == written.name) else {
                let near = suggest(&written.name, &known, "`otaudit attestations init` lists the keys, such as");
                let help = if near.starts_with("did") {
                    near
                } else {
                    "`otaudit attestations init` lists all keys".to_owned()
                };
                faults.add(&written.span, format!("unknown key `{}`", written.name), "no control asks for it", help);
                continue;
            };
            if let Some(mut statement) = reader.statement(&mut faults, key, node) {
                statement.position = reader.lines.position(written.span.start);
                statements.insert(key.name.clone(), statement);
            }
        }
    }
    let problems = faults.into_problems();
    if problems.is_empty() { Ok(statements) } else { Err(problems) }
}

struct Reader<'a> {
    lines: LineIndex<'a>,
    today: Date,
}

impl Reader<'_> {
    fn statement(&self, faults: &mut Faults<'_>, key: &'static Key, node: &YamlNode) -> Option<Statement> {
        let what = format!("`{}`", key.name);
        let entries = faults.entries(node, &what, &COMMON);
        if matches!(node.value, YamlValue::Map(_)) {
            let required: &[&str] =
                if key.release_bound { &["date", "by", "value", "bundle_sha256"] } else { &["date", "by", "value"] };
            for name in required {
                if !entries.iter().any(|(written, _)| written.name == *name) {
                    let help = match *name {
                        "by" => "add `by: name, role`: a statement without an author is none",
                        "date" => "add `date: YYYY-MM-DD`, the day of the statement",
                        "bundle_sha256" => "add the `sha256` or the `content_digest` of the bundle that it is about",
                        _ => "add `value`, or `value: none` where there is nothing of the kind",
                    };
                    faults.add(&node.span, format!("{what} lacks `{name}`"), "this statement", help);
                }
            }
        }
        let mut date = None;
        let mut by = None;
        let mut statement = Statement { key, ..Statement::empty(key) };
        for (written, value) in entries {
            let field = format!("`{}` of {what}", written.name);
            match written.name.as_str() {
                "date" => date = self.past(faults, value, &field),
                "by" => by = faults.text(value, &field).map(str::to_owned),
                "valid_until" => statement.valid_until = day(faults, value, &field),
                "bundle_sha256" => statement.bundle_sha256 = digest(faults, value, &field),
                "evidence" => statement.evidence = documents(faults, value, &what),
                _ => statement.value = self.value(faults, key, value, &what),
            }
        }
        statement.date = date?;
        statement.by = by?;
        Some(statement)
    }

    /// A day that is not still to come.
    fn past(&self, faults: &mut Faults<'_>, node: &YamlNode, what: &str) -> Option<Date> {
        let date = day(faults, node, what)?;
        if date > self.today {
            let message = format!("{what} is {date}, which is still to come on {}", self.today);
            faults.add(&node.span, message, "in the future", "write the day on which it was stated");
            return None;
        }
        Some(date)
    }

    fn value(&self, faults: &mut Faults<'_>, key: &Key, node: &YamlNode, what: &str) -> Stated {
        if node.as_str() == Some("none") {
            return Stated { none: true, entries: Vec::new() };
        }
        let nodes: Vec<&YamlNode> = match (&node.value, key.list) {
            (YamlValue::List(items), true) => {
                if items.is_empty() {
                    faults.add(&node.span, format!("the value of {what} is an empty list"), "empty", "write `none`");
                }
                items.iter().collect()
            }
            (_, true) => {
                faults.list(node, &format!("the value of {what}"));
                Vec::new()
            }
            (_, false) => vec![node],
        };
        let entries = nodes.into_iter().map(|node| self.entry(faults, key, node, what)).collect();
        Stated { none: false, entries }
    }

    fn entry(&self, faults: &mut Faults<'_>, key: &Key, node: &YamlNode, what: &str) -> Entry {
        let names: Vec<&str> = key.fields.iter().map(|field| field.name.as_str()).collect();
        let mut entry = Entry { position: Some(self.lines.position(node.span.start)), ..Entry::default() };
        for (written, value) in faults.entries(node, &format!("the value of {what}"), &names) {
            let Some(field) = key.fields.iter().find(|field| field.name == written.name) else { continue };
            if let Some(value) = field_value(faults, field, value, &format!("`{}` of {what}", field.name)) {
                entry.fields.insert(field.name.clone(), value);
            }
        }
        entry
    }
}

fn field_value(faults: &mut Faults<'_>, field: &Field, node: &YamlNode, what: &str) -> Option<FieldValue> {
    match field.kind {
        FieldKind::Word => {
            let words: Vec<&str> = field.words.iter().map(String::as_str).collect();
            faults.word(node, what, &words).map(|word| FieldValue::Text(word.to_owned()))
        }
        FieldKind::Truth => match (&node.value, node.as_str()) {
            (YamlValue::Bool(truth), _) => Some(FieldValue::Truth(*truth)),
            (_, Some("yes")) => Some(FieldValue::Truth(true)),
            (_, Some("no")) => Some(FieldValue::Truth(false)),
            _ => {
                let message = format!("{what} must be true or false");
                faults.add(&node.span, message, "neither true nor false", "write `true` or `false`");
                None
            }
        },
        FieldKind::Date => day(faults, node, what).map(FieldValue::Date),
        FieldKind::Number => match node.value {
            YamlValue::Integer(number) if number >= 0 => u64::try_from(number).ok().map(FieldValue::Number),
            _ => {
                let message = format!("{what} must be a whole number, zero or more");
                faults.add(&node.span, message, "no such number", "write digits only, such as 30");
                None
            }
        },
        FieldKind::Text => match &node.value {
            // Versions and periods often look like numbers.
            YamlValue::Integer(number) => Some(FieldValue::Text(number.to_string())),
            _ => faults.text(node, what).map(|text| FieldValue::Text(text.to_owned())),
        },
        FieldKind::Texts => {
            Some(FieldValue::Texts(faults.texts(node, what).into_iter().map(|(text, _)| text).collect()))
        }
        FieldKind::Sha256 => digest(faults, node, what).map(FieldValue::Sha256),
    }
}

fn day(faults: &mut Faults<'_>, node: &YamlNode, what: &str) -> Option<Date> {
    let text = faults.text(node, what)?;
    // jiff reads more forms than this one.
    let date = text.parse().ok().filter(|date: &Date| date.to_string() == text);
    if date.is_none() {
        let help = "write it as YYYY-MM-DD, such as 2027-01-31";
        faults.add(&node.span, format!("{what} is no date: `{text}`"), "not a date", help);
    }
    date
}

fn digest(faults: &mut Faults<'_>, node: &YamlNode, what: &str) -> Option<Digest> {
    let text = faults.text(node, what)?;
    let digest = Digest::from_hex(text.trim_start_matches("sha256:"));
    if digest.is_none() {
        let help = "write the SHA-256 as 64 hexadecimal digits";
        faults.add(&node.span, format!("{what} is no SHA-256"), "not 64 hexadecimal digits", help);
    }
    digest
}

/// The documents that a statement names.
fn documents(faults: &mut Faults<'_>, node: &YamlNode, what: &str) -> Vec<Document> {
    let mut documents = Vec::new();
    for item in faults.list(node, &format!("`evidence` of {what}")) {
        let mut document = Document::default();
        let mut sources = 0;
        for (written, value) in faults.entries(item, "a piece of evidence", &["path", "url", "sha256"]) {
            let field = format!("`{}`", written.name);
            if written.name == "sha256" {
                document.sha256 = digest(faults, value, &field);
            } else if let Some(source) = faults.text(value, &field) {
                sources += 1;
                source.clone_into(&mut document.source);
                document.is_path = written.name == "path";
            }
        }
        if sources != 1 && matches!(item.value, YamlValue::Map(_)) {
            let help = "write one of `path` (below the app's folder) and `url`";
            faults.add(&item.span, "a piece of evidence needs one place", "not exactly one of `path` and `url`", help);
        }
        documents.push(document);
    }
    documents
}
