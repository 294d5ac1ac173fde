//! Configurations for other builds: what a control finds in one of them is told with its name, and not claimed of what
//! ships.

use crate::controls::{Control, Draft, Outcome, Parameters, assess};
use crate::facts::{Facts, Variant};
use crate::model::{Fact, Location, Root, Severity, Verdict, printable};

/// Adds what the control finds in each configuration for another build, and in each case of the one that ships: a person
/// decides whether that build goes out.
pub fn add(outcome: &mut Outcome, facts: &Facts, control: &Control, parameters: &Parameters) {
    let known = facts.app.as_ref().is_some_and(|app| matches!(app.shipping, Fact::Known(_)));
    let (cases, builds): (Vec<&Variant>, Vec<&Variant>) =
        facts.variants.iter().partition(|variant| variant.when.is_some());
    let cases: Vec<(&Variant, Outcome)> =
        cases.into_iter().map(|variant| (variant, assess(&variant.facts, control, parameters))).collect();
    soften(outcome, &cases);
    for (variant, apart) in cases {
        let when = printable(variant.when.as_deref().unwrap_or_default(), 160);
        let path = printable(&variant.path, 120);
        merge(outcome, control, variant, apart, &format!("in `{path}` when {when}"), Severity::High);
    }
    for variant in builds {
        let name = printable(&variant.path, 120);
        let which = if known { "which is not the one that ships" } else { "if it is the one that ships" };
        // Undecided, it may be what ships.
        let most = if known { Severity::Low } else { Severity::High };
        let apart = assess(&variant.facts, control, parameters);
        merge(outcome, control, variant, apart, &format!("in the configuration `{name}`, {which}"), most);
    }
}

/// A failure of the configuration that ships is none where it depends on a condition: not every build has it.
fn soften(outcome: &mut Outcome, cases: &[(&Variant, Outcome)]) {
    for draft in outcome.findings.iter_mut().filter(|draft| draft.verdict == Verdict::Fail) {
        let own = |variant: &Variant| draft.location.root == Root::App && draft.location.path == variant.path;
        let missing = cases
            .iter()
            .find(|(variant, apart)| own(variant) && !apart.findings.iter().any(|other| is_like(other, draft)));
        if let Some((variant, _)) = missing {
            let when = printable(variant.when.as_deref().unwrap_or_default(), 160);
            draft.message = format!("unless {when}: {}", draft.message);
            draft.verdict = Verdict::Manual;
        }
    }
}

/// The same rule in the same file: each case has its own place.
fn is_like(one: &Draft, other: &Draft) -> bool {
    one.rule == other.rule && one.location.path == other.location.path
}

fn same(one: &Draft, other: &Draft) -> bool {
    one.rule == other.rule && one.location == other.location
}

fn merge(outcome: &mut Outcome, control: &Control, variant: &Variant, apart: Outcome, which: &str, most: Severity) {
    let own = |draft: &Draft| draft.location.root == Root::App && draft.location.path == variant.path;
    for mut draft in apart.findings.into_iter().filter(own) {
        // What every case has is told once.
        if variant.when.is_some() && outcome.findings.iter().any(|known| same(known, &draft)) {
            continue;
        }
        let message = format!("{which}: {}", draft.message);
        if draft.verdict != Verdict::Fail {
            // What is open there is no question about this update.
            outcome.saw(message, Some(Location::file(Root::App, &variant.path)));
            continue;
        }
        draft.severity = Some(draft.severity.unwrap_or(control.severity).min(most));
        draft.verdict = Verdict::Manual;
        draft.rule = format!("variant-{}", draft.rule);
        draft.message = message;
        outcome.not_applicable = None;
        outcome.findings.push(draft);
    }
}
