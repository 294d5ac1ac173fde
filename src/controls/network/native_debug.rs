//! The part of OTA-NET-007 that reads the native projects.

use crate::controls::support::shown;
use crate::controls::transport::{add_once, releases, sited};
use crate::controls::{Draft, Outcome};
use crate::facts::AppFacts;
use crate::facts::android::{AndroidProject, Guard, Origin, SourceKind};
use crate::facts::ios::{Entitlements, InfoPlist, IosFacts, Product};
use crate::inputs::JsonValue;
use crate::model::{Fact, Location, Root, Severity};

/// Debugging that the native projects switch on in releases.
pub(super) fn native(outcome: &mut Outcome, app: &AppFacts) {
    for project in &app.android.projects {
        debuggable(outcome, project);
        sources(outcome, project);
    }
    let switched_off = app.configs.iter().filter_map(|config| config.content.known()).any(|json| {
        json.root.path(&["ios", "webContentsDebuggingEnabled"]).and_then(JsonValue::as_bool) == Some(false)
    });
    for info in app.ios.info.iter().filter(|info| matches!(info.product, Product::App | Product::Undecided)) {
        capacitor_debug(outcome, &app.ios, info, switched_off);
    }
    for file in &app.ios.entitlements {
        entitlement(outcome, &app.ios, file);
    }
}

/// `android:debuggable` of the releases, which Gradle's `debuggable` may set, too.
fn debuggable(outcome: &mut Outcome, project: &AndroidProject) {
    for build in releases(project) {
        let name = shown(&build.name);
        let Fact::Known(known) = &build.debuggable else { continue };
        match (&known.origin, known.value) {
            (Origin::Written(place), true) => {
                let message =
                    format!("the build `{name}` is debuggable: anyone with the device can run code in the app");
                add_once(outcome, Draft::fail("debuggable", place.location(), message));
            }
            (_, true) => {}
            (origin, false) => {
                outcome.saw(
                    format!("the build `{name}` is not debuggable"),
                    origin.place().map(crate::facts::android::Place::location),
                );
            }
        }
    }
}

/// `setWebContentsDebuggingEnabled`; the facts leave out what is not in a release.
fn sources(outcome: &mut Outcome, project: &AndroidProject) {
    for sighting in project.sources.iter().filter(|one| one.kind == SourceKind::WebContentsDebugging) {
        let place = sighting.at.location();
        let argument = sighting.argument.known().map(String::as_str);
        if argument == Some("false") || sighting.guard == Guard::DebugBuild {
            outcome
                .saw("`setWebContentsDebuggingEnabled` is called for debug builds alone, or with false", Some(place));
        } else if argument == Some("true") && sighting.guard == Guard::None {
            let message = "`setWebContentsDebuggingEnabled(true)` is called in releases: whoever has a cable can run code in the web view";
            add_once(outcome, Draft::fail("web-debugging-by-code", place, message));
        } else {
            let message = "`setWebContentsDebuggingEnabled` is called under a condition or with a computed value; look at whether it is off in releases";
            add_once(outcome, Draft::manual("web-debugging-by-condition", place, message).severity(Severity::Medium));
        }
    }
}

/// `CAPACITOR_DEBUG`: with the text `true` a release has a web view that can be inspected, and logs what plugins do, as a debug
/// build does (Capacitor, `CAPInstanceDescriptor.swift`). A variable that no release configuration sets becomes empty.
fn capacitor_debug(outcome: &mut Outcome, ios: &IosFacts, info: &InfoPlist, switched_off: bool) {
    let stated = &info.capacitor_debug;
    let in_releases = || ios.settings.iter().filter(|one| !one.is_debug && one.name == "CAPACITOR_DEBUG");
    let set = match &stated.fact {
        Fact::Known(text) => Fact::Known(text == "true"),
        Fact::Unknown(_) if in_releases().any(|one| one.value.known().is_some_and(|text| text == "true")) => {
            Fact::Known(true)
        }
        Fact::Unknown(why) if in_releases().any(|one| matches!(one.value.fact, Fact::Unknown(_))) => {
            Fact::Unknown(why.clone())
        }
        Fact::Unknown(_) => Fact::Known(false),
        // What is no text counts for nothing; a list that breaks off is told of by the controls that need more of it.
        Fact::Absent | Fact::Unreadable(_) => return,
    };
    let place = sited(stated);
    match set {
        Fact::Known(true) if switched_off => {
            let message =
                "`CAPACITOR_DEBUG` is `true` in releases: what plugins do is logged; look at whether it may be";
            add_once(outcome, Draft::manual("capacitor-debug-logs", place, message).severity(Severity::Medium));
        }
        Fact::Known(true) => {
            let message =
                "`CAPACITOR_DEBUG` is `true` in releases: the web view can be inspected, and what plugins do is logged";
            add_once(outcome, Draft::fail("capacitor-debug", place, message));
        }
        Fact::Unknown(why) => {
            let message = format!("whether `CAPACITOR_DEBUG` is `true` in releases is not known: {}", shown(&why));
            add_once(outcome, Draft::manual("capacitor-debug-unknown", place, message).severity(Severity::Medium));
        }
        _ => outcome.saw("`CAPACITOR_DEBUG` is not `true` in releases", Some(place)),
    }
}

/// `get-task-allow`: Xcode adds it to debug builds by itself, so a file that has it is meant for them, or wrong.
fn entitlement(outcome: &mut Outcome, ios: &IosFacts, file: &Entitlements) {
    let setting = &file.get_task_allow;
    let place = setting.position.map_or_else(
        || Location::file(Root::App, &file.file),
        |position| Location::at(Root::App, &setting.file, position),
    );
    match &setting.fact {
        Fact::Known(true) => {
            let mut signing = ios.settings.iter().filter(|one| !one.is_debug && one.name == "CODE_SIGN_ENTITLEMENTS");
            let is_release = signing.any(|one| one.value.known().is_some_and(|path| file.file.ends_with(path.trim())));
            let name = shown(&file.file);
            add_once(
                outcome,
                if is_release {
                    let message = format!(
                        "`get-task-allow` is on in `{name}`, with which releases are signed: debuggers may attach"
                    );
                    Draft::fail("get-task-allow", place, message)
                } else {
                    let message = format!(
                        "`get-task-allow` is on in `{name}`; look at whether releases are signed with this file"
                    );
                    Draft::manual("get-task-allow-somewhere", place, message).severity(Severity::Medium)
                },
            );
        }
        Fact::Unreadable(why) => {
            let message = format!("`{}` could not be read: {}", shown(&file.file), shown(why));
            add_once(outcome, Draft::indeterminate("entitlements-unread", place, message));
        }
        Fact::Known(false) | Fact::Absent | Fact::Unknown(_) => {}
    }
}
