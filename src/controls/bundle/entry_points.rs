//! OTA-BUN-008: the start page, and that what it asks for is in the bundle.

use std::collections::BTreeSet;

use crate::controls::references::resolve;
use crate::controls::support::{Address, add_unexamined, address, at, bundle_or_na, count, name_of, shown, whole};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::{BundleFacts, Facts, FileFacts, Parse};
use crate::model::{Location, Position, Root, Severity};

/// OTA-BUN-008.
pub static CONTROL: Control = Control {
    id: "OTA-BUN-008",
    slug: "entry-points",
    title: "Required entry points exist",
    requirement: "index.html (or configured start path) is present at the archive root, references resolve inside the bundle, and cordova/capacitor bridge stubs are not overridden.",
    rationale: "A bundle that was zipped one folder too deep, or lacks a script, shows a white screen on every device it reaches.",
    remediation: "Zip the content of webDir, not the folder.",
    limits: "Only `index.html` at the root is followed, and only addresses in its markup: not those that scripts and styles build, not templates, not routes that end with a slash. A start path that the app configures is not read. `cordova.js` and its kin are served by the native shell and need not be in the bundle.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("APPLE", "4.2"),
        ("CRA", "AnnexI.I.2(h)"),
        ("MASVS", "MASVS-PLATFORM-2"),
        ("NIST-800-53", "CM-3(2)"),
        ("NIST-800-53", "SI-7"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/bun/entry-points.md"),
    assess,
};

const INDEX: &str = "index.html";

/// What the native shell serves at the root of its own accord.
const BRIDGE: &[&str] = &["cordova.js", "cordova_plugins.js", "capacitor.js", "native-bridge.js"];

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    if let Some(index) = bundle.file(INDEX) {
        references(&mut outcome, bundle, index);
    } else if outcome.findings.is_empty() {
        missing(&mut outcome, bundle);
    }
    for name in ["native-bridge.js", "capacitor.js"] {
        if let Some(file) = bundle.file(name).filter(|file| file.size > 0) {
            let message =
                format!("`{name}` stands at the root, where the native shell serves its bridge under the same name");
            outcome.findings.push(Draft::manual("bridge-shadowed", whole(file), message));
        }
    }
    outcome.saw(format!("the root of a bundle of {}", count(bundle.files.len(), "file", "files")), None);
    outcome
}

fn missing(outcome: &mut Outcome, bundle: &BundleFacts) {
    let folders: BTreeSet<&str> = bundle
        .files
        .iter()
        .filter_map(|file| file.path.strip_suffix("/index.html"))
        .filter(|folder| !folder.contains('/'))
        .collect();
    let only = folders.first().filter(|_| folders.len() == 1);
    outcome.findings.push(if let Some(folder) = only {
        let message = format!(
            "`index.html` is not at the root, but in the folder `{}`: zip its content, not the folder",
            shown(folder)
        );
        Draft::fail("nested-one-folder", Location::file(Root::Bundle, &format!("{folder}/{INDEX}")), message)
    } else {
        let location = Location::file(Root::Bundle, "");
        Draft::fail("missing-index", location, "there is no `index.html` at the root of the bundle")
    });
}

fn references(outcome: &mut Outcome, bundle: &BundleFacts, index: &FileFacts) {
    if let Some(why) = &index.unread {
        let message = format!("`index.html` was not read: {}", shown(why));
        outcome.findings.push(Draft::indeterminate("unread", whole(index), message));
        return;
    }
    if let Some(Parse::Failed { why, position }) = &index.parse {
        let message = format!("`index.html` was not parsed as a whole: {}", shown(why));
        outcome.findings.push(Draft::indeterminate("not-parsed", at(INDEX, *position), message));
    }
    let Some(page) = &index.page else {
        if index.size == 0 {
            outcome.findings.push(Draft::fail("missing-index", whole(index), "`index.html` is empty"));
        } else if !matches!(index.parse, Some(Parse::Failed { .. })) {
            let message = "`index.html` was not parsed as a page";
            outcome.findings.push(Draft::indeterminate("not-parsed", whole(index), message));
        }
        return;
    };
    let base = match page.base.as_deref().map(address) {
        None => String::new(),
        Some(Address::Local(base)) => base,
        Some(Address::Remote { .. } | Address::Other { .. }) => {
            let message =
                "the base address leads out of the bundle, so the references of `index.html` do too; see OTA-WEB-001";
            outcome.findings.push(Draft::manual("base-elsewhere", whole(index), message));
            return;
        }
    };
    let scripts = page.scripts.iter().filter_map(|script| Some((script.source.as_deref()?, script.position, true)));
    let others = page.references.iter().map(|reference| {
        let script = reference.element == "script";
        (reference.url.as_str(), reference.position, script)
    });
    let mut resolved = 0;
    for (url, position, script) in scripts.chain(others) {
        match resolve(&base, url) {
            Some(path) if bundle.file(&path).is_some() || BRIDGE.contains(&path.as_str()) => resolved += 1,
            Some(path) => outcome.findings.push(unresolved(&path, url, position, script)),
            None => {}
        }
    }
    let message = format!("{} of `index.html` lead to files of the bundle", count(resolved, "address", "addresses"));
    outcome.saw(message, Some(whole(index)));
}

fn unresolved(path: &str, url: &str, position: Position, script: bool) -> Draft {
    let message = format!("index.html asks for `{}`, which is not in the bundle", shown(path));
    let rule = if script { "script-not-in-bundle" } else { "reference-not-in-bundle" };
    let severity = if script { Severity::High } else { Severity::Low };
    Draft::manual(rule, at(INDEX, Some(position)), message).severity(severity).excerpt(shown(url)).key(name_of(path))
}
