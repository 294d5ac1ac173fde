//! `otaudit ledger`, and what `check --ledger` does with it.

use std::io::Read as _;
use std::path::Path;

use super::arguments::{Check, ListFormat};
use super::attest::trusted_key;
use super::check::as_of;
use super::ledger_arguments::{ExportFormat, ExportTable, LedgerCommand};
use super::output::{Terminal, write_file};
use super::{Done, FAILED, PASSED};
use crate::facts::Facts;
use crate::ledger::{
    Against, Beside, Checkpoint, Folder, Ledger, Proof, SigningKey, Store, app_of, append, channel_of, checkpoint,
    history, join, proof, record_of, records_under, short, verify,
};
use crate::model::{Digest, Problem, Report, Tool, printable};
use crate::reports::{
    LedgerReport, Style, Table, export, join_text, ledger_json, ledger_text, list_json, list_text, write_pretty,
};

/// A checkpoint, a proof or a period report is not longer.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Runs `ledger verify`, `list`, `show`, `join`, `checkpoint` or `export`.
pub fn run(command: &LedgerCommand, terminal: &Terminal) -> Done {
    match command {
        LedgerCommand::Verify { ledger, public_key, checkpoint, proof, format } => {
            let keys = public_key.iter().map(|path| trusted_key(path)).collect::<Result<Vec<_>, _>>()?;
            let checkpoint = checkpoint.as_deref().map(read_checkpoint).transpose()?;
            let proof: Option<Proof> = proof.as_deref().map(|path| read_json(path, "the proof")).transpose()?;
            let ledger = existing(ledger)?;
            let faults = verify(&ledger, Against { keys: &keys, checkpoint: checkpoint.as_ref() });
            let report = LedgerReport::new(&ledger, faults, proof.as_ref(), checkpoint.as_ref());
            let bytes = match format {
                ListFormat::Table => ledger_text(&report, &terminal.style(false)).into_bytes(),
                ListFormat::Json => ledger_json(&report).map_err(|error| written(&error))?,
            };
            Terminal::print(&bytes)?;
            Ok(if report.holds() { PASSED } else { FAILED })
        }
        LedgerCommand::List { ledger, app, format } => {
            let ledger = existing(ledger)?;
            let bytes = match format {
                ListFormat::Table => list_text(&ledger, app.as_deref(), &terminal.style(false)).into_bytes(),
                ListFormat::Json => list_json(&ledger, app.as_deref()).map_err(|error| written(&error))?,
            };
            Terminal::print(&bytes)?;
            Ok(PASSED)
        }
        LedgerCommand::Show { record, ledger, proof, checkpoint } => {
            show(&existing(ledger)?, record, *proof, checkpoint.as_deref())
        }
        LedgerCommand::Join { ledger, as_of: given, key } => {
            let store = store(ledger)?;
            let key = key.as_deref().map(signing_key).transpose()?;
            let joined = join(store.as_ref(), &as_of(given.as_deref())?.to_string(), &tool(), key.as_ref())?;
            Terminal::print(join_text(&joined).as_bytes())?;
            Ok(PASSED)
        }
        LedgerCommand::Checkpoint { ledger, as_of: given, output } => {
            let ledger = existing(ledger)?;
            let as_of = as_of(given.as_deref())?.to_string();
            print(&checkpoint(&ledger, &as_of), output.as_deref())
        }
        LedgerCommand::Export { ledger, format, table, output } => {
            let ledger = existing(ledger)?;
            let table = match table {
                ExportTable::Records => Table::Records,
                ExportTable::Findings => Table::Findings,
                ExportTable::Keys => Table::Keys,
            };
            let bytes = match format {
                ExportFormat::Jsonl => export::jsonl(&ledger, table).map_err(|error| written(&error))?,
                ExportFormat::Csv => export::csv(&ledger, table),
                ExportFormat::Parquet => parquet(&ledger, table)?,
            };
            match output {
                Some(path) => write_file(path, &bytes)?,
                None => Terminal::print(&bytes)?,
            }
            Ok(PASSED)
        }
    }
}

