//! `otaudit ledger report`: the report of a period.

use std::path::PathBuf;

use jiff::civil::Date;

use super::check::as_of;
use super::ledger_arguments::{PeriodRequest, PeriodShown};
use super::output::{Terminal, write_file};
use super::records::existing;
use super::written::{Beside, no_pdf, pdf};
use super::{Done, PASSED};
use crate::ledger::period::{Period, PeriodReport, Released, period_report};
use crate::model::{Problem, printable};
use crate::reports::document::write_html;
use crate::reports::{period_document, period_json, period_markdown, period_oscal};

/// Computes the report and writes it in each format that was asked for.
pub fn report(request: &PeriodRequest, page: &Beside<'_>) -> Done {
    let report = computed(request)?;
    for framework in &request.framework {
        known(framework)?;
    }
    let formats =
        if request.format.is_empty() { vec![(PeriodShown::Markdown, None)] } else { outputs(&request.format)? };
    for (format, target) in formats {
        let bytes = match format {
            PeriodShown::Json => {
                period_json(&report).map_err(|error| Problem::new(format!("can't write the report: {error}")))?
            }
            PeriodShown::Oscal => {
                period_oscal(&report).map_err(|error| Problem::new(format!("can't write the report: {error}")))?
            }
            PeriodShown::Markdown => period_markdown(&report, &request.framework).into_bytes(),
            PeriodShown::Html => {
                let mut bytes = Vec::new();
                write_html(&period_document(&report, &request.framework), &mut bytes)
                    .map_err(|error| Problem::new(format!("can't write the HTML report: {error}")))?;
                bytes
            }
            PeriodShown::Pdf => pdf(&period_document(&report, &request.framework), &report.as_of, page)?,
        };
        match target {
            Some(path) => write_file(&path, &bytes)?,
            None => Terminal::print(&bytes)?,
        }
    }
    Ok(PASSED)
}

/// The report that a request asks for.
fn computed(request: &PeriodRequest) -> Result<PeriodReport, Vec<Problem>> {
    let period = Period::read(&request.period)?;
    let as_of = as_of(request.as_of.as_deref())?;
    let released = request.released.iter().map(|text| released(text)).collect::<Result<Vec<_>, _>>()?;
    if as_of.to_zoned(jiff::tz::TimeZone::UTC).date() < period.first() {
        return Err(Problem::new(format!("the period {period} has not begun"))
            .help("give a period that has begun, or `--as-of` with a later date")
            .into());
    }
    Ok(period_report(existing(&request.ledger)?, period, as_of, &released))
}

fn known(framework: &str) -> Result<(), Problem> {
    let all = crate::policy::frameworks();
    if all.iter().any(|one| one.id.eq_ignore_ascii_case(framework)) {
        return Ok(());
    }
    let ids: Vec<String> = all.iter().map(|one| one.id.to_lowercase()).collect();
    Err(Problem::new(format!("there is no framework `{}`", printable(framework, 60)))
        .help(format!("expected one of: {}", ids.join(", "))))
}

fn outputs(formats: &[String]) -> Result<Vec<(PeriodShown, Option<PathBuf>)>, Problem> {
    let read = |given: &String| {
        let (name, target) = given.split_once('=').map_or((given.as_str(), None), |(name, file)| (name, Some(file)));
        let format = match name {
            "json" => PeriodShown::Json,
            "markdown" => PeriodShown::Markdown,
            "html" => PeriodShown::Html,
            "oscal" => PeriodShown::Oscal,
            "pdf" => no_pdf().map_or(Ok(PeriodShown::Pdf), Err)?,
            _ => {
                return Err(Problem::new(format!("`{}` is no format of a period report", printable(name, 60)))
                    .help("expected one of: markdown, json, html, pdf, oscal"));
            }
        };
        if target == Some("") {
            return Err(Problem::new(format!("`--format {name}=` names no file")));
        }
        Ok((format, target.map(PathBuf::from)))
    };
    let outputs = formats.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    if outputs.iter().filter(|(_, target)| target.is_none()).count() > 1 {
        return Err(Problem::new("two formats can't share the standard output").help("give one of them a file"));
    }
    Ok(outputs)
}

/// `VERSION=DATE`, or `APP:VERSION=DATE`.
fn released(text: &str) -> Result<Released, Problem> {
    let problem = || {
        Problem::new(format!("`--released {}` is no version with a date", printable(text, 80)))
            .help("expected `4.2.0=2026-11-09`, or `com.example.app:4.2.0=2026-11-09` for one app")
    };
    let (what, day) = text.rsplit_once('=').ok_or_else(problem)?;
    let day: Date = day.parse().map_err(|_| problem())?;
    let (app, version) = what.split_once(':').map_or((None, what), |(app, version)| (Some(app), version));
    if version.is_empty() || app == Some("") {
        return Err(problem());
    }
    Ok(Released { app: app.map(str::to_owned), version: version.to_owned(), day })
}
