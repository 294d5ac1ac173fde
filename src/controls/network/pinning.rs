//! OTA-NET-003: pins for the hosts that updates come from.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::controls::network::pinned_files;
use crate::controls::network::pins::{Wanted, single, unpinned};
use crate::controls::support::shown;
use crate::controls::transport::{
    UpdateHost, add_native_unread, add_once, add_undecided, days_between, has_native, is_online, offline,
    place_or_manifest, releases, shipped_lists, sited, today, update_hosts,
};
use crate::controls::updates::{systems_of_app, without_updates};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::android::{AnchorSource, AndroidProject, Build, HostProtection, PinSet};
use crate::facts::ios::{InfoPlist, PinFault, PinKind, PinnedDomain};
use crate::model::{Fact, Location, Root, Severity};

/// OTA-NET-003.
pub static CONTROL: Control = Control {
    id: "OTA-NET-003",
    slug: "pinning",
    title: "Certificate pinning is configured and not near expiry",
    requirement: "For update hosts, pins exist (NSPinnedDomains, network-security-config pin-set, or plugin option), at least two SPKI pins (one backup), SHA-256, and expiration is beyond the warn window.",
    rationale: "Pins bind the update host to known keys, so that a certificate of any other authority is refused. On Android an expired set pins nothing any more, without a word.",
    remediation: "Add backup pin; set expiration; plan rotation.",
    limits: "Pins of the network security configuration and of NSPinnedDomains are read, for the releases; iOS knows them since 14. Whether the HTTP client of a plugin obeys them, and whether a pinned key is the server's, is not examined. A pinning plugin guards its own requests and not those of the update plugin, so its options are no pins of an update host here; its certificate files are read all the same. Whether native code asks a pinned host is not seen. Both vendors of systems advise care: a wrong pin cuts the app off from its updates. So no pins are a question by default, and a failure where the policy requires them; so it is with a backup. A vendor may change the keys of its own host at any time.",
    severity: Severity::Medium,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE-PRIV", "ATS.NSPinnedDomains"),
        ("CRA", "AnnexI.I.2(e)"),
        ("CWE", "CWE-295"),
        ("ETSI-303645", "5.3-10"),
        ("MASTG", "MASTG-TEST-0242"),
        ("MASTG", "MASTG-TEST-0243"),
        ("MASVS", "MASVS-NETWORK-2"),
        ("MASWE", "MASWE-0047"),
        ("NIST-800-53", "SC-17"),
        ("NIST-800-53", "SC-23"),
    ],
    parameters: &[
        Parameter {
            name: "pinning",
            about: "Whether update hosts must be pinned: `ask` a person, or `required`.",
            kind: ParameterKind::Choice(&["ask", "required"]),
        },
        Parameter {
            name: "backup_pin",
            about: "Whether pinned hosts must have a second pin: `ask` a person, or `required`.",
            kind: ParameterKind::Choice(&["ask", "required"]),
        },
        Parameter {
            name: "pin_warn_days",
            about: "How many days before the end of a pin set a person is told.",
            kind: ParameterKind::Choice(&["30", "14", "60", "90", "180"]),
        },
    ],
    attestations: &["tls.pin_owner"],
    cases: include_str!("../../../tests/controls/net/pinning.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let Some(app) = &facts.app else { return Outcome::not_applicable("no app was given") };
    if systems_of_app(facts).is_empty() {
        return without_updates(facts, app);
    }
    let wanted = Wanted {
        pins: parameters.choice("pinning") == "required",
        backup: parameters.choice("backup_pin") == "required",
        warn_days: parameters.choice("pin_warn_days").parse().unwrap_or(30),
        today: today(facts),
    };
    let (hosts, open) = update_hosts(facts);
    let mut outcome = Outcome::default();
    outcome.findings.extend(open);
    app.endpoints.pinning.iter().for_each(|plugin| pinned_files::plugin(&mut outcome, plugin, &wanted));
    if !has_native(app) {
        let message = "the app's folder has no native project, so whether update hosts are pinned is not known";
        let place = Location::file(Root::App, "");
        outcome.findings.push(Draft::manual("no-native-project", place, message));
        return outcome;
    }
    for project in &app.android.projects {
        if !offline(&mut outcome, project) {
            for build in releases(project).filter(|build| is_online(build)) {
                hosts.iter().for_each(|host| android(&mut outcome, project, build, host, &wanted));
            }
        }
    }
    pinned_files::of_others(&mut outcome, app, facts.bundle.as_ref(), &hosts, &wanted);
    for info in shipped_lists(&app.ios) {
        malformed(&mut outcome, info);
        hosts.iter().for_each(|host| ios(&mut outcome, info, host, &wanted));
    }
    add_native_unread(&mut outcome, app, |path| {
        path.ends_with("AndroidManifest.xml") || path.ends_with("Info.plist") || path.contains("/res/xml")
    });
    outcome
}

