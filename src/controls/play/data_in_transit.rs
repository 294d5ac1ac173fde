//! OTA-PLAY-002: cleartext that the Android app permits, and that the bundle asks for.

use crate::controls::support::{Address, add_unexamined, add_unread, address, at, count, shown};
use crate::controls::transport::{
    add_native_unread, add_once, add_undecided, is_online, offline, place_or_manifest, releases, setting_place,
    shipping_configs, values,
};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::android::{AndroidProject, Build, ConfigEntry, Origin, Place, SetKind};
use crate::facts::capacitor::{Role, Scalar};
use crate::facts::network::{HostClass, Mention};
use crate::facts::script::Origin as CodeOrigin;
use crate::facts::{AppFacts, BundleFacts, Facts, FileFacts};
use crate::model::{Confidence, Fact, Location, Position, Severity};

/// From this API level on, the manifest's attribute has no effect beside a network security configuration.
const N: u32 = 24;
/// Hosts that are the device itself, or the computer an emulator runs on.
const LOCAL: [&str; 6] = ["localhost", "127.0.0.1", "::1", "[::1]", "10.0.2.2", "10.0.3.2"];

/// OTA-PLAY-002.
pub static CONTROL: Control = Control {
    id: "OTA-PLAY-002",
    slug: "data-in-transit",
    title: "Data in transit uses HTTPS",
    requirement: "All endpoints in bundle and config use https/wss; cleartext is disabled.",
    rationale: "What goes over http can be read and changed by anyone on the way, and Google Play asks for modern cryptography in transit.",
    remediation: "Use https; scope debug exceptions to debug builds.",
    limits: "Of the bundle, what pages and styles load, what scripts load as code and what they plainly ask is a failure; an http address that a script only names is manual, and what it computes is not seen. Names of XML vocabularies, licences and the device itself are none. Links that a person follows are no endpoints. The addresses of the update system are OTA-NET-001's, `androidScheme` is OTA-NET-005's, and iOS is OTA-NET-004's. Releases alone are judged; what libraries that are fetched put into the manifest is not seen. The guide says that this always applies: an app that asks for no INTERNET permission is left out nevertheless, since it sends nothing.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE-PRIV", "ATS"),
        ("CRA", "AnnexI.I.2(e)"),
        ("CWE", "CWE-319"),
        ("ETSI-303645", "5.3-10"),
        ("GDPR", "32(1)(a)"),
        ("MASTG", "MASTG-TEST-0233"),
        ("MASTG", "MASTG-TEST-0235"),
        ("MASTG", "MASTG-TEST-0237"),
        ("MASVS", "MASVS-NETWORK-1"),
        ("MASWE", "MASWE-0050"),
        ("NIST-800-53", "SC-8"),
        ("NIST-800-53", "SC-8(1)"),
        ("PLAY", "DNA-vulnerabilities"),
        ("PLAY", "user-data"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/play/data-in-transit.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let projects = facts.app.as_ref().map(|app| app.android.projects.as_slice()).unwrap_or_default();
    if projects.is_empty() && facts.bundle.is_none() {
        return Outcome::not_applicable("neither an Android project nor a bundle was given");
    }
    let mut outcome = Outcome::default();
    let online: Vec<bool> = projects.iter().map(|project| !offline(&mut outcome, project)).collect();
    if !online.is_empty() && !online.contains(&true) {
        return Outcome::not_applicable("the Android app asks for no INTERNET permission, so it sends nothing");
    }
    for project in projects {
        for build in releases(project).filter(|build| is_online(build)) {
            android(&mut outcome, project, build);
        }
    }
    if let Some(app) = facts.app.as_ref().filter(|_| !projects.is_empty()) {
        configured(&mut outcome, app);
        add_native_unread(&mut outcome, app, |path| path.ends_with("AndroidManifest.xml") || path.contains("/res/xml"));
    }
    if let Some(bundle) = &facts.bundle {
        content(&mut outcome, bundle);
    }
    outcome
}

fn android(outcome: &mut Outcome, project: &AndroidProject, build: &Build) {
    let manifest = place_or_manifest(None, build);
    let name = shown(&build.name);
    match &build.network_security_config {
        Fact::Known(reference) => {
            let resource = reference.value.trim().strip_prefix("@xml/");
            let file = resource.and_then(|resource| project.config_of(build, resource));
            if let Some(config) = file.and_then(|file| file.content.known()) {
                for entry in config.base.iter().chain(&config.domains) {
                    permitted(outcome, entry, &name);
                }
                let place = file.map(|file| Location::file(crate::model::Root::App, &file.path));
                outcome.saw(format!("the network security configuration of the build `{name}` was read"), place);
                old_devices(outcome, build);
                if config.base.as_ref().is_some_and(|base| base.cleartext.is_some()) {
                    return;
                }
            }
            // What the platform does where the file says nothing, or why it can't be told.
            let protection = project.effective_in(build, "host.example");
            let what = "whether Android permits http to hosts without an entry";
            match &protection.cleartext {
                Fact::Known(known) if known.value && matches!(known.origin, Origin::Platform { .. }) => {
                    by_default(outcome, build, known.origin.place().map(Place::location));
                }
                undecided => add_undecided(outcome, undecided, "cleartext-unknown", reference.at.location(), what),
            }
        }
        Fact::Absent => by_attribute(outcome, build),
        undecided => {
            add_undecided(outcome, undecided, "cleartext-unknown", manifest, "the network security configuration");
        }
    }
}

