//! OTA-APPLE-008: whether the app brings an engine of its own.

use std::collections::BTreeSet;

use crate::controls::apple::{at, ios_or_na, root};
use crate::controls::support::{count, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::ios::IosFacts;
use crate::facts::packages::Installed;
use crate::facts::{ENGINES, Facts};
use crate::model::{Location, Severity};

/// OTA-APPLE-008.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-008",
    slug: "webkit-only",
    title: "WebKit only, no alternative engine",
    requirement: "iOS project does not embed another browser engine; web content runs in WKWebView.",
    rationale: "Apple lets apps browse the web with WebKit only. An engine of one's own also runs downloaded code without WebKit's sandbox.",
    remediation: "Remove the engine.",
    limits: "Known engines are looked for by name in package.json, lockfiles, Podfile.lock and Package.resolved: Node.js mobile, QuickJS and V8, which are interpreters and a question, and Gecko, a browser engine. Frameworks that were copied into the project by hand are not seen. In the EU and in Japan other browser engines are allowed with Apple's entitlement `com.apple.developer.web-browser-engine…`.",
    severity: Severity::Low,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[("APPLE", "2.5.6"), ("MASVS", "MASVS-PLATFORM-2")],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/apple/webkit-only.md"),
    assess,
};

/// Engines for pages, not for scripts alone.
const BROWSERS: [&str; 1] = ["gecko-ios"];
/// What an app with a browser engine of its own needs (Apple, `BrowserEngineKit`).
const ENTITLEMENT: &str = "com.apple.developer.web-browser-engine";
/// The files that list what the iOS app contains.
const LISTS: [&str; 2] = ["Podfile.lock", "Package.resolved"];

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let ios = match ios_or_na(facts) {
        Ok((_, ios)) => ios,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    let Some(packages) = &facts.packages else {
        let message = "which packages the app has is not known; look at whether it brings an engine of its own";
        outcome.findings.push(Draft::manual("lists-not-found", root(ios), message));
        return outcome;
    };
    for unread in packages.unread.iter().filter(|one| LISTS.iter().any(|list| one.path.ends_with(list))) {
        let message = format!("`{}` was not read: {}", shown(&unread.path), shown(&unread.why));
        outcome.findings.push(Draft::indeterminate("list-unread", at(&unread.path, None), message));
    }
    let mut seen = BTreeSet::new();
    for one in packages.installed.iter().filter(|one| ENGINES.contains(&one.package.as_str())) {
        if seen.insert(&one.package) {
            engine(&mut outcome, ios, one);
        }
    }
    let read: BTreeSet<&str> = packages.installed.iter().map(|one| one.source.as_str()).collect();
    if read.is_empty() && outcome.findings.is_empty() {
        let message = "no list of the app's packages was found; look at whether it brings an engine of its own";
        outcome.findings.push(Draft::manual("lists-not-found", root(ios), message));
    } else if seen.is_empty() {
        let first = read.first().map(|path| at(path, None));
        let files = count(read.len(), "list of packages names", "lists of packages name");
        outcome.saw(format!("{files} no engine that is known"), first);
    }
    outcome
}

fn engine(outcome: &mut Outcome, ios: &IosFacts, one: &Installed) {
    let (name, place) = (shown(&one.package), at(&one.source, one.position));
    if !BROWSERS.contains(&one.package.as_str()) {
        let message = format!("`{name}` runs scripts beside the web view; look at whether downloaded code gets to it");
        outcome.findings.push(Draft::manual("interpreter", place, message).key(name));
    } else if let Some(at) = entitled(ios) {
        outcome.saw(format!("`{name}` is a browser engine, and the app claims Apple's entitlement for one"), Some(at));
    } else {
        let message = format!("`{name}` is a browser engine, and the app claims no entitlement for one");
        outcome.findings.push(Draft::fail("other-engine", place, message).key(name));
    }
}

fn entitled(ios: &IosFacts) -> Option<Location> {
    let mut claimed = ios.entitlements.iter().flat_map(|file| file.claimed.iter().map(move |key| (&file.file, key)));
    claimed.find(|(_, key)| key.key.starts_with(ENTITLEMENT)).map(|(file, key)| at(file, key.position))
}