fn android(outcome: &mut Outcome, project: &AndroidProject, build: &Build, host: &UpdateHost, wanted: &Wanted) {
    let protection = project.effective_in(build, &host.host);
    let manifest = place_or_manifest(None, build);
    let pins = match &protection.pin_set {
        Fact::Known(pins) => pins,
        Fact::Absent => {
            let resource = build.network_security_config.known().and_then(|one| one.value.trim().strip_prefix("@xml/"));
            let file = resource.and_then(|resource| project.config_of(build, resource));
            let entries = file.and_then(|file| file.content.known()).into_iter().flat_map(|config| &config.domains);
            let pinned = entries.filter(|entry| entry.pin_set.as_ref().is_some_and(|set| !set.pins.is_empty()));
            let others: Vec<&str> = pinned.flat_map(|entry| &entry.domains).map(|one| one.name.as_str()).collect();
            unpinned(outcome, host, "Android", &others, wanted);
            return;
        }
        undecided => {
            let named = protection.config_file.known();
            let fault = project.network_security.iter().find(|file| Some(&file.path) == named);
            match fault.and_then(|file| file.fault.as_ref()) {
                Some(fault) if fault.value.contains("has already been specified") => {
                    let message = format!(
                        "a domain stands there twice, and with it Android refuses the whole file: {}",
                        shown(&fault.value)
                    );
                    add_once(outcome, Draft::fail("duplicate-domain", fault.at.location(), message).key("android"));
                }
                Some(fault) if fault.value.contains("digest") => {
                    let message = format!(
                        "a pin is malformed, and with it Android refuses the whole file: {}",
                        shown(&fault.value)
                    );
                    add_once(outcome, Draft::fail("malformed-pin", fault.at.location(), message).key("android"));
                }
                _ => add_undecided(outcome, undecided, "pins-unknown", manifest, "what is pinned on Android"),
            }
            return;
        }
    };
    pinned_on_android(outcome, &protection, pins, host, wanted);
}

fn pinned_on_android(
    outcome: &mut Outcome,
    protection: &HostProtection,
    pins: &PinSet,
    host: &UpdateHost,
    wanted: &Wanted,
) {
    let name = shown(&host.host);
    let place = pins.at.location();
    for anchor in &protection.anchors_over_pins {
        let draft = if anchor.source == AnchorSource::System {
            let message = format!(
                "`overridePins` lets every certificate of the system pass for `{name}`: the pins have no effect"
            );
            Draft::fail("pins-without-effect", anchor.at.location(), message)
        } else {
            let message = format!(
                "`overridePins` lets certificates of other sources than the system pass for `{name}` despite its pins"
            );
            Draft::manual("pins-overridden", anchor.at.location(), message)
        };
        add_once(outcome, draft.key(name.as_str()));
    }
    match &protection.pin_expiry {
        Fact::Known(written) => match written.value.parse::<Date>() {
            Ok(end) if end <= wanted.today => {
                let message = format!(
                    "the pins of `{name}` ended on {end}, {} days ago: since then Android pins nothing, without a word",
                    days_between(end, wanted.today)
                );
                add_once(outcome, Draft::fail("expired-pins", written.at.location(), message).key(name.as_str()));
            }
            Ok(end) => {
                let left = days_between(wanted.today, end);
                let message = format!("the pins of `{name}` end on {end}, in {left} days");
                if left <= wanted.warn_days {
                    add_once(
                        outcome,
                        Draft::manual("pins-expire-soon", written.at.location(), message).key(name.as_str()),
                    );
                } else {
                    outcome.saw(message, Some(written.at.location()));
                }
            }
            Err(_) => {
                let message = format!(
                    "the end of the pins of `{name}` is no date that could be read: `{}`",
                    shown(&written.value)
                );
                add_once(
                    outcome,
                    Draft::indeterminate("pin-expiry-unread", written.at.location(), message).key(name.as_str()),
                );
            }
        },
        Fact::Absent => outcome.saw(format!("the pins of `{name}` have no end"), Some(place.clone())),
        undecided => add_undecided(outcome, undecided, "pins-unknown", place.clone(), "when the pins end"),
    }
    if protection.distinct_pins < 2 {
        single(outcome, host, place, wanted);
    } else {
        let number = protection.distinct_pins;
        outcome.saw(format!("{number} keys are pinned for `{name}` on Android"), Some(place));
    }
}

