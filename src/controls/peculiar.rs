//! What is odd in the configuration that ships, and where a copy in a native project says something else: each setting
//! is told by one control, the one that judges it.

use super::support::{count, shown};
use super::transport::shipping_configs;
use super::{Draft, Outcome};
use crate::facts::capacitor::{DisagreementKind, OddityKind};
use crate::facts::{AppFacts, UPDATE_SYSTEMS};
use crate::model::{Location, Root, Severity};

/// The control at which a setting is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// OTA-NET-001: the addresses of update systems.
    Addresses,
    /// OTA-NET-004: content over http within pages.
    Trust,
    /// OTA-NET-005: where the web view's page comes from, and all that no other control judges.
    Origin,
    /// OTA-NET-007: debugging and logs.
    Debugging,
    /// OTA-RBK-006: channels.
    Channels,
    /// OTA-SIG-001: keys of update systems.
    Keys,
    /// OTA-SIG-007: the other settings of update systems.
    Updater,
}

/// A setting's home, by the last of its keys, so that one at the wrong level is told there too.
fn home(path: &[String]) -> Home {
    let key = path.last().map(String::as_str).unwrap_or_default();
    let block = path.get(1).map(String::as_str).unwrap_or_default();
    let updater = path.first().is_some_and(|first| first == "plugins")
        && UPDATE_SYSTEMS.iter().any(|system| system.plugin == block || key == system.plugin);
    let address = UPDATE_SYSTEMS.iter().any(|system| system.endpoint_keys.contains(&key));
    match key {
        "allowMixedContent" => Home::Trust,
        "webContentsDebuggingEnabled" | "loggingBehavior" | "hideLogs" => Home::Debugging,
        "publicKey" | "privateKey" | "manifestKeys" => Home::Keys,
        "defaultChannel" | "allowSetDefaultChannel" => Home::Channels,
        "channel" if updater => Home::Channels,
        _ if address => Home::Addresses,
        "allowModifyUrl" | "allowModifyAppId" | "allowManualBundleError" | "allowPreview" | "autoUpdate" => {
            Home::Updater
        }
        _ if updater => Home::Updater,
        _ => Home::Origin,
    }
}

/// Adds what is odd about the settings of one home, and where copies disagree about them.
pub(super) fn add(outcome: &mut Outcome, app: &AppFacts, own: Home) {
    if let Some(config) = app.settings.shipping() {
        for oddity in config.oddities.iter().filter(|oddity| home(&oddity.path) == own) {
            let name = shown(&oddity.path.join("."));
            let (rule, said) = match &oddity.kind {
                OddityKind::TextForBoolean { text } => (
                    "text-for-boolean",
                    format!(
                        "is the text `{}` where true or false is read: a platform may take it for not set",
                        shown(text)
                    ),
                ),
                OddityKind::WordForBoolean { word } => (
                    "word-for-boolean",
                    format!("is `{}`, which only newer plugins know: older ones take it for not set", shown(word)),
                ),
                OddityKind::OtherType { expected } => ("other-type", format!("is no {expected}, which is read there")),
                OddityKind::WrongLevel { belongs } => (
                    "wrong-level",
                    format!("stands where nobody reads it; it belongs to `{}`", shown(&belongs.join("`, `"))),
                ),
                OddityKind::NearlyKnown { known } => ("unknown-key", format!("is not known; `{known}` is")),
            };
            let place = Location::at(Root::App, &oddity.file, oddity.position);
            let draft = Draft::manual(rule, place, format!("`{name}` {said}"));
            outcome.findings.push(draft.severity(Severity::Low).key(name));
        }
    }
    disagreements(outcome, app, own);
}

fn disagreements(outcome: &mut Outcome, app: &AppFacts, own: Home) {
    // OTA-KEY-002 compares keys, decoded.
    if own == Home::Keys {
        return;
    }
    let Some(source) = app.settings.shipping().map(|file| shown(&file.path)) else { return };
    let shipped: Vec<&str> = shipping_configs(app).map(|file| file.path.as_str()).collect();
    for (copy, all) in app.settings.disagreements() {
        if !shipped.contains(&copy.path.as_str()) {
            continue;
        }
        let mut others = Vec::new();
        for one in all.iter().filter(|one| home(&one.path) == own) {
            let name = shown(&one.path.join("."));
            if own == Home::Origin && one.path.first().is_none_or(|first| first != "server") {
                others.push(name);
                continue;
            }
            let said = match one.kind {
                DisagreementKind::MissingInCopy => format!("lacks `{name}`, which `{source}` has"),
                DisagreementKind::OnlyInCopy => format!("has `{name}`, which `{source}` has not"),
                DisagreementKind::Differs => format!("has another `{name}` than `{source}`"),
            };
            let place = one.copy.as_ref().map_or_else(
                || Location::file(Root::App, &copy.path),
                |(file, position)| Location::at(Root::App, file, *position),
            );
            let message = format!("the copy `{}` {said}: run `npx cap sync` before the build", shown(&copy.path));
            outcome.findings.push(Draft::manual("copy-differs", place, message).severity(Severity::Medium).key(name));
        }
        if let Some(first) = others.first() {
            let number = count(others.len(), "more setting", "more settings");
            let copy_name = shown(&copy.path);
            let message = format!("the copy `{copy_name}` differs from `{source}` in {number}, the first is `{first}`");
            let draft = Draft::manual("stale-copy", Location::file(Root::App, &copy.path), message);
            outcome.findings.push(draft.severity(Severity::Low));
        }
    }
}
