//! What was found: evidence for or against, and the findings inside an assessment.

use serde::{Deserialize, Serialize};

use super::{Confidence, Location, Severity, Verdict};

/// What supports a verdict: something that was examined and what was seen there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was seen, in words; inert text.
    pub message: String,
    /// Where, when it was in one place.
    pub location: Option<Location>,
}

/// One concrete thing that keeps a control from passing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Unique in the report: the control's id, the rule, and a number where the rule is met more than once.
    pub id: String,
    /// Which of the control's rules it is, in kebab case; stable between versions.
    pub rule: String,
    /// 32 hexadecimal digits that stay the same when lines move or files are re-hashed by a bundler.
    pub fingerprint: String,
    /// `fail`, `manual` or `indeterminate`: what this one thing makes of the control.
    pub verdict: Verdict,
    /// What is wrong, in one sentence; inert text.
    pub message: String,
    /// How grave.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Where.
    pub location: Location,
    /// The text at that place, bounded and inert; secrets are masked.
    pub excerpt: Option<String>,
    /// The id of the exception that accepts this finding, if one does.
    pub exception: Option<String>,
}
