//! `otaudit attestations`, and how statements are found.

use std::path::{Path, PathBuf};

use comfy_table::{ContentArrangement, Table, presets};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use super::apps;
use super::arguments::{AttestationsCheck, AttestationsCommand, ListFormat};
use super::check::as_of;
use super::output::{Terminal, write_file};
use super::policies::load;
use super::{Done, FAILED, PASSED};
use crate::evaluation::{attestation_notes, controls_of};
use crate::facts::attestations::{
    ATTESTATIONS_FILE, Attestations, EXPIRING_DAYS, key, keys, read, schema, template,
};
use crate::facts::{Facts, Silent, read_bundle};
use crate::inputs::Bundle;
use crate::model::{AttestationNote, AttestationState, Problem, printable};
use crate::policy::Policy;

/// A file of statements larger than this is not read.
const MOST_BYTES: u64 = 1024 * 1024;

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

/// What is stated for an app: the file that the request names, else the one that the policy names, else the usual one when it
/// is there. `today` is the day of the audit.
///
/// # Errors
/// All faults of the file; that a named file is missing.
pub fn find(
    given: Option<&Path>,
    policy: &Policy,
    app: Option<&Path>,
    today: Date,
) -> Result<Attestations, Vec<Problem>> {
    let below = |name: &str| app.map(|app| (app.join(name), name.to_owned()));
    let (path, source) = match (given, &policy.attestations) {
        (Some(path), _) => {
            let name = path.file_name().map_or_else(|| ATTESTATIONS_FILE.into(), |name| name.to_string_lossy());
            (path.to_owned(), printable(&name, 200))
        }
        (None, Some(name)) => {
            below(name).ok_or_else(|| Problem::new(format!("the policy names the statements `{name}`, and no app was given")).help("give the app's folder with `--app`"))?
        }
        (None, None) => match below(ATTESTATIONS_FILE).filter(|(path, _)| path.exists()) {
            Some(found) => found,
            None => (PathBuf::new(), ATTESTATIONS_FILE.to_owned()),
        },
    };
    let mut stated = Attestations {
        source,
        today: Some(today),
        max_age_days: policy.max_age_days.clone(),
        ..Attestations::default()
    };
    if path.as_os_str().is_empty() {
        return Ok(stated);
    }
    let shown = printable(&path.display().to_string(), 200);
    let cant = |why: String| {
        Problem::new(format!("can't read the statements `{shown}`: {why}"))
            .help("`otaudit attestations init` writes a template")
    };
    let length = std::fs::metadata(&path).map_err(|error| cant(error.to_string()))?.len();
    if length > MOST_BYTES {
        return Err(cant(format!("{length} bytes, limit {MOST_BYTES}")).into());
    }
    let text = std::fs::read_to_string(&path).map_err(|error| cant(error.to_string()))?;
    stated.statements = read(&shown, &text, today)?;
    if let Some(app) = app {
        stated.look_at_evidence(app);
    }
    Ok(stated)
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
        note.state == AttestationState::Stale
            || note.state == AttestationState::OtherBundle && request.bundle.is_some()
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
