//! Exceptions: findings that a named person accepts, for a reason and for a time.

use std::ops::Range;

use globset::GlobBuilder;
use jiff::civil::Date;

use super::faults::Faults;
use super::select;
use super::yaml::Node;
use crate::model::Digest;

/// The longest time for which an exception may be granted.
const MAX_DAYS: i32 = 365;
/// What no exception may accept, whatever the catalog says: an update whose signature does not hold.
const NEVER: &str = "OTA-SIG-002";

/// Findings of one control that are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Its id; `EXC-<n>` when the file gives none.
    pub id: String,
    /// The id of the control.
    pub control: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it was granted.
    pub reason: String,
    /// Who granted it; never the owner.
    pub approver: Option<String>,
    /// What protects instead.
    pub compensating_control: Option<String>,
    /// Who accepts the risk that remains, and in which words.
    pub risk_acceptance: Option<String>,
    /// The days on which it was renewed, in their order.
    pub renewed: Vec<Date>,
    /// The first day on which it holds; without it, it holds from ever.
    pub start: Option<Date>,
    /// The last day on which it holds.
    pub expires: Date,
    /// Globs of the paths it concerns; empty for all.
    pub paths: Vec<String>,
    /// The fingerprints of the findings it concerns; empty for all.
    pub fingerprints: Vec<String>,
    /// The one bundle it concerns; `None` for all.
    pub bundle_sha256: Option<Digest>,
}

/// How an exception stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It begins later.
    Pending,
    /// It holds.
    InForce,
    /// Its last day has passed.
    Expired,
}

impl Exception {
    /// How it stands on `day`; its first and its last day both count.
    #[must_use]
    pub fn state_on(&self, day: Date) -> Standing {
        if day > self.expires {
            Standing::Expired
        } else if self.start.is_some_and(|start| day < start) {
            Standing::Pending
        } else {
            Standing::InForce
        }
    }

    /// How often it was renewed.
    #[must_use]
    pub fn renewals(&self) -> u32 {
        u32::try_from(self.renewed.len()).unwrap_or(u32::MAX)
    }

    /// Whether its scope holds this finding: each part of the scope that is given must match. `bundle` is the SHA-256 of
    /// the archive. The day is not asked.
    #[must_use]
    pub fn covers(&self, control: &str, path: &str, fingerprint: &str, bundle: Option<&Digest>) -> bool {
        self.control == control
            && (self.bundle_sha256.is_none() || self.bundle_sha256.as_ref() == bundle)
            && (self.fingerprints.is_empty() || self.fingerprints.iter().any(|known| known == fingerprint))
            && (self.paths.is_empty()
                || self
                    .paths
                    .iter()
                    .any(|path_glob| glob(path_glob).is_ok_and(|path_glob| path_glob.compile_matcher().is_match(path))))
    }
}

/// A glob in which `*` stays within one folder and `**` does not.
fn glob(text: &str) -> Result<globset::Glob, globset::Error> {
    GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build()
}

/// An exception as read: its id may be missing, and has a place.
pub(super) struct Given {
    pub(super) id: Option<(String, Range<usize>)>,
    pub(super) exception: Exception,
}

const KEYS: [&str; 11] = [
    "id",
    "control",
    "owner",
    "reason",
    "approver",
    "compensating_control",
    "risk_acceptance",
    "renewals",
    "start",
    "expires",
    "scope",
];

/// What has been read of one exception.
#[derive(Default)]
struct Draft {
    id: Option<(String, Range<usize>)>,
    control: Option<&'static str>,
    owner: Option<String>,
    reason: Option<String>,
    approver: Option<(String, Range<usize>)>,
    compensating_control: Option<String>,
    risk_acceptance: Option<String>,
    renewed: Vec<Date>,
    start: Option<Date>,
    expires: Option<(Date, Range<usize>)>,
    scope: Scope,
}

#[derive(Default)]
struct Scope {
    paths: Vec<String>,
    fingerprints: Vec<String>,
    bundle_sha256: Option<Digest>,
}

/// Reads the list `exceptions`.
pub(super) fn read(faults: &mut Faults<'_>, node: &Node) -> Vec<Given> {
    let mut all: Vec<Given> = Vec::new();
    for item in faults.list(node, "`exceptions`") {
        let Some(given) = one(faults, item) else { continue };
        if let Some((id, span)) = &given.id
            && all.iter().any(|other| other.exception.id == *id)
        {
            let help = "give each exception an id of its own";
            faults.add(span, format!("two exceptions have the id `{id}`"), "used before", help);
        }
        all.push(given);
    }
    all
}

