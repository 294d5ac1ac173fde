//! A fault of the request or of a policy file: no audit is made, and the user is told how to go on.

use std::fmt;
use std::ops::Range;

/// One marked place in a source text, for a caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The name of the source as the user knows it, such as `policies/mine.yaml`.
    pub source_name: String,
    /// The whole source text.
    pub source: String,
    /// The marked byte range.
    pub range: Range<usize>,
    /// What to say under the caret.
    pub text: String,
}

/// Why no audit could be made (exit code 2). Texts are lower case, with the user's words in back-ticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Where, for faults of a text.
    pub label: Option<Box<Label>>,
    /// The next action.
    pub help: Option<String>,
}

impl Problem {
    /// A problem without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), label: None, help: None }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, label: Label) -> Self {
        self.label = Some(Box::new(label));
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}
