//! OTA-REL-002: whether an update first goes to few devices.

use crate::controls::automation::{app_with_updates, at, uploads};
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::automation::{AutomationFile, Publish, ValueSource};
use crate::model::{Location, Root, Severity};

/// OTA-REL-002.
pub static CONTROL: Control = Control {
    id: "OTA-REL-002",
    slug: "phased-rollout",
    title: "Phased rollout with stop switch",
    requirement: "Production rollout is staged with health gate and a tested pause.",
    rationale: "An update that breaks the app breaks it everywhere within hours, and no store review stands between.",
    remediation: "Configure.",
    limits: "The commands that upload are read for their share of devices. A share that goes to all at once fails only where the command itself says so and its channel is not named like one for tests; without a share it is manual, since the update system may hold it. Later stages, health gates, and whether a pause was tried no file shows: manual until the policy states it with `stop_switch`, or `release.rollout` is stated; then it is attested. A fix of a weakness may go to all at once: record it as an exception.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(h)"),
        ("ETSI-303645", "5.3-2"),
        ("GDPR", "32(1)(b)"),
        ("NIST-800-53", "CM-3(2)"),
        ("NIST-800-53", "CM-4"),
        ("NIST-800-53", "SI-7(5)"),
        ("SOC2", "CC7.4"),
        ("SOC2", "CC8.1"),
    ],
    parameters: &[
        Parameter {
            name: "first_stage_max_percent",
            about: "the largest share of devices in percent that a first stage may have",
            kind: ParameterKind::Choice(&["20", "1", "5", "10", "25", "50"]),
        },
        Parameter {
            name: "stop_switch",
            about: "what the organisation states of stages and pause: `tested` ones, or an `internal` app with few users, which is exempt",
            kind: ParameterKind::Choice(&["unstated", "tested", "internal"]),
        },
    ],
    attestations: &["release.rollout"],
    cases: include_str!("../../../tests/controls/rel/phased-rollout.md"),
    assess,
};

/// Parts of the names of channels whose devices are for trying things out.
const TEST_CHANNELS: [&str; 12] =
    ["alpha", "beta", "canary", "dev", "internal", "nightly", "preview", "qa", "stag", "test", "uat", "pr-"];

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let app = match app_with_updates(facts) {
        Ok(app) => app,
        Err(outcome) => return outcome,
    };
    let stated = parameters.choice("stop_switch");
    if stated == "internal" {
        return Outcome::not_applicable("exempt, as is stated: an internal app with few users");
    }
    let limit: f64 = parameters.choice("first_stage_max_percent").parse().unwrap_or_default();
    let mut outcome = Outcome { attested: true, ..Outcome::default() };
    for (file, upload) in uploads(app) {
        judge(&mut outcome, file, upload, limit, stated == "tested");
    }
    if stated == "tested" {
        outcome.saw("it is stated that updates go out in stages, with a pause that was tested", None);
    } else {
        let place =
            uploads(app).next().map_or_else(|| Location::file(Root::App, ""), |(file, one)| at(file, one.position));
        let message = "whether an update goes out in stages, what stops it, and when the pause was tested no file shows: state `release.rollout`";
        outcome.findings.push(Draft::manual("stop-switch-unstated", place, message));
    }
    outcome
}

fn judge(outcome: &mut Outcome, file: &AutomationFile, upload: &Publish, limit: f64, stated: bool) {
    let command = shown(&upload.command);
    let place = at(file, upload.position);
    let channel = upload.channel.as_ref().and_then(|value| match &value.source {
        ValueSource::Literal { text } => Some(text.to_lowercase()),
        _ => None,
    });
    if let Some(channel) = channel.filter(|name| TEST_CHANNELS.iter().any(|part| name.contains(part))) {
        outcome.saw(
            format!("`{command}` uploads to the channel `{}`, by its name one for tests", shown(&channel)),
            Some(place),
        );
        return;
    }
    let share = upload.rollout.as_ref().map(|value| (value, percent(upload.system, &value.source)));
    match share {
        Some((value, Some(percent))) if percent > limit => {
            let message =
                format!("`{command}` gives the update to {percent} % of the devices at first, more than {limit} %");
            outcome.findings.push(Draft::fail("first-stage-too-large", at(file, value.position), message).key(command));
        }
        Some((value, Some(percent))) => {
            let message =
                format!("`{command}` gives the update to {percent} % of the devices at first, of at most {limit} %");
            outcome.saw(message, Some(at(file, value.position)));
        }
        Some((value, None)) => {
            let message = format!("to how many devices `{command}` gives the update at first can't be read here");
            outcome.findings.push(Draft::manual("share-unknown", at(file, value.position), message).key(command));
        }
        None if stated => outcome.saw(format!("`{command}` names no share of devices"), Some(place)),
        None => {
            let message = format!(
                "`{command}` names no share of devices: look whether the update system gives it to all at once"
            );
            outcome.findings.push(Draft::manual("no-share", place, message).key(command));
        }
    }
}

/// The share in percent. Capawesome counted from 0 to 1 and counts in percent, so its 1 may be all devices or hardly any.
fn percent(system: &str, source: &ValueSource) -> Option<f64> {
    let ValueSource::Literal { text } = source else { return None };
    let number: f64 = text.trim().trim_end_matches('%').parse().ok().filter(|number: &f64| number.is_finite())?;
    let fraction = system == "capawesome" && number <= 1.0 && !text.contains('%');
    let share = if fraction && number < 1.0 { number * 100.0 } else { number };
    let ambiguous = fraction && number >= 1.0;
    (!ambiguous && (0.0..=100.0).contains(&share)).then_some(share)
}
