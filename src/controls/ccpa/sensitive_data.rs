//! OTA-CCPA-005: whether the use of sensitive data is limited.

use crate::controls::signals::{Said, add_unparsed, is_personal, judge, signals_or_na};
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::controls::{Parameter, ParameterKind};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-CCPA-005.
pub static CONTROL: Control = Control {
    id: "OTA-CCPA-005",
    slug: "sensitive-data",
    title: "Sensitive personal information use is limited",
    requirement: "Signals of precise geolocation, biometrics, health, contacts content, account credentials are used only for permitted purposes or a limit link exists.",
    rationale: "Users may limit the use of sensitive data to what they asked for. An update can begin such a use.",
    remediation: "List uses.",
    limits: "Sensitive are the signals of category L that hardly have another use; whether the place is precise in the sense of the law, and what the data is used for, is not seen. Data that never leaves the device is not collected. Whether the CCPA applies is not judged.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.121"),
        ("CCPA", "1798.140"),
        ("CCPA-REG", "7014"),
        ("CCPA-REG", "7027"),
        ("GDPR", "9"),
        ("MASVS", "MASVS-PRIVACY-1"),
        ("NIST-800-53", "PT-3"),
    ],
    parameters: &[
        Parameter {
            name: "stated_uses",
            about: "The ids of signals whose use is listed and within what 7027(m) permits, such as `web.geolocation`.",
            kind: ParameterKind::List(&[]),
        },
        Parameter {
            name: "unstated",
            about: "Whether a use that `stated_uses` lacks is a question or a failure.",
            kind: ParameterKind::Choice(&["ask", "fail"]),
        },
    ],
    attestations: &["ccpa.spi_uses"],
    cases: include_str!("../../../tests/controls/ccpa/sensitive-data.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let found = match signals_or_na(facts) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    let stated = parameters.list("stated_uses");
    let mut outcome = Outcome::default();
    add_unparsed(&mut outcome, &found);
    let sensitive: Vec<_> =
        found.signals.iter().filter(|fact| is_personal(fact) && fact.signal.is_sensitive()).collect();
    for fact in &sensitive {
        let question = ", which may be sensitive personal information; look at whether it serves only what 7027(m) permits, or users can limit it";
        let said = if stated.contains(&fact.signal.id) {
            Said::Fine(": it is stated what for")
        } else if parameters.choice("unstated") == "fail" && fact.met.is_use() {
            Said::Wrong("not-stated", question)
        } else {
            Said::Nothing("sensitive", question, Severity::Low)
        };
        judge(&mut outcome, facts, fact, &said, &fact.signal.id);
    }
    outcome.attested = !sensitive.is_empty();
    if sensitive.is_empty() {
        outcome.saw("no call of the bundle is known to use sensitive personal information", None);
    }
    outcome
}
