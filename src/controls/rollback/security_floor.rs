//! OTA-RBK-002: the lowest version that is safe.

use semver::Version;

use super::{loose, of_policy, version};
use crate::controls::support::{in_config, shown};
use crate::controls::updates::{release_place, updates_or_na};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::comparison::Comparison;
use crate::inputs::JsonNode;
use crate::model::{Location, Root, Severity};

/// OTA-RBK-002.
pub static CONTROL: Control = Control {
    id: "OTA-RBK-002",
    slug: "security-floor",
    title: "Minimum safe version (security floor) is enforced",
    requirement: "Policy names a floor version per channel; bundle is at or above; server/client setting blocks below.",
    rationale: "An old bundle with a known hole keeps its valid signature. Only a floor keeps it from being installed again.",
    remediation: "Set floor after each security fix.",
    limits: "The floor is the policy's parameter `floor`. What blocks below it is set on the update server, which files don't show: manual until `channel.downgrade_protection` is stated. The criteria take the settings `disableAutoUpdateUnderNative`, `autoBlockRolledBackBundles` and `resetWhenUpdate` for protection; in the plugins' sources none of them keeps an old signed bundle out (they block bundles that failed, or drop updates when a new native build is installed), so they count only where the policy sets `settings: suffice`, and `resetWhenUpdate`, which is on by default, never does. A signature or hash stops no replay. A content that the ledger has under a version below the floor fails. What devices go back to is the release before and the bundle inside the binary, as far as their versions are known from the bundles or the ledger.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.100(e)"),
        ("CRA", "AnnexI.I.2(a)"),
        ("CRA", "AnnexI.II.2"),
        ("MASVS", "MASVS-CODE-2"),
        ("MASWE", "MASWE-0075"),
        ("NIST-800-53", "SI-2"),
        ("NIST-800-53", "SI-2(6)"),
        ("NIST-800-53", "SI-7(5)"),
        ("TUF", "rollback"),
        ("UPTANE", "rollback"),
    ],
    parameters: &[
        Parameter {
            name: "floor",
            about: "the lowest safe versions, `1.3.0` for all channels or `production=1.3.0` for one",
            kind: ParameterKind::List(&[]),
        },
        Parameter {
            name: "settings",
            about: "whether a setting of the app counts as protection: `ask` for a statement on the server's setting, or `suffice`",
            kind: ParameterKind::Choice(&["ask", "suffice"]),
        },
    ],
    attestations: &["channel.downgrade_protection"],
    cases: include_str!("../../../tests/controls/rbk/security-floor.md"),
    assess,
};

/// The settings that the criteria name: block, key.
const SETTINGS: [(&str, &str); 2] =
    [("CapacitorUpdater", "disableAutoUpdateUnderNative"), ("LiveUpdate", "autoBlockRolledBackBundles")];

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let mut outcome = Outcome::default();
    let floors = of_policy(&mut outcome, facts, parameters.list("floor"), "floor");
    if floors.is_empty() {
        if outcome.findings.is_empty() {
            let message = "the policy names no lowest safe version for this channel in `floor`";
            let draft = Draft::manual("no-floor", release_place(facts), message).severity(Severity::Medium);
            outcome.findings.push(draft);
        }
        return outcome;
    }
    let (version, location) = match version(facts) {
        Ok(found) => found,
        Err(draft) => {
            outcome.findings.push(*draft);
            return outcome;
        }
    };
    let below: Vec<_> = floors.iter().filter(|floor| version.cmp_precedence(floor).is_lt()).collect();
    let version_shown = shown(&version.to_string());
    if let Some(floor) = below.first() {
        // Several floors are of several channels, and which of them the app has is not known.
        let draft = if below.len() == floors.len() {
            let message = format!("the version {version_shown} is below {floor}, the lowest that is safe");
            Draft::fail("below-floor", location, message)
        } else {
            let message = format!(
                "the version {version_shown} is below {floor}, the floor of some channel; which one the app has is not known"
            );
            Draft::manual("channel-unknown", location, message)
        };
        outcome.findings.push(draft.key(version_shown));
        return outcome;
    }
    outcome.saw(format!("the version {version_shown} is not below the floor"), Some(location.clone()));
    content_of_before(&mut outcome, facts, &floors);
    fallbacks(&mut outcome, facts, &floors);
    match setting(facts) {
        Some((name, place)) if parameters.choice("settings") == "suffice" => {
            outcome.saw(format!("`{name}` is set, which the policy takes for protection"), Some(place));
        }
        _ => {
            let message = "what keeps bundles below the floor from devices is set on the update server and was not seen: look there, and state `channel.downgrade_protection`";
            outcome.findings.push(Draft::manual("protection-not-seen", location, message).severity(Severity::Medium));
        }
    }
    outcome
}