/// Pins of any host that can match no key.
fn malformed(outcome: &mut Outcome, info: &InfoPlist) {
    for domain in &info.transport_security.pinned {
        for pin in &domain.pins {
            let why = match pin.fault {
                Some(PinFault::NoDigest) => "it has no `SPKI-SHA256-BASE64`".to_owned(),
                Some(PinFault::NotBase64) => "it is no Base64".to_owned(),
                Some(PinFault::Length { bytes }) => format!("it has {bytes} bytes instead of SHA-256's 32"),
                Some(PinFault::Repeated) | None => continue,
            };
            let name = shown(&domain.domain);
            let message = format!("a pin of `{name}` can match no key: {why}");
            add_once(outcome, Draft::fail("malformed-pin", sited(&pin.digest), message).key(name));
        }
    }
}

fn ios(outcome: &mut Outcome, info: &InfoPlist, host: &UpdateHost, wanted: &Wanted) {
    let security = &info.transport_security;
    let protection = security.effective(&host.host);
    let file = Location::file(Root::App, &info.file);
    let name = shown(&host.host);
    let Some(domain) = protection.pinned else {
        if security.is_incomplete {
            let message = format!("the property list breaks off, so whether `{name}` is pinned is not known");
            add_once(outcome, Draft::indeterminate("pins-unknown", file, message).key(name));
            return;
        }
        let pinned: Vec<&PinnedDomain> = security.pinned.iter().collect();
        let others: Vec<&str> = pinned.iter().map(|one| one.domain.as_str()).collect();
        if let Some(misspelt) = protection.misspelt.iter().find(|one| others.contains(&one.key.as_str())) {
            let message = format!(
                "the pins of `{}` were likely meant for `{name}` and match no connection, for so no domain is written",
                shown(&misspelt.key)
            );
            let place = misspelt.position.map_or(file, |position| Location::at(Root::App, &info.file, position));
            add_once(outcome, Draft::manual("pins-misspelt", place, message).key(name));
            return;
        }
        // The extensions of an app fetch no updates.
        if !matches!(info.product, crate::facts::ios::Product::Extension(_)) {
            unpinned(outcome, host, "iOS", &others, wanted);
        }
        return;
    };
    let place = domain.position.map_or(file, |position| Location::at(Root::App, &info.file, position));
    let of = |kind: PinKind| -> BTreeSet<&String> {
        let good = domain.pins.iter().filter(|pin| pin.kind == kind && pin.fault.is_none());
        good.filter_map(|pin| pin.digest.known()).collect()
    };
    let (authorities, leaves) = (of(PinKind::Authority), of(PinKind::Leaf));
    if let Some(pin) = domain.pins.iter().find(|pin| matches!(pin.digest.fact, Fact::Unknown(_) | Fact::Unreadable(_)))
    {
        add_undecided(outcome, &pin.digest.fact, "pins-unknown", sited(&pin.digest), &format!("a pin of `{name}`"));
    }
    // Where both kinds are given, one of each must match.
    let fewest = [authorities.len(), leaves.len()].into_iter().filter(|number| *number > 0).min().unwrap_or(0);
    match fewest {
        0 if domain.pins.is_empty() => unpinned(outcome, host, "iOS", &[], wanted),
        0 => {}
        1 => single(outcome, host, place, wanted),
        _ => {
            let number = authorities.len() + leaves.len();
            outcome.saw(format!("{number} keys are pinned for `{name}` on iOS"), Some(place));
        }
    }
}
