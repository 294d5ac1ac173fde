//! OTA-RBK-004: whether the bundle fits the native app.

use std::collections::BTreeSet;

use super::{constraints, reviewed};
use crate::controls::plugins_fit;
use crate::controls::support::shown;
use crate::controls::updates::{passed, release_place, updates_or_na, verified};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::packages::Installed;
use crate::facts::updaters::{StepResult, Verification};
use crate::model::{Location, Root, Severity};

/// OTA-RBK-004.
pub static CONTROL: Control = Control {
    id: "OTA-RBK-004",
    slug: "native-runtime",
    title: "Bundle matches native runtime",
    requirement: "Bundle declares min/max native version (or Capacitor major) and required plugins; they match supported native builds.",
    rationale: "A bundle that calls a native part which the installed app has not, or has otherwise, breaks on the device after it was tested elsewhere.",
    remediation: "Set native version constraint on channel.",
    limits: "Constraints of the release itself are seen: OtaKit's and Expo's runtime version, cordova-hot-code-push's native interface, and what its metadata state (Capgo's `min_update_version`, Capawesome's version codes, CodePush's range), which is held against the versions in the native projects: whether older builds are still on devices is not known. What Capgo and Capawesome keep on the server's channel no file shows: the statement `channel.native_floor` answers for it. The banner that Capacitor 8 writes at the head of its script names no version, so the major of the script in the bundle is taken from the app's packages: right only when the bundle was built from them. The plugins that the bundle registers are compared with the lists that `cap sync` writes into the native projects, else with package.json, which never fails: without a list it is not known what was built in. Names in JavaScript are taken from a list of well-known packages, from the app's own code, or guessed from the class; where a name is not sure, a person decides. A registration is taken for a call, unless it brings an implementation for browsers: whether the app then calls the plugin has to be looked at. Plugins that the bundle asks for with `isPluginAvailable`, or only reaches for through `Plugins`, may be missing. Cordova's plugins, the methods of a plugin and its version are not compared.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("CRA", "AnnexI.I.2(h)"),
        ("NIST-800-53", "CM-2"),
        ("NIST-800-53", "CM-4"),
        ("TUF", "mix-and-match"),
        ("UPTANE", "mix-and-match"),
        ("UPTANE", "partial-bundle"),
    ],
    parameters: &[],
    attestations: &["channel.native_floor"],
    cases: include_str!("../../../tests/controls/rbk/native-runtime.md"),
    assess,
};

/// The issues of a release that is made for another runtime, each with the step that says so.
const MISMATCHES: [(&str, &str); 3] = [
    ("native_interface_too_old", "native interface"),
    ("runtime_version_differs", "runtime version"),
    ("runtime_version_mismatch", "runtime"),
];

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    // A release's folder may hold the app's configuration: what it says of the runtime was compared.
    let verification = verified(facts);
    if facts.app.is_none() && !verification.is_some_and(compared) {
        let mut outcome = Outcome::default();
        reviewed::compare(&mut outcome, facts);
        let nothing = outcome.findings.is_empty() && outcome.evidence.is_empty();
        return if nothing { Outcome::not_applicable("no native project was given") } else { outcome };
    }
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let mut outcome = Outcome::default();
    constraint(&mut outcome, facts);
    plugins_fit::compare(&mut outcome, facts);
    reviewed::compare(&mut outcome, facts);
    kept_over_newer(&mut outcome, facts);
    outcome
}

/// `resetWhenUpdate` that is off: an update stays although a newer build came from the store, which may not fit it.
fn kept_over_newer(outcome: &mut Outcome, facts: &Facts) {
    for finding in facts.config.iter().filter(|finding| finding.rule == "reset_when_update_off") {
        let root = if facts.app.is_some() { Root::App } else { Root::Release };
        let place = finding.position.map_or_else(
            || Location::file(root, &finding.path),
            |position| Location::at(root, &finding.path, position),
        );
        let message = format!("{}; look at whether it fits", shown(&finding.detail));
        outcome.findings.push(Draft::manual("kept-over-newer-build", place, message).severity(Severity::Medium));
    }
}

/// The majors, and the runtime that the release says it is made for.
fn constraint(outcome: &mut Outcome, facts: &Facts) {
    majors(outcome, facts);
    let place = release_place(facts);
    if let Some(verification) = verified(facts) {
        for (issue, step) in MISMATCHES {
            if verification.issues.iter().any(|own| own == issue) {
                let found = verification.steps.iter().rev().find(|own| own.step == step);
                let message = found.map_or("the release is made for another runtime", |step| step.detail.as_str());
                outcome.findings.push(Draft::fail("runtime-differs", place.clone(), shown(message)).key(issue));
            }
        }
        if let Some(step) = passed(verification, &["native interface", "runtime", "runtime version"]).next() {
            outcome.saw(format!("the release's constraint holds: {}", shown(&step.detail)), Some(place));
            return;
        }
    }
    if constraints::compare(outcome, facts) || constraints::stated(outcome, facts) {
        return;
    }
    if outcome.findings.is_empty() {
        let message = "the release declares no native version or runtime that it needs; look at the constraint of its channel on the update server, and state `channel.native_floor`";
        outcome.findings.push(Draft::manual("no-constraint", place, message).severity(Severity::Medium));
    }
}

/// Whether the verification compared the release with an app's runtime.
fn compared(verification: &Verification) -> bool {
    let steps = ["native interface", "runtime", "runtime version"];
    verification.steps.iter().any(|step| step.result == StepResult::Passed && steps.contains(&step.step))
        || MISMATCHES.iter().any(|(issue, _)| verification.issues.iter().any(|own| own == issue))
}

/// The majors of Capacitor's script and of its native runtimes.
fn majors(outcome: &mut Outcome, facts: &Facts) {
    let Some(packages) = &facts.packages else { return };
    // Statements that contradict one another say nothing sure.
    let of = |name: &str| {
        let majors: BTreeSet<u64> = packages.of(name).filter_map(major).collect();
        majors.first().copied().filter(|_| majors.len() == 1)
    };
    let place = |name: &str| packages.of(name).next().map_or_else(|| Location::file(Root::App, ""), at);
    let Some(script) = of("@capacitor/core") else { return };
    for name in ["@capacitor/android", "@capacitor/ios"] {
        let Some(native) = of(name) else { continue };
        if native == script {
            outcome.saw(format!("{name} and @capacitor/core have the major {native}"), Some(place(name)));
        } else {
            let message = format!(
                "@capacitor/core has the major {script} and {name} {native}: script and native runtime do not fit"
            );
            outcome.findings.push(Draft::fail("major-differs", place(name), message).key(name));
        }
    }
}

/// The major of a version, or of a range that npm writes with `^` or `~` before a version.
fn major(one: &Installed) -> Option<u64> {
    let range = one.range.as_deref().map(|range| range.trim_start_matches(['^', '~']));
    let text = one.version.known().map(String::as_str).or(range)?;
    semver::Version::parse(text).ok().map(|version| version.major)
}

fn at(one: &Installed) -> Location {
    one.position.map_or_else(
        || Location::file(Root::App, &one.source),
        |position| Location::at(Root::App, &one.source, position),
    )
}
