//! What a ledger's earlier audits say against a release: a version that goes back, and a content that was there before.

use std::cmp::Ordering;

use semver::Version;

use super::version;
use crate::controls::support::shown;
use crate::controls::{Draft, Outcome};
use crate::facts::{Facts, PastAudit};
use crate::model::{Location, Root, Severity};

/// The highest version that passed the gate before, and its audit.
pub(super) fn highest(facts: &Facts) -> Option<(Version, &PastAudit)> {
    let audits = facts.past.iter().flat_map(|past| &past.audits).filter(|audit| audit.passed);
    let versions = audits.filter_map(|audit| Some((Version::parse(audit.version.as_deref()?.trim()).ok()?, audit)));
    // Of equal versions the first audit is named.
    versions.reduce(|best, next| if next.0.cmp_precedence(&best.0) == Ordering::Greater { next } else { best })
}

/// Compares the release's version with the highest of the ledger.
pub(super) fn compare(
    outcome: &mut Outcome,
    facts: &Facts,
    (own, place): (&Version, &Location),
    before: &Version,
    audit: &PastAudit,
) {
    let own_shown = shown(&own.to_string());
    let order = own.cmp_precedence(before);
    let (before, record) = (shown(&before.to_string()), named(audit));
    match order {
        Ordering::Greater => {
            outcome
                .saw(format!("it is greater than {before}, the highest in the ledger ({record})"), Some(place.clone()));
        }
        Ordering::Equal if is_other_content(facts, own) => {
            // A record is of an audit: whether that content reached devices, or this is the same build made again, is not seen.
            let message = format!(
                "the version {own_shown} passed the gate before with another content ({record}): if that one was published, devices that have it do not take this one"
            );
            let draft = Draft::manual("same-version-other-content", place.clone(), message).key(own_shown);
            outcome.findings.push(draft.severity(Severity::Medium));
        }
        Ordering::Equal => {
            outcome.saw(format!("{before} is the highest in the ledger too ({record})"), Some(place.clone()));
        }
        Ordering::Less => {
            let message = format!(
                "the version {own_shown} is lower than {before}, which passed the gate before ({record}): a downgrade"
            );
            outcome.findings.push(Draft::fail("lower-than-ledger", place.clone(), message).key(own_shown));
        }
    }
}

/// Whether audits that passed under this version are known by their contents, and none is of this one.
fn is_other_content(facts: &Facts, own: &Version) -> bool {
    let (Some(bundle), Some(past)) = (&facts.bundle, &facts.past) else { return false };
    let is_own = |audit: &&PastAudit| {
        let version = audit.version.as_deref().and_then(|text| Version::parse(text.trim()).ok());
        audit.passed && version.is_some_and(|version| version.cmp_precedence(own).is_eq())
    };
    let mut contents = past.audits.iter().filter(is_own).filter_map(|audit| audit.content).peekable();
    contents.peek().is_some() && contents.all(|content| content != bundle.content_digest)
}

/// Whether this very content was audited under another version, or has been followed by others.
pub(super) fn replayed(outcome: &mut Outcome, facts: &Facts) {
    let (Some(bundle), Some(past)) = (&facts.bundle, &facts.past) else { return };
    let same = |audit: &&PastAudit| {
        audit.content == Some(bundle.content_digest)
            || bundle.archive_sha256.is_some() && audit.archive == bundle.archive_sha256
    };
    let place = Location::file(Root::Bundle, "");
    let Some(first) = past.audits.iter().find(same) else {
        if !past.audits.is_empty() {
            outcome.saw("this content was not audited before, by the ledger".to_owned(), Some(place));
        }
        return;
    };
    let own = version(facts).ok().map(|(version, _)| version.to_string());
    let other = past.audits.iter().filter(same).find(|audit| match (&own, &audit.version) {
        (Some(own), Some(theirs)) => own != theirs.trim(),
        _ => false,
    });
    if let (Some(own), Some(other)) = (&own, other) {
        let message = format!(
            "this content is that of version {} ({}) and first appeared in {}; as version {} it is a replay",
            shown(other.version.as_deref().unwrap_or_default()),
            named(other),
            named(first),
            shown(own)
        );
        outcome.findings.push(Draft::fail("replayed", place, message));
        return;
    }
    let passed_since = past.audits.iter().rev().take_while(|audit| !same(audit)).any(|audit| audit.passed);
    if own.is_none() && passed_since {
        let message = format!(
            "this content was audited before ({}), and another one passed the gate since; look at whether going back is meant",
            named(first)
        );
        outcome.findings.push(Draft::manual("content-of-before", place, message).severity(Severity::Medium));
        return;
    }
    outcome
        .saw(format!("this content was audited before under the same version or none ({})", named(first)), Some(place));
}

/// How an earlier audit is named: its record and its day.
fn named(audit: &PastAudit) -> String {
    let record: String = audit.record.hex().chars().take(12).collect();
    let day: String = audit.as_of.chars().take(10).collect();
    format!("record {record} of {}", shown(&day))
}
