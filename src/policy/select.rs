//! Which controls a policy selects.

use std::collections::BTreeSet;

use super::faults::{Faults, suggest};
use super::frameworks::frameworks;
use super::yaml::{Node, Value};
use crate::controls::{CATALOG, Control};
use crate::model::Severity;

/// The words of all severities.
pub(super) fn severity_words() -> Vec<&'static str> {
    Severity::ALL.iter().map(|severity| severity.word()).collect()
}

/// The control of an id exactly as the catalog writes it; else a fault.
pub(super) fn control(faults: &mut Faults<'_>, id: &str, span: &std::ops::Range<usize>) -> Option<&'static Control> {
    let found = CATALOG.iter().copied().find(|control| control.id == id);
    if found.is_none() {
        let near = crate::controls::find(id).map(|near| format!("did you mean `{}`?", near.id));
        let ids: Vec<&str> = CATALOG.iter().map(|control| control.id).collect();
        let help = near.unwrap_or_else(|| suggest(id, &ids, "the controls are"));
        faults.add(span, format!("unknown control `{id}`"), "no control has this id", help);
    }
    found
}

/// A severity; else a fault.
pub(super) fn severity(faults: &mut Faults<'_>, node: &Node, what: &str) -> Option<Severity> {
    faults.word(node, what, &severity_words())?.parse().ok()
}

/// The ids that `select` chooses.
pub(super) fn select(faults: &mut Faults<'_>, node: &Node) -> BTreeSet<&'static str> {
    let mut chosen: BTreeSet<&'static str> = CATALOG.iter().map(|control| control.id).collect();
    let mut excluded = BTreeSet::new();
    let mut sound = true;
    for (key, value) in faults.entries(node, "`select`", &["include", "exclude"]) {
        let mut ids = BTreeSet::new();
        let items = faults.list(value, &format!("`{}`", key.name));
        sound &= matches!(value.value, Value::List(_));
        for item in items {
            match matches(faults, item) {
                Some(found) => ids.extend(found),
                None => sound = false,
            }
        }
        if key.name == "include" {
            chosen = ids;
        } else {
            excluded = ids;
        }
    }
    chosen.retain(|id| !excluded.contains(id));
    if chosen.is_empty() && sound {
        faults.add(&node.span, "`select` leaves no control", "selects nothing", "include more, or exclude less");
    }
    chosen
}

/// The ids of one item, or `None` after a fault.
fn matches(faults: &mut Faults<'_>, item: &Node) -> Option<Vec<&'static str>> {
    let what = "an item of a selection";
    let entries = faults.entries(item, what, &["control", "area", "framework", "severity"]);
    if let (Value::Map(all), true) = (&item.value, entries.len() != 1)
        && (all.is_empty() || entries.len() > 1)
    {
        let help = "write one of `control`, `area`, `framework`, `severity` in each item";
        faults.add(&item.span, format!("{what} must have exactly one key"), "not exactly one key", help);
    }
    let [(key, value)] = entries.as_slice() else { return None };
    let ids = |test: &dyn Fn(&Control) -> bool| -> Vec<&'static str> {
        CATALOG.iter().copied().filter(|control| test(control)).map(|control| control.id).collect()
    };
    match key.name.as_str() {
        "control" => {
            let id = faults.text(value, "`control`")?;
            control(faults, id, &value.span).map(|control| vec![control.id])
        }
        "area" => {
            let areas: BTreeSet<&str> = CATALOG.iter().map(|control| control.area()).collect();
            let areas: Vec<&str> = areas.into_iter().collect();
            let area = faults.word(value, "`area`", &areas)?;
            Some(ids(&|control| control.area() == area))
        }
        "framework" => {
            let known: Vec<&str> = frameworks().iter().map(|framework| framework.id.as_str()).collect();
            let framework = faults.word(value, "`framework`", &known)?;
            Some(ids(&|control| control.mappings.iter().any(|(id, _)| *id == framework)))
        }
        _ => {
            let least = severity(faults, value, "`severity`")?;
            Some(ids(&|control| control.severity >= least))
        }
    }
}
