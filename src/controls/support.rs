//! Small helpers that several controls share: what was given, places, counts, addresses, checksums.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::{Draft, Outcome};
pub(super) use crate::facts::address::{Address, address, host, is_ip};
use crate::facts::{AppFacts, BundleFacts, ConfigDocument, Facts, FileFacts};
use crate::inputs::{Json, JsonValue, ObservationKind};
use crate::model::{Digest, Fact, Location, Position, Root, Severity, printable};

/// More findings of one sort than this become one finding with a count.
pub(super) const MANY: usize = 20;

/// The first place of a text.
pub(super) const START: Position = Position { line: 1, column: 1 };

/// The bundle, or why the control does not apply.
pub(super) fn bundle_or_na(facts: &Facts) -> Result<&BundleFacts, Outcome> {
    facts.bundle.as_ref().ok_or_else(|| Outcome::not_applicable("no bundle was given"))
}

/// The app with at least one configuration, or what to say instead: no app, no control; an app whose configuration
/// can't be found leaves the question open.
pub(super) fn app_or_na(facts: &Facts) -> Result<&AppFacts, Outcome> {
    let Some(app) = &facts.app else { return Err(Outcome::not_applicable("no app was given")) };
    if app.configs.iter().any(|config| config.content != Fact::Absent) {
        return Ok(app);
    }
    let mut outcome = Outcome::default();
    if let Fact::Unknown(why) = &app.shipping {
        let message = format!("which configuration ships is not known: {}; name it with `--config`", shown(why));
        let place = Location::file(Root::App, "");
        outcome.findings.push(Draft::manual("config-not-named", place, message).severity(Severity::Medium));
        return Err(outcome);
    }
    let message = "the app's folder has no Capacitor configuration, so nothing can be said of it";
    outcome.findings.push(
        Draft::manual("config-not-found", Location::file(Root::App, "capacitor.config.json"), message)
            .severity(Severity::Medium),
    );
    Err(outcome)
}

/// A place in a file of the bundle, or the whole file.
pub(super) fn at(path: &str, position: Option<Position>) -> Location {
    position.map_or_else(|| Location::file(Root::Bundle, path), |position| Location::at(Root::Bundle, path, position))
}

/// A whole file of the bundle.
pub(super) fn whole(file: &FileFacts) -> Location {
    Location::file(Root::Bundle, &file.path)
}

/// A value in a configuration.
pub(super) fn in_config(config: &ConfigDocument, value: &JsonValue) -> Location {
    Location::at(Root::App, &config.path, value.position)
}

/// Text of the subject, inert and bounded for a message.
pub(super) fn shown(text: &str) -> String {
    printable(text, 160)
}

/// The last part of a path, in lower case.
pub(super) fn name_of(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase()
}

/// The extension of a path without its dot, in lower case; empty when there is none.
pub(super) fn extension_of(path: &str) -> String {
    name_of(path).rsplit_once('.').map(|(_, extension)| extension.to_owned()).unwrap_or_default()
}

/// `1,827 files`, `1 file`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number as u64), if number == 1 { one } else { many })
}

/// A number with commas between its thousands.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Adds `drafts`; when there are more than [`MANY`], only the first of them, its message followed by how many there are.
pub(super) fn add_grouped(outcome: &mut Outcome, drafts: Vec<Draft>) {
    let number = drafts.len();
    if number <= MANY {
        outcome.findings.extend(drafts);
    } else if let Some(mut first) = drafts.into_iter().next() {
        let others = count(number - 1, "other place", "other places");
        first.message = format!("{}; the same holds for {others}, this is the first", first.message);
        first.key = "grouped".to_owned();
        outcome.findings.push(first);
    }
}

