//! What a period came to, computed from records alone: releases, findings opened and closed, exceptions, keys, statements,
//! gaps, and what became of the findings of the period before.

mod course;
mod incidents;
mod span;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::chain::Ledger;
use super::checkpoint::{Checkpoint, checkpoint};
use super::merkle;
use super::note::days;
use super::record::{AttestationRecord, Audit, ExceptionRecord, FindingNote, KeyNote, Record, VerdictWord};
use super::verify::{Against, Fault, verify};
use crate::model::{AttestationState, Digest, ExceptionState, GateResult, Severity, Verdict};
use course::{Course, End};
pub use incidents::{IncidentRow, Incidents};
pub use span::Period;

/// The schema of a [`PeriodReport`] as JSON.
pub const PERIOD_SCHEMA: &str = "otaudit/period-report/v1";
/// How many periods the trend has, this one included.
const TREND: usize = 4;
/// So many days without an audit are told.
const LONG_GAP: i64 = 31;
/// The statement on who approved a release.
const APPROVAL: &str = "release.approval";

/// A version that was released, as whoever released it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// The app; `None` for all.
    pub app: Option<String>,
    /// The version.
    pub version: String,
    /// The day.
    pub day: Date,
}

/// A period of one or several apps.
#[derive(Clone, Debug, Serialize)]
pub struct PeriodReport {
    /// [`PERIOD_SCHEMA`].
    pub schema: &'static str,
    /// Such as `2026Q4`.
    pub period: String,
    /// Its first day.
    pub first: String,
    /// Its last day.
    pub last: String,
    /// The report's clock, RFC 3339 in UTC.
    pub as_of: String,
    /// Whether the period is still running then.
    pub running: bool,
    /// How many records the period has.
    pub size: u64,
    /// The Merkle root over them, in the order of the chains (RFC 6962).
    pub root: Digest,
    /// The whole ledger up to the period's end.
    pub checkpoint: Checkpoint,
    /// What is wrong with the ledger: the report rests on what is left.
    pub faults: Vec<Fault>,
    /// The apps, sorted by id.
    pub apps: Vec<AppPeriod>,
}

/// The period of one app.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AppPeriod {
    /// The app's id.
    pub app: String,
    /// What was audited with a version, by version: the last audit of each.
    pub releases: Vec<ReleaseRow>,
    /// Findings that were not there before.
    pub opened: Vec<FindingRow>,
    /// Findings that are gone, because their control was assessed and has them no more.
    pub closed: Vec<FindingRow>,
    /// What became of each finding that was open when the period began.
    pub follow_up: Vec<FindingRow>,
    /// Exceptions that were new in the period.
    pub exceptions_opened: Vec<ExceptionRecord>,
    /// Exceptions that were renewed.
    pub exceptions_renewed: Vec<ExceptionRecord>,
    /// Exceptions whose last day lay in the period.
    pub exceptions_expired: Vec<ExceptionRecord>,
    /// The keys at the end.
    pub keys: Vec<KeyRow>,
    /// The statements at the end.
    pub attestations: Vec<AttestationRecord>,
    /// What is stated of incidents; `None` when no record has a statement.
    pub incidents: Option<Incidents>,
    /// The record of the last audit, whose verdicts, keys and statements these are.
    pub last: Option<Digest>,
    /// The verdicts at the end, by control.
    pub verdicts: BTreeMap<String, Verdict>,
    /// Times without an audit, in sentences.
    pub gaps: Vec<String>,
    /// The figures of this period and of those before, the oldest first.
    pub trend: Vec<Figures>,
}

/// A version and its last audit in the period.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseRow {
    /// The version.
    pub version: String,
    /// The day of its last audit.
    pub day: String,
    /// Its record.
    pub record: Digest,
    /// The digest of the archive, else of the content.
    pub digest: Option<Digest>,
    /// What the gate said.
    pub gate: GateResult,
    /// The key that it verified with.
    pub signer: Option<Digest>,
    /// The state of the statement on its approval; `None` when no control asked for one.
    pub approval: Option<AttestationState>,
    /// How often it was audited.
    pub audits: usize,
}

/// A finding and its course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    /// The finding.
    pub finding: FindingNote,
    /// In a follow-up: the fingerprint that the report of the period before has, when the finding has moved since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// The channel, when the app has several.
    pub channel: Option<String>,
    /// The day on which it was first seen.
    pub opened: String,
    /// `open`, `closed`, or `not-assessed`: its control is not assessed any more.
    pub state: &'static str,
    /// When it was gone.
    pub closed: Option<String>,
    /// The record that shows it: of the audit without it, or of the first audit with it.
    pub evidence: Digest,
    /// From the first day on which it was seen to the last.
    pub days: i64,
}

