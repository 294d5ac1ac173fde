//! `otaudit network`: every host that a bundle names, what for, and whose it is, as JSON and as tables.

use std::io;

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::Style;
use super::terminal::{Page, Tint};
use crate::facts::network::{HostClass, Mention, NetworkHost, NetworkMap};
use crate::facts::trackers::{Owner, TrackerList};
use crate::model::{escape, printable};

/// The schema of a [`NetworkReport`] as JSON.
pub const NETWORK_SCHEMA: &str = "otaudit/network/v1";
/// Tables are not set wider than this.
const MEASURE: usize = 120;

/// The hosts of one bundle.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkReport {
    /// [`NETWORK_SCHEMA`].
    pub schema: &'static str,
    /// The bundle's name.
    pub bundle: String,
    /// The lists of trackers that the request named.
    pub lists: Vec<ListRow>,
    /// The hosts, what weighs most first.
    pub hosts: Vec<NetworkRow>,
    /// How many mentions of further hosts there are.
    pub more: usize,
    /// Files that were not read, so that their hosts are missing.
    pub unread: Vec<String>,
}

/// A list of trackers.
#[derive(Clone, Debug, Serialize)]
pub struct ListRow {
    /// The name of its file.
    pub name: String,
    /// Its form, as it was recognised.
    pub format: &'static str,
    /// How many hosts it has.
    pub hosts: usize,
}

/// One host.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkRow {
    /// Its name, inert.
    pub host: String,
    /// The most that the bundle does with it.
    pub class: HostClass,
    /// Whether the policy lists it as one of the app's own.
    pub first_party: bool,
    /// Who owns it and what it is for.
    pub owner: Option<Owner>,
    /// Whether something goes there unencrypted.
    pub cleartext: bool,
    /// How often it is named.
    pub count: usize,
    /// Where; only some.
    pub mentions: Vec<Mention>,
}

/// The report of a map; `first_party` are the policy's hosts, where an entry that begins with a dot means all below it.
#[must_use]
pub fn network_report(
    name: &str,
    map: &NetworkMap,
    unread: Vec<String>,
    lists: &[TrackerList],
    first_party: &[String],
) -> NetworkReport {
    let row = |host: &NetworkHost| NetworkRow {
        host: host.host.clone(),
        class: host.class,
        first_party: is_own(&host.host, first_party),
        owner: host.owner.clone(),
        cleartext: host.cleartext,
        count: host.count,
        mentions: host.mentions.iter().map(|one| Mention { path: escape(&one.path), ..one.clone() }).collect(),
    };
    let mut hosts: Vec<NetworkRow> = map.hosts.iter().map(row).collect();
    hosts.sort_by(|one, other| (one.class, &one.host).cmp(&(other.class, &other.host)));
    let lists = lists.iter();
    NetworkReport {
        schema: NETWORK_SCHEMA,
        bundle: printable(name, 200),
        lists: lists
            .map(|list| ListRow { name: list.name.clone(), format: list.format.word(), hosts: list.hosts.len() })
            .collect(),
        hosts,
        more: map.more,
        unread,
    }
}

fn is_own(host: &str, list: &[String]) -> bool {
    list.iter().any(|entry| {
        let entry = entry.to_lowercase();
        entry == host || entry.starts_with('.') && host.len() > entry.len() && host.ends_with(&entry)
    })
}

/// As JSON.
///
/// # Errors
/// None that is known: the value is plain data.
pub fn network_json(report: &NetworkReport) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    super::write_pretty(report, &mut bytes)?;
    Ok(bytes)
}

/// What each class is called, and what it means.
const SECTIONS: [(HostClass, &str, &str); 9] = [
    (HostClass::Code, "Code", "scripts, workers or framed pages come from there"),
    (HostClass::Contacted, "Contacted", "asked, sent to or greeted"),
    (HostClass::Resource, "Resources", "styles, fonts, images or media come from there"),
    (HostClass::Named, "Named", "a script or JSON file names it; whether it is asked is not seen"),
    (HostClass::Linked, "Linked", "a person is sent there"),
    (HostClass::Reference, "References", "manuals, licences, error messages: no contacts"),
    (HostClass::Namespace, "Namespaces", "names that only look like addresses: no contacts"),
    (HostClass::Local, "Local", "the device itself or its network"),
    (HostClass::Placeholder, "Placeholders", "examples, and names that are computed"),
];

