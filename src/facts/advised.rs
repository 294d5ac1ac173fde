//! Which known weaknesses concern the update plugins that an app has installed.

use serde::Serialize;

use super::advisories::{Advisory, Platform, Reach, matching, matching_range};
use super::delivery::Delivery;
use super::packages::Packages;
use crate::inputs::{JsonNode, JsonValue};
use crate::model::{Fact, Position, Severity};

/// A known weakness of an installed package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advised {
    /// The advisory.
    pub advisory: String,
    /// The npm package.
    pub package: String,
    /// The version, or the range when only that is known.
    pub version: String,
    /// Whether it is sure: not, when only some versions of a range are affected.
    pub certain: bool,
    /// The file that states the version.
    pub source: String,
    /// Where in it.
    pub position: Option<Position>,
    /// How grave.
    pub severity: Severity,
    /// What it is, in one line.
    pub title: String,
    /// What is weak.
    pub weak: String,
    /// What to do.
    pub fix: String,
    /// The first version with the protection, for the installed major.
    pub fixed: Option<String>,
    /// What it does to updates, in words that controls ask for.
    pub effects: Vec<String>,
    /// All of these must hold for it to matter.
    pub conditions: Vec<String>,
    /// Whether they do, as far as the app's configuration shows; none when it can't be known.
    pub applies: Option<bool>,
    /// Where the weak code runs.
    pub platforms: Vec<Platform>,
}

/// For each package the block of its configuration and the key in it that holds the public key.
const PUBLIC_KEYS: &[(&str, &str, &str)] = &[
    ("@capgo/capacitor-updater", "CapacitorUpdater", "publicKey"),
    ("@capawesome/capacitor-live-update", "LiveUpdate", "publicKey"),
    ("@capacitor/live-updates", "LiveUpdates", "key"),
    ("@otakit/capacitor-updater", "OtaKit", "manifestKeys"),
];

/// Judges the advisories' conditions by the configuration that was handed over.
pub fn settle(advised: &mut [Advised], delivery: &Delivery) {
    for one in advised {
        let Some((_, block, public_key)) = PUBLIC_KEYS.iter().find(|row| row.0 == one.package) else { continue };
        let Some((_, block)) = delivery.plugin(block) else { continue };
        let set = |key: &str| {
            block.get(key).is_some_and(|value| match &value.node {
                JsonNode::String(text) => !text.is_empty(),
                JsonNode::Array(items) => !items.is_empty(),
                JsonNode::Null => false,
                _ => true,
            })
        };
        let holds = |condition: &String| match condition.as_str() {
            "public_key_set" => Some(set(public_key)),
            "no_public_key" => Some(!set(public_key)),
            "private_key_set" => Some(set("privateKey")),
            "no_private_key" => Some(!set("privateKey")),
            "bundle_keys_set" => Some(set("bundleKeys")),
            "stats_enabled" => Some(block.get("statsUrl").and_then(JsonValue::as_str) != Some("")),
            "custom_update_url" => Some(["updateUrl", "serverDomain", "cdnUrl"].iter().any(|key| set(key))),
            "ready_timeout_unset" => {
                let timeout = block.get("readyTimeout").map(|value| &value.node);
                Some(timeout.is_none_or(|node| matches!(node, JsonNode::Number(text) if text == "0")))
            }
            // What the server does with updates stands in no file of the app.
            _ => None,
        };
        let answers: Vec<Option<bool>> = one.conditions.iter().map(holds).collect();
        one.applies =
            if answers.contains(&Some(false)) { Some(false) } else { (!answers.contains(&None)).then_some(true) };
    }
}

/// The advisories that concern these packages, in the order of the packages.
#[must_use]
pub fn advised(packages: &Packages, advisories: &[Advisory]) -> Vec<Advised> {
    let mut found = Vec::new();
    for installed in &packages.installed {
        let hits: Vec<(&Advisory, bool, &str)> = match (&installed.version, &installed.range) {
            (Fact::Known(version), _) => matching(advisories, &installed.package, version)
                .into_iter()
                .map(|one| (one, true, version.as_str()))
                .collect(),
            (_, Some(range)) => matching_range(advisories, &installed.package, range)
                .into_iter()
                .map(|(one, reach)| (one, reach == Reach::Every, range.as_str()))
                .collect(),
            _ => Vec::new(),
        };
        for (advisory, certain, version) in hits {
            let fixed = semver::Version::parse(version)
                .ok()
                .and_then(|version| advisory.fix_for(&version).map(ToString::to_string));
            found.push(Advised {
                advisory: advisory.id.clone(),
                package: installed.package.clone(),
                version: version.to_owned(),
                certain,
                source: installed.source.clone(),
                position: installed.position,
                severity: advisory.severity,
                title: advisory.title.clone(),
                weak: advisory.weak.clone(),
                fix: advisory.fix.clone(),
                fixed,
                effects: advisory.effects.clone(),
                conditions: advisory.conditions.clone(),
                applies: advisory.conditions.is_empty().then_some(true),
                platforms: advisory.platforms.clone(),
            });
        }
    }
    found
}
