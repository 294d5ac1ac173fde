//! Permissions, components and meta-data after merging: the union, without what stronger manifests remove.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::facts::android::manifest::{Component, ComponentKind, Manifest, MetaData, Tools};
use crate::facts::android::place::{Effective, Place, Written};
use crate::facts::android::resources::{Lookup, Resources};
use crate::facts::android::sets::SetKind;
use crate::model::Fact;

/// A permission that the build asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MergedPermission {
    /// The full name.
    pub name: String,
    /// Where the strongest manifest asks for it.
    pub at: Place,
    /// `maxSdkVersion`.
    pub max_sdk: Option<Written<String>>,
    /// Whether it is `uses-permission-sdk-23`.
    pub only_from_api_23: bool,
    /// What the manifest that asks is for.
    pub from: SetKind,
}

/// A component of the build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MergedComponent {
    /// As the strongest manifest has it.
    #[serde(flatten)]
    pub component: Component,
    /// Whether other apps can reach it: `exported`, else the platform's rule. From targetSdk 31 on a component with filters must say so.
    pub exported_in_effect: Fact<Effective<bool>>,
}

/// Which elements of weaker manifests are gone.
#[derive(Default)]
struct Gone {
    one: BTreeSet<String>,
    all: BTreeSet<String>,
}

impl Gone {
    fn is(&self, kind: &str, name: &str) -> bool {
        self.all.contains(kind) || self.one.contains(&format!("{kind} {name}"))
    }

    /// Notes what an element says; `true` when the element itself is only an instruction.
    fn note(&mut self, tools: &Tools, kind: &str, name: &str) -> bool {
        match tools.node.as_deref() {
            // Limited to one library, whose manifest is not told apart here.
            Some("remove" | "removeAll") if tools.selector.is_some() => true,
            Some("removeAll") => {
                self.all.insert(kind.to_owned());
                true
            }
            Some("remove") => {
                self.one.insert(format!("{kind} {name}"));
                true
            }
            _ => false,
        }
    }
}

pub(super) fn permissions(
    manifests: &[&Manifest],
    resources: &Resources<'_>,
    lookup: &Lookup,
) -> Vec<MergedPermission> {
    let mut merged: Vec<MergedPermission> = Vec::new();
    let mut gone = Gone::default();
    let mut seen = BTreeSet::new();
    for manifest in manifests {
        let mut next = Vec::new();
        for permission in &manifest.permissions {
            let name = match resources.resolve(&permission.name, &permission.at, lookup) {
                Fact::Known(written) => written.value,
                _ => permission.name.clone(),
            };
            if permission.tools.node.as_deref().is_some_and(|node| node.starts_with("remove")) {
                next.push((&permission.tools, permission.element.as_str(), name));
            } else if !gone.is(&permission.element, &name) && seen.insert((permission.element.clone(), name.clone())) {
                merged.push(MergedPermission {
                    name,
                    at: permission.at.clone(),
                    max_sdk: permission.max_sdk.clone(),
                    only_from_api_23: permission.element != "uses-permission",
                    from: manifest.kind,
                });
            }
        }
        for (tools, kind, name) in next {
            gone.note(tools, kind, &name);
        }
    }
    merged
}

pub(super) fn meta_data(manifests: &[&Manifest]) -> Vec<MetaData> {
    let mut merged: Vec<MetaData> = Vec::new();
    let mut gone = Gone::default();
    let mut seen = BTreeSet::new();
    for manifest in manifests {
        for data in &manifest.meta_data {
            let here = !gone.is("meta-data", &data.name);
            if !gone.note(&data.tools, "meta-data", &data.name) && here && seen.insert(data.name.as_str()) {
                merged.push(data.clone());
            }
        }
    }
    merged
}

pub(super) fn components(
    manifests: &[&Manifest],
    resources: &Resources<'_>,
    lookup: &Lookup,
    must_say: &Fact<Effective<bool>>,
) -> Vec<MergedComponent> {
    let mut merged: Vec<MergedComponent> = Vec::new();
    let mut index = std::collections::BTreeMap::new();
    let mut gone = Gone::default();
    for manifest in manifests {
        for component in &manifest.components {
            let kind = format!("{:?}", component.kind);
            let here = !gone.is(&kind, &component.name);
            if gone.note(&component.tools, &kind, &component.name) || !here {
                continue;
            }
            let key = (component.kind, component.name.clone());
            match index.get(&key).and_then(|at: &usize| merged.get_mut(*at)) {
                Some(known) if known.component.tools.node.as_deref() != Some("replace") => {
                    join(&mut known.component, component);
                }
                Some(_) => {}
                None => {
                    index.insert(key, merged.len());
                    merged.push(MergedComponent { component: component.clone(), exported_in_effect: Fact::Absent });
                }
            }
        }
    }
    for known in &mut merged {
        known.exported_in_effect = exported(&known.component, resources, lookup, must_say);
    }
    merged
}

/// Adds what a weaker manifest says of the same component.
fn join(known: &mut Component, weaker: &Component) {
    let keeps = |name: &str| !known.tools.remove.iter().any(|removed| removed == name);
    if known.exported.is_none() && keeps("exported") {
        known.exported = weaker.exported.clone();
    }
    if known.permission.is_none() && !known.tools.remove.iter().any(|removed| removed == "permission") {
        known.permission = weaker.permission.clone();
    }
    known.filters.extend(weaker.filters.iter().cloned());
    known.meta_data.extend(weaker.meta_data.iter().cloned());
}

fn exported(
    component: &Component,
    resources: &Resources<'_>,
    lookup: &Lookup,
    must_say: &Fact<Effective<bool>>,
) -> Fact<Effective<bool>> {
    if let Some(written) = &component.exported {
        return match resources.resolve(&written.value, &written.at, lookup) {
            Fact::Known(value) => match value.value.trim() {
                "true" | "TRUE" | "True" => Fact::Known(Effective::written(true, written.at.clone())),
                "false" | "FALSE" | "False" => Fact::Known(Effective::written(false, written.at.clone())),
                other => Fact::Unknown(format!("`{other}` is neither true nor false")),
            },
            Fact::Unknown(why) => Fact::Unknown(why),
            Fact::Unreadable(why) => Fact::Unreadable(why),
            Fact::Absent => Fact::Absent,
        };
    }
    let filters = !component.filters.is_empty();
    if component.kind == ComponentKind::Provider || !filters {
        return Fact::Known(Effective::platform(
            false,
            "without `exported` and without a filter it is not exported",
            None,
        ));
    }
    match must_say {
        Fact::Known(must) if must.value => {
            Fact::Unknown("it has a filter and no `exported`: from targetSdk 31 on no such app is built".to_owned())
        }
        Fact::Known(must) => Fact::Known(Effective::platform(
            true,
            "up to targetSdk 30 a component with a filter is exported",
            must.origin.place().cloned(),
        )),
        Fact::Unknown(why) | Fact::Unreadable(why) => Fact::Unknown(why.clone()),
        Fact::Absent => Fact::Unknown("targetSdk is not known".to_owned()),
    }
}
