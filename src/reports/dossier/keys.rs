//! The keys: what they are, how old, and how far from their limits.

use serde::Serialize;

use super::Dossier;
use super::stated::answers;
use super::words::{cell, code, paragraph, section, table, text};
use crate::facts::age::Bound;
use crate::model::Fact;
use crate::reports::document::{Block, Chart, Gauge, Inline, Section, Shape, Tone};
use crate::reports::{KeyRow, KeysReport};

pub(super) fn keys(dossier: &Dossier<'_>) -> Section {
    let mut blocks = Vec::new();
    match dossier.keys {
        None => blocks.push(paragraph("The app's keys were not handed to this report; `otaudit keys` lists them.")),
        Some(report) => tables(report, &mut blocks),
    }
    blocks.push(answers(
        dossier,
        &[
            ("Rotation log", "keys.rotation_log"),
            ("Where secret halves are kept", "keys.storage_class"),
            ("How keys were made", "keys.generation"),
            ("If a key is compromised", "keys.compromise_plan"),
        ],
    ));
    section("keys", "Keys", blocks)
}

fn tables(report: &KeysReport, blocks: &mut Vec<Block>) {
    let gauges: Vec<Gauge> = report.keys.iter().filter_map(gauge).collect();
    if !gauges.is_empty() {
        blocks.push(Block::Chart(Chart {
            caption: format!("Ages of keys on {} against their limits", report.as_of),
            unit: "days".to_owned(),
            shape: Shape::Gauges(gauges),
        }));
    }
    let columns = [("Key", 6), ("What it is", 4), ("Age", 4), ("Standing", 5)];
    blocks.push(table("Keys, certificates and secrets", &columns, report.keys.iter().map(row).collect()));
    match &report.registry {
        Fact::Known(_) => {}
        Fact::Absent => blocks.push(paragraph("No registry `otaudit-keys.yaml` says how old the keys are.")),
        Fact::Unknown(why) | Fact::Unreadable(why) => {
            blocks.push(paragraph(format!("The registry of keys was not read: {why}")));
        }
    }
    let rows: Vec<_> =
        report.unread.iter().map(|(path, why)| vec![vec![code(path.clone())], cell(why.clone())]).collect();
    if !rows.is_empty() {
        blocks.push(table("Not read", &[("Place", 5), ("Reason", 6)], rows));
    }
}

fn label(key: &KeyRow) -> String {
    key.registered.first().cloned().unwrap_or_else(|| key.source.clone())
}

fn gauge(key: &KeyRow) -> Option<Gauge> {
    let fail = u64::from(key.limit_days?);
    let warn = key.warn_days.map_or(fail, u64::from);
    let value = key.age_days.map(|age| u64::try_from(age).unwrap_or(0));
    Some(Gauge { label: label(key), value, warn, fail })
}

fn row(key: &KeyRow) -> Vec<Vec<Inline>> {
    let mut name = vec![code(key.source.clone())];
    for other in &key.also {
        name.push(text(" also "));
        name.push(code(other.clone()));
    }
    if let Some(digest) = &key.spki_sha256 {
        name.push(text(" SPKI SHA-256 "));
        name.push(code(digest.hex()));
    }
    let bits = key.bits.map_or_else(String::new, |bits| format!(" {bits} bits"));
    let algorithm = key.algorithm.as_deref().unwrap_or("algorithm not known");
    let what = format!("{}, {}; {algorithm}{bits}", key.role.replace('-', " "), word(&key.purpose));
    let least = if key.bound == Bound::AtLeast { "at least " } else { "" };
    let age = match key.age_days {
        Some(age) if age < 0 => format!("in use in {} days", age.unsigned_abs()),
        Some(age) => format!("{least}{age} days"),
        None => "not known".to_owned(),
    };
    let since = key.since.as_ref().map(|day| format!(", since {day}")).unwrap_or_default();
    let mut standing = Vec::new();
    let over = matches!((key.age_days, key.limit_days), (Some(age), Some(limit)) if age > i64::from(limit));
    if over {
        standing.push(Inline::Badge(Tone::Grave, "over its limit".to_owned()));
    }
    if let Some(what) = key.published {
        standing.push(Inline::Badge(Tone::Grave, format!("everybody has it: {what}")));
    }
    for problem in &key.problems {
        standing.push(Inline::Badge(Tone::Bad, word(problem)));
    }
    let mut rest = Vec::new();
    if let Some(day) = &key.expires {
        rest.push(format!("certificate valid until {day}"));
    }
    if let Some(day) = &key.retired {
        rest.push(format!("retired {day}"));
    }
    rest.push(
        key.custody
            .as_ref()
            .map_or_else(|| "custody not stated".to_owned(), |custody| format!("custody: {}", word(custody))),
    );
    if let Some(why) = &key.unread {
        rest.push(format!("not read: {why}"));
    }
    standing.push(text(rest.join("; ")));
    vec![name, cell(what), cell(format!("{age}{since}. {}", key.age_detail)), standing]
}

/// The word that JSON has for it, with blanks for hyphens.
fn word(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).ok();
    json.and_then(|value| value.as_str().map(|word| word.replace('-', " "))).unwrap_or_default()
}
