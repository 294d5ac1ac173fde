//! What is known of one thing, and how sure: a control must face all four cases.

use serde::Serialize;

/// One fact about the subject. `match` forces every reader to decide what not knowing means:
/// `Unreadable` becomes *indeterminate*, `Unknown` becomes *manual*, neither is ever a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state", content = "value")]
pub enum Fact<T> {
    /// It was seen.
    Known(T),
    /// It can't be known without running code, or from what was given; the text says why.
    Unknown(String),
    /// It was looked for and isn't there.
    Absent,
    /// It is there but could not be read; the text says why.
    Unreadable(String),
}

impl<T> Fact<T> {
    /// The value, when it is known.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) | Self::Absent | Self::Unreadable(_) => None,
        }
    }
}