#[cfg(feature = "parquet")]
fn parquet(ledger: &Ledger, table: Table) -> Result<Vec<u8>, Problem> {
    export::parquet(ledger, table)
}

#[cfg(not(feature = "parquet"))]
fn parquet(_ledger: &Ledger, _table: Table) -> Result<Vec<u8>, Problem> {
    Err(Problem::new("this build writes no Parquet")
        .help("build it with `cargo build --features parquet`, or use `--format jsonl`, which DuckDB reads as well"))
}

fn show(ledger: &Ledger, begin: &str, prove: bool, checkpoint: Option<&Path>) -> Done {
    let found = ledger.named(begin);
    let shown = printable(begin, 80);
    let [name] = found.as_slice() else {
        let problem = if found.is_empty() {
            Problem::new(format!("the ledger has no sound record `{shown}`"))
                .help("`otaudit ledger list` gives the names; four digits are the least")
        } else {
            let names: Vec<String> = found.iter().take(5).map(|name| format!("`{}`", name.hex())).collect();
            Problem::new(format!("`{shown}` stands for {} records", found.len())).help(names.join(", "))
        };
        return Err(problem.into());
    };
    if !prove {
        let record = ledger.records.get(name).ok_or_else(|| Problem::new("the record is gone"))?;
        return print(record, None);
    }
    let names: Vec<Digest> = match checkpoint {
        Some(path) => {
            let checkpoint = read_checkpoint(path)?;
            let (names, missing) = records_under(ledger, &checkpoint.heads);
            if let Some(first) = missing.first() {
                return Err(Problem::new(format!("record `{}` of the checkpoint is missing", short(first)))
                    .help("`otaudit ledger verify --checkpoint FILE` tells what is wrong")
                    .into());
            }
            names
        }
        None => ledger.ordered().into_iter().map(|(name, _)| name).collect(),
    };
    let proof = proof(&names, name).ok_or_else(|| {
        Problem::new(format!("record `{}` is not among those of the checkpoint", short(name)))
            .help("it was added later: prove it against a newer checkpoint")
    })?;
    print(&proof, None)
}

fn print(value: &impl serde::Serialize, output: Option<&Path>) -> Done {
    let mut bytes = Vec::new();
    write_pretty(value, &mut bytes).map_err(|error| written(&error))?;
    match output {
        Some(path) => write_file(path, &bytes)?,
        None => Terminal::print(&bytes)?,
    }
    Ok(PASSED)
}

fn written(error: &std::io::Error) -> Problem {
    Problem::new(format!("can't write the ledger's records: {error}"))
}

/// The ledger that the command line names: a folder, or the URL of an object store.
pub(super) fn store(place: &str) -> Result<Box<dyn Store>, Problem> {
    match place.split_once("://") {
        None | Some(("file", _)) => {
            Ok(Box::new(Folder::new(Path::new(place.strip_prefix("file://").unwrap_or(place)))))
        }
        Some(_) => remote(place),
    }
}

#[cfg(feature = "object-store")]
fn remote(place: &str) -> Result<Box<dyn Store>, Problem> {
    // The usual variables of each cloud hold what is secret: `AWS_…`, `GOOGLE_…`, `AZURE_…`.
    Ok(Box::new(crate::ledger::Bucket::open(place, std::env::vars())?))
}

#[cfg(not(feature = "object-store"))]
fn remote(place: &str) -> Result<Box<dyn Store>, Problem> {
    Err(Problem::new(format!("this build has no network code, which `{}` needs", printable(place, 120)))
        .help("build it with `cargo build --features object-store`, or give a folder"))
}

/// The ledger as it is; nothing there is no ledger, and not an empty one.
pub(super) fn existing(place: &str) -> Result<Ledger, Problem> {
    let ledger = Ledger::load(store(place)?.as_ref())?;
    if ledger.records.is_empty() && ledger.broken.is_empty() {
        return Err(Problem::new(format!("there is no ledger in `{}`", printable(place, 120)))
            .help("`otaudit check … --ledger FOLDER` begins one; `--ledger FOLDER` names it"));
    }
    Ok(ledger)
}

