//! Which law applies is a statement of the organisation. Unstated, it is taken to apply.

use crate::controls::{CATALOG, Control, Outcome};
use crate::facts::Facts;
use crate::facts::attestations::{Answer, Statement};
use crate::model::printable;

/// A statement that decides whether the controls of a law apply.
#[derive(Debug)]
pub struct Switch {
    /// Its key.
    pub key: &'static str,
    /// The law, as a reader knows it.
    pub law: &'static str,
    /// The field that says whether the law applies.
    pub field: &'static str,
    /// The area of its controls.
    pub area: &'static str,
    /// The control that asks for the decision itself, and so always applies.
    pub decides: Option<&'static str>,
}

/// All switches, sorted by key.
pub static SWITCHES: [Switch; 3] = [
    Switch { key: "ccpa.scope", law: "CCPA", field: "applies", area: "CCPA", decides: Some("OTA-CCPA-001") },
    Switch { key: "cra.scope", law: "CRA", field: "in_scope", area: "CRA", decides: Some("OTA-CRA-001") },
    Switch { key: "scope.gdpr.applies", law: "GDPR", field: "applies", area: "GDPR", decides: None },
];

impl Switch {
    /// The controls that it switches.
    pub fn controls(&self) -> impl Iterator<Item = &'static Control> + '_ {
        CATALOG.iter().copied().filter(|control| control.area() == self.area && self.decides != Some(control.id))
    }

    /// What the statement says, when it counts: whether the law applies.
    #[must_use]
    pub fn applies(&self, statement: &Statement) -> Option<bool> {
        statement.value.first()?.truth(self.field)
    }
}

/// The switch of a control.
#[must_use]
pub fn switch_of(control: &Control) -> Option<&'static Switch> {
    SWITCHES.iter().find(|switch| switch.area == control.area() && switch.decides != Some(control.id))
}

/// Why a control does not apply, when a fresh statement says that its law does not.
pub(super) fn out_of_scope(facts: &Facts, control: &Control) -> Option<Outcome> {
    let switch = switch_of(control)?;
    let Answer::Fresh(statement) = facts.attestations.answer(switch.key) else { return None };
    if switch.applies(statement) != Some(false) {
        return None;
    }
    let why = statement.value.first().and_then(|entry| entry.text("reason")).map(|reason| format!(": {reason}"));
    let reason = format!(
        "{} does not apply, as {} stated on {} (`{}`){}",
        switch.law,
        printable(&statement.by, 120),
        statement.date,
        switch.key,
        printable(&why.unwrap_or_default(), 300)
    );
    let mut outcome = Outcome::not_applicable(reason);
    super::note(&mut outcome, facts, statement);
    outcome.attested = false;
    Some(outcome)
}
