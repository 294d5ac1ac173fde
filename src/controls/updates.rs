//! What several controls ask of the update system: which there are, what the verification of a release came to, where to
//! point.

use std::collections::BTreeSet;

use super::support::{app_or_na, shown};
use super::{Draft, Outcome};
use crate::facts::inventory::{KeyRecord, KeyRole};
use crate::facts::updaters::{Step, StepResult, Verdict, Verification};
use crate::facts::{AppFacts, Facts};
use crate::inputs::JsonValue;
use crate::model::{Fact, Location, Root, Severity};

/// The packages that bring an update system.
const PACKAGES: [(&str, &str); 11] = [
    ("@capawesome/capacitor-live-update", "capawesome"),
    ("@capawesome/cordova-live-update", "capawesome"),
    ("@capacitor/live-updates", "ionic"),
    ("@capgo/capacitor-updater", "capgo"),
    ("@capgo/electron-updater", "capgo"),
    ("@otakit/capacitor-updater", "otakit"),
    ("capacitor-codepush", "codepush"),
    ("cordova-hot-code-push-plugin", "chcp"),
    ("cordova-plugin-ionic", "ionic"),
    ("expo-updates", "expo"),
    ("react-native-code-push", "codepush"),
];

/// The packages that bring this update system.
pub(super) fn packages_of(system: &str) -> impl Iterator<Item = &'static str> {
    PACKAGES.iter().filter(move |(_, own)| *own == system).map(|(package, _)| *package)
}

/// The update systems of the app: those that its configuration, its packages or its keys show.
pub(super) fn systems_of_app(facts: &Facts) -> BTreeSet<&'static str> {
    let Some(app) = &facts.app else { return BTreeSet::new() };
    let configured = app.update_systems.iter().map(|system| system.id);
    let installed = facts.packages.iter().flat_map(|packages| &packages.installed);
    let installed = installed
        .filter_map(|one| PACKAGES.iter().find(|(package, _)| *package == one.package).map(|(_, system)| *system));
    let keyed = facts.keys.iter().flat_map(|keys| &keys.records).filter_map(|record| record.system);
    configured.chain(installed).chain(keyed).collect()
}

/// The update systems of app and release, or what to say instead. The set is empty for a release of no known system.
pub(super) fn updates_or_na(facts: &Facts) -> Result<BTreeSet<&'static str>, Outcome> {
    let mut systems = systems_of_app(facts);
    systems.extend(facts.verification.iter().map(|one| one.system).filter(|system| *system != "none"));
    if !systems.is_empty() || facts.release.is_some() || verified(facts).is_some() {
        return Ok(systems);
    }
    match &facts.app {
        None => Err(Outcome::not_applicable("neither a release nor an app with an update system was given")),
        Some(app) => Err(without_updates(facts, app)),
    }
}

/// An app in which no update system was seen: there is none, or it can't be told.
pub(super) fn without_updates(facts: &Facts, app: &AppFacts) -> Outcome {
    let known = app.configs.iter().any(|config| config.content.known().is_some());
    let declared = facts.packages.as_ref().is_some_and(|packages| {
        packages.installed.iter().any(|one| one.source == "package.json" && !matches!(one.version, Fact::Unreadable(_)))
    });
    let mut outcome = Outcome::default();
    for config in &app.configs {
        if let Fact::Unreadable(why) = &config.content {
            let message = format!("the configuration `{}` could not be read: {}", shown(&config.path), shown(why));
            let location = Location::file(Root::App, &config.path);
            outcome.findings.push(Draft::indeterminate("config-unreadable", location, message));
        }
    }
    if !outcome.findings.is_empty() {
        return outcome;
    }
    if known || declared {
        return Outcome::not_applicable("no release was given, and the app has no update system that is known");
    }
    for config in &app.configs {
        if let Fact::Unknown(why) = &config.content {
            let path = shown(&config.path);
            let message =
                format!("whether the app has an update system is not known, `{path}` was not read: {}", shown(why));
            let location = Location::file(Root::App, &config.path);
            outcome.findings.push(Draft::manual("config-not-read", location, message).severity(Severity::Medium));
        }
    }
    match app_or_na(facts) {
        Err(other) if outcome.findings.is_empty() => other,
        _ => outcome,
    }
}

/// The verification, when there was a release to verify.
pub(super) fn verified(facts: &Facts) -> Option<&Verification> {
    facts.verification.as_ref().filter(|one| !matches!(one.result, Verdict::NothingToVerify | Verdict::ConfigFinding))
}

/// Where a finding on a release points: its checksum, the file that was verified, or the release as a whole.
pub(super) fn release_place(facts: &Facts) -> Location {
    if let Some(release) = &facts.release {
        return release.checksum_position.map_or_else(
            || Location::file(Root::Release, &release.source),
            |position| Location::at(Root::Release, &release.source, position),
        );
    }
    let subject = facts.verification.as_ref().and_then(|one| one.subject.as_ref());
    Location::file(Root::Release, subject.map_or("", |subject| &subject.path))
}

