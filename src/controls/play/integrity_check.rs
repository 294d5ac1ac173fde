//! OTA-PLAY-003: whether the app verifies its updates.

use crate::controls::support::{known_configs, shown};
use crate::controls::updates::{
    has_built_in_key, key_place, packages_of, systems_of_app, trusted_keys, without_updates,
};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::advisories::Platform;
use crate::facts::versions::VersionSet;
use crate::facts::{Advised, AppFacts, Facts};
use crate::model::{Fact, Location, Position, Root, Severity};

/// OTA-PLAY-003.
pub static CONTROL: Control = Control {
    id: "OTA-PLAY-003",
    slug: "integrity-check",
    title: "Update integrity check is on",
    requirement: "The updater is configured to verify signed or hashed bundles before activation.",
    rationale: "Without a key in the app whoever controls the update server, or its address, replaces the app's code on every device.",
    remediation: "Generate key, put public key in config, sign bundles.",
    limits: "Decided by the public key in the configuration and by the versions of the plugins that lockfiles, or failing these `package.json`, state; how a key is written is the matter of other controls. A plugin's version that accepts unsigned updates in spite of the key is a failure, although the criteria name the missing key only: then nothing verifies. An updater of one's own may verify elsewhere: only updaters that are known are judged. Applies to apps with an Android target, and where it can't be told.",
    severity: Severity::Critical,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(f)"),
        ("CWE", "CWE-353"),
        ("CWE", "CWE-494"),
        ("ETSI-303645", "5.3-10"),
        ("ETSI-303645", "5.3-9"),
        ("MASVS", "MASVS-CODE-4"),
        ("MASVS", "MASVS-RESILIENCE-2"),
        ("MASWE", "MASWE-0105"),
        ("NIST-800-53", "SI-7(1)"),
        ("NIST-800-53", "SI-7(15)"),
        ("PLAY", "DNA-vulnerabilities"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/play/integrity-check.md"),
    assess,
};

/// What known weaknesses do to the verification of updates.
const UNVERIFIED: [&str; 4] =
    ["no_signature_verification", "public_key_ignored", "signature_bypass_empty_session_key", "signature_optional"];

/// The blocks of `plugins` in which a public key belongs.
const BLOCKS: [(&str, &str); 5] = [
    ("capgo", "CapacitorUpdater"),
    ("capawesome", "LiveUpdate"),
    ("ionic", "LiveUpdates"),
    ("ionic", "FederatedCapacitor"),
    ("otakit", "OtaKit"),
];

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let Some(app) = &facts.app else { return Outcome::not_applicable("no app was given") };
    if is_without_android(facts, app) {
        return Outcome::not_applicable("the app has no Android project");
    }
    let systems = systems_of_app(facts);
    if systems.is_empty() {
        // The release is of an updater that the app's files don't show.
        let release = facts.verification.as_ref().filter(|one| one.system == "self-hosted");
        if let Some(release) = release {
            let path = release.subject.as_ref().map_or("", |subject| &subject.path);
            let message = "the release is of an updater that is not known; look at whether the app verifies it before it is activated";
            let mut outcome = Outcome::default();
            outcome.findings.push(Draft::manual("unknown-updater", Location::file(Root::Release, path), message));
            return outcome;
        }
        return without_updates(facts, app);
    }
    let mut outcome = Outcome::default();
    for system in systems {
        judge(&mut outcome, facts, app, system);
    }
    outcome
}

/// Whether the packages show an app for iOS alone.
fn is_without_android(facts: &Facts, app: &AppFacts) -> bool {
    let has = |name: &str| facts.packages.as_ref().is_some_and(|packages| packages.of(name).next().is_some());
    let copied = app.configs.iter().any(|config| config.path.starts_with("android/"));
    has("@capacitor/ios") && !has("@capacitor/android") && !copied
}

fn judge(outcome: &mut Outcome, facts: &Facts, app: &AppFacts, system: &'static str) {
    let keys: Vec<_> = trusted_keys(facts).filter(|(own, _)| *own == system).map(|(_, record)| record).collect();
    let read: Vec<_> = keys.iter().filter(|record| record.unread.is_none()).collect();
    if read.is_empty() {
        if let Some(record) = keys.first() {
            let why = record.unread.as_deref().unwrap_or("it can't be read");
            let message = format!("the key `{}` of {system} could not be read: {}", shown(&record.source), shown(why));
            outcome
                .findings
                .push(Draft::indeterminate("key-unreadable", key_place(facts, record), message).key(system));
            return;
        }
        if !has_built_in_key(facts, system) {
            without_key(outcome, facts, app, system);
            return;
        }
        let message =
            format!("{system} updates come from the vendor's network, whose public key the plugin has built in");
        outcome.saw(message, Some(package_place(facts, system)));
    }
    for record in &read {
        let message = format!("{system} has a public key: `{}`", shown(&record.source));
        outcome.saw(message, Some(key_place(facts, record)));
    }
    versions(outcome, facts, system);
}

