//! OTA-APPLE-006: whether the first start waits for a download.

use crate::controls::apple::{ios_or_na, root};
use crate::controls::changed;
use crate::controls::configured::possible;
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::capacitor::Scalar;
use crate::facts::comparison::SetKind;
use crate::model::{Fact, Severity};

/// OTA-APPLE-006.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-006",
    slug: "first-launch",
    title: "Initial-launch download is disclosed",
    requirement: "If the app must download a bundle to work on first launch, size is shown and the user is asked; otherwise a working bundle is embedded in the binary.",
    rationale: "Apple wants the size shown and the user asked, where an app must download something before it works.",
    remediation: "Embed the build; use next-launch installation; show size dialog if blocking.",
    limits: "Looked at are `server.url` and the setting of Capgo's plugin that installs before the app is shown; other update systems are not. Whether the binary holds a whole build is not seen: the copy in the native project is seldom kept with the sources. Apple asks this of the first start only.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[("APPLE", "2.5.2"), ("APPLE", "4.2"), ("APPLE", "4.2.3(ii)"), ("CRA", "AnnexI.I.2(h)")],
    parameters: &[Parameter {
        name: "first_launch_prompt",
        about: "Whether users are asked before a download that the first start waits for.",
        kind: ParameterKind::Choice(&["unknown", "asked", "not-asked"]),
    }],
    attestations: &["apple.first_launch_prompt"],
    cases: include_str!("../../../tests/controls/apple/first-launch.md"),
    assess,
};

/// Values with which Capgo's plugin installs an update before the app is shown (`directUpdate`).
const BLOCKING: [&str; 3] = ["always", "atInstall", "onLaunch"];

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let (app, ios) = match ios_or_na(facts) {
        Ok(both) => both,
        Err(outcome) => return outcome,
    };
    if app.update_systems.is_empty() {
        return Outcome::not_applicable("the app has no update system that is known");
    }
    let mut outcome = Outcome::default();
    for one in possible(app, &["server", "url"]) {
        if let Fact::Known(Scalar::Text(url)) = &one.value
            && !url.trim().is_empty()
        {
            let message =
                format!("the app begins with a page from the network, `{}`: nothing is in the binary", shown(url));
            outcome.findings.push(Draft::fail("remote-start", one.place.clone(), message));
        }
    }
    for one in possible(app, &["plugins", "CapacitorUpdater", "directUpdate"]) {
        let blocking = match &one.value {
            Fact::Known(Scalar::Bool(on)) => *on,
            Fact::Known(Scalar::Text(word)) => BLOCKING.contains(&word.as_str()),
            _ => false,
        };
        if !blocking {
            continue;
        }
        match parameters.choice("first_launch_prompt") {
            "asked" => {
                outcome.attested = true;
                outcome.saw("`directUpdate` is on; it is stated that users are asked, with the size", Some(one.place));
            }
            "not-asked" => {
                let message = "`directUpdate` is on, and it is stated that users are not asked before the download";
                outcome.findings.push(Draft::fail("not-asked", one.place, message));
            }
            _ => {
                let message = "`directUpdate` is on: an update is installed before the app is shown; look at whether the first start asks, with the size";
                outcome.findings.push(Draft::manual("blocking-update", one.place, message).severity(Severity::Low));
            }
        }
    }
    outcome.saw("no setting was found that makes the first start wait, beyond what is listed", Some(root(ios)));
    changed::tell(&mut outcome, facts, &[SetKind::WatchedCalls]);
    outcome
}
