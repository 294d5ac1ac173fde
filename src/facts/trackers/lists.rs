//! Lists of trackers that others keep: DuckDuckGo's, Disconnect's, hosts files, and host rules of Adblock lists.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::Value;

use super::Purpose;
use crate::model::{Problem, printable};

/// Hosts kept of one list; the largest known has half of it.
const MOST_HOSTS: usize = 2_000_000;
/// Longer names are none (RFC 1035).
const LONGEST_HOST: usize = 253;
/// Lines that are looked at to tell a text list's format.
const LOOKED_AT: usize = 5_000;

/// The form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    /// DuckDuckGo's Tracker Radar data (`tds.json`).
    DuckDuckGo,
    /// Disconnect's `services.json`.
    Disconnect,
    /// A hosts file: `0.0.0.0 host`.
    Hosts,
    /// Rules of an Adblock list for whole hosts: `||host^`.
    Adblock,
}

impl ListFormat {
    /// As a reader knows it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::DuckDuckGo => "DuckDuckGo tracker data",
            Self::Disconnect => "Disconnect services",
            Self::Hosts => "hosts file",
            Self::Adblock => "Adblock rules for hosts",
        }
    }
}

/// A list that was read.
#[derive(Clone, Debug)]
pub struct TrackerList {
    /// The name of its file, inert.
    pub name: String,
    /// Its form.
    pub format: ListFormat,
    /// By domain; one that begins with a dot means all hosts below it too.
    pub hosts: BTreeMap<String, Listed>,
}

/// What a list says of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What it is for; [`Purpose::Tracker`] when the list has no categories.
    pub purpose: Purpose,
    /// Who owns it.
    pub owner: Option<String>,
}

/// Reads a list; `name` is its file's, inert.
///
/// # Errors
/// When the text has none of the known forms.
pub fn read_list(name: &str, text: &str) -> Result<TrackerList, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    let read = if text.trim_start().starts_with(['{', '[']) && !text.trim_start().starts_with("[Adblock") {
        of_json(text)
    } else {
        of_lines(text)
    };
    let (format, hosts) = read.map_err(|why| {
        Problem::new(format!("`{name}` is no list of trackers that is known here: {why}")).help(
            "expected DuckDuckGo's `tds.json`, Disconnect's `services.json`, a hosts file (`0.0.0.0 host`), or Adblock rules (`||host^`)",
        )
    })?;
    Ok(TrackerList { name: name.to_owned(), format, hosts })
}

type Read = Result<(ListFormat, BTreeMap<String, Listed>), String>;

fn of_json(text: &str) -> Read {
    let value: Value = serde_json::from_str(text).map_err(|error| printable(&error.to_string(), 120))?;
    let (format, hosts) = if let Some(trackers) = value.get("trackers").and_then(Value::as_object) {
        (ListFormat::DuckDuckGo, trackers.iter().filter_map(|(host, entry)| duckduckgo(host, entry)).collect())
    } else if let Some(categories) = value.get("categories").and_then(Value::as_object) {
        let mut hosts = BTreeMap::new();
        for (category, companies) in categories {
            disconnect(category, companies, &mut hosts);
        }
        (ListFormat::Disconnect, hosts)
    } else {
        return Err("it is JSON without `trackers` and `categories`".to_owned());
    };
    found(format, hosts)
}

fn found(format: ListFormat, hosts: BTreeMap<String, Listed>) -> Read {
    if hosts.is_empty() {
        Err(format!("it looks like {} and names no host", format.word()))
    } else {
        Ok((format, hosts))
    }
}

fn duckduckgo(host: &str, entry: &Value) -> Option<(String, Listed)> {
    let owner = entry.get("owner").and_then(|owner| owner.get("displayName").or_else(|| owner.get("name")));
    let categories = entry.get("categories").and_then(Value::as_array);
    let words = categories.into_iter().flatten().filter_map(Value::as_str);
    let purpose = words.filter_map(of_category).min().unwrap_or(Purpose::Tracker);
    let owner = owner.and_then(Value::as_str).map(|name| printable(name, 80));
    Some((domain(host)?, Listed { purpose, owner }))
}