/// `usesCleartextTraffic`, whichever manifest says so.
fn by_attribute(outcome: &mut Outcome, build: &Build) {
    let name = shown(&build.name);
    let manifest = place_or_manifest(None, build);
    match &build.uses_cleartext_traffic {
        Fact::Known(known) if known.value => match &known.origin {
            Origin::Written(place) => {
                let from = build.attribute("usesCleartextTraffic").map(|attribute| attribute.from);
                let who = if from == Some(SetKind::Library) {
                    ", in the manifest of a library; `npx cap sync` writes it into that of the Cordova plugins for `server.cleartext`"
                } else {
                    ""
                };
                // A flavour's own manifest says nothing of the others.
                let own = build.flavour.as_deref().filter(|flavour| place.path.contains(&format!("/src/{flavour}")));
                let of = own.map_or_else(String::new, |flavour| format!(" of the flavour `{}`", shown(flavour)));
                let message = format!("`android:usesCleartextTraffic` permits http to every host in releases{of}{who}");
                add_once(outcome, Draft::fail("cleartext-permitted", place.location(), message));
            }
            Origin::Platform { .. } => {
                by_default(outcome, build, known.origin.place().map(Place::location));
            }
        },
        Fact::Known(known) => {
            let place = place_or_manifest(known.origin.place(), build);
            outcome.saw(format!("http is off in the build `{name}`"), Some(place));
        }
        undecided => {
            let what = "whether Android permits http in a release";
            add_undecided(outcome, undecided, "cleartext-unknown", manifest, what);
        }
    }
}

fn by_default(outcome: &mut Outcome, build: &Build, place: Option<Location>) {
    let place = place.unwrap_or_else(|| place_or_manifest(None, build));
    let message =
        "the target is older than Android 9, for which http to every host is permitted unless the app says otherwise";
    add_once(outcome, Draft::fail("cleartext-by-default", place, message));
}

/// Devices that know no network security configuration obey the attribute.
fn old_devices(outcome: &mut Outcome, build: &Build) {
    let Fact::Known(known) = &build.uses_cleartext_traffic else { return };
    let Origin::Written(place) = &known.origin else { return };
    if !known.value {
        return;
    }
    if let Some(level) = build.min_sdk.known().map(|level| level.value).filter(|level| *level < N) {
        let message = format!(
            "`android:usesCleartextTraffic` permits http on devices before Android 7, which the app runs on (minSdk {level})"
        );
        let draft = Draft::manual("cleartext-on-old-devices", place.location(), message).severity(Severity::Low);
        add_once(outcome, draft);
    } else {
        let message = "`android:usesCleartextTraffic` has no effect beside the network security configuration";
        outcome.saw(message, Some(place.location()));
    }
}

fn permitted(outcome: &mut Outcome, entry: &ConfigEntry, build: &str) {
    let Some(written) = entry.cleartext.as_ref() else { return };
    let place = written.at.location();
    if !written.value {
        outcome.saw(format!("`{}` switches http off in the build `{build}`", entry.element), Some(place));
        return;
    }
    if entry.domains.is_empty() && entry.parent.is_none() {
        let message = "the network security configuration permits http to every host without an entry";
        add_once(outcome, Draft::fail("cleartext-for-all", place, message));
        return;
    }
    for domain in &entry.domains {
        let name = shown(&domain.name);
        let location = domain.at.location();
        if LOCAL.contains(&domain.name.as_str()) {
            outcome
                .saw(format!("http is permitted to `{name}`, the device or its emulator's computer"), Some(location));
        } else if is_private(&domain.name) {
            let message = format!("http is permitted to `{name}`, an address of a private network, in releases");
            let draft = Draft::manual("cleartext-in-private-network", location, message).severity(Severity::Low);
            add_once(outcome, draft.key(name));
        } else {
            let message = format!("http is permitted to `{name}` in releases");
            add_once(outcome, Draft::fail("cleartext-for-host", location, message).key(name));
        }
    }
}

/// Addresses that no public host has: RFC 1918, and names in `.local`.
fn is_private(host: &str) -> bool {
    let private =
        host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_private() || address.is_link_local());
    private || host.ends_with(".local")
}