/// The lowest of the floors: with several, which one the app has is not known.
fn lowest(floors: &[Version]) -> Option<&Version> {
    floors.iter().min_by(|one, other| one.cmp_precedence(other))
}

/// An old content keeps its holes under a new version.
fn content_of_before(outcome: &mut Outcome, facts: &Facts, floors: &[Version]) {
    let (Some(bundle), Some(past), Some(floor)) = (&facts.bundle, &facts.past, lowest(floors)) else { return };
    let known = past.audits.iter().filter(|audit| audit.content == Some(bundle.content_digest));
    let below = known
        .filter_map(|audit| Some((loose(audit.version.as_deref()?)?, audit)))
        .find(|(version, _)| version.cmp_precedence(floor).is_lt());
    if let Some((version, audit)) = below {
        let message = format!(
            "this content was audited on {} as {version}, which is below {floor}, the lowest that is safe",
            shown(&audit.as_of)
        );
        let draft = Draft::fail("content-below-floor", Location::file(Root::Bundle, ""), message);
        outcome.findings.push(draft.key(version.to_string()));
    }
}

/// What devices go back to when this release fails: the release before, and the bundle inside the binary.
fn fallbacks(outcome: &mut Outcome, facts: &Facts, floors: &[Version]) {
    let Some(floor) = lowest(floors) else { return };
    let before = |comparison: &Option<Comparison>| {
        let change = comparison.as_ref()?.versions.first()?;
        Some((loose(&change.before)?, change.location.clone()))
    };
    let own = version(facts).ok().map(|(version, _)| version);
    let audits = facts.past.iter().flat_map(|past| past.audits.iter().rev()).filter(|audit| audit.passed);
    let versions = audits.filter_map(|audit| loose(audit.version.as_deref()?));
    let last = versions.into_iter().find(|version| own.as_ref().is_none_or(|own| version.cmp_precedence(own).is_ne()));
    let last = last.map(|version| (version, Location::file(Root::Bundle, "")));
    for (name, known) in [
        ("the release before", before(&facts.previous).or(last)),
        ("the bundle inside the binary", before(&facts.reviewed)),
    ] {
        let Some((version, place)) = known else { continue };
        if version.cmp_precedence(floor).is_lt() {
            let message = format!(
                "{name}, to which devices go back when this one fails, is {version}, below {floor}, the lowest that is safe"
            );
            let draft = Draft::manual("fallback-below-floor", place, message).severity(Severity::Medium);
            outcome.findings.push(draft.key(name));
        } else {
            outcome.saw(format!("{name}, {version}, is not below the floor either"), Some(place));
        }
    }
}

/// The first of the settings that is on.
fn setting(facts: &Facts) -> Option<(String, Location)> {
    let configs = facts.app.iter().flat_map(|app| &app.configs);
    configs.filter_map(|config| Some((config, config.content.known()?))).find_map(|(config, json)| {
        SETTINGS.iter().find_map(|(plugin, key)| {
            let value = json.root.path(&["plugins", plugin, key])?;
            let on = matches!(value.node, JsonNode::Bool(true));
            on.then(|| (format!("plugins.{plugin}.{key}"), in_config(config, value)))
        })
    })
}
