//! OTA-WEB-004: secrets of known providers in files and configurations.

use crate::controls::owners::owned;
use crate::controls::support::{add_unexamined, add_unread, at, bundle_or_na, count, in_config, shown, strings};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::secrets::{SecretFact, Standing, secrets};
use crate::model::{Confidence, Fact, Location, Root, Severity};

/// OTA-WEB-004.
pub static CONTROL: Control = Control {
    id: "OTA-WEB-004",
    slug: "no-secrets",
    title: "No secrets in bundle",
    requirement: "No cloud keys, private tokens, OAuth client secrets, signing tokens of the updater, or database credentials.",
    rationale: "A bundle is public: whoever has the app can read every string in it.",
    remediation: "Rotate and move to server.",
    limits: "Secrets are known by their provider's prefix, shape and checksum; passwords without a shape are not seen. Keys that are meant to ship, such as those of Firebase, are evidence, although the criteria make them manual. Whether a secret is still valid is not asked. A configuration in TypeScript or JavaScript is not searched. Private keys are OTA-KEY-001's.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE", "1.6"),
        ("CCPA", "1798.100(e)"),
        ("CCPA", "1798.150"),
        ("CRA", "AnnexI.I.2(d)"),
        ("CRA", "AnnexI.I.2(e)"),
        ("CWE", "CWE-312"),
        ("CWE", "CWE-540"),
        ("CWE", "CWE-798"),
        ("GDPR", "32(1)(b)"),
        ("MASVS", "MASVS-CRYPTO-2"),
        ("MASVS", "MASVS-STORAGE-2"),
        ("MASWE", "MASWE-0005"),
        ("MASWE", "MASWE-0013"),
        ("NIST-800-53", "IA-5"),
        ("NIST-800-53", "SC-28"),
        ("SOC2", "CC6.1"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/web/no-secrets.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let mut outcome = Outcome::default();
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        // What the configuration has goes into the app without any bundle.
        Err(other) => {
            configurations(&mut outcome, facts);
            let secrets = outcome.findings.iter().any(|draft| draft.rule != "config-unreadable");
            return if secrets { outcome } else { other };
        }
    };
    add_unexamined(&mut outcome, bundle);
    add_unread(&mut outcome, bundle.all_files());
    for file in bundle.all_files() {
        for sighting in &file.secrets {
            let before = outcome.findings.len();
            judge(&mut outcome, &sighting.secret, at(&file.path, Some(sighting.position)));
            for draft in outcome.findings.iter_mut().skip(before) {
                draft.message = owned(facts, file, sighting.position, std::mem::take(&mut draft.message));
            }
        }
    }
    configurations(&mut outcome, facts);
    outcome.saw(format!("{} searched for secrets", count(bundle.all_files().count(), "file", "files")), None);
    outcome
}

/// The app's configurations, which `npx cap sync` copies into the app as they are.
fn configurations(outcome: &mut Outcome, facts: &Facts) {
    for config in facts.app.iter().flat_map(|app| &app.configs) {
        match &config.content {
            Fact::Known(json) => strings(&json.root, &mut |value, text| {
                for secret in secrets(text) {
                    judge(outcome, &secret, in_config(config, value));
                }
            }),
            Fact::Unreadable(why) => {
                let message = format!("the configuration `{}` could not be read: {}", shown(&config.path), shown(why));
                let location = Location::file(Root::App, &config.path);
                outcome.findings.push(Draft::indeterminate("config-unreadable", location, message));
            }
            Fact::Unknown(_) => {
                let mut search = |value, text: &str| {
                    for secret in secrets(text) {
                        judge(outcome, &secret, in_config(config, value));
                    }
                };
                if let Some(json) = &config.partial {
                    strings(&json.root, &mut search);
                }
                let message =
                    format!("the configuration `{}` was not searched as a whole: it is code", shown(&config.path));
                outcome.saw(message, Some(Location::file(Root::App, &config.path)));
            }
            Fact::Absent => {}
        }
    }
}

fn judge(outcome: &mut Outcome, secret: &SecretFact, location: Location) {
    let SecretFact { rule, provider, what, standing, masked, sha256, .. } = secret;
    let key = format!("{rule} {sha256}");
    // What a rule calls a thing may name its provider already.
    let named = if what.contains(provider) { (*what).to_owned() } else { format!("{what} ({provider})") };
    outcome.findings.push(match standing {
        Standing::Secret => {
            let message = format!("a secret ships in clear: {named}");
            Draft::fail(*rule, location, message).confidence(Confidence::Likely).key(key).excerpt(shown(masked))
        }
        Standing::Weak => {
            let message = format!("this may be a secret: {named}");
            let draft = Draft::manual(*rule, location, message).severity(Severity::Medium);
            draft.confidence(Confidence::Possible).key(key).excerpt(shown(masked))
        }
        Standing::Publishable => {
            outcome.saw(format!("{named}: meant to ship; restrict it with its provider"), Some(location));
            return;
        }
    });
}
