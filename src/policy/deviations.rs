//! Whatever a policy lowers against the built-in default.

use super::{GateRules, LIMITS, SelectedControl};
use crate::controls::{CATALOG, ParameterKind, ParameterValue};
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
    for selected in controls {
        for parameter in selected.control.parameters {
            // A list that allows or a word that permits lowers protection; one that demands more does not.
            match (parameter.kind, selected.parameters.get(parameter.name)) {
                (_, Some(ParameterValue::List(items))) if !items.is_empty() => {
                    add(selected.control.id, format!("`{}` is set: {}", parameter.name, items.join(", ")));
                }
                (ParameterKind::Choice(words), Some(ParameterValue::Choice(word)))
                    if word == "allow" && words.first() != Some(&"allow") =>
                {
                    add(selected.control.id, format!("`{}` is set to `{word}`", parameter.name));
                }
                _ => {}
            }
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
