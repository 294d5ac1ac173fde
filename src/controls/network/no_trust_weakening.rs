//! OTA-NET-004: what makes a release trust servers that it must not trust.

use crate::controls::network::trust_on_ios::{swift, transport_security};
use crate::controls::peculiar::{self, Home};
use crate::controls::support::shown;
use crate::controls::transport::{
    add_native_unread, add_once, add_undecided, has_native, is_online, offline, place_or_manifest, releases,
    shipped_lists, shipping_configs, update_hosts, values,
};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::android::{AnchorSource, AndroidProject, Build, ConfigEntry, Guard, SourceKind};
use crate::facts::capacitor::{Role, Scalar};
use crate::facts::{AppFacts, Facts};
use crate::model::{Fact, Location, Root, Severity};

/// OTA-NET-004.
pub static CONTROL: Control = Control {
    id: "OTA-NET-004",
    slug: "no-trust-weakening",
    title: "No trust weakening in release",
    requirement: "No user CA trust, no ATS arbitrary loads, no debug-overrides leakage, no mixed content, no accept-all TrustManager in native sources.",
    rationale: "An app that trusts every certificate, or those that its user installed, takes its updates from whoever stands in the network.",
    remediation: "Remove; scope to debug.",
    limits: "The app's own sources are read: what a fetched library or pod does is not seen, nor is a trust manager that checks a little and not enough. Releases alone are judged: a manifest of the debug build and `debug-overrides` count only where a release is debuggable. An app without the INTERNET permission opens no connection, so its Android side is not judged. Cleartext on Android is OTA-PLAY-002's. Code under a condition that is not known to be one of debug builds is manual.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE-PRIV", "ATS"),
        ("CRA", "AnnexI.I.2(b)"),
        ("CWE", "CWE-295"),
        ("GDPR", "32(1)(a)"),
        ("MASTG", "MASTG-TEST-0237"),
        ("MASTG", "MASTG-TEST-0286"),
        ("MASVS", "MASVS-NETWORK-1"),
        ("MASWE", "MASWE-0052"),
        ("NIST-800-53", "CM-6"),
        ("NIST-800-53", "SC-23"),
        ("NIST-800-53", "SC-8"),
        ("PLAY", "DNA-vulnerabilities"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/net/no-trust-weakening.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let Some(app) = &facts.app else { return Outcome::not_applicable("no app was given") };
    let mut outcome = Outcome::default();
    mixed_content(&mut outcome, app);
    peculiar::add(&mut outcome, app, Home::Trust);
    for project in &app.android.projects {
        if !offline(&mut outcome, project) {
            for build in releases(project).filter(|build| is_online(build)) {
                network_security(&mut outcome, project, build);
            }
            sources(&mut outcome, project);
        }
    }
    let updates = update_hosts(facts).0;
    for info in shipped_lists(&app.ios) {
        transport_security(&mut outcome, info, &|exception| {
            updates.iter().any(|one| {
                let below = one.host.ends_with(&format!(".{}", exception.domain));
                one.host == exception.domain || below && exception.includes_subdomains.known() == Some(&true)
            })
        });
    }
    for fact in &app.ios.sources {
        swift(&mut outcome, &app.ios, fact);
    }
    if !app.ios.roots.is_empty() {
        let number = app.ios.sources_read;
        outcome.saw(format!("{number} Swift and Objective-C files searched for code that trusts every server"), None);
    }
    if !has_native(app) && outcome.findings.is_empty() {
        return Outcome::not_applicable("the app's folder has no native project");
    }
    add_native_unread(&mut outcome, app, |path| {
        [".java", ".kt", ".swift", ".m", ".mm", "AndroidManifest.xml", "Info.plist"]
            .iter()
            .any(|ending| path.ends_with(ending))
            || path.contains("/res/xml")
    });
    outcome
}

/// `android.allowMixedContent`, in the configuration and in the copy that the binary has.
fn mixed_content(outcome: &mut Outcome, app: &AppFacts) {
    for file in shipping_configs(app).filter(|file| file.role != Role::Ios) {
        for (value, when, place) in values(file, &["android", "allowMixedContent"]) {
            let draft = match (&value, when) {
                (Fact::Known(Scalar::Bool(true)), None) => {
                    let message = "`android.allowMixedContent` is on: pages of the app load scripts over http";
                    Draft::fail("mixed-content", place, message).severity(Severity::High)
                }
                (Fact::Known(Scalar::Bool(true)), Some(when)) => {
                    let message = format!("`android.allowMixedContent` is on when `{}`", shown(&when));
                    Draft::manual("mixed-content-under-condition", place, message).severity(Severity::Medium)
                }
                _ => {
                    add_undecided(outcome, &value, "mixed-content-unknown", place, "`android.allowMixedContent`");
                    continue;
                }
            };
            add_once(outcome, draft.key("allowMixedContent"));
        }
    }
}