fn one(faults: &mut Faults<'_>, item: &Node) -> Option<Given> {
    let mut draft = Draft::default();
    let entries = faults.entries(item, "an exception", &KEYS);
    for (key, value) in &entries {
        let what = format!("`{}`", key.name);
        match key.name.as_str() {
            "id" => draft.id = faults.text(value, &what).map(|id| (id.to_owned(), value.span.clone())),
            "control" => draft.control = control(faults, value),
            "owner" => draft.owner = faults.text(value, &what).map(str::to_owned),
            "reason" => draft.reason = faults.text(value, &what).map(str::to_owned),
            "approver" => draft.approver = faults.text(value, &what).map(|name| (name.to_owned(), value.span.clone())),
            "compensating_control" => draft.compensating_control = faults.text(value, &what).map(str::to_owned),
            "risk_acceptance" => draft.risk_acceptance = faults.text(value, &what).map(str::to_owned),
            "renewals" => {
                let each = "each item of `renewals`";
                draft.renewed = faults.list(value, &what).iter().filter_map(|day| date(faults, day, each)).collect();
                draft.renewed.sort();
            }
            "start" => draft.start = date(faults, value, &what),
            "expires" => draft.expires = date(faults, value, &what).map(|day| (day, value.span.clone())),
            _ => draft.scope = scope(faults, value),
        }
    }
    if matches!(item.value, super::yaml::Value::Map(_)) {
        for required in ["control", "owner", "reason", "expires"] {
            if !entries.iter().any(|(key, _)| key.name == required) {
                let help = format!("add `{required}: …`");
                faults.add(&item.span, format!("an exception lacks `{required}`"), "this exception", help);
            }
        }
    }
    check(faults, &draft);
    let Draft { id, control, owner, reason, approver, start, expires, scope, .. } = draft;
    let exception = Exception {
        id: id.as_ref().map(|(id, _)| id.clone()).unwrap_or_default(),
        control: control?.to_owned(),
        owner: owner?,
        reason: reason?,
        approver: approver.map(|(name, _)| name),
        compensating_control: draft.compensating_control,
        risk_acceptance: draft.risk_acceptance,
        renewed: draft.renewed,
        start,
        expires: expires?.0,
        paths: scope.paths,
        fingerprints: scope.fingerprints,
        bundle_sha256: scope.bundle_sha256,
    };
    Some(Given { id, exception })
}

/// What concerns two keys at once.
fn check(faults: &mut Faults<'_>, draft: &Draft) {
    if let (Some(owner), Some((approver, span))) = (&draft.owner, &draft.approver)
        && owner.trim().to_lowercase() == approver.trim().to_lowercase()
    {
        let help = "let somebody else than the owner approve it";
        faults.add(span, "the approver of an exception is its owner", "the same as `owner`", help);
    }
    // A renewal is a new review, from which the year counts again.
    let start = draft.renewed.last().copied().max(draft.start);
    if let (Some(start), Some((expires, span))) = (start, &draft.expires) {
        let days = start.until(*expires).map_or(i32::MAX, |span| span.get_days());
        if days < 0 {
            faults.add(
                span,
                "an exception ends before it starts",
                "before `start`",
                format!("write a day after {start}"),
            );
        } else if days > MAX_DAYS {
            let message = format!("an exception lasts {days} days, more than {MAX_DAYS}");
            faults.add(span, message, "too late", "grant it for a year at most and renew it with a new review");
        }
    }
}

fn control(faults: &mut Faults<'_>, node: &Node) -> Option<&'static str> {
    let id = faults.text(node, "`control`")?;
    let found = if id == NEVER { None } else { Some(select::control(faults, id, &node.span)?) };
    if found.is_none_or(|control| !control.waivable) {
        let help = "remove the exception and mend the finding";
        faults.add(&node.span, format!("`{id}` allows no exception"), "can't be accepted", help);
    }
    found.map(|control| control.id)
}

fn date(faults: &mut Faults<'_>, node: &Node, what: &str) -> Option<Date> {
    let text = faults.text(node, what)?;
    // jiff reads more forms than this one.
    let day = text.parse().ok().filter(|day: &Date| day.to_string() == text);
    if day.is_none() {
        faults.add(
            &node.span,
            format!("`{text}` is not a date"),
            "not a date",
            "write it as YYYY-MM-DD, such as 2027-01-31",
        );
    }
    day
}

fn scope(faults: &mut Faults<'_>, node: &Node) -> Scope {
    let mut scope = Scope::default();
    let entries = faults.entries(node, "`scope`", &["paths", "fingerprints", "bundle_sha256"]);
    for (key, value) in entries {
        match key.name.as_str() {
            "paths" => {
                for (path, span) in faults.texts(value, "`paths`") {
                    if let Err(error) = glob(&path) {
                        let help = "in a glob, `*` stays within a folder, `**` does not, and `\\` escapes";
                        faults.add(&span, format!("`{path}` is not a glob: {}", error.kind()), "not a glob", help);
                    }
                    scope.paths.push(path);
                }
            }
            "fingerprints" => {
                scope.fingerprints = faults.texts(value, "`fingerprints`").into_iter().map(|(text, _)| text).collect();
            }
            _ => {
                if let Some(text) = faults.text(value, "`bundle_sha256`") {
                    scope.bundle_sha256 = Digest::from_hex(text);
                    if scope.bundle_sha256.is_none() {
                        let help = "copy `sha256` of the bundle from a report";
                        faults.add(&value.span, "`bundle_sha256` must be 64 hexadecimal digits", "not a SHA-256", help);
                    }
                }
            }
        }
    }
    scope
}
