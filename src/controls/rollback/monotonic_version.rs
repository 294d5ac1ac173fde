//! OTA-RBK-001: whether the version goes up.

use super::{constraints, loose, of_policy, past, version};
use crate::controls::changed;
use crate::controls::support::shown;
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-RBK-001.
pub static CONTROL: Control = Control {
    id: "OTA-RBK-001",
    slug: "monotonic-version",
    title: "Version is monotonic",
    requirement: "Bundle version is a valid SemVer and greater than the previous released version on the same channel.",
    rationale: "Devices install what the server calls another version. A release that goes back brings back what was mended since.",
    remediation: "Bump version.",
    limits: "The version is that of the release's metadata. With an earlier bundle, versions in well-known files of both (`package.json`, `version.json`, web manifests) and the release that Sentry's builds write into scripts are compared. What was released before is named by the policy's `released`, by `previous` of a `release.yaml`, and by the ledger when `--ledger` was given: its audits of this app and channel that passed the gate, whether they were released or not. With neither it is manual. A content that the ledger has under another version fails as a replay. An equal version is manual, unless the ledger knows the content that passed under it: another one fails. A version below that of the native project fails for Capgo, whose server orders the two, and is a question for systems that count apart. A deliberate step back needs the statement `release.rollback_reason`, or an exception.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(a)"),
        ("CRA", "AnnexI.I.2(c)"),
        ("ETSI-303645", "5.3-1"),
        ("ETSI-303645", "5.3-2"),
        ("MASVS", "MASVS-CODE-2"),
        ("MASWE", "MASWE-0075"),
        ("NIST-800-53", "CM-3"),
        ("NIST-800-53", "SI-2"),
        ("NIST-800-53", "SI-7"),
        ("TUF", "rollback"),
        ("UPTANE", "rollback"),
    ],
    parameters: &[Parameter {
        name: "released",
        about: "versions that were released before, `1.3.0` or `production=1.3.0` for one channel; `none` for a first release",
        kind: ParameterKind::List(&[]),
    }],
    attestations: &["release.rollback_reason"],
    cases: include_str!("../../../tests/controls/rbk/monotonic-version.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let mut outcome = Outcome::default();
    of_bundles(&mut outcome, facts);
    let has_release = facts.release.is_some() || facts.verification.is_some();
    if !has_release && facts.past.as_ref().is_none_or(|past| past.audits.is_empty()) {
        // What the bundles state is judged even where nothing is published beside them.
        let nothing = outcome.findings.is_empty() && outcome.evidence.is_empty();
        return if nothing { Outcome::not_applicable("no release was given") } else { outcome };
    }
    if let Err(inapplicable) = updates_or_na(facts) {
        return if outcome.findings.is_empty() { inapplicable } else { outcome };
    }
    past::replayed(&mut outcome, facts);
    if !has_release {
        return outcome;
    }
    let released = parameters.list("released");
    if released.iter().any(|entry| entry == "none") {
        if outcome.findings.is_empty() {
            return Outcome::not_applicable("the policy says that this is the first release");
        }
        return outcome;
    }
    let (version, location) = match version(facts) {
        Ok(found) => found,
        Err(draft) => {
            outcome.findings.push(*draft);
            return outcome;
        }
    };
    let version_shown = shown(&version.to_string());
    outcome.saw(format!("the version {version_shown} is a valid SemVer"), Some(location.clone()));
    constraints::under_native(&mut outcome, facts, &version, &location);
    let highest = past::highest(facts);
    if let Some((before, audit)) = &highest {
        past::compare(&mut outcome, facts, (&version, &location), before, audit);
    }
    let mut before = of_policy(&mut outcome, facts, released, "released");
    before.extend(facts.published_terms().filter_map(|terms| loose(&terms.previous.as_ref()?.text)));
    // Build metadata don't order (SemVer 2.0.0, section 10).
    let Some(last) = before.iter().max_by(|one, other| one.cmp_precedence(other)) else {
        if outcome.findings.is_empty() && highest.is_none() {
            let message = "which version was released before is not known: name it in the policy's `released`";
            outcome.findings.push(Draft::manual("no-previous", location, message).severity(Severity::Medium));
        }
        return outcome;
    };
    match version.cmp_precedence(last) {
        std::cmp::Ordering::Greater => {
            outcome.saw(format!("it is greater than {last}, the last one released"), Some(location));
        }
        std::cmp::Ordering::Equal => {
            let message =
                format!("the version {version_shown} was released before; look at whether its content is the same");
            outcome.findings.push(Draft::manual("same-version", location, message).severity(Severity::Medium));
        }
        std::cmp::Ordering::Less => {
            let message = format!("the version {version_shown} is lower than {last}, which was released before");
            outcome.findings.push(Draft::fail("lower-version", location, message).key(version_shown));
        }
    }
    outcome
}

/// The versions that the bundles themselves state, and whether this one was released before.
fn of_bundles(outcome: &mut Outcome, facts: &Facts) {
    for (comparison, since) in changed::comparisons(facts) {
        if comparison.before == comparison.after {
            outcome.saw(format!("the bundle is {since}, byte for byte"), None);
        }
        for change in &comparison.versions {
            let message = format!("the bundle states the version {}, and {since} {}", change.after, change.before);
            if change.goes_down {
                let message = format!("{message}: the update goes back");
                let draft = Draft::fail("bundle-goes-back", change.location.clone(), message);
                outcome.findings.push(draft.key(change.after.clone()));
            } else {
                outcome.saw(message, Some(change.location.clone()));
            }
        }
    }
}