fn without_key(outcome: &mut Outcome, facts: &Facts, app: &AppFacts, system: &'static str) {
    // A configuration that is code may have the key; then nothing is known.
    let mut seen = Outcome::default();
    let configs = known_configs(&mut seen, app, false);
    let blocks = BLOCKS.iter().filter(|(own, _)| *own == system);
    let block = configs.iter().find_map(|(config, json)| {
        let value = blocks.clone().find_map(|(_, name)| json.root.path(&["plugins", name]))?;
        Some(Location::at(Root::App, &config.path, value.position))
    });
    if block.is_none() && !seen.findings.is_empty() {
        outcome.findings.append(&mut seen.findings);
        return;
    }
    if configs.is_empty() && blocks.clone().next().is_some() {
        // The key would stand in the configuration, which is not among the app's files.
        let message = format!(
            "the app's configuration is not among its files, so whether {system} has a public key is not known"
        );
        outcome.findings.push(Draft::manual("config-not-given", package_place(facts, system), message).key(system));
        return;
    }
    let location = block.unwrap_or_else(|| package_place(facts, system));
    let message = match system {
        "chcp" => {
            "cordova-hot-code-push compares MD5 sums and verifies no signature: it has no public key to configure"
                .to_owned()
        }
        _ => format!("{system} updates the app and has no public key: updates are installed without a signature"),
    };
    outcome.findings.push(Draft::fail("no-public-key", location, message).key(system));
}

fn package_place(facts: &Facts, system: &str) -> Location {
    let installed = facts.packages.iter().flat_map(|packages| &packages.installed);
    let found = installed.into_iter().find(|one| packages_of(system).any(|package| package == one.package));
    found.map_or_else(|| Location::file(Root::App, ""), |one| at(&one.source, one.position))
}

fn at(path: &str, position: Option<Position>) -> Location {
    position.map_or_else(|| Location::file(Root::App, path), |position| Location::at(Root::App, path, position))
}

/// Whether the installed version verifies with the key.
fn versions(outcome: &mut Outcome, facts: &Facts, system: &'static str) {
    let weak: Vec<&Advised> = facts.advised.iter().filter(|one| weakens(facts, one, system)).collect();
    for one in &weak {
        let what = format!("{} {}: {}", one.package, one.version, one.title);
        let conditional = one.conditions.iter().any(|condition| condition != "public_key_set");
        let place = at(&one.source, one.position);
        let draft = if one.certain && !conditional {
            let message = format!("the installed version does not hold updates to the key: {}", shown(&what));
            Draft::fail("version-does-not-verify", place, message)
        } else {
            let message = format!("the installed version may not hold updates to the key: {}", shown(&what));
            Draft::manual("version-may-not-verify", place, message)
        };
        outcome.findings.push(draft.key(&one.advisory));
    }
    let Some(packages) = &facts.packages else { return };
    let mut known = false;
    for package in packages_of(system) {
        match packages.versions(package) {
            Fact::Known(versions) => {
                known = true;
                if weak.is_empty() {
                    let message = format!("{package} {} verifies with it", shown(&versions.join(", ")));
                    outcome.saw(message, Some(package_place(facts, system)));
                }
            }
            Fact::Unknown(why) => {
                known = true;
                let ranges = packages.of(package).all(|one| {
                    let range = || one.range.as_deref().filter(|range| !range.trim().is_empty());
                    one.version.known().is_some() || range().and_then(VersionSet::parse).is_some()
                });
                if weak.is_empty() && ranges {
                    let message = format!("no version of {package} that `package.json` admits is known not to verify");
                    outcome.saw(message, Some(package_place(facts, system)));
                } else if weak.is_empty() {
                    let message = format!("which version of {package} is installed is not known: {}", shown(&why));
                    let draft = Draft::manual("version-unknown", package_place(facts, system), message);
                    outcome.findings.push(draft.severity(Severity::Medium).key(package));
                }
            }
            Fact::Unreadable(why) if packages.of(package).next().is_some() => {
                known = true;
                let message = format!("which version of {package} is installed could not be read: {}", shown(&why));
                let draft = Draft::indeterminate("version-unreadable", package_place(facts, system), message);
                outcome.findings.push(draft.key(package));
            }
            Fact::Absent | Fact::Unreadable(_) => {}
        }
    }
    if !known && weak.is_empty() {
        let message = format!(
            "which version of {system}'s plugin is installed is not known: no lockfile or `package.json` states it"
        );
        let draft = Draft::manual("version-unknown", Location::file(Root::App, ""), message);
        outcome.findings.push(draft.severity(Severity::Medium).key(system));
    }
}

/// Whether a known weakness lets updates in that the key did not sign. Some hold only without a key.
fn weakens(facts: &Facts, one: &Advised, system: &str) -> bool {
    let mut records = facts.keys.iter().flat_map(|keys| &keys.records);
    let old = records.any(|record| record.source.ends_with(".privateKey"));
    packages_of(system).any(|package| package == one.package)
        && one.effects.iter().any(|effect| UNVERIFIED.contains(&effect.as_str()))
        && one.platforms.contains(&Platform::Android)
        && !one
            .conditions
            .iter()
            .any(|condition| condition == "no_public_key" || condition == "private_key_set" && !old)
}
