//! What was seen, how much of it was understood, and what was not.

use crate::facts::{Facts, FileFacts, Parse};
use crate::inputs::{Leniency, ObservationKind};
use crate::model::{Completeness, Evidence, Fact, Location, NotExamined, Root, escape, printable};

/// Folds the facts into the completeness statement that every report carries.
pub fn of(facts: &Facts) -> Completeness {
    let mut completeness = Completeness::default();
    if let Some(bundle) = &facts.bundle {
        completeness.files_seen = bundle.files.len();
        completeness.files_read = bundle.files.iter().filter(|file| file.sha256.is_some()).count();
        for file in bundle.all_files() {
            match &file.parse {
                Some(Parse::Whole) => completeness.files_parsed += 1,
                Some(Parse::Failed { .. }) => completeness.files_not_parsed += 1,
                None => {}
            }
            completeness.not_examined.extend(not_examined(file));
            completeness.notes.extend(file.notes.iter().cloned());
        }
        // What a limit cut off, and links, are no files of the list above.
        for observation in &bundle.observations {
            let cut = matches!(
                observation.kind,
                ObservationKind::TooManyEntries
                    | ObservationKind::TotalTooLarge
                    | ObservationKind::ArchiveTooLarge
                    | ObservationKind::NotAnArchive
                    | ObservationKind::NestedTooDeep
                    | ObservationKind::Symlink
                    | ObservationKind::SpecialFile
            );
            if cut {
                let path = observation.entry.as_deref().unwrap_or_default();
                let reason = escape(&format!("{}: {}", observation.kind.word(), observation.detail));
                completeness.not_examined.push(NotExamined { location: Location::file(Root::Bundle, path), reason });
            }
        }
    }
    for config in facts.app.iter().flat_map(|app| &app.configs) {
        for leniency in config.content.known().into_iter().flat_map(|json| &json.leniency) {
            completeness.notes.push(leniency_note(&config.path, leniency));
        }
        if let Fact::Unknown(why) | Fact::Unreadable(why) = &config.content {
            let location = Location::file(Root::App, &config.path);
            completeness.not_examined.push(NotExamined { location, reason: escape(why) });
        }
    }
    completeness.not_examined.sort_by(|one, other| one.location.cmp(&other.location));
    completeness
}

/// What was not strict JSON in a configuration, and was read all the same.
fn leniency_note(path: &str, leniency: &Leniency) -> Evidence {
    let (position, message) = match leniency {
        Leniency::Comments(position) => (position, "JSON with comments, read all the same".to_owned()),
        Leniency::TrailingCommas(position) => (position, "JSON with trailing commas, read all the same".to_owned()),
        Leniency::DuplicateKey { key, position } => {
            (position, format!("the key `{}` is repeated; the last one counts", printable(key, 60)))
        }
    };
    Evidence { message, location: Some(Location::at(Root::App, path, *position)) }
}

fn not_examined(file: &FileFacts) -> Option<NotExamined> {
    if let Some(why) = &file.unread {
        let location = Location::file(Root::Bundle, &file.path);
        return Some(NotExamined { location, reason: format!("not read: {}", escape(why)) });
    }
    let Some(Parse::Failed { why, position }) = &file.parse else { return None };
    let location = position.map_or_else(
        || Location::file(Root::Bundle, &file.path),
        |position| Location::at(Root::Bundle, &file.path, position),
    );
    Some(NotExamined { location, reason: format!("not parsed: {}", why.trim_start_matches("not parsed: ")) })
}
