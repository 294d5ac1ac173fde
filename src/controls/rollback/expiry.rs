//! OTA-RBK-003: whether signed metadata end.

use crate::controls::support::shown;
use crate::controls::updates::{passed, refused_because, release_place, signature_held, updates_or_na, verified};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::updaters::Verdict;
use crate::facts::updaters::terms::Moment;
use crate::facts::{Facts, PastAudit};
use crate::model::{Location, Root, Severity};

/// OTA-RBK-003.
pub static CONTROL: Control = Control {
    id: "OTA-RBK-003",
    slug: "expiry",
    title: "Metadata expires (freeze protection)",
    requirement: "Signed metadata carries an expiry; age of the current release metadata is within policy.",
    rationale: "Whoever stands between server and device can repeat yesterday's answer, which is validly signed, for ever. An end date bounds how long.",
    remediation: "Add expiry to manifest.",
    limits: "Of the known update systems only OtaKit signs an end date. The others have none, so a release of theirs is manual with low severity: a remaining risk, and no fault of the release. An end that the metadata state and no signature covers fails when it is past, and is a question when it is to come: who repeats the answer writes another one. How old a release is follows from its own dates, else from its first audit in the ledger; the policy says how old it may be. The validity of Expo's certificate is no expiry of the metadata.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(c)"),
        ("ETSI-303645", "5.3-5"),
        ("ETSI-303645", "5.3-8"),
        ("NIST-800-53", "SC-23"),
        ("NIST-800-53", "SI-2"),
        ("TUF", "freeze"),
        ("TUF", "slow-retrieval"),
        ("UPTANE", "drop-request"),
        ("UPTANE", "freeze"),
        ("UPTANE", "slow-retrieval"),
    ],
    parameters: &[Parameter {
        name: "max_age_days",
        about: "how old a release may be, in days, by its own dates or by its first audit in the ledger; `any` asks nothing",
        kind: ParameterKind::Choice(&["any", "7", "14", "30", "60", "90", "180", "365"]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/rbk/expiry.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let mut outcome = Outcome::default();
    let place = release_place(facts);
    let stated = stated(&mut outcome, facts);
    age(&mut outcome, facts, parameters);
    let Some(verification) = verified(facts) else {
        let reason = "no release with signed metadata was given";
        return if outcome.findings.is_empty() { Outcome::not_applicable(reason) } else { outcome };
    };
    if let Some(step) = passed(verification, &["expiry"]).next() {
        outcome.saw(format!("the signed metadata have an end in the future: {}", shown(&step.detail)), Some(place));
        return outcome;
    }
    if !signature_held(verification) {
        return match verification.result {
            Verdict::Reject(_) if verification.key.is_some() => {
                let message = format!("whether the metadata end was not reached: {}", refused_because(verification));
                outcome.findings.push(Draft::indeterminate("not-reached", place, message));
                outcome
            }
            _ if !outcome.findings.is_empty() => outcome,
            _ => Outcome::not_applicable("nothing of the release is signed"),
        };
    }
    if stated {
        return outcome;
    }
    outcome.findings.push(match verification.result {
        Verdict::Reject("signature_expired") => {
            Draft::fail("expired", place, format!("the signed metadata are out of date: {}", refused_because(verification)))
        }
        Verdict::Reject("signature_not_yet_valid") => {
            let message = format!("the signed metadata begin in the future: {}", refused_because(verification));
            Draft::manual("not-yet-valid", place, message)
        }
        _ => {
            let message = format!(
                "{} signs no end date: an old answer of the server stays valid for ever, a remaining risk of this system",
                shown(verification.system)
            );
            Draft::manual("no-expiry", place, message).severity(Severity::Low)
        }
    });
    outcome
}

/// Judges an end that the metadata state beside what is signed; whether it decides.
fn stated(outcome: &mut Outcome, facts: &Facts) -> bool {
    // OtaKit's end is signed, and judged with the signature.
    if verified(facts).is_some_and(|one| one.system == "otakit") {
        return false;
    }
    let before = outcome.findings.len();
    for terms in facts.published_terms() {
        let Some(end) = &terms.expires else { continue };
        let place = at(&terms.source, end);
        let said = format!("`{}` of the release is `{}`", shown(&end.term.key), shown(&end.term.text));
        outcome.findings.push(match end.seconds {
            Some(seconds) if seconds <= facts.as_of => Draft::fail("expired", place, format!("{said}, which is past")),
            Some(_) => {
                let message =
                    format!("{said}, which no signature covers: whoever repeats the answer can write a later one");
                Draft::manual("expiry-not-signed", place, message).severity(Severity::Low)
            }
            None => Draft::manual("expiry-unreadable", place, format!("{said}, which is no date that is known here")),
        });
    }
    outcome.findings.len() > before
}

/// How old the release is, and whether the policy allows it.
fn age(outcome: &mut Outcome, facts: &Facts, parameters: &Parameters) {
    let most: Option<i64> = parameters.choice("max_age_days").parse().ok();
    let dated = facts.published_terms().find_map(|terms| {
        let issued = terms.issued.as_ref()?;
        let said = format!("`{}` of the release", shown(&issued.term.key));
        Some((issued.seconds?, said, at(&terms.source, issued)))
    });
    let Some((since, said, place)) = dated.or_else(|| first_audit(facts)) else {
        if most.is_some() {
            let message = "how old the release is, is not known: its metadata have no date, and no ledger has it";
            outcome.findings.push(Draft::manual("age-unknown", release_place(facts), message).severity(Severity::Low));
        }
        return;
    };
    let days = (facts.as_of - since) / (24 * 60 * 60);
    let message = format!("by {said} it is {days} days old");
    match most {
        Some(most) if days > most => {
            let message =
                format!("{message}, more than the {most} that the policy allows: a newer one may be held back");
            outcome.findings.push(Draft::manual("old-release", place, message));
        }
        _ => outcome.saw(message, Some(place)),
    }
}

/// When the ledger has this content first.
fn first_audit(facts: &Facts) -> Option<(i64, String, Location)> {
    let (bundle, past) = (facts.bundle.as_ref()?, facts.past.as_ref()?);
    let is_own = |audit: &&PastAudit| {
        audit.content == Some(bundle.content_digest)
            || bundle.archive_sha256.is_some() && audit.archive == bundle.archive_sha256
    };
    let first = past.audits.iter().find(is_own)?;
    let since: jiff::Timestamp = first.as_of.parse().ok()?;
    let said = format!("its first audit in the ledger ({})", shown(&first.as_of));
    Some((since.as_second(), said, Location::file(Root::Bundle, "")))
}

fn at(source: &str, moment: &Moment) -> Location {
    Location::at(Root::Release, source, moment.term.position)
}