/// What keeps the content from having been examined as a whole: an archive that could not be opened, entries past
/// a limit, a folder that could not be listed. Without this an unreadable bundle would look like an empty one.
pub(super) fn add_unexamined(outcome: &mut Outcome, bundle: &BundleFacts) {
    let mut seen = BTreeSet::new();
    for observation in &bundle.observations {
        let entry = observation.entry.as_deref().unwrap_or_default();
        let kept_out = match observation.kind {
            ObservationKind::NotAnArchive
            | ObservationKind::ArchiveTooLarge
            | ObservationKind::TooManyEntries
            | ObservationKind::MultiDisk => !entry.contains("!/"),
            ObservationKind::Unreadable => !bundle.all_files().any(|file| file.path == entry),
            _ => false,
        };
        if kept_out && seen.insert((observation.kind, entry)) {
            let message = if entry.is_empty() {
                format!("the bundle was not examined as a whole: {}", shown(&observation.detail))
            } else {
                format!("`{}` was not examined: {}", shown(entry), shown(&observation.detail))
            };
            let location = Location::file(Root::Bundle, entry);
            outcome.findings.push(Draft::indeterminate("not-examined", location, message).key(observation.kind.word()));
        }
    }
}

/// Files that were not read: nothing can be said of their content.
pub(super) fn add_unread<'a>(outcome: &mut Outcome, files: impl Iterator<Item = &'a FileFacts>) {
    let drafts = files
        .filter_map(|file| {
            let why = file.unread.as_deref()?;
            let message = format!("`{}` was not read: {}", shown(&file.path), shown(why));
            Some(Draft::indeterminate("unread", whole(file), message))
        })
        .collect();
    add_grouped(outcome, drafts);
}

/// The configurations that could be read. Unreadable ones become *indeterminate*; those that only running code could
/// tell become *manual* when `ask` is set or no other configuration is known, else evidence.
pub(super) fn known_configs<'a>(
    outcome: &mut Outcome,
    app: &'a AppFacts,
    ask: bool,
) -> Vec<(&'a ConfigDocument, &'a Json)> {
    let known: Vec<_> =
        app.configs.iter().filter_map(|config| config.content.known().map(|json| (config, json))).collect();
    for config in &app.configs {
        let location = Location::file(Root::App, &config.path);
        match &config.content {
            Fact::Known(_) => {
                outcome.saw(format!("the configuration `{}` was read", shown(&config.path)), Some(location));
            }
            Fact::Absent => {}
            Fact::Unreadable(why) => {
                let message = format!("the configuration `{}` could not be read: {}", shown(&config.path), shown(why));
                outcome.findings.push(Draft::indeterminate("config-unreadable", location, message));
            }
            Fact::Unknown(why) => {
                let read = if config.partial.is_some() { "is known in part only" } else { "was not read" };
                let message = format!("the configuration `{}` {read}: {}", shown(&config.path), shown(why));
                if ask || known.is_empty() {
                    let draft = Draft::manual("config-not-read", location, message).severity(Severity::Medium);
                    outcome.findings.push(draft);
                } else {
                    outcome.saw(format!("{message}; what it generates was read instead"), Some(location));
                }
            }
        }
    }
    known
}

/// As [`known_configs`], with those that are known in part: for what is wrong where it stands, and never for what is missing.
pub(super) fn seen_configs<'a>(outcome: &mut Outcome, app: &'a AppFacts) -> Vec<(&'a ConfigDocument, &'a Json)> {
    known_configs(outcome, app, false);
    app.configs.iter().filter_map(|config| Some((config, config.seen()?))).collect()
}

/// Every string in a value, with the value that holds it.
pub(super) fn strings<'a>(value: &'a JsonValue, visit: &mut impl FnMut(&'a JsonValue, &'a str)) {
    use crate::inputs::JsonNode;
    match &value.node {
        JsonNode::String(text) => visit(value, text),
        JsonNode::Array(items) => items.iter().for_each(|item| strings(item, visit)),
        JsonNode::Object(pairs) => pairs.iter().for_each(|(_, _, item)| strings(item, visit)),
        JsonNode::Null | JsonNode::Bool(_) | JsonNode::Number(_) => {}
    }
}

/// Whether a host is on a list of hosts; an entry that begins with a dot means all hosts that end with it.
pub(super) fn is_listed(host: &str, list: &[String]) -> bool {
    list.iter()
        .map(|entry| entry.to_lowercase())
        .any(|entry| entry == host || entry.starts_with('.') && host.len() > entry.len() && host.ends_with(&entry))
}

