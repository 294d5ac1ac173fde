//! OTA-SIG-007: flags and weaknesses by which a client takes what is not signed.

use crate::controls::peculiar::{self, Home};
use crate::controls::support::{count, in_config, seen_configs, shown};
use crate::controls::verified::place;
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::advisories::Platform;
use crate::facts::inventory::KeyRole;
use crate::facts::updaters::Verification;
use crate::facts::updaters::config::ConfigFinding;
use crate::facts::{Advised, AppFacts, Facts};
use crate::model::{Confidence, Location, Root, Severity};

/// OTA-SIG-007.
pub static CONTROL: Control = Control {
    id: "OTA-SIG-007",
    slug: "no-bypass",
    title: "Client refuses unsigned bundles",
    requirement: "Configuration leaves no bypass: no allowManualBundleError, allowModifyUrl, allowModifyAppId, allowPreview or debug updater flags in release.",
    rationale: "A signature protects nothing when a script may point the updater elsewhere, or when the installed plugin takes what is not signed.",
    remediation: "Remove flags from production config.",
    limits: "Beside the flags, the known weaknesses of the installed plugin versions count, by which it takes unsigned updates although a key is set (policies/advisories.yaml); a range of versions that has safe ones too is manual. `persistModifyUrl` does nothing without `allowModifyUrl` and is not reported. Weaknesses on a platform without a native project here do not count, where the other one has a project. Flags that another build flavour sets by code are not seen; of a configuration that is code counts what is known without running it, else the copies in the native projects. That the app has no key at all is OTA-SIG-001. Settings of the update plugin that are odd (a text for a boolean, a word that only newer plugins know, a key at the wrong level or nearly a known one), and copies in the native projects that disagree with their source about them, are manual; those of addresses are told by OTA-NET-001, of mixed content by OTA-NET-004, of the web view's page and all others by OTA-NET-005, of debugging by OTA-NET-007, of channels by OTA-RBK-006, of keys by OTA-SIG-001 and OTA-KEY-002.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("CRA", "AnnexI.I.2(b)"),
        ("CRA", "AnnexI.I.2(d)"),
        ("CWE", "CWE-494"),
        ("MASVS", "MASVS-RESILIENCE-2"),
        ("MASWE", "MASWE-0095"),
        ("NIST-800-53", "CM-6"),
        ("NIST-800-53", "SI-7(15)"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/sig/no-bypass.md"),
    assess,
};

/// What a configuration must not have: the rule of the facts, and whether a person decides.
const FLAGS: &[(&str, bool)] = &[
    ("allow_insecure_urls", true),
    ("allow_modify_app_id", false),
    ("allow_modify_url", false),
    ("allow_preview", true),
    ("allow_unsigned_manifests", false),
    ("anti_bricking_disabled", false),
    ("local_endpoint", false),
    ("shake_channel_selector", true),
    ("shake_menu", true),
    // Either installs what the other one's key doesn't sign.
    ("two_updaters", true),
];

/// What a weakness of a plugin does, when it belongs here.
const EFFECTS: &[&str] =
    &["lax_rsa_padding", "no_signature_verification", "public_key_ignored", "signature_bypass_empty_session_key"];

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let settings = facts.keys.iter().flat_map(|keys| &keys.records).any(|record| record.system.is_some());
    let app = facts.app.as_ref().filter(|app| !app.update_systems.is_empty());
    if app.is_none() && !settings && facts.config.is_empty() && facts.advised.is_empty() {
        return Outcome::not_applicable("no configuration of an update system was given");
    }
    let mut outcome = Outcome::default();
    let configs = app.map(|app| seen_configs(&mut outcome, app)).unwrap_or_default();
    for (config, json) in &configs {
        let flag = json.root.path(&["plugins", "CapacitorUpdater", "allowManualBundleError"]);
        if let Some(flag) = flag.filter(|flag| flag.as_bool() == Some(true)) {
            let message = "CapacitorUpdater.allowManualBundleError is true: scripts may mark bundles as broken";
            let draft = Draft::manual("allow-manual-bundle-error", in_config(config, flag), message);
            outcome.findings.push(draft.severity(Severity::Medium));
        }
    }
    if let Some(app) = app {
        peculiar::add(&mut outcome, app, Home::Updater);
    }
    for finding in &facts.config {
        outcome.findings.extend(flag(facts, finding));
    }
    for advised in &facts.advised {
        outcome.findings.extend(weakness(facts, advised));
    }
    outcome.saw(format!("{} of the configuration were looked at", count(FLAGS.len() + 1, "flag", "flags")), None);
    let versions = facts.packages.iter().flat_map(|packages| &packages.installed).count();
    if versions > 0 {
        outcome.saw(format!("{} searched for weak ones", count(versions, "plugin version", "plugin versions")), None);
    }
    let bypass = |one: &&Verification| one.issues.iter().any(|issue| issue == "signature_bypass_empty_session_key");
    if let Some(verification) = facts.verification.as_ref().filter(bypass)
        && versions == 0
    {
        let message = "the release has no session key, which Android plugins before 8.51.23 take for a reason not to \
                       verify; see which version the app has";
        outcome.findings.push(Draft::manual("plugin-version-unknown", place(verification), message));
    }
    outcome
}