/// `"Advertising": [{"Company": {"https://company.example/": ["host", …]}}]`.
fn disconnect(category: &str, companies: &Value, hosts: &mut BTreeMap<String, Listed>) {
    let purpose = of_category(category).unwrap_or(Purpose::Tracker);
    let companies = companies.as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
    for (company, pages) in companies {
        let lists = pages.as_object().into_iter().flatten().filter_map(|(_, list)| list.as_array());
        for host in lists.flatten().filter_map(Value::as_str).filter_map(domain) {
            if hosts.len() >= MOST_HOSTS {
                return;
            }
            let listed = Listed { purpose, owner: Some(printable(company, 80)) };
            // A host may stand in several categories: the one that weighs most.
            let entry = hosts.entry(host).or_insert_with(|| listed.clone());
            if purpose < entry.purpose {
                *entry = listed;
            }
        }
    }
}

/// The categories of DuckDuckGo and Disconnect that say what a host is for.
fn of_category(category: &str) -> Option<Purpose> {
    Some(match category {
        "Advertising" | "Ad Motivated Tracking" | "Third-Party Analytics Marketing" | "Ad Fraud" => {
            Purpose::Advertising
        }
        "Analytics" | "Audience Measurement" | "EmailAggressive" | "Email" => Purpose::Analytics,
        "Session Replay" => Purpose::SessionReplay,
        "Action Pixels" => Purpose::Attribution,
        "Social" | "Social Network" | "Social - Comment" | "Social - Share" => Purpose::Social,
        "Content" | "Embedded Content" => Purpose::Content,
        "CDN" => Purpose::Cdn,
        "Tag Manager" => Purpose::TagManager,
        "Online Payment" => Purpose::Payments,
        "Federated Login" | "SSO" => Purpose::Auth,
        "Consent Management Platform" | "ConsentManagers" => Purpose::Consent,
        "Support Chat Widget" => Purpose::CustomerSupport,
        _ => return None,
    })
}

fn of_lines(text: &str) -> Read {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let rules = || lines().filter(|line| !line.starts_with(['!', '[']));
    let looked = || rules().take(LOOKED_AT);
    let all = looked().filter(|line| !line.starts_with('#')).count();
    let adblock = looked().filter(|line| adblock_host(line).is_some()).count();
    let hosts = looked().filter(|line| hosts_of_line(line).is_some()).count();
    let tracker = || Listed { purpose: Purpose::Tracker, owner: None };
    if hosts > 0 && hosts * 2 >= all {
        let names = rules().filter_map(hosts_of_line).flatten().filter_map(|host| {
            // A hosts file means exactly what it names.
            domain(host).map(|name| name.trim_start_matches('.').to_owned())
        });
        return found(ListFormat::Hosts, names.take(MOST_HOSTS).map(|host| (host, tracker())).collect());
    }
    // Lists for browsers have rules for addresses and elements too, which say nothing of whole hosts.
    if adblock > 0 && (adblock * 10 >= all || text.trim_start().starts_with("[Adblock")) {
        let names = rules().filter_map(adblock_host).filter_map(domain);
        return found(ListFormat::Adblock, names.take(MOST_HOSTS).map(|host| (host, tracker())).collect());
    }
    Err("its lines are neither `0.0.0.0 host` nor `||host^`".to_owned())
}

/// The hosts of `0.0.0.0 host host # remark`; not those that name the device itself.
fn hosts_of_line(line: &str) -> Option<impl Iterator<Item = &str>> {
    let line = line.split('#').next().unwrap_or_default();
    let mut words = line.split_ascii_whitespace();
    words.next()?.parse::<IpAddr>().ok()?;
    let mut names = words.peekable();
    names.peek()?;
    Some(names.filter(|name| name.contains('.') && !name.starts_with("localhost") && name.parse::<IpAddr>().is_err()))
}

/// The host of `||host^`, also with options that leave it a rule for the whole host.
fn adblock_host(line: &str) -> Option<&str> {
    let (host, options) = line.strip_prefix("||")?.split_once('^')?;
    let whole = match options.strip_prefix('$') {
        Some(options) => options.split(',').all(|option| matches!(option, "third-party" | "3p" | "all" | "important")),
        None => options.is_empty(),
    };
    whole.then_some(host)
}

/// A domain as the look-up wants it, with all hosts below it.
fn domain(host: &str) -> Option<String> {
    let host = host.trim_matches('.').to_ascii_lowercase();
    let is_name = host.contains('.')
        && host.len() <= LONGEST_HOST
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    is_name.then(|| format!(".{host}"))
}
