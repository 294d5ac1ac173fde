//! What an audit came to and under which exceptions: the subject of the few controls that judge the audit itself. The
//! evaluation makes it from the other controls' assessments.

use serde::{Deserialize, Serialize};

use crate::model::{Severity, Verdict};

/// What an audit came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RollUp {
    /// The controls that were assessed, those that judge the audit itself left out; sorted by id.
    pub controls: Vec<Rolled>,
    /// The exceptions of the policy, in its order.
    pub exceptions: Vec<Granted>,
    /// What the report records of its own making.
    pub record: Record,
}

/// One control's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rolled {
    /// The control's id.
    pub control: String,
    /// Its severity under the policy.
    pub severity: Severity,
    /// Its verdict.
    pub verdict: Verdict,
    /// The gravest failure that no exception accepts.
    #[serde(default)]
    pub open_failure: Option<Severity>,
    /// Whether anything undecided is left that no exception accepts.
    #[serde(default)]
    pub open_question: bool,
}

/// One exception of the policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Granted {
    /// Its id.
    pub id: String,
    /// The control whose findings it accepts.
    pub control: String,
    /// Whether that control allows exceptions.
    pub waivable: bool,
    /// Who answers for it.
    pub owner: String,
    /// Who granted it.
    pub approver: Option<String>,
    /// Why.
    pub reason: String,
    /// What protects instead.
    pub compensating_control: Option<String>,
    /// Whether it names a part of the subject.
    pub scoped: bool,
    /// The first day on which it holds, `YYYY-MM-DD`.
    pub start: Option<String>,
    /// The last day.
    pub expires: String,
    /// The days that are left; below zero when it has expired.
    pub days_left: i64,
    /// How often it was renewed.
    pub renewals: u32,
}

/// What a report records of its own making.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Record {
    /// The program and its version.
    pub tool: String,
    /// The policy's digest.
    pub policy_sha256: String,
    /// The digest of the bundle: of its archive, else of its content.
    pub bundle_sha256: Option<String>,
    /// The moment at which dates were judged.
    pub as_of: String,
}
