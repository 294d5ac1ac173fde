//! `otaudit endpoints`: the hosts that an app's files name, and what protects the connection to each, as JSON and as tables.

mod cells;
mod connection;
mod table;

use std::io;

use jiff::civil::Date;
use serde::Serialize;

use crate::facts::AppFacts;
use crate::facts::endpoints::{Endpoint, HostKind, Mention, PinningPlugin, Protection, UnknownHost, protection};
use crate::facts::git::day_of;
use crate::model::{Fact, Location};

pub use connection::{Connection, Said};
pub use table::endpoints_text;

/// The schema of an [`EndpointsReport`] as JSON.
pub const ENDPOINTS_SCHEMA: &str = "otaudit/endpoints/v1";

/// The hosts of an app on one day.
#[derive(Clone, Debug, Serialize)]
pub struct EndpointsReport {
    /// [`ENDPOINTS_SCHEMA`].
    pub schema: &'static str,
    /// The day from which days are counted.
    pub as_of: String,
    /// Whether the app has an Android project.
    pub android: bool,
    /// Whether it has an iOS project.
    pub ios: bool,
    /// The hosts, those of updates first.
    pub hosts: Vec<HostRow>,
    /// Settings that name a host which is not known.
    pub unknown: Vec<UnknownHost>,
    /// Plugins that pin certificates for their own requests.
    pub pinning: Vec<PluginRow>,
    /// How many more hosts there are.
    pub left_out: usize,
    /// What could not be read, with the reason.
    pub unread: Vec<(String, String)>,
}

/// One host.
#[derive(Clone, Debug, Serialize)]
pub struct HostRow {
    /// In lower case, without port.
    pub host: String,
    /// What sort of host it is.
    pub kind: HostKind,
    /// Whether a setting makes the app or its web view connect to it.
    pub contacted: bool,
    /// Where it is named.
    pub mentions: Vec<Mention>,
    /// What protects the connection, in each of the builds that differ.
    pub connections: Vec<Connection>,
}

/// A pinning plugin.
#[derive(Clone, Debug, Serialize)]
pub struct PluginRow {
    /// The name of its block in the configuration, or its package.
    pub name: &'static str,
    /// Where it is configured or declared.
    pub location: Location,
    /// Its certificates.
    pub certificates: Vec<CertificateRow>,
}

/// A certificate that a plugin pins.
#[derive(Clone, Debug, Serialize)]
pub struct CertificateRow {
    /// The path, as it is written.
    pub path: String,
    /// Where the path is written, or the file itself.
    pub location: Location,
    /// The last day of its validity, or why that is not known; `absent` when there is no such file.
    pub expires: Fact<String>,
    /// Days until then; below zero when they are over.
    pub days_left: Option<i64>,
}

/// The report on one day: all hosts, or `only` one, whether anything names it or not.
#[must_use]
pub fn endpoints_report(app: &AppFacts, as_of: Date, only: Option<&str>) -> EndpointsReport {
    let row = |endpoint: &Endpoint| host_row(endpoint, as_of);
    let hosts = &app.endpoints.hosts;
    let hosts = match only {
        None => hosts.iter().map(row).collect(),
        Some(host) => vec![row(&asked(app, host))],
    };
    let android = app.android.unread.iter().map(|one| (one.path.clone(), one.why.clone()));
    let ios = app.ios.unread.iter().map(|one| (one.file.clone(), one.why.clone()));
    let concerns =
        |path: &str| path.ends_with("AndroidManifest.xml") || path.ends_with("Info.plist") || path.contains("/res/xml");
    EndpointsReport {
        schema: ENDPOINTS_SCHEMA,
        as_of: as_of.to_string(),
        android: !app.android.projects.is_empty(),
        ios: !app.ios.roots.is_empty(),
        hosts,
        unknown: app.endpoints.unknown.clone(),
        pinning: app.endpoints.pinning.iter().map(|plugin| plugin_row(plugin, as_of)).collect(),
        left_out: app.endpoints.left_out,
        unread: android.chain(ios).filter(|(path, _)| concerns(path)).collect(),
    }
}

/// A host that was asked for, with all its protection, also where the app only has a pattern for it.
fn asked(app: &AppFacts, host: &str) -> Endpoint {
    let known = app.endpoints.hosts.iter().find(|endpoint| endpoint.host == host);
    let kind = HostKind::of(host);
    let protection = match kind {
        HostKind::Name | HostKind::Number => protection(&app.android, &app.ios, host),
        HostKind::Device | HostKind::Pattern => Protection::default(),
    };
    let mentions = known.map(|endpoint| endpoint.mentions.clone()).unwrap_or_default();
    Endpoint { host: host.to_owned(), kind, mentions, protection }
}

fn host_row(endpoint: &Endpoint, as_of: Date) -> HostRow {
    let protection = &endpoint.protection;
    let android = protection.android.iter().map(|one| connection::on_android(one, as_of));
    let ios = protection.ios.iter().map(connection::on_ios);
    HostRow {
        host: endpoint.host.clone(),
        kind: endpoint.kind,
        contacted: endpoint.is_contacted(),
        mentions: endpoint.mentions.clone(),
        connections: android.chain(ios).collect(),
    }
}

fn plugin_row(plugin: &PinningPlugin, as_of: Date) -> PluginRow {
    let certificates = plugin.certificates.iter().map(|one| {
        let end = one.content.known().and_then(|certificate| day_of(certificate.not_after));
        let expires = match (&one.content, end) {
            (Fact::Known(_), Some(end)) => Fact::Known(end.to_string()),
            (Fact::Known(_), None) => Fact::Unreadable("its dates are out of bounds".to_owned()),
            (Fact::Unknown(why), _) => Fact::Unknown(why.clone()),
            (Fact::Unreadable(why), _) => Fact::Unreadable(why.clone()),
            (Fact::Absent, _) => Fact::Absent,
        };
        CertificateRow {
            path: one.path.clone(),
            location: one.location.clone(),
            expires,
            days_left: end.map(|end| days(as_of, end)),
        }
    });
    PluginRow { name: plugin.name, location: plugin.location.clone(), certificates: certificates.collect() }
}

/// Days from one day to another; below zero when the other is earlier.
fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// As JSON.
///
/// # Errors
/// None that is known: the value is plain data.
pub fn endpoints_json(report: &EndpointsReport) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    super::write_pretty(report, &mut bytes)?;
    Ok(bytes)
}
