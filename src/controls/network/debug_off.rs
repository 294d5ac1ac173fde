//! OTA-NET-007: debugging and logging that must be off in a release.

use super::native_debug::native;
use crate::controls::peculiar::{self, Home};
use crate::controls::support::{app_or_na, at, in_config, name_of, seen_configs, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-NET-007.
pub static CONTROL: Control = Control {
    id: "OTA-NET-007",
    slug: "debug-off",
    title: "Debug interfaces are off",
    requirement: "webContentsDebuggingEnabled false, android:debuggable false, loggingBehavior not \"production\", no get-task-allow in release.",
    rationale: "A web view that can be debugged gives anyone with the device the session, the storage and the native bridge of the app.",
    remediation: "Turn off.",
    limits: "The Capacitor configuration, the releases' `android:debuggable`, `CAPACITOR_DEBUG` of the Info.plist with the build settings of the releases, calls of `setWebContentsDebuggingEnabled` in the app's own Java and Kotlin, `get-task-allow` in entitlements, and the script elements of pages are read. A release that is debuggable by a value that is not known, `isInspectable` in Swift, and consoles that are bundled into a script are not seen.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(b)"),
        ("CRA", "AnnexI.I.2(j)"),
        ("CWE", "CWE-532"),
        ("GDPR", "25(2)"),
        ("MASTG", "MASTG-TEST-0226"),
        ("MASTG", "MASTG-TEST-0227"),
        ("MASVS", "MASVS-PLATFORM-2"),
        ("MASVS", "MASVS-RESILIENCE-4"),
        ("MASVS", "MASVS-STORAGE-2"),
        ("MASWE", "MASWE-0001"),
        ("MASWE", "MASWE-0067"),
        ("MASWE", "MASWE-0074"),
        ("NIST-800-53", "CM-6"),
        ("NIST-800-53", "CM-7"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/net/debug-off.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let app = match app_or_na(facts) {
        Ok(app) => app,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    native(&mut outcome, app);
    for (config, json) in seen_configs(&mut outcome, app) {
        for platform in ["android", "ios"] {
            let value = json.root.path(&[platform, "webContentsDebuggingEnabled"]);
            if let Some(value) = value.filter(|value| value.as_bool() == Some(true)) {
                let message = format!(
                    "`{platform}.webContentsDebuggingEnabled` is on: whoever has a cable can run code in the web view"
                );
                outcome.findings.push(Draft::fail("web-debugging", in_config(config, value), message).key(platform));
            }
        }
        for path in [&["loggingBehavior"][..], &["android", "loggingBehavior"], &["ios", "loggingBehavior"]] {
            let Some(value) = json.root.path(path).filter(|value| value.as_str() == Some("production")) else {
                continue;
            };
            let name = path.join(".");
            let message = format!("`{name}` is `production`: plugin calls and their data are logged in release builds");
            outcome.findings.push(Draft::fail("release-logging", in_config(config, value), message).key(name));
        }
    }
    peculiar::add(&mut outcome, app, Home::Debugging);
    for file in facts.bundle.iter().flat_map(|bundle| &bundle.files) {
        for script in file.page.iter().flat_map(|page| &page.scripts) {
            let Some(source) = script.source.as_deref() else { continue };
            let path = source.split(['?', '#']).next().unwrap_or_default().to_lowercase();
            let tool = ["eruda", "vconsole"].into_iter().find(|tool| {
                // `eruda.min.js`, `eruda@3`, `/npm/eruda`.
                path.split('/').any(|part| part.split(['.', '@', '-']).next() == Some(*tool))
            });
            if let Some(tool) = tool {
                let message = format!("the page `{}` loads the developer console {tool}", shown(&name_of(&file.path)));
                let draft = Draft::fail("developer-console", at(&file.path, Some(script.position)), message);
                outcome.findings.push(draft.severity(Severity::Medium).key(tool));
            }
        }
    }
    outcome
}
