//! OTA-CRA-003: whether security updates come by themselves, under the users' control.

use crate::controls::configured::{Possible, plugin_call, possible};
use crate::controls::stated::add;
use crate::controls::support::{at, shown};
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::capacitor::Scalar;
use crate::model::{Fact, Location, Root, Severity};

/// OTA-CRA-003.
pub static CONTROL: Control = Control {
    id: "OTA-CRA-003",
    slug: "automatic-updates",
    title: "Automatic security updates on by default with user control",
    requirement: "autoUpdate enabled; user can postpone/opt out; notice exists.",
    rationale: "Most people never open a settings page: security fixes reach them only when they come by themselves, and some have reasons to wait.",
    remediation: "Let updates come by themselves, let users put them off, tell them, and state `cra.update_ux`.",
    limits: "The switches of Capgo (`autoUpdate`), Capawesome (`autoUpdateStrategy`) and Ionic (`autoUpdateMethod`) are read; of other systems it is a question. An update that the app's own code starts counts as one. Whether users can put updates off is stated; a call of `setMultiDelay` or `setDelay` is told and not enough. Forced security updates can be right: state the reason.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(b)"),
        ("CRA", "AnnexI.I.2(c)"),
        ("ETSI-303645", "5.3-12"),
        ("ETSI-303645", "5.3-3"),
        ("ETSI-303645", "5.3-5"),
        ("ETSI-303645", "5.3-6"),
        ("MASVS", "MASVS-CODE-2"),
        ("MASWE", "MASWE-0075"),
        ("NIST-800-53", "SI-2"),
        ("NIST-800-53", "SI-2(5)"),
    ],
    parameters: &[],
    attestations: &["cra.update_ux"],
    cases: include_str!("../../../tests/controls/cra/automatic-updates.md"),
    assess,
};

/// System, block, key, whether updates come by themselves when it is not set, and the texts that switch them off.
const SWITCHES: [(&str, &str, &str, bool, &[&str]); 3] = [
    ("capgo", "CapacitorUpdater", "autoUpdate", true, &["off", "false"]),
    ("capawesome", "LiveUpdate", "autoUpdateStrategy", false, &["none"]),
    ("ionic", "LiveUpdates", "autoUpdateMethod", true, &["none"]),
];
/// Calls with which an app's own code updates it.
const BY_HAND: [&str; 5] = ["download", "downloadBundle", "sync", "fetchLatestBundle", "setNextBundle"];

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let systems = match updates_or_na(facts) {
        Ok(systems) => systems,
        Err(outcome) => return outcome,
    };
    let Some(app) = &facts.app else { return Outcome::not_applicable("no app was given") };
    let mut outcome = Outcome::default();
    for (system, block, key, usual, off) in SWITCHES {
        if systems.contains(system) {
            for value in possible(app, &["plugins", block, key]) {
                switch(&mut outcome, facts, &format!("{block}.{key}"), value, usual, off);
            }
        }
    }
    if !systems.iter().any(|system| SWITCHES.iter().any(|row| row.0 == *system)) {
        let message = "whether updates come by themselves is not known here for this update system";
        outcome
            .findings
            .push(Draft::manual("switch-unknown", Location::file(Root::App, ""), message).severity(Severity::Low));
    }
    if let Some((path, position)) =
        facts.bundle.as_ref().and_then(|bundle| plugin_call(bundle, &["setMultiDelay", "setDelay"]))
    {
        outcome.saw("the bundle can put an update off", Some(at(path, Some(position))));
    }
    add(&mut outcome, facts, "cra.update_ux", |judge, entry| {
        judge.needs(entry, &["notice", "user_control"]);
        if entry.truth("notice") == Some(false) {
            judge.ask("no-notice", "it is stated that users are not told of updates");
        }
        if entry.truth("user_control") == Some(false) && !entry.has("reason") {
            judge.ask("no-control", "it is stated that users can't put updates off, and no reason is");
        }
    });
    outcome
}

fn switch(outcome: &mut Outcome, facts: &Facts, name: &str, value: Possible, usual: bool, off: &[&str]) {
    let on = match &value.value {
        Fact::Known(Scalar::Bool(on)) => *on,
        Fact::Known(Scalar::Text(text)) => !off.contains(&text.trim()),
        Fact::Known(_) | Fact::Absent => usual,
        Fact::Unknown(why) | Fact::Unreadable(why) => {
            let message = format!("whether updates come by themselves is not known, `{name}`: {}", shown(why));
            outcome.findings.push(Draft::manual("switch-unknown", value.place, message).severity(Severity::Low));
            return;
        }
    };
    if on {
        outcome.saw(format!("updates come by themselves (`{name}`)"), Some(value.place));
        return;
    }
    match facts.bundle.as_ref().map(|bundle| plugin_call(bundle, &BY_HAND)) {
        Some(Some((path, position))) => {
            outcome
                .saw(format!("`{name}` is off, and the bundle starts updates itself"), Some(at(path, Some(position))));
        }
        Some(None) => {
            let message = format!("`{name}` is off, and no call that starts an update is seen in the bundle");
            outcome.findings.push(Draft::fail("no-updates", value.place, message));
        }
        None => {
            let message = format!("`{name}` is off, and no bundle was given that could start updates itself");
            outcome.findings.push(Draft::manual("updates-not-seen", value.place, message));
        }
    }
}
