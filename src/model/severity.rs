//! How grave a finding is, how sure the tool is of it, and what kind of evidence a verdict rests on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How grave a finding is. Ordered: `Info < Low < … < Critical`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Recorded only.
    Info,
    /// Advice.
    Low,
    /// Warn; fix within 90 days.
    Medium,
    /// Blocks a release by default.
    High,
    /// Blocks a release: arbitrary code, or a certain breach of store rules or law.
    Critical,
}

impl Severity {
    /// All severities, gravest first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// The lower-case word used in policies and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.word())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.word() == text)
            .ok_or_else(|| "expected one of `critical`, `high`, `medium`, `low`, `info`".to_owned())
    }
}

/// How sure the tool is that a finding is what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// One reading among several.
    Possible,
    /// Strong signs, not proof.
    Likely,
    /// Proven by the bytes that were read.
    Certain,
}

impl Confidence {
    /// The lower-case word used in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// What an assessment rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Assurance {
    /// Evidence that the tool itself examined.
    Verified,
    /// Only a fresh statement of the organisation.
    Attested,
    /// Concluded from other facts, or not concluded at all.
    Inferred,
}

impl Assurance {
    /// The lower-case word used in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Attested => "attested",
            Self::Inferred => "inferred",
        }
    }
}
