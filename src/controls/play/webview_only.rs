//! OTA-PLAY-001: whether an update stays within what the web view runs.

use crate::controls::changed;
use crate::controls::support::{add_unexamined, at, bundle_or_na, count, shown, whole};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::comparison::SetKind;
use crate::facts::kind::{Class, DetectedBy};
use crate::model::{Location, Root, Severity};

/// OTA-PLAY-001.
pub static CONTROL: Control = Control {
    id: "OTA-PLAY-001",
    slug: "webview-only",
    title: "Self-update stays inside the webview exception",
    requirement: "Downloaded update contains only code run by the WebView; no DexClassLoader, System.load path or APK install through the bundle or updater.",
    rationale: "Google Play removes apps that update themselves by other ways than its own. Only what a web view or an interpreter runs is excepted.",
    remediation: "Use Play in-app updates for native changes.",
    limits: "Known are files by their first bytes, the permission to install packages in the manifests of the app's own project, and addresses that end in `.apk` or `.aab`; permissions that libraries bring are not seen. What native code loads is not seen.",
    severity: Severity::Critical,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("MASVS", "MASVS-CODE-4"),
        ("MASWE", "MASWE-0085"),
        ("MASWE", "MASWE-0106"),
        ("NIST-800-53", "SC-18"),
        ("PLAY", "DNA-interpreted-code"),
        ("PLAY", "DNA-self-update"),
    ],
    parameters: &[Parameter {
        name: "distribution",
        about: "Whether the app is on Google Play, or comes to its users in another way, as in a company.",
        kind: ParameterKind::Choice(&["play", "outside-play"]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/play/webview-only.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let Some(app) = &facts.app else { return Outcome::not_applicable("no app was given") };
    if app.android.projects.is_empty() {
        return Outcome::not_applicable("the app has no Android project");
    }
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    for file in bundle.all_files() {
        let Some(kind) = file.detection.as_ref().map(|detection| detection.kind) else { continue };
        let native = matches!(kind.class, Class::NativeCode | Class::ManagedCode | Class::Package);
        if native && kind.by == DetectedBy::Content {
            let message = format!("an update brings code that no web view runs: {}", kind.name);
            outcome.findings.push(Draft::fail("native-code", whole(file), message).key(kind.name));
        }
    }
    let outside = parameters.choice("distribution") == "outside-play";
    let builds = app.android.projects.iter().flat_map(|project| &project.builds).filter(|build| build.is_release);
    let mut asked = builds
        .flat_map(|build| &build.permissions)
        .filter(|one| one.name == "android.permission.REQUEST_INSTALL_PACKAGES");
    if let Some(permission) = asked.next() {
        let place = Location::at(Root::App, &permission.at.path, permission.at.position);
        if outside {
            outcome.attested = true;
            outcome.saw("the app may install packages; it is stated that it is not on Google Play", Some(place));
        } else {
            let message =
                "the app asks for REQUEST_INSTALL_PACKAGES: it can install other apps, and new versions of itself";
            outcome.findings.push(Draft::fail("install-permission", place, message).severity(Severity::High));
        }
    } else {
        outcome.saw("no manifest of the app asks for REQUEST_INSTALL_PACKAGES", None);
    }
    let packages = bundle.all_files().find_map(|file| {
        let named = file.script.iter().flat_map(|script| &script.addresses).find(|one| is_package(&one.url))?;
        Some((at(&file.path, Some(named.position)), &named.url))
    });
    if let Some((place, url)) = packages.filter(|_| !outside) {
        let message =
            format!("the bundle names an Android package, `{}`; look at whether the app offers it", shown(url));
        outcome.findings.push(Draft::manual("package-address", place, message).severity(Severity::Medium));
    }
    outcome.saw(format!("the content of {}", count(bundle.all_files().count(), "file", "files")), None);
    changed::tell(&mut outcome, facts, &[SetKind::Plugins, SetKind::WebAssembly]);
    outcome
}

fn is_package(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    path.ends_with(".apk") || path.ends_with(".aab")
}
