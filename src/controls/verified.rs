//! What the verification of a release comes to, in the few ways that the controls of signature and encryption tell apart:
//! each way belongs to one of them, so that one fault is not reported by all.

use crate::controls::updates::has_built_in_key;
use crate::facts::Facts;
use crate::facts::inventory::KeyRole;
use crate::facts::updaters::{StepResult, Verdict, Verification};
use crate::model::{Fact, Location, Root};

/// What a release shows of its signature.
#[derive(Clone, Copy, Debug)]
pub(super) enum Standing<'a> {
    /// There is a signature and it verifies.
    Authentic(&'a Verification),
    /// Nothing is signed.
    Unsigned(&'a Verification),
    /// The app demands a signature, and the release has none.
    Missing(&'a Verification),
    /// There is a signature, and it does not verify, or not with the app's key.
    Refused(&'a Verification, &'static str),
    /// No key was handed over, so nobody can say whether there is a signature.
    NoKey(&'a Verification),
    /// The verification ended before the signature was seen to hold, for a reason that is none of the signature's.
    Unfinished(&'a Verification, &'static str),
    /// There is no release.
    NoRelease,
}

/// Refusals because there is no signature.
const MISSING: &[&str] = &["signature_missing", "alg_none", "no_integrity"];
/// Refusals because no key was handed over.
const NO_KEY: &[&str] = &["key_missing", "private_key_missing", "certificate_missing"];
/// Refusals that are none of the signature's: names, files, limits, how the metadata are written.
const UNFINISHED: &[&str] = &[
    "app_id_missing",
    "artifact_type_unknown",
    "base_missing",
    "bundle_ambiguous",
    "bundle_key_missing",
    "bundle_missing",
    "config_unreadable",
    "directive_unknown",
    "duplicate_target",
    "file_missing",
    "hash_missing",
    "index_missing",
    "manifest_malformed",
    "manifest_missing",
    "metadata_ambiguous",
    "metadata_invalid",
    "multipart_malformed",
    "over_limit",
    "path_invalid",
    "path_traversal",
    "payload_unsupported",
    "reserved_name",
    "strategy_unknown",
    "too_large",
    "too_many_files",
    "unreadable",
    "zip_symlink",
];

/// What the release shows.
pub(super) fn standing(facts: &Facts) -> Standing<'_> {
    let Some(verification) = release(facts) else { return Standing::NoRelease };
    let unsigned = verification.not_covered.contains(&"content_not_authenticated") || verification.system == "chcp";
    match verification.result {
        Verdict::Valid | Verdict::ValidLegacy => Standing::Authentic(verification),
        Verdict::NothingToVerify | Verdict::ConfigFinding => Standing::NoRelease,
        Verdict::DecryptsV1Unsigned
        | Verdict::UnsignedSha256Ok
        | Verdict::UnsignedCrc32Ok
        | Verdict::UnsignedHashOk
        | Verdict::Md5OkUnsigned
        | Verdict::UnsignedSriOk
        | Verdict::NoChecksum => Standing::Unsigned(verification),
        // Capgo: the checksum is signed, but the device asks for a session key as well.
        Verdict::Reject(reason @ "session_key_missing") => Standing::Refused(verification, reason),
        // An app that was handed over tells that it has no key; a release alone doesn't.
        Verdict::Reject(reason) if NO_KEY.contains(&reason) => match has_key(facts) {
            Some(false) => Standing::Unsigned(verification),
            _ => Standing::NoKey(verification),
        },
        Verdict::Reject(reason) if MISSING.contains(&reason) => Standing::Missing(verification),
        Verdict::Reject(_) if unsigned => Standing::Unsigned(verification),
        Verdict::Reject(reason) if UNFINISHED.contains(&reason) => Standing::Unfinished(verification, reason),
        // Without a key there was nothing to compare but a plain checksum.
        Verdict::Reject(_) if !tried_key(verification) => Standing::Unsigned(verification),
        Verdict::Reject(reason) => Standing::Refused(verification, reason),
    }
}

/// Whether a key was looked at.
fn tried_key(verification: &Verification) -> bool {
    let of_key = |step: &&str| step.contains("key") || step.contains("signature") || step.contains("certificate");
    let tried = |step: &crate::facts::updaters::Step| {
        matches!(step.result, StepResult::Passed | StepResult::Failed) && of_key(&step.step)
    };
    verification.key.is_some() || verification.steps.iter().any(tried)
}

/// Whether the app is configured to verify updates; `None` when no app was handed over or its settings are not known.
pub(super) fn has_key(facts: &Facts) -> Option<bool> {
    let app = facts.app.as_ref()?;
    let keys = facts.keys.iter().flat_map(|keys| &keys.records);
    let verifies = |role: KeyRole| matches!(role, KeyRole::VerificationKey | KeyRole::Certificate);
    if keys.into_iter().any(|record| record.system.is_some() && verifies(record.role)) {
        return Some(true);
    }
    let read = app.configs.iter().any(|config| matches!(config.content, Fact::Known(_)));
    // OtaKit's plugin has the key of its vendor's network built in, and none for another network.
    let configurable = app.update_systems.iter().any(|system| match system.id {
        "capgo" | "capawesome" | "ionic" => true,
        id => id == "otakit" && !has_built_in_key(facts, id),
    });
    (read && configurable).then_some(false)
}

/// The release, when one was shown.
pub(super) fn release(facts: &Facts) -> Option<&Verification> {
    let nothing = |one: &&Verification| matches!(one.result, Verdict::NothingToVerify | Verdict::ConfigFinding);
    facts.verification.as_ref().filter(|one| !nothing(one))
}

/// Whether updates are in use: a release was shown, or the app has an update system.
pub(super) fn updates_in_use(facts: &Facts) -> bool {
    release(facts).is_some() || facts.app.as_ref().is_some_and(|app| !app.update_systems.is_empty())
}

/// Why a control does not apply where no updates are in use.
pub(super) const NO_UPDATES: &str = "neither a release was given nor an app with an update system";
/// Why a control does not apply without a release.
pub(super) const NO_RELEASE: &str = "no release was given, so there is no signature to look at (see OTA-SIG-001)";

/// Where a release's finding is: the file that was verified, else the release as a whole.
pub(super) fn place(verification: &Verification) -> Location {
    let path = verification.subject.as_ref().map_or("", |subject| subject.path.as_str());
    Location::file(Root::Release, path)
}

/// The detail of the step that failed, or of the last one.
pub(super) fn detail(verification: &Verification) -> &str {
    let failed = verification.steps.iter().find(|step| step.result == StepResult::Failed);
    failed.map_or("no step was made", |step| step.detail.as_str())
}

/// System and format in words: `capgo (v3)`.
pub(super) fn scheme(verification: &Verification) -> String {
    match verification.generation {
        Some(generation) => format!("{} ({generation})", verification.system),
        None => verification.system.to_owned(),
    }
}

/// Whether the release's content is encrypted; `None` when that can't be told.
pub(super) fn is_encrypted(verification: &Verification) -> Option<bool> {
    if verification.encryption.is_some() {
        return Some(true);
    }
    let step = |name: &str| verification.steps.iter().find(|step| step.step == name).map(|step| step.result);
    match (verification.system, step("session key"), step("decryption")) {
        ("capgo", Some(StepResult::Failed), _) | ("otakit", _, Some(StepResult::Failed)) => Some(true),
        ("capgo" | "otakit", ..) if matches!(verification.result, Verdict::Reject(_)) => {
            let unsigned = verification.not_covered.contains(&"content_not_authenticated");
            (unsigned && verification.generation != Some("v1")).then_some(false)
        }
        _ => Some(false),
    }
}