/// A private key's file.
pub(super) fn signing_key(path: &Path) -> Result<SigningKey, Problem> {
    let bytes = read_file(path, 64 * 1024, "the signing key")?;
    SigningKey::read(&String::from_utf8_lossy(&bytes))
}

/// A file of at most `limit` bytes.
pub(super) fn read_file(path: &Path, limit: u64, what: &str) -> Result<Vec<u8>, Problem> {
    let shown = printable(&path.display().to_string(), 200);
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes));
    read.map_err(|error| Problem::new(format!("can't read {what} `{shown}`: {error}")))?;
    if bytes.len() as u64 > limit {
        return Err(Problem::new(format!("{what} `{shown}` has more than {limit} bytes")));
    }
    Ok(bytes)
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path, what: &str) -> Result<T, Problem> {
    serde_json::from_slice(&read_file(path, MOST_BYTES, what)?).map_err(|error| {
        let shown = printable(&path.display().to_string(), 200);
        Problem::new(format!("`{shown}` can't be read as {what}: {}", printable(&error.to_string(), 200)))
    })
}

/// A checkpoint, or the one within a period report.
fn read_checkpoint(path: &Path) -> Result<Checkpoint, Problem> {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum File {
        Own(Checkpoint),
        Within { checkpoint: Checkpoint },
    }
    Ok(match read_json(path, "a checkpoint")? {
        File::Own(checkpoint) | File::Within { checkpoint } => checkpoint,
    })
}

/// What this program writes into records.
pub(super) fn tool() -> Tool {
    Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// Adds to the facts what the ledger has of this app's earlier audits. Without an app's id nothing is: records of
/// different apps would be taken for one another's.
pub(super) fn remember(store: &dyn Store, facts: &mut Facts) -> Result<(), Problem> {
    if let Some(app) = app_of(facts) {
        facts.past = Some(history(&Ledger::load(store)?, Some(&app), channel_of(facts).as_deref()));
    }
    Ok(())
}

/// Leaves the audit's record.
pub(super) fn record(
    store: &dyn Store,
    report: &Report,
    facts: &Facts,
    request: &Check,
    key: Option<&SigningKey>,
) -> Result<(), Problem> {
    let file = |path: &Path| std::fs::File::open(path).ok().and_then(|file| Digest::of_reader(file).ok());
    let mut json = Vec::new();
    let format = crate::reports::format("json").ok_or_else(|| Problem::new("there is no JSON format"))?;
    (format.write)(report, &Style::default(), &mut json).map_err(|error| written(&error))?;
    let (_, app) = super::check::places(&request.subject)?;
    let folder = app.or_else(|| request.subject.release.clone().filter(|release| release.is_dir()));
    let config = facts.app.as_ref().and_then(|app| app.configs.first()).zip(folder);
    let beside = Beside {
        report: Some(Digest::of(&json)),
        release: request.subject.release.as_deref().filter(|path| path.is_file()).and_then(file),
        config: config.and_then(|(config, folder)| file(&folder.join(&config.path))),
    };
    let added = append(store, record_of(report, facts, beside), key)?;
    if !request.quiet {
        let line = format!(
            "record {} is number {} of {} in the ledger\n",
            short(&added.name),
            added.record.number,
            printable(added.record.app_shown(), 120)
        );
        Terminal::complain(&line);
    }
    if added.broken > 0 {
        Terminal::complain(&format!(
            "warning: {} files of the ledger are no sound records; see `otaudit ledger verify`\n",
            added.broken
        ));
    }
    if !added.fork.is_empty() {
        let heads: Vec<String> = added.fork.iter().map(short).collect();
        Terminal::complain(&format!(
            "warning: the chain is forked into {}; the record follows the last of them; see `otaudit ledger join`\n",
            heads.join(", ")
        ));
    }
    Ok(())
}