/// A key at the period's end.
#[derive(Clone, Debug, Serialize)]
pub struct KeyRow {
    /// The key as the last audit has it.
    pub key: KeyNote,
    /// Its age in days at the period's end.
    pub age_days: Option<i64>,
}

/// The figures of one period.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// The period.
    pub period: String,
    /// How many audits.
    pub audits: usize,
    /// How many versions that passed the gate.
    pub passed: usize,
    /// The findings that were open at the end, by severity.
    pub open: BTreeMap<String, usize>,
    /// How many findings came.
    pub opened: usize,
    /// How many went.
    pub closed: usize,
    /// Days from the first sight of a finding to its end, on average over those that were closed.
    pub mean_days_to_fix: Option<f64>,
    /// Exceptions that accepted something in the last audit.
    pub exceptions: Option<usize>,
    /// The share of statements among all that was decided or has to be, in percent.
    pub attested_percent: Option<f64>,
    /// The age of the oldest signing key in use, in days.
    pub oldest_signing_key_days: Option<i64>,
}

/// The records of one app that are audits, with their days, in the order of the chain.
pub(super) type Audits<'a> = Vec<(Digest, &'a Record, &'a Audit, Date)>;

/// Computes the report. Pure: the same records, period and moment give the same report.
#[must_use]
pub fn period_report(
    mut ledger: Ledger,
    period: Period,
    as_of: jiff::Timestamp,
    released: &[Released],
) -> PeriodReport {
    let today = as_of.to_zoned(jiff::tz::TimeZone::UTC).date();
    let faults = verify(&ledger, Against::default());
    // What came later changes nothing of a period. The ledger is taken, since a second one may not fit the memory.
    ledger.records.retain(|_, record| record.day().is_none_or(|day| day <= period.last()));
    let whole = ledger;
    let own: Vec<Digest> = whole
        .ordered()
        .into_iter()
        .filter(|(_, record)| record.day().is_some_and(|day| period.contains(day)))
        .map(|(name, _)| name)
        .collect();
    let mut chains: BTreeMap<Option<&str>, Audits<'_>> = BTreeMap::new();
    for (name, record) in whole.ordered() {
        if let (Some(audit), Some(day)) = (&record.audit, record.day()) {
            chains.entry(record.app.as_deref()).or_default().push((name, record, audit, day));
        }
    }
    let apps = chains.iter().map(|(app, audits)| of_app(*app, audits, period, today, released)).collect();
    PeriodReport {
        schema: PERIOD_SCHEMA,
        period: period.to_string(),
        first: period.first().to_string(),
        last: period.last().to_string(),
        as_of: as_of.to_string(),
        running: today <= period.last(),
        size: own.len() as u64,
        root: merkle::root(&own),
        checkpoint: checkpoint(&whole, &as_of.to_string()),
        faults,
        apps,
    }
}

fn of_app(app: Option<&str>, audits: &Audits<'_>, period: Period, today: Date, released: &[Released]) -> AppPeriod {
    let courses = course::courses(audits);
    let mut trend = Vec::new();
    let mut one = period;
    for _ in 0..TREND {
        trend.insert(0, figures(audits, &courses, one, today));
        one = one.previous();
    }
    // Periods before the first audit say nothing.
    let begun = trend.iter().position(|figures| figures.audits > 0).unwrap_or(trend.len().saturating_sub(1));
    trend.drain(..begun);
    let last = audits.last().map(|(_, _, audit, _)| *audit);
    let end = today.min(period.last());
    let rows = |wanted: &dyn Fn(&Course) -> bool| -> Vec<FindingRow> {
        let own = courses.iter().filter(|course| wanted(course));
        own.map(|course| course.row(period.last(), end)).collect()
    };
    let (exceptions_opened, exceptions_renewed, exceptions_expired) = exceptions(audits, period);
    AppPeriod {
        app: app.map_or_else(|| "(no app)".to_owned(), str::to_owned),
        releases: releases(audits, period),
        opened: rows(&|course| period.contains(course.opened)),
        closed: rows(&|course| course.closed().is_some_and(|day| period.contains(day))),
        follow_up: follow_up(&courses, period, end),
        exceptions_opened,
        exceptions_renewed,
        exceptions_expired,
        keys: last.map_or_else(Vec::new, |audit| {
            let age = |key: &KeyNote| days(key.since.as_deref()?.parse().ok()?, end);
            audit.keys.iter().map(|key| KeyRow { key: key.clone(), age_days: age(key) }).collect()
        }),
        attestations: last.map_or_else(Vec::new, |audit| audit.attestations.clone()),
        incidents: incidents::incidents(audits, period),
        last: audits.last().map(|(name, _, _, _)| *name),
        verdicts: last.map_or_else(BTreeMap::new, |audit| audit.verdicts.clone()),
        gaps: gaps(app, audits, period, end, released),
        trend,
    }
}

