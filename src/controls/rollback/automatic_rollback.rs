//! OTA-RBK-005: whether an update that doesn't start is taken back by itself.

use crate::controls::configured::{Possible, calls, possible};
use crate::controls::support::{add_unread, at, shown};
use crate::controls::updates::updates_or_na;
use crate::controls::web::unparsed::add_unparsed;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::capacitor::Scalar;
use crate::facts::script::NamedCall;
use crate::facts::{BundleFacts, Facts};
use crate::model::{Confidence, Fact, Location, Root, Severity};

/// OTA-RBK-005.
pub static CONTROL: Control = Control {
    id: "OTA-RBK-005",
    slug: "automatic-rollback",
    title: "Automatic rollback on failure is on and safe",
    requirement: "App-ready signal (notifyAppReady/ready) is called; timeout set; failed bundle is blocked; fallback is not below the security floor.",
    rationale: "An update that does not start is repaired by no further update, unless the plugin goes back by itself. Without the signal it goes back from every update, the good ones as well.",
    remediation: "Call the plugin's signal early after boot, and set its timeout (`readyTimeout` of Capawesome is 0, off, by default).",
    limits: "The signal is looked for as a call in the bundle's scripts; whether it is reached only a device shows. A condition that asks whether the app runs natively is none. Capgo and OtaKit wait 10 seconds by default, at least 1 second; Capawesome goes back only when `readyTimeout` is set, and keeps a failed bundle from coming again only with `autoBlockRolledBackBundles`. Capawesome's `ready()` is told from other functions of that name where the script itself registers the plugin, else it is manual. Systems that have no such signal are manual. Whether what is gone back to is above the security floor is OTA-RBK-002.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(h)"),
        ("ETSI-303645", "5.3-2"),
        ("GDPR", "32(1)(c)"),
        ("MASVS", "MASVS-CODE-2"),
        ("NIST-800-53", "CP-10"),
        ("NIST-800-53", "SI-7(5)"),
        ("SOC2", "CC7.5"),
    ],
    parameters: &[Parameter {
        name: "max_ready_timeout",
        about: "The longest time to wait for the signal, in milliseconds.",
        kind: ParameterKind::Choice(&["60000", "20000", "30000", "120000"]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/rbk/automatic-rollback.md"),
    assess,
};

/// How a system is told that the app has started.
struct Signal {
    system: &'static str,
    method: &'static str,
    block: &'static str,
    timeout: &'static str,
}

/// Sources: `definitions.ts` of each plugin.
const SIGNALS: [Signal; 3] = [
    Signal { system: "capgo", method: "notifyAppReady", block: "CapacitorUpdater", timeout: "appReadyTimeout" },
    Signal { system: "capawesome", method: "ready", block: "LiveUpdate", timeout: "readyTimeout" },
    Signal { system: "otakit", method: "notifyAppReady", block: "OtaKit", timeout: "appReadyTimeout" },
];

/// The shortest time that the plugins accept, in milliseconds.
const SHORTEST: f64 = 1_000.0;

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let systems = match updates_or_na(facts) {
        Ok(systems) => systems,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    let longest = parameters.choice("max_ready_timeout").parse().unwrap_or(60_000.0);
    for signal in SIGNALS.iter().filter(|signal| systems.contains(signal.system)) {
        timeout(&mut outcome, facts, signal, longest);
        match &facts.bundle {
            Some(bundle) => called(&mut outcome, bundle, signal),
            None => {
                let message = format!(
                    "no bundle was given; look at whether the app calls `{}.{}()` after its start",
                    signal.block, signal.method
                );
                let draft = Draft::manual("no-bundle", Location::file(Root::Bundle, ""), message);
                outcome.findings.push(draft.severity(Severity::Medium).key(signal.system));
            }
        }
    }
    let others = systems.iter().filter(|system| SIGNALS.iter().all(|signal| signal.system != **system));
    let mut others: Vec<&str> = others.copied().collect();
    if systems.is_empty() {
        others.push("the release's update system");
    }
    for system in others {
        let message = format!(
            "{} has no signal that is known here; look at whether an update that does not start is taken back",
            shown(system)
        );
        let place = Location::file(if facts.app.is_some() { Root::App } else { Root::Release }, "");
        outcome.findings.push(Draft::manual("no-known-signal", place, message).severity(Severity::Medium).key(system));
    }
    outcome
}

/// The time after which a system goes back.
fn timeout(outcome: &mut Outcome, facts: &Facts, signal: &Signal, longest: f64) {
    let name = format!("{}.{}", signal.block, signal.timeout);
    let Some(app) = &facts.app else {
        let message = format!("no app was given; look at how long the app waits for the signal (`{name}`)");
        let draft = Draft::manual("no-app", Location::file(Root::App, ""), message);
        outcome.findings.push(draft.severity(Severity::Low).key(signal.system));
        return;
    };
    let optional = signal.system == "capawesome";
    for Possible { value, place } in possible(app, &["plugins", signal.block, signal.timeout]) {
        let draft = match value {
            Fact::Absent if !optional => {
                outcome.saw(
                    format!("`{name}` is not set: {} waits 10 seconds for the signal", signal.system),
                    Some(place),
                );
                continue;
            }
            Fact::Absent => {
                let message =
                    format!("`{name}` is not set, so it is 0: an update that does not start is never taken back");
                Draft::fail("rollback-off", place, message)
            }
            Fact::Known(Scalar::Number(text)) => match text.parse::<f64>() {
                Ok(0.0) if optional => {
                    let message = format!("`{name}` is 0: an update that does not start is never taken back");
                    Draft::fail("rollback-off", place, message)
                }
                Ok(time) if (SHORTEST..=longest).contains(&time) => {
                    outcome.saw(format!("`{name}` is {} ms", shown(&text)), Some(place));
                    continue;
                }
                Ok(_) => {
                    let message = format!(
                        "`{name}` is {} ms, not within {SHORTEST} and {longest}: good updates are taken back, or broken ones stay long",
                        shown(&text)
                    );
                    Draft::fail("timeout-out-of-range", place, message).severity(Severity::Medium)
                }
                Err(_) => Draft::indeterminate("timeout-unreadable", place, format!("`{name}` is no number")),
            },
            Fact::Known(_) => Draft::indeterminate("timeout-unreadable", place, format!("`{name}` is no number")),
            Fact::Unreadable(why) => Draft::indeterminate(
                "timeout-unreadable",
                place,
                format!("`{name}` could not be read: {}", shown(&why)),
            ),
            Fact::Unknown(why) => {
                let message = format!("`{name}` is not known: {}", shown(&why));
                Draft::manual("timeout-unknown", place, message).severity(Severity::Medium)
            }
        };
        outcome.findings.push(draft.key(name.clone()));
    }
    if optional {
        blocked(outcome, facts);
    }
}

/// Whether a bundle that was taken back is kept from coming again; Capgo and OtaKit mark it as failed by themselves.
fn blocked(outcome: &mut Outcome, facts: &Facts) {
    const NAME: &str = "LiveUpdate.autoBlockRolledBackBundles";
    let Some(app) = &facts.app else { return };
    for Possible { value, place } in possible(app, &["plugins", "LiveUpdate", "autoBlockRolledBackBundles"]) {
        if value == Fact::Known(Scalar::Bool(true)) {
            outcome.saw(format!("`{NAME}` is on: a failed bundle does not come again"), Some(place));
            continue;
        }
        let message = format!("`{NAME}` is not on: a bundle that was taken back may be installed again");
        outcome.findings.push(Draft::manual("failed-not-blocked", place, message).severity(Severity::Low).key(NAME));
    }
}

/// Whether the bundle gives the signal.
fn called(outcome: &mut Outcome, bundle: &BundleFacts, signal: &Signal) {
    let name = format!("{}.{}()", signal.block, signal.method);
    let all: Vec<(&str, &NamedCall)> = calls(bundle, signal.method).collect();
    let shared = signal.method == "ready";
    let is_own = |call: &NamedCall| call.object.as_deref() == Some(signal.block);
    let is_certain = |call: &NamedCall| !shared || is_own(call);
    let free = all.iter().find(|(_, call)| is_certain(call) && call.condition.is_none());
    if let Some((path, call)) = free {
        outcome.saw(format!("`{name}` is called"), Some(at(path, Some(call.position))));
        return;
    }
    let draft = if let Some((path, call)) = all.iter().find(|(_, call)| is_certain(call)) {
        let condition = call.condition.as_deref().unwrap_or_default();
        let message = format!(
            "`{name}` is called only under the condition `{}`; look at whether it always holds",
            shown(condition)
        );
        Draft::manual("conditional-call", at(path, Some(call.position)), message).severity(Severity::Medium)
    } else if let Some((path, call)) = all.iter().find(|(_, call)| may_be_plugin(call)) {
        let message = format!(
            "a function `ready` is called on `{}`; look at whether that is the update plugin",
            shown(call.object.as_deref().unwrap_or("an expression"))
        );
        Draft::manual("call-not-certain", at(path, Some(call.position)), message)
            .severity(Severity::Medium)
            .confidence(Confidence::Possible)
    } else {
        let mut unseen = Outcome::default();
        add_unread(&mut unseen, bundle.all_files());
        bundle.files.iter().for_each(|file| add_unparsed(&mut unseen, file));
        if !unseen.findings.is_empty() {
            outcome.findings.append(&mut unseen.findings);
            return;
        }
        let message = match signal.system {
            "capawesome" => format!(
                "no script of the bundle calls `{name}`: with a `readyTimeout` every update is taken back, and without one none is"
            ),
            _ => format!("no script of the bundle calls `{name}`: every update is taken back after its first start"),
        };
        Draft::fail("no-ready-call", Location::file(Root::Bundle, ""), message)
    };
    outcome.findings.push(draft.key(signal.system));
}

/// Objects of frameworks that have a function of this name.
fn may_be_plugin(call: &NamedCall) -> bool {
    let object = call.object.as_deref().unwrap_or_default().to_ascii_lowercase();
    !["platform", "document", "serviceworker", "fonts", "router"].iter().any(|other| object.contains(other))
}
