//! The hosts as text for a terminal: one line for each, then a table for each that is contacted or was asked for.

use comfy_table::{ContentArrangement, Table, presets};

use super::cells::{allowed, counted, oldest_tls, pinned, trusted};
use super::{CertificateRow, Connection, EndpointsReport, HostRow};
use crate::facts::endpoints::{HostKind, HostPurpose, Mention};
use crate::model::{Fact, Location, escape};
use crate::reports::Style;
use crate::reports::terminal::{Page, Tint};

/// Tables are not set wider than this.
const MEASURE: usize = 110;
/// Builds beside each other; further ones come below.
const BESIDE: usize = 2;

/// As text for a terminal.
#[must_use]
pub fn endpoints_text(report: &EndpointsReport, only: bool, style: &Style) -> String {
    let mut page = Page::new(style);
    let date = format!("  what protects the connections, on {}", report.as_of);
    page.line(&[(Tint::Strong, "Endpoints"), (Tint::Plain, &date)]);
    if report.hosts.is_empty() {
        page.blank();
        page.paragraph(2, (Tint::Plain, "No file of the app names a host."));
    } else if !only {
        page.blank();
        overview(report, &mut page);
    }
    for row in report.hosts.iter().filter(|row| only || row.contacted) {
        block(report, row, &mut page);
    }
    plugins(report, &mut page);
    notes(report, only, &mut page);
    page.finish()
}

/// Cells are made inert before the table counts their columns.
fn new_table(page: &Page, indent: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(page.width().min(MEASURE).saturating_sub(indent)).unwrap_or(u16::MAX));
    table
}

fn write_table(mut table: Table, indent: usize, page: &mut Page) {
    let count = table.column_count();
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if index + 1 == count { 0 } else { 2 }));
    }
    let margin = " ".repeat(indent);
    for (number, line) in table.lines().enumerate() {
        let tint = if number == 0 { Tint::Faint } else { Tint::Plain };
        page.line(&[(Tint::Plain, &margin), (tint, &line)]);
    }
}

/// One line for each host.
fn overview(report: &EndpointsReport, page: &mut Page) {
    let mut table = new_table(page, 2);
    let mut header = vec!["HOST", "NAMED FOR"];
    header.extend(report.android.then_some("ANDROID"));
    header.extend(report.ios.then_some("IOS"));
    table.set_header(header);
    for row in &report.hosts {
        let mut cells = vec![escape(&row.host), purposes(row)];
        if report.android {
            cells.push(brief(row, "android"));
        }
        if report.ios {
            cells.push(brief(row, "ios"));
        }
        table.add_row(cells);
    }
    write_table(table, 2, page);
}

fn purposes(row: &HostRow) -> String {
    let mut words: Vec<&str> = Vec::new();
    for mention in &row.mentions {
        let word = word(mention.purpose);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(", ")
}

const fn word(purpose: HostPurpose) -> &'static str {
    match purpose {
        HostPurpose::Updates => "updates",
        HostPurpose::Channel => "channel",
        HostPurpose::Statistics => "statistics",
        HostPurpose::Development => "development server",
        HostPurpose::RemotePages => "the web view's pages",
        HostPurpose::Navigation => "navigation",
        HostPurpose::Origin => "the web view's own origin",
        HostPurpose::AtsException => "a rule of iOS",
        HostPurpose::AtsPins => "pins of iOS",
        HostPurpose::AndroidRule => "a rule of Android",
        HostPurpose::AndroidPins => "pins of Android",
        HostPurpose::NotPinned => "not pinned by a plugin",
    }
}