/// What a published checksum is, told by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checksum {
    /// CRC-32, MD5 or SHA-1.
    Weak(&'static str),
    /// SHA-256.
    Sha256(Digest),
    /// SHA-384 or SHA-512.
    Longer(&'static str),
    /// As long as an RSA signature of 2048 bits: an encrypted or signed checksum.
    Signed,
    /// Something else.
    Unknown,
}

/// Tells a checksum by its length: hexadecimal digits, else base64; a prefix that names the algorithm must fit.
pub(super) fn checksum(text: &str) -> Checksum {
    const PREFIXES: &[(&str, usize)] = &[
        ("crc32", 4),
        ("md5", 16),
        ("sha-1", 20),
        ("sha1", 20),
        ("sha-256", 32),
        ("sha256", 32),
        ("sha-384", 48),
        ("sha384", 48),
        ("sha-512", 64),
        ("sha512", 64),
    ];
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let named = PREFIXES.iter().find_map(|(prefix, length)| {
        let rest = lower.strip_prefix(prefix)?;
        rest.starts_with(['-', ':', '=']).then(|| (text.get(prefix.len() + 1..).unwrap_or_default().trim(), *length))
    });
    let digits = named.map_or(text, |(rest, _)| rest);
    let hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let base64 = || {
        let plain = digits.trim_end_matches('=').replace('-', "+").replace('_', "/");
        STANDARD_NO_PAD.decode(plain).unwrap_or_default()
    };
    let bytes = if hex { Vec::new() } else { base64() };
    let length = if hex { digits.len() / 2 } else { bytes.len() };
    if digits.len() % 2 == 1 && hex || named.is_some_and(|(_, stated)| stated != length) {
        return Checksum::Unknown;
    }
    // Without a name of the algorithm, short base64 texts may be anything.
    match length {
        4 if hex || named.is_some() => Checksum::Weak("CRC-32"),
        16 if hex || named.is_some() => Checksum::Weak("MD5"),
        20 if hex || named.is_some() => Checksum::Weak("SHA-1"),
        32 => {
            let hex = if hex { digits.to_owned() } else { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
            Digest::from_hex(&hex).map_or(Checksum::Unknown, Checksum::Sha256)
        }
        48 if hex || named.is_some() => Checksum::Longer("SHA-384"),
        64 if hex || named.is_some() => Checksum::Longer("SHA-512"),
        256 => Checksum::Signed,
        _ => Checksum::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_host_is_exact_or_ends_with_an_entry_that_begins_with_a_dot() {
        let list = ["updates.example.com".to_owned(), ".example.org".to_owned()];
        assert!(is_listed("updates.example.com", &list) && is_listed("a.example.org", &list));
        assert!(!is_listed("example.org", &list) && !is_listed("evilexample.org", &list));
        assert!(!is_listed("x.updates.example.com", &list));
    }

    #[test]
    fn checksums_are_told_by_their_length() {
        let digest = Digest::of(b"");
        assert_eq!(checksum("CBF43926"), Checksum::Weak("CRC-32"));
        assert_eq!(checksum(&"a".repeat(32)), Checksum::Weak("MD5"));
        assert_eq!(checksum(&format!("sha256:{digest}")), Checksum::Sha256(digest));
        assert_eq!(checksum("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), Checksum::Sha256(digest));
        assert_eq!(checksum(&"a".repeat(128)), Checksum::Longer("SHA-512"));
        assert_eq!(checksum(&"A".repeat(344)), Checksum::Unknown, "344 characters with no padding are 258 bytes");
        assert_eq!(checksum(&format!("{}A==", "A".repeat(341))), Checksum::Signed);
        assert_eq!(checksum(&format!("sha1-{digest}")), Checksum::Unknown, "the name does not fit the length");
        assert_eq!(checksum(""), Checksum::Unknown);
    }

    #[test]
    fn numbers_have_commas() {
        assert_eq!(count(1827, "file", "files"), "1,827 files");
        assert_eq!(count(1, "file", "files"), "1 file");
        assert_eq!(thousands(1_000_000), "1,000,000");
    }
}
