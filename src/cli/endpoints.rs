//! `otaudit endpoints`.

use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::apps;
use super::arguments::{Endpoints, ListFormat};
use super::check::as_of;
use super::output::Terminal;
use super::{Done, PASSED};
use crate::facts::address::{Address, address, host};
use crate::facts::read_app;
use crate::model::{Problem, printable};
use crate::reports::{endpoints_json, endpoints_report, endpoints_text};

/// Prints the hosts that an app names, and what protects the connections to them.
pub fn endpoints(request: &Endpoints, terminal: &Terminal) -> Done {
    let day = as_of(request.as_of.as_deref())?.to_zoned(TimeZone::UTC).date();
    let app = request.app.clone().unwrap_or_else(|| PathBuf::from("."));
    if !app.is_dir() {
        let shown = printable(&app.display().to_string(), 200);
        return Err(Problem::new(format!("`{shown}` is no folder")).help("give the folder of the app").into());
    }
    let app = apps::at(&app)?.unwrap_or(app);
    let config = apps::config(request.config.as_deref(), None, Some(&app))?;
    let only = request.host.as_deref().map(asked).transpose()?;
    let report = endpoints_report(&read_app(&app, config.as_deref()), day, only.as_deref());
    match request.format {
        ListFormat::Json => {
            let bytes =
                endpoints_json(&report).map_err(|error| Problem::new(format!("can't write the endpoints: {error}")))?;
            Terminal::print(&bytes)?;
        }
        ListFormat::Table => {
            Terminal::print(endpoints_text(&report, only.is_some(), &terminal.style(false)).as_bytes())?;
        }
    }
    Ok(PASSED)
}

/// The host that was asked for: a name, or an address that has one.
fn asked(text: &str) -> Result<String, Problem> {
    let name = match address(text) {
        Address::Remote { host, .. } => host,
        Address::Local(text) => host(&text),
        // `updates.example.com:8443` looks like a scheme.
        Address::Other { .. } => host(text.trim()),
    };
    if name.is_empty() || name.contains(char::is_whitespace) {
        let shown = printable(text, 200);
        return Err(Problem::new(format!("`--host {shown}` names no host"))
            .help("expected a name such as `updates.example.com`"));
    }
    Ok(name)
}
