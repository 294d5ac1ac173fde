//! `otaudit report`.

use std::collections::BTreeSet;
use std::path::Path;

use super::arguments::{Report as Request, Subject};
use super::check::{as_of, establish, places};
use super::ledger_arguments::{PeriodRequest, USUAL};
use super::lists::read_lists;
use super::output::Terminal;
use super::policies::load;
use super::written::{Beside, Wanted, outputs, write_all};
use super::{Done, FAILED, PASSED};
use crate::evaluation::evaluate;
use crate::model::{Deviation, GateResult, Problem, Report, printable};
use crate::policy::{Policy, frameworks};
use crate::reports::Cover;

/// A cover file that is larger is not read.
const MOST_COVER_BYTES: u64 = 1024 * 1024;
/// Audits and writes the audit report.
pub fn report(request: &Request, terminal: &Terminal) -> Done {
    if let Some(period) = &request.period {
        let period = PeriodRequest {
            period: period.clone(),
            ledger: request.ledger.clone().unwrap_or_else(|| USUAL.to_owned()),
            framework: request.framework.clone(),
            released: request.released.clone(),
            format: request.format.clone(),
            as_of: request.as_of.clone(),
        };
        let page = Beside { paper: Some(request.paper), fonts: &request.font, ..Beside::default() };
        return super::period::report(&period, &page);
    }
    let outputs = outputs(&request.format, Wanted::Html)?;
    let as_of = as_of(request.as_of.as_deref())?;
    let frameworks = chosen(&request.framework)?;
    let cover = request.cover.as_deref().map(cover).transpose()?.unwrap_or_default();
    let mut policy = load(&request.subject.policy)?;
    select(&mut policy, &frameworks)?;
    let lists = read_lists(&request.tracker_list)?;
    let subject = &subject(request);
    let mut facts = establish(subject, &policy, as_of, terminal, true)?;
    facts.use_tracker_lists(&lists);
    let mut report = evaluate(&facts, &policy, as_of);
    narrow(&mut report, &frameworks);
    let app = places(subject)?.1;
    let beside = Beside { app, cover, frameworks, lists: &lists, paper: Some(request.paper), fonts: &request.font };
    write_all(outputs, &report, &facts, &policy, subject, &beside, (terminal, false))?;
    Ok(match report.gate.result {
        GateResult::Failed if request.gate => FAILED,
        _ => PASSED,
    })
}

/// The subject, with the bundle wherever it was named.
fn subject(request: &Request) -> Subject {
    let given = &request.subject;
    Subject {
        bundle: request.named_bundle.clone().or_else(|| given.bundle.clone()),
        app: given.app.clone(),
        app_only: given.app_only,
        config: given.config.clone(),
        checksum: given.checksum.clone(),
        release: given.release.clone(),
        previous: given.previous.clone(),
        reviewed: given.reviewed.clone(),
        policy: given.policy.clone(),
        attestations: given.attestations.clone(),
        jobs: given.jobs,
        cache: given.cache.clone(),
    }
}

/// The ids of the frameworks of these names: an id means itself, a group all that is in it.
fn chosen(names: &[String]) -> Result<Vec<String>, Vec<Problem>> {
    let mut ids = BTreeSet::new();
    let mut problems = Vec::new();
    for name in names {
        let same = |known: &str| known.eq_ignore_ascii_case(name);
        let before = ids.len();
        let group: Vec<&str> =
            frameworks().iter().filter(|known| same(&known.group)).map(|known| known.id.as_str()).collect();
        let exact = frameworks().iter().filter(|known| same(&known.id)).map(|known| known.id.as_str());
        let found: Vec<&str> = if group.is_empty() { exact.collect() } else { group };
        ids.extend(found.iter().map(|id| (*id).to_owned()));
        if found.is_empty() && ids.len() == before {
            let known: Vec<&str> = frameworks().iter().map(|known| known.id.as_str()).collect();
            problems.push(
                Problem::new(format!("there is no framework `{}`", printable(name, 60)))
                    .help(format!("the frameworks are {}", known.join(", "))),
            );
        }
    }
    if problems.is_empty() { Ok(ids.into_iter().collect()) } else { Err(problems) }
}

/// Leaves the controls that answer a clause of these frameworks.
fn select(policy: &mut Policy, ids: &[String]) -> Result<(), Problem> {
    if ids.is_empty() {
        return Ok(());
    }
    let answers =
        |control: &crate::controls::Control| control.mappings.iter().any(|(id, _)| ids.iter().any(|one| one == id));
    let before = policy.controls.len();
    policy.controls.retain(|selected| answers(selected.control));
    if policy.controls.is_empty() {
        return Err(Problem::new(format!("no control of the policy answers a clause of {}", ids.join(", ")))
            .help("name another framework, or a policy that selects its controls"));
    }
    let change = format!(
        "`--framework` leaves {} of the policy's {before} controls, those that answer {}",
        policy.controls.len(),
        ids.join(", ")
    );
    policy.deviations.push(Deviation { what: "selection".to_owned(), change });
    Ok(())
}

/// Leaves the clauses of these frameworks.
fn narrow(report: &mut Report, ids: &[String]) {
    if ids.is_empty() {
        return;
    }
    for one in &mut report.assessments {
        one.mappings.retain(|map| ids.contains(&map.framework));
    }
    report.frameworks.retain(|note| ids.contains(&note.id));
    report
        .limits
        .push(format!("Only controls that answer {} were assessed; the gate speaks of these alone.", ids.join(", ")));
}

fn cover(path: &Path) -> Result<Cover, Problem> {
    let shown = printable(&path.display().to_string(), 200);
    let help = "see `docs/report.md` for what a cover file can state";
    let problem = |why: String| Problem::new(format!("can't read the cover `{shown}`: {why}")).help(help);
    let length = std::fs::metadata(path).map_err(|error| problem(error.to_string()))?.len();
    if length > MOST_COVER_BYTES {
        return Err(problem(format!("it has {length} bytes, limit {MOST_COVER_BYTES}")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
    Cover::read(&text).map_err(problem)
}
