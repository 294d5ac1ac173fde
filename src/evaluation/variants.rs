//! Configurations for other builds: what a control finds in one of them is told with its name, and not claimed of what
//! ships.

use crate::controls::{Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::{Fact, Location, Root, Severity, Verdict, printable};

/// Adds what the control finds in each configuration for another build: a person decides whether that build goes out.
pub fn add(outcome: &mut Outcome, facts: &Facts, control: &Control, parameters: &Parameters) {
    let known = facts.app.as_ref().is_some_and(|app| matches!(app.shipping, Fact::Known(_)));
    for variant in &facts.variants {
        let apart = (control.assess)(&variant.facts, parameters);
        let own = |draft: &Draft| draft.location.root == Root::App && draft.location.path == variant.path;
        for mut draft in apart.findings.into_iter().filter(own) {
            let name = printable(&variant.path, 120);
            let which = if known { "which is not the one that ships" } else { "if it is the one that ships" };
            let message = format!("in the configuration `{name}`, {which}: {}", draft.message);
            if draft.verdict != Verdict::Fail {
                // What is open there is no question about this update.
                outcome.saw(message, Some(Location::file(Root::App, &variant.path)));
                continue;
            }
            // Undecided, it may be what ships.
            let most = if known { Severity::Low } else { Severity::High };
            draft.severity = Some(draft.severity.unwrap_or(control.severity).min(most));
            draft.verdict = Verdict::Manual;
            draft.rule = format!("variant-{}", draft.rule);
            draft.message = message;
            outcome.not_applicable = None;
            outcome.findings.push(draft);
        }
    }
}