fn network_security(outcome: &mut Outcome, project: &AndroidProject, build: &Build) {
    let manifest = place_or_manifest(None, build);
    let name = shown(&build.name);
    let reference = match &build.network_security_config {
        Fact::Known(reference) => reference,
        Fact::Absent => {
            // Any name will do: without a configuration all hosts are treated alike.
            let anchors = project.effective_in(build, "host.example").user_anchors;
            match &anchors {
                Fact::Known(trusted) if trusted.value => {
                    let message = format!(
                        "the build `{name}` trusts certificates that the user installed, as all apps for Android 6 and older do"
                    );
                    let place = place_or_manifest(trusted.origin.place(), build);
                    add_once(outcome, Draft::fail("user-anchors-by-default", place, message));
                }
                Fact::Known(trusted) => outcome.saw(
                    format!("the build `{name}` has no network security configuration and trusts the system's certificates alone"),
                    Some(place_or_manifest(trusted.origin.place(), build)),
                ),
                _ => {
                    let what = "whether certificates that the user installed are trusted";
                    add_undecided(outcome, &anchors, "user-anchors-unknown", manifest, what);
                }
            }
            return;
        }
        undecided => {
            add_undecided(
                outcome,
                undecided,
                "network-security-unknown",
                manifest,
                "the network security configuration",
            );
            return;
        }
    };
    let place = reference.at.location();
    let resource = reference.value.trim().strip_prefix("@xml/");
    let Some(file) = resource.and_then(|resource| project.config_of(build, resource)) else {
        let message = format!(
            "the network security configuration `{}` of the build `{name}` is in none of the app's own folders",
            shown(&reference.value)
        );
        add_once(outcome, Draft::indeterminate("network-security-not-found", place, message));
        return;
    };
    let Some(config) = file.content.known() else {
        let (place, why) = file.fault.as_ref().map_or_else(
            || (Location::file(Root::App, &file.path), "it can't be read"),
            |fault| (fault.at.location(), fault.value.as_str()),
        );
        let message = format!("the network security configuration could not be read: {}", shown(why));
        add_once(outcome, Draft::indeterminate("network-security-unread", place, message));
        return;
    };
    for entry in config.base.iter().chain(&config.domains) {
        anchors(outcome, entry, "user-anchors", "the release trusts certificates that the user installed");
    }
    if let Fact::Known(debug) = &config.debug_overrides {
        if build.debuggable.known().is_some_and(|known| known.value) {
            let what = "the release is debuggable, so `debug-overrides` hold in it: it trusts the user's certificates";
            anchors(outcome, debug, "debug-overrides-in-release", what);
        } else {
            outcome.saw("`debug-overrides` hold in debuggable builds alone", Some(debug.at.location()));
        }
    }
    outcome.saw(
        format!("the network security configuration of the build `{name}` was read: `{}`", shown(&file.path)),
        Some(place),
    );
}

fn anchors(outcome: &mut Outcome, entry: &ConfigEntry, rule: &str, what: &str) {
    for anchor in entry.trust_anchors.iter().flatten().filter(|anchor| anchor.source == AnchorSource::User) {
        let domains: Vec<String> = entry.domains.iter().map(|domain| format!("`{}`", shown(&domain.name))).collect();
        let hosts = if domains.is_empty() { "every host".to_owned() } else { domains.join(", ") };
        let message = format!("{what}, for {hosts}");
        add_once(outcome, Draft::fail(rule, anchor.at.location(), message).key(hosts));
    }
}

/// Java and Kotlin; the facts leave out what is not in a release.
fn sources(outcome: &mut Outcome, project: &AndroidProject) {
    for sighting in &project.sources {
        let (rule, what) = match sighting.kind {
            SourceKind::TrustAll => ("trust-all", "checks no certificate, so every server is trusted"),
            SourceKind::AnyHostname => ("any-hostname", "takes the certificate of any host for that of every other"),
            SourceKind::SslErrorProceed => ("ssl-error-proceed", "goes on after an error of TLS in the web view"),
            _ => continue,
        };
        let place = sighting.at.location();
        let name = shown(&sighting.name);
        match sighting.guard {
            Guard::None => {
                add_once(outcome, Draft::fail(rule, place, format!("`{name}` {what}")).key(name.as_str()));
            }
            Guard::Condition => {
                let message = format!("`{name}` {what}, under a condition that has to be read");
                let draft = Draft::manual(format!("{rule}-under-condition"), place, message).severity(Severity::High);
                add_once(outcome, draft.key(name.as_str()));
            }
            Guard::DebugBuild => outcome.saw(format!("`{name}` {what}, in debug builds alone"), Some(place)),
        }
    }
    let number = project.source_files;
    let searched = format!("{number} Java and Kotlin files of releases searched for code that trusts every server");
    outcome.saw(searched, None);
}
