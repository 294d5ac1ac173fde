//! Records and keys that the command line names, and the record that an audit leaves.

use std::io::Read as _;
use std::path::Path;

use super::output::Terminal;
use crate::facts::Facts;
use crate::ledger::{
    Address, Beside, Folder, Ledger, SigningKey, Store, TrustedKey, app_of, append, channel_of, history, record_of,
    short,
};
use crate::model::{Digest, Problem, Report, printable};
use crate::reports::Style;

/// The ledger that the command line names: a folder, or the URL of an object store.
pub(super) fn store(place: &str) -> Result<Box<dyn Store>, Problem> {
    match place.split_once("://") {
        None | Some(("file", _)) => {
            Ok(Box::new(Folder::new(Path::new(place.strip_prefix("file://").unwrap_or(place)))))
        }
        Some(_) => bucket(&Address::read(place)?),
    }
}

/// The ledger in an object store, with the settings of the environment.
#[cfg(feature = "object-store")]
fn bucket(address: &Address) -> Result<Box<dyn Store>, Problem> {
    let begin = address.service.variables();
    let settings: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        // Build services set what has no value to nothing.
        .filter(|(name, value)| name.starts_with(begin) && !value.is_empty())
        .collect();
    Ok(Box::new(crate::ledger::Bucket::open(address, &settings)?))
}

#[cfg(not(feature = "object-store"))]
fn bucket(address: &Address) -> Result<Box<dyn Store>, Problem> {
    Err(Problem::new(format!("this otaudit was built without object stores, and can't open `{}`", address.shown())).help(
        "build it with `--features object-store`, or use a folder and copy it to and from the store with that store's own tool",
    ))
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

/// A public key's file.
pub(super) fn trusted_key(path: &Path) -> Result<TrustedKey, Problem> {
    let bytes = read_file(path, 64 * 1024, "the public key")?;
    TrustedKey::read(&String::from_utf8_lossy(&bytes))
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
    beside: Beside,
    key: Option<&SigningKey>,
    quiet: bool,
) -> Result<(), Problem> {
    let mut json = Vec::new();
    let format = crate::reports::format("json").ok_or_else(|| Problem::new("there is no JSON format"))?;
    (format.write)(report, &Style::default(), &mut json)
        .map_err(|error| Problem::new(format!("can't write the report: {error}")))?;
    let beside = Beside { report: Some(Digest::of(&json)), ..beside };
    let added = append(store, record_of(report, facts, beside), key)?;
    if !quiet {
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
