//! OTA-APPLE-001: whether the update stays within the web layer.

use std::collections::BTreeMap;

use crate::controls::apple::{ios_or_na, root};
use crate::controls::changed;
use crate::controls::support::count;
use crate::controls::{Automation, Control, Draft, Outcome, Parameters, bundle, plugins_fit};
use crate::facts::Facts;
use crate::facts::comparison::{Comparison, FileState, SetKind};
use crate::model::{Location, Root, Severity, Verdict};

/// OTA-APPLE-001.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-001",
    slug: "web-layer-only",
    title: "Update changes only the web layer",
    requirement: "Against the previous released bundle, all changes are inside web assets; the native plugin surface required by the JavaScript equals the surface of the installed binary.",
    rationale: "Apple lets scripts be downloaded that run in WebKit, and nothing else. A bundle that needs another binary than the one that was reviewed is a change that the store has to see.",
    remediation: "Ship a store build first and set min native version on the bundle.",
    limits: "Native code and foreign scripts are those that OTA-BUN-001 and OTA-BUN-003 find; plugins are compared as in OTA-RBK-004. With `--previous` or `--reviewed` what is new is told as evidence: a file of the web layer may change, so that it changed is no failure. Whether a change of the web layer is one that Apple wants to see is asked by other controls.",
    severity: Severity::Critical,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("APPLE-PLA", "3.3.1(B)"),
        ("NIST-800-53", "CM-3"),
        ("NIST-800-53", "CM-4"),
        ("NIST-800-53", "SC-18"),
        ("PLAY", "DNA-self-update"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/apple/web-layer-only.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if facts.bundle.is_none() {
        return Outcome::not_applicable("no bundle was given");
    }
    if facts.previous.is_none() && facts.reviewed.is_none() && facts.app.is_none() {
        return Outcome::not_applicable("neither an earlier bundle nor a native project was given");
    }
    let mut outcome = Outcome::default();
    not_web(&mut outcome, facts);
    match ios_or_na(facts) {
        Ok(_) => plugins_fit::compare(&mut outcome, facts),
        Err(other) if facts.app.is_some() => return other,
        Err(_) => {
            let place = Location::file(Root::App, "");
            let message =
                "no native project was given, so whether the binary has the plugins that the bundle calls is not known";
            outcome.findings.push(Draft::manual("native-project-not-given", place, message).severity(Severity::Medium));
        }
    }
    for (comparison, since) in [(&facts.previous, "the bundle before"), (&facts.reviewed, "the reviewed bundle")] {
        if let Some(comparison) = comparison {
            tell(&mut outcome, comparison, since);
        }
    }
    changed::tell(&mut outcome, facts, &[SetKind::Plugins, SetKind::PluginCalls]);
    if let Ok((_, ios)) = ios_or_na(facts) {
        outcome.saw("the iOS project was compared", Some(root(ios)));
    }
    outcome
}

/// What is no web asset, as the bundle's own controls find it.
fn not_web(outcome: &mut Outcome, facts: &Facts) {
    for control in [&bundle::no_native_code::CONTROL, &bundle::no_foreign_scripts::CONTROL] {
        let parameters = Parameters::of(control.parameters, &BTreeMap::new());
        let found = (control.assess)(facts, &parameters).findings;
        let failed: Vec<Draft> = found.into_iter().filter(|draft| draft.verdict == Verdict::Fail).collect();
        for draft in failed {
            let message = format!("{}: it is no part of the web layer ({})", draft.message, control.id);
            outcome.findings.push(Draft::fail("not-web-layer", draft.location, message).key(draft.rule));
        }
    }
}

/// What is new, as evidence.
fn tell(outcome: &mut Outcome, comparison: &Comparison, since: &str) {
    let of = |state| comparison.files.iter().filter(|file| file.state == state).count();
    let message = format!(
        "since {since} {} changed, {} new and {} gone, {} the same",
        count(of(FileState::Changed), "file", "files"),
        of(FileState::Added),
        of(FileState::Removed),
        comparison.same_files + of(FileState::Renamed)
    );
    outcome.saw(message, None);
}
