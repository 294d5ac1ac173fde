//! What OTA-NET-003 says alike of both platforms.

use jiff::civil::Date;

use crate::controls::support::shown;
use crate::controls::transport::{UpdateHost, add_once};
use crate::controls::{Draft, Outcome};
use crate::model::Location;

/// What the policy says.
pub(super) struct Wanted {
    /// Whether update hosts must be pinned.
    pub(super) pins: bool,
    /// Whether pinned hosts must have a second pin.
    pub(super) backup: bool,
    /// How many days before the end of a set a person is told.
    pub(super) warn_days: i64,
    /// The day on which dates are judged.
    pub(super) today: Date,
}

/// No pins: a question, unless the policy requires them.
pub(super) fn unpinned(outcome: &mut Outcome, host: &UpdateHost, platform: &str, others: &[&str], wanted: &Wanted) {
    let elsewhere = match others {
        [] => String::new(),
        [one] => format!("; those there are, are for `{}`", shown(one)),
        [one, ..] => format!("; those there are, are for `{}` and other hosts", shown(one)),
    };
    let name = shown(&host.host);
    let message = format!("no pins hold for `{name}` on {platform}, which {} names{elsewhere}", host.named_by);
    let place = host.location.clone();
    let draft =
        if wanted.pins { Draft::fail("no-pins", place, message) } else { Draft::manual("no-pins", place, message) };
    add_once(outcome, draft.key(format!("{platform} {name}")));
}

/// One pin: a question, unless the policy requires a backup.
pub(super) fn single(outcome: &mut Outcome, host: &UpdateHost, place: Location, wanted: &Wanted) {
    let name = shown(&host.host);
    let message = format!("one key alone is pinned for `{name}`: when the server loses it, no update arrives any more");
    let draft = if wanted.backup {
        Draft::fail("single-pin", place, message)
    } else {
        Draft::manual("single-pin", place, message)
    };
    add_once(outcome, draft.key(name));
}
