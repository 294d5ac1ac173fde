//! Where a value of a native project stands, and where an effective value comes from.

use serde::Serialize;

use crate::model::{Location, Position, Root};

/// A place in a file of the app.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// Relative to the app's folder, with `/` between its parts.
    pub path: String,
    /// Line and column.
    pub position: Position,
}

impl Place {
    /// A place.
    #[must_use]
    pub fn new(path: &str, position: Position) -> Self {
        Self { path: path.to_owned(), position }
    }

    /// The same as a location of a report.
    #[must_use]
    pub fn location(&self) -> Location {
        Location::at(Root::App, &self.path, self.position)
    }
}

/// A value and where it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Written<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub at: Place,
}

impl<T> Written<T> {
    /// A value that is written at `at`.
    pub const fn new(value: T, at: Place) -> Self {
        Self { value, at }
    }
}

/// Where an effective value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "origin")]
pub enum Origin {
    /// A file says so.
    Written(Place),
    /// No file says so; it is the platform's rule.
    Platform {
        /// The rule in a few words.
        rule: &'static str,
        /// What the rule depends on, such as the place of `targetSdk`.
        depends_on: Option<Place>,
    },
}

impl Origin {
    /// The place in the app that decides: where the value is written, or what the platform's rule depends on.
    #[must_use]
    pub const fn place(&self) -> Option<&Place> {
        match self {
            Self::Written(place) => Some(place),
            Self::Platform { depends_on, .. } => depends_on.as_ref(),
        }
    }
}

/// The value that holds in a build, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Effective<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

impl<T> Effective<T> {
    /// A value that a file states.
    pub const fn written(value: T, at: Place) -> Self {
        Self { value, origin: Origin::Written(at) }
    }

    /// A value that the platform sets.
    pub const fn platform(value: T, rule: &'static str, depends_on: Option<Place>) -> Self {
        Self { value, origin: Origin::Platform { rule, depends_on } }
    }
}
