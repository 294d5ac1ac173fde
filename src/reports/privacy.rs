//! `otaudit privacy`: what personal data a bundle touches, as JSON and as a table.

use std::io;

use serde::Serialize;

use super::Style;
use super::terminal::{Page, Tint};
use crate::facts::privacy::{Kind, Met, PrivacyFacts, SignalFact, SignalPlace, Standing};

/// The schema of a [`PrivacyReport`] as JSON.
pub const PRIVACY_SCHEMA: &str = "otaudit/privacy/v1";
/// Columns of the word for how a signal was met.
const GUTTER: usize = 10;

/// What personal data a bundle touches.
#[derive(Clone, Debug, Serialize)]
pub struct PrivacyReport<'a> {
    /// [`PRIVACY_SCHEMA`].
    pub schema: &'static str,
    /// The bundle's name.
    pub bundle: &'a str,
    /// Whether an app was given, whose declarations the signals are held against.
    pub app: bool,
    /// The signals.
    #[serde(flatten)]
    pub found: &'a PrivacyFacts,
}

/// The report.
#[must_use]
pub const fn privacy_report<'a>(bundle: &'a str, found: &'a PrivacyFacts, app: bool) -> PrivacyReport<'a> {
    PrivacyReport { schema: PRIVACY_SCHEMA, bundle, app, found }
}

/// As JSON.
///
/// # Errors
/// None that is known: the value is plain data.
pub fn privacy_json(report: &PrivacyReport<'_>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    super::write_pretty(report, &mut bytes)?;
    Ok(bytes)
}

/// As text for a terminal: what has a type in the stores' forms first, then what stays on the device, then what speaks for
/// the app, then what is only possible.
#[must_use]
pub fn privacy_text(report: &PrivacyReport<'_>, style: &Style) -> String {
    let mut page = Page::new(style);
    let head = format!("  {}", report.bundle);
    page.line(&[(Tint::Strong, "What personal data this bundle touches"), (Tint::Plain, &head)]);
    let signals = &report.found.signals;
    let is_good = |one: &&SignalFact| one.signal.kind == Kind::Positive;
    let possible = |one: &&SignalFact| matches!(one.met, Met::Named | Met::Available);
    let data = |one: &&SignalFact| one.signal.is_collected();
    let groups: [(&str, Vec<&SignalFact>); 4] = [
        (
            "Data that the stores ask about",
            signals.iter().filter(|one| !is_good(one) && !possible(one) && data(one)).collect(),
        ),
        ("On the device", signals.iter().filter(|one| !is_good(one) && !possible(one) && !data(one)).collect()),
        ("Signs that users are asked or heard", signals.iter().filter(|one| is_good(one) && !possible(one)).collect()),
        ("Possible, and not seen to be used", signals.iter().filter(possible).collect()),
    ];
    if signals.is_empty() {
        page.paragraph(2, (Tint::Plain, "No signal of personal data was found."));
    }
    for (title, group) in groups.iter().filter(|(_, group)| !group.is_empty()) {
        page.section(Tint::Strong, title);
        for signal in group {
            one(signal, report.app, &mut page);
        }
    }
    if !style.quiet {
        notes(report, &mut page);
    }
    page.finish()
}

fn one(fact: &SignalFact, app: bool, page: &mut Page) {
    let signal = fact.signal;
    let good = signal.kind == Kind::Positive;
    let tint = match (good, fact.declared.overall()) {
        (true, _) => Tint::Good,
        (false, Standing::NotDeclared) if fact.met.is_use() => Tint::Bad,
        (false, Standing::NotDeclared | Standing::NotKnown) => Tint::Doubt,
        (false, _) => Tint::Plain,
    };
    page.entry(2, (tint, fact.met.word()), GUTTER, (Tint::Strong, &format!("{} ({})", signal.title, signal.id)));
    let left = 2 + GUTTER;
    let mut rest = fact.places.iter();
    if let Some(first) = rest.next() {
        let others = rest.len() + fact.more;
        let others = match others {
            0 => String::new(),
            1 => ", and at 1 more place".to_owned(),
            more => format!(", and at {more} more places"),
        };
        let count = if fact.met.is_use() && fact.count > 1 { format!(", {} times", fact.count) } else { String::new() };
        page.paragraph(left, (Tint::Plain, &format!("{}{count}{others}", place(first))));
    }
    let mut words = Vec::new();
    for (name, list) in [("Apple", &signal.apple), ("Play", &signal.play), ("CCPA", &signal.ccpa)] {
        if !list.is_empty() {
            words.push(format!("{name}: {}", list.join(", ")));
        }
    }
    words.push(format!("GDPR: {}", signal.gdpr));
    page.paragraph(left, (Tint::Faint, &words.join("; ")));
    if app && !good {
        declared(fact, left, page);
    }
    if let Some(note) = &signal.note {
        page.paragraph(left, (Tint::Faint, note));
    }
}

fn place(place: &SignalPlace) -> String {
    let file = match place.position {
        Some(at) => format!(" in {}:{}:{}", place.path, at.line, at.column),
        None if place.path.is_empty() => ", a package of the app".to_owned(),
        None => format!(" in {}", place.path),
    };
    format!("{}{file}", place.what)
}

fn declared(fact: &SignalFact, left: usize, page: &mut Page) {
    let names = ["privacy manifest", "purpose text", "Android permission"];
    for (name, one) in names.iter().zip(fact.declared.each()) {
        let (tint, word) = match one.standing {
            Standing::NotNeeded => continue,
            Standing::Declared => (Tint::Good, "declared"),
            Standing::NotKnown => (Tint::Doubt, "not known"),
            Standing::NotDeclared => (Tint::Bad, "NOT DECLARED"),
        };
        let at = one.place.as_ref().map_or_else(String::new, |place| match place.line {
            Some(line) => format!(" ({}:{line})", place.path),
            None => format!(" ({})", place.path),
        });
        page.paragraph(left, (tint, &format!("{name}: {word}: {}{at}", one.what)));
    }
}

fn notes(report: &PrivacyReport<'_>, page: &mut Page) {
    let mut notes = vec![
        "A call is seen and not what becomes of its answer: data that stays on the device is not collected in the sense of the stores.".to_owned(),
        format!("Calls are known by the names in the table of {}; what is called by a name that is made at run time is not seen.", report.found.table),
    ];
    if !report.app {
        notes.push("No app was given (`--app`): nothing is held against what it declares.".to_owned());
    }
    if let Some(first) = report.found.unparsed.first() {
        let more = report.found.unparsed.len().saturating_sub(1);
        notes.push(format!("Not read: {first} and {more} more; what these do is not known."));
    }
    if let Some(fault) = &report.found.fault {
        notes.push(format!("The table of signals could not be read: {fault}"));
    }
    page.section(Tint::Strong, "Notes");
    for note in notes {
        page.entry(2, (Tint::Plain, "-"), 0, (Tint::Plain, &note));
    }
}
