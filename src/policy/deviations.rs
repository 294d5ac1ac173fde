//! Whatever a policy lowers against the built-in default.

use super::{GateRules, LIMITS, SelectedControl};
use crate::controls::CATALOG;
use crate::inputs::Limits;
use crate::model::Deviation;

/// The deviations, sorted.
pub(super) fn of(controls: &[SelectedControl], gate: GateRules, limits: &Limits) -> Vec<Deviation> {
    let mut found = Vec::new();
    let mut add = |what: &str, change: String| found.push(Deviation { what: what.to_owned(), change });
    for control in CATALOG {
        let Some(selected) = controls.iter().find(|selected| selected.control.id == control.id) else {
            add(control.id, "not selected".to_owned());
            continue;
        };
        if selected.severity < control.severity {
            add(control.id, format!("severity lowered from `{}` to `{}`", control.severity, selected.severity));
        }
    }
    let usual = GateRules::default();
    if gate.fail_on > usual.fail_on {
        add("gate", format!("`fail_on` raised from `{}` to `{}`", usual.fail_on, gate.fail_on));
    }
    if usual.indeterminate_fails && !gate.indeterminate_fails {
        add("gate", "`indeterminate` changed from `fail` to `report`".to_owned());
    }
    let (mut limits, mut usual) = (limits.clone(), Limits::default());
    for field in &LIMITS {
        let (now, before) = (*(field.slot)(&mut limits), *(field.slot)(&mut usual));
        if now > before {
            add("limits", format!("`{}` raised from {before} to {now}", field.name));
        }
    }
    found.sort();
    found
}
