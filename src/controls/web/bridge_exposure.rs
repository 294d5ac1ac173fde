//! OTA-WEB-007: who can call native code.

use std::collections::BTreeMap;

use crate::controls::support::{Address, address, app_or_na, host, is_listed, shown};
use crate::controls::transport::{add_native_unread, add_once, add_undecided, releases, shipping_configs, values};
use crate::controls::web::unused_plugins::unused;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::android::{AndroidProject, Guard, SourceKind};
use crate::facts::capacitor::{ConfigFile, Role, Scalar};

use crate::facts::plugins::AvailableSource;
use crate::facts::{AppFacts, BundleFacts, Facts, UPDATE_SYSTEMS};
use crate::model::{Fact, Location, Root, Severity};

/// Plugins that give a page the device's files, its network beyond the web's rules, or its databases.
const RISKY: [&str; 12] = [
    "CapacitorNodeJS",
    "CapacitorSQLite",
    "FileOpener",
    "FileTransfer",
    "Filesystem",
    "Http",
    "NodeJS",
    "SecureStoragePlugin",
    "Shell",
    "UniversalSQLite",
    "Uploader",
    "Zip",
];
/// Cordova's preferences that open `file://` pages.
const FILE_ACCESS: [&str; 3] =
    ["AndroidInsecureFileModeEnabled", "AllowFileAccessFromFileURLs", "AllowUniversalAccessFromFileURLs"];
/// From this API level on only annotated methods of a JavaScript interface can be called.
const JELLY_BEAN_MR1: u32 = 17;

