//! `otaudit attest`.

use std::fs::File;
use std::path::Path;

use super::check::as_of;
use super::ledger_arguments::{Attest, PredicateName, Shown};
use super::output::{Terminal, write_file};
use super::policies::load;
use super::records::{read_file, signing_key, trusted_key};
use super::{Done, FAILED, PASSED};
use crate::facts::digest_content;
use crate::inputs::{Bundle, Limits};
use crate::ledger::statement::{BundleDigests, Predicate, Rules, believe, open, seal, statement};
use crate::model::{Digest, Problem, REPORT_SCHEMA, Report, printable};
use crate::reports::{believed_json, believed_text, write_pretty};

/// A report or a statement that is longer is not read.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// How old an audit may be when nothing is said: what goes out was looked at lately.
const USUAL_AGE: &str = "7d";

/// Signs a statement, or verifies one.
pub fn attest(request: &Attest, terminal: &Terminal) -> Done {
    let bundle = request.bundle.as_deref().or(request.given.as_deref());
    let bundle = bundle.ok_or_else(|| Problem::new("no bundle was given"))?;
    let digests = digests(bundle)?;
    if let Some(file) = &request.verify {
        return verify(request, file, digests, terminal);
    }
    let (Some(report), Some(key)) = (&request.report, &request.key) else {
        return Err(Problem::new("`--report` and `--key` are needed to sign").into());
    };
    let bytes = read_file(report, MOST_BYTES, "the report")?;
    let shown = printable(&report.display().to_string(), 200);
    let parsed: Report = serde_json::from_slice(&bytes).map_err(|error| {
        Problem::new(format!("`{shown}` is no report: {}", printable(&error.to_string(), 200)))
            .help("write one with `otaudit check BUNDLE --format json=report.json`")
    })?;
    if parsed.schema != REPORT_SCHEMA {
        let schema = printable(&parsed.schema, 60);
        return Err(Problem::new(format!("`{shown}` has the schema `{schema}`, expected `{REPORT_SCHEMA}`")).into());
    }
    let kind = match request.predicate {
        PredicateName::TestResult => Predicate::TestResult,
        PredicateName::Svr => Predicate::Svr,
    };
    let key = signing_key(key)?;
    let envelope = seal(&statement(&parsed, Digest::of(&bytes), digests, kind)?, &key)?;
    let mut out = Vec::new();
    write_pretty(&envelope, &mut out).map_err(|error| Problem::new(format!("can't write the statement: {error}")))?;
    match &request.output {
        Some(path) => write_file(path, &out)?,
        None => Terminal::print(&out)?,
    }
    Ok(PASSED)
}

fn verify(request: &Attest, file: &Path, bundle: BundleDigests, terminal: &Terminal) -> Done {
    let keys = request.public_key.iter().map(|path| trusted_key(path)).collect::<Result<Vec<_>, _>>()?;
    let policy = request.policy.as_deref().map(load).transpose()?;
    let rules = Rules {
        bundle,
        as_of: as_of(request.as_of.as_deref())?.as_second(),
        max_age: match request.max_age.as_deref().unwrap_or(USUAL_AGE) {
            "any" => None,
            text => Some(age(text)?),
        },
        policy: policy.map(|policy| (policy.sha256, policy.gate)),
    };
    let (statement, signed_by) = open(&read_file(file, MOST_BYTES, "the statement")?, &keys)?;
    let believed = believe(&statement, &signed_by, &rules);
    let bytes = match request.format {
        Shown::Table => believed_text(&believed, &terminal.style(false)).into_bytes(),
        Shown::Json => {
            believed_json(&believed).map_err(|error| Problem::new(format!("can't write the result: {error}")))?
        }
    };
    Terminal::print(&bytes)?;
    Ok(if believed.holds() { PASSED } else { FAILED })
}

/// The digests of a bundle: of the archive for a file, of the content for a folder.
fn digests(path: &Path) -> Result<BundleDigests, Problem> {
    let shown = printable(&path.display().to_string(), 200);
    let problem = |error: std::io::Error| {
        Problem::new(format!("can't read the bundle `{shown}`: {error}")).help("give a zip or a folder of web assets")
    };
    if path.is_dir() {
        let limits = Limits::default();
        let content = digest_content(&Bundle::open(path, &limits)?, &limits);
        return Ok(BundleDigests { archive: None, content: Some(content) });
    }
    let archive = Digest::of_reader(File::open(path).map_err(problem)?).map_err(problem)?;
    Ok(BundleDigests { archive: Some(archive), content: None })
}

/// A number with a unit, in seconds.
fn age(text: &str) -> Result<i64, Problem> {
    let problem = || {
        Problem::new(format!("`--max-age {}` is no age", printable(text, 40)))
            .help("expected a number and a unit, such as `7d`, `12h`, `30m` or `90s`, or `any`")
    };
    let units = [('w', 604_800), ('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];
    let (unit, length) = units.into_iter().find(|(unit, _)| text.ends_with(*unit)).ok_or_else(problem)?;
    let number: u32 = text.trim_end_matches(unit).parse().map_err(|_| problem())?;
    i64::from(number).checked_mul(length).ok_or_else(problem)
}
