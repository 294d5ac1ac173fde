//! Periods of small made-up ledgers.

use super::*;
use crate::ledger::record::{Digests, GateNote, RECORD_SCHEMA};
use crate::ledger::{IncidentNote, IncidentRegister};
use crate::model::{Counts, PolicySubject, Tool};

/// One audit: day, version, the findings as `CONTROL/rule/fingerprint`, and the controls that were assessed beside them.
struct One(&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

fn ledger(audits: &[One]) -> Ledger {
    let mut ledger = Ledger::default();
    let mut previous = Vec::new();
    for (index, One(day, version, findings, assessed)) in audits.iter().enumerate() {
        let findings: Vec<FindingNote> = findings
            .iter()
            .map(|text| {
                let parts: Vec<&str> = text.split('/').collect();
                FindingNote {
                    control: parts[0].to_owned(),
                    rule: parts[1].to_owned(),
                    fingerprint: parts[2].to_owned(),
                    severity: Severity::High,
                    verdict: VerdictWord::Fail,
                    exception: None,
                }
            })
            .collect();
        let mut verdicts: BTreeMap<String, Verdict> =
            assessed.iter().map(|control| ((*control).to_owned(), Verdict::Pass)).collect();
        verdicts.extend(findings.iter().map(|finding| (finding.control.clone(), Verdict::Fail)));
        let result = if findings.is_empty() { GateResult::Passed } else { GateResult::Failed };
        let record = Record {
            schema: RECORD_SCHEMA.to_owned(),
            app: Some("app".to_owned()),
            channel: None,
            version: Some((*version).to_owned()),
            number: index as u64 + 1,
            previous,
            as_of: format!("{day}T00:00:00Z"),
            tool: Tool { name: "otaudit".to_owned(), version: "0".to_owned() },
            audit: Some(Audit {
                report: None,
                subject: Digests::default(),
                policy: PolicySubject { name: "p".to_owned(), sha256: Digest::of(b"p"), extends: Vec::new() },
                deviations: Vec::new(),
                gate: GateNote {
                    result,
                    fail_on: Severity::High,
                    strict: false,
                    indeterminate_fails: true,
                    blocking: findings.len(),
                },
                counts: Counts::default(),
                verdicts,
                findings,
                keys: Vec::new(),
                exceptions: Vec::new(),
                attestations: Vec::new(),
                incidents: None,
                signer: None,
            }),
            signature: None,
        };
        let name = Digest::of(&record.bytes().unwrap());
        previous = vec![name];
        ledger.records.insert(name, record);
    }
    ledger
}

fn report(audits: &[One], period: &str, released: &[(&str, &str)]) -> AppPeriod {
    let released: Vec<Released> = released
        .iter()
        .map(|(version, day)| Released { app: None, version: (*version).to_owned(), day: day.parse().unwrap() })
        .collect();
    let as_of = "2027-06-01T00:00:00Z".parse().unwrap();
    let mut report = period_report(ledger(audits), Period::read(period).unwrap(), as_of, &released);
    assert_eq!(report.faults, []);
    report.apps.remove(0)
}

fn states(rows: &[FindingRow]) -> Vec<(&str, &str, Option<&str>, i64)> {
    rows.iter().map(|row| (row.finding.rule.as_str(), row.state, row.closed.as_deref(), row.days)).collect()
}

#[test]
fn a_finding_is_closed_by_the_audit_that_looked_and_has_it_no_more() {
    let audits = [
        One("2026-08-01", "1.0.0", &["C-1/one/aa", "C-2/two/bb"], &[]),
        One("2026-10-11", "1.1.0", &["C-2/two/bb", "C-3/three/cc"], &["C-1"]),
        One("2026-10-21", "1.2.0", &["C-2/two/bb"], &["C-1", "C-3"]),
    ];
    let app = report(&audits, "2026Q4", &[]);
    assert_eq!(states(&app.opened), [("three", "closed", Some("2026-10-21"), 10)]);
    assert_eq!(
        states(&app.closed),
        [("one", "closed", Some("2026-10-11"), 71), ("three", "closed", Some("2026-10-21"), 10)]
    );
    assert_eq!(states(&app.follow_up), [("one", "closed", Some("2026-10-11"), 71), ("two", "open", None, 152)]);
    let last = app.trend.last().unwrap();
    assert_eq!((last.opened, last.closed, last.mean_days_to_fix, last.open["high"]), (1, 2, Some(40.5), 1));
    let periods: Vec<&str> = app.trend.iter().map(|figures| figures.period.as_str()).collect();
    assert_eq!(periods, ["2026Q3", "2026Q4"], "before the first audit there is nothing to say");
}

#[test]
fn what_is_not_assessed_any_more_is_not_closed() {
    let audits = [One("2026-08-01", "1.0.0", &["C-1/one/aa"], &[]), One("2026-10-11", "1.1.0", &[], &["C-2"])];
    let app = report(&audits, "2026Q4", &[]);
    assert_eq!(states(&app.follow_up), [("one", "not-assessed", Some("2026-10-11"), 71)]);
    assert_eq!(app.closed, []);
    assert_eq!(app.trend.last().unwrap().open["high"], 1);
}

#[test]
fn a_finding_that_moved_is_the_same_one() {
    let audits = [One("2026-10-01", "1.0.0", &["C-1/one/aa"], &[]), One("2026-10-11", "1.1.0", &["C-1/one/ab"], &[])];
    let app = report(&audits, "2026Q4", &[]);
    assert_eq!(states(&app.opened), [("one", "open", None, 91)]);
    // Another rule of the same control is another finding.
    let audits = [One("2026-10-01", "1.0.0", &["C-1/one/aa"], &[]), One("2026-10-11", "1.1.0", &["C-1/two/ab"], &[])];
    assert_eq!(report(&audits, "2026Q4", &[]).opened.len(), 2);
}

#[test]
fn a_release_without_an_audit_is_told_with_the_audits_around_it() {
    let audits = [One("2026-11-03", "4.1.0", &[], &["C-1"]), One("2026-11-19", "4.3.0", &["C-1/one/aa"], &[])];
    let gaps = |released: &[(&str, &str)]| report(&audits, "2026-11", released).gaps;
    assert_eq!(gaps(&[]), Vec::<String>::new());
    assert_eq!(gaps(&[("4.1.0", "2026-11-04")]), Vec::<String>::new());
    assert_eq!(
        gaps(&[("4.2.0", "2026-11-09")]),
        ["no audit between 2026-11-03 and 2026-11-19 although version 4.2.0 was released on 2026-11-09"]
    );
    assert_eq!(
        gaps(&[("4.3.0", "2026-11-20")]),
        ["version 4.3.0 was released on 2026-11-20 although its audit did not pass the gate"]
    );
    assert_eq!(
        gaps(&[("4.1.0", "2026-11-01")]),
        ["no audit before 2026-11-03 although version 4.1.0 was released on 2026-11-01"]
    );
    let quiet = report(&audits, "2027Q1", &[]);
    assert!(quiet.gaps[0].starts_with("no audit in 2027Q1"), "{:?}", quiet.gaps);
    assert_eq!(quiet.gaps[1], "no audit between 2027-01-01 and 2027-03-31, for 89 days");
}

#[test]
fn later_audits_do_not_change_a_period() {
    let before = [One("2026-08-01", "1.0.0", &["C-1/one/aa"], &[])];
    let after = [One("2026-08-01", "1.0.0", &["C-1/one/aa"], &[]), One("2026-10-11", "1.1.0", &[], &["C-1"])];
    let (before, after) = (report(&before, "2026Q3", &[]), report(&after, "2026Q3", &[]));
    assert_eq!(before.opened, after.opened);
    assert_eq!(before.trend, after.trend);
}

/// What was stated of incidents at each audit: the day of the audit, and the incidents as `id`, or `id!` when it is closed.
fn stated(audits: &[(&'static str, Option<&[&str]>)]) -> Option<Incidents> {
    let days: Vec<One> = audits.iter().map(|(day, _)| One(day, "1.0.0", &[], &[])).collect();
    let mut ledger = ledger(&days);
    for record in ledger.records.values_mut() {
        let at = audits.iter().find(|(day, _)| record.as_of.starts_with(day)).unwrap();
        record.audit.as_mut().unwrap().incidents = at.1.map(|all| IncidentRegister {
            state: AttestationState::Fresh,
            date: at.0.to_owned(),
            incidents: all
                .iter()
                .map(|text| IncidentNote {
                    date: Some("2026-02-01".to_owned()),
                    id: text.trim_end_matches('!').to_owned(),
                    closed: text.ends_with('!'),
                    root_cause: false,
                    evidence: 0,
                })
                .collect(),
        });
    }
    let as_of = "2026-12-31T00:00:00Z".parse().unwrap();
    period_report(ledger, Period::read("2026Q3").unwrap(), as_of, &[]).apps.remove(0).incidents
}

fn rows(known: &Incidents) -> Vec<(&str, &str)> {
    known.rows.iter().map(|row| (row.incident.id.as_str(), row.state)).collect()
}

#[test]
fn incidents_are_followed_until_they_are_closed() {
    assert!(stated(&[("2026-07-01", None)]).is_none());
    let none = stated(&[("2026-07-01", Some(&[]))]).unwrap();
    assert_eq!((none.rows.len(), none.state), (0, AttestationState::Fresh));
    // Closed before the period, open since, closed within, new.
    let known = stated(&[
        ("2026-03-01", Some(&["a!", "b", "c"])),
        ("2026-07-01", Some(&["a!", "b", "c!"])),
        ("2026-08-01", Some(&["a!", "b", "c!", "d"])),
    ]);
    assert_eq!(rows(&known.unwrap()), [("b", "open"), ("c", "closed"), ("d", "open")]);
    // What comes later changes nothing of the period.
    let known = stated(&[("2026-07-01", Some(&["a"])), ("2026-11-01", Some(&["a!"]))]);
    assert_eq!(rows(&known.unwrap()), [("a", "open")]);
}

#[test]
fn an_incident_that_disappears_is_told() {
    let known = stated(&[("2026-03-01", Some(&["a", "b!"])), ("2026-07-01", Some(&[]))]).unwrap();
    assert_eq!(rows(&known), [("a", "dropped")]);
    let known = stated(&[("2026-03-01", Some(&["a"])), ("2026-07-01", None)]).unwrap();
    assert_eq!((rows(&known), known.state), (vec![("a", "open")], AttestationState::Missing));
    // One that is open again is open.
    let known = stated(&[("2026-03-01", Some(&["a!"])), ("2026-07-01", Some(&["a"]))]).unwrap();
    assert_eq!(rows(&known), [("a", "open")]);
}

/// Each finding that a report leaves open is followed up by the next one, under the name that it had there.
#[test]
fn every_finding_of_the_last_report_is_followed_up() {
    let audits = [
        One("2026-02-01", "1.0.0", &["A/r/a1", "B/r/b1", "C/r/c1", "D/r/d1"], &[]),
        // A moved before the period's end, B moves after it, C is closed, D is not assessed any more.
        One("2026-03-01", "1.1.0", &["A/r/a2", "B/r/b1"], &["C"]),
        One("2026-05-01", "1.2.0", &["A/r/a2", "B/r/b2", "E/r/e1"], &["C"]),
        One("2026-08-01", "1.3.0", &["E/r/e1"], &["A", "B", "C", "D"]),
    ];
    let report = |period: &str| {
        let as_of = "2026-12-31T00:00:00Z".parse().unwrap();
        period_report(ledger(&audits), Period::read(period).unwrap(), as_of, &[]).apps.remove(0)
    };
    let mut followed = 0;
    for (earlier, later) in [("2026Q1", "2026Q2"), ("2026Q2", "2026Q3"), ("2026Q3", "2026Q4")] {
        let (before, after) = (report(earlier), report(later));
        let rows = before.opened.iter().chain(&before.follow_up).filter(|row| row.state != "closed");
        let mut left: Vec<&str> = rows.map(|row| row.finding.fingerprint.as_str()).collect();
        let mut taken: Vec<&str> =
            after.follow_up.iter().map(|row| row.was.as_deref().unwrap_or(&row.finding.fingerprint)).collect();
        left.sort_unstable();
        taken.sort_unstable();
        assert_eq!(left, taken, "{earlier} and {later}");
        followed += taken.len();
    }
    assert_eq!(followed, 3 + 4 + 1);
    let moved = report("2026Q2").follow_up.into_iter().find(|row| row.finding.control == "B").unwrap();
    assert_eq!((moved.was.as_deref(), moved.finding.fingerprint.as_str()), (Some("b1"), "b2"));
    let states: Vec<_> =
        report("2026Q3").follow_up.iter().map(|row| (row.finding.control.clone(), row.state)).collect();
    assert_eq!(states.iter().filter(|(_, state)| *state == "closed").count(), 3, "{states:?}");
}
