//! OTA-GDPR-003: what the updater sends about the user.

use crate::controls::changed;
use crate::controls::configured::{calls, possible};
use crate::controls::support::{at, shown};
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::capacitor::Scalar;
use crate::facts::comparison::SetKind;
use crate::facts::script::NamedCall;
use crate::model::{Fact, Location, Root, Severity};

/// OTA-GDPR-003.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-003",
    slug: "minimal-requests",
    title: "Update requests carry the minimum data",
    requirement: "Fields sent by the updater are limited to those needed; no user id, e-mail or advertising id as custom id; device id resettable or not persisted.",
    rationale: "Every start of the app asks for updates. What goes along is a log of who used the app when, and with a user's id in it no longer under a pseudonym.",
    remediation: "Use a random id that changes, or no custom id; switch off statistics that are not needed.",
    limits: "Which fields a plugin sends is taken from its source, as of 2026-11-23; the IP address always goes along. A device id is personal data. Capgo keeps it across reinstallations by design, which no setting changes: the parameter `device_id` says whether a person has to accept that. The argument of `setCustomId` is judged by the names in it. Whether the GDPR applies at all is not judged.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "5.1.1(iii)"),
        ("CCPA", "1798.100(c)"),
        ("CCPA-REG", "7002"),
        ("CRA", "AnnexI.I.2(g)"),
        ("EDPB", "G2/2023"),
        ("EDPB", "G4/2019"),
        ("EPRIVACY", "5(3)"),
        ("GDPR", "25(1)"),
        ("GDPR", "25(2)"),
        ("GDPR", "4(1)"),
        ("GDPR", "5(1)(c)"),
        ("MASVS", "MASVS-PRIVACY-1"),
        ("MASVS", "MASVS-PRIVACY-2"),
        ("MASWE", "MASWE-0108"),
        ("MASWE", "MASWE-0109"),
        ("MASWE", "MASWE-0110"),
        ("NIST-800-53", "PT-3"),
        ("NIST-800-53", "SI-12"),
    ],
    parameters: &[
        Parameter {
            name: "allowed_fields",
            about: "The fields that update requests may carry, as the plugins name them.",
            kind: ParameterKind::List(&[
                "app_id",
                "appVersionCode",
                "appVersionName",
                "binary_version",
                "bundleId",
                "channelName",
                "channel_name",
                "customId",
                "custom_id",
                "defaultChannel",
                "device_id",
                "deviceId",
                "install_source",
                "is_emulator",
                "is_portals",
                "is_prod",
                "key_id",
                "manifest",
                "osVersion",
                "platform",
                "platform_version",
                "pluginVersion",
                "plugin_version",
                "version_build",
                "version_code",
                "version_name",
                "version_os",
            ]),
        },
        Parameter {
            name: "device_id",
            about: "Whether a device id that outlasts a reinstallation is accepted, or a person has to accept it.",
            kind: ParameterKind::Choice(&["accept", "ask"]),
        },
    ],
    attestations: &[],
    cases: include_str!("../../../tests/controls/gdpr/minimal-requests.md"),
    assess,
};

/// What the plugins send with the question for an update: `createInfoObject` of Capgo, `LiveUpdate.java` of Capawesome,
/// `check-device` of Ionic.
const FIELDS: &[(&str, &[&str])] = &[
    (
        "capgo",
        &[
            "platform",
            "device_id",
            "app_id",
            "custom_id",
            "version_build",
            "version_code",
            "version_os",
            "version_name",
            "plugin_version",
            "is_emulator",
            "is_prod",
            "install_source",
            "defaultChannel",
            "key_id",
        ],
    ),
    (
        "capawesome",
        &[
            "appVersionCode",
            "appVersionName",
            "bundleId",
            "channelName",
            "customId",
            "deviceId",
            "osVersion",
            "platform",
            "pluginVersion",
        ],
    ),
    (
        "ionic",
        &[
            "binary_version",
            "device_id",
            "platform",
            "platform_version",
            "app_id",
            "channel_name",
            "is_portals",
            "plugin_version",
            "manifest",
        ],
    ),
];

