//! Whose code a finding points to, in words.

use super::support::shown;
use crate::facts::origin::{Module, Owner};
use crate::facts::{Facts, FileFacts};
use crate::model::Position;

/// Whose the code at a place is, for the end of a message: `in lodash 4.17.21 (node_modules/lodash/_root.js:9)`; none when
/// it can't be told.
pub(super) fn owner_of(facts: &Facts, file: &FileFacts, position: Position) -> Option<String> {
    let place = |module: &Module| match module.position {
        Some(position) => format!("{}:{}", shown(&module.path), position.line),
        None => shown(&module.path),
    };
    match file.owner(position) {
        Owner::FirstParty { module, .. } => Some(format!("in the app's own {}", place(&module))),
        Owner::Vendor { package, version, module, .. } => {
            let version = version.or_else(|| facts.bundle.as_ref()?.version_of(&package));
            let version = version.map_or_else(String::new, |version| format!(" {}", shown(&version)));
            let module = module.map_or_else(String::new, |module| format!(" ({})", place(&module)));
            Some(format!("in {}{version}{module}", shown(&package)))
        }
        Owner::Unknown => None,
    }
}

/// A message with what [`owner_of`] tells at its end.
pub(super) fn owned(facts: &Facts, file: &FileFacts, position: Position, message: String) -> String {
    match owner_of(facts, file, position) {
        Some(owner) => format!("{message}; {owner}"),
        None => message,
    }
}
