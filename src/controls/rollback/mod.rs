//! Controls on that a device is not led back to an older, broken or unfit version.

pub mod automatic_rollback;
pub mod channels;
mod constraints;
pub mod expiry;
mod mixups;
pub mod monotonic_version;
pub mod native_runtime;
mod past;
mod reviewed;
pub mod security_floor;

use semver::Version;

use super::support::shown;
use super::{Draft, Outcome};
use crate::facts::Facts;
use crate::inputs::JsonValue;
use crate::model::{Fact, Location, Root, Severity};

/// The version of the release, or why there is none: the finding to add.
fn version(facts: &Facts) -> Result<(Version, Location), Box<Draft>> {
    let (text, location) = match (facts.release.as_ref(), facts.versions.first()) {
        (_, Some(first)) => {
            let location = Location::at(Root::Release, &first.source, first.position);
            if let Some(other) = facts.versions.iter().find(|other| other.version != first.version) {
                let message = format!(
                    "`{}` states the version {} and `{}` {}, so which one is released is not known",
                    shown(&first.source),
                    shown(&first.version),
                    shown(&other.source),
                    shown(&other.version)
                );
                return Err(Box::new(Draft::manual("versions-differ", location, message).severity(Severity::Medium)));
            }
            (first.version.as_str(), location)
        }
        (Some(release), None) => {
            let location = Location::file(Root::Release, &release.source);
            match &release.version {
                Fact::Known(text) => (text.as_str(), location),
                Fact::Unreadable(why) => {
                    let message = format!("the version could not be read: {}", shown(why));
                    return Err(Box::new(Draft::indeterminate("version-unreadable", location, message)));
                }
                Fact::Absent | Fact::Unknown(_) => return Err(Box::new(no_version(location))),
            }
        }
        (None, None) => return Err(Box::new(no_version(Location::file(Root::Release, "")))),
    };
    Version::parse(text.trim()).map(|version| (version, location.clone())).map_err(|_| {
        let message = format!("the version `{}` is no SemVer, so it can't be ordered", shown(text));
        Box::new(Draft::manual("not-semver", location, message).severity(Severity::Medium).key(shown(text)))
    })
}

fn no_version(location: Location) -> Draft {
    let message = "no release metadata with a version were given";
    Draft::manual("no-version", location, message).severity(Severity::Medium)
}

/// The keys under which the plugins name the channel of an app.
const CHANNELS: [(&str, &str); 4] = [
    ("CapacitorUpdater", "defaultChannel"),
    ("LiveUpdate", "defaultChannel"),
    ("LiveUpdates", "channel"),
    ("OtaKit", "channel"),
];

/// The channel that the app's first configuration names.
#[must_use]
pub fn channel(facts: &Facts) -> Option<&str> {
    let configs = facts.app.iter().flat_map(|app| &app.configs).filter_map(|config| config.content.known());
    let mut found = configs.flat_map(|json| {
        CHANNELS
            .iter()
            .filter_map(|(plugin, key)| json.root.path(&["plugins", plugin, key]).and_then(JsonValue::as_str))
    });
    found.find(|name| !name.trim().is_empty())
}

/// The versions that a parameter names, `1.4.0` for all channels or `production=1.4.0` for one, as far as they are about the
/// app's channel. With the channel not known, all are.
fn of_policy(outcome: &mut Outcome, facts: &Facts, entries: &[String], name: &str) -> Vec<Version> {
    let own = channel(facts);
    let mut versions = Vec::new();
    for entry in entries {
        let (channel, text) = entry.split_once('=').map_or((None, entry.as_str()), |(name, text)| (Some(name), text));
        if channel.is_some_and(|channel| own.is_some_and(|own| own != channel.trim())) {
            continue;
        }
        match Version::parse(text.trim()) {
            Ok(version) => versions.push(version),
            Err(_) => {
                let message =
                    format!("`{}` in the policy's `{name}` is no SemVer, so nothing is compared with it", shown(entry));
                let draft = Draft::indeterminate("policy-version", Location::file(Root::Release, ""), message);
                outcome.findings.push(draft.key(shown(entry)));
            }
        }
    }
    versions
}

/// A version as native projects write it: `3`, `3.2` and `3.2.0` are one, as Capgo's server takes them too.
fn loose(text: &str) -> Option<Version> {
    let text = text.trim();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let dots = text.split(['-', '+']).next().unwrap_or_default().matches('.').count();
    let whole = |text: &str| Version::parse(text).ok();
    match dots {
        0 => text.parse::<u64>().ok().map(|major| Version::new(major, 0, 0)),
        1 => whole(&format!("{text}.0")),
        _ => whole(text),
    }
}
