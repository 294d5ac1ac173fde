//! `yarn.lock`: version 1 has a format of its own, "berry" (2 and later) is YAML of a fixed form. Both are entries of a line
//! of descriptors that ends with `:` and indented lines, so one reader of lines is exact for both.

use super::{Found, at, numbered, refuse_conflicts, split_name, unquoted};
use crate::model::Position;

#[derive(Default)]
struct Entry<'a> {
    descriptors: &'a str,
    version: Option<&'a str>,
    resolution: Option<&'a str>,
    position: Option<Position>,
}

pub fn read(text: &str, found: &mut Found<'_>) -> Result<(), String> {
    refuse_conflicts(text)?;
    let mut entry: Option<Entry<'_>> = None;
    let mut entries = 0_u32;
    let mut known = false;
    for (number, line) in numbered(text) {
        known |= line.starts_with("# yarn lockfile v") || line == "__metadata:";
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if line == ":" {
            // A long key is written as `? key` and its value behind `:` on the next line.
            continue;
        }
        if content.len() == line.len() {
            let descriptors = line.strip_prefix("? ").or_else(|| line.strip_suffix(':'));
            let descriptors = descriptors.ok_or_else(|| format!("line {number} doesn't belong to an entry"))?;
            close(entry.take().as_ref(), found);
            entries = entries.saturating_add(1);
            entry = Some(Entry { descriptors, position: Some(at(number, 1)), ..Entry::default() });
        } else if let Some(entry) = entry.as_mut()
            && line.strip_prefix("  ").is_some_and(|rest| !rest.starts_with(' '))
            // `version "1.2.3"` in version 1, `version: 1.2.3` in berry.
            && let Some((key, value)) = content.split_once([' ', ':'])
        {
            let value = unquoted(value.trim_start_matches([':', ' ']));
            match unquoted(key) {
                "version" => entry.version = Some(value),
                "resolution" => entry.resolution = Some(value),
                _ => {}
            }
        }
    }
    close(entry.as_ref(), found);
    // An empty file is what yarn makes of an app without packages.
    if known || entries == 0 && text.trim().is_empty() { Ok(()) } else { Err("not a lockfile of yarn".to_owned()) }
}

fn close(entry: Option<&Entry<'_>>, found: &mut Found<'_>) {
    let Some(&Entry { descriptors, version, resolution, position }) = entry else { return };
    if descriptors == "__metadata" {
        return;
    }
    let version = version.unwrap_or("");
    // Berry says what it is in the end: `@owner/name@npm:1.2.3`, also for an alias.
    let resolved = resolution.and_then(split_name);
    if let Some((name, reference)) = resolved {
        // What is not from a registry or an archive is the app's own: a workspace, a link.
        let own = ["workspace:", "link:", "portal:"].iter().any(|protocol| reference.starts_with(protocol));
        found.note(name, if own { reference } else { version }, position);
    }
    // Quotes stand around one descriptor in version 1 and around all in berry.
    for descriptor in descriptors.split(',') {
        let Some((name, range)) = split_name(descriptor.trim().trim_matches(['"', '\''])) else { continue };
        match range.strip_prefix("npm:").and_then(split_name) {
            Some((aliased, _)) => found.note(name, &format!("npm:{aliased}@{version}"), position),
            None if resolved.is_none() => found.note(name, version, position),
            None => {}
        }
    }
}
