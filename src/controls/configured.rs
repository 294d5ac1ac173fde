//! What the app's configuration says of one setting, and where.

use crate::facts::capacitor::{ConfigFile, Scalar, SettingValue, Settings};
use crate::facts::script::NamedCall;
use crate::facts::{AppFacts, BundleFacts};
use crate::model::{Fact, Location, Position, Root};

/// The update plugins, as scripts name them.
const UPDATERS: [&str; 4] = ["CapacitorUpdater", "LiveUpdate", "LiveUpdates", "OtaKit"];

/// One value that a setting may have, with its condition where there is one.
#[derive(Clone, Debug)]
pub(super) struct Possible {
    /// The value; absent where the setting is then not set.
    pub value: Fact<Scalar>,
    /// Where it stands, or where it is missing.
    pub place: Location,
}

/// The configurations in the order in which they are asked: the one that ships, then the copies in the native projects.
fn files(app: &AppFacts) -> impl Iterator<Item = &ConfigFile> {
    app.settings.shipping().into_iter().chain(app.settings.copies())
}

/// Every value that the setting at `keys` may have: one, unless it depends on a condition. Where the configuration that
/// ships is code that doesn't tell it, the copies in the native projects do.
pub(super) fn possible(app: &AppFacts, keys: &[&str]) -> Vec<Possible> {
    let mut first: Option<Vec<Possible>> = None;
    for file in files(app) {
        let values = match &file.settings {
            Fact::Known(settings) => of_settings(settings, keys, &file.path),
            Fact::Unknown(why) => vec![in_file(&file.path, Fact::Unknown(why.clone()))],
            Fact::Unreadable(why) => vec![in_file(&file.path, Fact::Unreadable(why.clone()))],
            Fact::Absent => continue,
        };
        if values.iter().all(|one| matches!(one.value, Fact::Known(_) | Fact::Absent)) {
            return values;
        }
        first.get_or_insert(values);
    }
    first.unwrap_or_else(|| {
        vec![in_file("capacitor.config.json", Fact::Unknown("there is no configuration".to_owned()))]
    })
}

fn in_file(path: &str, value: Fact<Scalar>) -> Possible {
    Possible { value, place: Location::file(Root::App, path) }
}

fn of_settings(settings: &Settings, keys: &[&str], path: &str) -> Vec<Possible> {
    match settings.state(keys) {
        Fact::Known(setting) => {
            let place = Location::at(Root::App, &setting.file, setting.position);
            match &setting.value {
                SettingValue::Known(Scalar::Null) => vec![Possible { value: Fact::Absent, place }],
                SettingValue::Known(scalar) => vec![Possible { value: Fact::Known(scalar.clone()), place }],
                SettingValue::Unknown(why) => vec![Possible { value: Fact::Unknown(why.clone()), place }],
                SettingValue::Conditional(cases) => cases
                    .iter()
                    .map(|case| Possible {
                        value: case.value.clone(),
                        place: Location::at(Root::App, &case.file, case.position),
                    })
                    .collect(),
            }
        }
        other => {
            let above = keys.split_last().map_or(keys, |(_, above)| above);
            let place = settings.block(above).map_or_else(
                || Location::file(Root::App, path),
                |block| Location::at(Root::App, &block.file, block.position),
            );
            let value = match other {
                Fact::Unknown(why) => Fact::Unknown(why),
                Fact::Unreadable(why) => Fact::Unreadable(why),
                Fact::Known(_) | Fact::Absent => Fact::Absent,
            };
            vec![Possible { value, place }]
        }
    }
}

/// The calls of a method in the bundle, each with its file.
pub(super) fn calls<'a>(
    bundle: &'a BundleFacts,
    method: &'a str,
) -> impl Iterator<Item = (&'a str, &'a NamedCall)> + 'a {
    bundle.files.iter().flat_map(move |file| {
        let calls = file.script.iter().flat_map(|script| &script.calls);
        calls.filter(move |call| call.method == method).map(|call| (file.path.as_str(), call))
    })
}

/// A day `2026-08-31` as seconds since 1970.
pub(super) fn day(text: &str) -> Option<i64> {
    let date: jiff::civil::Date = text.trim().parse().ok()?;
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

/// The first call of one of these methods of an update plugin, with its file.
pub(super) fn plugin_call<'a>(bundle: &'a BundleFacts, methods: &[&str]) -> Option<(&'a str, Position)> {
    bundle.files.iter().find_map(|file| {
        let script = file.script.as_ref()?;
        let of_updater = |path: &str| {
            path.split_once('.').is_some_and(|(plugin, method)| UPDATERS.contains(&plugin) && methods.contains(&method))
        };
        let used = script.uses.iter().find(|one| one.is_plugin && of_updater(&one.path)).map(|one| one.position);
        let called = script.calls.iter().find(|call| methods.contains(&call.method)).map(|call| call.position);
        used.or(called).map(|position| (file.path.as_str(), position))
    })
}
