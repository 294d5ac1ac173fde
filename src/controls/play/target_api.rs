//! OTA-PLAY-005: whether the app targets the API level that Google Play asks for.

use std::collections::BTreeSet;

use crate::controls::configured::day;
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::android::Written;
use crate::model::{Fact, Location, Root, Severity};

/// OTA-PLAY-005.
pub static CONTROL: Control = Control {
    id: "OTA-PLAY-005",
    slug: "target-api",
    title: "Target API level is current",
    requirement: "targetSdkVersion meets the Play requirement in force on the audit date.",
    rationale: "Google Play takes no new versions below its current level, so that a fault in the native part can be mended no more, and each level brings protections with it.",
    remediation: "Raise `targetSdkVersion` and ship a build through the store.",
    limits: "The level is read from Gradle files, without running them. Apps one level behind stay available but can't be updated in the store: a failure when an update of the store build is planned (the parameter `store_update`), else a person decides. Apps for Wear OS, Android TV and cars have other levels, and private apps of an organisation are exempt. Where no file states the level, Gradle takes `minSdkVersion`, and a person has to look.",
    severity: Severity::Medium,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE-PRIV", "SDK-minimum-2026-04-28"),
        ("MASVS", "MASVS-CODE-1"),
        ("MASWE", "MASWE-0078"),
        ("PLAY", "target-api"),
    ],
    parameters: &[
        Parameter {
            name: "store_update",
            about: "Whether an update of the store build is planned; then the level of new uploads must be met.",
            kind: ParameterKind::Choice(&["not-planned", "planned"]),
        },
        Parameter {
            name: "target_api_table",
            about: "The levels that Google Play asks of uploads, each with the day from which on, as `2026-08-31=36`.",
            kind: ParameterKind::List(&["2023-08-31=33", "2024-08-31=34", "2025-08-31=35", "2026-08-31=36"]),
        },
    ],
    attestations: &[],
    cases: include_str!("../../../tests/controls/play/target-api.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let Some(app) = &facts.app else { return Outcome::not_applicable("no app was given") };
    if app.android.projects.is_empty() {
        return match app.android.unread.first() {
            None => Outcome::not_applicable("the app has no Android project"),
            Some(unread) => {
                let mut outcome = Outcome::default();
                let message = format!("`{}` could not be read: {}", shown(&unread.path), shown(&unread.why));
                let place = Location::file(Root::App, &unread.path);
                outcome.findings.push(Draft::indeterminate("project-unreadable", place, message));
                outcome
            }
        };
    }
    let mut outcome = Outcome::default();
    let Some(required) = in_force(&mut outcome, facts.as_of, parameters.list("target_api_table")) else {
        return outcome;
    };
    let planned = parameters.choice("store_update") == "planned";
    for project in &app.android.projects {
        let mut seen = BTreeSet::new();
        for build in project.builds.iter().filter(|build| build.is_release) {
            let script = project.gradle.files.last().map_or(project.module.as_str(), String::as_str);
            let place = build
                .target_sdk
                .known()
                .map_or_else(|| Location::file(Root::App, script), |written| written.at.location());
            let value = build.target_sdk.known().map(|written| written.value);
            if seen.insert((place.clone(), value)) {
                judge(&mut outcome, &build.target_sdk, &place, &required, planned);
            }
        }
    }
    outcome
}

/// The level that uploads need, and the one below which an app can't be found by new devices.
struct Required {
    uploads: u32,
    staying: u32,
    since: String,
}

/// The row of the table that is in force.
fn in_force(outcome: &mut Outcome, as_of: i64, table: &[String]) -> Option<Required> {
    let mut rows = Vec::new();
    for entry in table {
        let row = entry.split_once('=').and_then(|(from, level)| Some((day(from)?, level.trim().parse().ok()?, from)));
        if let Some((from, level, text)) = row {
            rows.push((from, level, text.trim().to_owned()));
            continue;
        }
        let message = format!("`{}` in the policy's `target_api_table` is no day with a level", shown(entry));
        let draft = Draft::indeterminate("policy-table", Location::file(Root::App, ""), message);
        outcome.findings.push(draft.key(shown(entry)));
    }
    rows.retain(|(from, _, _)| *from <= as_of);
    rows.sort();
    let Some((_, uploads, since)) = rows.pop() else {
        let message = "the policy's `target_api_table` has no level for the day of the audit";
        outcome.findings.push(Draft::indeterminate("no-level", Location::file(Root::App, ""), message));
        return None;
    };
    let staying = rows.pop().map_or(uploads, |(_, level, _)| level);
    Some(Required { uploads, staying, since })
}

fn judge(outcome: &mut Outcome, target: &Fact<Written<u32>>, place: &Location, required: &Required, planned: bool) {
    let Required { uploads, staying, since } = required;
    let draft = match target {
        Fact::Known(written) => {
            let level = written.value;
            if level >= *uploads {
                let message = format!("`targetSdk` is {level}; Google Play asks for {uploads} since {since}");
                outcome.saw(message, Some(place.clone()));
                return;
            }
            if level < *staying {
                let message = format!(
                    "`targetSdk` is {level}: Google Play takes no uploads below {uploads} since {since}, and does not offer apps below {staying} to newer devices"
                );
                Draft::fail("target-too-old", place.clone(), message)
            } else if planned {
                let message = format!(
                    "`targetSdk` is {level}: Google Play takes no uploads below {uploads} since {since}, so the planned update of the store build would be refused"
                );
                Draft::fail("upload-refused", place.clone(), message)
            } else {
                let message = format!(
                    "`targetSdk` is {level}: Google Play takes no uploads below {uploads} since {since}; look at whether an update of the store build is needed"
                );
                Draft::manual("one-level-behind", place.clone(), message)
            }
        }
        Fact::Unreadable(why) => {
            let message = format!("`targetSdk` could not be read: {}", shown(why));
            Draft::indeterminate("target-unreadable", place.clone(), message)
        }
        Fact::Unknown(why) => {
            let message = format!("`targetSdk` is not known without running Gradle: {}", shown(why));
            Draft::manual("target-unknown", place.clone(), message)
        }
        Fact::Absent => {
            let message = "no file states `targetSdk`; look at what the build takes instead";
            Draft::manual("target-not-stated", place.clone(), message)
        }
    };
    outcome.findings.push(draft);
}
