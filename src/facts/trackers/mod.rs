//! Who owns a host, and what it is for: `policies/trackers.tsv` (from third-party-web), `policies/trackers-own.tsv`, and
//! the lists that the request names.

mod lists;
mod purpose;
#[cfg(test)]
mod tests;

pub use lists::{ListFormat, TrackerList, read_list};
pub use purpose::Purpose;

use std::sync::LazyLock;

use serde::Serialize;

const TABLE: &str = include_str!("../../../policies/trackers.tsv");
const OWN: &str = include_str!("../../../policies/trackers-own.tsv");

/// Read when the first host is asked for: some 3,500 lines, less than a millisecond.
static TABLES: LazyLock<[Vec<Row>; 2]> = LazyLock::new(|| [rows(OWN), rows(TABLE)]);

/// Who owns a host, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// The company or product.
    pub name: String,
    /// What the host is for.
    pub purpose: Purpose,
    /// The list that says so, when it is not the built-in table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Whether the row is about this use of the host: of our own table, or of a list with categories. third-party-web gives
    /// whole companies one category, also where their manuals and links lie.
    #[serde(skip)]
    pub sure: bool,
}

/// One line of a table; the domain begins with a dot where hosts below it are meant too.
struct Row {
    domain: &'static str,
    purpose: Purpose,
    owner: &'static str,
}

fn rows(text: &'static str) -> Vec<Row> {
    text.lines().filter_map(row).collect()
}

fn row(line: &'static str) -> Option<Row> {
    let mut cells = line.split('\t');
    let (domain, purpose, owner) = (cells.next()?, cells.next()?, cells.next()?);
    Some(Row { domain, purpose: Purpose::of_word(purpose)?, owner })
}

/// The built-in table's owner of a host: the row with the longest domain.
#[must_use]
pub fn owner(host: &str) -> Option<Owner> {
    let find = |table: &[Row], domain: &str, sure: bool| {
        let at = table.binary_search_by(|row| row.domain.cmp(domain)).ok()?;
        table.get(at).map(|row| Owner { name: row.owner.to_owned(), purpose: row.purpose, list: None, sure })
    };
    let suffixes = suffixes(host);
    // The host itself stands in the tables with or without a dot, and what is ours wins in either form.
    let (itself, above) = suffixes.split_at_checked(2)?;
    let [own, table] = &*TABLES;
    let of = |domains: &[String]| {
        let own = domains.iter().find_map(|domain| find(own, domain, true));
        own.or_else(|| domains.iter().find_map(|domain| find(table, domain, false)))
    };
    of(itself).or_else(|| above.iter().find_map(|domain| of(std::slice::from_ref(domain))))
}

/// The owner of a host by the lists of the request, else by the built-in table. A list that has no categories takes
/// nothing from what the table knows better.
#[must_use]
pub fn owner_by(lists: &[TrackerList], host: &str) -> Option<Owner> {
    let known = owner(host);
    let listed = lists.iter().find_map(|list| {
        let entry = suffixes(host).iter().find_map(|domain| list.hosts.get(domain))?;
        Some((entry, list))
    });
    let Some((entry, list)) = listed else { return known };
    let tracks = known.as_ref().map(|known| known.purpose).filter(|purpose| purpose.is_tracking());
    let purpose = tracks.filter(|_| entry.purpose == Purpose::Tracker).unwrap_or(entry.purpose);
    let name = entry.owner.clone().or_else(|| known.map(|known| known.name));
    Some(Owner {
        name: name.unwrap_or_else(|| host.to_owned()),
        purpose,
        list: Some(list.name.clone()),
        sure: entry.purpose != Purpose::Tracker,
    })
}

/// What a table may call the host: itself, then `.` with it and with each domain above it, the longest first.
fn suffixes(host: &str) -> Vec<String> {
    /// A name has at most 127 labels (RFC 1035); no list needs more than these.
    const MOST: usize = 16;
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let dotted = format!(".{host}");
    let dots = dotted.match_indices('.').filter_map(|(at, _)| dotted.get(at..)).map(str::to_owned);
    let mut all: Vec<String> = dots.collect();
    // Of a name with very many labels the shortest domains are those that tables have.
    let surplus = all.len().saturating_sub(MOST);
    all.drain(..surplus);
    all.insert(0, host);
    all
}
