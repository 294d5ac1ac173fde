//! `otaudit ledger`.

use std::path::Path;

use super::check::as_of;
use super::ledger_arguments::{ExportFormat, ExportTable, LedgerCommand, Shown};
use super::output::{Terminal, write_file};
use super::records::{existing, read_file, signing_key, store, trusted_key};
use super::{Done, FAILED, PASSED};
use crate::ledger::{Against, Checkpoint, Ledger, Proof, checkpoint, join, proof, records_under, short, verify};
use crate::model::{Digest, Problem, Tool, printable};
use crate::reports::{
    LedgerReport, Table, export, join_text, ledger_json, ledger_text, list_json, list_text, write_pretty,
};

/// A checkpoint, a proof or a period report is not longer.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Runs `ledger verify`, `list`, `show`, `join`, `checkpoint`, `report` or `export`.
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
                Shown::Table => ledger_text(&report, &terminal.style(false)).into_bytes(),
                Shown::Json => ledger_json(&report).map_err(|error| written(&error))?,
            };
            Terminal::print(&bytes)?;
            Ok(if report.holds() { PASSED } else { FAILED })
        }
        LedgerCommand::List { ledger, app, format } => {
            let ledger = existing(ledger)?;
            let bytes = match format {
                Shown::Table => list_text(&ledger, app.as_deref(), &terminal.style(false)).into_bytes(),
                Shown::Json => list_json(&ledger, app.as_deref()).map_err(|error| written(&error))?,
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
        LedgerCommand::Report(request) => super::period::report(request, &super::written::Beside::default()),
        LedgerCommand::Export { ledger, format, table, output } => {
            if *format == ExportFormat::Parquet {
                parquet_is_there()?;
            }
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
#[expect(clippy::unnecessary_wraps, reason = "the other build's signature")]
fn parquet_is_there() -> Result<(), Problem> {
    Ok(())
}

#[cfg(not(feature = "parquet"))]
fn parquet_is_there() -> Result<(), Problem> {
    Err(Problem::new("this otaudit was built without Parquet").help(
        "build it with `--features parquet`, or use `--format jsonl` or `csv`: the rows and columns are the same",
    ))
}

#[cfg(feature = "parquet")]
fn parquet(ledger: &Ledger, table: Table) -> Result<Vec<u8>, Problem> {
    crate::reports::parquet(ledger, table).map_err(|error| written(&error))
}

#[cfg(not(feature = "parquet"))]
fn parquet(_ledger: &Ledger, _table: Table) -> Result<Vec<u8>, Problem> {
    parquet_is_there().map(|()| Vec::new())
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
fn tool() -> Tool {
    Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}