/// Names in an argument that speak of a person, in small letters.
const PERSONAL: [&str; 14] = [
    "email",
    "e-mail",
    "phone",
    "msisdn",
    "idfa",
    "gaid",
    "advertisingid",
    "username",
    "user.id",
    "user?.id",
    "userid",
    "user_id",
    ".uid",
    "fullname",
];
/// Names that speak of chance, in small letters.
const RANDOM: [&str; 4] = ["randomuuid", "uuidv4", "nanoid", "getrandomvalues"];

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let systems = match updates_or_na(facts) {
        Ok(systems) => systems,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    let root = if facts.app.is_some() { Root::App } else { Root::Release };
    let place = || Location::file(root, "");
    for system in &systems {
        let Some((_, fields)) = FIELDS.iter().find(|(known, _)| known == system) else {
            let message =
                format!("what {} sends with its requests is not known here; look at its documentation", shown(system));
            outcome
                .findings
                .push(Draft::manual("payload-unknown", place(), message).severity(Severity::Low).key(*system));
            continue;
        };
        let allowed = parameters.list("allowed_fields");
        let over: Vec<&str> =
            fields.iter().copied().filter(|field| allowed.iter().all(|known| known != field)).collect();
        if over.is_empty() {
            outcome.saw(format!("{system} sends {}; the policy allows each", fields.join(", ")), Some(place()));
        } else {
            let message = format!("{system} sends {}, which the policy does not allow", over.join(", "));
            outcome.findings.push(Draft::fail("field-not-allowed", place(), message).key(*system));
        }
        if *system == "capgo" && parameters.choice("device_id") == "ask" {
            let message = "Capgo's device id outlasts a reinstallation; look at whether that is needed";
            outcome.findings.push(Draft::manual("lasting-device-id", place(), message).severity(Severity::Medium));
        }
    }
    if systems.is_empty() {
        let message = "the release's updater is not known; look at what it sends with its requests";
        outcome.findings.push(Draft::manual("payload-unknown", place(), message).severity(Severity::Low));
    }
    statistics(&mut outcome, facts);
    custom_ids(&mut outcome, facts);
    changed::tell(&mut outcome, facts, &[SetKind::WatchedCalls, SetKind::Contacts]);
    outcome
}

/// Capgo's reports of errors, which hold messages and addresses of the app.
fn statistics(outcome: &mut Outcome, facts: &Facts) {
    for one in facts.advised.iter().filter(|one| one.effects.iter().any(|effect| effect == "telemetry_on_by_default")) {
        if one.applies == Some(false) || !one.certain {
            continue;
        }
        let location = one.position.map_or_else(
            || Location::file(Root::App, &one.source),
            |position| Location::at(Root::App, &one.source, position),
        );
        let message = format!(
            "{} {} reports errors of the app with their texts unless `statsUrl` is empty; look at whether that is needed",
            shown(&one.package),
            shown(&one.version)
        );
        outcome
            .findings
            .push(Draft::manual("error-reports", location, message).severity(Severity::Low).key(&one.advisory));
    }
}

/// The custom ids that the bundle sets.
fn custom_ids(outcome: &mut Outcome, facts: &Facts) {
    let persists = facts.app.iter().any(|app| {
        let values = possible(app, &["plugins", "CapacitorUpdater", "persistCustomId"]);
        values.iter().any(|one| one.value == Fact::Known(Scalar::Bool(true)))
    });
    let kept = if persists { ", and it is kept on the device (`persistCustomId`)" } else { "" };
    let Some(bundle) = &facts.bundle else {
        let message = format!("no bundle was given; look at whether the app sets a custom id{kept}");
        let place = Location::file(Root::Bundle, "");
        outcome.findings.push(Draft::manual("no-bundle", place, message).severity(Severity::Low));
        return;
    };
    let mut any = false;
    for (path, call) in calls(bundle, "setCustomId") {
        any = true;
        custom_id(outcome, path, call, kept);
    }
    if !any {
        outcome.saw("no script of the bundle sets a custom id", Some(Location::file(Root::Bundle, "")));
    }
}

fn custom_id(outcome: &mut Outcome, path: &str, call: &NamedCall, kept: &str) {
    let place = at(path, Some(call.position));
    let argument = call.argument.as_deref().unwrap_or_default();
    let lower = argument.to_lowercase();
    let names = |list: &[&str]| list.iter().any(|word| lower.contains(word));
    if names(&PERSONAL) {
        let message = format!("the custom id is `{}`, by its names the data of a person{kept}", shown(argument));
        outcome.findings.push(Draft::fail("personal-custom-id", place, message).key(shown(argument)));
    } else if names(&RANDOM) || lower.replace([' ', '\'', '"', '`'], "").ends_with("customid:}") {
        outcome.saw(format!("the custom id is `{}`, random or empty", shown(argument)), Some(place));
    } else {
        let message = format!("the custom id is `{}`; look at whether it tells who the user is{kept}", shown(argument));
        outcome
            .findings
            .push(Draft::manual("custom-id-unknown", place, message).severity(Severity::Medium).key(shown(argument)));
    }
}
