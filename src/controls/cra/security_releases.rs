//! OTA-CRA-004: whether security fixes come alone and without delay.

use crate::controls::stated::{ask, judged};
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::comparison::SetKind;
use crate::model::Severity;

/// OTA-CRA-004.
pub static CONTROL: Control = Control {
    id: "OTA-CRA-004",
    slug: "security-releases",
    title: "Security fixes ship apart from features and without delay",
    requirement: "Release of type security has small diff, own advisory, and time from fix commit to release is in policy.",
    rationale: "People put features off; a security fix that comes with one waits with it. And a fix that lies on a branch tells attackers where to look.",
    remediation: "Ship the fix apart from features and soon, with an advisory, and state `release.type` for this bundle.",
    limits: "The kind of release is stated for this bundle, by its digest; so are the advisory and the day of the fix, which may be that of the merge. A sign of a feature is what this bundle has and the one before had not: plugins, their calls, pages, hosts of code. Without the bundle before (`--previous`) that is not examined.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.II.2"),
        ("CRA", "AnnexI.II.4"),
        ("CRA", "AnnexI.II.8"),
        ("ETSI-303645", "5.3-11"),
        ("ETSI-303645", "5.3-8"),
        ("NIS2", "21(2)(e)"),
        ("NIST-800-53", "SI-2"),
        ("NIST-SSDF", "RV.1"),
    ],
    parameters: &[Parameter {
        name: "max_lag_days",
        about: "How many days may lie between the fix and the release.",
        kind: ParameterKind::Choice(&["14", "3", "7", "30", "90"]),
    }],
    attestations: &["release.type"],
    cases: include_str!("../../../tests/controls/cra/security-releases.md"),
    assess,
};

/// What a fix seldom adds.
const FEATURES: [SetKind; 4] = [SetKind::Plugins, SetKind::PluginCalls, SetKind::Pages, SetKind::CodeHosts];

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let answer = facts.attestations.answer("release.type");
    let entry = answer.fresh().and_then(|statement| statement.value.first());
    if entry.and_then(|entry| entry.text("type")).is_some_and(|kind| kind != "security") {
        let mut outcome = Outcome::default();
        ask(&mut outcome, facts, "release.type");
        outcome.attested = false;
        outcome.not_applicable = Some("it is stated that this is no security release".to_owned());
        return outcome;
    }
    if facts.bundle.is_none() {
        return Outcome::not_applicable("no bundle was given");
    }
    let most: i64 = parameters.choice("max_lag_days").parse().unwrap_or(14);
    let mut outcome = judged(facts, "release.type", |judge, entry| {
        judge.needs(entry, &["type", "advisory", "fix_date"]);
        if let Some(lag) = judge.age(entry, "fix_date").filter(|lag| *lag > most) {
            judge.fail("too-late", format!("the fix was made {lag} days before this audit, more than {most}"));
        }
    });
    let Some(previous) = facts.previous.as_ref().filter(|_| answer.fresh().is_some()) else { return outcome };
    for change in previous.sets.iter().filter(|change| FEATURES.contains(&change.kind)) {
        if let Some(item) = change.added.first() {
            let message = format!(
                "this release is stated to be a security release, and it has what the bundle before had not: `{}` ({} in all)",
                shown(&item.name),
                change.added.len()
            );
            let draft = Draft::manual("feature", item.location.clone(), message).severity(Severity::Low);
            outcome.findings.push(draft.key(shown(&item.name)));
        }
    }
    outcome
}
