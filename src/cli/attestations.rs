//! `otaudit attestations`.

use std::path::{Path, PathBuf};

use comfy_table::{ContentArrangement, Table, presets};
use jiff::tz::TimeZone;
use serde_json::json;

use super::apps;
use super::arguments::{AttestationsCheck, AttestationsCommand, ListFormat};
use super::check::as_of;
use super::output::{Terminal, write_file};
use super::policies::load;
use super::statements::find;
use super::{Done, FAILED, PASSED};
use crate::evaluation::{attestation_notes, controls_of};
use crate::facts::attestations::{EXPIRING_DAYS, key, keys, schema, template};
use crate::facts::{Facts, Silent, read_bundle};
use crate::inputs::Bundle;
use crate::model::{AttestationNote, AttestationState, Problem, printable};

/// Runs `attestations init`, `check` or `schema`.
pub fn run(command: &AttestationsCommand, terminal: &Terminal) -> Done {
    match command {
        AttestationsCommand::Init { output } => init(output.as_deref()),
        AttestationsCommand::Check(request) => check(request, terminal),
        AttestationsCommand::Schema => {
            let mut text = serde_json::to_vec_pretty(&schema()).map_err(|error| Problem::new(error.to_string()))?;
            text.push(b'\n');
            Terminal::print(&text)?;
            Ok(PASSED)
        }
    }
}

fn init(output: Option<&Path>) -> Done {
    let text = template(&|name| key(name).map(controls_of).unwrap_or_default());
    match output {
        // What somebody filled in is not overwritten.
        Some(path) if path.exists() => {
            let shown = printable(&path.display().to_string(), 200);
            return Err(Problem::new(format!("`{shown}` is there already"))
                .help("give another name, or compare it with the template on standard output")
                .into());
        }
        Some(path) => write_file(path, text.as_bytes())?,
        None => Terminal::print(text.as_bytes())?,
    }
    Ok(PASSED)
}

fn check(request: &AttestationsCheck, terminal: &Terminal) -> Done {
    let policy = load(&request.policy)?;
    let today = as_of(request.as_of.as_deref())?.to_zoned(TimeZone::UTC).date();
    let folder = request.app.clone().unwrap_or_else(|| PathBuf::from("."));
    if !folder.is_dir() {
        let shown = printable(&folder.display().to_string(), 200);
        return Err(Problem::new(format!("`{shown}` is no folder")).help("give the folder of the app").into());
    }
    let app = apps::at(&folder)?.unwrap_or(folder);
    let stated = find(request.attestations.as_deref(), &policy, Some(&app), today)?;
    let mut facts = Facts::default();
    if let Some(path) = &request.bundle {
        let bundle = Bundle::open(path, &policy.limits)?;
        facts.bundle = Some(read_bundle(&bundle, &policy.limits, 0, &Silent)?);
    }
    facts.set_attestations(stated);
    let notes = attestation_notes(&facts, &policy);
    let is_old = |note: &AttestationNote| {
        note.state == AttestationState::Stale || note.state == AttestationState::OtherBundle && request.bundle.is_some()
    };
    let sound = !notes.iter().any(is_old);
    let expiring: Vec<&str> = facts
        .attestations
        .statements
        .values()
        .filter(|one| facts.attestations.days_left(one).is_some_and(|left| (0..=EXPIRING_DAYS).contains(&left)))
        .map(|one| one.key.name.as_str())
        .collect();
    let text = match request.format {
        ListFormat::Json => {
            let document = json!({
                "schema": "otaudit/attestations/v1",
                "as_of": today.to_string(),
                "source": facts.attestations.source,
                "sound": sound,
                "expiring": expiring,
                "attestations": notes,
            });
            serde_json::to_string_pretty(&document).map_err(|error| Problem::new(error.to_string()))? + "\n"
        }
        ListFormat::Table => table(&notes, &expiring, terminal.width),
    };
    Terminal::print(text.as_bytes())?;
    Ok(if sound { PASSED } else { FAILED })
}

fn table(notes: &[AttestationNote], expiring: &[&str], width: u16) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(vec!["STATE", "KEY", "DATE", "NOTE"]);
    let mut sorted: Vec<&AttestationNote> = notes.iter().collect();
    sorted.sort_by(|one, other| (one.state, &one.key).cmp(&(other.state, &other.key)));
    for note in &sorted {
        let state = if note.state == AttestationState::Fresh && expiring.contains(&note.key.as_str()) {
            "expiring"
        } else {
            word(note.state)
        };
        let date = note.date.clone().unwrap_or_default();
        let text = if note.state == AttestationState::Missing { &note.question } else { &note.reason };
        table.add_row(vec![state, note.key.as_str(), date.as_str(), text.as_str()]);
    }
    let rows: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let number = |state: AttestationState| notes.iter().filter(|note| note.state == state).count();
    format!(
        "{}\n\n{} of {} keys: {} fresh ({} of them end within {EXPIRING_DAYS} days), {} stale, {} for another bundle, {} missing\n",
        rows.join("\n"),
        notes.len(),
        keys().len(),
        number(AttestationState::Fresh),
        expiring.len(),
        number(AttestationState::Stale),
        number(AttestationState::OtherBundle),
        number(AttestationState::Missing),
    )
}

const fn word(state: AttestationState) -> &'static str {
    match state {
        AttestationState::Stale => "stale",
        AttestationState::OtherBundle => "other-bundle",
        AttestationState::Missing => "missing",
        AttestationState::Fresh => "fresh",
    }
}
