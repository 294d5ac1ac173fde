//! OTA-KEY-006: whether a withdrawn key is out of the app, and whether there is a plan for the day on which one is lost.

use super::ages::{add_unseen, app_with_keys, id_of, is_over, name_of, place_of, signing_keys, today};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::age::AgedKey;
use crate::model::{Location, Root, Severity};

/// OTA-KEY-006.
pub static CONTROL: Control = Control {
    id: "OTA-KEY-006",
    slug: "compromise-plan",
    title: "Revocation and compromise plan works",
    requirement: "A written plan says how to revoke a key and reach clients; last exercise is dated; revoked keys are not accepted by any supported native build.",
    rationale: "Whoever has a stolen key signs until the last installed app has forgotten it; without a plan that begins weeks later.",
    remediation: "Write plan; exercise yearly; keep a second offline key embedded.",
    limits: "A key is withdrawn when the registry has a day of `retired` that is past; keys of the policy's `revoked_keys` are OTA-KEY-002's. It fails where an update system of this app still reads it as its only key, and is manual where another key in use stands beside it, as during a change. Builds that were released before are not seen. The plan and its exercise no file shows: manual until the policy states it with `compromise_plan`, or `keys.compromise_plan` is stated; then it is attested. A plan on paper is not an exercised one.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(c)"),
        ("CRA", "Art.14"),
        ("GDPR", "33"),
        ("MASWE", "MASWE-0011"),
        ("NIST-800-53", "IR-4"),
        ("NIST-800-53", "SC-12"),
        ("NIST-800-57", "8.3"),
        ("SOC2", "CC7.4"),
        ("TUF", "fast-forward"),
        ("TUF", "key-compromise"),
    ],
    parameters: &[Parameter {
        name: "compromise_plan",
        about: "what the organisation states of its plan for a lost signing key: `exercised` within a year, only `written`, or `none`",
        kind: ParameterKind::Choice(&["unstated", "exercised", "written", "none"]),
    }],
    attestations: &["keys.compromise_plan"],
    cases: include_str!("../../../tests/controls/key/compromise-plan.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let app = match app_with_keys(facts) {
        Ok(app) => app,
        Err(outcome) => return outcome,
    };
    let today = today(facts);
    let mut outcome = Outcome { attested: true, ..Outcome::default() };
    add_unseen(&mut outcome, app);
    let keys: Vec<&AgedKey> = signing_keys(&app.ages).collect();
    if keys.is_empty() && outcome.findings.is_empty() {
        return Outcome::not_applicable("the app has no key that updates are verified with");
    }
    for key in &keys {
        let (name, place) = (name_of(key), place_of(key));
        let Some(retired) = key.retired.filter(|_| is_over(key.retired, today)) else {
            let known =
                if key.registered.is_empty() { "is not in the registry" } else { "is not withdrawn by the registry" };
            outcome.saw(format!("`{name}` {known}"), Some(place));
            continue;
        };
        let beside = keys.iter().find(|other| shares_system(other, key) && !is_over(other.retired, today));
        outcome.findings.push(match beside {
            Some(other) => {
                let message = format!(
                    "`{name}` is out of use since {retired} by the registry and still in the app, beside `{}`: look how long it is needed",
                    name_of(other)
                );
                Draft::manual("withdrawn-key-beside", place, message).severity(Severity::Medium).key(id_of(key))
            }
            None => {
                let message =
                    format!("`{name}` is out of use since {retired} by the registry, and the app still verifies updates with it");
                Draft::fail("withdrawn-key", place, message).key(id_of(key))
            }
        });
    }
    let place = keys.first().map_or_else(|| Location::file(Root::App, ""), |key| place_of(key));
    match parameters.choice("compromise_plan") {
        "exercised" => outcome.saw("it is stated that there is a plan for a lost signing key that was exercised", None),
        "written" => {
            let message = "it is stated that there is a plan for a lost signing key that nobody exercised: look whether it reaches the devices";
            outcome.findings.push(Draft::manual("plan-not-exercised", place, message).severity(Severity::Medium));
        }
        "none" => {
            let message = "it is stated that there is no plan for a lost signing key";
            outcome.findings.push(Draft::fail("no-plan", place, message));
        }
        _ => {
            let message = "whether there is a plan for a lost signing key, and when it was exercised, no file shows: state `keys.compromise_plan`";
            outcome.findings.push(Draft::manual("plan-unstated", place, message).severity(Severity::Medium));
        }
    }
    outcome
}

/// Whether one update system reads both, and they are two.
fn shares_system(one: &AgedKey, other: &AgedKey) -> bool {
    one.spki_sha256 != other.spki_sha256
        && one
            .places
            .iter()
            .any(|place| place.system.is_some() && other.places.iter().any(|second| second.system == place.system))
}
