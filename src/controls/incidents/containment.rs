//! OTA-IR-002: whether updates can be suspended and withdrawn.

use crate::controls::configured::plugin_call;
use crate::controls::stated::add;
use crate::controls::support::at;
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-IR-002.
pub static CONTROL: Control = Control {
    id: "OTA-IR-002",
    slug: "containment",
    title: "Containment: updates can be suspended and bundle withdrawn",
    requirement: "Documented and tested step to pause channel, block bundle id, force clients to known-good or embedded bundle.",
    rationale: "What can't be stopped within the hour reaches all devices within the day.",
    remediation: "Practise pausing a channel and withdrawing a bundle, and state `incident.containment`.",
    limits: "The statement is believed: what it names is not looked at, beyond the documents that lie in the app's folder. A call of `reset` of an update plugin is told, for it is a way back to the built-in bundle, and decides nothing. A drill on a test system does not prove the rights on the real one. A drill counts for 365 days.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7123(c)(17)"),
        ("CRA", "AnnexI.I.2(h)"),
        ("GDPR", "32(1)(c)"),
        ("NIST-800-53", "CP-10"),
        ("NIST-800-53", "IR-4"),
        ("NIST-800-53", "SI-7(5)"),
        ("SOC2", "CC7.4"),
        ("TUF", "key-compromise"),
    ],
    parameters: &[Parameter {
        name: "max_minutes",
        about: "How many minutes it may take to pause a channel.",
        kind: ParameterKind::Choice(&["60", "15", "30", "120", "240"]),
    }],
    attestations: &["incident.containment"],
    cases: include_str!("../../../tests/controls/ir/containment.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let mut outcome = Outcome::default();
    if let Some((path, position)) = facts.bundle.as_ref().and_then(|bundle| plugin_call(bundle, &["reset"])) {
        outcome.saw("the bundle can go back to the built-in bundle (`reset`)", Some(at(path, Some(position))));
    }
    let most: u64 = parameters.choice("max_minutes").parse().unwrap_or(60);
    add(&mut outcome, facts, "incident.containment", |judge, entry| {
        if entry.truth("passed") == Some(false) {
            judge.fail("drill-failed", "it is stated that the last practice of pausing and withdrawing failed");
        }
        judge.needs(entry, &["drill_date", "time_to_pause_minutes", "passed"]);
        judge.within(entry, "drill_date", 365);
        if let Some(minutes) = entry.number("time_to_pause_minutes").filter(|minutes| *minutes > most) {
            judge.ask("too-slow", format!("pausing took {minutes} minutes in the last practice, more than {most}"));
        }
    });
    outcome
}