/// `https, 2 pins`, `http allowed, no pins`; what differs between builds stands side by side.
fn brief(row: &HostRow, platform: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for one in row.connections.iter().filter(|one| one.platform == platform) {
        let word = if one.online {
            let http = match one.cleartext.value {
                Fact::Known(true) => "http allowed",
                Fact::Known(false) => "https only",
                _ => "http not known",
            };
            format!("{http}, {}", pins(one))
        } else {
            "offline".to_owned()
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.is_empty() { "–".to_owned() } else { words.join(" / ") }
}

fn pins(one: &Connection) -> String {
    match (&one.pins.value, one.pins_days_left) {
        (Fact::Known(_), Some(left)) if left <= 0 => "pins expired".to_owned(),
        (Fact::Known(1), _) => "1 pin".to_owned(),
        (Fact::Known(number), _) => format!("{number} pins"),
        (Fact::Absent, _) => "no pins".to_owned(),
        _ => "pins not known".to_owned(),
    }
}

/// One host in full.
fn block(report: &EndpointsReport, row: &HostRow, page: &mut Page) {
    page.section(Tint::Strong, &row.host);
    for mention in &row.mentions {
        page.paragraph(2, (Tint::Plain, &sentence(mention)));
    }
    if row.mentions.is_empty() {
        page.paragraph(2, (Tint::Plain, "No file of the app names this host."));
    }
    let none = match row.kind {
        HostKind::Device => Some("It is the device itself: no connection leaves it."),
        HostKind::Pattern => Some("It is a pattern: `--host` shows what holds for one of its hosts."),
        HostKind::Name | HostKind::Number if row.connections.is_empty() => Some(if report.android || report.ios {
            "No build that goes to users was found, so what protects the connection is not known."
        } else {
            "The app's folder has no native project, so what protects the connection is not known."
        }),
        HostKind::Name | HostKind::Number => None,
    };
    if let Some(none) = none {
        page.paragraph(2, (Tint::Faint, none));
    }
    let mut places: Vec<&Location> = Vec::new();
    for group in row.connections.chunks(BESIDE) {
        page.blank();
        compared(group, &mut places, page);
    }
    if !places.is_empty() {
        page.blank();
    }
    for (index, place) in places.iter().enumerate() {
        page.entry(2, (Tint::Faint, &format!("[{}]", index + 1)), 0, (Tint::Faint, &at(place)));
    }
}

/// `file:line`; a whole file has no line.
fn at(location: &Location) -> String {
    location.line.map_or_else(|| location.path.clone(), |line| format!("{}:{line}", location.path))
}

fn sentence(mention: &Mention) -> String {
    let scheme = mention.scheme.as_ref().map_or_else(String::new, |scheme| format!(" over {scheme}"));
    let when = mention.when.as_ref().map_or_else(String::new, |when| format!(", when {when}"));
    let below = if mention.includes_subdomains == Some(true) { " and its subdomains" } else { "" };
    let place = at(&mention.location);
    match mention.default_of {
        Some(system) => {
            format!(
                "{}{scheme}: the default of {system}{when}, as `{}` is not set ({place})",
                word(mention.purpose),
                mention.named_by
            )
        }
        None => format!("{}{scheme}{below}: `{}`{when}, {place}", word(mention.purpose), mention.named_by),
    }
}

/// Builds beside each other.
fn compared<'a>(group: &'a [Connection], places: &mut Vec<&'a Location>, page: &mut Page) {
    let mut table = new_table(page, 2);
    let heads = group.iter().map(|one| {
        let platform = if one.platform == "android" { "ANDROID" } else { "IOS" };
        format!("{platform} {}", escape(&one.of.join(", ")))
    });
    table.set_header(std::iter::once(String::new()).chain(heads));
    let mut row = |name: &str, cell: &mut dyn FnMut(&'a Connection) -> String| {
        let cells: Vec<String> =
            group.iter().map(|one| if one.online { escape(&cell(one)) } else { offline(name) }).collect();
        table.add_row(std::iter::once(name.to_owned()).chain(cells));
    };
    row("http", &mut |one| allowed(&one.cleartext, places));
    if group.iter().any(|one| one.cleartext.value != one.cleartext_in_web_views.value) {
        row("http in web views", &mut |one| allowed(&one.cleartext_in_web_views, places));
    }
    row("oldest TLS", &mut |one| oldest_tls(one, places));
    row("trusted", &mut |one| trusted(one, places));
    row("pins", &mut |one| pinned(one, places));
    if group.iter().any(|one| one.rule.is_some()) {
        row("decided by", &mut |one| one.rule.clone().unwrap_or_else(|| "no rule of its own".to_owned()));
    }
    write_table(table, 2, page);
    for one in group.iter().filter(|one| !one.misspelt.is_empty()) {
        let names = one.misspelt.join("`, `");
        let text =
            format!("`{names}` was likely meant for this host and matches no connection, for so no domain is written.");
        page.paragraph(2, (Tint::Doubt, &text));
    }
}

/// In the first row only.
fn offline(row: &str) -> String {
    if row == "http" { "no connection: no INTERNET permission".to_owned() } else { "–".to_owned() }
}

fn plugins(report: &EndpointsReport, page: &mut Page) {
    if report.pinning.is_empty() {
        return;
    }
    page.section(Tint::Strong, "Pinning plugins");
    for plugin in &report.pinning {
        let head =
            format!("`{}`, {}: it guards its own requests, not those of an updater", plugin.name, at(&plugin.location));
        page.paragraph(2, (Tint::Plain, &head));
        if plugin.certificates.is_empty() {
            page.paragraph(4, (Tint::Faint, "no certificate was found"));
        }
        for one in &plugin.certificates {
            let (tint, text) = certificate(one);
            page.paragraph(4, (tint, &text));
        }
    }
}

fn certificate(one: &CertificateRow) -> (Tint, String) {
    let name = if one.path.is_empty() { at(&one.location) } else { one.path.clone() };
    match (&one.expires, one.days_left) {
        (Fact::Known(end), Some(left)) if left < 0 => {
            (Tint::Bad, format!("{name}: EXPIRED on {end}, {} ago", counted(-left)))
        }
        (Fact::Known(end), left) => {
            (Tint::Plain, format!("{name}: valid until {end}, {} left", counted(left.unwrap_or(0))))
        }
        (Fact::Absent, _) => (Tint::Bad, format!("{name}: MISSING, {}", at(&one.location))),
        (Fact::Unknown(why) | Fact::Unreadable(why), _) => (Tint::Doubt, format!("{name}: not known, {why}")),
    }
}

fn notes(report: &EndpointsReport, only: bool, page: &mut Page) {
    let mut notes: Vec<String> = Vec::new();
    for one in report.unknown.iter().filter(|_| !only) {
        notes.push(format!("The host of `{}` ({}) is not known: {}", one.named_by, at(&one.location), one.why));
    }
    if !report.android && !report.ios && !report.hosts.is_empty() && !only {
        notes.push("The app's folder has no native project, so what protects the connections is not known.".to_owned());
    }
    if report.left_out > 0 {
        notes.push(format!("{} more places name hosts that are not looked at.", report.left_out));
    }
    notes.extend(report.unread.iter().map(|(path, why)| format!("Not read: {path}: {why}")));
    if !notes.is_empty() {
        page.section(Tint::Strong, "Notes");
        for note in notes {
            page.entry(2, (Tint::Plain, "-"), 0, (Tint::Plain, &note));
        }
    }
}
