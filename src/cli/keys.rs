//! `otaudit keys`.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::apps;
use super::arguments::Keys;
use super::check::as_of;
use super::output::Terminal;
use super::{Done, PASSED};
use crate::facts::delivery::{Role, load};
use crate::facts::keys::registry;
use crate::facts::{age, inventory};
use crate::inputs::Limits;
use crate::model::{Fact, Problem, printable};
use crate::reports::{KeyLimits, keys_json, keys_report, keys_text};

/// Prints the keys of an app and their ages.
pub fn keys(request: &Keys, terminal: &Terminal) -> Done {
    let day = as_of(request.as_of.as_deref())?.to_zoned(TimeZone::UTC).date();
    let app = request.app.clone().unwrap_or_else(|| PathBuf::from("."));
    if !app.is_dir() {
        let shown = printable(&app.display().to_string(), 200);
        return Err(Problem::new(format!("`{shown}` is no folder")).help("give the folder of the app").into());
    }
    let app = apps::at(&app)?.unwrap_or(app);
    let config = apps::config(request.config.as_deref(), None, Some(&app))?;
    let registry = match &request.registry {
        Some(path) => read_registry(path)?,
        None => registry::of_app(&app),
    };
    let found = load::read_shipping(&app, Role::App, Limits::default().entries, config.as_deref());
    let keys = inventory::of_app(&found);
    let ages = age::of_app(&app, &found, &keys, registry);
    let report = keys_report(&ages, day, &KeyLimits::default());
    if request.json {
        let bytes = keys_json(&report).map_err(|error| Problem::new(format!("can't write the keys: {error}")))?;
        Terminal::print(&bytes)?;
    } else {
        Terminal::print(keys_text(&report, &terminal.style(false)).as_bytes())?;
    }
    Ok(PASSED)
}

/// A registry that was named is the request's: its faults are shown, and nothing is printed in its stead.
fn read_registry(path: &Path) -> Result<Fact<registry::Registry>, Vec<Problem>> {
    let shown = printable(&path.display().to_string(), 200);
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problem::new(format!("can't read the key registry `{shown}`: {error}")))?;
    registry::read(&shown, &text).map(Fact::Known)
}
