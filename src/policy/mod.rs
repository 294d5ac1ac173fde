//! Floor 4, the policy: which controls, with which parameters, under which gate, with which exceptions.

mod deviations;
mod exceptions;
use crate::inputs::faults;
mod file;
mod frameworks;
mod load;
mod schema;
mod select;
#[cfg(test)]
mod tests;
pub mod yaml;

use std::collections::BTreeMap;

pub use exceptions::{Exception, Standing};
pub use frameworks::{Clause, Framework, framework, frameworks};
pub use load::load;
pub use schema::schema;

use crate::controls::{Control, ParameterValue};
use crate::inputs::Limits;
use crate::model::{Deviation, Digest, Severity};

/// The schema that every policy file names.
pub const POLICY_SCHEMA: &str = "otaudit/policy/v1";

/// The policies inside the program: name and text.
pub const BUILTIN: &[(&str, &str)] = &[
    ("default", include_str!("../../policies/default.yaml")),
    ("strict", include_str!("../../policies/strict.yaml")),
    ("gdpr", include_str!("../../policies/gdpr.yaml")),
    ("ccpa", include_str!("../../policies/ccpa.yaml")),
    ("app-store", include_str!("../../policies/app-store.yaml")),
    ("play", include_str!("../../policies/play.yaml")),
    ("cra", include_str!("../../policies/cra.yaml")),
];

/// The text of a policy inside the program.
#[must_use]
pub fn builtin(name: &str) -> Option<&'static str> {
    BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// A policy with all that it extends, complete and without faults.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name: the file's `name`, else the file's own name without its ending.
    pub name: String,
    /// Its title; the name when it has none.
    pub title: String,
    /// The digest of its text and of the texts it extends, nearest first.
    pub sha256: Digest,
    /// The names of the policies it extends, nearest first.
    pub extends: Vec<String>,
    /// The configuration that ships, relative to the app's folder, when the policy names it.
    pub config: Option<String>,
    /// The file of the organisation's statements, relative to the app's folder, when the policy names it.
    pub attestations: Option<String>,
    /// How old a statement may be, in days, where the policy lowers it.
    pub max_age_days: BTreeMap<String, u32>,
    /// How much of a subject is read.
    pub limits: Limits,
    /// What fails the gate.
    pub gate: GateRules,
    /// The controls to assess, sorted by id.
    pub controls: Vec<SelectedControl>,
    /// The exceptions, those of the extended policies first.
    pub exceptions: Vec<Exception>,
    /// Whatever lowers the protection against the built-in default, sorted.
    pub deviations: Vec<Deviation>,
}

/// What fails the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateRules {
    /// Findings of this severity or graver fail it.
    pub fail_on: Severity,
    /// Whether `manual` fails it too.
    pub manual_fails: bool,
    /// Whether `indeterminate` fails it.
    pub indeterminate_fails: bool,
}

impl Default for GateRules {
    fn default() -> Self {
        Self { fail_on: Severity::High, manual_fails: false, indeterminate_fails: true }
    }
}

/// A control that the policy selects.
#[derive(Clone, Debug)]
pub struct SelectedControl {
    /// The control.
    pub control: &'static Control,
    /// Its severity under the policy.
    pub severity: Severity,
    /// The parameters that the policy sets; all others have their defaults.
    pub parameters: BTreeMap<String, ParameterValue>,
}

/// One field of [`Limits`], as policies know it.
pub(crate) struct LimitField {
    /// Its name.
    pub name: &'static str,
    /// Its meaning and unit.
    pub about: &'static str,
    /// Reads and writes it.
    pub slot: fn(&mut Limits) -> &mut u64,
}

/// All fields of [`Limits`]; a test holds that none is missing.
pub(crate) static LIMITS: [LimitField; 11] = [
    LimitField {
        name: "archive_bytes",
        about: "bytes of the archive itself",
        slot: |limits| &mut limits.archive_bytes,
    },
    LimitField { name: "entries", about: "entries of the bundle", slot: |limits| &mut limits.entries },
    LimitField { name: "entry_bytes", about: "unpacked bytes of one entry", slot: |limits| &mut limits.entry_bytes },
    LimitField { name: "total_bytes", about: "unpacked bytes of all entries", slot: |limits| &mut limits.total_bytes },
    LimitField {
        name: "ratio",
        about: "unpacked bytes per packed byte of one entry",
        slot: |limits| &mut limits.ratio,
    },
    LimitField { name: "path_bytes", about: "bytes of one path", slot: |limits| &mut limits.path_bytes },
    LimitField { name: "path_depth", about: "parts of one path", slot: |limits| &mut limits.path_depth },
    LimitField {
        name: "archive_nesting",
        about: "levels of archives within the bundle",
        slot: |limits| &mut limits.archive_nesting,
    },
    LimitField {
        name: "script_nesting",
        about: "brackets open at once in one script or JSON file",
        slot: |limits| &mut limits.script_nesting,
    },
    LimitField {
        name: "script_chain",
        about: "links of one unbroken chain in a script",
        slot: |limits| &mut limits.script_chain,
    },
    LimitField { name: "script_tokens", about: "tokens of one script", slot: |limits| &mut limits.script_tokens },
];
