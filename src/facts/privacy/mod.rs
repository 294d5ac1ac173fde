//! What personal data a bundle touches: calls of browser functions, of native plugins and of services, each held against what
//! the app declares. A mention is no call.

mod declared;
mod find;
mod table;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::Serialize;

pub use declared::{Declarations, Declared, Standing};
pub use table::{Kind, SIGNALS_SCHEMA, Signal, Weight, built_in};

use super::{AppFacts, BundleFacts, Facts};
use crate::model::Position;

/// Places of one signal that are kept.
const MOST_PLACES: usize = 20;

/// What personal data a bundle touches.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PrivacyFacts {
    /// Why the built-in table of signals could not be read; never, as long as its test passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// When the table of signals was written down.
    pub table: String,
    /// The signals that were met, in the order of the table.
    pub signals: Vec<SignalFact>,
    /// Scripts that could not be parsed: what they call is not known.
    pub unparsed: Vec<String>,
}

/// One signal that was met.
#[derive(Clone, Debug, Serialize)]
pub struct SignalFact {
    /// The row of the table.
    #[serde(flatten)]
    pub signal: &'static Signal,
    /// The surest way in which it was met.
    pub met: Met,
    /// How often: calls and readings; places for the rest.
    pub count: u32,
    /// The first places, those of the surest way first, then in the order of paths.
    pub places: Vec<SignalPlace>,
    /// How many more places there are.
    pub more: usize,
    /// What the app declares of it.
    pub declared: Declarations,
}

/// One place of a signal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SignalPlace {
    /// In which way.
    pub met: Met,
    /// The file in the bundle; empty for what only the app has.
    pub path: String,
    /// Where in it.
    pub position: Option<Position>,
    /// What stands there: a path of names, a host, a package.
    pub what: String,
    /// How often in this file.
    pub count: u32,
    /// Whose code it is.
    pub owner: Owner,
}

/// In which way a signal is met, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Met {
    /// It is called or constructed.
    Called,
    /// It is read.
    Read,
    /// Its host is contacted, or code is loaded from there.
    Contacted,
    /// The bundle registers the plugin; a call was not seen, and may stand in another file.
    Registered,
    /// The bundle names its host; whether it is contacted was not seen.
    Named,
    /// The app has its package; the bundle does not name it.
    Available,
}

impl Met {
    /// Whether something is done, and not only possible.
    #[must_use]
    pub const fn is_use(self) -> bool {
        matches!(self, Self::Called | Self::Read | Self::Contacted)
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Called => "called",
            Self::Read => "read",
            Self::Contacted => "contacted",
            Self::Registered => "registered",
            Self::Named => "named",
            Self::Available => "available",
        }
    }
}

/// Whose code it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// The app's own.
    FirstParty,
    /// A library's.
    Vendor,
    /// It can't be told.
    Unknown,
}

/// The personal data that a bundle touches, held against the app where one is given.
#[must_use]
pub fn read_privacy(bundle: &BundleFacts, app: Option<&AppFacts>) -> PrivacyFacts {
    match built_in() {
        Ok(table) => find::find(table, bundle, app),
        Err(why) => PrivacyFacts { fault: Some(why.to_owned()), ..PrivacyFacts::default() },
    }
}

impl Facts {
    /// The personal data that the bundle touches: as it was established, or established now.
    #[must_use]
    pub fn personal_data(&self) -> Option<Cow<'_, PrivacyFacts>> {
        if let Some(known) = &self.privacy {
            return Some(Cow::Borrowed(known));
        }
        self.bundle.as_ref().map(|bundle| Cow::Owned(read_privacy(bundle, self.app.as_ref())))
    }
}