/// What a refusal says to those who ask for something else than whether the release is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The content is not that of the hash.
    Differs,
    /// The key did not sign this, or nothing is signed where it must be.
    NotSigned,
    /// A hash of an algorithm that does not withstand.
    WeakHash,
    /// Something that is needed was not given.
    NotGiven,
    /// Anything else: it ended before the question was reached.
    Other,
}

/// The kind of a refusal.
pub(super) fn refusal(reason: &str) -> Refusal {
    match reason {
        "checksum_mismatch"
        | "sha256_mismatch"
        | "content_hash_mismatch"
        | "package_hash_mismatch"
        | "file_hash_mismatch"
        | "hash_mismatch"
        | "integrity_mismatch"
        | "md5_mismatch"
        | "size_mismatch"
        | "brotli_or_hash" => Refusal::Differs,
        "signature_missing"
        | "signature_invalid"
        | "session_key_missing"
        | "session_key_malformed"
        | "rsa_padding"
        | "rsa_length"
        | "alg_none"
        | "alg_not_accepted"
        | "algorithm_mismatch"
        | "kid_unknown"
        | "keyid_mismatch"
        | "jwt_malformed"
        | "no_integrity"
        | "subject_mismatch" => Refusal::NotSigned,
        "checksum_not_sha256" | "weak_checksum" => Refusal::WeakHash,
        "key_missing"
        | "certificate_missing"
        | "private_key_missing"
        | "bundle_missing"
        | "manifest_missing"
        | "base_missing"
        | "bundle_key_missing"
        | "app_id_missing" => Refusal::NotGiven,
        _ => Refusal::Other,
    }
}

/// The step at which the release was refused.
pub(super) fn refused_at(verification: &Verification) -> Option<&Step> {
    verification.steps.iter().rev().find(|step| step.result == StepResult::Failed)
}

/// Step and reason of a refusal as half a sentence.
pub(super) fn refused_because(verification: &Verification) -> String {
    refused_at(verification).map_or_else(
        || "the release is refused".to_owned(),
        |step| format!("the release is refused at `{}`: {}", step.step, shown(&step.detail)),
    )
}

/// The steps of these names that held.
pub(super) fn passed<'a>(verification: &'a Verification, names: &'a [&str]) -> impl Iterator<Item = &'a Step> {
    verification.steps.iter().filter(|step| step.result == StepResult::Passed && names.contains(&step.step))
}

/// The steps that show a signature.
pub(super) const SIGNED: [&str; 4] = ["signed checksum", "signature", "manifest signature", "file signatures"];

/// Whether a signature held: the whole release is authentic, or it was refused for something else.
pub(super) fn signature_held(verification: &Verification) -> bool {
    let differs = matches!(verification.result, Verdict::Reject(reason) if refusal(reason) == Refusal::Differs);
    let about_content = verification.not_covered.contains(&"content_not_authenticated");
    verification.result.is_authentic()
        || passed(verification, &SIGNED).next().is_some()
        || differs && verification.key.is_some() && !about_content
}

/// The public keys and certificates that the app's update systems read.
pub(super) fn trusted_keys(facts: &Facts) -> impl Iterator<Item = (&'static str, &KeyRecord)> {
    let records = facts.keys.iter().flat_map(|keys| &keys.records);
    records
        .filter(|record| matches!(record.role, KeyRole::VerificationKey | KeyRole::Certificate))
        // What stands in Capgo's old `privateKey` verifies nothing.
        .filter(|record| !record.source.ends_with(".privateKey"))
        .filter_map(|record| Some((record.system?, record)))
}

/// Where a key stands. What lies in a release folder alone is the release's.
pub(super) fn key_place(facts: &Facts, record: &KeyRecord) -> Location {
    let root = if facts.app.is_some() { Root::App } else { Root::Release };
    record
        .position
        .map_or_else(|| Location::file(root, &record.file), |position| Location::at(root, &record.file, position))
}

/// The addresses of OtaKit's own network, for which its plugin has the vendor's key built in (`HostedManifestKeys.java`).
const OTAKIT_HOSTED: [&str; 2] = ["https://cdn.otakit.app", "https://www.otakit.app"];

/// Whether the plugin of this system brings a public key of its own for the app's update server: OtaKit's does for the
/// vendor's network.
pub(super) fn has_built_in_key(facts: &Facts, system: &str) -> bool {
    let blocks = facts.app.iter().flat_map(|app| &app.configs).filter_map(|config| config.content.known());
    let mut blocks = blocks.filter_map(|json| json.root.path(&["plugins", "OtaKit"]));
    system == "otakit"
        && blocks.any(|block| {
            let own = block.get("cdnUrl").and_then(JsonValue::as_str).map(|url| url.trim().trim_end_matches('/'));
            let hosted =
                |url: &str| url.is_empty() || OTAKIT_HOSTED.iter().any(|known| known.eq_ignore_ascii_case(url));
            own.is_none_or(hosted) && block.get("manifestKeys").is_none()
        })
}
