//! What the controls on release and CI ask of the app's automation: which files, which places, what to say without any.

use super::support::shown;
use super::updates::updates_or_na;
use super::{Draft, Outcome};
use crate::facts::automation::{AutomationFile, AutomationKind, Publish, PublishAction};
use crate::facts::{AppFacts, Facts};
use crate::model::{Fact, Location, Position, Root};

/// The app whose pipeline is judged, or why there is none.
pub(super) fn app_with_updates(facts: &Facts) -> Result<&AppFacts, Outcome> {
    let Some(app) = &facts.app else {
        return Err(Outcome::not_applicable("no app was given, in whose folder CI files would lie"));
    };
    updates_or_na(facts).map(|_| app)
}

/// The files that a CI system reads; the others are scripts that anyone may run.
pub(super) fn ci_files(app: &AppFacts) -> impl Iterator<Item = &AutomationFile> {
    use AutomationKind::{Fastfile, PackageJson, Shell};
    app.automation.files.iter().filter(|file| !matches!(file.kind, Fastfile | PackageJson | Shell))
}

/// The commands that bring an update to its system, each with its file.
pub(super) fn uploads(app: &AppFacts) -> impl Iterator<Item = (&AutomationFile, &Publish)> {
    let brings = |publish: &Publish| matches!(publish.action, PublishAction::Upload | PublishAction::Register);
    app.automation.publishes().filter(move |(_, publish)| brings(publish))
}

/// A place in one of the files.
pub(super) fn at(file: &AutomationFile, position: Position) -> Location {
    Location::at(Root::App, &file.path, position)
}

/// Files that could not be read: what they do is not known.
pub(super) fn add_unread(outcome: &mut Outcome, app: &AppFacts) {
    for file in &app.automation.files {
        if let Fact::Unreadable(why) | Fact::Unknown(why) = &file.state {
            let message = format!("`{}` could not be read: {}", shown(&file.path), shown(why));
            let location = Location::file(Root::App, &file.path);
            outcome.findings.push(Draft::indeterminate("ci-unreadable", location, message));
        }
    }
    if app.automation.cut {
        let message = "there are more CI files and scripts than are read";
        outcome.findings.push(Draft::indeterminate("too-many-files", Location::file(Root::App, ""), message));
    }
}
