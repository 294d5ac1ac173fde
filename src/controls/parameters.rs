//! What a policy may set of a control.

use std::collections::BTreeMap;

use serde::Serialize;

/// One thing that a policy may set.
#[derive(Debug)]
pub struct Parameter {
    /// Its name, in snake case.
    pub name: &'static str,
    /// What it means, with its unit.
    pub about: &'static str,
    /// Its kind and default.
    pub kind: ParameterKind,
}

/// The kinds of parameters, each with its default.
#[derive(Clone, Copy, Debug)]
pub enum ParameterKind {
    /// A list of texts.
    List(&'static [&'static str]),
    /// One of several words; the first is the default.
    Choice(&'static [&'static str]),
}

/// A value that a policy gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ParameterValue {
    /// A list of texts.
    List(Vec<String>),
    /// A word.
    Choice(String),
}

/// The values of one control's parameters: the policy's, else the defaults.
#[derive(Clone, Debug, Default)]
pub struct Parameters(BTreeMap<&'static str, ParameterValue>);

impl Parameters {
    /// The defaults of `parameters`, overridden by `given`; names that are not parameters are ignored
    /// (the policy reader has refused them).
    #[must_use]
    pub fn of(parameters: &[Parameter], given: &BTreeMap<String, ParameterValue>) -> Self {
        let value = |parameter: &Parameter| match (given.get(parameter.name), parameter.kind) {
            (Some(value), _) => value.clone(),
            (None, ParameterKind::List(items)) => {
                ParameterValue::List(items.iter().map(|item| (*item).to_owned()).collect())
            }
            (None, ParameterKind::Choice(words)) => {
                ParameterValue::Choice(words.first().copied().unwrap_or_default().to_owned())
            }
        };
        Self(parameters.iter().map(|parameter| (parameter.name, value(parameter))).collect())
    }

    /// A list parameter; empty when there is none of that name.
    #[must_use]
    pub fn list(&self, name: &str) -> &[String] {
        match self.0.get(name) {
            Some(ParameterValue::List(items)) => items,
            Some(ParameterValue::Choice(_)) | None => &[],
        }
    }

    /// A choice parameter; empty when there is none of that name.
    #[must_use]
    pub fn choice(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(ParameterValue::Choice(word)) => word,
            Some(ParameterValue::List(_)) | None => "",
        }
    }

    /// Sets a choice that has its default still, to a word that it may be. Whether it did.
    pub(super) fn choose(&mut self, parameters: &[Parameter], name: &str, word: &str) -> bool {
        let Some(parameter) = parameters.iter().find(|parameter| parameter.name == name) else { return false };
        let ParameterKind::Choice(words) = parameter.kind else { return false };
        let untouched = words.first().is_some_and(|usual| *usual == self.choice(name));
        if !untouched || !words.contains(&word) || words.first() == Some(&word) {
            return false;
        }
        self.0.insert(parameter.name, ParameterValue::Choice(word.to_owned()));
        true
    }

    /// Adds to a list. Whether it did.
    pub(super) fn extend(&mut self, name: &str, more: Vec<String>) -> bool {
        match self.0.get_mut(name) {
            Some(ParameterValue::List(items)) if !more.is_empty() => {
                items.extend(more);
                true
            }
            _ => false,
        }
    }
}
