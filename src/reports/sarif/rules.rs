//! Controls as SARIF rules, frameworks as SARIF taxonomies.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::log::{
    Component, ComponentReference, Configuration, Descriptor, DescriptorReference, Properties, Relationship, Text,
};
use super::text;
use crate::model::{Assessment, Mapping, Report, Severity};

/// The frameworks, each with the index of each clause.
pub(super) struct Taxonomies {
    components: Vec<Component>,
    clauses: BTreeMap<Mapping, (usize, usize)>,
}

impl Taxonomies {
    /// The report's frameworks; a clause that is mapped to and not listed there is added, so that none gets lost.
    pub(super) fn new(report: &Report) -> Self {
        let mut all = Self { components: Vec::new(), clauses: BTreeMap::new() };
        for framework in &report.frameworks {
            let index = all.component(&framework.id);
            if let Some(component) = all.components.get_mut(index) {
                component.full_name = Some(framework.title.clone());
                component.short_description = Some(Text::plain(&framework.title));
                component.version = Some(framework.version.clone());
            }
            for clause in &framework.clauses {
                all.clause(&Mapping { framework: framework.id.clone(), clause: clause.id.clone() }, &clause.title);
            }
        }
        for mapping in report.assessments.iter().flat_map(|assessment| &assessment.mappings) {
            all.clause(mapping, "");
        }
        all
    }

    fn component(&mut self, id: &str) -> usize {
        if let Some(index) = self.components.iter().position(|component| component.name == id) {
            return index;
        }
        self.components.push(Component {
            guid: Some(text::guid(&["framework", id])),
            name: id.to_owned(),
            is_comprehensive: Some(false),
            ..Component::default()
        });
        self.components.len() - 1
    }

    fn clause(&mut self, mapping: &Mapping, title: &str) {
        let index = self.component(&mapping.framework);
        let Some(component) = self.components.get_mut(index) else { return };
        if self.clauses.contains_key(mapping) {
            return;
        }
        self.clauses.insert(mapping.clone(), (index, component.taxa.len()));
        component.taxa.push(Descriptor {
            id: mapping.clause.clone(),
            short_description: (!title.is_empty()).then(|| Text::plain(title)),
            ..Descriptor::default()
        });
    }

    /// References to the clauses of `mappings`, each once.
    pub(super) fn references(&self, mappings: &[Mapping]) -> Vec<DescriptorReference> {
        let unique: BTreeSet<&Mapping> = mappings.iter().collect();
        let found = unique.into_iter().filter_map(|mapping| Some((mapping, *self.clauses.get(mapping)?)));
        found
            .map(|(mapping, (component, index))| DescriptorReference {
                id: mapping.clause.clone(),
                index,
                tool_component: Some(reference(&mapping.framework, component)),
            })
            .collect()
    }

    /// What the driver says it supports.
    pub(super) fn supported(&self) -> Vec<ComponentReference> {
        self.components.iter().enumerate().map(|(index, component)| reference(&component.name, index)).collect()
    }

    /// The list for the run.
    pub(super) fn into_components(self) -> Vec<Component> {
        self.components
    }
}

fn reference(framework: &str, index: usize) -> ComponentReference {
    ComponentReference { name: framework.to_owned(), index, guid: text::guid(&["framework", framework]) }
}

/// The index of each control among [`rules`].
pub(super) fn rule_indexes(report: &Report) -> BTreeMap<&str, usize> {
    let mut indexes = BTreeMap::new();
    for assessment in &report.assessments {
        let next = indexes.len();
        indexes.entry(assessment.control.as_str()).or_insert(next);
    }
    indexes
}

/// Every control that was assessed, once, in the report's order.
pub(super) fn rules(report: &Report, taxonomies: &Taxonomies) -> Vec<Descriptor> {
    let mut seen = BTreeSet::new();
    let first = report.assessments.iter().filter(|assessment| seen.insert(assessment.control.as_str()));
    first.map(|assessment| rule(assessment, taxonomies)).collect()
}

fn rule(assessment: &Assessment, taxonomies: &Taxonomies) -> Descriptor {
    let relationships = taxonomies.references(&assessment.mappings);
    let frameworks: BTreeSet<&str> = assessment.mappings.iter().map(|mapping| mapping.framework.as_str()).collect();
    let mut tags = vec!["security", "ota-update"];
    tags.extend(frameworks.into_iter().filter(|framework| !["security", "ota-update"].contains(framework)));
    Descriptor {
        id: assessment.control.clone(),
        name: Some(text::pascal_case(&assessment.title)).filter(|name| !name.is_empty()),
        short_description: Some(Text::plain(&assessment.title)),
        full_description: Some(Text::plain(&assessment.requirement)),
        help: Some(Text {
            text: assessment.remediation.clone(),
            markdown: Some(format!(
                "**Required:** {}\n\n**To fix it:** {}\n",
                text::markdown(&assessment.requirement),
                text::markdown(&assessment.remediation)
            )),
        }),
        default_configuration: Some(Configuration { level: level(assessment.severity) }),
        relationships: relationships.into_iter().map(|target| Relationship { target, kinds: ["relevant"] }).collect(),
        properties: Properties::from([
            ("tags", json!(tags)),
            ("security-severity", json!(score(assessment.severity))),
            ("severity", json!(assessment.severity)),
        ]),
    }
}

/// SARIF's level of a failure.
pub(super) const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A number inside the band that code-scanning dashboards give the same name.
const fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
        Severity::Info => "0.0",
    }
}
