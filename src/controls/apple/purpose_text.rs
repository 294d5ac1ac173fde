//! The texts in which the app tells its users why it wants something: `NS…UsageDescription`.

use crate::controls::apple::{app_lists, at, built_in, root};
use crate::controls::support::shown;
use crate::controls::{Draft, Outcome};
use crate::facts::ios::IosFacts;
use crate::model::{Fact, Location};

/// What was found of one text.
pub(super) enum Text {
    There(Location),
    Empty(Location),
    Missing(Location),
    /// A list could not be read; the finding is there.
    Undecided,
}

/// The text under `key` in the app's Info.plist, or in the build settings that write it.
pub(super) fn purpose_text(outcome: &mut Outcome, ios: &IosFacts, key: &str) -> Text {
    let mut missing = None;
    if let Some((value, place)) = built_in(ios, key) {
        return match value {
            Fact::Known(text) if text.trim().is_empty() => Text::Empty(place),
            _ => Text::There(place),
        };
    }
    for info in app_lists(ios) {
        if let Some(setting) = info.usage_descriptions.iter().find(|one| one.key == key) {
            let place = at(&info.file, setting.value.position);
            let empty = setting.value.known().is_some_and(|text| text.trim().is_empty());
            return if empty { Text::Empty(place) } else { Text::There(place) };
        }
        let why = match (&info.format, &info.fault) {
            (Fact::Unreadable(why), _) => Some(why),
            (_, Some(fault)) => Some(&fault.why),
            _ => None,
        };
        if let Some(why) = why {
            let message = format!("`{}` could not be read whole: {}", shown(&info.file), shown(why));
            let draft = Draft::indeterminate("list-unreadable", at(&info.file, None), message);
            if !outcome.findings.iter().any(|one| one.rule == draft.rule && one.location == draft.location) {
                outcome.findings.push(draft);
            }
            return Text::Undecided;
        }
        missing.get_or_insert_with(|| at(&info.file, None));
    }
    Text::Missing(missing.unwrap_or_else(|| root(ios)))
}
