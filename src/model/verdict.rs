//! Verdicts, and the one function that folds many into one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What was concluded of one control on one subject. An exception never changes a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Evidence that the tool examined shows no indicator within the stated scope.
    Pass,
    /// Only a fresh statement says so; never shown as pass.
    Attested,
    /// A criterion is violated.
    Fail,
    /// A person has to decide, or a statement is missing or stale.
    Manual,
    /// Could not be read or computed; gates like a failure unless the policy says otherwise.
    Indeterminate,
    /// The control's condition is not met; the assessment gives the reason.
    NotApplicable,
}

impl Verdict {
    /// All verdicts, in the order of [`fold`]: the first one present wins.
    pub const ALL: [Self; 6] =
        [Self::Fail, Self::Indeterminate, Self::Manual, Self::Attested, Self::Pass, Self::NotApplicable];

    /// The lower-case word used in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Attested => "attested",
            Self::Fail => "fail",
            Self::Manual => "manual",
            Self::Indeterminate => "indeterminate",
            Self::NotApplicable => "not-applicable",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.word())
    }
}

/// Folds the verdicts on the parts of a subject into the verdict on the whole: the least reassuring one.
///
/// Nothing to fold means nothing was examined, which is `Indeterminate` and never a pass.
#[must_use]
pub fn fold(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let seen: Vec<Verdict> = verdicts.into_iter().collect();
    Verdict::ALL.into_iter().find(|verdict| seen.contains(verdict)).unwrap_or(Verdict::Indeterminate)
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Attested, Fail, Indeterminate, Manual, NotApplicable, Pass};
    use super::*;

    /// Rows and columns in the order of `Verdict::ALL`.
    const TRUTH: [[Verdict; 6]; 6] = [
        [Fail, Fail, Fail, Fail, Fail, Fail],
        [Fail, Indeterminate, Indeterminate, Indeterminate, Indeterminate, Indeterminate],
        [Fail, Indeterminate, Manual, Manual, Manual, Manual],
        [Fail, Indeterminate, Manual, Attested, Attested, Attested],
        [Fail, Indeterminate, Manual, Attested, Pass, Pass],
        [Fail, Indeterminate, Manual, Attested, Pass, NotApplicable],
    ];

    #[test]
    fn folding_follows_the_truth_table() {
        for (row, left) in TRUTH.iter().zip(Verdict::ALL) {
            for (expected, right) in row.iter().zip(Verdict::ALL) {
                assert_eq!(fold([left, right]), *expected, "{left} + {right}");
            }
        }
    }

    #[test]
    fn nothing_examined_is_never_a_pass() {
        assert_eq!(fold([]), Indeterminate);
        for verdict in Verdict::ALL {
            assert_eq!(fold([verdict]), verdict);
        }
    }
}