/// As text for a terminal.
#[must_use]
pub fn network_text(report: &NetworkReport, style: &Style) -> String {
    let mut page = Page::new(style);
    let contacts = report.hosts.iter().filter(|row| row.class.is_contact()).count();
    let trackers = report.hosts.iter().filter(|row| row.class.may_be_contact() && tracks(row)).count();
    let plain = report.hosts.iter().filter(|row| row.cleartext).count();
    let counts = format!(
        "  {} hosts in `{}`: {contacts} contacted, {trackers} of tracking, {plain} unencrypted",
        report.hosts.len(),
        report.bundle
    );
    page.line(&[(Tint::Strong, "Network"), (Tint::Plain, &counts)]);
    for list in &report.lists {
        let text = format!("with the list `{}`: {}, {} hosts", list.name, list.format, list.hosts);
        page.paragraph(2, (Tint::Plain, &text));
    }
    for (class, title, about) in SECTIONS {
        let rows: Vec<&NetworkRow> = report.hosts.iter().filter(|row| row.class == class).collect();
        if rows.is_empty() {
            continue;
        }
        page.blank();
        let about = format!("  {about}");
        page.line(&[(Tint::Strong, title), (Tint::Faint, &about)]);
        if class.may_be_contact() || class == HostClass::Linked {
            table(&rows, &mut page);
        } else {
            names(&rows, &mut page);
        }
    }
    if report.hosts.is_empty() {
        page.blank();
        page.paragraph(2, (Tint::Plain, "No file of the bundle names a host."));
    }
    notes(report, &mut page);
    page.finish()
}

fn tracks(row: &NetworkRow) -> bool {
    row.owner.as_ref().is_some_and(|owner| owner.purpose.is_tracking())
}

fn table(rows: &[&NetworkRow], page: &mut Page) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(page.width().min(MEASURE).saturating_sub(2)).unwrap_or(u16::MAX));
    table.set_header(["HOST", "PURPOSE", "OWNER", "WHERE"]);
    for row in rows {
        let scheme = if row.cleartext { " (unencrypted)" } else { "" };
        let (purpose, owner) = match (&row.owner, row.first_party) {
            (_, true) => ("first party".to_owned(), "the app's own".to_owned()),
            (Some(owner), _) => (owner.purpose.shown().to_owned(), printable(&owner.name, 60)),
            (None, _) => ("–".to_owned(), "not known".to_owned()),
        };
        table.add_row([format!("{}{scheme}", row.host), purpose, owner, place(row)]);
    }
    let count = table.column_count();
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if index + 1 == count { 0 } else { 2 }));
    }
    for (number, line) in table.lines().enumerate() {
        let tint = if number == 0 { Tint::Faint } else { Tint::Plain };
        page.line(&[(Tint::Plain, "  "), (tint, &line)]);
    }
}

/// `assets/index.js:1, and 3 more`.
fn place(row: &NetworkRow) -> String {
    let Some(first) = row.mentions.first() else { return String::new() };
    // The column stands in the JSON; in a minified file it is long and tells a reader nothing.
    let position = first.position.map(|at| format!(":{}", at.line)).unwrap_or_default();
    let more = row.count.saturating_sub(1);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("{}{position}{more}", printable(&first.path, 100))
}

/// Hosts that matter little: their names alone.
fn names(rows: &[&NetworkRow], page: &mut Page) {
    const MOST: usize = 40;
    let mut text = rows.iter().take(MOST).map(|row| row.host.as_str()).collect::<Vec<_>>().join(", ");
    if rows.len() > MOST {
        text.push_str(&format!(" and {} more", rows.len() - MOST));
    }
    page.paragraph(2, (Tint::Plain, &text));
}

fn notes(report: &NetworkReport, page: &mut Page) {
    page.blank();
    if report.more > 0 {
        let text = format!("{} mentions of further hosts are left out.", report.more);
        page.paragraph(0, (Tint::Plain, &text));
    }
    if let Some(first) = report.unread.first() {
        let text =
            format!("{} files were not read whole, `{first}` first: hosts in them are missing.", report.unread.len());
        page.paragraph(0, (Tint::Plain, &text));
    }
    let text = "Addresses that scripts compute, and what native code contacts, are not seen.";
    page.paragraph(0, (Tint::Faint, text));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::testing::bundle;
    use crate::facts::trackers::read_list;

    #[test]
    fn the_map_is_readable_and_the_same_as_data() {
        let mut facts = bundle(&[
            (
                "index.html",
                "<script src=http://code.acme.io/\u{1b}[31mx.js></script><link rel=icon href=https://own.harbour.app/x>",
            ),
            ("a.js", "const a='https://api.mixpanel.com/track',b='https://fb.me/x',c='https://listed.acme.io/'"),
        ]);
        let lists = [read_list("list.txt", "0.0.0.0 listed.acme.io\n").unwrap()];
        facts.network.use_lists(&lists);
        let report = network_report(&facts.name, &facts.network, Vec::new(), &lists, &[".harbour.app".to_owned()]);
        let text = network_text(&report, &Style::default());
        for part in [
            "5 hosts in `bundle.zip`: 2 contacted, 2 of tracking, 1 unencrypted",
            "with the list `list.txt`: hosts file, 1 hosts",
            "code.acme.io (unencrypted)",
            "first party",
            "Mixpanel",
            "a.js:1",
            "References  manuals, licences, error messages: no contacts\n  fb.me",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        assert!(!text.contains('\u{1b}'), "{text:?}");
        let json: serde_json::Value = serde_json::from_slice(&network_json(&report).unwrap()).unwrap();
        assert_eq!(json["schema"], NETWORK_SCHEMA);
        assert_eq!(json["hosts"][0]["class"], "code");
        assert_eq!(json["hosts"][3]["owner"]["purpose"], "tracker");
    }
}
