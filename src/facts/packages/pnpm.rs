//! `pnpm-lock.yaml`, lockfile versions 5 to 9. The tool writes one fixed form of YAML: keys of the section `packages` stand
//! two blanks deep, one to a line. What departs from it is refused instead of being guessed at.

use super::{Found, at, numbered, refuse_conflicts, split_name, unquoted};
use crate::model::Position;

/// One key of `packages`, and what its lines say.
#[derive(Default)]
struct Entry<'a> {
    key: &'a str,
    name: Option<&'a str>,
    version: Option<&'a str>,
    position: Option<Position>,
}

pub fn read(text: &str, found: &mut Found<'_>) -> Result<(), String> {
    refuse_conflicts(text)?;
    let mut versioned = false;
    let mut within = false;
    let mut entry: Option<Entry<'_>> = None;
    for (number, line) in numbered(text) {
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let depth = line.len() - content.len();
        let unusual = || format!("line {number} is not in the form that pnpm writes");
        if depth == 0 {
            close(entry.take().as_ref(), found);
            versioned |= content.starts_with("lockfileVersion:");
            within = content == "packages:";
            let filled = content.strip_prefix("packages:").is_some_and(|rest| !matches!(rest.trim(), "" | "{}"));
            let name = content.split(':').next().unwrap_or("");
            let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let listed = content == "---" || content.starts_with("- ");
            if filled || !(plain && content.contains(':') || listed) {
                return Err(unusual());
            }
            continue;
        }
        if !within {
            continue;
        }
        if line.starts_with('\t') || matches!(depth, 1 | 3) {
            return Err(unusual());
        }
        if depth == 2 {
            close(entry.take().as_ref(), found);
            // A long key is written as `? key` and its value on the next line behind `:`.
            let key = match content.strip_prefix("? ") {
                Some(key) => key,
                None if content.starts_with(": ") || content == ":" => continue,
                None => content.strip_suffix(':').ok_or_else(unusual)?,
            };
            entry = Some(Entry { key: unquoted(key), position: Some(at(number, 3)), ..Entry::default() });
        } else if depth == 4
            && let Some(entry) = entry.as_mut()
            && let Some((key, value)) = content.split_once(':')
        {
            match key {
                "name" => entry.name = Some(unquoted(value)),
                "version" => entry.version = Some(unquoted(value)),
                _ => {}
            }
        }
    }
    close(entry.as_ref(), found);
    if versioned { Ok(()) } else { Err("no `lockfileVersion`".to_owned()) }
}

fn close(entry: Option<&Entry<'_>>, found: &mut Found<'_>) {
    let Some(&Entry { key, name, version, position }) = entry else { return };
    let (by_key, version_by_key) = parts(key).unwrap_or((key, key));
    // What doesn't come from a registry has its name and version in lines of its own.
    let text = version.unwrap_or(version_by_key);
    found.note(name.unwrap_or(by_key), text, position);
    // A name in a line must not hide another in the key.
    if name.is_some_and(|name| name != by_key) {
        found.note(by_key, text, position);
    }
}

/// `registry.example.com/@owner/name/1.2.3`: a key of versions 5 and 6 that names another registry.
fn behind_host(key: &str) -> Option<&str> {
    let (host, path) = key.split_once('/')?;
    (!host.contains('@')).then_some(path)
}

/// Name and version of a key: `/@owner/name/1.2.3_peers` (5), `/@owner/name@1.2.3(peer@2.0.0)` (6), `@owner/name@1.2.3` (9).
fn parts(key: &str) -> Option<(&str, &str)> {
    let key = key.split_once('(').map_or(key, |(key, _)| key);
    let Some(path) = key.strip_prefix('/').or_else(|| behind_host(key)) else { return split_name(key) };
    if let Some((name, version)) = split_name(path)
        && !version.contains('/')
        && name.matches('/').count() == usize::from(name.starts_with('@'))
    {
        return Some((name, version));
    }
    let (name, version) = path.rsplit_once('/')?;
    Some((name, version.split_once('_').map_or(version, |(version, _)| version)))
}
