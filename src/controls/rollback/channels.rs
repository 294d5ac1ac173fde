//! OTA-RBK-006: whether the store build stays on its production channel.

use super::mixups;
use crate::controls::configured::{calls, possible};
use crate::controls::peculiar::{self, Home};
use crate::controls::support::{at, shown};
use crate::controls::updates::{systems_of_app, without_updates};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::capacitor::Scalar;
use crate::facts::{AppFacts, Facts};
use crate::model::{Fact, Location, Root, Severity};

/// OTA-RBK-006.
pub static CONTROL: Control = Control {
    id: "OTA-RBK-006",
    slug: "channels",
    title: "Channels are separated",
    requirement: "Production build has a fixed production default channel; users cannot switch to test channels; emulator/dev devices excluded.",
    rationale: "What is tried out on a test channel has passed no gate. A store build that listens to it, or a user who can switch to it, gets what was never released.",
    remediation: "Set the default channel of the store build to production, and switch self-assignment off, in the app and on the server.",
    limits: "The names of channels are the organisation's: the parameters map them. Which channels a device may assign to itself, and whether emulators and development builds get updates, are settings of the server, which no file of the app shows. With a release, its channel and address are held against the app's channel; with an earlier bundle, new hosts with a word for tests in their names and new keys for tests (Stripe's, Razorpay's, Square's, Flutterwave's, Google's for AdMob) are told, and without one the hosts that are contacted. A key that a configuration for tests shares with the one that ships is a question. A channel that the native side sets over the configuration (Capawesome: Info.plist, strings.xml) is not read.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(b)"),
        ("NIST-800-53", "AC-3"),
        ("NIST-800-53", "CM-5"),
        ("SOC2", "CC8.1"),
        ("TUF", "wrong-software"),
    ],
    parameters: &[
        Parameter {
            name: "production_channels",
            about: "The names of channels for production.",
            kind: ParameterKind::List(&["production", "prod", "stable", "live", "release", "main", "default"]),
        },
        Parameter {
            name: "test_channels",
            about: "Words in the names of channels for tests.",
            kind: ParameterKind::List(&[
                "dev",
                "develop",
                "development",
                "test",
                "testing",
                "staging",
                "stage",
                "beta",
                "alpha",
                "preview",
                "qa",
                "uat",
                "internal",
                "canary",
                "nightly",
                "debug",
            ]),
        },
    ],
    attestations: &["channel.settings"],
    cases: include_str!("../../../tests/controls/rbk/channels.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let Some(app) = &facts.app else { return Outcome::not_applicable("no app was given") };
    let systems = systems_of_app(facts);
    if systems.is_empty() {
        return without_updates(facts, app);
    }
    let mut outcome = Outcome::default();
    peculiar::add(&mut outcome, app, Home::Channels);
    let mut others = systems.clone();
    for (system, block, key) in [
        ("capgo", "CapacitorUpdater", "defaultChannel"),
        ("capawesome", "LiveUpdate", "defaultChannel"),
        ("ionic", "LiveUpdates", "channel"),
        ("otakit", "OtaKit", "channel"),
    ] {
        if others.remove(system) {
            channel(&mut outcome, app, parameters, block, key);
        }
    }
    for system in others {
        let message = format!(
            "how {} tells channels apart is not known here; look at which one the store build asks for",
            shown(system)
        );
        let draft = Draft::manual("unknown-channels", Location::file(Root::App, ""), message);
        outcome.findings.push(draft.severity(Severity::Low).key(system));
    }
    if systems.contains("capgo") {
        switches(&mut outcome, facts, app);
    }
    mixups::add(&mut outcome, facts, parameters);
    outcome
}

/// The channel that the configuration names.
fn channel(outcome: &mut Outcome, app: &AppFacts, parameters: &Parameters, block: &str, key: &str) {
    let name = format!("{block}.{key}");
    let values = possible(app, &["plugins", block, key]);
    let one = values.len() == 1;
    for value in values {
        let place = value.place;
        let draft = match value.value {
            Fact::Known(Scalar::Text(text)) if !text.trim().is_empty() => {
                let lower = text.trim().to_lowercase();
                let test = mixups::is_for_tests(&lower, parameters);
                if parameters.list("production_channels").iter().any(|known| known.to_lowercase() == lower) {
                    outcome.saw(format!("`{name}` is {}, a channel of production", shown(&text)), Some(place));
                    continue;
                }
                match (test, one) {
                    (true, true) => {
                        let message = format!("`{name}` is {}, by its name a channel for tests", shown(&text));
                        Draft::fail("test-channel", place, message)
                    }
                    (true, false) => {
                        let message = format!(
                            "`{name}` may be {}, by its name a channel for tests; look at which build the store gets",
                            shown(&text)
                        );
                        Draft::manual("test-channel-possible", place, message)
                    }
                    (false, _) => {
                        let message =
                            format!("`{name}` is {}; look at whether that is a channel of production", shown(&text));
                        Draft::manual("channel-name-unknown", place, message).severity(Severity::Low)
                    }
                }
                .key(shown(&text))
            }
            Fact::Known(Scalar::Text(_)) | Fact::Absent => {
                let message = format!("`{name}` is not set, so the server decides on the channel; look at its default");
                Draft::manual("no-channel", place, message).severity(Severity::Low)
            }
            Fact::Known(_) => Draft::indeterminate("channel-unreadable", place, format!("`{name}` is no text")),
            Fact::Unreadable(why) => Draft::indeterminate(
                "channel-unreadable",
                place,
                format!("`{name}` could not be read: {}", shown(&why)),
            ),
            Fact::Unknown(why) => {
                Draft::manual("channel-unknown", place, format!("`{name}` is not known: {}", shown(&why)))
            }
        };
        outcome.findings.push(draft);
    }
}

/// Capgo's ways of switching the channel on the device.
fn switches(outcome: &mut Outcome, facts: &Facts, app: &AppFacts) {
    let on = Fact::Known(Scalar::Bool(true));
    for value in possible(app, &["plugins", "CapacitorUpdater", "allowShakeChannelSelector"]) {
        if value.value == on {
            let message = "`CapacitorUpdater.allowShakeChannelSelector` is on: whoever shakes the device may choose a channel, as far as the server lets them";
            outcome.findings.push(Draft::manual("users-may-switch", value.place, message));
        }
    }
    for value in possible(app, &["plugins", "CapacitorUpdater", "allowSetDefaultChannel"]) {
        if value.value == Fact::Known(Scalar::Bool(false)) {
            let message = "`CapacitorUpdater.allowSetDefaultChannel` is off: no script can switch the channel";
            outcome.saw(message, Some(value.place));
            continue;
        }
        let call = facts.bundle.iter().find_map(|bundle| calls(bundle, "setChannel").next());
        let (place, who) = call.map_or((value.place, "scripts may"), |(path, call)| {
            (at(path, Some(call.position)), "the bundle calls `setChannel`, and scripts may")
        });
        let message = format!(
            "`CapacitorUpdater.allowSetDefaultChannel` is not off: {who} switch the channel, as far as the server lets devices assign themselves"
        );
        outcome.findings.push(Draft::manual("scripts-may-switch", place, message).severity(Severity::Low));
    }
}
