//! The period of one app.

use super::super::document::{Block, Chart, Gauge, Inline, Section, Shape, Tone};
use super::{NAME, cell, digest, frameworks, incidents, note, table, text};
use crate::ledger::period::{AppPeriod, FindingRow};
use crate::ledger::{ExceptionRecord, VerdictWord};
use crate::model::{AttestationState, GateResult, Severity, printable};

/// More rows than this are counted.
const MOST_ROWS: usize = 500;

pub(super) fn section(app: &AppPeriod, number: usize, chosen: &[String]) -> Section {
    let id = |part: &str| format!("app-{number}-{part}");
    let part = |name: &str, title: &str, blocks: Vec<Block>| Section {
        id: id(name),
        title: title.to_owned(),
        blocks,
        sections: Vec::new(),
    };
    let mut sections = vec![
        part("gaps", "Gaps", gaps(app)),
        part("releases", "Releases", releases(app)),
        part("opened", "Findings opened", findings(&app.opened, "No finding was opened.")),
        part("closed", "Findings closed", findings(&app.closed, "No finding was closed.")),
        part(
            "follow-up",
            "Follow-up of the last period",
            findings(&app.follow_up, "No finding was open when the period began."),
        ),
        part("exceptions", "Exceptions", exceptions(app)),
        part("keys", "Keys at the end of the period", keys(app)),
        part("incidents", "Incidents", incidents::blocks(app)),
        part("statements", "Statements of the organisation", statements(app)),
        part("trend", "Trend", trend(app)),
    ];
    sections.extend(frameworks::section(app, &id("frameworks"), chosen));
    Section { id: id("app"), title: printable(&app.app, NAME), blocks: Vec::new(), sections }
}

fn gaps(app: &AppPeriod) -> Vec<Block> {
    if app.gaps.is_empty() {
        return vec![text(
            "No gap: there was an audit at least every 31 days, and before each release that was named.",
        )];
    }
    app.gaps.iter().map(|gap| note(Tone::Bad, printable(gap, 300))).collect()
}

fn releases(app: &AppPeriod) -> Vec<Block> {
    if app.releases.is_empty() {
        return vec![text("No version was audited in this period.")];
    }
    let rows = app.releases.iter().take(MOST_ROWS).map(|row| {
        let gate = match row.gate {
            GateResult::Passed => Inline::Badge(Tone::Good, "passed".to_owned()),
            GateResult::Failed => Inline::Badge(Tone::Grave, "failed".to_owned()),
        };
        vec![
            cell(printable(&row.version, 40)),
            cell(&row.day),
            digest(row.digest.as_ref()),
            vec![gate],
            digest(row.signer.as_ref()),
            cell(row.approval.map_or("not asked for", state)),
            cell(row.audits.to_string()),
            digest(Some(&row.record)),
        ]
    });
    vec![table(
        "Each version that was audited, with its last audit. Digests are shortened; the records have them whole.",
        &[
            ("Version", 3),
            ("Audited", 4),
            ("Digest", 5),
            ("Gate", 3),
            ("Signer", 4),
            ("Approval", 3),
            ("#Audits", 2),
            ("Record", 5),
        ],
        rows.collect(),
    )]
}

pub(super) const fn state(state: AttestationState) -> &'static str {
    match state {
        AttestationState::Fresh => "stated",
        AttestationState::Stale => "stated, stale",
        AttestationState::OtherBundle => "stated for another bundle",
        AttestationState::Missing => "missing",
    }
}

const fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Critical => Tone::Grave,
        Severity::High => Tone::Bad,
        Severity::Medium => Tone::Open,
        Severity::Low | Severity::Info => Tone::Neutral,
    }
}

fn findings(rows: &[FindingRow], none: &str) -> Vec<Block> {
    if rows.is_empty() {
        return vec![text(none)];
    }
    let cells = rows.iter().take(MOST_ROWS).map(|row| {
        let finding = &row.finding;
        let (tone_of_state, word) = match row.state {
            "closed" => (Tone::Good, "closed"),
            "open" => (Tone::Bad, "open"),
            _ => (Tone::Open, "no longer assessed"),
        };
        let exception = finding.exception.as_deref().map(|id| format!(", excepted by {}", printable(id, 60)));
        vec![
            cell(&finding.control),
            cell(format!("{}{}", finding.rule, exception.unwrap_or_default())),
            vec![Inline::Badge(tone(finding.severity), finding.severity.word().to_owned())],
            cell(match finding.verdict {
                VerdictWord::Other => "-",
                verdict => verdict.word(),
            }),
            vec![Inline::Badge(tone_of_state, word.to_owned())],
            cell(&row.opened),
            cell(row.closed.as_deref().unwrap_or("-")),
            cell(row.days.to_string()),
            digest(Some(&row.evidence)),
        ]
    });
    let mut blocks = vec![table(
        "The evidence of a closed finding is the audit that assessed its control and has it no more.",
        &[
            ("Control", 6),
            ("Rule", 7),
            ("Severity", 5),
            ("Verdict", 4),
            ("State", 4),
            ("Opened", 5),
            ("Closed", 5),
            ("#Days", 2),
            ("Evidence", 6),
        ],
        cells.collect(),
    )];
    if rows.len() > MOST_ROWS {
        blocks.push(text(format!("… and {} more, which the JSON form has.", rows.len() - MOST_ROWS)));
    }
    blocks
}

