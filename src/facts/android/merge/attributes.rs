//! The attributes of `application` after merging.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::facts::android::manifest::{Attribute, Manifest};
use crate::facts::android::place::{Effective, Place, Written};
use crate::facts::android::resources::{Lookup, Resources};
use crate::facts::android::sets::SetKind;
use crate::model::Fact;

/// One attribute of the merged `application`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MergedAttribute {
    /// The name without `android:`.
    pub name: String,
    /// The value as written.
    pub written: String,
    /// Where the manifest says so.
    pub at: Place,
    /// The literal value with its own place, which may be in a resource file.
    pub value: Fact<Written<String>>,
    /// What the manifest that decides is for; `library` when the app's own manifests say nothing.
    pub from: SetKind,
    /// Other values in weaker manifests, which do not count.
    pub overridden: Vec<Attribute>,
    /// Whether the merger refuses the build: a library says otherwise, and no `tools:replace` settles it.
    pub conflict: bool,
}

impl MergedAttribute {
    /// The value as the platform reads a boolean, at the place of the manifest's attribute.
    #[must_use]
    pub fn boolean(&self) -> Fact<Effective<bool>> {
        match &self.value {
            Fact::Known(written) => match written.value.trim() {
                "true" | "TRUE" | "True" | "1" | "-1" => Fact::Known(Effective::written(true, self.at.clone())),
                "false" | "FALSE" | "False" | "0" => Fact::Known(Effective::written(false, self.at.clone())),
                other => Fact::Unknown(format!("`{other}` is neither true nor false")),
            },
            Fact::Unknown(why) => Fact::Unknown(why.clone()),
            Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
            Fact::Absent => Fact::Absent,
        }
    }
}

/// Merges the strongest manifest first.
pub(super) fn merge(manifests: &[&Manifest], resources: &Resources<'_>, lookup: &Lookup) -> Vec<MergedAttribute> {
    let mut merged: Vec<MergedAttribute> = Vec::new();
    let mut removed: BTreeSet<&str> = BTreeSet::new();
    let mut replaced: BTreeSet<&str> = BTreeSet::new();
    for manifest in manifests {
        let Some(application) = &manifest.application else { continue };
        for attribute in &application.attributes {
            let name = attribute.name.as_str();
            let found = merged.iter_mut().find(|known| known.name == name);
            match found {
                Some(known) if known.written != attribute.value => {
                    known.overridden.push(attribute.clone());
                    known.conflict |= manifest.kind == SetKind::Library && !replaced.contains(name);
                }
                Some(_) => {}
                None if removed.contains(name) => {}
                None => merged.push(MergedAttribute {
                    name: name.to_owned(),
                    written: attribute.value.clone(),
                    at: attribute.at.clone(),
                    value: resources.resolve(&attribute.value, &attribute.at, lookup),
                    from: manifest.kind,
                    overridden: Vec::new(),
                    conflict: false,
                }),
            }
        }
        let tools = &application.tools;
        removed.extend(tools.remove.iter().map(String::as_str));
        replaced.extend(tools.replace.iter().map(String::as_str));
        // The whole element counts, and nothing weaker.
        if tools.node.as_deref() == Some("replace") {
            break;
        }
    }
    merged.sort_by(|left, right| left.name.cmp(&right.name));
    merged
}
