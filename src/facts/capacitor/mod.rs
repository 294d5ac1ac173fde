//! The configuration of a Capacitor app: `capacitor.config.ts`, `.js`, `.json`, its variants, and the copies that
//! `npx cap sync` writes into the native projects, all read into the same [`Settings`]. No code of the app is run.

mod disagreements;
mod disk;
mod documents;
mod flatten;
mod json;
mod known;
mod oddities;
mod script;
mod settings;
mod value;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_truth_config;

pub use disagreements::{Disagreement, DisagreementKind, disagreements};
pub use documents::{ConfigFacts, ConfigFile, NativePlugin, NativePlugins, Role, read_config};
pub use json::{ConfigCase, UnknownSetting, cases_of, json_of, known_cases_of, known_of};
pub use oddities::{Oddity, OddityKind, oddities};
pub use settings::{Alternative, Block, Scalar, Setting, SettingValue, Settings};