/// What was open at the end of the period before, under the names that its report has.
fn follow_up(courses: &[Course], period: Period, end: Date) -> Vec<FindingRow> {
    let before = period.previous().last();
    let open = courses.iter().filter(|course| course.open_on(before));
    open.map(|course| FindingRow { was: course.was_on(before).map(str::to_owned), ..course.row(period.last(), end) })
        .collect()
}

fn releases(audits: &Audits<'_>, period: Period) -> Vec<ReleaseRow> {
    let mut rows: Vec<ReleaseRow> = Vec::new();
    for (name, record, audit, day) in audits.iter().filter(|(_, _, _, day)| period.contains(*day)) {
        let Some(version) = &record.version else { continue };
        let before = rows.iter().position(|row| row.version == *version).map(|at| rows.remove(at).audits);
        rows.push(ReleaseRow {
            version: version.clone(),
            day: day.to_string(),
            record: *name,
            digest: audit.subject.archive.or(audit.subject.content),
            gate: audit.gate.result,
            signer: audit.signer,
            approval: audit.attestations.iter().find(|one| one.key == APPROVAL).map(|one| one.state),
            audits: before.unwrap_or(0) + 1,
        });
    }
    rows
}

/// The exceptions that were opened, renewed and expired in the period.
fn exceptions(
    audits: &Audits<'_>,
    period: Period,
) -> (Vec<ExceptionRecord>, Vec<ExceptionRecord>, Vec<ExceptionRecord>) {
    let mut known: BTreeMap<&str, &ExceptionRecord> = BTreeMap::new();
    let (mut opened, mut renewed) = (Vec::new(), Vec::new());
    for (_, _, audit, day) in audits {
        for exception in &audit.exceptions {
            let within = period.contains(*day);
            match known.insert(&exception.id, exception) {
                None if within => opened.push(exception.clone()),
                Some(before)
                    if within && (exception.renewals > before.renewals || exception.expires > before.expires) =>
                {
                    renewed.push(exception.clone());
                }
                _ => {}
            }
        }
    }
    let ends = |exception: &&&ExceptionRecord| exception.expires.parse::<Date>().is_ok_and(|day| period.contains(day));
    let expired = known.values().filter(ends).map(|exception| (**exception).clone()).collect();
    (opened, renewed, expired)
}

fn figures(audits: &Audits<'_>, courses: &[Course], period: Period, today: Date) -> Figures {
    let own: Vec<_> = audits.iter().filter(|(_, _, _, day)| period.contains(*day)).collect();
    // A period without an audit has what the one before left.
    let last = audits.iter().rev().find(|(_, _, _, day)| *day <= period.last()).map(|(_, _, audit, _)| *audit);
    let end = today.min(period.last());
    let mut open: BTreeMap<String, usize> =
        Severity::ALL.iter().map(|severity| (severity.word().to_owned(), 0)).collect();
    for course in courses.iter().filter(|course| course.fails() && course.open_on(period.last())) {
        *open.entry(course.finding.severity.word().to_owned()).or_default() += 1;
    }
    let closed: Vec<i64> = courses
        .iter()
        .filter(|course| course.fails())
        .filter_map(|course| days(course.opened, course.closed().filter(|day| period.contains(*day))?))
        .collect();
    let counts = last.map(|audit| &audit.counts.assessments);
    let count = |verdict: Verdict| counts.and_then(|counts| counts.get(verdict.word())).copied().unwrap_or(0);
    let decided = [Verdict::Pass, Verdict::Attested, Verdict::Fail, Verdict::Manual, Verdict::Indeterminate];
    let all: usize = decided.into_iter().map(count).sum();
    let signing = last
        .iter()
        .flat_map(|audit| &audit.keys)
        .filter(|key| key.purpose == "signing" && key.in_use && key.retired.is_none());
    let ages = signing.filter_map(|key| days(key.since.as_deref()?.parse().ok()?, end));
    Figures {
        period: period.to_string(),
        audits: own.len(),
        passed: releases(audits, period).iter().filter(|row| row.gate == GateResult::Passed).count(),
        open,
        opened: courses.iter().filter(|course| course.fails() && period.contains(course.opened)).count(),
        closed: closed.len(),
        mean_days_to_fix: mean(&closed),
        exceptions: last.map(|audit| {
            audit.exceptions.iter().filter(|exception| exception.state == ExceptionState::Applied).count()
        }),
        attested_percent: (all > 0).then(|| tenth(count(Verdict::Attested) as u64 * 1000, all as u64)),
        oldest_signing_key_days: ages.max(),
    }
}