/// `server.cleartext`, from which `cap sync` makes the attribute of a manifest.
fn configured(outcome: &mut Outcome, app: &AppFacts) {
    // Once the manifest says so, the manifest is the place to point to.
    let synced = outcome.findings.iter().any(|known| known.rule == "cleartext-permitted");
    for file in shipping_configs(app).filter(|file| file.role != Role::Ios) {
        for (value, when, place) in values(file, &["server", "cleartext"]) {
            let draft = match (&value, when) {
                (Fact::Known(Scalar::Bool(true)), _) if synced => {
                    outcome.saw("`server.cleartext` is what the manifest's attribute comes from", Some(place));
                    continue;
                }
                (Fact::Known(Scalar::Bool(true)), None) => {
                    let message = "`server.cleartext` is on: the next `npx cap sync` permits http to every host";
                    Draft::fail("cleartext-configured", place, message)
                }
                (Fact::Known(Scalar::Bool(true)), Some(when)) => {
                    let message = format!("`server.cleartext` is on when `{}`", shown(&when));
                    Draft::manual("cleartext-under-condition", place, message).severity(Severity::Medium)
                }
                _ => {
                    add_undecided(outcome, &value, "cleartext-unknown", place, "`server.cleartext`");
                    continue;
                }
            };
            add_once(outcome, draft);
        }
        let off = file.settings.known().and_then(|settings| settings.get(&["server", "cleartext"]));
        if let Some(setting) = off.filter(|_| {
            file.settings
                .known()
                .is_some_and(|settings| settings.boolean(&["server", "cleartext"]) == Fact::Known(false))
        }) {
            outcome.saw("`server.cleartext` is off", Some(setting_place(setting)));
        }
    }
}

/// What the pages and scripts of the bundle load over http.
fn content(outcome: &mut Outcome, bundle: &BundleFacts) {
    add_unexamined(outcome, bundle);
    add_unread(outcome, bundle.all_files());
    let mut seen = 0;
    for file in bundle.all_files() {
        for (url, position) in addresses(file) {
            seen += 1;
            let Address::Remote { scheme, host } = address(url) else { continue };
            if !matches!(scheme.as_str(), "http" | "ws") || LOCAL.contains(&host.as_str()) {
                continue;
            }
            let message = format!("this is loaded from `{}` over `{scheme}`", shown(&host));
            let draft = Draft::fail("cleartext-loaded", at(&file.path, position), message);
            add_once(outcome, draft.key(shown(url)).excerpt(shown(url)));
        }
    }
    asked(outcome, bundle);
    let files = count(bundle.all_files().count(), "file", "files");
    outcome.saw(
        format!("{}, which pages and scripts of {files} load, looked at", count(seen, "address", "addresses")),
        None,
    );
}

/// What scripts ask and styles load over http, and what they name without that its use is seen.
fn asked(outcome: &mut Outcome, bundle: &BundleFacts) {
    for host in bundle.network.hosts.iter().filter(|host| host.cleartext) {
        let plain = |one: &&Mention| {
            let scheme = one.url.split(':').next().unwrap_or_default();
            matches!(scheme, "http" | "ws")
        };
        // What pages and scripts load has been judged.
        let certain =
            |one: &&Mention| one.class == HostClass::Contacted || one.class == HostClass::Resource && one.by == "style";
        let mut any = false;
        for one in host.mentions.iter().filter(plain).filter(certain) {
            any = true;
            let message = format!("this is asked of `{}` unencrypted", shown(&host.host));
            let draft = Draft::fail("cleartext-loaded", at(&one.path, one.position), message);
            add_once(outcome, draft.key(shown(&one.url)).excerpt(shown(&one.url)));
        }
        let named = host.mentions.iter().filter(plain).find(|one| one.class == HostClass::Named);
        if let Some(one) = named.filter(|_| !any) {
            let message =
                format!("`{}` is named with an unencrypted address; look at whether it is asked", shown(&host.host));
            let draft =
                Draft::manual("cleartext-named", at(&one.path, one.position), message).severity(Severity::Medium);
            add_once(outcome, draft.confidence(Confidence::Possible).key(shown(&host.host)).excerpt(shown(&one.url)));
        }
    }
}

fn addresses(file: &FileFacts) -> Vec<(&str, Option<Position>)> {
    let mut found: Vec<(&str, Option<Position>)> = Vec::new();
    if let Some(page) = &file.page {
        found.extend(page.scripts.iter().filter_map(|one| Some((one.source.as_deref()?, Some(one.position)))));
        found.extend(page.references.iter().chain(&page.frames).map(|one| (one.url.as_str(), Some(one.position))));
        found.extend(page.base.as_deref().map(|base| (base, None)));
    }
    for site in file.script.iter().flat_map(|script| &script.sites) {
        if let CodeOrigin::Remote { url, .. } = &site.origin {
            found.push((url, Some(site.position)));
        }
    }
    found
}