/// OTA-WEB-007.
pub static CONTROL: Control = Control {
    id: "OTA-WEB-007",
    slug: "bridge-exposure",
    title: "Native bridge exposure is limited",
    requirement: "Only needed plugins are included; file:// access and universal access are off; no generic exec bridge to third-party frames.",
    rationale: "Every page that reaches the bridge can do what the plugins can: read files, send requests past the web's rules, install another bundle.",
    remediation: "Remove plugins.",
    limits: "Whose a host in `allowNavigation` is, is known only from `own_hosts`; without that list an exact host with a risky plugin is a question. Risky plugins are those on a list: files, SQL, HTTP, Node.js, and the update plugin, which can install code. Capacitor's own CapacitorHttp is there in every app and counts where it is enabled. Plugins are compared with the bundle by name: one whose name is not known is left out, and one that native code alone uses looks unused. What a JavaScript interface of one's own does has to be read. Frames are OTA-WEB-001's; navigation without risky plugins is OTA-NET-005's.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "4.7.2"),
        ("CRA", "AnnexI.I.2(j)"),
        ("MASTG", "MASTG-TEST-0252"),
        ("MASVS", "MASVS-PLATFORM-1"),
        ("MASVS", "MASVS-PLATFORM-2"),
        ("MASWE", "MASWE-0068"),
        ("MASWE", "MASWE-0069"),
        ("NIST-800-53", "AC-6"),
        ("NIST-800-53", "CM-7"),
    ],
    parameters: &[Parameter {
        name: "own_hosts",
        about: "Hosts of one's own, whose pages may have the native bridge; an entry that begins with a dot means all hosts below it.",
        kind: ParameterKind::List(&[]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/web/bridge-exposure.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let app = match app_or_na(facts) {
        Ok(app) => app,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    let risky = risky(app);
    let mut navigates = false;
    for file in shipping_configs(app) {
        match &file.settings {
            Fact::Known(_) => {
                let place = Location::file(Root::App, &file.path);
                outcome.saw(format!("the configuration `{}` was read", shown(&file.path)), Some(place));
            }
            undecided => {
                let place = Location::file(Root::App, &file.path);
                add_undecided(&mut outcome, undecided, "config-not-read", place, "the configuration");
            }
        }
        navigates |= navigation(&mut outcome, file, &risky, parameters.list("own_hosts"));
        file_access(&mut outcome, file);
    }
    if let Fact::Unknown(why) = &app.settings.shipping {
        let message = format!("which configuration ships is not known: {}", shown(why));
        let place = Location::file(Root::App, "");
        outcome.findings.push(Draft::manual("config-not-read", place, message).severity(Severity::Medium));
    }
    let frames = facts.bundle.as_ref().is_some_and(has_remote_frame);
    for file in shipping_configs(app).filter(|file| file.role != Role::Ios) {
        legacy_bridge(&mut outcome, file, navigates || frames);
    }
    for project in &app.android.projects {
        interfaces(&mut outcome, project);
    }
    add_native_unread(&mut outcome, app, |path| path.ends_with(".java") || path.ends_with(".kt"));
    match &facts.bundle {
        Some(bundle) => unused(&mut outcome, app, bundle),
        None => outcome.saw("no bundle was given, so which plugins are called was not compared", None),
    }
    outcome
}

/// The plugins of the app that a page of another host must not have, with where each is known from.
fn risky(app: &AppFacts) -> BTreeMap<String, String> {
    let updates = |name: &str| UPDATE_SYSTEMS.iter().any(|system| system.plugin == name);
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for one in app.plugins.available.iter().filter(|one| one.source != AvailableSource::Core) {
        let Some(name) = one.name.known().filter(|name| RISKY.contains(&name.as_str()) || updates(name)) else {
            continue;
        };
        found.entry(name.clone()).or_insert_with(|| one.path.clone());
    }
    for file in shipping_configs(app) {
        let enabled = file.settings.known().map(|settings| settings.boolean(&["plugins", "CapacitorHttp", "enabled"]));
        if enabled == Some(Fact::Known(true)) {
            found.entry("CapacitorHttp".to_owned()).or_insert_with(|| file.path.clone());
        }
    }
    found
}

/// Whether pages of other hosts may be opened at all; those that meet a risky plugin are found.
fn navigation(outcome: &mut Outcome, file: &ConfigFile, risky: &BTreeMap<String, String>, own: &[String]) -> bool {
    let Some(settings) = file.settings.known() else { return false };
    let mut navigates = false;
    let entries = settings.under(&["server", "allowNavigation"]).filter(|setting| setting.path.len() == 3);
    for setting in entries {
        let place = Location::at(Root::App, &setting.file, setting.position);
        let keys: Vec<&str> = setting.path.iter().map(String::as_str).collect();
        for (value, when) in settings.possible(&keys) {
            let text = match &value {
                Fact::Known(Scalar::Text(text)) => text,
                Fact::Known(_) | Fact::Absent => continue,
                undecided => {
                    add_undecided(
                        outcome,
                        undecided,
                        "navigation-unknown",
                        place.clone(),
                        "an entry of `server.allowNavigation`",
                    );
                    continue;
                }
            };
            let name = match address(text) {
                Address::Remote { host, .. } => host,
                Address::Local(_) | Address::Other { .. } => host(text.trim()),
            };
            if name == "localhost" {
                continue;
            }
            navigates = true;
            let entry = shown(&name);
            let below = name.strip_prefix('*').unwrap_or(&name);
            if is_listed(&name, own) || own.iter().any(|listed| listed.starts_with('.') && listed == below) {
                outcome.saw(
                    format!("pages of `{entry}` may have the bridge: the policy lists the host as one's own"),
                    Some(place.clone()),
                );
                continue;
            }
            if risky.is_empty() {
                outcome.saw(
                    format!("pages of `{entry}` may have the bridge; no risky plugin is known in the app"),
                    Some(place.clone()),
                );
                continue;
            }
            let plugins: Vec<String> = risky.keys().map(|plugin| format!("`{}`", shown(plugin))).collect();
            let plugins = plugins.join(", ");
            let is_anyone = name.chars().all(|one| matches!(one, '*' | '.')) || !own.is_empty();
            let draft = match when {
                None if is_anyone => {
                    let message =
                        format!("pages of `{entry}`, which is not one's own, get the native bridge with {plugins}");
                    Draft::fail("third-party-with-risky-plugin", place.clone(), message)
                }
                None => {
                    let message = format!(
                        "pages of `{entry}` get the native bridge with {plugins}: list the host in `own_hosts` if it is yours"
                    );
                    Draft::manual("navigation-with-risky-plugin", place.clone(), message)
                }
                Some(when) => {
                    let message =
                        format!("when `{}`, pages of `{entry}` get the native bridge with {plugins}", shown(&when));
                    Draft::manual("navigation-with-risky-plugin", place.clone(), message)
                }
            };
            add_once(outcome, draft.key(entry));
        }
    }
    navigates
}

/// Cordova's preferences in Capacitor's configuration.
fn file_access(outcome: &mut Outcome, file: &ConfigFile) {
    let Some(settings) = file.settings.known() else { return };
    for setting in settings.under(&["cordova", "preferences"]) {
        let Some(name) = setting.path.get(2) else { continue };
        let Some(known) = FILE_ACCESS.iter().find(|known| known.eq_ignore_ascii_case(name)) else { continue };
        let keys: Vec<&str> = setting.path.iter().map(String::as_str).collect();
        for (value, _, place) in values(file, &keys) {
            let on = match &value {
                Fact::Known(Scalar::Bool(value)) => *value,
                Fact::Known(Scalar::Text(text)) => text.trim().eq_ignore_ascii_case("true"),
                _ => false,
            };
            if on {
                let message = format!("`{known}` is on: pages from files may read other files");
                add_once(outcome, Draft::fail("file-access", place, message).key(*known));
            } else {
                add_undecided(outcome, &value, "file-access-unknown", place, &format!("`{known}`"));
            }
        }
    }
}

/// The old bridge is a JavaScript interface, which every frame of a page gets.
fn legacy_bridge(outcome: &mut Outcome, file: &ConfigFile, third_party: bool) {
    for (value, _, place) in values(file, &["android", "useLegacyBridge"]) {
        match &value {
            Fact::Known(Scalar::Bool(true)) if third_party => {
                let message = "`android.useLegacyBridge` gives every frame the native bridge, and pages of other hosts are let in";
                add_once(outcome, Draft::fail("legacy-bridge", place, message));
            }
            Fact::Known(Scalar::Bool(true)) => {
                let message = "`android.useLegacyBridge` gives every frame the native bridge, whatever host it is of";
                add_once(outcome, Draft::manual("legacy-bridge", place, message).severity(Severity::Medium));
            }
            undecided => add_undecided(outcome, undecided, "legacy-bridge-unknown", place, "`android.useLegacyBridge`"),
        }
    }
}

fn has_remote_frame(bundle: &BundleFacts) -> bool {
    let frames = bundle.all_files().filter_map(|file| file.page.as_ref()).flat_map(|page| &page.frames);
    frames.into_iter().any(|frame| matches!(address(&frame.url), Address::Remote { .. }))
}

/// Bridges that the app's own code makes.
fn interfaces(outcome: &mut Outcome, project: &AndroidProject) {
    let levels = releases(project).filter_map(|build| build.min_sdk.known());
    let oldest = levels.map(|level| level.value).min();
    for sighting in project.sources.iter().filter(|one| one.kind == SourceKind::JavascriptInterface) {
        let place = sighting.at.location();
        let named = sighting.argument.known().map(|name| format!(" as `{}`", shown(name))).unwrap_or_default();
        if sighting.guard == Guard::DebugBuild {
            outcome.saw(
                format!("`addJavascriptInterface` gives pages an object{named}, in debug builds alone"),
                Some(place),
            );
            continue;
        }
        let draft = if let Some(level) = oldest.filter(|level| *level < JELLY_BEAN_MR1) {
            let message = format!(
                "`addJavascriptInterface` gives every frame an object{named}, through which devices before Android 4.2 (minSdk {level}) let it run any code"
            );
            Draft::fail("javascript-interface-without-limits", place, message)
        } else {
            let message =
                format!("`addJavascriptInterface` gives every frame an object{named}: what it can do has to be read");
            Draft::manual("javascript-interface", place, message).severity(Severity::Medium)
        };
        add_once(outcome, draft.key(named));
    }
    let number = project.source_files;
    outcome.saw(format!("{number} Java and Kotlin files of releases searched for bridges of their own"), None);
}
