//! OTA-APPLE-014: whether the app answers Apple's question for its encryption.

use crate::controls::apple::{app_lists, at, built_in, ios_or_na, root};
use crate::controls::configured::possible;
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::capacitor::Scalar;
use crate::facts::{AppFacts, Facts};
use crate::model::{Fact, Location, Severity};

/// OTA-APPLE-014.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-014",
    slug: "export-compliance",
    title: "Export-compliance answer agrees with bundle encryption",
    requirement: "ITSAppUsesNonExemptEncryption is present and consistent with use of bundle encryption.",
    rationale: "An app that decrypts its updates uses encryption beyond TLS. Whether that is exempt is asked with each upload, and the answer is a statement to the authorities.",
    remediation: "Set the key after the export review.",
    limits: "Standard algorithms that the system provides are usually exempt; whether they are here a person has to say. Encryption of updates is told by the keys in the updater's configuration (Capgo `publicKey`, OtaKit `bundleKeys`); other encryption of the app is not looked for.",
    severity: Severity::Info,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[("APPLE", "2.5.1")],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/apple/export-compliance.md"),
    assess,
};

const KEY: &str = "ITSAppUsesNonExemptEncryption";

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let (app, ios) = match ios_or_na(facts) {
        Ok(both) => both,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    if let Some((value, place)) = built_in(ios, KEY) {
        let answer = match value {
            Fact::Known(text) => Fact::Known(["yes", "true", "1"].contains(&text.trim().to_lowercase().as_str())),
            Fact::Unknown(why) => Fact::Unknown(why.clone()),
            Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
            Fact::Absent => Fact::Absent,
        };
        judge(&mut outcome, app, &answer, place);
        return outcome;
    }
    for info in app_lists(ios) {
        judge(&mut outcome, app, &info.non_exempt_encryption.fact, at(&info.file, info.non_exempt_encryption.position));
    }
    if outcome.findings.is_empty() && outcome.evidence.is_empty() {
        let message = format!("no Info.plist of the app was found; look at whether `{KEY}` is answered");
        outcome.findings.push(Draft::manual("no-list", root(ios), message));
    }
    outcome
}

fn judge(outcome: &mut Outcome, app: &AppFacts, answer: &Fact<bool>, place: Location) {
    let draft = match answer {
        Fact::Known(true) => {
            outcome.saw(format!("`{KEY}` is true"), Some(place));
            return;
        }
        Fact::Known(false) => match encrypted(app) {
            None => {
                outcome.saw(format!("`{KEY}` is false, and no encryption of updates is configured"), Some(place));
                return;
            }
            Some(name) => {
                let message = format!(
                    "`{KEY}` is false, and updates are encrypted or signed with `{name}`; look at whether that is exempt"
                );
                Draft::manual("false-with-encryption", place, message)
            }
        },
        Fact::Absent => {
            let message = format!("the app's Info.plist has no `{KEY}`, so Apple's question is open with each upload");
            Draft::fail("no-answer", place, message)
        }
        Fact::Unknown(why) => {
            Draft::manual("answer-unknown", place, format!("the value of `{KEY}` is not known: {}", shown(why)))
        }
        Fact::Unreadable(why) => {
            Draft::indeterminate("answer-unreadable", place, format!("`{KEY}` could not be read: {}", shown(why)))
        }
    };
    outcome.findings.push(draft);
}

/// The setting that encrypts updates.
fn encrypted(app: &AppFacts) -> Option<&'static str> {
    const SETTINGS: [(&str, &str, &str); 2] = [
        ("CapacitorUpdater", "publicKey", "CapacitorUpdater.publicKey"),
        ("OtaKit", "bundleKeys", "OtaKit.bundleKeys"),
    ];
    let is_set = |block: &str, key: &str| {
        possible(app, &["plugins", block, key]).iter().any(|one| match &one.value {
            Fact::Known(Scalar::Text(text)) => !text.trim().is_empty(),
            Fact::Known(Scalar::List(list)) => !list.is_empty(),
            _ => false,
        })
    };
    SETTINGS.iter().find(|(block, key, _)| is_set(block, key)).map(|(_, _, name)| *name)
}
