//! OTA-CCPA-003: whether users can opt out of sharing.

use crate::controls::signals::{add_unparsed, is_sharing, met, place, sentence, signals_or_na};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::controls::{Parameter, ParameterKind};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-CCPA-003.
pub static CONTROL: Control = Control {
    id: "OTA-CCPA-003",
    slug: "opt-out",
    title: "Sale/sharing signals have an opt-out",
    requirement: "If ad or cross-context tracking signals exist, a Do Not Sell or Share link (or alternative link) string and handler exist.",
    rationale: "Californians may tell a business not to sell or share their data, and a link for that has to be where the data is collected.",
    remediation: "Add link and handler.",
    limits: "Signs of sharing are the plugins, functions and hosts of advertising in the table of signals. The link and its words are not looked for: they may be translated, or come from the server. Whether the CCPA applies, and whether data is sold in other ways, is not judged.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA", "1798.115"),
        ("CCPA", "1798.120"),
        ("CCPA", "1798.135"),
        ("CCPA-REG", "7004"),
        ("CCPA-REG", "7013"),
        ("CCPA-REG", "7015"),
        ("CCPA-REG", "7026"),
        ("MASVS", "MASVS-PRIVACY-4"),
        ("MASWE", "MASWE-0115"),
    ],
    parameters: &[Parameter {
        name: "opt_out",
        about: "Whether users are offered an opt-out of sale and sharing.",
        kind: ParameterKind::Choice(&["unknown", "offered", "none"]),
    }],
    attestations: &["ccpa.opt_out"],
    cases: include_str!("../../../tests/controls/ccpa/opt-out.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let found = match signals_or_na(facts) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unparsed(&mut outcome, &found);
    let manager = met(&found, "lib.consent");
    if let Some(manager) = manager {
        outcome.saw(format!("{}: a sign that users are asked", sentence(manager)), Some(place(manager)));
    }
    let sharing: Vec<_> = found.signals.iter().filter(|fact| is_sharing(fact)).collect();
    let stated = parameters.choice("opt_out");
    for fact in &sharing {
        if stated == "offered" {
            outcome.attested = true;
            outcome.saw(format!("{}: it is stated that users can opt out", sentence(fact)), Some(place(fact)));
            continue;
        }
        if stated == "none" {
            let message = format!("{}, a sign of sharing, and it is stated that there is no opt-out", sentence(fact));
            outcome.findings.push(Draft::fail("no-opt-out", place(fact), message).key(&*fact.signal.id));
            continue;
        }
        let message = format!(
            "{}, a sign of sharing; look at whether users find a link or a switch to opt out, and whether it stops this",
            sentence(fact)
        );
        // With a manager of consent there is at least a place where users can say no.
        let severity = if manager.is_some() { Severity::Low } else { Severity::Medium };
        outcome.findings.push(Draft::manual("sharing", place(fact), message).severity(severity).key(&*fact.signal.id));
    }
    if sharing.is_empty() {
        outcome.saw("no sign of advertising across apps, which would be sharing", None);
    }
    outcome
}
