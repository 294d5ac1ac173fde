//! A record out of a report and the facts it rests on.

use jiff::civil::Date;
use serde::Serialize;

use super::canonical::canonical;
use super::incidents::register;
use super::record::{
    AttestationRecord, Audit, Digests, ExceptionRecord, FindingNote, GateNote, KeyNote, RECORD_SCHEMA, Record,
};
use crate::controls::channel;
use crate::facts::Facts;
use crate::facts::age::AgedKey;
use crate::model::{AttestationNote, Digest, Report, StatedEvidence, printable};

/// Shown of names and versions of the subject.
const NAME: usize = 120;
/// The most keys of one record; more are no inventory.
const MOST_KEYS: usize = 1000;

/// What a record needs beside report and facts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside {
    /// SHA-256 of the report as JSON.
    pub report: Option<Digest>,
    /// SHA-256 of the release's metadata file.
    pub release: Option<Digest>,
    /// SHA-256 of the configuration that ships.
    pub config: Option<Digest>,
}

/// The record of an audit, not yet in a chain: without predecessors, number 1.
#[must_use]
pub fn record_of(report: &Report, facts: &Facts, beside: Beside) -> Record {
    let subject = &report.subject;
    let bundle = subject.bundle.as_ref();
    let verified = facts.verification.as_ref();
    let today = jiff::Timestamp::from_second(facts.as_of).ok().map(|now| now.to_zoned(jiff::tz::TimeZone::UTC).date());
    let keys = facts.app.iter().flat_map(|app| &app.ages.keys);
    let mut keys: Vec<KeyNote> = keys.filter(|key| !key.sample()).take(MOST_KEYS).map(|key| note(key, today)).collect();
    keys.sort();
    keys.dedup();
    let mut exceptions: Vec<ExceptionRecord> = report
        .exceptions
        .iter()
        .map(|note| ExceptionRecord {
            id: note.id.clone(),
            control: note.control.clone(),
            state: note.state,
            expires: note.expires.clone(),
            renewals: note.renewals,
            findings: note.findings,
        })
        .collect();
    exceptions.sort_by(|one, other| (&one.id, &one.control).cmp(&(&other.id, &other.control)));
    Record {
        schema: RECORD_SCHEMA.to_owned(),
        app: app_of(facts),
        channel: channel_of(facts),
        version: version_of(facts),
        number: 1,
        previous: Vec::new(),
        as_of: report.as_of.clone(),
        tool: report.tool.clone(),
        audit: Some(Audit {
            report: beside.report,
            subject: Digests {
                archive: bundle.and_then(|bundle| bundle.digest.sha256),
                content: bundle.map(|bundle| bundle.content_digest),
                release: beside
                    .release
                    .or_else(|| verified.and_then(|verified| verified.subject.as_ref()).map(|subject| subject.sha256)),
                config: beside.config,
            },
            policy: report.settings.policy.clone(),
            deviations: report.settings.deviations.clone(),
            gate: GateNote {
                result: report.gate.result,
                fail_on: report.gate.fail_on,
                strict: report.gate.strict,
                indeterminate_fails: report.gate.indeterminate_fails,
                blocking: report.gate.blocking.len(),
            },
            counts: report.counts.clone(),
            verdicts: report.assessments.iter().map(|one| (one.control.clone(), one.verdict)).collect(),
            findings: findings(report),
            keys,
            exceptions,
            attestations: report.attestations.iter().map(stated).collect(),
            incidents: register(facts),
            signer: verified
                .filter(|verified| verified.result.is_authentic())
                .and_then(|verified| verified.key.as_ref())
                .map(|key| key.spki_sha256),
        }),
        signature: None,
    }
}

/// The app's id as a record has it.
#[must_use]
pub fn app_of(facts: &Facts) -> Option<String> {
    facts.app.as_ref()?.app_id.known().map(|id| printable(id, NAME))
}

/// The app's channel as a record has it.
#[must_use]
pub fn channel_of(facts: &Facts) -> Option<String> {
    channel(facts).map(|name| printable(name.trim(), NAME))
}

/// The version that the release states; none when its files contradict one another.
fn version_of(facts: &Facts) -> Option<String> {
    let stated = match facts.versions.first() {
        Some(first) if facts.versions.iter().all(|other| other.version == first.version) => Some(&first.version),
        Some(_) => None,
        None => facts.release.as_ref().and_then(|release| release.version.known()),
    };
    stated.map(|version| printable(version.trim(), NAME))
}

fn findings(report: &Report) -> Vec<FindingNote> {
    let assessments = report.assessments.iter();
    assessments
        .flat_map(|assessment| assessment.findings.iter().map(move |finding| (assessment, finding)))
        .map(|(assessment, finding)| FindingNote {
            fingerprint: finding.fingerprint.clone(),
            control: assessment.control.clone(),
            rule: finding.rule.clone(),
            severity: finding.severity,
            verdict: finding.verdict.into(),
            exception: finding.exception.clone(),
        })
        .collect()
}

fn note(key: &AgedKey, today: Option<Date>) -> KeyNote {
    let since = key.age.since.known().copied();
    KeyNote {
        fingerprint: key.spki_sha256,
        id: key.registered.first().map(|id| printable(id, NAME)),
        algorithm: key.algorithm.as_deref().map(|name| printable(name, NAME)),
        bits: key.bits,
        purpose: word(&key.purpose),
        in_use: key.embedded(),
        since: since.map(|date| date.to_string()),
        bound: word(&key.age.bound),
        source: word(&key.age.source),
        age_days: since.zip(today).and_then(|(since, today)| days(since, today)),
        retired: key.retired.map(|date| date.to_string()),
    }
}

/// Whole days from one day to another.
#[must_use]
pub fn days(from: Date, to: Date) -> Option<i64> {
    from.until((jiff::Unit::Day, to)).ok().map(|span| i64::from(span.get_days()))
}

/// The word with which a plain enumeration is serialised.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[derive(Serialize)]
struct Statement<'a> {
    key: &'a str,
    date: Option<&'a str>,
    value: Option<&'a str>,
    valid_until: Option<&'a str>,
    evidence: &'a [StatedEvidence],
}

fn stated(note: &AttestationNote) -> AttestationRecord {
    let statement = Statement {
        key: &note.key,
        date: note.date.as_deref(),
        value: note.value.as_deref(),
        valid_until: note.valid_until.as_deref(),
        evidence: &note.evidence,
    };
    let there = note.date.is_some() || note.value.is_some();
    AttestationRecord {
        key: note.key.clone(),
        state: note.state,
        date: note.date.clone(),
        sha256: there.then(|| canonical(&statement).ok().map(|bytes| Digest::of(&bytes))).flatten(),
    }
}