fn exceptions(app: &AppPeriod) -> Vec<Block> {
    let groups: [(&str, &[ExceptionRecord]); 3] = [
        ("opened", &app.exceptions_opened),
        ("renewed", &app.exceptions_renewed),
        ("expired", &app.exceptions_expired),
    ];
    let rows: Vec<_> = groups
        .into_iter()
        .flat_map(|(what, all)| all.iter().map(move |one| (what, one)))
        .map(|(what, one)| {
            vec![
                cell(what),
                cell(printable(&one.id, NAME)),
                cell(&one.control),
                cell(printable(&one.expires, 20)),
                cell(one.renewals.to_string()),
            ]
        })
        .collect();
    if rows.is_empty() {
        return vec![text("No exception was opened, renewed or expired.")];
    }
    let columns = [("What", 1), ("Exception", 3), ("Control", 2), ("Last day", 2), ("#Renewals", 1)];
    vec![table("What became of exceptions in the period.", &columns, rows)]
}

fn keys(app: &AppPeriod) -> Vec<Block> {
    if app.keys.is_empty() {
        return vec![text("The last audit saw no key in the app.")];
    }
    let rows = app.keys.iter().map(|row| {
        let key = &row.key;
        let bits = key.bits.map(|bits| format!(", {bits} bits")).unwrap_or_default();
        let age = match row.age_days {
            None => "not known".to_owned(),
            Some(days) if key.bound == "at-least" => format!("at least {days}"),
            Some(days) => days.to_string(),
        };
        vec![
            digest(key.fingerprint.as_ref()),
            cell(format!("{}{bits}", key.algorithm.as_deref().map_or("-".to_owned(), |name| printable(name, 40)))),
            cell(printable(&key.purpose, 40)),
            cell(key.since.as_deref().map_or("-".to_owned(), |day| printable(day, 20))),
            cell(age),
            cell(if key.retired.is_some() {
                "retired"
            } else if key.in_use {
                "in use"
            } else {
                "present"
            }),
        ]
    });
    let columns = [("Fingerprint", 2), ("Algorithm", 2), ("Purpose", 2), ("Since", 2), ("#Days old", 1), ("State", 1)];
    let mut blocks =
        vec![table("The keys of the last audit, with their ages at the end of the period.", &columns, rows.collect())];
    let signing = app.keys.iter().filter(|row| row.key.purpose == "signing" && row.key.in_use);
    let gauges: Vec<Gauge> = signing
        .map(|row| Gauge {
            label: row.key.fingerprint.as_ref().map_or("key".to_owned(), crate::ledger::short),
            value: row.age_days.and_then(|days| u64::try_from(days).ok()),
            warn: 365,
            fail: 1095,
        })
        .collect();
    if !gauges.is_empty() {
        blocks.push(Block::Chart(Chart {
            caption: "Signing keys on their way to one year (told) and three years (too old).".to_owned(),
            unit: "days".to_owned(),
            shape: Shape::Gauges(gauges),
        }));
    }
    blocks
}

fn statements(app: &AppPeriod) -> Vec<Block> {
    if app.attestations.is_empty() {
        return vec![text("The last audit's record has no statements.")];
    }
    let rows = app.attestations.iter().map(|one| {
        vec![
            cell(printable(&one.key, 80)),
            cell(state(one.state)),
            cell(one.date.as_deref().map_or("-".to_owned(), |date| printable(date, 20))),
            digest(one.sha256.as_ref()),
        ]
    });
    vec![table(
        "The statements at the end, by their digests.",
        &[("Statement", 3), ("State", 2), ("Date", 2), ("Digest", 2)],
        rows.collect(),
    )]
}

fn trend(app: &AppPeriod) -> Vec<Block> {
    let number = |value: Option<f64>| cell(value.map_or("-".to_owned(), |value| value.to_string()));
    let rows = app.trend.iter().map(|figures| {
        let open = |severity: Severity| cell(figures.open.get(severity.word()).copied().unwrap_or(0).to_string());
        vec![
            cell(&figures.period),
            cell(figures.audits.to_string()),
            open(Severity::Critical),
            open(Severity::High),
            open(Severity::Medium),
            open(Severity::Low),
            number(figures.mean_days_to_fix),
            cell(figures.exceptions.map_or("-".to_owned(), |count| count.to_string())),
            number(figures.attested_percent),
            cell(figures.oldest_signing_key_days.map_or("-".to_owned(), |days| days.to_string())),
        ]
    });
    let periods: Vec<String> = app.trend.iter().map(|figures| figures.period.clone()).collect();
    let bars = app.trend.iter().map(|figures| {
        let of = |severity: &Severity| figures.open.get(severity.word()).map_or(0, |count| *count as u64);
        (figures.period.clone(), Severity::ALL.iter().map(of).collect())
    });
    vec![
        table(
            "Open failures at the end of each period, and the figures beside them.",
            &[
                ("Period", 5),
                ("#Audits", 4),
                ("#Critical", 5),
                ("#High", 3),
                ("#Medium", 5),
                ("#Low", 3),
                ("#Days to fix", 4),
                ("#Exceptions", 7),
                ("#Attested %", 6),
                ("#Oldest signing key", 5),
            ],
            rows.collect(),
        ),
        Block::Chart(Chart {
            caption: "Open failures by severity at the end of each period.".to_owned(),
            unit: "findings".to_owned(),
            shape: Shape::Bars {
                rows: bars.collect(),
                parts: Severity::ALL.iter().map(|severity| (tone(*severity), severity.word().to_owned())).collect(),
            },
        }),
        Block::Chart(Chart {
            caption: "Days from the first sight of a finding to its end.".to_owned(),
            unit: "days".to_owned(),
            shape: Shape::Lines {
                periods,
                lines: vec![(
                    "mean time to fix".to_owned(),
                    app.trend.iter().map(|figures| figures.mean_days_to_fix).collect(),
                )],
            },
        }),
    ]
}
