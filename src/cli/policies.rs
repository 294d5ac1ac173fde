//! `otaudit policy`, and how a policy is found.

use std::path::{Path, PathBuf};

use super::arguments::PolicyCommand;
use super::output::Terminal;
use super::{Done, PASSED};
use crate::model::{Problem, printable};
use crate::policy::{self, Policy};

/// A policy larger than this is not read.
const MOST_BYTES: u64 = 1024 * 1024;

/// Runs `policy show`, `policy check` or `policy schema`.
pub fn run(command: &PolicyCommand, _terminal: &Terminal) -> Done {
    match command {
        PolicyCommand::Show { name } => {
            let text = policy::builtin(name).ok_or_else(|| {
                let known: Vec<String> = policy::BUILTIN.iter().map(|(name, _)| format!("`{name}`")).collect();
                Problem::new(format!("there is no built-in policy `{}`", printable(name, 60)))
                    .help(format!("there are {}", known.join(", ")))
            })?;
            Terminal::print(text.as_bytes())?;
        }
        PolicyCommand::Check { file } => {
            let loaded = load(file)?;
            let text = format!(
                "policy `{}` is sound: {} controls, {} exceptions, {} deviations from the defaults\n",
                printable(&loaded.name, 100),
                loaded.controls.len(),
                loaded.exceptions.len(),
                loaded.deviations.len()
            );
            Terminal::print(text.as_bytes())?;
        }
        PolicyCommand::Schema => {
            let mut text =
                serde_json::to_vec_pretty(&policy::schema()).map_err(|error| Problem::new(error.to_string()))?;
            text.push(b'\n');
            Terminal::print(&text)?;
        }
    }
    Ok(PASSED)
}

/// Loads the built-in policy of that name, else the file at that path.
pub fn load(name: &Path) -> Result<Policy, Vec<Problem>> {
    let shown = printable(&name.display().to_string(), 200);
    let builtin = name.to_str().filter(|_| !name.is_file()).and_then(policy::builtin);
    let text = match builtin {
        Some(text) => text.to_owned(),
        None => read(name).map_err(|why| {
            Problem::new(format!("can't read the policy `{shown}`: {why}"))
                .help("give a built-in policy such as `default`, `strict` or `gdpr`, or a YAML file")
        })?,
    };
    let folder = name.parent().map(Path::to_path_buf).unwrap_or_default();
    policy::load(&shown, &text, &|extended| resolve(&folder, extended))
}

/// The text that an `extends` names: a built-in policy, or a file beside the first one.
fn resolve(folder: &Path, name: &str) -> Option<(String, String)> {
    if let Some(text) = policy::builtin(name) {
        return Some((name.to_owned(), text.to_owned()));
    }
    let path: PathBuf = folder.join(name);
    Some((printable(name, 200), read(&path).ok()?))
}

fn read(path: &Path) -> Result<String, String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > MOST_BYTES {
        return Err(format!("{length} bytes, limit {MOST_BYTES}"));
    }
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}