fn flag(facts: &Facts, finding: &ConfigFinding) -> Option<Draft> {
    let (rule, manual) = FLAGS.iter().find(|(rule, _)| *rule == finding.rule)?;
    let root = if facts.app.is_some() { Root::App } else { Root::Release };
    let location = finding
        .position
        .map_or_else(|| Location::file(root, &finding.path), |position| Location::at(root, &finding.path, position));
    let (rule, message) = (rule.replace('_', "-"), shown(&finding.detail));
    Some(if *manual {
        Draft::manual(rule, location, message).severity(Severity::Medium)
    } else {
        Draft::fail(rule, location, message)
    })
}

/// A weakness by which the plugin takes what is not signed; none when its conditions don't hold.
fn weakness(facts: &Facts, advised: &Advised) -> Option<Draft> {
    if !advised.effects.iter().any(|effect| EFFECTS.contains(&effect.as_str())) {
        return None;
    }
    if !facts.app.as_ref().is_none_or(|app| runs_on(app, &advised.platforms)) {
        return None;
    }
    let conditions: Vec<_> = advised.conditions.iter().map(|condition| holds(facts, condition)).collect();
    if conditions.contains(&Some(false)) {
        return None;
    }
    let certain = advised.certain && conditions.iter().all(Option::is_some);
    let location = advised.position.map_or_else(
        || Location::file(Root::App, &advised.source),
        |position| Location::at(Root::App, &advised.source, position),
    );
    let fixed = advised.fixed.as_ref().map_or_else(String::new, |fixed| format!(", fixed in {}", shown(fixed)));
    let version = match advised.version.trim() {
        "" => "of any version".to_owned(),
        version => shown(version),
    };
    let message = format!("{} {version}: {}{fixed}", shown(&advised.package), shown(&advised.title));
    Some(if certain {
        Draft::fail("weak-plugin", location, message).severity(advised.severity).key(advised.advisory.clone())
    } else {
        Draft::manual("weak-plugin", location, message)
            .severity(advised.severity)
            .confidence(Confidence::Possible)
            .key(advised.advisory.clone())
    })
}

/// Whether the app runs where the weak code does: on the platforms whose native projects it has, or on any without one.
fn runs_on(app: &AppFacts, platforms: &[Platform]) -> bool {
    let (android, ios) = (!app.android.projects.is_empty(), !app.ios.roots.is_empty());
    platforms.is_empty()
        || !android && !ios
        || platforms.iter().any(|platform| match platform {
            Platform::Android => android,
            Platform::Ios => ios,
            Platform::Electron => true,
        })
}

/// Whether a condition of an advisory holds; `None` when that is not known.
fn holds(facts: &Facts, condition: &str) -> Option<bool> {
    let records = || facts.keys.iter().flat_map(|keys| &keys.records).filter(|record| record.system.is_some());
    let read = facts.app.as_ref().is_some_and(|app| app.configs.iter().any(|config| config.content.known().is_some()));
    let any = |roles: &[KeyRole]| {
        let found = records().any(|record| roles.contains(&record.role));
        (found || read).then_some(found)
    };
    let public = || any(&[KeyRole::VerificationKey, KeyRole::Certificate]);
    match condition {
        "public_key_set" => public(),
        "no_public_key" => public().map(|set| !set),
        "private_key_set" => any(&[KeyRole::PrivateKey]),
        "no_private_key" => any(&[KeyRole::PrivateKey]).map(|set| !set),
        // A server may send one at any time.
        "manifest_updates" => Some(true),
        _ => None,
    }
}
