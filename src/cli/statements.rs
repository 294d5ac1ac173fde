//! Where the statements of the organisation lie, and what they say.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::facts::attestations::{ATTESTATIONS_FILE, Attestations, read};
use crate::model::{Problem, printable};
use crate::policy::Policy;

/// A file of statements larger than this is not read.
const MOST_BYTES: u64 = 1024 * 1024;

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
        (None, Some(name)) => below(name).ok_or_else(|| {
            Problem::new(format!("the policy names the statements `{name}`, and no app was given"))
                .help("give the app's folder with `--app`")
        })?,
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
    let metadata = std::fs::metadata(&path).map_err(|error| cant(error.to_string()))?;
    if !metadata.is_file() {
        // A pipe would never end.
        return Err(cant("it is no file".to_owned()).into());
    }
    if metadata.len() > MOST_BYTES {
        return Err(cant(format!("{} bytes, limit {MOST_BYTES}", metadata.len())).into());
    }
    // The app is a stranger's: its links don't lead us elsewhere. What the request names is the user's own.
    if given.is_none()
        && let Some(app) = app
        && !leads_into(&path, app)
    {
        return Err(cant("it is a link that leads out of the app's folder".to_owned()).into());
    }
    let text = std::fs::read_to_string(&path).map_err(|error| cant(error.to_string()))?;
    stated.statements = read(&shown, &text, today)?;
    if let Some(app) = app {
        stated.look_at_evidence(app);
    }
    Ok(stated)
}

fn leads_into(path: &Path, folder: &Path) -> bool {
    match (path.canonicalize(), folder.canonicalize()) {
        (Ok(path), Ok(folder)) => path.starts_with(folder),
        _ => false,
    }
}
