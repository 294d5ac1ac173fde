//! What naming a host means.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use serde::Serialize;

const TABLE: &str = include_str!("../../../policies/references.tsv");

/// What the bundle does with a host, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostClass {
    /// Scripts, workers, modules or pages in frames come from there.
    Code,
    /// It is asked, sent to or greeted.
    Contacted,
    /// Images, fonts, styles or media come from there.
    Resource,
    /// A script or a JSON file names it; what for is not seen.
    Named,
    /// A person is sent there.
    Linked,
    /// A page for people that programs mention: manuals, licences, error messages.
    Reference,
    /// A name that only looks like an address, such as that of an XML vocabulary.
    Namespace,
    /// The device itself, or the network it is in.
    Local,
    /// An example, or a name that is not whole: `example.com`, `https://${host}`.
    Placeholder,
}

impl HostClass {
    /// The lower-case word, as in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Contacted => "contacted",
            Self::Resource => "resource",
            Self::Named => "named",
            Self::Linked => "linked",
            Self::Reference => "reference",
            Self::Namespace => "namespace",
            Self::Local => "local",
            Self::Placeholder => "placeholder",
        }
    }

    /// Whether the app connects to it, as far as files tell.
    #[must_use]
    pub const fn is_contact(self) -> bool {
        matches!(self, Self::Code | Self::Contacted | Self::Resource)
    }

    /// Whether it may: a name without a role counts.
    #[must_use]
    pub const fn may_be_contact(self) -> bool {
        self.is_contact() || matches!(self, Self::Named)
    }
}

/// What a mention of this address comes to, when `role` is what the place says.
pub(super) fn class_of(host: &str, url: &str, role: HostClass) -> HostClass {
    if !is_whole(host) {
        return HostClass::Placeholder;
    }
    if is_local(host) {
        return HostClass::Local;
    }
    // What is really loaded or asked is, whatever is known of the host.
    if role.is_contact() {
        return role;
    }
    if is_example(host) {
        return HostClass::Placeholder;
    }
    match listed(host, url) {
        Some(HostClass::Namespace) => HostClass::Namespace,
        Some(class) if role == HostClass::Named => class,
        _ if role == HostClass::Named && is_for_people(host) => HostClass::Linked,
        _ => role,
    }
}

/// Whether a text can be the whole name of a public host, or an address.
fn is_whole(host: &str) -> bool {
    if host.starts_with('[') || host == "localhost" {
        return true;
    }
    let shape = host.len() <= 253
        && host.chars().all(|one| one.is_alphanumeric() || matches!(one, '.' | '-' | '_'))
        && host.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    let last = host.rsplit('.').next().unwrap_or_default();
    // A last label of more than a dozen letters is a name of a program's: `default.namespaceuri`.
    shape && host.contains('.') && last.chars().count() >= 2 && last.len() < 12 || host.parse::<Ipv4Addr>().is_ok()
}

/// The device itself, the computer beside it, or addresses that no public host has (RFC 1918, RFC 6762).
pub(super) fn is_local(host: &str) -> bool {
    let ends = |suffix: &str| host.ends_with(suffix);
    if host == "localhost" || ends(".localhost") || ends(".local") || ends(".internal") || ends(".lan") {
        return true;
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return address.is_loopback() || address.is_private() || address.is_link_local() || address.is_unspecified();
    }
    let inner = host.trim_start_matches('[').trim_end_matches(']');
    inner.parse::<Ipv6Addr>().is_ok_and(|address| {
        address.is_loopback()
            || address.is_unspecified()
            || address.is_unique_local()
            || address.is_unicast_link_local()
    })
}

/// Names that are kept for examples (RFC 2606), and what templates have where a name belongs.
fn is_example(host: &str) -> bool {
    let is = |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    [
        "example.com",
        "example.org",
        "example.net",
        "example",
        "test",
        "invalid",
        "domain.com",
        "domain.tld",
    ]
    .iter()
    .any(|name| is(name))
        // "Example" in the languages of translations: `ejemplo.com`.
        || ["ejemplo", "eksempel", "esempio", "exemplo", "exemple", "exempel", "beispiel", "voorbeeld", "przyklad", "priklad", "pelda"]
            .iter()
            .any(|word| host.split('.').rev().nth(1) == Some(*word))
        || ["your-", "yourdomain", "yoursite", "your_", "yourcompany", "mydomain", "my-domain"]
            .iter()
            .any(|start| host.contains(start))
}

/// Sites with manuals and help, to which error messages and settings lead.
fn is_for_people(host: &str) -> bool {
    [
        "docs.",
        "doc.",
        "developer.",
        "developers.",
        "help.",
        "support.",
        "learn.",
        "blog.",
        "wiki.",
        "community.",
        "forum.",
    ]
    .iter()
    .any(|start| host.starts_with(start))
}

/// One line of the table.
struct Row {
    host: &'static str,
    path: &'static str,
    class: HostClass,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    TABLE
        .lines()
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (place, class) = (cells.next()?, cells.next()?);
            let class = match class {
                "namespace" => HostClass::Namespace,
                "reference" => HostClass::Reference,
                _ => return None,
            };
            let (host, path) = place.find('/').and_then(|at| place.split_at_checked(at)).unwrap_or((place, ""));
            Some(Row { host, path, class })
        })
        .collect()
});

/// The class of a known address, by the longest host and path.
fn listed(host: &str, url: &str) -> Option<HostClass> {
    let after = url.split_once("//").map_or(url, |(_, rest)| rest);
    let path = after.find(['/', '?', '#']).and_then(|at| after.get(at..)).unwrap_or("/");
    let fits = |row: &&Row| {
        let named = match row.host.strip_prefix('.') {
            Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
            None => host == row.host || host.strip_prefix("www.") == Some(row.host),
        };
        named && path.starts_with(row.path)
    };
    ROWS.iter().filter(fits).max_by_key(|row| (row.host.len(), row.path.len())).map(|row| row.class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(ROWS.len(), TABLE.lines().filter(|line| !line.starts_with('#')).count());
    }

    #[test]
    fn names_that_are_no_contacts_are_told_from_hosts() {
        let is =
            |host: &str, url: &str, class: HostClass| assert_eq!(class_of(host, url, HostClass::Named), class, "{url}");
        is("www.w3.org", "http://www.w3.org/2000/svg", HostClass::Namespace);
        is("github.com", "https://github.com/x/y", HostClass::Reference);
        is("api.github.com", "https://api.github.com/repos", HostClass::Named);
        is("www.apache.org", "http://www.apache.org/licenses/LICENSE-2.0", HostClass::Reference);
        is("archive.apache.org", "https://archive.apache.org/dist", HostClass::Named);
        is("docs.acme.io", "https://docs.acme.io/x", HostClass::Linked);
        is("jspdf.default.namespaceuri", "http://jspdf.default.namespaceuri/", HostClass::Placeholder);
        is("api.example.com", "https://api.example.com/", HostClass::Placeholder);
        is("192.168.1.4", "http://192.168.1.4/", HostClass::Local);
        is("[::1]", "http://[::1]/", HostClass::Local);
        is("8.8.8.8", "http://8.8.8.8/", HostClass::Named);
        is("${a}", "https://${a}/", HostClass::Placeholder);
        assert_eq!(class_of("github.com", "https://github.com/x", HostClass::Contacted), HostClass::Contacted);
        assert_eq!(class_of("github.com", "https://github.com/x", HostClass::Linked), HostClass::Linked);
    }
}