/// A quotient of whole numbers that counts tenths, as the number with one decimal.
fn tenth(tenths: u64, by: u64) -> f64 {
    let rounded = (tenths + by / 2) / by.max(1);
    u32::try_from(rounded).map_or(f64::MAX, |tenths| f64::from(tenths) / 10.0)
}

fn mean(numbers: &[i64]) -> Option<f64> {
    let sum: u64 = numbers.iter().filter_map(|number| u64::try_from(*number).ok()).sum();
    (!numbers.is_empty()).then(|| tenth(sum * 10, numbers.len() as u64))
}

fn gaps(app: Option<&str>, audits: &Audits<'_>, period: Period, end: Date, released: &[Released]) -> Vec<String> {
    let mut gaps = Vec::new();
    let own: Vec<Date> = audits.iter().map(|(_, _, _, day)| *day).filter(|day| period.contains(*day)).collect();
    if own.is_empty() {
        gaps.push(format!("no audit in {period}: what is said of it rests on earlier ones"));
    }
    // Before the first audit of all nothing is missing.
    let mut before =
        audits.iter().map(|(_, _, _, day)| *day).rfind(|day| *day < period.first()).map(|_| period.first());
    for day in own.iter().copied().chain([end]) {
        if let Some(from) = before.filter(|from| days(*from, day).is_some_and(|days| days > LONG_GAP)) {
            let length = days(from, day).unwrap_or_default();
            gaps.push(format!("no audit between {from} and {day}, for {length} days"));
        }
        before = Some(day);
    }
    let concerned = released.iter().filter(|one| one.app.is_none() || one.app.as_deref() == app);
    for one in concerned.filter(|one| period.contains(one.day)) {
        let same = |record: &Record| record.version.as_deref() == Some(one.version.as_str());
        let passed = audits
            .iter()
            .any(|(_, record, audit, day)| same(record) && *day <= one.day && audit.gate.result == GateResult::Passed);
        if passed {
            continue;
        }
        let last = audits.iter().map(|(_, _, _, day)| *day).rfind(|day| *day <= one.day);
        let next = audits.iter().map(|(_, _, _, day)| *day).find(|day| *day > one.day);
        let between = match (last, next) {
            (Some(last), Some(next)) => format!("no audit between {last} and {next}"),
            (Some(last), None) => format!("no audit after {last}"),
            (None, Some(next)) => format!("no audit before {next}"),
            (None, None) => "no audit at all".to_owned(),
        };
        let audited = audits.iter().any(|(_, record, _, day)| same(record) && *day <= one.day);
        gaps.push(if audited {
            format!("version {} was released on {} although its audit did not pass the gate", one.version, one.day)
        } else {
            format!("{between} although version {} was released on {}", one.version, one.day)
        });
    }
    gaps
}

impl Course {
    /// Whether it stands against the release, apart from what a person has to decide.
    fn fails(&self) -> bool {
        matches!(self.finding.verdict, VerdictWord::Fail | VerdictWord::Indeterminate)
    }

    fn row(&self, last: Date, end: Date) -> FindingRow {
        let until = self.end.filter(|end| end.day <= last);
        FindingRow {
            finding: self.finding.clone(),
            was: None,
            channel: self.channel.clone(),
            opened: self.opened.to_string(),
            state: match until {
                None => "open",
                Some(End { assessed: true, .. }) => "closed",
                Some(_) => "not-assessed",
            },
            closed: until.map(|end| end.day.to_string()),
            evidence: until.map_or(self.first, |end| end.record),
            days: days(self.opened, until.map_or(end, |end| end.day)).unwrap_or_default(),
        }
    }
}
