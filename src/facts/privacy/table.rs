//! The signals of personal data, as data (`policies/signals.yaml` says where each was read).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The schema of the file.
pub const SIGNALS_SCHEMA: &str = "otaudit/signals/v1";

const BUILT_IN: &str = include_str!("../../../policies/signals.yaml");

/// What sort of signal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A function of the browser.
    Browser,
    /// A native plugin.
    Plugin,
    /// A service of others, by its SDK or its hosts.
    Service,
    /// One source of a fingerprint; it counts together with others only.
    Fingerprint,
    /// A sign that users are asked or heard.
    Positive,
}

/// How surely a call means that personal data is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Common in apps that collect nothing.
    Low,
    /// It depends on what is done with it.
    Medium,
    /// It hardly has another use.
    High,
}

/// One row of the table.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// Its stable id.
    pub id: String,
    /// What it is about, in a few words.
    pub title: String,
    /// Its sort.
    pub kind: Kind,
    /// Paths from a global name that are called or constructed; `x.*` is everything below `x`.
    #[serde(default, skip_serializing)]
    pub apis: Vec<String>,
    /// Paths that are read.
    #[serde(default, skip_serializing)]
    pub reads: Vec<String>,
    /// `Plugin.method`, or `Plugin.*`.
    #[serde(default, skip_serializing)]
    pub plugins: Vec<String>,
    /// Methods and names on any object.
    #[serde(default, skip_serializing)]
    pub methods: Vec<String>,
    /// Hosts, with all below them.
    #[serde(default, skip_serializing)]
    pub hosts: Vec<String>,
    /// npm packages that bring it.
    #[serde(default, skip_serializing)]
    pub packages: Vec<String>,
    /// For a source of fingerprints: it has little other use.
    #[serde(default, skip_serializing)]
    pub strong: bool,
    /// For a source of fingerprints: how many different readings make it.
    #[serde(default = "one", skip_serializing)]
    pub least: usize,
    /// Apple's data types, without their prefix.
    #[serde(default)]
    pub apple: Vec<String>,
    /// Google Play's data types.
    #[serde(default)]
    pub play: Vec<String>,
    /// The CCPA's categories, by their letters in 1798.140(v)(1).
    #[serde(default)]
    pub ccpa: Vec<String>,
    /// Android's permissions of which one covers it.
    #[serde(default)]
    pub android_permissions: Vec<String>,
    /// Keys of Info.plist, and other declarations on iOS.
    #[serde(default)]
    pub ios_keys: Vec<String>,
    /// In the words of the GDPR.
    pub gdpr: String,
    /// How surely it means personal data.
    pub confidence: Weight,
    /// What to bear in mind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

const fn one() -> usize {
    1
}

impl Signal {
    /// Whether it is about data that a store's form has a type for.
    #[must_use]
    pub fn is_collected(&self) -> bool {
        !self.apple.is_empty() || !self.play.is_empty()
    }

    /// Whether it is sensitive personal information of the CCPA (category L).
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.ccpa.iter().any(|letter| letter == "L")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: String,
    read: String,
    ccpa_categories: BTreeMap<String, String>,
    signals: Vec<Signal>,
}

/// The table, with what is looked up in it.
#[derive(Debug)]
pub struct Table {
    /// The rows, in the order of the file.
    pub signals: Vec<Signal>,
    /// When it was written down.
    pub read: String,
    /// The CCPA's categories by their letters.
    pub ccpa: BTreeMap<String, String>,
    pub(super) apis: BTreeMap<String, Vec<usize>>,
    pub(super) reads: BTreeMap<String, Vec<usize>>,
    pub(super) plugins: BTreeMap<String, Vec<usize>>,
    pub(super) methods: BTreeMap<String, Vec<usize>>,
    pub(super) hosts: BTreeMap<String, Vec<usize>>,
}

static TABLE: LazyLock<Result<Table, String>> = LazyLock::new(|| read(BUILT_IN));

/// The table that is built in.
///
/// # Errors
/// What is wrong with it; a test keeps it whole.
pub fn built_in() -> Result<&'static Table, &'static str> {
    TABLE.as_ref().map_err(String::as_str)
}

/// Reads a table.
///
/// # Errors
/// What is wrong, or the position in the YAML.
pub fn read(yaml: &str) -> Result<Table, String> {
    let written: Written = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
    if written.schema != SIGNALS_SCHEMA {
        return Err(format!("schema: expected `{SIGNALS_SCHEMA}`"));
    }
    let index = |names: fn(&Signal) -> &Vec<String>| {
        let mut map: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, signal) in written.signals.iter().enumerate() {
            for name in names(signal) {
                map.entry(name.clone()).or_default().push(number);
            }
        }
        map
    };
    Ok(Table {
        apis: index(|signal| &signal.apis),
        reads: index(|signal| &signal.reads),
        plugins: index(|signal| &signal.plugins),
        methods: index(|signal| &signal.methods),
        hosts: index(|signal| &signal.hosts),
        read: written.read,
        ccpa: written.ccpa_categories,
        signals: written.signals,
    })
}

impl Table {
    /// The rows under a path, or under `x.*` for a path below `x`.
    pub(super) fn under<'a>(map: &'a BTreeMap<String, Vec<usize>>, path: &str) -> impl Iterator<Item = usize> + 'a {
        let exact = map.get(path);
        let mut above = Vec::new();
        for (at, _) in path.match_indices('.') {
            if let Some(found) = path.get(..at).and_then(|start| map.get(&format!("{start}.*"))) {
                above.extend(found.iter().copied());
            }
        }
        exact.into_iter().flatten().copied().chain(above)
    }

    /// The rows of a host: its own, or those of a name above it.
    pub(super) fn of_host(&self, host: &str) -> Vec<usize> {
        let starts = std::iter::once(0).chain(host.match_indices('.').map(|(at, _)| at + 1));
        starts.filter_map(|at| self.hosts.get(host.get(at..)?)).flatten().copied().collect()
    }
}
